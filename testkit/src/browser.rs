//! A browser without a window, a script or a cookie: it gets pages, finds forms by what a person reads on them, fills
//! them in and sends them. Enough for the sandbox's payment pages; no parser for other people's HTML.

use std::collections::HashMap;

use anyhow::{Context as _, bail, ensure};
use reqwest::{Client, Method, Url, redirect};

/// Where hops end: a page that sends on to a page that sends on.
const HOPS: usize = 5;

/// The browser.
#[derive(Clone, Debug)]
pub struct Browser {
    http: Client,
}

/// What it sees.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where.
    pub url: Url,
    /// The status of the answer.
    pub status: u16,
    /// Where the answer sends on to, if it does.
    pub location: Option<Url>,
    /// What stands there, as HTML.
    pub html: String,
}

impl Browser {
    /// A new one, with connections of its own.
    pub fn new() -> anyhow::Result<Self> {
        // The first to come wins, and there is only one to choose from.
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = Client::builder().redirect(redirect::Policy::none()).no_proxy().build()?;
        Ok(Self { http })
    }

    /// Opens an address, and goes on to where it is sent as long as that is on the same server.
    pub async fn open(&self, url: &str) -> anyhow::Result<Page> {
        let page = self.ask(Method::GET, url.parse().context("an address")?, None).await?;
        self.follow(page).await
    }

    /// Presses the button whose text begins with `button`, after filling in the fields by their labels, and goes on to
    /// where that leads as long as it is on the same server. Fields that are not named keep what stands in them.
    pub async fn press(&self, page: &Page, button: &str, fields: &[(&str, &str)]) -> anyhow::Result<Page> {
        let form = page.form(button)?;
        let mut values = form.values;
        for (label, value) in fields {
            let name = form.labels.get(*label).with_context(|| format!("no field `{label}` beside `{button}`"))?;
            values.retain(|(known, _)| known != name);
            values.push((name.clone(), (*value).to_owned()));
        }
        let url = page.url.join(&form.action).context("a form's action")?;
        let page = match form.method {
            Method::GET => {
                let url = Url::parse_with_params(url.as_str(), &values)?;
                self.ask(Method::GET, url, None).await?
            }
            method => self.ask(method, url, Some(&values)).await?,
        };
        self.follow(page).await
    }

    async fn follow(&self, mut page: Page) -> anyhow::Result<Page> {
        for _ in 0..HOPS {
            match &page.location {
                Some(next) if next.origin() == page.url.origin() => {
                    page = self.ask(Method::GET, next.clone(), None).await?;
                }
                _ => return Ok(page),
            }
        }
        bail!("{} sends on and on", page.url)
    }

    async fn ask(&self, method: Method, url: Url, form: Option<&[(String, String)]>) -> anyhow::Result<Page> {
        let mut request = self.http.request(method, url.clone());
        if let Some(values) = form {
            request = request.form(values);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let location = match answer.headers().get("location") {
            Some(to) if status.is_redirection() => Some(url.join(to.to_str()?)?),
            _ => None,
        };
        Ok(Page { url, status: status.as_u16(), location, html: answer.text().await? })
    }
}

struct Form {
    method: Method,
    action: String,
    /// Names and values, with those of the pressed button.
    values: Vec<(String, String)>,
    /// From a label's text to a field's name.
    labels: HashMap<String, String>,
}

impl Page {
    /// The page's text, without tags, with single spaces.
    #[must_use]
    pub fn text(&self) -> String {
        let pieces = self.html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
        unescape(&pieces.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" "))
    }

