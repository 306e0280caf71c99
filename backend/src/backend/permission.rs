//! Which action on which resource a call is, as AWS lists them: what a policy must allow for it.

use crate::api::control::{CertificateCall, PolicyCall, RuleCall, ThingCall, TypeCall, Wording};
use crate::api::{ApiError, Call, ControlCall, DataCall, Plane};
use crate::things::{Action, Principal};
use gnomon::shadow::topics::Verb;

use super::Backend;

/// The resource of actions that are about nothing in particular.
const ANY: &str = "*";

impl Backend {
    /// Whether somebody may make a call.
    pub fn check(&self, principal: &Principal, call: &Call) -> Result<(), ApiError> {
        let (plane, (action, resource)) = match call {
            Call::Data(call) => (Plane::Data, data(call)),
            Call::Control(call) => (Plane::Control, control(call)),
        };
        let things = self.broker.things();
        let mut permit = things.permit(principal.clone(), None);
        let mut allowed = things.allows(&mut permit, action, &resource);
        if let Call::Data(DataCall::Publish(message)) = call
            && message.retain
        {
            allowed &= things.allows(&mut permit, Action::RetainPublish, &resource);
        }
        match allowed {
            true => Ok(()),
            false => Err(ApiError::NotAllowed(plane)),
        }
    }
}

/// What is asked of the objects that rules store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectsCall<'a> {
    List,
    /// `BUCKET/KEY`.
    Get(&'a str),
}

impl Backend {
    /// Whether somebody may see objects. In S3's own policies a resource would be another ARN: here they are resources
    /// of this backend, `object/BUCKET/KEY`.
    pub fn check_objects(
        &self,
        principal: &Principal,
        call: ObjectsCall<'_>,
    ) -> Result<(), ApiError> {
        if self.uplink.is_some() {
            return Err(ApiError::NoBroker);
        }
        let (action, resource) = match call {
            ObjectsCall::List => ("s3:ListBucket", ANY.to_owned()),
            ObjectsCall::Get(name) => ("s3:GetObject", format!("object/{name}")),
        };
        let things = self.broker.things();
        let mut permit = things.permit(principal.clone(), None);
        match things.allows(&mut permit, Action::Control(action), &resource) {
            true => Ok(()),
            false => Err(ApiError::NotAllowed(Plane::Control)),
        }
    }
}

fn data(call: &DataCall) -> (Action, String) {
    match call {
        DataCall::Shadow {
            thing,
            shadow,
            verb,
            ..
        } => {
            let action = match verb {
                Verb::Get => Action::GetThingShadow,
                Verb::Update => Action::UpdateThingShadow,
                Verb::Delete => Action::DeleteThingShadow,
            };
            let resource = match shadow {
                None => thing.clone(),
                Some(shadow) => format!("{thing}/{shadow}"),
            };
            (action, resource)
        }
        DataCall::ListNamedShadowsForThing { .. } => {
            (Action::ListNamedShadowsForThing, ANY.to_owned())
        }
        DataCall::Publish(message) => (Action::Publish, message.topic.as_str().to_owned()),
        DataCall::ListRetainedMessages(_) => (Action::ListRetainedMessages, ANY.to_owned()),
        DataCall::GetRetainedMessage(topic) => {
            (Action::GetRetainedMessage, topic.as_str().to_owned())
        }
    }
}

fn control(call: &ControlCall) -> (Action, String) {
    let (name, resource) = match call {
        ControlCall::Thing(call) => thing(call),
        ControlCall::Type(call) => thing_type(call),
        ControlCall::Certificate(call) => certificate(call),
        ControlCall::Policy(call) => policy(call),
        ControlCall::Rule(call) => rule(call),
        ControlCall::SearchIndex(_) => ("iot:SearchIndex", "index/AWS_Things".to_owned()),
        ControlCall::DescribeEndpoint { .. } => ("iot:DescribeEndpoint", ANY.to_owned()),
    };
    (Action::Control(name), resource)
}

