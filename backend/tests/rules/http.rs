//! Single HTTP requests, each on a connection of its own, whose bodies are bytes.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::process::PATIENCE;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body of an answer that says yes.
    pub(crate) fn body(self) -> io::Result<Vec<u8>> {
        match self.status {
            200 => Ok(self.body),
            status => {
                let said = String::from_utf8_lossy(&self.body);
                Err(io::Error::other(format!("{status}: {said}")))
            }
        }
    }
}

/// `headers` are whole lines.
pub(crate) async fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> io::Result<Answer> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        read(&answer).ok_or_else(|| io::Error::other("this is no answer"))
    };
    timeout(PATIENCE, exchange).await?
}

fn read(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = str::from_utf8(&answer[..end]).ok()?;
    Some(Answer {
        status: head.split(' ').nth(1)?.parse().ok()?,
        body: answer[end + 4..].to_vec(),
    })
}
