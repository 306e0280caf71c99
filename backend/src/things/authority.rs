//! The certificate authority of this backend: makes keys, and signs certificates for its server and for devices.
//! Knows no file and no clock; only the randomness of keys and serial numbers is the machine's own.

use std::fmt;
use std::time::Duration;

use gnomon::time::UnixMillis;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SerialNumber,
    date_time_ymd,
};
use ring::rand::{SecureRandom, SystemRandom};

use super::x509::{self, X509Error};

/// What it calls itself; whoever trusts it finds it by this name among other authorities.
const NAME: &str = "Gnomon Local CA";
/// The subject that AWS gives to each certificate that it makes.
const CLIENT_NAME: &str = "AWS IoT Certificate";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const OWN_LIFE: Duration = DAY.saturating_mul(20 * 365);
/// Browsers take 825 days at most of an authority of one's own.
const SERVER_LIFE: Duration = DAY.saturating_mul(824);
/// AWS's are good until 2049-12-31T23:59:59Z, all of them.
const CLIENT_UNTIL: UnixMillis = UnixMillis(2_524_607_999_000);
/// Clocks of devices may be that late.
const CLOCK_SKEW: Duration = Duration::from_secs(2 * 60);
/// Far beyond what can be written into a certificate nothing is computed.
const LATEST: u64 = 200_000_000_000;

/// Why nothing was made or signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    #[error("the machine gives no random numbers")]
    Random,
    #[error("this is no certificate authority's certificate with its key: {0}")]
    NotAnAuthority(String),
    #[error("the private key belongs to another certificate")]
    ForeignKey,
    #[error("'{0}' is no name that a certificate can be for")]
    Name(String),
    #[error("this is no certificate signing request in PEM with a valid signature")]
    Request,
    #[error("keys of this kind are not signed here")]
    KeyKind,
    #[error(transparent)]
    Certificate(#[from] X509Error),
    #[error("the certificate could not be signed: {0}")]
    Signing(String),
}

/// A new key with the certificate for it, all in PEM.
#[derive(Clone)]
pub struct KeysAndCertificate {
    pub certificate: String,
    pub public_key: String,
    pub private_key: String,
}

/// Signs with its own key, which it never shows but to be kept.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

impl Authority {
    /// Makes an authority with a new key.
    pub fn create(now: UnixMillis) -> Result<Self, AuthorityError> {
        Self::with_key(KeyPair::generate().map_err(signing)?, now)
    }

