//! The web: who may call what. Every route is on this page, grouped by who calls.

mod access_log;
mod confirmation;
mod credentials;
mod extract;
mod inbound;
mod operations;
mod server;
mod twilio;
mod twilio_extract;
mod vapi;

use actix_web::web::{self, ServiceConfig};

pub use credentials::CredentialCache;
pub use server::{Server, StartError};

fn routes(config: &mut ServiceConfig) {
    config
        // Vapi, with an organization's credential.
        .route("/vapi/{org}", web::post().to(vapi::answer))
        // Twilio, with a signature of the organization's account.
        .route("/twilio/{org}/status/{attempt_id}", web::post().to(twilio::status))
        .route("/twilio/{org}/inbound", web::post().to(inbound::receive))
        // A patient, with the link of a text.
        .route("/c/style.css", web::get().to(confirmation::style))
        .route("/c/{token}", web::get().to(confirmation::show))
        .route("/c/{token}", web::head().to(confirmation::show))
        .route("/c/{token}", web::post().to(confirmation::answer))
        .route("/c/{token}/appointment.ics", web::get().to(confirmation::calendar))
        // Whoever runs the service: keep these off the public internet.
        .route("/health", web::get().to(operations::health))
        .route("/ready", web::get().to(operations::ready))
        .route("/metrics", web::get().to(operations::metrics));
}
