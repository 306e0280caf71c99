//! What the doctor calls the needed policy, read by the stand-in's own evaluator.

use gnomon::engine::command::ConnectRequest;
use gnomon_backend::things::policies::document::Document;
use gnomon_backend::things::{Action, Principal, Things};

use super::scene::Scene;

/// What somebody may want to do, and to what.
type Deeds = Vec<(Action, String)>;

/// Everything that a page with its default filters does, and a few things that it does not.
fn deeds() -> [Deeds; 2] {
    let shadow = ["", "name/cfg/"];
    let mut needed = vec![(Action::Connect, "gnomon-7f3a91".to_owned())];
    let mut foreign = vec![
        (Action::Connect, "lamp".to_owned()),
        (Action::Subscribe, "#".to_owned()),
        (Action::Receive, "a/b".to_owned()),
        (Action::Publish, "topic_1".to_owned()),
        (Action::RetainPublish, "topic_1".to_owned()),
    ];
    let locations = [
        ("topic_1", "topic_1"),
        ("fleet/+/location", "fleet/truck-7/location"),
        ("owntracks/+/+", "owntracks/ann/phone"),
    ];
    for (filter, topic) in locations {
        needed.push((Action::Subscribe, filter.to_owned()));
        needed.push((Action::Receive, topic.to_owned()));
    }
    for kind in shadow {
        let filter = kind.replace("cfg", "+");
        for heard in [
            "update/documents",
            "update/rejected",
            "get/accepted",
            "get/rejected",
            "delete/accepted",
        ] {
            let all = format!("$aws/things/+/shadow/{filter}{heard}");
            needed.push((Action::Subscribe, all));
            let one = format!("$aws/things/lamp/shadow/{kind}{heard}");
            needed.push((Action::Receive, one.clone()));
            foreign.push((Action::Publish, one));
        }
        for request in ["get", "update"] {
            let topic = format!("$aws/things/lamp/shadow/{kind}{request}");
            needed.push((Action::Publish, topic.clone()));
            foreign.push((Action::Subscribe, topic.clone()));
            foreign.push((Action::RetainPublish, topic));
        }
        foreign.push((
            Action::Publish,
            format!("$aws/things/lamp/shadow/{kind}delete"),
        ));
        foreign.push((
            Action::Subscribe,
            format!("$aws/things/+/shadow/{filter}update/delta"),
        ));
    }
    [needed, foreign]
}

fn allows(policy: &str, action: Action, resource: &str) -> bool {
    let mut things = Things::default();
    things.govern(Document::parse(policy).expect("a policy"));
    let mut permit = things.permit(Principal::Anonymous, None);
    things.allows(&mut permit, action, resource)
}

#[test]
fn the_whole_policy_allows_what_the_page_does_and_nothing_else() {
    for url in [
        "ws://127.0.0.1:8083/mqtt",
        "wss://a1-ats.iot.ap-northeast-1.amazonaws.com/mqtt",
    ] {
        let policy = Scene::to(url).doctor().policy.whole;
        let [needed, foreign] = deeds();
        for (action, resource) in needed {
            assert!(allows(&policy, action, &resource), "{action:?} {resource}");
        }
        for (action, resource) in foreign {
            assert!(!allows(&policy, action, &resource), "{action:?} {resource}");
        }
        let characters = policy.chars().filter(|it| !it.is_whitespace()).count();
        assert!(characters <= 2048, "AWS IoT takes no more: {characters}");
    }
}

#[test]
fn the_missing_statement_makes_the_difference() {
    let mut request = ConnectRequest::to("ws://127.0.0.1:8083/mqtt");
    request.locations = vec!["a \"b\"/{x}".to_owned(), "c?/{x}".to_owned()];
    let mut scene = Scene::new(request);
    scene.accept();
    scene.grant(0x80);
    let missing = scene.doctor().policy.missing.expect("a statement");
    let other = r#"{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}"#;
    let policy =
        |statements: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let (lacking, mended) = (policy(other), policy(&format!("{other},{missing}")));
    for (action, resource) in [
        (Action::Subscribe, "a \"b\"/+"),
        (Action::Receive, "a \"b\"/lamp"),
        (Action::Subscribe, "c?/+"),
        (Action::Receive, "c?/lamp"),
        (
            Action::Subscribe,
            "$aws/things/+/shadow/name/+/get/accepted",
        ),
    ] {
        assert!(!allows(&lacking, action, resource), "{resource}");
        assert!(allows(&mended, action, resource), "{resource}");
    }
    assert!(!allows(&mended, Action::Subscribe, "cc/+"));
    assert!(!allows(&mended, Action::Publish, "a \"b\"/lamp"));
}
