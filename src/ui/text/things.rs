//! The words of the page of things.

use super::Phrase;

pub const SEARCH: Phrase = Phrase::new("Search things", "モノを検索");
pub const SHOW_ONLY: Phrase = Phrase::new("Show only", "表示の絞り込み");
pub const ALL: Phrase = Phrase::new("All", "すべて");
pub const SILENT: Phrase = Phrase::new("Silent", "受信なし");
pub const NO_SHADOW: Phrase = Phrase::new("No shadow", "シャドウなし");

// The line of counts.
pub const ONE_THING: Phrase = Phrase::new("1 thing", "モノ 1 個");
pub const THINGS: Phrase = Phrase::new("{} things", "モノ {} 個");
pub const COUNT_SILENT: Phrase = Phrase::new("{} silent", "受信なし {} 個");
pub const COUNT_NO_SHADOW: Phrase = Phrase::new("{} without a shadow", "シャドウなし {} 個");

// How the asking goes.
pub const ASKING: Phrase = Phrase::new(
    "Asking for shadows, {} to go.",
    "シャドウを取得しています。残り {} 件です。",
);
pub const ASKING_LATER: Phrase = Phrase::new(
    "Shadows still to ask for when connected: {}.",
    "接続後に取得するシャドウは {} 件です。",
);
pub const NO_ANSWER: Phrase = Phrase::new(
    "Nobody answers requests for shadows: there may be no shadow service. Not asked for: {}.",
    "シャドウの要求に応答がありません。シャドウサービスがない可能性があります。未取得は {} 件です。",
);
pub const ASKING_REFUSED: Phrase = Phrase::new(
    "The broker closes the link on requests for shadows. Its policy may not allow them.",
    "シャドウの要求でブローカーが接続を閉じます。ポリシーで許可されていない可能性があります。",
);
pub const NOT_KEPT: Phrase = Phrase::new(
    "This browser gives the page no storage: names are forgotten with the tab.",
    "このブラウザーでは保存領域を利用できません。名前はタブを閉じると失われます。",
);

// The table.
pub const NAME: Phrase = Phrase::new("Name", "名前");
pub const STATE: Phrase = Phrase::new("State", "状態");
pub const LAST_SEEN: Phrase = Phrase::new("Last seen", "最終受信");
pub const SHADOW: Phrase = Phrase::new("Shadow", "シャドウ");
pub const NAMED_SHADOWS: Phrase = Phrase::new("Named", "名前付き");
pub const FORGET: Phrase = Phrase::new("Forget", "忘れる");
pub const FORGET_THING: Phrase = Phrase::new("Forget {}", "{} を忘れる");
pub const NEVER: Phrase = Phrase::new("never", "受信なし");
pub const WAITING: Phrase = Phrase::new("waiting", "待機中");
pub const ASKED: Phrase = Phrase::new("asked", "要求済み");
pub const NONE: Phrase = Phrase::new("none", "なし");

// Names that are entered.
pub const ADD_NAMES: Phrase = Phrase::new("Add names", "名前を追加");
pub const NAMES: Phrase = Phrase::new("Names of things", "モノの名前");
pub const NAMES_HINT: Phrase = Phrase::new(
    "One a line, or separated by commas, semicolons or blanks. A name has 1 to 128 letters, digits and : _ -",
    "1 行に 1 つ、またはカンマ、セミコロン、空白で区切ります。名前は英数字と : _ - の 1 から 128 文字です。",
);
pub const ADD: Phrase = Phrase::new("Add", "追加");
pub const CLOSE: Phrase = Phrase::new("Close", "閉じる");
pub const ADDED: Phrase = Phrase::new(
    "New: {}. Known already: {}. Refused: {}.",
    "追加 {} 件、登録済み {} 件、拒否 {} 件。",
);
pub const CUT: Phrase = Phrase::new(
    "The text was longer than 1 MB or 100,000 names: the rest was not read.",
    "1 MB または 100,000 件を超えたため、残りは読み込んでいません。",
);
pub const MORE_REFUSED: Phrase = Phrase::new("and {} more", "ほか {} 件");
pub const TOO_LONG: Phrase = Phrase::new("longer than 128 characters", "128 文字を超えています");
pub const CHARACTER: Phrase = Phrase::new("a name cannot hold “{}”", "名前に「{}」は使えません");
pub const FULL: Phrase = Phrase::new(
    "200,000 things are listed already",
    "すでに 200,000 個のモノがあります",
);

// The registry.
pub const READ_REGISTRY: Phrase = Phrase::new("Read from registry", "レジストリから読み込む");
pub const REGISTRY_READING: Phrase = Phrase::new(
    "Reading the registry, {} names so far.",
    "レジストリを読み込んでいます。{} 件を取得しました。",
);
pub const REGISTRY_READ: Phrase = Phrase::new(
    "The registry names {} things, {} of them new here.",
    "レジストリのモノは {} 個、新規は {} 個です。",
);
pub const REGISTRY_NONE: Phrase = Phrase::new(
    "This way in has no registry that the page may ask. Add the names instead.",
    "この接続方法では、レジストリに問い合わせできません。名前を追加してください。",
);
pub const REGISTRY_FAR: Phrase = Phrase::new(
    "The page may ask only this machine, or an address that begins with wss. Add the names instead.",
    "問い合わせできるのは、このコンピューターまたは wss のアドレスだけです。名前を追加してください。",
);
pub const REGISTRY_SILENT: Phrase = Phrase::new(
    "The registry did not answer, or the browser kept its answer from the page, as it does when keys may not list things. Try again, or add the names.",
    "レジストリから応答がないか、ブラウザーが応答を読めませんでした。キーに一覧の権限がない場合も同じです。再試行するか、名前を追加してください。",
);
pub const REGISTRY_REFUSED: Phrase = Phrase::new(
    "The registry refused to list its things. Check what the keys may do, or add the names ({}).",
    "レジストリが一覧を拒否しました。キーの権限を確認するか、名前を追加してください ({})。",
);
pub const REGISTRY_ODD: Phrase = Phrase::new(
    "What answered is no registry of things. Add the names instead ({}).",
    "応答はモノのレジストリのものではありません。名前を追加してください ({})。",
);

// Forgetting.
pub const FORGET_ALL: Phrase = Phrase::new("Forget all", "すべて忘れる");
pub const FORGOTTEN: Phrase = Phrase::new(
    "Forgotten: {}. What speaks stays listed.",
    "{} 個を忘れました。受信中のものは一覧に残ります。",
);
pub const UNDO: Phrase = Phrase::new("Undo", "元に戻す");

// Empty tables.
pub const NO_THINGS: Phrase = Phrase::new("No things yet", "モノはまだありません");
pub const WHAT_TO_DO: Phrase = Phrase::new(
    "A thing appears when it speaks. Add the names of silent ones, or read them from the registry.",
    "モノは受信すると表示されます。受信のないものは名前を追加するか、レジストリから読み込んでください。",
);
pub const NO_MATCH: Phrase = Phrase::new("No thing matches.", "一致するモノはありません。");
pub const SHOW_ALL: Phrase = Phrase::new("Show all", "すべて表示");
