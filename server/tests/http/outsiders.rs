//! Every server function, every page and every other route, tried by everybody who might knock: one committed table.
//!
//! A new server function has no line in [`form`] and a new route none in [`plain_form`], and fails here until somebody
//! has said what it is given; then the table shows who gets what, and a change of it is a change that somebody has read.

use std::fmt::Write as _;

use app::AppError;
use app::routes::{PAGES, Page};
use domain::ids::{BillingContactId, DomainId, InvitationId, MemberId, SeatRequestId, SessionId};
use domain::{Slug, Timestamp};
use reqwest::{Method, Response};
use server_fn::error::FromServerFnError as _;
use service::{Caller, CreateOrganization, Invite, SessionToken, SignIn, Visit};
use testkit::PASSWORD;

use crate::place::Place;

/// Who knocks: nobody known, somebody with an account and no seat here, and members by role.
const WHO: [&str; 6] = ["anonymous", "stranger", "viewer", "member", "admin", "owner"];

/// The people, one for each of [`WHO`] but the first, with their sessions.
struct People(Vec<(Caller, SessionToken)>);

impl People {
    async fn new(place: &Place) -> Self {
        let mut all = Vec::new();
        for who in &WHO[1..] {
            let domain = if *who == "stranger" { "other.test" } else { "acme.test" };
            all.push(somebody(place, &format!("{who}@{domain}")).await);
        }
        Self(all)
    }

    fn get(&self, who: &str) -> Option<&(Caller, SessionToken)> {
        WHO[1..].iter().position(|name| *name == who).map(|place| &self.0[place])
    }
}

async fn somebody(place: &Place, email: &str) -> (Caller, SessionToken) {
    let s = &place.world.services;
    service::make_account(s, email, PASSWORD.to_owned()).await.unwrap();
    let known = SignIn { email: email.to_owned(), password: PASSWORD.to_owned(), device: None };
    let token = service::sign_in(s, known, Visit::default()).await.unwrap().session;
    let caller = service::who(s, token.as_str(), Visit::default()).await.unwrap().unwrap();
    (caller, token)
}

/// A company of its own for one try: its owner, who knocks (if a member), and somebody invited.
struct House {
    slug: Slug,
    owner: MemberId,
    invitation: InvitationId,
    request: SeatRequestId,
    domain: DomainId,
    contact: BillingContactId,
    token: String,
    number: usize,
}

impl House {
    async fn build(place: &Place, people: &People, who: &str, number: usize) -> Self {
        let s = &place.world.services;
        let (owner, _) = people.get("owner").unwrap();
        let new = CreateOrganization { name: format!("House {number}"), slug: format!("house-{number}") };
        let slug = service::create_organization(s, owner, new).await.unwrap();
        if let (Some((caller, _)), true) = (people.get(who), ["viewer", "member", "admin"].contains(&who)) {
            let invited = invite(place, owner, &slug, caller.email.as_str(), who).await;
            service::accept(s, caller, &token(&invited.link)).await.unwrap();
        }
        let invited = invite(place, owner, &slug, &format!("guest{number}@acme.test"), "member").await;
        let ask =
            service::RequestSeat { email: format!("asked{number}@acme.test"), role: "member".to_owned(), note: None };
        service::request_seat(s, owner, slug.as_str(), ask).await.unwrap();
        let request = service::requests(s, owner, slug.as_str()).await.unwrap().asked[0].id;
        let domain = service::add_domain(s, owner, slug.as_str(), "acme.example").await.unwrap();
        let books = format!("contact{number}@acme.test");
        service::add_billing_contact(s, owner, slug.as_str(), &books).await.unwrap();
        let details = service::billing_details(s, owner, slug.as_str()).await.unwrap();
        let contact = details.sheet.unwrap().contacts[0].id;
        let members = service::team(s, owner, slug.as_str(), domain::view::TeamQuery::default()).await.unwrap().members;
        let owner = members.iter().find(|member| member.is_me).unwrap().id;
        Self { slug, owner, invitation: invited.id, request, domain, contact, token: token(&invited.link), number }
    }
}

async fn invite(place: &Place, owner: &Caller, slug: &Slug, email: &str, role: &str) -> domain::view::Invited {
    let invite = Invite { email: email.to_owned(), role: role.to_owned() };
    service::invite(&place.world.services, owner, slug.as_str(), invite).await.unwrap()
}

fn token(link: &str) -> String {
    link.rsplit('/').next().unwrap().to_owned()
}

