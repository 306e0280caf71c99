//! What is refused whatever is called: bodies too large, too slow or broken, paths that lead astray, foreign pages.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::DESIRED;
use crate::common::{Server, patiently};
use crate::http::client::{call, call_with, get, rest};

/// One that [`Server`] lets in.
const ORIGIN: &str = "Origin: https://gnomon.example\r\n";

#[tokio::test]
async fn a_body_that_is_no_utf_8_or_no_chunks_is_refused() {
    let server = Server::start().await;
    let answer = call_with(
        &server,
        "POST",
        "/things/lamp/shadow",
        "",
        b"{\"state\":\"\xff\"}",
    )
    .await;
    let message = "Unsupported documented encoding; supported encoding is UTF-8";
    answer.expect_error(415, "UnsupportedDocumentEncodingException", message);
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    let request =
        "POST /topics/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let message = "The request body could not be read";
    rest(stream)
        .await
        .expect_error(400, "InvalidRequestException", message);
    server.stop().await;
}

#[tokio::test]
async fn a_path_is_decoded_once_and_leads_nowhere_else() {
    let server = Server::start().await;
    for thing in [
        "a%2Fb",
        "..",
        "%2e%2e",
        "%00",
        "%ff",
        "%C3%28",
        "%",
        "%253A",
        "a%20b",
        "%F0%9F%98%80",
    ] {
        let answer = call(&server, "POST", &format!("/things/{thing}/shadow"), DESIRED).await;
        assert_eq!(answer.status, 400, "{thing}");
        assert_eq!(answer.header("x-amzn-errortype"), "InvalidRequestException");
    }
    for path in [
        "/things/../shadow/x",
        "/things//../index.html",
        "/topics",
        "/api/secret",
    ] {
        let answer = get(&server, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(
            answer.header("x-amzn-errortype"),
            "ResourceNotFoundException"
        );
    }
    let file = get(&server, "/thing/lamp/shadow").await;
    assert_eq!((file.status, file.header("x-amzn-requestid")), (404, ""));
    server.stop().await;
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_call_and_read_errors() {
    let server = Server::start().await;
    let asks = format!("{ORIGIN}Access-Control-Request-Method: POST\r\n");
    let preflight = call_with(&server, "OPTIONS", "/things/lamp/shadow", &asks, b"").await;
    assert_eq!((preflight.status, preflight.body.as_str()), (204, ""));
    assert_eq!(
        preflight.header("access-control-allow-origin"),
        "https://gnomon.example"
    );
    assert_eq!(
        preflight.header("access-control-allow-methods"),
        "GET,POST,PUT,PATCH,DELETE"
    );
    let allowed = preflight.header("access-control-allow-headers");
    for header in [
        "authorization",
        "content-type",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-target",
        "cache-control",
        "x-amzn-principal",
        "x-amzn-iot-principal",
    ] {
        assert!(allowed.split(',').any(|other| other == header), "{header}");
    }
    let missing = call_with(&server, "GET", "/things/lamp/shadow", ORIGIN, b"").await;
    assert_eq!(missing.status, 404);
    assert_eq!(
        missing.header("access-control-allow-origin"),
        "https://gnomon.example"
    );
    let exposed = missing.header("access-control-expose-headers");
    assert_eq!(exposed, "x-amzn-requestid,x-amzn-errortype,date");
    assert!(missing.header("date").ends_with(" GMT"));
    assert_eq!(missing.header("vary"), "origin");
    let tool = get(&server, "/things/lamp/shadow").await;
    assert_eq!(tool.header("access-control-expose-headers"), "");
    let no_preflight = call(&server, "OPTIONS", "/things/lamp/shadow", "").await;
    assert_eq!(no_preflight.status, 405);
    server.stop().await;
}

#[tokio::test]
async fn a_page_of_another_origin_changes_and_reads_nothing() {
    let server = Server::start().await;
    for headers in [
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Host: evil.example\r\n",
    ] {
        let asks = format!("{headers}Access-Control-Request-Method: POST\r\n");
        for (method, headers) in [
            ("OPTIONS", asks.as_str()),
            ("POST", headers),
            ("GET", headers),
        ] {
            let path = "/things/lamp/shadow";
            let answer = call_with(&server, method, path, headers, DESIRED.as_bytes()).await;
            assert_eq!(answer.status, 403, "{method} {headers}");
            assert!(
                answer
                    .headers
                    .keys()
                    .all(|name| !name.starts_with("access-control"))
            );
        }
    }
    assert_eq!(get(&server, "/things/lamp/shadow").await.status, 404);
    server.stop().await;
}

#[tokio::test]
async fn a_body_over_128_kb_is_refused_unread() {
    let server = Server::start().await;
    let message = "The payload exceeds the maximum size allowed";
    let exception = "RequestEntityTooLargeException";
    let fits = "x".repeat(128 * 1024);
    assert_eq!(call(&server, "POST", "/topics/a", &fits).await.status, 200);
    let large = call(&server, "POST", "/topics/a", &(fits.clone() + "x")).await;
    large.expect_error(413, exception, message);

    // Of a body that says its length nothing needs to come, of another no more than the limit.
    let announced = "Content-Length: 99999999999\r\n\r\n".to_owned();
    let chunk = format!("Transfer-Encoding: chunked\r\n\r\n20001\r\n{fits}x");
    for rest_of_request in [announced, chunk] {
        let mut stream = TcpStream::connect(server.http).await.unwrap();
        let head = "POST /things/lamp/shadow HTTP/1.1\r\nHost: localhost\r\n";
        let request = format!("{head}{rest_of_request}");
        stream.write_all(request.as_bytes()).await.unwrap();
        rest(stream).await.expect_error(413, exception, message);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    let head = "POST /topics/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut interim = [0; 25];
    patiently(stream.read_exact(&mut interim)).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"half").await.unwrap();
    // From here on time passes when nothing else happens.
    tokio::time::pause();
    let answer = rest(stream).await;
    answer.expect_error(
        408,
        "RequestTimeoutException",
        "The request body did not come in time",
    );
    tokio::time::resume();
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_and_the_connection_ends() {
    let server = Server::start().await;
    let long = format!("X-Long: {}", "x".repeat(420 * 1024));
    for headers in [long, "X-More: x\r\n".repeat(101) + "\r\n"] {
        let mut stream = TcpStream::connect(server.http).await.unwrap();
        let head = format!("GET /things HTTP/1.1\r\nHost: localhost\r\n{headers}");
        // Who refuses it may stop to read it.
        let _ = stream.write_all(head.as_bytes()).await;
        assert_eq!(rest(stream).await.status, 431);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_drips_is_cut_while_others_are_served() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    let head = b"GET /things HTTP/1.1\r\nHost: localhost\r\nX-Drip: ";
    stream.write_all(head).await.unwrap();
    assert_eq!(get(&server, "/things").await.status, 200);
    // From here on time passes when nothing else happens.
    tokio::time::pause();
    let begun = Instant::now();
    let (mut read, mut write) = stream.split();
    let dripping = async {
        while write.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let mut answer = Vec::new();
    tokio::select! {
        // Bytes that came late make it a reset.
        _ = read.read_to_end(&mut answer) => {}
        () = dripping => {}
    }
    let waited = begun.elapsed();
    assert!(waited < Duration::from_secs(30), "{waited:?}");
    assert_eq!(answer, b"");
    tokio::time::resume();
    assert_eq!(get(&server, "/things").await.status, 200);
    server.stop().await;
}
