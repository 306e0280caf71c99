//! Policies, their versions, and the certificates that they are attached to.

use gnomon::time::Now;
use serde_json::{Value, json};

use super::{list, seconds};
use crate::api::control::PolicyCall;
use crate::api::{ApiError, Outcome, Page};
use crate::backend::Backend;
use crate::journal::Key;
use crate::things::certificates::CertificateId;
use crate::things::policies::{Policies, Policy, PolicyError, PolicyVersion};
use crate::things::registry::ARN;

impl Backend {
    pub(super) fn policy_call(&mut self, call: PolicyCall, now: Now) -> Result<Outcome, ApiError> {
        let policies = self.broker.things().policies();
        match call {
            PolicyCall::Create { name, document } => self.create_policy(&name, &document, now),
            PolicyCall::Get(name) => Ok(Outcome::Document(whole(find(policies, &name)?))),
            PolicyCall::List(page) => {
                let policies = policies.after(page.after.as_deref());
                Ok(list(
                    ["policies", "nextMarker"],
                    policies,
                    page.size,
                    name_of,
                    entry,
                ))
            }
            PolicyCall::Delete(name) => self.change_policy(&name, |it| it.delete(&name)),
            PolicyCall::CreateVersion {
                name,
                document,
                is_default,
            } => self.create_policy_version(&name, &document, is_default, now),
            PolicyCall::ListVersions(name) => {
                Ok(Outcome::Document(versions(find(policies, &name)?)))
            }
            PolicyCall::GetVersion(name, number) => {
                let policy = find(policies, &name)?;
                let version = policy.versions.get(&number);
                let version = version.ok_or(PolicyError::UnknownVersion)?;
                Ok(Outcome::Document(shown(policy, number, version)))
            }
            PolicyCall::SetDefaultVersion(name, number) => self.change_policy(&name, |policies| {
                policies.set_default_version(&name, number, now.wall)
            }),
            PolicyCall::DeleteVersion(name, number) => self.change_policy(&name, |policies| {
                policies.delete_version(&name, number, now.wall)
            }),
            PolicyCall::Attach(name, to) => self.attach(&name, to),
            PolicyCall::Detach(name, from) => self.detach(&name, from),
            PolicyCall::ListAttached { target, page } => self.attached(target, &page),
            PolicyCall::ListTargets { name, page } => self.targets(&name, &page),
        }
    }

    fn create_policy(&mut self, name: &str, text: &str, now: Now) -> Result<Outcome, ApiError> {
        self.change_policy(name, |policies| {
            policies.create(name, text, now.wall).map(|_| ())
        })?;
        let policy = find(self.broker.things().policies(), name)?;
        Ok(Outcome::Document(json!({
            "policyName": &*policy.name,
            "policyArn": arn(policy),
            "policyDocument": policy.text(),
            "policyVersionId": policy.default_version.to_string(),
        })))
    }

    fn create_policy_version(
        &mut self,
        name: &str,
        text: &str,
        is_default: bool,
        now: Now,
    ) -> Result<Outcome, ApiError> {
        let number = self
            .broker
            .change_policies(Key::Policy(name.into()), |policies| {
                policies.create_version(name, text, is_default, now.wall)
            })?;
        let policy = find(self.broker.things().policies(), name)?;
        Ok(Outcome::Document(json!({
            "policyArn": arn(policy),
            "policyDocument": text,
            "policyVersionId": number.to_string(),
            "isDefaultVersion": is_default,
        })))
    }

    fn attach(&mut self, name: &str, to: CertificateId) -> Result<Outcome, ApiError> {
        self.check_certificate(to)?;
        self.broker
            .change_policies(Key::Attached(to), |policies| policies.attach(name, to))?;
        Ok(Outcome::Done)
    }

    fn detach(&mut self, name: &str, from: CertificateId) -> Result<Outcome, ApiError> {
        self.broker
            .change_policies(Key::Attached(from), |policies| policies.detach(name, from))?;
        Ok(Outcome::Done)
    }

    fn attached(&self, target: CertificateId, page: &Page<String>) -> Result<Outcome, ApiError> {
        self.check_certificate(target)?;
        let after = page.after.as_deref().unwrap_or_default();
        let attached = self.broker.things().policies().attached(target);
        let attached = attached.filter(|it| *it.name > *after);
        Ok(list(
            ["policies", "nextMarker"],
            attached,
            page.size,
            name_of,
            entry,
        ))
    }

    fn targets(&self, name: &str, page: &Page<CertificateId>) -> Result<Outcome, ApiError> {
        let policies = self.broker.things().policies();
        find(policies, name)?;
        let targets = policies.targets(name);
        let targets = targets.filter(|id| page.after.is_none_or(|after| *id > after));
        let name = |id: &CertificateId| id.to_string();
        Ok(list(
            ["targets", "nextMarker"],
            targets,
            page.size,
            name,
            |id| id.arn().into(),
        ))
    }

    fn change_policy(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut Policies) -> Result<(), PolicyError>,
    ) -> Result<Outcome, ApiError> {
        self.broker
            .change_policies(Key::Policy(name.into()), change)?;
        Ok(Outcome::Done)
    }
}

fn find<'a>(policies: &'a Policies, name: &str) -> Result<&'a Policy, PolicyError> {
    policies.get(name).ok_or(PolicyError::Unknown)
}

fn arn(policy: &Policy) -> String {
    format!("{ARN}policy/{}", policy.name)
}

fn name_of(policy: &&Policy) -> String {
    policy.name.as_ref().to_owned()
}

/// As it stands in a list.
fn entry(policy: &&Policy) -> Value {
    json!({ "policyName": &*policy.name, "policyArn": arn(policy) })
}

fn whole(policy: &Policy) -> Value {
    json!({
        "policyName": &*policy.name,
        "policyArn": arn(policy),
        "policyDocument": policy.text(),
        "defaultVersionId": policy.default_version.to_string(),
        "creationDate": seconds(policy.created),
        "lastModifiedDate": seconds(policy.modified),
        "generationId": policy.default_version.to_string(),
    })
}

/// The newest first.
fn versions(policy: &Policy) -> Value {
    let versions = policy.versions.iter().rev().map(|(number, version)| {
        json!({
            "versionId": number.to_string(),
            "isDefaultVersion": *number == policy.default_version,
            "createDate": seconds(version.created),
        })
    });
    json!({ "policyVersions": versions.collect::<Vec<_>>() })
}

fn shown(policy: &Policy, number: u32, version: &PolicyVersion) -> Value {
    json!({
        "policyName": &*policy.name,
        "policyArn": arn(policy),
        "policyDocument": version.text,
        "policyVersionId": number.to_string(),
        "isDefaultVersion": number == policy.default_version,
        "creationDate": seconds(version.created),
        "lastModifiedDate": seconds(version.created),
        "generationId": number.to_string(),
    })
}
