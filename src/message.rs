//! An application message: what `mqtt`, `shadow` and `fleet` have in common.

use bytes::Bytes;

use crate::topic::TopicName;

/// The delivery promise of a message. QoS 2 is refused wherever it arrives, as AWS IoT refuses it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum QoS {
    #[default]
    AtMostOnce,
    AtLeastOnce,
}

/// One message on one topic. Cloning shares the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub topic: TopicName,
    pub payload: Bytes,
    pub qos: QoS,
    pub retain: bool,
}
