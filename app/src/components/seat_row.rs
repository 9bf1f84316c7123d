//! The motif: a row of seats, wherever seats are meant.
//!
//! Filled: in use. Hatched: held by an invitation. Outline: free. Dashed: beyond the cap. Shape says it as well as
//! colour, and the row has one sentence for who does not see it.

use domain::view::Seats;
use leptos::either::Either;
use leptos::prelude::*;

/// Up to so many seats are drawn one by one; more become a bar.
const ONE_BY_ONE: u32 = 24;

/// The back of a seat, in 24 × 24.
pub(crate) const BACK: &str =
    "M7 11.5V6.5A4.5 4.5 0 0 1 11.5 2h1A4.5 4.5 0 0 1 17 6.5v5a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1z";
/// Its cushion with the arms.
pub(crate) const CUSHION: &str = "M3.5 8.75A1.5 1.5 0 0 1 5 10.25v4.5h14v-4.5a1.5 1.5 0 0 1 3 0V18.5a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3v-8.25a1.5 1.5 0 0 1 1.5-1.5z";

/// One seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatState {
    /// Somebody sits there.
    Used,
    /// An invitation holds it.
    Held,
    /// Nobody.
    Free,
    /// Somebody sits there who should not, because the cap went down.
    Over,
    /// The free seat that what is being typed would take.
    Next,
}

impl SeatState {
    const fn class(self) -> &'static str {
        match self {
            Self::Used => "seat seat-used",
            Self::Held => "seat seat-held",
            Self::Free => "seat seat-free",
            Self::Over => "seat seat-over",
            Self::Next => "seat seat-next",
        }
    }
}

/// The sentence: `2 of 3 seats used, 1 invitation pending`.
#[must_use]
pub fn sentence(seats: Seats) -> String {
    let used = match seats.limit.cap() {
        Some(cap) => format!("{} of {cap} {} used", seats.count.active, if cap == 1 { "seat" } else { "seats" }),
        None if seats.count.active == 1 => "1 seat used".to_owned(),
        None => format!("{} seats used", seats.count.active),
    };
    match seats.count.reserved {
        0 => used,
        1 => format!("{used}, 1 invitation pending"),
        more => format!("{used}, {more} invitations pending"),
    }
}

/// The seats one by one, from the left: used, held, free, and those beyond the cap. Without a cap one free seat stands
/// for all that can still be had.
#[must_use]
pub fn states(seats: Seats) -> Vec<SeatState> {
    let (active, reserved) = (seats.count.active, seats.count.reserved);
    let cap = seats.limit.cap().unwrap_or_else(|| seats.count.held().saturating_add(1));
    let used = active.min(cap);
    let held = reserved.min(cap - used);
    let over = seats.count.held().saturating_sub(cap);
    let repeat = |state, times: u32| std::iter::repeat_n(state, times.min(ONE_BY_ONE + 1) as usize);
    repeat(SeatState::Used, used)
        .chain(repeat(SeatState::Held, held))
        .chain(repeat(SeatState::Free, cap - used - held))
        .chain(repeat(SeatState::Over, over))
        .collect()
}

/// One seat, drawn.
#[component]
pub fn Seat(
    /// Who has it.
    state: SeatState,
) -> impl IntoView {
    view! {
        <svg class=state.class() viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path class="seat-body" d=BACK></path>
            <path class="seat-body" d=CUSHION></path>
            {(state == SeatState::Held).then(|| view! {
                <path class="seat-hatch" d="M7.4 7.6 11.4 3M7.4 11.9 15.2 3.1M11 12.1 16.7 5.6M14.9 12.1l1.8-2M3 20.4l5-5.3M7 21l5.6-5.9M11.5 21l5.6-5.9M16 21l5.4-5.7M2.4 14.6l2.2-2.4M19.4 14l2.2-2.4"></path>
            })}
        </svg>
    }
}

/// A row of seats with its sentence as the accessible name.
#[component]
pub fn SeatRow(
    /// How many, of how many.
    seats: Seats,
    /// Drawn smaller, beside other things.
    #[prop(optional)]
    small: bool,
    /// Lights up the next free seat.
    #[prop(optional, into)]
    next: Signal<bool>,
) -> impl IntoView {
    let name = sentence(seats);
    let drawn = states(seats);
    if drawn.len() <= ONE_BY_ONE as usize {
        let first_free = drawn.iter().position(|state| *state == SeatState::Free);
        Either::Left(view! {
            <div class="seats" class:seats-small=small role="img" aria-label=name>
                {drawn
                    .into_iter()
                    .enumerate()
                    .map(|(at, state)| {
                        let lit = move || next.get() && first_free == Some(at);
                        view! { <span class="seat-place" class:seat-lit=lit><Seat state/></span> }
                    })
                    .collect_view()}
            </div>
        })
    } else {
        let whole = u64::from(seats.limit.cap().unwrap_or_else(|| seats.count.held()).max(seats.count.held()).max(1));
        let part = move |count: u32| percent(u64::from(count), whole);
        let (used, held) = (seats.count.active, seats.count.reserved);
        Either::Right(view! {
            <svg class="seat-bar" class:seats-small=small role="img" aria-label=name>
                <rect class="seat-bar-all" width="100%" height="100%"></rect>
                <rect class="seat-bar-held" width=part(used.saturating_add(held)) height="100%"></rect>
                <rect class="seat-bar-used" width=part(used) height="100%"></rect>
            </svg>
        })
    }
}

/// `33.3%`, without a float, so that server and browser write the same.
fn percent(part: u64, whole: u64) -> String {
    let per_mille = (part * 1_000).checked_div(whole).unwrap_or(0).min(1_000);
    format!("{}.{}%", per_mille / 10, per_mille % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{SeatCount, SeatLimit};

    fn seats(active: u32, reserved: u32, cap: Option<u32>) -> Seats {
        Seats { count: SeatCount { active, reserved }, limit: SeatLimit::from_cap(cap) }
    }

    #[test]
    fn the_sentence_says_used_cap_and_pending() {
        assert_eq!(sentence(seats(1, 0, Some(3))), "1 of 3 seats used");
        assert_eq!(sentence(seats(2, 1, Some(3))), "2 of 3 seats used, 1 invitation pending");
        assert_eq!(sentence(seats(1, 2, Some(1))), "1 of 1 seat used, 2 invitations pending");
        assert_eq!(sentence(seats(41, 0, None)), "41 seats used");
    }

    #[test]
    fn every_seat_is_drawn_once() {
        use SeatState::{Free, Held, Over, Used};
        assert_eq!(states(seats(1, 1, Some(3))), [Used, Held, Free]);
        assert_eq!(states(seats(5, 0, Some(3))), [Used, Used, Used, Over, Over]);
        assert_eq!(states(seats(2, 0, None)), [Used, Used, Free]);
        assert!(
            states(seats(4_000_000_000, 9, None)).len() > 24,
            "an absurd count becomes a bar, not a million drawings"
        );
    }

    #[test]
    fn bars_are_written_without_floats() {
        assert_eq!(percent(1, 3), "33.3%");
        assert_eq!(percent(40, 40), "100.0%");
    }
}
