//! The words of the controls in the device panel, of drafts, and of the forms in which controls are shaped.

use super::Phrase;

// Drafts.
pub const DRAFT: Phrase = Phrase::new("Draft", "下書き");
pub const SEND: Phrase = Phrase::new("Send", "送信");
pub const DISCARD_DRAFT: Phrase = Phrase::new("Discard draft", "下書きを捨てる");
pub const NOT_SENT: Phrase = Phrase::new(
    "not sent. Enter sends, Esc discards.",
    "未送信。Enter で送信、Esc で破棄します。",
);
pub const REPORTED_VALUE: Phrase = Phrase::new("reported {}", "報告値 {}");
pub const NOT_A_NUMBER: Phrase = Phrase::new("This is not a number.", "数値ではありません。");
pub const OUT_OF_RANGE: Phrase =
    Phrase::new("The range is {} to {}.", "範囲は {} から {} までです。");
pub const DRAFT_TOO_LONG: Phrase = Phrase::new(
    "This text is too long: the limit is 8 KB. The text before it is kept.",
    "テキストが長すぎます（上限 8 KB）。直前のテキストを保持しています。",
);
pub const NOT_A_COLOUR: Phrase = Phrase::new(
    "A colour looks like #D6542F.",
    "色は #D6542F のように書きます。",
);

// What a control says to those who hear it.
pub const SAYS_REPORTED: Phrase = Phrase::new("reported {}", "報告値 {}");
pub const SAYS_WISHED: Phrase = Phrase::new("{}, on its way {}", "{}、希望値 {}");
pub const SAYS_DRAFT: Phrase = Phrase::new("{}, draft {}", "{}、下書き {}");
pub const OPTION_REPORTED: Phrase = Phrase::new("{}, reported", "{}、報告値");
pub const OPTION_WISHED: Phrase = Phrase::new("{}, on its way", "{}、希望値");

// Controls.
pub const CHOOSE_COLOUR: Phrase = Phrase::new("Choose {}", "{} を選ぶ");
pub const HOLD: Phrase = Phrase::new("Hold: {}", "長押し: {}");
pub const HOLD_HINT: Phrase = Phrase::new(
    "Hold for 0.6 s, with Space or Enter too.",
    "0.6 秒押し続けます。Space と Enter でもできます。",
);
pub const MOMENTARY: Phrase = Phrase::new("momentary", "押しボタン");

// Shaping.
pub const SHAPE: Phrase = Phrase::new("Shape {}", "{} の表示を設定");
pub const SHAPE_NOTE: Phrase = Phrase::new(
    "For this key on every device of this connection. What is left empty follows the data.",
    "この接続のすべてのデバイスのこの項目に適用します。空欄はデータに従います。",
);
pub const LABEL: Phrase = Phrase::new("Label", "ラベル");
pub const UNIT: Phrase = Phrase::new("Unit", "単位");
pub const CONTROL: Phrase = Phrase::new("Control", "操作部");
pub const AUTOMATIC: Phrase = Phrase::new("Automatic", "自動");
pub const READ_ONLY: Phrase = Phrase::new("Read-only", "表示のみ");
pub const SWITCH: Phrase = Phrase::new("Switch", "スイッチ");
pub const NUMBER: Phrase = Phrase::new("Number", "数値");
pub const CHOICE: Phrase = Phrase::new("Choice", "選択肢");
pub const TEXT: Phrase = Phrase::new("Text", "テキスト");
pub const COLOUR: Phrase = Phrase::new("Colour", "色");
pub const BUTTON: Phrase = Phrase::new("Momentary", "押しボタン");
pub const MIN: Phrase = Phrase::new("From", "最小");
pub const MAX: Phrase = Phrase::new("To", "最大");
pub const STEP: Phrase = Phrase::new("Step", "刻み");
pub const CHOICES: Phrase = Phrase::new("Choices, one a line", "選択肢 (1 行に 1 つ)");
pub const PINNED: Phrase = Phrase::new("Pinned to the top", "上に固定");
pub const SAVE: Phrase = Phrase::new("Save", "保存");
pub const CANCEL: Phrase = Phrase::new("Cancel", "キャンセル");
pub const FOLLOW_DATA: Phrase = Phrase::new("Follow the data", "データに従う");
pub const WRONG_RANGE: Phrase =
    Phrase::new("To must be above From.", "最大は最小より大きくします。");
pub const WRONG_STEP: Phrase = Phrase::new("A step is above 0.", "刻みは 0 より大きくします。");

// The panel's menu.
pub const MORE: Phrase = Phrase::new("More", "その他");
pub const REVIEW: Phrase = Phrase::new("Review before sending", "送信前に確認");
pub const EXPORT: Phrase = Phrase::new("Export controls", "操作部を書き出す");
pub const IMPORT: Phrase = Phrase::new("Import controls", "操作部を読み込む");
pub const EXPORT_NOTE: Phrase = Phrase::new(
    "How the keys of this connection are shown and changed. It holds no value and no secret.",
    "この接続の項目の表示と操作の設定です。値も秘密も含みません。",
);
pub const IMPORT_NOTE: Phrase = Phrase::new(
    "It replaces what was said about controls before.",
    "これまでの操作部の設定を置き換えます。",
);
pub const COPY_TEXT: Phrase = Phrase::new("Copy", "コピー");
pub const TAKE_OVER: Phrase = Phrase::new("Import", "読み込む");
pub const PASTE_HERE: Phrase = Phrase::new("Controls as text", "操作部のテキスト");
/// The line, and what is wrong with it.
pub const LINE_FAULT: Phrase = Phrase::new(
    "Line {}: {} Nothing was imported.",
    "{} 行目: {} 何も読み込んでいません。",
);
pub const NO_HEAD: Phrase = Phrase::new(
    "The text does not begin as exported controls do.",
    "書き出した操作部のテキストではありません。",
);
pub const NO_VALUE: Phrase = Phrase::new("It has no “=”.", "「=」がありません。");
pub const UNKNOWN_KEY: Phrase = Phrase::new(
    "Nothing is known by this name.",
    "この名前の設定はありません。",
);
pub const NO_PATH: Phrase = Phrase::new(
    "No “path=” stands before it.",
    "前に「path=」がありません。",
);
pub const SAME_PATH: Phrase =
    Phrase::new("This path was there before.", "このパスはすでにあります。");
pub const TOO_MANY: Phrase = Phrase::new("There are too many keys.", "項目が多すぎます。");
pub const UNKNOWN_KIND: Phrase = Phrase::new(
    "There is no such control.",
    "このような操作部はありません。",
);
