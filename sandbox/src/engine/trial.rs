//! The end of a trial.

use serde::{Deserialize, Serialize};

use super::error::ApiError;
use super::params::Params;
use super::subscription::{self, Status, Subscription};
use super::{Engine, pause};

/// What happens when a trial ends and there is no card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithoutCard {
    #[default]
    CreateInvoice,
    Cancel,
    Pause,
}

/// How a trial ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The first paid period begins.
    Paid,
    /// There is none: cancelled or paused.
    Over,
}

/// Takes `trial_settings`.
pub fn read_settings(subscription: &mut Subscription, params: &mut Params) -> Result<(), ApiError> {
    let Some(mut settings) = params.hash("trial_settings")? else { return Ok(()) };
    if let Some(mut behavior) = settings.hash("end_behavior")? {
        let word = behavior.word("missing_payment_method", &["cancel", "create_invoice", "pause"])?;
        subscription.without_card = match word {
            Some("cancel") => WithoutCard::Cancel,
            Some("pause") => WithoutCard::Pause,
            Some(_) => WithoutCard::CreateInvoice,
            None => return Err(ApiError::required(behavior.name("missing_payment_method"))),
        };
        behavior.finish()?;
    }
    settings.finish()
}

/// Says that a trial ends soon.
pub fn warn(engine: &mut Engine, id: &str) {
    let Some(subscription) = engine.state.subscriptions.get_mut(id) else { return };
    subscription.trial_warned = true;
    if let Ok(value) = subscription::get(engine, id) {
        engine.emit("customer.subscription.trial_will_end", value, None);
    }
}

/// The trial of `subscription` ends now. What goes on is changed in place; what does not, is dealt with here.
pub fn ends(engine: &mut Engine, subscription: &mut Subscription) -> End {
    if !has_card(engine, subscription) {
        match subscription.without_card {
            WithoutCard::CreateInvoice => {}
            WithoutCard::Cancel => {
                subscription::end(engine, &subscription.id, "payment_failed");
                return End::Over;
            }
            WithoutCard::Pause => {
                pause::stop(engine, &subscription.id, "trial_end_without_payment_method");
                return End::Over;
            }
        }
    }
    subscription.status = Status::Active;
    subscription.billing_cycle_anchor = engine.now;
    End::Paid
}

fn has_card(engine: &Engine, subscription: &Subscription) -> bool {
    let customer = engine.state.customers.get(&subscription.customer);
    let customers = customer.and_then(|customer| customer.default_payment_method.as_ref());
    subscription.default_payment_method.as_ref().or(customers).is_some()
}
