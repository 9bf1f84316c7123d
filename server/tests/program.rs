//! The binary itself, as an operator meets it: started with settings, stopped by signals.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

#[path = "program/process.rs"]
mod process;

use std::time::Duration;

use domain::SubscriptionStatus;
use process::{Folder, PRODUCTION};
use service::StartCheckout;
use testkit::{Card, World};

#[test]
fn without_a_command_it_tells_what_it_can_do() {
    let told = Folder::new().run(&[], &[]);
    assert!(!told.status.success());
    for command in ["serve", "migrate", "demo", "audit", "organization", "stripe"] {
        assert!(told.all.contains(command), "{}", told.all);
    }
}

#[test]
fn production_does_not_start_without_a_key_a_webhook_secret_and_https() {
    let folder = Folder::new();
    let bare = folder.run(&["serve"], &[("USHER_ENV", "production")]);
    assert!(!bare.status.success());
    assert!(bare.all.contains("STRIPE_SECRET_KEY: it is not set, and production has no sandbox"), "{}", bare.all);
    assert!(bare.all.contains("USHER_PUBLIC_URL: it is not set"), "{}", bare.all);

    for missing in ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "USHER_PUBLIC_URL"] {
        let settings: Vec<_> = PRODUCTION.into_iter().filter(|(name, _)| *name != missing).collect();
        let told = folder.run(&["serve"], &settings);
        assert!(!told.status.success() && told.all.contains(&format!("{missing}: it is not set")), "{}", told.all);
    }
    assert!(!folder.path().join("var").exists(), "nothing was made");
}

#[test]
fn production_does_not_migrate_by_itself_and_says_how() {
    let folder = Folder::new();
    let told = folder.run(&["serve"], &PRODUCTION);
    assert!(!told.status.success() && told.all.contains("run `usher migrate`"), "{}", told.all);
    assert!(folder.run(&["migrate"], &PRODUCTION).status.success());
}

#[test]
fn audit_logs_are_proved_from_the_command_line() {
    let folder = Folder::new();
    assert!(folder.run(&["demo"], &[]).status.success());
    let told = folder.run(&["audit", "verify"], &[]);
    assert!(told.status.success() && told.all.contains("demo: whole, 1 lines, 1:"), "{}", told.all);
    let head = told.all.split_whitespace().find(|word| word.starts_with("1:")).unwrap().to_owned();
    let again = folder.run(&["audit", "verify", "demo", "--noted", &head], &[]);
    assert!(again.status.success(), "{}", again.all);
    let other = format!("1:{}", "0".repeat(64));
    let wrong = folder.run(&["audit", "verify", "demo", "--noted", &other], &[]);
    assert!(!wrong.status.success(), "{}", wrong.all);
    assert!(wrong.all.contains("demo: BROKEN, line 1 is not the one that was noted"), "{}", wrong.all);
    let nobody = folder.run(&["audit", "verify", "nobody"], &[]);
    assert!(!nobody.status.success() && nobody.all.contains("no organization has that slug"), "{}", nobody.all);
}

