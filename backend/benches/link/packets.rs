//! PUBLISH packets of 120 bytes, several to a WebSocket frame: written once for each device, then only their digits
//! change.

use std::time::SystemTime;

/// Bytes of one packet.
pub(crate) const PACKET: usize = 120;
const LATITUDE: &[u8] = b"\"lat\":35.0";
const TIME: &[u8] = b"\"time\":";
const NUMBER: &[u8] = b"\"n\":1";
/// Digits that change.
const LATITUDE_DIGITS: usize = 6;
const TIME_DIGITS: usize = 13;
const NUMBER_DIGITS: usize = 7;

/// The packets of a fleet, one after the other and round again.
pub(crate) struct Packets {
    /// One packet for each device.
    templates: Vec<[u8; PACKET]>,
    latitude: usize,
    time: usize,
    number: usize,
    sent: usize,
}

impl Packets {
    pub(crate) fn new(devices: usize) -> Self {
        let templates: Vec<_> = (0..devices.max(1)).map(template).collect();
        let after = |key: &[u8]| {
            let found = templates[0].windows(key.len()).position(|at| at == key);
            found.unwrap() + key.len()
        };
        Self {
            latitude: after(LATITUDE),
            time: after(TIME),
            number: after(NUMBER),
            templates,
            sent: 0,
        }
    }

    /// Appends one WebSocket frame with the next `count` packets.
    pub(crate) fn put_frame(&mut self, count: usize, out: &mut Vec<u8>) {
        let len = count * PACKET;
        out.push(0x82);
        match len {
            0..=125 => out.push(len as u8),
            126..=0xffff => {
                out.push(126);
                out.extend_from_slice(&(len as u16).to_be_bytes());
            }
            _ => {
                out.push(127);
                out.extend_from_slice(&(len as u64).to_be_bytes());
            }
        }
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as usize;
        for _ in 0..count {
            let device = self.sent % self.templates.len();
            let template = &mut self.templates[device];
            write_digits(&mut template[self.latitude..][..LATITUDE_DIGITS], self.sent);
            write_digits(&mut template[self.time..][..TIME_DIGITS], now);
            write_digits(&mut template[self.number..][..NUMBER_DIGITS], self.sent);
            out.extend_from_slice(template);
            self.sent += 1;
        }
    }
}

fn template(device: usize) -> [u8; PACKET] {
    let topic = format!("fleet/dev-{device:06}/location");
    let payload = format!(
        r#"{{"lat":35.0000000,"lng":{}.7848895,"speed":12.5,"time":0000000000000,"n":10000000"#,
        100 + device % 80
    );
    let mut packet = vec![0x30, (PACKET - 2) as u8, 0, topic.len() as u8];
    packet.extend_from_slice(topic.as_bytes());
    packet.extend_from_slice(payload.as_bytes());
    packet.resize(PACKET - 1, b' ');
    packet.push(b'}');
    packet.try_into().unwrap()
}

fn write_digits(place: &mut [u8], mut number: usize) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}
