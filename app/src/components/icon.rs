//! The few small drawings. All are decoration: the words beside them say the same.

use leptos::prelude::*;

use super::seat_row::{BACK, CUSHION};

/// A small drawing of 20 × 20, in the colour of the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Points on.
    Arrow,
    /// Yes.
    Check,
    /// An address to copy.
    Copy,
    /// A card.
    Billing,
    /// Panels.
    Dashboard,
    /// A circle with a dot: attend to this.
    Note,
    /// Sliders.
    Settings,
    /// A seat.
    Team,
    /// Opens and closes.
    Chevron,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Arrow => "M4 10h12M11 5l5 5-5 5",
            Self::Check => "M4 10.5 8 14.5 16 6",
            Self::Copy => {
                "M7.5 7.5V5A1.5 1.5 0 0 1 9 3.5h6A1.5 1.5 0 0 1 16.5 5v6a1.5 1.5 0 0 1-1.5 1.5h-2.5M5 7.5h6A1.5 1.5 0 0 1 12.5 9v6a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 15V9A1.5 1.5 0 0 1 5 7.5z"
            }
            Self::Billing => {
                "M3 6.5A1.5 1.5 0 0 1 4.5 5h11A1.5 1.5 0 0 1 17 6.5v7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 13.5zM3 8.75h14M6 12h3"
            }
            Self::Dashboard => "M3.5 4.5h5.5v6H3.5zM11 4.5h5.5v3.5H11zM11 10.5h5.5v5H11zM3.5 13h5.5v2.5H3.5z",
            Self::Note => "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM10 6.5v4.25M10 13.25v.25",
            Self::Settings => "M3 6h6M13 6h4M3 14h3M10 14h7M11 4v4M8 12v4",
            Self::Team => {
                "M6.5 9.5V6A2.5 2.5 0 0 1 9 3.5h2A2.5 2.5 0 0 1 13.5 6v3.5zM3 8.5v6A1.5 1.5 0 0 0 4.5 16h11a1.5 1.5 0 0 0 1.5-1.5v-6M3 12.25h14"
            }
            Self::Chevron => "M6 8l4 4 4-4",
        }
    }
}

/// Draws one.
#[component]
pub fn Draw(
    /// Which.
    icon: Icon,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d=icon.path()></path>
        </svg>
    }
}

/// The mark: one seat, taken.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=BACK></path>
            <path d=CUSHION></path>
        </svg>
    }
}
