//! One event, one line. A value may contain line ends, escape sequences or characters that reverse the
//! text, and would forge a line or repaint a terminal; here they are written as `\u001b` and the like,
//! which is also how JSON writes them. The formatters do this for some fields and not for others.

use std::{
    borrow::Cow,
    fmt::Write as _,
    io::{self, Write},
};

use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

/// Wraps what the formatter writes to, which hands over each event whole, with its line end.
#[derive(Debug, Clone)]
pub(super) struct OneLine<W>(pub(super) W);

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for OneLine<W> {
    type Writer = OneLine<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        OneLine(self.0.make_writer())
    }

    fn make_writer_for(&'w self, metadata: &Metadata<'_>) -> Self::Writer {
        OneLine(self.0.make_writer_for(metadata))
    }
}

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        self.0.write_all(escaped(&text).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn escaped(event: &str) -> Cow<'_, str> {
    let (line, end) = match event.strip_suffix('\n') {
        Some(line) => (line, "\n"),
        None => (event, ""),
    };
    if !line.contains(is_harmful) {
        return Cow::Borrowed(event);
    }
    let mut safe = String::with_capacity(event.len());
    for c in line.chars() {
        if is_harmful(c) {
            // Writing to a string does not fail, and all of these fit four digits.
            write!(safe, "\\u{:04x}", u32::from(c)).unwrap_or_default();
        } else {
            safe.push(c);
        }
    }
    safe.push_str(end);
    Cow::Owned(safe)
}

/// Control characters (C0, DEL, C1), Unicode's own line ends, and marks that change the reading direction.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
