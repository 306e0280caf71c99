//! Words of rules.

use super::Phrase;

pub const RULES: Phrase = Phrase::new("Rules", "ルール");
pub const NEW: Phrase = Phrase::new("New", "新規");
pub const BACK: Phrase = Phrase::new("All rules", "ルール一覧");
pub const CANCEL: Phrase = Phrase::new("Cancel", "キャンセル");
pub const CLOSE: Phrase = Phrase::new("Close", "閉じる");

// The list.
pub const FIRED: Phrase = Phrase::new("{} fired", "{} 回実行");
pub const RETRYING: Phrase = Phrase::new("{} failed, retrying", "{} 件失敗、再試行中");
pub const FAILED_MANY: Phrase = Phrase::new("{} failed", "{} 件失敗");
pub const FAILING: Phrase = Phrase::new("an action fails", "アクションが失敗");
pub const NEVER_RAN: Phrase = Phrase::new("draft, never ran", "下書き、未実行");
pub const IS_PAUSED: Phrase = Phrase::new("paused", "一時停止中");
pub const IS_LIVE: Phrase = Phrase::new("live", "稼働中");
pub const NO_RULES: Phrase = Phrase::new("No rules yet", "ルールはまだありません");
pub const WHAT_TO_DO: Phrase = Phrase::new(
    "A rule picks messages by SQL and stores them as objects, or publishes them again. Write one and try it on the messages seen so far: nothing is sent until you save it.",
    "ルールは SQL でメッセージを選び、オブジェクトとして保存するか、再発行します。作成して、これまでのメッセージで試せます。保存するまで何も送信しません。",
);
pub const CHOOSE: Phrase = Phrase::new(
    "Choose a rule to see what it does, or write a new one.",
    "ルールを選ぶと内容が表示されます。新しいルールも作成できます。",
);

// Whether the other side runs rules.
pub const UNKNOWN: Phrase = Phrase::new(
    "The broker has not been asked for rules.",
    "ブローカーにルールを問い合わせていません。",
);
pub const ASKING: Phrase = Phrase::new("Asking for rules.", "ルールを問い合わせています。");
pub const NO_SUCH: Phrase = Phrase::new(
    "This broker offers no rules. You can write and try them here, and copy the payload for aws iot create-topic-rule.",
    "このブローカーにはルールの機能がありません。ここで作成して試し、aws iot create-topic-rule 用のペイロードをコピーできます。",
);
pub const NO_ANSWER: Phrase = Phrase::new(
    "This broker gave no answer about rules that a page may read: most brokers offer none. You can write and try them here, and copy the payload for aws iot create-topic-rule.",
    "ルールについて読み取れる応答がありません。多くのブローカーにはルールの機能がありません。ここで作成して試し、aws iot create-topic-rule 用のペイロードをコピーできます。",
);
pub const ASKING_REFUSED: Phrase = Phrase::new(
    "The other side refuses to show its rules: {} ({}).",
    "ルールの表示が拒否されました: {} ({})。",
);
pub const NO_COUNTS: Phrase = Phrase::new(
    "AWS IoT tells pages no counters and no objects.",
    "AWS IoT はカウンターとオブジェクトをページに提供しません。",
);
pub const ASK_AGAIN: Phrase = Phrase::new("Ask again", "再度問い合わせる");
pub const COPY_PAYLOAD: Phrase = Phrase::new("Copy payload", "ペイロードをコピー");
pub const REFUSED: Phrase = Phrase::new("Refused: {} ({})", "拒否されました: {} ({})");
pub const REFUSED_SILENTLY: Phrase = Phrase::new(
    "It did not answer, so nobody knows whether it was done. What you entered is kept here.",
    "応答がないため、実行されたかどうか不明です。入力内容はここに残っています。",
);
pub const NOT_KEPT_DRAFT: Phrase = Phrase::new(
    "What you entered last is not kept: it is longer than 256 KB, or there are a hundred drafts.",
    "最後の入力は保持されていません。256 KB を超えているか、下書きが 100 件あります。",
);
pub const WAITING: Phrase = Phrase::new("Waiting for the answer.", "応答を待っています。");

