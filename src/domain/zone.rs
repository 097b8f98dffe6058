//! A clinic's time zone, by the database bundled with the program: the operating system's may be
//! older than the rules in force, so nothing else in the program converts between local and UTC.

use std::fmt;

use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// An IANA zone such as `America/New_York`, known to the bundled database.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// What a wall-clock time means in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instant {
    /// It happens once.
    One(OffsetDateTime),
    /// The clocks skip it (spring).
    Never,
    /// The clocks show it twice (autumn): the earlier and the later.
    Twice(OffsetDateTime, OffsetDateTime),
}

impl Zone {
    /// Finds a zone by its IANA name: `UTC`, or `Area/City`. Abbreviations such as `EST` are refused,
    /// because they do not follow a place's rules.
    pub fn find(name: &str) -> Option<Self> {
        if name != "UTC" && !name.contains('/') {
            return None;
        }
        TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What the wall-clock `date` and `time` mean here.
    pub fn instant(&self, date: Date, time: Time) -> Instant {
        let civil = to_civil(date, time);
        let at = |offset: jiff::tz::Offset| {
            let offset = UtcOffset::from_whole_seconds(offset.seconds()).unwrap_or(UtcOffset::UTC);
            PrimitiveDateTime::new(date, time).assume_offset(offset).to_offset(UtcOffset::UTC)
        };
        match self.0.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => Instant::One(at(offset)),
            AmbiguousOffset::Gap { .. } => Instant::Never,
            AmbiguousOffset::Fold { before, after } => Instant::Twice(at(before), at(after)),
        }
    }

    /// One instant for the wall-clock `date` and `time`, whatever the clocks do: a skipped time moves on
    /// by the length of the gap, a doubled one is its first. For the edges of opening hours and days,
    /// never for what a caller said.
    pub fn edge(&self, date: Date, time: Time) -> OffsetDateTime {
        match self.instant(date, time) {
            Instant::One(at) | Instant::Twice(at, _) => at,
            Instant::Never => {
                let civil = to_civil(date, time);
                self.0
                    .to_ambiguous_timestamp(civil)
                    .later()
                    .ok()
                    .and_then(|t| OffsetDateTime::from_unix_timestamp(t.as_second()).ok())
                    .unwrap_or_else(|| PrimitiveDateTime::new(date, time).assume_utc())
            }
        }
    }

    /// The wall clock at `at`.
    pub fn local(&self, at: OffsetDateTime) -> PrimitiveDateTime {
        let local = at.to_offset(self.offset(at));
        PrimitiveDateTime::new(local.date(), local.time())
    }

    /// The offset from UTC at `at`.
    pub fn offset(&self, at: OffsetDateTime) -> UtcOffset {
        let seconds = jiff::Timestamp::from_second(at.unix_timestamp())
            .map(|t| self.0.to_offset(t).seconds())
            .unwrap_or(0);
        UtcOffset::from_whole_seconds(seconds).unwrap_or(UtcOffset::UTC)
    }
}

fn to_civil(date: Date, time: Time) -> jiff::civil::DateTime {
    let year = i16::try_from(date.year()).unwrap_or(i16::MAX).clamp(-9999, 9999);
    let month = i8::try_from(u8::from(date.month())).unwrap_or(1);
    let day = i8::try_from(date.day()).unwrap_or(1);
    let part = |n: u8| i8::try_from(n).unwrap_or(0);
    jiff::civil::DateTime::new(
        year,
        month,
        day,
        part(time.hour()),
        part(time.minute()),
        part(time.second()),
        0,
    )
    .unwrap_or(jiff::civil::DateTime::MAX)
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
