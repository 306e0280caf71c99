//! Certificates that this backend signs itself. Signing takes randomness, which the backend's state has none of: so it
//! is done here, and what came of it is registered as any certificate is.

use serde_json::json;

use super::hub::Hub;
use crate::api::control::CertificateCall;
use crate::api::{ApiError, Call, ControlCall, Outcome};
use crate::things::Principal;
use crate::things::authority::Authority;
use crate::things::certificates::CertificateStatus;

pub(super) async fn carry_out(
    hub: &Hub,
    authority: &Authority,
    principal: &Principal,
    call: CertificateCall,
) -> Result<Outcome, ApiError> {
    let now = hub.now().wall;
    let asked = Call::Control(ControlCall::Certificate(call.clone()));
    match call {
        CertificateCall::CreateKeys { active } => {
            hub.check(principal, &asked)?;
            let made = authority.create_keys_and_certificate(now)?;
            let keys = json!({ "PublicKey": made.public_key, "PrivateKey": made.private_key });
            let mut outcome = register(hub, made.certificate, active).await?;
            if let Outcome::Document(document) = &mut outcome {
                document["keyPair"] = keys;
            }
            Ok(outcome)
        }
        CertificateCall::CreateFromCsr { request, active } => {
            hub.check(principal, &asked)?;
            let certificate = authority.sign_request(&request, now)?;
            register(hub, certificate, active).await
        }
        _ => hub.call(principal, asked).await,
    }
}

/// Whoever asked for it may have it made, which is more than to register it.
async fn register(hub: &Hub, pem: String, active: bool) -> Result<Outcome, ApiError> {
    let status = match active {
        true => CertificateStatus::Active,
        false => CertificateStatus::Inactive,
    };
    let register = CertificateCall::Register {
        pem: pem.clone(),
        status,
    };
    let call = Call::Control(ControlCall::Certificate(register));
    let mut outcome = hub.call(&Principal::Inside, call).await?;
    if let Outcome::Document(document) = &mut outcome {
        document["certificatePem"] = pem.into();
    }
    Ok(outcome)
}
