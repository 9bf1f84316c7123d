//! Hosts of their own for organizations: host, path and session agree, or there is nothing.

use reqwest::{Method, RequestBuilder, Response, StatusCode};

use crate::place::Place;

const PUBLIC: &str = "usher.test";
const ACME: &str = "acme.usher.test";
const BETA: &str = "beta.usher.test";
const FORM: &str = "application/x-www-form-urlencoded";

/// A place with the companies acme and beta, both of one owner, and the owner's session.
async fn place() -> (Place, String) {
    let place = Place::set(|settings| settings.tenant_hosts = true).await;
    let owner = place.world.owner("owner@acme.test").await;
    place.world.company(&owner, "Acme", "acme").await;
    place.world.company(&owner, "Beta", "beta").await;
    let session = place.sign_in("owner@acme.test").await;
    (place, session)
}

async fn get(place: &Place, host: &str, path: &str, session: Option<&str>) -> Response {
    let mut request = place.ask(Method::GET, path).header("host", host).header("accept", "text/html");
    if let Some(session) = session {
        request = request.header("cookie", format!("usher_session={session}"));
    }
    request.send().await.unwrap()
}

fn post(place: &Place, host: &str, path: &str, session: &str, form: &str) -> RequestBuilder {
    place.call(path, Some(session), form).header("host", host)
}

fn location(answer: &Response) -> &str {
    answer.headers()["location"].to_str().unwrap()
}

#[tokio::test]
async fn host_path_and_session_agree_or_there_is_nothing() {
    let (place, session) = place().await;
    let stranger = place.sign_up("stranger@other.test").await;
    for (host, slug, who, status) in [
        (ACME, "acme", &session, StatusCode::OK),
        (BETA, "beta", &session, StatusCode::OK),
        (ACME, "beta", &session, StatusCode::NOT_FOUND),
        (BETA, "acme", &session, StatusCode::NOT_FOUND),
        (ACME, "acme", &stranger, StatusCode::NOT_FOUND),
        ("nope.usher.test", "nope", &session, StatusCode::NOT_FOUND),
        ("nope.usher.test", "acme", &session, StatusCode::NOT_FOUND),
    ] {
        for page in ["", "/team", "/billing", "/settings"] {
            let path = format!("/app/{slug}{page}");
            assert_eq!(get(&place, host, &path, Some(who)).await.status(), status, "{host}{path}");
        }
        let call = post(&place, host, "/api/desk", who, &format!("slug={slug}")).send().await.unwrap();
        assert_eq!(call.status(), status, "{host} {slug}");
    }
    place.close().await;
}

#[tokio::test]
async fn a_disagreement_says_no_more_than_a_company_that_is_not_there() {
    let (place, session) = place().await;
    let mut seen = Vec::new();
    for slug in ["beta", "nope"] {
        let call = post(&place, ACME, "/api/team", &session, &format!("slug={slug}")).send().await.unwrap();
        seen.push((call.status(), call.bytes().await.unwrap()));
    }
    assert_eq!(seen[0], seen[1]);
    place.close().await;
}

#[tokio::test]
async fn an_unknown_company_never_opens_another_one() {
    let (place, session) = place().await;
    for (host, path) in [(PUBLIC, "/app/nope"), (ACME, "/app/nope"), ("nope.usher.test", "/app/nope")] {
        let mut answer = get(&place, host, path, Some(&session)).await;
        if answer.status().is_redirection() {
            assert_eq!(location(&answer), "http://nope.usher.test/app/nope");
            answer = get(&place, "nope.usher.test", path, Some(&session)).await;
        }
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{host}{path}");
        assert!(!answer.text().await.unwrap().contains("Acme"));
    }
    place.close().await;
}

#[tokio::test]
async fn a_page_at_the_wrong_one_of_our_hosts_leads_to_the_right_one() {
    let (place, session) = place().await;
    for (host, path, to) in [
        (PUBLIC, "/app/acme/billing?checkout=cs_1", "http://acme.usher.test/app/acme/billing?checkout=cs_1"),
        (ACME, "/", "/app/acme"),
        (ACME, "/app", "http://usher.test/app"),
        (ACME, "/account/sessions", "http://usher.test/account/sessions"),
        (ACME, "/invitations/abc?x=1", "http://usher.test/invitations/abc?x=1"),
        ("nope.usher.test", "/", "/app/nope"),
    ] {
        let answer = get(&place, host, path, Some(&session)).await;
        assert!(answer.status().is_redirection(), "{host}{path}: {}", answer.status());
        assert_eq!(location(&answer), to, "{host}{path}");
    }
    let login = get(&place, ACME, "/login?next=/app/acme", None).await;
    assert_eq!(login.status(), StatusCode::OK, "one signs in where one is");
    place.close().await;
}

#[tokio::test]
async fn hosts_that_are_not_ours_have_nothing() {
    let (place, session) = place().await;
    for host in ["evil.example", "a.acme.usher.test", "usher.test.evil.example", "www.usher.test", "acme.usher.test:81"]
    {
        for path in ["/", "/pricing", "/login", "/app/acme", "/app", "/pkg/usher.css"] {
            let answer = get(&place, host, path, Some(&session)).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{host}{path}");
        }
        let call = post(&place, host, "/api/me", &session, "").send().await.unwrap();
        assert_eq!(call.status(), StatusCode::NOT_FOUND, "{host}");
        assert_eq!(get(&place, host, "/healthz", None).await.status(), StatusCode::OK, "machines have no name");
    }
    place.close().await;
}

