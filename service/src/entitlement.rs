//! What an organization may do, as a function of what it has bought.

use domain::{Access, Catalog, PlanKey, SeatLimit, Subscription};
use store::OrgRecord;

/// Plan, seats and access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entitlement {
    pub(crate) plan: PlanKey,
    pub(crate) seats: SeatLimit,
    pub(crate) access: Access,
}

/// What `subscription` (the live one, else the newest) gives.
///
/// While it gives nothing, the free plan counts, and its cap. While a payment is late, the plan and its cap stay: who
/// has a seat keeps it. A plan that is none of the catalogue's (its price was made by hand at the provider) leaves the
/// plan as it is.
pub(crate) fn of(catalog: &Catalog, subscription: Option<&Subscription>, now: &OrgRecord) -> Entitlement {
    let access = subscription.map_or(Access::Free, |bought| bought.status.access());
    if access == Access::Free {
        let free = catalog.free();
        return Entitlement { plan: free.key.clone(), seats: free.seats.limit(), access };
    }
    match subscription.and_then(|bought| catalog.plan(bought.plan.as_ref()?)) {
        Some(plan) => Entitlement { plan: plan.key.clone(), seats: plan.seats.limit(), access },
        None => Entitlement { plan: now.plan.clone(), seats: now.seat_limit, access },
    }
}