fn thing(call: &ThingCall) -> (&'static str, String) {
    let named = |name: &str| format!("thing/{name}");
    match call {
        ThingCall::Create { name, .. } => ("iot:CreateThing", named(name)),
        ThingCall::Describe(name) => ("iot:DescribeThing", named(name)),
        ThingCall::Update { name, .. } => ("iot:UpdateThing", named(name)),
        ThingCall::Delete { name, .. } => ("iot:DeleteThing", named(name)),
        ThingCall::List { .. } => ("iot:ListThings", ANY.to_owned()),
        ThingCall::AttachPrincipal(..) => ("iot:AttachThingPrincipal", ANY.to_owned()),
        ThingCall::DetachPrincipal(..) => ("iot:DetachThingPrincipal", ANY.to_owned()),
        ThingCall::ListPrincipals { .. } => ("iot:ListThingPrincipals", ANY.to_owned()),
        ThingCall::ListOfPrincipal { .. } => ("iot:ListPrincipalThings", ANY.to_owned()),
    }
}

fn thing_type(call: &TypeCall) -> (&'static str, String) {
    let named = |name: &str| format!("thingtype/{name}");
    match call {
        TypeCall::Create { name, .. } => ("iot:CreateThingType", named(name)),
        TypeCall::Describe(name) => ("iot:DescribeThingType", named(name)),
        TypeCall::Deprecate { name, .. } => ("iot:DeprecateThingType", named(name)),
        TypeCall::Delete(name) => ("iot:DeleteThingType", named(name)),
        TypeCall::List { .. } => ("iot:ListThingTypes", ANY.to_owned()),
    }
}

fn certificate(call: &CertificateCall) -> (&'static str, String) {
    match call {
        CertificateCall::CreateKeys { .. } => ("iot:CreateKeysAndCertificate", ANY.to_owned()),
        CertificateCall::CreateFromCsr { .. } => ("iot:CreateCertificateFromCsr", ANY.to_owned()),
        CertificateCall::Register { authority, .. } => {
            let action = match authority {
                None => "iot:RegisterCertificateWithoutCA",
                Some(_) => "iot:RegisterCertificate",
            };
            (action, ANY.to_owned())
        }
        CertificateCall::List(_) => ("iot:ListCertificates", ANY.to_owned()),
        CertificateCall::Describe(id) => ("iot:DescribeCertificate", format!("cert/{id}")),
        CertificateCall::Update(id, _) => ("iot:UpdateCertificate", format!("cert/{id}")),
        CertificateCall::Delete { id, .. } => ("iot:DeleteCertificate", format!("cert/{id}")),
    }
}

fn policy(call: &PolicyCall) -> (&'static str, String) {
    let named = |name: &str| format!("policy/{name}");
    match call {
        PolicyCall::Create { name, .. } => ("iot:CreatePolicy", named(name)),
        PolicyCall::Get(name) => ("iot:GetPolicy", named(name)),
        PolicyCall::List(_) => ("iot:ListPolicies", ANY.to_owned()),
        PolicyCall::Delete(name) => ("iot:DeletePolicy", named(name)),
        PolicyCall::CreateVersion { name, .. } => ("iot:CreatePolicyVersion", named(name)),
        PolicyCall::ListVersions(name) => ("iot:ListPolicyVersions", named(name)),
        PolicyCall::GetVersion(name, _) => ("iot:GetPolicyVersion", named(name)),
        PolicyCall::SetDefaultVersion(name, _) => ("iot:SetDefaultPolicyVersion", named(name)),
        PolicyCall::DeleteVersion(name, _) => ("iot:DeletePolicyVersion", named(name)),
        PolicyCall::Attach(_, id, wording) => {
            let action = by(wording, "iot:AttachPolicy", "iot:AttachPrincipalPolicy");
            (action, format!("cert/{id}"))
        }
        PolicyCall::Detach(_, id, wording) => {
            let action = by(wording, "iot:DetachPolicy", "iot:DetachPrincipalPolicy");
            (action, format!("cert/{id}"))
        }
        PolicyCall::ListAttached { wording, .. } => {
            let action = by(
                wording,
                "iot:ListAttachedPolicies",
                "iot:ListPrincipalPolicies",
            );
            (action, ANY.to_owned())
        }
        PolicyCall::ListTargets { name, wording, .. } => {
            let action = by(
                wording,
                "iot:ListTargetsForPolicy",
                "iot:ListPolicyPrincipals",
            );
            (action, named(name))
        }
    }
}