#[tokio::test]
async fn a_session_is_for_all_our_hosts_only_where_there_are_several() {
    let password = testkit::PASSWORD.replace(' ', "+");
    let form = format!("email=owner%40acme.test&password={password}");
    for several in [true, false] {
        let place =
            if several { Place::set(|settings| settings.tenant_hosts = true).await } else { Place::open().await };
        place.sign_up("owner@acme.test").await;
        let host = if several { ACME } else { PUBLIC };
        let answer = place.call("/api/sign-in", None, &form).header("host", host).send().await.unwrap();
        let cookies: Vec<&str> =
            answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
        let session = cookies.iter().find(|cookie| cookie.starts_with("usher_session=")).unwrap();
        assert_eq!(session.contains("Domain=usher.test"), several, "{session}");
        assert!(session.contains("HttpOnly") && session.contains("SameSite=Lax"), "{session}");
        place.close().await;
    }
}

#[tokio::test]
async fn over_https_the_session_says_so_in_its_name() {
    let password = testkit::PASSWORD.replace(' ', "+");
    let form = format!("email=owner%40acme.test&password={password}");
    for several in [true, false] {
        let place = if several {
            Place::set(|settings| {
                settings.public_url = "https://usher.test".to_owned();
                (settings.tenant_hosts, settings.secure_cookies) = (true, true);
            })
            .await
        } else {
            Place::set(|settings| settings.secure_cookies = true).await
        };
        place.sign_up("owner@acme.test").await;
        let answer = place.call("/api/sign-in", None, &form).header("host", PUBLIC).send().await.unwrap();
        let mut cookies = answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
        let session = cookies.find(|cookie| cookie.contains("usher_session=")).unwrap();
        let name = if several { "__Secure-usher_session=" } else { "__Host-usher_session=" };
        assert!(session.starts_with(name) && session.contains("; Secure"), "{session}");
        place.close().await;
    }
}

#[tokio::test]
async fn a_form_comes_from_the_very_host_that_it_is_sent_to() {
    let (place, session) = place().await;
    let send = |host: &str, origin: &str| {
        let request = place.ask(Method::POST, "/api/desk").header("host", host).header("origin", origin);
        let request = request.header("cookie", format!("usher_session={session}")).header("accept", "application/json");
        request.header("content-type", FORM).body("slug=acme").send()
    };
    assert_eq!(send(ACME, "http://acme.usher.test").await.unwrap().status(), StatusCode::OK);
    assert_eq!(send(PUBLIC, "http://usher.test").await.unwrap().status(), StatusCode::OK);
    for (host, origin) in [
        (ACME, "http://beta.usher.test"),
        (ACME, "http://usher.test"),
        (PUBLIC, "http://acme.usher.test"),
        (ACME, "null"),
    ] {
        assert_eq!(send(host, origin).await.unwrap().status(), StatusCode::FORBIDDEN, "{origin} to {host}");
    }
    place.close().await;
}

#[tokio::test]
async fn links_to_companies_name_their_hosts() {
    let (place, session) = place().await;
    let list = get(&place, PUBLIC, "/app", Some(&session)).await.text().await.unwrap();
    assert!(list.contains("http://acme.usher.test/app/acme") && list.contains("http://beta.usher.test/app/beta"));
    let desk = get(&place, ACME, "/app/acme", Some(&session)).await;
    let policy = desk.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("http://*.usher.test"), "forms may lead to another host of ours: {policy}");
    assert!(desk.text().await.unwrap().contains("http://beta.usher.test/app/beta"), "the switcher leads there");
    let new = post(&place, ACME, "/api/create-organization", &session, "name=Gamma&slug=gamma").send().await.unwrap();
    assert_eq!(location(&new), "http://gamma.usher.test/app/gamma");
    place.close().await;
}

#[tokio::test]
async fn an_invitation_is_not_accepted_at_another_companys_host() {
    let (place, _) = place().await;
    let s = &place.world.services;
    let owner = service::who(s, &place.sign_in("owner@acme.test").await, service::Visit::default()).await.unwrap();
    let invite = service::Invite { email: "second@acme.test".to_owned(), role: "member".to_owned() };
    let invited = service::invite(s, &owner.unwrap(), "acme", invite).await.unwrap();
    let token = invited.link.rsplit('/').next().unwrap().to_owned();
    let second = place.sign_up("second@acme.test").await;
    let form = format!("token={token}");
    let accept = async |host| post(&place, host, "/api/accept-invitation", &second, &form).send().await.unwrap();
    assert_eq!(accept(BETA).await.status(), StatusCode::NOT_FOUND);
    let joined = accept(PUBLIC).await;
    assert_eq!(joined.status(), StatusCode::OK);
    assert_eq!(location(&joined), "http://acme.usher.test/app/acme");
    place.close().await;
}
