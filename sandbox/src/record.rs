//! Writes down what was asked over the API and answered, so that others can hold it against Stripe's own documents.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use serde_json::{Value, json};

/// Names a folder: every sandbox of a test run then writes a file of its own into it.
pub const FOLDER: &str = "USHER_SANDBOX_RECORD";

/// The folder that the environment names.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// One file, one line of JSON for each exchange. What is answered stands there as it was, secrets of endpoints too: it
/// is for tests.
pub struct Recorder {
    file: Mutex<(File, u32)>,
}

/// How many exchanges one sandbox writes down. A long test says the same again and again.
const MOST: u32 = 4_000;

/// One exchange.
pub struct Exchange<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub query: Option<&'a str>,
    /// The form as it was sent.
    pub form: &'a [u8],
    /// The version that the client asked for.
    pub version: Option<&'a str>,
    pub status: u16,
    pub body: &'a str,
}

impl Recorder {
    /// Opens a new file of this name in a folder, which is made.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path, name: &str) -> anyhow::Result<Self> {
        let advice = || format!("the sandbox cannot record into {}; name another folder in {FOLDER}", folder.display());
        std::fs::create_dir_all(folder).with_context(advice)?;
        let file = File::create(folder.join(format!("{name}.jsonl"))).with_context(advice)?;
        Ok(Self { file: Mutex::new((file, 0)) })
    }

    pub fn write(&self, exchange: &Exchange) {
        {
            let mut held = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            if held.1 >= MOST {
                return;
            }
            held.1 += 1;
        }
        let body = serde_json::from_str(exchange.body).unwrap_or_else(|_| Value::String(exchange.body.to_owned()));
        let line = json!({
            "method": exchange.method,
            "path": exchange.path,
            "query": exchange.query,
            "form": String::from_utf8_lossy(exchange.form),
            "version": exchange.version,
            "status": exchange.status,
            "body": body,
        });
        let mut held = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // One write for one line, so that a process that is killed leaves whole lines.
        if let Err(error) = held.0.write_all(format!("{line}\n").as_bytes()) {
            tracing::error!(%error, "an exchange could not be recorded");
        }
    }
}
