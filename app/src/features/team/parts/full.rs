//! Why nobody can be invited now, and what can be done about it.

use domain::seat::SeatsFull;
use domain::view::{Desk, MemberRow};
use domain::{Permission, Refusal};
use leptos::prelude::*;

use super::words::{names, people};
use crate::routes::Page;

/// Whether who is looking can invite somebody now: they may, no payment is late, and a seat is free.
#[must_use]
pub fn can_invite(desk: &Desk) -> bool {
    desk.role.may(Permission::MemberInvite)
        && desk.access.allows_growth().is_ok()
        && desk.seats.count.admit(desk.seats.limit).is_ok()
}

/// Why nobody can be invited now; nothing when somebody can.
#[component]
pub fn Full(
    /// Where.
    desk: Desk,
    /// Who can be asked: the owners among them are.
    members: Vec<MemberRow>,
) -> impl IntoView {
    let (pays, invites) = (desk.role.may(Permission::BillingManage), desk.role.may(Permission::MemberInvite));
    let ask = names(&members);
    if let Err(due) = desk.access.allows_growth() {
        let why = Refusal::from(due);
        return invites
            .then(|| {
                view! {
                    <section class="card full" aria-label="Inviting">
                        <p><strong>{why.what}</strong>" "{why.next}</p>
                        <a class="button" href=Page::Billing.at(&desk.slug)>"Open billing"</a>
                    </section>
                }
            })
            .into_any();
    }
    let Err(full) = desk.seats.count.admit(desk.seats.limit) else { return ().into_any() };
    let (what, next) = says(full, &desk.plan);
    let next = match (invites, pays) {
        (true, true) => format!("{next} Free a seat, or move to a plan with more."),
        (true, false) => format!("{next} Free a seat, or ask {ask} for a plan with more."),
        (false, _) => format!("{next} Ask {ask}, or put a colleague on the wait list."),
    };
    view! {
        <section class="card full" aria-label="Inviting">
            <p><strong>{what}</strong>" "{next}</p>
            <p class="full-ways">
                {desk.role.may(Permission::MemberRemove).then(|| view! {
                    <a class="button" href=Page::TeamReclaim.at(&desk.slug)>"Free a seat"</a>
                })}
                {pays.then(|| view! { <a class="button" href=Page::Billing.at(&desk.slug)>"Compare plans"</a> })}
                {(!invites).then(|| view! {
                    <a class="button" href=Page::TeamRequests.at(&desk.slug)>"Ask for a seat"</a>
                })}
            </p>
        </section>
    }
    .into_any()
}

/// What is the case, and, where there are more people than seats, exactly how many too many.
fn says(full: SeatsFull, plan: &str) -> (String, String) {
    let over = full.count.held().saturating_sub(full.cap);
    if over == 0 {
        return (Refusal::from(full).what, String::new());
    }
    let what = format!("{} of {} seats are in use.", full.count.held(), full.cap);
    let next = if full.count.reserved >= over {
        format!("{plan} has {}. Cancel {over} of the invitations, or suspend or remove {}.", full.cap, people(over))
    } else {
        format!("{plan} has {}. Suspend or remove {}.", full.cap, people(over))
    };
    (what, next)
}

#[cfg(test)]
mod tests {
    use domain::SeatCount;

    use super::*;

    #[test]
    fn it_says_exactly_how_many_are_too_many() {
        let full = |active, reserved| says(SeatsFull { cap: 3, count: SeatCount { active, reserved } }, "Free");
        assert_eq!(full(2, 1), ("All 3 seats are in use.".to_owned(), String::new()));
        assert_eq!(full(5, 0).0, "5 of 3 seats are in use.");
        assert_eq!(full(5, 0).1, "Free has 3. Suspend or remove 2 people.");
        assert_eq!(full(4, 0).1, "Free has 3. Suspend or remove 1 person.");
        assert_eq!(full(3, 2).1, "Free has 3. Cancel 2 of the invitations, or suspend or remove 2 people.");
    }
}
