//! One folder per feature: `page` composes, `parts` draw from plain values, `api` talks to the server.

pub mod organizations;
