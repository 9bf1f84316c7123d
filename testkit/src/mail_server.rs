//! A real mail server in a process of its own: STARTTLS with a certificate of its own, a user and a password.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

const USER: &str = "usher";
const PASSWORD: &str = "a password for letters";

/// A mail server of one test. It ends with this value.
#[derive(Debug)]
pub struct MailServer {
    port: u16,
    certificate: String,
    told: ChildStdin,
    said: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

/// A letter that the server has taken.
#[derive(Debug)]
pub struct Taken {
    /// To whom.
    pub to: Vec<String>,
    /// Who has signed in to the server.
    pub user: String,
    /// Whether it came over TLS.
    pub tls: bool,
    /// As it went over the wire.
    pub text: String,
}

impl MailServer {
    /// Starts it.
    ///
    /// # Panics
    /// If Node.js or the packages of `end2end` are missing.
    pub async fn start() -> Self {
        Self::begin().await.expect("the mail server starts: `cargo xtask test` installs what it needs")
    }

    async fn begin() -> Result<Self> {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()])?;
        let certificate = cert.pem();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/support/mail-server.mjs");
        let mut process = Command::new("node")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("node is missing")?;
        let (told, said) = (process.stdin.take().context("no input")?, process.stdout.take().context("no output")?);
        let said = BufReader::new(said).lines();
        let mut server = Self { port: 0, certificate, told, said, _process: process };
        let who = json!({
            "key": signing_key.serialize_pem(), "cert": server.certificate, "user": USER, "password": PASSWORD
        });
        server.tell(&who).await?;
        let port = server.hear().await?["port"].as_u64().and_then(|port| port.try_into().ok());
        server.port = port.context("the mail server says no port")?;
        Ok(server)
    }

    async fn tell(&mut self, what: &Value) -> Result<()> {
        self.told.write_all(format!("{what}\n").as_bytes()).await?;
        Ok(self.told.flush().await?)
    }

    async fn hear(&mut self) -> Result<Value> {
        match self.said.next_line().await? {
            Some(line) => Ok(serde_json::from_str(&line)?),
            None => bail!("the mail server has ended; are the packages of `end2end` installed?"),
        }
    }

    /// Its address for who may send, with TLS before the password.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_as(PASSWORD)
    }

    /// The same with another password.
    #[must_use]
    pub fn url_as(&self, password: &str) -> String {
        format!("smtp://{USER}:{}@localhost:{}?tls=required", password.replace(' ', "%20"), self.port)
    }

    /// The same without a user, over a wire that everybody can read.
    #[must_use]
    pub fn plain_url(&self) -> String {
        format!("smtp://localhost:{}", self.port)
    }

    /// Who it shows to be, in PEM.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The next so many letters are not taken now.
    ///
    /// # Panics
    /// If the server has ended.
    pub async fn postpone(&mut self, letters: u32) {
        self.tell(&json!({ "postpone": letters })).await.expect("the mail server is there");
        self.hear().await.expect("the mail server answers");
    }

    /// The next letter that it takes.
    ///
    /// # Panics
    /// If the server has ended.
    pub async fn next(&mut self) -> Taken {
        let letter = self.hear().await.expect("the mail server is there");
        let text = |name: &str| letter[name].as_str().unwrap_or_default().to_owned();
        let to = letter["to"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        Taken { to, user: text("user"), tls: letter["tls"].as_bool() == Some(true), text: text("text") }
    }
}
