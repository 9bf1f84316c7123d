//! What tests build their worlds from: both databases, the sandbox, a clock moved by hand.
//!
//! Without features there are [`postgres`], a server for the tests of this process, and [`browser`], which fills in
//! forms as a person without JavaScript would. With the feature `world` there is `World`, a whole Usher in one value.

pub mod browser;
pub mod postgres;

#[cfg(feature = "world")]
mod clock;
#[cfg(feature = "world")]
mod entropy;
#[cfg(feature = "world")]
mod letters;
#[cfg(feature = "world")]
mod listener;
#[cfg(feature = "world")]
mod mail_server;
#[cfg(feature = "world")]
mod name_server;
#[cfg(feature = "world")]
mod world;

#[cfg(feature = "world")]
pub use self::{
    clock::ManualClock,
    entropy::SeededEntropy,
    letters::Letters,
    mail_server::{MailServer, Taken},
    name_server::NameServer,
    world::{Card, PASSWORD, Paid, World},
};
