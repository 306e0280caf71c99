//! The standard library for wasm32: the user's own toolchain has it or gets it from rustup. Where
//! rustup cannot fetch it, Debian's compiler takes its place, with a library built from Debian's
//! sources.

use super::system::{apt_install, apt_works, as_root, first_line};
use crate::command::command;
use crate::failure::Failure;
use crate::paths;
use crate::progress;
use crate::stamp::Stamp;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CLIPPY: &str = "/usr/bin/clippy-driver";
const DEBIAN_LINKER: &str = "wasm-ld-22";
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";
const DEBIAN_PACKAGES: &[&str] = &[
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-clippy",
    "lld-22",
];
/// The scratch crate that the library is built for. A name that no crate of the library has:
/// its own rlib must be told from theirs.
const SCRATCH: &str = "gnomon_scratch";
const REQUEST: &str = "\
The standard library for wasm32-unknown-unknown is missing, and could not be installed from here.
Please run `rustup target add wasm32-unknown-unknown` and then this again.
On Debian it is also enough to run this once as root.";

/// The toolchain that compiles for wasm32.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Toolchain {
    /// The one that compiles everything else.
    Own,
    /// Debian's, linked into rustup under the name `debian`.
    Debian,
}

impl Toolchain {
    /// Makes the command, and whatever it starts, compile for wasm32 with this toolchain.
    pub(crate) fn apply(self, command: &mut Command) -> &mut Command {
        match self {
            Self::Own => command,
            Self::Debian => command
                .env("RUSTUP_TOOLCHAIN", "debian")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER),
        }
    }
}

pub(super) fn ensure() -> Result<Toolchain, Failure> {
    if own_has_std() {
        return Ok(Toolchain::Own);
    }
    if debian_is_ready() {
        return Ok(Toolchain::Debian);
    }
    if paths::find("rustup").is_none() {
        return Err(Failure::message(REQUEST));
    }
    match progress::run(
        "rustup target add wasm32",
        &mut command("rustup", ["target", "add", TARGET]),
    ) {
        Ok(_) if own_has_std() => return Ok(Toolchain::Own),
        Err(Failure::Stopped) => return Err(Failure::Stopped),
        // rustup has no network here; the distribution may have what it takes.
        _ => {}
    }
    if !apt_works() {
        return Err(Failure::message(REQUEST));
    }
    install_debian()?;
    if debian_is_ready() {
        Ok(Toolchain::Debian)
    } else {
        Err(Failure::message(REQUEST))
    }
}

fn own_has_std() -> bool {
    let sysroot = first_line(&mut command("rustc", ["--print", "sysroot"]));
    sysroot.is_some_and(|sysroot| {
        has_std(
            &Path::new(&sysroot)
                .join("lib/rustlib")
                .join(TARGET)
                .join("lib"),
        )
    })
}

fn has_std(library: &Path) -> bool {
    let entries = fs::read_dir(library).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .any(|name| name.starts_with("libstd-") && name.ends_with(".rlib"))
}

fn debian_is_ready() -> bool {
    let library = Path::new(DEBIAN_LIBRARY);
    let linked = || first_line(command("rustc", ["--version"]).env("RUSTUP_TOOLCHAIN", "debian"));
    paths::find(DEBIAN_LINKER).is_some()
        && Path::new(DEBIAN_CLIPPY).is_file()
        && has_std(library)
        && debian_version().is_some_and(|version| {
            stamp(library, &version).is_current() && linked() == Some(version)
        })
}

fn debian_version() -> Option<String> {
    first_line(&mut command(DEBIAN_RUSTC, ["--version"]))
}

/// The library fits the one compiler that built it.
fn stamp(library: &Path, version: &str) -> Stamp {
    Stamp::new(library.join("built-by"), version.to_owned())
}

fn install_debian() -> Result<(), Failure> {
    apt_install(DEBIAN_PACKAGES)?;
    let version = debian_version().ok_or_else(|| Failure::message(REQUEST))?;
    let library = Path::new(DEBIAN_LIBRARY);
    if !(has_std(library) && stamp(library, &version).is_current()) {
        let built = build_std(&paths::target().join("wasm-std"), &version)?;
        replace(library, &built)?;
    }
    let mut link = command("rustup", ["toolchain", "link", "debian", "/usr"]);
    progress::run("rustup toolchain link debian", &mut link).map(drop)
}

