//! Simulated devices: one in-process client of the broker that speaks for all of them, in packets and without a
//! socket. The same seed and the same times give the same fleet. Knows nothing of the broker's insides.

mod device;
mod drive;
mod roads;

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use gnomon::message::QoS;
use gnomon::mqtt::wire::{self, Connect, FrameReader, Packet, PacketId, Publish, Subscribe};
use gnomon::rng::Rng;
use gnomon::time::{Instant, Now};
use gnomon::topic::TopicFilter;

use device::{Device, Wish};
use roads::Roads;

const DELTAS: &str = "$aws/things/+/shadow/update/delta";
/// One shadow after another, so that a large fleet does not start with a burst.
const ANNOUNCEMENTS_PER_SECOND: f64 = 1000.0;
/// Fixes are published together when they come faster than this.
const BATCH: Duration = Duration::from_millis(10);
/// A host that slept does not make up for more than this.
const MAX_LAG_SECONDS: f64 = 1.0;
const MAX_PACKET: usize = 256 * 1024;

/// How many devices, and how busy.
#[derive(Clone, Debug)]
pub struct FleetOptions {
    pub devices: u32,
    /// Fixes a second in all. None: one for each device, at most 1,000.
    pub rate: Option<f64>,
    pub seed: u64,
}

/// Devices named `sim-0001` and so on.
#[derive(Debug)]
pub struct Fleet {
    devices: Vec<Device>,
    rate: f64,
    started: Instant,
    ran: Instant,
    /// Devices that told their shadow what they are.
    announced: u64,
    /// Fixes published, and skipped after a pause of the host.
    fixes: u64,
    /// When devices carry out what is desired of them.
    wishes: BTreeSet<(Instant, u32)>,
    reader: FrameReader,
    out: BytesMut,
}

impl Fleet {
    pub fn new(options: &FleetOptions, now: Now) -> Self {
        let roads = Roads::new();
        let mut rng = Rng::new(options.seed);
        let devices: Vec<_> = (0..options.devices)
            .map(|index| Device::new(index, &roads, Rng::new(rng.next_u64()), now))
            .collect();
        let usual = f64::from(options.devices.min(1000));
        let mut fleet = Self {
            rate: options.rate.unwrap_or(usual),
            devices,
            started: now.instant,
            ran: now.instant,
            announced: 0,
            fixes: 0,
            wishes: BTreeSet::new(),
            reader: FrameReader::new(MAX_PACKET),
            out: BytesMut::new(),
        };
        fleet.greet();
        fleet
    }

    /// Takes what the broker sent.
    pub fn handle_bytes(&mut self, chunk: Bytes, now: Now) {
        self.reader.push(chunk);
        while let Ok(Some(frame)) = self.reader.next_frame() {
            if let Ok(Packet::Publish(publish)) = wire::parse(&frame) {
                self.handle_delta(publish.topic, publish.payload, now);
            }
        }
    }

    /// Packets that are due; `None` when there are none before [`Self::poll_timeout`].
    pub fn poll_packets(&mut self, now: Now) -> Option<Bytes> {
        if self.poll_timeout() <= now.instant {
            self.ran = now.instant;
            self.announce(now);
            self.carry_out(now);
            self.publish_fixes(now);
        }
        (!self.out.is_empty()).then(|| self.out.split().freeze())
    }

    /// When the next packet is due.
    pub fn poll_timeout(&self) -> Instant {
        let announcement = (self.announced < self.devices.len() as u64)
            .then(|| self.after(self.announced, ANNOUNCEMENTS_PER_SECOND));
        let fix = (self.rate > 0.0 && !self.devices.is_empty())
            .then(|| self.after(self.fixes + 1, self.rate));
        let wish = self.wishes.first().map(|(at, _)| *at);
        let next = [announcement, fix, wish].into_iter().flatten().min();
        next.unwrap_or(Instant(u64::MAX)).max(self.ran + BATCH)
    }

    fn greet(&mut self) {
        self.put(&Packet::Connect(Connect {
            level: 4,
            client_id: "",
            clean_session: true,
            keep_alive: 0,
            will: None,
            user_name: None,
            password: None,
        }));
        if let Ok(filter) = TopicFilter::new(DELTAS) {
            self.put(&Packet::Subscribe(Subscribe {
                packet_id: PacketId::MIN,
                filters: vec![(filter, 0)],
            }));
        }
    }

    fn handle_delta(&mut self, topic: &str, payload: &[u8], now: Now) {
        let Some(index) = device::index_of_delta(topic) else {
            return;
        };
        if let Some(device) = self.devices.get_mut(index as usize)
            && let Some(due) = device.hear(Wish::from_delta(payload), now.instant)
        {
            self.wishes.insert((due, index));
        }
    }

    fn announce(&mut self, now: Now) {
        let due = self.count(now.instant, ANNOUNCEMENTS_PER_SECOND) + 1;
        while self.announced < due.min(self.devices.len() as u64) {
            let device = &mut self.devices[self.announced as usize];
            self.announced += 1;
            let (topic, payload) = (device.update_topic(), device.introduction());
            self.publish(&topic, &payload);
        }
    }

    fn carry_out(&mut self, now: Now) {
        while let Some(&(due, index)) = self.wishes.first()
            && due <= now.instant
        {
            self.wishes.pop_first();
            let device = &mut self.devices[index as usize];
            if let Some(payload) = device.carry_out() {
                let topic = device.update_topic();
                self.publish(&topic, &payload);
            }
        }
    }

    /// The devices take turns.
    fn publish_fixes(&mut self, now: Now) {
        if self.devices.is_empty() {
            return;
        }
        let due = self.count(now.instant, self.rate);
        let lag = (self.rate * MAX_LAG_SECONDS).ceil() as u64;
        self.fixes = self.fixes.max(due.saturating_sub(lag));
        while self.fixes < due {
            let index = (self.fixes % self.devices.len() as u64) as usize;
            self.fixes += 1;
            let device = &mut self.devices[index];
            let fix = device.advance(now);
            let report = device
                .report(now)
                .map(|payload| (device.update_topic(), payload));
            let topic = device.location_topic();
            self.publish(&topic, &fix);
            if let Some((topic, payload)) = report {
                self.publish(&topic, &payload);
            }
        }
    }

    /// When the event with this number comes, at so many a second since the start.
    fn after(&self, number: u64, rate: f64) -> Instant {
        Instant(self.started.0 + (number as f64 / rate * 1000.0).ceil() as u64)
    }

    /// How many events have come until now.
    fn count(&self, now: Instant, rate: f64) -> u64 {
        (now.since(self.started).as_millis() as f64 * rate / 1000.0) as u64
    }

    fn publish(&mut self, topic: &str, payload: &str) {
        self.put(&Packet::Publish(Publish {
            dup: false,
            qos: QoS::AtMostOnce,
            retain: false,
            packet_id: None,
            topic,
            payload: payload.as_bytes(),
        }));
    }

    fn put(&mut self, packet: &Packet<'_>) {
        let written = wire::encode(packet, &mut self.out);
        debug_assert_eq!(written, Ok(()), "the fleet writes valid packets");
    }
}
