//! `/dev/mail`: letters that would have left the house.

use domain::view::Letter;
use leptos::prelude::*;
use leptos_meta::Title;

use super::api::letters;
use crate::components::empty::Empty;
use crate::components::frame::PlainFrame;
use crate::components::loaded::Loaded;
use crate::components::time::Minute;
use crate::routes::Page;

/// The letters, the newest first.
#[component]
pub fn MailboxPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| letters());
    view! {
        <Title text=Page::Mailbox.title()/>
        <Loaded from=found view={move |found: Vec<Letter>| {
            let count = found.len();
            view! {
                <PlainFrame wide=true aside=|| view! { <a href="/app">"Your companies"</a> }>
                    <header class="page-head">
                        <div>
                            <h1>{Page::Mailbox.title()}</h1>
                            <p class="page-state">"Letters of this development copy. None of them has left the house."</p>
                        </div>
                        <a class="button" href=Page::Mailbox.path()>"Look again"</a>
                    </header>
                    {if count == 0 {
                        view! {
                            <Empty title="No letters yet">
                                <p>"Invite somebody on a team page, and the letter is here a moment later."</p>
                            </Empty>
                        }
                        .into_any()
                    } else {
                        found.into_iter().map(|letter| view! { <Sheet letter/> }).collect_view().into_any()
                    }}
                </PlainFrame>
            }
        }}/>
    }
}

#[component]
fn Sheet(letter: Letter) -> impl IntoView {
    let title = letter.id.to_string();
    let label = title.clone();
    view! {
        <article class="letter card" aria-labelledby=label>
            <header>
                <h2 id=title>{letter.subject}</h2>
                <p>"To "<strong>{letter.to}</strong>", "<Minute at=letter.written_at/></p>
            </header>
            <div class="letter-text">{linked(&letter.text)}</div>
        </article>
    }
}

/// The text, with its links to click on.
fn linked(text: &str) -> AnyView {
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let link = word.trim_end();
            if link.starts_with("http://") || link.starts_with("https://") {
                let space = word[link.len()..].to_owned();
                view! { <a href=link.to_owned()>{link.to_owned()}</a>{space} }.into_any()
            } else {
                word.to_owned().into_any()
            }
        })
        .collect_view()
        .into_any()
}
