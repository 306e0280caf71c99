use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::shadow::document::ShadowDocument;
use crate::shadow::merge;
use crate::shadow::patch::Patch;
use crate::shadow::text::{parse_state, pretty, state_to_json};
use crate::time::UnixMillis;

fn state(text: &str) -> State {
    parse_state(text).unwrap()
}

/// Each leaf that somebody changed, and what comes of the merge.
fn merged(base: &str, mine: &str, theirs: &str, choice: Side) -> (Vec<String>, String) {
    let [base, mine, theirs] = [base, mine, theirs].map(state);
    let mut leaves = Vec::new();
    let result = walk(&base, &mine, &theirs, &mut |path, sides, changed| {
        if changed != Changed::Nobody {
            leaves.push(format!("{} {changed:?}", path.join(".")));
        }
        sides.merged(choice)
    });
    (leaves, state_to_json(&result))
}

fn check(sides: [&str; 3], leaves: &[&str], result: &str) {
    let [base, mine, theirs] = sides;
    let expected = (
        leaves.iter().map(|it| it.to_string()).collect(),
        result.to_owned(),
    );
    assert_eq!(merged(base, mine, theirs, Side::Mine), expected);
}

#[test]
fn what_only_one_side_changed_is_merged() {
    let base = r#"{"a":1,"b":{"c":1,"d":1},"e":[1]}"#;
    let mine = r#"{"a":2,"b":{"c":1},"e":[1]}"#;
    let theirs = r#"{"a":1,"b":{"c":3,"d":1},"e":[1,2],"f":1}"#;
    let leaves = ["a Mine", "b.c Theirs", "b.d Mine", "e Theirs", "f Theirs"];
    check(
        [base, mine, theirs],
        &leaves,
        r#"{"a":2,"b":{"c":3},"e":[1,2],"f":1}"#,
    );
}

