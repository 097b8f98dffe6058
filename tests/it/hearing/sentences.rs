//! The sentence of each question: one line that can be spoken, with today's date where it is about
//! time, and nothing that is not its own to say.

use time::macros::{date, time};
use time::{Date, Weekday};

use vapi_gateway::domain::slot::PartOfDay;
use vapi_gateway::speech::hear::{Ear, Question};
use vapi_gateway::speech::phrases::questions::question;

use super::{at, day_clinic};

const TUESDAY: Date = date!(2026 - 11 - 24);
const NEXT_YEAR: Date = date!(2027 - 11 - 20);

fn names(many: &[&str]) -> Vec<String> {
    many.iter().map(|name| (*name).to_owned()).collect()
}

/// Every variant, in every form that its sentence takes, in the order of the enum.
fn all() -> Vec<Question> {
    use Question as Q;
    let doctors = || names(&["Dr. Amara Lee", "Dr. Jonas Weber"]);
    vec![
        Q::MissingMoment,
        Q::MissingDate,
        Q::MissingTime { date: None },
        Q::MissingTime { date: Some(TUESDAY) },
        Q::TimeNeeded { date: None, part: PartOfDay::Morning },
        Q::TimeNeeded { date: Some(TUESDAY), part: PartOfDay::Afternoon },
        Q::DayNeeded,
        Q::UnclearDate,
        Q::UnclearTime,
        Q::UnclearMoment,
        Q::ImpossibleDate,
        Q::ImpossibleTime,
        Q::WrongWeekday { said: Weekday::Wednesday, date: TUESDAY },
        Q::WhichDate { either: TUESDAY, or: date!(2027 - 01 - 05) },
        Q::WhichHalf { date: None, am: time!(00:00), pm: time!(12:00) },
        Q::WhichHalf { date: Some(TUESDAY), am: time!(03:00), pm: time!(15:00) },
        Q::TimesDisagree,
        Q::WhichMidnight { date: None },
        Q::WhichMidnight { date: Some(TUESDAY) },
        Q::Past { date: date!(2026 - 11 - 20), time: None, next: Some(NEXT_YEAR) },
        Q::Past { date: date!(2024 - 08 - 22), time: None, next: None },
        Q::Past { date: date!(2026 - 11 - 23), time: Some(time!(09:00)), next: None },
        Q::Skipped { date: date!(2027 - 03 - 14), time: time!(02:30) },
        Q::Doubled { date: date!(2027 - 11 - 07), time: time!(01:30) },
        Q::OffGrid { before: time!(14:00), after: Some(time!(14:15)) },
        Q::OffGrid { before: time!(23:45), after: None },
        Q::ForeignOffset,
        Q::Phone,
        Q::Email,
        Q::Name,
        Q::WhichService { names: names(&["Consultation", "Cleaning", "Follow-up"]) },
        Q::UnknownService { names: names(&["Consultation", "Cleaning"]) },
        Q::UnknownService { names: vec![] },
        Q::WhichProvider { names: doctors() },
        Q::UnknownProvider { names: doctors() },
        Q::UnknownProvider { names: vec!["One Very Long Name Of Many Words Indeed".into(); 9] },
        Q::NotTheirService {
            provider: "Dr. Jonas Weber".into(),
            service: "Follow-up".into(),
            names: names(&["Dr. Amara Lee"]),
        },
        Q::NotTheirService {
            provider: "Dr. Jonas Weber".into(),
            service: "Follow-up".into(),
            names: vec![],
        },
    ]
}

fn sentences() -> Vec<(Question, String)> {
    let clinic = day_clinic("America/New_York", "US");
    let ear = Ear { clinic: &clinic, now: at(&clinic, "2026-11-23 10:30") };
    all().into_iter().map(|asked| (asked.clone(), question(&asked, &ear))).collect()
}

