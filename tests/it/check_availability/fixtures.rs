//! Every recorded call of the tool with what is expected of it: a body without an expectation fails.

use crate::harness::fixtures::{Expectation, hold};

const DETAILS: &str = "I did not get the details of that.";
const TUESDAY: &str = "On Tuesday, November twenty-fourth, I have nine AM, ";
const TODAY: &str = "On Monday, November twenty-third, I have one PM, ";

const EXPECTED: &[Expectation] = &[
    ("a_cleaning", &["offered"], TUESDAY),
    ("arguments_array", &["question"], DETAILS),
    ("arguments_boolean", &["question"], DETAILS),
    ("arguments_cut_off", &["question"], DETAILS),
    ("arguments_empty_string", &["offered"], TODAY),
    ("arguments_garbage", &["question"], DETAILS),
    ("arguments_null", &["offered"], TODAY),
    ("arguments_number", &["question"], DETAILS),
    ("arguments_string_of_array", &["question"], DETAILS),
    (
        "beyond_the_horizon",
        &["question"],
        "Today is Monday, November twenty-third, twenty twenty-six. We book only until Tuesday, December twenty-eighth, twenty twenty-seven.",
    ),
    ("chat", &["offered"], TUESDAY),
    ("chat_in_session", &["offered"], TUESDAY),
    (
        "closed_holiday",
        &["closed"],
        "We are closed on Thursday, November twenty-sixth. We open again on Friday, November twenty-seventh at nine AM; I have nine AM, ",
    ),
    (
        "closed_sunday",
        &["closed"],
        "We are closed on Sunday, November twenty-ninth. We open again on Monday, November thirtieth at nine AM; I have nine AM, ",
    ),
    ("keys_in_camel_case", &["offered"], TUESDAY),
    (
        "near_a_time",
        &["offered"],
        "On Wednesday, November twenty-fifth, I have nine AM, two fifteen PM, or two thirty PM.",
    ),
    ("parallel", &["offered", "offered"], TUESDAY),
    (
        "past_date",
        &["question"],
        "Today is Monday, November twenty-third, twenty twenty-six. Friday, November twentieth, twenty twenty-six has already passed.",
    ),
    ("past_year", &["question"], "Friday, October sixth, twenty twenty-three has already passed."),
    (
        "saturday_afternoon",
        &["offered"],
        "On Saturday, November twenty-eighth, I have noon, twelve fifteen PM, or twelve thirty PM.",
    ),
    ("shape_a", &["offered"], TUESDAY),
    ("shape_a_prime", &["offered"], TUESDAY),
    ("shape_b", &["offered"], TUESDAY),
    ("shape_c", &["offered"], TUESDAY),
    ("shape_d", &["offered"], TUESDAY),
    ("shape_e", &["offered"], TUESDAY),
    ("shape_e_wrapped", &["offered"], TUESDAY),
    ("shape_f", &["offered"], TUESDAY),
    ("shape_f_list", &["offered"], TUESDAY),
    ("shape_g", &["offered"], TUESDAY),
    ("soonest", &["offered"], TODAY),
    ("tomorrow", &["offered"], TUESDAY),
    ("tomorrow_afternoon", &["offered"], "On Tuesday, November twenty-fourth, I have one PM, "),
    (
        "two_meanings",
        &["question"],
        "Do you mean Tuesday, November twenty-fourth or Tuesday, December first?",
    ),
    ("unheard_date", &["question"], "I did not catch the date."),
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
    ("values_of_wrong_types", &["question"], "I do not know that name."),
    ("web_call", &["offered"], TUESDAY),
    (
        "with_a_provider",
        &["offered"],
        "On Tuesday, November twenty-fourth, I have nine AM, one thirty PM, or four thirty PM with Doctor Amara Lee.",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_recorded_call_is_answered_as_expected() {
    let told = hold("check_availability", EXPECTED).await;
    insta::assert_snapshot!("recorded_calls", told);
}
