//! Changes of what is bought, over the provider's HTTP: what is shown is on the invoice that the sandbox makes.

use std::time::Duration;

use domain::view::{ChangeAnswer, Placed, QuoteView};
use service::{Caller, ChangeInput};
use testkit::{Card, World};

use crate::acme;

async fn change(world: &World, who: &Caller, input: ChangeInput) -> ChangeAnswer {
    service::change(&world.services, who, "acme", input).await.unwrap().answer
}

async fn offer(world: &World, who: &Caller, plan: &str, interval: &str, seats: u32) -> QuoteView {
    let word = |word: &str| Some(word.to_owned());
    let input = ChangeInput { plan: word(plan), interval: word(interval), seats: Some(seats), quote: None };
    match change(world, who, input).await {
        ChangeAnswer::Quote(quote) => *quote,
        other => panic!("{other:?}"),
    }
}

async fn confirm(world: &World, who: &Caller, quote: &QuoteView) {
    service::confirm_quote(&world.services, who, "acme", &quote.id.to_string(), &quote.hash).await.unwrap();
}

async fn placed(world: &World, who: &Caller, quote: &QuoteView) -> Placed {
    let input = ChangeInput { quote: Some(quote.id.to_string()), ..ChangeInput::default() };
    match change(world, who, input).await {
        ChangeAnswer::Placed(placed) => placed.state,
        other => panic!("{other:?}"),
    }
}

/// The quote as it is kept.
async fn kept(world: &World, quote: &QuoteView) -> store::QuoteRecord {
    struct Look(domain::ids::QuoteId);
    impl store::Query for Look {
        const REQUIRES: domain::Permission = domain::Permission::BillingManage;
        type Output = store::QuoteRecord;
        type Error = service::Error;
        async fn run(self, tx: &mut store::TenantRead) -> Result<store::QuoteRecord, service::Error> {
            Ok(tx.quote(self.0).await?.unwrap())
        }
    }
    let system = world.services.store().system();
    let org = system.org_by_slug(&"acme".parse().unwrap()).await.unwrap().unwrap();
    system.act_for(org, "a test").await.unwrap().read(Look(quote.id)).await.unwrap()
}

async fn quantity(world: &World, who: &Caller) -> u32 {
    service::billing(&world.services, who, "acme").await.unwrap().subscription.unwrap().quantity
}

/// Pays for three seats of Premium by the month.
async fn premium(world: &World, card: Card) -> Caller {
    let owner = acme(world).await;
    let wish =
        service::StartCheckout { plan: "premium".to_owned(), interval: "month".to_owned(), currency: None, seats: 3 };
    let url = service::start_checkout(&world.services, &owner, "acme", wish).await.unwrap();
    let page = world.pay(&url, card).await.checkout();
    service::finish_checkout(&world.services, &owner, "acme", &page).await.unwrap();
    world.settle().await;
    owner
}

pub async fn what_was_quoted_is_on_the_invoice_to_the_cent(world: World) {
    let owner = premium(&world, Card::Good).await;
    world.clock.advance(Duration::from_secs(2));
    for (plan, interval, seats) in [("premium", "month", 7), ("premium", "year", 7), ("enterprise", "year", 1)] {
        let quote = offer(&world, &owner, plan, interval, seats).await;
        confirm(&world, &owner, &quote).await;
        assert_eq!(placed(&world, &owner, &quote).await, Placed::Done, "{plan} {interval}");
        let kept = kept(&world, &quote).await;
        assert_eq!(kept.difference, None, "{plan} {interval}");
        let compared = kept.compared.expect("there is an invoice");
        assert!(compared.contains(r#""same":true"#), "{plan} {interval}: {compared}");
    }
    world.settle().await;
    assert_eq!(service::billing(&world.services, &owner, "acme").await.unwrap().plan.key.as_str(), "enterprise");
}

pub async fn seats_wait_for_the_banks_page_and_come_afterwards(world: World) {
    let owner = premium(&world, Card::Confirmed).await;
    let quote = offer(&world, &owner, "premium", "month", 5).await;
    confirm(&world, &owner, &quote).await;
    let Placed::Waiting { pay_url: Some(url), .. } = placed(&world, &owner, &quote).await else { panic!("it waits") };
    assert_eq!(quantity(&world, &owner).await, 3, "no seats without money");
    let page = world.browser.open(&url).await.unwrap();
    let mut page = world.browser.press(&page, "Pay", &[]).await.unwrap();
    if page.text().contains("Complete") {
        page = world.browser.press(&page, "Complete", &[]).await.unwrap();
    }
    world.settle().await;
    assert_eq!(
        (placed(&world, &owner, &quote).await, quantity(&world, &owner).await),
        (Placed::Done, 5),
        "{}",
        page.text()
    );
}

pub async fn what_waits_can_be_taken_back(world: World) {
    let owner = premium(&world, Card::Confirmed).await;
    let quote = offer(&world, &owner, "premium", "month", 5).await;
    confirm(&world, &owner, &quote).await;
    service::take_back_quote(&world.services, &owner, "acme", &quote.id.to_string()).await.unwrap();
    let Placed::Refused(no) = placed(&world, &owner, &quote).await else { panic!("it was taken back") };
    assert_eq!((no.code.as_str(), quantity(&world, &owner).await), ("taken-back", 3));
    world.settle().await;
    let again = offer(&world, &owner, "premium", "month", 4).await;
    assert_eq!(again.sheet.more_seats, 1, "the way is free");
}

pub async fn what_is_arranged_is_given_up_for_what_was_quoted(world: World) {
    let owner = premium(&world, Card::Good).await;
    let s = &world.services;
    for (seats, interval) in [(4, "month"), (5, "month"), (5, "year")] {
        world.clock.advance(Duration::from_hours(1));
        if seats == 4 {
            service::cancel_plan(s, &owner, "acme", None, None).await.unwrap();
        } else {
            let said = service::later(s, &owner, "acme", "team", "month").await.unwrap();
            service::schedule_change(s, &owner, "acme", "team", "month", &said.hash).await.unwrap();
        }
        let quote = offer(&world, &owner, "premium", interval, seats).await;
        assert!(quote.sheet.gives_up.is_some(), "{seats} {interval}");
        confirm(&world, &owner, &quote).await;
        assert_eq!(placed(&world, &owner, &quote).await, Placed::Done, "{seats} {interval}");
        let kept = kept(&world, &quote).await;
        assert_eq!(kept.difference, None, "{seats} {interval}");
        let compared = kept.compared.expect("there is an invoice");
        assert!(compared.contains(r#""same":true"#), "{seats} {interval}: {compared}");
        let view = service::billing(s, &owner, "acme").await.unwrap();
        assert!(view.course.unwrap().next.is_none() && view.subscription.unwrap().ends_at.is_none());
        // The provider has nothing of it left, and our mirror says nothing else than the provider.
        world.settle().await;
        let books = service::reconcile(s, &service::Reconcile::default()).await.unwrap();
        assert_eq!(books.findings, [], "{seats} {interval}");
    }
}
