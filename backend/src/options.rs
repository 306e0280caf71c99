//! The flags of the command line. Reads no file and opens no socket.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::*;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::uplink::{AddressError, BrokerAddress};

/// What `--help` prints.
pub const HELP: &str = "\
gnomon-backend: a stand-in for AWS IoT Core on one machine

Usage: gnomon-backend [FLAGS]

  --data DIR              what is kept on disk [./gnomon-data]
  --objects DIR|s3://     where rules store: files of this folder, or buckets of S3 as AWS_ENDPOINT_URL_S3 or
                          AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
                          AWS_SESSION_TOKEN say [objects in the folder of --data]
  --site DIR              the built dashboard [dist]
  --fleet N               simulated devices [0]
  --fleet-rate FIXES      positions a second of all simulated devices together [N, at most 1000]
  --seed N                decides everything random [1]
  --mqtt ADDR|off         MQTT over TCP [127.0.0.1:1883]
  --mqtts ADDR|off        MQTT over TLS, for devices with a certificate [127.0.0.1:8883]
  --http ADDR|off         HTTP and WebSocket (/mqtt) [127.0.0.1:8083]
  --https ADDR|off        HTTPS and secure WebSocket [127.0.0.1:8084]
  --tls-name NAME         a host name or address that the backend goes by too, in its certificate and in requests,
                          besides localhost, 127.0.0.1 and ::1; may be repeated
  --https-cert FILE       shows this certificate (PEM, with those that lead to its authority) to whoever connects
                          by TLS, instead of one signed by ca.pem in the data folder
  --https-key FILE        and this is its private key
  --policy FILE           whoever shows no certificate may do what this AWS IoT policy allows and nothing else
                          [everything]
  --allow-origin ORIGIN   also lets pages of this origin in, such as https://example.org; may be repeated
  --sigv4-keys FILE       lets in only HTTP calls and WebSockets that are signed (AWS Signature Version 4) with one
                          of the keys in this file: on each line an access key identifier, a blank, its secret
  --attach URL            is no broker, but serves the shadows of this one: mqtt://HOST[:1883] or
                          mqtts://HOST[:8883], checked by the system's certificates or those of SSL_CERT_FILE
  --user NAME             signs in there with this name
  --password-file FILE    and the password on the first line of this file
  --help, --version
";

/// How the backend was asked to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub data: PathBuf,
    /// Where rules store; `None` is a folder in `data`.
    pub objects: Option<ObjectsAt>,
    pub site: PathBuf,
    pub fleet: u32,
    pub fleet_rate: Option<f64>,
    pub seed: u64,
    /// Host and port; `None` is off.
    pub mqtt: Option<String>,
    pub mqtts: Option<String>,
    pub http: Option<String>,
    pub https: Option<String>,
    pub tls_names: Vec<String>,
    /// One's own server certificate, and its key.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// An AWS IoT policy.
    pub policy: Option<PathBuf>,
    pub allow_origins: Vec<String>,
    /// The access keys of whoever may use HTTP and WebSocket.
    pub keys: Option<PathBuf>,
    /// With it `mqtt` and `mqtts` are `None` and `fleet` is 0.
    pub attach: Option<Attachment>,
}

/// Where rules store.
#[derive(Clone, Debug, PartialEq)]
pub enum ObjectsAt {
    Folder(PathBuf),
    S3,
}

/// A broker to serve instead of being one.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    pub broker: BrokerAddress,
    pub user_name: Option<String>,
    pub password_file: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data: "gnomon-data".into(),
            objects: None,
            site: "dist".into(),
            fleet: 0,
            fleet_rate: None,
            seed: 1,
            mqtt: Some("127.0.0.1:1883".to_owned()),
            mqtts: Some("127.0.0.1:8883".to_owned()),
            http: Some("127.0.0.1:8083".to_owned()),
            https: Some("127.0.0.1:8084".to_owned()),
            tls_names: Vec::new(),
            certificate: None,
            policy: None,
            allow_origins: Vec::new(),
            keys: None,
            attach: None,
        }
    }
}

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    Run(Box<Options>),
    Help,
    Version,
}

