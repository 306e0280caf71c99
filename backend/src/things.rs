//! Who is known here and what they may do: certificates, policies and the registry, as one pure value that the
//! broker owns. Knows no socket, no clock and no connection.

pub mod x509;
pub mod certificates;
pub mod authority;
pub mod registry;

use std::sync::Arc;

use certificates::{CertificateId, Certificates};
use registry::Registry;

/// Who a transport was opened by, as far as it proved that.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Principal {
    /// A part of this very process. May do everything.
    Inside,
    /// Showed no certificate and signed nothing.
    Anonymous,
    Certificate(CertificateId),
    /// Signed with the secret of this access key identifier.
    Key(Arc<str>),
}

/// Everything that is known of principals and things.
#[derive(Debug, Default)]
pub struct Things {
    pub(crate) certificates: Certificates,
    pub(crate) registry: Registry,
    /// Grows with each change.
    generation: u64,
}

impl Things {
    pub(crate) fn begin_change(&mut self) {
        self.generation += 1;
    }

    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    pub fn registry(&self) -> &Registry {
        &self.registry
    }
}
