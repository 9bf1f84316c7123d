//! `usher stripe sync`: what has to be changed at Stripe, and changing it.

use service::Services;

/// Shows the difference; changes it when told to.
pub(super) async fn sync(s: &Services, apply: bool) -> anyhow::Result<()> {
    let diff = if apply { service::sync_shop(s).await? } else { service::shop_diff(s).await? };
    for change in &diff.changes {
        println!("{change}");
    }
    for left in &diff.left {
        println!("! {left}");
    }
    match (diff.changes.len(), apply) {
        (0, _) => println!("Nothing to do."),
        (many, false) => println!("{many} changes. Make them with: usher stripe sync --apply"),
        (many, true) => println!("{many} changes are made."),
    }
    if let Some(secret) = diff.secret {
        println!("The new webhook endpoint signs with a secret that Stripe shows only now. Set it, and start again:");
        println!("STRIPE_WEBHOOK_SECRET={secret}");
    }
    Ok(())
}
