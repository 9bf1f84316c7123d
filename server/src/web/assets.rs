//! Styles, scripts, fonts and pictures: from `target/site`, or from inside the binary (feature `embed`).
//!
//! Each is there up to three times: as it is, with brotli (`.br`) and with gzip (`.gz`), made at build. Names stay the
//! same from build to build, so browsers ask each time, and are told "unchanged" by an entity tag.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};

/// A form in which bytes travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Brotli.
    Br,
    /// Gzip.
    Gzip,
    /// As they are.
    Identity,
}

impl Coding {
    /// The best that the browser takes, then the others, as they are last.
    pub fn acceptable(headers: &HeaderMap) -> impl Iterator<Item = Self> {
        let takes = |name: &str| {
            let values = headers.get_all(http::header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
            values.flat_map(|value| value.split(',')).any(|entry| {
                let (coding, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
                let refused = weight.trim().trim_start_matches("q=").parse::<f32>().is_ok_and(|weight| weight <= 0.0);
                coding.trim().eq_ignore_ascii_case(name) && !refused
            })
        };
        let br = takes("br").then_some(Self::Br);
        let gzip = takes("gzip").then_some(Self::Gzip);
        br.into_iter().chain(gzip).chain([Self::Identity])
    }

    /// As `Content-Encoding` says it.
    #[must_use]
    pub const fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Br => Some(HeaderValue::from_static("br")),
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Identity => None,
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Br => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }
}

/// Where the files are.
#[derive(Clone, Debug)]
pub enum Assets {
    /// In a folder, which may change while the server runs.
    Folder(PathBuf),
    /// In this program.
    #[cfg(feature = "embed")]
    Inside,
}

impl Default for Assets {
    #[cfg(feature = "embed")]
    fn default() -> Self {
        Self::Inside
    }

    #[cfg(not(feature = "embed"))]
    fn default() -> Self {
        // `cargo run` may start anywhere inside the workspace; an installed binary has `embed`.
        let here = Path::new("target/site");
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/site");
        Self::Folder(if here.is_dir() { here.to_owned() } else { workspace })
    }
}

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../target/site"]
struct Site;

struct File {
    bytes: Bytes,
    tag: String,
}

impl Assets {
    /// Whether they have been built at all.
    pub async fn are_there(&self) -> bool {
        self.file("pkg/usher.css").await.is_some()
    }

    /// The file at that path of the address, or `None`.
    pub async fn answer(&self, path: &str, request: &HeaderMap) -> Option<Response> {
        let name = plain(path)?;
        let kind = kind(name)?;
        for coding in Coding::acceptable(request) {
            if let Some(file) = self.file(&format!("{name}{}", coding.ending())).await {
                return Some(answer(file, coding, name, kind, request));
            }
        }
        None
    }

    async fn file(&self, name: &str) -> Option<File> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(name);
                let data = tokio::fs::metadata(&path).await.ok().filter(std::fs::Metadata::is_file)?;
                let changed = data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
                let bytes = tokio::fs::read(&path).await.ok()?;
                Some(File { tag: format!("{changed:x}-{:x}", bytes.len()), bytes: Bytes::from(bytes) })
            }
            #[cfg(feature = "embed")]
            Self::Inside => {
                let file = Site::get(name)?;
                let tag = short(&file.metadata.sha256_hash());
                let bytes = match file.data {
                    std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                    std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
                };
                Some(File { bytes, tag })
            }
        }
    }
}

fn answer(file: File, coding: Coding, name: &str, kind: &'static str, request: &HeaderMap) -> Response {
    let tag = format!("\"{}{}\"", file.tag, coding.ending().replace('.', "-"));
    let known = unchanged(request, &tag);
    let mut response = Response::new(if known { Body::empty() } else { Body::from(file.bytes) });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    let keep = if Path::new(name).extension().is_some_and(|ending| ending == "woff2") {
        "public, max-age=604800"
    } else {
        "public, no-cache"
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Some(coding) = coding.header() {
        headers.insert(CONTENT_ENCODING, coding);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}

/// The first twelve bytes of a digest, in hexadecimal: enough to tell versions apart.
#[must_use]
pub fn short(digest: &[u8]) -> String {
    digest.iter().take(12).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Whether the browser already has what that tag names.
#[must_use]
pub fn unchanged(request: &HeaderMap, tag: &str) -> bool {
    let values = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == tag || one == "*")
}

/// The path as a name below the folder; `None` for anything that could lead out of it.
fn plain(path: &str) -> Option<&str> {
    let name = path.strip_prefix('/')?;
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    name.split('/').all(plain).then_some(name)
}

/// What kind of file it is; `None` for kinds that are not ours to give away.
fn kind(name: &str) -> Option<&'static str> {
    Some(match Path::new(name).extension()?.to_str()? {
        "css" => "text/css; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" => "image/jpeg",
        "js" => "text/javascript; charset=utf-8",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(pairs: &[(http::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        for path in [
            "/../Cargo.toml",
            "/pkg/../../x.css",
            "/.env",
            "//etc/x.css",
            "/pkg/%2e%2e/x.css",
            "/a\\b.css",
            "/",
            "x.css",
        ] {
            assert_eq!(plain(path), None, "{path}");
        }
        assert_eq!(plain("/pkg/usher.css"), Some("pkg/usher.css"));
    }

    #[test]
    fn the_best_coding_comes_first_and_a_refused_one_never() {
        let all = |value| Coding::acceptable(&asking(&[(http::header::ACCEPT_ENCODING, value)])).collect::<Vec<_>>();
        assert_eq!(all("gzip, deflate, br"), [Coding::Br, Coding::Gzip, Coding::Identity]);
        assert_eq!(all("gzip;q=0.5, br;q=0"), [Coding::Gzip, Coding::Identity]);
        assert_eq!(all("zstd"), [Coding::Identity]);
    }

    #[tokio::test]
    async fn a_file_comes_compressed_and_then_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("pkg")).unwrap();
        std::fs::write(folder.path().join("pkg/a.css"), "body{}").unwrap();
        std::fs::write(folder.path().join("pkg/a.css.br"), "packed").unwrap();
        let assets = Assets::Folder(folder.path().to_owned());
        let br = asking(&[(http::header::ACCEPT_ENCODING, "br")]);

        let first = assets.answer("/pkg/a.css", &br).await.unwrap();
        assert_eq!(first.headers()[CONTENT_ENCODING], "br");
        assert_eq!(first.headers()[CONTENT_TYPE], "text/css; charset=utf-8");
        let mut again = br.clone();
        again.insert(IF_NONE_MATCH, first.headers()[ETAG].clone());
        assert_eq!(assets.answer("/pkg/a.css", &again).await.unwrap().status(), StatusCode::NOT_MODIFIED);

        let bare = assets.answer("/pkg/a.css", &HeaderMap::new()).await.unwrap();
        assert!(!bare.headers().contains_key(CONTENT_ENCODING));
        assert_ne!(bare.headers()[ETAG], first.headers()[ETAG]);
        assert!(assets.answer("/pkg/missing.css", &br).await.is_none());
    }
}
