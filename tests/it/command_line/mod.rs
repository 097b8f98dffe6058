//! The operator's commands as processes: what they print, where, and how they end.

mod definitions;
mod operating;
mod replaying;
mod stumbling;
mod test_sms;
