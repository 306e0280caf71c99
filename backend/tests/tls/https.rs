//! HTTPS and secure WebSocket: the same routes as without TLS, for its own origins.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use super::client;
use crate::common::patiently;
use crate::folder::fresh;
use crate::program::Program;

/// One request and the whole answer.
async fn get(program: &Program, name: &str, headers: &str) -> String {
    let mut stream = client::https(program, name).await.unwrap();
    let request = format!("GET /things/x/shadow HTTP/1.1\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    patiently(stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

#[tokio::test]
async fn the_calls_of_an_endpoint_are_answered_over_https() {
    let program = Program::start(&fresh("https-calls"), &[]).await;
    for name in ["localhost", "127.0.0.1", "::1"] {
        let host = match name.contains(':') {
            true => format!("[{name}]"),
            false => name.to_owned(),
        };
        let answer = get(&program, name, &format!("Host: {host}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
        assert!(answer.contains("ResourceNotFoundException"), "{answer}");
    }
    assert!(client::https(&program, "gnomon.lan").await.is_err());
}

#[tokio::test]
async fn names_that_were_given_are_served_and_others_are_not() {
    let flags = ["--tls-name", "gnomon.lan"];
    let program = Program::start(&fresh("https-names"), &flags).await;
    let named = get(&program, "gnomon.lan", "Host: gnomon.lan\r\n").await;
    assert!(named.starts_with("HTTP/1.1 404 "), "{named}");
    let stray = get(&program, "gnomon.lan", "Host: evil.example\r\n").await;
    assert!(stray.starts_with("HTTP/1.1 403 "), "{stray}");
}

#[tokio::test]
async fn secure_websocket_is_for_its_own_secure_pages() {
    let program = Program::start(&fresh("https-websocket"), &[]).await;
    let port = program.https.port();
    let open = async |origin: String| {
        let stream = client::https(&program, "localhost").await.unwrap();
        let url = format!("wss://localhost:{port}/mqtt?X-Amz-Date=20261123");
        let mut request = url.into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", HeaderValue::from_static("mqtt"));
        headers.insert("origin", origin.parse().unwrap());
        patiently(tokio_tungstenite::client_async(request, stream)).await
    };
    let (_, response) = open(format!("https://localhost:{port}")).await.unwrap();
    assert_eq!(response.headers()["sec-websocket-protocol"], "mqtt");
    for origin in ["http", "https"] {
        let stranger = format!("{origin}://localhost:{}", program.http.port());
        assert!(open(stranger).await.is_err(), "{origin}");
    }
}
