//! What comes from the broker: frames to packets, and what each of them means for the session.

use bytes::Bytes;

use super::keep_alive::KeepAlive;
use super::{Event, LinkFault, Phase, Session};
use crate::mqtt::inflight::Awaited;
use crate::mqtt::wire::{self, Packet, Publish};
use crate::time::Instant;

impl Session {
    /// Bytes came. `on_message` sees every PUBLISH, with its texts still in the frame. A lasting session gets them
    /// from the moment of CONNACK on, before SUBACK, and some of them a second time.
    pub fn handle_chunk(
        &mut self,
        chunk: Bytes,
        now: Instant,
        mut on_message: impl FnMut(&Publish<'_>),
    ) {
        if !matches!(self.phase, Phase::Connecting | Phase::Up) {
            return;
        }
        self.keep_alive.received(now);
        self.reader.push(chunk);
        loop {
            let next = self.reader.next_frame();
            while let Some(id) = self.reader.take_unread() {
                // Unacknowledged, it would take up a place in the broker's window, and come again.
                self.acknowledge(id, now);
            }
            let frame = match next {
                Ok(Some(frame)) => frame,
                Ok(None) => return self.handle_timeout(now),
                Err(error) => return self.lose(LinkFault::Malformed(error.to_string()), now),
            };
            let handled = match wire::parse_from_broker(&frame) {
                Ok(Packet::Publish(publish)) => self.handle_publish(&publish, now, &mut on_message),
                Ok(packet) => self.handle_packet(packet, now),
                Err(error) => Err(LinkFault::Malformed(error.to_string())),
            };
            if let Err(fault) = handled {
                return self.lose(fault, now);
            }
        }
    }

    fn handle_publish(
        &mut self,
        publish: &Publish<'_>,
        now: Instant,
        on_message: &mut impl FnMut(&Publish<'_>),
    ) -> Result<(), LinkFault> {
        if self.phase != Phase::Up {
            return Err(unexpected("PUBLISH before CONNACK"));
        }
        on_message(publish);
        if let Some(id) = publish.packet_id.filter(|_| self.config.clean_session) {
            self.send(&Packet::PubAck(id), now);
        }
        Ok(())
    }

    fn handle_packet(&mut self, packet: Packet<'_>, now: Instant) -> Result<(), LinkFault> {
        match (&self.phase, packet) {
            (Phase::Connecting, Packet::ConnAck(ack)) => match ack.code {
                0 => self.handle_accepted(now),
                code => return Err(LinkFault::Refused(code)),
            },
            (Phase::Up, Packet::PingResp) => {
                if let Some(took) = self.keep_alive.answered(now) {
                    self.latency.push(took);
                }
            }
            (Phase::Up, Packet::PubAck(id)) => match self.in_flight.end(id) {
                Some((Awaited::Publish, sent)) => {
                    self.resend.acknowledged(id);
                    self.latency.push(now.since(sent));
                    self.events.push_back(Event::Acknowledged(id));
                }
                _ => return Err(unexpected("PUBACK for nothing")),
            },
            (Phase::Up, Packet::SubAck(ack)) => match self.in_flight.end(ack.packet_id) {
                Some((Awaited::Subscribe(places), sent)) => {
                    self.latency.push(now.since(sent));
                    self.handle_suback(&places, &ack, now)?;
                }
                _ => return Err(unexpected("SUBACK for nothing")),
            },
            (Phase::Up, Packet::UnsubAck(id)) => match self.in_flight.end(id) {
                Some((Awaited::Unsubscribe, _)) => {}
                _ => return Err(unexpected("UNSUBACK for nothing")),
            },
            _ => return Err(unexpected("a packet that a broker does not send here")),
        }
        Ok(())
    }

    fn handle_accepted(&mut self, now: Instant) {
        let opened = self.trace.began + self.trace.opened.unwrap_or_default();
        self.trace.accepted = Some(now.since(opened));
        self.enter(Phase::Up, now);
        self.keep_alive = KeepAlive::new(self.config.keep_alive, now);
        // Whether the broker still has its half of a lasting session or not, it may not have seen these.
        for (id, packet) in self.resend.iter() {
            self.in_flight.resume(id, now);
            self.unsent.extend_from_slice(packet);
        }
        self.start_subscribing(now);
        self.events.push_back(Event::Connected);
    }
}

fn unexpected(what: &str) -> LinkFault {
    LinkFault::Malformed(what.to_owned())
}
