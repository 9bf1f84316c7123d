//! A world with the server in front of it.

use reqwest::{Client, Method, RequestBuilder, Response, redirect};
use server::web::listen::listen;
use server::web::{Web, router};
use service::{SignIn, Visit};
use testkit::{PASSWORD, World};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A running server. Everything in it happens in the test's own thread.
pub struct Place {
    pub world: World,
    pub address: String,
    http: Client,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl Place {
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// With something set otherwise.
    pub async fn with(change: impl FnOnce(&mut Web)) -> Self {
        Self::around(World::sqlite().await, change).await
    }

    /// With something set otherwise in what use cases are given.
    pub async fn set(set: fn(&mut service::Settings)) -> Self {
        Self::around(World::sqlite_with(set).await, |_| {}).await
    }

    async fn around(world: World, change: impl FnOnce(&mut Web)) -> Self {
        let mut web = Web::new(world.services.clone());
        change(&mut web);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopping) = watch::channel(false);
        let serving = tokio::spawn(listen(listener, router(web), stopping));
        let http = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self { world, address, http, stop, serving }
    }

    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.address))
    }

    /// As a browser opens a page.
    pub async fn open_page(&self, path: &str, session: Option<&str>) -> Response {
        let mut request = self.ask(Method::GET, path).header("accept", "text/html");
        if let Some(token) = session {
            request = request.header("cookie", format!("usher_session={token}"));
        }
        request.send().await.unwrap()
    }

    /// As our own script calls a server function.
    pub fn call(&self, path: &str, session: Option<&str>, form: &str) -> RequestBuilder {
        let mut request = self.ask(Method::POST, path).header("accept", "application/json");
        request = request.header("sec-fetch-site", "same-origin").body(form.to_owned());
        request = request.header("content-type", "application/x-www-form-urlencoded");
        if let Some(token) = session {
            request = request.header("cookie", format!("usher_session={token}"));
        }
        request
    }

    /// A new account's session.
    pub async fn sign_up(&self, email: &str) -> String {
        service::make_account(&self.world.services, email, PASSWORD.to_owned()).await.unwrap();
        self.sign_in(email).await
    }

    /// Another session of an account.
    pub async fn sign_in(&self, email: &str) -> String {
        let known = SignIn { email: email.to_owned(), password: PASSWORD.to_owned(), device: None };
        let signed_in = service::sign_in(&self.world.services, known, Visit::default()).await.unwrap();
        signed_in.session.as_str().to_owned()
    }

    /// Stops it as a signal would, and waits for the end.
    pub async fn close(self) {
        self.stop.send_replace(true);
        self.serving.await.unwrap();
    }
}
