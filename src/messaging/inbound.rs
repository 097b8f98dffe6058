//! A patient's text: claimed by Twilio's name for it, understood, acted on and stored in one transaction,
//! so that a repeat does nothing and a crash loses nothing. Keywords of the networks come first and are
//! never answered by us, because the networks answer them. What is no answer to us is kept, sealed, for
//! staff.

use std::time::Duration;

use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::app::App;
use crate::db::appointments::answers::{self, ForPatient};
use crate::db::audit_log::{self, Actor};
use crate::db::inbound_messages::{self, NewInbound, SEALED_BODY, TABLE};
use crate::db::sms_opt_outs::{self, EVERY_SENDER, Source};
use crate::db::{Connection, End, Error, in_org};
use crate::domain::meaning::Meaning;
use crate::domain::org_id::OrgId;
use crate::domain::reply::{OptOutType, Reply};
use crate::messaging::answering::{self, Answer, Answered, Channel, TRIES};
use crate::messaging::permission;
use crate::messaging::replying::{self, MOST_OPTIONS};
use crate::twilio::inbound::InboundMessage;
use crate::vault::Place;

/// How long a number is the answer to our question, and no yes or no.
const QUESTION_STANDS: Duration = Duration::from_secs(24 * 60 * 60);

/// What was understood, and what the patient is answered, if anything.
pub struct Received {
    /// A word of [`Meaning`], or `repeated`.
    pub meaning: &'static str,
    pub answer: Option<String>,
}

/// What a text meant and did.
#[derive(Default)]
struct Done {
    meaning: Meaning,
    appointment: Option<Uuid>,
    /// What we ask back about.
    options: Option<Vec<Uuid>>,
    answer: Option<String>,
}

impl Done {
    fn silent(meaning: Meaning) -> Self {
        Self { meaning, ..Self::default() }
    }
}

/// One text and who it is from, inside its transaction.
struct Hearing<'a> {
    org: OrgId,
    /// Its row.
    id: Uuid,
    phone: &'a str,
    sender: &'a str,
    now: OffsetDateTime,
}

/// Receives a text of an organization's patient.
pub async fn receive(app: &App, org: OrgId, text: &InboundMessage) -> Result<Received, Error> {
    let now = app.clock.now();
    let mut tries = 0;
    loop {
        tries += 1;
        let received =
            in_org(&app.db, org, async |conn| receive_in(app, conn, org, text, now).await).await;
        match received {
            // Nothing was written, or the claim of the next try finds that it was: then the answer is lost,
            // and what it would have said is in the rows.
            Err(Error::Conflict | Error::CommitUnknown) if tries < TRIES => {}
            Err(error) => return Err(error),
            Ok(Received { meaning, answer }) => {
                let may_answer = match &answer {
                    // What the patient said is safe, whether or not they hear so.
                    Some(_) => may_answer(app, org, text).await.unwrap_or_else(|error| {
                        tracing::warn!(org = %org, %error, "A patient's text is not answered");
                        false
                    }),
                    None => false,
                };
                return Ok(Received { meaning, answer: answer.filter(|_| may_answer) });
            }
        }
    }
}

/// An answer is a text like any other.
async fn may_answer(app: &App, org: OrgId, text: &InboundMessage) -> Result<bool, Error> {
    let mut conn = app.db.connection().await?;
    permission::may_answer(&mut conn, org, &text.from, &text.sender).await
}

async fn receive_in(
    app: &App,
    conn: &mut Connection,
    org: OrgId,
    text: &InboundMessage,
    now: OffsetDateTime,
) -> Result<End<Received>, Error> {
    let id = Uuid::now_v7();
    let place = Place { org, table: TABLE, column: SEALED_BODY, row: id };
    let sealed = app.vault.seal(place, text.body.as_bytes());
    let new = NewInbound {
        org_id: org.0,
        id,
        twilio_message_sid: &text.sid,
        phone: &text.from,
        recipient: &text.sender,
        sealed_body: &sealed.map_err(|_reason| Error::Broken("a text cannot be sealed"))?,
        meaning: Meaning::Other.as_str(),
    };
    if !inbound_messages::claim(conn, &new).await? {
        return Ok(End::RollBack(Received { meaning: "repeated", answer: None }));
    }
    let hearing = Hearing { org, id, phone: &text.from, sender: &text.sender, now };
    let opt_out_type = text.opt_out_type.as_deref().and_then(OptOutType::parse);
    let done = hearing.act(conn, Reply::read(&text.body, opt_out_type)).await?;
    let Done { meaning, appointment, options, answer } = done;
    inbound_messages::settle(conn, org, id, meaning, appointment, options.as_deref()).await?;
    let meaning = meaning.as_str();
    Ok(End::Commit(Received { meaning, answer }))
}

