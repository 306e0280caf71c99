//! Makes sure that everything a command needs is there, and says nothing when it is. What each
//! need means lies in the files below; this one only knows which there are.

pub(crate) mod aws_cli;
pub(crate) mod moto;
mod npm;
mod python;
mod system;
mod tools;
mod wasm;

use crate::failure::Failure;
pub(crate) use system::{CERTUTIL, CHROMEDRIVER, CHROMIUM, MOSQUITTO, Program};
use system::{IP, JQ, MOSQUITTO_CLIENTS};
pub(crate) use wasm::Toolchain;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Need {
    /// The standard library for wasm32.
    Wasm,
    Trunk,
    WasmBindgen,
    /// The packages of package-lock.json, and the base map that is made from some of them.
    Npm,
    /// Chromium and its driver.
    Browser,
    /// What the browser's trust is set with.
    Certutil,
    /// The broker.
    Mosquitto,
    MosquittoClients,
    /// The article's own tool with a Python to run it, and jq to read what it prints.
    AwsCli,
    /// A foreign S3, with a Python to run it.
    Moto,
    CargoDeny,
}

impl Need {
    pub(crate) const ALL: &[Self] = &[
        Self::Wasm,
        Self::Trunk,
        Self::WasmBindgen,
        Self::Npm,
        Self::Browser,
        Self::Certutil,
        Self::Mosquitto,
        Self::MosquittoClients,
        Self::AwsCli,
        Self::Moto,
        Self::CargoDeny,
    ];
    /// What it takes to build and serve the dashboard.
    pub(crate) const DASHBOARD: &[Self] = &[Self::Wasm, Self::Trunk, Self::WasmBindgen, Self::Npm];
}

/// Installs what is missing, the quick and the likely to fail first. Gives the toolchain for
/// wasm32, which is the user's own where nobody asked for wasm32.
pub(crate) fn ensure(needs: &[Need]) -> Result<Toolchain, Failure> {
    let needed = |need| needs.contains(&need);
    let mut programs = Vec::new();
    if needed(Need::Browser) {
        programs.extend([CHROMIUM, CHROMEDRIVER]);
    }
    if needed(Need::Certutil) {
        programs.push(CERTUTIL);
    }
    if needed(Need::MosquittoClients) {
        programs.push(MOSQUITTO_CLIENTS);
    }
    if needed(Need::Mosquitto) {
        programs.extend([MOSQUITTO, IP]);
    }
    if needed(Need::AwsCli) {
        programs.push(JQ);
    }
    system::ensure(&programs)?;
    if needed(Need::AwsCli) {
        aws_cli::ensure()?;
    }
    if needed(Need::Moto) {
        moto::ensure()?;
    }
    if needed(Need::Npm) {
        npm::ensure()?;
    }
    let toolchain = if needed(Need::Wasm) {
        wasm::ensure()?
    } else {
        Toolchain::Own
    };
    if needed(Need::WasmBindgen) {
        tools::ensure(&tools::wasm_bindgen()?)?;
    }
    if needed(Need::Trunk) {
        tools::ensure(&tools::trunk())?;
    }
    if needed(Need::CargoDeny) {
        tools::ensure(&tools::cargo_deny())?;
    }
    Ok(toolchain)
}
