//! Bodies as Vapi sends them, and replies as it reads them.

use serde_json::{Value, json};
use uuid::Uuid;

/// A `tool-calls` body with one call, in a new phone call of `caller`, unless changed.
#[derive(Clone)]
pub(crate) struct ToolCall {
    pub(crate) tool: &'static str,
    pub(crate) arguments: Value,
    pub(crate) call_id: Option<String>,
    pub(crate) tool_call_id: String,
    pub(crate) caller: Option<String>,
}

/// A number reserved for fiction that libphonenumber finds valid.
pub(crate) const CALLER: &str = "+12125550142";

pub(crate) fn check_availability(arguments: Value) -> ToolCall {
    ToolCall::new("check_availability", arguments)
}

pub(crate) fn book_appointment(arguments: Value) -> ToolCall {
    ToolCall::new("book_appointment", arguments)
}

pub(crate) fn opt_out_of_texts(arguments: Value) -> ToolCall {
    ToolCall::new("opt_out_of_texts", arguments)
}

impl ToolCall {
    fn new(tool: &'static str, arguments: Value) -> Self {
        Self {
            tool,
            arguments,
            call_id: Some(Uuid::new_v4().to_string()),
            tool_call_id: format!("call_{}", Uuid::new_v4().simple()),
            caller: Some(CALLER.to_owned()),
        }
    }

    pub(crate) fn in_call(mut self, call_id: &str) -> Self {
        self.call_id = Some(call_id.to_owned());
        self
    }

    pub(crate) fn with_id(mut self, tool_call_id: &str) -> Self {
        self.tool_call_id = tool_call_id.to_owned();
        self
    }

    pub(crate) fn from(mut self, caller: &str) -> Self {
        self.caller = Some(caller.to_owned());
        self
    }

    /// A call over the web: nobody knows the number.
    pub(crate) fn over_the_web(mut self) -> Self {
        self.caller = None;
        self
    }

    pub(crate) fn body(&self) -> Value {
        let item = json!({
            "id": self.tool_call_id,
            "type": "function",
            "function": { "name": self.tool, "arguments": self.arguments },
        });
        let mut message = json!({ "type": "tool-calls", "toolCallList": [item] });
        if let Some(id) = &self.call_id {
            message["call"] = json!({ "id": id, "type": "inboundPhoneCall" });
        }
        if let Some(number) = &self.caller {
            message["customer"] = json!({ "number": number });
        }
        json!({ "message": message })
    }
}

/// One item of `results`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply(pub(crate) Value);

impl Reply {
    pub(crate) fn outcome(&self) -> &str {
        self.0["metadata"]["outcome"].as_str().unwrap_or_default()
    }

    /// The sentence, without the bracket for the model; of a failure, its error.
    pub(crate) fn spoken(&self) -> &str {
        let words =
            self.0["result"].as_str().or_else(|| self.0["error"].as_str()).unwrap_or_default();
        words.split_once(" [").map_or(words, |(spoken, _)| spoken)
    }

    pub(crate) fn sms(&self) -> (&str, Option<&str>) {
        let metadata = &self.0["metadata"];
        (metadata["sms_status"].as_str().unwrap_or_default(), metadata["sms_reason"].as_str())
    }

    pub(crate) fn appointment_id(&self) -> &str {
        self.0["metadata"]["appointment_id"].as_str().unwrap_or_default()
    }

    pub(crate) fn starts_at(&self) -> &str {
        self.0["metadata"]["starts_at"].as_str().unwrap_or_default()
    }

    /// `(slot_id, starts_at, provider)` of each time on offer.
    pub(crate) fn slots(&self) -> Vec<(String, String, String)> {
        let text = |slot: &Value, key: &str| slot[key].as_str().unwrap_or_default().to_owned();
        let slots = self.0["metadata"]["slots"].as_array().cloned().unwrap_or_default();
        slots
            .iter()
            .map(|s| (text(s, "slot_id"), text(s, "starts_at"), text(s, "provider")))
            .collect()
    }
}
