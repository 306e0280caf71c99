//! The one connection that this process makes itself: to the broker that the shadow service is attached to, over
//! TCP or TLS. What goes over it is the uplink's business.

use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use tokio_util::sync::CancellationToken;

use super::clock::Clock;
use super::hub::Hub;
use super::prompt::Prompt;
use crate::uplink::{BrokerAddress, Credentials, Notice, Output, Uplink};

const READ: usize = 64 * 1024;

/// Why a broker cannot be attached to at all.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    #[error("this is no name that a certificate can be for")]
    Name,
    #[error(
        "this machine has no certificates to check the broker's by ({0}); SSL_CERT_FILE names some"
    )]
    NoRoots(String),
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

/// Whose shadows to serve, and how to get in.
#[derive(Clone, Debug)]
pub struct Attach {
    address: BrokerAddress,
    credentials: Credentials,
    tls: Option<Tls>,
    tell: Tell,
}

/// Lets a person know what became of the link.
type Tell = fn(&BrokerAddress, Notice);

#[derive(Clone)]
struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

impl Attach {
    /// Reads the machine's root certificates where TLS is asked for; `SSL_CERT_FILE` names others.
    pub fn new(
        address: BrokerAddress,
        credentials: Credentials,
        tell: fn(&BrokerAddress, Notice),
    ) -> Result<Self, AttachError> {
        let tls = match address.tls {
            true => Some(Tls::new(&address.host)?),
            false => None,
        };
        Ok(Self {
            address,
            credentials,
            tls,
            tell,
        })
    }

    pub fn address(&self) -> &BrokerAddress {
        &self.address
    }

    pub(super) fn uplink(&self, clock: &Clock) -> Uplink {
        let now = clock.now();
        // Two services that fight over one broker must not do it in step.
        let seed = now.wall.0 as u64;
        Uplink::new(self.credentials.clone(), seed, now.instant)
    }

    async fn open(&self) -> io::Result<Stream> {
        let stream = TcpStream::connect((&*self.address.host, self.address.port)).await?;
        // Packets are packed before they are written: waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        let stream = Prompt(stream);
        Ok(match &self.tls {
            None => Stream::Plain(stream),
            Some(Tls { connector, name }) => {
                Stream::Tls(Box::new(connector.connect(name.clone(), stream).await?))
            }
        })
    }
}

impl Tls {
    fn new(host: &str) -> Result<Self, AttachError> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| AttachError::Name)?;
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            let error = found.errors.first();
            let error = error.map_or_else(|| "none were found".to_owned(), ToString::to_string);
            return Err(AttachError::NoRoots(error));
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            connector: Arc::new(config).into(),
            name,
        })
    }
}

enum Stream {
    Plain(Prompt),
    Tls(Box<TlsStream<Prompt>>),
}

/// Keeps the service attached until `stop`. Calls `ready` once, when it is attached for the first time.
pub(super) async fn serve(
    hub: Arc<Hub>,
    attach: Attach,
    ready: impl FnOnce(),
    stop: CancellationToken,
) {
    let mut caller = Caller {
        hub,
        address: attach.address.clone(),
        tell: attach.tell,
        ready: Some(ready),
        stop,
        stopping: false,
    };
    while let Some(output) = caller.next(true).await {
        if output == Output::Open {
            caller.call(&attach).await;
        }
    }
}

struct Caller<F> {
    hub: Arc<Hub>,
    address: BrokerAddress,
    tell: Tell,
    ready: Option<F>,
    stop: CancellationToken,
    stopping: bool,
}

impl<F: FnOnce()> Caller<F> {
    async fn call(&mut self, attach: &Attach) {
        let opened = tokio::select! {
            opened = attach.open() => opened,
            // It took too long, or the service leaves.
            _ = self.next(true) => return,
        };
        let ended = match opened {
            Ok(Stream::Plain(stream)) => self.converse(stream).await,
            Ok(Stream::Tls(stream)) => self.converse(stream).await,
            Err(error) => Err(error),
        };
        if let Err(error) = ended {
            self.hub
                .with_uplink(|uplink, now| uplink.handle_closed(error.to_string(), now));
        }
    }

    /// Carries bytes until the session closes the connection, or the connection breaks.
    async fn converse(&mut self, stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        let hub = self.hub.clone();
        hub.with_uplink(Uplink::handle_opened);
        let (read, write) = tokio::io::split(stream);
        tokio::select! {
            ended = receive(read, &hub) => ended,
            sent = self.send(write) => sent,
        }
    }

    async fn send(&mut self, mut write: impl AsyncWrite + Unpin) -> io::Result<()> {
        loop {
            match self.next(true).await {
                Some(Output::Send(bytes)) => tokio::select! {
                    biased;
                    written = write.write_all(&bytes) => written?,
                    // The broker takes no bytes any more, and the session gives it up. The last words, behind
                    // which the session closes at once, have the time that a process has to end.
                    _ = self.next(false), if !self.stopping => return Ok(()),
                },
                Some(Output::Open | Output::Close) | None => return write.shutdown().await,
            }
        }
    }

    /// What the session wants next; `None` when the service has left.
    async fn next(&mut self, writable: bool) -> Option<Output> {
        loop {
            self.tell();
            if let Some(output) = self.poll(writable) {
                return Some(output);
            }
            if self
                .hub
                .poll_uplink(|uplink, _| uplink.has_left().then_some(()))
                .is_some()
            {
                return None;
            }
            tokio::select! {
                () = self.hub.uplink_moved() => {}
                () = self.stop.cancelled(), if !self.stopping => {
                    self.stopping = true;
                    self.hub.with_uplink(Uplink::leave);
                }
            }
        }
    }

    fn poll(&self, writable: bool) -> Option<Output> {
        self.hub
            .poll_uplink(|uplink, now| uplink.poll_output(writable, now))
    }

    /// Says what became of the link.
    fn tell(&mut self) {
        while let Some(notice) = self.hub.poll_uplink(|uplink, _| uplink.poll_notice()) {
            let is_serving = notice == Notice::Serving;
            (self.tell)(&self.address, notice);
            if is_serving && let Some(ready) = self.ready.take() {
                ready();
            }
        }
    }
}

async fn receive(mut read: impl AsyncRead + Unpin, hub: &Hub) -> io::Result<()> {
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(READ);
        if read.read_buf(&mut buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        hub.receive_from_uplink(buffer.split().freeze()).await;
    }
}
