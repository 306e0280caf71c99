//! Handshakes between rustls on both ends of a pipe, in virtual time: who is let in, who is not and why.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::AsyncFnOnce;

use tokio::io::DuplexStream;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream as ClientStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{
    AlertDescription, ClientConfig, HandshakeKind, RootCertStore, SupportedProtocolVersion,
};

use super::*;
use crate::backend::Backend;
use crate::broker::Limits;
use crate::fleet::FleetOptions;
use crate::net::clock::Clock;
use crate::net::tcp;
use crate::things::authority::{Authority, KeysAndCertificate};
use crate::things::certificates::{Certificate, CertificateStatus};
use crate::things::x509;

const CONNECT: &[u8] = b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01d";
const CONNACK: [u8; 4] = [0x20, 2, 0, 0];
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const EVERYTHING: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

/// A listener for devices without its socket.
struct World {
    hub: Arc<Hub>,
    tls: Tls,
    authority: Authority,
}

impl World {
    fn new() -> Self {
        let clock = Clock::start();
        let now = clock.now().wall;
        let authority = Authority::create(now).unwrap();
        let made = authority.server(&["localhost".to_owned()], None, now);
        let certificate = ServerCertificate::from_pem(&made.unwrap().into()).unwrap();
        let nobody = FleetOptions {
            devices: 0,
            rate: None,
            seed: 1,
        };
        let hub = Arc::new(Hub::new(clock, Backend::new(Limits::default(), 1), &nobody));
        let tls = Tls::for_devices(&certificate, hub.clone()).unwrap();
        Self {
            hub,
            tls,
            authority,
        }
    }

    /// What a device has, not registered.
    fn unknown_device(&self) -> KeysAndCertificate {
        let now = self.hub.now().wall;
        self.authority.create_keys_and_certificate(now).unwrap()
    }

    fn device(&self) -> KeysAndCertificate {
        let device = self.unknown_device();
        self.register(&device, |_| {});
        device
    }

    /// Registers a certificate with a policy that allows everything, after `change`.
    fn register(&self, device: &KeysAndCertificate, change: impl FnOnce(&mut Certificate)) {
        let active = CertificateStatus::Active;
        let now = self.hub.now();
        let certificate = Certificate::from_pem(&device.certificate, active, now.wall);
        let mut certificate = certificate.unwrap();
        change(&mut certificate);
        self.hub.change(|backend| {
            let id = certificate.id;
            backend
                .broker_mut()
                .register_certificate(certificate)
                .unwrap();
            let policies = &mut backend.broker_mut().things_mut().policies;
            let _ = policies.create("everything", EVERYTHING, now.wall);
            policies.attach("everything", id).unwrap();
        });
    }

    fn set_status(&self, device: &KeysAndCertificate, status: CertificateStatus) {
        let now = self.hub.now();
        self.hub.change(|backend| {
            backend
                .broker_mut()
                .update_certificate(id(device), status, now)
                .unwrap()
        });
    }

    fn client(&self, device: Option<&KeysAndCertificate>) -> ClientConfig {
        self.client_of(&[&TLS13, &TLS12], device)
    }

    fn client_of(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        device: Option<&KeysAndCertificate>,
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        let ca = x509::der(self.authority.certificate()).unwrap();
        roots.add(ca.into()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots);
        match device {
            None => builder.with_no_client_auth(),
            Some(device) => {
                let chain = vec![x509::der(&device.certificate).unwrap().into()];
                let key = PrivateKeyDer::from_pem_slice(device.private_key.as_bytes());
                builder.with_client_auth_cert(chain, key.unwrap()).unwrap()
            }
        }
    }

    /// A transport whose other end is served as the listener does it.
    fn open(&self) -> (DuplexStream, JoinHandle<()>) {
        let (near, far) = tokio::io::duplex(4096);
        let (tls, hub) = (self.tls.clone(), self.hub.clone());
        let served = tokio::spawn(async move {
            if let Some(stream) = tls.handshake(far).await {
                tcp::serve_tls(stream, HERE, hub).await;
            }
        });
        (near, served)
    }

    async fn connect(&self, config: ClientConfig) -> io::Result<ClientStream<DuplexStream>> {
        let (near, _) = self.open();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(name, near)
            .await
    }

