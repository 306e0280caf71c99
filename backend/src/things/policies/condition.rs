//! The conditions of a statement, as far as policies of devices use them: comparisons of texts, and `Bool`.

use super::document::DocumentError;
use super::pattern::Pattern;
use super::variable::{Context, Variable};

/// One line of a `Condition`: what a key must be, or must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    quantifier: Quantifier,
    negated: bool,
    key: Key,
    values: Vec<Pattern>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantifier {
    /// The key has one value.
    One,
    ForAllValues,
    ForAnyValue,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Variable(Variable),
    ConnectAttributes,
}

impl Condition {
    pub(super) fn parse(
        operator: &str,
        key: &str,
        values: &[String],
    ) -> Result<Self, DocumentError> {
        let (quantifier, comparison) = match operator.split_once(':') {
            None => (Quantifier::One, operator),
            Some(("ForAllValues", comparison)) => (Quantifier::ForAllValues, comparison),
            Some(("ForAnyValue", comparison)) => (Quantifier::ForAnyValue, comparison),
            Some(_) => return Err(DocumentError::Operator(operator.to_owned())),
        };
        let (negated, read): (_, fn(&str) -> Pattern) = match comparison {
            "StringEquals" => (false, Pattern::exactly),
            "StringNotEquals" => (true, Pattern::exactly),
            "StringLike" => (false, Pattern::parse),
            "StringNotLike" => (true, Pattern::parse),
            "Bool" => (false, |text| Pattern::exactly(&text.to_ascii_lowercase())),
            _ => return Err(DocumentError::Operator(operator.to_owned())),
        };
        let key = match key.eq_ignore_ascii_case("iot:ConnectAttributes") {
            // It has any number of values: only a quantifier says what is to become of them.
            true if quantifier == Quantifier::One => {
                return Err(DocumentError::Operator(operator.to_owned()));
            }
            true => Key::ConnectAttributes,
            false => {
                let unknown = |_| DocumentError::ConditionKey(key.to_owned());
                Key::Variable(Variable::parse(key).map_err(unknown)?)
            }
        };
        // Variables in values would need a rule for those without one, in each direction.
        if values.is_empty() || values.iter().any(|value| value.contains("${")) {
            return Err(DocumentError::ConditionValue(operator.to_owned()));
        }
        Ok(Self {
            quantifier,
            negated,
            key,
            values: values.iter().map(|value| read(value)).collect(),
        })
    }

