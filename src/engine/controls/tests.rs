//! Which control fits, and what becomes of what is said about controls when it is written down.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::engine::frame::{DraftFault, ValueKind, ValueView};
use crate::shadow::event::{EventKind, ShadowEvent};
use crate::shadow::topics::{Operation, Verb};
use crate::shadow::value::Value;

fn document(desired: &str, reported: &str) -> ShadowDocument {
    let text = format!(
        r#"{{"state":{{"desired":{desired},"reported":{reported}}},"version":1,"timestamp":1}}"#
    );
    let accepted = Operation::Accepted(Verb::Get);
    match ShadowEvent::parse(accepted, text.as_bytes()).unwrap().kind {
        EventKind::Document(document) => document,
        other => panic!("{other:?}"),
    }
}

/// With the form of the key's value.
fn fit(controls: &Controls, path: &str, desired: &str, reported: &str) -> (Control, Option<Value>) {
    let document = document(desired, reported);
    let path: Vec<String> = path.split('.').map(ToOwned::to_owned).collect();
    let subject = Subject {
        path: &path,
        reported: document.reported.leaf(&path).map(|stated| &stated.value),
        desired: document.desired.leaf(&path).map(|stated| &stated.value),
        wish: None,
        document: Some(&document),
    };
    (controls.fit(&subject), subject.form().cloned())
}

fn by_data(path: &str, desired: &str, reported: &str) -> Control {
    fit(&Controls::default(), path, desired, reported).0
}

fn shaped(shape: Shape) -> Controls {
    let mut controls = Controls::default();
    controls.say(ControlSet {
        review: false,
        shapes: vec![shape],
    });
    controls
}

fn of(path: &str) -> Shape {
    Shape {
        path: path.split('.').map(ToOwned::to_owned).collect(),
        ..Shape::default()
    }
}

fn options(control: &Control) -> Vec<String> {
    match control {
        Control::Choice { options } => options.iter().map(|it| it.text.clone()).collect(),
        other => panic!("{other:?}"),
    }
}

