//! The texts that an answer to an inbound one asks for: `<Message>`s of TwiML, or the answer itself where
//! it calls itself plain text. Twilio does the latter too, which is how a patient gets to read "OK".

use xml::reader::{EventReader, XmlEvent};

/// Anything else than the two, and XML that is none, asks for nothing.
pub(super) fn texts(content_type: &str, body: &str) -> Vec<String> {
    match content_type.split(';').next().unwrap_or_default().trim() {
        "text/plain" => Some(body.to_owned()).filter(|text| !text.is_empty()).into_iter().collect(),
        "text/xml" | "application/xml" => messages(body).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// A message of the document while it is read.
#[derive(Default)]
struct Message {
    own: String,
    body: Option<String>,
}

impl Message {
    /// Its `<Body>` where it has one; otherwise what stands in it, without the space around.
    fn into_text(self) -> Option<String> {
        self.body.or_else(|| Some(self.own.trim().to_owned())).filter(|text| !text.is_empty())
    }
}

fn messages(document: &str) -> Option<Vec<String>> {
    let mut path: Vec<String> = Vec::new();
    let mut open = Message::default();
    let mut found = Vec::new();
    for event in EventReader::from_str(document) {
        match event.ok()? {
            XmlEvent::StartElement { name, .. } => {
                path.push(name.local_name);
                match is_at(&path) {
                    Place::Message => open = Message::default(),
                    Place::Body => drop(open.body.get_or_insert_default()),
                    Place::Elsewhere => {}
                }
            }
            XmlEvent::EndElement { .. } => {
                if is_at(&path) == Place::Message {
                    found.extend(std::mem::take(&mut open).into_text());
                }
                path.pop();
            }
            XmlEvent::Characters(text) | XmlEvent::CData(text) | XmlEvent::Whitespace(text) => {
                match is_at(&path) {
                    Place::Message => open.own.push_str(&text),
                    Place::Body => open.body.get_or_insert_default().push_str(&text),
                    Place::Elsewhere => {}
                }
            }
            _ => {}
        }
    }
    Some(found)
}

#[derive(PartialEq, Eq)]
enum Place {
    Message,
    Body,
    Elsewhere,
}

fn is_at(path: &[String]) -> Place {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["Response", "Message"] => Place::Message,
        ["Response", "Message", "Body"] => Place::Body,
        _ => Place::Elsewhere,
    }
}
