//! A client that costs little beside what it measures: one connection, one request at a time.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection that is kept alive.
pub(crate) struct Client {
    stream: TcpStream,
    token: String,
    heard: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr, token: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            token: token.to_owned(),
            heard: Vec::with_capacity(16 * 1024),
        }
    }

    /// Posts JSON and gives what came back; anything but a 2xx ends the program.
    pub(crate) async fn post(&mut self, path: &str, body: &str) -> &[u8] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let (from, to) = self.answer().await;
        let text = || String::from_utf8_lossy(&self.heard);
        assert!(self.heard[9] == b'2', "{path} {body}: {}", text());
        &self.heard[from..to]
    }

    /// As `post`, read as JSON.
    pub(crate) async fn make(&mut self, path: &str, body: &str) -> Value {
        serde_json::from_slice(self.post(path, body).await).unwrap()
    }

    /// Reads an answer to its end; where its body begins and ends.
    async fn answer(&mut self) -> (usize, usize) {
        self.heard.clear();
        loop {
            let read = self.stream.read_buf(&mut self.heard).await.unwrap();
            assert!(read > 0, "the server hung up");
            if let Some((from, length)) = head(&self.heard)
                && self.heard.len() >= from + length
            {
                return (from, from + length);
            }
        }
    }
}

/// Where the body begins and how long it is, once the whole head is there.
fn head(heard: &[u8]) -> Option<(usize, usize)> {
    let end = heard.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&heard[..end]).unwrap();
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().unwrap())
    });
    Some((end + 4, length.unwrap_or(0)))
}
