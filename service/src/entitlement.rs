//! What an organization may do, as a function of what it has bought.

use domain::{Access, Catalog, Plan, PlanKey, SeatLimit, Subscription, SubscriptionStatus};
use store::{OrgRecord, TenantRead, TenantTx};

use crate::{Error, Services, displaced};

/// Plan, seats and access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entitlement {
    pub(crate) plan: PlanKey,
    /// The version of it that was bought; `None`: the catalogue's.
    pub(crate) version: Option<String>,
    pub(crate) seats: SeatLimit,
    pub(crate) access: Access,
    /// Whether viewers sit for nothing.
    pub(crate) viewers_free: bool,
}

impl Entitlement {
    fn of_plan(plan: &Plan, version: Option<&str>, access: Access) -> Self {
        let viewers_free = !plan.seats.viewers_hold_seats;
        let version = version.map(str::to_owned);
        Self { plan: plan.key.clone(), version, seats: plan.seats.limit(), access, viewers_free }
    }

    /// What an organization has now.
    pub(crate) fn had(now: &OrgRecord) -> Self {
        Self {
            plan: now.plan.clone(),
            version: now.plan_version.clone(),
            seats: now.seat_limit,
            access: now.access,
            viewers_free: now.viewers_free,
        }
    }
}

/// What `subscription` gives (the live one, else the one that ended last, else one that was never paid).
///
/// Nothing bought is the free plan. What was bought and has ended leaves the organization as it was, to be read and not
/// to be changed, until its owner chooses: something else, or the free plan (`chose_free`); so nobody loses a seat to a
/// card that has expired. While a payment is late, the plan and its cap stay, too. What was bought is the plan as it was
/// sold then, whatever the catalogue says today; one that nobody knows (its price was made by hand at the provider)
/// leaves the plan as it is.
pub(crate) fn of(
    catalog: &Catalog,
    bought: Option<(&Subscription, Option<&Plan>)>,
    chose_free: bool,
    now: &OrgRecord,
) -> Entitlement {
    let access = match bought {
        None => Access::Free,
        Some((ended, _)) if ended.status == SubscriptionStatus::Canceled && chose_free => Access::Free,
        Some((bought, _)) => bought.status.access(),
    };
    if access == Access::Free {
        return Entitlement::of_plan(catalog.free(), None, access);
    }
    match bought {
        Some((bought, Some(plan))) => Entitlement::of_plan(plan, bought.version(), access),
        _ => Entitlement { access, ..Entitlement::had(now) },
    }
}

/// As [`of`], with what is owed: see [`Access::in_arrears`].
pub(crate) async fn due(
    s: &Services,
    tx: &mut TenantRead,
    subscription: Option<&Subscription>,
    now: &OrgRecord,
) -> Result<Entitlement, Error> {
    let plan = match subscription {
        Some(bought) => s.plan_bought(bought).await?,
        None => None,
    };
    let bought = subscription.map(|bought| (bought, plan.as_deref()));
    let mut gives = of(s.catalog(), bought, tx.chose_free().await?, now);
    gives.access = gives.access.in_arrears(tx.owes_since().await?, s.settings().grace, s.billing_now());
    Ok(gives)
}

/// Gives the organization this, and tells everybody whose seat that moves.
pub(crate) async fn set(s: &Services, tx: &mut TenantTx, gives: &Entitlement) -> Result<(), Error> {
    let Entitlement { plan, version, seats, access, viewers_free } = gives;
    tx.set_plan_version(version.as_deref()).await?;
    let displaced = tx.set_entitlement(plan, *seats, *access, *viewers_free).await?;
    displaced::follow_up(s, tx, displaced).await
}
