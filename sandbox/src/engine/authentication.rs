//! The bank's question to a card's owner, wherever the card is used: whom it concerns and where it leads back to.

use super::Engine;
use super::completion::{self, Paid};
use super::portal_session::After;
use super::{collection, hosted_invoice, money, portal, setup_intent};

/// What the owner is asked to confirm, in words. `None` when nothing waits under this name.
pub fn question(engine: &Engine, attempt: &str) -> Option<String> {
    if let Some(session) = completion::session_of(engine, attempt) {
        return Some(if session.trial_period_days.is_some() {
            KEEPING.to_owned()
        } else {
            format!("a payment of {}", money::show(session.by_card(engine), &session.currency))
        });
    }
    if let Some(invoice) = collection::waiting(engine, attempt) {
        return Some(format!("a payment of {}", money::show(invoice.amount_due(engine), &invoice.currency)));
    }
    let intent = engine.state.setup_intents.get(attempt)?;
    (intent.status == setup_intent::Status::RequiresAction).then(|| KEEPING.to_owned())
}

const KEEPING: &str = "the saving of this card";

/// Where the owner goes after answering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// Back to the application, once this event was delivered.
    Paid { url: String, event: String },
    /// To this address.
    Go(String),
    /// Nothing waits under this name.
    Unknown,
}

/// The owner answers.
pub fn answer(engine: &mut Engine, attempt: &str, is_owner: bool) -> Answered {
    if let Some(session) = completion::session_of(engine, attempt).map(|session| session.id.clone()) {
        return match completion::authenticate(engine, attempt, is_owner) {
            Paid::Done { url, event } => Answered::Paid { url, event },
            Paid::Declined(_) => Answered::Go(format!("/_checkout/{session}?failed=3ds")),
            _ => Answered::Go(format!("/_checkout/{session}")),
        };
    }
    if let Some(page) = collection::waiting(engine, attempt).map(|invoice| invoice.page(engine.base)) {
        let invoice = collection::waiting(engine, attempt).map(|invoice| invoice.id.clone()).unwrap_or_default();
        collection::authenticate(engine, attempt, is_owner);
        hosted_invoice::paid_with(engine, &invoice);
        return Answered::Go(if is_owner { page } else { format!("{page}&failed=3ds") });
    }
    if question(engine, attempt).is_none() {
        return Answered::Unknown;
    }
    setup_intent::authenticate(engine, attempt, is_owner);
    let Some(intent) = engine.state.setup_intents.get(attempt) else { return Answered::Unknown };
    let (session, back) = (intent.portal.clone(), intent.return_url.clone());
    match (session, back) {
        (Some(session), _) if is_owner => match portal::finish(engine, &session) {
            Some(After::Redirect(url)) => Answered::Go(url),
            _ => Answered::Go(format!("/_portal/{session}?done=card")),
        },
        (Some(session), _) => Answered::Go(format!("/_portal/{session}/card?failed=3ds")),
        (None, Some(url)) => Answered::Go(url),
        (None, None) => Answered::Go("/".into()),
    }
}
