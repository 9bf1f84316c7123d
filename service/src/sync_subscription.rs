//! The only writer of subscriptions.

use domain::ids::OrgId;
use domain::subscription::ProviderSubscriptionId;

use crate::{Error, Services};

/// Fetches and applies.
pub async fn sync_subscription(_s: &Services, _org: OrgId, _id: &ProviderSubscriptionId) -> Result<(), Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
