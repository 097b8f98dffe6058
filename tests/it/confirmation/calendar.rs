//! The file for the patient's calendar.

use super::invited;

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_gets_the_clinic_and_the_time_in_utc() {
    let (gateway, path) = invited().await;
    let file = gateway.open(&format!("{path}/appointment.ics")).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/calendar; charset=utf-8"));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"appointment.ics\"");
    let id = gateway.value("SELECT id FROM appointments").await;
    let lines: Vec<&str> = file.text.split("\r\n").collect();
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "BEGIN:VEVENT",
        "DTSTAMP:20261123T150000Z",
        "DTSTART:20261124T143000Z",
        "DTEND:20261124T150000Z",
        "SUMMARY:Appointment at Maple Dental",
        &format!("UID:{}", id.as_str().expect("an id")),
        "END:VEVENT",
        "END:VCALENDAR",
    ] {
        assert!(lines.contains(&line), "{line} is missing: {}", file.text);
    }
    for part in ["Ada", "Sample", "Consultation", "Lee", "0142"] {
        assert!(!file.says(part), "{part}: {}", file.text);
    }
    let again = gateway.open(&format!("{path}/appointment.ics")).await;
    assert_eq!(again.text, file.text, "the same appointment is the same event");
    assert_eq!(gateway.open("/c/nobody/appointment.ics").await.status, 404);
}
