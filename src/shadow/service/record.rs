//! What of the service is to be kept on disk, as one JSON text for each shadow: a living one is its document,
//! a deleted one its version counter and when it was deleted.

use crate::shadow::document::ShadowDocument;
use crate::shadow::document::json;
use crate::shadow::document::write::{self, Footer};
use crate::shadow::error::ShadowError;
use crate::shadow::event::{self, EventError};
use crate::shadow::service::ShadowService;
use crate::shadow::topics::ShadowId;
use crate::time::UnixMillis;

/// How the text of a living shadow begins. It is not read before somebody asks for it: 100,000 of them would take a
/// second.
const DOCUMENT: &[u8] = br#"{"state":"#;

/// Why a text is no shadow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    #[error("its name is none of a shadow")]
    Name,
    #[error(transparent)]
    Text(#[from] EventError),
}

impl ShadowService {
    /// Living shadows.
    pub fn len(&self) -> usize {
        self.shadows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.shadows.is_empty()
    }

    /// The text of a shadow by its name, `thing` or `thing/shadow`; `None` when there is nothing to keep.
    pub fn record(&self, name: &str) -> Option<Vec<u8>> {
        if let Some(text) = self.shadows.get(name) {
            return Some(text.to_vec());
        }
        let (version, deleted) = self.counters.get(name)?;
        Some(write::deleted(version, Footer::new(deleted, None)))
    }

    /// Takes a text of [`Self::record`] back; false when its time is over and it need not be kept any longer.
    pub fn restore(
        &mut self,
        name: &str,
        text: &[u8],
        now: UnixMillis,
    ) -> Result<bool, RestoreError> {
        let (thing, shadow) = match name.split_once('/') {
            Some((thing, shadow)) => (thing, Some(shadow)),
            None => (name, None),
        };
        ShadowId::new(thing, shadow).map_err(|_| RestoreError::Name)?;
        if text.starts_with(DOCUMENT) {
            self.shadows.insert(name.into(), text.into());
            return Ok(true);
        }
        let body = json::parse(text).map_err(EventError::from)?;
        let at = event::timestamp(&body)?;
        let version = event::unsigned(&body, "version")?;
        Ok(self.counters.restore(name.into(), version, at, now))
    }

    /// The document of a shadow by its name. It was written here, so it can be read unless the disk changed it.
    pub(super) fn stored(&self, name: &str) -> Result<Option<ShadowDocument>, ShadowError> {
        let text = self.shadows.get(name);
        text.map(|text| document(text))
            .transpose()
            .map_err(|_| ShadowError::Internal)
    }

    /// Shadows whose counters are no longer kept, to be forgotten on disk too.
    pub fn take_forgotten(&mut self) -> Vec<Box<str>> {
        std::mem::take(&mut self.forgotten)
    }
}

fn document(text: &[u8]) -> Result<ShadowDocument, EventError> {
    let body = json::parse(text)?;
    let at = event::timestamp(&body)?;
    event::document(body, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shadow::service::{Limits, Request};

    fn send(service: &mut ShadowService, topic: &str, payload: &str, at: i64) -> Vec<String> {
        let topic = format!("$aws/things/{topic}");
        let request = Request::from_message(&topic, payload.as_bytes()).unwrap();
        let messages = service.handle(request, UnixMillis(at)).messages;
        let texts = messages
            .iter()
            .map(|it| str::from_utf8(&it.payload).unwrap());
        texts.map(str::to_owned).collect()
    }

    fn reopened(service: &ShadowService, names: &[&str], now: i64) -> ShadowService {
        let mut again = ShadowService::new(Limits::default());
        for name in names {
            let text = service.record(name).unwrap();
            assert_eq!(again.restore(name, &text, UnixMillis(now)), Ok(true));
        }
        again
    }

    #[test]
    fn a_shadow_comes_back_as_it_was() {
        let mut service = ShadowService::new(Limits::default());
        let state = r#"{"state":{"desired":{"a":{"b":[1.5,{}]},"timestamp":18446744073709551615},"reported":{"e":{}}}}"#;
        send(&mut service, "lamp/shadow/update", state, 5_000);
        send(
            &mut service,
            "lamp/shadow/name/cfg/update",
            r#"{"state":{}}"#,
            6_000,
        );
        let mut again = reopened(&service, &["lamp", "lamp/cfg"], 9_000);
        for topic in ["lamp/shadow/get", "lamp/shadow/name/cfg/get"] {
            let before = send(&mut service, topic, "", 9_000);
            assert_eq!(send(&mut again, topic, "", 9_000), before, "{topic}");
        }
    }

    #[test]
    fn the_counter_of_a_deleted_shadow_goes_on() {
        let mut service = ShadowService::new(Limits::default());
        send(&mut service, "lamp/shadow/update", r#"{"state":{}}"#, 1_000);
        send(&mut service, "lamp/shadow/delete", "", 2_000);
        let mut again = reopened(&service, &["lamp"], 3_000);
        let accepted = send(&mut again, "lamp/shadow/update", r#"{"state":{}}"#, 4_000);
        assert!(accepted[0].contains(r#""version":3"#), "{}", accepted[0]);
        assert_eq!(service.record("never"), None);
    }

    #[test]
    fn a_counter_whose_time_is_over_is_not_taken_back() {
        let mut service = ShadowService::new(Limits::default());
        let two_days = UnixMillis(48 * 3_600_000 + 5_000);
        let text = br#"{"version":3,"timestamp":5}"#;
        assert_eq!(service.restore("lamp", text, two_days), Ok(false));
        assert_eq!(service.record("lamp"), None);
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let mut service = ShadowService::new(Limits::default());
        let mut check = |name: &str, text: &[u8]| {
            assert!(
                service.restore(name, text, UnixMillis(0)).is_err(),
                "{name}"
            );
        };
        check("a b", br#"{"version":3,"timestamp":5}"#);
        check("a/b/c", br#"{"version":3,"timestamp":5}"#);
        check("a", b"{");
        check("a", br#"{"version":3}"#);
        check("a", br#"{"version":-1,"timestamp":5}"#);
    }

    #[test]
    fn a_document_that_cannot_be_read_is_neither_shown_nor_overwritten() {
        let mut service = ShadowService::new(Limits::default());
        let text = br#"{"state":{"desired":1},"version":3,"timestamp":5}"#;
        assert_eq!(service.restore("lamp", text, UnixMillis(0)), Ok(true));
        for verb in ["get", "update", "delete"] {
            let payload = r#"{"state":{}}"#;
            let answer = send(&mut service, &format!("lamp/shadow/{verb}"), payload, 0);
            assert!(answer[0].contains("Internal service failure"), "{verb}");
        }
        assert_eq!(service.record("lamp").as_deref(), Some(&text[..]));
    }
}
