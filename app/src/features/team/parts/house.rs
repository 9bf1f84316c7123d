//! The whole house: every seat leads to who has it.

use domain::view::{Seats, TeamView};
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::seat_row::{Seat, SeatRow, SeatState, sentence, states};

/// Up to so many seats are drawn one by one.
const ONE_BY_ONE: usize = 24;

/// Who sits on a seat, and where their row is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    state: SeatState,
    /// The row's id; empty: there is none.
    row: String,
    name: String,
}

/// Each seat with its person; `None` when they are too many, or not all on this page.
fn places(view: &TeamView, seats: Seats) -> Option<Vec<Place>> {
    let drawn = states(seats);
    if drawn.len() > ONE_BY_ONE {
        return None;
    }
    let sitting = view
        .members
        .iter()
        .filter(|member| member.suspension.is_none() && !member.free)
        .map(|member| (member.id.to_string(), format!("{}, {}", member.email, member.role.label())));
    let asked =
        view.invitations.iter().map(|invitation| (invitation.id.to_string(), format!("{}, invited", invitation.email)));
    let mut people: Vec<(String, String)> = sitting.chain(asked).collect();
    if people.len() != usize::try_from(seats.count.held()).ok()? {
        return None;
    }
    people.reverse();
    Some(
        drawn
            .into_iter()
            .map(|state| match state {
                SeatState::Free | SeatState::Next => {
                    Place { state, row: "invite".to_owned(), name: "Free seat".to_owned() }
                }
                _ => {
                    let (row, name) = people.pop().unwrap_or_default();
                    Place { state, row, name }
                }
            })
            .collect(),
    )
}

/// The whole house.
#[component]
pub fn House(
    /// Everything.
    view: TeamView,
    /// Whether one may invite here.
    open: bool,
    /// Lights up the next free seat.
    #[prop(into)]
    next: Signal<bool>,
) -> impl IntoView {
    let seats = view.desk.seats;
    let Some(places) = places(&view, seats) else {
        return Either::Left(view! { <div class="house"><SeatRow seats next/></div> });
    };
    let first_free = places.iter().position(|place| place.state == SeatState::Free);
    let drawn = places
        .into_iter()
        .enumerate()
        .map(|(at, Place { state, row, name })| {
            let lit = move || next.get() && first_free == Some(at);
            let leads = state != SeatState::Free || open;
            let seat = view! { <Seat state/><span class="unseen">{name.clone()}</span> };
            let seat = if leads {
                Either::Left(view! { <a href=format!("#{row}") title=name rel="external">{seat}</a> })
            } else {
                Either::Right(view! { <span title=name>{seat}</span> })
            };
            view! { <li class="seat-place" class:seat-lit=lit>{seat}</li> }
        })
        .collect_view();
    Either::Right(view! { <div class="house"><ul class="seats" aria-label=sentence(seats)>{drawn}</ul></div> })
}
