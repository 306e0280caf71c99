//! This browser as a device, for as long as the page lives: asks the browser where it is while the engine wants to
//! know, keeps the screen on, and remembers what a person chose. What is sent and when is the engine's.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, VisibilityState};

use super::bulk::Bulk;
use super::commands::Commands;
use super::keys::{focus, focus_soon, focused, move_focus_soon};
use super::link_state::LinkKind;
use super::listen::Listener;
use super::open::{Open, Page};
use super::reactive::{memo, watch};
use super::store::Store;
use super::text::{Phrase, own as words};
use crate::engine::command::{Command, OwnCommand, OwnPosition, PositionFault};
use crate::engine::frame::OwnView;
use crate::time::UnixMillis;
use crate::web::awake::{self, Awake, AwakeFault};
use crate::web::position::{self, Locator};

/// A position of this age is asked for again. The engine repeats an unchanged one once a minute.
const STALE: Duration = Duration::from_secs(30);

/// Signals that live as long as the page. Found in the context of every component.
#[derive(Clone, Copy)]
pub(super) struct OwnDevice {
    pub(super) store: Store,
    pub(super) open: Open,
    commands: Commands,
    pub(super) link: Memo<LinkKind>,
    /// A person wants the screen to stay on.
    pub(super) stay_awake: RwSignal<bool>,
    /// What came of it.
    pub(super) awake: RwSignal<Option<Result<(), AwakeFault>>>,
    lock: StoredValue<Option<Awake>, LocalStorage>,
    /// None: the browser tells this page nothing.
    locator: StoredValue<Option<Locator>, LocalStorage>,
    permission: StoredValue<Option<Listener>, LocalStorage>,
    /// What had the focus before the panel was opened.
    opener: StoredValue<Option<HtmlElement>, LocalStorage>,
}

/// What it does, in a word. The worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Refused,
    Paused,
    NoPosition(PositionFault),
    Offline,
    NoPositionYet,
    Sending,
}

impl OwnDevice {
    pub(super) fn start(open: Open) -> Self {
        let store = expect_context::<Store>();
        let commands = expect_context::<Commands>();
        let hear = move |said: Result<OwnPosition, PositionFault>| {
            commands.send(Command::Own(match said {
                Ok(position) => OwnCommand::Position(position),
                Err(fault) => OwnCommand::NoPosition(fault),
            }));
        };
        let own = Self {
            store,
            open,
            commands,
            link: LinkKind::memo(store),
            stay_awake: RwSignal::default(),
            awake: RwSignal::default(),
            lock: StoredValue::new_local(None),
            locator: StoredValue::new_local(Locator::new(hear)),
            permission: StoredValue::new_local(None),
            opener: StoredValue::new_local(None),
        };
        own.follow();
        own.ask_when_back();
        own.keep_awake();
        own.make_room();
        own
    }

    pub(super) fn send(self, command: OwnCommand) {
        self.commands.send(Command::Own(command));
    }

