//! What the backend does with a database file that it did not leave so: it refuses, says which file and what to do,
//! and touches nothing; or everything that was promised is there.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../benches/load/client.rs"]
mod client;
#[allow(dead_code)]
#[path = "common/folder.rs"]
mod folder;
#[allow(dead_code)]
#[path = "../benches/load/process.rs"]
mod process;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use client::{Client, read};
use gnomon::mqtt::wire::Packet;
use gnomon::rng::Rng;
use process::{PATIENCE, Process, gnomon_command};
use redb::{Database, TableDefinition};
use serde_json::Value;
use tokio::process::Command;

const SHADOWS: usize = 40;
const RETAINED: usize = 20;
const QUEUED: usize = 30;
/// More shadows than have room on the smallest disk here.
const MOST: usize = 10_000;
/// The byte of the file with one bit that tells which of the last two transactions counts. Nothing vouches for that
/// bit, and after a kill either may be the one.
const CHOICE: usize = 9;

/// Everything that was promised, by what it is found with.
type Promised = BTreeMap<String, String>;

/// An empty folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    folder::fresh(&format!("database-{name}"))
}

fn file(folder: &Path) -> PathBuf {
    folder.join("gnomon.redb")
}

/// How a process ended.
#[derive(Clone, Copy, Debug)]
enum Ended {
    Terminated,
    Killed,
}

/// A database that the backend itself left behind, as bytes, and what is promised by it.
async fn good(name: &str, ended: Ended) -> (Vec<u8>, Promised) {
    let folder = folder(name);
    let process = Process::gnomon(&folder).await.unwrap();
    fill(process.address).await;
    let promised = look(process.address).await;
    assert_eq!(promised.len(), SHADOWS + RETAINED + QUEUED);
    match ended {
        Ended::Terminated => assert!(process.terminate().await.unwrap().success()),
        Ended::Killed => process.kill().await.unwrap(),
    }
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
    client
        .queue_subscribe(&["$aws/things/+/shadow/get/+", "retained/+"], 0)
        .unwrap();
    for number in 0..SHADOWS {
        let topic = format!("$aws/things/thing-{number}/shadow/get");
        client.publish(&topic, b"", false).unwrap();
    }
    let mut there = take(&mut client).await;
    let (mut subscriber, _) = Client::resume(address, "absent", false).await.unwrap();
    there.extend(take(&mut subscriber).await);
    there
}

/// The messages that come before the answer to a PINGREQ, in a form that says the same at any time.
async fn take(client: &mut Client) -> Promised {
    client.queue(&Packet::PingReq).unwrap();
    client.flush().await.unwrap();
    let mut there = Promised::new();
    loop {
        let frame = tokio::time::timeout(PATIENCE, client.next()).await;
        let frame = frame.unwrap().unwrap();
        match read(&frame).unwrap() {
            Packet::PingResp => return there,
            Packet::Publish(publish) => {
                let place = match publish.topic {
                    "queue" => format!("queue {}", there.len()),
                    topic => topic.to_owned(),
                };
                there.insert(place, timeless(publish.payload));
            }
            _ => {}
        }
    }
}

