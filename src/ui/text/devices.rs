//! The words of the device list, the device panel and its controls.

use super::Phrase;

// States.
pub const MOVING: Phrase = Phrase::new("Moving", "移動中");
pub const STILL: Phrase = Phrase::new("Still", "停止中");
pub const STALE: Phrase = Phrase::new("Stale", "更新なし");
pub const OFFLINE: Phrase = Phrase::new("Offline", "オフライン");
pub const ALARM: Phrase = Phrase::new("Alarm", "警報");

// The list.
pub const DEVICES: Phrase = Phrase::new("Devices", "デバイス");
pub const SEARCH: Phrase = Phrase::new("Search devices", "デバイスを検索");
pub const SHOW_ONLY: Phrase = Phrase::new("Show only", "表示の絞り込み");
pub const ALL: Phrase = Phrase::new("All", "すべて");
pub const DIFFERS: Phrase = Phrase::new("Differs", "差分あり");
pub const IN_VIEW: Phrase = Phrase::new("In view", "表示範囲内");
pub const OF: Phrase = Phrase::new("of {}", "／ {}");
pub const DEVICE_COUNT: Phrase = Phrase::new("{} devices", "デバイス {}");
pub const SORT: Phrase = Phrase::new("Sort", "並べ替え");
pub const BY_NAME: Phrase = Phrase::new("Name", "名前");
pub const BY_LAST_SEEN: Phrase = Phrase::new("Last seen", "最終受信");
pub const NO_DEVICES: Phrase = Phrase::new("No devices yet", "デバイスはまだありません");
pub const NO_MATCH: Phrase = Phrase::new("No device matches.", "一致するデバイスはありません。");
pub const CLEAR_SEARCH: Phrase = Phrase::new("Clear search", "検索を消す");
pub const SHOW_ALL: Phrase = Phrase::new("Show all", "すべて表示");
pub const ONE_KEY: Phrase = Phrase::new("1 key", "1 項目");
pub const KEYS: Phrase = Phrase::new("{} keys", "{} 項目");
pub const ON_ITS_WAY: Phrase = Phrase::new("{} on its way", "{} を変更中");
/// In the place of an age: nothing was heard at all.
pub const NEVER: Phrase = Phrase::new("never", "受信なし");
/// An age on its own: English needs no word for it.
pub const AGE: Phrase = Phrase::new("{}", "{}前");
pub const BATTERY: Phrase = Phrase::new("battery", "電池");

// The panel's head.
pub const DEVICE: Phrase = Phrase::new("Device {}", "デバイス {}");
pub const FOLLOW: Phrase = Phrase::new("Follow", "追従");
pub const CLOSE: Phrase = Phrase::new("Close", "閉じる");
pub const MOVING_AT: Phrase = Phrase::new("Moving {} at {}", "移動中 {} {}");
pub const FIX_AGE: Phrase = Phrase::new("fix {} ago", "{}前の測位");
pub const NO_POSITION: Phrase = Phrase::new("position unknown", "位置は不明");
pub const UNKNOWN_DEVICE: Phrase = Phrase::new(
    "Nothing was heard of {} yet.",
    "{} からはまだ何も受信していません。",
);
pub const LAST_MESSAGE: Phrase = Phrase::new("Last message", "最後のメッセージ");
pub const AGO: Phrase = Phrase::new("{} ago", "{}前");
pub const COMPASS: [Phrase; 8] = [
    Phrase::new("N", "北"),
    Phrase::new("NE", "北東"),
    Phrase::new("E", "東"),
    Phrase::new("SE", "南東"),
    Phrase::new("S", "南"),
    Phrase::new("SW", "南西"),
    Phrase::new("W", "西"),
    Phrase::new("NW", "北西"),
];

