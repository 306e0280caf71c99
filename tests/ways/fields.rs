//! What a request says beside its way: filters, keep-alive, and what CONNECT carries.

use gnomon::engine::command::{Authorizer, Carrier, Command, ConnectRequest, Way};
use gnomon::engine::frame::LinkFault;

use super::near::{Near, place};

fn authorizer(carrier: Carrier) -> Way {
    let authorizer = Authorizer {
        name: "mine".to_owned(),
        token_key: "key".to_owned(),
        token: "a b&c".to_owned(),
        signature: "s+/=".to_owned(),
        user_name: "me".to_owned(),
        password: "pass wörd".to_owned(),
        carrier,
    };
    Way::Authorizer {
        place: place(),
        authorizer,
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

#[test]
fn an_authorizer_is_told_in_the_query_or_in_connect() {
    let told = "x-amz-customauthorizer-name=mine&key=a%20b%26c&x-amz-customauthorizer-signature=s%2B%2F%3D";
    let bare = "wss://a1-ats.iot.eu-west-1.amazonaws.com/mqtt";
    let mut query = Near::by(authorizer(Carrier::Query));
    assert_eq!(*query.opened(), format!("{bare}?{told}"));
    assert_eq!(query.link().url, bare);
    query.accept();
    assert!(holds(&query.sent, "\0\u{2}me\0\u{a}pass wörd"));
    let mut name = Near::by(authorizer(Carrier::UserName));
    assert_eq!(name.opened(), bare);
    name.accept();
    assert!(holds(&name.sent, &format!("me?{told}\0\u{a}pass wörd")));
}

#[test]
fn filters_are_asked_for_in_order_and_once() {
    let mut near = Near::idle();
    near.command(Command::Connect(ConnectRequest {
        locations: vec!["a/{thing}".to_owned(), "b/{thing}".to_owned()],
        filters: vec!["#".to_owned(), "b/+".to_owned(), " c ".to_owned()],
        keep_alive: 90,
        ..ConnectRequest::to("ws://127.0.0.1:1/mqtt")
    }));
    near.accept();
    let filters: Vec<_> = near.link().subscriptions;
    let filters: Vec<_> = filters.iter().map(|it| it.filter.as_str()).collect();
    assert_eq!(filters[..2], ["a/+", "b/+"]);
    assert!(filters[2].starts_with("$aws/things/+/shadow/"));
    assert_eq!(filters[12..], ["#", "c"]);
    // The keep-alive stands behind protocol, level and flags.
    assert_eq!(near.sent[10..12], [0, 90]);
}

#[test]
fn a_filter_that_cannot_be_asked_for_is_named() {
    let mut near = Near::idle();
    let request = ConnectRequest {
        filters: vec!["a/#/b".to_owned()],
        ..ConnectRequest::to("ws://127.0.0.1:1/mqtt")
    };
    near.command(Command::Connect(request));
    let LinkFault::Unsendable(words) = near.fault() else {
        panic!("it can be asked for");
    };
    assert!(words.starts_with("a/#/b: "), "{words}");
    assert!(near.urls.is_empty());
    near.command(Command::Reconnect);
    assert!(near.urls.is_empty());
}
