//! The payment page: what it says, how it is opened, and how it is closed.
//!
//! The row in our database comes first, and its key is the idempotency key of the page. So a page is opened once,
//! however often and from wherever it is asked for, and a page that was opened by somebody who then died is found
//! again by asking with the same key.

use domain::access::Deed;
use domain::ids::OrgId;
use domain::plan::Part;
use domain::subscription::{ProviderCheckoutId, ProviderCustomerId};
use domain::{Permission, Slug, Subscription, Timestamp};
use payments::PaymentError;
use payments::provider::{Checkout, CheckoutLine, CheckoutStatus, IdempotencyKey, NewCheckout};
use serde_json::json;
use store::{CheckoutRecord, CloseReason, Command, OrgRecord, Query, TenantRead, TenantScope, TenantTx};

use crate::{Error, Services, door, policy, refusal, sync_subscription};

/// Opens the page of this row at the provider and notes where it is; the page that was opened before, if it was.
pub(crate) async fn open(s: &Services, scope: &TenantScope, row: &CheckoutRecord) -> Result<Checkout, Error> {
    let page = match request(s, scope, row).await {
        Ok(page) => page,
        Err(Opening::Provider(error @ PaymentError::Refused { .. })) => {
            // It will be refused each time, so the row must not stand in the way of another try.
            close(s, scope, &row.key, CloseReason::Failed).await?;
            return Err(error.into());
        }
        Err(Opening::Provider(error)) => return Err(error.into()),
        Err(Opening::Ours(error)) => return Err(error),
    };
    scope.execute(Record { key: row.key.clone(), page: page.clone() }, s.now()).await?;
    Ok(page)
}

/// Makes sure that nobody can pay on this page any more, and closes its row.
///
/// The answer says whether somebody has paid before: [`CheckoutStatus::Complete`]. Then the subscription is still to
/// be brought into the mirror.
pub(crate) async fn retire(s: &Services, scope: &TenantScope, row: &CheckoutRecord) -> Result<Checkout, Error> {
    let id = match &row.provider_id {
        Some(id) => id.clone(),
        // Nobody has been given its address, and had it been opened, it would have closed by itself.
        None if row.expires_at <= s.billing_now() => {
            close(s, scope, &row.key, CloseReason::Expired).await?;
            return Ok(gone(row, scope.org()));
        }
        // Somebody is opening it right now, or died over it. Asking with its key gives the page in both cases.
        None => match request(s, scope, row).await {
            Ok(page) => page.id,
            Err(Opening::Provider(PaymentError::Refused { .. })) => {
                close(s, scope, &row.key, CloseReason::Failed).await?;
                return Ok(gone(row, scope.org()));
            }
            Err(Opening::Provider(error)) => return Err(error.into()),
            Err(Opening::Ours(error)) => return Err(error),
        },
    };
    let page = match s.payments().expire_checkout(&id).await {
        Ok(page) => page,
        Err(error) if is_missing(&error) => gone(row, scope.org()),
        Err(error) => return Err(error.into()),
    };
    let why = match page.status {
        CheckoutStatus::Complete => CloseReason::Completed,
        CheckoutStatus::Expired if row.expires_at <= s.billing_now() => CloseReason::Expired,
        CheckoutStatus::Expired => CloseReason::Cancelled,
        CheckoutStatus::Open => return Err(Error::Broken(anyhow::anyhow!("payment page {id} was closed and is open"))),
    };
    close(s, scope, &row.key, why).await?;
    Ok(page)
}

/// As [`retire`], and what was bought on the page, if something was, is brought into the mirror.
pub(crate) async fn abandon(s: &Services, scope: &TenantScope, row: &CheckoutRecord) -> Result<CheckoutStatus, Error> {
    let page = retire(s, scope, row).await?;
    if let (CheckoutStatus::Complete, Some(bought)) = (page.status, &page.subscription) {
        sync_subscription(s, scope.org(), bought).await?;
    }
    Ok(page.status)
}

/// Closes the row; nothing if it is closed.
pub(crate) async fn close(s: &Services, scope: &TenantScope, key: &str, why: CloseReason) -> Result<(), Error> {
    scope.execute(Close { s, key: key.to_owned(), why }, s.now()).await
}

/// Whether the provider says that there is no such thing.
pub(crate) fn is_missing(error: &PaymentError) -> bool {
    matches!(error, PaymentError::Refused { code, .. } if code == "resource_missing")
}

/// What is needed to open a page.
pub(crate) struct LookForCheckout;

