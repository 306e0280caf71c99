//! The words of changing many devices at once.

use super::Phrase;

// Choosing in the list.
pub const SEVERAL: Phrase = Phrase::new("Change several", "まとめて変更");
pub const SELECT_ALL: Phrase = Phrase::new("Select all {}", "全 {} 台を選択");
pub const SELECT_NONE: Phrase = Phrase::new("Clear", "解除");
pub const SELECTED: Phrase = Phrase::new("{} selected", "{} 台を選択中");
pub const CHANGE_ONE: Phrase = Phrase::new("Change", "変更");
pub const CHANGE_MANY: Phrase = Phrase::new("Change {} devices", "{} 台を変更");
pub const CANCEL: Phrase = Phrase::new("Cancel", "やめる");

// What changes.
pub const TITLE_ONE: Phrase = Phrase::new("Change 1 device", "1 台を変更");
pub const CAPTURED: Phrase = Phrase::new("captured {}", "{} 時点の状態");
pub const NOTHING_SENT: Phrase = Phrase::new("Nothing is sent yet.", "まだ何も送信していません。");
pub const KEY: Phrase = Phrase::new("Key", "項目");
pub const KEY_HINT: Phrase = Phrase::new(
    "Dots separate levels: fan.speed",
    "階層はドットで区切ります (例: fan.speed)",
);
pub const SHADOW: Phrase = Phrase::new("Shadow", "シャドウ");
pub const CLASSIC: Phrase = Phrase::new("classic", "クラシック");
pub const FORM: Phrase = Phrase::new("Form", "形式");
pub const VALUE: Phrase = Phrase::new("Becomes", "変更後の値");
pub const A_SWITCH: Phrase = Phrase::new("On or off", "オン・オフ");
pub const A_CHOICE: Phrase = Phrase::new("Choice", "選択肢");
pub const A_NUMBER: Phrase = Phrase::new("Number", "数値");
pub const A_TEXT: Phrase = Phrase::new("Text", "テキスト");
pub const A_REMOVAL: Phrase = Phrase::new("Remove the key", "項目を削除");
pub const NOT_A_NUMBER: Phrase = Phrase::new("Not a number.", "数値ではありません。");
pub const BAD_KEY: Phrase = Phrase::new("A level has no name.", "名前のない階層があります。");
pub const BECOMES: Phrase = Phrase::new("{} becomes {}", "{} を {} に変更");
pub const IS_REMOVED: Phrase = Phrase::new("{} is removed", "{} を削除");
pub const ACCEPTS_REPORTED: Phrase =
    Phrase::new("{} accepts what is reported", "{} を報告値に合わせる");
pub const IN_OWN_FORM: Phrase = Phrase::new(
    "{} in each device's own form",
    "{} を各デバイスの形式で希望",
);
pub const UNDOING: Phrase = Phrase::new("Undo: ", "元に戻す: ");
pub const SEVERAL_KEYS: Phrase = Phrase::new("several keys", "複数の項目");

// Who.
pub const WHO: Phrase = Phrase::new("Who", "対象");
pub const WILL_CHANGE: Phrase = Phrase::new("will change", "変更する");
pub const ALREADY: Phrase = Phrase::new("already so, left alone", "すでに同じ値 (変更しない)");
pub const SILENT: Phrase = Phrase::new("offline, follow when back", "オフライン (復帰後に反映)");
pub const PREVIEW: Phrase = Phrase::new("Preview each device", "各デバイスを確認");
pub const NOBODY: Phrase = Phrase::new(
    "Every chosen device wants it already.",
    "選択したデバイスはすべて同じ値を希望しています。",
);
pub const BACK: Phrase = Phrase::new("Back to the change", "変更に戻る");
pub const EACH_DEVICE: Phrase = Phrase::new("Each device", "各デバイス");
pub const THE_REJECTED: Phrase = Phrase::new("Rejected devices", "拒否されたデバイス");

