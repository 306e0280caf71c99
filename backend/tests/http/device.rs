//! What a device needs to come in by TLS, made with the calls that the article makes.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::http::client::call_at;

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}"#;

/// A certificate that may do everything, in files of `folder`.
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) key: PathBuf,
    pub(crate) certificate: PathBuf,
}

impl Device {
    pub(crate) async fn create(http: SocketAddr, folder: &Path) -> Self {
        let path = "/keys-and-certificate?setAsActive=true";
        let made = call_at(http, "POST", path, "", b"").await.json();
        let id = made["certificateId"].as_str().unwrap().to_owned();
        let file = |kind: &str, text: &str| {
            let path = folder.join(&id).with_extension(kind);
            std::fs::write(&path, text).unwrap();
            path
        };
        let device = Self {
            key: file("key", made["keyPair"]["PrivateKey"].as_str().unwrap()),
            certificate: file("pem", made["certificatePem"].as_str().unwrap()),
            id,
        };
        device.allow_everything(http).await;
        device
    }

    pub(crate) async fn allow_everything(&self, http: SocketAddr) {
        let policy = json!({ "policyDocument": EVERYTHING }).to_string();
        let created = call_at(http, "POST", "/policies/All", "", policy.as_bytes()).await;
        assert!([200, 409].contains(&created.status), "{}", created.body);
        let arn = format!("arn:aws:iot:us-east-1:123456789012:cert/{}", self.id);
        let target = json!({ "target": arn }).to_string();
        let attach = call_at(http, "PUT", "/target-policies/All", "", target.as_bytes());
        assert_eq!(attach.await.status, 200);
    }

    /// Activates, deactivates or revokes it.
    pub(crate) async fn set_status(&self, http: SocketAddr, status: &str) {
        let path = format!("/certificates/{}?newStatus={status}", self.id);
        let updated = call_at(http, "PUT", &path, "", b"").await;
        assert_eq!(updated.status, 200, "{}", updated.body);
    }
}
