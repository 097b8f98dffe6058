//! `tool_calls`: what makes a tool call act once and be answered with the same words ever after.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::db::cached::Cached;
use crate::db::schema::tool_calls;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// What makes two tool calls the same.
#[derive(Clone, PartialEq, Eq)]
pub struct ToolCallKey {
    /// The call, chat or session: tool-call ids are unique only inside one.
    pub call_key: String,
    pub tool: &'static str,
    pub tool_call_id: String,
    /// SHA-256: the same id with other arguments is another wish.
    pub arguments_digest: Vec<u8>,
}

/// What is recorded of a tool call that did something.
#[derive(Clone, Queryable)]
pub struct Recorded {
    pub outcome: Option<String>,
    pub appointment_id: Option<Uuid>,
    pub sms_message_id: Option<Uuid>,
    pub words: Option<String>,
    pub metadata: Option<Value>,
}

/// Claims the call for this transaction. False: somebody has it; if their transaction was still open,
/// we waited for its end.
pub async fn claim(conn: &mut Connection, org: OrgId, key: &ToolCallKey) -> Result<bool, Error> {
    let claimed = diesel::insert_into(tool_calls::table)
        .values((
            tool_calls::org_id.eq(org.0),
            tool_calls::call_key.eq(&key.call_key),
            tool_calls::tool.eq(key.tool),
            tool_calls::tool_call_id.eq(&key.tool_call_id),
            tool_calls::arguments_digest.eq(&key.arguments_digest),
        ))
        .on_conflict_do_nothing()
        .cached()
        .execute(conn)
        .await?;
    Ok(claimed == 1)
}

/// Claims the call as [`claim`] does, for as long as this transaction runs and no longer: whoever claims
/// it meanwhile waits, and then has it.
pub async fn claim_meanwhile(
    conn: &mut Connection,
    org: OrgId,
    key: &ToolCallKey,
) -> Result<bool, Error> {
    let claimed = claim(conn, org, key).await?;
    if claimed {
        // A row that comes and goes in one transaction is waited for all the same.
        diesel::delete(this(org, key)).execute(conn).await?;
    }
    Ok(claimed)
}

/// Waits for this call's other transactions: a call books one thing at a time. Of patients without a
/// phone nothing else tells that two are the same.
pub async fn take_turns(conn: &mut Connection, org: OrgId, call_key: &str) -> Result<(), Error> {
    let turn = ToolCallKey {
        call_key: call_key.to_owned(),
        tool: "turn",
        tool_call_id: String::new(),
        arguments_digest: Vec::new(),
    };
    claim_meanwhile(conn, org, &turn).await?;
    Ok(())
}

/// Writes what the claiming transaction did.
pub async fn record(
    conn: &mut Connection,
    org: OrgId,
    key: &ToolCallKey,
    outcome: &str,
    appointment_id: Uuid,
    sms_message_id: Uuid,
) -> Result<(), Error> {
    diesel::update(this(org, key))
        .set((
            tool_calls::outcome.eq(outcome),
            tool_calls::appointment_id.eq(appointment_id),
            tool_calls::sms_message_id.eq(sms_message_id),
        ))
        .cached()
        .execute(conn)
        .await?;
    Ok(())
}

/// What is recorded of the call, if it did something.
pub async fn find(
    conn: &mut Connection,
    org: OrgId,
    key: &ToolCallKey,
) -> Result<Option<Recorded>, Error> {
    Ok(this(org, key)
        .select((
            tool_calls::outcome,
            tool_calls::appointment_id,
            tool_calls::sms_message_id,
            tool_calls::words,
            tool_calls::metadata,
        ))
        .first(conn)
        .await
        .optional()?)
}

/// Writes the words of the answer unless somebody has; returns those that count.
pub async fn settle_words(
    conn: &mut Connection,
    org: OrgId,
    key: &ToolCallKey,
    words: &str,
    metadata: &Value,
) -> Result<(String, Value), Error> {
    let written = diesel::update(this(org, key))
        .filter(tool_calls::words.is_null())
        .set((
            tool_calls::words.eq(words),
            tool_calls::metadata.eq(metadata),
            tool_calls::answered_at.eq(diesel::dsl::now),
        ))
        .cached()
        .execute(conn)
        .await?;
    if written == 1 {
        return Ok((words.to_owned(), metadata.clone()));
    }
    match find(conn, org, key).await? {
        Some(Recorded { words: Some(words), metadata: Some(metadata), .. }) => {
            Ok((words, metadata))
        }
        _ => Err(Error::Broken("an answered tool call has no words")),
    }
}

#[diesel::dsl::auto_type]
fn this<'a>(org: OrgId, key: &'a ToolCallKey) -> _ {
    let org: Uuid = org.0;
    let call_key: &'a str = key.call_key.as_str();
    let tool: &'a str = key.tool;
    let tool_call_id: &'a str = key.tool_call_id.as_str();
    let digest: &'a [u8] = key.arguments_digest.as_slice();
    tool_calls::table
        .filter(tool_calls::org_id.eq(org))
        .filter(tool_calls::call_key.eq(call_key))
        .filter(tool_calls::tool.eq(tool))
        .filter(tool_calls::tool_call_id.eq(tool_call_id))
        .filter(tool_calls::arguments_digest.eq(digest))
}
