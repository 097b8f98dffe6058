//! `org`: a clinic described whole by one TOML file. [`OrgFile::read`] checks the file and fetches the
//! credentials it refers to; [`apply`] makes the database say the same, in one transaction, and does
//! nothing where it already does; [`show`] writes the file that would do so. Credentials never stand in
//! a file, neither in one that is read nor in one that is shown.

mod apply;
mod closures;
mod credentials;
mod faults;
mod file;
mod keys;
mod list;
mod names;
mod reading;
mod roster;
mod rotate;
mod rules;
mod secrets;
mod show;
mod test_sms;
mod text_settings;
mod texts;
mod week;

use crate::db;
use crate::vault::VaultError;

pub use apply::{Applied, apply};
pub use faults::FileFaults;
pub use file::OrgFile;
pub use list::{Listed, list};
pub use rotate::{Rotated, rotate_secret};
pub use secrets::Secrets;
pub use show::show;
pub use test_sms::test_sms;
pub use texts::texts;

/// Why a command about an organization did nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrgError {
    #[error(transparent)]
    File(#[from] FileFaults),
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("there is no organization with this slug or id")]
    NotFound,
    #[error("another organization has this slug")]
    SlugTaken,
    #[error("the clinic has listed too many {0} in its time: their numbers are never used again")]
    OutOfNumbers(&'static str),
    #[error(
        "[vapi] {0} refers only to what was rotated out, and applying it would shut the clinic's agent \
         out: let it refer to the new one"
    )]
    RotatedOut(&'static str),
}
