//! A client that sends requests as they are written: it tidies neither a path nor a body.

use std::collections::HashMap;
use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::common::{Server, patiently};

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Answer {
    fn read(bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("{text}"));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        };
        Self {
            status: status.parse().unwrap(),
            headers: lines.map(header).collect(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}", self.body))
    }

    /// An error as AWS writes it.
    pub(crate) fn expect_error(&self, status: u16, exception: &str, message: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header("x-amzn-errortype"), exception);
        assert_eq!(self.header("content-type"), "application/json");
        let trace_id = self.header("x-amzn-requestid");
        assert_eq!(trace_id.len(), 36);
        let body = json!({ "message": message, "traceId": trace_id });
        assert_eq!(self.json(), body);
    }
}

pub(crate) async fn call_with(
    server: &Server,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> Answer {
    call_at(server.http, method, path, headers, body).await
}

/// One request on a connection of its own.
pub(crate) async fn call_at(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> Answer {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // Who refuses a body may stop to read it.
    let _ = stream.write_all(body).await;
    rest(stream).await
}

pub(crate) async fn rest(mut stream: TcpStream) -> Answer {
    let mut answer = Vec::new();
    // Whoever sent more than was read may see a reset behind the answer.
    let _ = patiently(stream.read_to_end(&mut answer)).await;
    Answer::read(answer)
}

pub(crate) async fn call(server: &Server, method: &str, path: &str, body: &str) -> Answer {
    call_with(server, method, path, "", body.as_bytes()).await
}

pub(crate) async fn get(server: &Server, path: &str) -> Answer {
    call(server, "GET", path, "").await
}
