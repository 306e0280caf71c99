//! What takes its time: objects are stored, again and again where it fails; then the error action is told of whatever
//! failed for good, and where there is none that can be told, a file.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Runner;
use super::errors::Failure;
use super::evaluate::{Filled, Made, fill, incoming};
use crate::objects::{ObjectName, PutError};

/// How often an object is tried to be stored.
const TRIES: u32 = 8;
/// After the first time; then twice as long each time, up to the longest.
const PAUSE: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(30);

/// Does what is left of a message, and ends it.
pub(super) async fn finish(runner: Arc<Runner>, mut made: Made) {
    runner.store(&mut made).await;
    if !made.failures.is_empty() {
        runner.tell_of_failures(&mut made).await;
    }
    // Whoever takes it is gone only when the process ends.
    let _ = runner.ended.send((made.number(), made.ended()));
}

impl Runner {
    /// One after another, and those that failed again together, so that none waits for another's pauses.
    async fn store(&self, made: &mut Made) {
        let payload = made.payload.clone().unwrap_or_default();
        for attempt in 1..=TRIES {
            for (action, name) in std::mem::take(&mut made.stores) {
                let begun = Instant::now();
                let put = {
                    // It is never closed.
                    let _place = self.puts.acquire().await;
                    self.objects.put(name.clone(), payload.clone()).await
                };
                let took_ms = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
                match put {
                    Ok(overwrote) => made.succeed(action, took_ms, overwrote),
                    Err(PutError::ForNow(error)) if attempt < TRIES => {
                        self.note_retry(made.number(), action, &error);
                        made.stores.push((action, name));
                    }
                    Err(error) => {
                        let failure = Failure::store(name.bucket().to_owned(), error.to_string());
                        made.fail(action, failure, took_ms);
                    }
                }
            }
            if made.stores.is_empty() {
                return;
            }
            tokio::time::sleep(pause(attempt)).await;
        }
    }

    fn note_retry(&self, number: u64, action: Option<u8>, error: &str) {
        self.hub
            .act(|backend, _| backend.note_rule_retry(number, action, error));
    }

    async fn tell_of_failures(&self, made: &mut Made) {
        let rule = made.rule().clone();
        let document = made.work.error_document(&made.failures);
        let failed = made.failures.len();
        if let Some(deed) = &rule.error_action {
            let filled = {
                let hub = self.hub.clone();
                let shadows =
                    move |thing: &str, shadow: Option<&str>| hub.shadow_text(thing, shadow);
                fill(deed, &rule, &incoming(&made.work.item, &shadows))
            };
            made.payload = Some(document.to_string().into());
            match filled {
                Ok(Filled::Store(name)) => self.store_error(made, name).await,
                Ok(Filled::Republish(topic, qos)) => {
                    self.hub
                        .act(|backend, now| made.publish(None, topic, qos, backend, now));
                }
                Err(failure) => made.fail(None, failure, 0),
            }
            if made.failures.len() == failed {
                return;
            }
        }
        self.errors.write(&made.work, &made.failures).await;
    }

    async fn store_error(&self, made: &mut Made, name: ObjectName) {
        made.stores.push((None, name));
        self.store(made).await;
    }
}

/// After that many attempts.
pub(super) fn pause(attempt: u32) -> Duration {
    let factor = 1 << attempt.saturating_sub(1).min(16);
    (PAUSE * factor).min(LONGEST)
}
