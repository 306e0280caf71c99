//! The words of the document editor, the merge and the history.

use super::Phrase;

// The panel.
pub const EDIT_AS_JSON: Phrase = Phrase::new("Edit as JSON", "JSON で編集");
pub const HISTORY: Phrase = Phrase::new("History", "履歴");
pub const ADD_SHADOW: Phrase = Phrase::new("Add named shadow", "名前付きシャドウを追加");
pub const DRAFT: Phrase = Phrase::new("Draft", "下書き");

// A new shadow.
pub const SHADOW_NAME: Phrase = Phrase::new("Name of the shadow", "シャドウの名前");
pub const NAME_HINT: Phrase = Phrase::new(
    "1 to 64 of letters, digits and $ : _ -. It is made when you save.",
    "英数字と $ : _ - で 1 〜 64 文字です。保存すると作成されます。",
);
pub const NAME_NEEDED: Phrase = Phrase::new("Enter a name.", "名前を入力してください。");
pub const NAME_TOO_LONG: Phrase = Phrase::new(
    "The name has {} characters. 64 are allowed.",
    "名前が {} 文字です。64 文字までです。",
);
pub const NAME_REFUSED: Phrase = Phrase::new(
    "\"{}\" is not allowed in a name. Use letters, digits and $ : _ -.",
    "「{}」は名前に使えません。英数字と $ : _ - を使ってください。",
);
pub const NAME_TAKEN: Phrase = Phrase::new(
    "This device has a shadow of that name.",
    "この名前のシャドウはすでにあります。",
);
pub const OPEN_EDITOR: Phrase = Phrase::new("Open editor", "エディターを開く");
pub const CANCEL: Phrase = Phrase::new("Cancel", "キャンセル");

// The head.
pub const EDIT_SHADOW: Phrase = Phrase::new("Edit shadow", "シャドウを編集");
pub const CLASSIC_SHADOW: Phrase = Phrase::new("classic shadow", "クラシックシャドウ");
pub const NAMED_SHADOW: Phrase = Phrase::new("shadow {}", "シャドウ {}");
pub const NOT_THERE: Phrase = Phrase::new(
    "no version known yet, saving makes one",
    "バージョンは不明です。保存すると作成されます",
);
pub const BY: Phrase = Phrase::new("by {}", "変更者 {}");
pub const UNKNOWN_CLIENT: Phrase = Phrase::new("an unknown client", "不明なクライアント");
pub const AGO: Phrase = Phrase::new("{} ago", "{}前");
pub const VIEW: Phrase = Phrase::new("View", "表示");
pub const FORM: Phrase = Phrase::new("Form", "フォーム");
pub const JSON: Phrase = Phrase::new("JSON", "JSON");
pub const DELETE_SHADOW: Phrase = Phrase::new("Delete shadow", "シャドウを削除");
pub const INCOMING_ONE: Phrase = Phrase::new(
    "v{} came while you edit: 1 key changed, by {}. Saving keeps theirs where you changed nothing.",
    "編集中に v{} が届きました。1 項目が変更されています ({})。自分が変更していない項目は相手の値を保ちます。",
);
pub const INCOMING: Phrase = Phrase::new(
    "v{} came while you edit: {} keys changed, last by {}. Saving keeps theirs where you changed nothing.",
    "編集中に v{} が届きました。{} 項目が変更されています (最後は {})。自分が変更していない項目は相手の値を保ちます。",
);

// Columns.
pub const KEY: Phrase = Phrase::new("Key", "キー");
pub const DESIRED: Phrase = Phrase::new("Desired", "希望値");
pub const REPORTED: Phrase = Phrase::new("Reported", "報告値");
pub const DELTA: Phrase = Phrase::new("Delta", "差分");
pub const NONE: Phrase = Phrase::new("(none)", "(なし)");
pub const NOTHING_REPORTED: Phrase = Phrase::new(
    "The device has reported nothing here.",
    "このシャドウの報告値はありません。",
);
pub const NO_DELTA: Phrase = Phrase::new(
    "No key differs from what is reported.",
    "報告値との差分はありません。",
);

