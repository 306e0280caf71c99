//! The page: starts the engine, lays the parts out, and turns the frames.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::PageTransitionEvent;

use super::announce::Announcer;
use super::banner::{Banner, past_since};
use super::board::Board;
use super::bulk::Bulk;
use super::bulk_panel::BulkPanels;
use super::changes_page::changes_page;
use super::chooser::Press;
use super::choosing::Choosing;
use super::commands::Commands;
use super::connection::Connection;
use super::connections::Connections;
use super::desk::Desk;
use super::device_list::DeviceList;
use super::device_panel::DevicePanel;
use super::editor::DocumentEditor;
use super::empty::NoDevices;
use super::fault_card::FaultCard;
use super::frame_loop::FrameLoop;
use super::help::Help;
use super::link_state::LinkKind;
use super::listen::Listener;
use super::map_handle::MapHandle;
use super::map_view::MapView;
use super::open::{Form, Open, Page};
use super::own_device::OwnDevice;
use super::own_panel::own_panel;
use super::places::Places;
use super::reactive::{memo, show};
use super::rules_desk::RulesDesk;
use super::rules_page::rules_page;
use super::shapes::Shapes;
use super::store::Store;
use super::text::{say, shell};
use super::theme::Theme;
use super::things_page::things_page;
use super::top_bar::{TopBar, start_language};
use super::undo::toast;
use super::unreadable::Unreadable;
use super::{keys, stopped, title};
use crate::engine::command::Command;
use crate::engine::frame::{FrameRequest, FrameUpdate};
use crate::web::bridge::Bridge;
use crate::web::start;

/// Seen from the page, so that it may lie below any path.
const ENGINE: &str = "./engine_loader.js";

/// Puts the page into the document's body.
pub fn mount() {
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let store = Store::new();
    let map = MapHandle::new();
    let open = Open::default();
    let (commands, ask_for_all) = start_engine(store, map, open);
    provide_context(store);
    provide_context(map);
    provide_context(commands);
    provide_context(Places(map));
    let connection = Connection::new(commands, open);
    provide_context(connection);
    provide_context(Shapes::start(connection, commands));
    provide_context(start_language());
    provide_context(Theme::start());
    provide_context(open);
    provide_context(Press::default());
    provide_context(Board::start(open));
    provide_context(RulesDesk::start(open, commands));
    provide_context(Choosing::start());
    let bulk = Bulk::start(open);
    provide_context(bulk);
    provide_context(OwnDevice::start(open));
    provide_context(Desk::new(store, commands));

    let options = start::options();
    store.select(options.device);
    expect_context::<Connection>().start(options.broker);
    keys::listen();
    title::keep();
    come_and_go(commands);
    let past = past_since(store);
    let no_engine = commands.is_idle();
    view! {
        <div
            class="page"
            class:with-banner=move || past.get().is_some()
            class:with-panel=move || store.selection.with(Option::is_some) || bulk.is_open() || open.own.get()
            class:beside-map=move || open.page.get() != Page::Map
        >
            <TopBar/>
            <Banner since=past/>
            <div class="list-place"><DeviceList/></div>
            <MapView at=options.map on_fresh=ask_for_all past/>
            <div class="cards">
                <NoDevices/>
                <FaultCard/>
                {no_engine.then(no_engine_card)}
            </div>
            <Unreadable/>
            <div class="panel-place"><DevicePanel/> <BulkPanels/> {own_panel()}</div>
            {page(open, Page::Changes, changes_page)}
            {page(open, Page::Rules, rules_page)}
            {page(open, Page::Things, things_page)}
            {toast()}
            <Announcer/>
            <DocumentEditor/>
            <Connections/>
            <Help/>
        </div>
    }
}

/// What covers the map while it is open. The map goes on below.
fn page(open: Open, page: Page, view: fn() -> AnyView) -> AnyView {
    let page = memo(move |_| open.page.get() == page);
    show(
        move || page.get(),
        move || view! { <main class="page-view">{view()}</main> }.into_any(),
    )
}

fn no_engine_card() -> AnyView {
    view! { <section class="card"><p>{say(shell::NO_ENGINE)}</p></section> }.into_any()
}

/// Starts the worker and the frames. The callback makes the next frame bring every device again.
fn start_engine(store: Store, map: MapHandle, open: Open) -> (Commands, Callback<()>) {
    let on_update = move |update: FrameUpdate| {
        map.with(|map| map.apply(&update));
        store.apply(update.view);
    };
    let bridge = Bridge::start(ENGINE, on_update, stopped::show);
    let bridge = bridge
        .inspect_err(|fault| leptos::logging::error!("no engine: {fault}"))
        .ok();
    let fresh = Rc::new(Cell::new(true));
    let ask_for_all = StoredValue::new_local(Rc::clone(&fresh));
    if let Some(bridge) = bridge.clone() {
        let frames = FrameLoop::start(move || {
            let request = FrameRequest {
                details: open.details.get_untracked(),
                doctor: open.connections.get_untracked() != Form::Closed,
                ..store.request(fresh.get())
            };
            if bridge.request(request) {
                fresh.set(false);
            }
        });
        StoredValue::new_local(frames);
    }
    let ask_for_all = Callback::new(move |()| ask_for_all.with_value(|fresh| fresh.set(true)));
    (Commands::new(bridge), ask_for_all)
}

/// Says goodbye to the broker when the page is left, and comes back when the browser brings the page back.
fn come_and_go(commands: Commands) {
    let kind = LinkKind::memo(expect_context());
    let was_idle = StoredValue::new(true);
    let hide = Listener::new(&window(), "pagehide", move |_| {
        was_idle.set_value(kind.get_untracked() == LinkKind::Idle);
        commands.send(Command::Leave);
    });
    let show = Listener::new(&window(), "pageshow", move |event| {
        let event = event.dyn_into::<PageTransitionEvent>();
        if event.is_ok_and(|event| event.persisted()) && !was_idle.get_value() {
            commands.send(Command::Reconnect);
        }
    });
    StoredValue::new_local((hide, show));
}
