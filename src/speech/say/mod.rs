//! Values as a voice says them, in American English: no digits, no ISO strings, no signs that a
//! synthesizer could read out. The sentences around them are in `speech::phrases`.

mod date;
mod list;
mod name;
mod number;
mod time_of_day;

pub use date::{date, weekday, year};
pub use list::or;
pub use name::title;
pub use number::{cardinal, count, last_four, ordinal};
pub use time_of_day::time;
