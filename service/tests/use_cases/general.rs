//! An organization as a whole: its name, its address, its owner.

use domain::Role;
use domain::view::{AuditQuery, TeamQuery};
use service::{Caller, Error};

use crate::stand::{PASSWORD, Stand, code};

claims! {
    a_company_is_called_what_its_owners_and_admins_say;
    a_moved_company_is_found_by_its_members_at_both_addresses_and_by_nobody_else;
    an_address_that_was_given_up_is_nobody_elses_and_can_be_gone_back_to;
    a_company_keeps_ten_addresses_and_no_more;
    of_two_companies_that_want_one_address_at_once_one_gets_it;
    only_an_owner_moves_hands_over_or_deletes;
    who_hands_over_is_an_admin_and_the_heir_is_the_owner;
    a_company_is_handed_only_to_an_active_member_and_only_with_the_password;
    two_owners_who_hand_over_to_each_other_at_once_leave_an_owner;
    the_settings_say_whom_it_can_be_handed_to_and_who_cannot_leave;
    every_change_of_a_company_is_a_line_in_its_log;
}

async fn a_company_is_called_what_its_owners_and_admins_say(stand: Stand) {
    let owner = stand.acme().await;
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    let member = stand.join(&owner, "member@acme.test", "member").await;
    service::rename(&stand.s, &admin, "acme", "  Acme & Söhne ").await.unwrap();
    assert_eq!(service::desk(&stand.s, &owner, "acme").await.unwrap().name, "Acme & Söhne");
    assert_eq!(service::organizations(&stand.s, &member).await.unwrap()[0].name, "Acme & Söhne");
    for (name, why) in [(" ", "name-length"), ("a\nb", "name-characters")] {
        assert_eq!(code(service::rename(&stand.s, &owner, "acme", name).await), why);
    }
    assert_eq!(code(service::rename(&stand.s, &member, "acme", "Mine").await), "not-permitted");
}

async fn a_moved_company_is_found_by_its_members_at_both_addresses_and_by_nobody_else(stand: Stand) {
    let owner = stand.acme().await;
    let member = stand.join(&owner, "member@acme.test", "member").await;
    let stranger = stand.sign_up("stranger@other.test").await;
    assert_eq!(service::change_slug(&stand.s, &owner, "acme", "apex").await.unwrap(), "/app/apex");
    assert_eq!(service::desk(&stand.s, &member, "apex").await.unwrap().slug.as_str(), "apex");
    for who in [&owner, &member] {
        let answer = service::desk(&stand.s, who, "acme").await;
        assert!(matches!(answer, Err(Error::Moved { home }) if home == "/app/apex"));
    }
    for slug in ["acme", "apex", "nowhere"] {
        assert!(matches!(service::desk(&stand.s, &stranger, slug).await, Err(Error::NotFound)), "{slug}");
    }
    let id = service::team(&stand.s, &owner, "apex", TeamQuery::default())
        .await
        .unwrap()
        .members
        .iter()
        .find(|one| one.email == member.email)
        .unwrap()
        .id;
    service::remove_member(&stand.s, &owner, "apex", id).await.unwrap();
    assert!(matches!(service::desk(&stand.s, &member, "acme").await, Err(Error::NotFound)));
}

async fn an_address_that_was_given_up_is_nobody_elses_and_can_be_gone_back_to(stand: Stand) {
    let owner = stand.acme().await;
    service::change_slug(&stand.s, &owner, "acme", "apex").await.unwrap();
    let other = stand.sign_up("owner@other.test").await;
    assert_eq!(code(stand.create(&other, "Other", "acme").await), "slug-taken");
    stand.create(&other, "Other", "other").await.unwrap();
    for taken in ["acme", "apex"] {
        assert_eq!(code(service::change_slug(&stand.s, &other, "other", taken).await), "slug-taken");
    }
    for (slug, why) in [("admin", "slug-reserved"), ("A B", "slug-characters"), ("a", "slug-length")] {
        assert_eq!(code(service::change_slug(&stand.s, &owner, "apex", slug).await), why);
    }
    service::change_slug(&stand.s, &owner, "apex", "apex").await.unwrap();
    service::change_slug(&stand.s, &owner, "apex", "acme").await.unwrap();
    assert_eq!(service::desk(&stand.s, &owner, "acme").await.unwrap().slug.as_str(), "acme");
    assert_eq!(code(service::desk(&stand.s, &owner, "apex").await), "moved");
    let former = service::general(&stand.s, &owner, "acme").await.unwrap().former;
    assert_eq!(former.iter().map(domain::Slug::as_str).collect::<Vec<_>>(), ["apex"]);
}

