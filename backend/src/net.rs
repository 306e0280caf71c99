//! The backend on the network: listeners, one task for each connection, one timer. Decides nothing about MQTT.

mod access;
mod attach;
mod calls;
mod clock;
mod doorkeeper;
mod http;
mod hub;
mod issue;
mod listeners;
mod objects;
mod prompt;
mod rulebook;
mod rules;
mod signed;
mod tcp;
mod tls;
mod websocket;
mod writer;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gnomon::time::Now;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backend::Backend;
use crate::broker::Limits;
use crate::fleet::FleetOptions;
use crate::identity::{self, IdentityError};
use crate::objects::{Objects, Place};
use crate::signatures::Keys;
use crate::store::{Store, StoreError};
use crate::things::authority::{Authority, AuthorityError};
use crate::things::policies::document::Document;

pub use access::{Access, Scheme};
pub use attach::{Attach, AttachError};
use clock::Clock;
use hub::Hub;
use listeners::Serving;
pub use listeners::{Listeners, TlsListeners, raise_file_limit};
pub use tls::{ServerCertificate, TlsError};
use writer::Writer;
pub use writer::WriterError;

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
    /// Who may sign; without them nobody has to.
    pub keys: Option<Arc<Keys>>,
    /// Somebody else's broker, whose shadows to serve instead of being one.
    pub attach: Option<Attach>,
}

/// A backend, and where its changes go.
#[derive(Debug)]
pub struct Core {
    clock: Clock,
    backend: Backend,
    store: Option<Store>,
    authority: Arc<Authority>,
    objects: Place,
    folder: Option<PathBuf>,
}

/// Why a backend cannot go on from what was saved.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl Core {
    /// Forgets everything with the process. Rules can store nothing, unless [`Self::keep_objects`] says where.
    pub fn in_memory(config: &Config) -> Result<Self, AuthorityError> {
        let clock = Clock::start();
        let authority = Authority::create(clock.now().wall)?;
        Ok(Self {
            clock,
            backend: Backend::new(config.limits.clone(), config.seed),
            store: None,
            authority: Arc::new(authority),
            objects: Place::Nowhere,
            folder: None,
        })
    }

    /// Goes on from what was saved in this folder, and saves every change there. What rules store goes into its
    /// folder `objects`, unless [`Self::keep_objects`] says otherwise.
    pub fn open(folder: &Path, config: &Config) -> Result<Self, OpenError> {
        let clock = Clock::start();
        let now = clock.now();
        let mut backend = Backend::new(config.limits.clone(), config.seed);
        backend.start_journal();
        let restore = |table, key: &_, value: &_| backend.restore(table, key, value, now);
        // From here on nobody else uses the folder.
        let store = Store::open(folder, restore)?;
        let authority = identity::authority(folder, now.wall)?;
        Ok(Self {
            clock,
            backend,
            store: Some(store),
            authority: Arc::new(authority),
            objects: Place::Folder(folder.join("objects")),
            folder: Some(folder.to_owned()),
        })
    }

    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// Whoever shows no certificate may do what this policy allows, and nothing else.
    pub fn govern(&mut self, policy: Document) {
        self.backend.govern(policy);
    }

    /// Rules store there.
    pub fn keep_objects(&mut self, place: Place) {
        match &place {
            Place::Nowhere => {}
            Place::Folder(folder) => self.backend.set_object_target(folder.display().to_string()),
            Place::S3(_) => self.backend.set_object_target("s3://".to_owned()),
        }
        self.objects = place;
    }

    pub fn authority(&self) -> &Arc<Authority> {
        &self.authority
    }

    pub fn now(&self) -> Now {
        self.clock.now()
    }
}

/// What ends the backend before it is told to end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Writer(#[from] WriterError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
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
    let authority = core.authority;
    let hub = Arc::new(Hub::new(core.clock, backend, &config.fleet));
    let writer = core.store.map(|store| Writer::start(hub.clone(), store));
    let mut writer = writer.transpose().map_err(RunError::Thread)?;
    let objects = Arc::new(Objects::start(core.objects).map_err(RunError::Thread)?);
    let tasks = TaskTracker::new();
    let stop = CancellationToken::new();
    rules::start(&hub, &objects, core.folder.as_deref(), &tasks, &stop)
        .map_err(RunError::Thread)?;
    tasks.spawn(
        stop.clone()
            .run_until_cancelled_owned(run_timer(hub.clone())),
    );
    let serving = Serving {
        hub: hub.clone(),
        authority,
        objects,
        tasks: tasks.clone(),
        stop: stop.clone(),
    };
    serving.begin(listeners, &config)?;
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
