//! Brotli and gzip files beside what the server sends, made once instead of per request.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// What compresses well; pictures and fonts already are.
const TEXTUAL: [&str; 9] = ["css", "html", "ico", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// A file under this size travels in one packet anyway.
const WORTH_IT: usize = 512;

/// How hard to try.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// For the next reload on this machine.
    Quick,
    /// For the network.
    Best,
}

impl Effort {
    fn brotli(self) -> i32 {
        match self {
            Self::Quick => 3,
            Self::Best => 11,
        }
    }

    fn gzip(self) -> flate2::Compression {
        match self {
            Self::Quick => flate2::Compression::fast(),
            Self::Best => flate2::Compression::best(),
        }
    }
}

/// Remembers of what content the compressed files were made, so that unchanged ones are left alone.
pub(crate) struct Stamps {
    file: PathBuf,
    known: BTreeMap<String, u64>,
}

impl Stamps {
    /// Reads the stamps of an earlier run; a missing or strange file only means more work.
    pub(crate) fn read(file: PathBuf) -> Self {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let known = text
            .lines()
            .filter_map(|line| {
                let (stamp, name) = line.split_once(' ')?;
                Some((name.to_owned(), u64::from_str_radix(stamp, 16).ok()?))
            })
            .collect();
        Self { file, known }
    }

    /// Whether `name` was last made of exactly this.
    pub(crate) fn is(&self, name: &str, stamp: u64) -> bool {
        self.known.get(name) == Some(&stamp)
    }

    /// Remembers what `name` was made of.
    pub(crate) fn set(&mut self, name: &str, stamp: u64) {
        self.known.insert(name.to_owned(), stamp);
    }

    /// Writes the stamps for the next run.
    pub(crate) fn write(&self) -> Result<()> {
        let lines: Vec<_> = self.known.iter().map(|(name, stamp)| format!("{stamp:016x} {name}\n")).collect();
        fs::write(&self.file, lines.concat()).with_context(|| format!("could not write {}", self.file.display()))
    }
}

/// A number that changes when any of the parts does. Not for secrets.
pub(crate) fn stamp(parts: &[&[u8]]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        part.hash(&mut hasher);
    }
    hasher.finish()
}

/// Makes `file.br` and `file.gz` when the file gains by it; answers what stands there now.
pub(crate) fn beside(file: &Path, name: &str, effort: Effort, stamps: &mut Stamps) -> Result<Vec<PathBuf>> {
    let bytes = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if bytes.len() < WORTH_IT || !TEXTUAL.contains(&extension) {
        return Ok(Vec::new());
    }
    let brotli_file = file.with_extension(format!("{extension}.br"));
    let gzip_file = file.with_extension(format!("{extension}.gz"));
    let made_of = stamp(&[&bytes, &[effort as u8]]);
    if !(stamps.is(name, made_of) && brotli_file.exists() && gzip_file.exists()) {
        fs::write(&brotli_file, brotli(&bytes, effort)?)?;
        fs::write(&gzip_file, gzip(&bytes, effort)?)?;
        stamps.set(name, made_of);
    }
    Ok(vec![brotli_file, gzip_file])
}

fn brotli(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: effort.brotli(),
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut out = Vec::with_capacity(bytes.len() / 3);
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters).context("brotli")?;
    Ok(out)
}

fn gzip(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(bytes.len() / 3), effort.gzip());
    encoder.write_all(bytes)?;
    encoder.finish().context("gzip")
}