// JSON.
pub const LINE: Phrase = Phrase::new("Line {}, column {}", "{} 行 {} 桁");
pub const GO_THERE: Phrase = Phrase::new("Go to line {}", "{} 行目へ移動");
pub const NULL_DELETES: Phrase = Phrase::new(
    "null as a value removes its key.",
    "値を null にすると、そのキーを削除します。",
);
pub const ENDED: Phrase = Phrase::new(
    "The text ends before it is complete. Close every { and [ that is open.",
    "テキストが途中で終わっています。開いている { と [ を閉じてください。",
);
pub const EXTRA_COMMA: Phrase = Phrase::new(
    "A comma without a value after it. Remove the comma.",
    "後に値のないカンマがあります。カンマを削除してください。",
);
pub const MISSING_COMMA: Phrase = Phrase::new(
    "Two values without a comma between them. Add a comma before this one.",
    "値と値の間にカンマがありません。この値の前にカンマを入れてください。",
);
pub const UNQUOTED: Phrase = Phrase::new(
    "{} has no double quotes. Write \"{}\".",
    "{} に二重引用符がありません。\"{}\" と書いてください。",
);
pub const UNEXPECTED: Phrase = Phrase::new(
    "{} cannot stand here. Remove it, or write the value in double quotes.",
    "ここに {} は書けません。削除するか、値を二重引用符で囲んでください。",
);
pub const TRAILING: Phrase = Phrase::new(
    "Something follows the end of the document. Remove what stands after the last bracket.",
    "文書の終わりの後に文字があります。最後の括弧より後を削除してください。",
);
pub const NOT_AN_OBJECT: Phrase = Phrase::new(
    "The desired state is an object. Begin with { and end with }.",
    "希望値はオブジェクトです。{ で始めて } で終えてください。",
);
pub const DUPLICATE_KEY: Phrase = Phrase::new(
    "The key \"{}\" stands here twice. Remove one of the two.",
    "キー \"{}\" が 2 つあります。どちらかを削除してください。",
);
pub const NULL_IN_ARRAY: Phrase = Phrase::new(
    "A list cannot hold null: the service refuses it. Remove it from the list.",
    "リストに null は入れられません。サービスが拒否します。リストから削除してください。",
);
pub const TOO_DEEP: Phrase = Phrase::new(
    "More levels than the service takes. Move this value up.",
    "階層が深すぎてサービスが受け付けません。この値を上の階層へ移してください。",
);

// The form.
pub const TEXT_HAS_FAULT: Phrase = Phrase::new(
    "The JSON text has a fault. The form goes on once it is repaired.",
    "JSON テキストに誤りがあります。直すとフォームで編集できます。",
);
pub const DESIRED_OF: Phrase = Phrase::new("Desired {}", "希望値 {}");
pub const WAS: Phrase = Phrase::new("was {}", "元は {}");
pub const IS_NEW: Phrase = Phrase::new("new", "新規");
pub const WILL_BE_REMOVED: Phrase = Phrase::new("will be removed", "削除されます");
pub const REMOVE: Phrase = Phrase::new("Remove", "削除");
pub const REMOVE_KEY: Phrase = Phrase::new("Remove {}", "{} を削除");
pub const REVERT: Phrase = Phrase::new("Revert", "元に戻す");
pub const REVERT_KEY: Phrase = Phrase::new("Revert {}", "{} を元に戻す");
pub const CHANGED_BY: Phrase = Phrase::new("changed by {}, v{}:", "{} が変更、v{}:");
pub const CHANGED_MEANWHILE: Phrase = Phrase::new("changed meanwhile:", "編集中に変更:");
pub const REMOVED_BY_THEM: Phrase = Phrase::new("removed", "削除");
pub const SAVING_ASKS: Phrase = Phrase::new("Saving asks.", "保存時に確認します。");
pub const TAKE_THEIRS: Phrase = Phrase::new("Take theirs", "相手の値を使う");
pub const TAKE_THEIRS_OF: Phrase = Phrase::new("Take theirs for {}", "{} に相手の値を使う");
pub const NEVER_REPORTED: Phrase = Phrase::new("never reported", "報告なし");
pub const ADD_KEY: Phrase = Phrase::new("Add key", "キーを追加");
pub const PATH: Phrase = Phrase::new("Path", "パス");
pub const PATH_HINT: Phrase = Phrase::new(
    "Dots lead into levels: fan.speed.",
    "ドットで階層を区切ります: fan.speed",
);
pub const PATH_NEEDED: Phrase = Phrase::new(
    "Enter a path without empty levels.",
    "空の階層のないパスを入力してください。",
);
pub const VALUE: Phrase = Phrase::new("Value", "値");
pub const VALUE_HINT: Phrase =
    Phrase::new("JSON, or a plain text.", "JSON、またはそのままのテキスト。");
