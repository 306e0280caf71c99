//! The end of a process, the start of the next one, and what has to be there then.

use gnomon::mqtt::wire::{self, ConnAck, Packet};
use gnomon_backend::backend::Backend;
use gnomon_backend::broker::Limits;

use crate::client::Client;
use crate::promises::Kept;
use crate::visitor::message;
use crate::world::{Promise, QUEUE, RETAINED, THINGS, VISITOR, World};

impl World {
    pub(crate) fn crash(&mut self, written: bool) {
        if let Some(batch) = self.writing.take()
            && written
        {
            self.write(batch);
        }
        self.published.clear();
        self.requested.clear();
        self.visitor = None;
        let mut backend = Backend::new(Limits::default(), 1);
        backend.start_journal();
        for ((table, key), value) in &self.disk {
            backend.restore(*table, key, value, self.now).unwrap();
        }
        self.backend = backend;
        self.enter();
        self.check_shadows();
        self.check_retained();
        self.check_session();
    }

    fn check_shadows(&mut self) {
        for (thing, name) in THINGS.iter().enumerate() {
            let found = self.shadow(thing);
            // The version of the next update tells where the counter of a deleted one stands.
            let topic = format!("$aws/things/{name}/shadow/update");
            self.send(&topic, r#"{"state":{}}"#, false, Promise::Nothing);
            let update = self.shadow(thing);
            let version = update.as_ref().map_or(0, |document| document.version);
            let history = &mut self.promises.shadows[thing];
            history.resume(&found, Some(version - 1));
            history.change(version, update);
            self.note_request(thing, "update");
        }
        self.save_all();
    }

    fn check_retained(&mut self) {
        let mut reader = Client::connect(&mut self.backend, "reader", true, self.now);
        reader.subscribe(&mut self.backend, &[("r/+", 0)], self.now);
        let mut found = [None, None];
        for frame in reader.receive(&mut self.backend) {
            if let Packet::Publish(publish) = wire::parse(&frame).unwrap() {
                let topic = RETAINED.iter().position(|topic| *topic == publish.topic);
                let payload = String::from_utf8(publish.payload.to_vec()).unwrap();
                found[topic.unwrap()] = Some(payload);
            }
        }
        for (history, found) in self.promises.retained.iter_mut().zip(&found) {
            history.resume(found, None);
        }
    }

    /// Whether there is a session shows in CONNACK; whether it subscribes, by one more message.
    fn check_session(&mut self) {
        let mut client = Client::connect(&mut self.backend, VISITOR, false, self.now);
        self.save_all();
        let frames = client.receive(&mut self.backend);
        let mut packets = frames.iter().map(|frame| wire::parse(frame).unwrap());
        let Some(Packet::ConnAck(ConnAck {
            session_present, ..
        })) = packets.next()
        else {
            panic!("no CONNACK");
        };
        let queued: Vec<_> = packets.map(|packet| message(&packet).1).collect();
        self.promises.queue.check(&queued);
        self.count += 1;
        self.publish(QUEUE, &self.count.to_string());
        self.save_all();
        let subscribed = !client.receive(&mut self.backend).is_empty();
        let session = &mut self.promises.session;
        match session_present {
            true => session.resume(&Kept::Session { subscribed }, None),
            false => {
                session.resume(&Kept::Nothing, None);
                session.push(Kept::Session { subscribed: false });
                session.acknowledge(session.last());
            }
        }
        client.send(&mut self.backend, &Packet::Disconnect, self.now);
    }
}
