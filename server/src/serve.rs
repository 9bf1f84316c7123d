//! `usher serve`: pages, and the work behind them.

use anyhow::Context as _;
use domain::EmailAddress;
use service::{Clock as _, Services, SystemClock};
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::build::{self, Payments};
use crate::cli::Parts;
use crate::config::Config;
use crate::demo;
use crate::web::listen::{listen, stopped};
use crate::web::{Web, router};

/// Serves until the process is told to stop (SIGTERM, SIGINT); then finishes what has begun.
pub async fn serve(config: &Config, parts: Parts) -> anyhow::Result<()> {
    let store = build::store(config).await?;
    prepare(config, &store).await?;
    let plans = store.system().record_plans(&config.catalog, SystemClock::default().now()).await;
    plans.context("the plans of USHER_CATALOG could not be kept")?;
    let (stop, stopping) = watch::channel(false);
    let signals = tokio::spawn(signals(stop.clone()));

    let served = if parts.web() {
        pages(config, parts, store.clone(), &stop, stopping).await
    } else {
        let services = build::services(config, store.clone(), &Payments::elsewhere(config), config.addr)?;
        say(config, "The worker runs. Pages are served by another process, with `usher serve --web-only`.");
        worker(services, stopping).await.context("the worker broke")
    };
    signals.abort();
    store.close().await;
    served
}

async fn pages(
    config: &Config,
    parts: Parts,
    store: Store,
    stop: &watch::Sender<bool>,
    stopping: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let addr = config.addr;
    let listener = TcpListener::bind(addr)
        .await
        .with_context(|| format!("USHER_ADDR: {addr} cannot be listened on; free that address or set another one"))?;
    let addr = listener.local_addr()?;
    tracing::info!("listening on {addr}");
    let mut payments = Payments::start(config, addr).await?;
    let services = build::services(config, store, &payments, addr)?;
    let worker = parts.worker().then(|| worker(services.clone(), stopping.clone()));
    let web = Web { server_timing: config.server_timing, proxies: config.proxies, ..Web::new(services.clone()) };
    if !web.assets.are_there().await {
        tracing::warn!("target/site is not built, so pages have no styles; `cargo xtask run` builds it");
    }
    let serving = listen(listener, router(web), stopping);
    greet(config, &services, payments.sandbox.as_ref()).await;

    let ended = match worker {
        None => {
            serving.await;
            Ok(())
        }
        Some(mut worker) => {
            let mut serving = std::pin::pin!(serving);
            tokio::select! {
                () = &mut serving => {
                    stop.send_replace(true);
                    worker.await.context("the worker broke")
                }
                ended = &mut worker => {
                    // Pages without the work behind them would promise what nobody keeps.
                    stop.send_replace(true);
                    serving.await;
                    ended.context("the worker broke")
                }
            }
        }
    };
    if let Some(sandbox) = payments.sandbox.take() {
        sandbox.stop().await;
    }
    ended
}

fn worker(services: Services, stopping: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(service::work::run(services, stopped(stopping)))
}

/// Development migrates by itself; in production that is a decision.
pub(crate) async fn prepare(config: &Config, store: &Store) -> anyhow::Result<()> {
    let Err(error) = store.ready().await else { return Ok(()) };
    if !config.development() {
        return Err(error).context("the database is not ready; run `usher migrate`");
    }
    store.migrate().await.context("the database could not be migrated")?;
    say(config, "The database is migrated.");
    Ok(())
}

/// Until the process is told to stop; told twice, it stops at once.
async fn signals(stop: watch::Sender<bool>) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        tracing::error!("signals cannot be heard; the process must be killed to stop");
        return;
    };
    let mut told = async || {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    };
    told().await;
    tracing::info!("stopping: no new requests, those that have begun may end");
    stop.send_replace(true);
    told().await;
    tracing::warn!("stopping at once");
    std::process::exit(130);
}

/// A sentence for the person at the terminal; in production, for the log.
fn say(config: &Config, sentence: &str) {
    if config.development() {
        println!("{sentence}");
    } else {
        tracing::info!("{sentence}");
    }
}

async fn greet(config: &Config, services: &Services, sandbox: Option<&sandbox::Sandbox>) {
    let url = &services.settings().public_url;
    if !config.development() {
        tracing::info!(url, letters_are_sent = services.settings().mail_is_sent, "Usher is ready");
        if !services.settings().mail_is_sent {
            tracing::warn!(
                "USHER_SMTP_URL is not set: letters are not sent, so nobody can finish a sign-up or set a new password; \
                 invitation links must be copied"
            );
        }
        if config.proxies == 0 {
            tracing::warn!(
                "USHER_PROXIES is 0: whatever ends TLS in front of Usher counts as the one source of all requests; say \
                 how many proxies add to X-Forwarded-For"
            );
        }
        return;
    }
    println!("Usher is ready: {url}/");
    if !services.settings().mail_is_sent {
        println!("  Mailbox  {url}/dev/mail (letters stay here)");
    }
    if let Some(sandbox) = sandbox {
        println!("  Sandbox  {} (stands in for Stripe; card 4242 4242 4242 4242)", sandbox.api_base());
    }
    let demo = match demo::EMAIL.parse::<EmailAddress>() {
        Ok(email) => services.store().system().user_by_email(&email).await.ok().flatten(),
        Err(_) => None,
    };
    match demo {
        Some(_) => println!("  Demo     sign in as {} with the password {}", demo::EMAIL, demo::PASSWORD),
        None => println!("  Demo     `usher demo` creates a company to try"),
    }
}
