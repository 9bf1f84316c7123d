//! Letters that leave the house.

use std::time::Duration;

use anyhow::{Context, bail};
use async_trait::async_trait;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use store::Mail;
use url::{Host, Url};

use super::{MailError, Mailer};

/// How long a mail server may take for each of its answers.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends letters to a mail server.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// A mailer for `url` that writes as `from`, such as `Usher <usher@example.com>`. Does not connect yet.
    ///
    /// `smtps://user:password@host` speaks TLS from the first byte (port 465). `smtp://user:password@host` must be able
    /// to change to TLS before the password is said (STARTTLS, port 587). `smtp://host` is a relay without a password
    /// (port 25); `?tls=required` or `?tls=opportunistic` asks it for TLS too.
    ///
    /// The server must show a certificate that the web's authorities vouch for, or one of those in `authorities`, in
    /// PEM: a company's own.
    ///
    /// # Errors
    /// If `url`, `from` or `authorities` cannot be read. The error does not repeat the URL: a password may be in it.
    pub fn new(url: &str, from: &str, authorities: Option<&[u8]>) -> anyhow::Result<Self> {
        let url = with_tls(url)?;
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
            .ok()
            .context("the SMTP URL is not understood; write smtps://user:password@host or smtp://host")?;
        if let Some(pem) = authorities {
            transport = transport.tls(tls(&url, pem)?);
        }
        let transport = transport.timeout(Some(PATIENCE)).build();
        let from =
            from.parse().with_context(|| format!("`{from}` is not a sender such as `Usher <usher@example.com>`"))?;
        Ok(Self { transport, from })
    }

    fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let never = |error: &dyn std::fmt::Display| MailError::Never(error.to_string());
        let to: Mailbox = mail.to.parse().map_err(|error: lettre::address::AddressError| never(&error))?;
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject.as_str())
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|error| never(&error))
    }
}

/// Whether the server will not hear us at all: it wants to know who we are, or does not believe it.
fn about_us(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| ["530", "534", "535", "538"].contains(&code.to_string().as_str()))
}