    /// Takes back one that was kept before.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, AuthorityError> {
        let fail = |error: rcgen::Error| AuthorityError::NotAnAuthority(error.to_string());
        let key = KeyPair::from_pem(key).map_err(fail)?;
        let der = x509::der(certificate)?;
        if x509::raw_key(&der)? != key.public_key_raw() {
            return Err(AuthorityError::ForeignKey);
        }
        if !x509::is_authority(&der)? {
            return Err(AuthorityError::NotAnAuthority("it may not sign".to_owned()));
        }
        Ok(Self {
            issuer: Issuer::from_ca_cert_der(&der.as_slice().into(), key).map_err(fail)?,
            certificate: x509::pem(&der),
        })
    }

    /// The authority of this key, in PEM, for another twenty years: what it signed before stays good.
    pub fn of_key(key: &str, now: UnixMillis) -> Result<Self, AuthorityError> {
        Self::with_key(KeyPair::from_pem(key).map_err(signing)?, now)
    }

    fn with_key(key: KeyPair, now: UnixMillis) -> Result<Self, AuthorityError> {
        let mut params = params(now, later(now, OWN_LIFE))?;
        params.distinguished_name = subject(NAME);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::CrlSign,
        ];
        let certificate = params.self_signed(&key).map_err(signing)?;
        Ok(Self {
            certificate: x509::pem(certificate.der()),
            issuer: Issuer::new(params, key),
        })
    }

    /// What clients have to trust, in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Its private key in PEM, to be kept where nobody else reads it.
    pub fn key(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// A certificate for a server that goes by these names and addresses. With a `key`, it is for that one.
    pub fn server(
        &self,
        names: &[String],
        key: Option<&str>,
        now: UnixMillis,
    ) -> Result<KeysAndCertificate, AuthorityError> {
        let mut params = params(now, later(now, SERVER_LIFE))?;
        params.distinguished_name = subject(names.first().map_or(NAME, String::as_str));
        params.subject_alt_names = names
            .iter()
            .map(|name| alternative_name(name))
            .collect::<Result<_, _>>()?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = match key {
            Some(key) => KeyPair::from_pem(key),
            None => KeyPair::generate(),
        };
        self.signed(&params, &key.map_err(signing)?)
    }

    /// CreateKeysAndCertificate: what a device needs to show who it is. Nothing is registered by this.
    pub fn create_keys_and_certificate(
        &self,
        now: UnixMillis,
    ) -> Result<KeysAndCertificate, AuthorityError> {
        let mut params = client_params(now)?;
        params.distinguished_name = subject(CLIENT_NAME);
        self.signed(&params, &KeyPair::generate().map_err(signing)?)
    }

    /// CreateCertificateFromCsr: a certificate, in PEM, for the key and the subject of a certificate signing request.
    /// What else the request asks for is not granted. Nothing is registered by this.
    pub fn sign_request(&self, request: &str, now: UnixMillis) -> Result<String, AuthorityError> {
        let request_der = x509::request_der(request).ok_or(AuthorityError::Request)?;
        let mut request = CertificateSigningRequestParams::from_der(&request_der.as_slice().into())
            .map_err(|_| AuthorityError::Request)?;
        let subject = request.params.distinguished_name;
        request.params = client_params(now)?;
        request.params.distinguished_name = subject;
        let der = request.signed_by(&self.issuer).map_err(signing)?;
        let der = der.der();
        // rcgen tells the kind of a key by the algorithm that signed the request, which need not be the same.
        if x509::key_of_request(&request_der).as_deref() != Some(&*x509::key(der)?) {
            return Err(AuthorityError::KeyKind);
        }
        Ok(x509::pem(der))
    }

    /// Whether it signed this certificate, in DER.
    pub fn has_signed(&self, der: &[u8]) -> bool {
        x509::der(&self.certificate).is_ok_and(|own| x509::is_signed_by(der, &own))
    }

    fn signed(
        &self,
        params: &CertificateParams,
        key: &KeyPair,
    ) -> Result<KeysAndCertificate, AuthorityError> {
        let certificate = params.signed_by(key, &self.issuer).map_err(signing)?;
        Ok(KeysAndCertificate {
            certificate: x509::pem(certificate.der()),
            public_key: key.public_key_pem(),
            private_key: key.serialize_pem(),
        })
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Authority")
    }
}

impl fmt::Debug for KeysAndCertificate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("KeysAndCertificate")
    }
}

fn client_params(now: UnixMillis) -> Result<CertificateParams, AuthorityError> {
    let mut params = params(now, CLIENT_UNTIL.max(later(now, OWN_LIFE)))?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    Ok(params)
}

/// What every certificate has.
fn params(from: UnixMillis, until: UnixMillis) -> Result<CertificateParams, AuthorityError> {
    let mut params = CertificateParams::default();
    let epoch = date_time_ymd(1970, 1, 1);
    params.not_before = epoch + since_epoch(from).saturating_sub(CLOCK_SKEW);
    params.not_after = epoch + since_epoch(until);
    params.serial_number = Some(serial_number()?);
    params.use_authority_key_identifier_extension = true;
    params.is_ca = IsCa::ExplicitNoCa;
    Ok(params)
}

/// Twenty bytes at most, and a positive number.
fn serial_number() -> Result<SerialNumber, AuthorityError> {
    let mut bytes = [0; 20];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| AuthorityError::Random)?;
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

fn subject(name: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    subject
}

fn alternative_name(name: &str) -> Result<rcgen::SanType, AuthorityError> {
    let params = CertificateParams::new([name.to_owned()]);
    let names = params.map(|params| params.subject_alt_names);
    names
        .ok()
        .and_then(|names| names.into_iter().next())
        .ok_or_else(|| AuthorityError::Name(name.to_owned()))
}

fn since_epoch(time: UnixMillis) -> Duration {
    let seconds = u64::try_from(time.seconds()).unwrap_or_default();
    Duration::from_secs(seconds.min(LATEST))
}

fn later(time: UnixMillis, duration: Duration) -> UnixMillis {
    UnixMillis(time.0.saturating_add(duration.as_millis() as i64))
}

