//! Black-box tests: everything through public doors.

mod hearing;