/// What a server function is given in that house. `None`: nobody has said yet.
#[expect(clippy::match_same_arms, reason = "a line for each group of functions, whatever they have in common")]
fn form(path: &str, house: &House) -> Option<String> {
    let House { slug, owner, invitation, request, domain, contact, token, number } = house;
    let password = PASSWORD.replace(' ', "+");
    Some(match path.strip_prefix("/api/")? {
        "sign-up" => format!("email=new{number}%40acme.test&password={password}"),
        "sign-in" => format!("email=owner%40acme.test&password={password}"),
        "me" | "organizations" | "letters" | "sign-out" => String::new(),
        "confirm" | "reset" | "confirm-address" => format!("token={token}&password={password}"),
        "forgot" | "resend-confirmation" => format!("email=new{number}%40acme.test"),
        // Wrong passwords: these accounts are needed for the next line.
        "change-password" => "old=no+password+of+theirs&new=another+one+entirely".to_owned(),
        "change-address" => format!("email=other{number}%40acme.test&password=no+password+of+theirs"),
        "delete-account" => "password=no+password+of+theirs".to_owned(),
        "end-session" => format!("id={}", SessionId::new(Timestamp::from_secs(0), [0; 10])),
        "cancel-address-change" | "end-other-sessions" | "sign-out-everywhere" => String::new(),
        "create-organization" => format!("name=Another+{number}&slug="),
        "abandon-checkout" | "desk" | "billing" | "team" | "leave" => format!("slug={slug}"),
        "inviting" | "invitations" | "requests" | "reclaim" => format!("slug={slug}"),
        "audit-log" => format!("slug={slug}&who=&action=&about=&from=&to="),
        "invoices" => format!("slug={slug}&status=&from=&to=&page=1"),
        "refresh-invoices" | "next-invoice" | "billing-details" => format!("slug={slug}"),
        "pay-invoice" => format!("slug={slug}&id=in_{number}"),
        "set-billing-details" => format!(
            "slug={slug}&company=Acme&line1=&line2=&city=&postal_code=&state=&country=&po_number=&tax_kind=&tax_number="
        ),
        "add-billing-contact" => format!("slug={slug}&email=books{number}%40acme.test"),
        "prefer-billing-contact" | "remove-billing-contact" | "resend-billing-contact" => {
            format!("slug={slug}&id={contact}")
        }
        "billing-contact" | "confirm-billing-contact" => format!("token={token}"),
        "change" => format!("slug={slug}"),
        "confirm-quote" | "take-back-quote" => {
            let nobodys = domain::ids::QuoteId::new(Timestamp::from_secs(0), [0; 10]);
            format!("slug={slug}&quote={nobodys}&hash=00")
        }
        "start-checkout" => format!("slug={slug}&plan=all_access&interval=year&seats=3"),
        "invite" => format!("slug={slug}&email=more{number}%40acme.test&role=viewer"),
        "cancel-invitation" => format!("slug={slug}&id={invitation}"),
        "change-invitation-role" => format!("slug={slug}&id={invitation}&role=viewer"),
        "resend-invitation" | "invitation-link" => format!("slug={slug}&id={invitation}"),
        "invite-several" => format!("slug={slug}&rows[0][email]=more{number}%40acme.test&rows[0][role]=viewer"),
        "invite-csv" => format!("slug={slug}&text=email,role%0Amore{number}%40acme.test,viewer"),
        "remove-member" | "suspend-member" | "reactivate-member" => format!("slug={slug}&id={owner}"),
        "change-role" => format!("slug={slug}&id={owner}&role=member"),
        "domains" => format!("slug={slug}"),
        "add-domain" => format!("slug={slug}&domain=n{number}.example"),
        "verify-domain" | "remove-domain" => format!("slug={slug}&id={domain}"),
        "set-subdomains" => format!("slug={slug}&open=true"),
        "request-seat" => format!("slug={slug}&email=more{number}%40acme.test&role=viewer"),
        "approve-request" | "decline-request" | "withdraw-request" => format!("slug={slug}&id={request}"),
        "set-join-requests" => format!("slug={slug}&open=false"),
        "settings" | "reactivation" | "continue-on-free" => format!("slug={slug}"),
        "leaving" | "cancel-plan" | "resume-plan" | "pause-plan" | "unpause-plan" => format!("slug={slug}"),
        "end-trial" | "undo-plan-change" => format!("slug={slug}"),
        "fewer-seats" => format!("slug={slug}&seats=1"),
        "open-portal" => format!("slug={slug}&part=home"),
        "later" => format!("slug={slug}&plan=team&interval=month"),
        "schedule-change" => format!("slug={slug}&plan=team&interval=month&hash=0"),
        "rename-organization" => format!("slug={slug}&name=Renamed"),
        "change-slug" => format!("slug={slug}&to=moved-{number}"),
        // A wrong password: the house is needed no more, the account is.
        "transfer-ownership" => format!("slug={slug}&to=admin%40acme.test&password=no+password+of+theirs"),
        "delete-organization" => format!("slug={slug}&typed={slug}&password={password}"),
        "ask-to-join" => "note=Let+me+in".to_owned(),
        "invitation" | "accept-invitation" => format!("token={token}"),
        "accept-invitation-as-new" => format!("token={token}&password={password}"),
        _ => return None,
    })
}

