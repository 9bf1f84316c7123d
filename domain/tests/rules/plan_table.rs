//! Plans as text, for snapshots.

use domain::{Money, Plan, PlanKey};

/// Every field of a plan, one line each.
pub fn table(plan: &Plan) -> String {
    let mut lines = vec![
        format!("{} `{}`, {:?}, version {}", plan.name, plan.key, plan.visibility, plan.fingerprint()),
        format!("says          {}", plan.description),
        format!("badge         {}", plan.badge.as_deref().unwrap_or("-")),
        format!("highlighted   {}", plan.highlighted),
        format!("seats         {}, {} included, at least {}", plan.seats.limit(), plan.seats.included, plan.seats.min),
        format!("growth        {:?}, shrinks {:?}", plan.seats.growth, plan.seats.shrink),
        format!("overage       {}", plan.seats.overage.map_or("-".to_owned(), |amount| amount.to_string())),
        format!("same domain   {}", plan.same_domain),
        format!("trial         {} days", plan.trial_days),
        format!("kept          {}", plan.retention_days.map_or("for ever".to_owned(), |days| format!("{days} days"))),
        format!("support       {}", plan.support.as_deref().unwrap_or("-")),
        format!("successor     {}", plan.successor.as_ref().map_or("-", PlanKey::as_str)),
    ];
    for price in &plan.prices {
        let part = |part: Option<Money>| part.map_or("-".to_owned(), |amount| amount.to_string());
        lines.push(format!(
            "{:13} base {}, per seat {}",
            price.interval.adverb(),
            part(price.base),
            part(price.per_seat)
        ));
        lines.extend(plan.price_specs(price).iter().map(|spec| format!("              {}", spec.lookup_key())));
    }
    lines.extend(plan.features.iter().map(|(key, words)| format!("feature       {key}: {words}")));
    lines.extend(
        plan.limits.iter().map(|(key, limit)| format!("limit         {key}: {} {:?}", limit.name, limit.limit)),
    );
    lines.extend(plan.meters.iter().map(|(key, meter)| {
        format!("meter         {key}: {} {:?} {:?} {:?}", meter.name, meter.allowance, meter.aggregation, meter.beyond)
    }));
    lines.join("\n") + "\n\n"
}
