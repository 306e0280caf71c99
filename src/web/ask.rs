//! Questions beside the one link: an HTTP call, or whether a WebSocket opens. Each has ten seconds. What goes wrong
//! is told in no more words than the engine has for it.

use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, DedicatedWorkerGlobalScope, Headers, ReadableStreamDefaultReader, RequestCache,
    RequestCredentials, RequestInit, RequestMode, RequestRedirect, Response, WebSocket,
};

use crate::engine::ask::{Fetch, FetchAnswer, Knock, NoAnswer};

const PATIENCE_MS: u32 = 10_000;

pub(super) async fn fetch(
    scope: DedicatedWorkerGlobalScope,
    fetch: Fetch,
) -> Result<FetchAnswer, NoAnswer> {
    call(&scope, &fetch).await.map_err(|_| NoAnswer)
}

async fn call(scope: &DedicatedWorkerGlobalScope, fetch: &Fetch) -> Result<FetchAnswer, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &fetch.headers {
        headers.append(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(fetch.method);
    init.set_headers(&headers);
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    match fetch.opaque {
        true => init.set_mode(RequestMode::NoCors),
        // An opaque call may not forbid redirects, and carries nothing that could be led astray.
        false => init.set_redirect(RequestRedirect::Error),
    }
    if !fetch.body.is_empty() {
        init.set_body(&Uint8Array::from(&fetch.body[..]));
    }
    let answer = JsFuture::from(scope.fetch_with_str_and_init(&fetch.url, &init)).await?;
    let answer: Response = answer.dyn_into()?;
    let header = |name| answer.headers().get(name).ok().flatten();
    Ok(FetchAnswer {
        status: answer.status(),
        date: header("date"),
        error_type: header("x-amzn-errortype"),
        body: read(&answer).await?,
    })
}

/// As much as is wanted; the rest is not even waited for.
async fn read(answer: &Response) -> Result<Vec<u8>, JsValue> {
    let mut body = Vec::new();
    let Some(stream) = answer.body() else {
        return Ok(body);
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into()?;
    while body.len() < FetchAnswer::MAX_BODY {
        let chunk = JsFuture::from(reader.read()).await?;
        let Ok(chunk) = Reflect::get(&chunk, &"value".into())?.dyn_into::<Uint8Array>() else {
            return Ok(body);
        };
        let wanted = (FetchAnswer::MAX_BODY - body.len()) as u32;
        body.extend(chunk.subarray(0, chunk.length().min(wanted)).to_vec());
    }
    let _ = reader.cancel();
    Ok(body)
}

/// Whether it opens.
pub(super) async fn knock(scope: DedicatedWorkerGlobalScope, knock: Knock) -> bool {
    let socket = match knock.protocol {
        Some(protocol) => WebSocket::new_with_str(&knock.url, protocol),
        None => WebSocket::new(&knock.url),
    };
    let Ok(socket) = socket else {
        return false;
    };
    // It opens, or closes, or takes too long.
    let settled = Promise::new(&mut |settle: Function, _| {
        socket.set_onopen(Some(&settle));
        socket.set_onclose(Some(&settle));
        let _ = scope
            .set_timeout_with_callback_and_timeout_and_arguments_0(&settle, PATIENCE_MS as i32);
    });
    let _ = JsFuture::from(settled).await;
    let opened = socket.ready_state() == WebSocket::OPEN;
    let _ = socket.close();
    opened
}
