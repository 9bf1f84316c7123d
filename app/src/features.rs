//! One folder per feature: `page` composes, `parts` draw from plain values, `api` talks to the server.
//!
//! What only the server draws (pages that load no WebAssembly module) is not compiled for the browser.

#[cfg(feature = "ssr")]
pub mod account;
#[cfg(feature = "ssr")]
pub mod accounts;
pub mod audit;
pub mod billing;
pub mod billing_details;
pub mod dashboard;
pub mod domains;
#[cfg(feature = "ssr")]
pub mod invitations;
pub mod invoices;
#[cfg(feature = "ssr")]
pub mod landing;
#[cfg(feature = "ssr")]
pub mod mailbox;
pub mod organizations;
#[cfg(feature = "ssr")]
pub mod pricing;
#[cfg(feature = "ssr")]
pub mod proofs;
pub mod settings;
pub mod team;
