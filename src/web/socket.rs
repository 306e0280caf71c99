//! One WebSocket: received through gloo-net's stream, sent through a handle of our own, since gloo-net wraps
//! binary messages in Blobs and loses what is sent after close.

use std::cell::Cell;
use std::rc::Rc;

use bytes::Bytes;
use futures_util::StreamExt;
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, WebSocketError};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::mqtt::session::LinkFault;

/// The WebSocket close code when the browser gives none.
const ABNORMAL: u16 = 1006;

/// Bytes that the browser may hold for us before we stop giving it more.
const MAX_BUFFERED: u32 = 1 << 20;

pub(super) enum SocketEvent {
    Opened,
    Chunk(Bytes),
    Closed(u16),
}

/// Closes, and falls silent, when dropped.
pub(super) struct Socket {
    handle: web_sys::WebSocket,
    wanted: Rc<Cell<bool>>,
    _opened: Closure<dyn FnMut()>,
}

impl Socket {
    pub(super) fn open(
        url: &str,
        on_event: impl Fn(SocketEvent) + 'static,
    ) -> Result<Self, LinkFault> {
        let handle = web_sys::WebSocket::new_with_str(url, "mqtt").map_err(|e| fault_of(&e))?;
        let stream = WebSocket::try_from(handle.clone()).map_err(|_| LinkFault::Unreachable)?;
        let wanted = Rc::new(Cell::new(true));
        let on_event = Rc::new(on_event);
        let opened = Closure::new({
            let on_event = Rc::clone(&on_event);
            move || on_event(SocketEvent::Opened)
        });
        handle.set_onopen(Some(opened.as_ref().unchecked_ref()));
        wasm_bindgen_futures::spawn_local(receive(stream, Rc::clone(&wanted), on_event));
        Ok(Self {
            handle,
            wanted,
            _opened: opened,
        })
    }

    /// Whether the browser takes more bytes at present.
    pub(super) fn is_writable(&self) -> bool {
        self.handle.ready_state() == web_sys::WebSocket::OPEN
            && self.handle.buffered_amount() < MAX_BUFFERED
    }

    pub(super) fn send(&self, bytes: &[u8]) {
        // On a socket that is closing nothing can be sent, and its close event is on the way.
        if self.handle.ready_state() == web_sys::WebSocket::OPEN {
            let _ = self.handle.send_with_u8_array(bytes);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.wanted.set(false);
        self.handle.set_onopen(None);
        let _ = self.handle.close();
    }
}

async fn receive(
    mut stream: WebSocket,
    wanted: Rc<Cell<bool>>,
    on_event: Rc<impl Fn(SocketEvent)>,
) {
    let mut code = ABNORMAL;
    while let Some(message) = stream.next().await {
        if !wanted.get() {
            return;
        }
        match message {
            Ok(Message::Bytes(bytes)) => on_event(SocketEvent::Chunk(bytes.into())),
            // No broker sends text; the codec will say what is wrong with it.
            Ok(Message::Text(text)) => on_event(SocketEvent::Chunk(text.into_bytes().into())),
            Err(WebSocketError::ConnectionClose(event)) => code = event.code,
            Err(_) => {}
        }
    }
    if wanted.get() {
        on_event(SocketEvent::Closed(code));
    }
}

fn fault_of(error: &JsValue) -> LinkFault {
    match error
        .dyn_ref::<web_sys::DomException>()
        .map(web_sys::DomException::name)
    {
        Some(name) if name == "SecurityError" => LinkFault::MixedContent,
        _ => LinkFault::BadUrl,
    }
}
