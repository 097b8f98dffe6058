//! Vapi's wire: what it POSTs to us and what it expects back. Pure parsing: no I/O, no clock, no
//! knowledge of any tool. Nothing here trusts the types that Vapi's documents promise; what was really
//! seen differs from them in seven shapes. What is not understood is kept as `Other`, never refused.

mod keep;
mod mend;
mod text;

pub mod arguments;
pub mod call_key;
pub mod server_message;
pub mod signature;
pub mod tool_call;
pub mod tool_calls_message;
pub mod tool_reply;

pub use arguments::{Arguments, arguments_digest};
pub use call_key::{CallKey, CallKeyParts};
pub use server_message::{NotAServerMessage, ServerMessage};
pub use tool_call::ToolCall;
pub use tool_calls_message::ToolCallsMessage;
pub use tool_reply::{ToolReplies, ToolReply};
