//! What is said to a caller who wants no more texts.

use crate::speech::say;

/// From now on. A text that is on its way already cannot be called back, so nothing is said about it.
pub fn opted_out(phone: &str) -> String {
    let number = match say::last_four(phone) {
        Some(digits) => format!("the number ending in {digits}"),
        None => "that number".to_owned(),
    };
    format!(
        "We will send no more texts to {number}; appointments stand. Texting START to us turns them on again. Is there anything else?"
    )
}

/// Another number than the one that calls: who holds it has to say so from it.
pub fn not_from_here() -> String {
    "I can stop texts only for the number you are calling from. For another one, please text STOP to us from \
     that phone. Shall I stop them for this one?"
        .to_owned()
}

/// Nobody tells which number calls, and none was said.
pub fn which_phone() -> String {
    "Which phone number shall I stop texts to? Please say it digit by digit, with the area code."
        .to_owned()
}
