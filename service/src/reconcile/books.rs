//! An organization's own books, from one state of the database.

use domain::ids::QuoteId;
use domain::{Permission, Subscription, Timestamp};
use serde_json::Value;
use store::{Books, OrgRecord, Query, TenantRead};

use super::walk::KEPT;
use crate::entitlement::{self, Entitlement};
use crate::{Error, Services};

/// What is to be compared with the provider.
pub(super) struct Own {
    pub(super) org: OrgRecord,
    pub(super) books: Books,
    /// What is due to it by what is bought and what is owed.
    pub(super) gives: Entitlement,
    /// What of the mirror has not ended.
    pub(super) alive: Vec<Subscription>,
    pub(super) seat_change_pending: bool,
    /// Changes whose invoice is not what was agreed to, with what was compared.
    pub(super) unlike: Vec<(QuoteId, Value)>,
}

/// Reads them.
pub(super) struct ReadOwn<'s>(pub(super) &'s Services);

impl Query for ReadOwn<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Own;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Own, Error> {
        let mut alive = Vec::new();
        for id in tx.alive_subscriptions().await? {
            alive.extend(tx.subscription_by_id(&id).await?);
        }
        let (org, bought) = (tx.organization().await?, tx.subscription().await?);
        Ok(Own {
            gives: entitlement::due(self.0, tx, bought.as_ref(), &org).await?,
            org,
            books: tx.books().await?,
            alive,
            seat_change_pending: tx.seat_change_pending().await?,
            unlike: unlike(tx, self.0.now()).await?,
        })
    }
}

async fn unlike(tx: &mut TenantRead, now: Timestamp) -> Result<Vec<(QuoteId, Value)>, Error> {
    let since = now.minus(KEPT);
    let mut unlike = Vec::new();
    for (id, compared) in tx.quotes_compared(since).await? {
        let compared: Value = serde_json::from_str(&compared).map_err(|error| Error::Broken(error.into()))?;
        if compared["same"] != true {
            unlike.push((id, compared));
        }
    }
    Ok(unlike)
}
