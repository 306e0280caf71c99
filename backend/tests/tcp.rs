//! MQTT over real TCP sockets, byte for byte.

#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
mod common;

use common::{CONNACK, Server, connect, connect_with, publish, publish_1, subscribe};

#[tokio::test]
async fn a_message_goes_from_one_client_to_another() {
    let server = Server::start().await;
    let mut subscriber = server.client("s").await;
    subscriber.subscribe("étage/+", 1).await;
    let mut publisher = server.client("p").await;
    publisher.send(&publish_1("étage/1", 9, "hello")).await;
    publisher.expect(&[0x40, 2, 0, 9]).await;
    subscriber.expect(&publish_1("étage/1", 1, "hello")).await;
    subscriber.send(&[0x40, 2, 0, 1]).await;
    publisher.send(&publish("étage/1", "again", 0)).await;
    subscriber.expect(&publish("étage/1", "again", 0)).await;
    server.stop().await;
}

#[tokio::test]
async fn leading_wildcards_do_not_see_the_service() {
    let server = Server::start().await;
    let mut all = server.client("all").await;
    all.subscribe("#", 0).await;
    let mut shadows = server.client("shadows").await;
    shadows
        .subscribe("$aws/things/+/shadow/update/accepted", 0)
        .await;
    shadows
        .send(&publish(
            "$aws/things/a/shadow/update",
            r#"{"state":{}}"#,
            0,
        ))
        .await;
    shadows.expect(&[0x30]).await;
    all.send(&publish("a", "first", 0)).await;
    all.expect(&publish("a", "first", 0)).await;
    server.stop().await;
}

#[tokio::test]
async fn retained_messages_meet_the_late() {
    let server = Server::start().await;
    let mut publisher = server.client("p").await;
    publisher.send(&publish("a/b", "kept", 1)).await;
    publisher.send(&[0xc0, 0]).await;
    publisher.expect(&[0xd0, 0]).await;
    let mut late = server.client("late").await;
    late.subscribe("a/#", 0).await;
    late.expect(&publish("a/b", "kept", 1)).await;
    server.stop().await;
}

#[tokio::test]
async fn a_lost_connection_sends_its_will() {
    let server = Server::start().await;
    let mut watcher = server.client("w").await;
    watcher.subscribe("wills", 0).await;
    let mut mortal = server.open().await;
    mortal
        .send(&connect_with("m", 0b110, &["wills", "gone"]))
        .await;
    mortal.expect(CONNACK).await;
    drop(mortal);
    watcher.expect(&publish("wills", "gone", 0)).await;
    server.stop().await;
}

#[tokio::test]
async fn a_newcomer_takes_the_client_identifier() {
    let server = Server::start().await;
    let old = server.client("same").await;
    let mut new = server.client("same").await;
    old.expect_end().await;
    new.subscribe("t", 0).await;
    server.stop().await;
}

#[tokio::test]
async fn a_lasting_session_keeps_qos_1() {
    let server = Server::start().await;
    let mut first = server.open().await;
    first.send(&connect_with("lasting", 0, &[])).await;
    first.expect(CONNACK).await;
    first.subscribe("t", 1).await;
    first.send(&[0xe0, 0]).await;
    first.expect_end().await;
    let mut publisher = server.client("p").await;
    publisher.send(&publish_1("t", 1, "kept")).await;
    publisher.expect(&[0x40, 2, 0, 1]).await;
    let mut second = server.open().await;
    second.send(&connect_with("lasting", 0, &[])).await;
    second.expect(&[0x20, 2, 1, 0]).await;
    second.expect(&publish_1("t", 1, "kept")).await;
    server.stop().await;
}

#[tokio::test]
async fn packets_come_byte_by_byte_and_a_hundred_at_once() {
    let server = Server::start().await;
    let mut client = server.open().await;
    let mut stream = connect("a");
    stream.extend(subscribe("t", 0));
    for byte in stream {
        client.send(&[byte]).await;
        tokio::task::yield_now().await;
    }
    client.expect(CONNACK).await;
    client.expect(&[0x90, 3, 0, 1, 0]).await;
    let hundred = publish("t", "x", 0).repeat(100);
    client.send(&hundred).await;
    client.expect(&hundred).await;
    server.stop().await;
}

#[tokio::test]
async fn what_breaks_the_protocol_is_closed() {
    let server = Server::start().await;
    let connected: [&[u8]; 6] = [
        // A PUBLISH that claims 256 MB.
        &[0x30, 0xff, 0xff, 0xff, 0x7f],
        // QoS 2.
        &[0x34, 6, 0, 1, b't', 0, 1, b'x'],
        // U+0000 in a topic.
        &[0x30, 4, 0, 1, 0, b'x'],
        // A topic of the service.
        &[0x30, 7, 0, 5, b'$', b'S', b'Y', b'S', b'/'],
        // A second CONNECT.
        &connect("again"),
        // A packet that only brokers send.
        &[0xd0, 0],
    ];
    for bytes in connected {
        let mut client = server.client("bad").await;
        client.send(bytes).await;
        client.expect_end().await;
    }
    for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], &publish("t", "early", 0)] {
        let mut client = server.open().await;
        client.send(bytes).await;
        client.expect_end().await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_refused_client_hears_why() {
    let server = Server::start().await;
    let mut client = server.open().await;
    client.send(&connect_with("", 0, &[])).await;
    client.expect(&[0x20, 2, 0, 2]).await;
    client.expect_end().await;
    server.stop().await;
}

#[tokio::test]
async fn a_burst_is_not_lost_when_the_subscriber_keeps_reading() {
    let server = Server::start().await;
    let mut subscriber = server.client("s").await;
    subscriber.subscribe("t", 0).await;
    let mut publisher = server.client("p").await;
    let thousand = publish("t", &"x".repeat(100), 0).repeat(1000);
    let burst = thousand.clone();
    let sending = tokio::spawn(async move {
        for _ in 0..200 {
            publisher.send(&burst).await;
        }
        publisher
    });
    for _ in 0..200 {
        subscriber.expect(&thousand).await;
    }
    drop(sending.await.unwrap());
    server.stop().await;
}

#[tokio::test]
async fn a_subscriber_that_does_not_read_holds_up_nobody() {
    let server = Server::start().await;
    let mut stalled = server.client("stalled").await;
    stalled.subscribe("t", 0).await;
    let mut publisher = server.client("p").await;
    let thousand = publish("t", &"x".repeat(100), 0).repeat(1000);
    // Far more than sockets and outbox hold.
    for _ in 0..200 {
        publisher.send(&thousand).await;
    }
    publisher.send(&[0xc0, 0]).await;
    publisher.expect(&[0xd0, 0]).await;
    let mut other = server.client("other").await;
    other.subscribe("u", 0).await;
    publisher.send(&publish("u", "here", 0)).await;
    other.expect(&publish("u", "here", 0)).await;
    server.stop().await;
}

#[tokio::test]
async fn stopping_closes_every_connection() {
    let server = Server::start().await;
    let client = server.client("a").await;
    let silent = server.open().await;
    server.stop().await;
    client.expect_end().await;
    silent.expect_end().await;
}
