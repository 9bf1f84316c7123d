//! The end of an organization, and what follows the end of its plan.

use domain::subscription::ProviderSubscriptionId;
use domain::view::TeamQuery;
use domain::{Access, Role, Subscription, SubscriptionStatus};
use service::{Caller, Error, Invite, StartCheckout, Visit};

use crate::stand::{PASSWORD, Stand, code, token};
use crate::till::Mood;

claims! {
    a_deleted_company_pays_nothing_more_and_is_nowhere;
    while_the_provider_is_away_nothing_is_deleted;
    a_deletion_whose_end_of_payment_got_no_answer_is_done_by_asking_again;
    a_subscription_that_we_never_heard_of_ends_with_the_company;
    a_payment_page_that_is_open_cannot_be_paid_on_afterwards;
    who_pays_while_the_company_is_deleted_does_not_pay_for_nothing;
    every_door_into_a_deleted_company_is_closed;
    a_company_is_deleted_only_by_who_writes_its_name_and_knows_the_password;
    a_webhook_about_a_deleted_company_is_recognised_and_not_kept_waiting;
    an_address_is_free_again_when_its_company_is_gone;
    the_owners_are_told_that_their_company_is_gone;
    a_person_who_goes_leaves_no_company_without_an_owner;
    what_has_ended_can_be_read_left_and_paid_and_nothing_else;
    an_ended_plan_gives_nobody_a_seat_any_more;
    the_page_says_exactly_how_many_seats_would_rest;
    going_free_lets_the_newest_rest_and_deletes_nothing_and_paying_brings_them_back;
    the_free_plan_is_chosen_for_what_has_ended_and_not_for_what_ends_later;
    who_does_not_pay_goes_free_only_when_the_provider_has_ended_it;
    a_plan_in_order_cannot_be_left_by_this_door;
    an_unfinished_purchase_opens_no_way_out_of_what_has_ended;
    a_closed_company_stays_in_the_list_and_says_why;
}

fn password() -> String {
    PASSWORD.to_owned()
}

async fn delete(stand: &Stand, who: &Caller) -> Result<(), Error> {
    service::delete_organization(&stand.s, who, "acme", "acme", password()).await
}

/// Something happens at the provider, and its webhook comes.
async fn becomes(stand: &Stand, bought: &Subscription, status: SubscriptionStatus) {
    let now = stand.s.now();
    stand.till.change(&bought.id, |it| {
        it.status = status;
        it.ended_at = status.is_terminal().then_some(now);
    });
    let event = stand.till.event("customer.subscription.updated", bought);
    stand.webhook(&event).await.unwrap();
    stand.settle().await;
}

fn bought(stand: &Stand, n: usize) -> Subscription {
    stand.till.inside().subscriptions[n].subscription.clone()
}

/// A company with a paid plan without a cap, and so many members besides its owner.
async fn enterprise(stand: &Stand, colleagues: &[&str]) -> (Caller, Vec<Caller>) {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "enterprise", "month", 1).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    let mut people = Vec::new();
    for name in colleagues {
        stand.pass(std::time::Duration::from_secs(1));
        people.push(stand.join(&owner, &format!("{name}@acme.test"), "member").await);
    }
    stand.settle().await;
    (owner, people)
}

async fn a_deleted_company_pays_nothing_more_and_is_nowhere(stand: Stand) {
    let owner = stand.acme_with_all_access(2).await;
    let member = stand.join(&owner, "member@acme.test", "member").await;
    stand.settle().await;
    delete(&stand, &owner).await.unwrap();
    assert_eq!(bought(&stand, 0).status, SubscriptionStatus::Canceled);
    for who in [&owner, &member] {
        assert!(matches!(service::desk(&stand.s, who, "acme").await, Err(Error::NotFound)));
        assert!(service::organizations(&stand.s, who).await.unwrap().is_empty());
    }
    stand.settle().await;
    assert_eq!(bought(&stand, 0).status, SubscriptionStatus::Canceled, "and nothing that was left over wakes it");
}

