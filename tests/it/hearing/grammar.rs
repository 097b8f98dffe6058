//! Phrases of known meaning, made by the thousand: each is heard as it was meant or asked back, and
//! the plain ones are heard. Any other text is heard as something that can be booked, or asked back.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use time::{Duration, OffsetDateTime, Time};

use vapi_gateway::domain::clinic::Clinic;
use vapi_gateway::domain::zone::Instant;
use vapi_gateway::speech::hear::{Ear, HeardPhone};
use vapi_gateway::speech::phrases::questions::question;

use super::ways::{Said, dictate, fields, ways_to_say_a_date, ways_to_say_a_time};
use super::{at, day_clinic, night_clinic};

fn clinics() -> Vec<Clinic> {
    vec![
        day_clinic("America/New_York", "US"),
        night_clinic("America/New_York", "US"),
        day_clinic("Europe/London", "GB"),
        night_clinic("Asia/Kolkata", "IN"),
        day_clinic("Australia/Sydney", "AU"),
        night_clinic("UTC", "CA"),
    ]
}

/// Around a weekend, the ends of months and years, leap days and changes of the clocks.
const NOWS: [&str; 10] = [
    "2026-11-23 10:30",
    "2026-11-28 23:50",
    "2026-11-29 00:05",
    "2026-12-31 16:10",
    "2027-01-31 09:00",
    "2027-03-12 12:00",
    "2027-04-02 12:00",
    "2027-10-29 08:15",
    "2028-02-27 18:20",
    "2028-02-28 07:40",
];

fn pick(index: Index, ways: Vec<Said>) -> Said {
    index.get(&ways).clone()
}

/// What can be booked at all, whatever was said.
fn check_start(ear: &Ear<'_>, start: OffsetDateTime) -> Result<(), TestCaseError> {
    prop_assert!(start >= ear.now, "in the past");
    prop_assert_eq!(ear.clinic.zone.local(start).minute() % 15, 0, "off the grid");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn phrases_are_heard_as_meant_or_asked_back(
        clinic in 0_usize..6,
        now in select(NOWS.to_vec()),
        ahead in prop_oneof![0_i64..16, 0_i64..380],
        quarter in 0_u8..96,
        (date_way, time_way) in any::<(Index, Index)>(),
        how in 0_usize..10,
    ) {
        let clinic = clinics().swap_remove(clinic);
        let ear = Ear { clinic: &clinic, now: at(&clinic, now) };
        let date = ear.today() + Duration::days(ahead);
        let time = Time::from_hms(quarter / 4, quarter % 4 * 15, 0).expect("a time");
        let said_date = pick(date_way, ways_to_say_a_date(&clinic, ear.today(), date));
        let said_time = pick(time_way, ways_to_say_a_time(&clinic, date, time));
        let (date_field, time_field, sure) = fields(&said_date, &said_time, how);
        let heard = ear.start(Some(&date_field), Some(&time_field));
        let told = format!("{} {date} {time} as {date_field:?}, {time_field:?}", clinic.zone.name());
        match (clinic.zone.instant(date, time), heard) {
            (Instant::One(meant), Ok(start)) => {
                prop_assert_eq!(start, meant, "{}", told);
                check_start(&ear, start)?;
            }
            (Instant::One(meant), Err(asked)) => {
                prop_assert!(!sure || meant < ear.now, "{}: asked {:?}", told, asked);
            }
            (_, Ok(start)) => prop_assert!(false, "{}: heard {}", told, start),
            (_, Err(_)) => {}
        }
    }

    #[test]
    fn any_words_are_heard_as_something_bookable_or_asked_back(
        clinic in 0_usize..6,
        now in select(NOWS.to_vec()),
        words in prop::collection::vec(select(VOCABULARY.to_vec()), 0..9),
        cut in any::<Index>(),
        glue in select(vec![" ", "", "-", ", "]),
    ) {
        let clinic = clinics().swap_remove(clinic);
        let ear = Ear { clinic: &clinic, now: at(&clinic, now) };
        let (date, time) = words.split_at(cut.index(words.len() + 1));
        match ear.start(Some(&date.join(glue)), Some(&time.join(glue))) {
            Ok(start) => check_start(&ear, start)?,
            Err(asked) => prop_assert!(question(&asked, &ear).split(' ').count() <= 60),
        }
        if let Ok(when) = ear.when(Some(&date.join(glue)), Some(&time.join(glue)), None) {
            prop_assert!(when.date.is_none_or(|date| date >= ear.today()));
        }
        drop(ear.phone(&words.join(glue)));
    }

    #[test]
    fn no_text_makes_it_panic(clinic in 0_usize..6, one in ".{0,60}", other in "\\PC{0,300}") {
        let clinic = clinics().swap_remove(clinic);
        let ear = Ear { clinic: &clinic, now: at(&clinic, NOWS[0]) };
        let starts = [ear.start(Some(&one), Some(&other)), ear.start(Some(&other), Some(&one))];
        for start in starts.into_iter().flatten() {
            check_start(&ear, start)?;
        }
        for text in [&one, &other] {
            drop(ear.when(None, None, Some(text)));
            drop(ear.email(text));
            let service = ear.service(Some(text)).unwrap_or(&clinic.services[0]);
            drop(ear.provider(Some(text), service));
            if let Ok(name) = ear.name(text) {
                prop_assert!(name.chars().count() <= 80 && !name.chars().any(char::is_control));
            }
            if let Ok(HeardPhone::Number(number)) = ear.phone(text) {
                prop_assert!(number.starts_with('+') && number.len() <= 16);
            }
        }
    }

    #[test]
    fn dictated_phones_are_heard_as_meant_or_asked_back(
        area in select(vec!["212", "702", "415", "646", "303"]),
        line in 100_u32..200,
        how in prop::collection::vec(0_u8..4, 10),
        frame in 0_u8..4,
    ) {
        let clinics = clinics();
        let ear = Ear { clinic: &clinics[0], now: at(&clinics[0], NOWS[0]) };
        let digits = format!("{area}5550{line}");
        let words = dictate(&digits, &how);
        let said = match frame {
            0 => words.clone(),
            1 => format!("my number is {words}, thank you"),
            2 => format!("plus one {words}"),
            _ => format!("{words} extension 12"),
        };
        match ear.phone(&said) {
            Ok(heard) => prop_assert_eq!(heard, HeardPhone::Number(format!("+1{digits}")), "{}", said),
            Err(_) => prop_assert!(how.contains(&3), "asked back: {}", said),
        }
    }
}

