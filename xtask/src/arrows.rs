//! Which crate may know which. The table is the picture of ARCHITECTURE.md, as data.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::steps;

/// Our crates and the ones of ours that each may name in `[dependencies]`.
const OURS: &[(&str, &[&str])] = &[
    ("app", &["domain", "service"]),
    ("benches", &["domain", "payments", "service", "store", "testkit"]),
    ("domain", &[]),
    ("frontend", &["app"]),
    ("payments", &["domain"]),
    ("sandbox", &[]),
    ("server", &["app", "domain", "payments", "sandbox", "service", "store"]),
    ("service", &["domain", "payments", "store"]),
    ("store", &["domain"]),
    ("testkit", &["domain", "payments", "sandbox", "service", "store"]),
    ("xtask", &[]),
];

/// Crates of others that only some of ours may name, in any kind of dependency.
const KEPT: &[(&str, &[&str])] = &[
    ("async-stripe-client-core", &["payments"]),
    ("axum", &["app", "benches", "payments", "sandbox", "server", "service", "testkit"]),
    ("leptos", &["app", "frontend", "server"]),
    ("leptos_axum", &["app", "server"]),
    ("sqlx", &["store"]),
    ("wasm-bindgen-cli-support", &["xtask"]),
];

/// What may not be reached at all, however indirectly, without dev-dependencies.
const NEVER: &[(&str, Option<&str>, &[&str])] = &[
    ("frontend", Some("wasm32-unknown-unknown"), &["sqlx", "tokio", "axum", "reqwest", "async-stripe-client-core"]),
    ("domain", None, &["sqlx", "tokio", "axum", "leptos", "reqwest", "rand", "getrandom", "chrono"]),
    ("store", None, &["axum", "leptos", "reqwest", "async-stripe-client-core"]),
    ("payments", None, &["sqlx", "axum", "leptos"]),
    ("service", None, &["axum", "leptos"]),
    ("sandbox", None, &["sqlx", "leptos", "async-stripe-client-core", "domain", "payments", "service", "store", "app"]),
];

pub(crate) fn check() -> Result<()> {
    let metadata: Value = serde_json::from_str(&steps::output(&mut steps::cargo(&[
        "metadata",
        "--no-deps",
        "--format-version=1",
        "--locked",
    ]))?)?;
    let mut wrong = Vec::new();
    direct(&metadata, &mut wrong)?;
    for (from, target, never) in NEVER {
        let reached = reached(from, *target)?;
        wrong.extend(
            never.iter().filter(|name| reached.contains(**name)).map(|name| format!("{from} must not reach {name}")),
        );
    }
    if wrong.is_empty() { Ok(()) } else { bail!("{}", wrong.join("; ")) }
}

/// Compares what each `Cargo.toml` names with the tables.
fn direct(metadata: &Value, wrong: &mut Vec<String>) -> Result<()> {
    let ours: BTreeMap<&str, &[&str]> = OURS.iter().copied().collect();
    let kept: BTreeMap<&str, &[&str]> = KEPT.iter().copied().collect();
    for package in metadata["packages"].as_array().context("cargo metadata lists no packages")? {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(allowed) = ours.get(name) else {
            wrong.push(format!("{name} is a new crate: say in xtask/src/arrows.rs what it may know"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = dependency["name"].as_str().unwrap_or_default();
            // Tests may stand on more than the crate itself: `kind` is null for a normal dependency.
            if dependency["kind"].is_null() && ours.contains_key(on) && !allowed.contains(&on) {
                wrong.push(format!("{name} must not name {on}"));
            }
            if kept.get(on).is_some_and(|keepers| !keepers.contains(&name)) {
                wrong.push(format!("{name} must not name {on}"));
            }
        }
    }
    Ok(())
}

/// Every crate that a build of `package` contains, proc-macros' own dependencies left out.
fn reached(package: &str, target: Option<&str>) -> Result<BTreeSet<String>> {
    let mut tree = steps::cargo(&["tree", "--locked", "--prefix", "none", "--format", "{p}"]);
    tree.args(["--edges", "normal,no-proc-macro", "--package", package]);
    if let Some(target) = target {
        tree.args(["--target", target]);
    }
    let text = steps::output(&mut tree)?;
    Ok(text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_crate_knows_what_it_must_not() {
        if let Err(error) = super::check() {
            panic!("{error}");
        }
    }
}
