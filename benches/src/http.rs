//! As much HTTP as measuring needs: one connection, kept open, and no copy of a body that nobody reads.

use std::fmt::Write as _;
use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What a browser of our days accepts; the page comes compressed as it would to one.
pub const BROWSER: &str = "accept: text/html,application/xhtml+xml\r\naccept-encoding: br, gzip\r\n";

/// A connection that stays open.
pub struct Connection {
    addr: SocketAddr,
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, read to its end.
pub struct Answer {
    /// Such as 200.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// The body as it came, decoded from chunks, not decompressed.
    pub body: Vec<u8>,
}

/// Where an answer's parts are in the buffer.
struct Frame {
    status: u16,
    head: usize,
    end: usize,
    chunked: bool,
}

impl Answer {
    /// The value of a header (name in lower case).
    #[must_use]
    pub fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers(name).next()
    }

    /// All values of a header (name in lower case).
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head.lines().skip(1).filter_map(move |line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Connection {
    /// Connects.
    pub async fn open(addr: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(Self { addr, stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// A GET with these headers, each ended with a line break.
    #[must_use]
    pub fn get(&self, path: &str, headers: &str) -> String {
        format!("GET {path} HTTP/1.1\r\nhost: {}\r\n{headers}\r\n", self.addr)
    }

    /// A form as a browser without scripts posts it from a page of the same site.
    #[must_use]
    pub fn post(&self, path: &str, headers: &str, form: &[(&str, &str)]) -> String {
        let body = serde_urlencoded::to_string(form).unwrap_or_default();
        let mut text = format!("POST {path} HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\n", self.addr);
        // Writing into a string does not fail.
        let _ = write!(
            text,
            "sec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        text
    }

    /// Sends, and reads the whole answer.
    pub async fn ask(&mut self, request: &str) -> Result<Answer> {
        let frame = self.frame(request.as_bytes()).await?;
        let raw = &self.buffer[frame.head..frame.end];
        let body = if frame.chunked { dechunk(raw)? } else { raw.to_vec() };
        let head = String::from_utf8_lossy(&self.buffer[..frame.head]).into_owned();
        self.buffer.drain(..frame.end);
        Ok(Answer { status: frame.status, head, body })
    }

    /// Sends, and reads the answer without keeping it; answers its length in bytes. Anything but 200 is an error.
    pub async fn hit(&mut self, request: &[u8]) -> Result<usize> {
        let frame = self.frame(request).await?;
        self.buffer.drain(..frame.end);
        if frame.status != 200 {
            bail!("the answer was {}", frame.status);
        }
        Ok(frame.end)
    }

    async fn frame(&mut self, request: &[u8]) -> Result<Frame> {
        self.stream.write_all(request).await?;
        let head = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let text = std::str::from_utf8(&self.buffer[..head]).context("the headers are not text")?;
        let status = text.get(9..12).and_then(|digits| digits.parse().ok()).context("no status")?;
        let field = |name: &str| {
            text.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        let chunked = field("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
        let end = if chunked {
            loop {
                if let Some(end) = chunks_end(&self.buffer, head) {
                    break end;
                }
                self.more().await?;
            }
        } else {
            let length: usize = field("content-length").map_or(Ok(0), |value| value.parse())?;
            while self.buffer.len() < head + length {
                self.more().await?;
            }
            head + length
        };
        Ok(Frame { status, head, end, chunked })
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the connection was closed");
        }
        Ok(())
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// One chunk at `at`: where its data is, and where the next one begins.
fn chunk(buffer: &[u8], at: usize) -> Option<(std::ops::Range<usize>, usize)> {
    let line = find(buffer.get(at..)?, b"\r\n")?;
    let size = std::str::from_utf8(&buffer[at..at + line]).ok()?.split(';').next()?.trim();
    let size = usize::from_str_radix(size, 16).ok()?;
    let start = at + line + 2;
    Some((start..start + size, start + size + 2))
}

fn chunks_end(buffer: &[u8], head: usize) -> Option<usize> {
    let mut at = head;
    loop {
        let (data, next) = chunk(buffer, at)?;
        if next > buffer.len() {
            return None;
        }
        if data.is_empty() {
            return Some(next);
        }
        at = next;
    }
}

fn dechunk(raw: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some((data, next)) = chunk(raw, at) {
        if data.is_empty() {
            return Ok(body);
        }
        body.extend_from_slice(raw.get(data).context("a chunk is cut off")?);
        at = next;
    }
    bail!("the chunks have no end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together_and_their_end_is_found() {
        let raw = b"5\r\nhello\r\n2;x=y\r\n, \r\n0\r\n\r\nnext";
        assert_eq!(chunks_end(raw, 0), Some(raw.len() - 4));
        assert_eq!(chunks_end(&raw[..12], 0), None);
        assert_eq!(dechunk(raw).unwrap(), b"hello, ");
    }
}
