//! What takes its time: objects are stored, again and again where it fails; then the error action is told of whatever
//! failed for good, and where there is none that can be told, a file.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::Runner;
use super::errors::Failure;
use super::evaluate::{BUG, Filled, Made, fill, incoming};
use crate::objects::{ObjectName, PutError};
use crate::rules::{Deed, Work};

/// How often an object is tried to be stored.
const TRIES: u32 = 8;
/// After the first time; then twice as long each time, up to the longest.
const PAUSE: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(30);

/// Does what is left of a message, and ends it.
pub(super) async fn finish(runner: Arc<Runner>, puts: Arc<Semaphore>, mut made: Made) {
    runner.store(&puts, &mut made).await;
    if !made.failures.is_empty() {
        runner.tell_of_failures(&puts, &mut made).await;
    }
    // Whoever takes it is gone only when the process ends.
    let _ = runner.ended.send((made.number(), made.ended()));
}

impl Runner {
    /// One after another, and those that failed again together, so that none waits for another's pauses.
    async fn store(&self, puts: &Semaphore, made: &mut Made) {
        let payload = made.payload.clone().unwrap_or_default();
        for attempt in 1..=TRIES {
            for (action, name) in std::mem::take(&mut made.stores) {
                let begun = Instant::now();
                let put = self.put(puts, made.number(), &name, &payload).await;
                let took_ms = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
                match put {
                    Ok(overwrote) => made.succeed(action, took_ms, overwrote),
                    Err(PutError::ForNow(error)) if attempt < TRIES => {
                        self.note_retry(made.number(), action, &error);
                        made.stores.push((action, name));
                        continue;
                    }
                    Err(error) => {
                        let failure = Failure::store(name.bucket().to_owned(), error.to_string());
                        made.fail(action, failure, took_ms);
                    }
                }
                self.places.leave(&name);
            }
            if made.stores.is_empty() {
                return;
            }
            tokio::time::sleep(pause(attempt)).await;
        }
    }

    /// Tells whether it took another's place, or a newer one took its own.
    async fn put(
        &self,
        puts: &Semaphore,
        number: u64,
        name: &ObjectName,
        payload: &Bytes,
    ) -> Result<bool, PutError> {
        let place = self.places.at(name);
        if !place.take(number).await {
            return Ok(true);
        }
        let put = {
            // They are never closed.
            let _of_rule = puts.acquire().await;
            let _of_all = self.puts.acquire().await;
            self.objects.put(name.clone(), payload.clone()).await
        };
        place.give_back(number, put.is_ok());
        put
    }

    fn note_retry(&self, number: u64, action: Option<u8>, error: &str) {
        self.hub
            .act(|backend, _| backend.note_rule_retry(number, action, error));
    }

    async fn tell_of_failures(&self, puts: &Semaphore, made: &mut Made) {
        let rule = made.rule().clone();
        let document = made.work.error_document(&made.failures);
        let failed = made.failures.len();
        if let Some(deed) = &rule.error_action {
            let filled = self.fill_error(deed, &made.work).await;
            made.payload = Some(document.to_string().into());
            match filled {
                Ok(Filled::Store(name)) => self.store_error(puts, made, name).await,
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

    /// An expression may take its time here, too.
    async fn fill_error(&self, deed: &Deed, work: &Work) -> Result<Filled, Failure> {
        let (hub, deed_here, work) = (self.hub.clone(), deed.clone(), work.clone());
        let filled = tokio::task::spawn_blocking(move || {
            let shadows = move |thing: &str, shadow: Option<&str>| hub.shadow_text(thing, shadow);
            fill(&deed_here, &work.rule, &incoming(&work.item, &shadows))
        });
        let broken = |_| Err(Failure::new(deed, String::new(), BUG.to_owned()));
        filled.await.unwrap_or_else(broken)
    }

    async fn store_error(&self, puts: &Semaphore, made: &mut Made, name: ObjectName) {
        self.places.enter(&name);
        made.stores.push((None, name));
        self.store(puts, made).await;
    }
}

/// After that many attempts.
pub(super) fn pause(attempt: u32) -> Duration {
    let factor = 1 << attempt.saturating_sub(1).min(16);
    (PAUSE * factor).min(LONGEST)
}
