//! Plans as they were bought.
//!
//! The catalogue says what is sold today. Who has bought keeps what was bought then: price, seats, features, limits and
//! meters. The price at the provider names the version; what it was is kept in `plan_versions`. A plan that has left the
//! file goes on working for who has it.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::plan::{Part, SeatRule, Visibility};
use domain::{Money, Plan, PlanKey, SeatLimit, Subscription};
use store::OrgRecord;

use crate::{Error, Services};

/// What was looked up. Versions never change, so nothing here is ever wrong; only a version's words can be older.
#[derive(Default)]
pub(crate) struct Versions(RwLock<HashMap<Name, Arc<Plan>>>);

/// A plan, and which version of it; without one, the plan as it is sold now.
type Name = (PlanKey, Option<String>);

impl Versions {
    fn known(&self, key: &PlanKey, version: Option<&str>) -> Option<Arc<Plan>> {
        let name = (key.clone(), version.map(str::to_owned));
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&name).cloned()
    }

    fn keep(&self, key: &PlanKey, version: Option<&str>, plan: Plan) -> Arc<Plan> {
        let (name, plan) = ((key.clone(), version.map(str::to_owned)), Arc::new(plan));
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(name, plan.clone());
        plan
    }
}

impl Services {
    /// The plan that an organization has, as it was bought.
    ///
    /// It never fails for want of a plan: one that neither the catalogue nor the kept versions know is drawn by its key,
    /// with the cap that the organization has and without a price.
    pub(crate) async fn plan_of(&self, org: &OrgRecord) -> Result<Arc<Plan>, Error> {
        if let Some(plan) = self.plan_version(&org.plan, org.plan_version.as_deref()).await? {
            return Ok(plan);
        }
        tracing::error!(org = %org.id, plan = %org.plan, "an organization has a plan that nobody remembers");
        Ok(Arc::new(forgotten(&org.plan, org.seat_limit, !org.viewers_free)))
    }

    /// The plan that a subscription is to, as it was bought; `None` when its price is none of ours.
    pub(crate) async fn plan_bought(&self, bought: &Subscription) -> Result<Option<Arc<Plan>>, Error> {
        match &bought.plan {
            Some(key) => self.plan_version(key, bought.version()).await,
            None => Ok(None),
        }
    }

    /// The same without asking anybody: the version if it was looked up before, else the plan as the catalogue has it.
    pub(crate) fn plan_at_hand(&self, bought: &Subscription) -> Option<Plan> {
        let key = bought.plan.as_ref()?;
        let known = self.versions().known(key, bought.version());
        known.map(Arc::unwrap_or_clone).or_else(|| self.catalog().plan(key).cloned())
    }

    /// A version of a plan; without one, or if it was not kept, the plan as the catalogue has it, or as it was sold last.
    pub(crate) async fn plan_version(&self, key: &PlanKey, version: Option<&str>) -> Result<Option<Arc<Plan>>, Error> {
        if let Some(known) = self.versions().known(key, version) {
            return Ok(Some(known));
        }
        let today = self.catalog().plan(key);
        if let Some(plan) = today.filter(|plan| version.is_none_or(|version| version == plan.fingerprint())) {
            return Ok(Some(self.versions().keep(key, version, plan.clone())));
        }
        let kept = self.store().system();
        if let Some(version) = version {
            if let Some(plan) = kept.plan_version(key, version).await? {
                return Ok(Some(self.versions().keep(key, Some(version), plan)));
            }
            tracing::error!(plan = %key, version, "a version of a plan was bought and not kept");
        }
        // Not kept in mind: the next start, or another node, may know better.
        match today {
            Some(plan) => Ok(Some(Arc::new(plan.clone()))),
            None => Ok(kept.latest_plan_version(key).await?.map(Arc::new)),
        }
    }

    /// Keeps every plan of the catalogue as it is now. Done at the start, before anything is sold.
    ///
    /// # Errors
    /// [`Error::Broken`] when the database does not answer.
    pub async fn record_plans(&self) -> Result<(), Error> {
        Ok(self.store().system().record_plans(self.catalog(), self.now()).await?)
    }
}

/// What is left of a plan that nobody remembers.
fn forgotten(key: &PlanKey, max: SeatLimit, viewers_hold_seats: bool) -> Plan {
    Plan {
        key: key.clone(),
        name: key.to_string(),
        description: String::new(),
        order: u32::MAX,
        visibility: Visibility::Legacy,
        highlighted: false,
        badge: None,
        custom_price: true,
        prices: Vec::new(),
        seats: SeatRule {
            included: 0,
            min: 1,
            max,
            overage: None,
            viewers_hold_seats,
            growth: domain::billed::Growth::default(),
            shrink: domain::billed::Shrink::default(),
        },
        trial_days: 0,
        same_domain: false,
        features: std::collections::BTreeMap::new(),
        limits: std::collections::BTreeMap::new(),
        meters: std::collections::BTreeMap::new(),
        retention_days: None,
        support: None,
        successor: None,
    }
}

/// The price that a subscription was bought at, as its plan has it.
pub(crate) fn price_of<'a>(plan: &'a Plan, bought: &Subscription) -> Option<&'a domain::Price> {
    plan.price(bought.interval?, bought.currency)
}

/// What a period of it costs as things stand: the base, the seats that are billed, and those beyond the cap.
pub(crate) fn total_of(plan: &Plan, bought: &Subscription) -> Option<Money> {
    let price = price_of(plan, bought)?;
    let zero = Money::zero(bought.currency);
    let seats = price.per_seat.map_or(Ok(zero), |each| each.times(bought.quantity)).ok()?;
    let beyond = bought.lines.iter().find(|line| line.part == Some(Part::Overage)).map_or(0, |line| line.quantity);
    let over = plan.seats.overage.filter(|each| each.currency == bought.currency);
    let over = over.map_or(Ok(zero), |each| each.times(beyond)).ok()?;
    price.base.unwrap_or(zero).plus(seats).and_then(|total| total.plus(over)).ok()
}
