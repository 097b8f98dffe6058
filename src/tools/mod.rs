//! A tool call becomes an act and comes back as a sentence. Whatever an authenticated sender asks, each
//! call gets exactly one answer, in order, before the deadline; an act that is still running then goes
//! on, and the repeated call finds what it did.

mod answer;
mod book_appointment;
mod booking_wish;
mod check_availability;
mod offering;
mod opt_out_of_texts;
mod recorded;

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use crate::app::App;
use crate::db;
use crate::db::tool_calls::ToolCallKey;
use crate::domain::clinic::Clinic;
use crate::domain::org_id::OrgId;
use crate::domain::outcome::Outcome;
use crate::speech::phrases::trouble;
use crate::vapi::{Arguments, ToolCall, ToolCallsMessage, ToolReply, arguments_digest};

pub use answer::Answer;

/// What a voice agent can ask for. Each has its file here, its definition in `vapi-tools`, its fixtures
/// and its tests, all of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    CheckAvailability,
    BookAppointment,
    OptOutOfTexts,
}

impl Tool {
    pub const ALL: [Self; 3] =
        [Self::CheckAvailability, Self::BookAppointment, Self::OptOutOfTexts];

    /// The function's name in Vapi.
    pub fn name(self) -> &'static str {
        match self {
            Self::CheckAvailability => "check_availability",
            Self::BookAppointment => "book_appointment",
            Self::OptOutOfTexts => "opt_out_of_texts",
        }
    }

    /// The arguments that a model may pass.
    pub fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::CheckAvailability => check_availability::ARGUMENTS,
            Self::BookAppointment => book_appointment::ARGUMENTS,
            Self::OptOutOfTexts => opt_out_of_texts::ARGUMENTS,
        }
    }

    /// The tool of this name, however the model spells it.
    pub fn find(name: &str) -> Option<Self> {
        let plain = |name: &str| name.replace(['_', '-', ' '], "").to_lowercase();
        Self::ALL.into_iter().find(|tool| plain(tool.name()) == plain(name))
    }
}

/// One tool call with all that decides its answer.
struct Asked {
    org: OrgId,
    call: ToolCall,
    /// The number to text where none is said: the network's, else that of the tool's definition.
    caller_number: Option<String>,
    /// The number that the network tells; only this says who calls, since the model can write a
    /// parameter that the definition leaves out.
    network_number: Option<String>,
    call_key: String,
    /// Other scopes in which the same tool call may have been made.
    other_call_keys: Vec<String>,
    deadline: Instant,
}

impl Asked {
    fn key(&self, tool: Tool) -> ToolCallKey {
        ToolCallKey {
            call_key: self.call_key.clone(),
            tool: tool.name(),
            tool_call_id: self.call.key.clone(),
            arguments_digest: arguments_digest(tool.name(), &self.call.arguments).to_vec(),
        }
    }

    /// [`Asked::key`] and those under which the same tool call may be recorded, in the order in which
    /// everybody claims them.
    fn keys(&self, tool: Tool) -> Vec<ToolCallKey> {
        let key = self.key(tool);
        let others = self.other_call_keys.iter();
        let others =
            others.map(|call_key| ToolCallKey { call_key: call_key.clone(), ..key.clone() });
        let mut keys: Vec<ToolCallKey> = others.chain([key.clone()]).collect();
        keys.sort_by(|a, b| a.call_key.cmp(&b.call_key));
        keys
    }
}

/// A reply with what the log says of it.
pub struct Answered {
    pub reply: ToolReply,
    pub tool: Option<Tool>,
    pub outcome: String,
    pub sms_status: Option<String>,
}

/// Answers every call of the message, in its order.
pub async fn answer(
    app: &Arc<App>,
    org: OrgId,
    message: ToolCallsMessage,
    deadline: Instant,
) -> Vec<Answered> {
    let mut answered = Vec::with_capacity(message.calls.len());
    for call in message.asked() {
        let tool = call.name.as_deref().and_then(Tool::find);
        let caller_number = message.caller_number_of(&call.arguments).map(|n| n.into_owned());
        let (call_key, other_call_keys) = match message.call.key() {
            Some(key) => (key.as_str().to_owned(), Vec::new()),
            None => {
                let [before, now, after] = answer::stray_call_keys(caller_number.as_deref(), call);
                (now, vec![before, after])
            }
        };
        let asked = Asked {
            org,
            call: call.clone(),
            caller_number,
            network_number: message.caller_number.clone(),
            call_key,
            other_call_keys,
            deadline,
        };
        answered.push(Answered::new(call, tool, answer_one(app, tool, asked).await));
    }
    for call in message.surplus() {
        answered.push(Answered::new(
            call,
            None,
            Answer::new(Outcome::Question, trouble::too_many()),
        ));
    }
    answered
}

impl Answered {
    fn new(call: &ToolCall, tool: Option<Tool>, answer: Answer) -> Self {
        let outcome = answer.metadata_text("outcome").unwrap_or_default();
        let sms_status = answer.metadata_text("sms_status");
        let label = tool.map_or("unknown", Tool::name);
        let counter = metrics::counter!(
            crate::telemetry::TOOL_CALLS_TOTAL, "tool" => label, "outcome" => outcome.clone());
        counter.increment(1);
        Self { reply: answer.into_reply(call), tool, outcome, sms_status }
    }
}

async fn answer_one(app: &Arc<App>, tool: Option<Tool>, asked: Asked) -> Answer {
    let Some(tool) = tool else {
        return Answer::new(Outcome::UnknownTool, trouble::unknown_tool());
    };
    if asked.call.arguments == Arguments::NotAnObject {
        return Answer::new(Outcome::Question, trouble::unreadable_arguments());
    }
    let deadline = asked.deadline;
    if Instant::now() >= deadline {
        // Nobody would hear what it did; it is done when it is asked for again.
        return Answer::new(Outcome::Pending, trouble::pending());
    }
    let act = Arc::clone(app);
    let running = app.spawn(async move {
        match tool {
            Tool::CheckAvailability => check_availability::answer(&act, &asked).await,
            Tool::BookAppointment => book_appointment::answer(&act, &asked).await,
            Tool::OptOutOfTexts => opt_out_of_texts::answer(&act, &asked).await,
        }
    });
    match timeout_at(deadline, running).await {
        Ok(Ok(Ok(answer))) => answer,
        Ok(Ok(Err(error))) => failed(tool, &error),
        // The panic itself is in the log, by its place.
        Ok(Err(_)) => Answer::failed(trouble::unavailable()),
        Err(_) => Answer::new(Outcome::Pending, trouble::pending()),
    }
}

fn failed(tool: Tool, error: &db::Error) -> Answer {
    match error {
        db::Error::Busy | db::Error::Conflict | db::Error::CommitUnknown => {
            tracing::warn!(tool = tool.name(), %error, "A tool call gave way to others");
            Answer::new(Outcome::Pending, trouble::pending())
        }
        error => {
            tracing::error!(tool = tool.name(), %error, "A tool call could not be carried out");
            Answer::failed(trouble::unavailable())
        }
    }
}

/// The clinic with its present rules.
async fn load_clinic(app: &App, org: OrgId) -> Result<Arc<Clinic>, db::Error> {
    let conn = app.db.connection().await?;
    app.clinics.find(&conn, org).await
}
