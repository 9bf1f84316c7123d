//! 64 racers for 3 seats, again and again: never 2, never 4.
//!
//! Two processes of 32 racers each stand at the start. Each round is a new organization with one member and room for
//! three more; every racer invites somebody else through the same command as the service does. After each round the
//! winners' own count, the counter and the rows must all say three.

use std::num::NonZeroU32;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use domain::ids::{AuditId, InvitationId, MemberId, OrgId, UserId};
use domain::permission::NotPermitted;
use domain::{EmailAddress, Permission, PlanKey, Role, SeatCount, SeatLimit, Slug, Timestamp};
use store::{
    AddInvitation, Command as Deed, CreateOrganization, NewInvitation, NewOrganization, NewUser, Query, Store,
    StoreError, TenantRead, TenantTx, Visit, Visitor,
};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::report::Line;

const PROCESSES: u8 = 2;
const RACERS_EACH: u8 = 32;
const SEATS: u32 = 3;

/// Races on both databases.
pub async fn measure(rounds: u32) -> Result<Vec<Line>> {
    let folder = tempfile::tempdir()?;
    let sqlite = format!("sqlite://{}", folder.path().join("race.db").display());
    let postgres = tokio::task::spawn_blocking(testkit::postgres::database).await?;
    Ok(vec![on("SQLite", &sqlite, rounds).await?, on("PostgreSQL", &postgres, rounds).await?])
}

async fn on(engine: &str, url: &str, rounds: u32) -> Result<Line> {
    let store = Store::connect(url).await?;
    store.migrate().await?;
    let owner = UserId::new(NOW, chance(0, 0, 0));
    let user = NewUser { id: owner, email: address("owner")?, password_hash: "none".to_owned() };
    store.system().create_user(&user, NOW).await?;
    let mut teams = Vec::new();
    for process in 1..=PROCESSES {
        teams.push(Team::start(url, process, owner)?);
    }
    let (mut exact, mut wrong) = (0, Vec::new());
    let started = Instant::now();
    for round in 1..=rounds {
        let slug = organization(&store, owner, round).await?;
        for team in &mut teams {
            team.race(&slug, round).await?;
        }
        let mut won = 0;
        for team in &mut teams {
            won += team.result().await?;
        }
        let (count, rows) = seats(&store, owner, &slug).await?;
        if won == SEATS && count == (SeatCount { active: 1, reserved: SEATS }) && rows == SEATS {
            exact += 1;
        } else {
            wrong.push(format!("round {round}: {won} won, {count:?}, {rows} rows"));
        }
    }
    let took = started.elapsed();
    drop(teams);
    store.close().await;
    for line in wrong.iter().take(10) {
        eprintln!("  {line}");
    }
    let racers = u32::from(PROCESSES) * u32::from(RACERS_EACH);
    Ok(Line {
        what: format!("{racers} racers for {SEATS} seats, {rounds} rounds, {engine}, two processes"),
        bar: format!("exactly {SEATS} win, each time"),
        measured: format!("{exact} of {rounds} rounds exact ({:.1} s)", took.as_secs_f64()),
        holds: exact == rounds && rounds > 0,
        how: "winners' own count, the seat counter and the rows are compared after every round".to_owned(),
    })
}

/// One of the processes: this same program, told where to race on its standard input.
struct Team {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Team {
    fn start(url: &str, process: u8, owner: UserId) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["racers", &process.to_string(), &owner.to_string()])
            .env("USHER_DATABASE_URL", url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("could not start the racers")?;
        let input = child.stdin.take().context("no way to speak to the racers")?;
        let output = BufReader::new(child.stdout.take().context("the racers are silent")?).lines();
        Ok(Self { input, output, _child: child })
    }

    async fn race(&mut self, slug: &Slug, round: u32) -> Result<()> {
        self.input.write_all(format!("{slug} {round}\n").as_bytes()).await?;
        Ok(())
    }

    async fn result(&mut self) -> Result<u32> {
        let line = self.output.next_line().await?.context("the racers have gone")?;
        line.parse().with_context(|| format!("the racers said: {line}"))
    }
}

