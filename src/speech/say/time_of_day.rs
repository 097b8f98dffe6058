//! Times of day.

use time::Time;

use crate::speech::say::cardinal;

/// "two thirty PM", "nine AM", "nine oh five AM", "noon", "midnight". Seconds are left out.
pub fn time(time: Time) -> String {
    match (time.hour(), time.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "noon".to_owned(),
        (hour, minute) => {
            let half = if hour < 12 { "AM" } else { "PM" };
            let hour = match hour % 12 {
                0 => 12,
                hour => hour,
            };
            let hour = cardinal(hour.into());
            match minute {
                0 => format!("{hour} {half}"),
                1..10 => format!("{hour} oh {} {half}", cardinal(minute.into())),
                _ => format!("{hour} {} {half}", cardinal(minute.into())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::time;

    #[test]
    fn times_of_day() {
        for (time, words) in [
            (time!(00:00), "midnight"),
            (time!(00:30), "twelve thirty AM"),
            (time!(09:00), "nine AM"),
            (time!(09:05), "nine oh five AM"),
            (time!(12:00), "noon"),
            (time!(12:15), "twelve fifteen PM"),
            (time!(14:30), "two thirty PM"),
            (time!(23:45), "eleven forty-five PM"),
        ] {
            assert_eq!(super::time(time), words);
        }
    }
}
