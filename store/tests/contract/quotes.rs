//! Quotes: one under way for an organization, each ends once, and none is another company's.

use std::time::Duration;

use domain::Interval;
use domain::ids::{QuoteId, UserId};
use domain::subscription::{ProviderInvoiceId, ProviderSubscriptionId};
use store::{NewQuote, QuoteOutcome, QuoteState};

use crate::world::{NOW, World, all, change, look, plan};

both_engines! {
    a_quote_comes_back_as_it_was_kept,
    of_twenty_that_agree_one_is_under_way,
    a_quote_is_not_agreed_to_when_it_is_over,
    a_quote_waits_and_ends_once,
    what_nobody_agreed_to_is_forgotten,
    another_companys_quote_is_not_there,
    what_is_left_over_is_found_and_put_off,
}

fn id(n: u8) -> QuoteId {
    QuoteId::new(NOW, [n; 10])
}

fn new(n: u8, by: UserId) -> NewQuote {
    NewQuote {
        id: id(n),
        subscription: ProviderSubscriptionId("sub_1".to_owned()),
        asked_by: by,
        plan: plan("premium"),
        interval: Interval::Month,
        seats: 7,
        offer: r#"{"due":1}"#.to_owned(),
        hash: [n; 32],
        change: "{}".to_owned(),
        basis: [9; 32],
        difference: (n == 1).then(|| "{}".to_owned()),
        expires_at: NOW.plus(Duration::from_mins(15)),
    }
}

fn invoice() -> ProviderInvoiceId {
    ProviderInvoiceId("in_1".to_owned())
}

/// Acme, and whoever asks there.
async fn acme(world: &World) -> (store::TenantScope, UserId) {
    let owner = world.person("owner@acme.test").await;
    (world.company("acme", &owner, 3).await, owner.user)
}

