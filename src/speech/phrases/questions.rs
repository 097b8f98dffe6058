//! What the assistant asks when something could not be heard: one line that can be spoken, at most
//! sixty words, with today's date wherever a date or a time is asked for. Nothing of what the caller
//! said is repeated, only what was understood and the clinic's own names.

use time::{Date, Time};

use crate::domain::slot::PartOfDay;
use crate::speech::hear::{Ear, Question};
use crate::speech::phrases::{short, today_is};
use crate::speech::say;

/// More names than this are no help to a listener.
const MOST_NAMES: usize = 5;

/// The sentence for `question`.
pub fn question(question: &Question, ear: &Ear<'_>) -> String {
    let asked = words(question, ear.today());
    let is_about_people = matches!(
        question,
        Question::Phone
            | Question::Email
            | Question::Name
            | Question::WhichService { .. }
            | Question::UnknownService { .. }
            | Question::WhichProvider { .. }
            | Question::UnknownProvider { .. }
            | Question::NotTheirService { .. }
    );
    if is_about_people { asked } else { format!("{} {asked}", today_is(ear.today())) }
}

fn words(question: &Question, today: Date) -> String {
    use Question as Q;
    let date = |on: &Date| say::date(*on, today);
    let time = |at: &Time| say::time(*at);
    let on_date = |on: &Option<Date>| on.map(|on| format!(" on {}", date(&on))).unwrap_or_default();
    match question {
        Q::MissingMoment => "Which day and what time would you like?".to_owned(),
        Q::MissingDate => "Which day would you like to come?".to_owned(),
        Q::MissingTime { date: on } => format!("What exact time would you like{}?", on_date(on)),
        Q::TimeNeeded { date: on, part } => {
            format!("What exact time in the {} would you like{}?", part_of_day(*part), on_date(on))
        }
        Q::DayNeeded => "Which day exactly do you mean? Please say its date.".to_owned(),
        Q::UnclearDate => "I did not catch the date. Which month and day, please?".to_owned(),
        Q::UnclearTime => "I did not catch the time. Which hour, AM or PM, please?".to_owned(),
        Q::UnclearMoment => "That could be understood in two ways. Please say the month and the \
                             day first, and then the time with AM or PM."
            .to_owned(),
        Q::ImpossibleDate => "There is no such date. Which month and day do you mean?".to_owned(),
        Q::ImpossibleTime => "There is no such time. Which hour do you mean, AM or PM?".to_owned(),
        Q::WrongWeekday { said, date: on } => {
            let (said, date) = (say::weekday(*said), date(on));
            format!("You said {said}, but that date is {date}. Which day do you mean?")
        }
        Q::WhichDate { either, or } => format!("Do you mean {} or {}?", date(either), date(or)),
        Q::WhichHalf { date: on, am, pm } => {
            format!("Do you mean {} or {}{}?", on_the_clock(*am), on_the_clock(*pm), on_date(on))
        }
        Q::TimesDisagree => {
            "I heard two different times. Which one do you mean, AM or PM?".to_owned()
        }
        Q::WhichMidnight { date: None } => {
            "Midnight belongs to two days. Which one begins then?".to_owned()
        }
        Q::WhichMidnight { date: Some(on) } => {
            format!("Do you mean twelve AM as {} begins, or the midnight that ends it?", date(on))
        }
        Q::Past { date: on, time: Some(at), .. } => format!(
            "The time you said, {} on {}, has already passed. What else would suit you?",
            time(at),
            date(on)
        ),
        Q::Past { date: on, next: Some(next), .. } => {
            format!("{} has already passed. Do you mean {}?", with_year(*on), with_year(*next))
        }
        Q::Past { date: on, .. } => {
            format!("{} has already passed. Which day would you like?", with_year(*on))
        }
        Q::Skipped { date: on, time: at } => format!(
            "The clocks go forward on {}, skipping {}. What other time would you like?",
            date(on),
            time(at)
        ),
        Q::Doubled { date: on, time: at } => format!(
            "The clocks go back on {}, showing {} twice. What other time would you like?",
            date(on),
            time(at)
        ),
        Q::OffGrid { before, after } => {
            let near: Vec<String> =
                [Some(*before), *after].into_iter().flatten().map(say::time).collect();
            format!("No appointment starts at that minute. Would {} suit you?", say::or(&near))
        }
        Q::ForeignOffset => {
            "Please say the date and the time as they are at the clinic, without a time zone."
                .to_owned()
        }
        Q::Phone => "I did not catch a phone number that can get a text message. Could you say \
                     it again, digit by digit, with the area code?"
            .to_owned(),
        Q::Email => "I did not catch the e-mail address. Could you spell it, please?".to_owned(),
        Q::Name => "What is the patient's full name, please?".to_owned(),
        Q::WhichService { names } | Q::UnknownService { names } if names.is_empty() => {
            "There is nothing to book by phone at the moment. What else can I do for you?"
                .to_owned()
        }
        Q::WhichService { names } => format!("Which do you mean: {}?", or_names(names)),
        Q::UnknownService { names } => {
            format!("I do not know that service. The choice is {}. Which is it?", or_names(names))
        }
        Q::WhichProvider { names } => format!("Do you mean {}?", or_names(names)),
        Q::UnknownProvider { names } => {
            format!("I do not know that name. Would you like to see {}?", or_names(names))
        }
        Q::NotTheirService { provider, service, names } => format!(
            "For {} you cannot see {}. Would you like to see {}?",
            short(service),
            short(provider),
            or_names(names)
        ),
    }
}

/// A time whose half of the day is in question, so never "noon" or "midnight".
fn on_the_clock(time: Time) -> String {
    match (time.hour(), time.minute()) {
        (0, 0) => "twelve AM".to_owned(),
        (12, 0) => "twelve PM".to_owned(),
        _ => say::time(time),
    }
}

fn with_year(date: Date) -> String {
    format!("{}, {}", say::date(date, date), say::year(date.year()))
}

fn part_of_day(part: PartOfDay) -> &'static str {
    match part {
        PartOfDay::Morning => "morning",
        PartOfDay::Afternoon => "afternoon",
        PartOfDay::Evening => "evening",
    }
}

/// "Doctor Amara Lee or Doctor Jonas Weber"; beyond a few names, "or another".
fn or_names(names: &[String]) -> String {
    let mut said: Vec<String> = names.iter().take(MOST_NAMES).map(|name| short(name)).collect();
    if names.is_empty() {
        return "somebody else".to_owned();
    }
    if names.len() > MOST_NAMES {
        said.push("another".to_owned());
    }
    say::or(&said)
}
