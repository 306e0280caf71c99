//! Functions over texts. Everything else is made a text first; Null and Undefined cannot be.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use regex_lite::Regex;

use super::{Arguments, count, digest, unwritten, written};
use crate::rules::json;
use crate::rules::sql::evaluate::MAX_MADE;
use crate::rules::sql::function::Function;
use crate::rules::sql::pattern;
use crate::rules::sql::syntax::Expr;
use crate::rules::value::Value;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// None: Undefined, or no function of this kind.
pub(super) fn apply<'e>(
    function: Function,
    arguments: &Arguments<'_, '_, 'e>,
) -> Option<Value<'e>> {
    let first = || arguments.text(0);
    let second = || arguments.text(1);
    Some(match function {
        Function::Chr => {
            let code = arguments.index(0)?;
            let code = u8::try_from(code).ok().filter(u8::is_ascii)?;
            written(char::from(code).to_string())
        }
        Function::Decode => return decode(arguments),
        Function::Encode => return encode(arguments),
        Function::EndsWith => Value::Bool(first()?.ends_with(&*second()?)),
        Function::StartsWith => Value::Bool(first()?.starts_with(&*second()?)),
        Function::IndexOf => {
            let (text, part) = (first()?, second()?);
            let place = text.find(&*part).map(|at| text[..at].chars().count());
            place.map_or_else(|| arguments.scope.int(-1), count)
        }
        Function::Length => count(first()?.chars().count()),
        Function::NumBytes => count(first()?.len()),
        Function::Lower => bounded(first()?.to_lowercase())?,
        Function::Upper => bounded(first()?.to_uppercase())?,
        Function::Lpad => bounded(spaces(arguments)? + &first()?)?,
        Function::Rpad => bounded(first()?.into_owned() + &spaces(arguments)?)?,
        Function::Trim => part(first()?, |text| text.trim()),
        Function::Ltrim => part(first()?, |text| text.trim_start_matches([' ', '\t'])),
        Function::Rtrim => part(first()?, |text| text.trim_end_matches([' ', '\t'])),
        Function::Replace => replace(&first()?, &second()?, &arguments.text(2)?)?,
        Function::Substring => return substring(arguments),
        Function::RegexpMatches => {
            let (text, regex) = (first()?, regex(arguments)?);
            let pays = arguments.scope.spend(pattern::price(&text, &regex));
            Value::Bool(pays && regex.is_match(&text))
        }
        Function::RegexpSubstr => {
            let (text, regex) = (first()?, regex(arguments)?);
            if !arguments.scope.spend(pattern::price(&text, &regex)) {
                return None;
            }
            let found = regex.find(&text)?;
            written(found.as_str().to_owned())
        }
        Function::RegexpReplace => {
            let regex = regex(arguments)?;
            written(pattern::replaced(
                &first()?,
                &regex,
                &arguments.text(2)?,
                MAX_MADE,
                |steps| arguments.scope.spend(steps),
            )?)
        }
        _ => written(digest::of(function)?(first()?.as_bytes())),
    })
}

fn bounded<'e>(text: String) -> Option<Value<'e>> {
    (text.len() <= MAX_MADE).then(|| written(text))
}

/// A part of a text, which stays where it is if it can.
fn part<'e>(text: Cow<'e, str>, cut: impl Fn(&str) -> &str) -> Value<'e> {
    match text {
        Cow::Borrowed(text) => Value::Text(Cow::Borrowed(cut(text))),
        Cow::Owned(text) => written(cut(&text).to_owned()),
    }
}

/// As many as the second argument says: 1,000 at most.
fn spaces(arguments: &Arguments<'_, '_, '_>) -> Option<String> {
    let count = arguments.index(1)?.clamp(0, 1_000);
    Some(" ".repeat(count as usize))
}

fn replace<'e>(text: &str, from: &str, to: &str) -> Option<Value<'e>> {
    let times = text.matches(from).count();
    let grown = times.saturating_mul(to.len().saturating_sub(from.len()));
    (text.len() + grown <= MAX_MADE).then(|| written(text.replace(from, to)))
}

fn substring<'e>(arguments: &Arguments<'_, '_, 'e>) -> Option<Value<'e>> {
    let text = arguments.text(0)?;
    let place = |index: i64| usize::try_from(index.max(0)).unwrap_or(usize::MAX);
    let from = place(arguments.index(1)?);
    let to = match arguments.len() {
        3 => place(arguments.index(2)?),
        _ => usize::MAX,
    };
    let byte = |place: usize| {
        text.char_indices()
            .nth(place)
            .map_or(text.len(), |(at, _)| at)
    };
    let (from, to) = (byte(from), byte(to));
    let cut = move |text: &str| from..to.max(from).min(text.len());
    Some(match text {
        Cow::Borrowed(text) => Value::Text(Cow::Borrowed(text.get(cut(text))?)),
        Cow::Owned(text) => written(text.get(cut(&text))?.to_owned()),
    })
}

/// What the second argument says: read with the statement where it is written out there.
fn regex(arguments: &Arguments<'_, '_, '_>) -> Option<Regex> {
    match &arguments.call.regex {
        Some(regex) => Some(regex.clone()),
        None => {
            let pattern = arguments.text(1)?;
            let pays = arguments.scope.spend(1_024);
            pays.then(|| pattern::regex(&pattern))?
        }
    }
}

fn is_base64(arguments: &Arguments<'_, '_, '_>) -> bool {
    let scheme = arguments.text(1);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("base64"))
}

/// The whole payload as it came, JSON or not, or the text of a value.
fn encode<'e>(arguments: &Arguments<'_, '_, 'e>) -> Option<Value<'e>> {
    if !is_base64(arguments) {
        return None;
    }
    if arguments.scope.row.is_none() && matches!(arguments.expr(0), Some(Expr::All)) {
        let payload = arguments.scope.world.payload;
        arguments.scope.spend(payload.len() / 16);
        return Some(written(BASE64.encode(payload)));
    }
    bounded(BASE64.encode(arguments.text(0)?.as_bytes()))
}

/// JSON where it is JSON, a text where it is none, Null where it cannot be decoded.
fn decode<'e>(arguments: &Arguments<'_, '_, 'e>) -> Option<Value<'e>> {
    let value = arguments.value(0);
    if !is_base64(arguments) || unwritten(&value) {
        return None;
    }
    let text = arguments.scope.text(&value)?;
    arguments.scope.spend(text.len() / 8);
    let Ok(bytes) = BASE64.decode(&*text) else {
        return Some(Value::Null);
    };
    if let Some(value) = json::parse(&bytes) {
        return Some(arguments.scope.detached(&value));
    }
    Some(String::from_utf8(bytes).map_or(Value::Null, written))
}
