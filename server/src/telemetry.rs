//! The log: lines for people in development, JSON for machines in production.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::TryInitError;

use crate::config::{Config, Mode};

/// Starts it, once for the process. Filters are `RUST_LOG`'s words; one that cannot be read is told and passed over.
pub fn start(config: &Config) -> Result<(), TryInitError> {
    use tracing_subscriber::util::SubscriberInitExt as _;
    let filter = EnvFilter::builder().parse_lossy(&config.log);
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    match config.mode {
        Mode::Development => log.compact().with_target(false).finish().try_init(),
        Mode::Production => {
            log.json().flatten_event(true).with_current_span(true).with_span_list(false).finish().try_init()
        }
    }
}
