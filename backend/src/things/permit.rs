//! What a client may do, worked out once and asked for each packet.

use std::sync::Arc;

use super::policies::document::Document;
use super::policies::grant::Grant;
use super::policies::variable::Context;
use super::{ConnectAttributes, Principal};

/// What somebody may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Connect,
    Publish,
    /// To publish with RETAIN; needs [`Self::Publish`] too.
    RetainPublish,
    Subscribe,
    Receive,
    GetThingShadow,
    UpdateThingShadow,
    DeleteThingShadow,
    ListNamedShadowsForThing,
    GetRetainedMessage,
    ListRetainedMessages,
    /// A call of the control plane by its whole name, such as `iot:CreateThing`.
    Control(&'static str),
}

impl Action {
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "iot:Connect",
            Self::Publish => "iot:Publish",
            Self::RetainPublish => "iot:RetainPublish",
            Self::Subscribe => "iot:Subscribe",
            Self::Receive => "iot:Receive",
            Self::GetThingShadow => "iot:GetThingShadow",
            Self::UpdateThingShadow => "iot:UpdateThingShadow",
            Self::DeleteThingShadow => "iot:DeleteThingShadow",
            Self::ListNamedShadowsForThing => "iot:ListNamedShadowsForThing",
            Self::GetRetainedMessage => "iot:GetRetainedMessage",
            Self::ListRetainedMessages => "iot:ListRetainedMessages",
            Self::Control(name) => name,
        }
    }

    /// What stands before the resource's name in an ARN. Where there is nothing, the resource is whole: `policy/NAME`,
    /// or `*` for what has none, which only `*` lets do.
    pub(super) fn resource_type(self) -> &'static str {
        match self {
            Self::Connect => "client/",
            Self::Publish | Self::RetainPublish | Self::Receive | Self::GetRetainedMessage => {
                "topic/"
            }
            Self::Subscribe => "topicfilter/",
            Self::GetThingShadow | Self::UpdateThingShadow | Self::DeleteThingShadow => "thing/",
            Self::ListNamedShadowsForThing | Self::ListRetainedMessages | Self::Control(_) => "",
        }
    }
}

/// What one client may do, until something about policies changes.
#[derive(Clone, Debug)]
pub struct Permit {
    pub(super) principal: Principal,
    /// There is none over HTTP.
    pub(super) client_id: Option<Arc<str>>,
    pub(super) attributes: ConnectAttributes,
    pub(super) generation: u64,
    pub(super) grants: Arc<Grants>,
}

impl Permit {
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }
}

/// What is asked for with every packet.
#[derive(Debug)]
pub(super) struct Grants {
    publish: Grant,
    retain: Grant,
    subscribe: Grant,
    receive: Grant,
}

impl Grants {
    pub(super) fn everything() -> Self {
        Self {
            publish: Grant::Everything,
            retain: Grant::Everything,
            subscribe: Grant::Everything,
            receive: Grant::Everything,
        }
    }

    pub(super) fn new(documents: &[&Document], context: &Context<'_>) -> Self {
        let grant = |action| Grant::new(documents, action, context);
        Self {
            publish: grant(Action::Publish),
            retain: grant(Action::RetainPublish),
            subscribe: grant(Action::Subscribe),
            receive: grant(Action::Receive),
        }
    }

    pub(super) fn of(&self, action: Action) -> Option<&Grant> {
        match action {
            Action::Publish => Some(&self.publish),
            Action::RetainPublish => Some(&self.retain),
            Action::Subscribe => Some(&self.subscribe),
            Action::Receive => Some(&self.receive),
            _ => None,
        }
    }
}
