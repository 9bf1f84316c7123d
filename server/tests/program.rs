//! The binary itself, as an operator meets it: started with settings, stopped by signals.

#[path = "program/process.rs"]
mod process;

use process::{Folder, PRODUCTION};

#[test]
fn without_a_command_it_tells_what_it_can_do() {
    let told = Folder::new().run(&[], &[]);
    assert!(!told.status.success());
    for command in ["serve", "migrate", "demo"] {
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
fn production_has_no_demo() {
    let told = Folder::new().run(&["demo"], &PRODUCTION);
    assert!(!told.status.success() && told.all.contains("Run it in development"), "{}", told.all);
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
