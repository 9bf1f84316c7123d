//! Requests for a seat: one for an address, each ends once; none of them moves a seat by itself.

use domain::ids::SeatRequestId;
use domain::seat::SeatCount;
use domain::{EmailDomain, Role};
use std::time::Duration;
use store::{AddRequest, Join, NewMember, NewSeatRequest, TenantScope};

use crate::world::{NOW, World, all, change, look, seats, set_plan, set_seats};

both_engines! {
    an_address_is_asked_for_once,
    nobody_asks_for_who_is_in_or_invited,
    a_request_moves_no_seat,
    a_request_ends_once,
    a_request_is_seated_only_when_it_was_approved,
    the_wait_list_is_in_the_order_of_approval,
    an_organization_waits_only_while_it_has_a_seat_for_somebody,
    a_newcomer_takes_a_seat_through_the_same_gate,
    a_newcomer_who_is_invited_uses_the_invitations_seat,
    a_company_is_joinable_by_people_of_its_domains_only,
    a_request_of_another_organization_is_not_there,
}

pub fn new_request(world: &World, email: &str, role: Role) -> NewSeatRequest {
    NewSeatRequest {
        id: world.seat_request(),
        email: email.parse().unwrap(),
        user: None,
        asked_by: None,
        role,
        note: Some("We need them".to_owned()),
    }
}

async fn ask(world: &World, scope: &TenantScope, email: &str, role: Role) -> (SeatRequestId, AddRequest) {
    let new = NewSeatRequest { asked_by: scope.user(), ..new_request(world, email, role) };
    let id = new.id;
    (id, change!(scope, NOW, |tx| tx.add_seat_request(&new).await?).unwrap())
}

async fn approve(scope: &TenantScope, id: SeatRequestId) -> bool {
    change!(scope, NOW, |tx| tx.approve_request(id).await?).unwrap()
}

async fn an_address_is_asked_for_once(world: &World) {
    let acme = world.acme().await;
    let racers = (0..20).map(|n| {
        let email = if n % 2 == 0 { "second@acme.test" } else { "Second@ACME.test" };
        let (new, acme) = (new_request(world, email, Role::Member), acme.clone());
        async move { change!(acme, NOW, |tx| tx.add_seat_request(&new).await?).unwrap() }
    });
    let answers = all(racers).await;
    assert_eq!(answers.iter().filter(|answer| **answer == AddRequest::Added).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == AddRequest::AlreadyAsked).count(), 19);
}

async fn nobody_asks_for_who_is_in_or_invited(world: &World) {
    let acme = world.acme().await;
    world.invite(&acme, "second@acme.test", Role::Member).await;
    assert_eq!(ask(world, &acme, "owner@acme.test", Role::Member).await.1, AddRequest::AlreadyMember);
    assert_eq!(ask(world, &acme, "second@acme.test", Role::Member).await.1, AddRequest::AlreadyInvited);
    let (id, added) = ask(world, &acme, "third@acme.test", Role::Viewer).await;
    assert_eq!(added, AddRequest::Added);
    let shown = look!(acme, |tx| tx.seat_request(id).await?).unwrap().unwrap();
    assert_eq!((shown.role, shown.note.as_deref(), shown.approved_at), (Role::Viewer, Some("We need them"), None));
    let asked_by = shown.asked_by.unwrap();
    assert_eq!((Some(asked_by.0), asked_by.1.as_str()), (acme.user(), "owner@acme.test"));
}

async fn a_request_moves_no_seat(world: &World) {
    let acme = world.acme().await;
    let (id, _) = ask(world, &acme, "second@acme.test", Role::Member).await;
    assert!(approve(&acme, id).await);
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 0 });
    world.assert_counters_are_counts().await;
}

async fn a_request_ends_once(world: &World) {
    let acme = world.acme().await;
    let (id, _) = ask(world, &acme, "second@acme.test", Role::Member).await;
    let racers = (0..20).map(|n| {
        let acme = acme.clone();
        async move {
            change!(acme, NOW, |tx| match n % 2 {
                0 => tx.decline_request(id, Some("Not now")).await?,
                _ => tx.withdraw_request(id).await?,
            })
            .unwrap()
        }
    });
    assert_eq!(all(racers).await.into_iter().filter(|ended| *ended).count(), 1);
    assert!(!approve(&acme, id).await);
    assert_eq!(look!(acme, |tx| tx.seat_requests().await?).unwrap(), []);
    // The same person may be asked for again.
    assert_eq!(ask(world, &acme, "second@acme.test", Role::Member).await.1, AddRequest::Added);
}

async fn a_request_is_seated_only_when_it_was_approved(world: &World) {
    let acme = world.acme().await;
    let (id, _) = ask(world, &acme, "second@acme.test", Role::Member).await;
    assert!(!change!(acme, NOW, |tx| tx.request_seated(id).await?).unwrap());
    assert!(approve(&acme, id).await);
    assert!(!approve(&acme, id).await, "once");
    assert!(change!(acme, NOW, |tx| tx.request_seated(id).await?).unwrap());
    assert!(!change!(acme, NOW, |tx| tx.request_seated(id).await?).unwrap());
}

async fn the_wait_list_is_in_the_order_of_approval(world: &World) {
    let acme = world.acme().await;
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(ask(world, &acme, &format!("p{n}@acme.test"), Role::Member).await.0);
    }
    for (minutes, n) in [(1, 2), (2, 0)] {
        let id = ids[n];
        change!(acme, NOW.plus(Duration::from_mins(minutes)), |tx| tx.approve_request(id).await?).unwrap();
    }
    let shown = look!(acme, |tx| tx.seat_requests().await?).unwrap();
    let waiting: Vec<_> = shown.iter().filter(|one| one.approved_at.is_some()).map(|one| one.email.as_str()).collect();
    assert_eq!(waiting, ["p2@acme.test", "p0@acme.test"]);
}

