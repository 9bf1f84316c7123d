//! Our books, as the store has them, beside the provider's, as the sandbox has them.

use domain::billed::Billed;
use domain::ids::{OrgId, QuoteId};
use domain::plan::Part;
use domain::subscription::{Pause, ProviderInvoiceId, ProviderSubscriptionId};
use domain::{Interval, Invoice, Permission, Plan, Subscription, SubscriptionStatus, Timestamp};
use serde_json::Value;
use service::{Error, Services};
use store::{Books, CheckoutRecord, OrgRecord, Query, QuoteRecord, SeatEventRecord, SeatLine, TenantRead};
use testkit::World;

/// What we know of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    pub org: OrgRecord,
    /// The live subscription, else the newest.
    pub current: Option<Subscription>,
    /// Those that were asked for, as far as we know them.
    pub mirrors: Vec<Option<Subscription>>,
    pub members: u32,
    pub invitations: u32,
    pub open_page: Option<CheckoutRecord>,
    pub seat_change_waits: bool,
    /// The most members that there were at once.
    pub most: u32,
    /// The seats by every other book.
    pub books: Books,
    /// The history of seats, the latest first.
    pub moves: Vec<SeatEventRecord>,
    /// What is written down about the billed seats of the running period.
    pub billed: Option<Billed>,
    /// Invoices with an open case, and since when the oldest is owed.
    pub owed: Vec<Invoice>,
    pub owes_since: Option<Timestamp>,
}

impl Ours {
    pub async fn read(s: &Services, org: OrgId, subscriptions: &[String]) -> Self {
        let scope = s.store().system().act_for(org, "looking at it").await.unwrap();
        scope.read(Look(subscriptions.to_vec())).await.unwrap()
    }
}

struct Look(Vec<String>);

impl Query for Look {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Ours;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Ours, Error> {
        let mut mirrors = Vec::new();
        for id in self.0 {
            mirrors.push(tx.subscription_by_id(&ProviderSubscriptionId(id)).await?);
        }
        let current = tx.subscription().await?;
        let billed = match &current {
            Some(bought) => {
                let line = SeatLine { subscription: &bought.id, part: Part::PerSeat, from: bought.period.from };
                tx.billed(line, bought.quantity).await?
            }
            None => None,
        };
        let moves = tx.seat_events(Timestamp::from_secs(0), 10_000).await?;
        Ok(Ours {
            org: tx.organization().await?,
            current,
            mirrors,
            members: u32::try_from(tx.members().await?.iter().filter(|one| one.suspension.is_none()).count()).unwrap(),
            invitations: u32::try_from(tx.invitations().await?.len()).unwrap(),
            open_page: tx.open_checkout().await?,
            seat_change_waits: tx.seat_change_pending().await?,
            most: moves.iter().map(|moved| moved.seats.active).max().unwrap_or_default(),
            books: tx.books().await?,
            moves,
            billed,
            owed: tx.owed().await?,
            owes_since: tx.owes_since().await?,
        })
    }
}

/// What we know of money: these invoices, and these changes.
pub struct OurMoney {
    pub invoices: Vec<Option<Invoice>>,
    pub quotes: Vec<QuoteRecord>,
}

impl OurMoney {
    pub async fn read(s: &Services, org: OrgId, invoices: &[String], quotes: &[String]) -> Self {
        let scope = s.store().system().act_for(org, "looking at it").await.unwrap();
        scope.read(LookAtMoney { invoices: invoices.to_vec(), quotes: quotes.to_vec() }).await.unwrap()
    }
}

struct LookAtMoney {
    invoices: Vec<String>,
    quotes: Vec<String>,
}

impl Query for LookAtMoney {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = OurMoney;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<OurMoney, Error> {
        let (mut invoices, mut quotes) = (Vec::new(), Vec::new());
        for id in self.invoices {
            invoices.push(tx.invoice(&ProviderInvoiceId(id)).await?);
        }
        for id in self.quotes {
            let id: QuoteId = id.parse().unwrap();
            // One that nobody has agreed to is forgotten.
            quotes.extend(tx.quote(id).await?);
        }
        Ok(OurMoney { invoices, quotes })
    }
}

