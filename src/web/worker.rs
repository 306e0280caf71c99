//! The engine in its worker: hands it what happens, does what it says, and keeps its one timer.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::ask;
use super::clock::Clock;
use super::memory::{Memory, Task};
use super::parcel::{self, ToWorker};
use super::socket::{Socket, SocketEvent};
use super::timer::Timer;
use crate::engine::{Engine, Input, Output};
use crate::time::Instant;

/// How soon to look again whether a full socket has drained.
const CONGESTED: Duration = Duration::from_millis(50);

struct Host {
    scope: DedicatedWorkerGlobalScope,
    clock: Clock,
    engine: RefCell<Engine>,
    socket: RefCell<Option<Socket>>,
    timer: RefCell<Option<Timer>>,
    memory: Memory,
}

/// Takes over this worker for good.
pub fn run() {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    let clock = Clock::new(&scope);
    let seed = (js_sys::Math::random() * u64::MAX as f64) as u64;
    let engine = RefCell::new(Engine::new(seed, clock.now()));
    let host = Rc::new(Host {
        scope: scope.clone(),
        clock,
        engine,
        socket: RefCell::default(),
        timer: RefCell::default(),
        memory: Memory::default(),
    });
    let timer = Timer::new(scope.clone(), {
        let host = Rc::clone(&host);
        move || host.fired()
    });
    host.timer.replace(Some(timer));
    let on_message: Closure<dyn FnMut(MessageEvent)> = Closure::new({
        let host = Rc::clone(&host);
        move |event: MessageEvent| host.hear(&event)
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The worker lives as long as the page: its one listener is never taken away.
    on_message.forget();
    let _ = scope.post_message(&parcel::READY.into());
}

impl Host {
    fn hear(self: &Rc<Self>, event: &MessageEvent) {
        match parcel::unpack_word(&event.data()) {
            Some(ToWorker::Command(command)) => self.handle(Input::Command(command)),
            Some(ToWorker::Frame(request)) => {
                let now = self.clock.now();
                let update = self.engine.borrow_mut().frame(&request, now);
                if let Some((message, moved)) = parcel::pack_update(update) {
                    let _ = self.scope.post_message_with_transfer(&message, &moved);
                }
                self.drive(now.instant);
            }
            None => {}
        }
    }

    fn fired(self: &Rc<Self>) {
        if let Some(timer) = &*self.timer.borrow() {
            timer.fired();
        }
        self.handle(Input::Timeout);
    }

    fn handle(self: &Rc<Self>, input: Input) {
        let now = self.clock.now();
        self.engine.borrow_mut().handle(input, now);
        self.drive(now.instant);
    }

    /// Does everything that the engine wants done, then sleeps until its next deadline.
    fn drive(self: &Rc<Self>, now: Instant) {
        loop {
            // The browser is asked only where it matters: after most messages there is nothing to send.
            let socket = self.socket.borrow();
            let writable = self.engine.borrow().has_unsent()
                && socket.as_ref().is_some_and(Socket::is_writable);
            drop(socket);
            let Some(output) = self.engine.borrow_mut().poll_output(writable) else {
                break;
            };
            match output {
                Output::Open { url } => self.open(&url),
                Output::Send(bytes) => {
                    if let Some(socket) = &*self.socket.borrow() {
                        socket.send(&bytes);
                    }
                }
                Output::Close => {
                    self.socket.take();
                }
                Output::Fetch { id, fetch } => {
                    let (host, scope) = (Rc::clone(self), self.scope.clone());
                    spawn_local(async move {
                        let answer = ask::fetch(scope, fetch).await;
                        host.handle(Input::Fetched { id, answer });
                    });
                }
                Output::Recall { place } => self.remember(Task::Recall { place }),
                Output::Remember { place, bytes } => {
                    self.remember(Task::Remember { place, bytes });
                }
                Output::Knock { id, knock } => {
                    let (host, scope) = (Rc::clone(self), self.scope.clone());
                    spawn_local(async move {
                        let opened = ask::knock(scope, knock).await;
                        host.handle(Input::Knocked { id, opened });
                    });
                }
            }
        }
        let engine = self.engine.borrow();
        let congested = engine.has_unsent().then(|| now + CONGESTED);
        let deadline = [engine.poll_timeout(), congested]
            .into_iter()
            .flatten()
            .min();
        if let Some(timer) = &*self.timer.borrow() {
            timer.arm(deadline, now);
        }
    }

    fn remember(self: &Rc<Self>, task: Task) {
        self.memory.add(task);
        let host = Rc::clone(self);
        spawn_local(async move {
            let tell = |(place, bytes)| host.handle(Input::Recalled { place, bytes });
            host.memory.work(&host.scope, tell).await;
        });
    }

    fn open(self: &Rc<Self>, url: &str) {
        let host = Rc::clone(self);
        let opened = Socket::open(url, move |event| {
            host.handle(match event {
                SocketEvent::Opened => Input::SocketOpened,
                SocketEvent::Chunk(chunk) => Input::Chunk(chunk),
                SocketEvent::Closed(code) => Input::SocketClosed(code),
            });
        });
        match opened {
            Ok(socket) => {
                self.socket.replace(Some(socket));
            }
            Err(fault) => {
                let now = self.clock.now();
                self.engine
                    .borrow_mut()
                    .handle(Input::SocketRefused(fault), now);
            }
        }
    }
}
