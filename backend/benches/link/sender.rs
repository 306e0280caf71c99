//! A broker with one subscriber: whoever subscribed last. Everybody is let in, and every question is answered.
//!
//! `GET /send?messages=N&packets=N&devices=N&rate=N` sends to the subscriber, as fast as it takes it where no rate is
//! given, and answers with the seconds that it took.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use gnomon::mqtt::wire::{self, ConnAck, FrameReader, Packet, SubAck};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::packets::Packets;

/// Long enough for a page to load and subscribe.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes that are made at a time.
const BATCH: usize = 64 * 1024;
/// How often a paced sender sends.
const TICK: Duration = Duration::from_millis(5);

#[derive(Default)]
struct Subscriber {
    stream: Mutex<Option<Arc<Mutex<TcpStream>>>>,
    came: Condvar,
}

/// Serves every connection in a thread of its own, for as long as the process lives.
pub(crate) fn serve(listener: TcpListener) {
    let subscriber = Arc::new(Subscriber::default());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let subscriber = Arc::clone(&subscriber);
            // A page that is closed ends its connection in the middle of anything.
            thread::spawn(move || drop(handle(stream, &subscriber)));
        }
    });
}

fn handle(stream: TcpStream, subscriber: &Subscriber) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut path = String::new();
    let mut key = None;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(rest) = line.strip_prefix("GET ") {
            path = rest.split(' ').next().unwrap_or_default().to_owned();
        }
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("sec-websocket-key") => {
                key = Some(value.trim().to_owned());
            }
            Some(_) => {}
            None if line.trim().is_empty() => break,
            None => {}
        }
    }
    match key {
        Some(key) => answer_client(reader, stream, &key, subscriber),
        None => send(stream, &path, subscriber),
    }
}

fn send(mut control: TcpStream, path: &str, subscriber: &Subscriber) -> io::Result<()> {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let given: HashMap<&str, usize> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter_map(|(name, value)| Some((name, value.parse().ok()?)))
        .collect();
    let number = |name, default| given.get(name).copied().unwrap_or(default);
    let stream = {
        let present = subscriber.stream.lock().unwrap();
        let waited = subscriber
            .came
            .wait_timeout_while(present, PATIENCE, |stream| stream.is_none());
        waited.unwrap().0.clone().ok_or(io::ErrorKind::TimedOut)?
    };
    let mut packets = Packets::new(number("devices", 1_000));
    let (messages, per_frame) = (number("messages", 100_000), number("packets", 1).max(1));
    let began = Instant::now();
    match number("rate", 0) {
        0 => flood(&stream, &mut packets, messages, per_frame)?,
        rate => pace(&stream, &mut packets, messages, per_frame, rate)?,
    }
    let body = began.elapsed().as_secs_f64().to_string();
    let head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: ";
    write!(control, "{head}{}\r\n\r\n{body}", body.len())
}

fn flood(
    stream: &Mutex<TcpStream>,
    packets: &mut Packets,
    mut messages: usize,
    per_frame: usize,
) -> io::Result<()> {
    let mut batch = Vec::with_capacity(2 * BATCH);
    while messages > 0 {
        batch.clear();
        while messages > 0 && batch.len() < BATCH {
            let count = per_frame.min(messages);
            packets.put_frame(count, &mut batch);
            messages -= count;
        }
        stream.lock().unwrap().write_all(&batch)?;
    }
    Ok(())
}

/// Sends what is due, in whole frames but for the last.
fn pace(
    stream: &Mutex<TcpStream>,
    packets: &mut Packets,
    messages: usize,
    per_frame: usize,
    rate: usize,
) -> io::Result<()> {
    let began = Instant::now();
    let mut sent = 0;
    let mut batch = Vec::new();
    while sent < messages {
        let due = (began.elapsed().as_secs_f64() * rate as f64) as usize;
        batch.clear();
        while sent < due.min(messages) {
            let count = per_frame.min(messages - sent);
            packets.put_frame(count, &mut batch);
            sent += count;
        }
        stream.lock().unwrap().write_all(&batch)?;
        thread::sleep(TICK);
    }
    Ok(())
}

/// The broker's half of one connection.
fn answer_client(
    mut reader: BufReader<TcpStream>,
    mut stream: TcpStream,
    key: &str,
    subscriber: &Subscriber,
) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
        derive_accept_key(key.as_bytes())
    )?;
    let stream = Arc::new(Mutex::new(stream));
    let mut frames = FrameReader::new(1 << 16);
    let ended = loop {
        let payload = match client_frame(&mut reader) {
            Ok(Some(payload)) => payload,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        frames.push(payload);
        while let Some(frame) = frames.next_frame().map_err(io::Error::other)? {
            let packet = wire::parse(&frame).map_err(io::Error::other)?;
            if let Some(answer) = answer(&packet) {
                let mut out = BytesMut::new();
                wire::encode(&answer, &mut out).map_err(io::Error::other)?;
                let mut stream = stream.lock().unwrap();
                stream.write_all(&[0x82, out.len() as u8])?;
                stream.write_all(&out)?;
            }
            if let Packet::Subscribe(_) = packet {
                *subscriber.stream.lock().unwrap() = Some(Arc::clone(&stream));
                subscriber.came.notify_all();
            }
        }
    };
    let mut present = subscriber.stream.lock().unwrap();
    if present.as_ref().is_some_and(|it| Arc::ptr_eq(it, &stream)) {
        *present = None;
    }
    ended
}

fn answer(packet: &Packet<'_>) -> Option<Packet<'static>> {
    match packet {
        Packet::Connect(_) => Some(Packet::ConnAck(ConnAck {
            session_present: false,
            code: 0,
        })),
        Packet::Subscribe(subscribe) => Some(Packet::SubAck(SubAck {
            packet_id: subscribe.packet_id,
            codes: vec![0; subscribe.filters.len()],
        })),
        Packet::Publish(publish) => publish.packet_id.map(Packet::PubAck),
        Packet::PingReq => Some(Packet::PingResp),
        _ => None,
    }
}

/// The payload of the next frame of a client, unmasked; None when it says goodbye.
fn client_frame(reader: &mut impl Read) -> io::Result<Option<Bytes>> {
    let mut head = [0; 2];
    reader.read_exact(&mut head)?;
    let len = match head[1] & 0x7f {
        126 => {
            let mut len = [0; 2];
            reader.read_exact(&mut len)?;
            usize::from(u16::from_be_bytes(len))
        }
        127 => return Err(io::ErrorKind::InvalidData.into()),
        len => usize::from(len),
    };
    let mut mask = [0; 4];
    reader.read_exact(&mut mask)?;
    let mut payload = vec![0; len];
    reader.read_exact(&mut payload)?;
    for (index, byte) in payload.iter_mut().enumerate() {
        *byte ^= mask[index % 4];
    }
    Ok((head[0] & 0x0f != 8).then(|| payload.into()))
}
