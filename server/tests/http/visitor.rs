//! A person at a browser without JavaScript: opens pages, sends their forms, keeps cookies, goes where answers lead.

use std::collections::BTreeMap;

use reqwest::header::HeaderMap;
use reqwest::{Method, Response, StatusCode};

use crate::place::Place;

/// The person.
pub struct Visitor<'p> {
    place: &'p Place,
    agent: &'static str,
    /// By name and path.
    cookies: BTreeMap<(String, String), String>,
}

/// What they see in the end.
#[derive(Debug)]
pub struct Seen {
    /// Path and query.
    pub at: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Seen {
    #[track_caller]
    pub fn says(&self, words: &str) {
        assert!(self.text().contains(words), "{words:?} is not at {}: {}", self.at, self.text());
    }

    /// Without tags.
    pub fn text(&self) -> String {
        let body = self.html.split("<body").nth(1).unwrap_or(&self.html);
        let pieces = body.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
        let text = pieces.collect::<String>().replace("&amp;", "&").replace("&#x27;", "'").replace("&#39;", "'");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn path(&self) -> &str {
        self.at.split('?').next().unwrap_or_default()
    }
}

impl<'p> Visitor<'p> {
    pub fn new(place: &'p Place) -> Self {
        Self::with(place, "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0")
    }

    pub fn with(place: &'p Place, agent: &'static str) -> Self {
        Self { place, agent, cookies: BTreeMap::new() }
    }

    pub async fn open(&mut self, path: &str) -> Seen {
        let answer = self.ask(Method::GET, path, None, &[]).await;
        self.follow(path.to_owned(), answer).await
    }

    /// Sends the form with that action on the page.
    pub async fn send(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Seen {
        let answer = self.ask(Method::POST, action, Some(page), fields).await;
        self.follow(action.to_owned(), answer).await
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|((known, _), _)| known == name).map(|(_, value)| value.as_str())
    }

    async fn follow(&mut self, at: String, mut answer: Response) -> Seen {
        let mut at = at;
        for _ in 0..5 {
            let Some(to) = answer.headers().get("location") else { break };
            let to = to.to_str().unwrap().to_owned();
            at = to.strip_prefix(&format!("http://{}", self.place.address)).unwrap_or(&to).to_owned();
            assert!(at.starts_with('/'), "led away, to {at}");
            answer = self.ask(Method::GET, &at, None, &[]).await;
        }
        let (status, headers) = (answer.status(), answer.headers().clone());
        Seen { at, status, headers, html: answer.text().await.unwrap() }
    }

    async fn ask(&mut self, method: Method, path: &str, page: Option<&str>, fields: &[(&str, &str)]) -> Response {
        let sent: Vec<String> = self
            .cookies
            .iter()
            .filter(|((_, scope), _)| path.starts_with(scope.as_str()))
            .map(|((name, _), value)| format!("{name}={value}"))
            .collect();
        let mut request = self.place.ask(method, path).header("accept", "text/html").header("user-agent", self.agent);
        if let Some(page) = page {
            let origin = format!("http://{}", self.place.address);
            request = request.header("referer", format!("{origin}{page}")).header("origin", origin).form(fields);
        }
        if !sent.is_empty() {
            request = request.header("cookie", sent.join("; "));
        }
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            let (pair, rest) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let scope = rest.split(';').find_map(|part| part.trim().strip_prefix("Path=")).unwrap();
            let key = (name.to_owned(), scope.to_owned());
            if rest.contains("Max-Age=0") {
                self.cookies.remove(&key);
            } else {
                self.cookies.insert(key, value.to_owned());
            }
        }
        answer
    }
}

impl Place {
    /// The path of the link in the latest letter to an address that begins like that.
    pub async fn link(&self, to: &str, begins: &str) -> String {
        self.world.settle().await;
        let letters = self.world.letters.to(to);
        let text = &letters.iter().rfind(|letter| letter.text.contains(begins)).unwrap().text;
        let link = text.split_whitespace().find(|word| word.contains(begins)).unwrap();
        link[link.find(begins).unwrap()..].to_owned()
    }
}