#[test]
fn production_has_no_demo() {
    let told = Folder::new().run(&["demo"], &PRODUCTION);
    assert!(!told.status.success() && told.all.contains("Run it in development"), "{}", told.all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripe_is_set_up_examined_and_compared_from_the_command_line() {
    let world = World::sqlite().await;
    let owner = world.owner("owner@acme.test").await;
    let slug = world.company(&owner, "Acme", "acme").await;
    world.buy(&owner, slug.as_str(), "all_access", "year", 1).await;
    let (secret, base) = (world.sandbox.webhook_secret(), world.sandbox.api_base());
    let settings = [
        ("USHER_DATABASE_URL", world.url()),
        ("USHER_PUBLIC_URL", "http://usher.test"),
        ("STRIPE_SECRET_KEY", "sk_test_world"),
        ("STRIPE_WEBHOOK_SECRET", secret.as_str()),
        ("STRIPE_API_BASE", base.as_str()),
    ];
    let folder = Folder::new();
    let run = |arguments: &[&str]| folder.run(&[&["stripe"], arguments].concat(), &settings);

    let ill = run(&["doctor"]);
    assert!(!ill.status.success(), "{}", ill.all);
    assert!(ill.all.contains("BROKEN endpoint-missing") && ill.all.contains("BROKEN portal-missing"), "{}", ill.all);
    let shown = run(&["sync"]);
    assert!(shown.status.success() && shown.all.contains("usher stripe sync --apply"), "{}", shown.all);
    let made = run(&["sync", "--apply"]);
    assert!(made.status.success() && made.all.contains("STRIPE_WEBHOOK_SECRET=whsec_"), "{}", made.all);
    let again = run(&["sync", "--apply"]);
    assert!(again.status.success() && again.all.contains("Nothing to do."), "{}", again.all);
    let well = run(&["doctor"]);
    assert!(well.status.success() && well.all.contains("Stripe is set up well."), "{}", well.all);
    let json = run(&["doctor", "--json"]);
    assert!(json.status.success() && json.all.trim() == "[]", "{}", json.all);
    let with_bank = folder.run(&["stripe", "doctor"], &[&settings[..], &[("USHER_PAYOUT_BANK", "Payoneer")]].concat());
    assert!(!with_bank.status.success() && with_bank.all.contains("payout-bank"), "{}", with_bank.all);

    let same = run(&["reconcile", "--dry-run"]);
    assert!(
        same.status.success() && same.all.contains("1 organizations and 1 subscriptions compared: 0"),
        "{}",
        same.all
    );
    let json = run(&["reconcile", "--organization", slug.as_str(), "--json"]);
    assert!(json.status.success() && json.all.contains("\"findings\": []"), "{}", json.all);
    let nobody = run(&["reconcile", "--organization", "nobody"]);
    assert!(!nobody.status.success() && nobody.all.contains("no organization has that slug"), "{}", nobody.all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_are_listed_shown_replayed_and_dropped_from_the_command_line() {
    let world = World::sqlite().await;
    let secret = world.sandbox.webhook_secret();
    let raw = br#"{"id":"evt_stray","object":"event","type":"customer.updated","livemode":false,"created":1,
        "data":{"object":{"object":"customer","id":"cus_of_nobody"}}}"#;
    let signed = payments::signature::sign(raw, &payments::WebhookSecret::new(&*secret), world.services.now());
    service::receive_webhook(&world.services, raw, Some(&signed)).await.unwrap();
    world.settle().await;
    let settings = [("USHER_DATABASE_URL", world.url())];
    let folder = Folder::new();
    let run = |arguments: &[&str]| folder.run(&[&["stripe", "inbox"], arguments].concat(), &settings);

    let listed = run(&["list", "--state", "parked"]);
    assert!(listed.status.success() && listed.all.contains("1 parked, 0 dead"), "{}", listed.all);
    assert!(listed.all.contains("evt_stray customer.updated cus_of_nobody parked"), "{}", listed.all);
    assert!(!run(&["list", "--state", "dead"]).all.contains("evt_stray"));
    let shown = run(&["show", "evt_stray"]);
    assert!(shown.status.success() && shown.all.contains(r#""cus_of_nobody""#), "{}", shown.all);
    let nothing = run(&["show", "evt_none"]);
    assert!(!nothing.status.success() && nothing.all.contains("no webhook `evt_none` has come"), "{}", nothing.all);
    assert!(!run(&["replay"]).status.success(), "it wants to be told which");
    let replayed = run(&["replay", "evt_stray"]);
    assert!(
        replayed.status.success() && replayed.all.contains("evt_stray will be worked on again."),
        "{}",
        replayed.all
    );
    assert!(run(&["replay", "--parked"]).all.contains("0 that were parked"));
    let dropped = run(&["drop", "evt_stray"]);
    assert!(dropped.status.success() && dropped.all.contains("evt_stray is dropped"), "{}", dropped.all);
    assert!(!run(&["drop", "evt_stray"]).status.success(), "it is over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscribers_are_shown_asked_about_and_moved_from_the_command_line() {
    let world = World::sqlite().await;
    world.services.record_plans().await.unwrap();
    let owner = world.owner("owner@acme.test").await;
    let slug = world.company(&owner, "Acme", "acme").await;
    world.buy(&owner, slug.as_str(), "team", "month", 1).await;
    let folder = Folder::new();
    let text = include_str!("../../catalog/default.toml").replacen("base = 9_900", "base = 12_900", 1);
    let file = folder.path().join("mine.toml");
    std::fs::write(&file, text).unwrap();
    let (secret, base) = (world.sandbox.webhook_secret(), world.sandbox.api_base());
    let settings = [
        ("USHER_DATABASE_URL", world.url()),
        ("USHER_CATALOG", file.to_str().unwrap()),
        ("STRIPE_SECRET_KEY", "sk_test_world"),
        ("STRIPE_WEBHOOK_SECRET", secret.as_str()),
        ("STRIPE_API_BASE", base.as_str()),
    ];
    let run = |arguments: &[&str]| folder.run(&[&["plan"], arguments].concat(), &settings);

    let shown = run(&["move", "--from", "team", "--to", "team", "--dry-run"]);
    assert!(shown.status.success() && shown.all.contains(", $99.00 to $129.00 a month"), "{}", shown.all);
    assert!(shown.all.contains("1 with their next period, 0 at once, 0 arranged or done"), "{}", shown.all);
    let unasked = run(&["move", "--from", "team", "--to", "team"]);
    assert!(!unasked.status.success() && unasked.all.contains("do it with --yes"), "{}", unasked.all);
    let scheduled = || world.sandbox.control().events().iter().any(|it| it.kind == "subscription_schedule.created");
    assert!(!scheduled(), "nothing was changed");
    let moved = run(&["move", "--from", "team", "--to", "team", "--organization", slug.as_str(), "--yes"]);
    assert!(moved.status.success() && moved.all.contains("acme: changes on "), "{}", moved.all);
    assert!(scheduled());
    let again = run(&["move", "--from", "team", "--to", "team", "--yes"]);
    assert!(again.status.success() && again.all.contains("acme  team@"), "{}", again.all);
    assert!(again.all.contains("arranged already for") && again.all.contains("1 arranged or done"), "{}", again.all);

    let nowhere = run(&["move", "--from", "team"]);
    assert!(!nowhere.status.success() && nowhere.all.contains("has no successor"), "{}", nowhere.all);
    let nobody = run(&["move", "--from", "team", "--to", "team", "--organization", "nobody"]);
    assert!(!nobody.status.success() && nobody.all.contains("no organization has that slug"), "{}", nobody.all);
}

#[tokio::test]
async fn production_has_neither_mailbox_nor_sandbox_and_asks_for_https() {
    let folder = Folder::new();
    assert!(folder.run(&["migrate"], &PRODUCTION).status.success());
    let usher = folder.serve(&[], &PRODUCTION);
    let page = usher.get("/dev/mail").await;
    assert_eq!(page.status(), 404);
    assert!(page.headers().contains_key("strict-transport-security"));
    assert_eq!(usher.get("/api/letters").await.status(), 404);
    assert_eq!(usher.get("/readyz").await.status(), 200);
    assert!(!folder.path().join("var/sandbox.json").exists());
    assert!(usher.stop().success());
}

#[tokio::test]
async fn development_starts_from_nothing_and_stops_in_peace() {
    let folder = Folder::new();
    let usher = folder.serve(&[], &[]);
    for path in ["/", "/pricing", "/login", "/dev/mail", "/healthz", "/readyz"] {
        assert_eq!(usher.get(path).await.status(), 200, "{path}");
    }
    assert!(folder.path().join("var/usher.db").exists());
    assert!(usher.stop().success());
}

#[test]
fn the_demo_company_is_made_once() {
    let folder = Folder::new();
    let first = folder.run(&["demo"], &[]);
    assert!(first.status.success() && first.all.contains("/app/demo"), "{}", first.all);
    let second = folder.run(&["demo"], &[]);
    assert!(second.status.success() && second.all.contains("/app/demo\n"), "{}", second.all);
}

#[test]
fn the_operator_closes_a_company_with_a_reason_and_opens_it_again() {
    let folder = Folder::new();
    assert!(folder.run(&["demo"], &[]).status.success());
    let run = |arguments: &[&str]| folder.run(arguments, &[]);
    let without = run(&["organization", "suspend", "demo"]);
    assert!(!without.status.success() && without.all.contains("--reason"), "{}", without.all);
    let empty = run(&["organization", "suspend", "demo", "--reason", " "]);
    assert!(!empty.status.success() && empty.all.contains("a reason is needed"), "{}", empty.all);
    let closed = run(&["organization", "suspend", "demo", "--reason", "An invoice is disputed."]);
    assert!(closed.status.success() && closed.all.contains("usher organization resume demo"), "{}", closed.all);
    let open = run(&["organization", "resume", "demo"]);
    assert!(open.status.success() && open.all.contains("demo is open."), "{}", open.all);
    let nobody = run(&["organization", "resume", "nobody"]);
    assert!(!nobody.status.success() && nobody.all.contains("no organization has or had"), "{}", nobody.all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_that_was_kept_is_applied_after_a_kill() {
    let world = World::sqlite().await;
    let owner = world.owner("owner@acme.test").await;
    let slug = world.company(&owner, "Acme", "acme").await;
    let (secret, base) = (world.sandbox.webhook_secret(), world.sandbox.api_base());
    let settings = [
        ("USHER_DATABASE_URL", world.url()),
        ("STRIPE_SECRET_KEY", "sk_test_world"),
        ("STRIPE_WEBHOOK_SECRET", secret.as_str()),
        ("STRIPE_API_BASE", base.as_str()),
    ];
    let folder = Folder::new();
    let web = folder.serve(&["--web-only"], &settings);
    world.sandbox.set_webhook_url(web.url("/webhooks/stripe")).await;

    let wish = StartCheckout { plan: "all_access".to_owned(), interval: "year".to_owned(), seats: 1, currency: None };
    let page = service::start_checkout(&world.services, &owner, slug.as_str(), wish).await.unwrap();
    world.pay(&page, Card::Good).await;
    world.deliver().await;
    web.kill();
    let subscription = async || service::billing(&world.services, &owner, slug.as_str()).await.unwrap().subscription;
    assert!(!world.services.store().system().events(50).await.unwrap().is_empty(), "events were kept");
    assert!(subscription().await.is_none(), "and not applied");

    let again = folder.serve(&[], &settings);
    let mut found = None;
    for _ in 0..500 {
        found = subscription().await;
        if found.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(found.map(|found| (found.status, found.quantity)), Some((SubscriptionStatus::Active, 1)));
    assert!(again.stop().success());
}