impl Request {
    /// Reads arguments, the program's name not among them.
    pub fn parse(
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<Self, lexopt::Error> {
        let mut options = Options::default();
        let mut sign_in = SignIn::default();
        let (mut mqtt, mut mqtts) = (None, None);
        let mut tls = TlsFlags::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("data") => options.data = parser.value()?.into(),
                Long("objects") => options.objects = Some(objects_at(parser.value()?)?),
                Long("site") => options.site = parser.value()?.into(),
                Long("fleet") => options.fleet = parser.value()?.parse()?,
                Long("fleet-rate") => {
                    options.fleet_rate = Some(parser.value()?.parse_with(positive)?);
                }
                Long("seed") => options.seed = parser.value()?.parse()?,
                Long("mqtt") => mqtt = Some(address(parser.value()?.string()?)),
                Long("mqtts") => mqtts = Some(address(parser.value()?.string()?)),
                Long("http") => options.http = address(parser.value()?.string()?),
                Long("https") => options.https = address(parser.value()?.string()?),
                Long("tls-name") => tls.names.push(parser.value()?.parse_with(host_name)?),
                Long("https-cert") => tls.certificate = Some(parser.value()?.into()),
                Long("https-key") => tls.key = Some(parser.value()?.into()),
                Long("policy") => options.policy = Some(parser.value()?.into()),
                Long("allow-origin") => {
                    let origin = parser.value()?.parse_with(origin)?;
                    options.allow_origins.push(origin);
                }
                Long("sigv4-keys") => options.keys = Some(parser.value()?.into()),
                Long("attach") => sign_in.broker = Some(broker(&parser.value()?.string()?)?),
                Long("user") => sign_in.user_name = Some(parser.value()?.string()?),
                Long("password-file") => sign_in.password_file = Some(parser.value()?.into()),
                Long("help") | Short('h') => return Ok(Self::Help),
                Long("version") | Short('V') => return Ok(Self::Version),
                other => return Err(other.unexpected()),
            }
        }
        options.certificate = tls.pair()?;
        options.tls_names = tls.names;
        options.attach = sign_in.attachment()?;
        options.serve_mqtt(mqtt, mqtts)?;
        Ok(Self::Run(Box::new(options)))
    }
}

impl Options {
    /// Takes what `--mqtt` and `--mqtts` said, where they said anything. Attached, there is no broker of one's own.
    fn serve_mqtt(&mut self, mqtt: Given, mqtts: Given) -> Result<(), &'static str> {
        if self.attach.is_none() {
            self.mqtt = mqtt.unwrap_or_else(|| self.mqtt.take());
            self.mqtts = mqtts.unwrap_or_else(|| self.mqtts.take());
        } else if mqtt.is_none() && mqtts.is_none() && self.fleet == 0 {
            (self.mqtt, self.mqtts) = (None, None);
        } else {
            return Err(
                "--mqtt, --mqtts and --fleet are for a broker of one's own: not with --attach",
            );
        }
        Ok(())
    }
}

/// An address or `off`, where a flag was given.
type Given = Option<Option<String>>;

/// What the flags said about the server's certificate.
#[derive(Default)]
struct TlsFlags {
    names: Vec<String>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl TlsFlags {
    fn pair(&mut self) -> Result<Option<(PathBuf, PathBuf)>, &'static str> {
        match (self.certificate.take(), self.key.take()) {
            (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
            (None, None) => Ok(None),
            _ => Err("--https-cert and --https-key need each other"),
        }
    }
}

/// What the flags said about somebody else's broker.
#[derive(Default)]
struct SignIn {
    broker: Option<BrokerAddress>,
    user_name: Option<String>,
    password_file: Option<PathBuf>,
}

impl SignIn {
    fn attachment(self) -> Result<Option<Attachment>, lexopt::Error> {
        let Self {
            broker,
            user_name,
            password_file,
        } = self;
        if password_file.is_some() && user_name.is_none() {
            return Err("--password-file needs --user: MQTT has no password without a name".into());
        }
        match broker {
            None if user_name.is_some() => Err("--user is for signing in with --attach".into()),
            None => Ok(None),
            Some(broker) => Ok(Some(Attachment {
                broker,
                user_name,
                password_file,
            })),
        }
    }
}

/// Each action names its bucket.
fn objects_at(value: OsString) -> Result<ObjectsAt, &'static str> {
    match value.to_str() {
        Some("s3://") => Ok(ObjectsAt::S3),
        Some(text) if text.contains("://") => {
            Err("--objects is a folder, or s3:// without a bucket: each action names its own")
        }
        _ => Ok(ObjectsAt::Folder(value.into())),
    }
}

fn address(text: String) -> Option<String> {
    (text != "off").then_some(text)
}

/// Unlike lexopt's own words for a value that does not fit, these do not repeat it: there may be a secret in it.
fn broker(text: &str) -> Result<BrokerAddress, lexopt::Error> {
    let broker = text.parse();
    broker.map_err(|error: AddressError| format!("--attach: {error}").into())
}

