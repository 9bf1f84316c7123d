//! Another address.

use std::time::Duration;

use domain::view::AddressConfirmed;
use service::{Error, Visit};

use crate::stand::{PASSWORD, Stand, code};

claims! {
    an_address_changes_once_both_have_said_yes_in_either_order;
    one_yes_changes_nothing;
    the_new_address_is_the_address_everywhere_and_sessions_stay;
    an_address_with_an_account_is_told_so_by_letter_and_cannot_be_taken;
    an_address_that_gets_an_account_meanwhile_is_not_taken;
    a_wish_replaces_the_one_before_and_can_be_taken_back;
    a_change_that_nobody_finishes_is_over_after_a_day;
    an_address_is_changed_only_by_who_knows_the_password;
    the_way_it_is_written_can_be_changed;
}

async fn want(stand: &Stand, me: &service::Caller, new: &str) {
    service::change_address(&stand.s, me, new, PASSWORD.to_owned()).await.unwrap();
}

async fn yes(stand: &Stand, token: &str) -> Result<AddressConfirmed, Error> {
    service::confirm_address(&stand.s, token, Visit::default()).await
}

async fn links(stand: &Stand, old: &str, new: &str) -> (String, String) {
    (stand.link(old, "/address").await, stand.link(new, "/address").await)
}

async fn an_address_changes_once_both_have_said_yes_in_either_order(stand: Stand) {
    for (old_first, name) in [(true, "one"), (false, "two")] {
        let (old, new) = (format!("{name}@acme.test"), format!("{name}@new.test"));
        let me = stand.sign_up(&old).await;
        want(&stand, &me, &new).await;
        let (of_old, of_new) = links(&stand, &old, &new).await;
        let (first, second, other) = if old_first { (&of_old, &of_new, &new) } else { (&of_new, &of_old, &old) };
        let view = service::address_change(&stand.s, first).await.unwrap();
        assert_eq!((view.for_new, view.other_confirmed, view.old.as_str()), (!old_first, false, old.as_str()));
        assert_eq!(yes(&stand, first).await.unwrap(), AddressConfirmed::Waiting { other: other.parse().unwrap() });
        assert_eq!(
            yes(&stand, first).await.unwrap(),
            AddressConfirmed::Waiting { other: other.parse().unwrap() },
            "twice the same yes is one yes"
        );
        assert!(service::address_change(&stand.s, second).await.unwrap().other_confirmed);
        assert_eq!(yes(&stand, second).await.unwrap(), AddressConfirmed::Changed { email: new.parse().unwrap() });
        assert!(stand.sign_in(&new, PASSWORD).await.is_ok());
        assert!(matches!(stand.sign_in(&old, PASSWORD).await, Err(Error::SignIn)));
        assert_eq!(code(yes(&stand, second).await), "change-ended");
        for address in [&old, &new] {
            assert_eq!(stand.letters(address).await[0].subject, "Your address was changed");
        }
    }
}

async fn one_yes_changes_nothing(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    want(&stand, &me, "owner@new.test").await;
    let (_, of_new) = links(&stand, "owner@acme.test", "owner@new.test").await;
    yes(&stand, &of_new).await.unwrap();
    let account = service::account(&stand.s, &me).await.unwrap();
    assert_eq!(account.me.email.as_str(), "owner@acme.test");
    let change = account.change.unwrap();
    assert_eq!((change.email.as_str(), change.old_confirmed, change.new_confirmed), ("owner@new.test", false, true));
    assert!(matches!(stand.sign_in("owner@new.test", PASSWORD).await, Err(Error::SignIn)));
    assert!(stand.sign_in("owner@acme.test", PASSWORD).await.is_ok());
}

async fn the_new_address_is_the_address_everywhere_and_sessions_stay(stand: Stand) {
    let owner = stand.acme().await;
    let session = stand.sign_in("owner@acme.test", PASSWORD).await.unwrap();
    want(&stand, &owner, "boss@acme.test").await;
    let (of_old, of_new) = links(&stand, "owner@acme.test", "boss@acme.test").await;
    yes(&stand, &of_old).await.unwrap();
    yes(&stand, &of_new).await.unwrap();
    let me = service::who(&stand.s, session.as_str(), Visit::default()).await.unwrap().unwrap();
    assert_eq!((me.user, me.email.as_str()), (owner.user, "boss@acme.test"));
    assert_eq!(stand.team(&me).await.members[0].email.as_str(), "boss@acme.test");
    stand.sign_up("owner@acme.test").await;
}

