//! TLS clients that trust the backend's own authority and nobody else.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::common::{CONNACK, connect, patiently};
use crate::http::device::Device;
use crate::program::Program;

/// A device that was let in.
pub(crate) async fn connected(
    program: &Program,
    device: &Device,
) -> io::Result<TlsStream<TcpStream>> {
    let mut stream = open(program.mqtts, &program.ca(), Some(device), "localhost").await?;
    stream.write_all(&connect(&device.id)).await?;
    let mut answer = [0; 4];
    patiently(stream.read_exact(&mut answer)).await?;
    assert_eq!(answer, CONNACK);
    Ok(stream)
}

/// A handshake without a certificate.
pub(crate) async fn https(program: &Program, name: &str) -> io::Result<TlsStream<TcpStream>> {
    open(program.https, &program.ca(), None, name).await
}

/// A handshake with whoever goes by `name` and was signed by `ca`.
pub(crate) async fn open(
    address: SocketAddr,
    ca: &Path,
    device: Option<&Device>,
    name: &str,
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate(ca)).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match device {
        None => builder.with_no_client_auth(),
        Some(device) => {
            let key = PrivateKeyDer::from_pem_file(&device.key).unwrap();
            let chain = vec![certificate(&device.certificate)];
            builder.with_client_auth_cert(chain, key).unwrap()
        }
    };
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    patiently(connector.connect(name, stream)).await
}

fn certificate(path: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(path).unwrap()
}
