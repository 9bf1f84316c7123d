//! Stripe behind the trait.
//!
//! Requests are built with async-stripe's types, so a field that Stripe does not know is not written, and are of the
//! API version that async-stripe pins. Answers are read with our own tolerant types (`stripe/objects.rs`).
//!
//! Every call here is one that can be sent twice: it has the caller's key, or it reads, or Stripe itself refuses the
//! second one in words that we understand (a product's id, a price's lookup key, a page that has expired).

mod backoff;
mod change;
mod client;
mod course;
mod invoice;
mod invoice_mapping;
mod invoice_objects;
mod mapping;
mod meters;
mod objects;
mod portal;
mod prices;
mod schedule;
mod seats;
mod shop;

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::Timestamp;
use domain::ids::OrgId;
use domain::plan::PriceSpec;
use domain::subscription::{
    ProviderCheckoutId, ProviderCustomerId, ProviderPriceId, ProviderSubscriptionId, SubscriptionStatus,
};
use reqwest::Url;
use stripe_billing::subscription::{
    CancelSubscription, ListSubscription, ListSubscriptionStatus, RetrieveSubscription,
};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionSubscriptionData,
    ExpireCheckoutSession, RetrieveCheckoutSession,
};
use stripe_client_core::{CustomizedStripeRequest, StripeClient, StripeRequest as _};
use stripe_core::customer::CreateCustomer;
use stripe_shared::CheckoutSessionMode;

use self::client::Client;
use self::mapping::meta;
use self::objects::{List, Named};
use self::portal::Portal;
use self::prices::Prices;
use crate::provider::{Checkout, CheckoutStatus, Fetched, IdempotencyKey, NewCheckout, NewCustomer, SeatChange};
use crate::{PaymentError, PaymentProvider, SecretKey};

/// Where Stripe is.
pub const STRIPE: &str = "https://api.stripe.com/";

/// How to reach Stripe, or what stands in for it.
#[derive(Clone, Debug)]
pub struct StripeConfig {
    /// The key.
    pub secret_key: SecretKey,
    /// [`STRIPE`], or the sandbox's address. A path, if any, is put before `v1`.
    pub api_base: String,
    /// How long one call may take in all, repeats and pauses included.
    pub timeout: Duration,
}

/// Why Stripe cannot be asked with this configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A key that moves real money, and an address that is not Stripe's.
    #[error("a live Stripe key is only ever sent to {STRIPE}; use a test key (sk_test_…) with another address")]
    LiveKeyElsewhere,
    /// No key, or one with characters that no key has.
    #[error("the Stripe key is empty or not a key; it begins with sk_test_, sk_live_ or rk_")]
    SecretKey,
    /// Not an address that can be asked.
    #[error("`{0}` is not an address for Stripe's API; write https://host/ (plain http only for this machine itself)")]
    Base(String),
    /// The HTTP client could not be made.
    #[error("no HTTP client for Stripe: {0}")]
    Http(String),
}

/// Stripe, or the sandbox, behind [`PaymentProvider`]. One for the process: it keeps its connections.
#[derive(Debug)]
pub struct Stripe {
    client: Client,
    prices: Prices,
    portal: Portal,
}

impl Stripe {
    /// Checks the configuration; asks nobody.
    pub fn new(config: StripeConfig) -> Result<Self, ConfigError> {
        let wrong = || ConfigError::Base(config.api_base.chars().take(100).collect());
        let mut base: Url = config.api_base.trim().parse().map_err(|_| wrong())?;
        if config.secret_key.expose().is_empty() {
            return Err(ConfigError::SecretKey);
        }
        if config.secret_key.is_live() && base.as_str() != STRIPE {
            return Err(ConfigError::LiveKeyElsewhere);
        }
        let host = base.host_str().ok_or_else(wrong)?.trim_matches(['[', ']']);
        let loopback = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        let plain = base.username().is_empty() && base.password().is_none() && base.query().is_none();
        let scheme = base.scheme() == "https" || (base.scheme() == "http" && loopback);
        if !plain || !scheme || base.fragment().is_some() {
            return Err(wrong());
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        Ok(Self { client: Client::new(&config, base, loopback)?, prices: Prices::default(), portal: Portal::default() })
    }

    /// How often Stripe was called since the start, repeats not counted.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.client.calls()
    }
}

/// For calls that the trait does not have: any of async-stripe's requests can be sent through it, with its strict types
/// for the answer. A request that is not a `GET` needs a key (`RequestStrategy::Idempotent`): it may be sent twice.
impl StripeClient for Stripe {
    type Err = PaymentError;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, PaymentError> {
        let (request, config) = request.into_pieces();
        let key = config.request_strategy.and_then(|strategy| strategy.get_key());
        self.client.send(request, key.as_ref().map(stripe_client_core::IdempotencyKey::as_str)).await
    }
}

fn of_org(org: OrgId) -> HashMap<String, String> {
    HashMap::from([(meta::ORG.to_owned(), org.to_string())])
}

/// One call brings the subscription, the card for people, and what is arranged for later with its prices.
fn whole() -> Vec<String> {
    vec!["default_payment_method".to_owned(), "schedule.phases.items.price".to_owned()]
}

