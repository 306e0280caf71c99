//! Stored objects over HTTP.

use serde_json::{Value, json};

use super::world::World;
use crate::client::{Answer, call, call_with, get};
use crate::common::{Server, config};
use gnomon_backend::net::Core;
use gnomon_backend::objects::Place;
use gnomon_backend::things::policies::document::Document;

const LIST: &str = "/gnomon/objects";

fn put(world: &World, name: &str, bytes: &str) {
    let path = world.path("objects").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn names(list: &Answer) -> Vec<String> {
    assert_eq!(list.status, 200, "{}", list.body);
    let objects = list.json()["objects"].as_array().unwrap().clone();
    let name = |object: Value| object["name"].as_str().unwrap().to_owned();
    objects.into_iter().map(name).collect()
}

#[tokio::test]
async fn objects_are_listed_by_pages() {
    let world = World::start("list").await;
    let nothing = get(&world.server, LIST).await;
    assert_eq!(nothing.json(), json!({ "objects": [], "more": false }));
    let all: Vec<_> = (0..450).map(|number| format!("b/k-{number:03}")).collect();
    for name in &all {
        put(&world, name, "12345");
    }
    put(&world, "c/京都", "1");
    let first = get(&world.server, LIST).await;
    assert_eq!(
        (names(&first), &first.json()["more"]),
        (all[..200].to_vec(), &json!(true))
    );
    let object = &first.json()["objects"][0];
    assert_eq!(object["bytes"], 5);
    assert!(object["at"].as_u64().unwrap() > 1_700_000_000_000);
    let path = format!("{LIST}?prefix=b/&after=b/k-397&max=52");
    let last = get(&world.server, &path).await;
    assert_eq!(
        (names(&last), &last.json()["more"]),
        (all[398..].to_vec(), &json!(false))
    );
    let other = get(&world.server, &format!("{LIST}?prefix=c%2F%E4%BA%AC")).await;
    assert_eq!(names(&other), ["c/京都"]);
    for query in ["max=0", "max=201", "max=x", "prefix=%ff"] {
        let answer = get(&world.server, &format!("{LIST}?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.body);
    }
    world.stop().await;
}

#[tokio::test]
async fn an_object_is_bytes_that_no_browser_shows() {
    let world = World::start("read").await;
    put(&world, "b/a b/<京>.html", "<script>x</script>");
    let path = format!("{LIST}/b/a%20b%2F%3C%E4%BA%AC%3E.html");
    let origin = "Origin: https://gnomon.example\r\n";
    let whole = call_with(&world.server, "GET", &path, origin, b"").await;
    assert_eq!((whole.status, &*whole.body), (200, "<script>x</script>"));
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("x-content-type-options", "nosniff"),
        ("content-disposition", "attachment"),
        ("content-length", "18"),
        ("access-control-allow-origin", "https://gnomon.example"),
    ] {
        assert_eq!(whole.header(name), value, "{name}");
    }
    let part = async |range: &str| {
        let range = format!("Range: {range}\r\n");
        call_with(&world.server, "GET", &path, &range, b"").await
    };
    let middle = part("bytes=1-6").await;
    assert_eq!((middle.status, &*middle.body), (206, "script"));
    assert_eq!(middle.header("content-range"), "bytes 1-6/18");
    assert_eq!(part("bytes=9-65535").await.body, "</script>");
    assert_eq!(part("bytes=0-1,4-5").await.status, 200);
    let beyond = part("bytes=18-").await;
    assert_eq!(beyond.status, 416);
    assert_eq!(beyond.header("content-range"), "bytes */18");
    world.stop().await;
}

#[tokio::test]
async fn nothing_else_is_read() {
    let world = World::start("elsewhere").await;
    put(&world, "b/k", "x");
    std::fs::write(world.path("secret"), "secret").unwrap();
    std::os::unix::fs::symlink(world.path("secret"), world.path("objects/b/l")).unwrap();
    for (path, status) in [
        ("/b/absent", 404),
        ("/b", 400),
        ("/b/", 400),
        ("/b/../../secret", 400),
        ("/b/..%2f..%2fsecret", 400),
        ("/../secret", 400),
        ("/.new/x", 400),
        ("/b/%00", 400),
        ("/b/%", 400),
        ("/b/l", 404),
        ("/b/k/x", 404),
    ] {
        let answer = get(&world.server, &format!("{LIST}{path}")).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/json");
    }
    let deleted = call(&world.server, "DELETE", &format!("{LIST}/b/k"), "").await;
    assert_eq!((deleted.status, deleted.header("allow")), (405, "GET"));
    let headers = "Origin: http://evil.example\r\n";
    let evil = call_with(&world.server, "GET", &format!("{LIST}/b/k"), headers, b"").await;
    assert_eq!(evil.status, 403);
    world.stop().await;
}

#[tokio::test]
async fn a_policy_says_who_reads() {
    let folder = crate::folder::Folder::new("policy");
    let objects = folder.path().join("elsewhere");
    std::fs::create_dir_all(objects.join("b")).unwrap();
    std::fs::write(objects.join("b/open"), "x").unwrap();
    std::fs::write(objects.join("b/shut"), "x").unwrap();
    let config = config();
    let mut core = Core::open(folder.path(), &config).unwrap();
    core.keep_objects(Place::Folder(objects));
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",
        "Resource":"arn:aws:iot:us-east-1:123456789012:object/b/o*"}]}"#;
    core.govern(Document::parse(policy).unwrap());
    let server = Server::run(core, config, None).await;
    for (path, status) in [("/b/open", 200), ("/b/shut", 401), ("", 401)] {
        let answer = get(&server, &format!("{LIST}{path}")).await;
        assert_eq!(answer.status, status, "{path}");
    }
    server.stop().await;
}
