//! The connections that a person keeps, with a mark at the one in use.

use leptos::prelude::*;

use super::address;
use super::connection::{Connection, Entry, address_of};
use super::connections::Editor;
use super::icons::{Icon, icon};
use super::link_state::LinkKind;
use super::reactive::{act, live};
use super::store::Store;
use super::text::{connections as words, say};

pub(super) fn list(editor: Editor) -> AnyView {
    let connection = expect_context::<Connection>();
    let kind = LinkKind::memo(expect_context::<Store>());
    let entries = live(move || {
        let entries = connection.list.get().into_iter();
        let rows = entries.map(|entry| row(entry, editor, connection, kind));
        Some(rows.collect::<Vec<_>>().into_any())
    });
    view! {
        <nav class="connection-list" aria-label=say(words::CONNECTIONS)>
            <ul>{entries}</ul>
            <button
                type="button"
                class="connection-row"
                aria-current=move || editor.edited.get().is_none().to_string()
                on:click=act(move |_| editor.blank())
            >
                {icon(Icon::Plus)}
                {say(words::NEW)}
            </button>
        </nav>
    }
    .into_any()
}

fn row(entry: Entry, editor: Editor, connection: Connection, kind: Memo<LinkKind>) -> AnyView {
    let id = entry.id;
    let mark = live(move || match connection.in_use.get() == Some(id) {
        true => Some(kind.get().mark()),
        false => Some(LinkKind::Idle.mark()),
    });
    let host = address::host(address_of(&entry.profile.request.way));
    view! {
        <li>
            <button
                type="button"
                class="connection-row"
                aria-current=move || (editor.edited.get() == Some(id)).to_string()
                on:click=act(move |_| editor.edit(connection, id))
            >
                {mark}
                <span class="connection-name">{entry.profile.name}</span>
                <span class="connection-host">{host}</span>
            </button>
        </li>
    }
    .into_any()
}
