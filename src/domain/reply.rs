//! What a patient's text means, word by word: first the words that phone networks have given a meaning
//! (Twilio's "support for opt-out keywords"), then those that our texts ask for. Only a text that is
//! nothing but such a word counts; whoever writes a sentence is read by a person.

/// Words that end texts, as Twilio and the networks take them.
const STOP: [&str; 8] =
    ["STOP", "STOPALL", "UNSUBSCRIBE", "REVOKE", "OPTOUT", "CANCEL", "END", "QUIT"];
/// Those of them that mean nothing else: with a full stop behind, the networks do not know them, and we do.
const UNMISTAKABLE: [&str; 5] = ["STOP", "STOPALL", "UNSUBSCRIBE", "REVOKE", "OPTOUT"];
const START: [&str; 2] = ["START", "UNSTOP"];
const HELP: [&str; 2] = ["HELP", "INFO"];
const YES: &str = "YES";
/// A patient who writes this wants to cancel an appointment as likely as to end our texts.
const CANCEL: &str = "CANCEL";
const CONFIRM: [&str; 5] = ["C", "CONFIRM", "CONFIRMED", "Y", "OK"];
const DECLINE: [&str; 2] = ["N", "NO"];

/// What follows a word without changing it.
const TAIL: [char; 7] = ['.', '!', ',', ')', '"', '\u{2019}', '\''];

/// A text from a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// No more texts; `cancel` where it was the word that may mean the appointment.
    Stop {
        cancel: bool,
    },
    Start,
    Help,
    /// Confirms, and turns texts on again where they were stopped.
    Yes,
    Confirm,
    Decline,
    /// The number of a choice, or, where there is none to be made, 1 confirms and 2 declines.
    Number(usize),
    /// For staff to read.
    Other,
}

/// Twilio's own reading of a keyword, where the clinic has advanced opt-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutType {
    Stop,
    Start,
    Help,
}

impl OptOutType {
    pub fn parse(word: &str) -> Option<Self> {
        match word.trim().to_ascii_uppercase().as_str() {
            "STOP" => Some(Self::Stop),
            "START" => Some(Self::Start),
            "HELP" => Some(Self::Help),
            _ => None,
        }
    }
}

impl Reply {
    /// Reads a text. What Twilio has done by a keyword is done, whatever the text reads like.
    pub fn read(body: &str, opt_out_type: Option<OptOutType>) -> Self {
        let exact = body.trim().to_uppercase();
        let word = exact.trim_end_matches(|c: char| TAIL.contains(&c) || c.is_whitespace());
        let is = |words: &[&str], word: &str| words.contains(&word);
        match opt_out_type {
            Some(OptOutType::Stop) => return Self::Stop { cancel: word == CANCEL },
            Some(OptOutType::Help) => return Self::Help,
            Some(OptOutType::Start) if word == YES => return Self::Yes,
            Some(OptOutType::Start) => return Self::Start,
            None => {}
        }
        if is(&STOP, &exact) || is(&UNMISTAKABLE, word) {
            Self::Stop { cancel: exact == CANCEL }
        } else if is(&START, &exact) {
            Self::Start
        } else if is(&HELP, &exact) {
            Self::Help
        } else if word == YES {
            Self::Yes
        } else if is(&CONFIRM, word) {
            Self::Confirm
        } else if is(&DECLINE, word) {
            Self::Decline
        } else {
            number(word).map_or(Self::Other, Self::Number)
        }
    }
}

/// One digit: an hour or a year is no choice.
fn number(word: &str) -> Option<usize> {
    let mut digits = word.chars();
    let digit = digits.next()?.to_digit(10)?;
    digits.next().is_none().then_some(usize::try_from(digit).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Reply {
        Reply::read(body, None)
    }

    #[test]
    fn words_of_the_networks_come_first() {
        for word in ["STOP", "stop", " Stop \n", "StopAll", "unsubscribe", "REVOKE", "OptOut"] {
            assert_eq!(read(word), Reply::Stop { cancel: false }, "{word}");
        }
        for word in ["End", "quit"] {
            assert_eq!(read(word), Reply::Stop { cancel: false }, "{word}");
        }
        assert_eq!(read(" cancel "), Reply::Stop { cancel: true });
        for word in ["start", "UNSTOP"] {
            assert_eq!(read(word), Reply::Start, "{word}");
        }
        for word in ["help", " Info"] {
            assert_eq!(read(word), Reply::Help, "{word}");
        }
        assert_eq!(read("Stop."), Reply::Stop { cancel: false });
        // The networks do not take these for keywords, so nobody was opted out: staff read them.
        for word in ["cancel.", "STOP PLEASE", "please cancel", "The end", "start!", ""] {
            assert_eq!(read(word), Reply::Other, "{word}");
        }
    }

    #[test]
    fn words_that_our_texts_ask_for() {
        for word in ["C", "c", " c. ", "Confirm", "CONFIRMED!", "y", "ok", "Ok.\n"] {
            assert_eq!(read(word), Reply::Confirm, "{word}");
        }
        assert_eq!((read("Yes"), read("yes!! ")), (Reply::Yes, Reply::Yes));
        for word in ["n", "NO", "No.", " no!"] {
            assert_eq!(read(word), Reply::Decline, "{word}");
        }
        for (word, n) in [("1", 1), (" 2. ", 2), ("5)", 5), ("0", 0)] {
            assert_eq!(read(word), Reply::Number(n), "{word}");
        }
        for word in ["no problem", "not ok", "see", "cc", "12", "1 2", "\u{661}", "\u{1f44d}", "c?"]
        {
            assert_eq!(read(word), Reply::Other, "{word}");
        }
    }

    #[test]
    fn what_twilio_did_counts_whatever_the_word() {
        let said = |body, kind| Reply::read(body, OptOutType::parse(kind));
        assert_eq!(said("basta", "STOP"), Reply::Stop { cancel: false });
        assert_eq!(said("Cancel", "STOP"), Reply::Stop { cancel: true });
        assert_eq!(said("hola", "start"), Reply::Start);
        assert_eq!(said("YES", "START"), Reply::Yes);
        assert_eq!(said("c", "HELP"), Reply::Help);
        assert_eq!(said("c", "PAUSE"), Reply::Confirm);
    }
}
