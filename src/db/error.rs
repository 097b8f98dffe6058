//! What can go wrong at the database, without Postgres's own words: its messages and details quote
//! values, and values are persons.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of the database, by what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No connection in time, or it was lost: nothing was done.
    #[error("the database cannot be reached")]
    Unavailable,
    /// There is a server, and it does not let us in: nothing was done.
    #[error("the database {0}")]
    Refused(&'static str),
    /// A lock, a statement or the wait for a connection took longer than its time-out: nothing was done.
    #[error("the database is busy")]
    Busy,
    /// A deadlock or a serialization failure: nothing was done, and trying again may help.
    #[error("the transaction lost a conflict")]
    Conflict,
    /// A constraint, by its name, refused the row.
    #[error("refused by the constraint {0}")]
    Constraint(String),
    /// The connection was lost during COMMIT: it may or may not have happened.
    #[error("the outcome of a commit is unknown")]
    CommitUnknown,
    /// A statement the schema does not understand, or a row that the program does not: ours to mend.
    #[error("the database and the program disagree: {0}")]
    Broken(&'static str),
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(kind, info) => match kind {
                DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::ExclusionViolation => {
                    Self::Constraint(info.constraint_name().unwrap_or("unnamed").to_owned())
                }
                DatabaseErrorKind::SerializationFailure => Self::Conflict,
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::ReadOnlyTransaction => Self::Unavailable,
                _ => by_message(info.message()),
            },
            // What became of the COMMIT matters, not that the broken connection could not roll back.
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            DieselError::NotFound => Self::Broken("a row that must exist does not"),
            DieselError::BrokenTransactionManager => Self::Unavailable,
            DieselError::DeserializationError(_) => Self::Broken("a column cannot be read"),
            DieselError::SerializationError(_) => Self::Broken("a value cannot be written"),
            _ => Self::Broken("a query cannot be run"),
        }
    }
}

/// Diesel has no kind for these SQLSTATEs (40P01, 55P03, 57014, 57P0x) and shows no code, so Postgres's
/// fixed English sentences decide; the connection asks for English (`db/connect.rs`).
fn by_message(message: &str) -> Error {
    let says = |words: &str| message.contains(words);
    if says("deadlock detected") || says("could not serialize access") {
        Error::Conflict
    } else if says("lock timeout") || says("statement timeout") {
        Error::Busy
    } else if says("connection")
        || says("terminating")
        || says("shutting down")
        || says("starting up")
        || says("recovery mode")
        || says("broken pipe")
        || says("communicating with the server")
    {
        Error::Unavailable
    } else {
        Error::Broken("an unexpected answer")
    }
}