/// Builds the library in an empty folder (with an older build in it, two copies would meet) and
/// gives the folder that holds the rlibs and their stamp.
fn build_std(folder: &Path, version: &str) -> Result<PathBuf, Failure> {
    let io = |error: std::io::Error| {
        Failure::io(format_args!("cannot write {}", folder.display()), &error)
    };
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(io)?;
    }
    fs::create_dir_all(folder.join("src")).map_err(io)?;
    let manifest = format!("[package]\nname = \"{SCRATCH}\"\nedition = \"2024\"\n[workspace]\n");
    fs::write(folder.join("Cargo.toml"), manifest).map_err(io)?;
    fs::write(folder.join("src/lib.rs"), "").map_err(io)?;

    let mut build = command(
        "/usr/bin/cargo",
        [
            "build",
            "--release",
            "-Zbuild-std=std,panic_abort,panic_unwind,test,proc_macro",
            "--target",
            TARGET,
        ],
    );
    build
        .current_dir(folder)
        .env("PATH", "/usr/bin:/bin")
        .env("RUSTC", DEBIAN_RUSTC)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        // The library's sources use unstable features; link-time optimization needs the bitcode.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes");
    progress::run("build std for wasm32 (once, a minute or two)", &mut build)?;

    let library = folder.join("lib");
    fs::create_dir_all(&library).map_err(io)?;
    for entry in
        fs::read_dir(folder.join("target").join(TARGET).join("release/deps")).map_err(io)?
    {
        let entry = entry.map_err(io)?;
        if entry.file_name().to_str().is_some_and(is_of_std) {
            fs::copy(entry.path(), library.join(entry.file_name())).map_err(io)?;
        }
    }
    stamp(&library, version).write()?;
    Ok(library)
}

fn is_of_std(file: &str) -> bool {
    file.ends_with(".rlib") && !file.starts_with(&format!("lib{SCRATCH}-"))
}

/// Puts the folder in the library's place with one rename, so that no build meets half of it.
fn replace(library: &Path, built: &Path) -> Result<(), Failure> {
    let (to, from) = (library.display(), built.display());
    let script = format!(
        "set -e; mkdir -p '{to}'; rm -rf '{to}.new' '{to}.old'; cp -r '{from}' '{to}.new'; \
         mv '{to}' '{to}.old'; mv '{to}.new' '{to}'; rm -rf '{to}.old'"
    );
    progress::run(
        "install std for wasm32",
        &mut as_root("sh", &["-c", &script]),
    )
    .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scratch_crate_s_own_library_is_left_out() {
        assert!(is_of_std("libstd-723a93f9dad40af0.rlib"));
        assert!(!is_of_std("libgnomon_scratch-723a93f9dad40af0.rlib"));
        assert!(!is_of_std("libstd-723a93f9dad40af0.rmeta"));
    }

    #[test]
    fn only_debian_s_toolchain_changes_a_command() {
        let mut own = Command::new("cargo");
        assert_eq!(Toolchain::Own.apply(&mut own).get_envs().count(), 0);
        let mut debian = Command::new("cargo");
        Toolchain::Debian.apply(&mut debian);
        assert!(debian.get_envs().any(|(name, value)| name == "RUSTUP_TOOLCHAIN" && value == Some("debian".as_ref())));
    }

    #[test]
    fn a_replaced_library_holds_only_the_new_files() {
        let folder = std::env::temp_dir().join(format!("xtask-library-{}", std::process::id()));
        let (library, built) = (folder.join("deep/lib"), folder.join("built"));
        fs::create_dir_all(&library).unwrap();
        fs::create_dir_all(&built).unwrap();
        fs::write(library.join("old.rlib"), "").unwrap();
        fs::write(built.join("libstd-1.rlib"), "").unwrap();
        replace(&library, &built).unwrap();
        assert!(has_std(&library));
        assert!(!library.join("old.rlib").exists());
        assert!(!folder.join("deep/lib.old").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
