//! The desired state that would be saved, line by line, beside the one that stands.

use super::{LineMark, ResultLine};
use crate::shadow::text::member_lines;
use crate::shadow::three_way::State;
use crate::shadow::value::Value;

/// `open`: the paths that have to be chosen. Their lines end with the colon.
pub(super) fn result_lines(
    theirs: &State,
    result: &State,
    open: &[Vec<String>],
) -> Vec<ResultLine> {
    let mut lines = Lines {
        open,
        path: Vec::new(),
        lines: Vec::new(),
    };
    lines.push(LineMark::Same, "{".to_owned());
    lines.members(theirs, result);
    lines.push(LineMark::Same, "}".to_owned());
    lines.lines
}

struct Lines<'a> {
    open: &'a [Vec<String>],
    path: Vec<String>,
    lines: Vec<ResultLine>,
}

impl Lines<'_> {
    fn push(&mut self, mark: LineMark, text: String) {
        self.lines.push(ResultLine { mark, text });
    }

    fn members(&mut self, theirs: &State, result: &State) {
        let mut keys: Vec<&str> = theirs
            .iter()
            .chain(result.iter())
            .map(|(key, _)| key)
            .collect();
        keys.extend(self.open_keys());
        keys.sort_unstable();
        keys.dedup();
        let stays = |key: &&str| result.get(key).is_some() || self.open_keys().contains(key);
        let last = keys.iter().copied().rfind(stays).map(ToOwned::to_owned);
        let keys: Vec<String> = keys.into_iter().map(ToOwned::to_owned).collect();
        for key in keys {
            let comma = last.as_ref() != Some(&key);
            let sides = (theirs.get(&key), result.get(&key));
            self.path.push(key);
            self.member(sides.0, sides.1, comma);
            self.path.pop();
        }
    }

    /// The members right below the present path that have to be chosen: perhaps neither state has them.
    fn open_keys(&self) -> Vec<&str> {
        let level = self.path.len();
        let here = |path: &&Vec<String>| path.len() == level + 1 && path.starts_with(&self.path);
        let keys = self.open.iter().filter(here);
        keys.filter_map(|path| path.last())
            .map(|key| &**key)
            .collect()
    }

    fn member(&mut self, theirs: Option<&Value>, result: Option<&Value>, comma: bool) {
        let level = self.path.len();
        let key = self.path.last().cloned().unwrap_or_default();
        let all = |value: &Value| member_lines(&key, value, level, comma);
        if self.open.contains(&self.path) {
            let line = member_lines(&key, &Value::Null, level, false).concat();
            let text = line.strip_suffix(" null").unwrap_or(&line).to_owned();
            return self.push(LineMark::Open, text);
        }
        let (mark, lines) = match (theirs, result) {
            (Some(Value::Object(theirs)), Some(Value::Object(result)))
                if !(theirs.is_empty() || result.is_empty()) =>
            {
                let shell = all(&Value::Object(result.clone()));
                self.push(LineMark::Same, shell.first().cloned().unwrap_or_default());
                self.members(theirs, result);
                return self.push(LineMark::Same, shell.last().cloned().unwrap_or_default());
            }
            (Some(theirs), Some(result)) if theirs == result => (LineMark::Same, all(result)),
            (_, Some(result)) => (LineMark::Added, all(result)),
            (Some(theirs), None) => (LineMark::Removed, all(theirs)),
            (None, None) => return,
        };
        for text in lines {
            self.push(mark, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shadow::text::parse_state;

    #[test]
    fn each_line_says_whether_it_comes_goes_stays_or_has_to_be_chosen() {
        let theirs = parse_state(r#"{"a":1,"fan":{"speed":40,"mode":"eco"},"gone":[1],"set":3}"#);
        let result = parse_state(r#"{"a":1,"fan":{"speed":65,"mode":"eco"},"new":{},"set":5}"#);
        let open = [vec!["set".to_owned()], vec!["zone".to_owned()]];
        let lines = result_lines(&theirs.unwrap(), &result.unwrap(), &open);
        let mark = |mark| match mark {
            LineMark::Same => ' ',
            LineMark::Added => '+',
            LineMark::Removed => '-',
            LineMark::Open => '?',
        };
        let lines: Vec<String> = lines
            .iter()
            .map(|line| format!("{}{}", mark(line.mark), line.text))
            .collect();
        let expected = [
            " {",
            "   \"a\": 1,",
            "   \"fan\": {",
            "     \"mode\": \"eco\",",
            "+    \"speed\": 65",
            "   },",
            "-  \"gone\": [1],",
            "+  \"new\": {},",
            "?  \"set\":",
            "?  \"zone\":",
            " }",
        ];
        assert_eq!(lines, expected);
    }
}
