//! Twilio's door: what became of a text. Twilio wants an empty answer, soon, and asks again where it gets
//! none: everything behind it may happen twice.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use uuid::Uuid;

use crate::app::App;
use crate::http::twilio_extract::TwilioRequest;
use crate::messaging::delivery;
use crate::twilio::callback::StatusCallback;

pub(super) async fn status(
    app: Data<Arc<App>>,
    request: TwilioRequest,
    path: Path<(String, String)>,
) -> HttpResponse {
    let (_, attempt_id) = path.into_inner();
    let org = request.org;
    let event = StatusCallback::read(&request.form);
    let (Ok(attempt_id), Some(event)) = (Uuid::parse_str(&attempt_id), event) else {
        return HttpResponse::NotFound().finish();
    };
    let recorder = Arc::clone(&app);
    // Whoever hangs up drops this handler, and a COMMIT must not be dropped.
    let recording =
        app.spawn(async move { delivery::record(&recorder, org, attempt_id, &event).await });
    match recording.await {
        Ok(Ok(true)) => HttpResponse::NoContent().finish(),
        Ok(Ok(false)) => HttpResponse::NotFound().finish(),
        Ok(Err(error)) => {
            tracing::error!(org = %org, attempt_id = %attempt_id, %error, "A callback could not be recorded");
            HttpResponse::ServiceUnavailable().finish()
        }
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
