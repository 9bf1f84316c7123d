//! The console: time, failing payments, chaos and events, for who presses its own buttons.

use crate::world::World;

/// Presses a button as a browser on the console would, or on another site.
async fn press(world: &World, path: &str, form: &[(&str, &str)], origin: Option<&str>) -> u16 {
    let own = world.sandbox.api_base();
    let origin = origin.unwrap_or(own.trim_end_matches('/'));
    let request = world.http.post(world.url(path)).header("origin", origin).form(form);
    request.send().await.unwrap().status().as_u16()
}

async fn page(world: &World) -> String {
    world.http.get(world.url("_sandbox")).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn the_next_renewal_is_one_click_away_and_can_be_made_to_fail() {
    let world = World::new().await;
    let (subscription, _) = world.subscription("2").await;
    assert!(page(&world).await.contains("Next renewal"));
    assert_eq!(press(&world, "_sandbox/fail", &[("count", "1")], None).await, 303);
    assert!(page(&world).await.contains("The next 1 payments fail."));
    let form = [("step", "renewal"), ("subscription", subscription.as_str())];
    assert_eq!(press(&world, "_sandbox/time", &form, None).await, 303);
    let held = world.get(&format!("v1/subscriptions/{subscription}")).await.ok();
    assert_eq!(held["status"], "past_due");
    assert!(page(&world).await.contains("past due"));
    for step in ["hour", "day", "month"] {
        let before = world.sandbox.control().now();
        assert_eq!(press(&world, "_sandbox/time", &[("step", step)], None).await, 303);
        assert!(world.sandbox.control().now() - before >= 3_600, "{step}");
    }
}

#[tokio::test]
async fn events_show_their_deliveries_and_are_sent_again() {
    let world = World::new().await;
    world.customer().await;
    world.sandbox.quiet().await;
    assert!(page(&world).await.contains("taken, 200 at try 1"));
    let event = world.sandbox.control().events().remove(0);
    assert_eq!(press(&world, &format!("_sandbox/events/{}/resend", event.id), &[], None).await, 303);
    assert_eq!(world.listener.kinds(), ["customer.created", "customer.created"]);
    assert_eq!(press(&world, "_sandbox/events/evt_none/resend", &[], None).await, 422);
}

#[tokio::test]
async fn chaos_is_switched_on_and_off() {
    let world = World::new().await;
    let mut form: Vec<(&str, &str)> = ["duplicate", "reorder", "delay", "drop", "stale", "old_version"]
        .into_iter()
        .chain(["wrong_signature", "two_signatures", "old_timestamp"])
        .map(|name| (name, "0"))
        .collect();
    form.extend([("seed", "9"), ("burst", "1")]);
    form[0].1 = "40";
    assert_eq!(press(&world, "_sandbox/chaos", &form, None).await, 303);
    let chaos = world.sandbox.control().chaos();
    assert_eq!((chaos.duplicate, chaos.drop, chaos.seed, chaos.burst), (40, 0, 9, true));
    assert!(page(&world).await.contains("Things go wrong on purpose."));
    form.push(("calm", "1"));
    assert_eq!(press(&world, "_sandbox/chaos", &form, None).await, 303);
    assert!(world.sandbox.control().chaos().is_calm());
}

#[tokio::test]
async fn forms_of_other_sites_do_nothing() {
    let world = World::new().await;
    for path in ["_sandbox/time", "_sandbox/fail", "_sandbox/chaos", "_sandbox/events/evt_1/resend"] {
        let form = [("step", "day"), ("count", "3"), ("calm", "1")];
        assert_eq!(press(&world, path, &form, Some("https://elsewhere.test")).await, 403, "{path}");
        let silent = world.http.post(world.url(path)).form(&form).send().await.unwrap();
        assert_eq!(silent.status().as_u16(), 403, "{path}");
        // A name that somebody has pointed at this machine.
        let port = world.sandbox.addr().port();
        let name = format!("elsewhere.test:{port}");
        let request = world.http.post(world.url(path)).header("host", &name).header("origin", format!("http://{name}"));
        assert_eq!(request.form(&form).send().await.unwrap().status().as_u16(), 403, "{path}");
    }
    assert!(!page(&world).await.contains("payments fail"));
}

#[tokio::test]
async fn the_console_needs_no_script_and_says_that_no_money_is_real() {
    let world = World::new().await;
    world.customer().await;
    let html = page(&world).await;
    assert!(html.contains("Sandbox, no real money") && !html.contains("<script") && html.matches("<h1").count() == 1);
}