async fn a_company_keeps_ten_addresses_and_no_more(stand: Stand) {
    let owner = stand.acme().await;
    let mut at = "acme".to_owned();
    for n in 2..=10 {
        let next = format!("acme-{n}");
        service::change_slug(&stand.s, &owner, &at, &next).await.unwrap();
        at = next;
    }
    assert_eq!(code(service::change_slug(&stand.s, &owner, &at, "acme-11").await), "slugs-many");
    service::change_slug(&stand.s, &owner, &at, "acme-3").await.unwrap();
    assert_eq!(service::general(&stand.s, &owner, "acme-3").await.unwrap().former.len(), 9);
}

async fn of_two_companies_that_want_one_address_at_once_one_gets_it(stand: Stand) {
    let owner = stand.acme().await;
    stand.create(&owner, "Birch", "birch").await.unwrap();
    let answers = tokio::join!(
        service::change_slug(&stand.s, &owner, "acme", "apex"),
        service::change_slug(&stand.s, &owner, "birch", "apex"),
    );
    let mut codes = [code(answers.0), code(answers.1)];
    codes.sort();
    assert_eq!(codes, ["-", "slug-taken"]);
    assert!(service::desk(&stand.s, &owner, "apex").await.is_ok());
}

async fn only_an_owner_moves_hands_over_or_deletes(stand: Stand) {
    let owner = stand.acme().await;
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    let (s, password) = (&stand.s, || PASSWORD.to_owned());
    assert_eq!(code(service::change_slug(s, &admin, "acme", "mine").await), "not-permitted");
    let over = service::transfer_ownership(s, &admin, "acme", "admin@acme.test", password()).await;
    assert_eq!(code(over), "not-permitted");
    assert_eq!(code(service::delete_organization(s, &admin, "acme", "acme", password()).await), "not-permitted");
    assert!(service::general(s, &admin, "acme").await.unwrap().heirs.is_empty());
    let stranger = stand.sign_up("stranger@other.test").await;
    for slug in ["acme", "nowhere"] {
        let over = service::transfer_ownership(s, &stranger, slug, "admin@acme.test", password()).await;
        assert!(matches!(over, Err(Error::NotFound)));
        let end = service::delete_organization(s, &stranger, slug, slug, password()).await;
        assert!(matches!(end, Err(Error::NotFound)));
        assert!(matches!(service::rename(s, &stranger, slug, "Mine").await, Err(Error::NotFound)));
        assert!(matches!(service::change_slug(s, &stranger, slug, "mine").await, Err(Error::NotFound)));
        assert!(matches!(service::general(s, &stranger, slug).await, Err(Error::NotFound)));
        assert!(matches!(service::reactivation(s, &stranger, slug).await, Err(Error::NotFound)));
        assert!(matches!(service::continue_on_free(s, &stranger, slug).await, Err(Error::NotFound)));
    }
}