    fn form(&self, button: &str) -> anyhow::Result<Form> {
        for (attributes, inside) in elements(&self.html, "form") {
            let pressed = elements(inside, "button").find(|(_, text)| {
                let shown = Self::shown(text);
                shown.starts_with(button)
            });
            let Some((pressed, _)) = pressed else { continue };
            let mut form = Form {
                method: attribute(attributes, "method").unwrap_or("get".into()).to_uppercase().parse()?,
                action: attribute(attributes, "action").unwrap_or_default(),
                values: Vec::new(),
                labels: HashMap::new(),
            };
            let mut ids = HashMap::new();
            for tag in tags(inside, "input") {
                let Some(name) = attribute(tag, "name") else { continue };
                if let Some(id) = attribute(tag, "id") {
                    ids.insert(id, name.clone());
                }
                let ticked = !matches!(attribute(tag, "type").as_deref(), Some("radio" | "checkbox"))
                    || tag.split_whitespace().any(|word| word == "checked");
                if ticked {
                    form.values.push((name, attribute(tag, "value").unwrap_or_default()));
                }
            }
            for (label, text) in elements(inside, "label") {
                let within = tags(text, "input").find_map(|tag| attribute(tag, "name"));
                let name = within.or_else(|| ids.get(&attribute(label, "for")?).cloned());
                if let Some(name) = name {
                    form.labels.insert(Self::shown(text), name);
                }
            }
            if let Some(name) = attribute(pressed, "name") {
                form.values.push((name, attribute(pressed, "value").unwrap_or_default()));
            }
            return Ok(form);
        }
        ensure!(self.status < 400, "{} answers {}: {}", self.url, self.status, self.text());
        bail!("no button `{button}` on {}: {}", self.url, self.text())
    }

    fn shown(html: &str) -> String {
        let text = format!(">{html}");
        let pieces = text.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
        unescape(&pieces.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" "))
    }
}

/// The attributes of every opening `name` tag.
fn tags<'a>(html: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    html.split('<').filter_map(move |piece| {
        let rest = piece.strip_prefix(name)?;
        let attributes = rest.split_once('>')?.0;
        (attributes.is_empty() || attributes.starts_with([' ', '\n', '/'])).then_some(attributes)
    })
}

/// The attributes and the inside of every `name` element. Elements of the same name are not nested in each other.
fn elements<'a>(html: &'a str, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            let at = rest.find(&open)?;
            let after = &rest[at + open.len()..];
            let (attributes, inside) = after.split_once('>')?;
            rest = after;
            if attributes.is_empty() || attributes.starts_with([' ', '\n']) {
                let inside = &inside[..inside.find(&close)?];
                return Some((attributes, inside));
            }
        }
    })
}

fn attribute(attributes: &str, name: &str) -> Option<String> {
    let start = format!("{name}=\"");
    let mut from = 0;
    loop {
        let at = from + attributes[from..].find(&start)?;
        // `for="…"` is not the end of `data-for="…"`.
        if attributes[..at].ends_with([' ', '\n']) {
            return Some(unescape(attributes[at + start.len()..].split_once('"')?.0));
        }
        from = at + start.len();
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        Page { url: "http://127.0.0.1/pay".parse().unwrap(), status: 200, location: None, html: html.to_owned() }
    }

    #[test]
    fn a_form_is_found_by_its_button_and_its_fields_by_their_labels() {
        let page = page(
            r#"<form action="/other"><button>Other</button></form>
            <form method="post" action="/go?a=1&amp;b=2"><input type="hidden" name="token" value="&quot;x&quot;">
              <label for="n">Card <b>number</b></label><input data-id="x" id="n" name="number" value="">
              <label>Expiry <input name="exp"></label>
              <input type="checkbox" name="no" value="1"><input type="checkbox" name="yes" value="1" checked>
              <button type="submit" name="act" value="pay">Pay $4,999.00</button></form>"#,
        );
        let form = page.form("Pay").unwrap();
        assert_eq!((form.method, form.action.as_str()), (Method::POST, "/go?a=1&b=2"));
        assert_eq!(form.labels["Card number"], "number");
        assert_eq!(form.labels["Expiry"], "exp");
        let values: Vec<_> = form.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(values, ["token=\"x\"", "number=", "exp=", "yes=1", "act=pay"]);
        assert!(page.form("Back").is_err());
    }

    #[test]
    fn a_page_is_read_without_its_tags() {
        assert_eq!(page("<h1>Your  card</h1>\n<p>was &lt;declined&gt;.</p>").text(), "Your card was <declined>.");
    }
}
