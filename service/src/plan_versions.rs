//! The versions of the plans, for the operator.

use domain::{PlanKey, Timestamp};

use crate::{Error, Services};

/// A version of a plan, and how many have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanVersion {
    /// Of which plan.
    pub plan: PlanKey,
    /// For people.
    pub name: String,
    /// Its name.
    pub fingerprint: String,
    /// Since when it was sold.
    pub since: Timestamp,
    /// Whether it is what the catalogue says today.
    pub sold: bool,
    /// How many organizations have it.
    pub organizations: u32,
}

/// Every version that was ever sold, by plan and time.
///
/// # Errors
/// [`Error::Broken`] when the database does not answer.
pub async fn plan_versions(s: &Services) -> Result<Vec<PlanVersion>, Error> {
    let kept = s.store().system().plan_versions().await?;
    Ok(kept
        .into_iter()
        .map(|version| PlanVersion {
            sold: s.catalog().plan(&version.plan.key).is_some_and(|today| today.fingerprint() == version.fingerprint),
            plan: version.plan.key,
            name: version.plan.name,
            fingerprint: version.fingerprint,
            since: version.first_seen_at,
            organizations: version.organizations,
        })
        .collect())
}