// The head of a rule.
pub const LIVE: Phrase = Phrase::new("Live", "稼働中");
pub const PAUSED: Phrase = Phrase::new("Paused", "一時停止");
pub const DRAFT: Phrase = Phrase::new("Draft", "下書き");
pub const FAILING_CHIP: Phrase = Phrase::new("Failing", "失敗中");
pub const UNSAVED: Phrase = Phrase::new("Unsaved edit", "未保存の編集");
pub const REVERT: Phrase = Phrase::new("Revert", "元に戻す");
pub const SAVE_LIVE: Phrase = Phrase::new("Save and go live", "保存して稼働");
pub const SAVE: Phrase = Phrase::new("Save", "保存");
pub const PAUSE: Phrase = Phrase::new("Pause", "一時停止する");
pub const GO_LIVE: Phrase = Phrase::new("Go live", "稼働する");
pub const DELETE: Phrase = Phrase::new("Delete", "削除");

// The editor.
pub const SQL: Phrase = Phrase::new("SQL", "SQL");
pub const SQL_VERSION: Phrase =
    Phrase::new("SQL, version 2016-03-23", "SQL、バージョン 2016-03-23");
pub const COMPLETES: Phrase = Phrase::new("completes", "で補完");
pub const SUGGESTIONS: Phrase = Phrase::new("Words that fit", "候補");
pub const AT_LINE: Phrase = Phrase::new("Line {}: {}", "{} 行目: {}");
pub const USE: Phrase = Phrase::new("Use {}", "{} を使う");
pub const NEVER_SEEN: Phrase = Phrase::new(
    "{} is in none of the {} messages seen, so this never fires.",
    "{} は受信した {} 件のどのメッセージにもないため、実行されません。",
);
pub const NEVER_SEEN_VALUE: Phrase = Phrase::new(
    "{} is in none of the {} messages seen.",
    "{} は受信した {} 件のどのメッセージにもありません。",
);
pub const NO_SUCH_TOPIC: Phrase = Phrase::new(
    "{} fits the topic of none of the {} messages seen, so this never fires.",
    "{} は受信した {} 件のどのトピックにも一致しないため、実行されません。",
);
pub const DID_YOU_MEAN: Phrase =
    Phrase::new("Did you mean {} (in {})?", "もしかして: {} ({} 件にあり)");
pub const BAD_NAME: Phrase = Phrase::new(
    "A name has 1 to 128 letters, digits and underscores.",
    "名前は英数字とアンダースコアの 1 から 128 文字です。",
);
pub const NO_ACTION: Phrase = Phrase::new(
    "Nothing is done with the messages. Add an action.",
    "メッセージに対する処理がありません。アクションを追加してください。",
);
pub const EMPTY: Phrase = Phrase::new("This is empty.", "入力されていません。");

// What is done.
pub const THEN: Phrase = Phrase::new("Then", "実行内容");
pub const ACTION: Phrase = Phrase::new("Action", "アクション");
pub const ADD_ACTION: Phrase = Phrase::new("Add action", "アクションを追加");
pub const STORE: Phrase = Phrase::new("Store an object", "オブジェクトを保存");
pub const REPUBLISH: Phrase = Phrase::new("Republish", "再発行");
pub const FOREIGN: Phrase = Phrase::new("kept as it is", "そのまま保持");
pub const DONE: Phrase = Phrase::new("done", "完了");
pub const FAILED: Phrase = Phrase::new("failed", "失敗");
pub const MEDIAN: Phrase = Phrase::new("median", "中央値");
pub const MILLIS: Phrase = Phrase::new("{} ms", "{} ms");
pub const NEWEST_ERROR: Phrase = Phrase::new("Newest failure: {}", "最新の失敗: {}");
pub const IF_FAILS: Phrase = Phrase::new("If an action fails", "アクションが失敗した場合");
pub const APPEND: Phrase = Phrase::new("Append to file", "ファイルに追記");
pub const NOT_KEPT_ANYWHERE: Phrase = Phrase::new("Nothing is done", "何も行いません");
pub const QUEUE: Phrase = Phrase::new(
    "queue {} of {}, kept on disk",
    "待ち行列 {} / {}、ディスクに保存",
);
pub const EDIT: Phrase = Phrase::new("Edit", "編集");
pub const EDIT_THIS: Phrase = Phrase::new("Edit {}", "{}を編集");
pub const CHANGE_ERROR: Phrase = Phrase::new("Other action", "別のアクション");
pub const KIND: Phrase = Phrase::new("Kind of action", "アクションの種類");
pub const BUCKET: Phrase = Phrase::new("Bucket", "バケット");
pub const KEY: Phrase = Phrase::new("Key", "キー");
pub const TOPIC: Phrase = Phrase::new("Topic", "トピック");
pub const QOS: Phrase = Phrase::new("QoS", "QoS");
pub const REMOVE: Phrase = Phrase::new("Remove", "取り除く");
pub const FORM_DONE: Phrase = Phrase::new("Done", "完了");

