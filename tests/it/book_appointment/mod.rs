//! `book_appointment` through the front door: what is said, and what is in the tables.

use serde_json::json;

use crate::harness::gateway::Gateway;
use crate::harness::vapi::book_appointment;

#[tokio::test(flavor = "multi_thread")]
async fn a_free_time_is_booked_and_the_text_is_sent() {
    let gateway = Gateway::start().await;
    let reply = gateway
        .call(
            "demo",
            &book_appointment(
                json!({ "patient_name": "Ada Sample", "date": "2026-11-24", "time": "2:30 PM" }),
            ),
        )
        .await;
    assert_eq!(reply.outcome(), "booked");
    insta::assert_snapshot!(reply.spoken(), @"That is booked: Tuesday, November twenty-fourth at two thirty PM with Doctor Amara Lee. I have sent a confirmation text to the number ending in zero one four two. Is there anything else?");
    assert_eq!(reply.sms(), ("sent", None));
    assert_eq!(reply.starts_at(), "2026-11-24T19:30:00Z");
    assert_eq!(gateway.count("appointments WHERE status = 'booked'").await, 1);
    assert_eq!(
        gateway.count("sms_messages WHERE sms_status = 'sent' AND sent_at IS NOT NULL").await,
        1
    );
    assert_eq!(gateway.count("audit_log WHERE action = 'appointment_booked'").await, 1);
    let texts = gateway.stand_in.messages();
    assert_eq!(texts.len(), 1);
    insta::assert_snapshot!(texts[0].body, @r"
    Appointment Confirmation: Maple Dental
    Date: November 24, 2026
    Time: 2:30 PM
    Reply STOP to opt out.
    ");
}
