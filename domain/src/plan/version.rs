//! Versions of a plan: what somebody has bought, whatever the catalogue says today.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Aggregation, Beyond, Limit, Plan, PlanKey, Price, SeatRule};

/// What a buyer pays and gets. Words, places on the page and the trial of new buyers are not in it, so they can be
/// changed without a new version.
#[derive(Serialize)]
struct Deal<'a> {
    key: &'a PlanKey,
    prices: &'a [Price],
    seats: &'a SeatRule,
    same_domain: bool,
    features: BTreeSet<&'a str>,
    limits: BTreeMap<&'a str, Limit>,
    meters: BTreeMap<&'a str, (Limit, Aggregation, &'a Beyond)>,
    retention_days: Option<u32>,
}

impl Plan {
    /// The name of this version: sixteen hexadecimal digits of the SHA-256 of what is bought.
    ///
    /// # Panics
    /// Never: numbers and texts can always be written down.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let deal = Deal {
            key: &self.key,
            prices: &self.prices,
            seats: &self.seats,
            same_domain: self.same_domain,
            features: self.features.keys().map(String::as_str).collect(),
            limits: self.limits.iter().map(|(key, limit)| (key.as_str(), limit.limit)).collect(),
            meters: self
                .meters
                .iter()
                .map(|(key, meter)| (key.as_str(), (meter.allowance, meter.aggregation, &meter.beyond)))
                .collect(),
            retention_days: self.retention_days,
        };
        #[expect(clippy::expect_used, reason = "all keys are texts, so it is always JSON")]
        let deal = serde_json::to_vec(&deal).expect("a plan can be written down");
        let hash = Sha256::digest(&deal);
        hash.iter().take(8).fold(String::with_capacity(16), |text, byte| text + &format!("{byte:02x}"))
    }
}
