//! The words of the page around list, map and panel.

use super::Phrase;

pub const MAP: Phrase = Phrase::new("Map", "地図");
pub const CHANGES: Phrase = Phrase::new("Changes", "変更");
pub const RULES: Phrase = Phrase::new("Rules", "ルール");
pub const THINGS: Phrase = Phrase::new("Things", "モノ");

pub const CONNECTED: Phrase = Phrase::new("Connected", "接続済み");
pub const CONNECTING: Phrase = Phrase::new("Connecting", "接続中");
pub const DISCONNECTED: Phrase = Phrase::new("Disconnected", "切断");
pub const FAILED: Phrase = Phrase::new("Failed", "接続失敗");

// The link pill and its details.
pub const CONNECTION: Phrase = Phrase::new("Connection", "接続");
pub const DETAILS: Phrase = Phrase::new("Connection details", "接続の詳細");
pub const MESSAGES_PER_SECOND: Phrase = Phrase::new("msg/s", "件/秒");
pub const RECEIVED: Phrase = Phrase::new("received", "受信");
pub const LATENCY: Phrase = Phrase::new("latency", "遅延");
pub const LATENCIES: Phrase = Phrase::new("latency p50/p95", "遅延 p50/p95");
pub const BACKLOG: Phrase = Phrase::new("backlog", "処理待ち");
pub const WAITING: Phrase = Phrase::new("changes wait", "送信待ち");
pub const DROPPED: Phrase = Phrase::new("dropped", "破棄");
pub const UNREADABLE: Phrase = Phrase::new("unreadable", "解読不能");
pub const TEXTS: Phrase = Phrase::new("plain texts", "テキスト");
pub const SUBSCRIPTIONS: Phrase = Phrase::new("subscriptions", "購読");
pub const NEWEST_KEPT: Phrase = Phrase::new("{} dropped, newest kept", "{} 件破棄・最新は保持");
pub const ASKED: Phrase = Phrase::new("asked", "要求中");
pub const GRANTED: Phrase = Phrase::new("granted", "許可");
pub const REFUSED: Phrase = Phrase::new("refused", "拒否");
pub const SET_ASIDE: Phrase = Phrase::new("set aside", "除外");
pub const LEFT_OUT: Phrase = Phrase::new("left out", "不使用");
pub const PER_SECOND: Phrase = Phrase::new("{}/s", "{} 件/秒");
pub const SOME_FILTERS: Phrase = Phrase::new("{} of {} filters", "{} / {} フィルター");
pub const KEYS_END: Phrase = Phrase::new("Keys end in {}.", "キーの残り時間: {}。");
pub const KEYS_ENDED: Phrase =
    Phrase::new("The keys have ended.", "キーの有効期限が切れています。");
pub const RENEWING: Phrase =
    Phrase::new("New keys are on their way.", "新しいキーを取得しています。");
pub const CLOCK_AHEAD: Phrase = Phrase::new(
    "This device's clock is {} ahead.",
    "このデバイスの時計は {}進んでいます。",
);
pub const CLOCK_BEHIND: Phrase = Phrase::new(
    "This device's clock is {} behind.",
    "このデバイスの時計は {}遅れています。",
);
pub const TAKEN_OVER: Phrase = Phrase::new(
    "Another client uses {}. Gnomon connected as {} and leaves it alone.",
    "{} は別のクライアントが使っています。Gnomon はそれを妨げず、{} として接続しました。",
);
pub const MINUTE_AGO: Phrase = Phrase::new("−60 s", "−60 秒");
pub const NOW: Phrase = Phrase::new("now", "現在");
pub const UNKNOWN: Phrase = Phrase::new("unknown", "不明");
pub const CLIENT: Phrase = Phrase::new("as {}", "クライアント {}");
pub const NEXT_TRY: Phrase = Phrase::new("next try in", "次の試行まで");
pub const NO_BROKER: Phrase = Phrase::new("no broker chosen", "ブローカー未選択");
pub const LEFT: Phrase = Phrase::new("by you", "手動で切断");
pub const RECONNECT_NOW: Phrase = Phrase::new("Reconnect now", "今すぐ再接続");
pub const DISCONNECT: Phrase = Phrase::new("Disconnect", "切断する");
pub const EDIT_CONNECTION: Phrase = Phrase::new("Edit connection", "接続を編集");
pub const EDIT: Phrase = Phrase::new("Edit", "編集");

pub const CLOSE: Phrase = Phrase::new("Close", "閉じる");

// The banner.
pub const PAST: Phrase = Phrase::new("You see the past.", "");
pub const AS_OF: Phrase = Phrase::new("As of {}.", "表示は {} 時点のものです。");
pub const ONE_CHANGE_WAITS: Phrase = Phrase::new(
    "1 change waits and goes out when connected.",
    "1 件の変更が送信を待っています。",
);
pub const CHANGES_WAIT: Phrase = Phrase::new(
    "{} changes wait and go out in order.",
    "{} 件の変更が送信を待っています。",
);

