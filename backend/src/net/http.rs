//! The HTTP and HTTPS ports: the dashboard's files at `/`, WebSocket at `/mqtt`, the calls of a data endpoint; all of it for
//! known origins only.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, SERVER,
    VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use super::calls::{self, Calls};
use super::hub::Hub;
use super::listeners::Serving;
use super::{Access, Attach, Config, Scheme, websocket};
use crate::api::Plane;

/// A request's head must be whole by then.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// What a call has left when the process ends.
const LAST_ANSWER: Duration = Duration::from_millis(500);
/// The same as Trunk sends while developing.
const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data: blob: https:; font-src 'self'; \
    connect-src 'self' ws: wss: https: http://127.0.0.1:* http://localhost:*; worker-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const NOT_BUILT: &str = "The dashboard is not here. Build it with `trunk build --release`, or name its folder \
    with --site.\n";

#[derive(Clone, Debug)]
struct Door {
    hub: Arc<Hub>,
    tasks: TaskTracker,
    calls: Arc<Calls>,
}

/// Everything that is served at an origin of this scheme.
pub(super) fn app(serving: &Serving, scheme: Scheme, config: &Config) -> Router {
    let calls = Arc::new(Calls::new(serving, config));
    let door = Door {
        hub: serving.hub.clone(),
        tasks: serving.tasks.clone(),
        calls: calls.clone(),
    };
    let mqtt = match &config.attach {
        None => any(mqtt),
        Some(attach) => elsewhere(attach),
    };
    Router::new()
        .route("/mqtt", mqtt)
        .with_state(door)
        .fallback_service(site(&config.site, config.attach.is_none()))
        .layer(middleware::from_fn_with_state(calls, calls::intercept))
        .layer(middleware::from_fn_with_state(
            Arc::new((scheme, config.access.clone())),
            guard,
        ))
}

/// Serves one connection until it ends or becomes a WebSocket, or until `stop`.
pub(super) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    from: IpAddr,
    app: Router,
    stop: CancellationToken,
) {
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        TowerToHyperService::new(app.clone()).call(request)
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut served = std::pin::pin!(served);
    // What a client does wrong here was answered already, or cannot be.
    tokio::select! {
        _ = served.as_mut() => {}
        () = stop.cancelled() => {
            // A call that is being carried out is still answered.
            served.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(LAST_ANSWER, served).await;
        }
    }
}

async fn mqtt(
    State(door): State<Door>,
    ConnectInfo(from): ConnectInfo<IpAddr>,
    head: Parts,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Door { hub, tasks, calls } = door;
    match calls.principal(&head, &[], Plane::Data) {
        Ok(principal) => websocket::prepare(upgrade).on_upgrade(move |socket| {
            tasks.track_future(websocket::serve(socket, hub.connect(principal, from)))
        }),
        Err(error) => calls.answer(Err(error)),
    }
}

/// Without a broker of its own the backend says where there is one.
fn elsewhere(attach: &Attach) -> MethodRouter<Door> {
    let words = format!(
        "This backend is no broker: it serves the shadows of {}.\n",
        attach.address()
    );
    any(async move || (StatusCode::NOT_FOUND, words))
}

/// Files of the dashboard, which takes the `Server` header for a broker at `/mqtt`. They are asked for again each
/// time, and sent again only when they have changed.
fn site(folder: &Path, is_broker: bool) -> Router {
    let files = ServeDir::new(folder).fallback(any(absent));
    let header = |name: HeaderName, value| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    let site = Router::new()
        .fallback_service(files)
        .layer(header(CONTENT_SECURITY_POLICY, CONTENT_SECURITY))
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(CACHE_CONTROL, "no-cache"));
    match is_broker {
        true => site.layer(header(SERVER, "gnomon-backend")),
        false => site,
    }
}

async fn absent(request: Request) -> Response {
    match request.uri().path() {
        "/" => (StatusCode::NOT_FOUND, NOT_BUILT).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Lets in whom [`Access`] lets in, and tells the browser so.
async fn guard(
    State(door): State<Arc<(Scheme, Access)>>,
    request: Request,
    next: Next,
) -> Response {
    let (scheme, access) = &*door;
    let origin = match access.check(*scheme, only(&request, &HOST), only(&request, &ORIGIN)) {
        Ok(()) => request.headers().get(ORIGIN).cloned(),
        Err(refusal) => return (StatusCode::FORBIDDEN, format!("{refusal}\n")).into_response(),
    };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

/// A header that comes once. Twice, or not as text, it is as good as a foreign one.
fn only<'a>(request: &'a Request, name: &HeaderName) -> Option<&'a str> {
    let mut values = request.headers().get_all(name).iter();
    let first = values.next()?;
    match values.next() {
        None => Some(first.to_str().unwrap_or("?")),
        Some(_) => Some("?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
    use tokio::task::JoinHandle;
    use tokio::time::Instant;

    const HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    /// A connection to something that says `here` to every request.
    fn open() -> (DuplexStream, JoinHandle<()>) {
        let (near, far) = tokio::io::duplex(4096);
        let app = Router::new().fallback(async || "here");
        let from = Ipv4Addr::LOCALHOST.into();
        let served = serve(far, from, app, CancellationToken::new());
        (near, tokio::spawn(served))
    }

    async fn answer(mut stream: DuplexStream) -> String {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_drips_is_cut_while_others_are_served() {
        let begun = Instant::now();
        let (mut slow, served) = open();
        let dripping = tokio::spawn(async move {
            for byte in HEAD.iter().cycle() {
                if slow.write_all(&[*byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(700)).await;
            }
        });
        let (mut quick, _) = open();
        quick.write_all(HEAD).await.unwrap();
        assert!(answer(quick).await.ends_with("here"));
        served.await.unwrap();
        assert_eq!(begun.elapsed(), HEAD_TIMEOUT);
        dripping.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_says_nothing_is_closed() {
        let begun = Instant::now();
        let (silent, served) = open();
        served.await.unwrap();
        assert_eq!(begun.elapsed(), HEAD_TIMEOUT);
        drop(silent);
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_is_too_large_is_refused() {
        let (mut large, served) = open();
        let sending = tokio::spawn(async move {
            let line = format!("GET / HTTP/1.1\r\nX-Large: {}", "x".repeat(1 << 20));
            let _ = large.write_all(line.as_bytes()).await;
            large
        });
        served.await.unwrap();
        let answer = answer(sending.await.unwrap()).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
}
