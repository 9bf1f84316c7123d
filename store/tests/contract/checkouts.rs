//! At most one open payment page for an organization.

use domain::subscription::ProviderCheckoutId;
use domain::{Currency, Interval};
use store::{CloseReason, StartCheckout};

use crate::world::{NOW, WEEK, World, all, change, look, plan};

both_engines! {
    of_twenty_starts_one_opens_a_page,
    a_page_is_closed_once_and_frees_the_way,
}

async fn of_twenty_starts_one_opens_a_page(world: &World) {
    let acme = world.acme().await;
    let racers = (0..20).map(|n| {
        let acme = acme.clone();
        async move {
            change!(acme, NOW, |tx| {
                tx.start_checkout(&format!("chk_{n}"), &plan("team"), Interval::Year, Currency::USD, 2, NOW.plus(WEEK))
                    .await?
            })
            .unwrap()
        }
    });
    let answers = all(racers).await;
    let open = look!(acme, |tx| tx.open_checkout().await?).unwrap().unwrap();
    assert_eq!(answers.iter().filter(|answer| **answer == StartCheckout::Started).count(), 1);
    let shared = StartCheckout::AlreadyOpen(open.clone());
    assert_eq!(answers.iter().filter(|answer| **answer == shared).count(), 19);
    assert_eq!((open.plan, open.interval, open.seats), (plan("team"), Interval::Year, 2));
    assert_eq!((open.started_at, open.expires_at, open.url), (NOW, NOW.plus(WEEK), None));
}

async fn a_page_is_closed_once_and_frees_the_way(world: &World) {
    let acme = world.acme().await;
    for (n, why) in [CloseReason::Completed, CloseReason::Expired, CloseReason::Cancelled, CloseReason::Failed]
        .into_iter()
        .enumerate()
    {
        let key = format!("chk_{n}");
        let page = ProviderCheckoutId(format!("cs_{n}"));
        let (open, closed, again, none) = change!(acme, NOW, |tx| {
            let started = tx.start_checkout(&key, &plan("premium"), Interval::Month, Currency::USD, 1, NOW).await?;
            assert_eq!(started, StartCheckout::Started);
            tx.record_checkout(&key, &page, "https://pay.test/1", NOW.plus(WEEK)).await?;
            let open = tx.open_checkout().await?.unwrap();
            let closed = tx.close_checkout(&key, why).await?;
            (open, closed, tx.close_checkout(&key, why).await?, tx.open_checkout().await?)
        })
        .unwrap();
        assert_eq!((open.key, open.url.as_deref()), (format!("chk_{n}"), Some("https://pay.test/1")));
        assert_eq!((open.provider_id.unwrap().0, open.expires_at), (format!("cs_{n}"), NOW.plus(WEEK)));
        assert_eq!((closed, again, none), (true, false, None));
    }
}
