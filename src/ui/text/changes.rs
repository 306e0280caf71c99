//! The words of the page of changes.

use super::Phrase;

pub const NEED_ATTENTION: Phrase = Phrase::new("{} need attention", "対応が必要: {} 件");

// What is looked at.
pub const CHANGES: Phrase = Phrase::new("Changes", "変更");
pub const SHOWN: Phrase = Phrase::new("Changes shown", "表示する変更");
pub const ON_ITS_WAY: Phrase = Phrase::new("On its way", "変更中");
pub const STUCK: Phrase = Phrase::new("Stuck", "滞留");
pub const DONE: Phrase = Phrase::new("Done", "完了");
pub const OLDER_THAN: Phrase = Phrase::new("Delta older than", "差分の経過時間");
pub const BY_KEY: Phrase = Phrase::new("By key", "項目別");
pub const BY_CAUSE: Phrase = Phrase::new("By likely cause", "推定原因別");
pub const ALL_STUCK: Phrase = Phrase::new("All stuck changes", "滞留中のすべて");
pub const BACK: Phrase = Phrase::new("Back", "戻る");

// Causes.
pub const SILENT: Phrase = Phrase::new("Device is offline", "オフライン");
pub const NEVER_REPORTED: Phrase = Phrase::new("Never reported this key", "この項目の報告なし");
pub const TYPE_DIFFERS: Phrase = Phrase::new("Type differs", "型の違い");
pub const SET_BACK: Phrase = Phrase::new("Old wish fired again", "古い希望値の再送");
pub const NOT_DONE: Phrase = Phrase::new("Heard of, not done", "受信あり・未実行");

// The table.
pub const TABLE: Phrase = Phrase::new("Stuck changes", "滞留中の変更");
pub const DEVICE: Phrase = Phrase::new("Device", "デバイス");
pub const REPORTED: Phrase = Phrase::new("Reported", "報告値");
pub const DESIRED: Phrase = Phrase::new("Desired", "希望値");
pub const WAITING: Phrase = Phrase::new("Waiting", "経過");
pub const LIKELY_CAUSE: Phrase = Phrase::new("Likely cause", "推定原因");
pub const SELECT: Phrase = Phrase::new("Select {}", "{} を選択");
pub const NONE: Phrase = Phrase::new("(none)", "(なし)");
pub const NO_LONGER: Phrase = Phrase::new("No longer stuck.", "滞留は解消しました。");
pub const OFFLINE_SINCE: Phrase = Phrase::new(
    "Offline since {}. It will see the wish when it returns.",
    "{} からオフラインです。復帰すると希望値を受け取ります。",
);
pub const SILENT_SINCE: Phrase = Phrase::new(
    "Nothing heard since {}. It will see the wish when it returns.",
    "{} から受信がありません。復帰すると希望値を受け取ります。",
);
pub const IS_SILENT: Phrase = Phrase::new(
    "Nothing is heard of it. It will see the wish when it returns.",
    "受信がありません。復帰すると希望値を受け取ります。",
);
pub const NEVER: Phrase = Phrase::new(
    "Reports other keys, never this one.",
    "ほかの項目のみを報告しています。",
);
pub const DIFFERS: Phrase = Phrase::new(
    "Type differs: {} and {} are not equal.",
    "型が違います。{} と {} は等しくありません。",
);
pub const SET_BACK_AT: Phrase = Phrase::new(
    "Set back at the device at {}, old wish fired again.",
    "{} にデバイス側で戻され、古い希望値が再送されました。",
);
pub const WAS_SET_BACK: Phrase = Phrase::new(
    "Set back at the device, old wish fired again.",
    "デバイス側で戻され、古い希望値が再送されました。",
);
pub const OWN_VALUE: Phrase = Phrase::new(
    "Heard of since, keeps its own value.",
    "受信はありますが、値は変わりません。",
);

// The head of the table.
pub const ONE_STUCK: Phrase = Phrase::new("1 change is stuck", "滞留中の変更 1 件");
pub const SOME_STUCK: Phrase = Phrase::new("{} changes are stuck", "滞留中の変更 {} 件");
pub const ONE_DIFFERS_ON: Phrase = Phrase::new("1 device differs on", "差分のあるデバイス 1 台:");
pub const SOME_DIFFER_ON: Phrase = Phrase::new("{} devices differ on", "差分のあるデバイス {} 台:");
pub const CLEAR: Phrase = Phrase::new("Clear selection", "選択を解除");
pub const ACCEPT_FOR_ALL: Phrase = Phrase::new("Accept reported for all", "すべて報告値に合わせる");
pub const ACCEPT_FOR: Phrase = Phrase::new("Accept reported for {}", "{} 件を報告値に合わせる");
pub const REMOVE_FOR: Phrase = Phrase::new("Remove the key for {}", "{} 件の項目を削除");
pub const NOTHING_STUCK: Phrase = Phrase::new(
    "No delta is older than {}. Every device reports what is wished, or still has time.",
    "{} を超える差分はありません。すべてのデバイスが希望どおりか、まだ猶予があります。",
);
pub const NOTHING_FITS: Phrase = Phrase::new(
    "None of the stuck changes fits.",
    "条件に合う滞留中の変更はありません。",
);

