//! Where the broker asks what a client may do. Whoever does more is closed, as on AWS IoT; what somebody may not
//! receive is kept from them without a word.

use std::sync::Arc;

use gnomon::mqtt::wire::Connect;

use super::connection::{Connection, Phase};
use super::{Broker, CloseReason, ConnectionId, SessionId};
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

    /// Takes from a session what whoever resumes it may not subscribe to: it may have been somebody else's, or theirs
    /// under another policy. A message stays if a filter that stays matches it, and also if they may subscribe to its
    /// very topic: unsubscribing does not end what is under way [MQTT-3.10.4-3].
    pub(super) fn narrow_session(&mut self, id: SessionId, permit: &mut Permit) {
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        let things = &self.things;
        let mut may_subscribe = |filter: &str| things.allows(permit, Action::Subscribe, filter);
        let inherited = session.filters.len();
        session.filters.retain(|filter, _| {
            let stays = may_subscribe(filter.as_str());
            if !stays {
                self.subscriptions.remove(filter, id);
            }
            stays
        });
        if session.filters.len() < inherited {
            session.note(&mut self.journal);
        }
        let filters = &session.filters;
        let gone = session.deliveries.retain(|message| {
            let topic = message.topic.as_str();
            may_subscribe(topic) || filters.keys().any(|filter| filter.matches(topic))
        });
        for number in gone {
            session.note_gone(number, &mut self.journal);
        }
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
