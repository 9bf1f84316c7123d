//! `cargo xtask dist`: one release binary with its assets inside.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::site::{self, Flavour};
use crate::steps;

pub(crate) fn perform() -> Result<()> {
    let binary = build()?;
    eprintln!("\n{}  {}", binary.display(), steps::size(fs::metadata(&binary)?.len()));
    Ok(())
}

/// Builds the site as it ships and the server around it; answers where the binary stands.
pub(crate) fn build() -> Result<PathBuf> {
    site::build(Flavour::Release)?;
    steps::run(
        "compile the server (release, assets inside)",
        &mut steps::cargo(&["build", "--release", "--package", "server", "--features", "embed"]),
    )?;
    Ok(steps::target().join("release/usher"))
}
