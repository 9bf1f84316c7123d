//! What an organization may do, as a function of what it has bought.

use domain::{Access, Catalog, Plan, PlanKey, SeatLimit, Subscription, SubscriptionStatus};
use store::{OrgRecord, TenantTx};

use crate::{Error, Services, displaced};

/// Plan, seats and access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entitlement {
    pub(crate) plan: PlanKey,
    pub(crate) seats: SeatLimit,
    pub(crate) access: Access,
    /// Whether viewers sit for nothing.
    pub(crate) viewers_free: bool,
}

impl Entitlement {
    fn of_plan(plan: &Plan, access: Access) -> Self {
        let viewers_free = !plan.seats.viewers_hold_seats;
        Self { plan: plan.key.clone(), seats: plan.seats.limit(), access, viewers_free }
    }

    /// What an organization has now.
    pub(crate) fn had(now: &OrgRecord) -> Self {
        Self { plan: now.plan.clone(), seats: now.seat_limit, access: now.access, viewers_free: now.viewers_free }
    }
}

/// What `subscription` gives (the live one, else the one that ended last, else one that was never paid).
///
/// Nothing bought is the free plan. What was bought and has ended leaves the organization as it was, to be read and not
/// to be changed, until its owner chooses: something else, or the free plan (`chose_free`); so nobody loses a seat to a
/// card that has expired. While a payment is late, the plan and its cap stay, too. A plan that is none of the
/// catalogue's (its price was made by hand at the provider) leaves the plan as it is.
pub(crate) fn of(
    catalog: &Catalog,
    subscription: Option<&Subscription>,
    chose_free: bool,
    now: &OrgRecord,
) -> Entitlement {
    let access = match subscription {
        None => Access::Free,
        Some(ended) if ended.status == SubscriptionStatus::Canceled && chose_free => Access::Free,
        Some(bought) => bought.status.access(),
    };
    if access == Access::Free {
        return Entitlement::of_plan(catalog.free(), access);
    }
    match subscription.and_then(|bought| catalog.plan(bought.plan.as_ref()?)) {
        Some(plan) => Entitlement::of_plan(plan, access),
        None => Entitlement { access, ..Entitlement::had(now) },
    }
}

/// As [`of`], with what is owed: see [`Access::in_arrears`].
pub(crate) async fn due(
    s: &Services,
    tx: &mut TenantTx,
    subscription: Option<&Subscription>,
    now: &OrgRecord,
) -> Result<Entitlement, Error> {
    let mut gives = of(s.catalog(), subscription, tx.chose_free().await?, now);
    gives.access = gives.access.in_arrears(tx.owes_since().await?, s.settings().grace, s.billing_now());
    Ok(gives)
}

/// Gives the organization this, and tells everybody whose seat that moves.
pub(crate) async fn set(s: &Services, tx: &mut TenantTx, gives: &Entitlement) -> Result<(), Error> {
    let Entitlement { plan, seats, access, viewers_free } = gives;
    let displaced = tx.set_entitlement(plan, *seats, *access, *viewers_free).await?;
    displaced::follow_up(s, tx, displaced).await
}
