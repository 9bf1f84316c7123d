//! The mirror of invoices, what is owed, what was told, and what stands on them.

use std::time::Duration;

use domain::billing_details::{Address, BillingDetails};
use domain::invoice::{BillingReason, InvoiceLine};
use domain::subscription::{Believe, ProviderCustomerId, ProviderInvoiceId, ProviderSubscriptionId};
use domain::tax_id::{TaxId, TaxIdKind, TaxIdState};
use domain::time::Period;
use domain::{Currency, Invoice, InvoiceStatus, Money, Timestamp};
use store::{InvoiceFilter, NewBillingContact};

use crate::world::{NOW, World, all, change, look};

both_engines! {
    an_invoice_comes_back_as_it_was_stored,
    the_database_believes_of_invoices_what_the_domain_believes,
    of_many_snapshots_of_an_invoice_at_once_the_latest_stays,
    an_invoice_of_another_organization_is_refused,
    invoices_are_listed_by_state_day_and_page,
    a_payment_finds_its_invoice_and_no_other,
    a_case_is_open_from_the_first_failure_until_it_is_closed,
    of_many_who_tell_the_same_one_is_first,
    details_that_were_changed_while_they_were_sent_are_still_to_be_sent,
    a_contact_is_entered_once_and_counts_when_it_has_said_yes,
}

