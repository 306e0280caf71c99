//! `cargo xtask bench link`: what a page in Chromium receives, beside MQTT.js and a page that only counts.
//!
//! This is the sender, the same for every page: it listens on a port of the loopback and plays the broker. What is
//! measured, and how, stands in tests/bench/link.mjs, which this program starts and hands its arguments to.

#![allow(clippy::unwrap_used)]

#[path = "link/packets.rs"]
mod packets;
#[path = "link/sender.rs"]
mod sender;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<bool> {
    // Cargo's own word to a benchmark.
    let arguments: Vec<_> = std::env::args_os()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    sender::serve(listener);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let status = Command::new("node")
        .arg("tests/bench/link.mjs")
        .args(arguments)
        .current_dir(root)
        .env("GNOMON_SENDER", address.to_string())
        .status()?;
    Ok(status.success())
}
