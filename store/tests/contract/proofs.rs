//! Sign-ups, resets, changes of address, wrong passwords, and the end of an account.

use std::time::Duration;

use domain::ids::{AccountEventId, AddressChangeId, OutboxId, PasswordResetId, SignUpId};
use domain::{EmailAddress, Timestamp};
use store::{
    AccountLetter, Attempt, ConfirmSignUp, Decided, Effect, Mail, NewAccountEvent, NewAddressChange, NewReset,
    NewSession, NewSignUp, NewUser, Patience, SayYes, Scrub, Visit,
};

use crate::world::{NOW, World, all, change};

both_engines! {
    a_sign_up_is_one_row_and_one_wish_whatever_the_address_is,
    of_many_confirmations_one_makes_the_account,
    an_account_ends_all_sign_ups_of_its_address,
    a_wish_for_a_letter_is_decided_once_with_its_link,
    wrong_passwords_are_counted_exactly,
    an_attempt_that_was_none_is_taken_back,
    of_two_accounts_that_want_one_address_one_gets_it,
    a_scrubbed_account_is_a_row_and_nothing_else,
    an_account_with_a_seat_is_not_scrubbed,
    a_key_is_made_once,
    what_is_over_is_forgotten,
}

const LATER: Duration = Duration::from_hours(1);