impl Hearing<'_> {
    async fn act(&self, conn: &mut Connection, reply: Reply) -> Result<Done, Error> {
        match reply {
            Reply::Stop { cancel } => self.stop(conn, cancel).await,
            Reply::Start => {
                self.start(conn, &[self.sender, EVERY_SENDER]).await?;
                Ok(Done::silent(Meaning::Start))
            }
            Reply::Help => Ok(Done::silent(Meaning::Help)),
            // It undoes the STOP that this sender was told, as with the networks, and answers us; who
            // asked us to stop altogether has not taken that back by an answer.
            Reply::Yes => {
                self.start(conn, &[self.sender]).await?;
                self.answer(conn, Answer::Confirm).await
            }
            Reply::Confirm => self.answer(conn, Answer::Confirm).await,
            Reply::Decline => self.answer(conn, Answer::Decline).await,
            Reply::Number(number) => self.choose(conn, number).await,
            Reply::Other => Ok(Done::silent(Meaning::Other)),
        }
    }

    /// One who wrote CANCEL may have meant an appointment: staff are shown which.
    async fn stop(&self, conn: &mut Connection, cancel: bool) -> Result<Done, Error> {
        let source = Source::Inbound;
        if sms_opt_outs::insert_if_new(conn, self.org, self.phone, self.sender, source).await? {
            self.log(conn, "texts_stopped").await?;
        }
        let appointment = match cancel {
            true => match self.open(conn).await?.as_slice() {
                [only] => Some(only.id),
                [] => self.latest(conn).await?.map(|latest| latest.id),
                _ => None,
            },
            false => None,
        };
        Ok(Done { appointment, ..Done::silent(Meaning::Stop) })
    }

    async fn start(&self, conn: &mut Connection, senders: &[&str]) -> Result<(), Error> {
        if sms_opt_outs::delete(conn, self.org, self.phone, senders).await? {
            self.log(conn, "texts_resumed").await?;
        }
        Ok(())
    }

    /// Answers the one open appointment, asks which of several is meant, or, where none is open, takes it
    /// for a change of mind about the one that we texted about last.
    async fn answer(&self, conn: &mut Connection, answer: Answer) -> Result<Done, Error> {
        let open = self.open(conn).await?;
        match open.as_slice() {
            [] => match self.latest(conn).await? {
                Some(latest) => self.write(conn, latest.id, answer, meaning_of(answer)).await,
                None => Ok(Done::silent(Meaning::Other)),
            },
            [only] => self.write(conn, only.id, answer, meaning_of(answer)).await,
            several => Ok(Done {
                meaning: meaning_of(answer),
                options: Some(several.iter().map(|one| one.id).collect()),
                answer: Some(replying::which(several)),
                ..Done::default()
            }),
        }
    }

    /// The number of what we asked about stays that for a while, also after another was chosen: "1" and
    /// then "2" answers for both, and does not decline the second.
    async fn choose(&self, conn: &mut Connection, number: usize) -> Result<Done, Error> {
        let question =
            inbound_messages::find_question(conn, self.org, self.phone, QUESTION_STANDS).await?;
        match (question, number) {
            (Some(question), _) => match question.option(number) {
                Some(id) if question.is_about(Meaning::Decline) => {
                    self.write(conn, id, Answer::Decline, Meaning::Choice).await
                }
                Some(id) => self.write(conn, id, Answer::Confirm, Meaning::Choice).await,
                None => Ok(Done::silent(Meaning::Other)),
            },
            (None, 1) => self.answer(conn, Answer::Confirm).await,
            (None, 2) => self.answer(conn, Answer::Decline).await,
            (None, _) => Ok(Done::silent(Meaning::Other)),
        }
    }

    async fn write(
        &self,
        conn: &mut Connection,
        appointment: Uuid,
        answer: Answer,
        meaning: Meaning,
    ) -> Result<Done, Error> {
        let channel = Channel::Text(self.id);
        let answered =
            answering::answer(conn, self.org, appointment, answer, channel, self.now).await?;
        let about = answers::get_for_patient(conn, self.org, appointment).await?;
        let answer = match answered {
            Answered::Confirmed => Some(replying::confirmed(&about)),
            Answered::Declined => Some(replying::declined(&about)),
            Answered::Cancelled => Some(replying::cancelled(&about)),
            Answered::Unchanged => None,
            // It began or was cancelled meanwhile: staff have to read this.
            Answered::TooLate => return Ok(Done::silent(Meaning::Other)),
        };
        Ok(Done { meaning, appointment: Some(appointment), options: None, answer })
    }

    async fn open(&self, conn: &mut Connection) -> Result<Vec<ForPatient>, Error> {
        answers::list_open(conn, self.org, self.phone, self.now, MOST_OPTIONS).await
    }

    async fn latest(&self, conn: &mut Connection) -> Result<Option<ForPatient>, Error> {
        let latest = answers::find_latest_texted(conn, self.org, self.phone).await?;
        Ok(latest.filter(|about| about.can_be_answered(self.now)))
    }

    async fn log(&self, conn: &mut Connection, action: &'static str) -> Result<(), Error> {
        let details = json!({ "channel": "text", "message": self.id });
        audit_log::insert(conn, self.org, Actor::Patient, action, self.id, details).await
    }
}

fn meaning_of(answer: Answer) -> Meaning {
    match answer {
        Answer::Confirm => Meaning::Confirm,
        Answer::Decline => Meaning::Decline,
    }
}
