//! The shop behind the till: shelves that can be looked at, and changed behind Usher's back.

use async_trait::async_trait;
use domain::Timestamp;
use domain::plan::Part as PricePart;
use domain::subscription::{ProviderCustomerId, ProviderPriceId, ProviderSubscriptionId};
use payments::PaymentError;
use payments::provider::{
    Account, Bank, Billed, Fetched, IdempotencyKey, Part, Shop, ShopChange, ShopChanged, ShopEndpoint, ShopMeter,
    ShopPortal, ShopPrice, ShopProduct,
};

use super::{Till, refused};

/// What stands in the shop.
pub struct Shelves {
    pub account: Account,
    pub products: Vec<ShopProduct>,
    pub prices: Vec<ShopPrice>,
    pub meters: Vec<ShopMeter>,
    pub portals: Vec<ShopPortal>,
    pub endpoints: Vec<ShopEndpoint>,
    /// Customers that are gone.
    pub unknown: Vec<ProviderCustomerId>,
    /// Events that could not be delivered, with their times.
    pub undelivered: Vec<(i64, Vec<u8>)>,
    /// What the latest invoice of a subscription bills, where it is not what the subscription says.
    pub billed: Vec<(ProviderSubscriptionId, u64)>,
    /// Each change, in order.
    pub changes: Vec<ShopChange>,
}

impl Default for Shelves {
    fn default() -> Self {
        let bank =
            Bank { name: "First Century Bank".into(), last4: "6789".into(), currency: "usd".into(), default: true };
        Self {
            account: Account {
                id: "acct_1".into(),
                charges_enabled: true,
                payouts_enabled: true,
                default_currency: Some("usd".into()),
                banks: Some(vec![bank]),
                answered_at: None,
            },
            products: Vec::new(),
            prices: Vec::new(),
            meters: Vec::new(),
            portals: Vec::new(),
            endpoints: Vec::new(),
            unknown: Vec::new(),
            undelivered: Vec::new(),
            billed: Vec::new(),
            changes: Vec::new(),
        }
    }
}

fn right_portal(id: String) -> ShopPortal {
    ShopPortal {
        id,
        ours: true,
        current: true,
        default: false,
        active: true,
        changes: false,
        quantity: false,
        cancels: true,
        cancel_mode: Some("at_period_end".into()),
        cards: true,
        invoices: true,
    }
}

fn find<T>(all: &mut [T], which: impl Fn(&T) -> bool) -> Result<&mut T, PaymentError> {
    all.iter_mut().find(|one| which(one)).ok_or_else(|| refused("resource_missing"))
}

impl Shelves {
    fn change(&mut self, change: &ShopChange) -> Result<ShopChanged, PaymentError> {
        self.changes.push(change.clone());
        let place = self.changes.len();
        match change {
            ShopChange::MakeProduct { id, name, description, .. } => self.products.push(ShopProduct {
                id: id.clone(),
                name: name.clone(),
                description: Some(description.clone()),
                active: true,
            }),
            ShopChange::NameProduct { id, name, description } => {
                let product = find(&mut self.products, |one| &one.id == id)?;
                product.name.clone_from(name);
                product.description = Some(description.clone());
                product.active = true;
            }
            ShopChange::MakePrice(spec) => self.prices.push(ShopPrice {
                id: ProviderPriceId(spec.lookup_key()),
                product: format!("usher_{}", spec.plan),
                lookup_key: Some(spec.lookup_key()),
                unit: Some(spec.unit.minor),
                currency: spec.unit.currency.code().to_owned(),
                interval: Some(spec.interval.as_str().to_owned()),
                interval_count: 1,
                active: true,
                livemode: false,
            }),
            ShopChange::SellPrice(id) => find(&mut self.prices, |one| &one.id == id)?.active = true,
            ShopChange::PutPriceAway(id) => find(&mut self.prices, |one| &one.id == id)?.active = false,
            ShopChange::MakeMeter { event_name, display_name, .. } => self.meters.push(ShopMeter {
                id: format!("mtr_{place}"),
                event_name: event_name.clone(),
                display_name: display_name.clone(),
                formula: "sum".into(),
                active: true,
            }),
            ShopChange::NameMeter { id, display_name } => {
                find(&mut self.meters, |one| &one.id == id)?.display_name.clone_from(display_name);
            }
            ShopChange::MakePortal { .. } => self.portals.push(right_portal(format!("bpc_{place}"))),
            ShopChange::SetPortal { id, .. } => {
                *find(&mut self.portals, |one| &one.id == id)? = right_portal(id.clone());
            }
            ShopChange::MakeEndpoint { url } => {
                self.endpoints.push(ShopEndpoint {
                    id: format!("we_{place}"),
                    url: url.clone(),
                    events: payments::event::KINDS.map(str::to_owned).to_vec(),
                    api_version: Some("2026-09-30.endive".into()),
                    enabled: true,
                    livemode: false,
                });
                return Ok(ShopChanged { secret: Some("whsec_new".into()) });
            }
            ShopChange::SetEndpoint { id } => {
                let endpoint = find(&mut self.endpoints, |one| &one.id == id)?;
                endpoint.events = payments::event::KINDS.map(str::to_owned).to_vec();
                endpoint.enabled = true;
            }
            ShopChange::SwitchEndpointOff { id } => find(&mut self.endpoints, |one| &one.id == id)?.enabled = false,
        }
        Ok(ShopChanged::default())
    }
}

