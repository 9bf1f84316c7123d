//! What is wrong with the shop, what it means, and what to do about it.

use std::time::Duration;

use domain::Catalog;
use serde::Serialize;

use super::wanted::Wanted;
use super::{Found, look, plan};
use crate::{Error, Services};

/// A clock that is further off refuses true webhooks.
const SKEW: Duration = Duration::from_mins(2);
/// So many customers are asked for: a key of another account knows none of them.
const SAMPLE: u32 = 3;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Note,
    /// It must be mended.
    Broken,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// For programs, stable.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is so.
    pub what: String,
    /// What it leads to.
    pub means: &'static str,
    /// What to do.
    pub remedy: String,
}

/// What the doctor has to be told of where Usher runs.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Real customers.
    pub production: bool,
    /// The key moves real money.
    pub live_key: bool,
    /// It is Stripe that is asked, not a sandbox.
    pub stripe: bool,
    /// Where the money is to be paid out: the name of a bank, or the last four digits of the account.
    pub payout_bank: Option<String>,
}

/// Examines everything. Nothing is changed.
///
/// # Errors
/// [`Error::Refused`] if the provider does not answer, [`Error::Broken`] if it says no to a question.
pub async fn examine_shop(s: &Services, around: &Surroundings) -> Result<Vec<Diagnosis>, Error> {
    let found = look(s).await?;
    let wanted = Wanted::of(s.catalog(), &s.settings().public_url);
    let mut all = Vec::new();
    key(s, around, &mut all).await?;
    surroundings(around, &mut all);
    clock(&found, &mut all);
    prices(&wanted, &found, &mut all);
    currency(s.catalog(), &found, &mut all);
    endpoint(&wanted, &found, around, &mut all);
    portal(&found, &mut all);
    payouts(&found, around, &mut all);
    all.sort_by_key(|one| std::cmp::Reverse(one.severity));
    Ok(all)
}

fn broken(code: &'static str, what: impl Into<String>, means: &'static str, remedy: impl Into<String>) -> Diagnosis {
    Diagnosis { code, severity: Severity::Broken, what: what.into(), means, remedy: remedy.into() }
}

fn note(code: &'static str, what: impl Into<String>, means: &'static str, remedy: impl Into<String>) -> Diagnosis {
    Diagnosis { severity: Severity::Note, ..broken(code, what, means, remedy) }
}

/// A key of another account, or of the other mode, finds none of the customers that we know.
async fn key(s: &Services, around: &Surroundings, all: &mut Vec<Diagnosis>) -> Result<(), Error> {
    let customers = s.store().system().some_customers(SAMPLE).await?;
    let mut strangers = 0;
    for customer in &customers {
        strangers += usize::from(!s.payments().knows(customer).await?);
    }
    if strangers > 0 {
        let mode = if around.live_key { "live" } else { "test" };
        all.push(broken(
            "key-of-another-account",
            format!("{strangers} of {} customers in the database are not known under this {mode} key", customers.len()),
            "Nothing that was bought can be seen or changed: the database belongs to another account or to the other mode.",
            "Use the key of the account, and of the mode, that this database was made with, or another database.",
        ));
    }
    Ok(())
}

fn surroundings(around: &Surroundings, all: &mut Vec<Diagnosis>) {
    if around.production && !around.stripe {
        all.push(broken(
            "sandbox-in-production",
            "production asks a sandbox, not Stripe",
            "Nobody is charged anything, and everybody gets what they choose.",
            "Leave STRIPE_API_BASE out.",
        ));
    }
    if around.production && around.stripe && !around.live_key {
        all.push(broken(
            "test-key-in-production",
            "production has a test key",
            "Nobody is charged anything: test cards buy real plans.",
            "Set STRIPE_SECRET_KEY to the live key, and STRIPE_WEBHOOK_SECRET to that of the live endpoint.",
        ));
    }
    if !around.production && around.live_key {
        all.push(broken(
            "live-key-in-development",
            "development has a live key",
            "A try moves real money.",
            "Use a key that begins with sk_test_.",
        ));
    }
}

