//! What is written down, and what is not.

use super::*;
use crate::engine::command::{Authorizer, AwsPlace, IdentityPool, Keys};
use crate::time::UnixMillis;

fn profile(name: &str, way: Way) -> Profile {
    Profile {
        name: name.to_owned(),
        request: ConnectRequest::new(way),
        asks: false,
    }
}

fn place() -> AwsPlace {
    AwsPlace {
        endpoint: "wss://hidden0:hidden1@a-ats.iot.eu-west-1.amazonaws.com/mqtt?hidden2#hidden3"
            .to_owned(),
        region: "eu-west-1".to_owned(),
    }
}

/// One of each kind, with a word that begins with `hidden` wherever a secret can be.
fn secretive() -> Vec<Profile> {
    let hidden = |n: u32| format!("hidden{n}");
    let broker = Way::Broker {
        url: "wss://hidden4:hidden5@broker.example/mqtt?token=hidden6#hidden7".to_owned(),
        user_name: Some("me".to_owned()),
        password: Some(hidden(8)),
    };
    let keys = Keys {
        access_key_id: "AKID".to_owned(),
        secret_access_key: hidden(9),
        session_token: Some(hidden(10)),
        expires_at: Some(UnixMillis(1)),
    };
    let pool = IdentityPool {
        id: "eu-west-1:1-2".to_owned(),
        login: Some(Login {
            provider: "accounts.example".to_owned(),
            token: hidden(11),
        }),
        service: "https://hidden12@cognito.example/?hidden13".to_owned(),
    };
    let authorizer = Authorizer {
        name: "mine".to_owned(),
        token_key: "key".to_owned(),
        token: hidden(14),
        signature: hidden(15),
        user_name: "me?key=hidden16".to_owned(),
        password: hidden(17),
        carrier: Carrier::UserName,
    };
    vec![
        profile("Broker", broker),
        profile(
            "Keys",
            Way::AwsKeys {
                place: place(),
                keys,
            },
        ),
        profile(
            "Cognito",
            Way::Cognito {
                place: place(),
                pool,
            },
        ),
        profile(
            "Authorizer",
            Way::Authorizer {
                place: place(),
                authorizer,
            },
        ),
    ]
}

#[test]
fn no_secret_of_any_way_is_in_the_text_and_each_is_asked_for_again() {
    let profiles = secretive();
    let text = write(&profiles);
    assert!(!text.contains("hidden"), "{text}");
    let back = read(&text);
    assert_eq!(back.len(), profiles.len());
    for (back, profile) in back.iter().zip(&profiles) {
        assert!(back.asks, "{}", back.name);
        assert_eq!(back.name, profile.name);
    }
    // What asks once asks again after it was only read and written.
    assert_eq!(read(&write(&back)), back);
    assert!(
        text.contains("\nurl=wss://broker.example/mqtt\nuser name=me\nsecret="),
        "{text}"
    );
}

#[test]
fn what_holds_no_secret_comes_back_as_it_was() {
    let mut broker = profile(
        "A name = with\nall \\n sorts",
        Way::Broker {
            url: "ws://127.0.0.1:1/a@b".to_owned(),
            user_name: None,
            password: None,
        },
    );
    broker.request.client_id = " spaces ".to_owned();
    broker.request.keep_alive = 90;
    broker.request.locations = vec!["a/{thing}".to_owned(), "b/{thing}=".to_owned()];
    broker.request.filters = vec!["#".to_owned()];
    broker.request.left_out = vec!["$aws/x\r".to_owned()];
    let pool = IdentityPool {
        id: "r:1".to_owned(),
        ..IdentityPool::default()
    };
    let guest = profile(
        "",
        Way::Cognito {
            place: AwsPlace::default(),
            pool,
        },
    );
    let authorizer = profile(
        "x",
        Way::Authorizer {
            place: AwsPlace::default(),
            authorizer: Authorizer::default(),
        },
    );
    let profiles = [broker, guest, authorizer];
    assert_eq!(read(&write(&profiles)), profiles);
    assert_eq!(read(&write(&[])), []);
}

#[test]
fn other_versions_lines_and_ways_are_passed_over() {
    assert_eq!(read(""), []);
    assert_eq!(read("gnomon connections 2\nname=a\nway=broker"), []);
    let text = "gnomon connections 1\nurl=x\nway=broker\nname=a\nway=pigeon\nurl=ws://a\nname=b\n\
        way=broker\nfuture=1\nno line\nurl=ws://b\nkeep alive=soon\n\\=\\\n";
    let profiles = read(text);
    let names: Vec<_> = profiles.iter().map(|profile| &*profile.name).collect();
    assert_eq!(names, ["b"]);
    assert_eq!(profiles[0].request, ConnectRequest::to("ws://b"));
}