#[test]
fn megabytes_are_not_listened_to() {
    let clinic = day_clinic("America/New_York", "US");
    let ear = Ear { clinic: &clinic, now: at(&clinic, NOWS[0]) };
    for unit in ["1", "twenty ", "tomorrow at 2 PM ", "\u{202e}", "a", "é", " "] {
        let text = unit.repeat(2_000_000 / unit.len());
        assert!(ear.start(Some(&text), Some(&text)).is_err());
        assert!(ear.phone(&text).is_err() && ear.email(&text).is_err() && ear.name(&text).is_err());
        assert!(ear.service(Some(&text)).is_err());
        assert!(ear.provider(Some(&text), &clinic.services[0]).is_err());
    }
}

const VOCABULARY: [&str; 64] = [
    "today",
    "tomorrow",
    "tonight",
    "the",
    "day",
    "after",
    "week",
    "from",
    "next",
    "this",
    "in",
    "a",
    "monday",
    "tuesday",
    "sunday",
    "november",
    "february",
    "march",
    "may",
    "of",
    "24th",
    "29th",
    "twenty",
    "thirty",
    "fourth",
    "first",
    "one",
    "two",
    "nine",
    "ten",
    "twelve",
    "oh",
    "zero",
    "half",
    "quarter",
    "past",
    "to",
    "at",
    "on",
    "am",
    "pm",
    "p.m.",
    "o'clock",
    "noon",
    "midnight",
    "morning",
    "night",
    "2026",
    "2027",
    "11/24",
    "2026-11-24",
    "T",
    "14:30",
    "02:30:00",
    "Z",
    "-05:00",
    "3",
    "12",
    "30",
    "000",
    "around",
    "month",
    ",",
    "+",
];
