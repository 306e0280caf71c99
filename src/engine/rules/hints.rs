//! What a rule asks for and no message has: a path, or a topic, where a similar one was seen. Looks at messages one by
//! one and remembers little of them.

use super::near::Words;
use super::record::Message;
use crate::rules::{PathUse, Sql};
use crate::shadow::text::parse_value;
use crate::shadow::value::Value;

/// Paths of one rule that are looked for.
const MAX_PATHS: usize = 64;

/// Keys of one level of a message that are compared.
const MAX_KEYS: usize = 256;

/// A part of the SQL that would be better another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fix {
    /// In bytes of the SQL.
    pub(super) at: usize,
    pub(super) len: usize,
    pub(super) repair: String,
    pub(super) repair_in: u32,
    /// The whole path or filter that was never seen, and in how many messages it was not.
    pub(super) never_seen: String,
    pub(super) messages: u32,
    /// It is the filter.
    pub(super) is_topic: bool,
    /// WHERE cannot be true without it.
    pub(super) decides: bool,
}

/// Where a rule and the messages do not meet.
pub(super) struct Hints {
    filter: String,
    paths: Vec<Wanted>,
    /// Messages that were looked at, and those whose topic matched.
    looked: u32,
    matched: u32,
    topics: Words,
}

/// A path that no message had so far.
struct Wanted {
    used: PathUse,
    /// So many of its levels were seen, and these words in place of the next one.
    levels: usize,
    words: Words,
}

impl Hints {
    pub(super) fn new(sql: &Sql) -> Self {
        let paths = sql.paths().into_iter().take(MAX_PATHS);
        let wanted = |used| Wanted {
            used,
            levels: 0,
            words: Words::default(),
        };
        Self {
            filter: sql.filter().map_or("", |filter| filter.as_str()).to_owned(),
            paths: paths.map(wanted).collect(),
            looked: 0,
            matched: 0,
            topics: Words::default(),
        }
    }

    /// Whether further messages can tell nothing more.
    pub(super) fn is_done(&self) -> bool {
        self.filter.is_empty() || self.matched > 0 && self.paths.is_empty()
    }

    pub(super) fn look(&mut self, message: &Message<'_>, matches: bool) {
        self.looked += 1;
        if !matches {
            if self.matched == 0 {
                self.look_at_topic(message.topic);
            }
            return;
        }
        self.matched += 1;
        if self.paths.is_empty() {
            return;
        }
        let text = std::str::from_utf8(message.payload).unwrap_or_default();
        let payload = parse_value(text);
        self.paths.retain_mut(|wanted| !wanted.look(&payload));
    }

    /// A topic that differs from the filter in one level is near where that level is.
    fn look_at_topic(&mut self, topic: &str) {
        let (mut levels, mut differs) = (topic.split('/'), None);
        for (number, level) in self.filter.split('/').enumerate() {
            if level == "#" {
                levels.by_ref().for_each(drop);
                break;
            }
            match levels.next() {
                Some(other) if level == "+" || level == other => {}
                Some(other) if differs.is_none() => differs = Some((number, level, other)),
                _ => return,
            }
        }
        if let (Some((number, level, other)), None) = (differs, levels.next()) {
            let filter = &self.filter;
            let whole = || replace_level(filter, number, other);
            self.topics.see(level, other, whole);
        }
    }

    /// What should stand in `text`, the SQL that was read.
    pub(super) fn fixes(&self, text: &str) -> Vec<Fix> {
        if self.matched == 0 {
            return self.topic_fix(text).into_iter().collect();
        }
        let fixes = self.paths.iter();
        let mut fixes: Vec<Fix> = fixes
            .filter_map(|wanted| wanted.fix(text, self.matched))
            .collect();
        fixes.sort_by_key(|fix| fix.at);
        fixes.dedup_by_key(|fix| fix.at);
        fixes
    }

    fn topic_fix(&self, text: &str) -> Option<Fix> {
        let (repair, repair_in) = self.topics.best()?;
        let quoted = ["'", "\""].map(|quote| [quote, &*self.filter, quote].concat());
        let at = quoted.iter().find_map(|quoted| text.find(&**quoted))? + 1;
        Some(Fix {
            at,
            len: self.filter.len(),
            repair: repair.to_owned(),
            repair_in,
            never_seen: self.filter.clone(),
            messages: self.looked,
            is_topic: true,
            decides: false,
        })
    }
}

fn replace_level(filter: &str, number: usize, by: &str) -> String {
    let levels = filter.split('/').enumerate();
    let levels: Vec<_> = levels
        .map(|(place, level)| if place == number { by } else { level })
        .collect();
    levels.join("/")
}

impl Wanted {
    /// Whether it is there.
    fn look(&mut self, payload: &Value) -> bool {
        let mut value = payload;
        for (number, level) in self.used.path.iter().enumerate() {
            let Value::Object(members) = value else {
                return false;
            };
            if let Some(member) = members.get(level) {
                value = member;
                continue;
            }
            if number > self.levels {
                (self.levels, self.words) = (number, Words::default());
            }
            if number == self.levels {
                for (key, _) in members.iter().take(MAX_KEYS) {
                    self.words.see(level, key, || key.to_owned());
                }
            }
            return false;
        }
        true
    }

