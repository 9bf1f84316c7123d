//! `/app/{slug}/team`.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api::{CancelInvitation, Invite, Leave, RemoveMember, team};
use super::parts::{Door, People};
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, failure};
use crate::components::seat_row::{SeatRow, sentence};
use crate::routes::Page;

/// Seats, the door to them, and who sits where.
#[component]
pub fn TeamPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let invite = ServerAction::<Invite>::new();
    let cancel = ServerAction::<CancelInvitation>::new();
    let remove = ServerAction::<RemoveMember>::new();
    let leave = ServerAction::<Leave>::new();
    let typed = RwSignal::new(String::new());
    let sheet = Resource::new(
        move || (slug.get(), invite.version().get(), cancel.version().get(), remove.version().get()),
        |(slug, ..)| team(slug),
    );
    // The next free seat lights up as soon as an address could be invited.
    let next = Signal::derive(move || typed.read().parse::<domain::EmailAddress>().is_ok());
    view! {
        <Loaded from=sheet view={move |sheet| {
            let view = sheet.view;
            let seats = view.desk.seats;
            view! {
                <Frame desk=view.desk.clone() page=Page::Team>
                    <PageHead title=Page::Team.title() state=move || format!("{}.", sentence(seats))/>
                    <div class="house"><SeatRow seats next/></div>
                    <Door view=view.clone() before=sheet.invited invite typed/>
                    <Failure of=failure(cancel)/>
                    <Failure of=failure(remove)/>
                    <Failure of=failure(leave)/>
                    <People view cancel remove leave/>
                </Frame>
            }
        }}/>
    }
}
