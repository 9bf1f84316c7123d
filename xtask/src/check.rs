//! `cargo xtask check`: what a reviewer should not have to look for.

use anyhow::{Result, bail};

use crate::{arrows, house, steps, tools};

/// Everything is checked even when something failed before; the error lists what did.
pub(crate) fn perform() -> Result<()> {
    tools::rust_component("rustfmt", "fmt")?;
    tools::rust_component("clippy", "clippy")?;
    tools::wasm_target()?;
    let mut failed = Vec::new();
    let mut note = |name: &str, result: Result<()>| {
        if let Err(error) = result {
            eprintln!("✗ {error:#}");
            failed.push(name.to_owned());
        }
    };
    note("formatting", steps::run("formatting", &mut steps::cargo(&["fmt", "--all", "--check"])));
    note("house rules", steps::step("house rules", house::check));
    note("arrows", steps::step("arrows between crates", arrows::check));
    for (name, selection) in [
        ("clippy, server", &["--workspace", "--exclude", "frontend", "--exclude", "xtask"][..]),
        ("clippy, workshop", &["--package", "xtask"]),
    ] {
        let mut clippy = steps::cargo(&["clippy", "--all-targets"]);
        clippy.args(selection).args(["--", "-D", "warnings"]);
        note(name, steps::run(name, &mut clippy));
    }
    let browser = ["clippy", "-p", "frontend", "--target", "wasm32-unknown-unknown", "--", "-D", "warnings"];
    note("clippy, browser", steps::run("clippy, browser", &mut steps::cargo(&browser)));
    let mut doc = steps::cargo(&[
        "doc",
        "--no-deps",
        "--workspace",
        "--exclude",
        "frontend",
        "--exclude",
        "xtask",
        "--document-private-items",
    ]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    note("documents", steps::run("documents", &mut doc));
    if tools::on_path("cargo-deny").is_some() {
        note("deny.toml", steps::run("cargo deny", &mut steps::cargo(&["deny", "--log-level", "error", "check"])));
    }
    if failed.is_empty() { Ok(()) } else { bail!("{} did not pass", failed.join(", ")) }
}
