//! From Stripe's words to ours.

mod course;
mod line;

use domain::plan::Part;
use domain::subscription::{
    Line, ProviderCheckoutId, ProviderCustomerId, ProviderInvoiceId, ProviderSubscriptionId, SubscriptionStatus,
};
use domain::time::Period;
use domain::{Interval, PlanKey, Subscription, Timestamp};

use super::objects::{self, Expandable, Named};
use crate::PaymentError;
use crate::provider::{Checkout, CheckoutStatus, Fetched};

/// Names of our metadata at Stripe.
pub(super) mod meta {
    /// On customers, payment pages and subscriptions: whose it is.
    pub const ORG: &str = "usher_org";
    /// On products and prices: of which plan.
    pub const PLAN: &str = "usher_plan";
    /// On prices: `base`, `per_seat` or `overage`.
    pub const PART: &str = "usher_part";
    /// On a portal configuration: it is Usher's.
    pub const PORTAL: &str = "usher_portal";
    /// On prices: `month` or `year`.
    pub const INTERVAL: &str = "usher_interval";
    /// On prices: which meter they count.
    pub const METER: &str = "usher_meter";
    /// On schedules: who runs Usher has made them, and not an owner.
    pub const MOVED: &str = "usher_moved";
    /// On prices: the fingerprint of the plan that they were made from.
    pub const VERSION: &str = "usher_version";
}

/// What a price at Stripe is of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub plan: PlanKey,
    pub interval: Interval,
    pub part: Part,
}

impl Known {
    /// By its metadata, else by its lookup key; `None` for a price that somebody else has made.
    pub(super) fn of(price: &objects::Price) -> Option<Self> {
        Self::by_metadata(price).or_else(|| Self::by_lookup_key(price.lookup_key.as_deref()?))
    }

    fn by_metadata(price: &objects::Price) -> Option<Self> {
        let said = |name: &str| price.metadata.get(name).map(String::as_str);
        Some(Self {
            plan: said(meta::PLAN)?.parse().ok()?,
            interval: said(meta::INTERVAL)?.parse().ok()?,
            part: part(said(meta::PART)?)?,
        })
    }

    /// Reads [`domain::plan::PriceSpec::lookup_key`] from its end, because the plan's key may hold underscores.
    fn by_lookup_key(key: &str) -> Option<Self> {
        let (rest, minor) = key.strip_prefix("usher_")?.rsplit_once('_')?;
        minor.parse::<i64>().ok()?;
        let (rest, part) = Part::ALL
            .into_iter()
            .find_map(|part| Some((rest.strip_suffix(part.as_str())?.strip_suffix('_')?, part)))?;
        let (rest, _currency) = rest.rsplit_once('_')?;
        let (plan, interval) = rest.rsplit_once('_')?;
        let plan = plan.split_once('@').map_or(plan, |(plan, _version)| plan);
        Some(Self { plan: plan.parse().ok()?, interval: interval.parse().ok()?, part })
    }
}

fn part(word: &str) -> Option<Part> {
    Part::ALL.into_iter().find(|part| part.as_str() == word)
}

/// A subscription in our words; `fetched_at` is the moment before the call.
pub(super) fn fetched(of: objects::Subscription, fetched_at: Timestamp) -> Result<Fetched, PaymentError> {
    let odd = |what: String| PaymentError::Unknown(format!("subscription {}: {what}", of.id));
    let status: SubscriptionStatus = of.status.parse().map_err(|no| odd(format!("{no}")))?;
    let currency = of.currency.parse().map_err(|no| odd(format!("{no}")))?;
    // Since 2025 only the items have periods. With several, the last end is what is paid up to.
    let last = of.items.data.iter().max_by_key(|item| item.current_period_end).ok_or_else(|| odd("no items".into()))?;
    let period = Period {
        from: Timestamp::from_secs(last.current_period_start),
        until: Timestamp::from_secs(last.current_period_end),
    };
    let lines = of.items.data.iter().map(line::line).collect::<Result<Vec<Line>, _>>()?;
    let bought = line::bought(of.items.data.iter().map(|item| (&item.price, item.quantity.unwrap_or(0))))?;
    let seats = lines.iter().find(|line| line.part == Some(Part::PerSeat));
    let ends_at = of.cancel_at.map(Timestamp::from_secs).or(of.cancel_at_period_end.then_some(period.until));
    let latest_invoice = of.latest_invoice.map(|invoice| ProviderInvoiceId(invoice.into_id()));
    let waiting =
        of.pending_update.map(|update| course::waiting(update, &bought, latest_invoice.as_ref())).transpose()?;
    let scheduled = match of.schedule {
        Some(schedule) => course::scheduled(schedule, &of.items.data)?,
        None => None,
    };
    let org = of.metadata.get(meta::ORG).and_then(|text| text.parse().ok());
    let card = of.default_payment_method.and_then(card_of);
    let subscription = Subscription {
        id: ProviderSubscriptionId(of.id),
        customer: ProviderCustomerId(of.customer.into_id()),
        plan: bought.plan,
        interval: bought.interval,
        currency,
        seat_item: seats.map(|line| line.item.clone()),
        quantity: bought.seats,
        status,
        period,
        lines,
        ends_at,
        ends_with_period: of.cancel_at_period_end,
        trial_ends_at: of.trial_end.map(Timestamp::from_secs),
        ended_at: of.ended_at.map(Timestamp::from_secs),
        card,
        waiting,
        scheduled,
        pause: course::pause(status, of.pause_collection.as_ref()),
        latest_invoice,
        fetched_at,
    };
    Ok(Fetched { subscription, org })
}

/// A payment page in our words.
pub(super) fn checkout(of: objects::Session) -> Result<Checkout, PaymentError> {
    let status = match of.status.as_deref() {
        Some("open") => CheckoutStatus::Open,
        Some("complete") => CheckoutStatus::Complete,
        Some("expired") => CheckoutStatus::Expired,
        other => return Err(PaymentError::Unknown(format!("payment page {}: status {other:?} is not known", of.id))),
    };
    Ok(Checkout {
        url: of.url.filter(|_| status == CheckoutStatus::Open),
        status,
        org: of.client_reference_id.and_then(|text| text.parse().ok()),
        customer: of.customer.map(Expandable::<Named>::into_id).map(ProviderCustomerId),
        subscription: of.subscription.map(Expandable::<Named>::into_id).map(ProviderSubscriptionId),
        expires_at: Timestamp::from_secs(of.expires_at),
        id: ProviderCheckoutId(of.id),
    })
}

/// `Visa 4242`; `None` when the answer holds only an id, or pays otherwise than by card.
fn card_of(method: Expandable<objects::PaymentMethod>) -> Option<String> {
    let Expandable::Object(objects::PaymentMethod { card: Some(method) }) = method else { return None };
    Some(card(&method))
}

/// `Visa 4242`.
pub(super) fn card(card: &objects::Card) -> String {
    let brand = match card.brand.as_str() {
        "amex" => "American Express",
        "cartes_bancaires" => "Cartes Bancaires",
        "diners" => "Diners Club",
        "discover" => "Discover",
        "eftpos_au" => "eftpos",
        "jcb" => "JCB",
        "mastercard" => "Mastercard",
        "unionpay" => "UnionPay",
        "visa" => "Visa",
        _ => "Card",
    };
    format!("{brand} {}", card.last4)
}