/// What any other route is sent in that house, with its path filled in. `None`: nobody has said yet.
fn plain_form(path: &str) -> Option<&'static str> {
    match path {
        // Only Stripe can sign.
        "/webhooks/stripe" => Some("{}"),
        "/healthz"
        | "/readyz"
        | "/app/{slug}/settings/audit.csv"
        | "/app/{slug}/settings/audit.json"
        | "/app/{slug}/billing/invoices.csv" => Some(""),
        _ => None,
    }
}

#[tokio::test]
async fn everybody_gets_what_the_table_says() {
    let place = Place::open().await;
    let people = People::new(&place).await;
    let mut functions: Vec<(&str, Method)> = server_fn::axum::server_fn_paths().collect();
    functions.sort_by_key(|(path, _)| *path);
    let mut table = String::new();
    let mut number = 0;
    writeln!(table, "{:<36}{}", "", WHO.map(|who| format!("{who:<22}")).concat().trim_end()).unwrap();
    for (path, method) in functions {
        let mut line = format!("{:<36}", format!("{method} {path}"));
        for who in WHO {
            number += 1;
            // Sessions may end here, so each try has one of its own.
            let house = House::build(&place, &people, who, number).await;
            let form = form(path, &house).unwrap_or_else(|| panic!("{path} is not in the table: add it to `form`"));
            let session = match people.get(who) {
                Some((caller, _)) => Some(signed_in(&place, caller).await),
                None => None,
            };
            assert_eq!(method, Method::POST, "{path}: what is sent by GET stands in logs");
            let answer = place.call(path, session.as_ref().map(SessionToken::as_str), &form).send().await.unwrap();
            write!(line, "{:<22}", function_outcome(answer).await).unwrap();
        }
        writeln!(table, "{}", line.trim_end()).unwrap();
    }
    for &page in PAGES {
        let mut line = format!("{:<36}", format!("GET {}", page.path()));
        for who in WHO {
            number += 1;
            let house = House::build(&place, &people, who, number).await;
            let path = page.path().replace("{slug}", house.slug.as_str()).replace("{token}", &house.token);
            let session = match people.get(who) {
                Some((caller, _)) => Some(signed_in(&place, caller).await),
                None => None,
            };
            let answer = place.open_page(&path, session.as_ref().map(SessionToken::as_str)).await;
            write!(line, "{:<22}", page_outcome(page, &house, &answer)).unwrap();
        }
        writeln!(table, "{}", line.trim_end()).unwrap();
    }
    for (method, path, _) in server::web::router::plain() {
        let mut line = format!("{:<36}", format!("{method} {path}"));
        let sent = plain_form(path).unwrap_or_else(|| panic!("{path} is not in the table: add it to `plain_form`"));
        for who in WHO {
            number += 1;
            let house = House::build(&place, &people, who, number).await;
            let path = path.replace("{slug}", house.slug.as_str());
            let mut request = place.ask(method.clone(), &path).header("sec-fetch-site", "same-origin");
            if let Some((caller, _)) = people.get(who) {
                let session = signed_in(&place, caller).await;
                request = request.header("cookie", format!("usher_session={}", session.as_str()));
            }
            let answer = request.body(sent).send().await.unwrap();
            write!(line, "{:<22}", answer.status().as_u16()).unwrap();
        }
        writeln!(table, "{}", line.trim_end()).unwrap();
    }
    insta::assert_snapshot!(table);
    place.close().await;
}

async fn signed_in(place: &Place, caller: &Caller) -> SessionToken {
    let known = SignIn { email: caller.email.as_str().to_owned(), password: PASSWORD.to_owned(), device: None };
    service::sign_in(&place.world.services, known, Visit::default()).await.unwrap().session
}

async fn function_outcome(answer: Response) -> String {
    let status = answer.status();
    if status.is_client_error() || status.is_server_error() {
        let error = AppError::de(answer.bytes().await.unwrap());
        return format!("{} {}", status.as_u16(), error.refusal().code);
    }
    status.as_u16().to_string()
}

fn page_outcome(page: Page, house: &House, answer: &Response) -> String {
    let status = answer.status().as_u16();
    let Some(place) = answer.headers().get("location") else { return status.to_string() };
    let place = place.to_str().unwrap().replace(house.slug.as_str(), "SLUG").replace(&house.token, "TOKEN");
    assert!(place.starts_with('/'), "{page:?} leads away, to {place}");
    format!("{status} {}", place.split('?').next().unwrap_or_default())
}
