//! Topics that begin with `$` belong to the service: which of them a client may publish to.

/// What a client's PUBLISH on a topic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Message,
    /// A request that the shadow service answers.
    ShadowRequest,
    /// A message for one rule, which no subscriber sees.
    Rule,
    Forbidden,
}

pub(super) fn purpose(topic: &str) -> Purpose {
    if !topic.starts_with('$') {
        return Purpose::Message;
    }
    let mut levels = topic.split('/');
    match (levels.next(), levels.next()) {
        (Some("$aws"), Some("rules")) => match levels.next() {
            Some(rule) if !rule.is_empty() => Purpose::Rule,
            _ => Purpose::Forbidden,
        },
        (Some("$aws"), Some("things")) if is_shadow_request(levels) => Purpose::ShadowRequest,
        _ => Purpose::Forbidden,
    }
}

/// `THING/shadow/VERB` or `THING/shadow/name/SHADOW/VERB`.
fn is_shadow_request<'a>(mut levels: impl Iterator<Item = &'a str>) -> bool {
    let thing = levels.next().is_some();
    if !thing || levels.next() != Some("shadow") {
        return false;
    }
    let verb = match levels.next() {
        Some("name") => {
            levels.next();
            levels.next()
        }
        verb => verb,
    };
    matches!(verb, Some("get" | "update" | "delete")) && levels.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_publish_requests_and_not_answers() {
        for (topic, expected) in [
            ("fleet/sim-1/location", Purpose::Message),
            ("étage/1", Purpose::Message),
            ("$aws/things/lamp/shadow/update", Purpose::ShadowRequest),
            ("$aws/things/lamp/shadow/get", Purpose::ShadowRequest),
            (
                "$aws/things/lamp/shadow/name/get/delete",
                Purpose::ShadowRequest,
            ),
            ("$aws/things/lamp/shadow/name/update", Purpose::Forbidden),
            (
                "$aws/things/lamp/shadow/update/accepted",
                Purpose::Forbidden,
            ),
            ("$aws/things/lamp/shadow", Purpose::Forbidden),
            ("$aws/rules/store/topic_1", Purpose::Rule),
            ("$aws/rules/", Purpose::Forbidden),
            ("$aws/events/presence/connected/x", Purpose::Forbidden),
            ("$SYS/broker", Purpose::Forbidden),
            ("$", Purpose::Forbidden),
        ] {
            assert_eq!(purpose(topic), expected, "{topic}");
        }
    }
}
