//! Things come, change and go as on AWS, and are the same after a restart.

use gnomon::time::UnixMillis;

use super::*;

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

fn attributes(pairs: &[(&str, &str)]) -> Attributes {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn new(type_name: Option<&str>, pairs: &[(&str, &str)]) -> NewThing {
    NewThing {
        type_name: type_name.map(str::to_owned),
        attributes: attributes(pairs),
    }
}

fn registry(names: &[&str]) -> Registry {
    let mut registry = Registry::default();
    for name in names {
        let made = registry.create(name, NewThing::default(), format!("id of {name}"));
        assert_eq!(made, Ok(true));
    }
    registry
}

fn certificate(byte: u8) -> CertificateId {
    CertificateId([byte; 32])
}

#[test]
fn the_same_thing_again_is_no_error_and_another_one_is() {
    let mut registry = Registry::default();
    let lamp = || new(None, &[("room", "kitchen"), ("unset", "")]);
    assert_eq!(registry.create("lamp", lamp(), "1".into()), Ok(true));
    assert_eq!(registry.create("lamp", lamp(), "2".into()), Ok(false));
    let exists = RegistryError::ThingExists {
        name: "lamp".into(),
        id: "1".into(),
    };
    let other = new(None, &[("room", "bath")]);
    assert_eq!(registry.create("lamp", other, "3".into()), Err(exists));
    let thing = registry.thing("lamp").unwrap();
    assert_eq!(thing.attributes, attributes(&[("room", "kitchen")]));
    assert_eq!((thing.version, thing.id.as_str()), (1, "1"));
    assert_eq!(thing.arn(), "arn:aws:iot:us-east-1:123456789012:thing/lamp");
}

#[test]
fn names_and_attributes_have_awss_limits() {
    let mut registry = Registry::default();
    for name in ["", "a b", "a/b", "京都", &"a".repeat(129)] {
        let made = registry.create(name, NewThing::default(), String::new());
        assert_eq!(made, Err(RegistryError::Name("thingName")), "{name}");
    }
    let mut refused = |pairs: &[(&str, &str)]| {
        let made = registry.create("a", new(None, pairs), String::new());
        made.unwrap_err()
    };
    assert_eq!(refused(&[("", "x")]), RegistryError::AttributeName);
    assert_eq!(refused(&[("a b", "x")]), RegistryError::AttributeName);
    assert_eq!(refused(&[("a", "x y")]), RegistryError::AttributeValue);
    let long = "x".repeat(801);
    assert_eq!(refused(&[("a", &long)]), RegistryError::AttributeValue);
    let four = [("a", "1"), ("b", "2"), ("c", "3"), ("d", "[=]")];
    assert_eq!(refused(&four), RegistryError::TooManyAttributes { most: 3 });
    let made = registry.create_type("t", TypeProperties::default(), String::new(), NOW);
    assert_eq!(made, Ok(true));
    let typed = new(Some("t"), &four);
    assert_eq!(registry.create("a", typed, String::new()), Ok(true));
}

#[test]
fn an_update_merges_or_replaces_and_counts_versions() {
    let mut registry = registry(&["lamp"]);
    let mut update = |pairs: &[(&str, &str)], merge, expected_version| {
        let update = ThingUpdate {
            attributes: Some(attributes(pairs)),
            merge,
            expected_version,
            ..ThingUpdate::default()
        };
        let updated = registry.update("lamp", update);
        let thing = registry.thing("lamp").unwrap();
        (updated, thing.version, thing.attributes.clone())
    };
    let both = attributes(&[("a", "1"), ("b", "2")]);
    let result = update(&[("a", "1"), ("b", "2")], false, Some(1));
    assert_eq!(result, (Ok(()), 2, both));
    let merged = attributes(&[("b", "2"), ("c", "3")]);
    let result = update(&[("a", ""), ("c", "3")], true, None);
    assert_eq!(result, (Ok(()), 3, merged.clone()));
    let conflict = Err(RegistryError::VersionConflict("lamp".into()));
    let result = update(&[("a", "1")], false, Some(2));
    assert_eq!(result, (conflict, 3, merged));
    let result = update(&[("d", "4")], false, None);
    assert_eq!(result, (Ok(()), 4, attributes(&[("d", "4")])));
    let missing = registry.update("pump", ThingUpdate::default());
    assert_eq!(missing, Err(RegistryError::NoThing("pump".into())));
}

#[test]
fn a_type_is_deprecated_before_it_is_deleted() {
    let mut registry = registry(&["lamp"]);
    let properties = TypeProperties {
        description: Some("glows".into()),
        searchable_attributes: vec!["room".into()],
    };
    let created = registry.create_type("Light", properties.clone(), "t".into(), NOW);
    assert_eq!(created, Ok(true));
    let again = registry.create_type("Light", properties, "u".into(), NOW);
    assert_eq!(again, Ok(false));
    let other = registry.create_type("Light", TypeProperties::default(), "u".into(), NOW);
    assert!(matches!(other, Err(RegistryError::TypeExists { .. })));
    let typed = |name: Option<&str>, remove_type| ThingUpdate {
        type_name: name.map(str::to_owned),
        remove_type,
        ..ThingUpdate::default()
    };
    assert_eq!(registry.update("lamp", typed(Some("Light"), false)), Ok(()));
    let both = registry.update("lamp", typed(Some("Light"), true));
    assert_eq!(both, Err(RegistryError::TypeGivenAndRemoved));

    let early = Err(RegistryError::TypeNotDeprecated("Light".into()));
    assert_eq!(registry.delete_type("Light", NOW), early);
    assert_eq!(registry.deprecate_type("Light", false, NOW), Ok(()));
    let made = registry.create("b", new(Some("Light"), &[]), String::new());
    assert_eq!(made, Err(RegistryError::TypeDeprecated("Light".into())));
    let later = UnixMillis(NOW.0 + 299_999);
    assert_eq!(registry.delete_type("Light", later), early);
    let later = UnixMillis(NOW.0 + 300_000);
    let in_use = Err(RegistryError::TypeInUse("Light".into()));
    assert_eq!(registry.delete_type("Light", later), in_use);
    assert_eq!(registry.update("lamp", typed(None, true)), Ok(()));
    assert_eq!(registry.delete_type("Light", later), Ok(()));
    let gone = Err(RegistryError::NoType("Light".into()));
    assert_eq!(registry.deprecate_type("Light", true, later), gone);
}

#[test]
fn a_certificate_and_a_thing_find_each_other() {
    let mut registry = registry(&["a", "b", "c"]);
    for (name, byte) in [("a", 1), ("b", 1), ("b", 2), ("b", 2)] {
        assert_eq!(registry.attach(name, certificate(byte)), Ok(()));
    }
    let things = |registry: &Registry, byte, after| {
        let found = registry.things_of(certificate(byte), after);
        found.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(things(&registry, 1, None), ["a", "b"]);
    assert_eq!(things(&registry, 1, Some("a")), ["b"]);
    assert_eq!(things(&registry, 2, None), ["b"]);
    let of_b = registry.thing("b").unwrap();
    assert!(of_b.has(certificate(2)) && !of_b.has(certificate(3)));
    let all: Vec<_> = of_b.principals(None).collect();
    assert_eq!(all, [certificate(1), certificate(2)]);
    assert_eq!(of_b.principals(Some(certificate(1))).count(), 1);

    let attached = Err(RegistryError::HasPrincipals("b".into()));
    assert_eq!(registry.delete("b", None), attached);
    for byte in [1, 2, 3] {
        assert_eq!(registry.detach("b", certificate(byte)), Ok(()));
    }
    assert_eq!(things(&registry, 1, None), ["a"]);
    assert!(registry.delete("b", Some(2)).is_err());
    assert_eq!(registry.delete("b", Some(1)), Ok(()));
    let missing = Err(RegistryError::NoThing("b".into()));
    assert_eq!(registry.attach("b", certificate(1)), missing);
}

#[test]
fn what_was_kept_comes_back_whole() {
    let mut kept = registry(&["lamp"]);
    let properties = TypeProperties {
        description: Some("glows".into()),
        searchable_attributes: vec!["room".into()],
    };
    let created = kept.create_type("Light", properties, "t".into(), NOW);
    assert_eq!(created, Ok(true));
    let update = ThingUpdate {
        type_name: Some("Light".into()),
        attributes: Some(attributes(&[("room", "kitchen")])),
        ..ThingUpdate::default()
    };
    assert_eq!(kept.update("lamp", update), Ok(()));
    assert_eq!(kept.attach("lamp", certificate(7)), Ok(()));
    assert_eq!(kept.deprecate_type("Light", false, NOW), Ok(()));

    let mut restored = Registry::default();
    let thing = kept.thing_record("lamp").unwrap();
    let thing_type = kept.type_record("Light").unwrap();
    assert_eq!(restored.restore_thing("lamp", &thing), Ok(()));
    assert_eq!(restored.restore_type("Light", &thing_type), Ok(()));
    assert_eq!(restored.get("lamp"), kept.get("lamp"));
    assert_eq!(restored.thing_type("Light"), kept.thing_type("Light"));
    assert_eq!(restored.things_of(certificate(7), None).count(), 1);
    assert!(restored.restore_thing("a b", &thing).is_err());
    assert!(restored.restore_thing("lamp", &thing[1..]).is_err());
    assert_eq!(kept.thing_record("nobody"), None);
}
