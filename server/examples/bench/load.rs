//! Sends requests over a number of connections and measures their answers.
//!
//! A connection sends its next request when it has the whole answer to the last one. The parser
//! reads what our servers send: a length or chunks.

use crate::figures::Figures;
use crate::requests::Many;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Sends the requests for at most this time, and measures.
///
/// # Errors
/// A connection fails.
pub(crate) async fn run(to: SocketAddr, many: Many, connections: usize, longest: Duration) -> io::Result<Figures> {
    let (many, next) = (Arc::new(many), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..connections {
        let (many, next) = (Arc::clone(&many), Arc::clone(&next));
        clients.spawn(async move { client(to, &many, &next, started + longest).await });
    }
    let mut answers = Vec::new();
    while let Some(client) = clients.join_next().await {
        answers.extend(client??);
    }
    Ok(Figures::of(answers, started.elapsed()))
}

/// The status and the time of each answer.
async fn client(to: SocketAddr, many: &Many, next: &AtomicUsize, until: Instant) -> io::Result<Vec<(u16, Duration)>> {
    let mut stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    let (mut answers, mut buffer) = (Vec::new(), Vec::with_capacity(128 * 1024));
    while Instant::now() < until {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let index = if many.repeats { number % many.requests.len() } else { number };
        let Some(request) = many.requests.get(index) else { break };
        let sent = Instant::now();
        stream.write_all(request).await?;
        let status = answer(&mut stream, &mut buffer).await?;
        answers.push((status, sent.elapsed()));
    }
    Ok(answers)
}

/// Reads an answer to its end and returns its status.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<u16> {
    buffer.clear();
    let body = loop {
        more(stream, buffer).await?;
        if let Some(end) = position(buffer, b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8_lossy(buffer.get(..body).unwrap_or_default()).to_ascii_lowercase();
    let status = head.get(9..12).and_then(|digits| digits.parse().ok()).ok_or_else(broken)?;
    if let Some(length) = header(&head, "content-length: ") {
        let length: usize = length.parse().map_err(|_| broken())?;
        while buffer.len() < body + length {
            more(stream, buffer).await?;
        }
    } else if header(&head, "transfer-encoding: ").is_some() {
        read_chunks(stream, buffer, body).await?;
    }
    Ok(status)
}

async fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>, mut at: usize) -> io::Result<()> {
    loop {
        let line = loop {
            if let Some(end) = buffer.get(at..).and_then(|rest| position(rest, b"\r\n")) {
                break end;
            }
            more(stream, buffer).await?;
        };
        let digits = buffer.get(at..at + line).and_then(|digits| std::str::from_utf8(digits).ok());
        let length = digits.and_then(|digits| usize::from_str_radix(digits, 16).ok()).ok_or_else(broken)?;
        at += line + 2 + length + 2;
        while buffer.len() < at {
            more(stream, buffer).await?;
        }
        if length == 0 {
            return Ok(());
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name))
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
    if stream.read_buf(buffer).await? == 0 { Err(broken()) } else { Ok(()) }
}

fn broken() -> io::Error {
    io::Error::other("the server closed a connection or sent something else than HTTP/1.1")
}
