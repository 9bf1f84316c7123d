//! Whatever happens on the way, our books end as the payment provider's: lives drawn by chance, and every order of the
//! events of a purchase ([`orders`]) and of what comes after it ([`scenes`]).
//!
//! A life ([`life::Life`]) is two companies that buy, are declined, walk away from payment pages, invite, join, leave,
//! change plan, interval and seats by quotes and with the next period, cancel, pause and go on, with cards that fail,
//! through seconds and months; while webhooks are held back, shuffled, doubled, delayed, signed wrongly and lost, the
//! provider answers with errors before and after it has done what was asked, workers die with work in their hands, and
//! two nodes share one database. After a quiet time the verdict ([`verdict`], [`money`]) compares everything that both
//! sides know, to the cent.
//!
//! Webhooks that were lost are news that nobody has, until reconciliation looks, which it does by itself each hour of
//! the quiet.
//!
//! The drawn lives are the same in every run, but for how two things that happen at once take turns. When one fails,
//! its seed and what happened in it are printed; `USHER_TEST_SEED=17` lives that one alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

#[path = "convergence/buying.rs"]
mod buying;
#[path = "convergence/chance.rs"]
mod chance;
#[path = "convergence/changing.rs"]
mod changing;
#[path = "convergence/ledger.rs"]
mod ledger;
#[path = "convergence/life.rs"]
mod life;
#[path = "convergence/money.rs"]
mod money;
#[path = "convergence/orders.rs"]
mod orders;
#[path = "convergence/people.rs"]
mod people;
#[path = "convergence/provider.rs"]
mod provider;
#[path = "convergence/scenes.rs"]
mod scenes;
#[path = "convergence/time.rs"]
mod time;
#[path = "convergence/verdict.rs"]
mod verdict;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use life::{Life, Story};
use testkit::World;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many lives are lived on each engine.
const LIVES: u64 = 100;
/// How many of them at once: much of a life is waiting for pauses between tries.
const AT_ONCE: usize = 5;
/// In the long run, so many lives are lived on SQLite for each one on PostgreSQL.
const SHARE: u64 = 4;
/// After so many lives of the long run it says how far it is.
const TELL_EVERY: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_life_ends_with_the_providers_books_on_sqlite() {
    live(1..1 + LIVES, |seed| !seed.is_multiple_of(SHARE), async || World::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_life_ends_with_the_providers_books_on_postgresql() {
    let seeds = 1 + LIVES..1 + 2 * LIVES;
    live(seeds, |seed| seed.is_multiple_of(SHARE), async || World::postgres().await).await;
}

/// The seeds of a run: those of every run, or the one of `USHER_TEST_SEED`, or of `USHER_TEST_SEEDS` (`1..101`, as
/// `cargo xtask soak` sets it) those that are `ours`. Says whether it is the long run.
fn seeds(every_time: Range<u64>, ours: impl Fn(u64) -> bool) -> (Vec<u64>, bool) {
    let set = |name: &str| std::env::var(name).ok();
    if let Some(seed) = set("USHER_TEST_SEED") {
        return (vec![seed.parse().expect("USHER_TEST_SEED is a number")], false);
    }
    let Some(range) = set("USHER_TEST_SEEDS") else { return (every_time.collect(), false) };
    let (from, until) = range.split_once("..").expect("USHER_TEST_SEEDS is like 1..101");
    let number = |text: &str| -> u64 { text.parse().expect("USHER_TEST_SEEDS is like 1..101") };
    ((number(from)..number(until)).filter(|seed| ours(*seed)).collect(), true)
}

async fn live<F>(every_time: Range<u64>, ours: impl Fn(u64) -> bool, world: impl Fn() -> F + Clone + Send + 'static)
where
    F: Future<Output = World> + Send,
{
    let (seeds, long) = seeds(every_time, ours);
    let all = seeds.len();
    let (turns, done) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::new(AtomicUsize::new(0)));
    let mut lives = JoinSet::new();
    for seed in seeds {
        let (story, turns, done, world) = (Story::default(), turns.clone(), done.clone(), world.clone());
        lives.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            let world = world().await;
            let told = story.clone();
            let life = Box::pin(async move { Box::pin(Life::begin(world, seed, told).await.live()).await });
            // On a task of its own, so that a panic is the end of this life only.
            let ended = tokio::spawn(life).await;
            let failed = ended.err().map(|error| (seed, format!("seed {seed}: {error}\n{story}")));
            let lived = done.fetch_add(1, Ordering::Relaxed) + 1;
            if long {
                if let Some((_, report)) = &failed {
                    eprintln!("{report}");
                }
                if lived.is_multiple_of(TELL_EVERY) || lived == all {
                    eprintln!("{lived} of {all} lives are lived");
                }
            }
            failed
        });
    }
    let mut failed: Vec<(u64, String)> = lives.join_all().await.into_iter().flatten().collect();
    failed.sort();
    let seeds: Vec<u64> = failed.iter().map(|(seed, _)| *seed).collect();
    let report: Vec<String> = failed.into_iter().map(|(_, report)| report).collect();
    assert!(
        seeds.is_empty(),
        "{} of {all} lives did not end as they must: {seeds:?}\n{}",
        seeds.len(),
        report.join("\n")
    );
}
