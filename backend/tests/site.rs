//! The dashboard's files over HTTP/1.1, as raw requests: no client library tidies a path.

#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
mod common;

use std::path::PathBuf;

use common::{Server, patiently};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A folder with a page, removed at the end.
struct Site(PathBuf);

impl Site {
    fn new(name: &str) -> Self {
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let site = root.join("site");
        std::fs::create_dir_all(&site).unwrap();
        std::fs::write(root.join("secret"), "secret").unwrap();
        std::fs::write(site.join("index.html"), "<title>Gnomon</title>").unwrap();
        std::fs::write(site.join("engine_bg.wasm"), b"\0asm").unwrap();
        std::fs::write(site.join("start.js"), "0").unwrap();
        std::fs::write(site.join("maplibre-gl.mjs"), "0").unwrap();
        Self(root)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The whole answer, its head in lower case.
async fn get(server: &Server, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n",
        server.http
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    patiently(stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn files_come_with_their_type_and_the_policy() {
    let site = Site::new("types");
    let server = Server::start_with(site.0.join("site"), 0).await;
    for (path, content_type) in [
        ("/", "text/html"),
        ("/index.html?device=a", "text/html"),
        ("/engine_bg.wasm", "application/wasm"),
        ("/start.js", "text/javascript"),
        ("/maplibre-gl.mjs", "application/javascript"),
    ] {
        let answer = get(&server, path, "").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            answer.contains(&format!("content-type: {content_type}")),
            "{answer}"
        );
        assert!(answer.contains("content-security-policy: default-src 'none';"));
        assert!(answer.contains("cache-control: no-cache"));
    }
    assert!(
        get(&server, "/", "")
            .await
            .ends_with("<title>Gnomon</title>")
    );
    server.stop().await;
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
    let site = Site::new("unchanged");
    let server = Server::start_with(site.0.join("site"), 0).await;
    let answer = get(&server, "/start.js", "").await;
    let modified = answer
        .lines()
        .find_map(|line| line.strip_prefix("last-modified: "))
        .unwrap();
    let answer = get(
        &server,
        "/start.js",
        &format!("If-Modified-Since: {modified}\r\n"),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 304"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn no_path_leads_out_of_the_folder() {
    let site = Site::new("escape");
    let server = Server::start_with(site.0.join("site"), 0).await;
    for path in [
        "/../secret",
        "/..%2fsecret",
        "/%2e%2e/secret",
        "/a/../../secret",
        "/..%5csecret",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/%00",
    ] {
        let answer = get(&server, path, "").await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{path}: {answer}");
        assert!(
            !answer.contains("secret") && !answer.contains("root:"),
            "{path}: {answer}"
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn a_dashboard_that_is_not_built_is_explained() {
    let server = Server::start().await;
    let answer = get(&server, "/", "").await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(answer.contains("trunk build"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn other_origins_and_hosts_get_403() {
    let server = Server::start().await;
    for headers in [
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Host: evil.example\r\n",
    ] {
        let answer = get(&server, "/", headers).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{headers}: {answer}");
        assert!(!answer.contains("access-control"));
    }
    let answer = get(&server, "/", "Origin: http://localhost:8080\r\n").await;
    assert!(answer.contains("access-control-allow-origin: http://localhost:8080\r\n"));
    server.stop().await;
}
