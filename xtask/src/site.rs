//! What the browser loads, in `target/site`: the wasm module and its JavaScript, the style sheet, `public/`,
//! each with a brotli and a gzip file beside it.
//!
//! Nothing is made twice: unchanged inputs are recognised by stamps in `target/site.stamps`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, bail};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Features, Targets};
use wasm_bindgen_cli_support::Bindgen;

use crate::compress::{self, Effort, Stamps};
use crate::{steps, tools};

/// Whom the site is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// For the developer's next reload: built fast, names kept for the console.
    Quick,
    /// As it ships: small.
    Release,
}

impl Flavour {
    /// The cargo profile of the wasm module.
    fn profile(self) -> &'static str {
        match self {
            Self::Quick => "wasm-dev",
            Self::Release => "wasm-release",
        }
    }

    fn effort(self) -> Effort {
        match self {
            Self::Quick => Effort::Quick,
            Self::Release => Effort::Best,
        }
    }
}

/// Where the site stands; the server looks for it there, wherever cargo builds.
fn folder() -> PathBuf {
    steps::root().join("target/site")
}

/// Builds the site and removes what an earlier one left behind.
pub(crate) fn build(flavour: Flavour) -> Result<()> {
    tools::wasm_target()?;
    let site = folder();
    fs::create_dir_all(site.join("pkg"))?;
    let mut stamps = Stamps::read(steps::target().join("site.stamps"));
    let mut made = BTreeSet::new();

    steps::run(
        &format!("compile the browser's half ({})", flavour.profile()),
        &mut steps::cargo(&[
            "build",
            "--package",
            "frontend",
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            flavour.profile(),
        ]),
    )?;
    steps::step("bind it to JavaScript", || bind(flavour, &site, &mut stamps, &mut made))?;
    steps::step("bundle the styles", || styles(&site, &mut made))?;
    let public = steps::root().join("public");
    if public.is_dir() {
        copy(&public, &public, &site, &mut made)?;
    }
    steps::step("compress", || {
        for file in made.clone() {
            let name = file.strip_prefix(&site).unwrap_or(&file).display().to_string();
            made.extend(compress::beside(&file, &name, flavour.effort(), &mut stamps)?);
        }
        remove_others(&site, &made)?;
        stamps.write()
    })?;
    report(&site);
    Ok(())
}

/// Turns the compiled module into `usher.js` and `usher.wasm`.
fn bind(flavour: Flavour, site: &Path, stamps: &mut Stamps, made: &mut BTreeSet<PathBuf>) -> Result<()> {
    let input = steps::target().join("wasm32-unknown-unknown").join(flavour.profile()).join("frontend.wasm");
    let bytes = fs::read(&input).with_context(|| format!("could not read {}", input.display()))?;
    let staging = steps::target().join("site.bound");
    let made_of = compress::stamp(&[&bytes, flavour.profile().as_bytes()]);
    if !(stamps.is("wasm-bindgen", made_of) && staging.join("usher.wasm").exists()) {
        if staging.exists() {
            fs::remove_dir_all(&staging)?;
        }
        let names = flavour == Flavour::Quick;
        Bindgen::new()
            .input_bytes("usher", bytes)
            .out_name("usher")
            .web(true)?
            .typescript(false)
            .omit_default_module_path(true)
            .demangle(names)
            .remove_name_section(!names)
            .remove_producers_section(true)
            .generate(&staging)?;
        fs::rename(staging.join("usher_bg.wasm"), staging.join("usher.wasm"))?;
        if flavour == Flavour::Release {
            optimise(&staging.join("usher.wasm"))?;
        }
        stamps.set("wasm-bindgen", made_of);
    }
    copy(&staging, &staging, &site.join("pkg"), made)
}

/// `wasm-opt` saves about one per cent; it is used where somebody has it.
fn optimise(module: &Path) -> Result<()> {
    let Some(wasm_opt) = tools::on_path("wasm-opt") else { return Ok(()) };
    let smaller = module.with_extension("opt");
    let mut command = Command::new(wasm_opt);
    command.args(["-Oz", "--all-features"]).arg(module).arg("-o").arg(&smaller);
    steps::run("wasm-opt", &mut command)?;
    fs::rename(smaller, module)?;
    Ok(())
}

/// Bundles `style/main.css` with everything it imports into one small sheet.
fn styles(site: &Path, made: &mut BTreeSet<PathBuf>) -> Result<()> {
    let entry = steps::root().join("style/main.css");
    if !entry.exists() {
        bail!("style/main.css is missing");
    }
    // Colours stay as written: they are OKLCH, and every browser that runs Usher's wasm knows them.
    let targets = Targets {
        browsers: Some(Browsers {
            chrome: Some(120 << 16),
            firefox: Some(121 << 16),
            safari: Some((17 << 16) | (2 << 8)),
            ..Browsers::default()
        }),
        exclude: Features::Colors | Features::LightDark,
        ..Targets::default()
    };
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(&entry).map_err(|error| anyhow!("{error}"))?;
    sheet.minify(MinifyOptions { targets, ..MinifyOptions::default() }).map_err(|error| anyhow!("{error}"))?;
    let css = sheet
        .to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })
        .map_err(|error| anyhow!("{error}"))?;
    place(&site.join("pkg/usher.css"), css.code.as_bytes(), made)
}

/// Copies a folder's files, whatever their depth.
fn copy(from: &Path, base: &Path, to: &Path, made: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("could not read {}", from.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            copy(&path, base, to, made)?;
        } else {
            place(&to.join(path.strip_prefix(base)?), &fs::read(&path)?, made)?;
        }
    }
    Ok(())
}

/// Writes a file of the site, unless it already says exactly that.
fn place(file: &Path, bytes: &[u8], made: &mut BTreeSet<PathBuf>) -> Result<()> {
    made.insert(file.to_owned());
    if fs::read(file).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, bytes).with_context(|| format!("could not write {}", file.display()))
}

/// Removes what is in the site's folder and was not made this time.
fn remove_others(folder: &Path, made: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, made)?;
        } else if !made.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn report(site: &Path) {
    let bytes = |name: &str| fs::metadata(site.join("pkg").join(name)).map_or(0, |meta| meta.len());
    for name in ["usher.wasm", "usher.js", "usher.css"] {
        let (raw, brotli) = (bytes(name), bytes(&format!("{name}.br")));
        eprintln!("  {name}: {}, {} as brotli", steps::size(raw), steps::size(brotli));
    }
}
