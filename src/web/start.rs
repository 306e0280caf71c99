//! What the address bar and the place of the page say when it opens, and the way back into the address bar.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response, Url, Window};

/// What the URL asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartOptions {
    /// `?broker=`
    pub broker: Option<String>,
    /// `?device=`
    pub device: Option<String>,
    /// The text after `#map=`.
    pub map: Option<String>,
}

/// Reads the page's own URL.
pub fn options() -> StartOptions {
    let Some(url) = own_url() else {
        return StartOptions::default();
    };
    let query = url.search_params();
    let map = url.hash().strip_prefix("#map=").map(ToOwned::to_owned);
    StartOptions {
        broker: query.get("broker"),
        device: query.get("device"),
        map,
    }
}

/// Whether the page came over https, so that the browser forbids `ws://` to other machines.
pub fn is_secure_page() -> bool {
    own_url().is_some_and(|url| url.protocol() == "https:")
}

/// The broker that belongs to the place where the page is served, when neither URL nor profile names one:
/// the stand-in beside `trunk serve`, or the backend that served this page.
pub async fn local_broker() -> Option<String> {
    let url = own_url()?;
    let loopback = matches!(url.hostname().as_str(), "127.0.0.1" | "localhost" | "[::1]");
    if loopback && url.port() == "8080" {
        return Some("ws://127.0.0.1:8083/mqtt".to_owned());
    }
    let scheme = if url.protocol() == "https:" {
        "wss"
    } else {
        "ws"
    };
    served_by_backend()
        .await
        .then(|| format!("{scheme}://{}/mqtt", url.host()))
}

/// The backend names itself in the `Server` header of the page.
async fn served_by_backend() -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    let init = RequestInit::new();
    init.set_method("HEAD");
    let answer = JsFuture::from(window.fetch_with_str_and_init("", &init)).await;
    answer
        .ok()
        .and_then(|answer| answer.dyn_into::<Response>().ok())
        .and_then(|answer| answer.headers().get("server").ok()?)
        .is_some_and(|server| server.starts_with("gnomon-backend"))
}

/// Shows selection and camera in the address bar, without a new entry in the history.
pub fn show_in_url(device: Option<&str>, map: Option<&str>) {
    let Some(url) = own_url() else {
        return;
    };
    let query = url.search_params();
    match device {
        Some(device) => query.set("device", device),
        None => query.delete("device"),
    }
    url.set_hash(&map.map_or_else(String::new, |map| format!("map={map}")));
    replace_url(&url);
}

/// Takes `?broker=` out of the address bar: the person chose another one.
pub fn forget_broker() {
    if let Some(url) = own_url() {
        url.search_params().delete("broker");
        replace_url(&url);
    }
}

fn replace_url(url: &Url) {
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        // A query may hold these two as they are, and people read it better so.
        let href = url.href().replace("%3A", ":").replace("%2F", "/");
        let _ = history.replace_state_with_url(&"".into(), "", Some(&href));
    }
}

fn own_url() -> Option<Url> {
    let href = web_sys::window().map(|window: Window| window.location().href());
    Url::new(&href?.ok()?).ok()
}