    /// Whether it holds. Attributes of a CONNECT are there only while it is decided on.
    pub(super) fn holds(&self, context: &Context<'_>, is_connect: bool) -> bool {
        let fits = |value: &str| {
            let mut values = self.values.iter();
            values.any(|wanted| wanted.matches(value)) != self.negated
        };
        let variable = match &self.key {
            Key::ConnectAttributes => {
                let mut names = context.attributes.names().filter(|_| is_connect);
                return match self.quantifier {
                    Quantifier::ForAnyValue => names.any(fits),
                    Quantifier::ForAllValues | Quantifier::One => names.all(fits),
                };
            }
            Key::Variable(variable) => variable,
        };
        match (context.value(variable), self.quantifier) {
            (Some(value), _) => fits(&value),
            // As in IAM: what is not there is not equal to anything.
            (None, Quantifier::One) => self.negated,
            (None, Quantifier::ForAllValues) => true,
            (None, Quantifier::ForAnyValue) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::variable::{AttachedThing, ConnectAttributes};
    use super::*;
    use std::collections::BTreeMap;

    fn check(operator: &str, key: &str, values: &[&str], context: &Context<'_>, expected: bool) {
        let texts: Vec<_> = values.iter().map(|&value| value.to_owned()).collect();
        let condition = Condition::parse(operator, key, &texts).unwrap();
        assert_eq!(
            condition.holds(context, true),
            expected,
            "{operator} {key} {values:?}"
        );
    }

    #[test]
    fn one_of_the_values_must_fit_and_none_of_the_excluded() {
        let context = Context {
            client_id: Some("lamp-1"),
            ..Context::default()
        };
        let key = "iot:ClientId";
        check("StringEquals", key, &["x", "lamp-1"], &context, true);
        check("StringEquals", key, &["lamp-*"], &context, false);
        check("StringLike", key, &["lamp-?"], &context, true);
        check("StringNotEquals", key, &["x", "lamp-1"], &context, false);
        check("StringNotLike", key, &["y*", "x*"], &context, true);
    }

    #[test]
    fn what_is_not_there_equals_nothing() {
        let (context, key) = (Context::default(), "iot:Connection.Thing.ThingTypeName");
        check("StringEquals", key, &[""], &context, false);
        check("StringNotEquals", key, &["lamp"], &context, true);
        check(
            "Bool",
            "iot:Connection.Thing.IsAttached",
            &["false"],
            &context,
            false,
        );
        check("ForAllValues:StringEquals", key, &["lamp"], &context, true);
        check(
            "ForAnyValue:StringNotEquals",
            key,
            &["lamp"],
            &context,
            false,
        );
    }

    #[test]
    fn the_thing_is_asked_for_its_attributes() {
        let attributes = BTreeMap::from([("Floor".to_owned(), "3".to_owned())]);
        let thing = AttachedThing {
            name: "lamp",
            type_name: Some("light"),
            attributes: &attributes,
        };
        let context = Context {
            client_id: Some("lamp"),
            thing: Some(thing),
            ..Context::default()
        };
        let attribute = "iot:Connection.Thing.Attributes[Floor]";
        check("StringEquals", attribute, &["3"], &context, true);
        let other = "iot:Connection.Thing.Attributes[floor]";
        check("StringEquals", other, &["3"], &context, false);
        check(
            "Bool",
            "iot:Connection.Thing.IsAttached",
            &["True"],
            &context,
            true,
        );
    }

    #[test]
    fn attributes_of_a_connect_are_compared_one_by_one() {
        let with = |persistent, will| Context {
            attributes: ConnectAttributes { persistent, will },
            ..Context::default()
        };
        let (key, both) = ("iot:ConnectAttributes", ["PersistentConnect", "LastWill"]);
        let all = "ForAllValues:StringEquals";
        check(all, key, &both[..1], &with(false, false), true);
        check(all, key, &both[..1], &with(true, false), true);
        check(all, key, &both[..1], &with(true, true), false);
        check(all, key, &both, &with(true, true), true);
        let none = "ForAllValues:StringNotEquals";
        check(none, key, &both[..1], &with(false, true), true);
        check(none, key, &both[..1], &with(true, true), false);
        let any = "ForAnyValue:StringEquals";
        check(any, key, &both[..1], &with(false, true), false);
        check(any, key, &both[..1], &with(true, true), true);
        let condition = Condition::parse(any, key, &[both[0].to_owned()]).unwrap();
        assert!(!condition.holds(&with(true, true), false));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let value = ["x".to_owned()];
        let refused = |operator, key, values: &[String]| {
            let condition = Condition::parse(operator, key, values);
            condition.unwrap_err().to_string()
        };
        let key = "iot:ClientId";
        for operator in [
            "IpAddress",
            "StringEqualsIfExists",
            "ForAll:StringEquals",
            "ForAllValues:Null",
            "stringequals",
        ] {
            assert!(refused(operator, key, &value).contains(operator));
        }
        let source = refused("StringEquals", "aws:SourceIp", &value);
        assert!(source.contains("aws:SourceIp"), "{source}");
        let attributes = refused("StringEquals", "iot:ConnectAttributes", &value);
        assert!(attributes.contains("StringEquals"));
        for values in [&[][..], &["${iot:ClientId}".to_owned()]] {
            assert!(refused("StringEquals", key, values).contains("StringEquals"));
        }
    }
}
