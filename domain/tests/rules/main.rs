//! What the rules promise. One file per noun, as in `src`.

mod access;
#[cfg(feature = "server")]
mod catalogue;
#[cfg(feature = "server")]
mod catalogue_mistakes;
#[cfg(feature = "server")]
mod default_catalogue;
mod email;
mod ids;
mod invoice;
mod money;
mod password;
mod permission;
mod plan;
mod proof;
mod quote;
mod refusal;
mod seat;
mod slug;
mod subscription;
mod time;
mod when;
