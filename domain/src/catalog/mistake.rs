//! What is wrong in a catalogue file, and where.

use std::ops::Range;

use toml::Spanned;

/// A mistake in a catalogue file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct CatalogError {
    /// The file's name, as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do, in whole sentences.
    pub reason: String,
}

/// A mistake at a byte of the text.
#[derive(Debug)]
pub(super) struct Mistake {
    at: usize,
    reason: String,
}

impl Mistake {
    pub(super) fn new(span: Range<usize>, reason: impl Into<String>) -> Self {
        Self { at: span.start, reason: reason.into() }
    }

    /// At a value.
    pub(super) fn at<T>(value: &Spanned<T>, reason: impl Into<String>) -> Self {
        Self::new(value.span(), reason)
    }

    pub(super) fn in_file(self, file: &str, text: &str) -> CatalogError {
        let line = 1 + text.char_indices().take_while(|(at, _)| *at < self.at).filter(|(_, c)| *c == '\n').count();
        CatalogError { file: file.to_owned(), line, reason: self.reason }
    }
}

impl From<toml::de::Error> for Mistake {
    fn from(no: toml::de::Error) -> Self {
        let said = no.message().trim().replace('\n', ", ");
        let said = said.trim_end_matches('.');
        // The reader's names of number types are ours, not the operator's.
        let said = said.replace("expected u32", "expected a whole number from 0 to 4294967295");
        let said = said.replace("expected u64", "expected a whole number from 0");
        let said = said.replace("expected i64", "expected a whole number");
        Self::new(
            no.span().unwrap_or(0..0),
            format!("{said}. Correct this line, or see docs/catalogue.md for the fields."),
        )
    }
}
