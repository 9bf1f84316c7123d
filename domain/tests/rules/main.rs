//! What the rules promise. One file per noun, as in `src`.

mod access;
mod billed;
#[cfg(feature = "server")]
mod catalogue;
#[cfg(feature = "server")]
mod catalogue_mistakes;
#[cfg(feature = "server")]
mod default_catalogue;
#[cfg(feature = "server")]
mod difference;
mod email;
mod ids;
mod invoice;
mod money;
#[cfg(feature = "server")]
mod more_catalogues;
mod overage;
mod password;
mod permission;
mod plan;
#[cfg(feature = "server")]
mod plan_table;
mod proof;
mod quote;
mod refusal;
mod rehearsal;
mod rollout;
mod seat;
mod slug;
mod subscription;
mod time;
mod when;
