//! Whom a TLS handshake lets in: whoever holds the key of a certificate that is registered here, active and in its
//! time. Who signed the certificate does not matter, for each is known byte for byte.

use std::fmt;
use std::sync::Arc;

use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, UnixTime};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, SignatureScheme,
};

use super::hub::Hub;
use crate::things::certificates::{CertificateId, Refusal};

pub(super) struct Doorkeeper {
    hub: Arc<Hub>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Doorkeeper {
    pub(super) fn new(provider: &CryptoProvider, hub: Arc<Hub>) -> Self {
        Self {
            hub,
            algorithms: provider.signature_verification_algorithms,
        }
    }
}

impl fmt::Debug for Doorkeeper {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Doorkeeper")
    }
}

impl ClientCertVerifier for Doorkeeper {
    /// No authority is named: a client would keep back the certificates of others.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let checked = self.hub.check_certificate(CertificateId::of(end_entity));
        checked
            .map(|()| ClientCertVerified::assertion())
            .map_err(|refusal| alert(refusal).into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// AWS answers `certificate_unknown` (46) to certificates that it does not know or that are not active; for the
/// other cases TLS has words of its own.
fn alert(refusal: Refusal) -> CertificateError {
    match refusal {
        Refusal::Unknown | Refusal::Inactive => {
            CertificateError::Other(OtherError(Arc::new(refusal)))
        }
        Refusal::Revoked => CertificateError::Revoked,
        Refusal::NotYetValid => CertificateError::NotValidYet,
        Refusal::Expired => CertificateError::Expired,
    }
}