// Stages.
pub const STAGES: Phrase = Phrase::new("Staged rollout", "段階的な展開");
pub const REQUESTS: Phrase = Phrase::new("{} requests/s, limit {}", "{} 件/秒、上限 {}");
pub const PERCENT: Phrase = Phrase::new("{} %", "{} %");
pub const IN_STAGE: Phrase = Phrase::new("stage {} %", "第 {} % 段階");
pub const STARTS_AFTER: Phrase = Phrase::new("starts after {} %", "{} % の後に開始");
pub const STARTS_FIRST: Phrase = Phrase::new("starts first", "最初に開始");
pub const OF_REPORTED: Phrase = Phrase::new("{} of {} reported", "{} / {} 報告済み");
pub const ALL_IN: Phrase = Phrase::new("{} reported in {}", "{} 報告済み ({})");
pub const N_REPORTED: Phrase = Phrase::new("{} reported", "{} 報告済み");
pub const N_UNDER_WAY: Phrase = Phrase::new("{} sent or accepted", "{} 送信済みまたは受理");
pub const N_REJECTED: Phrase = Phrase::new("{} rejected", "{} 拒否");
pub const N_WAITING: Phrase = Phrase::new("{} waiting", "{} 送信前");
pub const N_TIMED_OUT: Phrase = Phrase::new("{} timed out", "{} 応答なし");
pub const N_SUPERSEDED: Phrase = Phrase::new("{} superseded", "{} 上書き済み");

// The limit.
pub const STOP_WHEN: Phrase =
    Phrase::new("Stop when rejected exceeds", "拒否がこの割合を超えたら停止");
pub const REJECTED_NOW: Phrase = Phrase::new("Rejected now", "現在の拒否");
pub const WHY_REJECTED: Phrase = Phrase::new("Why {} were rejected", "{} 台が拒否された理由");
pub const WHY_ONE_REJECTED: Phrase = Phrase::new("Why 1 was rejected", "1 台が拒否された理由");
pub const SHOW_THE: Phrase = Phrase::new("Show the {}", "{} 台を表示");
pub const UNDO_SETS: Phrase = Phrase::new(
    "Undo sets {} back to what each device wanted at {}, unless someone changed it since.",
    "元に戻すと、{} は各デバイスの {} 時点の希望値に戻ります。その後ほかで変更されたものは変わりません。",
);

// Where it stands.
pub const PREPARED: Phrase = Phrase::new("prepared, nothing sent", "準備済み・未送信");
pub const REFUSED: Phrase = Phrase::new(
    "not begun: eight changes are running or paused",
    "未開始 (実行中・一時停止中の変更が 8 件あります)",
);
pub const NOTE_REFUSED: Phrase = Phrase::new(
    "Nothing is sent: eight changes are running or paused. Stop one of them, then make this change again.",
    "送信していません。実行中または一時停止中の変更が 8 件あります。いずれかを停止してから、もう一度変更してください。",
);
pub const RUNNING: Phrase = Phrase::new("running", "実行中");
pub const PAUSED: Phrase = Phrase::new("paused", "一時停止中");
pub const STOPPED_BY_REFUSALS: Phrase =
    Phrase::new("stopped, too many were rejected", "停止 (拒否が多いため)");
pub const STOPPED: Phrase = Phrase::new("stopped", "停止");
pub const SENT: Phrase = Phrase::new(
    "answered, some devices still to report",
    "受理済み・報告待ち",
);
pub const DONE: Phrase = Phrase::new("done", "完了");
pub const NOTE_PAUSED: Phrase = Phrase::new(
    "Paused. What was sent goes on, nothing more is sent.",
    "一時停止中です。送信済みのものは続きますが、これ以上は送信しません。",
);
pub const NOTE_REFUSALS: Phrase = Phrase::new(
    "Stopped by itself: {} % of those answered were rejected, {} % were allowed.",
    "自動的に停止しました。応答のうち {} % が拒否されました (許容は {} %)。",
);
pub const NOTE_NO_LINK: Phrase = Phrase::new(
    "The link is down. The change goes on by itself when it is back.",
    "接続が切れています。復帰すると変更は自動的に続きます。",
);
pub const NOTE_STOPPED: Phrase = Phrase::new(
    "Stopped. What was sent stays.",
    "停止しました。送信済みのものは残ります。",
);
pub const NOTE_SENT: Phrase = Phrase::new(
    "Every request was answered. Some devices still have to report.",
    "すべての要求に応答がありました。一部のデバイスは報告待ちです。",
);
pub const NOTE_DONE: Phrase = Phrase::new(
    "Nothing of it is under way any more.",
    "すべて終了しました。",
);

// What can be pressed.
pub const PAUSE: Phrase = Phrase::new("Pause", "一時停止");
pub const RESUME: Phrase = Phrase::new("Resume", "再開");
pub const STOP: Phrase = Phrase::new("Stop", "停止");
pub const STOP_AND_UNDO: Phrase = Phrase::new("Stop and undo {}", "停止して {} を元に戻す");
