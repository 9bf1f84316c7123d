//! Through all books, once.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::billed::{Billed, Shrink};
use domain::ids::OrgId;
use domain::plan::Part;
use domain::subscription::{ProviderCustomerId, ProviderInvoiceId};
use domain::{Drift, InvoiceStatus, Permission, Subscription};
use payments::provider::Fetched;
use serde_json::json;
use store::{Query, SeatLine, TenantRead};

use super::books::{Own, ReadOwn};
use super::compare::compare;
use super::{Finding, Reconciled};
use crate::seats::bills_seats;
use crate::{Error, Services};

/// So long the provider keeps events.
pub(super) const KEPT: Duration = Duration::from_hours(30 * 24);
/// An event that has been parked for less is just early.
const EARLY: Duration = Duration::from_hours(1);

/// Finds every difference, and changes nothing.
pub(super) async fn walk(s: &Services, only: Option<OrgId>, light: bool) -> Result<Reconciled, Error> {
    let system = s.store().system();
    // The provider first: what happens between the two looks was then seen by us and not by it, never the other way
    // round, and a mirror that is newer than what it is compared with is told from one that is older.
    let began = s.now();
    let theirs = listed(s).await?;
    let mut by_customer: BTreeMap<&ProviderCustomerId, Vec<&Subscription>> = BTreeMap::new();
    for fetched in &theirs {
        by_customer.entry(&fetched.subscription.customer).or_default().push(&fetched.subscription);
    }
    let mut done =
        Reconciled { subscriptions: u64::try_from(theirs.len()).unwrap_or(u64::MAX), ..Reconciled::default() };
    for (org, _) in system.all_organizations().await? {
        if only.is_some_and(|only| only != org) {
            continue;
        }
        let own = match system.act_for(org, "reconciliation").await {
            Ok(scope) => scope.read(ReadOwn(s)).await?,
            // Deleted since.
            Err(store::StoreError::NotFound) => continue,
            Err(error) => return Err(error.into()),
        };
        done.organizations += 1;
        // A snapshot that is newer than this look is not held against it.
        let newer = |one: &Subscription| own.alive.iter().any(|ours| ours.id == one.id && ours.fetched_at > began);
        let of_theirs: Vec<&Subscription> = own
            .org
            .customer
            .as_ref()
            .and_then(|customer| by_customer.get(customer))
            .map(|all| all.iter().copied().filter(|one| !newer(one)).collect())
            .unwrap_or_default();
        done.findings.extend(compare(s, &own, &of_theirs).await?);
        if !light {
            invoices(s, &own, &of_theirs, &mut done.findings).await?;
            mirrored(s, &own, &mut done.findings).await?;
        }
    }
    if only.is_none() {
        strays(s, &theirs, &mut done.findings).await?;
        inbox(s, &mut done.findings).await?;
    }
    Ok(done)
}

async fn listed(s: &Services) -> Result<Vec<Fetched>, Error> {
    let mut all = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let part = s.payments().all_subscriptions(after.as_deref(), s.now()).await?;
        all.extend(part.items.into_iter().map(|(fetched, _)| fetched));
        match part.next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
}

/// Whether the invoice of the period bills no more than the subscription has. Fewer is right: who joined since is billed
/// by the day, on lines of their own. What was billed at another price was given back when the plan was changed.
async fn invoices(s: &Services, own: &Own, theirs: &[&Subscription], found: &mut Vec<Finding>) -> Result<(), Error> {
    for one in theirs.iter().filter(|one| one.status.is_live()) {
        let plan = s.plan_bought(one).await?;
        // Where seats are given back at once, the credit is on an invoice to come.
        if !plan.is_some_and(|plan| bills_seats(&plan, one) && plan.seats.shrink == Shrink::Renewal) {
            continue;
        }
        let Some(billed) = s.payments().billed(&one.id, one.period.from).await? else { continue };
        let of_seats =
            |price: &_| one.lines.iter().any(|line| line.part == Some(Part::PerSeat) && line.price == *price);
        let most = billed.lines.iter().filter(|(price, _)| of_seats(price)).map(|(_, quantity)| *quantity).max();
        let most = most.unwrap_or(0);
        if most > u64::from(one.quantity.max(1)) && !lowered_by_us(s, own, one, most).await? {
            let evidence = json!({
                "invoice": billed.invoice, "reason": billed.reason, "billed": most, "subscription": one.quantity,
            });
            let org = Some((own.org.id, &own.org.slug));
            found.push(Finding::new(Drift::InvoiceDiffers, one.id.as_str(), org, evidence));
        }
    }
    Ok(())
}

