//! What stands on invoices reaches the provider, and who gets them has said yes.

use domain::billing_details::{Address, DetailsForm};
use domain::tax_id::TaxIdState;
use service::{Caller, Error};

use crate::stand::Stand;
use crate::till::Mood;
use crate::till_invoices::renewal;

claims! {
    details_reach_the_provider_once_it_answers_and_as_they_are_then;
    details_of_before_the_first_payment_are_sent_with_it;
    wrong_details_are_refused_at_their_field;
    a_contact_gets_nothing_before_it_has_said_yes_and_invoices_afterwards;
    only_owners_say_what_stands_on_invoices;
}

fn form() -> DetailsForm {
    DetailsForm {
        company: " Acme GmbH ".to_owned(),
        address: Address { line1: "Weg 1".to_owned(), country: "de".to_owned(), ..Address::default() },
        po_number: "PO 7".to_owned(),
        tax_kind: "eu_vat".to_owned(),
        tax_number: "de 123 456 789".to_owned(),
    }
}

async fn set(stand: &Stand, who: &Caller, form: DetailsForm) -> Result<(), Error> {
    service::set_billing_details(&stand.s, who, "acme", form).await
}

async fn details_reach_the_provider_once_it_answers_and_as_they_are_then(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.till.mood(Mood::Away);
    set(&stand, &owner, form()).await.unwrap();
    stand.settle().await;
    let sheet = service::billing_details(&stand.s, &owner, "acme").await.unwrap().sheet.unwrap();
    assert!(sheet.on_its_way);
    assert_eq!((sheet.form.company.as_str(), sheet.form.address.country.as_str()), ("Acme GmbH", "DE"));
    set(&stand, &owner, DetailsForm { po_number: "PO 8".to_owned(), ..form() }).await.unwrap();
    stand.till.mood(Mood::Mumbling);
    stand.pass(std::time::Duration::from_secs(10));
    stand.settle().await;
    stand.till.mood(Mood::Well);
    stand.pass(std::time::Duration::from_mins(10));
    stand.settle().await;
    let sheet = service::billing_details(&stand.s, &owner, "acme").await.unwrap().sheet.unwrap();
    assert_eq!((sheet.on_its_way, sheet.tax_state), (false, Some(TaxIdState::Verified)));
    let last = stand.till.inside().payers.last().cloned().unwrap();
    let details = last.details.unwrap();
    assert_eq!((last.name.as_str(), last.email.as_str()), ("Acme GmbH", "owner@acme.test"));
    assert_eq!((details.po_number.as_str(), details.tax_id.unwrap().number.as_str()), ("PO 8", "DE123456789"));
    // The same again changes nothing, and is not sent.
    let sent = stand.till.inside().payers.len();
    set(&stand, &owner, DetailsForm { po_number: "PO 8".to_owned(), ..form() }).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.till.inside().payers.len(), sent);
}

async fn details_of_before_the_first_payment_are_sent_with_it(stand: Stand) {
    let owner = stand.acme().await;
    set(&stand, &owner, form()).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.till.inside().payers.len(), 0, "there is nobody to send it to");
    stand.start(&owner, "team", "month", 1).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.till.inside().payers.len(), 1);
}

async fn wrong_details_are_refused_at_their_field(stand: Stand) {
    let owner = stand.acme().await;
    let long = "x".repeat(31);
    let cases: [(&str, DetailsForm); 5] = [
        ("tax_number", DetailsForm { tax_number: "DE12".to_owned(), ..form() }),
        ("tax_kind", DetailsForm { tax_kind: "mars".to_owned(), ..form() }),
        ("po_number", DetailsForm { po_number: long, ..form() }),
        ("company", DetailsForm { company: "a\nb".to_owned(), ..form() }),
        ("country", DetailsForm { address: Address { city: "Ulm".to_owned(), ..Address::default() }, ..form() }),
    ];
    for (field, form) in cases {
        let no = set(&stand, &owner, form).await.unwrap_err();
        assert!(matches!(&no, Error::Invalid { field: found, .. } if *found == field), "{field}: {no:?}");
    }
}

async fn a_contact_gets_nothing_before_it_has_said_yes_and_invoices_afterwards(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let bought = stand.till.inside().subscriptions[0].subscription.clone();
    let books = "books@elsewhere.test";
    service::add_billing_contact(&stand.s, &owner, "acme", books).await.unwrap();
    let again = service::add_billing_contact(&stand.s, &owner, "acme", "Books@Elsewhere.test").await.unwrap_err();
    assert!(matches!(again, Error::Invalid { field: "email", .. }));
    let token = stand.link(books, "/billing-contact").await;
    let pay = |n| {
        let mut new = renewal(n, &bought, 9_998, stand.s.now());
        new.status = domain::InvoiceStatus::Paid;
        new.paid_at = Some(stand.s.now());
        stand.till.put(new);
    };
    pay(1);
    service::refresh_invoices(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(stand.letters(books).await.len(), 1, "only the question");
    assert_eq!(stand.seats(&owner).await, (1, 0), "and no seat");

    let asked = service::billing_contact(&stand.s, &token).await.unwrap();
    assert_eq!((asked.organization.as_str(), asked.confirmed), ("Acme", false));
    for _ in 0..2 {
        assert_eq!(service::confirm_billing_contact(&stand.s, &token).await.unwrap(), "Acme");
    }
    pay(2);
    for _ in 0..2 {
        service::refresh_invoices(&stand.s, &owner, "acme").await.unwrap();
    }
    let letters = stand.letters(books).await;
    assert_eq!(letters.len(), 2);
    assert!(letters[0].text.contains("https://pay.test/in_2.pdf"), "{}", letters[0].text);
    assert_eq!(stand.till.inside().payers.last().unwrap().email.as_str(), books, "the first of them is the provider's");
    let sheet = service::billing_details(&stand.s, &owner, "acme").await.unwrap().sheet.unwrap();
    assert!(sheet.contacts[0].first && sheet.contacts[0].confirmed_at.is_some());
    service::remove_billing_contact(&stand.s, &owner, "acme", sheet.contacts[0].id).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.till.inside().payers.last().unwrap().email.as_str(), "owner@acme.test");
    assert!(matches!(service::billing_contact(&stand.s, &token).await, Err(Error::NotFound)));
    let gone = service::remove_billing_contact(&stand.s, &owner, "acme", sheet.contacts[0].id).await.unwrap_err();
    assert!(matches!(gone, Error::NotFound));

    service::add_billing_contact(&stand.s, &owner, "acme", "late@elsewhere.test").await.unwrap();
    let token = stand.link("late@elsewhere.test", "/billing-contact").await;
    stand.pass(std::time::Duration::from_hours(15 * 24));
    let expired = service::confirm_billing_contact(&stand.s, &token).await.unwrap_err();
    assert!(matches!(expired, Error::Refused(why) if why.code == "contact-expired"));
}

async fn only_owners_say_what_stands_on_invoices(stand: Stand) {
    let owner = stand.acme_with_all_access(2).await;
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    assert!(matches!(set(&stand, &admin, form()).await, Err(Error::Forbidden(_))));
    let seen = service::billing_details(&stand.s, &admin, "acme").await.unwrap();
    assert_eq!((seen.sheet, seen.owners.len()), (None, 1));
    let no = service::add_billing_contact(&stand.s, &admin, "acme", "x@acme.test").await;
    assert!(matches!(no, Err(Error::Forbidden(_))));
}