    fn fix(&self, text: &str, messages: u32) -> Option<Fix> {
        let (repair, repair_in) = self.words.best().filter(|(word, _)| is_plain(word))?;
        let (at, len) = self.place(text)?;
        Some(Fix {
            at,
            len,
            repair: repair.to_owned(),
            repair_in,
            never_seen: self.used.path.join("."),
            messages,
            is_topic: false,
            decides: self.used.needed,
        })
    }

    /// Where the level that was not seen stands: found from the last one backwards, where the text is plain.
    fn place(&self, text: &str) -> Option<(usize, usize)> {
        let mut at = self.used.at;
        let behind = self.used.path.get(self.levels + 1..)?;
        if behind.is_empty() {
            return Some((at, self.used.len));
        }
        let mut levels = self.used.path.get(self.levels..self.used.path.len() - 1)?;
        while let Some((level, before)) = levels.split_last() {
            let start = text.get(..at)?.strip_suffix('.')?.strip_suffix(&**level)?;
            at = start.len();
            levels = before;
        }
        Some((at, self.used.path.get(self.levels)?.len()))
    }
}

/// Whether it can stand behind a dot.
fn is_plain(key: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || c == '_';
    key.chars().all(fits) && !key.starts_with(|c: char| c.is_ascii_digit())
}

/// The text with every fix in it.
pub(super) fn repaired(text: &str, fixes: &[Fix]) -> String {
    let (mut out, mut from) = (String::new(), 0);
    for fix in fixes {
        let Some(before) = text.get(from..fix.at) else {
            continue;
        };
        out.push_str(before);
        out.push_str(&fix.repair);
        from = fix.at + fix.len;
    }
    out + text.get(from..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::SqlVersion;
    use crate::time::UnixMillis;

    /// The SQL with its hints in it, after these topics and payloads.
    fn check(text: &str, seen: &[(&str, &str)], expected: &str) {
        let sql = Sql::parse(text, SqlVersion::V20160323).unwrap();
        let mut hints = Hints::new(&sql);
        for (topic, payload) in seen {
            let message = Message {
                topic,
                payload: payload.as_bytes(),
                at: UnixMillis(0),
            };
            let matches = sql.filter().is_some_and(|filter| filter.matches(topic));
            hints.look(&message, matches);
        }
        assert_eq!(repaired(text, &hints.fixes(text)), expected);
    }

    #[test]
    fn any_level_of_a_path_can_be_the_wrong_one() {
        let seen = [("a", r#"{"state":{"reported":{"speed":1,"fuel":2}}}"#)];
        for (wrong, right) in [
            ("state.reported.speeed", "state.reported.speed"),
            ("state.reportd.speed", "state.reported.speed"),
            ("stat.reported.speed", "state.reported.speed"),
            ("State.reported.speed", "state.reported.speed"),
            ("state.reported.power", "state.reported.power"),
            ("state.reported.speed.x", "state.reported.speed.x"),
        ] {
            let text = |path: &str| format!("SELECT * FROM 'a' WHERE {path} > 1");
            check(&text(wrong), &seen, &text(right));
        }
        check(
            "SELECT state.reported.fuell AS f, topic(1) FROM 'a' WHERE state.reported.sped = 1",
            &seen,
            "SELECT state.reported.fuel AS f, topic(1) FROM 'a' WHERE state.reported.speed = 1",
        );
    }

    #[test]
    fn a_path_that_one_message_has_is_right() {
        let seen = [("a", r#"{"speed":1}"#), ("a", r#"{"speeed":1}"#)];
        let text = "SELECT * FROM 'a' WHERE speeed > 1";
        check(text, &seen, text);
        check(text, &[("b", r#"{"speed":1}"#)], text);
        check(text, &[("a", "no json"), ("a", "[1]"), ("a", "7")], text);
    }

    #[test]
    fn a_repair_that_could_not_stand_there_is_none() {
        let text = "SELECT * FROM 'a' WHERE my_key > 1";
        check(text, &[("a", r#"{"my-key":1}"#)], text);
    }

    #[test]
    fn a_filter_differs_in_one_level_at_most() {
        let seen = [("fleet/truck/location", "{}"), ("fleet/truck/power", "{}")];
        for (wrong, right) in [
            ("fleet/+/locaton", "fleet/+/location"),
            ("Fleet/+/location", "fleet/+/location"),
            ("fleeet/#", "fleet/#"),
            ("fleeet/+/locaton", "fleeet/+/locaton"),
            ("fleet/+", "fleet/+"),
        ] {
            let text = |filter: &str| format!("SELECT * FROM '{filter}'");
            check(&text(wrong), &seen, &text(right));
        }
    }
}
