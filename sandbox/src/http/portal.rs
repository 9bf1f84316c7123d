//! The portal's addresses.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::page::{self, PayForm};
use crate::engine::portal::{self, Step};
use crate::engine::portal_configuration::Configuration;
use crate::engine::portal_session::{After, Kind, Session};
use crate::engine::{Caller, Engine};
use crate::pages;
use crate::pages::card_form::Typed;
use crate::pages::portal::Said;
use crate::shared::Shared;

/// What somebody comes back with.
#[derive(Deserialize)]
pub struct Back {
    done: Option<String>,
    failed: Option<String>,
}

/// Shows a page of an open session.
fn look(
    shared: &Shared,
    id: &str,
    status: StatusCode,
    draw: impl FnOnce(&Engine, &(Session, Configuration)) -> String,
) -> Response {
    let (drawn, _) = shared.act(Caller::default(), |engine| {
        let Some(open) = portal::open(engine, id) else {
            return Err(engine.state.portal_sessions.get(id).map(|session| pages::portal::expired(Some(session))));
        };
        Ok(draw(engine, &open))
    });
    match drawn {
        Ok(html) => page::show(status, html),
        Err(Some(html)) => page::show(StatusCode::GONE, html),
        Err(None) => page::missing("portal"),
    }
}

/// Takes a step in an open session and leads on; a refusal is drawn on the page it came from.
async fn walk(
    shared: &Shared,
    id: &str,
    act: impl FnOnce(&mut Engine, &(Session, Configuration)) -> Step,
    again: impl FnOnce(&Engine, &(Session, Configuration), &Said) -> String,
) -> Response {
    let (met, version) = shared.act(Caller::default(), |engine| {
        let open = portal::open(engine, id)?;
        let step = act(engine, &open);
        let after = if matches!(step, Step::Done(_)) { portal::finish(engine, id) } else { None };
        let html = match &step {
            Step::Refused(_) => again(engine, &open, &Said::from(&step)),
            // What was done shows on the page as it is now.
            _ => pages::portal::overview(engine, &open, &Said::from(&step)),
        };
        Some((step, after, html))
    });
    if let Err(error) = shared.kept(version).await {
        return page::broken(&error);
    }
    match met {
        None => look(shared, id, StatusCode::OK, |_, _| String::new()),
        Some((Step::Authenticate(attempt), ..)) => Redirect::to(&format!("/_3ds/{attempt}")).into_response(),
        Some((Step::Refused(_), _, html)) => page::show(StatusCode::UNPROCESSABLE_ENTITY, html),
        Some((Step::Pay(url), ..) | (Step::Done(_), Some(After::Redirect(url)), _)) => {
            Redirect::to(&url).into_response()
        }
        Some((Step::Done(_), Some(After::Confirmation(text)), _)) => {
            page::show(StatusCode::OK, pages::portal::confirmation(text.as_deref()))
        }
        Some((Step::Done(_), ..)) => Redirect::to(&format!("/_portal/{id}?done=1")).into_response(),
    }
}

/// `GET /_portal/{session}`: the one thing to be done, or everything.
pub async fn overview(State(shared): State<Arc<Shared>>, Path(id): Path<String>, Query(back): Query<Back>) -> Response {
    let done = back.done.map(|what| if what == "card" { "Your card was changed." } else { "Your change is in place." });
    let said = Said { done: done.map(Into::into), refused: None };
    look(&shared, &id, StatusCode::OK, |engine, open| match open.0.open_flow().map(|flow| &flow.kind) {
        None => pages::portal::overview(engine, open, &said),
        Some(Kind::PaymentMethodUpdate) => pages::portal::new_card(&open.0, &Typed::default()),
        Some(Kind::Cancel { subscription }) => pages::portal::cancel(engine, open, subscription, &said),
        Some(Kind::Update { subscription }) => pages::portal::change(engine, open, subscription, &said),
        Some(Kind::Confirm { .. }) => pages::portal::confirm(engine, &open.0, &said),
    })
}

/// `GET /_portal/{session}/card`.
pub async fn card(State(shared): State<Arc<Shared>>, Path(id): Path<String>, Query(back): Query<Back>) -> Response {
    let typed = Typed { refusal: back.failed.map(|_| page::NOT_THE_OWNER.into()), ..Typed::default() };
    look(&shared, &id, StatusCode::OK, |_, open| pages::portal::new_card(&open.0, &typed))
}

