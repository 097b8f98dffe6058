//! Twilio's codes by class, the table of `twilio.md` written by hand, and their sentences for staff.

use vapi_gateway::domain::sms_failure::FailureClass::{
    self, AnotherNumber, Content, FixAccount, OptedOut, Soft, Wait,
};
use vapi_gateway::domain::sms_failure::{is_alert, is_of_account, is_soft, of_code};

const TABLE: [(FailureClass, &[u32]); 6] = [
    (
        FixAccount,
        &[
            401, 403, 404, 20003, 20005, 20404, 21212, 21408, 21606, 21608, 21659, 21660, 21703,
            21704, 21705, 30002, 30024, 30029, 30030, 30032, 30034, 30035,
        ],
    ),
    (AnotherNumber, &[21211, 21612, 21614, 30004, 30005, 30006]),
    (
        Wait,
        &[
            429, 500, 503, 20429, 20500, 20503, 21611, 21730, 30022, 30023, 30027, 30047, 30610,
            14107, 63038,
        ],
    ),
    (OptedOut, &[21610]),
    (Soft, &[30001, 30003, 30008, 30410, 30450, 30500]),
    (Content, &[400, 422, 21602, 21603, 21604, 21617, 30007]),
];

#[test]
fn every_code_has_its_class() {
    for (class, codes) in TABLE {
        for code in codes {
            assert_eq!(of_code(*code).0, class, "{code}");
            assert_eq!(is_soft(*code), class == Soft, "{code}");
        }
    }
    let alerts: Vec<u32> = (0..70_000).filter(|code| is_alert(*code)).collect();
    assert_eq!(alerts, [21608, 30034]);
    let account: Vec<u32> = (0..70_000).filter(|code| is_of_account(*code)).collect();
    assert_eq!(
        account,
        [401, 403, 20003, 20005, 20404, 21212, 21606, 21659, 21660, 21703, 21704, 21705]
    );
}

#[test]
fn every_sentence_is_one_for_staff() {
    let codes = TABLE.iter().flat_map(|(_, codes)| codes.iter().copied()).chain([0, 1, 99_999]);
    for code in codes {
        let (_, sentence) = of_code(code);
        assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{sentence}");
        assert!(sentence.len() <= 110, "{sentence}");
        assert!(!sentence.contains(char::is_numeric) || code == 30034, "{sentence}");
    }
}