// The shadow.
pub const SHADOW: Phrase = Phrase::new("Shadow", "シャドウ");
pub const CLASSIC: Phrase = Phrase::new("Classic", "クラシック");
pub const ONE_KEY_DIFFERS: Phrase = Phrase::new("1 key differs", "1 項目に差分");
pub const KEYS_DIFFER: Phrase = Phrase::new("{} keys differ", "{} 項目に差分");
pub const NO_SHADOW: Phrase = Phrase::new(
    "No shadow was heard of yet.",
    "シャドウはまだ受信していません。",
);
pub const EMPTY_SHADOW: Phrase = Phrase::new("This shadow is empty.", "このシャドウは空です。");
pub const REPORTED_ONLY: Phrase = Phrase::new("Reported only", "報告のみ");

// A field.
pub const ON: Phrase = Phrase::new("on", "on");
pub const OFF: Phrase = Phrase::new("off", "off");
pub const UNKNOWN: Phrase = Phrase::new("unknown", "不明");
pub const NEVER_REPORTED: Phrase = Phrase::new("never reported", "報告なし");
pub const REPORTED_AT: Phrase = Phrase::new("reported {}", "{} に報告");
pub const REPORTED_AGO: Phrase = Phrase::new("reported {} ago", "{}前に報告");
pub const REPORTED_AFTER: Phrase = Phrase::new("reported +{} after sending", "送信から +{}で報告");
pub const WISHED_AGO: Phrase = Phrase::new("wished {} ago", "{}前に希望");

// The life of a change.
pub const QUEUED: Phrase = Phrase::new("Queued", "送信待ち");
pub const SENT: Phrase = Phrase::new("Sent", "送信済み");
pub const ACCEPTED: Phrase = Phrase::new("Accepted v{}", "受理 v{}");
pub const REPORTED: Phrase = Phrase::new("Reported", "報告済み");
pub const REJECTED: Phrase = Phrase::new("Rejected", "拒否");
pub const TIMED_OUT: Phrase = Phrase::new("Timed out", "応答なし");
pub const CLOSED_ON_IT: Phrase = Phrase::new(
    "The broker closed the link on it. Its policy may not allow this publish.",
    "この発行でブローカーが接続を閉じました。ポリシーで許可されていない可能性があります。",
);
pub const SUPERSEDED: Phrase = Phrase::new("Superseded", "上書き済み");
pub const WAITING: Phrase = Phrase::new("Waiting {}", "報告待ち {}");
pub const WAITING_TO_SEND: Phrase = Phrase::new("Waiting {}", "接続待ち {}");
pub const WAITING_FOR_ANSWER: Phrase = Phrase::new("Waiting {}", "受理待ち {}");
pub const UP_TO_30_S: Phrase = Phrase::new("up to 30 s", "最長 30 秒");
pub const NO_ANSWER_YET: Phrase = Phrase::new("no answer yet", "まだ応答なし");
pub const NEWEST_WINS: Phrase = Phrase::new("newest wins", "最新を優先");
pub const BY_THIS_TAB: Phrase = Phrase::new("You, from this tab", "このタブからの操作");
pub const TAKE_BACK: Phrase = Phrase::new("Take back", "取り消す");
pub const SEND_AGAIN: Phrase = Phrase::new("Send again", "再送信");
pub const ACCEPT_REPORTED: Phrase = Phrase::new("Accept reported", "報告値に合わせる");
pub const NO_REPORT_FOR: Phrase =
    Phrase::new("accepted v{}, no report for {}", "v{} で受理、{}間報告なし");
pub const NO_ANSWER_FOR: Phrase = Phrase::new("no answer for {}", "{}間応答なし");
pub const STILL_VALUE: Phrase = Phrase::new("still {}", "{} のまま");
pub const REPLACED_BY: Phrase = Phrase::new("replaced by", "→");
pub const REMOVED: Phrase = Phrase::new("removed", "削除");
pub const ANOTHER_CLIENT: Phrase = Phrase::new("another client", "ほかのクライアント");

// The sheet of narrow screens.
pub const SHEET_HEIGHT: Phrase = Phrase::new("Height of the sheet", "シートの高さ");
pub const SHEET_STOPS: [Phrase; 3] = [
    Phrase::new("low", "低"),
    Phrase::new("half", "半分"),
    Phrase::new("full", "全体"),
];
