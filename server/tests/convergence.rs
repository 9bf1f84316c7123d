//! Whatever happens on the way, our books end as the payment provider's: lives drawn by chance, and every order of the
//! events of one purchase.
//!
//! A life ([`life::Life`]) is two companies that buy, are declined, walk away from payment pages, invite, join, leave
//! and cancel, while webhooks are held back, shuffled, doubled and lost, the provider answers with errors before and
//! after it has done what was asked, workers die with work in their hands, and two nodes share one database. After a
//! quiet time the verdict ([`verdict`]) compares everything that both sides know.
//!
//! What it does not promise: a webhook that was lost for good is news that nobody has, until something looks at the
//! provider again. Nothing looks by itself yet. So a life in which webhooks were lost ends either with the provider
//! sending everything again, or with each buyer coming back from each page paid on; a life in which none was lost ends
//! with the webhooks alone.
//!
//! The drawn lives are the same in every run, but for how two things that happen at once take turns. When one fails,
//! its seed and what happened in it are printed; `USHER_TEST_SEED=17` lives that one alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

#[path = "convergence/chance.rs"]
mod chance;
#[path = "convergence/ledger.rs"]
mod ledger;
#[path = "convergence/life.rs"]
mod life;
#[path = "convergence/orders.rs"]
mod orders;
#[path = "convergence/verdict.rs"]
mod verdict;

use std::fmt::Write as _;
use std::sync::Arc;

use life::{Life, Story};
use testkit::World;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many lives are lived on each engine.
const LIVES: u64 = 30;
/// How many of them at once: much of a life is waiting for pauses between tries.
const AT_ONCE: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_life_ends_with_the_providers_books_on_sqlite() {
    live(1, async || World::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_life_ends_with_the_providers_books_on_postgresql() {
    live(1 + LIVES, async || World::postgres().await).await;
}

async fn live<F>(first: u64, world: impl Fn() -> F + Clone + Send + 'static)
where
    F: Future<Output = World> + Send,
{
    let seeds = match std::env::var("USHER_TEST_SEED") {
        Ok(seed) => vec![seed.parse().expect("USHER_TEST_SEED is a number")],
        Err(_) => (first..first + LIVES).collect(),
    };
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut lives = JoinSet::new();
    let mut stories = Vec::new();
    for seed in seeds {
        let (story, turns, world) = (Story::default(), turns.clone(), world.clone());
        stories.push((seed, story.clone()));
        lives.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            let world = world().await;
            let life = Box::pin(async move { Life::begin(world, seed, story).await.live().await });
            // On a task of its own, so that a panic is the end of this life only.
            let ended = tokio::spawn(life).await;
            ended.err().map(|error| (seed, error))
        });
    }
    let mut failed: Vec<_> = lives.join_all().await.into_iter().flatten().collect();
    failed.sort_by_key(|(seed, _)| *seed);
    let mut report = String::new();
    for (seed, _) in &failed {
        let (_, story) = stories.iter().find(|(known, _)| known == seed).unwrap();
        writeln!(report, "seed {seed}:\n{story}").unwrap();
    }
    assert!(failed.is_empty(), "{} lives did not end as they must\n{report}", failed.len());
}
