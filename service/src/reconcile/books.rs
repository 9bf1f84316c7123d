//! An organization's own books, from one state of the database.

use domain::{Permission, Subscription};
use store::{Books, OrgRecord, Query, TenantRead};

use crate::Error;

/// What is to be compared with the provider.
pub(super) struct Own {
    pub(super) org: OrgRecord,
    pub(super) books: Books,
    /// What counts as bought.
    pub(super) subscription: Option<Subscription>,
    /// What of the mirror has not ended.
    pub(super) alive: Vec<Subscription>,
    pub(super) chose_free: bool,
    pub(super) seat_change_pending: bool,
}

/// Reads them.
pub(super) struct ReadOwn;

impl Query for ReadOwn {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Own;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Own, Error> {
        let mut alive = Vec::new();
        for id in tx.alive_subscriptions().await? {
            alive.extend(tx.subscription_by_id(&id).await?);
        }
        Ok(Own {
            org: tx.organization().await?,
            books: tx.books().await?,
            subscription: tx.subscription().await?,
            alive,
            chose_free: tx.chose_free().await?,
            seat_change_pending: tx.seat_change_pending().await?,
        })
    }
}
