//! What is heard and what is said. Pure: no I/O, no clock, no framework; `now` is an argument.
//! `hear` makes values or questions of a model's words, `say` makes spoken words of values, `phrases`
//! holds the sentences.

pub mod hear;
pub mod phrases;
pub mod say;
