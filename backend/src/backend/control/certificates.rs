//! Client certificates. Their keys are made, and requests for them signed, where there is randomness: not here.

use gnomon::time::Now;
use serde_json::{Value, json};

use super::{list, seconds};
use crate::api::control::CertificateCall;
use crate::api::{ApiError, Outcome, Page};
use crate::backend::Backend;
use crate::journal::Key;
use crate::things::certificates::{Certificate, CertificateId, CertificateStatus};

impl Backend {
    pub(super) fn certificate_call(
        &mut self,
        call: CertificateCall,
        now: Now,
    ) -> Result<Outcome, ApiError> {
        match call {
            CertificateCall::CreateKeys { .. } | CertificateCall::CreateFromCsr { .. } => {
                Err(ApiError::NoAuthority)
            }
            CertificateCall::Register { pem, status } => self.register(&pem, status, now),
            CertificateCall::Describe(id) => {
                let certificate = self.broker.things().certificates().get(id);
                let certificate = certificate.ok_or(ApiError::NoCertificate(id))?;
                let shown = json!({ "certificateDescription": whole(certificate) });
                Ok(Outcome::Document(shown))
            }
            CertificateCall::List(page) => Ok(self.list_certificates(&page)),
            CertificateCall::Update(id, status) => {
                self.check_certificate(id)?;
                self.broker.update_certificate(id, status, now)?;
                Ok(Outcome::Done)
            }
            CertificateCall::Delete { id, force } => self.delete(id, force),
        }
    }

    fn register(
        &mut self,
        pem: &str,
        status: CertificateStatus,
        now: Now,
    ) -> Result<Outcome, ApiError> {
        let certificate = Certificate::from_pem(pem, status, now.wall)?;
        let shown = json!({
            "certificateArn": certificate.arn(),
            "certificateId": certificate.id.to_string(),
        });
        self.broker.register_certificate(certificate)?;
        Ok(Outcome::Document(shown))
    }

    fn list_certificates(&self, page: &Page<CertificateId>) -> Outcome {
        let certificates = self.broker.things().certificates().after(page.after);
        let name = |it: &&Certificate| it.id.to_string();
        list(
            ["certificates", "nextMarker"],
            certificates,
            page.size,
            name,
            |it| entry(it),
        )
    }

    /// What is attached to it goes first; its policies by themselves when that is forced.
    fn delete(&mut self, id: CertificateId, force: bool) -> Result<Outcome, ApiError> {
        self.check_certificate(id)?;
        let things = self.broker.things();
        if things.registry().things_of(id, None).next().is_some() {
            return Err(ApiError::ThingsAttached(id));
        }
        let policies = things.policies().attached(id);
        let policies: Vec<_> = policies.map(|policy| policy.name.clone()).collect();
        if !policies.is_empty() && !force {
            return Err(ApiError::PoliciesAttached(id));
        }
        self.broker.delete_certificate(id)?;
        for name in policies {
            self.broker
                .change_policies(Key::Attached(id), |policies| policies.detach(&name, id))?;
        }
        Ok(Outcome::Done)
    }
}

/// As it stands in a list.
fn entry(certificate: &Certificate) -> Value {
    json!({
        "certificateArn": certificate.arn(),
        "certificateId": certificate.id.to_string(),
        "status": certificate.status.as_str(),
        "certificateMode": "DEFAULT",
        "creationDate": seconds(certificate.created),
    })
}

fn whole(certificate: &Certificate) -> Value {
    let mut whole = entry(certificate);
    whole["certificatePem"] = certificate.pem.as_str().into();
    whole["ownedBy"] = "123456789012".into();
    whole["lastModifiedDate"] = seconds(certificate.modified);
    whole["validity"] = json!({
        "notBefore": seconds(certificate.validity.from),
        "notAfter": seconds(certificate.validity.until),
    });
    whole
}