/// What the provider knows of a subscription, read from its JSON and not through the adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theirs {
    pub id: String,
    pub customer: String,
    pub status: SubscriptionStatus,
    pub plan: String,
    pub interval: Interval,
    /// 0 where seats are not billed.
    pub quantity: u32,
    pub period: (i64, i64),
    pub ends_at: Option<i64>,
    pub ended_at: Option<i64>,
    /// When something else is to begin.
    pub scheduled: Option<i64>,
    /// Until when a change waits for its payment.
    pub waiting: Option<i64>,
    /// What rests: `service`, `collection`, nothing.
    pub pause: Option<&'static str>,
}

impl Theirs {
    fn of(world: &World, object: &Value) -> Self {
        assert_eq!(object["items"]["data"].as_array().map(Vec::len), Some(1), "{object:#}");
        let item = &object["items"]["data"][0];
        let price = &item["price"]["metadata"];
        let by_seat = text(&price["usher_part"]) == "per_seat";
        let period = (item["current_period_start"].as_i64().unwrap(), item["current_period_end"].as_i64().unwrap());
        Self {
            id: text(&object["id"]),
            customer: text(&object["customer"]),
            status: text(&object["status"]).parse().unwrap(),
            plan: text(&price["usher_plan"]),
            interval: text(&price["usher_interval"]).parse().unwrap(),
            quantity: if by_seat { u32::try_from(item["quantity"].as_u64().unwrap()).unwrap() } else { 0 },
            period,
            ends_at: object["cancel_at"].as_i64(),
            ended_at: object["ended_at"].as_i64(),
            scheduled: object["schedule"].as_str().and_then(|id| next_phase(world, id)),
            waiting: object["pending_update"]["expires_at"].as_i64(),
            pause: match (&object["status"], &object["pause_collection"]) {
                (status, _) if status == "paused" => Some("service"),
                (_, collection) if collection.is_object() => Some("collection"),
                _ => None,
            },
        }
    }

    /// All of a customer, the newest first.
    pub fn all(world: &World, customer: &str) -> Vec<Self> {
        world.sandbox.control().subscriptions_of(customer).iter().map(|it| Self::of(world, it)).collect()
    }

    /// Our mirror in the same words.
    pub fn mirrored(ours: &Subscription) -> Self {
        Self {
            id: ours.id.0.clone(),
            customer: ours.customer.0.clone(),
            status: ours.status,
            plan: ours.plan.as_ref().unwrap().to_string(),
            interval: ours.interval.unwrap(),
            quantity: ours.quantity,
            period: (ours.period.from.secs(), ours.period.until.secs()),
            ends_at: ours.ends_at.map(Timestamp::secs),
            ended_at: ours.ended_at.map(Timestamp::secs),
            scheduled: ours.scheduled.as_ref().map(|next| next.at.secs()),
            waiting: ours.waiting.as_ref().map(|waiting| waiting.expires_at.secs()),
            pause: ours.pause.map(|pause| match pause {
                Pause::Service => "service",
                Pause::Collection { .. } => "collection",
            }),
        }
    }

    /// The plan in the catalogue.
    pub fn plan<'a>(&self, s: &'a Services) -> &'a Plan {
        s.catalog().plan(&self.plan.parse().unwrap()).unwrap()
    }

    pub fn bills_seats(&self) -> bool {
        self.status.is_live() && self.quantity > 0
    }
}

/// When the phase after the running one of a schedule begins.
fn next_phase(world: &World, schedule: &str) -> Option<i64> {
    let schedule = world.sandbox.control().object(schedule).unwrap();
    let running = schedule["current_phase"]["start_date"].as_i64()?;
    let starts = schedule["phases"].as_array().unwrap().iter().filter_map(|phase| phase["start_date"].as_i64());
    starts.filter(|start| *start > running).min()
}

/// The customers that were made for an organization.
pub fn customers_of(world: &World, org: OrgId) -> Vec<String> {
    let state = world.sandbox.control().snapshot().unwrap();
    let ours = |customer: &&Value| customer["metadata"]["usher_org"] == org.to_string();
    state["customers"].as_array().unwrap().iter().filter(ours).map(|customer| text(&customer["id"])).collect()
}

/// How many payment pages of a customer can be paid on.
pub fn open_pages_of(world: &World, customer: &str) -> usize {
    let state = world.sandbox.control().snapshot().unwrap();
    let pages = state["sessions"].as_array().unwrap();
    pages.iter().filter(|page| page["customer"] == customer && page["status"] == "open").count()
}

/// A text in the provider's words.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text and not {value}")).to_owned()
}
