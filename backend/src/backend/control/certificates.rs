//! Client certificates. Their keys are made, and requests for them signed, where there is randomness: not here.

use gnomon::time::Now;
use serde_json::{Value, json};

use super::{list, seconds};
use crate::api::control::CertificateCall;
use crate::api::{ApiError, Outcome, Page};
use crate::backend::Backend;
use crate::journal::Key;
use crate::things::certificates::{Certificate, CertificateId, CertificateStatus};
use crate::things::x509;

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
            CertificateCall::Register {
                pem,
                authority,
                status,
            } => {
                if let Some(authority) = authority {
                    check_authority(&pem, &authority)?;
                }
                self.register(&pem, status, now)
            }
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

/// Any certificate is good here; but one that is said to be of an authority really is.
fn check_authority(pem: &str, authority: &str) -> Result<(), ApiError> {
    let (certificate, authority) = (x509::der(pem)?, x509::der(authority)?);
    match x509::is_authority(&authority)? && x509::is_signed_by(&certificate, &authority) {
        true => Ok(()),
        false => Err(ApiError::ForeignAuthority),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::Limits;
    use crate::things::authority::Authority;

    #[test]
    fn a_certificate_is_registered_with_the_authority_that_signed_it() {
        let mut backend = Backend::new(Limits::default(), 1);
        let now = Now::default();
        let authority = Authority::create(now.wall).unwrap();
        let device = authority.create_keys_and_certificate(now.wall).unwrap();
        let mut register = |pem: &str, authority: &str| {
            let call = CertificateCall::Register {
                pem: pem.to_owned(),
                authority: Some(authority.to_owned()),
                status: CertificateStatus::Active,
            };
            backend.certificate_call(call, now)
        };
        let other = Authority::create(now.wall).unwrap();
        for foreign in [other.certificate(), &device.certificate] {
            let refused = register(&device.certificate, foreign);
            assert_eq!(refused, Err(ApiError::ForeignAuthority));
        }
        let no_pem = register(&device.certificate, "x").unwrap_err();
        assert_eq!(no_pem.exception(), "CertificateValidationException");
        register(&device.certificate, authority.certificate()).unwrap();
        let again = register(&device.certificate, authority.certificate());
        assert_eq!(again.unwrap_err().status(), 409);
    }
}