async fn while_the_provider_is_away_nothing_is_deleted(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    for calls in 0..4 {
        stand.till.mood_after(calls, Mood::Away);
        let answer = delete(&stand, &owner).await;
        if answer.is_ok() {
            assert_eq!(bought(&stand, 0).status, SubscriptionStatus::Canceled, "after {calls} calls");
            return;
        }
        assert_eq!(code(answer), "not-ended", "after {calls} calls");
        stand.till.mood(Mood::Well);
        let desk = service::desk(&stand.s, &owner, "acme").await.unwrap();
        assert_eq!((desk.name.as_str(), desk.seats.count.active), ("Acme", 1), "after {calls} calls");
        assert_eq!(service::organizations(&stand.s, &owner).await.unwrap().len(), 1);
    }
    panic!("it needs more than four calls");
}

async fn a_deletion_whose_end_of_payment_got_no_answer_is_done_by_asking_again(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.till.mood_after(1, Mood::Mumbling);
    assert_eq!(code(delete(&stand, &owner).await), "not-ended");
    stand.till.mood(Mood::Well);
    assert_eq!(bought(&stand, 0).status, SubscriptionStatus::Canceled, "it was done, and nobody heard of it");
    assert!(service::desk(&stand.s, &owner, "acme").await.is_ok());
    delete(&stand, &owner).await.unwrap();
    assert_eq!(code(service::desk(&stand.s, &owner, "acme").await), "not-found");
}

async fn a_subscription_that_we_never_heard_of_ends_with_the_company(stand: Stand) {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    let (_, unheard) = stand.till.pay(&url);
    assert!(stand.billing(&owner).await.subscription.is_none());
    delete(&stand, &owner).await.unwrap();
    assert_eq!(bought(&stand, 0).id, unheard.id);
    assert_eq!(bought(&stand, 0).status, SubscriptionStatus::Canceled);
}

async fn a_payment_page_that_is_open_cannot_be_paid_on_afterwards(stand: Stand) {
    let owner = stand.acme().await;
    stand.start(&owner, "all_access", "year", 1).await.unwrap();
    assert_eq!(stand.till.open_pages(), 1);
    delete(&stand, &owner).await.unwrap();
    assert_eq!(stand.till.open_pages(), 0);
}

async fn who_pays_while_the_company_is_deleted_does_not_pay_for_nothing(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.join(&owner, "second@acme.test", "owner").await;
    let (s, payer) = (stand.s.clone(), second.clone());
    let buys = tokio::spawn(async move {
        let wish =
            StartCheckout { plan: "all_access".to_owned(), interval: "year".to_owned(), seats: 2, currency: None };
        service::start_checkout(&s, &payer, "acme", wish).await
    });
    let (bought, deleted) = tokio::join!(buys, delete(&stand, &owner));
    deleted.unwrap();
    if let Ok(url) = bought.unwrap() {
        let open = stand.till.inside().pages.iter().any(|(page, _)| page.url.as_deref() == Some(url.as_str()));
        assert!(!open, "a page that can still be paid on");
    }
    assert_eq!(stand.till.open_pages(), 0);
}