fn email(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

/// The first bytes of a fresh hash, for an id.
fn chance(world: &World) -> [u8; 10] {
    world.hash()[..10].try_into().unwrap()
}

fn event(world: &World) -> NewAccountEvent {
    NewAccountEvent { id: AccountEventId::new(NOW, chance(world)), action: "test", note: None }
}

fn session(world: &World) -> NewSession {
    NewSession { id: world.session(), token_hash: world.hash(), expires_at: NOW.plus(LATER) }
}

fn mail(to: &str) -> Mail {
    Mail { to: to.to_owned(), subject: "s".to_owned(), text: "t".to_owned(), html: "h".to_owned() }
}

async fn sign_up(world: &World, address: &str) -> NewSignUp {
    let new = NewSignUp {
        id: SignUpId::new(NOW, chance(world)),
        email: email(address),
        password_hash: "$argon2id$secret".to_owned(),
        token_hash: world.hash(),
        browser_hash: world.hash(),
        next: None,
        expires_at: NOW.plus(LATER),
    };
    let wish = AccountLetter::SignUp { token: "token".to_owned() };
    let id = OutboxId::new(NOW, chance(world));
    world.store.system().add_sign_up(&new, (id, &wish), NOW).await.unwrap();
    new
}

async fn a_sign_up_is_one_row_and_one_wish_whatever_the_address_is(world: &World) {
    world.person("known@acme.test").await;
    for (n, address) in ["known@acme.test", "nobody@acme.test", "Nobody@ACME.test"].into_iter().enumerate() {
        let new = sign_up(world, address).await;
        let rows = i64::try_from(n).unwrap() + 1;
        assert_eq!(world.number("select count(*) from sign_ups").await, rows);
        assert_eq!(world.number("select count(*) from outbox where kind = 'account'").await, rows);
        assert_eq!(world.number("select count(*) from users").await, 1);
        let found = world.store.system().sign_up(new.token_hash).await.unwrap().unwrap();
        assert_eq!((found.id, found.email.as_str(), found.confirmed_at), (new.id, address, None));
        assert!(!format!("{new:?} {found:?}").contains("argon2"));
    }
    let leased = world.store.system().lease_effect(NOW, LATER).await.unwrap().unwrap();
    assert!(matches!(leased.effect, Effect::Account(AccountLetter::SignUp { .. })));
    assert!(!format!("{leased:?}").contains("token\""), "{leased:?}");
}

async fn of_many_confirmations_one_makes_the_account(world: &World) {
    let (first, second) = (sign_up(world, "a@acme.test").await, sign_up(world, "a@acme.test").await);
    let racers = (0..20).map(|n| {
        let store = world.store.clone();
        let id = if n % 2 == 0 { first.id } else { second.id };
        let user = NewUser { id: world.user(), email: email("a@acme.test"), password_hash: "x".to_owned() };
        let (session, event) = (session(world), event(world).id);
        async move { store.system().confirm_sign_up(id, &user, &session, event, &Visit::default(), NOW).await.unwrap() }
    });
    let won = all(racers).await.into_iter().filter(|done| *done == ConfirmSignUp::Confirmed).count();
    assert_eq!(won, 1);
    assert_eq!(world.number("select count(*) from sessions").await, 1);
    assert_eq!(world.number("select count(*) from sign_ups where confirmed_at is null").await, 0);
}

async fn an_account_ends_all_sign_ups_of_its_address(world: &World) {
    let acme = world.acme().await;
    for _ in 0..2 {
        sign_up(world, "second@acme.test").await;
    }
    sign_up(world, "third@acme.test").await;
    let new = NewUser { id: world.user(), email: email("SECOND@acme.test"), password_hash: "x".to_owned() };
    change!(acme, NOW, |tx| tx.create_user(&new).await?).unwrap();
    assert_eq!(world.number("select count(*) from sign_ups where confirmed_at is null").await, 1);
    world.person("third@acme.test").await;
    assert_eq!(world.number("select count(*) from sign_ups where confirmed_at is null").await, 0);
}

async fn a_wish_for_a_letter_is_decided_once_with_its_link(world: &World) {
    let me = world.person("owner@acme.test").await;
    let system = world.store.system();
    let wish = AccountLetter::Forgot { email: me.email.clone() };
    system.wish_account_letter(OutboxId::new(NOW, chance(world)), &wish, NOW).await.unwrap();
    let leased = system.lease_effect(NOW, LATER).await.unwrap().unwrap();
    let decide = |world: &World| {
        let reset = NewReset {
            id: PasswordResetId::new(NOW, chance(world)),
            user: me.user,
            token_hash: world.hash(),
            expires_at: NOW.plus(LATER),
        };
        let letter = Some((OutboxId::new(NOW, chance(world)), mail("owner@acme.test")));
        Decided { letter, reset: Some(reset), repeat: None }
    };
    let first = decide(world);
    assert!(system.decide_account_letter(leased.id, leased.attempts, &first, NOW).await.unwrap());
    assert!(!system.decide_account_letter(leased.id, leased.attempts, &decide(world), NOW).await.unwrap());
    assert_eq!(world.number("select count(*) from password_resets").await, 1);
    let next = system.lease_effect(NOW, LATER).await.unwrap().unwrap();
    assert_eq!(next.effect, Effect::Mail(mail("owner@acme.test")));
    assert_eq!(system.lease_effect(NOW, LATER).await.unwrap(), None);
    assert_eq!(world.number("select count(*) from outbox where kind = 'account' and payload is not null").await, 0);
    let found = system.password_reset(first.reset.unwrap().token_hash).await.unwrap().unwrap();
    assert_eq!((found.user, found.used_at), (me.user, None));
}

const PATIENCE: Patience =
    Patience { most: 3, closed_for: Duration::from_mins(15), forgets_after: Duration::from_hours(24) };

async fn wrong_passwords_are_counted_exactly(world: &World) {
    let key = world.hash();
    let attempts = (0..30).map(|_| {
        let store = world.store.clone();
        async move { store.system().attempt(key, PATIENCE, NOW).await.unwrap() }
    });
    assert_eq!(all(attempts).await.into_iter().filter(|done| *done == Attempt::Open).count(), 3);
    let system = world.store.system();
    let open = NOW.plus(PATIENCE.closed_for);
    assert_eq!(system.attempt(key, PATIENCE, NOW).await.unwrap(), Attempt::Closed { until: open });
    assert_eq!(system.attempt(world.hash(), PATIENCE, NOW).await.unwrap(), Attempt::Open, "others are others");
    assert_eq!(system.attempt(key, PATIENCE, open).await.unwrap(), Attempt::Open);
    let again = open.plus(PATIENCE.closed_for);
    assert_eq!(system.attempt(key, PATIENCE, open).await.unwrap(), Attempt::Closed { until: again });
    let tomorrow = open.plus(PATIENCE.forgets_after).plus(Duration::from_secs(1));
    for _ in 0..3 {
        assert_eq!(system.attempt(key, PATIENCE, tomorrow).await.unwrap(), Attempt::Open);
    }
    assert!(matches!(system.attempt(key, PATIENCE, tomorrow).await.unwrap(), Attempt::Closed { .. }));
    system.forgive(key).await.unwrap();
    assert_eq!(system.attempt(key, PATIENCE, tomorrow).await.unwrap(), Attempt::Open);
}

async fn an_attempt_that_was_none_is_taken_back(world: &World) {
    let (system, key) = (world.store.system(), world.hash());
    for _ in 0..10 {
        assert_eq!(system.attempt(key, PATIENCE, NOW).await.unwrap(), Attempt::Open);
        system.take_attempt_back(key).await.unwrap();
    }
    for _ in 0..3 {
        assert_eq!(system.attempt(key, PATIENCE, NOW).await.unwrap(), Attempt::Open);
    }
    system.take_attempt_back(key).await.unwrap();
    assert_eq!(system.attempt(key, PATIENCE, NOW).await.unwrap(), Attempt::Open);
    assert!(matches!(system.attempt(key, PATIENCE, NOW).await.unwrap(), Attempt::Closed { .. }));
}

async fn of_two_accounts_that_want_one_address_one_gets_it(world: &World) {
    let mut wishes = Vec::new();
    for address in ["one@acme.test", "two@acme.test"] {
        let me = world.person(address).await;
        let wish = NewAddressChange {
            id: AddressChangeId::new(NOW, chance(world)),
            user: me.user,
            email: email("shared@acme.test"),
            old_token_hash: world.hash(),
            new_token_hash: world.hash(),
            expires_at: NOW.plus(LATER),
        };
        let (old, new) = (OutboxId::new(NOW, chance(world)), OutboxId::new(NOW, chance(world)));
        let letter = AccountLetter::NewAddress { token: "token".to_owned() };
        let system = world.store.system();
        let event_ = event(world);
        let (to_old, visit) = (mail(address), Visit::default());
        system.add_address_change(&wish, (old, &to_old), (new, &letter), &event_, &visit, NOW).await.unwrap();
        let found = system.address_change(wish.old_token_hash).await.unwrap().unwrap();
        let yes = system.say_yes(&found, false, event(world).id, &[], &Visit::default(), NOW).await.unwrap();
        assert_eq!(yes, SayYes::Waiting);
        wishes.push(found);
    }
    let racers = wishes.into_iter().map(|wish| {
        let (store, id) = (world.store.clone(), event(world).id);
        async move { store.system().say_yes(&wish, true, id, &[], &Visit::default(), NOW).await.unwrap() }
    });
    let mut ended = all(racers).await;
    ended.sort_by_key(|one| *one != SayYes::Changed);
    assert_eq!(ended, [SayYes::Changed, SayYes::Taken]);
    assert_eq!(world.number("select count(*) from users where email_folded = 'shared@acme.test'").await, 1);
    assert_eq!(world.number("select count(*) from address_changes where ended_at is null").await, 0);
}

async fn a_scrubbed_account_is_a_row_and_nothing_else(world: &World) {
    let me = world.person("owner@acme.test").await;
    let system = world.store.system();
    let new = session(world);
    let hash = new.token_hash;
    let known = system.user_by_email(&me.email).await.unwrap().unwrap();
    assert!(
        system.sign_in(me.user, &known.password_hash, &new, &[], &event(world), &Visit::default(), NOW).await.unwrap()
    );
    assert!(
        !system.sign_in(me.user, "another", &session(world), &[], &event(world), &Visit::default(), NOW).await.unwrap(),
        "the password is another one by now"
    );
    sign_up(world, "owner@acme.test").await;
    assert_eq!(system.scrub_account(me.user, NOW).await.unwrap(), Scrub::Done);
    assert_eq!(system.scrub_account(me.user, NOW).await.unwrap(), Scrub::NotThere);
    for empty in [
        "select count(*) from sessions",
        "select count(*) from account_events",
        "select count(*) from password_resets",
        "select count(*) from address_changes",
        "select count(*) from sign_ups",
        "select count(*) from users where password_hash <> ''",
    ] {
        assert_eq!(world.number(empty).await, 0, "{empty}");
    }
    assert_eq!(world.number("select count(*) from users where deleted_at is not null").await, 1);
    assert_eq!(system.session(hash, NOW).await.unwrap(), None);
    assert!(system.user_by_email(&me.email).await.unwrap().is_none());
    let nobody = email(&format!("deleted-{}@deleted.invalid", me.user));
    assert!(system.user_by_email(&nobody).await.unwrap().is_none());
    assert!(system.account(me.user).await.unwrap().is_none());
    assert!(system.password_hash(me.user).await.unwrap().is_none());
    world.person("owner@acme.test").await;
}

async fn an_account_with_a_seat_is_not_scrubbed(world: &World) {
    let acme = world.acme().await;
    let user = acme.user().unwrap();
    assert_eq!(world.store.system().scrub_account(user, NOW).await.unwrap(), Scrub::HasSeats);
    let seats = world.store.system().seats_of(user).await.unwrap();
    assert_eq!((seats.len(), seats[0].owners, seats[0].suspended), (1, 1, false));
    assert!(world.store.system().account(user).await.unwrap().is_some());
}

async fn a_key_is_made_once(world: &World) {
    let askers = (0..10).map(|n| {
        let store = world.store.clone();
        async move { store.system().secret("test", [n; 32], NOW).await.unwrap() }
    });
    let mut keys = all(askers).await;
    keys.dedup();
    assert_eq!(keys.len(), 1);
    assert_ne!(world.store.system().secret("another", [42; 32], NOW).await.unwrap(), keys[0]);
}

async fn what_is_over_is_forgotten(world: &World) {
    let me = world.person("owner@acme.test").await;
    let system = world.store.system();
    sign_up(world, "a@acme.test").await;
    system
        .create_session(world.session(), me.user, world.hash(), NOW, NOW.plus(LATER), &Visit::default())
        .await
        .unwrap();
    system.attempt(world.hash(), PATIENCE, NOW).await.unwrap();
    let (soon, then) = (NOW.plus(LATER), NOW.plus(LATER).plus(Duration::from_secs(1)));
    let forget = async |before: Timestamp| {
        (system.forget_sign_ups(before).await.unwrap(), system.forget_sessions(before).await.unwrap())
    };
    assert_eq!(forget(soon).await, (0, 0));
    assert_eq!(forget(then).await, (1, 1));
    assert_eq!(system.forget_failures(NOW).await.unwrap(), 0);
    assert_eq!(system.forget_failures(then).await.unwrap(), 1);
    assert_eq!(system.forget_resets(then).await.unwrap(), 0);
    assert_eq!(system.forget_address_changes(then).await.unwrap(), 0);
    assert_eq!(system.forget_account_events(then).await.unwrap(), 0);
}
