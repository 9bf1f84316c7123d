//! Where the books of one organization differ from each other and from the provider's.

use domain::ids::QuoteId;
use domain::{Access, Drift, Subscription};
use serde_json::{Map, Value, json};

use super::Finding;
use super::books::Own;
use crate::entitlement::Entitlement;
use crate::seats::{bills_seats, takes_changes_now};
use crate::{Error, Services};

/// Every difference. `theirs` is what the provider has of this organization's customer, ended ones too.
pub(super) async fn compare(s: &Services, own: &Own, theirs: &[&Subscription]) -> Result<Vec<Finding>, Error> {
    let mut found = Vec::new();
    seats(own, &mut found);
    mirror(own, theirs, &mut found);
    let live: Vec<_> = theirs.iter().copied().filter(|one| one.status.is_live()).collect();
    bought(s, own, &live, &mut found).await?;
    let org = Some((own.org.id, &own.org.slug));
    let unlike =
        |(id, compared): &(QuoteId, Value)| Finding::new(Drift::QuoteDiffers, id.to_string(), org, compared.clone());
    found.extend(own.unlike.iter().map(unlike));
    Ok(found)
}

fn of_org(own: &Own, drift: Drift, evidence: Value) -> Finding {
    Finding::new(drift, own.org.id.to_string(), Some((own.org.id, &own.org.slug)), evidence)
}

fn of_subscription(own: &Own, drift: Drift, id: &Subscription, evidence: Value) -> Finding {
    Finding::new(drift, id.id.as_str(), Some((own.org.id, &own.org.slug)), evidence)
}

fn seats(own: &Own, found: &mut Vec<Finding>) {
    let books = own.books;
    if own.org.seats != books.listed || books.owners != books.counted_owners {
        let evidence = json!({
            "counters": own.org.seats, "lists": books.listed,
            "owners_counted": books.counted_owners, "owners_listed": books.owners,
        });
        found.push(of_org(own, Drift::CountersDiffer, evidence));
    } else if books.history != Some(own.org.seats) {
        // Counting again writes the history, too, so one finding is enough.
        let evidence = json!({ "counters": own.org.seats, "history": books.history });
        found.push(of_org(own, Drift::LedgerDiffers, evidence));
    }
}

/// What differs between two snapshots, but for when they were taken; field by field, ours first.
fn differences(ours: &Subscription, theirs: &Subscription) -> Map<String, Value> {
    let fields = |one: &Subscription| {
        [
            ("status", json!(one.status)),
            ("customer", json!(one.customer)),
            ("plan", json!(one.plan)),
            ("interval", json!(one.interval)),
            ("currency", json!(one.currency)),
            ("quantity", json!(one.quantity)),
            ("seat_item", json!(one.seat_item)),
            ("period_from", json!(one.period.from.rfc3339())),
            ("period_until", json!(one.period.until.rfc3339())),
            ("ends_at", json!(one.ends_at.map(domain::Timestamp::rfc3339))),
            ("ends_with_period", json!(one.ends_with_period)),
            ("trial_ends_at", json!(one.trial_ends_at.map(domain::Timestamp::rfc3339))),
            // What is to come or rests: only these say that a payment is awaited, that something smaller begins, and that
            // nothing is collected.
            ("waiting", json!(one.waiting)),
            ("scheduled", json!(one.scheduled)),
            ("pause", json!(one.pause)),
        ]
    };
    fields(ours)
        .into_iter()
        .zip(fields(theirs))
        .filter(|((_, ours), (_, theirs))| ours != theirs)
        .map(|((name, ours), (_, theirs))| (name.to_owned(), json!([ours, theirs])))
        .collect()
}

fn mirror(own: &Own, theirs: &[&Subscription], found: &mut Vec<Finding>) {
    for one in theirs {
        match own.alive.iter().find(|ours| ours.id == one.id) {
            Some(_) if one.status.is_terminal() => {
                found.push(of_subscription(own, Drift::EndedAtProvider, one, json!({ "provider": one.status })));
            }
            Some(ours) => {
                let differences = differences(ours, one);
                if !differences.is_empty() {
                    found.push(of_subscription(own, Drift::MirrorStale, one, Value::Object(differences)));
                }
            }
            None if one.status.is_live() => {
                found.push(of_subscription(
                    own,
                    Drift::MirrorStale,
                    one,
                    json!({ "mirror": null, "provider": one.status }),
                ));
            }
            None => {}
        }
    }
    for ours in own.alive.iter().filter(|ours| theirs.iter().all(|one| one.id != ours.id)) {
        found.push(of_subscription(
            own,
            Drift::EndedAtProvider,
            ours,
            json!({ "mirror": ours.status, "provider": null }),
        ));
    }
}

async fn bought(s: &Services, own: &Own, live: &[&Subscription], found: &mut Vec<Finding>) -> Result<(), Error> {
    if live.len() > 1 {
        let ids: Vec<&str> = live.iter().map(|one| one.id.as_str()).collect();
        found.push(of_org(own, Drift::TwoLive, json!({ "subscriptions": ids })));
    }
    let (gives, had) = (&own.gives, Entitlement::had(&own.org));
    if *gives != had {
        let paid = matches!(had.access, Access::Full | Access::NoGrowth);
        let drift = if paid && live.is_empty() { Drift::PaidWithoutSubscription } else { Drift::EntitlementDiffers };
        let evidence = json!({
            "has": { "plan": had.plan, "seats": had.seats, "access": had.access },
            "bought": { "plan": gives.plan, "seats": gives.seats, "access": gives.access },
        });
        found.push(of_org(own, drift, evidence));
    }
    for one in live {
        let Some(plan) = s.plan_bought(one).await? else {
            found.push(of_subscription(own, Drift::PriceDrifted, one, json!({ "plan": one.plan })));
            continue;
        };
        // By the lists, not by the counters, which may be what is wrong. More than that may have been bought ahead. What takes
        // no changes now is made up for when it goes on.
        let billable = plan.seats.billable(own.books.listed.active);
        if bills_seats(&plan, one) && takes_changes_now(one) && one.quantity < billable && !own.seat_change_pending {
            let evidence = json!({ "members": own.books.listed.active, "billable": billable, "billed": one.quantity });
            found.push(of_subscription(own, Drift::QuantityDiffers, one, evidence));
        }
    }
    Ok(())
}
