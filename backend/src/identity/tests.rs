//! The files of an identity: made once, renewed in time, and refused whole when a part of them is wrong.

use super::*;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;

const NOW: UnixMillis = UnixMillis(1_795_400_000_000);
const DAY: i64 = 24 * 60 * 60 * 1000;

/// A folder of this test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("gnomon-identity-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn open(folder: &Path, names: &[&str], now: UnixMillis) -> Result<Pair, IdentityError> {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    server(folder, &authority(folder, now)?, &names, now)
}

fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    files.sort();
    files
}

fn server_names(folder: &Path) -> Vec<String> {
    let der = x509::der(&text(&folder.join("server.pem")).unwrap()).unwrap();
    x509::names(&der).unwrap()
}

#[test]
fn what_is_missing_is_made_once_and_only_its_owner_reads_the_keys() {
    let folder = Folder::new("once");
    let first = open(&folder, &[], NOW).unwrap();
    let made = files(&folder);
    let names: Vec<_> = made
        .iter()
        .map(|(path, _)| path.file_name().unwrap())
        .collect();
    assert_eq!(names, ["ca.key", "ca.pem", "server.key", "server.pem"]);
    for (path, _) in &made {
        let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let is_key = path.extension().unwrap() == "key";
        assert_eq!(mode & 0o077 == 0, is_key, "{path:?} has {mode:o}");
    }
    assert!(open(&folder, &[], NOW).unwrap() == first);
    assert_eq!(files(&folder), made);
    assert_eq!(server_names(&folder), NAMES);
}

#[test]
fn other_names_or_a_near_end_renew_the_certificate_and_keep_its_key() {
    let folder = Folder::new("renew");
    let first = open(&folder, &[], NOW).unwrap();
    let named = open(&folder, &["Gnomon.lan", "localhost", "0:0::2"], NOW).unwrap();
    assert_eq!(
        server_names(&folder),
        [&NAMES[..], &["gnomon.lan", "::2"]].concat()
    );
    assert!(named.certificate != first.certificate && named.key == first.key);
    let same = open(
        &folder,
        &["::2", "gnomon.lan"],
        UnixMillis(NOW.0 + 793 * DAY),
    )
    .unwrap();
    assert!(same == named, "31 days are left");
    let renewed = open(
        &folder,
        &["::2", "gnomon.lan"],
        UnixMillis(NOW.0 + 795 * DAY),
    )
    .unwrap();
    assert!(renewed.certificate != named.certificate && renewed.key == first.key);
}

#[test]
fn an_authority_near_its_end_is_renewed_with_its_key() {
    let folder = Folder::new("authority");
    let first = authority(&folder, NOW).unwrap();
    let late = UnixMillis(NOW.0 + (20 * 365 - 29) * DAY);
    let renewed = authority(&folder, late).unwrap();
    assert!(renewed.certificate() != first.certificate() && renewed.key() == first.key());
    assert_eq!(
        authority(&folder, late).unwrap().certificate(),
        renewed.certificate()
    );
}

fn check_refused(name: &str, spoil: impl Fn(&Path), words: &[&str]) {
    let folder = Folder::new(name);
    open(&folder, &[], NOW).unwrap();
    spoil(&folder);
    let before = files(&folder);
    let error = open(&folder, &["new.name"], NOW)
        .map(drop)
        .unwrap_err()
        .to_string();
    for word in words {
        assert!(error.contains(word), "{name}: {error}");
    }
    assert_eq!(files(&folder), before, "{name}");
}

#[test]
fn a_missing_key_is_named_and_nothing_is_overwritten() {
    for (missing, there) in [("ca.key", "ca.pem"), ("server.key", "server.pem")] {
        let remove = |folder: &Path| fs::remove_file(folder.join(missing)).unwrap();
        check_refused(&format!("half-{missing}"), remove, &[missing, there]);
    }
}

#[test]
fn a_start_that_was_cut_off_behind_a_key_goes_on_with_that_key() {
    let folder = Folder::new("cut-off");
    open(&folder, &[], NOW).unwrap();
    let before = files(&folder);
    for missing in ["ca.pem", "server.pem"] {
        fs::remove_file(folder.join(missing)).unwrap();
        let pair = open(&folder, &[], NOW).unwrap();
        let authority = authority(&folder, NOW).unwrap();
        let der = x509::der(&pair.certificate).unwrap();
        assert!(authority.has_signed(&der), "{missing}");
    }
    let keys = |files: Vec<(PathBuf, String)>| -> Vec<_> {
        let is_key = |(path, _): &(PathBuf, String)| path.extension().is_some_and(|it| it == "key");
        files.into_iter().filter(is_key).collect()
    };
    assert_eq!(keys(files(&folder)), keys(before));
}

#[test]
fn a_damaged_file_is_refused_and_left_as_it_is() {
    for file in ["ca.pem", "ca.key", "server.pem", "server.key"] {
        for damage in [
            "",
            "no PEM",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ] {
            let damage = |folder: &Path| fs::write(folder.join(file), damage).unwrap();
            check_refused(&format!("damaged-{file}"), damage, &[file]);
        }
    }
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let other = Folder::new("other");
    open(&other, &[], NOW).unwrap();
    for (file, word) in [
        ("ca.pem", "another"),
        ("ca.key", "another"),
        ("server.key", "another"),
        ("server.pem", "was not signed by"),
    ] {
        let copy = |folder: &Path| {
            fs::copy(other.join(file), folder.join(file)).unwrap();
        };
        check_refused(&format!("foreign-{file}"), copy, &[file, word]);
    }
}

#[test]
fn a_name_that_no_certificate_can_have_is_told() {
    let folder = Folder::new("name");
    let error = open(&folder, &["bad name é"], NOW).map(drop).unwrap_err();
    assert!(error.to_string().contains("bad name é"), "{error}");
}
