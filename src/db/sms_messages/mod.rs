//! `sms_messages`: the outbox. Who holds a row's lease works on it; everything else is compare-and-set,
//! so that any number of nodes may look at the same rows. Times here are the database's own.

pub mod corrections;
mod delivery;
mod listing;
mod senders;

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::cached::Cached;
use crate::db::clock::{db_now, interval, later, later_or_never};
use crate::db::schema::sms_messages;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;
use crate::domain::sms::{SmsReason, SmsState, SmsStatus};
use crate::domain::text_kind::TextKind;

pub use delivery::{ToldMessage, follow, lock, owe_again};
pub use listing::{ListedText, list_latest};
pub use senders::find_earlier_sender;

const SENT: &str = SmsStatus::Sent.as_str();
const SENDING: &str = SmsStatus::Sending.as_str();

/// The constraint that gives a sid to one text alone.
pub const A_SID_NAMES_ONE_MESSAGE: &str = "a_sid_names_one_message";

/// A text we owe, as far as its sender needs it.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = sms_messages, check_for_backend(diesel::pg::Pg))]
pub struct MessageRow {
    pub id: Uuid,
    pub appointment_id: Uuid,
    kind: String,
    pub to_phone: Option<String>,
    pub tries: i16,
    pub resent: bool,
}

impl MessageRow {
    pub fn kind(&self) -> Result<TextKind, Error> {
        TextKind::parse(&self.kind).ok_or(Error::Broken("an unknown kind of text"))
    }

    pub fn is_a(&self, kind: TextKind) -> bool {
        self.kind == kind.as_str()
    }

    /// Whether it is the text of a booking, and nobody has tried to send it.
    pub fn is_fresh(&self) -> bool {
        self.is_a(TextKind::Confirmation) && self.tries == 0
    }
}

/// A text to owe: leased to whoever writes it, or already settled.
pub struct NewMessage {
    pub id: Uuid,
    pub appointment_id: Uuid,
    pub kind: TextKind,
    /// A reminder's, in minutes; zero for all else.
    pub lead_minutes: i32,
    pub to_phone: Option<String>,
    pub state: SmsState,
    /// The writer's own lease, where the text is still to be sent.
    pub lease: Option<(Uuid, Duration)>,
}

/// Writes a text into the outbox, due at once.
pub async fn insert(conn: &mut Connection, org: OrgId, new: &NewMessage) -> Result<(), Error> {
    diesel::insert_into(sms_messages::table)
        .values((
            sms_messages::org_id.eq(org.0),
            sms_messages::id.eq(new.id),
            sms_messages::appointment_id.eq(new.appointment_id),
            sms_messages::kind.eq(new.kind.as_str()),
            sms_messages::lead_minutes.eq(new.lead_minutes),
            sms_messages::to_phone.eq(&new.to_phone),
            sms_messages::sms_status.eq(new.state.status.as_str()),
            sms_messages::sms_reason.eq(new.state.reason.as_ref().map(ToString::to_string)),
            sms_messages::lease_token.eq(new.lease.map(|(token, _)| token)),
            sms_messages::leased_until
                .eq(later_or_never(db_now(), new.lease.map(|(_, length)| interval(length)))),
        ))
        .cached()
        .execute(conn)
        .await?;
    Ok(())
}

/// What may be claimed about a text, and the number it goes to.
pub async fn get_state(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
) -> Result<(SmsState, Option<String>), Error> {
    let (status, reason, to_phone): (String, Option<String>, Option<String>) = sms_messages::table
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::id.eq(id)))
        .select((sms_messages::sms_status, sms_messages::sms_reason, sms_messages::to_phone))
        .first(conn)
        .await?;
    let status = SmsStatus::parse(&status).ok_or(Error::Broken("an unknown status of a text"))?;
    Ok((SmsState { status, reason: reason.as_deref().and_then(SmsReason::parse) }, to_phone))
}

/// Texts of any organization that are due and that nobody holds: candidates, to be claimed one by one.
pub async fn list_due(conn: &mut Connection, limit: i64) -> Result<Vec<(OrgId, Uuid)>, Error> {
    let rows: Vec<(Uuid, Uuid)> = sms_messages::table
        .filter(sms_messages::sms_status.eq(SENDING))
        .filter(sms_messages::due_at.le(db_now()))
        .filter(
            sms_messages::leased_until
                .is_null()
                .or(sms_messages::leased_until.lt(db_now().nullable())),
        )
        .order(sms_messages::due_at)
        .limit(limit)
        .select((sms_messages::org_id, sms_messages::id))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(org, id)| (OrgId(org), id)).collect())
}

