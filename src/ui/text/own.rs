//! Words of this browser as a device.
