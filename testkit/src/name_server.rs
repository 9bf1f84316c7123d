//! A name server on this machine, which knows what a test tells it. It speaks DNS over UDP and TCP.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::TXT;
use hickory_proto::rr::{RData, Record, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinHandle;

/// What fits into an answer over UDP; a longer one has to be asked for again over TCP.
const DATAGRAM: usize = 512;

type Zone = Arc<Mutex<HashMap<String, Answer>>>;

#[derive(Clone)]
enum Answer {
    Texts(Vec<String>),
    Broken,
}

/// The server. Gone with this value.
pub struct NameServer {
    addr: SocketAddr,
    zone: Zone,
    tasks: [JoinHandle<()>; 2],
}

impl NameServer {
    /// Starts one at a free port.
    ///
    /// # Panics
    /// When there is none.
    pub async fn start() -> Self {
        let (udp, tcp) = sockets().await;
        let addr = udp.local_addr().unwrap_or_else(|error| panic!("a name server's address: {error}"));
        let zone = Zone::default();
        let tasks = [tokio::spawn(datagrams(udp, zone.clone())), tokio::spawn(streams(tcp, zone.clone()))];
        Self { addr, zone, tasks }
    }

    /// Where it is.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// These are the TXT records at `name` from now on.
    pub fn say(&self, name: &str, texts: &[&str]) {
        let texts = texts.iter().map(|&text| text.to_owned()).collect();
        self.put(name, Some(Answer::Texts(texts)));
    }

    /// There is no such name any more.
    pub fn forget(&self, name: &str) {
        self.put(name, None);
    }

    /// Whoever asks for `name` is told that the server cannot say.
    pub fn fail(&self, name: &str) {
        self.put(name, Some(Answer::Broken));
    }

    fn put(&self, name: &str, answer: Option<Answer>) {
        let mut zone = self.zone.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Some(answer) => zone.insert(name.to_ascii_lowercase(), answer),
            None => zone.remove(&name.to_ascii_lowercase()),
        };
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// One port number for both protocols.
async fn sockets() -> (UdpSocket, TcpListener) {
    for _ in 0..100 {
        let Ok(udp) = UdpSocket::bind("127.0.0.1:0").await else { continue };
        let Ok(addr) = udp.local_addr() else { continue };
        if let Ok(tcp) = TcpListener::bind(addr).await {
            return (udp, tcp);
        }
    }
    panic!("no port is free for a name server");
}

async fn datagrams(socket: UdpSocket, zone: Zone) {
    let mut buffer = [0; 4096];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        let Some(answer) = answer(&buffer[..length], &zone) else { continue };
        let Ok(mut bytes) = answer.to_vec() else { continue };
        if bytes.len() > DATAGRAM {
            bytes = answer.truncate().to_vec().unwrap_or_default();
        }
        socket.send_to(&bytes, from).await.ok();
    }
}

async fn streams(listener: TcpListener, zone: Zone) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(stream_of(stream, zone.clone()));
    }
}

/// Each message after its length, until the other side has heard enough.
async fn stream_of(mut stream: TcpStream, zone: Zone) -> Option<()> {
    loop {
        let length = stream.read_u16().await.ok()?;
        let mut question = vec![0; usize::from(length)];
        stream.read_exact(&mut question).await.ok()?;
        let bytes = answer(&question, &zone)?.to_vec().ok()?;
        stream.write_u16(u16::try_from(bytes.len()).ok()?).await.ok()?;
        stream.write_all(&bytes).await.ok()?;
    }
}

fn answer(question: &[u8], zone: &Zone) -> Option<Message> {
    let asked = Message::from_vec(question).ok()?;
    let query = asked.queries.first()?;
    let mut answer = Message::response(asked.metadata.id, asked.metadata.op_code);
    answer.metadata.recursion_desired = asked.metadata.recursion_desired;
    answer.metadata.recursion_available = true;
    answer.add_query(query.clone());
    let name = query.name().to_ascii().trim_end_matches('.').to_ascii_lowercase();
    let known = zone.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
    match known {
        None => answer.metadata.response_code = ResponseCode::NXDomain,
        Some(Answer::Broken) => answer.metadata.response_code = ResponseCode::ServFail,
        Some(Answer::Texts(texts)) if query.query_type() == RecordType::TXT => {
            for text in texts {
                // A string of a record has at most 255 bytes; a longer text is several of them.
                let mut parts: Vec<&[u8]> = text.as_bytes().chunks(255).collect();
                if parts.is_empty() {
                    parts.push(&[]);
                }
                answer.add_answer(Record::from_rdata(query.name().clone(), 60, RData::TXT(TXT::from_bytes(parts))));
            }
        }
        Some(Answer::Texts(_)) => {}
    }
    Some(answer)
}
