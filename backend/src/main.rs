//! The process: flags, listeners, signals. Everything else is in the library.

#![deny(clippy::print_stdout, clippy::print_stderr)]

use std::fmt::Arguments;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use gnomon_backend::broker::Limits;
use gnomon_backend::fleet::FleetOptions;
use gnomon_backend::identity::{self, IdentityError};
use gnomon_backend::net::{
    self, Access, Attach, AttachError, Config, Core, Listeners, OpenError, RunError,
    ServerCertificate, TlsError, TlsListeners,
};
use gnomon_backend::objects::{Place, S3, S3Error};
use gnomon_backend::options::{Attachment, HELP, ObjectsAt, Options, Request};
use gnomon_backend::signatures::Keys;
use gnomon_backend::terminal::tell;
use gnomon_backend::things::policies::document::{Document, DocumentError};
use gnomon_backend::uplink::{BrokerAddress, Credentials, Notice};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Why the backend does not start.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("{0}\nTry --help.")]
    Flags(#[from] lexopt::Error),
    #[error("--data {0}: cannot make the folder: {1}")]
    Data(String, io::Error),
    #[error("--{flag} {address}: {error}")]
    Listen {
        flag: &'static str,
        address: String,
        error: io::Error,
    },
    #[error("--data: {0}")]
    Open(#[from] OpenError),
    #[error("--https-cert, --https-key: {0}")]
    Given(IdentityError),
    #[error("--https-cert, --https-key: {0}")]
    Certificate(TlsError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("--policy {0}: {1}")]
    PolicyFile(String, io::Error),
    #[error("--policy {0}: {1}")]
    Policy(String, DocumentError),
    #[error("--sigv4-keys {0}: {1}")]
    Keys(String, String),
    #[error("--password-file {0}: {1}")]
    Password(String, io::Error),
    #[error("--objects s3://: {0}")]
    S3(#[from] S3Error),
    #[error("--attach {0}: {1}")]
    Attach(BrokerAddress, AttachError),
    #[error("cannot watch for signals: {0}")]
    Signals(io::Error),
    #[error("cannot start the runtime: {0}")]
    Runtime(io::Error),
}

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(io::stderr(), format_args!("gnomon-backend: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<(), StartError> {
    let options = match Request::parse(std::env::args_os().skip(1))? {
        Request::Run(options) => *options,
        Request::Help => {
            tell(io::stdout(), HELP.trim_end());
            return Ok(());
        }
        Request::Version => {
            tell(
                io::stdout(),
                concat!("gnomon-backend ", env!("CARGO_PKG_VERSION")),
            );
            return Ok(());
        }
    };
    std::fs::create_dir_all(&options.data)
        .map_err(|error| StartError::Data(options.data.display().to_string(), error))?;
    // It does with fewer as well.
    let _ = net::raise_file_limit();
    let runtime = tokio::runtime::Runtime::new().map_err(StartError::Runtime)?;
    let served = runtime.block_on(serve(options));
    // A task that still holds on to something must not hold up the end.
    runtime.shutdown_background();
    served
}

async fn serve(options: Options) -> Result<(), StartError> {
    let shutdown = shutdown().map_err(StartError::Signals)?;
    let policy = options.policy.as_deref().map(policy).transpose()?;
    let attach = options.attach.clone().map(attach).transpose()?;
    let (http, https) = match attach {
        None => (
            "HTTP and WebSocket (/mqtt) on",
            "HTTPS and secure WebSocket (/mqtt) on",
        ),
        Some(_) => ("HTTP on", "HTTPS on"),
    };
    let mqtt = listen("mqtt", "MQTT over TCP on", &options.mqtt, &options).await?;
    let mqtts = listen("mqtts", "MQTT over TLS on", &options.mqtts, &options).await?;
    let http = listen("http", http, &options.http, &options).await?;
    let https = listen("https", https, &options.https, &options).await?;
    let config = Config {
        limits: Limits::default(),
        seed: options.seed,
        fleet: FleetOptions {
            devices: options.fleet,
            rate: options.fleet_rate,
            seed: options.seed,
        },
        access: Access::new(
            [&http, &https].into_iter().flatten().filter_map(bound_to),
            &options.tls_names,
            &options.allow_origins,
        ),
        site: options.site.clone(),
        keys: options.keys.as_deref().map(keys).transpose()?,
        attach,
    };
    let objects = options.objects.clone().map(place).transpose()?;
    let mut core = open(&options.data, &config)?;
    if let Some(objects) = objects {
        core.keep_objects(objects);
    }
    if let Some(policy) = policy {
        core.govern(policy);
    }
    let tls = match (mqtts, https) {
        (None, None) => None,
        (mqtts, https) => Some(TlsListeners {
            certificate: certificate(&options, &core)?,
            mqtts,
            https,
        }),
    };
    let listeners = Listeners { mqtt, http, tls };
    let ready = || tell(io::stdout(), "ready");
    net::run(core, listeners, config, ready, shutdown).await?;
    Ok(())
}

/// Where rules store.
fn place(objects: ObjectsAt) -> Result<Place, S3Error> {
    match objects {
        ObjectsAt::Folder(folder) => Ok(Place::Folder(folder)),
        ObjectsAt::S3 => S3::read(|name| std::env::var(name).ok()).map(Place::S3),
    }
}

fn keys(path: &Path) -> Result<Arc<Keys>, StartError> {
    let fail = |error: String| StartError::Keys(path.display().to_string(), error);
    let text = std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
    let keys = Keys::parse(&text).map_err(|error| fail(error.to_string()))?;
    Ok(Arc::new(keys))
}

/// What is shown to whoever connects by TLS.
fn certificate(options: &Options, core: &Core) -> Result<ServerCertificate, StartError> {
    let pair = match &options.certificate {
        Some((certificate, key)) => identity::given(certificate, key).map_err(StartError::Given)?,
        None => {
            let now = core.now().wall;
            identity::server(&options.data, core.authority(), &options.tls_names, now)
                .map_err(|error| StartError::Open(error.into()))?
        }
    };
    ServerCertificate::from_pem(&pair).map_err(StartError::Certificate)
}

/// Reads what was saved, and says how much that was and how long it took.
fn open(folder: &Path, config: &Config) -> Result<Core, StartError> {
    let start = Instant::now();
    let core = Core::open(folder, config)?;
    let (kept, folder) = (core.backend().kept(), folder.display());
    let passed = start.elapsed().as_millis();
    tell(
        io::stdout(),
        format_args!(
            "read from {folder} in {passed} ms: shadows {}, retained messages {}, sessions {}",
            kept.shadows, kept.retained, kept.sessions
        ),
    );
    Ok(core)
}

/// Reads what whoever shows no certificate may do.
fn policy(path: &Path) -> Result<Document, StartError> {
    let named = || path.display().to_string();
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| StartError::PolicyFile(named(), error))?;
    Document::parse(&text).map_err(|error| StartError::Policy(named(), error))
}

/// Reads what signing in at somebody else's broker takes.
fn attach(attachment: Attachment) -> Result<Attach, StartError> {
    let Attachment {
        broker,
        user_name,
        password_file,
    } = attachment;
    if password_file.is_some() && !broker.tls && !broker.is_loopback() {
        let warning = "the password goes over the network in the clear; mqtts:// would hide it";
        tell(io::stderr(), format_args!("--attach {broker}: {warning}"));
    }
    let credentials = Credentials {
        user_name,
        password: password_file.as_deref().map(password).transpose()?,
    };
    Attach::new(broker.clone(), credentials, tell_of)
        .map_err(|error| StartError::Attach(broker, error))
}

/// Says what became of the link to somebody else's broker.
fn tell_of(broker: &BrokerAddress, notice: Notice) {
    let warn = |words: Arguments<'_>| tell(io::stderr(), format_args!("{broker}: {words}"));
    match notice {
        Notice::Serving => tell(io::stdout(), format_args!("attached to {broker}")),
        Notice::Trouble(words) => warn(format_args!("{words}; trying again")),
        Notice::Warning(words) => warn(format_args!("{words}")),
        Notice::Dropped(count) => warn(format_args!(
            "{count} answers were dropped: too many waited to leave"
        )),
    }
}

/// The first line of a file.
fn password(path: &Path) -> Result<Vec<u8>, StartError> {
    let file = std::fs::read(path)
        .map_err(|error| StartError::Password(path.display().to_string(), error))?;
    let line = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(line.strip_suffix(b"\r").unwrap_or(line).to_vec())
}

/// Binds a listener and says so, loudly when other machines can reach it.
async fn listen(
    flag: &'static str,
    what: &str,
    address: &Option<String>,
    options: &Options,
) -> Result<Option<TcpListener>, StartError> {
    let Some(address) = address else {
        return Ok(None);
    };
    let fail = |error| StartError::Listen {
        flag,
        address: address.to_owned(),
        error,
    };
    let listener = TcpListener::bind(address).await.map_err(fail)?;
    let bound = listener.local_addr().map_err(fail)?;
    tell(io::stdout(), format_args!("{what} {bound}"));
    if !bound.ip().is_loopback() {
        let who = match flag {
            "mqtts" => "with a certificate that is registered here",
            "http" | "https" if options.keys.is_some() => "with a key of --sigv4-keys",
            _ if options.policy.is_some() => "without a password, and do what --policy allows",
            _ => "without a password, and do everything: --policy FILE changes that",
        };
        let warning = format_args!("--{flag} {address}: other machines can reach this, {who}");
        tell(io::stdout(), warning);
    }
    Ok(Some(listener))
}

fn bound_to(listener: &TcpListener) -> Option<IpAddr> {
    listener.local_addr().ok().map(|address| address.ip())
}

/// Comes with SIGTERM or Ctrl-C.
fn shutdown() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
