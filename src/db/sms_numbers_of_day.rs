//! `sms_numbers_of_day`: what the limits of a day are held against. Days are the database's, in UTC.

use diesel::sql_types::{Integer, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use crate::db::cached::Cached;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// One statement, because every text waits for it. A day is counted from the epoch: no session's zone
/// has a say in it.
const COUNT: &str = "\
    INSERT INTO sms_numbers_of_day AS counted (org_id, day, phone, texts) \
    SELECT $1, today.day, $2, 1 \
    FROM (SELECT date 'epoch' + floor(extract(epoch FROM now()) / 86400)::integer AS day) AS today \
    WHERE $3 > 0 AND ( \
        EXISTS (SELECT FROM sms_numbers_of_day k WHERE k.org_id = $1 AND k.day = today.day AND k.phone = $2) \
        OR (SELECT count(*) FROM sms_numbers_of_day k WHERE k.org_id = $1 AND k.day = today.day) < $4) \
    ON CONFLICT (org_id, day, phone) DO UPDATE SET texts = counted.texts + 1 WHERE counted.texts < $3";

/// Counts one more text to the number, unless that would be more than `texts` to it, or it would be one
/// number more than `numbers`. False: nothing was counted. Two that count at once do not exceed `texts`,
/// because the second waits for the first one's row; a number more than `numbers` may slip in.
pub async fn count_if_below(
    conn: &mut Connection,
    org: OrgId,
    phone: &str,
    texts: i32,
    numbers: i32,
) -> Result<bool, Error> {
    let counted = diesel::sql_query(COUNT)
        .bind::<SqlUuid, _>(org.0)
        .bind::<Text, _>(phone)
        .bind::<Integer, _>(texts)
        .bind::<Integer, _>(numbers)
        .cached()
        .execute(conn)
        .await?;
    Ok(counted == 1)
}
