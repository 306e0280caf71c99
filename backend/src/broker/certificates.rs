//! What the broker does when client certificates come, change and go: it keeps them, and a connection whose
//! certificate stops being active ends with it. No policy asks for a certificate's own state, so nobody's permit is
//! worked out anew here.

use std::borrow::Cow;

use gnomon::time::{Now, UnixMillis};

use super::Broker;
use crate::journal::Key;
use crate::record::{self, RecordError, Table};
use crate::things::Principal;
use crate::things::certificates::{
    Certificate, CertificateError, CertificateId, CertificateStatus,
};

impl Broker {
    /// Lets a certificate be known from now on.
    pub fn register_certificate(
        &mut self,
        certificate: Certificate,
    ) -> Result<(), CertificateError> {
        let id = certificate.id;
        self.things.certificates.register(certificate)?;
        self.note_change(Key::Certificate(id));
        Ok(())
    }

    /// Activates, deactivates or revokes. Whoever uses a certificate that is no longer active is cut off at once.
    pub fn update_certificate(
        &mut self,
        id: CertificateId,
        status: CertificateStatus,
        now: Now,
    ) -> Result<(), CertificateError> {
        let certificates = &mut self.things.certificates;
        certificates.set_status(id, status, now.wall)?;
        self.note_change(Key::Certificate(id));
        if status != CertificateStatus::Active {
            self.close_principal(&Principal::Certificate(id), now);
        }
        Ok(())
    }

    /// Forgets a certificate that is not active. What is attached to it is the caller's to look at.
    pub fn delete_certificate(&mut self, id: CertificateId) -> Result<(), CertificateError> {
        self.things.certificates.delete(id)?;
        self.note_change(Key::Certificate(id));
        Ok(())
    }

    pub(super) fn certificate_record(&self, id: CertificateId) -> Option<Vec<u8>> {
        let certificate = self.things().certificates().get(id)?;
        record::encoded(&record::Certificate {
            pem: Cow::Borrowed(&certificate.pem),
            status: certificate.status,
            created: certificate.created.0,
            modified: certificate.modified.0,
        })
    }

    pub(super) fn restore_certificate(
        &mut self,
        key: &[u8],
        value: &[u8],
    ) -> Result<(), RecordError> {
        let table = Table::Certificates;
        let kept: record::Certificate<'_> = record::decoded(table, value)?;
        let created = UnixMillis(kept.created);
        let mut certificate = Certificate::from_pem(&kept.pem, kept.status, created)
            .ok()
            .filter(|certificate| certificate.id.0 == key)
            .ok_or(RecordError(table))?;
        certificate.modified = UnixMillis(kept.modified);
        self.things.certificates.restore(certificate);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::{CloseReason, Limits, Output};
    use crate::things::authority::Authority;
    use gnomon::time::Instant;

    const NOW: Now = Now {
        instant: Instant(0),
        wall: UnixMillis(1_795_400_000_000),
    };

    fn certificate() -> Certificate {
        let authority = Authority::create(NOW.wall).unwrap();
        let made = authority.create_keys_and_certificate(NOW.wall).unwrap();
        Certificate::from_pem(&made.certificate, CertificateStatus::Active, NOW.wall).unwrap()
    }

    fn broker() -> Broker {
        let mut broker = Broker::new(Limits::default(), 1);
        broker.start_journal();
        broker
    }

    #[test]
    fn a_certificate_that_is_no_longer_active_takes_its_connections_along() {
        for status in [CertificateStatus::Inactive, CertificateStatus::Revoked] {
            let (mut broker, mine, other) = (broker(), certificate(), certificate());
            let id = mine.id;
            let using = |certificate: &Certificate| Principal::Certificate(certificate.id);
            let cut = broker.connect(using(&mine), NOW.instant);
            let stays = broker.connect(using(&other), NOW.instant);
            broker.register_certificate(mine).unwrap();
            broker.register_certificate(other).unwrap();
            broker.update_certificate(id, status, NOW).unwrap();
            let close = Output::Close(cut, CloseReason::Dismissed);
            assert_eq!(broker.poll_output(), Some(close));
            assert_eq!(broker.poll_output(), None, "{stays:?} goes on");
        }
    }

    #[test]
    fn every_change_is_kept() {
        let mut broker = broker();
        let certificate = certificate();
        let id = certificate.id;
        broker.register_certificate(certificate).unwrap();
        broker
            .update_certificate(id, CertificateStatus::Revoked, NOW)
            .unwrap();
        let (_, keys) = broker.take_changes().unwrap();
        assert!(keys.contains(&Key::Certificate(id)));
        let value = broker.certificate_record(id).unwrap();
        let mut restored = self::broker();
        restored
            .restore(Table::Certificates, &id.0, &value, NOW)
            .unwrap();
        let certificates = |broker: &Broker| broker.things().certificates().get(id).cloned();
        assert_eq!(certificates(&restored), certificates(&broker));
        broker.delete_certificate(id).unwrap();
        assert!(
            broker
                .take_changes()
                .unwrap()
                .1
                .contains(&Key::Certificate(id))
        );
        assert_eq!(broker.certificate_record(id), None);
    }

    #[test]
    fn a_record_of_another_certificate_is_refused() {
        let mut broker = broker();
        let certificate = certificate();
        let id = certificate.id;
        broker.register_certificate(certificate).unwrap();
        let value = broker.certificate_record(id).unwrap();
        let refused = Err(RecordError(Table::Certificates));
        assert_eq!(
            broker.restore(Table::Certificates, &[7; 32], &value, NOW),
            refused
        );
        assert_eq!(
            broker.restore(Table::Certificates, &id.0, &value[1..], NOW),
            refused
        );
    }
}
