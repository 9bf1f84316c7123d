//! Saying what is going on: every long step has a name, and a time when it is over.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lives in a folder of the workspace")
}

/// Where cargo builds, as cargo itself decides (`CARGO_TARGET_DIR` is honoured).
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// `cargo`, the same one that runs this program, in the workspace's folder.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    // Cargo describes the running xtask to it in variables; a nested cargo should not see them as its own.
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        let inherited = name_text.starts_with("CARGO_PKG_") || name_text.starts_with("CARGO_MANIFEST_");
        if inherited {
            command.env_remove(&name);
        }
    }
    command
}

/// Announces a step, does it, and says how long it took. The error names the step.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("▸ {name}");
    let started = Instant::now();
    let result = work();
    let took = seconds(started.elapsed());
    match &result {
        Ok(_) => eprintln!("  {name}: {took}"),
        Err(_) => eprintln!("  {name}: failed after {took}"),
    }
    result.with_context(|| name.to_owned())
}

/// A step that is one program, with its output on the terminal.
pub(crate) fn run(name: &str, command: &mut Command) -> Result<()> {
    step(name, || {
        let status = command.status().with_context(|| format!("could not start {}", shown(command)))?;
        if !status.success() {
            bail!("`{}` ended with {status}", shown(command));
        }
        Ok(())
    })
}

/// The standard output of a quick program, as text.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("could not start {}", shown(command)))?;
    if !output.status.success() {
        bail!("`{}` ended with {}: {}", shown(command), output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} did not print text", shown(command)))
}

/// "0.4 s", "2 min 5 s".
pub(crate) fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    if whole >= 60 { format!("{} min {} s", whole / 60, whole % 60) } else { format!("{:.1} s", time.as_secs_f64()) }
}

/// "812 B", "137 kB", "4.2 MB".
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    if let Some(name) = Path::new(&text).file_name() {
        text = name.to_string_lossy().into_owned();
    }
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
