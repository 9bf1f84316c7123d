//! HTTP: which request goes where, and what is true for every answer.
//!
//! From the outside in: every answer gets its headers ([`headers`]); the public pages are answered from memory
//! ([`public`]); everything else gets an id, a line in the log, a limit of time and a net under panics ([`request`]),
//! must not come from another site ([`origin`]), must not be too long ([`limit`]), brings back only what its form was told
//! ([`told`]); and then it is a webhook, a health check, a page, a server function or a file. Where organizations have
//! hosts of their own, all of this happens at the right one ([`hosts`]).

pub mod assets;
pub mod client;
pub mod export;
pub mod headers;
pub mod health;
pub mod hosts;
pub mod ids;
pub mod limit;
pub mod listen;
pub mod origin;
pub mod pages;
pub mod problem;
pub mod public;
pub mod redact;
pub mod request;
pub mod router;
pub mod told;
pub mod webhook;

pub use router::{Web, router};