pub fn invoice(id: &str, status: &str, fetched_at: Timestamp) -> Invoice {
    let money = |minor| Money::new(minor, "kwd".parse::<Currency>().unwrap());
    Invoice {
        id: ProviderInvoiceId(id.to_owned()),
        customer: ProviderCustomerId("cus_1".to_owned()),
        subscription: Some(ProviderSubscriptionId("sub_1".to_owned())),
        number: Some("ACME-0001".to_owned()),
        status: status.parse().unwrap(),
        reason: BillingReason::Cycle,
        subtotal: money(29_370),
        total: money(29_370),
        balance: money(-20_000),
        due: money(9_370),
        paid: money(0),
        remaining: money(9_370),
        refunded: money(0),
        credited: money(0),
        disputed: false,
        card: Some("Visa 4242".to_owned()),
        needs_confirmation: false,
        attempts: 1,
        next_attempt: Some(later(60)),
        period: Period { from: NOW, until: later(3_600) },
        created_at: NOW,
        due_at: None,
        finalized_at: Some(NOW),
        paid_at: None,
        page: Some("https://pay.test/in".to_owned()),
        pdf: None,
        payments: vec!["pi_1".to_owned()],
        lines: vec![InvoiceLine {
            description: "3 × Team".to_owned(),
            quantity: Some(3),
            amount: money(-29_370),
            period: Period { from: NOW, until: later(3_600) },
            proration: true,
        }],
        fetched_at,
    }
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

async fn an_invoice_comes_back_as_it_was_stored(world: &World) {
    let acme = world.acme().await;
    let full = Invoice { due_at: Some(later(1)), paid_at: Some(later(2)), ..invoice("in_1", "open", NOW) };
    let bare = Invoice {
        subscription: None,
        number: None,
        card: None,
        next_attempt: None,
        finalized_at: None,
        page: None,
        payments: Vec::new(),
        lines: Vec::new(),
        disputed: true,
        needs_confirmation: true,
        ..invoice("in_1", "uncollectible", later(1))
    };
    for new in [full, bare] {
        let (stored, id) = (new.clone(), new.id.clone());
        assert_eq!(change!(acme, NOW, |tx| tx.apply_invoice(&stored).await?).unwrap(), Believe::Yes);
        assert_eq!(look!(acme, |tx| tx.invoice(&id).await?).unwrap(), Some(new));
    }
    assert_eq!(look!(acme, |tx| tx.invoices_seen_at().await?).unwrap(), Some(later(1)));
}

async fn the_database_believes_of_invoices_what_the_domain_believes(world: &World) {
    let acme = world.acme().await;
    let mut number = 0;
    for old in InvoiceStatus::ALL {
        for new in InvoiceStatus::ALL {
            for fetched_at in [NOW.minus(Duration::from_secs(1)), NOW, later(1)] {
                number += 1;
                let id = format!("in_{number}");
                let (old, new) = (invoice(&id, old.as_str(), NOW), invoice(&id, new.as_str(), fetched_at));
                let expected = Invoice::believe(Some(&old), &new);
                let kept = if expected == Believe::Yes { new.clone() } else { old.clone() };
                let (found, stored) = change!(acme, NOW, |tx| {
                    assert_eq!(tx.apply_invoice(&old).await?, Believe::Yes);
                    (tx.apply_invoice(&new).await?, tx.invoice(&new.id).await?)
                })
                .unwrap();
                assert_eq!((found, stored), (expected, Some(kept)));
            }
        }
    }
}

async fn of_many_snapshots_of_an_invoice_at_once_the_latest_stays(world: &World) {
    let acme = world.acme().await;
    let racers = (0..30_u32).map(|n| {
        let acme = acme.clone();
        let fetched = (n * 17) % 30;
        let new = Invoice { attempts: fetched, ..invoice("in_1", "open", later(u64::from(fetched))) };
        async move { change!(acme, NOW, |tx| tx.apply_invoice(&new).await?).unwrap() }
    });
    all(racers).await;
    let id = ProviderInvoiceId("in_1".to_owned());
    assert_eq!(look!(acme, |tx| tx.invoice(&id).await?).unwrap().unwrap().attempts, 29);
}

async fn an_invoice_of_another_organization_is_refused(world: &World) {
    let acme = world.acme().await;
    let somebody = world.person("owner@other.test").await;
    let other = world.company("other", &somebody, 3).await;
    let (mine, theirs) = (invoice("in_1", "open", NOW), invoice("in_1", "paid", later(1)));
    change!(acme, NOW, |tx| tx.apply_invoice(&mine).await?).unwrap();
    assert!(change!(other, NOW, |tx| tx.apply_invoice(&theirs).await?).is_err());
    let id = ProviderInvoiceId("in_1".to_owned());
    let asked = id.clone();
    assert_eq!(look!(other, |tx| tx.invoice(&asked).await?).unwrap(), None);
    assert_eq!(look!(acme, |tx| tx.invoice(&id).await?).unwrap().unwrap().status, InvoiceStatus::Open);
}

async fn invoices_are_listed_by_state_day_and_page(world: &World) {
    let acme = world.acme().await;
    for n in 0..7_u64 {
        let status = if n % 2 == 0 { "paid" } else { "open" };
        // Two are of the same moment.
        let created_at = later(n.min(5) * 10);
        let new = Invoice { created_at, ..invoice(&format!("in_{n}"), status, NOW) };
        change!(acme, NOW, |tx| tx.apply_invoice(&new).await?).unwrap();
    }
    let every = InvoiceFilter::default();
    let names = |found: Vec<Invoice>| found.into_iter().map(|one| one.id.0).collect::<Vec<_>>();
    let (first, second, count) = look!(acme, |tx| {
        let every = InvoiceFilter::default();
        (tx.invoices(&every, 0, 4).await?, tx.invoices(&every, 4, 4).await?, tx.count_invoices(&every).await?)
    })
    .unwrap();
    assert_eq!(count, 7);
    assert_eq!(names(first.clone()), ["in_6", "in_5", "in_4", "in_3"]);
    assert_eq!(names(second), ["in_2", "in_1", "in_0"]);
    // Piece by piece, with the border between two of the same moment.
    let border = first[0].clone();
    let rest = look!(acme, |tx| tx.invoices_before(&every, Some(&border), 9).await?).unwrap();
    assert_eq!(names(rest), ["in_5", "in_4", "in_3", "in_2", "in_1", "in_0"]);
    let some = InvoiceFilter { status: Some(InvoiceStatus::Paid), from: Some(later(20)), until: Some(later(50)) };
    let counted = some.clone();
    assert_eq!(names(look!(acme, |tx| tx.invoices(&some, 0, 9).await?).unwrap()), ["in_4", "in_2"]);
    assert_eq!(look!(acme, |tx| tx.count_invoices(&counted).await?).unwrap(), 2);
}

async fn a_payment_finds_its_invoice_and_no_other(world: &World) {
    let acme = world.acme().await;
    for (id, payment) in [("in_1", "pi_ab"), ("in_2", "pixab"), ("in_3", "pi_abc")] {
        let new = Invoice { payments: vec![payment.to_owned()], ..invoice(id, "paid", NOW) };
        change!(acme, NOW, |tx| tx.apply_invoice(&new).await?).unwrap();
    }
    for (payment, id) in
        [("pi_ab", Some("in_1")), ("pixab", Some("in_2")), ("pi_abc", Some("in_3")), ("pi_", None), ("%", None)]
    {
        let found = look!(acme, |tx| tx.invoice_of_payment(payment).await?).unwrap();
        assert_eq!(found.as_ref().map(ProviderInvoiceId::as_str), id, "{payment}");
    }
}

async fn a_case_is_open_from_the_first_failure_until_it_is_closed(world: &World) {
    let acme = world.acme().await;
    let id = ProviderInvoiceId("in_1".to_owned());
    let new = invoice("in_1", "open", NOW);
    let (case, since, owed) = {
        let id = id.clone();
        change!(acme, NOW, |tx| {
            tx.apply_invoice(&new).await?;
            assert_eq!(tx.owes_since().await?, None);
            tx.open_case(&id, later(5), later(9)).await?;
            tx.told_of_case(&id, later(6)).await?;
            (tx.dunning_case(&id).await?.unwrap(), tx.owes_since().await?, tx.owed().await?)
        })
        .unwrap()
    };
    assert_eq!((case.opened_at, case.told_at, since), (later(5), Some(later(6)), Some(later(5))));
    assert_eq!(owed.len(), 1);
    let system = world.store.system();
    assert_eq!(system.lease_case(later(8), later(20)).await.unwrap(), None);
    let racers = (0..10).map(|_| {
        let store = world.store.clone();
        async move { store.system().lease_case(later(9), later(20)).await.unwrap() }
    });
    let taken: Vec<_> = all(racers).await.into_iter().flatten().collect();
    assert_eq!(taken, [(acme.org(), id.clone())]);
    let closed = id.clone();
    let since = change!(acme, NOW, |tx| {
        tx.close_case(&closed, later(30)).await?;
        (tx.dunning_case(&closed).await?, tx.owes_since().await?, tx.owed().await?.len())
    });
    assert_eq!(since.unwrap(), (None, None, 0));
    assert_eq!(system.lease_case(later(99), later(120)).await.unwrap(), None);
    // Owed again: a payment was taken back.
    let again = change!(acme, NOW, |tx| {
        tx.open_case(&id, later(40), later(50)).await?;
        tx.dunning_case(&id).await?.unwrap()
    });
    assert_eq!((again.as_ref().unwrap().opened_at, again.unwrap().told_at), (later(40), None));
}

async fn of_many_who_tell_the_same_one_is_first(world: &World) {
    let acme = world.acme().await;
    let racers = (0..20).map(|_| {
        let acme = acme.clone();
        async move { change!(acme, NOW, |tx| tx.first_notice("in_1:failed:1").await?).unwrap() }
    });
    assert_eq!(all(racers).await.into_iter().filter(|first| *first).count(), 1);
    assert!(change!(acme, NOW, |tx| tx.first_notice("in_1:failed:2").await?).unwrap());
}

async fn details_that_were_changed_while_they_were_sent_are_still_to_be_sent(world: &World) {
    let acme = world.acme().await;
    assert_eq!(look!(acme, |tx| tx.billing_details().await?).unwrap(), None);
    let details = BillingDetails {
        company: "Acme GmbH".to_owned(),
        address: Address { line1: "Weg 1".to_owned(), country: "DE".to_owned(), ..Address::default() },
        po_number: "PO 7".to_owned(),
        tax_id: Some(TaxId::read(TaxIdKind::EuVat, "de 123456789").unwrap()),
    };
    let set = details.clone();
    change!(acme, NOW, |tx| tx.set_billing_details(&set).await?).unwrap();
    let stored = look!(acme, |tx| tx.billing_details().await?).unwrap().unwrap();
    assert_eq!((stored.details.clone(), stored.has_arrived(), stored.tax_state), (details.clone(), false, None));
    // Changed while it was on its way.
    let other = BillingDetails { po_number: String::new(), ..details.clone() };
    let set = other.clone();
    change!(acme, later(1), |tx| tx.set_billing_details(&set).await?).unwrap();
    change!(acme, later(2), |tx| tx.billing_details_sent(NOW, Some(TaxIdState::Pending)).await?).unwrap();
    assert!(!look!(acme, |tx| tx.billing_details().await?).unwrap().unwrap().has_arrived());
    change!(acme, later(3), |tx| tx.billing_details_sent(later(1), Some(TaxIdState::Verified)).await?).unwrap();
    let stored = look!(acme, |tx| tx.billing_details().await?).unwrap().unwrap();
    assert_eq!((stored.has_arrived(), stored.tax_state), (true, Some(TaxIdState::Verified)));
    // What was known of another number is nothing about a new one; of the same one it is kept.
    let kept = change!(acme, later(4), |tx| {
        tx.set_billing_details(&other).await?;
        tx.billing_details().await?.unwrap().tax_state
    });
    assert_eq!(kept.unwrap(), Some(TaxIdState::Verified));
    let gone = change!(acme, later(5), |tx| {
        tx.set_billing_details(&BillingDetails { tax_id: None, ..details }).await?;
        tx.billing_details().await?.unwrap().tax_state
    });
    assert_eq!(gone.unwrap(), None);
}

async fn a_contact_is_entered_once_and_counts_when_it_has_said_yes(world: &World) {
    let acme = world.acme().await;
    let (one, two) = (world.billing_contact(), world.billing_contact());
    let new = |id, hash| NewBillingContact {
        id,
        email: "Books@acme.test".parse().unwrap(),
        token_hash: [hash; 32],
        expires_at: later(60),
    };
    let (first, again) = (new(one, 1), new(two, 2));
    assert!(change!(acme, NOW, |tx| tx.add_billing_contact(&first).await?).unwrap());
    assert!(!change!(acme, NOW, |tx| tx.add_billing_contact(&again).await?).unwrap());
    assert!(!change!(acme, NOW, |tx| tx.prefer_billing_contact(one).await?).unwrap(), "has not said yes");
    assert!(change!(acme, NOW, |tx| tx.renew_billing_contact(one, &[3; 32], later(90)).await?).unwrap());
    let system = world.store.system();
    assert_eq!(system.org_of_billing_contact(&[1; 32]).await.unwrap(), None);
    assert_eq!(system.org_of_billing_contact(&[3; 32]).await.unwrap(), Some(acme.org()));
    let found = look!(acme, |tx| tx.billing_contact_by_token(&[3; 32]).await?).unwrap().unwrap();
    assert_eq!((found.id, found.expires_at, found.confirmed_at), (one, later(90), None));
    assert!(change!(acme, later(1), |tx| tx.confirm_billing_contact(one).await?).unwrap());
    assert!(!change!(acme, later(2), |tx| tx.confirm_billing_contact(one).await?).unwrap());
    let other = NewBillingContact { email: "tax@other.test".parse().unwrap(), ..new(two, 4) };
    let order = change!(acme, later(3), |tx| {
        tx.add_billing_contact(&other).await?;
        tx.confirm_billing_contact(two).await?;
        let before = tx.billing_contacts().await?;
        assert!(tx.prefer_billing_contact(two).await?);
        (before, tx.billing_contacts().await?)
    });
    let (before, after) = order.unwrap();
    let names = |all: Vec<store::BillingContactRecord>| all.into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!((names(before), names(after)), (vec![one, two], vec![two, one]));
    assert!(change!(acme, later(4), |tx| tx.remove_billing_contact(one).await?).unwrap());
    assert_eq!(system.org_of_billing_contact(&[3; 32]).await.unwrap(), None);
    // It may be entered again.
    let again = NewBillingContact { token_hash: [5; 32], ..new(world.billing_contact(), 5) };
    assert!(change!(acme, later(5), |tx| tx.add_billing_contact(&again).await?).unwrap());
}