fn signing(error: rcgen::Error) -> AuthorityError {
    AuthorityError::Signing(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::things::certificates::CertificateId;

    const NOW: UnixMillis = UnixMillis(1_795_400_000_000);

    fn authority() -> Authority {
        Authority::create(NOW).unwrap()
    }

    fn der(pem: &str) -> Vec<u8> {
        x509::der(pem).unwrap()
    }

    fn years(validity: x509::Validity) -> i64 {
        (validity.until.0 - validity.from.0) / (365 * DAY.as_millis() as i64)
    }

    #[test]
    fn a_device_gets_a_key_and_a_certificate_for_more_than_twenty_years() {
        let authority = authority();
        let made = authority.create_keys_and_certificate(NOW).unwrap();
        let der = der(&made.certificate);
        assert!(authority.has_signed(&der));
        assert!(years(x509::validity(&der).unwrap()) >= 20);
        assert!(x509::validity(&der).unwrap().from < NOW);
        let key = KeyPair::from_pem(&made.private_key).unwrap();
        assert_eq!(x509::raw_key(&der).unwrap(), key.public_key_raw());
        assert_eq!(made.public_key, key.public_key_pem());
        assert!(!Authority::create(NOW).unwrap().has_signed(&der));
    }

    #[test]
    fn an_authority_that_was_kept_signs_on() {
        let first = authority();
        let kept = Authority::from_pem(first.certificate(), &first.key()).unwrap();
        assert_eq!(kept.certificate(), first.certificate());
        let made = kept.create_keys_and_certificate(NOW).unwrap();
        assert!(first.has_signed(&der(&made.certificate)));
        let renewed = Authority::of_key(&kept.key(), later(NOW, OWN_LIFE)).unwrap();
        assert!(renewed.has_signed(&der(&made.certificate)));
        assert_ne!(renewed.certificate(), first.certificate());
    }

    #[test]
    fn halves_that_do_not_belong_together_are_no_authority() {
        let (one, other) = (authority(), authority());
        let error =
            |certificate: &str, key: &str| Authority::from_pem(certificate, key).unwrap_err();
        assert_eq!(
            error(one.certificate(), &other.key()),
            AuthorityError::ForeignKey
        );
        assert_eq!(error("", &one.key()), X509Error::NotPem.into());
        assert!(matches!(
            error(one.certificate(), ""),
            AuthorityError::NotAnAuthority(_)
        ));
        let device = one.create_keys_and_certificate(NOW).unwrap();
        assert!(matches!(
            error(&device.certificate, &device.private_key),
            AuthorityError::NotAnAuthority(_)
        ));
    }

    #[test]
    fn a_server_goes_by_its_names() {
        let authority = authority();
        let names = ["localhost", "127.0.0.1", "::1", "gnomon.lan"].map(str::to_owned);
        let made = authority.server(&names, None, NOW).unwrap();
        assert_eq!(x509::names(&der(&made.certificate)).unwrap(), names);
        let again = authority
            .server(&names, Some(&made.private_key), NOW)
            .unwrap();
        assert_eq!(again.public_key, made.public_key);
        let bad = authority.server(&["é".to_owned()], None, NOW);
        assert_eq!(bad.unwrap_err(), AuthorityError::Name("é".to_owned()));
    }

    #[test]
    fn a_request_gets_a_certificate_for_its_key_and_nothing_else_that_it_asks_for() {
        let authority = authority();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.distinguished_name = subject("pump 7");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let request = params.serialize_request(&key).unwrap().pem().unwrap();
        let first = authority.sign_request(&request, NOW).unwrap();
        let second = authority.sign_request(&request, NOW).unwrap();
        assert_eq!(x509::raw_key(&der(&first)).unwrap(), key.public_key_raw());
        assert!(x509::names(&der(&first)).unwrap().is_empty());
        assert!(
            Authority::from_pem(&first, &key.serialize_pem()).is_err(),
            "it is no authority"
        );
        assert_ne!(
            CertificateId::of(&der(&first)),
            CertificateId::of(&der(&second))
        );
    }

    #[test]
    fn a_request_that_cannot_be_read_is_refused() {
        let authority = authority();
        let key = KeyPair::generate().unwrap();
        let request = CertificateParams::default()
            .serialize_request(&key)
            .unwrap();
        let request = request.pem().unwrap();
        let mut damaged = x509::request_der(&request).unwrap();
        *damaged.last_mut().unwrap() ^= 1;
        let damaged = x509::pem(&damaged).replace("CERTIFICATE", "CERTIFICATE REQUEST");
        let device = authority.create_keys_and_certificate(NOW).unwrap();
        for text in [
            "",
            "no PEM",
            &damaged,
            &device.certificate,
            &"x".repeat(100_000),
        ] {
            let refused = authority.sign_request(text, NOW);
            assert_eq!(refused.unwrap_err(), AuthorityError::Request);
        }
    }

    #[test]
    fn a_clock_that_is_wrong_breaks_nothing() {
        for now in [i64::MIN, -1, 0, i64::MAX] {
            let authority = Authority::create(UnixMillis(now)).unwrap();
            authority
                .create_keys_and_certificate(UnixMillis(now))
                .unwrap();
        }
    }
}
