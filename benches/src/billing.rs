//! How long the server works on a signed-in billing page, by its own `Server-Timing`.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};

use crate::http::{Answer, BROWSER, Connection};
use crate::report::{Line, median};
use crate::usher::Place;

const REQUESTS: usize = 1_000;

/// Measures, as the owner of a company that has paid for one seat.
pub async fn measure() -> Result<Vec<Line>> {
    let place = Place::new()?;
    let usher = place.start().await?;
    let mut connection = Connection::open(usher.addr).await?;
    let session = sign_up(&mut connection).await?;
    buy(usher.addr, &mut connection, &session).await?;
    let request = connection.get("/app/acme/billing", &format!("{BROWSER}{session}"));
    let page = connection.ask(&connection.get("/app/acme/billing", &format!("accept: text/html\r\n{session}"))).await?;
    if page.status != 200 || !words(&page.text()).contains("$4,999.00 per seat") {
        bail!("the billing page does not show what was bought ({}): {}", page.status, words(&page.text()));
    }
    let mut times = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let answer = connection.ask(&request).await?;
        if answer.status != 200 {
            bail!("the billing page answered {}", answer.status);
        }
        times.push(server_timing(&answer)?);
    }
    usher.stop().await?;
    let middle = median(&mut times);
    let late = times.get(REQUESTS * 99 / 100).copied().unwrap_or(middle);
    Ok(vec![Line {
        what: "Signed-in billing page, server time on SQLite".to_owned(),
        bar: "under 1 ms (median)".to_owned(),
        measured: format!("{middle:.2} ms (99 % under {late:.2} ms)"),
        holds: middle < 1.0,
        how: format!("{REQUESTS} requests one after the other by the owner of a paying company, `Server-Timing`"),
    }])
}

/// Creates account and company; answers the cookie header of the session.
async fn sign_up(connection: &mut Connection) -> Result<String> {
    let form = [("email", "owner@acme.test"), ("password", "three quiet velvet seats")];
    let answer = connection.ask(&connection.post("/api/sign-up", "accept: text/html\r\n", &form)).await?;
    let cookie = answer.header("set-cookie").with_context(|| said("sign up", &answer))?;
    let session = format!("cookie: {}\r\n", cookie.split(';').next().unwrap_or_default());
    let form = [("name", "Acme"), ("slug", "acme")];
    let headers = format!("accept: text/html\r\n{session}");
    let answer = connection.ask(&connection.post("/api/create-organization", &headers, &form)).await?;
    if !(200..400).contains(&answer.status) {
        bail!("{}", said("create the company", &answer));
    }
    Ok(session)
}

/// Pays for one seat of All Access on the sandbox's page.
async fn buy(usher: SocketAddr, connection: &mut Connection, session: &str) -> Result<()> {
    let form = [("slug", "acme"), ("plan", "all_access"), ("interval", "year"), ("seats", "1")];
    let headers = format!("accept: text/html\r\n{session}");
    let answer = connection.ask(&connection.post("/api/start-checkout", &headers, &form)).await?;
    let page = answer.header("location").with_context(|| said("start the payment", &answer))?.to_owned();
    let (sandbox, path) = split(&page).with_context(|| format!("{page} is no payment page"))?;
    let mut at_sandbox = Connection::open(sandbox).await?;
    let form = [("number", "4242424242424242"), ("expiry", "12 / 34"), ("cvc", "123")];
    let answer = at_sandbox.ask(&at_sandbox.post(path, "accept: text/html\r\n", &form)).await?;
    let back = answer.header("location").with_context(|| said("pay", &answer))?.to_owned();
    let (_, path) = split(&back).filter(|(addr, _)| *addr == usher).with_context(|| format!("{back} is not Usher"))?;
    let answer = connection.ask(&connection.get(path, &headers)).await?;
    if answer.status >= 400 {
        bail!("{}", said("come back from the payment", &answer));
    }
    Ok(())
}

/// The host and the rest of an address such as `http://127.0.0.1:3001/_checkout/cs_1`.
fn split(url: &str) -> Option<(SocketAddr, &str)> {
    let rest = url.strip_prefix("http://")?;
    let (host, _) = rest.split_once('/')?;
    Some((host.parse().ok()?, &rest[host.len()..]))
}

/// The `dur` of the first entry, in milliseconds.
fn server_timing(answer: &Answer) -> Result<f64> {
    let header = answer.header("server-timing").context("no Server-Timing header")?;
    let duration = header.split([';', ',']).find_map(|part| part.trim().strip_prefix("dur="));
    Ok(duration.with_context(|| format!("no duration in {header}"))?.parse()?)
}

/// The page without its tags.
fn words(html: &str) -> String {
    let texts = html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    texts.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn said(what: &str, answer: &Answer) -> String {
    let text: String = answer.text().chars().take(300).collect();
    format!("could not {what}: {} {text}", answer.status)
}