fn clock(found: &Found, all: &mut Vec<Diagnosis>) {
    let Some(theirs) = found.account.answered_at else { return };
    let ahead = found.now.since(theirs);
    let behind = theirs.since(found.now);
    let off = ahead.max(behind);
    if off > SKEW {
        let which = if ahead > behind { "ahead of" } else { "behind" };
        all.push(broken(
            "clock-skew",
            format!("this machine's clock is {} s {which} the provider's", off.as_secs()),
            "Webhooks are refused as too old or too young once it is five minutes off, and trials end at wrong times.",
            "Let the machine keep its time by NTP.",
        ));
    }
}

fn prices(wanted: &Wanted, found: &Found, all: &mut Vec<Diagnosis>) {
    let (mut missing, mut away) = (Vec::new(), Vec::new());
    for spec in &wanted.prices {
        let key = spec.lookup_key();
        match found.prices.iter().find(|price| price.lookup_key.as_ref() == Some(&key)) {
            None => missing.push(key),
            Some(price) if !plan::is_what_it_says(price, spec) => all.push(broken(
                "price-drifted",
                format!("{} has the lookup key {key}, but another amount, currency or interval", price.id),
                "This plan cannot be bought: Usher bills nothing else than what it shows.",
                "Take the lookup key away from that price in the dashboard, then run `usher stripe sync --apply`.",
            )),
            Some(price) if !price.active => away.push(key),
            Some(_) => {}
        }
    }
    for (code, keys, what) in [("price-missing", missing, "not there"), ("price-put-away", away, "put away")] {
        if !keys.is_empty() {
            all.push(broken(
                code,
                format!("{} prices of the catalogue are {what}: {}", keys.len(), keys.join(", ")),
                "What is missing is made at the first purchase, which takes longer; what was put away cannot be bought.",
                "Run `usher stripe sync --apply`.",
            ));
        }
    }
}

fn currency(catalog: &Catalog, found: &Found, all: &mut Vec<Diagnosis>) {
    let mut sold: Vec<String> = catalog
        .plans()
        .iter()
        .flat_map(|plan| plan.prices.iter().map(|price| price.currency.code().to_lowercase()))
        .collect();
    sold.sort_unstable();
    sold.dedup();
    let Some(own) = found.account.default_currency.as_ref().map(|own| own.to_lowercase()) else { return };
    if !sold.is_empty() && !sold.contains(&own) {
        all.push(note(
            "currency-mismatch",
            format!("the account counts in {own}, and everything is sold in {}", sold.join(", ")),
            "Each payment is converted, which costs a fee, unless a bank account in that currency is attached.",
            "Attach a bank account in the currency of the catalogue, or sell in the account's currency.",
        ));
    }
    for bank in found.account.banks.iter().flatten().filter(|bank| bank.default) {
        let paid_in = bank.currency.to_lowercase();
        if !sold.is_empty() && !sold.contains(&paid_in) {
            all.push(note(
                "payout-currency-mismatch",
                format!("money is paid out in {paid_in}, and everything is sold in {}", sold.join(", ")),
                "Each payout is converted, which costs a fee.",
                "Attach a bank account in the currency of the catalogue.",
            ));
        }
    }
}