/// Whether what is billed was lowered by the rules of billed seats, which have seen to the money.
async fn lowered_by_us(s: &Services, own: &Own, one: &Subscription, most: u64) -> Result<bool, Error> {
    let scope = s.store().system().act_for(own.org.id, "reconciliation").await?;
    let known = scope.read(BilledSeats { of: one.clone() }).await?;
    Ok(known.is_some_and(|known| u64::from(known.gave_up()) >= most))
}

struct BilledSeats {
    of: Subscription,
}

impl Query for BilledSeats {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Option<Billed>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        let Self { of } = self;
        let line = SeatLine { subscription: &of.id, part: Part::PerSeat, from: of.period.from };
        Ok(tx.billed(line, of.quantity).await?)
    }
}

/// Whether the mirror has every invoice, in the state that it is in. What still changes is looked at by whoever waits for
/// its payment.
async fn mirrored(s: &Services, own: &Own, found: &mut Vec<Finding>) -> Result<(), Error> {
    let Some(customer) = &own.org.customer else { return Ok(()) };
    let scope = s.store().system().act_for(own.org.id, "reconciliation").await?;
    let mut after: Option<ProviderInvoiceId> = None;
    loop {
        let page = s.payments().invoices_of(customer, after.as_ref()).await?;
        after = page.ids.last().map(|(id, _)| id.clone());
        for (id, theirs, ours) in scope.read(Stale { ids: page.ids }).await? {
            let evidence = json!({ "mirror": ours, "provider": theirs });
            found.push(Finding::new(Drift::InvoiceStale, id.as_str(), Some((own.org.id, &own.org.slug)), evidence));
        }
        if !page.more {
            return Ok(());
        }
    }
}

/// Those that the mirror has in another state, or not at all: which, their state there, and here. What it says has ended is
/// newer than what it is compared with.
struct Stale {
    ids: Vec<(ProviderInvoiceId, InvoiceStatus)>,
}

impl Query for Stale {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Vec<(ProviderInvoiceId, InvoiceStatus, Option<InvoiceStatus>)>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        let mut stale = Vec::new();
        for (id, theirs) in self.ids {
            let ours = tx.invoice(&id).await?.map(|ours| ours.status);
            if ours.is_none_or(|ours| ours != theirs && !ours.is_terminal()) {
                stale.push((id, theirs, ours));
            }
        }
        Ok(stale)
    }
}

/// What bears our mark and belongs to nobody of ours. What others sell on the same account is none of our business.
async fn strays(s: &Services, theirs: &[Fetched], found: &mut Vec<Finding>) -> Result<(), Error> {
    for Fetched { subscription, org } in theirs {
        if !subscription.status.is_live() || org.is_none() {
            continue;
        }
        if s.store().system().org_by_customer(&subscription.customer).await?.is_none() {
            let evidence =
                json!({ "customer": subscription.customer, "marked_for": org, "status": subscription.status });
            found.push(Finding::new(Drift::WithoutOrganization, subscription.id.as_str(), None, evidence));
        }
    }
    Ok(())
}

async fn inbox(s: &Services, found: &mut Vec<Finding>) -> Result<(), Error> {
    let (system, now) = (s.store().system(), s.now());
    let state = system.inbox_state(now).await?;
    if state.dead > 0 {
        found.push(Finding::new(Drift::EventsDead, "inbox", None, json!({ "events": state.dead })));
    }
    let oldest = system.oldest_parked().await?;
    if let Some(oldest) = oldest.filter(|oldest| now.since(*oldest) >= EARLY) {
        let evidence = json!({ "events": state.parked, "oldest": oldest.rfc3339() });
        found.push(Finding::new(Drift::EventsParked, "inbox", None, evidence));
    }
    let missed = super::repair::missed(s).await?;
    if !missed.is_empty() {
        found.push(Finding::new(Drift::EventsUndelivered, "inbox", None, json!({ "events": missed.len() })));
    }
    Ok(())
}