async fn an_address_with_an_account_is_told_so_by_letter_and_cannot_be_taken(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    stand.sign_up("other@acme.test").await;
    want(&stand, &me, "Other@acme.test").await;
    let letters = stand.letters("Other@acme.test").await;
    assert_eq!(letters[0].subject, "This address has an account already");
    assert!(!letters[0].text.contains("/address/") && !letters[0].text.contains("owner@acme.test"));
    let of_old = stand.link("owner@acme.test", "/address").await;
    assert!(matches!(yes(&stand, &of_old).await, Ok(AddressConfirmed::Waiting { .. })));
    assert!(stand.sign_in("owner@acme.test", PASSWORD).await.is_ok());
}

async fn an_address_that_gets_an_account_meanwhile_is_not_taken(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    want(&stand, &me, "other@acme.test").await;
    let (of_old, of_new) = links(&stand, "owner@acme.test", "other@acme.test").await;
    yes(&stand, &of_new).await.unwrap();
    let other = stand.sign_up("other@acme.test").await;
    assert_eq!(code(yes(&stand, &of_old).await), "change-impossible");
    assert_eq!(code(yes(&stand, &of_old).await), "change-ended");
    assert_eq!(service::account(&stand.s, &other).await.unwrap().me.email.as_str(), "other@acme.test");
    assert_eq!(service::account(&stand.s, &me).await.unwrap().me.email.as_str(), "owner@acme.test");
}

async fn a_wish_replaces_the_one_before_and_can_be_taken_back(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    want(&stand, &me, "first@acme.test").await;
    let (_, first) = links(&stand, "owner@acme.test", "first@acme.test").await;
    stand.pass(Duration::from_mins(1));
    want(&stand, &me, "second@acme.test").await;
    let (of_old, second) = links(&stand, "owner@acme.test", "second@acme.test").await;
    assert_eq!(code(yes(&stand, &first).await), "change-ended");
    yes(&stand, &second).await.unwrap();
    service::cancel_address_change(&stand.s, &me).await.unwrap();
    service::cancel_address_change(&stand.s, &me).await.unwrap();
    assert_eq!(code(yes(&stand, &of_old).await), "change-ended");
    assert!(service::account(&stand.s, &me).await.unwrap().change.is_none());
}

async fn a_change_that_nobody_finishes_is_over_after_a_day(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    want(&stand, &me, "owner@new.test").await;
    let (of_old, of_new) = links(&stand, "owner@acme.test", "owner@new.test").await;
    yes(&stand, &of_old).await.unwrap();
    stand.pass(Duration::from_hours(24));
    assert_eq!(code(yes(&stand, &of_new).await), "change-expired");
    assert!(service::account(&stand.s, &me).await.unwrap().change.is_none());
    want(&stand, &me, "owner@new.test").await;
    for nonsense in ["", "x", &"A".repeat(43)] {
        assert_eq!(code(yes(&stand, nonsense).await), "not-found");
    }
}

async fn an_address_is_changed_only_by_who_knows_the_password(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    let change =
        async |new: &str, password: &str| code(service::change_address(&stand.s, &me, new, password.to_owned()).await);
    assert_eq!(change("owner@new.test", "not the password").await, "password-wrong");
    assert_eq!(change("owner@acme.test", PASSWORD).await, "same-address");
    assert_eq!(change("owner", PASSWORD).await, "email-form");
    assert!(stand.letters("owner@new.test").await.is_empty());
}

async fn the_way_it_is_written_can_be_changed(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    want(&stand, &me, "Owner@Acme.test").await;
    let (of_old, of_new) = links(&stand, "owner@acme.test", "Owner@Acme.test").await;
    yes(&stand, &of_old).await.unwrap();
    yes(&stand, &of_new).await.unwrap();
    assert_eq!(service::account(&stand.s, &me).await.unwrap().me.email.as_str(), "Owner@Acme.test");
}