async fn a_quote_comes_back_as_it_was_kept(world: &World) {
    let (acme, by) = acme(world).await;
    change!(acme, NOW, |tx| tx.offer_quote(&new(1, by), NOW).await?).unwrap();
    let (kept, none) = look!(acme, |tx| (tx.quote(id(1)).await?.unwrap(), tx.quote(id(2)).await?)).unwrap();
    assert_eq!((kept.plan, kept.interval, kept.seats), (plan("premium"), Interval::Month, 7));
    assert_eq!((kept.hash, kept.basis, kept.state), ([1; 32], [9; 32], QuoteState::Offered));
    assert_eq!(
        (kept.offer.as_str(), kept.change.as_str(), kept.difference.as_deref()),
        (r#"{"due":1}"#, "{}", Some("{}"))
    );
    assert_eq!((kept.offered_at, kept.expires_at), (NOW, NOW.plus(Duration::from_mins(15))));
    assert_eq!(none, None);
}

async fn of_twenty_that_agree_one_is_under_way(world: &World) {
    let (acme, by) = acme(world).await;
    for n in 0..20 {
        change!(acme, NOW, |tx| tx.offer_quote(&new(n, by), NOW).await?).unwrap();
    }
    let racers = (0..20).map(|n| {
        let acme = acme.clone();
        async move { (n, change!(acme, NOW, |tx| tx.confirm_quote(id(n), by).await?).unwrap()) }
    });
    let agreed: Vec<u8> = all(racers).await.into_iter().filter(|(_, agreed)| *agreed).map(|(n, _)| n).collect();
    let under_way = look!(acme, |tx| tx.quote_under_way().await?).unwrap().unwrap();
    assert_eq!(agreed.len(), 1);
    assert_eq!((under_way.id, under_way.state), (id(agreed[0]), QuoteState::Confirmed { since: NOW }));
    // The database itself holds at most one.
    world
        .takes("update quotes set confirmed_at = 1, confirmed_by = asked_by where confirmed_at is null")
        .await
        .unwrap_err();
}

async fn a_quote_is_not_agreed_to_when_it_is_over(world: &World) {
    let (acme, by) = acme(world).await;
    change!(acme, NOW, |tx| tx.offer_quote(&new(1, by), NOW).await?).unwrap();
    let over = NOW.plus(Duration::from_mins(15));
    assert!(!change!(acme, over, |tx| tx.confirm_quote(id(1), by).await?).unwrap());
    let just = over.minus(Duration::from_micros(1));
    assert!(change!(acme, just, |tx| tx.confirm_quote(id(1), by).await?).unwrap());
    assert!(!change!(acme, just, |tx| tx.confirm_quote(id(1), by).await?).unwrap(), "once");
}

async fn a_quote_waits_and_ends_once(world: &World) {
    let (acme, by) = acme(world).await;
    let outcomes = [QuoteOutcome::Applied, QuoteOutcome::Refused, QuoteOutcome::Expired, QuoteOutcome::TakenBack];
    for (n, outcome) in (0..).zip(outcomes) {
        let (early, waits, waiting, closed, again) = change!(acme, NOW, |tx| {
            tx.offer_quote(&new(n, by), NOW).await?;
            let early = tx.close_quote(id(n), outcome, None, None).await?;
            assert!(tx.confirm_quote(id(n), by).await?);
            let waits = tx.quote_waits(id(n), Some(&invoice()), Some("https://pay.test")).await?;
            // Whoever says it again without the address does not take it away.
            tx.quote_waits(id(n), None, None).await?;
            let waiting = tx.quote(id(n)).await?.unwrap().state;
            let closed = tx.close_quote(id(n), outcome, Some("why"), None).await?;
            (early, waits, waiting, closed, tx.close_quote(id(n), outcome, None, None).await?)
        })
        .unwrap();
        let pay_url = Some("https://pay.test".to_owned());
        assert_eq!(waiting, QuoteState::Waiting { since: NOW, invoice: Some(invoice()), pay_url });
        assert_eq!((early, waits, closed, again), (false, true, true, false));
        let state = look!(acme, |tx| tx.quote(id(n)).await?.unwrap().state).unwrap();
        let (reason, invoice) = (Some("why".to_owned()), Some(invoice()));
        assert_eq!(state, QuoteState::Closed { since: NOW, outcome, reason, invoice });
    }
}

async fn what_nobody_agreed_to_is_forgotten(world: &World) {
    let (acme, by) = acme(world).await;
    change!(acme, NOW, |tx| {
        tx.offer_quote(&new(1, by), NOW).await?;
        tx.offer_quote(&new(2, by), NOW).await?;
        tx.confirm_quote(id(1), by).await?
    })
    .unwrap();
    let later = NOW.plus(Duration::from_hours(30));
    change!(acme, later, |tx| tx.offer_quote(&NewQuote { expires_at: later, ..new(3, by) }, later).await?).unwrap();
    let there = look!(acme, |tx| {
        (tx.quote(id(1)).await?.is_some(), tx.quote(id(2)).await?.is_some(), tx.quote(id(3)).await?.is_some())
    })
    .unwrap();
    assert_eq!(there, (true, false, true));
}

async fn another_companys_quote_is_not_there(world: &World) {
    let (acme, by) = acme(world).await;
    let other_owner = world.person("owner@other.test").await;
    let other = world.company("other", &other_owner, 3).await;
    change!(acme, NOW, |tx| tx.offer_quote(&new(1, by), NOW).await?).unwrap();
    assert_eq!(look!(other, |tx| tx.quote(id(1)).await?).unwrap(), None);
    assert!(!change!(other, NOW, |tx| tx.confirm_quote(id(1), by).await?).unwrap());
    assert!(!change!(other, NOW, |tx| tx.close_quote(id(1), QuoteOutcome::Applied, None, None).await?).unwrap());
}

async fn what_is_left_over_is_found_and_put_off(world: &World) {
    let (acme, by) = acme(world).await;
    let found = async |confirmed, waiting| {
        let left = world.store.system().quotes_to_finish(confirmed, waiting, 10).await.unwrap();
        left.into_iter().map(|(org, id)| (org == acme.org(), id)).collect::<Vec<_>>()
    };
    let (before, later) = (NOW.minus(Duration::from_secs(1)), NOW.plus(Duration::from_mins(1)));
    change!(acme, NOW, |tx| {
        tx.offer_quote(&new(1, by), NOW).await?;
        tx.confirm_quote(id(1), by).await?
    })
    .unwrap();
    assert_eq!((found(before, before).await, found(NOW, before).await), (vec![], vec![(true, id(1))]));
    change!(acme, later, |tx| tx.quote_looked_at(id(1)).await?).unwrap();
    assert_eq!((found(NOW, NOW).await, found(later, before).await), (vec![], vec![(true, id(1))]));
    // What waits is looked at by another measure.
    change!(acme, later, |tx| tx.quote_waits(id(1), Some(&invoice()), None).await?).unwrap();
    assert_eq!((found(later, NOW).await, found(NOW, later).await), (vec![], vec![(true, id(1))]));
    // What was done is left over until it was compared.
    change!(acme, later, |tx| tx.close_quote(id(1), QuoteOutcome::Applied, None, None).await?).unwrap();
    assert_eq!(found(later, before).await, [(true, id(1))]);
    change!(acme, later, |tx| tx.quote_compared(id(1), "{}").await?).unwrap();
    assert_eq!(found(later, later).await, []);
    assert_eq!(look!(acme, |tx| tx.quote(id(1)).await?.unwrap().compared).unwrap().as_deref(), Some("{}"));
    let compared = async |since| look!(acme, |tx| tx.quotes_compared(since).await?).unwrap();
    assert_eq!(compared(later).await, [(id(1), "{}".to_owned())]);
    assert_eq!(compared(later.plus(Duration::from_secs(1))).await, []);
}