/// What is needed to open a page.
pub(crate) struct Found {
    pub(crate) org: OrgRecord,
    /// Whether it has a domain that makes colleagues of its people.
    pub(crate) has_domain: bool,
    pub(crate) subscription: Option<Subscription>,
    pub(crate) open_checkout: Option<CheckoutRecord>,
    /// What leads to it for as long as it is there, wherever it moves.
    pub(crate) first_slug: Slug,
    /// The first of the owners: invoices go to this address, and it stays the same whoever asks.
    pub(crate) first_owner: domain::EmailAddress,
}

impl Query for LookForCheckout {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        let owner = tx.members().await?.into_iter().next();
        let org = tx.organization().await?;
        Ok(Found {
            has_domain: !policy::all(tx, &org).await?.is_empty(),
            org,
            subscription: tx.subscription().await?,
            open_checkout: tx.open_checkout().await?,
            first_slug: tx.first_slug().await?,
            first_owner: owner.ok_or_else(|| Error::Broken(anyhow::anyhow!("an organization without members")))?.email,
        })
    }
}

enum Opening {
    Provider(PaymentError),
    Ours(Error),
}

impl From<PaymentError> for Opening {
    fn from(error: PaymentError) -> Self {
        Self::Provider(error)
    }
}

impl From<Error> for Opening {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// Asks the provider for the page of this row. Everything that is sent follows from the row and from what does not
/// change while it is open, because the same key must come with the same words.
async fn request(s: &Services, scope: &TenantScope, row: &CheckoutRecord) -> Result<Checkout, Opening> {
    let found = scope.read(LookForCheckout).await?;
    let customer: ProviderCustomerId = found
        .org
        .customer
        .ok_or_else(|| Error::Broken(anyhow::anyhow!("{} has a payment page and no customer", scope.org())))?;
    let plan = s.catalog().plan(&row.plan).ok_or_else(|| Error::Refused(refusal::plan_unknown()))?;
    let price = plan.price(row.interval, row.currency).ok_or_else(|| Error::Refused(refusal::no_such_price(plan)))?;
    let mut lines = Vec::new();
    let mut metered = Vec::new();
    for spec in plan.price_specs(price) {
        let quantity = match spec.part {
            Part::Base => 1,
            Part::PerSeat => plan.seats.billable(row.seats),
            Part::Overage => plan.seats.over(row.seats),
            // How many there are of it is what is counted.
            Part::Use => {
                metered.push(s.payments().ensure_price(&spec).await?);
                continue;
            }
        };
        if quantity > 0 {
            lines.push(CheckoutLine { price: s.payments().ensure_price(&spec).await?, quantity });
        }
    }
    // The company may move between an answer that was lost and the next try; this address does not.
    let billing = format!("{}/app/{}/billing", s.settings().public_url, found.first_slug);
    let new = NewCheckout {
        org: scope.org(),
        customer,
        lines,
        metered,
        // One trial for an organization, not one for each purchase.
        trial_days: if found.subscription.is_some() { 0 } else { plan.trial_days },
        success_url: format!("{billing}?checkout={{CHECKOUT_SESSION_ID}}"),
        cancel_url: format!("{billing}?checkout=cancelled"),
        expires_at: row.expires_at,
    };
    Ok(s.payments().open_checkout(&IdempotencyKey(row.key.clone()), &new).await?)
}

/// A page that the provider does not know (any more): nobody can pay on it.
fn gone(row: &CheckoutRecord, org: OrgId) -> Checkout {
    Checkout {
        id: row.provider_id.clone().unwrap_or_else(|| ProviderCheckoutId(String::new())),
        url: None,
        status: CheckoutStatus::Expired,
        org: Some(org),
        customer: None,
        subscription: None,
        expires_at: row.expires_at,
    }
}

struct Record {
    key: String,
    page: Checkout,
}

impl Command for Record {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { key, page } = self;
        Ok(tx.record_checkout(&key, &page.id, page.url.as_deref().unwrap_or_default(), page.expires_at).await?)
    }
}

struct Close<'a> {
    s: &'a Services,
    key: String,
    why: CloseReason,
}

impl Command for Close<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, key, why } = self;
        if tx.close_checkout(&key, why).await? {
            door::audit(
                s,
                tx,
                "checkout.closed",
                &key,
                None,
                Some(json!({ "why": format!("{why:?}").to_lowercase() })),
            )
            .await?;
        }
        Ok(())
    }
}

/// When a page that is started now closes by itself. The provider takes 30 minutes to 24 hours; an hour is kept for
/// clocks that differ and for answers that take a second try. It is a time of the provider's, whose clock a sandbox can move.
pub(crate) fn expires_at(s: &Services) -> Timestamp {
    s.billing_now().plus(std::time::Duration::from_hours(23))
}
