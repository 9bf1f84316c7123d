//! An owner of a company, as a browser without scripts sees Usher.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::http::{Answer, Connection};

/// How often the mailbox is looked into before the letter counts as lost; with a pause of [`PAUSE`] between.
const LOOKS: u32 = 200;
const PAUSE: Duration = Duration::from_millis(25);

/// Somebody who is signed in, at one connection.
pub struct Owner {
    connection: Connection,
    cookies: Vec<(String, String)>,
}

impl Owner {
    /// Signs up as `owner@acme.test`, proves the address by the letter in the development mailbox, and is signed in.
    pub async fn sign_up(addr: SocketAddr) -> Result<Self> {
        let mut owner = Self { connection: Connection::open(addr).await?, cookies: Vec::new() };
        let form = [("email", "owner@acme.test"), ("password", "three quiet velvet seats")];
        owner.post("/api/sign-up", &form).await?;
        let token = owner.proof().await?;
        owner.post("/api/confirm", &[("token", &token)]).await?;
        Ok(owner)
    }

    /// The token in the letter, which leaves the outbox a moment after it was asked for.
    async fn proof(&mut self) -> Result<String> {
        for _ in 0..LOOKS {
            let request = self.connection.post("/api/letters", "accept: application/json\r\n", &[]);
            let text = self.connection.ask(&request).await?.text();
            if let Some((_, rest)) = text.split_once("/confirm/") {
                return Ok(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect());
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("the letter that proves the address did not come");
    }

    /// Makes a company.
    pub async fn found(&mut self, name: &str, slug: &str) -> Result<()> {
        self.post("/api/create-organization", &[("name", name), ("slug", slug)]).await.map(|_| ())
    }

    /// A page, with these headers, each ended with a line break.
    pub async fn get(&mut self, path: &str, headers: &str) -> Result<Answer> {
        let request = self.connection.get(path, &format!("{headers}{}", self.cookie()));
        self.connection.ask(&request).await
    }

    /// A plain form. Cookies are kept as a browser would; a refusal is an error.
    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Result<Answer> {
        let headers = format!("accept: text/html\r\n{}", self.cookie());
        let answer = self.connection.ask(&self.connection.post(path, &headers, form)).await?;
        // A refused form leads back to its page, and says so in the address.
        let refused = answer.header("location").is_some_and(|to| to.contains("__err"));
        if refused || answer.status >= 400 {
            bail!(
                "{path} was answered with {}: {}",
                answer.status,
                answer.text().chars().take(300).collect::<String>()
            );
        }
        for line in answer.headers("set-cookie") {
            let (name, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).context("no cookie")?;
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(answer)
    }

    fn cookie(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("cookie: {}\r\n", pairs.join("; "))
    }
}

/// The `dur` of the first entry of `Server-Timing`, in milliseconds.
pub fn server_timing(answer: &Answer) -> Result<f64> {
    let header = answer.header("server-timing").context("no Server-Timing header")?;
    let duration = header.split([';', ',']).find_map(|part| part.trim().strip_prefix("dur="));
    Ok(duration.with_context(|| format!("no duration in {header}"))?.parse()?)
}