#[test]
fn every_question_can_be_spoken() {
    for (asked, sentence) in sentences() {
        assert!(sentence.split_whitespace().count() <= 60, "too long: {sentence}");
        let plain = |c: char| c.is_ascii_alphabetic() || " ,.?'-:".contains(c);
        assert!(sentence.chars().all(plain), "not for a voice: {sentence}");
        assert!(sentence.ends_with(['?', '.']), "no end: {sentence}");
        let about_people = ["Phone", "Email", "Name", "Service", "Provider"];
        let about_people = about_people.iter().any(|word| super::name_of(&asked).contains(word));
        let today = "Today is Monday, November twenty-third, twenty twenty-six. ";
        assert_eq!(sentence.starts_with(today), !about_people, "today's date: {sentence}");
    }
}

#[test]
fn every_question_in_words() {
    let all: Vec<String> = sentences()
        .into_iter()
        .map(|(_, sentence)| {
            sentence.replace("Today is Monday, November twenty-third, twenty twenty-six.", "…")
        })
        .collect();
    insta::assert_snapshot!(all.join("\n"), @r"
    … Which day and what time would you like?
    … Which day would you like to come?
    … What exact time would you like?
    … What exact time would you like on Tuesday, November twenty-fourth?
    … What exact time in the morning would you like?
    … What exact time in the afternoon would you like on Tuesday, November twenty-fourth?
    … Which day exactly do you mean? Please say its date.
    … I did not catch the date. Which month and day, please?
    … I did not catch the time. Which hour, AM or PM, please?
    … That could be understood in two ways. Please say the month and the day first, and then the time with AM or PM.
    … There is no such date. Which month and day do you mean?
    … There is no such time. Which hour do you mean, AM or PM?
    … You said Wednesday, but that date is Tuesday, November twenty-fourth. Which day do you mean?
    … Do you mean Tuesday, November twenty-fourth or Tuesday, January fifth, twenty twenty-seven?
    … Do you mean twelve AM or twelve PM?
    … Do you mean three AM or three PM on Tuesday, November twenty-fourth?
    … I heard two different times. Which one do you mean, AM or PM?
    … Midnight belongs to two days. Which one begins then?
    … Do you mean twelve AM as Tuesday, November twenty-fourth begins, or the midnight that ends it?
    … Friday, November twentieth, twenty twenty-six has already passed. Do you mean Saturday, November twentieth, twenty twenty-seven?
    … Thursday, August twenty-second, twenty twenty-four has already passed. Which day would you like?
    … The time you said, nine AM on Monday, November twenty-third, has already passed. What else would suit you?
    … The clocks go forward on Sunday, March fourteenth, twenty twenty-seven, skipping two thirty AM. What other time would you like?
    … The clocks go back on Sunday, November seventh, twenty twenty-seven, showing one thirty AM twice. What other time would you like?
    … No appointment starts at that minute. Would two PM or two fifteen PM suit you?
    … No appointment starts at that minute. Would eleven forty-five PM suit you?
    … Please say the date and the time as they are at the clinic, without a time zone.
    I did not catch a phone number that can get a text message. Could you say it again, digit by digit, with the area code?
    I did not catch the e-mail address. Could you spell it, please?
    What is the patient's full name, please?
    Which do you mean: Consultation, Cleaning, or Follow-up?
    I do not know that service. The choice is Consultation or Cleaning. Which is it?
    There is nothing to book by phone at the moment. What else can I do for you?
    Do you mean Doctor Amara Lee or Doctor Jonas Weber?
    I do not know that name. Would you like to see Doctor Amara Lee or Doctor Jonas Weber?
    I do not know that name. Would you like to see One Very Long Name Of Many, One Very Long Name Of Many, One Very Long Name Of Many, One Very Long Name Of Many, One Very Long Name Of Many, or another?
    For Follow-up you cannot see Doctor Jonas Weber. Would you like to see Doctor Amara Lee?
    For Follow-up you cannot see Doctor Jonas Weber. Would you like to see somebody else?
    ");
}
