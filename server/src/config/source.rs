//! Where settings come from: the environment, then the file `.env` in the current folder.

use std::collections::HashMap;
use std::path::Path;

use super::{Problem, Problems};

/// Names and values. Empty values count as not set.
#[derive(Default)]
pub struct Source(HashMap<String, String>);

impl Source {
    /// The environment over the file. A missing file is fine, an unreadable one is not.
    pub fn load(file: &Path) -> Result<Self, Problems> {
        let mut values = HashMap::new();
        match dotenvy::from_path_iter(file) {
            Ok(lines) => {
                let mut last = "the first line".to_owned();
                for line in lines {
                    // The error holds the line itself, which may hold a secret: only its place is told.
                    let (name, value) = line.map_err(|_| {
                        let what = format!("the line after {last} cannot be read");
                        Problems(vec![Problem::new(
                            ".env",
                            what,
                            "Write NAME=value, with quotes around spaces and signs.",
                        )])
                    })?;
                    last.clone_from(&name);
                    values.insert(name, value);
                }
            }
            Err(error) if error.not_found() => {}
            Err(error) => {
                return Err(Problems(vec![Problem::new(
                    ".env",
                    format!("it cannot be read: {error}"),
                    "Correct or remove the file.",
                )]));
            }
        }
        values.extend(
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        );
        Ok(Self(values))
    }

    /// The value of `name`, without the space around it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Source {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}
