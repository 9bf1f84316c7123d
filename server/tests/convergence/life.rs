//! A life drawn by chance.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::ids::OrgId;
use sandbox::Fault;
use service::{Caller, Invite, Services, StartCheckout, Visit, work};
use store::{Effect, LeasedEffect, Visitor};
use testkit::{PASSWORD, World};

use crate::chance::Chance;
use crate::ledger::{Ours, Theirs};

/// How many things happen.
const LENGTH: usize = 36;
/// As long as payment pages are opened, the world's clock may not be further ahead of the machine's, by which the
/// sandbox goes: a page closes 23 hours after it is opened here and at most 24 hours after that there.
const MOST_AHEAD: Duration = Duration::from_mins(50);
/// What can be bought: plan and interval.
const WISHES: [(&str, &str); 5] =
    [("all_access", "year"), ("premium", "month"), ("premium", "year"), ("team", "month"), ("team", "year")];
const ROLES: [&str; 3] = ["member", "viewer", "admin"];

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
    /// Every payment page, with the seats that were asked for.
    pub pages: Vec<(String, u32)>,
    /// Those that were paid on.
    pub paid: Vec<String>,
    /// To whom an invitation was sent, as often as one was.
    pub written_to: Vec<String>,
    /// Links that may still be good, with the address.
    invited: Vec<(String, String)>,
    /// Members besides the owner.
    people: Vec<Caller>,
}