    /// How it ends for a client that says CONNECT: with CONNACK, or with an alert.
    async fn outcome(&self, config: ClientConfig) -> Result<(), AlertDescription> {
        let converse: io::Result<()> = async {
            let mut stream = self.connect(config).await?;
            stream.write_all(CONNECT).await?;
            stream.flush().await?;
            let mut answer = [0; 4];
            stream.read_exact(&mut answer).await?;
            assert_eq!(answer, CONNACK);
            Ok(())
        }
        .await;
        converse.map_err(|error| {
            let error = error.into_inner().unwrap();
            match error.downcast_ref() {
                Some(rustls::Error::AlertReceived(alert)) => *alert,
                _ => panic!("{error}"),
            }
        })
    }

    /// With either version a client with this device's certificate gets this alert.
    async fn check_refused(&self, device: Option<&KeysAndCertificate>, alert: AlertDescription) {
        for version in [&TLS12, &TLS13] {
            let config = self.client_of(&[version], device);
            assert_eq!(self.outcome(config).await, Err(alert), "{version:?}");
        }
    }
}

fn id(device: &KeysAndCertificate) -> CertificateId {
    CertificateId::of(&x509::der(&device.certificate).unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_registered_certificate_opens_a_connection_with_either_version() {
    let world = World::new();
    let device = world.device();
    for version in [&TLS12, &TLS13] {
        let config = world.client_of(&[version], Some(&device));
        assert_eq!(world.outcome(config).await, Ok(()), "{version:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn devices_may_ask_for_mqtt_by_either_name_or_for_nothing() {
    let world = World::new();
    let device = world.device();
    for (asked, outcome) in [
        ("mqtt", Ok(())),
        ("x-amzn-mqtt-ca", Ok(())),
        ("http/1.1", Err(AlertDescription::NoApplicationProtocol)),
    ] {
        let mut config = world.client(Some(&device));
        config.alpn_protocols = vec![asked.into()];
        assert_eq!(world.outcome(config).await, outcome, "{asked}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_certificate_of_another_authority_is_good_once_it_is_registered() {
    let (world, elsewhere) = (World::new(), World::new());
    let foreign = elsewhere.unknown_device();
    let unknown = AlertDescription::CertificateUnknown;
    world.check_refused(Some(&foreign), unknown).await;
    world.register(&foreign, |_| {});
    let config = world.client(Some(&foreign));
    assert_eq!(world.outcome(config).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn whoever_shows_nothing_or_nothing_that_counts_is_told_why() {
    let world = World::new();
    let required = AlertDescription::CertificateRequired;
    world.check_refused(None, required).await;
    let unknown = AlertDescription::CertificateUnknown;
    world
        .check_refused(Some(&world.unknown_device()), unknown)
        .await;
    let device = world.device();
    world.set_status(&device, CertificateStatus::Inactive);
    world.check_refused(Some(&device), unknown).await;
    world.set_status(&device, CertificateStatus::Revoked);
    let revoked = AlertDescription::CertificateRevoked;
    world.check_refused(Some(&device), revoked).await;
}

#[tokio::test(start_paused = true)]
async fn a_certificate_out_of_its_time_is_refused() {
    let world = World::new();
    let now = world.hub.now().wall;
    let expired = AlertDescription::CertificateExpired;
    let late = world.unknown_device();
    world.register(&late, |it| it.validity.until.0 = now.0 - 1);
    world.check_refused(Some(&late), expired).await;
    let early = world.unknown_device();
    world.register(&early, |it| it.validity.from.0 = now.0 + 1_000_000);
    world.check_refused(Some(&early), expired).await;
}

#[tokio::test(start_paused = true)]
async fn the_certificate_alone_opens_nothing_without_its_key() {
    let world = World::new();
    let (device, thief) = (world.device(), world.unknown_device());
    let chain = vec![x509::der(&device.certificate).unwrap().into()];
    let key = PrivateKeyDer::from_pem_slice(thief.private_key.as_bytes()).unwrap();
    let key = ring::sign::any_supported_type(&key).unwrap();
    for version in [&TLS12, &TLS13] {
        let mut config = world.client_of(&[version], None);
        let shown = CertifiedKey::new(chain.clone(), key.clone());
        config.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(shown));
        let alert = AlertDescription::DecryptError;
        assert_eq!(world.outcome(config).await, Err(alert));
    }
}

async fn check_cut_off(cut: impl AsyncFnOnce(&World, &KeysAndCertificate)) {
    let world = World::new();
    let device = world.device();
    let mut stream = world.connect(world.client(Some(&device))).await.unwrap();
    stream.write_all(CONNECT).await.unwrap();
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await.unwrap();
    cut(&world, &device).await;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_is_revoked_or_deactivated_ends_its_open_connections() {
    for status in [CertificateStatus::Revoked, CertificateStatus::Inactive] {
        check_cut_off(async |world, device| world.set_status(device, status)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_is_revoked_right_after_the_handshake_opens_nothing() {
    let world = World::new();
    let device = world.device();
    let (near, far) = tokio::io::duplex(4096);
    let name = ServerName::try_from("localhost").unwrap();
    let config = Arc::new(world.client(Some(&device)));
    let (client, server) = tokio::join!(
        TlsConnector::from(config).connect(name, near),
        world.tls.handshake(far)
    );
    world.set_status(&device, CertificateStatus::Revoked);
    let server = server.unwrap();
    assert_eq!(shown(&server), Some(id(&device)));
    tcp::serve_tls(server, HERE, world.hub.clone()).await;
    let mut answer = Vec::new();
    let _ = client.unwrap().read_to_end(&mut answer).await;
    assert_eq!(answer, [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn no_session_goes_on_from_an_earlier_one() {
    let world = World::new();
    let device = world.device();
    for version in [&TLS12, &TLS13] {
        let config = world.client_of(&[version], Some(&device));
        for _ in 0..2 {
            let mut stream = world.connect(config.clone()).await.unwrap();
            stream.write_all(CONNECT).await.unwrap();
            stream.read_exact(&mut [0; 4]).await.unwrap();
            let (_, connection) = stream.get_ref();
            assert_eq!(connection.handshake_kind(), Some(HandshakeKind::Full));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_drips_is_cut_while_others_are_served() {
    let world = World::new();
    let device = world.device();
    let begun = Instant::now();
    let (mut slow, served) = world.open();
    let dripping = tokio::spawn(async move {
        // The head of a ClientHello that promises 512 bytes, and then zeros.
        let mut bytes = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc".to_vec();
        bytes.resize(512, 0);
        for byte in bytes {
            if slow.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    assert_eq!(world.outcome(world.client(Some(&device))).await, Ok(()));
    served.await.unwrap();
    assert_eq!(begun.elapsed(), HANDSHAKE);
    dripping.await.unwrap();
    assert!(begun.elapsed() < 2 * HANDSHAKE);
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_for_their_turn_get_it_when_the_slow_are_cut() {
    let mut world = World::new();
    world.tls.turns = Arc::new(Semaphore::new(1));
    let device = world.device();
    let begun = Instant::now();
    let (mut slow, _) = world.open();
    slow.write_all(b"\x16").await.unwrap();
    // The first handshake has its turn before the second one asks.
    tokio::time::sleep(HANDSHAKE / 2).await;
    assert_eq!(world.outcome(world.client(Some(&device))).await, Ok(()));
    assert!(begun.elapsed() >= HANDSHAKE);
}

#[tokio::test(start_paused = true)]
async fn the_silent_take_nobodys_turn_and_are_cut_as_well() {
    let mut world = World::new();
    world.tls.turns = Arc::new(Semaphore::new(2));
    let device = world.device();
    let begun = Instant::now();
    let silent: Vec<_> = (0..5).map(|_| world.open()).collect();
    // All of them are waited for.
    tokio::time::sleep(HANDSHAKE / 2).await;
    assert_eq!(world.outcome(world.client(Some(&device))).await, Ok(()));
    assert!(begun.elapsed() < HANDSHAKE);
    for (_near, served) in silent {
        served.await.unwrap();
        assert_eq!(begun.elapsed(), HANDSHAKE);
    }
    let (near, served) = world.open();
    drop(near);
    served.await.unwrap();
    assert_eq!(begun.elapsed(), HANDSHAKE, "who is gone is not waited for");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_tls_at_all_is_parted_from() {
    let world = World::new();
    let (mut near, served) = world.open();
    near.write_all(CONNECT).await.unwrap();
    let mut answer = Vec::new();
    near.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer.first(), Some(&0x15), "an alert");
    served.await.unwrap();
}
