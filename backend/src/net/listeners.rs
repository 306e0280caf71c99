//! The listeners: each gives every connection a task of its own, handshakes included, and never waits for one.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::hub::Hub;
use super::tls::{Begun, ServerCertificate, Tls, TlsError};
use super::{Config, Scheme, http, tcp};
use crate::objects::Objects;
use crate::terminal::tell;
use crate::things::authority::Authority;

/// Connections that a listener has open at a time; further ones wait to be accepted.
const CONNECTIONS: usize = 50_000;

/// Every connection is a file: lets this process, and those that it starts, have as many as the system allows.
/// Returns how many that is.
pub fn raise_file_limit() -> io::Result<u64> {
    let limit = getrlimit(Resource::Nofile);
    let all = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, all)?;
    Ok(limit.maximum.unwrap_or(u64::MAX))
}

/// Sockets that are bound already, so that a test binds port 0.
#[derive(Debug, Default)]
pub struct Listeners {
    pub mqtt: Option<TcpListener>,
    pub http: Option<TcpListener>,
    pub tls: Option<TlsListeners>,
}

/// Those whose connections begin with a handshake, and what they show.
#[derive(Debug)]
pub struct TlsListeners {
    pub certificate: ServerCertificate,
    pub mqtts: Option<TcpListener>,
    pub https: Option<TcpListener>,
}

/// What the tasks of all listeners share.
#[derive(Clone)]
pub(super) struct Serving {
    pub(super) hub: Arc<Hub>,
    pub(super) authority: Arc<Authority>,
    pub(super) objects: Arc<Objects>,
    pub(super) tasks: TaskTracker,
    pub(super) stop: CancellationToken,
}

impl Serving {
    pub(super) fn begin(&self, listeners: Listeners, config: &Config) -> Result<(), TlsError> {
        if let Some(listener) = listeners.mqtt {
            let hub = self.hub.clone();
            self.accept(listener, move |stream, from| {
                tcp::serve(stream, from, hub.clone())
            });
        }
        if let Some(listener) = listeners.http {
            let (app, stop) = (http::app(self, Scheme::Http, config), self.stop.clone());
            self.accept(listener, move |stream, from| {
                http::serve(stream, from, app.clone(), stop.clone())
            });
        }
        match listeners.tls {
            Some(listeners) => self.begin_tls(listeners, config),
            None => Ok(()),
        }
    }

    fn begin_tls(&self, listeners: TlsListeners, config: &Config) -> Result<(), TlsError> {
        let certificate = listeners.certificate;
        if let Some(listener) = listeners.mqtts {
            let hub = self.hub.clone();
            let tls = Tls::for_devices(&certificate, hub.clone())?;
            self.accept_tls(listener, tls, move |stream, from| {
                tcp::serve_tls(stream, from, hub.clone())
            });
        }
        if let Some(listener) = listeners.https {
            let (app, stop) = (http::app(self, Scheme::Https, config), self.stop.clone());
            let tls = Tls::for_browsers(&certificate)?;
            self.accept_tls(listener, tls, move |stream, from| {
                http::serve(stream, from, app.clone(), stop.clone())
            });
        }
        Ok(())
    }

    fn accept_tls<F: Future<Output = ()> + Send + 'static>(
        &self,
        listener: TcpListener,
        tls: Tls,
        serve: impl Fn(TlsStream<Begun<TcpStream>>, IpAddr) -> F + Clone + Send + Sync + 'static,
    ) {
        let stop = self.stop.clone();
        self.accept(listener, move |stream, from| {
            let (tls, serve, stop) = (tls.clone(), serve.clone(), stop.clone());
            async move {
                if let Some(Some(stream)) = stop.run_until_cancelled(tls.handshake(stream)).await {
                    serve(stream, from).await;
                }
            }
        });
    }

    fn accept<F: Future<Output = ()> + Send + 'static>(
        &self,
        listener: TcpListener,
        serve: impl Fn(TcpStream, IpAddr) -> F + Send + 'static,
    ) {
        let tasks = self.tasks.clone();
        let accepting = accept(listener, tasks.clone(), serve);
        tasks.spawn(self.stop.clone().run_until_cancelled_owned(accepting));
    }
}

async fn accept<F: Future<Output = ()> + Send + 'static>(
    listener: TcpListener,
    tasks: TaskTracker,
    serve: impl Fn(TcpStream, IpAddr) -> F,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let place = places.clone().acquire_owned().await;
        match listener.accept().await {
            Ok((stream, from)) => {
                // Packets are packed before they are written: waiting for more would only delay them.
                let _ = stream.set_nodelay(true);
                let served = serve(stream, from.ip());
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
