//! A stand-in for AWS IoT Core on one machine.
