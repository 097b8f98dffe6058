//! `sms_numbers_of_day`: what the limits of a day are held against. Days are the database's, in UTC.

use diesel::prelude::*;
use diesel::query_dsl::methods::FilterDsl;
use diesel_async::RunQueryDsl;
use time::{OffsetDateTime, UtcOffset};

use super::sms_messages::db_now;
use crate::db::schema::sms_numbers_of_day;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

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
    if texts < 1 {
        return Ok(false);
    }
    let now: OffsetDateTime = diesel::select(db_now()).get_result(conn).await?;
    let day = now.to_offset(UtcOffset::UTC).date();
    let of_day = || {
        let day = sms_numbers_of_day::org_id.eq(org.0).and(sms_numbers_of_day::day.eq(day));
        QueryDsl::filter(sms_numbers_of_day::table, day)
    };
    let known = QueryDsl::filter(of_day(), sms_numbers_of_day::phone.eq(phone));
    let is_known: bool = diesel::select(diesel::dsl::exists(known)).get_result(conn).await?;
    if !is_known {
        let so_far: i64 = of_day().count().get_result(conn).await?;
        if so_far >= i64::from(numbers) {
            return Ok(false);
        }
    }
    let upsert = diesel::insert_into(sms_numbers_of_day::table)
        .values((
            sms_numbers_of_day::org_id.eq(org.0),
            sms_numbers_of_day::day.eq(day),
            sms_numbers_of_day::phone.eq(phone),
            sms_numbers_of_day::texts.eq(1),
        ))
        .on_conflict((
            sms_numbers_of_day::org_id,
            sms_numbers_of_day::day,
            sms_numbers_of_day::phone,
        ))
        .do_update()
        .set(sms_numbers_of_day::texts.eq(sms_numbers_of_day::texts + 1));
    let counted = FilterDsl::filter(upsert, sms_numbers_of_day::texts.lt(texts));
    Ok(counted.execute(conn).await? == 1)
}
