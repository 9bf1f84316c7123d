//! What is arranged for later (another plan with the next period, the end of the plan) and is given up by who buys
//! something now.
//!
//! The two do not go together: an arrangement is of the plan of today and would write its own lines over what was bought,
//! and the provider holds no change until it is paid beside a schedule. So the quote says what is given up, and it is taken
//! back before the change is asked for. It stays given up when the change is then not paid: who agreed has said so, a
//! subscription that just goes on is whole, and what was arranged can be arranged again. That is said with the refusal.

use domain::Subscription;
use domain::view::{GivenUp, QuoteSheet};
use payments::PaymentError;
use payments::provider::{Fetched, IdempotencyKey};
use store::QuoteRecord;

use crate::{Error, Services};

/// What is arranged, if something is.
pub(super) fn of(s: &Services, bought: &Subscription) -> Option<GivenUp> {
    let Subscription { ends_at, scheduled, .. } = bought;
    let plan = scheduled.as_ref().and_then(|next| next.plan.as_ref()).and_then(|key| s.catalog().plan(key));
    (ends_at.is_some() || scheduled.is_some()).then(|| GivenUp {
        ends_at: *ends_at,
        scheduled: scheduled.clone(),
        plan_name: plan.map(|plan| plan.name.clone()),
    })
}

/// What the quote says of it.
pub(crate) fn shown(quote: &QuoteRecord) -> Result<Option<GivenUp>, Error> {
    let sheet: QuoteSheet = serde_json::from_str(&quote.offer).map_err(|error| Error::Broken(error.into()))?;
    Ok(sheet.gives_up)
}

/// Whether what is arranged now is what was shown.
pub(crate) fn is_as_shown(quote: &QuoteRecord, now: &Subscription) -> Result<bool, Error> {
    Ok(match shown(quote)? {
        Some(shown) => shown.is_arranged_in(now),
        None => is_nothing(now),
    })
}

/// Whether nothing is arranged.
pub(super) const fn is_nothing(now: &Subscription) -> bool {
    now.ends_at.is_none() && now.scheduled.is_none()
}

/// Takes it back at the provider, each under a key of its own: what is taken back already is no error.
pub(super) async fn give_up(
    s: &Services,
    quote: &QuoteRecord,
    what: &GivenUp,
) -> Result<Option<Fetched>, PaymentError> {
    let key = |deed: &str| IdempotencyKey(format!("{}-{deed}", quote.id));
    let (id, mut now) = (&quote.subscription, None);
    if what.scheduled.is_some() {
        now = Some(s.payments().release(&key("release"), id, s.now()).await?);
    }
    if what.ends_at.is_some() {
        now = Some(s.payments().resume(&key("resume"), id, s.now()).await?);
    }
    Ok(now)
}
