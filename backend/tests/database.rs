//! What the backend does with a database file that it did not leave so: it refuses, says which file and what to do,
//! and touches nothing; or everything that was promised is there.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../benches/load/client.rs"]
mod client;
#[allow(dead_code)]
#[path = "../benches/load/process.rs"]
mod process;

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use client::{Client, read};
use gnomon::mqtt::wire::Packet;
use gnomon::rng::Rng;
use process::{PATIENCE, Process, gnomon_command};
use redb::{Database, TableDefinition};
use serde_json::Value;

const SHADOWS: usize = 40;
const RETAINED: usize = 20;
const QUEUED: usize = 30;

/// Everything that was promised, by what it is found with.
type Promised = BTreeMap<String, String>;

/// An empty folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("database-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn file(folder: &Path) -> PathBuf {
    folder.join("gnomon.redb")
}

/// A database that the backend itself left behind when it ended, as bytes, and what is promised by it.
async fn good(name: &str) -> (Vec<u8>, Promised) {
    let folder = folder(name);
    let process = Process::gnomon(&folder).await.unwrap();
    fill(process.address).await;
    let promised = look(process.address).await;
    assert_eq!(promised.len(), SHADOWS + RETAINED + QUEUED);
    assert!(process.terminate().await.unwrap().success());
    (fs::read(file(&folder)).unwrap(), promised)
}