async fn every_door_into_a_deleted_company_is_closed(stand: Stand) {
    let owner = stand.acme().await;
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    let invited = stand.invite(&owner, "third@acme.test").await.unwrap();
    let third = stand.sign_up("third@acme.test").await;
    service::change_slug(&stand.s, &owner, "acme", "apex").await.unwrap();
    service::delete_organization(&stand.s, &owner, "apex", "apex", password()).await.unwrap();
    let s = &stand.s;
    for who in [&owner, &admin] {
        for slug in ["acme", "apex"] {
            let ask = Invite { email: "x@acme.test".to_owned(), role: "member".to_owned() };
            let buy =
                StartCheckout { plan: "all_access".to_owned(), interval: "year".to_owned(), seats: 1, currency: None };
            let answers = [
                service::desk(s, who, slug).await.err(),
                service::team(s, who, slug, TeamQuery::default()).await.err(),
                service::billing(s, who, slug).await.err(),
                service::general(s, who, slug).await.err(),
                service::invite(s, who, slug, ask).await.err(),
                service::start_checkout(s, who, slug, buy).await.err(),
                service::leave(s, who, slug).await.err(),
                service::rename(s, who, slug, "Again").await.err(),
                service::delete_organization(s, who, slug, slug, password()).await.err(),
            ];
            for (n, answer) in answers.into_iter().enumerate() {
                assert!(matches!(answer, Some(Error::NotFound)), "{slug} {n}: {answer:?}");
            }
        }
    }
    assert!(matches!(service::accept(s, &third, &token(&invited)).await, Err(Error::NotFound)));
    let new = service::accept_as_new(s, &token(&invited), password(), Visit::default()).await;
    assert!(matches!(new.map(drop), Err(Error::NotFound)));
    assert!(matches!(service::close_organization(s, "apex", "gone").await, Err(Error::NotFound)));
}

async fn a_company_is_deleted_only_by_who_writes_its_name_and_knows_the_password(stand: Stand) {
    let owner = stand.acme().await;
    for typed in ["", "Acme", "apex"] {
        let answer = service::delete_organization(&stand.s, &owner, "acme", typed, password()).await;
        assert_eq!(code(answer), "not-its-slug");
    }
    let answer = service::delete_organization(&stand.s, &owner, "acme", " acme ", "a wrong password".to_owned()).await;
    assert!(matches!(answer, Err(Error::Invalid { field: "password", .. })));
    assert!(service::desk(&stand.s, &owner, "acme").await.is_ok());
}

async fn a_webhook_about_a_deleted_company_is_recognised_and_not_kept_waiting(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let bought = bought(&stand, 0);
    delete(&stand, &owner).await.unwrap();
    let event = stand.till.event("customer.subscription.deleted", &bought);
    stand.webhook(&event).await.unwrap();
    stand.settle().await;
    let kept = stand.s.store().system().events(10).await.unwrap();
    let late = kept.iter().find(|kept| kept.kind == "customer.subscription.deleted").unwrap();
    assert_eq!((late.outcome.as_deref(), late.parked_at), (Some("ignored"), None));
}

async fn an_address_is_free_again_when_its_company_is_gone(stand: Stand) {
    let owner = stand.acme().await;
    service::change_slug(&stand.s, &owner, "acme", "apex").await.unwrap();
    service::delete_organization(&stand.s, &owner, "apex", "apex", password()).await.unwrap();
    let other = stand.sign_up("owner@other.test").await;
    for slug in ["acme", "apex"] {
        assert_eq!(stand.create(&other, "Other", slug).await.unwrap().as_str(), slug);
    }
}

async fn the_owners_are_told_that_their_company_is_gone(stand: Stand) {
    let owner = stand.acme().await;
    stand.join(&owner, "second@acme.test", "owner").await;
    stand.join(&owner, "member@acme.test", "member").await;
    delete(&stand, &owner).await.unwrap();
    for (to, told) in [("owner@acme.test", true), ("second@acme.test", true), ("member@acme.test", false)] {
        let letters = stand.letters(to).await;
        assert_eq!(letters.iter().any(|letter| letter.subject == "Acme was deleted"), told, "{to}");
    }
}

async fn a_person_who_goes_leaves_no_company_without_an_owner(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    assert_eq!(code(service::delete_account(&stand.s, &owner, password()).await), "last-owner-of");
    assert_eq!(bought(&stand, 0).status, SubscriptionStatus::Active, "nothing ends by a deed that is refused");
    delete(&stand, &owner).await.unwrap();
    service::delete_account(&stand.s, &owner, password()).await.unwrap();
}

