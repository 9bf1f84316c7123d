//! A life drawn by chance.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::ids::OrgId;
use sandbox::Fault;
use service::{Caller, Error, Services, Visit, work};
use store::{Effect, LeasedEffect, Visitor};
use testkit::World;

use crate::chance::Chance;
use crate::ledger::{Ours, Theirs};

/// How many things happen.
const LENGTH: usize = 44;

/// What happened, for whoever has to find out why it ended badly.
#[derive(Clone, Default)]
pub struct Story(Arc<Mutex<Vec<String>>>);

impl Story {
    pub fn tell(&self, line: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.into());
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().try_for_each(|line| writeln!(f, "    {line}"))
    }
}

/// One of the companies.
pub struct Company {
    pub slug: String,
    pub org: OrgId,
    pub owner: Caller,
    /// The most seats that were ever bought, or set at the provider.
    pub bought: u32,
    /// Subscriptions whose number somebody has lowered at the provider, and when the period began in which they did.
    pub lowered: Vec<(String, i64)>,
    /// Every payment page, with the seats that were asked for.
    pub pages: Vec<(String, u32)>,
    /// Those that were paid on.
    pub paid: Vec<String>,
    /// To whom an invitation was sent, as often as one was.
    pub written_to: Vec<String>,
    /// Every change that was agreed to.
    pub quotes: Vec<String>,
    /// Links that may still be good, with the address.
    pub invited: Vec<(String, String)>,
    /// Members besides the owner.
    pub people: Vec<Caller>,
}

/// The life.
pub struct Life {
    pub world: World,
    pub chance: Chance,
    pub companies: Vec<Company>,
    pub story: Story,
    /// Two at a time.
    pub nodes: Vec<Services>,
    /// Everybody with an account, but for the owners.
    pub accounts: Vec<Caller>,
    pub provider: reqwest::Client,
    started: u64,
}

impl Life {
    pub async fn begin(world: World, seed: u64, story: Story) -> Self {
        let nodes = vec![world.services.clone(), world.node(2).await];
        let provider = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut companies = Vec::new();
        for slug in ["acme", "birch"] {
            let owner = world.owner(&format!("owner@{slug}.test")).await;
            let slug = world.company(&owner, slug, slug).await;
            let visitor = Visitor { user: owner.user, visit: Visit::default() };
            let org = world.services.store().open(visitor, &slug).await.unwrap().org();
            companies.push(Company {
                slug: slug.to_string(),
                org,
                owner,
                bought: 0,
                lowered: Vec::new(),
                pages: Vec::new(),
                paid: Vec::new(),
                written_to: Vec::new(),
                quotes: Vec::new(),
                invited: Vec::new(),
                people: Vec::new(),
            });
        }
        let chance = Chance::new(seed);
        world.sandbox.control().limit(false);
        Self { world, chance, companies, story, nodes, accounts: Vec::new(), provider, started: 2 }
    }

    /// Lives it to its end.
    pub async fn live(mut self) {
        for _ in 0..LENGTH {
            let company = self.chance.below(self.companies.len());
            match self.chance.below(100) {
                0..11 => self.buy(company).await,
                11..13 => self.look_at_the_page(company).await,
                13..22 => self.invite(company).await,
                22..33 => self.join(company).await,
                33..38 => self.go(company).await,
                38..48 => self.change(company).await,
                48..56 => self.course(company).await,
                56..60 => self.another_card(company).await,
                60..65 => self.change_at_the_provider(company).await,
                65..72 => self.disturb_webhooks().await,
                72..76 => self.fail(),
                76..80 => self.die(company).await,
                80..88 => Box::pin(self.work(company)).await,
                _ => self.pass(company).await,
            }
        }
        if self.chance.percent(40) {
            self.world.sandbox.control().hold();
            for company in 0..self.companies.len() {
                self.change_at_the_provider(company).await;
                self.buy(company).await;
            }
            self.lose().await;
        }
        self.end().await;
    }

