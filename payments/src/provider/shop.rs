//! The shop at the provider: what stands there for the catalogue, who is told of what happens, and who gets the money.
//!
//! `usher stripe sync` brings it in order, `usher stripe doctor` looks whether it is, and reconciliation walks through
//! what was bought in it.

use async_trait::async_trait;
use domain::Timestamp;
use domain::plan::{Aggregation, PriceSpec};
use domain::subscription::{ProviderCustomerId, ProviderPriceId, ProviderSubscriptionId};

use super::{Fetched, IdempotencyKey, PaymentError};

/// Whose key it is, and where the money goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The provider's name for it.
    pub id: String,
    /// Whether it may take money.
    pub charges_enabled: bool,
    /// Whether it may send money on.
    pub payouts_enabled: bool,
    /// In what it counts by itself.
    pub default_currency: Option<String>,
    /// The banks that it pays out to; `None` when the key may not see them.
    pub banks: Option<Vec<Bank>>,
    /// When the provider answered, by its own clock, if it said so.
    pub answered_at: Option<Timestamp>,
}

/// A bank that money is paid out to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bank {
    /// Its name.
    pub name: String,
    /// The last four digits of the account.
    pub last4: String,
    /// In what.
    pub currency: String,
    /// Whether it is the one for its currency.
    pub default: bool,
}

/// A plan as it stands at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopProduct {
    /// The provider's name for it.
    pub id: String,
    /// For people.
    pub name: String,
    /// One sentence.
    pub description: Option<String>,
    /// Whether it can be sold.
    pub active: bool,
}

/// A price as it stands at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopPrice {
    /// The provider's name for it.
    pub id: ProviderPriceId,
    /// Of which product.
    pub product: String,
    /// How it is found again.
    pub lookup_key: Option<String>,
    /// For one, in minor units; `None` for tiers.
    pub unit: Option<i64>,
    /// In what, as the provider writes it.
    pub currency: String,
    /// How often, as the provider writes it: `month`.
    pub interval: Option<String>,
    /// Of so many intervals.
    pub interval_count: u64,
    /// Whether it can be sold.
    pub active: bool,
    /// Real money.
    pub livemode: bool,
}

/// A meter as it stands at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopMeter {
    /// The provider's name for it.
    pub id: String,
    /// The name that usage is told under.
    pub event_name: String,
    /// For people.
    pub display_name: String,
    /// How it adds up, as the provider writes it.
    pub formula: String,
    /// Whether it takes usage.
    pub active: bool,
}

/// What customers can do at the provider's own pages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the provider's page")]
pub struct ShopPortal {
    /// The provider's name for it.
    pub id: String,
    /// Whether it is the one that Usher has made.
    pub ours: bool,
    /// Whether it was made, or last set, as this version of Usher does it.
    pub current: bool,
    /// Whether it is used when none is named.
    pub default: bool,
    /// Whether it can be used.
    pub active: bool,
    /// Whether subscriptions can be changed there at all.
    pub changes: bool,
    /// Whether the number of seats can be changed there.
    pub quantity: bool,
    /// Whether subscriptions can be ended there.
    pub cancels: bool,
    /// When they end then, as the provider writes it: `at_period_end`.
    pub cancel_mode: Option<String>,
    /// Whether cards can be changed there.
    pub cards: bool,
    /// Whether invoices can be seen there.
    pub invoices: bool,
}

impl ShopPortal {
    /// Whether it lets customers do what Usher leaves to it, and nothing that Usher has to know before.
    #[must_use]
    pub fn is_right(&self) -> bool {
        let cancels = self.cancels && self.cancel_mode.as_deref() == Some("at_period_end");
        self.active && self.current && !self.changes && !self.quantity && cancels && self.cards && self.invoices
    }
}

/// Who is told of what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopEndpoint {
    /// The provider's name for it.
    pub id: String,
    /// Where.
    pub url: String,
    /// Of which events.
    pub events: Vec<String>,
    /// In which version of the API; `None`: the account's own.
    pub api_version: Option<String>,
    /// Whether it is told now.
    pub enabled: bool,
    /// Real money.
    pub livemode: bool,
}