fn rule(call: &RuleCall) -> (&'static str, String) {
    let named = |name: &str| format!("rule/{name}");
    match call {
        RuleCall::Create { name, .. } => ("iot:CreateTopicRule", named(name)),
        RuleCall::Replace { name, .. } => ("iot:ReplaceTopicRule", named(name)),
        RuleCall::Put { rule, is_new: true } => ("iot:CreateTopicRule", named(&rule.name)),
        RuleCall::Put { rule, .. } => ("iot:ReplaceTopicRule", named(&rule.name)),
        RuleCall::Get(name) => ("iot:GetTopicRule", named(name)),
        RuleCall::Delete(name) => ("iot:DeleteTopicRule", named(name)),
        RuleCall::Enable { name, on: true } => ("iot:EnableTopicRule", named(name)),
        RuleCall::Enable { name, on: false } => ("iot:DisableTopicRule", named(name)),
        RuleCall::List { .. } | RuleCall::Figures => ("iot:ListTopicRules", ANY.to_owned()),
    }
}

fn by(wording: &Wording, target: &'static str, principal: &'static str) -> &'static str {
    match wording {
        Wording::Target => target,
        Wording::Principal => principal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Page;
    use crate::broker::Limits;
    use crate::journal::Key;
    use crate::things::certificates::CertificateId;
    use gnomon::time::Now;
    use gnomon::topic::TopicName;

    const ID: CertificateId = CertificateId([9; 32]);

    fn may_get(backend: &Backend, topic: &str) -> Result<(), ApiError> {
        let call = DataCall::GetRetainedMessage(TopicName::new(topic).unwrap());
        backend.check(&Principal::Certificate(ID), &Call::Data(call))
    }

    #[test]
    fn policies_and_attachments_count_again_after_a_restart() {
        let (now, mut backend) = (Now::default(), Backend::new(Limits::default(), 1));
        backend.start_journal();
        let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
            "Action":"iot:GetRetainedMessage","Resource":"arn:aws:iot:::topic/a"}]}"#;
        assert_eq!(
            may_get(&backend, "a"),
            Err(ApiError::NotAllowed(Plane::Data))
        );
        let policies = &mut backend.broker_mut().things_mut().policies;
        policies.create("p", text, now.wall).unwrap();
        policies.attach("p", ID).unwrap();
        backend.broker.note_change(Key::Policy("p".into()));
        backend.broker.note_change(Key::Attached(ID));
        let mut changes = backend.take_batch().unwrap().changes;
        changes.sort_by_key(|change| change.table);
        let mut again = Backend::new(Limits::default(), 1);
        for change in changes {
            let value = change.value.unwrap();
            again
                .restore(change.table, &change.key, &value, now)
                .unwrap();
        }
        for backend in [backend, again] {
            assert_eq!(may_get(&backend, "a"), Ok(()));
            assert_eq!(
                may_get(&backend, "b"),
                Err(ApiError::NotAllowed(Plane::Data))
            );
        }
    }

    #[test]
    fn a_call_is_allowed_under_its_own_name_only() {
        let calls = |wording| {
            [
                PolicyCall::Attach("p".into(), ID, wording),
                PolicyCall::Detach("p".into(), ID, wording),
                PolicyCall::ListAttached {
                    target: ID,
                    page: Page {
                        after: None,
                        size: 1,
                    },
                    wording,
                },
                PolicyCall::ListTargets {
                    name: "p".into(),
                    page: Page {
                        after: None,
                        size: 1,
                    },
                    wording,
                },
            ]
        };
        let old = calls(Wording::Principal).map(|call| policy(&call));
        let new = calls(Wording::Target).map(|call| policy(&call));
        assert_eq!(
            old.each_ref().map(|(action, _)| *action),
            [
                "iot:AttachPrincipalPolicy",
                "iot:DetachPrincipalPolicy",
                "iot:ListPrincipalPolicies",
                "iot:ListPolicyPrincipals",
            ]
        );
        for ((old, of_old), (new, of_new)) in old.into_iter().zip(new) {
            assert_ne!(old, new);
            assert_eq!(of_old, of_new, "{new}");
        }
    }

    #[test]
    fn rules_go_by_their_names_and_their_counters_by_the_list() {
        let name = || "r".to_owned();
        for (call, action, resource) in [
            (RuleCall::Get(name()), "iot:GetTopicRule", "rule/r"),
            (RuleCall::Delete(name()), "iot:DeleteTopicRule", "rule/r"),
            (
                RuleCall::Enable {
                    name: name(),
                    on: true,
                },
                "iot:EnableTopicRule",
                "rule/r",
            ),
            (
                RuleCall::Enable {
                    name: name(),
                    on: false,
                },
                "iot:DisableTopicRule",
                "rule/r",
            ),
            (RuleCall::Figures, "iot:ListTopicRules", "*"),
        ] {
            assert_eq!(rule(&call), (action, resource.to_owned()));
        }
    }
}
