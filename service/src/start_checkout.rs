//! Buying a plan.

use std::time::Duration;

use data_encoding::HEXLOWER;
use domain::access::Deed;
use domain::email::OtherDomain;
use domain::ids::OutboxId;
use domain::rollout::{Gate, Stance};
use domain::subscription::ProviderCustomerId;
use domain::{Currency, Interval, Permission, Plan, PlanKey};
use payments::provider::{CheckoutStatus, IdempotencyKey, NewCustomer};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{CheckoutRecord, Command, Effect, StartCheckout as Started, TenantScope, TenantTx};

use crate::checkout::{Found, LookForCheckout};
use crate::{Caller, Error, Services, checkout, door, refusal, sync_subscription};

/// How often a page that stands in the way is closed before somebody else is given the way.
const ROUNDS: usize = 5;
/// A page that nobody has opened yet must still have so much time when it is.
const SHORTEST: Duration = Duration::from_mins(31);

/// What the form says.
#[derive(Clone, Debug)]
pub struct StartCheckout {
    /// The key of the plan.
    pub plan: String,
    /// `month` or `year`.
    pub interval: String,
    /// In what, where the plan is sold in several currencies; who has bought before pays in the same again.
    pub currency: Option<String>,
    /// How many seats; of no meaning where the plan has no price for each.
    pub seats: u32,
}

/// Opens the payment page and says where it is.
///
/// However many ask at once, from any number of nodes, an organization gets one customer at the provider and has at
/// most one open page. Who asks for the same again gets the page that is open; who asks for something else has it
/// closed first. Nothing is bought before somebody pays on the page.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `seats` or `currency`, and [`Error::Refused`] with
/// `plan-unknown`, `plan-free`, `plan-on-request`, `no-such-price`, `currency-fixed`, `no-company-domain`, `plan-too-small`,
/// `already-subscribed` or `payments-away`.
pub async fn start_checkout(s: &Services, caller: &Caller, slug: &str, input: StartCheckout) -> Result<String, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let _turn = s.turns().take(scope.org()).await;

    let found = scope.read(LookForCheckout).await?;
    let wish = Wish::check(s, &input, &found, caller)?;
    let customer = match &found.org.customer {
        Some(customer) => {
            already_bought(s, &scope, customer).await?;
            customer.clone()
        }
        None => make_customer(s, &scope, &found).await?,
    };
    // Released in any case: whatever was said about this customer before we knew it can be understood now.
    s.store().system().requeue_parked(&customer).await?;

    for _ in 0..ROUNDS {
        let row = match scope.execute(Begin { s, wish: &wish }, s.now()).await? {
            Begun::Started(row) => return url(checkout::open(s, &scope, &row).await?),
            Begun::AlreadyOpen(row) => row,
        };
        if wish.is_what(&row)
            && let Some(url) = revisit(s, &scope, &row).await?
        {
            return Ok(url);
        }
        // Somebody has paid on it. What they bought may be over again by now: then the way is free.
        if checkout::abandon(s, &scope, &row).await? == CheckoutStatus::Complete && bought_something(&scope).await? {
            return Err(Error::Refused(refusal::already_subscribed(s.catalog().plan(&row.plan))));
        }
    }
    Err(Error::Busy)
}

/// Whether the organization has a live subscription, as the mirror knows it now.
async fn bought_something(scope: &TenantScope) -> Result<bool, Error> {
    Ok(scope.read(LookForCheckout).await?.subscription.is_some_and(|bought| bought.status.is_live()))
}

/// Something that can be bought by this organization now.
struct Wish {
    plan: PlanKey,
    interval: Interval,
    currency: Currency,
    seats: u32,
}

