//! Keys that all nodes share and nobody has to set.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::{Error, Services};

/// Those that this node knows already.
#[derive(Default)]
pub(crate) struct Secrets(Mutex<HashMap<&'static str, [u8; 32]>>);

/// The key of that name: made of chance when it is first asked for, the same for all nodes ever after.
pub async fn secret(s: &Services, name: &'static str) -> Result<[u8; 32], Error> {
    let known = s.secrets().0.lock().unwrap_or_else(PoisonError::into_inner).get(name).copied();
    if let Some(known) = known {
        return Ok(known);
    }
    let kept = s.store().system().secret(name, s.chance(), s.now()).await?;
    s.secrets().0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, kept);
    Ok(kept)
}