/// `POST /_portal/{session}/card`.
pub async fn save_card(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Form(form): Form<PayForm>,
) -> Response {
    let card = match form.card() {
        Ok(card) => card,
        Err(typed) => {
            return look(&shared, &id, StatusCode::UNPROCESSABLE_ENTITY, |_, open| {
                pages::portal::new_card(&open.0, &typed)
            });
        }
    };
    let act = |engine: &mut Engine, (session, settings): &(Session, Configuration)| {
        if settings.features.payment_method_update {
            portal::add_card(engine, session, &card)
        } else {
            Step::Refused("This is not offered here.".into())
        }
    };
    walk(&shared, &id, act, |_, open, said| {
        pages::portal::new_card(&open.0, &Typed { refusal: said.refused.clone(), ..Typed::default() })
    })
    .await
}

/// `GET /_portal/{session}/cancel/{subscription}`.
pub async fn cancelling(
    State(shared): State<Arc<Shared>>,
    Path((id, subscription)): Path<(String, String)>,
) -> Response {
    let said = Said::default();
    look(&shared, &id, StatusCode::OK, |engine, open| {
        theirs(engine, open, &subscription, || pages::portal::cancel(engine, open, &subscription, &said))
    })
}

/// A page about a subscription, if it is this customer's.
fn theirs(
    engine: &Engine,
    open: &(Session, Configuration),
    subscription: &str,
    draw: impl FnOnce() -> String,
) -> String {
    let known = engine.state.subscriptions.get(subscription);
    if known.is_some_and(|known| known.customer == open.0.customer) { draw() } else { pages::portal::expired(None) }
}

/// The form of the cancelling page.
#[derive(Deserialize)]
pub struct Reason {
    feedback: Option<String>,
}

/// `POST /_portal/{session}/cancel/{subscription}`.
pub async fn cancel(
    State(shared): State<Arc<Shared>>,
    Path((id, subscription)): Path<(String, String)>,
    Form(form): Form<Reason>,
) -> Response {
    let act = |engine: &mut Engine, open: &(Session, Configuration)| {
        portal::cancel(engine, open, &subscription, form.feedback.as_deref())
    };
    walk(&shared, &id, act, |engine, open, said| {
        theirs(engine, open, &subscription, || pages::portal::cancel(engine, open, &subscription, said))
    })
    .await
}

/// `POST /_portal/{session}/resume/{subscription}`.
pub async fn resume(State(shared): State<Arc<Shared>>, Path((id, subscription)): Path<(String, String)>) -> Response {
    walk(&shared, &id, |engine, open| portal::resume(engine, open, &subscription), pages::portal::overview).await
}

/// `GET /_portal/{session}/plan/{subscription}`.
pub async fn plans(State(shared): State<Arc<Shared>>, Path((id, subscription)): Path<(String, String)>) -> Response {
    let said = Said::default();
    look(&shared, &id, StatusCode::OK, |engine, open| {
        theirs(engine, open, &subscription, || pages::portal::change(engine, open, &subscription, &said))
    })
}

/// The form of the plan page.
#[derive(Deserialize)]
pub struct Choice {
    price: String,
    quantity: Option<String>,
}

/// `POST /_portal/{session}/plan/{subscription}`.
pub async fn change(
    State(shared): State<Arc<Shared>>,
    Path((id, subscription)): Path<(String, String)>,
    Form(form): Form<Choice>,
) -> Response {
    let quantity = form.quantity.map(|text| text.trim().parse::<u64>());
    let act = |engine: &mut Engine, open: &(Session, Configuration)| match quantity.clone().transpose() {
        Ok(quantity) => portal::change(engine, open, &subscription, &form.price, quantity),
        Err(_) => Step::Refused("Write the quantity as a whole number.".into()),
    };
    walk(&shared, &id, act, |engine, open, said| {
        theirs(engine, open, &subscription, || pages::portal::change(engine, open, &subscription, said))
    })
    .await
}

/// `POST /_portal/{session}/confirm`.
pub async fn confirm(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    walk(&shared, &id, portal::confirm, |engine, open, said| pages::portal::confirm(engine, &open.0, said)).await
}
