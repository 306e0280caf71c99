//! TLS before anything is said: a handshake of its own for each connection, within a time and a number that are
//! bounded. Who is let in is decided by [`Doorkeeper`] for devices; browsers show no certificate.

#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{NoServerSessionStorage, ServerConfig};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{self, ConfigBuilder, WantsVerifier};
use tokio_rustls::server::TlsStream;

use super::doorkeeper::Doorkeeper;
use super::hub::Hub;
use crate::identity::Pair;
use crate::things::certificates::CertificateId;

/// A handshake is done by then, the wait for its turn included.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes of a listener at a time: one takes up to some 64 KiB once it has begun. Who is silent has no turn.
const TURNS: usize = 1024;
/// How long somebody who was refused gets to read why.
const FAREWELL: Duration = Duration::from_millis(500);
/// `x-amzn-mqtt-ca` is what AWS's SDKs ask for.
const MQTT: [&[u8]; 2] = [b"x-amzn-mqtt-ca", b"mqtt"];
const HTTP: [&[u8]; 1] = [b"http/1.1"];

/// Why a server's certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("no certificate in PEM: {0}")]
    Certificate(pem::Error),
    #[error("no private key in PEM: {0}")]
    Key(pem::Error),
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

/// What a server shows and proves to be.
#[derive(Clone)]
pub struct ServerCertificate(Arc<CertifiedKey>);

impl ServerCertificate {
    /// A certificate, with those that lead to its authority behind it, and its private key.
    pub fn from_pem(pair: &Pair) -> Result<Self, TlsError> {
        let chain = CertificateDer::pem_slice_iter(pair.certificate.as_bytes());
        let chain: Vec<_> = chain
            .collect::<Result<_, _>>()
            .map_err(TlsError::Certificate)?;
        if chain.is_empty() {
            return Err(TlsError::Certificate(pem::Error::NoItemsFound));
        }
        let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).map_err(TlsError::Key)?;
        let key = CertifiedKey::from_der(chain, key, &ring::default_provider())?;
        Ok(Self(Arc::new(key)))
    }

    fn resolver(&self) -> Arc<SingleCertAndKey> {
        Arc::new(self.0.clone().into())
    }
}

impl fmt::Debug for ServerCertificate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ServerCertificate")
    }
}

/// A stream of which one byte at most was read ahead.
pub(super) type Begun<S> = BufReader<S>;

/// What a listener needs to make its connections secure.
#[derive(Clone)]
pub(super) struct Tls {
    acceptor: TlsAcceptor,
    turns: Arc<Semaphore>,
}

impl Tls {
    /// For MQTT: whoever connects shows a certificate that is registered and active.
    pub(super) fn for_devices(
        certificate: &ServerCertificate,
        hub: Arc<Hub>,
    ) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let doorkeeper = Arc::new(Doorkeeper::new(&provider, hub));
        let config = versions(provider)?.with_client_cert_verifier(doorkeeper);
        Ok(Self::new(
            config.with_cert_resolver(certificate.resolver()),
            &MQTT,
        ))
    }

    /// For HTTP and WebSocket.
    pub(super) fn for_browsers(certificate: &ServerCertificate) -> Result<Self, TlsError> {
        let config = versions(Arc::new(ring::default_provider()))?.with_no_client_auth();
        Ok(Self::new(
            config.with_cert_resolver(certificate.resolver()),
            &HTTP,
        ))
    }

    fn new(mut config: ServerConfig, protocols: &[&[u8]]) -> Self {
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        // A session that goes on from an earlier one would skip the look at the client's certificate.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Self {
            acceptor: Arc::new(config).into(),
            turns: Arc::new(Semaphore::new(TURNS)),
        }
    }

    /// `None` when the client is not let in, or too slow.
    pub(super) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
    ) -> Option<TlsStream<Begun<S>>> {
        let shaken = async {
            let begun = begun(stream).await?;
            let _turn = self.turns.acquire().await;
            Some(self.acceptor.accept(begun).into_fallible().await)
        };
        match tokio::time::timeout(HANDSHAKE, shaken).await.ok()?? {
            Ok(stream) => Some(stream),
            Err((_, stream)) => {
                let _ = tokio::time::timeout(FAREWELL, part_from(stream)).await;
                None
            }
        }
    }
}

/// Returns with the first byte; `None` when none will come.
async fn begun<S: AsyncRead + Unpin>(stream: S) -> Option<Begun<S>> {
    let mut begun = BufReader::with_capacity(1, stream);
    let is_over = begun.fill_buf().await.ok()?.is_empty();
    (!is_over).then_some(begun)
}

fn versions(
    provider: Arc<CryptoProvider>,
) -> Result<ConfigBuilder<ServerConfig, WantsVerifier>, rustls::Error> {
    ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}

/// Whose certificate was shown.
pub(super) fn shown<S>(stream: &TlsStream<S>) -> Option<CertificateId> {
    let (_, connection) = stream.get_ref();
    let shown = connection.peer_certificates()?.first()?;
    Some(CertificateId::of(shown))
}

/// Lets the client read the alert that tells what was wrong: a connection that is closed over bytes that nobody read
/// is reset, and the alert with it.
async fn part_from<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) -> io::Result<()> {
    stream.shutdown().await?;
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
