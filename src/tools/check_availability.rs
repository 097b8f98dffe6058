//! `check_availability`: what is free. It changes nothing, so it is answered anew each time.

use tokio::join;

use crate::app::App;
use crate::db::{self, Connection, clinics};
use crate::domain::calendar::{self, Refusal};
use crate::domain::clinic::Clinic;
use crate::domain::outcome::Outcome;
use crate::scheduling::availability::Wish;
use crate::speech::hear::{Ear, Question};
use crate::speech::phrases::{check_availability as phrases, questions};
use crate::tools::{Answer, Asked, offering};

pub(super) const ARGUMENTS: &[&str] = &["date", "time", "part_of_day", "service", "provider"];

pub(super) async fn answer(app: &App, asked: &Asked) -> Result<Answer, db::Error> {
    let conn = app.db.connection().await?;
    for _ in 0..clinics::READINGS {
        let clinic = app.clinics.recall(&conn, asked.org).await?;
        // One round trip for both: what was answered by rules that are no longer the clinic's is dropped.
        let (is_present, answer) =
            join!(app.clinics.is_present(&conn, &clinic), answer_by(app, &conn, &clinic, asked));
        if is_present? {
            return answer;
        }
    }
    Err(db::Error::Conflict)
}

/// The answer by these rules.
async fn answer_by(
    app: &App,
    conn: &Connection,
    clinic: &Clinic,
    asked: &Asked,
) -> Result<Answer, db::Error> {
    let now = app.clock.now();
    let ear = Ear { clinic, now };
    let wish = match hear(&ear, asked) {
        Ok(wish) => wish,
        Err(question) => {
            return Ok(Answer::new(Outcome::Question, questions::question(&question, &ear)));
        }
    };
    match wish.date.map(|on| calendar::check_day(clinic, on, now)) {
        Some(Err(Refusal::TooFar)) => {
            Ok(Answer::new(Outcome::Question, phrases::too_far(clinic, now)))
        }
        _ => offering::offer(app, conn, clinic, wish, None, now).await,
    }
}

fn hear<'a>(ear: &Ear<'a>, asked: &Asked) -> Result<Wish<'a>, Question> {
    let said = |key: &str| asked.call.arguments.text(key);
    let service = ear.service(said("service").as_deref())?;
    let provider = ear.provider(said("provider").as_deref(), service)?;
    let when =
        ear.when(said("date").as_deref(), said("time").as_deref(), said("part_of_day").as_deref())?;
    Ok(Wish { service, provider, date: when.date, time: when.time, part: when.part })
}
