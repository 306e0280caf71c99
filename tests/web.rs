//! What only a browser can show: signals, storage, and the habits of gloo-net that the socket code is built around.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::panic)]

use std::cell::Cell;
use std::rc::Rc;

use futures_util::{SinkExt, StreamExt};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, State, WebSocketError};
use gnomon::engine::frame::{FrameView, LinkView, ListView, SqlMark, SqlMarkKind};
use gnomon::time::UnixMillis;
use gnomon::ui::rules_marks::{Shift, browser_units, byte_at, lines, visible};
use gnomon::ui::store::Store;
use gnomon::ui::text::{Language, Phrase};
use gnomon::web::storage;
use leptos::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn list_of(devices: u32) -> FrameView {
    let list = ListView {
        devices,
        ..ListView::default()
    };
    FrameView {
        list: Some(list),
        ..FrameView::default()
    }
}

/// Counts how often something that draws the list would draw it.
fn draws_of_the_list(store: Store) -> Rc<Cell<u32>> {
    let draws = Rc::new(Cell::new(0));
    let counted = Rc::clone(&draws);
    Effect::new(move |_| {
        store.list.track();
        counted.set(counted.get() + 1);
    });
    draws
}

/// A store whose list is drawn, as long as its owner lives.
fn stage() -> (Owner, Store, Rc<Cell<u32>>) {
    // Mounting anything starts the executor that effects need.
    mount_to_body(|| ());
    let owner = Owner::new();
    let (store, draws) = owner.with(|| {
        let store = Store::new();
        (store, draws_of_the_list(store))
    });
    (owner, store, draws)
}

#[wasm_bindgen_test]
async fn a_thousand_views_of_one_turn_are_drawn_once() {
    let (_owner, store, draws) = stage();
    leptos::task::tick().await;
    assert_eq!(draws.get(), 1);
    for devices in 0..1000 {
        store.apply(list_of(devices));
    }
    leptos::task::tick().await;
    assert_eq!(draws.get(), 2);
    assert_eq!(store.list.get_untracked().devices, 999);
}

#[wasm_bindgen_test]
async fn a_view_without_news_of_the_list_does_not_draw_it() {
    let (_owner, store, draws) = stage();
    leptos::task::tick().await;
    for second in 0..1000 {
        let link = Some(LinkView {
            messages_per_second: second,
            ..LinkView::default()
        });
        let now = UnixMillis(i64::from(second) * 1000);
        store.apply(FrameView {
            now,
            link,
            ..FrameView::default()
        });
        leptos::task::tick().await;
    }
    assert_eq!(draws.get(), 1);
    assert_eq!(store.link.get_untracked().messages_per_second, 999);
}

#[wasm_bindgen_test]
fn what_is_stored_is_found_again_under_the_project_s_own_names() {
    storage::save("web-test", "35.01/135.78");
    assert_eq!(storage::load("web-test").as_deref(), Some("35.01/135.78"));
    let own = web_sys::window().and_then(|window| window.local_storage().ok()?);
    let raw = own.and_then(|store| store.get_item("gnomon.web-test").ok()?);
    assert_eq!(raw.as_deref(), Some("35.01/135.78"));
    storage::remove("web-test");
    assert_eq!(storage::load("web-test"), None);
}

#[wasm_bindgen_test]
fn a_phrase_is_filled_in_the_order_of_its_language() {
    let phrase = Phrase::new("{} of {}", "{} ／ {}");
    assert_eq!(phrase.fill(Language::En, &["163", "248"]), "163 of 248");
    assert_eq!(phrase.fill(Language::Ja, &["163", "248"]), "163 ／ 248");
    assert_eq!(phrase.fill(Language::En, &["163"]), "163 of ");
}

/// Why the socket sends through its own handle: gloo-net takes a message after the end and loses it.
#[wasm_bindgen_test]
async fn gloo_net_says_yes_to_what_it_cannot_send() {
    // Port 9 is discard, which browsers refuse to open.
    let Ok(mut socket) = WebSocket::open("ws://127.0.0.1:9/") else {
        panic!("a refused port fails later, not at once");
    };
    assert!(matches!(
        socket.next().await,
        Some(Err(WebSocketError::ConnectionError))
    ));
    let closed = socket.next().await;
    let Some(Err(WebSocketError::ConnectionClose(event))) = closed else {
        panic!("a failed socket is closed");
    };
    assert_eq!(event.code, 1006);
    assert!(matches!(socket.state(), State::Closed));
    assert!(socket.send(Message::Bytes(vec![1])).await.is_ok());
}

#[wasm_bindgen_test]
fn a_place_in_a_text_is_found_again_while_the_text_is_typed_on() {
    let check = |before: &str, after: &str, place: std::ops::Range<usize>, then| {
        assert_eq!(Shift::between(before, after).apply(place), then);
    };
    check(
        "SELECT a FROM 'x'",
        "SELECT ab, c FROM 'x'",
        0..6,
        Some(0..6),
    );
    check(
        "SELECT a FROM 'x'",
        "SELECT ab, c FROM 'x'",
        9..13,
        Some(13..17),
    );
    check("WHERE speeed > 1", "WHERE sped > 1", 6..12, None);
    check("WHERE speeed > 1", "WHERE sped > 1", 15..16, Some(13..14));
    check("京都", "京 都", 3..6, Some(4..7));
    check("aaa", "aaaa", 0..1, Some(0..1));
    check("", "x", 0..0, Some(0..0));
}

#[wasm_bindgen_test]
fn a_place_in_bytes_and_one_of_the_browser_stand_for_each_other() {
    let text = "a京🚚b";
    for (at, _) in text.char_indices() {
        assert_eq!(byte_at(text, browser_units(&text[..at])), at);
    }
    assert_eq!(byte_at(text, 99), text.len());
    assert_eq!(byte_at("", 0), 0);
}

#[wasm_bindgen_test]
fn a_text_is_cut_into_lines_and_pieces_of_one_look() {
    let mark = |at, len| SqlMark {
        at,
        len,
        kind: SqlMarkKind::Keyword,
    };
    let text = "SELECT x\nFROM";
    let cut = lines(text, text, &[mark(0, 6), mark(9, 4)], Some(&(7..8)));
    let texts: Vec<Vec<&str>> = cut
        .iter()
        .map(|line| line.iter().map(|piece| piece.text.as_str()).collect())
        .collect();
    assert_eq!(texts, [vec!["SELECT", " ", "x"], vec!["FROM"]]);
    assert!(cut[0][2].faulty && cut[0][2].kind.is_none());
    assert_eq!(cut[1][0].kind, Some(SqlMarkKind::Keyword));
    assert_eq!(lines("a\n", "", &[], None).len(), 2);
    assert_eq!(lines("", "", &[], None).len(), 1);
}

#[wasm_bindgen_test]
fn a_fault_without_a_length_is_shown_at_the_letter_beside_it() {
    assert_eq!(visible("ab", 2..2), 1..2);
    assert_eq!(visible("ab", 1..1), 1..2);
    assert_eq!(visible("a\n", 2..2), 2..2);
    assert_eq!(visible("", 0..0), 0..0);
}
