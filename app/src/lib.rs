//! The screens of Usher and the server functions they call.
//!
//! A feature is `features/<name>/{page, parts, api}.rs`: the page composes, parts draw from plain values, the api
//! talks to `service`. What several features draw stands in `components`. [`routes::Page`] lists the pages.
//!
//! # How the server mounts this
//! - `/` and `/pricing` are the same bytes for everybody and carry no script: [`public::page`] writes them, and the
//!   server may keep what it wrote for as long as it runs. They are not part of [`App`].
//! - Everything else is [`App`] inside [`shell()`]: `generate_route_list(App)` and `leptos_routes_with_context`, and
//!   as the fallback `leptos_axum::render_app_async_with_context`, which answers unknown paths with a 404 page.
//! - `/api/{*name}` is `leptos_axum::handle_server_fns_with_context`.
//! - The context of both is `service::Services`; the peer's address comes as `axum::extract::ConnectInfo<SocketAddr>`
//!   or, behind a proxy, as [`guard::ClientIp`] in the request's extensions.
//! - The content security policy is set here, page by page ([`policy`]), because only the page knows its nonce.
//! - Errors of plain form posts come back through the `Referer`, so `Referrer-Policy` must be `same-origin` or looser.

// Views are deeply nested types.
#![recursion_limit = "512"]

pub mod app;
pub mod components;
pub mod error;
pub mod features;
#[cfg(feature = "ssr")]
pub mod guard;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
pub mod public;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod shell;

pub use app::App;
pub use error::AppError;
#[cfg(feature = "ssr")]
pub use shell::shell;