    /// A part of the view, told only when it changes.
    pub(super) fn part<T: PartialEq + Send + Sync + 'static>(
        self,
        part: fn(&OwnView) -> T,
    ) -> Memo<T> {
        memo(move |_| self.store.own.with(part))
    }

    /// None: it is no device.
    pub(super) fn doing(self) -> Memo<Option<Doing>> {
        memo(move |_| {
            let is_up = self.link.get() == LinkKind::Connected;
            self.store.own.with(|own| {
                own.settings.as_ref()?;
                Some(match own {
                    OwnView {
                        refused: Some(_), ..
                    } => Doing::Refused,
                    OwnView { paused: true, .. } => Doing::Paused,
                    OwnView {
                        fault: Some(fault), ..
                    } => Doing::NoPosition(*fault),
                    _ if !is_up => Doing::Offline,
                    OwnView { position: None, .. } => Doing::NoPositionYet,
                    _ => Doing::Sending,
                })
            })
        })
    }

    /// Opens the panel over the map.
    pub(super) fn show(self) {
        self.opener
            .set_value(focused().and_then(|it| it.dyn_into().ok()));
        self.open.go(Page::Map);
        self.open.own.set(true);
        focus_soon(".own .icon-button");
    }

    /// Closes the panel. The device goes on.
    pub(super) fn close(self) {
        self.open.own.set(false);
        let opener = self.opener.try_update_value(Option::take).flatten();
        move_focus_soon(move || {
            if let Some(opener) = &opener {
                let _ = opener.focus();
            }
            // What another page or a menu hides takes no focus.
            if opener.is_none_or(|opener| focused().as_ref() != Some(opener.as_ref())) {
                focus(".own-mark, .bar-tools .own-tool, .bar-more");
            }
        });
    }

    /// Asks the browser again, after a refusal too.
    pub(super) fn locate(self) {
        self.locator.with_value(|locator| match locator {
            Some(locator) => locator.start(),
            None => self.send(OwnCommand::NoPosition(PositionFault::Unsupported)),
        });
    }

    fn with_locator(self, act: fn(&Locator)) {
        self.locator.with_value(|locator| {
            if let Some(locator) = locator {
                act(locator);
            }
        });
    }

    fn wants_position(self) -> Memo<bool> {
        self.part(|own| own.settings.is_some() && !own.paused)
    }

    /// Asks where the browser is as long as the engine wants to know.
    fn follow(self) {
        let wanted = self.wants_position();
        watch(move || match wanted.get() {
            true => {
                self.locate();
                self.hear_permission();
            }
            false => self.with_locator(Locator::stop),
        });
        let ask = move || {
            let (at, fault) = self
                .store
                .own
                .with_untracked(|own| (own.position.map(|it| it.at), own.fault));
            let now = UnixMillis(js_sys::Date::now() as i64);
            let is_fresh = at.is_some_and(|at| now.0 - at.0 < STALE.as_millis() as i64);
            let hidden = document().visibility_state() == VisibilityState::Hidden;
            // Who said no is not asked over and over.
            let denied = fault == Some(PositionFault::Denied);
            if wanted.get_untracked() && !is_fresh && !hidden && !denied {
                self.with_locator(Locator::ask);
            }
        };
        let _ = set_interval_with_handle(ask, STALE);
    }

    /// Goes on by itself once a person allows it.
    fn hear_permission(self) {
        if self.permission.with_value(Option::is_some) {
            return;
        }
        spawn_local(async move {
            let Some(status) = position::permission().await else {
                return;
            };
            let target = status.clone();
            let listener = Listener::new(&target, "change", move |_| {
                if position::is_granted(&status) && self.wants_now() {
                    self.locate();
                }
            });
            self.permission.set_value(Some(listener));
        });
    }

    fn wants_now(self) -> bool {
        let own = self.store.own;
        own.with_untracked(|own| own.settings.is_some() && !own.paused)
    }

    /// The system's own refusal, and any in a browser that tells nothing of permissions, end without a word.
    fn ask_when_back(self) {
        let again = move |was_hidden: bool| {
            let fault = self.store.own.with_untracked(|own| own.fault);
            if fault != Some(PositionFault::Denied) {
                return;
            }
            spawn_local(async move {
                let may_ask = match position::permission().await {
                    Some(status) => position::is_granted(&status),
                    // Such a question takes the focus itself: answering it must not put it again.
                    None => was_hidden,
                };
                if may_ask && self.wants_now() {
                    self.locate();
                }
            });
        };
        let shown = Listener::new(&document(), "visibilitychange", move |_| {
            if document().visibility_state() == VisibilityState::Visible {
                again(true);
            }
        });
        let focused = Listener::new(&window(), "focus", move |_| again(false));
        StoredValue::new_local((shown, focused));
    }

    /// The browser lets the screen go when the page is hidden: it is asked again when the page comes back.
    fn keep_awake(self) {
        let runs = self.part(|own| own.settings.is_some());
        watch(move || {
            if !runs.get() {
                self.stay_awake.set(false);
            }
        });
        watch(move || match self.stay_awake.get() {
            true => self.wake(),
            false => {
                self.lock.set_value(None);
                self.awake.set(None);
            }
        });
        let shown = Listener::new(&document(), "visibilitychange", move |_| {
            let visible = document().visibility_state() == VisibilityState::Visible;
            if visible && self.stay_awake.get_untracked() {
                self.wake();
            }
        });
        StoredValue::new_local(shown);
    }

    fn wake(self) {
        spawn_local(async move {
            let kept = awake::keep(move || self.awake.set(Some(Err(AwakeFault::Ended)))).await;
            // It may be wanted no more.
            if self.stay_awake.get_untracked() {
                self.awake
                    .set(Some(kept.as_ref().map(|_| ()).map_err(|fault| *fault)));
                self.lock.set_value(kept.ok());
            }
        });
    }

    /// There is room for one panel.
    fn make_room(self) {
        let bulk = expect_context::<Bulk>();
        let others = memo(move |_| self.store.selection.with(Option::is_some) || bulk.is_open());
        watch(move || {
            if others.get() {
                self.open.own.set(false);
            }
        });
        watch(move || {
            if self.open.own.get() {
                self.store.select(None);
                bulk.close();
            }
        });
    }
}

impl Doing {
    pub(super) const fn word(self) -> Phrase {
        match self {
            Self::Refused => words::MARK_REFUSED,
            Self::Paused => words::MARK_PAUSED,
            Self::NoPosition(_) | Self::NoPositionYet => words::MARK_NO_POSITION,
            Self::Offline => words::MARK_OFFLINE,
            Self::Sending => words::MARK_SENDING,
        }
    }

    /// Nothing is the matter.
    pub(super) const fn is_quiet(self) -> bool {
        matches!(self, Self::Sending | Self::NoPositionYet | Self::Paused)
    }
}