impl Wish {
    fn check(s: &Services, input: &StartCheckout, found: &Found, caller: &Caller) -> Result<Self, Error> {
        let refused = |why| Err(Error::Refused(why));
        if s.store().rollout().stance(Gate::Plans, found.org.created_at) == Stance::Off {
            return refused(refusal::not_selling());
        }
        let key: Option<PlanKey> = input.plan.parse().ok();
        let Some(plan) = key.and_then(|key| s.catalog().plan(&key)) else { return refused(refusal::plan_unknown()) };
        let sold = match plan.visibility {
            domain::plan::Visibility::Public | domain::plan::Visibility::Hidden => true,
            domain::plan::Visibility::Legacy => false,
        };
        if !sold {
            return refused(refusal::plan_unknown());
        }
        if plan.custom_price && !plan.is_sold() {
            return refused(refusal::plan_on_request(plan));
        }
        if plan.is_free() {
            return refused(refusal::plan_free(plan));
        }
        let interval: Option<Interval> = input.interval.parse().ok();
        let Some(interval) = interval.filter(|interval| plan.offer(*interval, None).is_some()) else {
            return refused(refusal::no_such_price(plan));
        };
        if let Some(bought) = found.subscription.as_ref().filter(|bought| bought.status.is_live()) {
            let plan = bought.plan.as_ref().and_then(|key| s.catalog().plan(key));
            return refused(refusal::already_subscribed(plan));
        }
        let currency = currency(plan, interval, found, input.currency.as_deref())?;
        let Some(price) = plan.offer(interval, currency) else { return refused(refusal::no_such_price(plan)) };
        if plan.same_domain && !found.has_domain {
            return Err(Error::refused(OtherDomain { theirs: caller.email.domain().clone(), ours: Vec::new() }));
        }
        let seats = if price.per_seat.is_some() {
            seats(plan, found, input.seats)?
        } else if plan.seats.limit().cap().is_some_and(|cap| found.org.seats.held() > cap) {
            return refused(refusal::plan_too_small(plan, found.org.seats.held()));
        } else {
            1
        };
        Ok(Self { plan: plan.key.clone(), interval, currency: price.currency, seats })
    }

    fn is_what(&self, row: &CheckoutRecord) -> bool {
        (&self.plan, self.interval, self.currency, self.seats) == (&row.plan, row.interval, row.currency, row.seats)
    }
}

/// What is paid in: what was paid in before, because the provider keeps one currency for a customer; else what is asked
/// for; `None` leaves it to the plan.
fn currency(plan: &Plan, interval: Interval, found: &Found, asked: Option<&str>) -> Result<Option<Currency>, Error> {
    let asked = match asked.map(str::trim).filter(|asked| !asked.is_empty()) {
        None => None,
        Some(code) => {
            let code = code.parse().ok().filter(|code| plan.price(interval, *code).is_some());
            Some(code.ok_or_else(|| Error::invalid("currency", refusal::other_currency(plan, interval)))?)
        }
    };
    let Some(before) = found.subscription.as_ref().map(|bought| bought.currency) else { return Ok(asked) };
    if asked.is_some_and(|asked| asked != before) || plan.price(interval, before).is_none() {
        return Err(Error::Refused(refusal::currency_fixed(plan, interval, before)));
    }
    Ok(Some(before))
}

/// As many as wanted, if so many are on sale.
fn seats(plan: &Plan, found: &Found, wanted: u32) -> Result<u32, Error> {
    let held = found.org.seats;
    let Some(on_sale) = plan.seats.on_sale(held) else {
        return Err(Error::Refused(refusal::plan_too_small(plan, held.held())));
    };
    if on_sale.contains(&wanted) {
        Ok(wanted)
    } else {
        Err(Error::invalid("seats", refusal::seats_out_of_range(&on_sale)))
    }
}

/// The one customer of the organization. The key is the organization with what is said about it: two who make it at
/// once make the same, and a try whose answer was lost is not refused because the first owner has changed since. (The
/// customer of the lost answer then stays empty at the provider; the first one that is stored is the organization's.)
async fn make_customer(s: &Services, scope: &TenantScope, found: &Found) -> Result<ProviderCustomerId, Error> {
    let new = NewCustomer { org: scope.org(), name: found.org.name.clone(), email: found.first_owner.clone() };
    let said = Sha256::digest(format!("{}\n{}", new.name, new.email));
    let key = IdempotencyKey(format!("customer-{}-{}", scope.org(), HEXLOWER.encode(&said[..8])));
    let made = s.payments().create_customer(&key, &new).await?;
    scope.execute(SetCustomer { s, customer: made }, s.now()).await
}