fn host_name(text: &str) -> Result<String, &'static str> {
    match ServerName::try_from(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("must be a host name or an address, without a port"),
    }
}

fn positive(text: &str) -> Result<f64, &'static str> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= 1e6 => Ok(rate),
        _ => Err("must be a number above 0, at most 1000000"),
    }
}

fn origin(text: &str) -> Result<String, &'static str> {
    let host = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    match host.map(|host| host.trim_end_matches('/')) {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', '*']) => {
            Ok(text.to_owned())
        }
        _ => Err("an origin is a scheme, a host and a port, such as https://example.org:8443"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(arguments: &[&str]) -> String {
        Request::parse(arguments.iter().copied())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn nothing_asked_is_the_default() {
        let parsed = Request::parse([] as [&str; 0]).unwrap();
        assert_eq!(parsed, Request::Run(Box::default()));
    }

    #[test]
    fn every_flag_is_read() {
        let arguments = "--data d --objects o --site s --fleet 25 --fleet-rate 2.5 --seed 7 --mqtt off \
            --http 0.0.0.0:80 --policy p.json --allow-origin http://a --allow-origin=https://b:1 --mqtts [::1]:2 --https off \
            --tls-name gnomon.lan --tls-name ::2 --https-cert c --https-key k --sigv4-keys f";
        let parsed = Request::parse(arguments.split_whitespace()).unwrap();
        let expected = Options {
            data: "d".into(),
            objects: Some(ObjectsAt::Folder("o".into())),
            site: "s".into(),
            fleet: 25,
            fleet_rate: Some(2.5),
            seed: 7,
            mqtt: None,
            mqtts: Some("[::1]:2".to_owned()),
            http: Some("0.0.0.0:80".to_owned()),
            https: None,
            tls_names: vec!["gnomon.lan".to_owned(), "::2".to_owned()],
            certificate: Some(("c".into(), "k".into())),
            policy: Some("p.json".into()),
            allow_origins: vec!["http://a".to_owned(), "https://b:1".to_owned()],
            keys: Some("f".into()),
            attach: None,
        };
        assert_eq!(parsed, Request::Run(Box::new(expected)));
    }

    #[test]
    fn attached_there_is_no_broker() {
        let arguments = "--attach mqtts://iot.example.net --user me --password-file p --http off";
        let parsed = Request::parse(arguments.split_whitespace()).unwrap();
        let expected = Options {
            mqtt: None,
            mqtts: None,
            http: None,
            attach: Some(Attachment {
                broker: "mqtts://iot.example.net:8883".parse().unwrap(),
                user_name: Some("me".to_owned()),
                password_file: Some("p".into()),
            }),
            ..Options::default()
        };
        assert_eq!(parsed, Request::Run(Box::new(expected)));
        let broker = "--attach=mqtt://a";
        assert!(error(&[broker, "--mqtt", "127.0.0.1:1"]).contains("--mqtt"));
        assert!(error(&[broker, "--mqtts", "off"]).contains("--mqtts"));
        assert!(error(&[broker, "--fleet", "1"]).contains("--fleet"));
        assert!(error(&[broker, "--password-file", "p"]).contains("--user"));
        let secret = error(&["--attach", "mqtt://me:secret@a"]);
        assert!(
            secret.contains("--user") && !secret.contains("secret"),
            "{secret}"
        );
        assert!(error(&["--user", "me"]).contains("--attach"));
        assert!(Request::parse([broker, "--fleet", "0"]).is_ok());
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(error(&["--mqtt5", "x"]).contains("--mqtt5"));
        assert!(error(&["--tls-name", "a b"]).contains("host name"));
        assert!(error(&["--tls-name", "localhost:8084"]).contains("host name"));
        assert!(error(&["--https-cert", "c"]).contains("--https-key"));
        assert!(error(&["--https-key", "k"]).contains("--https-cert"));
        assert!(error(&["--fleet", "many"]).contains("many"));
        assert!(error(&["--fleet-rate", "0"]).contains("above 0"));
        assert!(error(&["--fleet"]).contains("--fleet"));
        assert!(error(&["--allow-origin", "*"]).contains("origin"));
        assert!(error(&["stray"]).contains("stray"));
        assert!(error(&["--objects", "s3://bucket"]).contains("--objects"));
    }

    #[test]
    fn objects_go_to_buckets_that_actions_name() {
        let parsed = Request::parse(["--objects", "s3://"]).unwrap();
        let expected = Options {
            objects: Some(ObjectsAt::S3),
            ..Options::default()
        };
        assert_eq!(parsed, Request::Run(Box::new(expected)));
    }
}