/// A change to the shop. None edits a price, and none takes anything away that somebody pays for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShopChange {
    /// Makes the product of a plan.
    MakeProduct {
        /// Its id, which we choose.
        id: String,
        /// The plan's key.
        plan: String,
        /// For people.
        name: String,
        /// One sentence.
        description: String,
    },
    /// Names it anew, and sells it again if it was put away.
    NameProduct {
        /// Which.
        id: String,
        /// For people.
        name: String,
        /// One sentence.
        description: String,
    },
    /// Makes a price.
    MakePrice(PriceSpec),
    /// Sells a price again that was put away.
    SellPrice(ProviderPriceId),
    /// Puts a price away that nobody pays: who has bought at it would keep it, and nobody has.
    PutPriceAway(ProviderPriceId),
    /// Makes a meter.
    MakeMeter {
        /// The name that usage is told under.
        event_name: String,
        /// For people.
        display_name: String,
        /// How it adds up.
        aggregation: Aggregation,
    },
    /// Names a meter anew.
    NameMeter {
        /// Which.
        id: String,
        /// For people.
        display_name: String,
    },
    /// Makes the portal as it must be.
    MakePortal {
        /// Where its way back leads.
        return_url: String,
    },
    /// Sets the portal as it must be.
    SetPortal {
        /// Which.
        id: String,
        /// Where its way back leads.
        return_url: String,
    },
    /// Makes the endpoint, for the events that are wanted and in the version that is spoken.
    MakeEndpoint {
        /// Where.
        url: String,
    },
    /// Sets its events, and switches it on.
    SetEndpoint {
        /// Which.
        id: String,
    },
    /// Switches an endpoint off that is told in another version; one in the right version takes its place.
    SwitchEndpointOff {
        /// Which.
        id: String,
    },
}

/// What came of a change.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ShopChanged {
    /// The signing secret of an endpoint that was made. It is said this once.
    pub secret: Option<String>,
}

impl std::fmt::Debug for ShopChanged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShopChanged").field("secret", &self.secret.as_ref().map(|_| "…")).finish()
    }
}

/// Some of a long list, and after what the next part begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<T> {
    /// Some.
    pub items: Vec<T>,
    /// Where the next part begins; `None`: this was the last.
    pub next: Option<String>,
}

/// What the invoice of a subscription's period bills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Billed {
    /// The provider's name for it.
    pub invoice: String,
    /// Why it was written, as the provider says: `subscription_cycle`.
    pub reason: Option<String>,
    /// Its lines for the whole period: of which price, and how many. Corrections within a period are not among them.
    pub lines: Vec<(ProviderPriceId, u64)>,
}

/// The shop.
#[async_trait]
pub trait Shop: Send + Sync {
    /// In which version of its interface it is spoken with.
    fn api_version(&self) -> &str;

    /// Whose key it is.
    async fn account(&self) -> Result<Account, PaymentError>;

    /// All products that Usher has made.
    async fn products(&self) -> Result<Vec<ShopProduct>, PaymentError>;

    /// All prices that Usher has made, put away or not.
    async fn prices(&self) -> Result<Vec<ShopPrice>, PaymentError>;

    /// All meters.
    async fn meters(&self) -> Result<Vec<ShopMeter>, PaymentError>;

    /// All portal configurations.
    async fn portals(&self) -> Result<Vec<ShopPortal>, PaymentError>;

    /// All webhook endpoints.
    async fn endpoints(&self) -> Result<Vec<ShopEndpoint>, PaymentError>;

    /// Whether the provider knows this customer: not the key of another account, or of the other mode.
    async fn knows(&self, customer: &ProviderCustomerId) -> Result<bool, PaymentError>;

    /// Changes it. The same key with the same change has one effect.
    async fn change_shop(&self, key: &IdempotencyKey, change: &ShopChange) -> Result<ShopChanged, PaymentError>;

    /// All subscriptions of everybody, ended ones too, the newest first, by parts.
    async fn all_subscriptions(
        &self,
        after: Option<&str>,
        now: Timestamp,
    ) -> Result<Part<(Fetched, Vec<ProviderPriceId>)>, PaymentError>;

    /// What is billed for the whole of the subscription's period that began at `from`, if something is. Who changes the
    /// interval begins a period with the change.
    async fn billed(&self, id: &ProviderSubscriptionId, from: Timestamp) -> Result<Option<Billed>, PaymentError>;

    /// Events since then that could not be delivered, as they would have come, by parts.
    async fn undelivered(&self, since: Timestamp, after: Option<&str>) -> Result<Part<Vec<u8>>, PaymentError>;
}
