//! Every recorded call of the tool with what is expected of it: a body without an expectation fails.

use crate::harness::fixtures::{Expectation, hold};

const DETAILS: &str = "I did not get the details of that.";
const NAME: &str = "What is the patient's full name, please?";
const WHICH_PHONE: &str = "Which phone number shall I put down?";
const NO_PHONE: &str = "I did not catch a phone number that can get a text message.";
const BOOKED: &str = "That is booked: Tuesday, November twenty-fourth at two thirty PM with Doctor Amara Lee. I have sent a confirmation text to the number ending in zero one four two.";
const TO_ANOTHER: &str =
    "I have sent a confirmation text to the number ending in zero one five six.";

const EXPECTED: &[Expectation] = &[
    (
        "after_hours",
        &["closed"],
        "There are no appointments on Tuesday, November twenty-fourth at eight PM. On Tuesday, November twenty-fourth, I have nine AM, ",
    ),
    ("arguments_array", &["question"], DETAILS),
    ("arguments_boolean", &["question"], DETAILS),
    ("arguments_cut_off", &["question"], DETAILS),
    ("arguments_empty_string", &["question"], NAME),
    ("arguments_garbage", &["question"], DETAILS),
    ("arguments_null", &["question"], NAME),
    ("arguments_number", &["question"], DETAILS),
    ("arguments_string_of_array", &["question"], DETAILS),
    (
        "beyond_the_horizon",
        &["question"],
        "We book only until Tuesday, December twenty-eighth, twenty twenty-seven.",
    ),
    ("chat", &["question"], WHICH_PHONE),
    ("chat_in_session", &["question"], WHICH_PHONE),
    (
        "closed_holiday",
        &["closed"],
        "There are no appointments on Thursday, November twenty-sixth at two thirty PM. On Friday, November twenty-seventh, I have nine AM, ",
    ),
    (
        "doubled_hour",
        &["question"],
        "The clocks go back on Sunday, November seventh, twenty twenty-seven, showing one thirty AM twice.",
    ),
    ("email_spoken", &["booked"], BOOKED),
    ("foreign_slot_id", &["question"], "I do not have that time on offer."),
    ("impossible_date", &["question"], "There is no such date."),
    ("impossible_time", &["question"], "There is no such time."),
    ("keys_in_camel_case", &["booked"], BOOKED),
    (
        "live_sms_test",
        &["question"],
        "Today is Monday, November twenty-third, twenty twenty-six. Saturday, August twenty-second, twenty twenty-six has already passed.",
    ),
    // Written so, it may be half an hour past midnight as well, and the clinic is closed at both.
    (
        "lunch_break",
        &["question"],
        "Do you mean twelve thirty AM or twelve thirty PM on Tuesday, November twenty-fourth?",
    ),
    (
        "may_text_false",
        &["booked"],
        "You will not get a text, as you wished; your appointment stands.",
    ),
    ("may_text_true", &["booked"], BOOKED),
    ("no_date", &["question"], "Which day would you like to come?"),
    ("no_name", &["question"], NAME),
    (
        "no_time",
        &["question"],
        "What exact time would you like on Tuesday, November twenty-fourth?",
    ),
    (
        "off_the_grid",
        &["question"],
        "No appointment starts at that minute. Would two thirty PM or two forty-five PM suit you?",
    ),
    ("offset_of_elsewhere", &["question"], "as they are at the clinic, without a time zone."),
    ("offset_of_the_clinic", &["booked"], BOOKED),
    ("parallel", &["booked", "booked"], BOOKED),
    (
        "part_of_day_for_a_time",
        &["question"],
        "What exact time in the afternoon would you like on Tuesday, November twenty-fourth?",
    ),
    (
        "past_date",
        &["question"],
        "Friday, November twentieth, twenty twenty-six has already passed.",
    ),
    ("past_year", &["question"], "Friday, October sixth, twenty twenty-three has already passed."),
    ("phone_as_number", &["booked"], TO_ANOTHER),
    ("phone_given", &["booked"], TO_ANOTHER),
    ("phone_none", &["booked"], "You will not get a text; your appointment stands."),
    ("phone_toll_free", &["question"], NO_PHONE),
    ("phone_too_short", &["question"], NO_PHONE),
    ("provider_named", &["booked"], BOOKED),
    ("shape_a", &["booked"], BOOKED),
    ("shape_a_prime", &["booked"], BOOKED),
    ("shape_b", &["booked"], BOOKED),
    ("shape_c", &["booked"], BOOKED),
    ("shape_d", &["booked"], BOOKED),
    ("shape_e", &["booked"], BOOKED),
    ("shape_e_wrapped", &["booked"], BOOKED),
    ("shape_f", &["booked"], BOOKED),
    ("shape_f_list", &["booked"], BOOKED),
    ("shape_g", &["booked"], BOOKED),
    (
        "skipped_hour",
        &["question"],
        "The clocks go forward on Sunday, March fourteenth, twenty twenty-seven, skipping two thirty AM.",
    ),
    ("tomorrow_at_2_pm", &["booked"], "Tuesday, November twenty-fourth at two PM with"),
    (
        "too_soon",
        &["question"],
        "That is too soon: we need at least two hours of notice. On Monday, November twenty-third, I have one PM, ",
    ),
    (
        "two_meanings",
        &["question"],
        "Do you mean Tuesday, November twenty-fourth or Tuesday, December first?",
    ),
    (
        "unknown_provider",
        &["question"],
        "Would you like to see Doctor Amara Lee or Doctor Jonas Weber?",
    ),
    (
        "unknown_service",
        &["question"],
        "The choice is Consultation, Cleaning, or Follow-up. Which is it?",
    ),
    ("values_of_wrong_types", &["question"], NAME),
    ("web_call", &["question"], WHICH_PHONE),
    ("web_call_with_phone", &["booked"], BOOKED),
    ("with_notes", &["booked"], BOOKED),
    (
        "wrong_weekday",
        &["question"],
        "You said Monday, but that date is Tuesday, November twenty-fourth.",
    ),
    ("zulu_time", &["question"], "as they are at the clinic, without a time zone."),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_recorded_call_is_answered_as_expected() {
    let told = hold("book_appointment", EXPECTED).await;
    insta::assert_snapshot!("recorded_calls", told);
}
