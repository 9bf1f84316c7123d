//! Accounts, page after page, as a person without JavaScript walks through them.

use reqwest::{Method, StatusCode};
use testkit::PASSWORD;

use crate::place::Place;
use crate::visitor::{Seen, Visitor};

const EMAIL: &str = "owner@acme.test";
const OTHER: &str = "another sentence to remember";

/// Somebody with an account, signed in at their browser.
async fn settled(place: &Place) -> Visitor<'_> {
    service::make_account(&place.world.services, EMAIL, PASSWORD.to_owned()).await.unwrap();
    let mut visitor = Visitor::new(place);
    assert_eq!(sign_in(&mut visitor, PASSWORD).await.path(), "/app");
    visitor
}

async fn sign_in(visitor: &mut Visitor<'_>, password: &str) -> Seen {
    visitor.send("/login", "/api/sign-in", &[("email", EMAIL), ("password", password), ("next", "")]).await
}

async fn sign_up(visitor: &mut Visitor<'_>, email: &str, next: &str) -> Seen {
    visitor.send("/signup", "/api/sign-up", &[("email", email), ("password", PASSWORD), ("next", next)]).await
}

/// What a page shows, without what is new every time.
fn plain(seen: &Seen, email: &str) -> String {
    let policy = seen.headers["content-security-policy"].to_str().unwrap();
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or("-");
    seen.html.replace(nonce, "NONCE").replace(email, "EMAIL")
}

#[tokio::test]
async fn an_account_is_there_once_its_address_is_proved() {
    let place = Place::open().await;
    let mut visitor = Visitor::new(&place);
    let sent = sign_up(&mut visitor, EMAIL, "/account").await;
    assert_eq!(sent.path(), "/signup/sent");
    sent.says("Look into your mailbox");
    sent.says(EMAIL);
    sign_in(&mut visitor, PASSWORD).await.says("do not belong together");

    let link = place.link(EMAIL, "/confirm/").await;
    let page = visitor.open(&link).await;
    page.says(EMAIL);
    assert!(!page.html.contains("type=\"password\""), "this browser has typed it already");
    let token = link.rsplit('/').next().unwrap();
    let there = visitor.send(&link, "/api/confirm", &[("token", token)]).await;
    assert_eq!((there.status, there.path()), (StatusCode::OK, "/account"), "where they wanted to go");
    assert!(visitor.cookie("usher_signup").is_none() && visitor.cookie("usher_device").is_some());

    let again = Visitor::new(&place).open(&link).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    again.says("Sign in");
    assert_eq!(sign_in(&mut Visitor::new(&place), PASSWORD).await.path(), "/app");
    place.close().await;
}

#[tokio::test]
async fn in_another_browser_the_password_is_chosen_by_who_reads_the_letter() {
    let place = Place::open().await;
    sign_up(&mut Visitor::new(&place), EMAIL, "").await;
    let link = place.link(EMAIL, "/confirm/").await;
    let token = link.rsplit('/').next().unwrap();
    let mut reader = Visitor::new(&place);
    let page = reader.open(&link).await;
    page.says("This is another browser");
    assert!(page.html.contains("type=\"password\""));
    let short = reader.send(&link, "/api/confirm", &[("token", token), ("password", "short")]).await;
    assert_eq!(short.path(), link);
    short.says("at least 10 characters");
    assert_eq!(reader.send(&link, "/api/confirm", &[("token", token), ("password", OTHER)]).await.path(), "/app");
    sign_in(&mut Visitor::new(&place), PASSWORD).await.says("do not belong together");
    assert_eq!(sign_in(&mut Visitor::new(&place), OTHER).await.path(), "/app");
    place.close().await;
}

