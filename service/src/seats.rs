//! What follows when somebody joins or goes: the billed seats must become what the plan says of the active ones.

use domain::ids::OutboxId;
use domain::plan::Part;
use domain::rehearsal::of_plan;
use domain::seat::takes_a_seat;
use domain::subscription::ProviderItemId;
use domain::{Plan, Subscription, SubscriptionStatus};
use store::{Effect, InvitationRecord, MemberRecord, OrgRecord, TenantTx};

use crate::{Error, Services};

/// Leaves a row in the outbox, in the transaction of the change, if seats are billed one by one. The worker computes
/// the quantity when it sends it, so rows may be merged and repeated; and it looks for the line of the subscription, so
/// one that was missing when the mirror was written is no reason to leave the row out. It waits a while, for others who
/// join or go meanwhile.
pub(crate) async fn changed(s: &Services, tx: &mut TenantTx) -> Result<(), Error> {
    let Some(bought) = tx.subscription().await?.filter(|bought| bought.status.is_live()) else { return Ok(()) };
    let plan = s.plan_bought(&bought).await?;
    if bought.seat_item.is_some() || plan.is_some_and(|plan| bills_seats(&plan, &bought)) {
        tx.enqueue_after(s.id(OutboxId::new), &Effect::SyncSeats, s.settings().seat_debounce).await?;
    }
    Ok(())
}

/// Whether the number of people moves what is paid.
pub(crate) fn bills_seats(plan: &Plan, bought: &Subscription) -> bool {
    let price = bought.interval.and_then(|interval| plan.price(interval, bought.currency));
    price.is_some_and(|price| price.per_seat.is_some()) || plan.seats.overage.is_some()
}

/// Whether a subscription takes changes of its seats. One that is not paid for at all, rests or is over does not: what
/// is missing then is found when it is taken up again.
pub(crate) const fn takes_changes(status: SubscriptionStatus) -> bool {
    matches!(status, SubscriptionStatus::Trialing | SubscriptionStatus::Active | SubscriptionStatus::PastDue)
}

/// Whether it does now: what waits for its payment would be replaced by another change.
pub(crate) fn takes_changes_now(bought: &Subscription) -> bool {
    takes_changes(bought.status) && bought.waiting.is_none()
}

/// A line of billed seats: what the provider has, and what is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) part: Part,
    /// `None`: there is no such line yet.
    pub(crate) item: Option<ProviderItemId>,
    /// Billed now.
    pub(crate) quantity: u32,
    /// Needed for who is here, and for what was bought ahead.
    pub(crate) wanted: u32,
}

/// The lines of billed seats of a subscription to this plan. A line that is not there and not needed is none.
pub(crate) fn needs(plan: &Plan, bought: &Subscription, org: &OrgRecord) -> Vec<Need> {
    let price = bought.interval.and_then(|interval| plan.price(interval, bought.currency));
    let per_seat = price.is_some_and(|price| price.per_seat.is_some());
    let seats = with_ahead(plan, org.seats.active, org.seats_floor);
    let sold = [
        (Part::PerSeat, per_seat, plan.seats.billable(seats)),
        (Part::Overage, plan.seats.overage.is_some(), plan.seats.over(seats)),
    ];
    let need = |(part, sold, wanted): (Part, bool, u32)| {
        let line = bought.lines.iter().find(|line| line.part == Some(part));
        match line {
            Some(line) => Some(Need { part, item: Some(line.item.clone()), quantity: line.quantity, wanted }),
            None if sold && wanted > 0 => Some(Need { part, item: None, quantity: 0, wanted }),
            None => None,
        }
    };
    sold.into_iter().filter_map(need).collect()
}

/// Seats that were bought ahead are seats as if somebody sat on them, as far as the plan has so many.
pub(crate) fn with_ahead(plan: &Plan, active: u32, ahead: u32) -> u32 {
    active.max(plan.seats.limit().cap().map_or(ahead, |cap| ahead.min(cap)))
}

/// How many seats a plan begins with that begins later, when everybody who has no place on it rests: of those who are here
/// now, and with those that are bought ahead for then.
pub(crate) fn seats_then(plan: &Plan, members: &[MemberRecord], guests: &[InvitationRecord], ahead: u32) -> u32 {
    let people: Vec<_> = members.iter().map(MemberRecord::person).collect();
    let guests: Vec<_> = guests.iter().map(InvitationRecord::guest).collect();
    let keeps = of_plan(plan, &people, &guests);
    let sits = |member: &&MemberRecord| takes_a_seat(member.role, !plan.seats.viewers_hold_seats);
    let stays = |member: &&MemberRecord| {
        (member.suspension.is_none() && !keeps.suspend.contains(&member.id)) || keeps.back.contains(&member.id)
    };
    let active = members.iter().filter(stays).filter(sits).count();
    with_ahead(plan, u32::try_from(active).unwrap_or(u32::MAX), ahead)
}

/// Whether every line is of a price of ours. Somebody who has put a price of their own there bills in a way that we do
/// not know, and a line that we add would be a second bill for the same.
pub(crate) fn all_ours(bought: &Subscription) -> bool {
    bought.lines.iter().all(|line| line.part.is_some())
}
