//! For whom billing says no.

use domain::rollout::{Gate, Mode, Stance};
use domain::{Drift, Rollout, Timestamp};

const DAY: Timestamp = Timestamp::from_secs(1_800_000_000);

#[test]
fn each_mode_has_one_stance_for_old_and_new() {
    let before = Timestamp::from_secs(1_799_999_999);
    for (mode, old, new) in [
        (Mode::Off, Stance::Off, Stance::Off),
        (Mode::Monitor, Stance::Watch, Stance::Watch),
        (Mode::New, Stance::Off, Stance::Enforce),
        (Mode::Everyone, Stance::Enforce, Stance::Enforce),
    ] {
        let rollout = Rollout::new(mode, Some(DAY));
        for gate in Gate::ALL {
            assert_eq!((rollout.stance(gate, before), rollout.stance(gate, DAY)), (old, new), "{mode:?} {gate:?}");
        }
    }
}

#[test]
fn unless_it_is_said_otherwise_billing_is_for_everyone() {
    assert_eq!(Rollout::default().stance(Gate::Seats, DAY), Stance::Enforce);
    assert_eq!("everyone".parse(), Ok(Rollout::default()));
}

#[test]
fn one_gate_may_have_a_mode_of_its_own() {
    let rollout: Rollout = "everyone, seats=monitor, plans=off".parse().unwrap();
    assert_eq!(rollout.stance(Gate::Seats, DAY), Stance::Watch);
    assert_eq!(rollout.stance(Gate::Access, DAY), Stance::Enforce);
    assert_eq!(rollout.stance(Gate::Plans, DAY), Stance::Off);
    assert_eq!("off,access=everyone".parse::<Rollout>().unwrap().mode(Gate::Access), Mode::Everyone);
}

#[test]
fn what_is_no_rollout_is_refused_by_name() {
    for wrong in ["", "on", "seat=off", "off,everyone", "off,seats", "off,seats=on", "off,,"] {
        let no = wrong.parse::<Rollout>().unwrap_err().to_string();
        assert!(no.contains("none of off, monitor, new and everyone"), "{wrong}: {no}");
    }
}

#[test]
fn new_without_a_day_is_noticed_and_means_nobody() {
    let rollout: Rollout = "off,seats=new".parse().unwrap();
    assert!(rollout.lacks_a_day());
    assert_eq!(rollout.stance(Gate::Seats, DAY), Stance::Off);
    assert!(!rollout.since(DAY).lacks_a_day());
    assert!(!Rollout::default().lacks_a_day());
}

#[test]
fn every_drift_has_a_word_a_cause_and_either_a_repair_or_something_to_do() {
    let mut words: Vec<&str> = Drift::ALL.iter().map(|drift| drift.as_str()).collect();
    for drift in Drift::ALL {
        assert!(drift.cause().ends_with('.') && drift.remedy().ends_with('.'), "{drift}");
        let json = serde_json::to_string(&drift).unwrap();
        assert_eq!(json, format!("\"{drift}\""));
    }
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Drift::ALL.len());
}

#[test]
fn nobodys_money_is_moved_by_a_guess() {
    for drift in [Drift::TwoLive, Drift::WithoutOrganization, Drift::InvoiceDiffers, Drift::PriceDrifted] {
        assert_eq!(drift.repair(), None, "{drift}");
    }
}