#[tokio::test]
async fn signing_up_and_forgetting_look_the_same_for_known_and_unknown_addresses() {
    let place = Place::open().await;
    settled(&place).await;
    let (mut signed_up, mut forgotten, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    for email in [EMAIL, "nobody@acme.test"] {
        let mut visitor = Visitor::new(&place);
        signed_up.push(plain(&sign_up(&mut visitor, email, "").await, email));
        let again = visitor.send("/signup/sent", "/api/resend-confirmation", &[("email", email)]).await;
        again.says("Another letter");
        repeated.push(plain(&again, email));
        let asked = visitor.send("/forgot", "/api/forgot", &[("email", email)]).await;
        asked.says("Look into your mailbox");
        forgotten.push(plain(&asked, email));
    }
    assert_eq!(signed_up[0], signed_up[1]);
    assert_eq!(repeated[0], repeated[1]);
    assert_eq!(forgotten[0], forgotten[1]);
    place.close().await;
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_with_the_letters_link() {
    let place = Place::open().await;
    let mut elsewhere = settled(&place).await;
    let mut visitor = Visitor::new(&place);
    visitor.send("/forgot", "/api/forgot", &[("email", EMAIL)]).await.says(EMAIL);
    let link = place.link(EMAIL, "/reset/").await;
    let token = link.rsplit('/').next().unwrap();
    visitor.open(&link).await.says(EMAIL);
    visitor.send(&link, "/api/reset", &[("token", token), ("password", "short")]).await.says("at least 10 characters");
    let there = visitor.send(&link, "/api/reset", &[("token", token), ("password", OTHER)]).await;
    assert_eq!(there.path(), "/account");
    there.says("Your new password is set");
    assert!(!visitor.open("/account").await.text().contains("Your new password is set"), "said once");
    assert_eq!(elsewhere.open("/account").await.path(), "/login", "signed out");
    let used = visitor.open(&link).await;
    used.says("This link has been used");
    used.says("Ask for a new link");
    let unknown = visitor.open("/reset/abc").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    unknown.says("This link leads nowhere");
    place.close().await;
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    let place = Place::open().await;
    let mut visitor = settled(&place).await;
    let wrong = visitor.send("/account", "/api/change-password", &[("old", "not this one"), ("new", OTHER)]).await;
    assert_eq!(wrong.path(), "/account");
    assert!(wrong.html.contains("field-wrong"), "said at the field");
    let done = visitor.send(&wrong.at, "/api/change-password", &[("old", PASSWORD), ("new", OTHER)]).await;
    assert_eq!(done.at, "/account", "without the words of the attempt before");
    done.says("Your password is changed");
    done.says("Set last on");
    assert_eq!(sign_in(&mut Visitor::new(&place), OTHER).await.path(), "/app");
    place.close().await;
}

#[tokio::test]
async fn an_address_changes_once_both_have_said_yes() {
    const NEW: &str = "new@acme.test";
    let place = Place::open().await;
    let mut visitor = settled(&place).await;
    let asked = visitor.send("/account", "/api/change-address", &[("email", NEW), ("password", PASSWORD)]).await;
    asked.says("Two letters are on their way");
    asked.says("not yet");
    let (old, new) = (place.link(EMAIL, "/address/").await, place.link(NEW, "/address/").await);
    let mut stranger = Visitor::new(&place);
    stranger.open(&new).await.says("Address wanted");
    let token = |link: &str| link.rsplit('/').next().unwrap().to_owned();
    let first = stranger.send(&new, "/api/confirm-address", &[("token", &token(&new))]).await;
    assert_eq!(first.path(), "/login", "signed in nowhere there");
    first.says(&format!("once {EMAIL} says yes too"));
    visitor.open("/account").await.says("said yes");
    let second = visitor.send(&old, "/api/confirm-address", &[("token", &token(&old))]).await;
    assert_eq!(second.path(), "/account");
    second.says(&format!("Your address is now {NEW}"));
    place.close().await;
}

#[tokio::test]
async fn a_change_of_address_can_be_taken_back() {
    let place = Place::open().await;
    let mut visitor = settled(&place).await;
    let fields = [("email", "new@acme.test"), ("password", PASSWORD)];
    visitor.send("/account", "/api/change-address", &fields).await.says("Keep owner@acme.test");
    let link = place.link("new@acme.test", "/address/").await;
    visitor.send("/account", "/api/cancel-address-change", &[]).await.says("Your address stays owner@acme.test");
    visitor.open(&link).await.says("taken back");
    place.close().await;
}

#[tokio::test]
async fn browsers_are_listed_and_signed_out_one_by_one_or_all() {
    let place = Place::open().await;
    let mut visitor = settled(&place).await;
    visitor.open("/account/sessions").await.says("Sign out here");
    let mut phone = Visitor::with(&place, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari/604.1");
    let mut curl = Visitor::with(&place, "curl/8.14.1");
    sign_in(&mut phone, PASSWORD).await;
    sign_in(&mut curl, PASSWORD).await;

    let list = visitor.open("/account/sessions").await;
    list.says("Firefox on Linux");
    list.says("Sign out Safari on iPhone");
    assert!(!list.text().contains("Sign out Firefox on Linux"), "not the browser that asks");
    let ids: Vec<&str> =
        list.html.split("name=\"id\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    for id in &ids {
        assert_eq!(curl.send("/account/sessions", "/api/end-session", &[("id", id)]).await.status, StatusCode::OK);
        if curl.open("/account").await.path() == "/login" {
            break;
        }
    }
    let one_left = visitor.open("/account/sessions").await;
    if one_left.text().contains("Sign out everywhere else") {
        visitor
            .send("/account/sessions", "/api/end-other-sessions", &[])
            .await
            .says("Every other browser is signed out");
    }
    assert_eq!(phone.open("/account").await.path(), "/login");
    assert_eq!(curl.open("/account").await.path(), "/login");
    let out = visitor.send("/account/sessions", "/api/sign-out-everywhere", &[]).await;
    assert_eq!(out.path(), "/login");
    out.says("You are signed out everywhere");
    assert_eq!(visitor.open("/account").await.at, "/login?next=/account");
    place.close().await;
}

#[tokio::test]
async fn an_account_is_deleted_with_its_password_and_not_while_it_is_a_last_owner() {
    let place = Place::open().await;
    let mut visitor = settled(&place).await;
    let wrong = visitor.send("/account", "/api/delete-account", &[("password", "not this one")]).await;
    assert!(wrong.html.contains("<details open class=\"account-ask\""), "{}", wrong.html);
    let owner = service::who(&place.world.services, &place.sign_in(EMAIL).await, service::Visit::default()).await;
    place.world.company(&owner.unwrap().unwrap(), "Acme", "acme").await;
    visitor.open("/account").await.says("You are the last owner of Acme");
    let no = visitor.send("/account", "/api/delete-account", &[("password", PASSWORD)]).await;
    no.says("Acme");
    assert_eq!(no.path(), "/account");

    let mut other = Visitor::new(&place);
    service::make_account(&place.world.services, "second@acme.test", PASSWORD.to_owned()).await.unwrap();
    let fields = [("email", "second@acme.test"), ("password", PASSWORD), ("next", "/account")];
    other.send("/login", "/api/sign-in", &fields).await.says("Delete account");
    let gone = other.send("/account", "/api/delete-account", &[("password", PASSWORD)]).await;
    assert_eq!(gone.path(), "/login");
    gone.says("Your account is deleted");
    other.send("/login", "/api/sign-in", &fields).await.says("do not belong together");
    place.close().await;
}

#[tokio::test]
async fn who_tries_too_often_is_told_when_to_come_again() {
    let place = Place::set(|settings| {
        settings.limits.per_source = std::num::NonZero::new(3).unwrap();
    })
    .await;
    let form = "email=owner%40acme.test&password=not+the+password";
    let mut last = place.call("/api/sign-in", None, form).send().await.unwrap();
    for _ in 0..5 {
        last = place.call("/api/sign-in", None, form).send().await.unwrap();
    }
    assert_eq!(last.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = last.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    let told = sign_in(&mut Visitor::new(&place), PASSWORD).await;
    assert_eq!(told.path(), "/login");
    told.says("too often");
    place.close().await;
}

#[tokio::test]
async fn accounts_pages_carry_one_small_script_and_no_module() {
    let place = Place::open().await;
    let mut visitor = settled(&place).await;
    for path in ["/signup/sent", "/forgot", "/account", "/account/sessions", "/confirm/abc", "/reset/abc"] {
        let page = visitor.open(path).await;
        let scripts: Vec<&str> =
            page.html.split("<script").skip(1).filter_map(|rest| rest.split("</script>").next()).collect();
        let (loaded, inline): (Vec<&str>, _) = scripts.into_iter().partition(|script| script.starts_with(" src"));
        assert_eq!(loaded, [" src=\"/forms.js\" defer=\"\">"], "{path}");
        // The frame's own lists of what a module would need: empty.
        assert!(inline.iter().all(|script| !script.contains('@') && script.contains("=[];")), "{path}: {inline:?}");
        assert!(!page.html.contains(".wasm"), "{path}");
        assert_eq!(page.headers["cache-control"], "private, no-store", "{path}");
    }
    place.close().await;
}

#[tokio::test]
async fn development_says_where_its_letters_are() {
    let place = Place::set(|settings| settings.mail_is_sent = false).await;
    let mut visitor = Visitor::new(&place);
    let sent = sign_up(&mut visitor, EMAIL, "").await;
    assert!(sent.html.contains("href=\"/dev/mail\""));
    sent.says("development mailbox");
    place.close().await;
    let place = Place::set(|settings| (settings.mail_is_sent, settings.development) = (false, false)).await;
    let sent = sign_up(&mut Visitor::new(&place), EMAIL, "").await;
    sent.says("Letters are not sent from here yet");
    assert!(!sent.html.contains("/dev/mail"));
    assert_eq!(place.ask(Method::GET, "/dev/mail").send().await.unwrap().status(), StatusCode::NOT_FOUND);
    place.close().await;
}

#[tokio::test]
async fn a_link_that_was_handed_over_says_first_that_a_letter_comes() {
    let place = Place::set(|settings| settings.mail_is_sent = true).await;
    let owner = place.world.owner(EMAIL).await;
    place.world.company(&owner, "Acme", "acme").await;
    let invite = service::Invite { email: "second@acme.test".to_owned(), role: "member".to_owned() };
    let link = service::invite(&place.world.services, &owner, "acme", invite).await.unwrap().link;
    let page = link.strip_prefix(place.world.services.settings().public_url.as_str()).unwrap();
    let mut visitor = Visitor::new(&place);
    let shown = visitor.open(page).await;
    shown.says("This link was handed over and not sent");
    assert!(!shown.html.contains("Create account and join"));
    let fields = |password| [("email", "second@acme.test"), ("next", page), ("password", password)];
    let short = visitor.send(page, "/api/sign-up", &fields("short")).await;
    assert_eq!(short.path(), page);
    short.says("at least 10 characters");
    let sent = visitor.send(page, "/api/sign-up", &fields(PASSWORD)).await;
    assert_eq!(sent.path(), "/signup/sent");
    let letter = place.link("second@acme.test", "/confirm/").await;
    let token = letter.rsplit('/').next().unwrap();
    let back = visitor.send(&letter, "/api/confirm", &[("token", token)]).await;
    assert_eq!(back.path(), page, "back to the invitation");
    let token = page.rsplit('/').next().unwrap();
    assert_eq!(visitor.send(page, "/api/accept-invitation", &[("token", token)]).await.path(), "/app/acme");

    let invite = service::Invite { email: "third@acme.test".to_owned(), role: "member".to_owned() };
    service::invite(&place.world.services, &owner, "acme", invite).await.unwrap();
    let letter = place.link("third@acme.test", "/invitations/").await;
    Visitor::new(&place).open(&letter).await.says("Create account and join");
    place.close().await;
}
