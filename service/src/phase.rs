//! What a period of a plan is made of, and what it costs.

use domain::ids::{InvitationId, MemberId};
use domain::plan::{Part, PriceSpec};
use domain::rehearsal::{Guest, Person};
use domain::{Currency, Money, Permission, Plan, Price, Role, Subscription};
use store::{InvitationRecord, MemberRecord, OrgRecord, Query, TenantRead};

use crate::{Error, policy};

/// What a period to come is judged by: who is here, and what is bought.
pub(crate) struct Found {
    pub(crate) org: OrgRecord,
    pub(crate) role: Role,
    pub(crate) has_domain: bool,
    pub(crate) bought: Option<Subscription>,
    /// A change of what is bought waits for its payment.
    pub(crate) under_way: bool,
    pub(crate) members: Vec<MemberRecord>,
    pub(crate) invitations: Vec<InvitationRecord>,
    /// Seats that will be bought ahead then.
    pub(crate) ahead: u32,
}

impl Found {
    pub(crate) fn people(&self) -> Vec<Person<MemberId>> {
        self.members.iter().map(MemberRecord::person).collect()
    }

    pub(crate) fn guests(&self) -> Vec<Guest<InvitationId>> {
        self.invitations.iter().map(InvitationRecord::guest).collect()
    }
}

/// Reads it.
pub(crate) struct Look;

impl Query for Look {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        let org = tx.organization().await?;
        let fewer = tx.seats_floor_next().await?;
        Ok(Found {
            ahead: fewer.map_or(org.seats_floor, |(seats, _)| seats),
            role: tx.role(),
            has_domain: !policy::all(tx, &org).await?.is_empty(),
            bought: tx.subscription().await?,
            under_way: tx.quote_under_way().await?.is_some(),
            members: tx.members().await?,
            invitations: tx.invitations().await?,
            org,
        })
    }
}

/// The lines of a period with so many seats.
pub(crate) fn lines(plan: &Plan, price: &Price, seats: u32) -> Vec<(PriceSpec, u32)> {
    let quantity = |spec: &PriceSpec| match spec.part {
        Part::Base => 1,
        Part::PerSeat => plan.seats.billable(seats),
        Part::Overage => plan.seats.over(seats),
        // What is counted in use has no quantity.
        Part::Use => 0,
    };
    plan.price_specs(price)
        .into_iter()
        .map(|spec| (quantity(&spec), spec))
        .filter(|(quantity, _)| *quantity > 0)
        .map(|(quantity, spec)| (spec, quantity))
        .collect()
}

/// What these lines come to.
pub(crate) fn total(currency: Currency, lines: &[(PriceSpec, u32)]) -> Result<Money, Error> {
    let mut total = Money::zero(currency);
    for (spec, quantity) in lines {
        total = spec.unit.times(*quantity).and_then(|amount| total.plus(amount)).map_err(broken)?;
    }
    Ok(total)
}

/// What the lines of ours cost in a period.
pub(crate) fn paid(bought: &Subscription) -> Result<Money, Error> {
    let ours = bought.lines.iter().filter(|line| line.part.is_some());
    ours.filter_map(|line| Some((line.unit?, line.quantity)))
        .try_fold(Money::zero(bought.currency), |sum, (unit, quantity)| {
            unit.times(quantity).and_then(|amount| sum.plus(amount))
        })
        .map_err(broken)
}

/// An amount that no money of ours can be.
pub(crate) fn broken(error: domain::money::MoneyError) -> Error {
    Error::Broken(anyhow::Error::new(error))
}
