//! What a server function answers when it does not do what was asked.
//!
//! It is safe to show and safe in an address: without JavaScript it travels there. Nothing of a database's or a
//! payment provider's words is ever in it.

use domain::Refusal;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Why a server function did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in.
    SignIn,
    /// There is no such thing, or it is none of the caller's business: the same answer for both.
    NotFound,
    /// The company has another address now.
    Moved {
        /// Its dashboard's.
        home: String,
    },
    /// The caller's role does not allow it.
    Forbidden(Refusal),
    /// A field is not filled in as it must be.
    Invalid {
        /// The field's name in the form.
        field: String,
        /// What is wrong with it.
        problem: Refusal,
    },
    /// A rule says no.
    Refused(Refusal),
    /// The way is closed to this person: their seat rests, or the company is closed. Says why.
    Closed(Refusal),
    /// Too often; after so many seconds it may be tried again.
    TooMany {
        /// Until then.
        seconds: u64,
    },
    /// Too much at once; the same again in a moment may go through.
    Busy,
    /// Something that should not happen; the operator finds it in the log under this name.
    Broken {
        /// The name in the log.
        incident: String,
    },
    /// The answer did not come: the network, or the server is away.
    Away,
}

impl AppError {
    /// The sentences for the screen.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::SignIn => Refusal::new("sign-in", "You are not signed in.", "Sign in and come back."),
            Self::NotFound => Refusal::new(
                "not-found",
                "There is nothing here.",
                "The link may be mistyped or old, or you may be signed in with another account.",
            ),
            Self::Moved { home } => Refusal::new(
                "moved",
                "This company has another address now.",
                format!("It is at {home}; what you were doing was not done."),
            ),
            Self::Forbidden(refusal)
            | Self::Refused(refusal)
            | Self::Closed(refusal)
            | Self::Invalid { problem: refusal, .. } => refusal.clone(),
            Self::TooMany { seconds } => Refusal::new(
                "too-many",
                "That was tried too often.",
                match seconds.div_ceil(60) {
                    0 | 1 => "Try again in a minute.".to_owned(),
                    minutes => format!("Try again in {minutes} minutes."),
                },
            ),
            Self::Busy => Refusal::new("busy", "Too much is going on at once.", "Try again in a moment."),
            Self::Broken { incident } => Refusal::new(
                "broken",
                "This did not work, and it is our fault. Nothing is half done.",
                format!("Try again; if it stays, tell us the number {incident}."),
            ),
            Self::Away => Refusal::new(
                "away",
                "The server did not answer.",
                "Check the connection and try again; what you typed is still here.",
            ),
        }
    }

    /// The field this is about, if it is about one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Invalid { field, .. } => Some(field),
            _ => None,
        }
    }

    /// The HTTP status that says the same.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignIn => 401,
            Self::NotFound | Self::Moved { .. } => 404,
            Self::Forbidden(_) | Self::Closed(_) => 403,
            Self::TooMany { .. } => 429,
            Self::Invalid { .. } => 422,
            Self::Refused(_) => 409,
            Self::Busy | Self::Away => 503,
            Self::Broken { .. } => 500,
        }
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.refusal(), f)
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// What the machinery between browser and server function says. Its words are for programmers, so none of them
    /// is passed on.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::Refused(Refusal::new(
                    "form",
                    "The form did not arrive as it was drawn.",
                    "Load the page again and fill it in once more.",
                ))
            }
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Away,
            _ => Self::Broken { incident: "unknown".into() },
        }
    }
}
