//! One thing to know, across the page or above a form.

use domain::Refusal;
use leptos::prelude::*;

use super::icon::{Draw, Icon};

/// How grave it is. The words say it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Good,
    /// Something to know.
    #[default]
    Plain,
    /// Something to do soon.
    Warn,
    /// Something that did not work, or must be done now.
    Bad,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Good => "banner banner-good",
            Self::Plain => "banner",
            Self::Warn => "banner banner-warn",
            Self::Bad => "banner banner-bad",
        }
    }
}

/// One thing to know. What went wrong is announced at once, all else when there is a pause.
#[component]
pub fn Banner(
    /// How grave.
    #[prop(optional)]
    tone: Tone,
    /// The words, and a button if something can be done.
    children: Children,
) -> impl IntoView {
    let (role, icon) = match tone {
        Tone::Bad => ("alert", Icon::Note),
        Tone::Warn | Tone::Plain => ("status", Icon::Note),
        Tone::Good => ("status", Icon::Check),
    };
    view! {
        <div class=tone.class() role=role>
            <Draw icon/>
            <div class="banner-body">{children()}</div>
        </div>
    }
}

/// A refusal: what, and what next.
#[component]
pub fn RefusalBanner(
    /// Which.
    refusal: Refusal,
) -> impl IntoView {
    view! {
        <Banner tone=Tone::Bad>
            <p><strong>{refusal.what}</strong>" "{refusal.next}</p>
        </Banner>
    }
}
