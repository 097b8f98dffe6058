//! What the page says, by what is known of the appointment. No name of a patient, no reason for the visit:
//! whoever holds the phone may look on.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use askama::Template;
use phonenumber::Mode;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::db::appointments::answers::ForPatient;
use crate::domain::appointment_status::AppointmentStatus;
use crate::domain::patient_response::PatientResponse;

/// Nothing but our own style sheet and our own form: no script, no frame, no picture.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// "Tuesday, November 24, 2026".
const DAY: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday], [month repr:long] [day padding:none], [year]");
/// "2:30 PM".
const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[hour padding:none repr:12]:[minute] [period]");
/// For machines.
const ISO: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]");

/// One page, whatever it says.
#[derive(Template)]
#[template(path = "http/confirmation/page.html", config = ".askama.toml")]
pub(super) struct Page {
    status: StatusCode,
    heading: &'static str,
    says: Option<&'static str>,
    /// A class of the style sheet.
    mood: &'static str,
    details: Option<Details>,
    /// What stands over the buttons, where there are any.
    asks: Option<&'static str>,
    offers_confirm: bool,
    offers_decline: bool,
    has_calendar: bool,
    has_way_back: bool,
    call: Option<Call>,
    /// Of this page's own address.
    token: String,
}

struct Details {
    clinic: String,
    day: String,
    time: String,
    iso: String,
}

struct Call {
    /// E.164.
    number: String,
    /// With its digits in groups.
    shown: String,
}

impl Page {
    /// The page of an appointment as it is at `now`.
    pub(super) fn of(about: &ForPatient, token: &str, now: OffsetDateTime) -> Self {
        let page = Self { token: token.to_owned(), call: call(about), ..Self::plain() };
        let declined = about.response() == PatientResponse::Declined;
        match about.status() {
            AppointmentStatus::Cancelled => Self {
                status: StatusCode::GONE,
                heading: "This appointment is canceled",
                mood: "bad",
                says: Some(match (declined, page.call.is_some()) {
                    (true, true) => {
                        "You told us that you can\u{2019}t come. For another time, please call the clinic."
                    }
                    (true, false) => {
                        "You told us that you can\u{2019}t come. The clinic will gladly find you another time."
                    }
                    (false, true) => "If you did not expect this, please call the clinic.",
                    (false, false) => {
                        "If you did not expect this, please get in touch with the clinic."
                    }
                }),
                ..page
            },
            status if status.is_expected() && about.ends_at > now => page.standing(about, now),
            _ => Self {
                status: StatusCode::GONE,
                heading: "This appointment is over",
                says: Some("There is nothing to confirm any more. We hope to see you again."),
                ..page
            },
        }
    }

    fn standing(self, about: &ForPatient, now: OffsetDateTime) -> Self {
        let page = Self { heading: "Your appointment", details: Some(Details::of(about)), ..self };
        if !about.can_be_answered(now) {
            let says = Some("It has begun by the clock. If you are late, please call the clinic.");
            return Self { says, ..page };
        }
        let page = Self { has_calendar: true, ..page };
        match about.response() {
            PatientResponse::None => Self {
                asks: Some("Will you come?"),
                offers_confirm: true,
                offers_decline: true,
                ..page
            },
            PatientResponse::Confirmed => Self {
                says: Some("Thank you, it is confirmed. We look forward to seeing you."),
                mood: "good",
                asks: Some("Has something come up?"),
                offers_decline: true,
                ..page
            },
            PatientResponse::Declined => Self {
                says: Some("You told us that you can\u{2019}t come. The clinic knows."),
                mood: "bad",
                asks: Some("Can you come after all?"),
                offers_confirm: true,
                has_calendar: false,
                ..page
            },
        }
    }

    /// A link that we did not give, or that was cut on its way.
    pub(super) fn unknown() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            heading: "We can\u{2019}t find that appointment",
            says: Some(
                "The link may be incomplete or an old one. Please open it once more from our latest text, \
                 or call the clinic.",
            ),
            ..Self::plain()
        }
    }

    /// A form that is not the page's own.
    pub(super) fn nonsense(token: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            heading: "We did not get that",
            says: Some("Nothing was changed. Please go back and choose one of the buttons."),
            has_way_back: true,
            token: token.to_owned(),
            ..Self::plain()
        }
    }

    pub(super) fn too_many() -> Self {
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            heading: "One moment, please",
            says: Some("There are too many requests just now. Please try again in a minute."),
            ..Self::plain()
        }
    }

    pub(super) fn unavailable() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            heading: "We can\u{2019}t reach the calendar",
            says: Some(
                "We can\u{2019}t say just now whether anything was changed. Please open the link again \
                 in a minute.",
            ),
            ..Self::plain()
        }
    }

    fn plain() -> Self {
        Self {
            status: StatusCode::OK,
            heading: "",
            says: None,
            mood: "plain",
            details: None,
            asks: None,
            offers_confirm: false,
            offers_decline: false,
            has_calendar: false,
            has_way_back: false,
            call: None,
            token: String::new(),
        }
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The same page, when what was asked for can no longer be done.
    pub(super) fn gone(self) -> Self {
        Self { status: StatusCode::GONE, ..self }
    }

    pub(super) fn into_response(self) -> HttpResponse {
        match self.render() {
            Ok(html) => guarded(self.status).content_type("text/html; charset=utf-8").body(html),
            Err(error) => {
                tracing::error!(%error, "A confirmation page cannot be rendered");
                guarded(StatusCode::INTERNAL_SERVER_ERROR).finish()
            }
        }
    }
}

impl Details {
    fn of(about: &ForPatient) -> Self {
        let text = |format| about.local_start.format(format).unwrap_or_default();
        let clinic = about.clinic_name.trim().to_owned();
        Self { clinic, day: text(DAY), time: text(TIME), iso: text(ISO) }
    }
}

fn call(about: &ForPatient) -> Option<Call> {
    let number = about.clinic_phone.clone()?;
    let shown = phonenumber::parse(None, &number)
        .map_or_else(|_| number.clone(), |n| n.format().mode(Mode::International).to_string());
    Some(Call { number, shown })
}

/// An answer under a secret address: kept by nobody, listed by nobody, and told to nobody who is linked to.
pub(super) fn guarded(status: StatusCode) -> actix_web::HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("X-Robots-Tag", "noindex, nofollow"));
    builder
}
