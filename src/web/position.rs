//! Where this browser is, as it tells itself. Exists on the page's thread only; what a position is worth is not judged
//! here.

use std::cell::Cell;

use js_sys::{Object, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Geolocation, PermissionState, PermissionStatus, Position, PositionError, PositionOptions,
};

use crate::engine::command::{OwnPosition, PositionFault};
use crate::time::UnixMillis;

/// How long one question may take, in milliseconds.
const PATIENCE: u32 = 25_000;

/// The browser's `Geolocation`. Made once for the life of the page: a question may be answered after it is stopped.
pub struct Locator {
    geolocation: Geolocation,
    on_position: Closure<dyn FnMut(Position)>,
    on_fault: Closure<dyn FnMut(PositionError)>,
    watch: Cell<Option<i32>>,
}

impl Locator {
    /// `hear` gets what the browser says from [`Self::start`] on. None: it tells this page nothing.
    pub fn new(
        hear: impl Fn(Result<OwnPosition, PositionFault>) + Clone + 'static,
    ) -> Option<Self> {
        let window = web_sys::window()?;
        if !window.is_secure_context() {
            return None;
        }
        let geolocation = window.navigator().geolocation().ok()?;
        let say = hear.clone();
        Some(Self {
            geolocation,
            on_position: Closure::new(move |position: Position| {
                say(Ok(read(&position)));
            }),
            on_fault: Closure::new(move |error: PositionError| hear(Err(fault(&error)))),
            watch: Cell::new(None),
        })
    }

    /// Follows the position from now on, also after a refusal. The browser may ask the person first.
    pub fn start(&self) {
        self.stop();
        let options = options();
        let watch = self
            .geolocation
            .watch_position_with_error_callback_and_options(
                self.on_position.as_ref().unchecked_ref(),
                Some(self.on_fault.as_ref().unchecked_ref()),
                &options,
            );
        self.watch.set(watch.ok());
        self.ask();
    }

    /// Asks once more: a watch says nothing while the place stays the same, or while there is none.
    pub fn ask(&self) {
        let options = options();
        options.set_maximum_age(0);
        options.set_timeout(PATIENCE);
        let _ = self
            .geolocation
            .get_current_position_with_error_callback_and_options(
                self.on_position.as_ref().unchecked_ref(),
                Some(self.on_fault.as_ref().unchecked_ref()),
                &options,
            );
    }

    pub fn stop(&self) {
        if let Some(watch) = self.watch.take() {
            self.geolocation.clear_watch(watch);
        }
    }
}

fn options() -> PositionOptions {
    let options = PositionOptions::new();
    options.set_enable_high_accuracy(true);
    options
}

fn read(position: &Position) -> OwnPosition {
    let coords = position.coords();
    OwnPosition {
        latitude: coords.latitude(),
        longitude: coords.longitude(),
        accuracy: coords.accuracy(),
        speed: coords.speed(),
        heading: coords.heading(),
        at: UnixMillis(position.timestamp() as i64),
    }
}

/// By the numbers of the specification.
fn fault(error: &PositionError) -> PositionFault {
    match error.code() {
        PositionError::PERMISSION_DENIED => PositionFault::Denied,
        PositionError::TIMEOUT => PositionFault::TimedOut,
        _ => PositionFault::Unavailable,
    }
}

/// What a person allows, and the target of its event `change`. None: this browser does not tell.
pub async fn permission() -> Option<PermissionStatus> {
    let permissions = web_sys::window()?.navigator().permissions().ok()?;
    let what = Object::new();
    Reflect::set(&what, &"name".into(), &"geolocation".into()).ok()?;
    let status = JsFuture::from(permissions.query(&what).ok()?).await.ok()?;
    status.dyn_into().ok()
}

pub fn is_granted(status: &PermissionStatus) -> bool {
    status.state() == PermissionState::Granted
}