fn press(control: &Control) -> (String, ValueKind) {
    match control {
        Control::Momentary { press } => (press.text.clone(), press.kind),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_data_decides_where_nobody_said_anything() {
    let check = |path: &str, desired: &str, reported: &str, expected: Control| {
        let control = by_data(path, desired, reported);
        assert_eq!(control, expected, "{path} {desired} {reported}");
    };
    let number = || Control::Number { range: None };
    check("a", "{}", r#"{"a":true}"#, Control::Switch);
    check("a", "{}", r#"{"a":"OFF"}"#, Control::Switch);
    check("power", "{}", r#"{"power":1}"#, Control::Switch);
    check("speed", r#"{"speed":1}"#, r#"{"speed":1}"#, number());
    check("fan.speed", r#"{"fan":{"speed":1}}"#, "{}", number());
    check(
        "temperature",
        "{}",
        r#"{"temperature":21.5}"#,
        Control::None,
    );
    check("speed", r#"{"speed":7}"#, r#"{"speed":"5"}"#, number());
    check("name", r#"{"name":"a"}"#, "{}", Control::Text);
    check("name", "{}", r#"{"name":"a"}"#, Control::None);
    check("lamp", "{}", r##"{"lamp":"#D6542F"}"##, Control::Colour);
    check("new", "{}", "{}", Control::Text);
    check("list", r#"{"list":[1]}"#, r#"{"list":[1]}"#, Control::None);
    check("list", r#"{"list":1}"#, r#"{"list":[1]}"#, Control::None);
    check("empty", r#"{"empty":{}}"#, "{}", Control::None);
    let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(1001));
    check("a", &long, "{}", Control::None);
}

#[test]
fn a_range_stands_beside_its_key() {
    let check = |desired: &str, reported: &str, path: &str, expected: [f64; 3]| {
        let [min, max, step] = expected;
        let range = Some(Range { min, max, step });
        assert_eq!(by_data(path, desired, reported), Control::Number { range });
    };
    check(
        r#"{"a":5}"#,
        r#"{"a_min":0,"a_max":10}"#,
        "a",
        [0.0, 10.0, 1.0],
    );
    check(
        r#"{"a":5,"min_a":0,"max_a":9}"#,
        r#"{"a":5.5}"#,
        "a",
        [0.0, 9.0, 0.1],
    );
    check(
        r#"{"t":{"value":5.5}}"#,
        r#"{"t":{"min":-20,"max":80}}"#,
        "t.value",
        [-20.0, 80.0, 1.0],
    );
    check(
        r#"{"t":{"value":0.5}}"#,
        r#"{"t":{"min":0,"max":1}}"#,
        "t.value",
        [0.0, 1.0, 0.01],
    );
    let none = Control::Number { range: None };
    for limits in [
        r#"{"a_min":10,"a_max":0}"#,
        r#"{"a_min":"x","a_max":9}"#,
        r#"{"a_max":9}"#,
        r#"{"min":0,"max":9}"#,
        r#"{"a_min":-1e308,"a_max":1e308}"#,
    ] {
        assert_eq!(by_data("a", r#"{"a":5}"#, limits), none, "{limits}");
    }
}

#[test]
fn choices_stand_beside_the_key_or_are_what_other_devices_use() {
    let beside = by_data("m", r#"{"m":2}"#, r#"{"m_options":[1,2,"auto"]}"#);
    assert_eq!(options(&beside), ["1", "2", "auto"]);
    let bad = by_data("m", r#"{"m":2}"#, r#"{"m_choices":[1,{"a":2}]}"#);
    assert_eq!(bad, Control::Number { range: None });
    let mut controls = Controls::default();
    for (slot, mode) in ["eco", "boost", "eco", "boost"].iter().enumerate() {
        let document = document("{}", &format!(r#"{{"mode":"{mode}"}}"#));
        controls.learn(Slot(slot as u32), &document);
    }
    let (control, _) = fit(&controls, "mode", "{}", r#"{"mode":"eco"}"#);
    assert_eq!(options(&control), ["boost", "eco"]);
    let (control, _) = fit(&controls, "mode", "{}", r#"{"mode":3}"#);
    assert_eq!(control, Control::None, "it uses none of them");
    controls.clear();
    let (control, _) = fit(&controls, "mode", "{}", r#"{"mode":"eco"}"#);
    assert_eq!(control, Control::None);
}

#[test]
fn a_momentary_key_is_pressed_in_its_own_form() {
    let check = |desired: &str, reported: &str, expected: (&str, ValueKind)| {
        let (text, kind) = press(&by_data("reboot", desired, reported));
        assert_eq!((&*text, kind), expected, "{desired} {reported}");
    };
    check(r#"{"reboot":true}"#, "{}", ("true", ValueKind::Boolean));
    check(
        r#"{"reboot":7}"#,
        r#"{"reboot":6}"#,
        ("8", ValueKind::Number),
    );
    check(
        r#"{"reboot":7}"#,
        r#"{"reboot":"9"}"#,
        ("10", ValueKind::Text),
    );
    check(r#"{"reboot":"off"}"#, "{}", ("on", ValueKind::Text));
    let shown = by_data("reboot", "{}", r#"{"reboot":3}"#);
    assert_eq!(shown, Control::None, "nobody ever wished it");
    let said = shaped(Shape {
        kind: Some(ControlKind::Momentary),
        ..of("blink")
    });
    assert_eq!(press(&fit(&said, "blink", "{}", "{}").0).0, "true");
}

#[test]
fn what_a_person_said_comes_first_where_the_values_allow_it() {
    let check = |shape: Shape, reported: &str, expected: Control| {
        let path = shape.path.join(".");
        let what = format!("{shape:?} {reported}");
        let (control, _) = fit(&shaped(shape), &path, "{}", reported);
        assert_eq!(control, expected, "{what}");
    };
    let kind = |kind: ControlKind| Shape {
        kind: Some(kind),
        ..of("a")
    };
    let range = Some(Range {
        min: 0.0,
        max: 50.0,
        step: 5.0,
    });
    let limits = Shape {
        min: Some(0.0),
        max: Some(50.0),
        step: Some(5.0),
        ..of("a")
    };
    check(kind(ControlKind::ReadOnly), r#"{"a":true}"#, Control::None);
    check(kind(ControlKind::Switch), r#"{"a":1}"#, Control::Switch);
    check(kind(ControlKind::Switch), r#"{"a":"open"}"#, Control::None);
    check(limits.clone(), r#"{"a":21}"#, Control::Number { range });
    check(limits.clone(), r#"{"a":"21"}"#, Control::Number { range });
    check(limits, r#"{"a":"much"}"#, Control::None);
    check(kind(ControlKind::Text), r#"{"a":"x"}"#, Control::Text);
    check(kind(ControlKind::Text), r#"{"a":5}"#, Control::None);
    check(kind(ControlKind::Colour), r#"{"a":"red"}"#, Control::Colour);
    check(kind(ControlKind::Number), r#"{"a":[1]}"#, Control::None);
    let choices = Shape {
        choices: vec!["1".to_owned(), "2".to_owned()],
        ..of("a")
    };
    let (control, _) = fit(&shaped(choices), "a", "{}", r#"{"a":1}"#);
    let Control::Choice { options } = control else {
        panic!("{control:?}");
    };
    assert!(options.iter().all(|it| it.kind == ValueKind::Number));
}

#[test]
fn a_draft_is_sent_in_the_form_of_the_device_or_has_a_fault() {
    let check = |desired: &str, reported: &str, text: &str, expected: Result<&str, DraftFault>| {
        let (control, form) = fit(&Controls::default(), "a", desired, reported);
        let value = typed(text, &control, form.as_ref());
        let expected = expected.map(|json| Value::from_json(json).unwrap());
        assert_eq!(value, expected, "{text} for {control:?}");
    };
    check(r#"{"a":5}"#, "{}", " 7 ", Ok("7"));
    check(r#"{"a":5}"#, "{}", "7.5", Ok("7.5"));
    check(r#"{"a":5}"#, r#"{"a":"5"}"#, "7", Ok(r#""7""#));
    check(r#"{"a":5}"#, "{}", "much", Err(DraftFault::NotANumber));
    let range = Range {
        min: 0.0,
        max: 9.0,
        step: 1.0,
    };
    let limits = r#"{"a_min":0,"a_max":9}"#;
    check(r#"{"a":5}"#, limits, "9", Ok("9"));
    check(
        r#"{"a":5}"#,
        limits,
        "10",
        Err(DraftFault::OutOfRange(range)),
    );
    check(
        r##"{"a":"#112233"}"##,
        "{}",
        "red",
        Err(DraftFault::NotAColour),
    );
    check(
        r##"{"a":"#112233"}"##,
        "{}",
        "#aabbcc",
        Ok(r##""#aabbcc""##),
    );
    check(r#"{"a":"x"}"#, "{}", "7", Ok(r#""7""#));
    check("{}", r#"{"a":"OFF"}"#, "true", Ok(r#""ON""#));
    check("{}", r#"{"a":true}"#, "false", Ok("false"));
    let choices = r#"{"a":2,"a_options":[1,2]}"#;
    check("{}", choices, "1", Ok("1"));
}

#[test]
fn what_was_cut_is_no_value() {
    let view = |text: &str, kind| ValueView {
        text: text.to_owned(),
        kind,
    };
    assert_eq!(value_of(&view("[1,2…", ValueKind::Structure)), None);
    assert_eq!(value_of(&view("5", ValueKind::Text)), Some("5".into()));
    assert_eq!(value_of(&view("5", ValueKind::Number)), Some(5.into()));
}

#[test]
fn the_first_bad_line_is_named() {
    let check = |text: &str, line: usize, problem: LineProblem| {
        assert_eq!(read(text), Err(LineFault { line, problem }), "{text}");
    };
    let good = "gnomon controls 1\nreview=yes\n\npath=a\\.b.c\npinned=yes\nmin=-1.5\n";
    let controls = read(good).unwrap();
    assert_eq!(controls.shapes[0].path, ["a.b", "c"]);
    assert!(controls.review && controls.shapes[0].pinned);
    assert_eq!(controls.shapes[0].min, Some(-1.5));
    let with = |line: &str| good.to_owned() + line;
    check("", 1, LineProblem::Head);
    check("gnomon connections 1", 1, LineProblem::Head);
    check(&with("pinned"), 7, LineProblem::NoValue);
    check(&with("color=red"), 7, LineProblem::UnknownKey);
    check(&with("max=much"), 7, LineProblem::NotANumber);
    check(&with("max=inf"), 7, LineProblem::NotANumber);
    check(&with("kind=dial"), 7, LineProblem::UnknownKind);
    check(&with("path=a\\.b.c"), 7, LineProblem::SamePath);
    check("gnomon controls 1\nlabel=x", 2, LineProblem::NoPath);
    let many: String = (0..=MAX_SHAPES).map(|n| format!("\npath={n}")).collect();
    let many = "gnomon controls 1".to_owned() + &many;
    check(&many, MAX_SHAPES + 2, LineProblem::TooMany);
}

fn shape() -> impl Strategy<Value = Shape> {
    let text = || r"[ -~\n\ré.\\=]{0,6}";
    let number = || option::of(any::<f64>().prop_filter("a text", |number| number.is_finite()));
    let kinds = [
        ControlKind::ReadOnly,
        ControlKind::Switch,
        ControlKind::Number,
        ControlKind::Choice,
        ControlKind::Text,
        ControlKind::Colour,
        ControlKind::Momentary,
    ];
    (
        vec(text(), 1..4),
        any::<bool>(),
        (text(), text()),
        option::of(prop::sample::select(kinds.to_vec())),
        (number(), number(), number()),
        vec(text(), 0..4),
    )
        .prop_map(
            |(path, pinned, (label, unit), kind, (min, max, step), choices)| Shape {
                path,
                pinned,
                label,
                unit,
                kind,
                min,
                max,
                step,
                choices,
            },
        )
}

proptest! {
    #[test]
    fn what_is_written_down_is_read_again(review in any::<bool>(), shapes in vec(shape(), 0..5)) {
        let mut controls = ControlSet { review, shapes };
        let text = write(&controls);
        let mut paths = std::collections::HashSet::new();
        controls.shapes.retain(|shape| paths.insert(shape.path.clone()));
        prop_assert_eq!(read(&text), Ok(controls));
    }

    #[test]
    fn no_text_panics_the_reader(lines in vec(r"(path|min|kind|choice|x)?=?\PC{0,9}", 0..9)) {
        let _ = read(&("gnomon controls 1\n".to_owned() + &lines.join("\n")));
        let _ = read(&lines.join("\r\n"));
    }
}
