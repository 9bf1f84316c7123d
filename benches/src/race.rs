//! 64 racers for 3 seats at every door there is, again and again: never 2, never 4, and nobody loses theirs.
//!
//! One process, or two of 32 racers each, stand at the start. Each round is a new organization with an owner, eight
//! invitations that have their seats, and room for three more; the racers want in by an invitation, a file of them, a
//! suspension that ends, an approved request, a viewer's promotion, or just so, through the same functions as the
//! service uses; and eight accept the seats that are theirs. After each round the winners' own count, the counter and
//! the rows must all say the same.

mod doors;

use std::num::NonZeroU32;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use domain::ids::{AuditId, MemberId, OrgId, UserId};
use domain::{PlanKey, SeatLimit, Slug};
use store::{CreateOrganization, NewOrganization, NewUser, Store, StoreError, Visit, Visitor};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::report::Line;
use doors::{Failed, Prepare, RACERS, SEATS, Seats, TakeSeat, account, address, name};
pub use doors::{NOW, chance};

/// Races on both databases, with one and with two processes; `rounds` in all.
pub async fn measure(rounds: u32) -> Result<Vec<Line>> {
    let folder = tempfile::tempdir()?;
    let each = rounds.div_ceil(4).max(1);
    let mut lines = Vec::new();
    for processes in [1, 2] {
        let sqlite = format!("sqlite://{}", folder.path().join(format!("race-{processes}.db")).display());
        lines.push(on("SQLite", &sqlite, processes, each).await?);
        let postgres = tokio::task::spawn_blocking(testkit::postgres::database).await?;
        lines.push(on("PostgreSQL", &postgres, processes, each).await?);
    }
    Ok(lines)
}

async fn on(engine: &str, url: &str, processes: u8, rounds: u32) -> Result<Line> {
    let store = Store::connect(url).await?;
    store.migrate().await?;
    let owner = UserId::new(NOW, chance(0, 0, 0));
    people(&store, owner).await?;
    let mut teams = Vec::new();
    for process in 0..processes {
        teams.push(Team::start(url, process, processes, owner)?);
    }
    let (mut exact, mut wrong, mut took) = (0, Vec::new(), Duration::ZERO);
    for round in 1..=rounds {
        let slug = organization(&store, owner, round).await?;
        let started = Instant::now();
        for team in &mut teams {
            team.race(&slug, round).await?;
        }
        let mut won = 0;
        for team in &mut teams {
            won += team.result().await?;
        }
        took += started.elapsed();
        let count = open(&store, owner, &slug).await?.read(Seats).await?;
        if count.exact(won) {
            exact += 1;
        } else {
            wrong.push(format!("round {round}: {won} won, {count:?}"));
        }
    }
    drop(teams);
    store.close().await;
    for line in wrong.iter().take(10) {
        eprintln!("  {line}");
    }
    let by = if processes == 1 { "one process" } else { "two processes" };
    Ok(Line {
        what: format!("{RACERS} racers at all doors for {SEATS} seats, {rounds} rounds, {engine}, {by}"),
        bar: format!("exactly {SEATS} win, and nobody loses a seat, each time"),
        measured: format!("{exact} of {rounds} rounds exact ({:.1} s of racing)", took.as_secs_f64()),
        holds: exact == rounds && rounds > 0,
        how: "winners' own count, the seat counter and the rows are compared after every round".to_owned(),
    })
}

/// The owner of all organizations, and everybody who races.
async fn people(store: &Store, owner: UserId) -> Result<()> {
    let racers = (0..RACERS).map(|racer| (account(racer), name(racer)));
    for (id, name) in std::iter::once((owner, "owner".to_owned())).chain(racers) {
        let user = NewUser { id, email: address(&name)?, password_hash: "none".to_owned() };
        store.system().create_user(&user, NOW).await?;
    }
    Ok(())
}

/// One of the processes: this same program, told where to race on its standard input.
struct Team {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Team {
    fn start(url: &str, process: u8, of: u8, owner: UserId) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["racers", &process.to_string(), &of.to_string(), &owner.to_string()])
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

/// The other side: races where standard input says, and prints how many seats were won.
pub async fn racers(process: u8, of: u8, owner: UserId) -> Result<()> {
    let url = std::env::var("USHER_DATABASE_URL").context("USHER_DATABASE_URL is not set")?;
    let store = Store::connect(&url).await?;
    // Between two rounds there is nothing to do, so that waiting for the next one may block.
    for line in std::io::stdin().lines() {
        let line = line?;
        let (slug, round) = line.split_once(' ').context("no round")?;
        let (slug, round): (Slug, u32) = (address_part(slug)?, round.parse()?);
        let scope = open(&store, owner, &slug).await?;
        let mut running = Vec::new();
        // Racers of the same door are spread over the processes.
        for racer in (0..RACERS).filter(|racer| (racer / 8) % of == process) {
            let scope = scope.clone();
            running.push(tokio::spawn(async move {
                // A busy database is asked again, as the service does it.
                for _ in 0..20 {
                    match scope.execute(TakeSeat { racer, round }, NOW).await {
                        Err(Failed::Store(StoreError::Driver(_))) => tokio::time::sleep(Duration::from_millis(5)).await,
                        other => return other,
                    }
                }
                scope.execute(TakeSeat { racer, round }, NOW).await
            }));
        }
        let mut won = 0;
        for racer in running {
            won += racer.await??;
        }
        println!("{won}");
    }
    Ok(())
}

async fn open(store: &Store, owner: UserId, slug: &Slug) -> Result<store::TenantScope> {
    Ok(store.open(Visitor { user: owner, visit: Visit::default() }, slug).await?)
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
        seat_limit: SeatLimit::Capped(NonZeroU32::MIN),
        viewers_free: true,
        audit: AuditId::new(NOW, seed),
    };
    match store.system().create_organization(&new, &Visit::default(), NOW).await? {
        CreateOrganization::Created => {}
        CreateOrganization::SlugTaken => bail!("round {round} was raced before"),
    }
    open(store, owner, &slug).await?.execute(Prepare { round }, NOW).await?;
    Ok(slug)
}

fn address_part(text: &str) -> Result<Slug> {
    text.parse().map_err(|error| anyhow!("{text}: {error:?}"))
}