async fn an_organization_waits_only_while_it_has_a_seat_for_somebody(world: &World) {
    let acme = world.acme().await;
    set_plan(&acme, 1, true).await;
    let (id, _) = ask(world, &acme, "second@acme.test", Role::Member).await;
    let system = world.store.system();
    assert_eq!(system.waiting(10).await.unwrap(), [], "not approved");
    approve(&acme, id).await;
    assert_eq!(system.waiting(10).await.unwrap(), [], "no seat");
    let (viewer, _) = ask(world, &acme, "viewer@acme.test", Role::Viewer).await;
    approve(&acme, viewer).await;
    assert_eq!(system.waiting(10).await.unwrap(), [acme.org()], "a viewer needs none");
    change!(acme, NOW, |tx| tx.request_seated(viewer).await?).unwrap();
    assert_eq!(system.waiting(10).await.unwrap(), []);
    set_seats(&acme, 2).await;
    assert_eq!(system.waiting(10).await.unwrap(), [acme.org()]);
    let worker = world.store.system().act_for(acme.org(), "a test").await.unwrap();
    let late = domain::Access::NoGrowth;
    change!(worker, NOW, |tx| {
        tx.set_entitlement(&crate::world::plan("team"), crate::world::cap(2), late, false).await?;
    })
    .unwrap();
    assert_eq!(system.waiting(10).await.unwrap(), [], "no growth while a payment is late");
}

async fn a_newcomer_takes_a_seat_through_the_same_gate(world: &World) {
    let acme = world.acme().await;
    let mut newcomers = Vec::new();
    for n in 0..20 {
        let person = world.person(&format!("p{n}@acme.test")).await;
        newcomers.push(NewMember { id: world.member(), user: person.user, role: Role::Member });
    }
    let again = newcomers[0].clone();
    let racers = newcomers.into_iter().map(|new| {
        let acme = acme.clone();
        async move { change!(acme, NOW, |tx| tx.join_without_invitation(&new).await?).unwrap() }
    });
    let answers = all(racers).await;
    assert_eq!(answers.iter().filter(|answer| **answer == Join::Joined).count(), 2);
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Join::SeatsFull(_))).count(), 18);
    set_seats(&acme, 0).await;
    for expected in [Join::Joined, Join::AlreadyMember] {
        if answers[0] == Join::Joined && expected == Join::Joined {
            continue;
        }
        let new = again.clone();
        assert_eq!(change!(acme, NOW, |tx| tx.join_without_invitation(&new).await?).unwrap(), expected);
    }
    world.assert_counters_are_counts().await;
}

async fn a_newcomer_who_is_invited_uses_the_invitations_seat(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 2).await;
    world.invite(&acme, "Second@acme.test", Role::Admin).await;
    let person = world.person("second@acme.test").await;
    let new = NewMember { id: world.member(), user: person.user, role: Role::Member };
    assert_eq!(change!(acme, NOW, |tx| tx.join_without_invitation(&new).await?).unwrap(), Join::Joined);
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
    assert_eq!(look!(acme, |tx| tx.invitations().await?).unwrap(), []);
    world.assert_counters_are_counts().await;
}

async fn a_company_is_joinable_by_people_of_its_domains_only(world: &World) {
    let acme = world.acme().await;
    let system = world.store.system();
    let domain = |name: &str| -> EmailDomain { name.parse().unwrap() };
    let own = vec![acme.org()];
    assert_eq!(system.joinable(&domain("acme.test")).await.unwrap(), own);
    for other in ["sub.acme.test", "acme.test.attacker.test", "notacme.test", "cme.test", "other.test"] {
        assert_eq!(system.joinable(&domain(other)).await.unwrap(), [], "{other}");
    }
    world.takes("update organizations set subdomains = true").await.unwrap();
    assert_eq!(system.joinable(&domain("a.sub.acme.test")).await.unwrap(), own);
    assert_eq!(system.joinable(&domain("notacme.test")).await.unwrap(), []);
    world
        .takes(
            "insert into domains (tenant_id, id, domain, challenge, created_at)
             select tenant_id, 'dom_1', 'acme.example', 'x', 1 from organizations",
        )
        .await
        .unwrap();
    assert_eq!(system.joinable(&domain("acme.example")).await.unwrap(), [], "not verified");
    world.takes("update domains set verified_at = 1").await.unwrap();
    assert_eq!(system.joinable(&domain("acme.example")).await.unwrap(), own);
    assert_eq!(system.joinable(&domain("sub.acme.example")).await.unwrap(), []);
    change!(acme, NOW, |tx| tx.set_join_requests(false).await?).unwrap();
    for closed in ["acme.test", "acme.example"] {
        assert_eq!(system.joinable(&domain(closed)).await.unwrap(), [], "{closed}");
    }
}

async fn a_request_of_another_organization_is_not_there(world: &World) {
    let acme = world.acme().await;
    let other = world.person("owner@other.test").await;
    let other = world.company("other", &other, 3).await;
    let (theirs, _) = ask(world, &other, "second@other.test", Role::Member).await;
    assert!(!approve(&acme, theirs).await);
    assert!(!change!(acme, NOW, |tx| tx.decline_request(theirs, None).await?).unwrap());
    assert!(!change!(acme, NOW, |tx| tx.withdraw_request(theirs).await?).unwrap());
    assert_eq!(look!(acme, |tx| tx.seat_request(theirs).await?).unwrap(), None);
    assert!(approve(&other, theirs).await);
}