/// Every use case that changes something, in an organization whose plan has ended.
async fn what_has_ended_can_be_read_left_and_paid_and_nothing_else(stand: Stand) {
    let (owner, people) = enterprise(&stand, &["b", "c"]).await;
    let waiting = stand.invite(&owner, "d@acme.test").await.unwrap();
    let dee = stand.sign_up("d@acme.test").await;
    becomes(&stand, &bought(&stand, 0), SubscriptionStatus::Canceled).await;
    let s = &stand.s;
    let desk = service::desk(s, &owner, "acme").await.unwrap();
    assert_eq!((desk.access, desk.seats.count.active), (Access::ReadOnly, 3));
    let [b, c] = [0, 1].map(|n| people[n].clone());
    let team = stand.team(&owner).await;
    let of = |who: &Caller| team.members.iter().find(|one| one.email == who.email).unwrap().id;

    let refused = [
        ("invite", code(stand.invite(&owner, "e@acme.test").await)),
        ("accept", code(service::accept(s, &dee, &token(&waiting)).await)),
        ("change role", code(service::change_role(s, &owner, "acme", of(&b), "admin".to_owned()).await)),
        ("rename", code(service::rename(s, &owner, "acme", "Apex").await)),
        ("move", code(service::change_slug(s, &owner, "acme", "apex").await)),
        ("requests", code(service::set_join_requests(s, &owner, "acme", false).await)),
        ("domain", code(service::add_domain(s, &owner, "acme", "acme.example.com").await)),
        ("subdomains", code(service::set_subdomains(s, &owner, "acme", None, true).await)),
        ("resend", code(service::resend_invitation(s, &owner, "acme", waiting.id).await)),
        ("link", code(service::invitation_link(s, &owner, "acme", waiting.id).await)),
    ];
    for (what, code) in refused {
        assert_eq!(code, "read-only", "{what}");
    }
    // Reading, for everybody.
    for who in [&owner, &b] {
        assert!(service::team(s, who, "acme", TeamQuery::default()).await.is_ok());
        assert!(service::billing(s, who, "acme").await.is_ok());
        assert!(service::general(s, who, "acme").await.is_ok());
        assert!(service::reactivation(s, who, "acme").await.unwrap().is_some());
    }
    // Going.
    service::leave(s, &b, "acme").await.unwrap();
    service::cancel_invitation(s, &owner, "acme", waiting.id, None).await.unwrap();
    service::transfer_ownership(s, &owner, "acme", "c@acme.test", password()).await.unwrap();
    let id = of(&owner);
    service::remove_member(s, &c, "acme", id).await.unwrap();
    // Paying.
    let url = stand.start(&c, "enterprise", "month", 1).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    service::finish_checkout(s, &c, "acme", &page).await.unwrap();
    assert_eq!(service::desk(s, &c, "acme").await.unwrap().access, Access::Full);
    service::rename(s, &c, "acme", "Apex").await.unwrap();
}