pub const EMPTY_FORM: Phrase = Phrase::new(
    "This shadow is empty. Add its first key.",
    "このシャドウは空です。最初のキーを追加してください。",
);

// The foot.
pub const ASKING: Phrase = Phrase::new(
    "Asking the service for this shadow. It can be saved once that is answered.",
    "シャドウを問い合わせています。応答があると保存できます。",
);
pub const NOTHING_CHANGED: Phrase = Phrase::new("Nothing is changed.", "変更はありません。");
pub const ONE_CHANGE: Phrase = Phrase::new("1 change", "変更 1 件");
pub const CHANGES: Phrase = Phrase::new("{} changes", "変更 {} 件");
pub const NOT_SENT: Phrase = Phrase::new("Nothing is sent yet.", "まだ送信していません。");
pub const REPAIR_FIRST: Phrase = Phrase::new(
    "Repair the text to save it.",
    "テキストを直すと保存できます。",
);
pub const QUEUED: Phrase = Phrase::new("Queued", "送信待ち");
pub const WAITS: Phrase = Phrase::new(
    "It waits for the connection and goes out by itself.",
    "接続を待っています。接続すると自動で送信します。",
);
pub const SENT: Phrase = Phrase::new("Sent", "送信済み");
pub const NO_ANSWER_YET: Phrase = Phrase::new("No answer yet.", "まだ応答がありません。");
pub const MERGED_AGAIN: Phrase = Phrase::new(
    "Merged with a newer version and sent again ({}). No answer yet.",
    "新しいバージョンと統合し、再送信しました ({} 回)。まだ応答がありません。",
);
pub const SAVED: Phrase = Phrase::new("Saved as v{}", "v{} として保存済み");
pub const DEVICE_FOLLOWS: Phrase = Phrase::new(
    "Accepted at {}. The device has not confirmed it by that.",
    "{} に受理されました。デバイスの報告ではありません。",
);
pub const REJECTED: Phrase = Phrase::new("Rejected", "拒否");
pub const CLOSED_ON_IT: Phrase = Phrase::new(
    "The broker closed the link on it.",
    "この発行でブローカーが接続を閉じました。",
);
pub const DO_POLICY: Phrase = Phrase::new(
    "Its policy may not allow it. Your text is kept.",
    "ポリシーで許可されていない可能性があります。入力は保持しています。",
);
pub const DO_SHORTEN: Phrase = Phrase::new(
    "Remove keys or shorten values, then save again. Your text is kept.",
    "キーを減らすか値を短くして、再度保存してください。入力は保持しています。",
);
pub const DO_CORRECT: Phrase = Phrase::new(
    "Correct what it names, then save again. Your text is kept.",
    "指摘された箇所を直して、再度保存してください。入力は保持しています。",
);
pub const DO_AGAIN: Phrase = Phrase::new(
    "Save again to compare with the newest version. Your text is kept.",
    "再度保存すると、最新のバージョンと比較します。入力は保持しています。",
);
pub const DO_WAIT: Phrase = Phrase::new(
    "Wait a moment, then save again. Your text is kept.",
    "少し待ってから、再度保存してください。入力は保持しています。",
);
pub const NO_ANSWER: Phrase = Phrase::new("No answer", "応答なし");
pub const MAY_BE_SAVED: Phrase = Phrase::new(
    "It may have been saved or not. Save again: the versions are compared first.",
    "保存されたかどうか分かりません。再度保存すると、先にバージョンを比較します。",
);
pub const DELETED: Phrase = Phrase::new("Deleted (v{})", "削除済み (v{})");
pub const MAKE_AGAIN: Phrase = Phrase::new(
    "This shadow is gone. Saving makes it again from what is here.",
    "このシャドウは削除されました。保存すると、この内容で作り直します。",
);
pub const BYTES: Phrase = Phrase::new("{} of {} bytes", "{} / {} バイト");
pub const TOO_LARGE: Phrase = Phrase::new(
    "More than a service takes by default.",
    "サービスの既定の上限を超えています。",
);
pub const SAVE_AS: Phrase = Phrase::new("Save as v{}", "v{} として保存");
pub const SAVE: Phrase = Phrase::new("Save", "保存");
pub const DISCARD: Phrase = Phrase::new("Discard", "破棄");
pub const UNDO_DISCARD: Phrase = Phrase::new("Undo discard", "破棄を元に戻す");

