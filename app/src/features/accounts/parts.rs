//! What the pages at the entrance have in common.

use domain::Refusal;
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::AppError;
use crate::components::banner::{Banner, Tone};
use crate::components::frame::PlainFrame;
use crate::components::refused::Refused;
use crate::components::seat_row::{Seat, SeatState};
use crate::guard;
use crate::guard::note::Note;
use crate::routes::Page;

/// The frame of a page at the entrance: the mark, four seats, one column.
#[component]
pub fn Entrance(
    /// The third seat: the one that the page is about.
    #[prop(default = SeatState::Next)]
    seat: SeatState,
    /// The column.
    children: Children,
) -> impl IntoView {
    view! {
        <PlainFrame>
            <div class="entrance">
                <div class="entrance-seats" aria-hidden="true">
                    <Seat state=SeatState::Used/>
                    <Seat state=SeatState::Used/>
                    <Seat state=seat/>
                    <Seat state=SeatState::Free/>
                </div>
                {children()}
            </div>
        </PlainFrame>
    }
}

/// What was done before.
#[component]
pub fn Said(
    /// It.
    note: Option<Note>,
) -> impl IntoView {
    note.map(|note| view! { <Banner tone=Tone::Good><p>{note.words()}</p></Banner> })
}

/// How letters travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailWay {
    /// By mail.
    Sent,
    /// Into the mailbox page of development.
    Mailbox,
    /// Nowhere: the operator has not set it up.
    Nowhere,
}

impl MailWay {
    /// As the operator has set it.
    #[must_use]
    pub const fn of(settings: &service::Settings) -> Self {
        match (settings.mail_is_sent, settings.development) {
            (true, _) => Self::Sent,
            (false, true) => Self::Mailbox,
            (false, false) => Self::Nowhere,
        }
    }
}

/// Says where the letter is, when it is not in the post.
#[component]
pub fn Whereabouts(
    /// How letters travel here.
    way: MailWay,
) -> impl IntoView {
    match way {
        MailWay::Sent => ().into_any(),
        MailWay::Mailbox => view! {
            <Banner>
                <p>"No letter leaves this development copy. Yours is in the "<a href=Page::Mailbox.path()>"development mailbox"</a>"."</p>
            </Banner>
        }
        .into_any(),
        MailWay::Nowhere => view! {
            <Banner tone=Tone::Warn>
                <p>
                    <strong>"Letters are not sent from here yet."</strong>
                    " Ask who runs this Usher to set up its mail; the letter waits until then."
                </p>
            </Banner>
        }
        .into_any(),
    }
}

/// A link of a letter that cannot be used: says why, and where to go instead. Whoever is sent elsewhere by other errors
/// still is.
#[component]
pub fn DeadLink(
    /// Why.
    error: AppError,
    /// Where to begin again: the words, and the page.
    again: (&'static str, Page),
) -> impl IntoView {
    let refusal = match &error {
        AppError::NotFound => Refusal::new(
            "link-unknown",
            "This link leads nowhere.",
            "It may be cut off or mistyped. Open it from the letter once more, or ask for a new one.",
        ),
        AppError::Refused(refusal) => refusal.clone(),
        _ => return view! { <Refused error/> }.into_any(),
    };
    guard::set_status(error.status());
    let (words, page) = again;
    // There is nothing to begin again when it is done.
    let done = ["account-made", "confirmation-used"].contains(&refusal.code.as_str());
    view! {
        <Title text=refusal.what.clone()/>
        <Entrance seat=SeatState::Free>
            <h1>{refusal.what}</h1>
            <p class="lead">{refusal.next}</p>
            <p class="entrance-ways">
                {(!done).then(|| view! { <a class="button button-primary" href=page.path()>{words}</a> })}
                <a class="button" class:button-primary=done href=Page::Login.path()>"Sign in"</a>
            </p>
        </Entrance>
    }
    .into_any()
}