// The row that is explained.
pub const WHY: Phrase = Phrase::new("Why", "理由");
pub const WHAT_YOU_CAN_DO: Phrase = Phrase::new("What you can do", "できること");
pub const OPEN_DEVICE: Phrase = Phrase::new("Show on the map", "地図で表示");
pub const WISHED_AT: Phrase = Phrase::new("wished {}, {} ago", "{} ({}前) に希望");
pub const REPORTED_AT: Phrase = Phrase::new("reported {}, {} ago", "{} ({}前) に報告");
pub const NOT_REPORTED: Phrase = Phrase::new("never reported", "報告なし");
pub const WHY_SILENT: Phrase = Phrase::new(
    "Nothing was heard of the device since {}. The wish stays in its shadow, and the device sees it when it returns.",
    "{} からデバイスの受信がありません。希望値はシャドウに残り、復帰したデバイスが受け取ります。",
);
pub const WHY_NEVER: Phrase = Phrase::new(
    "The device reports other keys and never {}. It may not know this key, so the delta never clears.",
    "デバイスはほかの項目を報告しますが、{} は報告していません。この項目を知らない可能性があり、差分は消えません。",
);
pub const WHY_DIFFERS: Phrase = Phrase::new(
    "The device did what was asked: it reports {}, asked was {}. A shadow compares exactly, so the delta never clears and the device keeps hearing the wish.",
    "デバイスは要求どおりに動作し、{} を報告しています。要求は {} でした。シャドウは厳密に比較するため差分は消えず、デバイスは希望値を受け取り続けます。",
);
pub const WHY_SET_BACK: Phrase = Phrase::new(
    "The device had done it and reports {} since: it was changed at the device itself. The old wish is still in the shadow and is sent to the device again.",
    "デバイスは一度実行しましたが、その後 {} を報告しています。デバイス側で変更されました。古い希望値はシャドウに残り、デバイスへ再送されます。",
);
pub const WHY_NOT_DONE: Phrase = Phrase::new(
    "The device was heard of since the wish and still reports {}. It missed the wish, or it does not carry it out.",
    "希望の後もデバイスから受信していますが、報告値は {} のままです。希望値が届いていないか、実行していません。",
);
pub const UNDO_NOTE: Phrase = Phrase::new(
    "Each of these can be undone for 10 minutes.",
    "いずれも 10 分間は元に戻せます。",
);

// Answers, and what each does.
pub const LEAVE_IT: Phrase = Phrase::new("Leave it", "そのままにする");
pub const LEAVE_IT_DOES: Phrase = Phrase::new(
    "the device sees the wish when it returns, nothing is lost",
    "復帰したデバイスが希望値を受け取ります。失われるものはありません",
);
pub const TAKE_BACK: Phrase = Phrase::new("Take back the wish", "希望を取り消す");
pub const ACCEPT: Phrase = Phrase::new("Accept reported", "報告値に合わせる");
pub const ACCEPT_DOES: Phrase = Phrase::new(
    "desired becomes {}, the delta is gone",
    "希望値が {} になり、差分はなくなります",
);
pub const REMOVE: Phrase = Phrase::new("Remove the key", "項目を削除");
pub const REMOVE_DOES: Phrase = Phrase::new(
    "desired forgets {}, the device keeps its state",
    "希望値から {} を除きます。デバイスの状態は変わりません",
);
pub const SEND_AGAIN: Phrase = Phrase::new("Send again", "再送信");
pub const SEND_AGAIN_DOES: Phrase = Phrase::new(
    "the wish stays {}, the device hears it once more",
    "希望値は {} のままで、デバイスにもう一度届きます",
);
pub const OWN_FORM: Phrase = Phrase::new("Use {} for this key", "この項目に {} を使う");
pub const OWN_FORM_DOES: Phrase = Phrase::new(
    "wishes the same in the form of this device",
    "このデバイスの形式で同じ値を希望します",
);
pub const OWN_FORM_ALL: Phrase =
    Phrase::new("Use each device's own form", "各デバイスの形式を使う");
pub const OWN_FORM_ALL_DOES: Phrase = Phrase::new(
    "for every device whose type differs on {}",
    "{} の型が違うすべてのデバイスが対象です",
);
pub const OWN_FORM_MANY_DOES: Phrase = Phrase::new(
    "for all {} devices whose type differs on {}",
    "{} 台すべて ({} の型が違うデバイス) が対象です",
);

// On its way and done.
pub const QUEUE: Phrase = Phrase::new("{} wait for the connection", "{} 件が接続待ち");
pub const EMPTY_QUEUE: Phrase = Phrase::new("Empty the queue", "送信待ちを空にする");
pub const NOTHING_ON_ITS_WAY: Phrase = Phrase::new(
    "Nothing is on its way. A change that you send stands here until the device reports it.",
    "変更中のものはありません。送信した変更は、デバイスが報告するまでここに表示されます。",
);
pub const NOTHING_DONE: Phrase = Phrase::new(
    "No change of this page has come to an end yet.",
    "このページからの変更で終了したものはまだありません。",
);
pub const JOBS: Phrase = Phrase::new("Many at once", "一括変更");
pub const BY_YOU: Phrase = Phrase::new("you, from this tab", "このタブから");
pub const REPORTED_AFTER: Phrase = Phrase::new("Reported +{}", "報告済み +{}");
pub const ACCEPTED: Phrase = Phrase::new("Accepted", "受理");
pub const ONE_DEVICE: Phrase = Phrase::new("1 device", "1 台");
pub const DEVICES: Phrase = Phrase::new("{} devices", "{} 台");

// Undo.
pub const UNDO: Phrase = Phrase::new("Undo", "元に戻す");
pub const UNDO_FOR: Phrase = Phrase::new("Undo for {}", "{} を元に戻す");
pub const TIME_LEFT: Phrase = Phrase::new("{} left", "残り {}");
pub const TOAST: Phrase = Phrase::new("Undo", "元に戻す");
