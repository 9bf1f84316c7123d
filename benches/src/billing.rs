//! How long the server works on a signed-in billing page, by its own `Server-Timing`.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};

use crate::account::{Owner, server_timing};
use crate::http::{Answer, BROWSER, Connection};
use crate::report::{Line, median};
use crate::usher::Place;

const REQUESTS: usize = 1_000;

/// Measures, as the owner of a company that has paid for one seat.
pub async fn measure() -> Result<Vec<Line>> {
    let place = Place::new()?;
    let usher = place.start().await?;
    let mut owner = Owner::sign_up(usher.addr).await?;
    owner.found("Acme", "acme").await?;
    buy(usher.addr, &mut owner).await?;
    let page = owner.get("/app/acme/billing", "accept: text/html\r\n").await?;
    if page.status != 200 || !words(&page.text()).contains("$4,999.00 per seat") {
        bail!("the billing page does not show what was bought ({}): {}", page.status, words(&page.text()));
    }
    let mut times = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let answer = owner.get("/app/acme/billing", BROWSER).await?;
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

/// Pays for one seat of All Access on the sandbox's page.
async fn buy(usher: SocketAddr, owner: &mut Owner) -> Result<()> {
    let form = [("slug", "acme"), ("plan", "all_access"), ("interval", "year"), ("seats", "1")];
    let answer = owner.post("/api/start-checkout", &form).await?;
    let page = answer.header("location").with_context(|| said("start the payment", &answer))?.to_owned();
    let (sandbox, path) = split(&page).with_context(|| format!("{page} is no payment page"))?;
    let mut at_sandbox = Connection::open(sandbox).await?;
    let form = [("number", "4242424242424242"), ("expiry", "12 / 34"), ("cvc", "123")];
    let answer = at_sandbox.ask(&at_sandbox.post(path, "accept: text/html\r\n", &form)).await?;
    let back = answer.header("location").with_context(|| said("pay", &answer))?.to_owned();
    let (_, path) = split(&back).filter(|(addr, _)| *addr == usher).with_context(|| format!("{back} is not Usher"))?;
    let answer = owner.get(path, "accept: text/html\r\n").await?;
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

/// The page without its tags.
fn words(html: &str) -> String {
    let texts = html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    texts.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn said(what: &str, answer: &Answer) -> String {
    let text: String = answer.text().chars().take(300).collect();
    format!("could not {what}: {} {text}", answer.status)
}