// Leaving, and deleting.
pub const OTHER_DRAFT: Phrase = Phrase::new("A draft is not saved", "未保存の下書きがあります");
pub const OTHER_DRAFT_OF: Phrase = Phrase::new(
    "{}, {}, holds a draft that was never sent. Opening this discards it.",
    "{} の{}に未送信の下書きがあります。開くと破棄されます。",
);
pub const BACK_TO_DRAFT: Phrase = Phrase::new("Back to the draft", "下書きに戻る");
pub const DISCARD_AND_OPEN: Phrase = Phrase::new("Discard it and open", "破棄して開く");
pub const WILL_BE_LOST: Phrase = Phrase::new(
    "{}, {}, v{}. {} keys are lost, desired and reported.",
    "{} の{}、v{}。希望値と報告値の {} 項目が失われます。",
);
pub const ONE_WILL_BE_LOST: Phrase = Phrase::new(
    "{}, {}, v{}. 1 key is lost, desired and reported.",
    "{} の{}、v{}。希望値と報告値の 1 項目が失われます。",
);
pub const OTHERS_SEE_IT: Phrase = Phrase::new(
    "The device and every other client lose it too. What you have in the editor stays until you close it.",
    "デバイスとほかのクライアントからも失われます。エディターの内容は閉じるまで残ります。",
);
pub const KEEP: Phrase = Phrase::new("Keep shadow", "削除しない");

// The merge.
pub const SOMEONE_SAVED: Phrase = Phrase::new(
    "Someone else saved while you were editing",
    "編集中に別の人が保存しました",
);
pub const YOU_BEGAN: Phrase = Phrase::new(
    "{}, {}. You began at v{}. It is now v{}, last changed by {}, {} ago.",
    "{}、{}。編集開始時は v{}、現在は v{} です。最後の変更者は {}、{}前です。",
);
pub const NOTHING_SENT: Phrase = Phrase::new(
    "Nothing of yours is sent yet.",
    "あなたの変更はまだ送信されていません。",
);
pub const BASE: Phrase = Phrase::new("Base", "元の値");
pub const BASE_VERSION: Phrase = Phrase::new("Base v{}", "元の値 v{}");
pub const YOURS: Phrase = Phrase::new("Yours", "自分の変更");
pub const THEIRS: Phrase = Phrase::new("Theirs", "相手の変更");
pub const THEIRS_VERSION: Phrase = Phrase::new("Theirs v{}", "相手の変更 v{}");
pub const ONE_CHOICE_LEFT: Phrase = Phrase::new("1 choice left", "選択 残り 1 件");
pub const CHOICES_LEFT: Phrase = Phrase::new("{} choices left", "選択 残り {} 件");
pub const ALL_CHOSEN: Phrase = Phrase::new("All chosen", "すべて選択済み");
pub const BOTH_CHANGED: Phrase =
    Phrase::new("Both sides changed these keys", "両方が変更したキーです");