async fn who_hands_over_is_an_admin_and_the_heir_is_the_owner(stand: Stand) {
    let owner = stand.acme().await;
    let heir = stand.join(&owner, "heir@acme.test", "viewer").await;
    service::transfer_ownership(&stand.s, &owner, "acme", "Heir@ACME.test", PASSWORD.to_owned()).await.unwrap();
    let (mine, theirs) =
        (service::desk(&stand.s, &owner, "acme").await.unwrap(), service::desk(&stand.s, &heir, "acme").await.unwrap());
    assert_eq!((mine.role, theirs.role), (Role::Admin, Role::Owner));
    assert_eq!(stand.seats(&heir).await, (2, 0));
    stand.settle().await;
    assert!(stand.letters("heir@acme.test").await.iter().any(|letter| letter.subject.contains("an owner of Acme")));
    assert!(stand.letters("owner@acme.test").await.iter().any(|letter| letter.subject.contains("an admin of Acme")));
    service::leave(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(code(service::leave(&stand.s, &heir, "acme").await), "last-owner");
}

async fn a_company_is_handed_only_to_an_active_member_and_only_with_the_password(stand: Stand) {
    let owner = stand.acme().await;
    let heir = stand.join(&owner, "heir@acme.test", "member").await;
    stand.sign_up("stranger@other.test").await;
    stand.invite(&owner, "invited@acme.test").await.unwrap();
    let hand = async |to: &str, password: &str| {
        code(service::transfer_ownership(&stand.s, &owner, "acme", to, password.to_owned()).await)
    };
    for nobody in ["stranger@other.test", "invited@acme.test", "owner@acme.test"] {
        assert_eq!(hand(nobody, PASSWORD).await, "no-heir", "{nobody}");
    }
    assert_eq!(hand("nobody", PASSWORD).await, "email-form");
    assert_eq!(hand("heir@acme.test", "a wrong password").await, "password-wrong");
    let id = stand.team(&owner).await.members.iter().find(|one| one.email == heir.email).unwrap().id;
    service::suspend_member(&stand.s, &owner, "acme", id, None, None).await.unwrap();
    assert_eq!(hand("heir@acme.test", PASSWORD).await, "no-heir", "a seat that rests");
    assert_eq!(service::desk(&stand.s, &owner, "acme").await.unwrap().role, Role::Owner);
}

async fn two_owners_who_hand_over_to_each_other_at_once_leave_an_owner(stand: Stand) {
    let one = stand.acme().await;
    let two = stand.join(&one, "two@acme.test", "owner").await;
    let hand = |from: &Caller, to: &str| {
        let (s, from, to) = (stand.s.clone(), from.clone(), to.to_owned());
        async move { service::transfer_ownership(&s, &from, "acme", &to, PASSWORD.to_owned()).await }
    };
    let _any = tokio::join!(hand(&one, "two@acme.test"), hand(&two, "owner@acme.test"));
    let team = stand.team(&one).await;
    let owners = team.members.iter().filter(|member| member.role == Role::Owner).count();
    assert!(owners >= 1, "{:?}", team.members);
    assert_eq!(stand.seats(&one).await, (2, 0));
}

async fn the_settings_say_whom_it_can_be_handed_to_and_who_cannot_leave(stand: Stand) {
    let owner = stand.acme().await;
    let alone = service::general(&stand.s, &owner, "acme").await.unwrap();
    assert!(alone.last_owner && alone.heirs.is_empty() && alone.paid.is_none() && alone.former.is_empty());
    assert_eq!(alone.address, "/app/acme");
    let member = stand.join(&owner, "member@acme.test", "member").await;
    let seen = service::general(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(seen.heirs, std::slice::from_ref(&member.email));
    let theirs = service::general(&stand.s, &member, "acme").await.unwrap();
    assert!(!theirs.last_owner && theirs.heirs.is_empty());
}

async fn every_change_of_a_company_is_a_line_in_its_log(stand: Stand) {
    let owner = stand.acme().await;
    stand.join(&owner, "heir@acme.test", "admin").await;
    service::rename(&stand.s, &owner, "acme", "Apex").await.unwrap();
    service::rename(&stand.s, &owner, "acme", "Apex").await.unwrap();
    service::change_slug(&stand.s, &owner, "acme", "apex").await.unwrap();
    service::close_organization(&stand.s, "apex", "We are moving house.").await.unwrap();
    service::reopen_organization(&stand.s, "apex").await.unwrap();
    service::reopen_organization(&stand.s, "apex").await.unwrap();
    service::transfer_ownership(&stand.s, &owner, "apex", "heir@acme.test", PASSWORD.to_owned()).await.unwrap();
    let log = actions(&stand, &owner, "apex").await;
    let mine: Vec<&str> = log.iter().map(String::as_str).filter(|action| action.starts_with("organization.")).collect();
    assert_eq!(
        mine,
        [
            "organization.created",
            "organization.renamed",
            "organization.moved",
            "organization.suspended",
            "organization.resumed",
            "organization.handed_over",
        ]
    );
}

/// What was done, the oldest first.
async fn actions(stand: &Stand, who: &Caller, slug: &str) -> Vec<String> {
    let view = service::audit_log(&stand.s, who, slug, &AuditQuery::default(), None).await.unwrap();
    view.lines.into_iter().rev().map(|line| line.action).collect()
}
