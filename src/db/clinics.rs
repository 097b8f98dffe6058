//! Clinics as they were last read, in memory: every call needs all the rules, and they hardly ever change.
//! A copy says nothing of the present. It counts only where Postgres has said during the call that its
//! revision is still the clinic's; how old it is does not matter.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::db::{Connection, Error, organizations};
use crate::domain::clinic::Clinic;
use crate::domain::org_id::OrgId;

/// So many clinics are kept, some ten kilobytes each; a giant takes a megabyte.
const MOST_KEPT: usize = 500;

/// Rules that change while they are read are read again, so many times in all.
pub const READINGS: usize = 4;

/// What one process keeps.
#[derive(Default)]
pub struct Clinics(RwLock<HashMap<OrgId, Arc<Clinic>>>);

impl Clinics {
    /// The clinic with its present rules.
    pub async fn find(&self, conn: &Connection, org: OrgId) -> Result<Arc<Clinic>, Error> {
        for _ in 0..READINGS {
            let clinic = self.recall(conn, org).await?;
            if self.is_present(conn, &clinic).await? {
                return Ok(clinic);
            }
        }
        Err(Error::Conflict)
    }

    /// The clinic as it is remembered, or read where it is not. Whoever answers by it asks
    /// [`Clinics::is_present`] too, at any moment of the call: the queries may travel together.
    pub async fn recall(&self, conn: &Connection, org: OrgId) -> Result<Arc<Clinic>, Error> {
        let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&org).cloned();
        if let Some(clinic) = remembered {
            return Ok(clinic);
        }
        // A request's credential has shown that it exists.
        let read = organizations::find_clinic(conn, org).await?;
        let clinic = Arc::new(read.ok_or(Error::Broken("an organization is gone"))?);
        self.remember(&clinic);
        Ok(clinic)
    }

    /// Whether these are still the clinic's rules. If not, they are forgotten.
    pub async fn is_present(&self, conn: &Connection, clinic: &Clinic) -> Result<bool, Error> {
        let present = organizations::find_revision(conn, clinic.org).await?;
        let is_present = present == Some(clinic.revision);
        if !is_present {
            self.forget(clinic);
        }
        Ok(is_present)
    }

    fn remember(&self, clinic: &Arc<Clinic>) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT && !kept.contains_key(&clinic.org) {
            // Whoever it is: if it is asked for again, it is read again.
            let one = kept.keys().next().copied();
            one.and_then(|org| kept.remove(&org));
        }
        kept.insert(clinic.org, Arc::clone(clinic));
    }

    /// Somebody may have read it anew meanwhile: that stays.
    fn forget(&self, clinic: &Clinic) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.get(&clinic.org).is_some_and(|known| known.revision == clinic.revision) {
            kept.remove(&clinic.org);
        }
    }
}