/// A payload without the time of the answer; the times in the metadata stay.
fn timeless(payload: &[u8]) -> String {
    match serde_json::from_slice(payload) {
        Ok(Value::Object(mut body)) => {
            body.remove("timestamp");
            Value::Object(body).to_string()
        }
        _ => String::from_utf8(payload.to_vec()).unwrap(),
    }
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

/// A file with these bytes is refused and left as it is, or nothing that was promised is missing.
async fn is_refused_or_whole(data: &Path, bytes: &[u8], promised: &Promised) {
    fs::write(file(data), bytes).unwrap();
    let mut command = gnomon_command(data);
    match Process::start(command.stderr(Stdio::null())).await {
        Ok(process) => {
            let there = look(process.address).await;
            assert!(there == *promised, "it starts with less than was promised");
            process.kill().await.unwrap();
        }
        Err(_) => refuses_bytes(data, bytes, &[]).await,
    }
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
    let (bytes, _) = good("newer-format-good", Ended::Terminated).await;
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
async fn a_file_of_before_there_were_policies_is_read() {
    let (bytes, promised) = good("older-good", Ended::Terminated).await;
    let data = folder("older");
    fs::write(file(&data), bytes).unwrap();
    let database = Database::open(file(&data)).unwrap();
    let transaction = database.begin_write().unwrap();
    let policies = TableDefinition::<&[u8], &[u8]>::new("policies");
    assert!(transaction.delete_table(policies).unwrap());
    transaction.commit().unwrap();
    drop(database);
    let process = Process::gnomon(&data).await.unwrap();
    assert_eq!(look(process.address).await, promised);
    assert!(process.terminate().await.unwrap().success());
}

#[tokio::test]
async fn a_file_that_was_cut_is_refused_unless_nothing_is_missing() {
    for ended in [Ended::Terminated, Ended::Killed] {
        let (bytes, promised) = good("cut-good", ended).await;
        let data = folder("cut");
        let len = bytes.len();
        for cut in [1, 100, 4096, len / 2] {
            refuses_bytes(&data, &bytes[..cut], &[]).await;
        }
        // After a kill there may be room at the end that nothing was written to yet.
        for cut in [len - 4096, len - 1] {
            is_refused_or_whole(&data, &bytes[..cut], &promised).await;
        }
    }
}

#[tokio::test]
async fn a_flipped_bit_after_a_clean_end_is_refused_or_harms_nothing() {
    flips("flipped", Ended::Terminated).await;
}

/// The last transaction may be damaged, but it must not be taken for one that was never finished.
#[tokio::test]
async fn a_flipped_bit_after_a_kill_is_refused_or_harms_nothing() {
    flips("flipped-killed", Ended::Killed).await;
}

async fn flips(name: &str, ended: Ended) {
    let (bytes, promised) = good(&format!("{name}-good"), ended).await;
    let data = folder(name);
    let mut rng = Rng::new(2);
    let mut flip = |place: usize| {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << rng.below(8);
        flipped
    };
    for place in vital(&bytes) {
        refuses_bytes(&data, &flip(place), &[]).await;
    }
    for place in places(&bytes) {
        is_refused_or_whole(&data, &flip(place), &promised).await;
    }
}

/// Places of the header without which nothing can be found: its first bytes, the size of a page, and the last
/// transaction, which is the first or the second of two.
fn vital(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let last = 64 + 128 * usize::from(bytes[CHOICE] & 1);
    [0, 8, 12].into_iter().chain((last..last + 128).step_by(8))
}

/// Others of the header, bytes that hold something, and bytes anywhere.
fn places(bytes: &[u8]) -> Vec<usize> {
    let mut rng = Rng::new(3);
    let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    let mut places: Vec<usize> = (4..320).step_by(16).collect();
    places.extend((0..80).map(|_| used[rng.below(used.len() as u64) as usize]));
    places.extend((0..20).map(|_| rng.below(bytes.len() as u64) as usize));
    places.retain(|at| *at != CHOICE);
    places
}

/// A shell that lets no file grow beyond so many bytes, and then becomes the backend.
fn gnomon_within(data: &Path, bytes: u64) -> Command {
    let plain = gnomon_command(data);
    let plain = plain.as_std();
    let blocks = bytes / 512;
    let script = format!(r#"trap "" XFSZ; ulimit -f {blocks}; exec "$0" "$@""#);
    let mut command = Command::new("sh");
    command
        .args(["-c", &script])
        .arg(plain.get_program())
        .args(plain.get_args())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Creates shadows until the process ends. Returns of how many first ones that was acknowledged.
async fn create_until_the_end(address: SocketAddr) -> io::Result<usize> {
    const IN_FLIGHT: usize = 50;
    let mut client = Client::connect(address, "create").await?;
    let mut acknowledged = 0;
    for number in 0..MOST {
        let topic = format!("$aws/things/many-{number}/shadow/update");
        let text = "x".repeat(4000);
        let payload = format!(r#"{{"state":{{"reported":{{"text":"{text}"}}}}}}"#);
        client.publish(&topic, payload.as_bytes(), false)?;
        if number < IN_FLIGHT {
            continue;
        }
        let answered = async {
            client.flush().await?;
            client.next().await
        };
        match tokio::time::timeout(PATIENCE, answered).await? {
            Ok(frame) => assert!(matches!(read(&frame)?, Packet::PubAck(_))),
            Err(_) => return Ok(acknowledged),
        }
        acknowledged += 1;
    }
    panic!("the disk never failed");
}

#[tokio::test]
async fn a_disk_that_fails_ends_the_process_and_nothing_that_was_acknowledged() {
    let data = folder("failing");
    let process = Process::gnomon(&data).await.unwrap();
    assert!(process.terminate().await.unwrap().success());
    let full = fs::metadata(file(&data)).unwrap().len() + 1_000_000;
    let log = data.join("stderr");
    let mut limited = gnomon_within(&data, full);
    limited.stderr(fs::File::create(&log).unwrap());
    let process = Process::start(&mut limited).await.unwrap();
    let acknowledged = create_until_the_end(process.address).await.unwrap();
    assert_eq!(process.ended().await.unwrap().code(), Some(1));
    let error = fs::read_to_string(&log).unwrap();
    assert_eq!(error.lines().count(), 1, "{error}");
    for words in [file(&data).to_str().unwrap(), "make room"] {
        assert!(error.contains(words), "{words} is not in: {error}");
    }
    assert!(acknowledged > 0);
    let process = Process::gnomon(&data).await.unwrap();
    let mut client = Client::connect(process.address, "look").await.unwrap();
    client
        .subscribe(&["$aws/things/+/shadow/get/accepted"], 0)
        .await
        .unwrap();
    for number in 0..acknowledged {
        let topic = format!("$aws/things/many-{number}/shadow/get");
        client.publish(&topic, b"", false).unwrap();
    }
    assert_eq!(take(&mut client).await.len(), acknowledged);
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
