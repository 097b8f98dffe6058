//! `GET …/Messages.json` and `GET …/Messages/{sid}.json`: what was created, in Twilio's list shape,
//! newest first, with what became of it so far.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use twilio_async::{encode_pairs, form_urlencoded};

use super::store::{Store, StoredMessage};
use super::{answer, is_let_in};

/// Twilio's own default and maximum.
const PAGE_SIZE: usize = 50;
const LARGEST_PAGE: usize = 1000;

#[derive(Default)]
struct Filter {
    to: Option<String>,
    from: Option<String>,
    page_size: usize,
    page: usize,
}

impl Filter {
    fn read(query: &str) -> Self {
        let mut filter = Self { page_size: PAGE_SIZE, ..Self::default() };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "To" => filter.to = Some(value.into_owned()),
                "From" => filter.from = Some(value.into_owned()),
                "PageSize" => {
                    filter.page_size = value.parse().unwrap_or(PAGE_SIZE).clamp(1, LARGEST_PAGE)
                }
                "Page" => filter.page = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        filter
    }

    fn lets_through(&self, message: &StoredMessage) -> bool {
        self.to.as_ref().is_none_or(|to| *to == message.to)
            && self.from.as_ref().is_none_or(|from| message.from.as_ref() == Some(from))
    }

    fn uri(&self, account: &str, page: usize) -> String {
        let (page_size, page) = (self.page_size.to_string(), page.to_string());
        let mut pairs = vec![("PageSize", page_size.as_str()), ("Page", page.as_str())];
        pairs.extend(self.to.as_deref().map(|to| ("To", to)));
        pairs.extend(self.from.as_deref().map(|from| ("From", from)));
        let query = encode_pairs(pairs).unwrap_or_default();
        format!("/2010-04-01/Accounts/{account}/Messages.json?{query}")
    }
}

pub(super) async fn list(
    request: HttpRequest,
    account: web::Path<String>,
    store: web::Data<Store>,
) -> HttpResponse {
    if !is_let_in(&request, &store, &account) {
        return answer::not_let_in();
    }
    if let Some(http_status) = store.with(|s| s.faults.list_status) {
        return answer::failure(http_status);
    }
    let filter = Filter::read(request.query_string());
    let start = filter.page.saturating_mul(filter.page_size);
    // One more than a page, to see whether there is a next one.
    let mut found: Vec<StoredMessage> = store.with(|s| {
        let is_hidden = s.faults.list_is_empty;
        let mine =
            s.messages.iter().rev().filter(|m| m.account_sid == *account && filter.lets_through(m));
        mine.skip(start).take(filter.page_size + 1).filter(|_| !is_hidden).cloned().collect()
    });
    let prefix = store.with(|s| s.faults.listed_before_bodies.clone());
    found.iter_mut().for_each(|message| message.body.insert_str(0, &prefix));
    if store.with(|s| s.faults.bodies_are_redacted) {
        found.iter_mut().for_each(|message| message.body.clear());
    }
    let has_next = found.len() > filter.page_size;
    found.truncate(filter.page_size);
    let messages: Vec<Value> = found.iter().map(answer::message).collect();
    HttpResponse::Ok().json(json!({
        "end": start + messages.len().saturating_sub(1),
        "first_page_uri": filter.uri(&account, 0),
        "messages": messages,
        "next_page_uri": has_next.then(|| filter.uri(&account, filter.page + 1)),
        "page": filter.page,
        "page_size": filter.page_size,
        "previous_page_uri": filter.page.checked_sub(1).map(|page| filter.uri(&account, page)),
        "start": start,
        "uri": filter.uri(&account, filter.page),
    }))
}

pub(super) async fn get(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    store: web::Data<Store>,
) -> HttpResponse {
    let (account, sid) = path.into_inner();
    if !is_let_in(&request, &store, &account) {
        return answer::not_let_in();
    }
    let found = store.with(|s| {
        s.messages.iter().rev().find(|m| m.sid == sid && m.account_sid == account).cloned()
    });
    found.map_or_else(answer::missing, |message| HttpResponse::Ok().json(answer::message(&message)))
}