/// The life.
pub struct Life {
    pub world: World,
    pub chance: Chance,
    pub companies: Vec<Company>,
    pub story: Story,
    /// Two at a time.
    pub nodes: Vec<Services>,
    /// Webhooks were lost for good.
    pub lost: bool,
    /// Everybody with an account, but for the owners.
    accounts: Vec<Caller>,
    started: u64,
    ahead: Duration,
    provider: reqwest::Client,
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
                pages: Vec::new(),
                paid: Vec::new(),
                written_to: Vec::new(),
                invited: Vec::new(),
                people: Vec::new(),
            });
        }
        let chance = Chance::new(seed);
        Self {
            world,
            chance,
            companies,
            story,
            nodes,
            lost: false,
            accounts: Vec::new(),
            started: 2,
            ahead: Duration::ZERO,
            provider,
        }
    }

    /// Lives it to its end.
    pub async fn live(mut self) {
        for _ in 0..LENGTH {
            let company = self.chance.below(self.companies.len());
            match self.chance.below(100) {
                0..14 => self.buy(company).await,
                14..18 => self.look_at_the_page(company).await,
                18..30 => self.invite(company).await,
                30..44 => self.join(company).await,
                44..51 => self.go(company).await,
                51..61 => self.change_at_the_provider(company).await,
                61..72 => self.disturb_webhooks().await,
                72..78 => self.fail(),
                78..84 => self.die(company).await,
                84..96 => Box::pin(self.work(company)).await,
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

    /// Nobody hears of what was held back, until somebody asks.
    async fn lose(&mut self) {
        self.world.deliver().await;
        let control = self.world.sandbox.control();
        let lost = control.events().iter().filter(|event| !event.delivered).count();
        control.lose_pending();
        self.lost |= lost > 0;
        self.story.tell(format!("{lost} webhooks are lost"));
    }

    pub fn node(&mut self) -> Services {
        self.chance.of(&self.nodes).unwrap()
    }

    fn tell(&self, company: usize, what: &str, came: impl fmt::Debug) {
        self.story.tell(format!("{}: {what}: {came:?}", self.companies[company].slug));
    }

    /// Opens a payment page, unless it is refused, and most often pays on it.
    async fn buy(&mut self, company: usize) {
        let (node, wish) = (self.node(), self.chance.of(&WISHES).unwrap());
        let Company { slug, owner, org, .. } = &self.companies[company];
        let members = Ours::read(&node, *org, &[]).await.members;
        let seats = members + u32::try_from(self.chance.below(3)).unwrap();
        let wanted = StartCheckout { plan: wish.0.to_owned(), interval: wish.1.to_owned(), seats, currency: None };
        let url = service::start_checkout(&node, owner, slug, wanted).await;
        self.tell(company, &format!("wants {wish:?} for {seats}"), &url);
        if url.is_err() && self.chance.percent(70) {
            return;
        }
        if let Ok(url) = url {
            let page = url.rsplit('/').next().unwrap().to_owned();
            let pages = &mut self.companies[company].pages;
            pages.retain(|(known, _)| *known != page);
            pages.push((page, seats));
        }
        // Now and then on a page from before, which must be closed then or be the same one.
        let pages = &self.companies[company].pages;
        let page = if self.chance.percent(85) { pages.last().cloned() } else { self.chance.of(pages) };
        let Some((page, seats)) = page else { return };
        let card = match self.chance.below(10) {
            0 => "4000 0000 0000 0002",
            1 => "4000 0000 0000 9995",
            2 => "4000 0027 6000 3184",
            // Walks away and leaves it open.
            3 => return,
            4 => {
                let node = self.node();
                let Company { slug, owner, .. } = &self.companies[company];
                let came = service::abandon_checkout(&node, owner, slug).await;
                return self.tell(company, "goes back from the page", came);
            }
            _ => "4242 4242 4242 4242",
        };
        let paid = self.world.sandbox.control().pay(&page, card).await;
        let paid = paid.map_err(|no| no.to_string()).flatten();
        self.tell(company, &format!("pays on {page} with {card}"), &paid);
        if paid.is_err() {
            return;
        }
        let this = &mut self.companies[company];
        this.paid.push(page);
        this.bought = this.bought.max(seats);
    }

    /// The buyer comes back from a page, paid or not.
    async fn look_at_the_page(&mut self, company: usize) {
        let node = self.node();
        let Some((page, _)) = self.chance.of(&self.companies[company].pages) else { return };
        let Company { slug, owner, .. } = &self.companies[company];
        let came = service::finish_checkout(&node, owner, slug, &page).await;
        self.tell(company, &format!("comes back from {page}"), came);
    }

    async fn invite(&mut self, company: usize) {
        let (node, role) = (self.node(), self.chance.of(&ROLES).unwrap());
        let Company { slug, owner, org, .. } = &self.companies[company];
        let domain = if self.chance.percent(85) { slug.as_str() } else { "other" };
        let email = format!("p{}@{domain}.test", self.chance.below(7));
        let came = service::invite(&node, owner, slug, Invite { email: email.clone(), role: role.to_owned() }).await;
        let ours = Ours::read(&node, *org, &[]).await.org;
        self.tell(company, &format!("invites {email}"), came.as_ref().map(|_| ours.seats));
        if let Ok(invited) = came {
            assert!(ours.seat_limit.cap().is_none_or(|cap| ours.seats.held() <= cap), "{:?}", ours.seats);
            self.companies[company].written_to.push(invited.email.to_string());
            self.companies[company].invited.push((email, invited.link));
        }
    }

    /// Somebody answers an invitation, with an account or without; or the owner takes it back.
    async fn join(&mut self, company: usize) {
        let node = self.node();
        let Some((email, link)) = self.chance.of(&self.companies[company].invited) else { return };
        let token = link.rsplit('/').next().unwrap();
        if self.chance.percent(15) {
            let Company { slug, owner, .. } = &self.companies[company];
            let view = service::team(&node, owner, slug, domain::view::TeamQuery::default()).await.unwrap();
            let Some(row) = view.invitations.iter().find(|row| row.email.as_str() == email) else { return };
            let came = service::cancel_invitation(&node, owner, slug, row.id, None).await;
            return self.tell(company, &format!("takes back the invitation of {email}"), came);
        }
        let known = self.accounts.iter().find(|caller| caller.email.as_str() == email).cloned();
        let came = match &known {
            Some(caller) => service::accept(&node, caller, token).await.map(|_| caller.clone()),
            None => match service::accept_as_new(&node, token, PASSWORD.to_owned(), Visit::default()).await {
                Ok((session, _)) => Ok(service::who(&node, session.as_str(), Visit::default()).await.unwrap().unwrap()),
                Err(no) => Err(no),
            },
        };
        self.tell(company, &format!("{email} joins"), came.as_ref().map(|_| ()));
        if let Ok(caller) = came {
            if known.is_none() {
                self.accounts.push(caller.clone());
            }
            self.companies[company].people.push(caller);
            if self.chance.percent(80) {
                self.companies[company].invited.retain(|(_, known)| *known != link);
            }
        }
    }

    /// Somebody leaves, or is removed.
    async fn go(&mut self, company: usize) {
        let node = self.node();
        let Company { slug, owner, people, .. } = &self.companies[company];
        let Some(person) = self.chance.of(people) else { return };
        let came = if self.chance.percent(50) {
            service::leave(&node, &person, slug).await
        } else {
            let view = service::team(&node, owner, slug, domain::view::TeamQuery::default()).await.unwrap();
            let Some(row) = view.members.iter().find(|row| row.email == person.email) else { return };
            service::remove_member(&node, owner, slug, row.id).await
        };
        self.tell(company, &format!("{} goes", person.email.as_str()), &came);
        if came.is_ok() {
            self.companies[company].people.retain(|known| known.user != person.user);
        }
    }

    /// Somebody at the provider's dashboard cancels, now or later, changes their mind, or sets a number of seats.
    async fn change_at_the_provider(&mut self, company: usize) {
        let node = self.node();
        let known = Ours::read(&node, self.companies[company].org, &[]).await;
        let Some(customer) = known.org.customer else { return };
        let Some(live) = Theirs::all(&self.world, customer.as_str()).into_iter().find(|it| it.status.is_live()) else {
            return;
        };
        let url = format!("{}v1/subscriptions/{}", self.world.sandbox.api_base(), live.id);
        let seats = u32::try_from(1 + self.chance.below(6)).unwrap();
        let (what, request) = match self.chance.below(8) {
            0..4 => ("is cancelled".to_owned(), self.provider.delete(&url)),
            4 => ("will end".to_owned(), self.provider.post(&url).form(&[("cancel_at_period_end", "true")])),
            5 => {
                let at = (live.period.1 - 3_600).to_string();
                (format!("will end at {at}"), self.provider.post(&url).form(&[("cancel_at", at)]))
            }
            6 => ("will not end".to_owned(), self.provider.post(&url).form(&[("cancel_at_period_end", "false")])),
            _ if live.bills_seats() => {
                let item = self.world.sandbox.control().subscription(&live.id).unwrap();
                let item = item["items"]["data"][0]["id"].as_str().unwrap().to_owned();
                let form = [("items[0][id]", item), ("items[0][quantity]", seats.to_string())];
                (format!("is set to {seats} seats"), self.provider.post(&url).form(&form))
            }
            _ => return,
        };
        let status = request.bearer_auth("sk_test_dashboard").send().await.unwrap().status();
        self.tell(company, &format!("{} {what} at the provider", live.id), status);
        let now = Theirs::all(&self.world, customer.as_str()).into_iter().find(|it| it.id == live.id).unwrap();
        if now.quantity != live.quantity {
            let this = &mut self.companies[company];
            this.bought = this.bought.max(seats);
        }
    }

    /// Holds webhooks back, lets them go in another order, doubles them, loses them.
    async fn disturb_webhooks(&mut self) {
        let control = self.world.sandbox.control();
        let what = match self.chance.below(10) {
            0..4 => {
                control.hold();
                "webhooks are held back".to_owned()
            }
            4..6 => {
                control.release();
                self.world.deliver().await;
                "webhooks go again".to_owned()
            }
            6..8 => {
                let mut waiting: Vec<_> = control.events().into_iter().filter(|event| !event.delivered).collect();
                self.chance.shuffle(&mut waiting);
                waiting.truncate(1 + self.chance.below(waiting.len() + 1));
                for event in &waiting {
                    control.redeliver(&event.id).await.unwrap();
                }
                format!("{} webhooks come in another order", waiting.len())
            }
            8 => {
                self.repeat(3).await;
                "three webhooks come again".to_owned()
            }
            _ => return self.lose().await,
        };
        self.story.tell(what);
    }

    /// The provider sends so many of its webhooks again, whichever.
    pub async fn repeat(&mut self, times: usize) {
        let control = self.world.sandbox.control();
        let events = control.events();
        for _ in 0..times {
            let Some(event) = self.chance.of(&events) else { return };
            control.redeliver(&event.id).await.unwrap();
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
        self.later(Duration::from_mins(6));
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

    /// Time passes, or a stranger's customer makes noise.
    async fn pass(&mut self, company: usize) {
        if self.chance.percent(60) {
            let seconds = u64::try_from(1 + self.chance.below(200)).unwrap();
            self.later(Duration::from_secs(seconds));
            return self.tell(company, "seconds pass", seconds);
        }
        let url = format!("{}v1/customers", self.world.sandbox.api_base());
        let ask =
            |url: String, name: &str| self.provider.post(url).form(&[("name", name)]).bearer_auth("sk_test_other");
        let made = ask(url.clone(), "Stranger").send().await.unwrap();
        let Ok(made) = made.json::<serde_json::Value>().await else { return };
        let Some(id) = made["id"].as_str() else { return };
        let status = ask(format!("{url}/{id}"), "Stranger than that").send().await.unwrap().status();
        self.story.tell(format!("{id} is nobody we know: {status}"));
    }

    fn later(&mut self, by: Duration) {
        if self.ahead + by < MOST_AHEAD {
            self.ahead += by;
            self.world.clock.advance(by);
        }
    }

    /// Nothing new happens any more, and nothing fails.
    pub async fn quiet(&mut self) {
        let control = self.world.sandbox.control();
        control.release();
        self.world.letters.be_away(false);
        // The faults that nobody has met yet.
        let url = format!("{}v1/products?limit=1", self.world.sandbox.api_base());
        while !self.provider.get(&url).bearer_auth("sk_test_quiet").send().await.unwrap().status().is_success() {}
        for _ in 0..4 {
            self.world.settle().await;
            // Longer than every lease and every pause between tries.
            self.world.clock.advance(Duration::from_hours(2));
        }
        self.world.settle().await;
    }
}