#[async_trait]
impl Shop for Till {
    fn api_version(&self) -> &'static str {
        "2026-09-30.endive"
    }

    async fn account(&self) -> Result<Account, PaymentError> {
        self.ask(|inside| Ok(inside.shelves.account.clone())).await
    }

    async fn products(&self) -> Result<Vec<ShopProduct>, PaymentError> {
        self.ask(|inside| Ok(inside.shelves.products.clone())).await
    }

    async fn prices(&self) -> Result<Vec<ShopPrice>, PaymentError> {
        self.ask(|inside| Ok(inside.shelves.prices.clone())).await
    }

    async fn meters(&self) -> Result<Vec<ShopMeter>, PaymentError> {
        self.ask(|inside| Ok(inside.shelves.meters.clone())).await
    }

    async fn portals(&self) -> Result<Vec<ShopPortal>, PaymentError> {
        self.ask(|inside| Ok(inside.shelves.portals.clone())).await
    }

    async fn endpoints(&self) -> Result<Vec<ShopEndpoint>, PaymentError> {
        self.ask(|inside| Ok(inside.shelves.endpoints.clone())).await
    }

    async fn knows(&self, customer: &ProviderCustomerId) -> Result<bool, PaymentError> {
        self.ask(|inside| Ok(inside.customers.contains(customer) && !inside.shelves.unknown.contains(customer))).await
    }

    async fn change_shop(&self, _key: &IdempotencyKey, change: &ShopChange) -> Result<ShopChanged, PaymentError> {
        self.ask(|inside| inside.shelves.change(change)).await
    }

    async fn all_subscriptions(
        &self,
        after: Option<&str>,
        now: Timestamp,
    ) -> Result<Part<(Fetched, Vec<ProviderPriceId>)>, PaymentError> {
        // Two at a time, so that every test with three walks through parts.
        self.ask(|inside| {
            let all: Vec<&Fetched> = inside.subscriptions.iter().rev().collect();
            let from = after.map_or(0, |last| {
                all.iter().position(|found| found.subscription.id.as_str() == last).map_or(0, |place| place + 1)
            });
            let items: Vec<_> = all
                .iter()
                .skip(from)
                .take(2)
                .map(|found| {
                    let mut found = (*found).clone();
                    found.subscription.fetched_at = now;
                    (found, inside.paid_prices.clone())
                })
                .collect();
            let next = items.last().filter(|_| from + items.len() < all.len());
            Ok(Part { next: next.map(|(found, _)| found.subscription.id.0.clone()), items })
        })
        .await
    }

    async fn billed(&self, id: &ProviderSubscriptionId, _from: Timestamp) -> Result<Option<Billed>, PaymentError> {
        self.ask(|inside| {
            let other = inside.shelves.billed.iter().find(|(of, _)| of == id).map(|(_, quantity)| *quantity);
            let bought = &inside.find(id)?.subscription;
            let of_seats = bought.lines.iter().filter(|line| line.part == Some(PricePart::PerSeat));
            let lines = of_seats.map(|line| (line.price.clone(), other.unwrap_or(line.quantity.into()))).collect();
            Ok(Some(Billed { invoice: "in_1".into(), reason: Some("subscription_create".into()), lines }))
        })
        .await
    }

    async fn undelivered(&self, since: Timestamp, _after: Option<&str>) -> Result<Part<Vec<u8>>, PaymentError> {
        self.ask(|inside| {
            let young = inside.shelves.undelivered.iter().filter(|(at, _)| *at >= since.secs());
            Ok(Part { items: young.map(|(_, raw)| raw.clone()).collect(), next: None })
        })
        .await
    }
}