/// The other side: races where standard input says, and prints how many won.
pub async fn racers(process: u8, owner: UserId) -> Result<()> {
    let url = std::env::var("USHER_DATABASE_URL").context("USHER_DATABASE_URL is not set")?;
    let store = Store::connect(&url).await?;
    // Between two rounds there is nothing to do, so that waiting for the next one may block.
    for line in std::io::stdin().lines() {
        let line = line?;
        let (slug, round) = line.split_once(' ').context("no round")?;
        let (slug, round): (Slug, u32) = (address_part(slug)?, round.parse()?);
        let scope = store.open(Visitor { user: owner, visit: Visit::default() }, &slug).await?;
        let mut running = Vec::new();
        for racer in 1..=RACERS_EACH {
            let scope = scope.clone();
            running.push(tokio::spawn(async move {
                // A busy database is asked again, as the service does it.
                for _ in 0..20 {
                    match scope.execute(TakeSeat { process, racer, round }, NOW).await {
                        Err(Failed::Store(StoreError::Driver(_))) => tokio::time::sleep(Duration::from_millis(5)).await,
                        other => return other,
                    }
                }
                scope.execute(TakeSeat { process, racer, round }, NOW).await
            }));
        }
        let mut won = 0;
        for racer in running {
            match racer.await?? {
                AddInvitation::Added => won += 1,
                AddInvitation::SeatsFull(_) => {}
                other => bail!("a racer met {other:?}"),
            }
        }
        println!("{won}");
    }
    Ok(())
}

/// Why a racer could not even lose.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the racer may not race: {0:?}")]
    NotPermitted(NotPermitted),
    #[error(transparent)]
    Bench(anyhow::Error),
}

impl From<NotPermitted> for Failed {
    fn from(no: NotPermitted) -> Self {
        Self::NotPermitted(no)
    }
}

/// What every racer wants.
struct TakeSeat {
    process: u8,
    racer: u8,
    round: u32,
}

impl Deed for TakeSeat {
    const REQUIRES: Permission = Permission::MemberInvite;
    type Output = AddInvitation;
    type Error = Failed;

    async fn run(self, tx: &mut TenantTx) -> Result<AddInvitation, Failed> {
        let seed = chance(self.process, self.racer, self.round);
        let mut token_hash = [0; 32];
        token_hash[..10].copy_from_slice(&seed);
        let name = format!("racer-{}-{}", self.process, self.racer);
        let email = address(&name).map_err(Failed::Bench)?;
        let expires_at = NOW.plus(Duration::from_hours(7 * 24));
        let id = InvitationId::new(NOW, seed);
        Ok(tx.add_invitation(&NewInvitation { id, email, role: Role::Member, token_hash, expires_at }).await?)
    }
}

/// Counter and rows, as they stand.
struct Seats;

impl Query for Seats {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = (SeatCount, usize);
    type Error = Failed;

    async fn run(self, tx: &mut TenantRead) -> Result<(SeatCount, usize), Failed> {
        Ok((tx.organization().await?.seats, tx.invitations().await?.len()))
    }
}

async fn seats(store: &Store, owner: UserId, slug: &Slug) -> Result<(SeatCount, u32)> {
    let scope = store.open(Visitor { user: owner, visit: Visit::default() }, slug).await?;
    let (count, rows) = scope.read(Seats).await?;
    Ok((count, u32::try_from(rows)?))
}

async fn organization(store: &Store, owner: UserId, round: u32) -> Result<Slug> {
    let slug = address_part(&format!("round-{round}"))?;
    let seed = chance(0, 1, round);
    let new = NewOrganization {
        id: OrgId::new(NOW, seed),
        slug: slug.clone(),
        name: format!("Round {round}"),
        domain: None,
        owner,
        member: MemberId::new(NOW, seed),
        plan: "free".parse::<PlanKey>()?,
        seat_limit: SeatLimit::Capped(NonZeroU32::MIN.saturating_add(SEATS)),
        viewers_free: false,
        audit: AuditId::new(NOW, seed),
    };
    match store.system().create_organization(&new, &Visit::default(), NOW).await? {
        CreateOrganization::Created => Ok(slug),
        CreateOrganization::SlugTaken => bail!("round {round} was raced before"),
    }
}

/// The moment of every race: a bench needs none of its own.
const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

fn address(name: &str) -> Result<EmailAddress> {
    let address = format!("{name}@race.test");
    address.parse().map_err(|error| anyhow!("{address}: {error:?}"))
}

fn address_part(text: &str) -> Result<Slug> {
    text.parse().map_err(|error| anyhow!("{text}: {error:?}"))
}

/// No chance at all: ids differ because their makers do.
fn chance(process: u8, racer: u8, round: u32) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[0] = process;
    bytes[1] = racer;
    bytes[6..].copy_from_slice(&round.to_be_bytes());
    bytes
}