    pub fn node(&mut self) -> Services {
        self.chance.of(&self.nodes).unwrap()
    }

    pub fn tell(&self, company: usize, what: &str, came: impl fmt::Debug) {
        self.story.tell(format!("{}: {what}: {came:?}", self.companies[company].slug));
    }

    /// What somebody was told: a no is part of life, and that something is broken is not.
    pub fn told<T: fmt::Debug>(&self, company: usize, what: &str, came: Result<T, Error>) -> Option<T> {
        self.tell(company, what, &came);
        match came {
            Ok(done) => Some(done),
            Err(Error::Broken(error)) => panic!("{what}: {error:#}"),
            Err(_) => None,
        }
    }

    /// The provider, or the mailer, will not do what it is asked next.
    fn fail(&mut self) {
        let faults = [Fault::ErrorBefore, Fault::ErrorAfter, Fault::BusyBefore, Fault::BusyAfter];
        let fault = self.chance.of(&faults).unwrap();
        // Four is more than the adapter tries by itself.
        let times = if self.chance.percent(25) { 4 } else { 1 };
        self.world.sandbox.control().fail_next(times, fault);
        let away = self.chance.percent(30);
        self.world.letters.be_away(away);
        self.story.tell(format!("{times} times {fault:?}; the mailer is away: {away}"));
    }

    /// A worker dies with something in its hands: before it has begun, or after it was done and not ticked off. Or a
    /// whole node goes, and another one comes.
    async fn die(&mut self, company: usize) {
        const LEASE: Duration = Duration::from_mins(5);
        let node = self.node();
        let (system, now) = (node.store().system(), node.now());
        let done = self.chance.percent(50);
        let what = match self.chance.below(3) {
            0 => match system.lease_events("dead", 1, now, LEASE).await.unwrap().pop() {
                Some(event) => event.kind,
                None => return,
            },
            1 => match system.lease_effect(now, LEASE).await.unwrap() {
                Some(LeasedEffect { effect: Effect::SyncSeats, .. }) => "the billed seats".to_owned(),
                Some(_) => "a letter".to_owned(),
                None => return,
            },
            _ => {
                self.started += 1;
                let gone = 1;
                let fresh = self.world.node(self.started).await;
                std::mem::replace(&mut self.nodes[gone], fresh).store().close().await;
                return self.story.tell("a node is restarted");
            }
        };
        self.tell(company, &format!("a worker dies over {what}"), done);
        if done {
            self.sync(company, &node).await;
        }
        self.world.clock.advance(Duration::from_mins(6));
    }

    /// What the dead worker has done, or somebody else at the same time.
    async fn sync(&self, company: usize, node: &Services) {
        let org = self.companies[company].org;
        let Some(customer) = Ours::read(node, org, &[]).await.org.customer else { return };
        let Some(newest) = Theirs::all(&self.world, customer.as_str()).into_iter().next() else { return };
        let came =
            service::sync_subscription(node, org, &domain::subscription::ProviderSubscriptionId(newest.id)).await;
        self.tell(company, "its subscription is looked at", came);
    }

    /// Workers do some of what waits: one, both at once, or both while somebody looks at the subscription.
    async fn work(&mut self, company: usize) {
        let (one, two) = (self.nodes[0].clone(), self.nodes[1].clone());
        let (times, rush) = (1 + self.chance.below(8), self.chance.percent(40));
        let mut done = 0;
        for _ in 0..times {
            let (a, b) = if rush {
                let (a, b, ()) = tokio::join!(work::step(&one), work::step(&two), self.sync(company, &one));
                (a.unwrap(), b.unwrap())
            } else {
                (work::step(&self.node()).await.unwrap(), false)
            };
            done += usize::from(a) + usize::from(b);
            if !a && !b {
                break;
            }
        }
        self.story.tell(format!("{done} units of work, both nodes at once: {rush}"));
    }
}