/// The URL, with TLS asked for wherever a password would be said in the clear otherwise.
fn with_tls(url: &str) -> anyhow::Result<Url> {
    let mut url = Url::parse(url).ok().context("the SMTP URL is not a URL")?;
    if !matches!(url.scheme(), "smtp" | "smtps") {
        bail!("the SMTP URL begins with smtp:// or smtps://");
    }
    // The URL standard reads the host of an unknown scheme as a text, whatever it looks like.
    let here = match url.host() {
        Some(Host::Domain(name)) => matches!(name, "localhost" | "127.0.0.1"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => bail!("the SMTP URL names no host"),
    };
    let asked = url.query_pairs().any(|(key, _)| key == "tls");
    if url.scheme() == "smtp" && url.password().is_some() && !asked && !here {
        url.query_pairs_mut().append_pair("tls", "required");
    }
    Ok(url)
}

/// As the URL says it, trusting these authorities too.
fn tls(url: &Url, pem: &[u8]) -> anyhow::Result<Tls> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    if !String::from_utf8_lossy(pem).contains("BEGIN CERTIFICATE") {
        bail!("the mail server's authorities are not in PEM");
    }
    let authority = Certificate::from_pem(pem).ok().context("the mail server's authorities are not in PEM")?;
    let trust = TlsParameters::builder(host).add_root_certificate(authority).build_rustls();
    let trust = trust.context("the mail server's authorities cannot be trusted")?;
    let asked = url.query_pairs().find_map(|(key, value)| (key == "tls").then(|| value.into_owned()));
    Ok(match (url.scheme(), asked.as_deref()) {
        ("smtps", _) => Tls::Wrapper(trust),
        (_, Some("required")) => Tls::Required(trust),
        (_, Some(_)) => Tls::Opportunistic(trust),
        (_, None) => Tls::None,
    })
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.message(mail)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // 5xx: the server has understood, and will not. Everything else may be otherwise tomorrow, and so may who we
            // are to it: a wrong password is no fault of the letter's.
            Err(error) if error.is_permanent() && !about_us(&error) => Err(MailError::Never(error.to_string())),
            Err(error) => Err(MailError::Later(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    fn letter(to: &str) -> Mail {
        Mail {
            to: to.to_owned(),
            subject: "Join Acmé".to_owned(),
            text: "Hello\n.\nthere".to_owned(),
            html: "<p>Hello</p>".to_owned(),
        }
    }

    /// A mail server for one letter: answers `reply` to the recipient and tells what it was told.
    async fn server(reply: &'static str) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let heard = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            let mut heard = String::new();
            let mut in_letter = false;
            write.write_all(b"220 here\r\n").await.unwrap();
            while let Some(line) = lines.next_line().await.unwrap() {
                heard.push_str(&line);
                heard.push('\n');
                let answer = match line.split(' ').next().unwrap_or_default() {
                    "." if in_letter => {
                        in_letter = false;
                        "250 taken"
                    }
                    _ if in_letter => continue,
                    "DATA" => {
                        in_letter = true;
                        "354 go on"
                    }
                    "RCPT" => reply,
                    "QUIT" => break,
                    _ => "250 yes",
                };
                write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
                if !in_letter && (answer == "250 taken" || reply.starts_with(['4', '5']) && answer == reply) {
                    break;
                }
            }
            heard
        });
        (url, heard)
    }

    #[tokio::test]
    async fn a_letter_goes_out_as_text_and_as_html() {
        let (url, heard) = server("250 yes").await;
        let mailer = SmtpMailer::new(&url, "Usher <usher@usher.test>", None).unwrap();
        mailer.send(&letter("second@acme.test")).await.unwrap();
        let heard = heard.await.unwrap();
        assert!(heard.contains("RCPT TO:<second@acme.test>"), "{heard}");
        assert!(heard.contains("multipart/alternative"), "{heard}");
        assert!(heard.contains("From: Usher <usher@usher.test>"), "{heard}");
    }

    #[tokio::test]
    async fn a_refused_letter_is_not_sent_again_and_a_postponed_one_is() {
        let (url, _heard) = server("550 nobody here").await;
        let sent = SmtpMailer::new(&url, "usher@usher.test", None).unwrap().send(&letter("nobody@acme.test")).await;
        assert!(matches!(sent, Err(MailError::Never(_))), "{sent:?}");
        let (url, _heard) = server("450 busy").await;
        let sent = SmtpMailer::new(&url, "usher@usher.test", None).unwrap().send(&letter("second@acme.test")).await;
        assert!(matches!(sent, Err(MailError::Later(_))), "{sent:?}");
    }

    #[test]
    fn a_password_is_never_said_in_the_clear() {
        assert_eq!(with_tls("smtp://me:secret@mail.test").unwrap().query(), Some("tls=required"));
        assert_eq!(
            with_tls("smtp://me:secret@mail.test?tls=opportunistic").unwrap().query(),
            Some("tls=opportunistic")
        );
        assert_eq!(with_tls("smtp://me:secret@127.0.0.1:2525").unwrap().query(), None);
        assert_eq!(with_tls("smtps://me:secret@mail.test").unwrap().query(), None);
        assert_eq!(with_tls("smtp://relay.test").unwrap().query(), None);
    }

    #[tokio::test]
    async fn a_wrong_url_is_refused_without_repeating_its_password() {
        for url in ["http://me:secret@mail.test", "me:secret@mail.test", "smtp://me:secret@mail.test?tls=perhaps", ""] {
            let error = SmtpMailer::new(url, "usher@usher.test", None).err().unwrap();
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
        assert!(SmtpMailer::new("smtps://me:secret@mail.test", "Usher <usher@usher.test>", None).is_ok());
        assert!(SmtpMailer::new("smtp://relay.test?tls=required", "Usher", None).is_err());
        assert!(SmtpMailer::new("smtp://relay.test", "usher@usher.test", Some(b"not a certificate")).is_err());
    }
}