#[test]
fn what_both_changed_alike_is_no_conflict() {
    check(
        [r#"{"a":1,"b":1}"#, r#"{"a":2}"#, r#"{"a":2.0}"#],
        &["a Alike", "b Alike"],
        r#"{"a":2}"#,
    );
}

#[test]
fn a_conflict_is_as_small_as_it_can_be() {
    check(
        [
            r#"{"a":{"x":1,"y":1}}"#,
            r#"{"a":{"x":2}}"#,
            r#"{"a":{"x":3,"y":1}}"#,
        ],
        &["a.x Conflict", "a.y Mine"],
        r#"{"a":{"x":2}}"#,
    );
    check(
        [r#"{"a":[1]}"#, r#"{"a":[1,2]}"#, r#"{"a":[0,1]}"#],
        &["a Conflict"],
        r#"{"a":[1,2]}"#,
    );
}

#[test]
fn a_value_beside_an_object_is_compared_as_a_whole() {
    let base = r#"{"a":{"x":1,"y":{"z":1}}}"#;
    let inside = r#"{"a":{"x":1,"y":{"z":2}}}"#;
    check([base, r#"{"a":5}"#, inside], &["a Conflict"], r#"{"a":5}"#);
    check([base, inside, r#"{"a":5}"#], &["a Conflict"], inside);
    check([base, base, r#"{"a":5}"#], &["a Theirs"], r#"{"a":5}"#);
    check([r#"{"a":5}"#, base, r#"{"a":5}"#], &["a Mine"], base);
}

#[test]
fn an_object_that_one_side_removed_keeps_what_the_other_put_in() {
    let base = r#"{"a":{"x":1}}"#;
    check(
        [base, "{}", r#"{"a":{"x":1,"y":2}}"#],
        &["a.x Mine", "a.y Theirs"],
        r#"{"a":{"y":2}}"#,
    );
    check([base, "{}", r#"{"a":{"x":2}}"#], &["a.x Conflict"], "{}");
    check([base, r#"{"a":{}}"#, base], &["a.x Mine"], r#"{"a":{}}"#);
    check([base, "{}", base], &["a.x Mine"], "{}");
    check(["{}", r#"{"a":{}}"#, "{}"], &["a Mine"], r#"{"a":{}}"#);
}

#[test]
fn a_choice_decides_a_conflict_and_nothing_else() {
    let sides = [r#"{"a":1,"b":1}"#, r#"{"a":2,"b":2}"#, r#"{"a":3,"b":1}"#];
    let result = |choice| merged(sides[0], sides[1], sides[2], choice).1;
    assert_eq!(result(Side::Mine), r#"{"a":2,"b":2}"#);
    assert_eq!(result(Side::Theirs), r#"{"a":3,"b":2}"#);
}

#[test]
fn a_patch_names_what_differs_and_removes_with_null() {
    let check = |from: &str, to: &str, expected: &str| {
        assert_eq!(state_to_json(&patch(&state(from), &state(to))), expected);
    };
    check(r#"{"a":1,"b":2}"#, r#"{"a":1.0,"b":3}"#, r#"{"b":3}"#);
    check(r#"{"a":{"x":1}}"#, r#"{"a":{}}"#, r#"{"a":{"x":null}}"#);
    check(r#"{"a":{"x":1}}"#, "{}", r#"{"a":null}"#);
    check(r#"{"a":1}"#, r#"{"a":{"x":{}}}"#, r#"{"a":{"x":{}}}"#);
    check(r#"{"a":[1,2]}"#, r#"{"a":[2]}"#, r#"{"a":[2]}"#);
}

#[test]
fn a_value_is_put_at_its_path() {
    let mut edited = state(r#"{"a":1,"b":{"c":2}}"#);
    put(&mut edited, &["a", "x"], Some(5.into()));
    put(&mut edited, &["b", "c"], None);
    put(&mut edited, &["z", "y"], None);
    put(&mut edited, &[""; 0], Some(5.into()));
    assert_eq!(state_to_json(&edited), r#"{"a":{"x":5},"b":{}}"#);
    assert_eq!(value_at(&edited, &["a", "x"]), Some(&5.into()));
    assert_eq!(value_at(&edited, &["a", "x", "y"]), None);
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (0u64..3).prop_map(Value::from),
        "[ab]?".prop_map(|text| Value::from(&*text)),
    ];
    scalar.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            1 => vec(inner.clone(), 0..3).prop_map(|it| Value::Array(it.into())),
            3 => members(inner).prop_map(Value::Object),
        ]
    })
}

fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = State> {
    let member = ("[abc]", value).prop_map(|(key, value)| (key.into(), value));
    vec(member, 0..4).prop_map(|members| members.into_iter().collect())
}

fn states() -> impl Strategy<Value = State> {
    members(value())
}

/// The desired state that the service holds after an update.
fn carried_out(desired: &State, update: &State) -> State {
    let named = |desired: &State| {
        let state = [("desired".into(), Value::Object(desired.clone()))];
        Patch::new(Value::Object(state.into_iter().collect()), usize::MAX).unwrap()
    };
    let at = UnixMillis(1000);
    let before = merge::merged(&ShadowDocument::default(), &named(desired), 1, at);
    assert_eq!(&state_of(&before.desired), desired);
    state_of(&merge::merged(&before, &named(update), 2, at).desired)
}

proptest! {
    #[test]
    fn the_service_makes_of_a_patch_what_was_wanted(from in states(), to in states()) {
        let update = patch(&from, &to);
        prop_assert_eq!(carried_out(&from, &update), to.clone());
        prop_assert_eq!(update.is_empty(), from == to);
    }

    #[test]
    fn a_merge_with_an_unchanged_side_gives_the_other(base in states(), mine in states()) {
        for choice in [Side::Mine, Side::Theirs] {
            let merge = |mine: &State, theirs: &State| {
                walk(&base, mine, theirs, &mut |_, sides, changed| {
                    assert_ne!(changed, Changed::Conflict);
                    sides.merged(choice)
                })
            };
            prop_assert_eq!(&merge(&mine, &base), &mine);
            prop_assert_eq!(&merge(&base, &mine), &mine);
            prop_assert_eq!(&merge(&mine, &mine), &mine);
        }
    }

    #[test]
    fn a_merge_is_the_same_from_both_sides(base in states(), a in states(), b in states()) {
        let mut seen: [Vec<(String, Changed)>; 2] = [Vec::new(), Vec::new()];
        let here = walk(&base, &a, &b, &mut |path, sides, changed| {
            seen[0].push((path.join("."), changed));
            sides.merged(Side::Mine)
        });
        let there = walk(&base, &b, &a, &mut |path, sides, changed| {
            let changed = match changed {
                Changed::Mine => Changed::Theirs,
                Changed::Theirs => Changed::Mine,
                other => other,
            };
            seen[1].push((path.join("."), changed));
            sides.merged(Side::Theirs)
        });
        prop_assert_eq!(here, there);
        prop_assert_eq!(&seen[0], &seen[1]);
    }

    #[test]
    fn what_is_written_is_read_again(written in states()) {
        prop_assert_eq!(parse_state(&pretty(&written)), Ok(written));
    }

    #[test]
    fn no_text_panics_the_reader_and_what_it_takes_is_json(text in "[\\[\\]{}\",:0a1 \\\\u\ntrue-]{0,24}") {
        if parse_state(&text).is_ok() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        }
    }
}