async fn fill(address: SocketAddr) {
    let (mut subscriber, _) = Client::resume(address, "absent", false).await.unwrap();
    subscriber.subscribe(&["queue"], 1).await.unwrap();
    drop(subscriber);
    let mut client = Client::connect(address, "fill").await.unwrap();
    for number in 0..SHADOWS {
        let topic = format!("$aws/things/thing-{number}/shadow/update");
        let text = "value ".repeat(number * 7);
        let payload = format!(r#"{{"state":{{"reported":{{"text":"{text}"}}}}}}"#);
        client.publish(&topic, payload.as_bytes(), false).unwrap();
    }
    for number in 0..RETAINED {
        let payload = "retained ".repeat(number * 9 + 1);
        let topic = format!("retained/{number}");
        client.publish(&topic, payload.as_bytes(), true).unwrap();
    }
    for number in 0..QUEUED {
        let payload = format!("{number} {}", "queued ".repeat(number * 5));
        client.publish("queue", payload.as_bytes(), false).unwrap();
    }
    client.flush().await.unwrap();
    for _ in 0..SHADOWS + RETAINED + QUEUED {
        let frame = client.next().await.unwrap();
        assert!(matches!(read(&frame).unwrap(), Packet::PubAck(_)));
    }
}

/// Everything that is there, and nothing is acknowledged.
async fn look(address: SocketAddr) -> Promised {
    let mut client = Client::connect(address, "look").await.unwrap();
    let answers = "$aws/things/+/shadow/get/+";
    client.subscribe(&[answers], 0).await.unwrap();
    for number in 0..SHADOWS {
        let topic = format!("$aws/things/thing-{number}/shadow/get");
        client.publish(&topic, b"", false).unwrap();
    }
    client.flush().await.unwrap();
    let mut there = take(&mut client, SHADOWS).await;
    client.queue_subscribe(&["retained/+"], 0).unwrap();
    client.flush().await.unwrap();
    there.extend(take(&mut client, RETAINED).await);
    let (mut subscriber, present) = Client::resume(address, "absent", false).await.unwrap();
    assert!(present);
    there.extend(take(&mut subscriber, QUEUED).await);
    there
}

/// As many messages as there must be, in a form that says the same at any time.
async fn take(client: &mut Client, count: usize) -> Promised {
    let mut there = Promised::new();
    while there.len() < count {
        let frame = tokio::time::timeout(PATIENCE, client.next()).await;
        let frame = frame.unwrap().unwrap();
        if let Packet::Publish(publish) = read(&frame).unwrap() {
            let mut text = String::from_utf8(publish.payload.to_vec()).unwrap();
            if let Ok(Value::Object(mut body)) = serde_json::from_str(&text) {
                // Of an answer; the metadata have their own.
                body.remove("timestamp");
                text = Value::Object(body).to_string();
            }
            let place = match publish.topic {
                "queue" => format!("queue {}", there.len()),
                topic => topic.to_owned(),
            };
            there.insert(place, text);
        }
    }
    there
}

/// The process ends at once with code 1 and a sentence that says where and what to do.
async fn refuses(data: &Path, words: &[&str]) {
    let mut command = gnomon_command(data);
    let output = command.stderr(Stdio::piped()).output();
    let output = tokio::time::timeout(PATIENCE, output).await;
    let output = output.unwrap().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert_eq!(error.trim_end().lines().count(), 1, "{error}");
    for words in [words, &[data.to_str().unwrap(), "--data"]].concat() {
        assert!(error.contains(words), "{words} is not in: {error}");
    }
    assert!(!String::from_utf8(output.stdout).unwrap().contains("ready"));
}

/// A file with these bytes is refused, and left as it is.
async fn refuses_bytes(data: &Path, bytes: &[u8], words: &[&str]) {
    fs::write(file(data), bytes).unwrap();
    let words = [words, &["gnomon.redb", "left as it is", "restore it"]].concat();
    refuses(data, &words).await;
    let left = fs::read(file(data)).unwrap();
    assert!(left == bytes, "the refused file was changed");
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_left_as_it_is() {
    let data = folder("foreign");
    let text = "These are my notes.\n".repeat(100);
    refuses_bytes(&data, b"x", &[]).await;
    refuses_bytes(&data, text.as_bytes(), &[]).await;
    refuses_bytes(&data, &[0; 8192], &[]).await;
    let mut rng = Rng::new(1);
    let noise: Vec<u8> = (0..100_000).map(|_| rng.next_u64() as u8).collect();
    refuses_bytes(&data, &noise, &[]).await;
    // Nothing can be lost with it, and the backend itself never leaves one.
    fs::write(file(&data), b"").unwrap();
    let process = Process::gnomon(&data).await.unwrap();
    fill(process.address).await;
}

#[tokio::test]
async fn the_database_of_another_program_is_refused() {
    let data = folder("other-program");
    let place = data.join("other.redb");
    let database = Database::create(&place).unwrap();
    let transaction = database.begin_write().unwrap();
    let table = TableDefinition::<&str, &str>::new("shadows");
    transaction
        .open_table(table)
        .unwrap()
        .insert("a", "b")
        .unwrap();
    transaction.commit().unwrap();
    drop(database);
    refuses_bytes(&data, &fs::read(&place).unwrap(), &[]).await;
}

#[tokio::test]
async fn a_newer_format_is_refused_by_its_number() {
    let (bytes, _) = good("newer-format-good").await;
    let data = folder("newer-format");
    let place = data.join("newer.redb");
    fs::write(&place, bytes).unwrap();
    let database = Database::open(&place).unwrap();
    let transaction = database.begin_write().unwrap();
    let about = TableDefinition::<&str, u64>::new("gnomon");
    transaction
        .open_table(about)
        .unwrap()
        .insert("format", 77)
        .unwrap();
    transaction.commit().unwrap();
    drop(database);
    refuses_bytes(&data, &fs::read(&place).unwrap(), &["77"]).await;
}

#[tokio::test]
async fn a_file_that_was_cut_is_refused() {
    let (bytes, _) = good("cut-good").await;
    let data = folder("cut");
    for len in [
        1,
        100,
        4096,
        bytes.len() / 2,
        bytes.len() - 4096,
        bytes.len() - 1,
    ] {
        refuses_bytes(&data, &bytes[..len], &[]).await;
    }
}

#[tokio::test]
async fn a_flipped_bit_is_refused_or_harms_nothing() {
    let (bytes, promised) = good("flipped-good").await;
    let data = folder("flipped");
    let mut rng = Rng::new(2);
    let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    let mut places: Vec<usize> = (0..320).step_by(8).collect();
    places.extend((0..60).map(|_| used[rng.below(used.len() as u64) as usize]));
    places.extend((0..20).map(|_| rng.below(bytes.len() as u64) as usize));
    let mut refused = 0;
    for place in places {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << rng.below(8);
        fs::write(file(&data), &flipped).unwrap();
        let mut command = gnomon_command(&data);
        match Process::start(command.stderr(Stdio::null())).await {
            Ok(process) => {
                let there = look(process.address).await;
                assert!(
                    there == promised,
                    "byte {place}: started, but not with what was promised"
                );
                process.kill().await.unwrap();
            }
            Err(_) => {
                refuses_bytes(&data, &flipped, &[]).await;
                refused += 1;
            }
        }
    }
    assert!(refused > 50, "only {refused} were refused");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let data = folder("unwritable");
    let notes = data.join("notes.txt");
    fs::write(&notes, "mine").unwrap();
    refuses(&notes, &[]).await;
    let below = data.join("below");
    fs::create_dir_all(file(&below)).unwrap();
    refuses(&below, &["gnomon.redb"]).await;
    // Even root makes no file here.
    #[cfg(target_os = "linux")]
    refuses(Path::new("/proc"), &[]).await;
}

#[tokio::test]
async fn a_second_process_on_the_same_folder_is_refused_and_the_first_goes_on() {
    let data = folder("in-use");
    let first = Process::gnomon(&data).await.unwrap();
    fill(first.address).await;
    let promised = look(first.address).await;
    refuses(&data, &["using"]).await;
    assert_eq!(look(first.address).await, promised);
    first.terminate().await.unwrap();
    let again = Process::gnomon(&data).await.unwrap();
    assert_eq!(look(again.address).await, promised);
}