#[async_trait]
impl PaymentProvider for Stripe {
    async fn create_customer(
        &self,
        key: &IdempotencyKey,
        new: &NewCustomer,
    ) -> Result<ProviderCustomerId, PaymentError> {
        let request = CreateCustomer::new().name(&*new.name).email(new.email.as_str()).metadata(of_org(new.org));
        let made: Named = self.client.call(request.build(), Some(&key.0)).await?;
        Ok(ProviderCustomerId(made.id))
    }

    async fn ensure_price(&self, spec: &PriceSpec) -> Result<ProviderPriceId, PaymentError> {
        self.prices.ensure(&self.client, spec).await
    }

    async fn open_checkout(&self, key: &IdempotencyKey, new: &NewCheckout) -> Result<Checkout, PaymentError> {
        let line = |line: &crate::provider::CheckoutLine| CreateCheckoutSessionLineItems {
            price: Some(line.price.0.clone()),
            quantity: Some(line.quantity.into()),
            ..CreateCheckoutSessionLineItems::new()
        };
        let counted = |price: &ProviderPriceId| CreateCheckoutSessionLineItems {
            price: Some(price.0.clone()),
            ..CreateCheckoutSessionLineItems::new()
        };
        let lines = new.lines.iter().map(line).chain(new.metered.iter().map(counted));
        let then = CreateCheckoutSessionSubscriptionData {
            metadata: Some(of_org(new.org)),
            trial_period_days: Some(new.trial_days).filter(|days| *days > 0),
            ..CreateCheckoutSessionSubscriptionData::new()
        };
        let request = CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Subscription)
            .customer(new.customer.as_str())
            .client_reference_id(new.org.to_string())
            .metadata(of_org(new.org))
            .subscription_data(then)
            .line_items(lines.collect::<Vec<_>>())
            .success_url(&*new.success_url)
            .cancel_url(&*new.cancel_url)
            .expires_at(new.expires_at.secs());
        let opened = self.client.call(request.build(), Some(&key.0)).await;
        if let Err(PaymentError::Refused { .. }) = opened {
            // Perhaps one of the prices was archived since; look them up again next time.
            self.prices.forget();
        }
        mapping::checkout(opened?)
    }

    async fn checkout(&self, id: &ProviderCheckoutId) -> Result<Checkout, PaymentError> {
        mapping::checkout(self.client.call(RetrieveCheckoutSession::new(id.as_str()).build(), None).await?)
    }

    async fn expire_checkout(&self, id: &ProviderCheckoutId) -> Result<Checkout, PaymentError> {
        match self.client.call(ExpireCheckoutSession::new(id.as_str()).build(), None).await {
            Ok(expired) => mapping::checkout(expired),
            // Stripe refuses to expire what is not open any more. The page itself says what it is.
            Err(refusal @ PaymentError::Refused { .. }) => match self.checkout(id).await? {
                Checkout { status: CheckoutStatus::Open, .. } => Err(refusal),
                settled => Ok(settled),
            },
            Err(unknown) => Err(unknown),
        }
    }

    async fn subscription(&self, id: &ProviderSubscriptionId, now: Timestamp) -> Result<Fetched, PaymentError> {
        let request = RetrieveSubscription::new(id.as_str()).expand(whole());
        mapping::fetched(self.client.call(request.build(), None).await?, now)
    }

    async fn subscriptions_of(
        &self,
        customer: &ProviderCustomerId,
        now: Timestamp,
    ) -> Result<Vec<Fetched>, PaymentError> {
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut request = ListSubscription::new()
                .customer(customer.as_str())
                .status(ListSubscriptionStatus::All)
                .limit(100_i64)
                .expand(vec!["data.default_payment_method".to_owned()]);
            if let Some(last) = after.take() {
                request = request.starting_after(last);
            }
            let page: List<objects::Subscription> = self.client.call(request.build(), None).await?;
            after = page.data.last().map(|last| last.id.clone());
            for one in page.data {
                // A list expands one level less, and the prices of an arrangement are beyond it.
                let arranged = one.schedule.is_some().then(|| ProviderSubscriptionId(one.id.clone()));
                all.push(match arranged {
                    Some(id) => self.subscription(&id, now).await?,
                    None => mapping::fetched(one, now)?,
                });
            }
            if !page.has_more || after.is_none() {
                return Ok(all);
            }
        }
    }

    async fn set_seats(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        change: &SeatChange,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        // A plain change would split the running phase, and then no second before the split could be told any more.
        if schedule::set_seats(&self.client, key, id, change, None).await? {
            return self.subscription(id, now).await;
        }
        let request = seats::request(id, change).expand(whole());
        mapping::fetched(self.client.call(request.build(), Some(&key.0)).await?, now)
    }

    async fn cancel_now(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        let request = CancelSubscription::new(id.as_str()).expand(whole());
        match self.client.call(request.build(), Some(&key.0)).await {
            Ok(ended) => mapping::fetched(ended, now),
            // What has ended cannot be ended again: the second of two attempts, or somebody at the dashboard was faster.
            Err(refusal @ PaymentError::Refused { .. }) => match self.subscription(id, now).await? {
                ended if ended.subscription.status == SubscriptionStatus::Canceled => Ok(ended),
                _ => Err(refusal),
            },
            Err(unknown) => Err(unknown),
        }
    }
}
