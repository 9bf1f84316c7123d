//! Looking at what events name, each thing once for all of them.

use std::collections::BTreeMap;

use domain::ids::OrgId;
use domain::subscription::{ProviderCheckoutId, ProviderSubscriptionId};
use domain::{Permission, Subscription};
use payments::provider::CheckoutStatus;
use store::{CheckoutRecord, CloseReason, Query, TenantRead};

use crate::hint::Look;
use crate::{Error, Services, checkout, sync_invoice, sync_subscription};

/// How looking at a thing ended; why it failed, for people.
type Seen = Result<(), String>;

/// What was looked at since the lease, for one organization.
pub(super) struct Looks<'s> {
    s: &'s Services,
    org: OrgId,
    subscriptions: BTreeMap<ProviderSubscriptionId, Seen>,
    seen: BTreeMap<Look, Seen>,
}

impl<'s> Looks<'s> {
    pub(super) fn new(s: &'s Services, org: OrgId) -> Self {
        Self { s, org, subscriptions: BTreeMap::new(), seen: BTreeMap::new() }
    }

    /// Looks, unless it was looked at already: then that look began after these events were stored, too.
    pub(super) async fn take(&mut self, look: &Look) -> Seen {
        if let Some(seen) = self.seen.get(look) {
            return seen.clone();
        }
        let seen = self.dispatch(look).await.map_err(|error| error.to_string());
        self.seen.insert(look.clone(), seen.clone());
        seen
    }

    /// The one place where a hint becomes a deed.
    async fn dispatch(&mut self, look: &Look) -> Result<(), Error> {
        match look {
            Look::Checkout(page) => self.settle(page).await,
            Look::Subscription(id) => self.subscription(id).await,
            Look::Customer => match open(self.s, self.org).await?.subscription {
                Some(bought) => self.subscription(&bought.id).await,
                None => Ok(()),
            },
            Look::Invoice(id) => sync_invoice(self.s, self.org, id).await,
            Look::Payment(payment) => match sync_invoice::of_payment(self.s, self.org, payment).await? {
                Some(invoice) => sync_invoice(self.s, self.org, &invoice).await,
                // Of something that was never on an invoice of theirs.
                None => Ok(()),
            },
        }
    }

    async fn subscription(&mut self, id: &ProviderSubscriptionId) -> Result<(), Error> {
        if let Some(seen) = self.subscriptions.get(id) {
            return seen.clone().map_err(|error| Error::Broken(anyhow::anyhow!(error)));
        }
        let synced = sync_subscription(self.s, self.org, id).await;
        let seen = synced.as_ref().copied().map_err(ToString::to_string);
        self.subscriptions.insert(id.clone(), seen);
        synced
    }

    /// A payment page has changed: what was bought on it comes into the mirror, and its row is closed.
    async fn settle(&mut self, id: &ProviderCheckoutId) -> Result<(), Error> {
        let page = self.s.payments().checkout(id).await?;
        if let Some(bought) = &page.subscription {
            self.subscription(bought).await?;
        }
        let why = match page.status {
            CheckoutStatus::Open => return Ok(()),
            CheckoutStatus::Complete => CloseReason::Completed,
            CheckoutStatus::Expired => CloseReason::Expired,
        };
        let found = open(self.s, self.org).await?;
        if let Some(row) = found.open_checkout.filter(|row| row.provider_id.as_ref() == Some(id)) {
            let scope = self.s.store().system().act_for(self.org, "billing event").await?;
            checkout::close(self.s, &scope, &row.key, why).await?;
        }
        Ok(())
    }
}

async fn open(s: &Services, org: OrgId) -> Result<Found, Error> {
    s.store().system().act_for(org, "billing event").await?.read(Bought).await
}

/// What an organization has bought.
pub(crate) struct Bought;

pub(crate) struct Found {
    pub(crate) subscription: Option<Subscription>,
    pub(crate) open_checkout: Option<CheckoutRecord>,
}

impl Query for Bought {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        Ok(Found { subscription: tx.subscription().await?, open_checkout: tx.open_checkout().await? })
    }
}