/// The provider may know of a purchase that has not reached the mirror yet.
async fn already_bought(s: &Services, scope: &TenantScope, customer: &ProviderCustomerId) -> Result<(), Error> {
    let known = s.payments().subscriptions_of(customer, s.now()).await?;
    let Some(live) = known.into_iter().map(|fetched| fetched.subscription).find(|bought| bought.status.is_live())
    else {
        return Ok(());
    };
    sync_subscription(s, scope.org(), &live.id).await?;
    let plan = live.plan.as_ref().and_then(|key| s.catalog().plan(key));
    Err(Error::Refused(refusal::already_subscribed(plan)))
}

/// The page of this row, if it can be paid on.
async fn revisit(s: &Services, scope: &TenantScope, row: &CheckoutRecord) -> Result<Option<String>, Error> {
    let Some(id) = &row.provider_id else {
        let in_time = row.expires_at >= s.billing_now().plus(SHORTEST);
        return if in_time { url(checkout::open(s, scope, row).await?).map(Some) } else { Ok(None) };
    };
    match s.payments().checkout(id).await {
        Ok(page) if page.status == CheckoutStatus::Open => Ok(page.url),
        Ok(_) => Ok(None),
        Err(error) if checkout::is_missing(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn url(page: payments::provider::Checkout) -> Result<String, Error> {
    page.url.ok_or_else(|| Error::Broken(anyhow::anyhow!("payment page {} has no address", page.id)))
}

struct SetCustomer<'a> {
    s: &'a Services,
    customer: ProviderCustomerId,
}

impl Command for SetCustomer<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ProviderCustomerId;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<ProviderCustomerId, Error> {
        let before = tx.organization().await?.customer;
        let stored = tx.set_customer(&self.customer).await?;
        if before.is_none() && stored == self.customer {
            door::audit(self.s, tx, "customer.created", &stored, None, Some(json!({ "customer": stored }))).await?;
            // What was said before there was anybody to tell it to.
            if tx.billing_details().await?.is_some() || !tx.billing_contacts().await?.is_empty() {
                tx.enqueue(self.s.id(OutboxId::new), &Effect::BillingDetails).await?;
            }
        }
        Ok(stored)
    }
}

enum Begun {
    Started(CheckoutRecord),
    AlreadyOpen(CheckoutRecord),
}

struct Begin<'a> {
    s: &'a Services,
    wish: &'a Wish,
}

impl Command for Begin<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = Begun;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<Begun, Error> {
        let Self { s, wish: Wish { plan, interval, currency, seats } } = self;
        // Again, in the transaction: the webhook of a page that was just paid may have come in between.
        if let Some(bought) = tx.subscription().await?.filter(|bought| bought.status.is_live()) {
            let plan = bought.plan.as_ref().and_then(|key| s.catalog().plan(key));
            return Err(Error::Refused(refusal::already_subscribed(plan)));
        }
        let key = format!("checkout-{}", HEXLOWER.encode(&s.chance::<16>()));
        let expires_at = checkout::expires_at(s);
        match tx.start_checkout(&key, plan, *interval, *currency, *seats, expires_at).await? {
            Started::AlreadyOpen(row) => Ok(Begun::AlreadyOpen(row)),
            Started::Started => {
                let after = json!({ "plan": plan, "interval": interval, "currency": currency, "seats": seats });
                door::audit(s, tx, "checkout.started", &key, None, Some(after)).await?;
                Ok(Begun::Started(CheckoutRecord {
                    key,
                    plan: plan.clone(),
                    interval: *interval,
                    currency: *currency,
                    seats: *seats,
                    provider_id: None,
                    url: None,
                    expires_at,
                    started_at: tx.now(),
                }))
            }
        }
    }
}
