//! What rules stored, looked at.

use std::fmt::Write;

use gnomon::engine::ask::FetchAnswer;
use gnomon::engine::command::RulesCommand;

use super::scene::Scene;

fn page(names: &[&str], more: bool) -> String {
    let mut objects = String::new();
    for name in names {
        let comma = if objects.is_empty() { "" } else { "," };
        write!(
            objects,
            r#"{comma}{{"name":"{name}","bytes":20,"at":1795400000000}}"#
        )
        .unwrap();
    }
    format!(r#"{{"objects":[{objects}],"more":{more}}}"#)
}

#[test]
fn objects_are_listed_by_their_prefix_and_read_again_when_asked() {
    let mut scene = Scene::new();
    scene.can(
        "GET /gnomon/objects",
        200,
        &page(&["b/k-1", "b/k-2"], false),
    );
    let view = scene.look_at_objects("b/k", None).objects.unwrap();
    let names: Vec<_> = view.objects.iter().map(|row| &*row.name).collect();
    assert_eq!(names, ["b/k-1", "b/k-2"]);
    assert_eq!(
        (view.more, view.asking, &view.refused),
        (false, false, &None)
    );
    let asked = |scene: &Scene| {
        let asked = scene.pair.beside.asked.iter();
        asked
            .filter(|url| url.contains("/gnomon/objects"))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert!(asked(&scene)[0].ends_with("/gnomon/objects?max=50&prefix=b%2Fk"));
    scene.look();
    assert_eq!(asked(&scene).len(), 1, "once is enough");
    scene.can("GET /gnomon/objects", 200, &page(&["b/k-1"], true));
    scene.say(RulesCommand::ReadObjects);
    let view = scene.look().objects.unwrap();
    assert_eq!((view.objects.len(), view.more), (1, true));
    let urls = asked(&scene);
    assert!(urls[2].contains("?after=b%2Fk-1&max=50&"), "{urls:?}");
    assert!(urls.len() < 6, "a page that brings nothing new is the last");
}

#[test]
fn the_content_of_an_object_is_shown_for_what_it_is() {
    let mut scene = Scene::new();
    scene.can(
        "GET /gnomon/objects/",
        200,
        r#"{"lat":35,"lng":135,"name":"a long one of its kind"}"#,
    );
    let open = |scene: &mut Scene, name: &str| {
        let view = scene.look_at_objects("b/", Some(name));
        view.objects.unwrap().open.unwrap()
    };
    scene.can("GET /gnomon/objects", 200, &page(&["b/k 1"], false));
    let content = open(&mut scene, "b/k 1");
    assert_eq!((&*content.name, content.cut), ("b/k 1", false));
    assert!(content.text.unwrap().starts_with("{\n  \"lat\": 35,"));
    let asked = &scene.pair.beside.asked;
    assert!(
        asked
            .iter()
            .any(|url| url.ends_with("/gnomon/objects/b/k%201"))
    );
    let bytes = |body: Vec<u8>| FetchAnswer {
        status: 200,
        date: None,
        error_type: None,
        body,
    };
    scene.pair.beside.canned[0].1 = bytes(vec![0, 159, 146, 150]);
    assert_eq!(open(&mut scene, "b/bytes").text, None);
    // Cut in the middle of a character.
    let long = "aé".repeat(FetchAnswer::MAX_BODY);
    scene.pair.beside.canned[0].1 = bytes(long.into_bytes()[..FetchAnswer::MAX_BODY].to_vec());
    let content = open(&mut scene, "b/long");
    assert!(content.cut && content.text.unwrap().ends_with('a'));
}

#[test]
fn an_answer_to_what_is_no_longer_looked_at_is_dropped() {
    let mut scene = Scene::new();
    scene.can("GET /gnomon/objects", 200, &page(&["b/k-1"], false));
    scene.look_at_objects("b/", None);
    scene.can("GET /gnomon/objects", 404, r#"{"message":"no such thing"}"#);
    let view = scene.look_at_objects("c/", None).objects.unwrap();
    assert!(view.objects.is_empty());
    assert_eq!(view.refused, Some((404, "no such thing".to_owned())));
    scene.request.objects = None;
    assert_eq!(scene.look().objects, None);
}
