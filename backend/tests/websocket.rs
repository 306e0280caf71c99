//! MQTT over real WebSockets, and who may open them.

#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
mod common;

use common::{CONNACK, Server, connect, patiently, publish, subscribe};
use futures_util::{SinkExt, StreamExt};
use gnomon::auth::attempt::signed_url;
use gnomon::auth::endpoint::Endpoint;
use gnomon::auth::way::{AwsPlace, Keys};
use gnomon::time::UnixMillis;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens `/mqtt` with these headers. Returns the subprotocol that was agreed on.
async fn open(server: &Server, headers: &[(&str, &str)]) -> Result<(Socket, Option<String>), u16> {
    let url = format!("ws://{}/mqtt?x-amz-anything=1", server.http);
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        let name: tokio_tungstenite::tungstenite::http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    match patiently(connect_async(request)).await {
        Ok((socket, response)) => {
            let agreed = response.headers().get("sec-websocket-protocol");
            let agreed = agreed.map(|value| value.to_str().unwrap().to_owned());
            Ok((socket, agreed))
        }
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn client(server: &Server, client_id: &str) -> Socket {
    let (mut socket, _) = open(server, &[("sec-websocket-protocol", "mqtt")])
        .await
        .unwrap();
    send(&mut socket, &connect(client_id)).await;
    assert_eq!(receive(&mut socket).await, CONNACK);
    socket
}

async fn send(socket: &mut Socket, bytes: &[u8]) {
    let message = Message::Binary(bytes.to_vec().into());
    socket.send(message).await.unwrap();
}

/// One binary message.
async fn receive(socket: &mut Socket) -> Vec<u8> {
    match patiently(socket.next()).await.unwrap().unwrap() {
        Message::Binary(bytes) => bytes.to_vec(),
        other => panic!("{other:?}"),
    }
}

async fn is_closed(mut socket: Socket) -> bool {
    loop {
        match patiently(socket.next()).await {
            None | Some(Err(_) | Ok(Message::Close(_))) => return true,
            Some(Ok(Message::Binary(_))) => return false,
            Some(Ok(_)) => {}
        }
    }
}

#[tokio::test]
async fn frames_may_be_empty_cut_and_packed() {
    let server = Server::start().await;
    let (mut socket, _) = open(&server, &[]).await.unwrap();
    for byte in connect("a") {
        send(&mut socket, &[byte]).await;
        send(&mut socket, &[]).await;
    }
    assert_eq!(receive(&mut socket).await, CONNACK);
    let mut packed = subscribe("étage/1", 0);
    packed.extend(publish("étage/1", "x", 0).repeat(100));
    send(&mut socket, &packed).await;
    let mut expected = vec![0x90, 3, 0, 1, 0];
    expected.extend(publish("étage/1", "x", 0).repeat(100));
    assert_eq!(receive(&mut socket).await, expected, "all in one frame");
    server.stop().await;
}

#[tokio::test]
async fn tcp_and_websocket_clients_meet() {
    let server = Server::start().await;
    let mut socket = client(&server, "ws").await;
    send(&mut socket, &subscribe("t", 0)).await;
    assert_eq!(receive(&mut socket).await, [0x90, 3, 0, 1, 0]);
    let mut tcp = server.client("tcp").await;
    tcp.send(&publish("t", "from tcp", 0)).await;
    assert_eq!(receive(&mut socket).await, publish("t", "from tcp", 0));
    tcp.subscribe("u", 0).await;
    send(&mut socket, &publish("u", "from ws", 0)).await;
    tcp.expect(&publish("u", "from ws", 0)).await;
    server.stop().await;
}

#[tokio::test]
async fn a_subprotocol_is_named_only_when_it_was_offered() {
    let server = Server::start().await;
    for (offered, expected) in [
        ("mqtt", Some("mqtt")),
        ("mqttv3.1", Some("mqttv3.1")),
        ("other, mqtt", Some("mqtt")),
    ] {
        let headers = [("sec-websocket-protocol", offered)];
        let (_, agreed) = open(&server, &headers).await.unwrap();
        assert_eq!(agreed.as_deref(), expected, "{offered}");
    }
    let (_, agreed) = open(&server, &[]).await.unwrap();
    assert_eq!(agreed, None);
    server.stop().await;
}

#[tokio::test]
async fn text_and_too_large_messages_are_closed() {
    let server = Server::start().await;
    let mut socket = client(&server, "text").await;
    socket.send(Message::Text("hello".into())).await.unwrap();
    assert!(is_closed(socket).await);
    let mut socket = client(&server, "claim").await;
    send(&mut socket, &[0x30, 0xff, 0xff, 0xff, 0x7f]).await;
    assert!(is_closed(socket).await);
    let mut socket = client(&server, "large").await;
    let large = Message::Binary(vec![0x30; 10 << 20].into());
    // It may be closed before all was sent.
    let _ = patiently(socket.send(large)).await;
    assert!(is_closed(socket).await);
    server.stop().await;
}

#[tokio::test]
async fn a_ping_is_answered_and_a_close_sends_the_will() {
    let server = Server::start().await;
    let mut watcher = server.client("w").await;
    watcher.subscribe("wills", 0).await;
    let (mut socket, _) = open(&server, &[]).await.unwrap();
    send(
        &mut socket,
        &common::connect_with("m", 0b110, &["wills", "gone"]),
    )
    .await;
    assert_eq!(receive(&mut socket).await, CONNACK);
    socket.send(Message::Ping("p".into())).await.unwrap();
    let pong = patiently(socket.next()).await.unwrap().unwrap();
    assert_eq!(pong, Message::Pong("p".into()));
    socket.close(None).await.unwrap();
    watcher.expect(&publish("wills", "gone", 0)).await;
    server.stop().await;
}

#[tokio::test]
async fn only_known_origins_and_hosts_open_it() {
    let server = Server::start().await;
    let own = format!("http://{}", server.http);
    for origin in [
        own.as_str(),
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "https://gnomon.example",
    ] {
        assert!(
            open(&server, &[("origin", origin)]).await.is_ok(),
            "{origin}"
        );
    }
    for origin in ["http://evil.example", "null", "http://127.0.0.1:8081"] {
        let refused = open(&server, &[("origin", origin)]).await.err();
        assert_eq!(refused, Some(403), "{origin}");
    }
    let refused = open(&server, &[("host", "evil.example:8083")]).await.err();
    assert_eq!(refused, Some(403));
    server.stop().await;
}

#[tokio::test]
async fn a_stalled_handshake_holds_up_nobody() {
    let server = Server::start().await;
    let mut stalled = TcpStream::connect(server.http).await.unwrap();
    stalled
        .write_all(b"GET /mqtt HTTP/1.1\r\nHost: local")
        .await
        .unwrap();
    client(&server, "quick").await;
    server.stop().await;
    let mut rest = Vec::new();
    let _ = patiently(stalled.read_to_end(&mut rest)).await;
    assert_eq!(rest, [0; 0]);
}

#[tokio::test]
async fn stopping_closes_open_sockets() {
    let server = Server::start().await;
    let socket = client(&server, "a").await;
    server.stop().await;
    assert!(is_closed(socket).await);
}

#[tokio::test]
async fn with_keys_the_url_that_the_dashboard_makes_opens_it_and_another_does_not() {
    let mut config = common::config();
    let known = gnomon_backend::signatures::Keys::parse("AKIDEXAMPLE right").unwrap();
    config.keys = Some(known.into());
    let core = gnomon_backend::net::Core::in_memory(&config).unwrap();
    let server = Server::run(core, config, None).await;
    let endpoint = Endpoint::read(&AwsPlace {
        endpoint: format!("ws://{}", server.http),
        region: "eu-west-1".to_owned(),
    })
    .unwrap();
    let since_1970 = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let now = UnixMillis(since_1970.as_millis() as i64);
    for (secret, token) in [("right", None), ("right", Some("a/+=")), ("wrong", None)] {
        let keys = Keys {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: secret.to_owned(),
            session_token: token.map(str::to_owned),
            expires_at: None,
        };
        let url = signed_url(&endpoint, &keys, now);
        let mut request = url.into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", "mqtt".parse().unwrap());
        match patiently(connect_async(request)).await {
            Ok(_) => assert_eq!(secret, "right"),
            Err(Error::Http(refusal)) => {
                assert_eq!((secret, refusal.status().as_u16()), ("wrong", 403));
            }
            Err(error) => panic!("{error}"),
        }
    }
    server.stop().await;
}