// Counters.
pub const SINCE_TODAY: Phrase = Phrase::new("Since {} today", "本日 {} から");
pub const SINCE: Phrase = Phrase::new("Since {}, {} ago", "{} ({}前) から");
pub const MATCHED: Phrase = Phrase::new("matched topic", "件がトピックに一致");
pub const FIRED_WORD: Phrase = Phrase::new("fired", "件で実行");
pub const ERROR: Phrase = Phrase::new("error", "件のエラー");
pub const ERRORS: Phrase = Phrase::new("errors", "件のエラー");
pub const OVERWRITTEN: Phrase = Phrase::new(
    "Objects that replaced another one with the same key: {}. A key with newuuid() keeps them all.",
    "同じキーで置き換えられたオブジェクト: {} 件。キーに newuuid() を含めるとすべて残ります。",
);
pub const LOST: Phrase = Phrase::new(
    "Messages lost because the queue was full: {}.",
    "待ち行列が一杯のため失われたメッセージ: {} 件。",
);

// The dry run.
pub const DRY_RUN: Phrase = Phrase::new("Dry run", "試し実行");
pub const SPAN: Phrase = Phrase::new("Messages to try it on", "対象のメッセージ");
pub const FIVE_MINUTES: Phrase = Phrase::new("5 min", "5 分");
pub const HALF_AN_HOUR: Phrase = Phrase::new("30 min", "30 分");
pub const ALL_KEPT: Phrase = Phrase::new("All kept", "すべて");
pub const WOULD_ONCE: Phrase = Phrase::new("Would have fired 1 time", "1 件で実行されるはず");
pub const WOULD: Phrase = Phrase::new("Would have fired {} times", "{} 件で実行されるはず");
pub const SENTENCE_ONCE: Phrase = Phrase::new(
    "Would have fired 1 time in {} messages. Nothing was sent.",
    "{} 件のうち 1 件で実行されるはずでした。送信はしていません。",
);
pub const SENTENCE: Phrase = Phrase::new(
    "Would have fired {} times in {} messages. Nothing was sent.",
    "",
);
pub const SENTENCE_JA: Phrase = Phrase::new(
    "",
    "{} 件のうち {} 件で実行されるはずでした。送信はしていません。",
);
pub const IN_MESSAGES: Phrase = Phrase::new("in {} messages from {} devices", "{} 台、{} 件のうち");
pub const IN_PLACE: Phrase = Phrase::new(", with {} in place of {}", "。{} を {} の代わりに使用");
pub const NOTHING_SENT: Phrase = Phrase::new(". Nothing was sent.", "。送信はしていません。");
pub const LOOKED_AT: Phrase =
    Phrase::new("{} of {} looked at so far.", "{} / {} 件を確認しました。");
pub const NO_MESSAGES: Phrase =
    Phrase::new("No messages to try it on", "対象のメッセージはありません");
