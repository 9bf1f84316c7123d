//! What a plain form is told, and what nobody else can tell in our name.

use app::AppError;
use data_encoding::BASE64URL;
use domain::Refusal;
use reqwest::{Method, Response, StatusCode};
use server_fn::error::FromServerFnError as _;

use crate::place::Place;

const FORM: &str = "application/x-www-form-urlencoded";
const WRONG: &str = "do not belong together";

/// Sends the sign-in form of `page` with a wrong password, as a browser without JavaScript.
async fn fail(place: &Place, page: Option<&str>) -> Response {
    let mut request =
        place.ask(Method::POST, "/api/sign-in").header("accept", "text/html").header("content-type", FORM);
    if let Some(page) = page {
        request = request.header("referer", format!("http://{}{page}", place.address));
    }
    request.body("email=owner%40acme.test&password=not+the+password").send().await.unwrap()
}

fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// The cookies of an answer, as the browser sends them back.
fn cookies(answer: &Response) -> String {
    let all = answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    all.filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
}

async fn open(place: &Place, path: &str, cookies: &str) -> Response {
    place.ask(Method::GET, path).header("accept", "text/html").header("cookie", cookies).send().await.unwrap()
}

/// An address that would have a page say something.
fn crafted(page: &str, function: &str, words: &str) -> String {
    let error = AppError::Refused(Refusal::new("crafted", words, "Call us."));
    format!("{page}?__path=/api/{function}&__err={}", BASE64URL.encode(&error.ser()))
}

#[tokio::test]
async fn a_plain_form_is_told_what_was_wrong() {
    let place = Place::open().await;
    let answer = fail(&place, Some("/login?next=/app")).await;
    assert_eq!(answer.status(), StatusCode::FOUND);
    let back = location(&answer);
    assert!(back.starts_with("/login?next=%2Fapp&__path="), "{back}");
    let page = open(&place, &back, &cookies(&answer)).await;
    assert_eq!(page.status(), StatusCode::OK);
    let text = page.text().await.unwrap();
    assert!(text.contains(WRONG) && text.contains("owner@acme.test"), "{text}");
    place.close().await;
}

#[tokio::test]
async fn a_crafted_link_shows_nothing() {
    let place = Place::open().await;
    let session = place.sign_up("owner@acme.test").await;
    let honest = fail(&place, Some("/login")).await;
    let cookies = cookies(&honest);
    for (page, function) in [("/login", "sign-in"), ("/signup", "sign-up"), ("/forgot", "forgot")] {
        let link = crafted(page, function, "Your account is locked, call 0900");
        for cookie in ["", "usher_told=", "usher_told=000000000000000000000000", &cookies] {
            let answer = open(&place, &link, cookie).await;
            assert!(answer.status().is_redirection(), "{link}");
            assert_eq!(location(&answer), page);
            let shown = open(&place, page, cookie).await;
            assert_eq!(shown.status(), StatusCode::OK);
            assert!(!shown.text().await.unwrap().contains("0900"), "{page}");
        }
    }
    let link = crafted("/account", "change-password", "Your account is locked, call 0900");
    assert_eq!(location(&place.open_page(&link, Some(&session)).await), "/account");
    let half = open(&place, "/login?__err=abc&next=/app", &cookies).await;
    assert_eq!(location(&half), "/login?next=%2Fapp", "the rest of the address stays");
    place.close().await;
}

#[tokio::test]
async fn what_one_page_was_told_is_not_said_on_another() {
    let place = Place::open().await;
    let answer = fail(&place, Some("/login")).await;
    let moved = location(&answer).replace("/login", "/signup");
    let page = open(&place, &moved, &cookies(&answer)).await;
    assert_eq!(location(&page), "/signup");
    place.close().await;
}

#[tokio::test]
async fn the_words_of_the_last_attempt_replace_those_before() {
    let place = Place::open().await;
    let first = location(&fail(&place, Some("/login")).await);
    let second = fail(&place, Some(&first)).await;
    assert_eq!(location(&second).matches("__err=").count(), 1);
    assert!(open(&place, &location(&second), &cookies(&second)).await.text().await.unwrap().contains(WRONG));
    place.close().await;
}

#[tokio::test]
async fn a_form_that_does_not_say_where_it_is_gets_a_page_with_the_reason() {
    let place = Place::open().await;
    let answer = fail(&place, None).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let text = answer.text().await.unwrap();
    assert!(text.contains(WRONG) && text.contains("<h1>"), "{text}");
    place.close().await;
}

#[tokio::test]
async fn no_form_leads_to_another_host() {
    let place = Place::open().await;
    let mut request =
        place.ask(Method::POST, "/api/sign-in").header("accept", "text/html").header("content-type", FORM);
    request = request.header("referer", "https://evil.example/login").body("email=a%40b.test&password=x");
    assert!(location(&request.send().await.unwrap()).starts_with("/login?__path="));
    place.close().await;
}

#[tokio::test]
async fn fields_that_a_form_does_not_have_change_nothing() {
    let place = Place::open().await;
    let session = place.sign_up("owner@acme.test").await;
    let more = "&plan=all_access&seats=999&role=owner&owner=x&tenant_id=x&org=x&verified=true&free_since=1&access=full";
    let form = format!("name=Acme&slug=acme{more}");
    let made = place.call("/api/create-organization", Some(&session), &form).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::OK);
    let s = &place.world.services;
    let owner = service::who(s, &session, service::Visit::default()).await.unwrap().unwrap();
    let desk = service::desk(s, &owner, "acme").await.unwrap();
    assert_eq!(desk.plan, "Free");

    let invite = format!("slug=acme&email=second%40acme.test&role=viewer&id=x&inviter=x&expires_at=9999999999{more}");
    let invite = invite.replacen("&role=owner", "", 1);
    assert_eq!(place.call("/api/invite", Some(&session), &invite).send().await.unwrap().status(), StatusCode::OK);
    place.world.settle().await;
    let letter = place.world.letters.to("second@acme.test").pop().unwrap().text;
    let token = letter.split("/invitations/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let second = place.sign_up("second@acme.test").await;
    let form = format!("token={token}{more}");
    let joined = place.call("/api/accept-invitation", Some(&second), &form).send().await.unwrap();
    assert_eq!(joined.status(), StatusCode::OK);
    let second = service::who(s, &second, service::Visit::default()).await.unwrap().unwrap();
    assert_eq!(service::desk(s, &second, "acme").await.unwrap().role, domain::Role::Viewer);
    assert_eq!(service::desk(s, &owner, "acme").await.unwrap().seats, {
        let mut seats = desk.seats;
        seats.count.active += 1;
        seats
    });
    place.close().await;
}