// Cards.
pub const NO_DEVICES: Phrase = Phrase::new("No devices yet", "デバイスはまだありません");
pub const LISTENING: Phrase = Phrase::new(
    "Listening on {} filters for {}. A device appears as soon as a message with a position or a shadow arrives.",
    "{} 個のフィルターを {}間購読しています。位置またはシャドウを含むメッセージが届くと、デバイスが表示されます。",
);
pub const SEND_ONE: Phrase = Phrase::new("Send one from a terminal", "ターミナルから送信する");
pub const TCP_PORT: Phrase = Phrase::new(
    "mosquitto_pub speaks MQTT over TCP: add -p when the broker's port is not 1883.",
    "mosquitto_pub は TCP の MQTT を使います。ポートが 1883 でない場合は -p で指定してください。",
);
pub const COPY: Phrase = Phrase::new("Copy", "コピー");
pub const COPIED: Phrase = Phrase::new("Copied", "コピーしました");
pub const NO_MAP: Phrase = Phrase::new("The map cannot be drawn", "地図を描画できません");
pub const NO_WEBGL: Phrase = Phrase::new(
    "This browser does not offer WebGL2. Everything else works: the list holds every device.",
    "このブラウザーでは WebGL2 を利用できません。ほかの機能は使えます。一覧にはすべてのデバイスがあります。",
);
pub const NO_GROUND: Phrase = Phrase::new(
    "A part of the map did not arrive. Everything else works: the list holds every device.",
    "地図の一部を読み込めませんでした。ほかの機能は使えます。一覧にはすべてのデバイスがあります。",
);
pub const TURN_ON_GPU: Phrase = Phrase::new(
    "Turn on hardware acceleration in the browser's settings",
    "ブラウザーの設定でハードウェアアクセラレーションを有効にする",
);
pub const RESTART_BROWSER: Phrase = Phrase::new(
    "Restart the browser, then try again",
    "ブラウザーを再起動して、もう一度試す",
);
pub const TRY_AGAIN: Phrase = Phrase::new("Try again", "もう一度試す");
pub const ONE_UNREADABLE: Phrase = Phrase::new(
    "1 message could not be read",
    "1 件のメッセージを読み取れませんでした",
);
pub const SOME_UNREADABLE: Phrase = Phrase::new(
    "{} messages could not be read",
    "{} 件のメッセージを読み取れませんでした",
);
pub const NO_ENGINE: Phrase = Phrase::new(
    "The engine did not start. The browser forbids workers, or a file of the page is missing.",
    "エンジンを開始できませんでした。ブラウザーがワーカーを許可していないか、ページのファイルが不足しています。",
);

// Tools.
pub const SHOW: Phrase = Phrase::new("Show", "表示");
pub const PAGES: Phrase = Phrase::new("Pages", "ページ");
pub const SEARCH: Phrase = Phrase::new("Search", "検索");
pub const TO_DARK: Phrase = Phrase::new("Dark theme", "ダークテーマ");
pub const TO_LIGHT: Phrase = Phrase::new("Light theme", "ライトテーマ");
pub const TO_OTHER_LANGUAGE: Phrase = Phrase::new("日本語", "English");
pub const MORE: Phrase = Phrase::new("More", "その他");
pub const HELP: Phrase = Phrase::new("Help", "ヘルプ");
pub const MAP_TOOLS: Phrase = Phrase::new("Map tools", "地図の操作");
pub const ZOOM_IN: Phrase = Phrase::new("Zoom in", "拡大");
pub const ZOOM_OUT: Phrase = Phrase::new("Zoom out", "縮小");
pub const FIT: Phrase = Phrase::new("Fit all devices", "すべてのデバイスを表示");
pub const MAP_KEYS: Phrase = Phrase::new(
    "Map of devices. Arrows pan, plus and minus zoom.",
    "デバイスの地図。矢印キーで移動、+ と - で拡大縮小。",
);

// Keys.
pub const KEYS: Phrase = Phrase::new("Keys", "キー操作");
pub const KEYS_NOTE: Phrase = Phrase::new(
    "Single keys do nothing while a field has the focus.",
    "入力欄にフォーカスがある間、単独のキーは働きません。",
);
pub const KEY_SEARCH: Phrase = Phrase::new("Search", "検索");
pub const KEY_ROWS: Phrase = Phrase::new("Rows of the list", "一覧の行");
pub const KEY_OPEN: Phrase = Phrase::new("Open a device", "デバイスを開く");
pub const KEY_BACK: Phrase = Phrase::new("One step back", "一つ戻る");
pub const KEY_FOLLOW: Phrase = Phrase::new("Follow the device", "デバイスを追従");
pub const KEY_NEXT: Phrase = Phrase::new("Next, previous device", "次、前のデバイス");
pub const KEY_ZOOM: Phrase = Phrase::new("Zoom", "拡大、縮小");
pub const KEY_PAN: Phrase = Phrase::new(
    "Pan, with Shift farther (map focused)",
    "移動、Shift で大きく移動 (地図にフォーカス)",
);
pub const KEY_PAGES: Phrase = Phrase::new("Map, changes, things", "地図、変更、モノ");
pub const KEY_UNDO: Phrase = Phrase::new("Undo the newest change", "最新の変更を元に戻す");
pub const KEY_SAVE: Phrase = Phrase::new("Save in the editor", "エディターで保存");
pub const KEY_MERGE: Phrase = Phrase::new(
    "Yours, theirs (in a merge)",
    "自分の変更、相手の変更 (統合時)",
);
pub const KEY_HELP: Phrase = Phrase::new("All keys", "キーの一覧");

// What the map says when it rests, and the title of the page.
pub const IN_VIEW: Phrase = Phrase::new(
    "{} devices in view, {} alarms",
    "表示範囲内のデバイス {} 台、警報 {} 件",
);
pub const DEVICES: Phrase = Phrase::new("{} devices", "デバイス {} 台");
pub const ONE_DEVICE: Phrase = Phrase::new("1 device", "デバイス 1 台");

// The title's first mark.
pub const TITLE: &str = "Gnomon";
pub const STOPPED: Phrase = Phrase::new(
    "Gnomon stopped. Reload the page.",
    "Gnomon が停止しました。ページを再読み込みしてください。",
);
