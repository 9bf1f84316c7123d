//! The one place where the sandbox reads the machine's clock and its randomness.

/// Milliseconds since 1970, as the machine has them.
#[expect(
    clippy::disallowed_methods,
    reason = "the sandbox is a server of its own; its engine takes the time as an argument"
)]
pub fn wall_millis() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

/// A seed for the names of a new sandbox.
#[expect(clippy::disallowed_methods, reason = "the engine takes the seed as an argument")]
pub fn new_seed() -> anyhow::Result<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system gave no randomness: {error}"))?;
    Ok(u64::from_le_bytes(bytes))
}
