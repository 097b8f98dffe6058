//! The loop that settles texts nobody waits for: reminders, retries, reconciliation, and what a crash left
//! behind. It runs on every node; candidates are claimed one by one, so nodes do not get in each other's way.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::App;
use crate::db::{Error, sms_messages};
use crate::messaging::reminders;
use crate::messaging::sending;

/// Works once through what is due now: makes texts of reminders, then sends texts; returns how many texts
/// it worked on.
pub async fn step(app: &Arc<App>) -> Result<usize, Error> {
    let app = app.for_background();
    reminders::settle_due(&app).await?;
    send_due(&app).await
}

/// At most `sms.batch` texts at a time, because each may wait for Twilio as long as the client's time-out.
async fn send_due(app: &Arc<App>) -> Result<usize, Error> {
    let due = sms_messages::list_due(&mut *app.db.connection().await?, app.config.sms.batch.into())
        .await?;
    let mut running = JoinSet::new();
    for (org, message_id) in due {
        let worker = Arc::clone(app);
        running.spawn(app.spawn(async move {
            sending::work_if_due(&worker, org, message_id).await.unwrap_or_else(|error| {
                tracing::error!(org = %org, message_id = %message_id, %error, "A text could not be worked on");
                false
            })
        }));
    }
    let mut worked = 0;
    while let Some(done) = running.join_next().await {
        // Another node was faster with the others, or they failed, which is no reason to hurry.
        worked += usize::from(matches!(done, Ok(Ok(true))));
    }
    Ok(worked)
}

/// Steps until `stop` turns true.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let app = app.for_background();
    let pause = app.config.sms.worker_interval;
    while !*stop.borrow() {
        let mut next = pause;
        for worked in [reminders::settle_due(&app).await, send_due(&app).await] {
            match worked {
                // There may be more where these came from.
                Ok(worked) if worked > 0 => next = Duration::ZERO,
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "Texts that are due cannot be read"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(next) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}
