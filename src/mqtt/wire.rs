//! Packets to bytes and back.
