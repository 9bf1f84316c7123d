//! The billing tab.

use std::sync::Arc;

use domain::course::Step;
use domain::plan::differences;
use domain::rollout::{Gate, Stance};
use domain::subscription::Scheduled;
use domain::view::{
    AheadView, BillingView, CourseView, DebtView, InvoiceRow, NextView, OpenCheckout, SubscriptionView, TrialView,
};
use domain::{Money, Permission, Plan, Role, Subscription, Timestamp};
use store::{CheckoutRecord, MemberRecord, OrgRecord, Query, QuoteRecord, TenantRead};

use crate::versions::{price_of, total_of};
use crate::{Caller, Error, Services, change, desk, door, invoices};

/// The plan, what it costs and what else is sold, for any member: who may not buy learns whom to ask.
///
/// # Errors
/// [`Error::NotFound`] for a stranger and for an organization that is not there.
pub async fn billing(s: &Services, caller: &Caller, slug: &str) -> Result<BillingView, Error> {
    let scope = door::open(s, caller, slug).await?;
    let found = scope.read(Look { s }).await?;
    let plan = Arc::unwrap_or_clone(s.plan_of(&found.org).await?);
    let mut plans: Vec<_> = s.catalog().public().cloned().collect();
    if plans.iter().all(|sold| sold.key != plan.key) {
        plans.push(plan.clone());
        plans.sort_by_key(|plan| plan.order);
    }
    let now = s.now();
    let bought = match &found.subscription {
        Some(bought) => Some((bought, s.plan_bought(bought).await?)),
        None => None,
    };
    let fewest = plan.seats.min.max(1).max(found.org.seats.active);
    let floor = found.org.seats_floor;
    let ahead = (floor > fewest).then_some(AheadView { seats: floor, fewest, then: found.floor_next });
    Ok(BillingView {
        desk: desk::draw(s, caller, &found.org, found.role).await?,
        plan,
        subscription: bought.and_then(|(bought, plan)| subscription(plan.as_deref(), bought)),
        open_checkout: found
            .open_checkout
            .filter(|page| page.expires_at > now && found.role.may(Permission::BillingManage))
            .and_then(|page| Some(OpenCheckout { plan: page.plan, url: page.url?, expires_at: page.expires_at })),
        plans,
        selling: s.store().rollout().stance(Gate::Plans, found.org.created_at) != Stance::Off,
        currency: found.subscription.as_ref().map(|bought| bought.currency),
        owners: found
            .members
            .into_iter()
            .filter(|member| member.role == Role::Owner)
            .map(|owner| owner.email)
            .collect(),
        seat_change_pending: found.seat_change_pending,
        waiting_change: change::waiting(s, found.subscription.as_ref(), found.under_way.as_ref()),
        debt: found.debt,
        invoices: found.invoices,
        course: match &found.subscription {
            Some(bought) if bought.status.is_live() => Some(course(s, bought, ahead).await?),
            _ => None,
        },
        portal: found.org.customer.is_some() && found.role.may(Permission::BillingManage),
    })
}

async fn course(s: &Services, bought: &Subscription, ahead: Option<AheadView>) -> Result<CourseView, Error> {
    let trial = bought.trial_days_left(s.billing_now()).zip(bought.trial_ends_at);
    let next = match &bought.scheduled {
        Some(next) => Some(then(s, bought, next).await?),
        None => None,
    };
    Ok(CourseView {
        steps: Step::ALL.into_iter().filter(|step| bought.may(*step).is_ok()).collect(),
        trial: trial.map(|(days_left, ends_at)| TrialView { ends_at, days_left }),
        pause: bought.pause,
        next,
        ahead,
    })
}

async fn then(s: &Services, bought: &Subscription, next: &Scheduled) -> Result<NextView, Error> {
    let plan = match &next.plan {
        Some(key) => s.plan_version(key, next.version.as_deref()).await?,
        None => None,
    };
    let differences = match (&plan, s.plan_bought(bought).await?) {
        (Some(plan), Some(now)) if next.moved => differences(&now, plan),
        _ => Vec::new(),
    };
    Ok(NextView {
        at: next.at,
        plan: plan.map(|plan| plan.name.clone()),
        interval: next.interval,
        other: next.is_other_than(bought),
        seats: next.seats,
        total: next.total,
        moved: next.moved,
        differences: differences.into_iter().map(|difference| difference.words).collect(),
    })
}

pub(crate) fn subscription(plan: Option<&Plan>, bought: &Subscription) -> Option<SubscriptionView> {
    if !bought.status.is_live() {
        return None;
    }
    let price = plan.and_then(|plan| price_of(plan, bought));
    let per_seat = price.and_then(|price| price.per_seat);
    let base = price.and_then(|price| price.base);
    Some(SubscriptionView {
        status: bought.status,
        interval: bought.interval?,
        per_seat,
        base,
        quantity: bought.quantity,
        total: plan.and_then(|plan| total_of(plan, bought)).unwrap_or(Money::zero(bought.currency)),
        period: bought.period,
        ends_at: bought.ends_at,
        trial_ends_at: bought.trial_ends_at,
        card: bought.card.clone(),
    })
}

struct Look<'a> {
    s: &'a Services,
}

struct Found {
    org: OrgRecord,
    role: Role,
    members: Vec<MemberRecord>,
    subscription: Option<Subscription>,
    open_checkout: Option<CheckoutRecord>,
    seat_change_pending: bool,
    under_way: Option<QuoteRecord>,
    debt: Option<DebtView>,
    invoices: Vec<InvoiceRow>,
    floor_next: Option<(u32, Timestamp)>,
}

impl Query for Look<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        Ok(Found {
            org: tx.organization().await?,
            role: tx.role(),
            members: tx.members().await?,
            subscription: tx.subscription().await?,
            open_checkout: tx.open_checkout().await?,
            seat_change_pending: tx.seat_change_pending().await?,
            under_way: tx.quote_under_way().await?,
            debt: invoices::debt(self.s, tx).await?,
            invoices: invoices::last(self.s, tx).await?,
            floor_next: tx.seats_floor_next().await?,
        })
    }
}
