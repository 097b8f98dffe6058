//! The database's clock in a statement: leases, backoff and pauses go by it on every node alike.

use std::time::Duration;

use diesel::dsl::IntervalDsl;
use diesel::pg::data_types::PgInterval;
use diesel::sql_types::{Interval, Nullable, Timestamptz};

#[diesel::declare_sql_function]
extern "SQL" {
    /// The database's clock.
    #[sql_name = "now"]
    fn db_now() -> Timestamptz;
    /// `at + by`.
    #[sql_name = "timestamptz_pl_interval"]
    fn later(at: Timestamptz, by: Interval) -> Timestamptz;
    /// `at + by`, and null where there is no `by`.
    #[sql_name = "timestamptz_pl_interval"]
    fn later_or_never(at: Timestamptz, by: Nullable<Interval>) -> Nullable<Timestamptz>;
}

pub(super) fn interval(duration: Duration) -> PgInterval {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX).microseconds()
}