async fn an_ended_plan_gives_nobody_a_seat_any_more(stand: Stand) {
    let (owner, people) = enterprise(&stand, &["b"]).await;
    let id = stand.team(&owner).await.members.iter().find(|one| one.email == people[0].email).unwrap().id;
    service::suspend_member(&stand.s, &owner, "acme", id, None, None).await.unwrap();
    becomes(&stand, &bought(&stand, 0), SubscriptionStatus::Canceled).await;
    assert_eq!(code(service::reactivate_member(&stand.s, &owner, "acme", id).await), "read-only");
    assert_eq!(code(stand.invite(&owner, "c@acme.test").await), "read-only");
    service::continue_on_free(&stand.s, &owner, "acme").await.unwrap();
    let desk = service::desk(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!((desk.access, desk.plan.as_str(), desk.seats.limit.cap()), (Access::Free, "Free", Some(3)));
    service::reactivate_member(&stand.s, &owner, "acme", id).await.unwrap();
    stand.invite(&owner, "c@acme.test").await.unwrap();
    assert_eq!(code(stand.invite(&owner, "d@acme.test").await), "seats-full");
}

async fn the_page_says_exactly_how_many_seats_would_rest(stand: Stand) {
    let (owner, _) = enterprise(&stand, &["b", "c", "d"]).await;
    stand.join(&owner, "e@acme.test", "owner").await;
    stand.invite(&owner, "f@acme.test").await.unwrap();
    assert_eq!(service::reactivation(&stand.s, &owner, "acme").await.unwrap(), None);
    becomes(&stand, &bought(&stand, 0), SubscriptionStatus::Canceled).await;
    let view = service::reactivation(&stand.s, &owner, "acme").await.unwrap().unwrap();
    assert_eq!((view.would_rest, view.would_cancel), (2, 1), "three seats, two of them the owners'");
    assert_eq!((view.plan.as_str(), view.status), ("Enterprise", SubscriptionStatus::Canceled));
    assert_eq!(view.owners.len(), 2);
    service::continue_on_free(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(stand.seats(&owner).await, (3, 0));
    let rest = stand.team(&owner).await.members.iter().filter(|member| member.suspension.is_some()).count();
    assert_eq!(rest, 2, "as it was said");
}

async fn going_free_lets_the_newest_rest_and_deletes_nothing_and_paying_brings_them_back(stand: Stand) {
    let (owner, people) = enterprise(&stand, &["b", "c", "d"]).await;
    becomes(&stand, &bought(&stand, 0), SubscriptionStatus::Canceled).await;
    service::continue_on_free(&stand.s, &owner, "acme").await.unwrap();
    let answer = service::desk(&stand.s, &people[2], "acme").await;
    let Err(Error::Closed(why)) = answer else { panic!("{answer:?}") };
    assert_eq!(why.code, "suspended");
    assert!(why.what.contains("the plan has fewer seats") && why.next.contains("owner@acme.test"), "{why}");
    assert_eq!(service::organizations(&stand.s, &people[2]).await.unwrap().len(), 1, "the company stays in the list");
    assert_eq!(stand.team(&owner).await.members.len(), 4);
    assert!(service::desk(&stand.s, &people[1], "acme").await.is_ok());
    assert!(!stand.letters("d@acme.test").await.is_empty());
    let url = stand.start(&owner, "enterprise", "month", 1).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    assert_eq!(service::desk(&stand.s, &people[2], "acme").await.unwrap().role, Role::Member);
    assert_eq!(stand.seats(&owner).await, (4, 0));
}

async fn the_free_plan_is_chosen_for_what_has_ended_and_not_for_what_ends_later(stand: Stand) {
    let (owner, _) = enterprise(&stand, &[]).await;
    becomes(&stand, &bought(&stand, 0), SubscriptionStatus::Canceled).await;
    service::continue_on_free(&stand.s, &owner, "acme").await.unwrap();
    // A webhook about it that comes late changes nothing.
    becomes(&stand, &bought(&stand, 0), SubscriptionStatus::Canceled).await;
    let access = async || service::desk(&stand.s, &owner, "acme").await.unwrap().access;
    assert_eq!(access().await, Access::Free);
    stand.pass(std::time::Duration::from_mins(1));
    let url = stand.start(&owner, "team", "month", 1).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    assert_eq!(access().await, Access::Full);
    stand.pass(std::time::Duration::from_mins(1));
    becomes(&stand, &bought(&stand, 1), SubscriptionStatus::Canceled).await;
    assert_eq!(access().await, Access::ReadOnly);
}

async fn who_does_not_pay_goes_free_only_when_the_provider_has_ended_it(stand: Stand) {
    let (owner, people) = enterprise(&stand, &["b"]).await;
    becomes(&stand, &bought(&stand, 0), SubscriptionStatus::Unpaid).await;
    assert_eq!(service::desk(&stand.s, &owner, "acme").await.unwrap().access, Access::ReadOnly);
    let by_member = service::continue_on_free(&stand.s, &people[0], "acme").await;
    assert_eq!(code(by_member), "not-permitted");
    stand.till.mood(Mood::Away);
    assert_eq!(code(service::continue_on_free(&stand.s, &owner, "acme").await), "payments-away");
    stand.till.mood(Mood::Well);
    assert_eq!(service::desk(&stand.s, &owner, "acme").await.unwrap().access, Access::ReadOnly);
    assert_eq!(bought(&stand, 0).status, SubscriptionStatus::Unpaid);
    service::continue_on_free(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(bought(&stand, 0).status, SubscriptionStatus::Canceled);
    assert_eq!(service::desk(&stand.s, &owner, "acme").await.unwrap().access, Access::Free);
}

async fn a_plan_in_order_cannot_be_left_by_this_door(stand: Stand) {
    let (owner, _) = enterprise(&stand, &[]).await;
    assert_eq!(code(service::continue_on_free(&stand.s, &owner, "acme").await), "nothing-ended");
    assert_eq!(bought(&stand, 0).status, SubscriptionStatus::Active);
    becomes(&stand, &bought(&stand, 0), SubscriptionStatus::PastDue).await;
    assert_eq!(code(service::continue_on_free(&stand.s, &owner, "acme").await), "nothing-ended");
    stand.create(&owner, "Birch", "birch").await.unwrap();
    assert_eq!(code(service::continue_on_free(&stand.s, &owner, "birch").await), "nothing-ended");
}

async fn an_unfinished_purchase_opens_no_way_out_of_what_has_ended(stand: Stand) {
    let (owner, _) = enterprise(&stand, &[]).await;
    becomes(&stand, &bought(&stand, 0), SubscriptionStatus::Canceled).await;
    stand.pass(std::time::Duration::from_mins(1));
    let url = stand.start(&owner, "team", "month", 1).await.unwrap();
    let (_, new) = stand.till.pay(&url);
    for status in [SubscriptionStatus::Incomplete, SubscriptionStatus::IncompleteExpired] {
        becomes(&stand, &new, status).await;
        assert_eq!(service::desk(&stand.s, &owner, "acme").await.unwrap().access, Access::ReadOnly, "{status}");
    }
    let mirror = ProviderSubscriptionId("sub_0".to_owned());
    assert_eq!(bought(&stand, 0).id, mirror);
}

async fn a_closed_company_stays_in_the_list_and_says_why(stand: Stand) {
    let owner = stand.acme().await;
    let member = stand.join(&owner, "member@acme.test", "member").await;
    let waiting = stand.invite(&owner, "third@acme.test").await.unwrap();
    let third = stand.sign_up("third@acme.test").await;
    let s = &stand.s;
    service::close_organization(s, "acme", " An invoice is disputed. ").await.unwrap();
    for who in [&owner, &member] {
        let answers = [
            service::desk(s, who, "acme").await.err(),
            service::leave(s, who, "acme").await.err(),
            service::delete_organization(s, who, "acme", "acme", password()).await.err(),
        ];
        for answer in answers {
            let Some(Error::Closed(why)) = answer else { panic!("{answer:?}") };
            assert_eq!(why.code, "organization-closed");
            assert!(why.what.contains("An invoice is disputed."), "{}", why.what);
        }
        assert_eq!(service::organizations(s, who).await.unwrap().len(), 1);
    }
    assert_eq!(code(service::accept(s, &third, &token(&waiting)).await), "organization-closed");
    let stranger = stand.sign_up("stranger@other.test").await;
    assert!(matches!(service::desk(s, &stranger, "acme").await, Err(Error::NotFound)));
    assert_eq!(code(service::close_organization(s, "acme", "  ").await), "reason-missing");
    service::reopen_organization(s, "acme").await.unwrap();
    assert!(service::desk(s, &member, "acme").await.is_ok());
    service::accept(s, &third, &token(&waiting)).await.unwrap();
}
