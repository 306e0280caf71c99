//! JSON that a person reads: two spaces a level, keys in their order, short arrays on one line.

use crate::shadow::document::json;
use crate::shadow::three_way::State;
use crate::shadow::value::Value;

/// An array that is longer than this has a line for each element.
const SHORT: usize = 60;

pub fn pretty(state: &State) -> String {
    if state.is_empty() {
        return "{}".to_owned();
    }
    let mut lines = vec!["{".to_owned()];
    let last = state.len() - 1;
    for (number, (key, value)) in state.iter().enumerate() {
        lines.append(&mut member_lines(key, value, 1, number < last));
    }
    lines.push("}".to_owned());
    lines.join("\n")
}

/// One member of an object at that level, with or without a comma behind it.
pub fn member_lines(key: &str, value: &Value, level: usize, comma: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let start = "  ".repeat(level) + &json::to_text(&key.into()) + ": ";
    write(start, value, level, comma, &mut lines);
    lines
}

fn write(start: String, value: &Value, level: usize, comma: bool, lines: &mut Vec<String>) {
    let comma = if comma { "," } else { "" };
    let (open, close) = match value {
        Value::Object(members) if !members.is_empty() => ("{", "}"),
        Value::Array(_) if one_line(value).len() > SHORT => ("[", "]"),
        _ => return lines.push(start + &one_line(value) + comma),
    };
    lines.push(start + open);
    match value {
        Value::Object(members) => {
            let last = members.len() - 1;
            for (number, (key, value)) in members.iter().enumerate() {
                lines.append(&mut member_lines(key, value, level + 1, number < last));
            }
        }
        Value::Array(elements) => {
            for (number, element) in elements.iter().enumerate() {
                let start = "  ".repeat(level + 1);
                write(
                    start,
                    element,
                    level + 1,
                    number + 1 < elements.len(),
                    lines,
                );
            }
        }
        _ => {}
    }
    lines.push("  ".repeat(level) + close + comma);
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(one_line).collect();
            "[".to_owned() + &elements.join(", ") + "]"
        }
        Value::Object(members) => {
            let member =
                |(key, value): (&str, &Value)| json::to_text(&key.into()) + ": " + &one_line(value);
            let members: Vec<String> = members.iter().map(member).collect();
            "{".to_owned() + &members.join(", ") + "}"
        }
        value => json::to_text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shadow::text::{parse_state, state_to_json};

    #[test]
    fn is_written_with_two_spaces_in_the_order_of_the_keys() {
        let text = r#"{"list":[1,{"b":2}],"fan":{"speed":40,"none":{}},"a \"b\"":"é"}"#;
        let expected = "{\n  \"a \\\"b\\\"\": \"é\",\n  \"fan\": {\n    \"none\": {},\n    \"speed\": 40\n  },\n  \
                        \"list\": [1, {\"b\": 2}]\n}";
        assert_eq!(pretty(&parse_state(text).unwrap()), expected);
        assert_eq!(pretty(&State::EMPTY), "{}");
    }

    #[test]
    fn a_long_array_has_a_line_for_each_element() {
        let long = "x".repeat(40);
        let text = "{\"a\":[\"".to_owned() + &long + "\",\"" + &long + "\"]}";
        let state = parse_state(&text).unwrap();
        let written = pretty(&state);
        assert_eq!(written.lines().count(), 6);
        assert_eq!(state_to_json(&parse_state(&written).unwrap()), text);
    }
}
