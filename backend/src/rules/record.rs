//! Rules and their messages as they are kept on disk.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use gnomon::rules::Definition;
use gnomon::time::UnixMillis;

use super::{Item, Queued, Rule, Rules};
use crate::broker::Limits;
use crate::journal::Mark;
use crate::record::{self, RecordError, Table};

impl Rules {
    /// `None` when it is gone.
    pub(crate) fn record(&self, name: &str) -> Option<Vec<u8>> {
        let rule = self.get(name).ok()?;
        record::encoded(&record::Rule {
            created: rule.created.0,
            definition: Cow::Owned(rule.definition.to_json()),
        })
    }

    /// `None` when it is gone.
    pub(crate) fn queued_record(&self, number: u64) -> Option<Vec<u8>> {
        let queued = self.queues.get(number)?;
        let entry = self.entries.get(queued.rule)?;
        let item = &queued.item;
        record::encoded(&record::RuleQueued {
            rule: Cow::Borrowed(&entry.rule.name),
            topic: Cow::Borrowed(&item.topic),
            payload: Cow::Borrowed(&item.payload),
            at: item.at.0,
            client_id: item.client_id.as_deref().map(Cow::Borrowed),
            principal: Cow::Borrowed(&item.principal),
            seed: item.seed,
            hops: item.hops,
        })
    }

    /// A rule that cannot be read any more would do something else than it says.
    pub(crate) fn restore(
        &mut self,
        key: &[u8],
        value: &[u8],
        limits: &Limits,
    ) -> Result<(), RecordError> {
        let table = Table::Rules;
        let name = record::text(table, key)?;
        let kept: record::Rule<'_> = record::decoded(table, value)?;
        let definition = Definition::from_json(kept.definition.as_bytes());
        let definition = definition.map_err(|_| RecordError(table))?;
        let rule = Rule::read(name, definition, UnixMillis(kept.created), limits);
        self.insert(rule.map_err(|_| RecordError(table))?);
        Ok(())
    }

    pub(crate) fn restore_queued(&mut self, key: &[u8], value: &[u8]) -> Result<(), RecordError> {
        let table = Table::RuleQueue;
        let number = key.try_into().map_err(|_| RecordError(table))?;
        let kept: record::RuleQueued<'_> = record::decoded(table, value)?;
        let rule = self.key(&kept.rule).map_err(|_| RecordError(table))?;
        let entry = self.entries.get_mut(rule).ok_or(RecordError(table))?;
        let item = Item {
            topic: kept.topic.into(),
            payload: Bytes::from(kept.payload.into_owned()),
            at: UnixMillis(kept.at),
            client_id: kept.client_id.map(Arc::from),
            principal: kept.principal.into(),
            seed: kept.seed,
            hops: kept.hops,
        };
        let number = u64::from_be_bytes(number);
        let queued = Queued::new(rule, item, true, Mark::NONE);
        self.queues.restore(number, entry, queued);
        Ok(())
    }
}
