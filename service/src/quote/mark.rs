//! What a text or a state of things is known by.

use data_encoding::HEXLOWER;
use domain::quote::Basis;
use sha2::{Digest, Sha256};

use crate::Error;

/// SHA-256.
pub(super) fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// As it stands in a form.
pub(crate) fn hexadecimal(hash: &[u8; 32]) -> String {
    HEXLOWER.encode(hash)
}

/// What a quote was made from. The same things in the same order are the same text, and so the same mark.
pub(crate) fn of_basis(basis: &Basis) -> Result<[u8; 32], Error> {
    let text = serde_json::to_string(basis).map_err(|error| Error::Broken(error.into()))?;
    Ok(hash(text.as_bytes()))
}