pub const MERGED: Phrase = Phrase::new("{} merged", "統合 {} 件");
pub const ONE_SIDE: Phrase = Phrase::new(
    "Only one side changed these, so there is nothing to choose",
    "片方だけが変更したため、選択は不要です",
);
pub const SAME: Phrase = Phrase::new("{} same", "同じ {} 件");
pub const UNTOUCHED: Phrase = Phrase::new("Untouched by both", "どちらも変更していません");
pub const IS_TAKEN: Phrase = Phrase::new("taken", "採用");
pub const KEEP_MINE: Phrase = Phrase::new("keep mine", "自分の値");
pub const USE_THEIRS: Phrase = Phrase::new("take theirs", "相手の値");
pub const STILL_REPORTS: Phrase = Phrase::new("The device still reports", "デバイスの報告値は");
pub const WILL_FOLLOW: Phrase = Phrase::new(
    ". It hears of whatever you save.",
    " です。保存した値がデバイスに伝わります。",
);
pub const USE: Phrase = Phrase::new("Use", "");
pub const TO_MOVE: Phrase = Phrase::new("to move,", "で移動、");
pub const FOR_YOURS: Phrase = Phrase::new("for yours,", "で自分、");
pub const FOR_THEIRS: Phrase = Phrase::new("for theirs.", "で相手の値を選びます。");
pub const RESULT: Phrase = Phrase::new("Result", "結果");
pub const RESULT_CHANGES: Phrase = Phrase::new("Changes", "変更");
pub const WHOLE_DOCUMENT: Phrase = Phrase::new("Whole document", "文書全体");
pub const LINE_ADDED: Phrase = Phrase::new("added", "追加");
pub const LINE_REMOVED: Phrase = Phrase::new("removed", "削除");
pub const LINE_OPEN: Phrase = Phrase::new("to choose", "未選択");
pub const ONLY_DIFFERENCE: Phrase = Phrase::new(
    "Only what differs from v{} is sent, with \"version\": {}. If a newer version arrives first, this comparison opens again with your choices kept.",
    "v{} との差分だけを \"version\": {} を付けて送信します。先に新しいバージョンが届いた場合は、選択を保ったまま再度比較します。",
);
pub const CHOOSE_VALUE: Phrase = Phrase::new(
    "Choose a value for {} to go on.",
    "{} の値を選ぶと保存できます。",
);
pub const NOTHING_TO_CHOOSE: Phrase = Phrase::new(
    "Every key has a value. Nothing is sent yet.",
    "すべてのキーの値が決まりました。まだ送信していません。",
);
pub const DISCARD_MINE: Phrase = Phrase::new("Discard mine", "自分の変更を破棄");
pub const ALL_THEIRS: Phrase = Phrase::new("All theirs", "すべて相手");
pub const ALL_MINE: Phrase = Phrase::new("All mine", "すべて自分");
pub const BACK: Phrase = Phrase::new("Back to the editor", "エディターに戻る");

// The history.
pub const SEEN_SINCE: Phrase = Phrase::new(
    "Changes of desired since {}, when the page was opened, and reports since this history was first looked at.",
    "ページを開いた {} 以降の希望値の変更と、この履歴を最初に開いて以降の報告です。",
);
pub const NO_VERSIONS: Phrase = Phrase::new(
    "No version was seen yet. The page listens since {}; a version appears here when somebody changes the shadow.",
    "まだバージョンを受信していません。{} から受信を待っています。シャドウが変更されると表示されます。",
);
pub const VERSIONS: Phrase = Phrase::new("Versions", "バージョン");
pub const NEWEST: Phrase = Phrase::new("newest", "最新");
pub const NO_KEY_CHANGED: Phrase = Phrase::new(
    "no change was seen from the version before",
    "前のバージョンからの変更は確認できません",
);
pub const MORE_KEYS: Phrase = Phrase::new("{} more", "ほか {} 件");
pub const CHOOSE_VERSION: Phrase = Phrase::new(
    "Choose a version to see how it differs from now.",
    "バージョンを選ぶと、現在との違いを表示します。",
);
pub const THEN_AND_NOW: Phrase = Phrase::new("v{} and now", "v{} と現在");
pub const NO_DIFFERENCE: Phrase = Phrase::new(
    "Desired and reported are the same now.",
    "希望値も報告値も現在と同じです。",
);
pub const NOT_KEPT: Phrase = Phrase::new(
    "This version is not kept any more.",
    "このバージョンはもう保持していません。",
);
pub const NOW: Phrase = Phrase::new("Now", "現在");
pub const RESTORE: Phrase = Phrase::new("Restore v{}", "v{} を復元");
pub const RESTORE_HINT: Phrase = Phrase::new(
    "Puts its desired state into the editor as a draft. Nothing is sent before you save.",
    "希望値を下書きとしてエディターに入れます。保存するまで送信しません。",
);
