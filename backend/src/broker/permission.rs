//! Where the broker asks what a client may do. Whoever does more is closed, as on AWS IoT; what somebody may not
//! receive is kept from them without a word.

use std::sync::Arc;

use gnomon::mqtt::wire::Connect;

use super::connection::{Connection, Phase};
use super::{Broker, CloseReason, ConnectionId};
use crate::things::{Action, ConnectAttributes, Permit, Principal, Things};

impl Broker {
    /// What a client may do from now on, if it may connect and leave its will.
    pub(super) fn let_in(
        &self,
        principal: Principal,
        client_id: &Arc<str>,
        connect: &Connect<'_>,
    ) -> Result<Permit, CloseReason> {
        let attributes = ConnectAttributes {
            persistent: !connect.clean_session,
            will: connect.will.is_some(),
        };
        let client = Some((client_id.clone(), attributes));
        let mut permit = self.things.permit(principal, client);
        permit.check(Action::Connect, client_id, &self.things)?;
        if let Some(will) = &connect.will {
            permit.check_publish(will.topic, will.retain, &self.things)?;
        }
        Ok(permit)
    }

    pub(super) fn check_publish(
        &mut self,
        id: ConnectionId,
        topic: &str,
        retain: bool,
    ) -> Result<(), CloseReason> {
        let permit = permit(self.connections.get_mut(id))?;
        permit.check_publish(topic, retain, &self.things)
    }

    pub(super) fn check_subscribe<'a>(
        &mut self,
        id: ConnectionId,
        mut filters: impl Iterator<Item = &'a str>,
    ) -> Result<(), CloseReason> {
        let permit = permit(self.connections.get_mut(id))?;
        filters.try_for_each(|filter| permit.check(Action::Subscribe, filter, &self.things))
    }
}

impl Connection {
    pub(super) fn may_receive(&mut self, topic: &str, things: &Things) -> bool {
        match &mut self.phase {
            Phase::Open(open) => things.allows(&mut open.permit, Action::Receive, topic),
            Phase::New { .. } | Phase::Closed => false,
        }
    }
}

impl Permit {
    /// Asked too when the will is sent: by then it may be allowed no longer.
    pub(super) fn check_publish(
        &mut self,
        topic: &str,
        retain: bool,
        things: &Things,
    ) -> Result<(), CloseReason> {
        self.check(Action::Publish, topic, things)?;
        match retain {
            true => self.check(Action::RetainPublish, topic, things),
            false => Ok(()),
        }
    }

    fn check(
        &mut self,
        action: Action,
        resource: &str,
        things: &Things,
    ) -> Result<(), CloseReason> {
        match things.allows(self, action, resource) {
            true => Ok(()),
            false => Err(CloseReason::NotAllowed(action, resource.to_owned())),
        }
    }
}

fn permit(connection: Option<&mut Connection>) -> Result<&mut Permit, CloseReason> {
    match connection.map(|connection| &mut connection.phase) {
        Some(Phase::Open(open)) => Ok(&mut open.permit),
        _ => Err(CloseReason::NotConnected),
    }
}
