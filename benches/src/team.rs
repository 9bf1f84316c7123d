//! How long the server works on the team page of a large company, by its own `Server-Timing`.

use anyhow::{Context as _, Result, bail};
use domain::ids::{InvitationId, MemberId, UserId};
use domain::permission::NotPermitted;
use domain::{Access, EmailAddress, Permission, Role, SeatLimit, Timestamp};
use store::{Accept, AddInvitation, Command, NewInvitation, NewMember, NewUser, Store, StoreError, TenantTx};
use testkit::SeededEntropy;

use crate::account::{Owner, server_timing};
use crate::http::BROWSER;
use crate::report::{Line, median};
use crate::usher::Place;

const MEMBERS: u32 = 1_000;
const MANY: u32 = 4_000;
const REQUESTS: usize = 300;

/// Measures, as the owner of a company of a thousand, and then of four thousand.
pub async fn measure() -> Result<Vec<Line>> {
    let place = Place::new()?;
    let usher = place.start().await?;
    let mut owner = Owner::sign_up(usher.addr).await?;
    owner.found("Acme", "acme").await?;
    let store = Store::connect(&place.database_url()).await?;
    let mut seed = Seed { store: &store, entropy: SeededEntropy::new(7), now: now() };
    seed.fill(1, MEMBERS).await?;
    let few = Times::take(&mut owner).await?;
    seed.fill(MEMBERS, MANY).await?;
    let many = Times::take(&mut owner).await?;
    store.close().await;
    usher.stop().await?;
    let ratio = many.worst() / few.worst();
    let times = f64::from(MANY) / f64::from(MEMBERS);
    let how = |members: u32| {
        format!(
            "{REQUESTS} requests each of the first page, the last page and a search that finds one, by the owner of a \
             company of {members} people; medians of `Server-Timing`, the slowest of the three counts"
        )
    };
    Ok(vec![
        Line {
            what: format!("Team page with {MEMBERS} members, server time on SQLite"),
            bar: "under 5 ms (median)".to_owned(),
            measured: few.to_string(),
            holds: few.worst() < 5.0,
            how: how(MEMBERS),
        },
        Line {
            what: format!("The same with {MANY} members, against {MEMBERS}"),
            bar: format!("at most {times:.0} × (linear)"),
            measured: format!("{ratio:.2} × ({many})"),
            holds: ratio <= times,
            how: how(MANY),
        },
    ])
}

/// Medians, in milliseconds.
struct Times {
    first: f64,
    last: f64,
    search: f64,
}

impl Times {
    async fn take(owner: &mut Owner) -> Result<Self> {
        let mut first = time(owner, "/app/acme/team").await?;
        let mut last = time(owner, "/app/acme/team?page=20").await?;
        let mut search = time(owner, "/app/acme/team?search=p0999%40").await?;
        Ok(Self { first: median(&mut first), last: median(&mut last), search: median(&mut search) })
    }

    fn worst(&self) -> f64 {
        self.first.max(self.last).max(self.search)
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2} ms, page 20 {:.2} ms, search {:.2} ms", self.first, self.last, self.search)
    }
}

async fn time(owner: &mut Owner, path: &str) -> Result<Vec<f64>> {
    let page = owner.get(path, "accept: text/html\r\n").await?;
    if page.status != 200 || !page.text().contains("@acme.test") {
        bail!("{path} shows nobody ({})", page.status);
    }
    let mut times = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let answer = owner.get(path, BROWSER).await?;
        if answer.status != 200 {
            bail!("{path} answered {}", answer.status);
        }
        times.push(server_timing(&answer)?);
    }
    Ok(times)
}

fn now() -> Timestamp {
    use service::Clock as _;
    service::SystemClock::default().now()
}

/// Fills a company with people, through the gate as always.
struct Seed<'a> {
    store: &'a Store,
    entropy: SeededEntropy,
    now: Timestamp,
}

impl Seed<'_> {
    async fn fill(&mut self, from: u32, to: u32) -> Result<()> {
        let owner: EmailAddress = address("owner@acme.test")?;
        let owner = self.store.system().user_by_email(&owner).await?.context("there is no owner")?;
        let mine = self.store.system().organizations_of(owner.id).await?;
        let slug = mine.first().context("there is no company")?.slug.clone();
        let visitor = store::Visitor { user: owner.id, visit: store::Visit::default() };
        let acme = self.store.open(visitor, &slug).await?;
        acme.execute(Widen, self.now).await?;
        let mut at = from;
        while at < to {
            let until = to.min(at + 100);
            let mut people = Vec::new();
            for n in at..until {
                people.push(self.person(n)?);
            }
            for (user, ..) in &people {
                self.store.system().create_user(user, self.now).await?;
            }
            acme.execute(Join { people }, self.now).await?;
            at = until;
        }
        Ok(())
    }

    fn person(&mut self, n: u32) -> Result<(NewUser, NewInvitation, NewMember)> {
        let email: EmailAddress = address(&format!("p{n:04}@acme.test"))?;
        let user =
            NewUser { id: UserId::new(self.now, self.chance()), email: email.clone(), password_hash: String::new() };
        let invitation = NewInvitation {
            id: InvitationId::new(self.now, self.chance()),
            email,
            role: Role::Member,
            token_hash: self.chance(),
            expires_at: self.now.plus(std::time::Duration::from_hours(24)),
        };
        let member = NewMember { id: MemberId::new(self.now, self.chance()), user: user.id, role: Role::Member };
        Ok((user, invitation, member))
    }

    fn chance<const N: usize>(&self) -> [u8; N] {
        use service::Entropy as _;
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }
}

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0:?}")]
    Permission(NotPermitted),
    #[error("somebody was not let in: {0}")]
    Refused(String),
}

impl From<NotPermitted> for Failed {
    fn from(no: NotPermitted) -> Self {
        Self::Permission(no)
    }
}

/// As many seats as anybody wants.
struct Widen;

impl Command for Widen {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = ();
    type Error = Failed;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Failed> {
        let org = tx.organization().await?;
        tx.set_entitlement(&org.plan, SeatLimit::Unlimited, Access::Full, false).await?;
        Ok(())
    }
}

struct Join {
    people: Vec<(NewUser, NewInvitation, NewMember)>,
}

impl Command for Join {
    const REQUIRES: Permission = Permission::MemberInvite;
    type Output = ();
    type Error = Failed;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Failed> {
        for (_, invitation, member) in &self.people {
            match tx.add_invitation(invitation).await? {
                AddInvitation::Added => {}
                other => return Err(Failed::Refused(format!("{other:?}"))),
            }
            match tx.accept_invitation(invitation.id, member).await? {
                Accept::Joined { .. } => {}
                other => return Err(Failed::Refused(format!("{other:?}"))),
            }
        }
        Ok(())
    }
}

fn address(text: &str) -> Result<EmailAddress> {
    text.parse().map_err(|no| anyhow::anyhow!("{text}: {no:?}"))
}