fn endpoint(wanted: &Wanted, found: &Found, around: &Surroundings, all: &mut Vec<Diagnosis>) {
    const SYNC: &str = "Run `usher stripe sync --apply`.";
    let here: Vec<_> = found.endpoints.iter().filter(|there| there.url == wanted.endpoint).collect();
    let Some(there) =
        here.iter().find(|there| there.api_version.as_deref() == Some(&*found.api_version)).or(here.first())
    else {
        all.push(broken(
            "endpoint-missing",
            format!("no webhook endpoint leads to {}", wanted.endpoint),
            "Usher is told of nothing: renewals, failed payments and cancellations are seen an hour late.",
            "Run `usher stripe sync --apply`, and set STRIPE_WEBHOOK_SECRET to the secret that it shows.",
        ));
        return;
    };
    if !there.enabled {
        all.push(broken(
            "endpoint-disabled",
            format!("{} is switched off", there.id),
            "Usher is told of nothing.",
            SYNC,
        ));
    }
    if !plan::is_told_right(there) {
        all.push(broken(
            "endpoint-events",
            format!("{} is not told of exactly the events that are wanted", there.id),
            "What is missing is seen an hour late; what is too much is noise that hides what matters.",
            SYNC,
        ));
    }
    if there.api_version.as_deref() != Some(&*found.api_version) {
        let told = there.api_version.as_deref().unwrap_or("the account's own version");
        all.push(broken(
            "endpoint-version",
            format!("{} is told in {told}, and Usher speaks {}", there.id, found.api_version),
            "Fields of events may stand elsewhere, and what an event is about may not be found.",
            "Run `usher stripe sync --apply`, and set STRIPE_WEBHOOK_SECRET to the secret that it shows.",
        ));
    }
    if there.livemode != around.live_key {
        all.push(broken(
            "endpoint-mode",
            format!("{} is of the other mode than the key", there.id),
            "Every webhook is refused.",
            "Use key and signing secret of one mode.",
        ));
    }
}

fn portal(found: &Found, all: &mut Vec<Diagnosis>) {
    let means = "Customers could buy fewer seats than they have people, change plans without being shown what it costs, \
                 or not end what they pay for.";
    let Some(ours) = found.portals.iter().find(|portal| portal.ours) else {
        all.push(broken(
            "portal-missing",
            "there is no portal configuration of Usher's",
            means,
            "Run `usher stripe sync --apply`.",
        ));
        return;
    };
    if !ours.is_right() {
        all.push(broken(
            "portal-settings",
            format!("the portal configuration {} is not as Usher has made it", ours.id),
            means,
            "Run `usher stripe sync --apply`.",
        ));
    }
    for other in found.portals.iter().filter(|portal| portal.default && !portal.ours && portal.quantity) {
        all.push(note(
            "portal-default-changes-seats",
            format!("the default portal configuration {} lets customers change seats", other.id),
            "Links to the portal that are made in the dashboard would let customers buy fewer seats than they have people.",
            "Switch quantities off in the dashboard, Settings, Billing, Customer portal.",
        ));
    }
}

fn payouts(found: &Found, around: &Surroundings, all: &mut Vec<Diagnosis>) {
    let account = &found.account;
    if !account.charges_enabled {
        all.push(broken(
            "charges-disabled",
            format!("the account {} may not take money", account.id),
            "Nobody can buy anything.",
            "Finish the account's activation in the dashboard.",
        ));
    }
    if !account.payouts_enabled {
        all.push(broken(
            "payouts-disabled",
            format!("the account {} may not pay out", account.id),
            "Money is taken and stays at the provider.",
            "Finish the account's verification, and attach a bank account, in the dashboard.",
        ));
    }
    let Some(bank) = &around.payout_bank else { return };
    match &account.banks {
        None => all.push(note(
            "bank-hidden",
            "the bank that is paid out to cannot be seen with this key",
            "Whether it is the one in USHER_PAYOUT_BANK is not known.",
            "Look in the dashboard, Settings, Payouts.",
        )),
        Some(banks) => {
            let wanted = bank.to_lowercase();
            let is_it =
                |one: &payments::provider::Bank| one.last4 == wanted || one.name.to_lowercase().contains(&wanted);
            let to: Vec<_> = banks.iter().filter(|one| one.default).collect();
            let to = if to.is_empty() { banks.iter().collect() } else { to };
            if to.is_empty() || !to.iter().all(|one| is_it(one)) {
                let told: Vec<String> = to.iter().map(|one| format!("{} \u{2026}{}", one.name, one.last4)).collect();
                let told = if told.is_empty() { "nowhere".to_owned() } else { told.join(", ") };
                all.push(broken(
                    "payout-bank",
                    format!("money is paid out to {told}, and USHER_PAYOUT_BANK says {bank}"),
                    "Money may go to an account that is not yours any more, or never was.",
                    "Look who has changed it, and set it right in the dashboard, Settings, Payouts.",
                ));
            }
        }
    }
}
