//! A server that answers with what it was told, and remembers what it was asked.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One request as it came.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The form's fields, decoded, as `name=value`.
    pub fn fields(&self) -> Vec<String> {
        let url = reqwest::Url::parse(&format!("http://form/?{}", self.body)).unwrap();
        url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect()
    }
}

/// What to answer with.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Status, further header lines, body.
    Http(u16, &'static str, String),
    /// Reads the request and closes the connection.
    HangUp,
    /// Reads the request and says nothing.
    Silence,
}

impl Answer {
    pub fn json(status: u16, body: &str) -> Self {
        Self::Http(status, "Request-Id: req_1\r\nContent-Type: application/json\r\n", body.to_owned())
    }
}

#[derive(Default)]
struct Memory {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Asked>>,
    connections: AtomicUsize,
}

pub struct Stub {
    pub addr: SocketAddr,
    memory: Arc<Memory>,
}

impl Stub {
    /// Answers with these, in this order, and then no more.
    pub async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let memory = Arc::new(Memory { answers: Mutex::new(answers.into_iter().collect()), ..Memory::default() });
        let shared = memory.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { addr, memory }
    }

    pub fn base(&self) -> String {
        format!("http://{}/", self.addr)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.memory.asked.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.memory.connections.load(Ordering::SeqCst)
    }
}

async fn serve(stream: TcpStream, memory: Arc<Memory>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let asked = read(&mut stream).await?;
        memory.asked.lock().unwrap().push(asked);
        let answer = memory.answers.lock().unwrap().pop_front();
        match answer.expect("no more requests than answers") {
            Answer::Http(status, headers, body) => {
                let head = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
                stream.write_all(head.as_bytes()).await.ok()?;
                stream.write_all(body.as_bytes()).await.ok()?;
            }
            Answer::HangUp => return None,
            Answer::Silence => std::future::pending().await,
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut asked = Asked::default();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        match line.split_once(": ") {
            Some((name, value)) if !asked.line.is_empty() => {
                asked.headers.push((name.to_ascii_lowercase(), value.to_owned()));
            }
            _ => line.clone_into(&mut asked.line),
        }
    }
    let length = asked.header("content-length").map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    asked.body = String::from_utf8(body).unwrap();
    Some(asked)
}
