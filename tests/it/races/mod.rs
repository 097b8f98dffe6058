//! Many callers at once, over two `serve` processes on one database: as many appointments as providers
//! are free, whoever asks for what, and nobody is told anything else.

mod changed_rules;
mod crowds;
mod one_patient;
mod rounds;

use serde_json::json;
use time::macros::format_description;
use time::{Date, Time};

use crate::harness::fleet::phone;
use crate::harness::vapi::{ToolCall, book_appointment};

const ADA: &str = "Dr. Ada Night";
const BEN: &str = "Dr. Ben Day";

/// The call in which patient `number` asks for this.
fn wish(number: usize, date: Date, time: Time, service: &str, provider: Option<&str>) -> ToolCall {
    let time =
        time.format(format_description!("[hour repr:12]:[minute] [period]")).expect("a time");
    let mut arguments = json!({
        "patient_name": "Robin Sample",
        "date": date.to_string(),
        "time": time,
        "service": service,
    });
    if let Some(provider) = provider {
        arguments["provider"] = json!(provider);
    }
    book_appointment(arguments).from(&phone(number))
}