/// Takes the lease of a due text, unless somebody was faster.
pub async fn lease(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    token: Uuid,
    length: Duration,
) -> Result<bool, Error> {
    let taken = diesel::update(sms_messages::table)
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::id.eq(id)))
        .filter(sms_messages::sms_status.eq(SENDING))
        .filter(sms_messages::due_at.le(db_now()))
        .filter(
            sms_messages::leased_until
                .is_null()
                .or(sms_messages::leased_until.lt(db_now().nullable())),
        )
        .set((
            sms_messages::lease_token.eq(token),
            sms_messages::leased_until.eq(later(db_now(), interval(length)).nullable()),
        ))
        .cached()
        .execute(conn)
        .await?;
    Ok(taken == 1)
}

/// The text, if the lease is still ours; its row is then locked until the transaction ends.
pub async fn find_leased(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    token: Uuid,
) -> Result<Option<MessageRow>, Error> {
    Ok(sms_messages::table
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::id.eq(id)))
        .filter(sms_messages::sms_status.eq(SENDING))
        .filter(sms_messages::lease_token.eq(token))
        .filter(sms_messages::leased_until.gt(db_now().nullable()))
        .select(MessageRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?)
}

/// Counts a try that is about to be made, from this sender of this account; `resend` uses up the one
/// resend.
pub async fn count_try(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    (sender, account_digest): (&str, &[u8]),
    resend: bool,
) -> Result<(), Error> {
    diesel::update(sms_messages::table)
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::id.eq(id)))
        .set((
            sms_messages::tries.eq(sms_messages::tries + 1),
            sms_messages::sender.eq(sender),
            sms_messages::account_digest.eq(account_digest),
            sms_messages::resent
                .eq(sms_messages::resent.or(resend.into_sql::<diesel::sql_types::Bool>())),
        ))
        .cached()
        .execute(conn)
        .await?;
    Ok(())
}

/// Twilio took it. Holds whoever held the lease: an accepted text is accepted. True: that is news.
/// A sid that another of the organization's texts bears is refused by [`A_SID_NAMES_ONE_MESSAGE`].
pub async fn mark_sent(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    sid: &str,
    delivery_status: Option<&str>,
) -> Result<bool, Error> {
    let changed = diesel::update(sms_messages::table)
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::id.eq(id)))
        .filter(sms_messages::sms_status.ne(SENT))
        .set((
            sms_messages::sms_status.eq(SENT),
            sms_messages::sms_reason.eq(None::<String>),
            sms_messages::twilio_message_sid.eq(sid),
            sms_messages::delivery_status.eq(delivery_status),
            sms_messages::sent_at.eq(db_now().nullable()),
            sms_messages::lease_token.eq(None::<Uuid>),
            sms_messages::leased_until.eq(None::<time::OffsetDateTime>),
        ))
        .cached()
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// No text will come, and why. Only the lease's holder may give up. True: that is news.
pub async fn give_up(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    token: Uuid,
    state: &SmsState,
) -> Result<bool, Error> {
    let changed = diesel::update(sms_messages::table)
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::id.eq(id)))
        .filter(sms_messages::sms_status.eq(SENDING).and(sms_messages::lease_token.eq(token)))
        .set((
            sms_messages::sms_status.eq(state.status.as_str()),
            sms_messages::sms_reason.eq(state.reason.as_ref().map(ToString::to_string)),
            sms_messages::lease_token.eq(None::<Uuid>),
            sms_messages::leased_until.eq(None::<time::OffsetDateTime>),
        ))
        .cached()
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// Lets go of the lease and asks for another look in `delay`.
pub async fn postpone(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    token: Uuid,
    delay: Duration,
) -> Result<(), Error> {
    diesel::update(sms_messages::table)
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::id.eq(id)))
        .filter(sms_messages::sms_status.eq(SENDING).and(sms_messages::lease_token.eq(token)))
        .set((
            sms_messages::due_at.eq(later(db_now(), interval(delay))),
            sms_messages::lease_token.eq(None::<Uuid>),
            sms_messages::leased_until.eq(None::<time::OffsetDateTime>),
        ))
        .cached()
        .execute(conn)
        .await?;
    Ok(())
}
