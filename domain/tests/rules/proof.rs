//! How a domain is proved, and stays proved.

use std::time::Duration;

use domain::Timestamp;
use domain::email::proof::Failure::{Missing, Other, Unanswered};
use domain::email::proof::{Failure, Looker, PATIENCE, Proof, Standing, THRICE};
use proptest::prelude::*;

const DAY: Duration = Duration::from_hours(24);

fn start() -> Timestamp {
    Timestamp::from_secs(1_795_000_000)
}

fn proved() -> Proof {
    Proof::new(start()).after(Ok(()), Looker::Person, start())
}

/// The worker looks when it is time, and finds this.
fn worked(proof: Proof, found: Result<(), Failure>) -> Proof {
    proof.after(found, Looker::Worker, proof.look_at.expect("it looks again"))
}

#[test]
fn a_domain_counts_from_the_first_look_that_finds_the_record() {
    let new = Proof::new(start());
    assert_eq!((new.standing(), new.counts()), (Standing::Waiting, false));
    let still = new.after(Err(Missing), Looker::Person, start());
    assert_eq!((still.standing(), still.counts(), still.failures), (Standing::Waiting, false, 0));
    let found = worked(still, Ok(()));
    assert_eq!((found.standing(), found.counts()), (Standing::Verified, true));
    assert!(found.look_at >= found.verified_at.map(|at| at.plus(6 * DAY)), "it is looked at again within a week or so");
}

#[test]
fn a_record_that_is_gone_three_looks_in_a_row_stops_the_domain_and_one_look_brings_it_back() {
    let mut proof = proved();
    for left in (0..THRICE).rev() {
        proof = worked(proof, Err(if left == 1 { Other } else { Missing }));
        assert_eq!(proof.standing(), Standing::Failing { counts: left > 0 });
    }
    let back = worked(proof, Ok(()));
    assert_eq!((back.standing(), back.failures), (Standing::Verified, 0));
    assert_eq!(back.verified_at, proved().verified_at, "it is as old as it was");
}

#[test]
fn a_name_server_that_does_not_answer_counts_against_nobody() {
    let mut proof = proved();
    for _ in 0..20 {
        proof = worked(proof, Err(Unanswered));
        assert_eq!(proof.standing(), Standing::Failing { counts: true });
    }
}

#[test]
fn nobodys_impatience_makes_a_domain_fail_or_puts_the_next_look_off() {
    let failing = worked(proved(), Err(Missing));
    let mut proof = failing;
    for hour in 1..20 {
        proof = proof.after(Err(Missing), Looker::Person, start().plus(7 * DAY + Duration::from_hours(hour)));
    }
    assert_eq!((proof.failures, proof.look_at), (failing.failures, failing.look_at));
    let hasty = proved().after(Err(Missing), Looker::Person, start().plus(DAY));
    assert_eq!(hasty.look_at, Some(start().plus(2 * DAY)), "the worker looks soon when a person has found nothing");
}

#[test]
fn a_domain_that_is_never_proved_is_left_alone_after_a_week_and_can_still_be_asked_for() {
    let mut proof = Proof::new(start());
    let mut looks = 0;
    while let Some(at) = proof.look_at {
        assert!(at <= start().plus(PATIENCE));
        proof = proof.after(Err(Missing), Looker::Worker, at);
        looks += 1;
    }
    assert!((24..=200).contains(&looks), "{looks}");
    let late = proof.after(Ok(()), Looker::Person, start().plus(30 * DAY));
    assert_eq!(late.standing(), Standing::Verified);
    assert!(late.look_at.is_some());
}

proptest! {
    #[test]
    fn only_the_workers_answered_looks_in_a_row_can_stop_a_domain(
        looks in prop::collection::vec((prop_oneof![Just(Ok(())), Just(Err(Missing)), Just(Err(Other)), Just(Err(Unanswered))], any::<bool>()), 0..30),
    ) {
        let mut proof = proved();
        let mut in_a_row = 0;
        for (found, person) in looks {
            let looker = if person { Looker::Person } else { Looker::Worker };
            proof = proof.after(found, looker, proof.look_at.expect("a proved domain is always looked at again"));
            match found {
                Ok(()) => in_a_row = 0,
                Err(Missing | Other) if !person => in_a_row += 1,
                Err(_) => {}
            }
            prop_assert_eq!(proof.counts(), in_a_row < THRICE);
            prop_assert_eq!(proof.failure, found.err());
            prop_assert_eq!(proof.standing() == Standing::Verified, found.is_ok());
        }
    }
}
