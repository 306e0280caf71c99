use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::put::{Put, Putter};
use super::*;

/// A folder that nobody else has, gone with its owner.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("gnomon-objects-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn root(&self) -> PathBuf {
        self.0.join("objects")
    }

    fn put(&self, objects: &[(&str, &'static str)]) -> Vec<Result<bool, PutError>> {
        let puts: Vec<_> = objects
            .iter()
            .map(|(name, payload)| Put {
                name: ObjectName::parse(name).unwrap(),
                payload: Bytes::from_static(payload.as_bytes()),
            })
            .collect();
        Putter::new(self.root()).put_all(&puts)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.root().join(name)).unwrap()
    }

    fn names(&self, prefix: &str, after: &str, most: usize) -> (Vec<String>, bool) {
        let listing = Listing {
            prefix: prefix.to_owned(),
            after: after.to_owned(),
            most,
            ..Listing::default()
        };
        let listed = listing::list(&self.root(), &listing).unwrap();
        let names = listed.objects.into_iter().map(|object| object.name);
        (names.collect(), listed.more)
    }

    fn can_read(&self, name: &str) -> bool {
        read::open(&self.root(), &ObjectName::parse(name).unwrap(), None).is_ok()
    }

    fn drafts(&self) -> usize {
        std::fs::read_dir(self.root().join(".new")).unwrap().count()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn is_final(put: &Result<bool, PutError>) -> bool {
    matches!(put, Err(PutError::Final(_)))
}

fn is_for_now(put: &Result<bool, PutError>) -> bool {
    matches!(put, Err(PutError::ForNow(_)))
}

#[test]
fn objects_are_files_and_an_overwritten_one_is_told() {
    let place = Place::new();
    let put = place.put(&[
        ("b/a/1", "one"),
        ("b/京都 %2e~#1", "two"),
        ("b/a/1", "three"),
    ]);
    assert_eq!(put, [Ok(false), Ok(false), Ok(true)]);
    assert_eq!(place.text("b/a/1"), "three");
    assert_eq!(place.text("b/京都 %2e~#1"), "two");
    assert_eq!(place.put(&[("b/a/1", "")]), [Ok(true)]);
    assert_eq!(place.text("b/a/1"), "");
    assert_eq!(place.drafts(), 0);
}

#[test]
fn many_are_put_at_once_in_many_folders() {
    let place = Place::new();
    let names: Vec<_> = (0..100)
        .map(|n| format!("b{}/{}/k-{n}", n % 3, n % 7))
        .collect();
    let objects: Vec<_> = names.iter().map(|name| (&**name, "x")).collect();
    assert!(place.put(&objects).iter().all(|put| *put == Ok(false)));
    let (listed, more) = place.names("", "", 200);
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!((listed, more), (sorted, false));
}

#[test]
fn an_object_and_a_folder_cannot_have_one_name() {
    let place = Place::new();
    assert_eq!(
        place.put(&[("b/a", "x"), ("b/c/d", "x")]),
        [Ok(false), Ok(false)]
    );
    let put = place.put(&[("b/a/e", "x"), ("b/c", "x"), ("b/f", "x")]);
    assert!(is_final(&put[0]) && is_final(&put[1]), "{put:?}");
    assert_eq!(put[2], Ok(false));
    let long = format!("b/{}", "x".repeat(256));
    let long_level = format!("b/{}/k", "x".repeat(256));
    let put = place.put(&[(&long, "x"), (&long_level, "x")]);
    assert!(put.iter().all(is_final), "{put:?}");
    assert_eq!(place.text("b/a"), "x");
    assert_eq!(place.drafts(), 0);
}

#[test]
fn links_lead_nowhere() {
    let place = Place::new();
    let outside = place.0.join("outside");
    std::fs::create_dir_all(outside.join("l")).unwrap();
    std::fs::write(outside.join("secret"), "secret").unwrap();
    assert_eq!(place.put(&[("b/k", "x")]), [Ok(false)]);
    let root = place.root();
    symlink(&outside, root.join("b/l")).unwrap();
    symlink(&outside, root.join("out")).unwrap();
    symlink(outside.join("secret"), root.join("b/s")).unwrap();
    let put = place.put(&[("b/l/k", "x"), ("out/k", "x"), ("b/s", "mine")]);
    assert!(put[0].is_err() && put[1].is_err(), "{put:?}");
    assert_eq!(put[2], Ok(true), "the link itself was replaced");
    assert_eq!(std::fs::read(outside.join("secret")).unwrap(), b"secret");
    assert!(!outside.join("k").exists());

    symlink(outside.join("secret"), root.join("b/t")).unwrap();
    for name in ["b/t", "b/l/secret", "out/secret"] {
        assert!(!place.can_read(name), "{name}");
    }
    assert!(place.can_read("b/s"));
    assert_eq!(place.names("", "", 9).0, ["b/k", "b/s"]);
}

#[test]
fn a_root_that_is_no_folder_works_again_once_it_is() {
    let place = Place::new();
    std::fs::write(place.root(), "in the way").unwrap();
    assert!(
        place
            .put(&[("b/k", "x"), ("b/l", "x")])
            .iter()
            .all(is_for_now)
    );
    std::fs::remove_file(place.root()).unwrap();
    assert_eq!(place.put(&[("b/k", "x")]), [Ok(false)]);
    std::fs::write(place.root().join("c"), "in the way").unwrap();
    let put = place.put(&[("c/k", "x"), ("b/l", "x")]);
    assert!(is_for_now(&put[0]), "{put:?}");
    assert_eq!(put[1], Ok(false));
}

#[test]
fn drafts_of_a_process_that_ended_are_forgotten() {
    let place = Place::new();
    place.put(&[("b/k", "x")]);
    std::fs::write(place.root().join(".new/1-1"), "half").unwrap();
    put::remove_drafts(&place.root());
    assert_eq!(place.put(&[("b/l", "x")]), [Ok(false)]);
    assert_eq!(place.names("", "", 9).0, ["b/k", "b/l"]);
}

#[test]
fn pages_are_in_the_order_of_whole_names() {
    let place = Place::new();
    let mut names = [
        "a/b", "b/a", "b/a-b", "b/a.txt", "b/c/d", "b/c/e/f", "b/c-d", "b/c0", "b/cc", "b-c/k",
        "b.c/k", "b0/k",
    ];
    let objects: Vec<_> = names.iter().map(|name| (*name, "x")).collect();
    place.put(&objects);
    std::fs::create_dir_all(place.root().join("empty/of/all")).unwrap();
    names.sort_unstable();
    for size in 1..=names.len() + 1 {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let (page, more) = place.names("", &after, size);
            assert!(page.len() <= size);
            after = page.last().cloned().unwrap_or_default();
            all.extend(page);
            if !more {
                break;
            }
        }
        assert_eq!(all, names, "{size} on a page");
    }
    for prefix in [
        "b", "b/", "b/c", "b/c/", "b/c/e", "b/c/e/f", "b/cx", "x", "b-",
    ] {
        let expected: Vec<_> = names
            .iter()
            .filter(|name| name.starts_with(prefix))
            .collect();
        assert_eq!(
            place.names(prefix, "", 99).0.iter().collect::<Vec<_>>(),
            expected
        );
        let behind: Vec<_> = expected
            .into_iter()
            .filter(|name| **name > "b/c/d")
            .collect();
        assert_eq!(
            place
                .names(prefix, "b/c/d", 99)
                .0
                .iter()
                .collect::<Vec<_>>(),
            behind
        );
    }
}

#[test]
fn folders_without_objects_do_not_end_a_list() {
    let place = Place::new();
    for number in 0..20 {
        std::fs::create_dir_all(place.root().join(format!("b/{number:02}"))).unwrap();
    }
    place.put(&[("b/15/k", "x"), ("b/99", "x")]);
    assert_eq!(place.names("", "", 1), (vec!["b/15/k".to_owned()], true));
    assert_eq!(
        place.names("", "b/15/k", 1),
        (vec!["b/99".to_owned()], false)
    );
}

#[test]
fn what_never_was_there_is_an_empty_list() {
    let place = Place::new();
    assert_eq!(place.names("", "", 9), (Vec::new(), false));
    assert!(!place.can_read("b/k"));
    let missing = Path::new("/proc/self/nothing/here");
    let listed = listing::list(missing, &Listing::default());
    assert_eq!(listed, Ok(Listed::default()));
}

#[tokio::test]
async fn an_object_is_read_whole_or_in_part() {
    let place = Place::new();
    let folder = Folder::start(place.root()).unwrap();
    let name = ObjectName::new("b", "k").unwrap();
    let large: Bytes = (0..200_000).map(|n| (n % 251) as u8).collect();
    assert_eq!(folder.put(name.clone(), large.clone()).await, Ok(false));
    for (asked, range) in [
        (None, 0..200_000),
        (Some(GetRange::Bounded(5..70_000)), 5..70_000),
        (Some(GetRange::Bounded(5..900_000)), 5..200_000),
        (Some(GetRange::Offset(199_999)), 199_999..200_000),
        (Some(GetRange::Suffix(3)), 199_997..200_000),
    ] {
        let content = folder.read(name.clone(), asked).await.ok().unwrap();
        assert_eq!((content.size, &content.range), (200_000, &range));
        let pieces: Vec<_> = futures_util::StreamExt::collect(content.bytes).await;
        let pieces: Vec<Bytes> = pieces.into_iter().map(Result::unwrap).collect();
        assert_eq!(
            pieces.concat(),
            large[range.start as usize..range.end as usize]
        );
    }
    let beyond = folder.read(name, Some(GetRange::Offset(200_000))).await;
    assert_eq!(beyond.err(), Some(ReadError::Range(200_000)));
}
