//! The end of an account.

use service::{Error, Visit};

use crate::stand::{PASSWORD, Stand, code};

claims! {
    a_deleted_account_leaves_nothing_of_the_person;
    the_last_owner_of_a_company_has_to_hand_over_first;
    a_deletion_gives_seats_back_everywhere;
    a_deleted_address_can_be_used_again_and_finds_nothing;
    an_account_is_deleted_only_by_who_knows_the_password;
    two_owners_who_delete_their_accounts_at_once_leave_an_owner;
}

async fn delete(stand: &Stand, me: &service::Caller) -> Result<(), Error> {
    service::delete_account(&stand.s, me, PASSWORD.to_owned()).await
}

async fn a_deleted_account_leaves_nothing_of_the_person(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    let session = stand.sign_in("owner@acme.test", PASSWORD).await.unwrap();
    service::change_address(&stand.s, &me, "owner@new.test", PASSWORD.to_owned()).await.unwrap();
    service::forgot(&stand.s, "owner@acme.test", Visit::default()).await.unwrap();
    let reset = stand.link("owner@acme.test", "/reset").await;
    let yes = stand.link("owner@new.test", "/address").await;
    delete(&stand, &me).await.unwrap();
    assert!(service::who(&stand.s, session.as_str(), Visit::default()).await.unwrap().is_none());
    assert!(matches!(stand.sign_in("owner@acme.test", PASSWORD).await, Err(Error::SignIn)));
    let nobody = format!("deleted-{}@deleted.invalid", me.user);
    for password in [PASSWORD, ""] {
        assert!(matches!(stand.sign_in(&nobody, password).await, Err(Error::SignIn)), "nor by its new name");
    }
    assert_eq!(code(service::reset_view(&stand.s, &reset).await), "not-found");
    assert_eq!(code(service::address_change(&stand.s, &yes).await), "not-found");
    assert!(matches!(service::account(&stand.s, &me).await, Err(Error::SignIn)));
    assert!(matches!(delete(&stand, &me).await, Err(Error::SignIn)));
    assert_eq!(stand.letters("owner@acme.test").await[0].subject, "Your account was deleted");
    service::forgot(&stand.s, "owner@acme.test", Visit::default()).await.unwrap();
    assert_eq!(stand.letters("owner@acme.test").await[0].subject, "Your account was deleted", "there is no account");
}

async fn the_last_owner_of_a_company_has_to_hand_over_first(stand: Stand) {
    let owner = stand.acme().await;
    stand.join(&owner, "second@acme.test", "member").await;
    assert_eq!(service::account(&stand.s, &owner).await.unwrap().last_owner_of, ["Acme"]);
    match delete(&stand, &owner).await {
        Err(Error::Refused(no)) => {
            assert_eq!(no.code, "last-owner-of");
            assert!(no.what.contains("Acme"), "{no}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(stand.seats(&owner).await.0, 2, "nothing has happened");
    let heir = stand.join(&owner, "heir@acme.test", "owner").await;
    delete(&stand, &owner).await.unwrap();
    let team = stand.team(&heir).await;
    let left: Vec<_> = team.members.iter().map(|member| member.email.as_str()).collect();
    assert_eq!(left, ["heir@acme.test", "second@acme.test"]);
}

async fn a_deletion_gives_seats_back_everywhere(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.join(&owner, "second@acme.test", "admin").await;
    assert_eq!(stand.seats(&owner).await, (2, 0));
    delete(&stand, &second).await.unwrap();
    assert_eq!(stand.seats(&owner).await, (1, 0));
    assert!(matches!(service::desk(&stand.s, &second, "acme").await, Err(Error::NotFound)));
}

async fn a_deleted_address_can_be_used_again_and_finds_nothing(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.join(&owner, "second@acme.test", "member").await;
    delete(&stand, &second).await.unwrap();
    let anew = stand.sign_up("second@acme.test").await;
    assert_ne!(anew.user, second.user);
    assert!(service::organizations(&stand.s, &anew).await.unwrap().is_empty());
    assert!(matches!(service::desk(&stand.s, &anew, "acme").await, Err(Error::NotFound)));
    stand.invite(&owner, "second@acme.test").await.unwrap();
}

async fn an_account_is_deleted_only_by_who_knows_the_password(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    match service::delete_account(&stand.s, &me, "a wrong password".to_owned()).await {
        Err(Error::Invalid { field, problem }) => {
            assert_eq!((field, problem.code.as_str()), ("password", "password-wrong"));
        }
        other => panic!("{other:?}"),
    }
    assert!(stand.sign_in("owner@acme.test", PASSWORD).await.is_ok());
}

async fn two_owners_who_delete_their_accounts_at_once_leave_an_owner(stand: Stand) {
    let one = stand.acme().await;
    let two = stand.join(&one, "two@acme.test", "owner").await;
    let third = stand.join(&one, "third@acme.test", "member").await;
    let (first, second) = tokio::join!(delete(&stand, &one), delete(&stand, &two));
    let gone = [&first, &second].into_iter().filter(|done| done.is_ok()).count();
    assert_eq!(gone, 1, "{first:?} {second:?}");
    let team = stand.team(&third).await;
    assert_eq!(team.members.iter().filter(|member| member.role == domain::Role::Owner).count(), 1);
}
