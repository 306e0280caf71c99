//! The backend on the network: listeners, one task for each connection, one timer. Decides nothing about MQTT.

mod access;
mod attach;
mod calls;
mod clock;
mod http;
mod hub;
mod prompt;
mod tcp;
mod websocket;
mod writer;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backend::Backend;
use crate::broker::Limits;
use crate::fleet::FleetOptions;
use crate::store::{Store, StoreError};
use crate::terminal::tell;

pub use access::Access;
pub use attach::{Attach, AttachError};
use clock::Clock;
use hub::Hub;
use writer::Writer;
pub use writer::WriterError;

/// Connections that a listener has open at a time; further ones wait to be accepted.
const CONNECTIONS: usize = 50_000;
/// What connections get to send what still waits when the process ends.
const FAREWELL: Duration = Duration::from_millis(800);

/// What the backend serves, and to whom.
#[derive(Clone, Debug)]
pub struct Config {
    pub limits: Limits,
    pub seed: u64,
    pub fleet: FleetOptions,
    /// The built dashboard.
    pub site: PathBuf,
    pub access: Access,
    /// Somebody else's broker, whose shadows to serve instead of being one.
    pub attach: Option<Attach>,
}

/// A backend, and where its changes go.
#[derive(Debug)]
pub struct Core {
    clock: Clock,
    backend: Backend,
    store: Option<Store>,
}

impl Core {
    /// Forgets everything with the process.
    pub fn in_memory(config: &Config) -> Self {
        Self {
            clock: Clock::start(),
            backend: Backend::new(config.limits.clone(), config.seed),
            store: None,
        }
    }

    /// Goes on from what was saved in this folder, and saves every change there.
    pub fn open(folder: &Path, config: &Config) -> Result<Self, StoreError> {
        let mut core = Self::in_memory(config);
        core.backend.start_journal();
        let now = core.clock.now();
        let restore = |table, key: &_, value: &_| core.backend.restore(table, key, value, now);
        core.store = Some(Store::open(folder, restore)?);
        Ok(core)
    }

    pub fn backend(&self) -> &Backend {
        &self.backend
    }
}

/// What ends the backend before it is told to end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Writer(#[from] WriterError),
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
}

/// Sockets that are bound already, so that a test binds port 0.
#[derive(Debug, Default)]
pub struct Listeners {
    pub mqtt: Option<TcpListener>,
    pub http: Option<TcpListener>,
}

/// Serves until `shutdown` comes, and returns within a second after it, or when the disk has taken everything.
/// Calls `ready` once all listeners accept and, where there is a broker to attach to, the service is attached.
/// Ends by itself only when something cannot be saved.
pub async fn run(
    core: Core,
    listeners: Listeners,
    config: Config,
    ready: impl FnOnce() + Send + 'static,
    shutdown: impl Future<Output = ()>,
) -> Result<(), RunError> {
    let backend = match &config.attach {
        None => core.backend,
        Some(attach) => core.backend.with_uplink(attach.uplink(&core.clock)),
    };
    let hub = Arc::new(Hub::new(core.clock, backend, &config.fleet));
    let writer = core.store.map(|store| Writer::start(hub.clone(), store));
    let mut writer = writer.transpose().map_err(RunError::Thread)?;
    let tasks = TaskTracker::new();
    let stop = CancellationToken::new();
    tasks.spawn(
        stop.clone()
            .run_until_cancelled_owned(run_timer(hub.clone())),
    );
    if let Some(listener) = listeners.mqtt {
        let hub = hub.clone();
        let serve = move |stream| tcp::serve(stream, hub.clone());
        tasks.spawn(accept(listener, tasks.clone(), stop.clone(), serve));
    }
    if let Some(listener) = listeners.http {
        let app = http::app(hub.clone(), tasks.clone(), &config);
        let idle = stop.clone();
        let serve = move |stream| http::serve(stream, app.clone(), idle.clone());
        tasks.spawn(accept(listener, tasks.clone(), stop.clone(), serve));
    }
    match config.attach {
        Some(attach) => {
            tasks.spawn(attach::serve(hub.clone(), attach, ready, stop.clone()));
        }
        None => ready(),
    }
    tokio::select! {
        () = shutdown => {
            stop.cancel();
            hub.close_all();
            tasks.close();
            // Whoever does not take what waits by then does not get it.
            let _ = tokio::time::timeout(FAREWELL, tasks.wait()).await;
            hub.stop_saving();
        }
        () = end(writer.as_mut()) => {}
    }
    let Some(writer) = writer else {
        return Ok(());
    };
    let finished = tokio::task::spawn_blocking(|| writer.finish()).await;
    Ok(finished.unwrap_or(Err(WriterError::Panicked))?)
}

async fn end(writer: Option<&mut Writer>) {
    match writer {
        Some(writer) => writer.ended().await,
        None => std::future::pending().await,
    }
}

async fn run_timer(hub: Arc<Hub>) {
    loop {
        hub.wait_until_due().await;
        hub.handle_timeout();
    }
}

/// Gives each connection a task of its own, handshakes included.
async fn accept<F: Future<Output = ()> + Send + 'static>(
    listener: TcpListener,
    tasks: TaskTracker,
    stop: CancellationToken,
    serve: impl Fn(TcpStream) -> F,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (listener.accept().await, place)
        };
        let Some((accepted, place)) = stop.run_until_cancelled(next).await else {
            return;
        };
        match accepted {
            Ok((stream, _)) => {
                let served = serve(stream);
                tasks.spawn(async move {
                    served.await;
                    drop(place);
                });
            }
            Err(error) => rest_after(&error).await,
        }
    }
}

/// A connection that broke before it was accepted is nothing; a lack of file descriptors needs time to pass.
async fn rest_after(error: &io::Error) {
    let broken = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    );
    if !broken {
        tell(
            io::stderr(),
            format_args!("cannot accept a connection: {error}"),
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