pub const NO_MESSAGES_WHY: Phrase = Phrase::new(
    "This page has received none in this span. It tries rules on what it receives itself.",
    "この期間に受信したメッセージがありません。ページが受信したメッセージで試します。",
);
pub const CANNOT_TRY: Phrase = Phrase::new(
    "It can be tried once its SQL can be read.",
    "SQL が読み取れるようになると試せます。",
);
pub const NONE_MATCHED: Phrase = Phrase::new(
    "None of these messages has a topic that FROM fits.",
    "FROM に一致するトピックのメッセージがありません。",
);
pub const ONLY_MATCHED: Phrase = Phrase::new(
    "The topic of {} of them fits FROM; WHERE was true for none.",
    "{} 件のトピックが FROM に一致しましたが、WHERE を満たすものはありません。",
);
pub const NOT_KEPT: Phrase = Phrase::new(
    "{} messages were not kept: too many at once, or too long.",
    "{} 件は多すぎるか長すぎるため保持していません。",
);
pub const NEEDS_ZONES: Phrase = Phrase::new(
    "The page knows no named time zones: what rests on them is missing here, not in the rule.",
    "ページでは名前付きタイムゾーンを扱えません。関係する値はここでは欠けますが、ルールでは使えます。",
);
pub const HEARS_NOTHING: Phrase = Phrase::new(
    "This page subscribes to none of these topics. Add a filter to the connection to try the rule on them.",
    "このトピックを購読していません。試すには接続にフィルターを追加してください。",
);
pub const HEARS_SOME: Phrase = Phrase::new(
    "This page subscribes to a part of these topics only.",
    "このトピックの一部のみを購読しています。",
);
pub const BAR: Phrase = Phrase::new("{}: {} messages, {} fired", "{}: {} 件、{} 件で実行");
pub const TIME: Phrase = Phrase::new("Time", "時刻");
pub const DEVICE: Phrase = Phrase::new("Device", "デバイス");
pub const OBJECT_KEY: Phrase = Phrase::new("Object key", "オブジェクトキー");
pub const MESSAGE: Phrase = Phrase::new("Message", "メッセージ");
pub const WOULD_STORE: Phrase = Phrase::new("Would store", "保存される内容");
pub const WOULD_PUBLISH: Phrase = Phrase::new("Would publish", "発行される内容");
pub const MORE: Phrase = Phrase::new("{} more", "残り {} 件");
pub const SHOW_DEVICE: Phrase = Phrase::new("Show on the map", "地図に表示");

// Stored objects.
pub const OBJECTS: Phrase = Phrase::new("Stored objects", "保存されたオブジェクト");
pub const PREFIX: Phrase = Phrase::new("Bucket and beginning of the key", "バケットとキーの先頭");
pub const READ_AGAIN: Phrase = Phrase::new("Read again", "再読み込み");
pub const READING: Phrase = Phrase::new("Reading.", "読み込んでいます。");
pub const NO_ANSWER_OBJECTS: Phrase =
    Phrase::new("The other side did not answer.", "応答がありません。");
pub const NO_OBJECTS: Phrase =
    Phrase::new("No object begins so.", "該当するオブジェクトはありません。");
pub const ALL_OBJECTS: Phrase = Phrase::new("Show all", "すべて表示");
pub const MORE_OBJECTS: Phrase = Phrase::new("More", "さらに表示");
pub const NO_TEXT: Phrase = Phrase::new("no text, {}", "テキストではありません、{}");
pub const CUT: Phrase = Phrase::new(
    "Cut: the whole is {}.",
    "一部のみ表示しています。全体は {} です。",
);
pub const AGO: Phrase = Phrase::new("{} ago", "{}前");

// A new rule, and one that goes.
pub const NEW_RULE: Phrase = Phrase::new("New rule", "新しいルール");
pub const NAME: Phrase = Phrase::new("Name", "名前");
pub const NAME_TAKEN: Phrase = Phrase::new(
    "There is a rule with this name.",
    "この名前のルールは既にあります。",
);
pub const START_FROM: Phrase = Phrase::new("Start from", "ひな形");
pub const FROM_ARTICLE: Phrase = Phrase::new(
    "Store every message of a topic",
    "トピックの全メッセージを保存",
);
pub const FROM_ALERT: Phrase = Phrase::new(
    "Republish what is above a limit",
    "しきい値を超えたものを再発行",
);
pub const FROM_SHADOW: Phrase = Phrase::new(
    "One device follows another through its shadow",
    "シャドウで別のデバイスを連動",
);
pub const WRITE: Phrase = Phrase::new("Write it", "作成する");
pub const DELETE_RULE: Phrase = Phrase::new("Delete rule", "ルールを削除");
pub const WILL_STOP: Phrase = Phrase::new(
    "{} stops at once and is gone from the broker, with its draft. What it stored stays.",
    "{} は直ちに停止し、下書きとともにブローカーから削除されます。保存済みのオブジェクトは残ります。",
);
pub const DRAFT_GOES: Phrase = Phrase::new(
    "The draft {} was never saved. It will be lost.",
    "下書き {} は保存されていません。失われます。",
);
pub const KEEP: Phrase = Phrase::new("Keep", "残す");
