//! A company's domains: each once, of one company, looked at by one worker at a time.

use std::time::Duration;

use domain::email::proof::{Failure, Looker, Proof};
use domain::ids::DomainId;
use store::{NewDomain, TenantScope};

use crate::world::{NOW, World, all, change, look};

both_engines! {
    a_domain_is_written_once_however_many_add_it,
    what_a_look_has_found_is_kept_whole,
    a_domain_that_is_due_is_given_to_one_worker,
    a_removed_domain_is_seen_by_nobody_and_its_name_is_free,
    a_domain_of_another_organization_is_not_there,
    a_company_without_a_domain_of_its_own_has_no_subdomains_to_open,
}

const HOUR: Duration = Duration::from_hours(1);

fn new(world: &World, domain: &str) -> NewDomain {
    NewDomain { id: world.domain(), domain: domain.parse().unwrap(), challenge: "abc".to_owned() }
}

async fn add(world: &World, scope: &TenantScope, domain: &str) -> DomainId {
    let new = new(world, domain);
    let id = new.id;
    assert!(change!(scope, NOW, |tx| tx.add_domain(&new).await?).unwrap());
    id
}

async fn a_domain_is_written_once_however_many_add_it(world: &World) {
    let acme = world.acme().await;
    let racers = (0..20).map(|_| {
        let (new, acme) = (new(world, "acme.example"), acme.clone());
        async move { change!(acme, NOW, |tx| tx.add_domain(&new).await?).unwrap() }
    });
    assert_eq!(all(racers).await.into_iter().filter(|added| *added).count(), 1);
    let other = world.company("other", &world.person("boss@other.test").await, 3).await;
    add(world, &other, "acme.example").await;
}

async fn what_a_look_has_found_is_kept_whole(world: &World) {
    let acme = world.acme().await;
    let id = add(world, &acme, "acme.example").await;
    let mut proof = Proof::new(NOW);
    for found in [Err(Failure::Missing), Ok(()), Err(Failure::Unanswered), Err(Failure::Other), Err(Failure::Missing)] {
        let before = look!(acme, |tx| tx.domains().await?).unwrap().remove(0).proof;
        assert_eq!(before, proof);
        proof = proof.after(found, Looker::Worker, proof.look_at.unwrap());
        let now = proof;
        change!(acme, NOW, |tx| tx.looked(id, &now).await?).unwrap();
    }
    change!(acme, NOW, |tx| tx.set_subdomains(id, true).await?).unwrap();
    let kept = look!(acme, |tx| tx.domains().await?).unwrap().remove(0);
    assert_eq!((kept.proof, kept.subdomains, kept.challenge.as_str()), (proof, true, "abc"));
}

async fn a_domain_that_is_due_is_given_to_one_worker(world: &World) {
    let acme = world.acme().await;
    let id = add(world, &acme, "acme.example").await;
    let (due, until) = (NOW.plus(HOUR), NOW.plus(2 * HOUR));
    let store = world.store.clone();
    let lease = |now, until| {
        let store = store.clone();
        async move { store.system().lease_domain(now, until).await.unwrap() }
    };
    assert_eq!(lease(NOW, until).await, None, "it is not time yet");
    let given = all((0..20).map(|_| lease(due, until))).await;
    assert_eq!(given.into_iter().flatten().collect::<Vec<_>>(), [(acme.org(), id)]);
    assert_eq!(lease(until, until.plus(HOUR)).await, Some((acme.org(), id)), "a worker that died lets it go");
}

async fn a_removed_domain_is_seen_by_nobody_and_its_name_is_free(world: &World) {
    let acme = world.acme().await;
    let id = add(world, &acme, "acme.example").await;
    assert!(change!(acme, NOW, |tx| tx.remove_domain(id).await?).unwrap());
    assert!(!change!(acme, NOW, |tx| tx.remove_domain(id).await?).unwrap(), "it is removed once");
    assert!(!change!(acme, NOW, |tx| tx.set_subdomains(id, true).await?).unwrap());
    assert_eq!(look!(acme, |tx| tx.domains().await?).unwrap(), []);
    assert_eq!(world.store.system().lease_domain(NOW.plus(9 * HOUR), NOW.plus(10 * HOUR)).await.unwrap(), None);
    add(world, &acme, "acme.example").await;
}

async fn a_domain_of_another_organization_is_not_there(world: &World) {
    let acme = world.acme().await;
    let id = add(world, &acme, "acme.example").await;
    let other = world.company("other", &world.person("boss@other.test").await, 3).await;
    assert_eq!(look!(other, |tx| tx.domains().await?).unwrap(), []);
    assert_eq!(change!(other, NOW, |tx| tx.domain(id).await?).unwrap(), None);
    assert!(!change!(other, NOW, |tx| tx.remove_domain(id).await?).unwrap());
    assert!(!change!(other, NOW, |tx| tx.set_subdomains(id, true).await?).unwrap());
}

async fn a_company_without_a_domain_of_its_own_has_no_subdomains_to_open(world: &World) {
    let acme = world.acme().await;
    assert!(change!(acme, NOW, |tx| tx.set_own_subdomains(true).await?).unwrap());
    assert!(look!(acme, |tx| tx.organization().await?).unwrap().subdomains);
    world.takes("update organizations set domain = null, subdomains = false").await.unwrap();
    assert!(!change!(acme, NOW, |tx| tx.set_own_subdomains(true).await?).unwrap());
}
