//! Thousands of clients that connect and then say nothing: the process keeps them all, still serves others, and each
//! costs little memory. Prints how much.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "common/folder.rs"]
mod folder;
#[path = "../benches/load/mod.rs"]
mod load;

use std::io::{Write, stdout};

use folder::Folder;
use gnomon_backend::net::raise_file_limit;
use load::crowd;
use load::process::{Process, gnomon_command};
use load::socket::{Socket, Transport};
use load::usage::memory_mb;

const CROWD: usize = 10_000;
/// Files that this process has open besides its connections.
const OTHER_FILES: u64 = 200;
/// Resident memory of the process for each of them: many times what is measured, so that only a leak is over it.
const KILOBYTES: f64 = 64.0;

#[tokio::test]
async fn ten_thousand_idle_clients_cost_little_and_keep_nobody_out() {
    let room = raise_file_limit().unwrap().saturating_sub(OTHER_FILES);
    let clients = CROWD.min(room as usize);
    for transport in Transport::ALL {
        let folder = Folder::new("crowd");
        let mut command = gnomon_command(folder.path());
        let process = Process::start(command.args(["--http", "127.0.0.1:0"])).await;
        let process = process.unwrap();
        let address = match transport {
            Transport::Tcp => process.address,
            Transport::WebSocket => process
                .address_of("HTTP and WebSocket (/mqtt) on ")
                .unwrap(),
        };
        let before = memory_mb(process.id()).unwrap();
        let crowd = crowd::connect(address, transport, clients).await.unwrap();
        let each = (memory_mb(process.id()).unwrap() - before) * 1e3 / clients as f64;
        let name = transport.name();
        // Written past the capture of the test harness.
        writeln!(
            stdout(),
            "crowd: {clients} idle connections over {name}, {each:.1} KB each"
        )
        .unwrap();
        assert!(each < KILOBYTES, "{each} KB");
        Socket::connect(address, transport, "one more")
            .await
            .unwrap();
        drop(crowd);
        assert!(process.terminate().await.unwrap().success());
    }
}
