//! Where things lie: the repository, Cargo's target folder, the tools that `setup` built.

use std::path::{Path, PathBuf};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    // Cargo sets the variable for `cargo run`; the constant serves a binary started by hand.
    let xtask =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let xtask = PathBuf::from(xtask);
    xtask
        .parent()
        .map_or_else(|| xtask.clone(), Path::to_path_buf)
}

/// Cargo's target folder, wherever the user's configuration has put it: this program lies in it.
pub(crate) fn target() -> PathBuf {
    let exe = std::env::current_exe().unwrap_or_default();
    exe.ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file())
        .map_or_else(|| root().join("target"), Path::to_path_buf)
}

/// The release build of the backend.
pub(crate) fn release_backend() -> PathBuf {
    target().join("release/gnomon-backend")
}

/// The programs that `setup` builds, as `cargo install --root` lays them out.
pub(crate) fn tools() -> PathBuf {
    root().join("target/tools")
}

/// The first `program` on the path that children get.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    search()
        .into_iter()
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// What children search: our own tools, npm's, the user's path, and the folders where
/// distributions keep daemons such as mosquitto.
pub(crate) fn search() -> Vec<PathBuf> {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = vec![tools().join("bin"), root().join("node_modules/.bin")];
    folders.extend(std::env::split_paths(&inherited));
    folders.extend(["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"].map(PathBuf::from));
    folders
}
