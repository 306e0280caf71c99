//! Words of this browser as a device.

use super::Phrase;

pub const TITLE: Phrase = Phrase::new("This device", "このデバイス");
pub const INTRO: Phrase = Phrase::new(
    "This browser can say where it is, as any device does.",
    "このブラウザーの位置を、ほかのデバイスと同じように発行できます。",
);
pub const PRIVACY: Phrase = Phrase::new(
    "Nothing is sent before you press Start. After a reload it does not start by itself.",
    "「開始」を押すまで何も送信しません。再読み込みの後、自動では始まりません。",
);

// What it is and where it publishes.
pub const THING: Phrase = Phrase::new("Name of the thing", "モノの名前");
pub const WHERE: Phrase = Phrase::new("Where it publishes", "発行先");
pub const TOPIC_1: Phrase = Phrase::new("topic_1", "topic_1");
pub const ANOTHER_TOPIC: Phrase = Phrase::new("Another topic", "別のトピック");
pub const ITS_SHADOW: Phrase = Phrase::new("Its shadow", "モノのシャドウ");
pub const TOPIC: Phrase = Phrase::new("Topic", "トピック");
pub const TOPIC_HINT: Phrase = Phrase::new(
    "{thing} stands for the name.",
    "{thing} はモノの名前に置き換わります。",
);
pub const SHADOW_HINT: Phrase = Phrase::new(
    "Its reported state holds the newest position.",
    "最新の位置が報告値になります。",
);
pub const HOW_OFTEN: Phrase = Phrase::new("How often", "送信間隔");
pub const EVERY: Phrase = Phrase::new("every {}", "{}ごと");
pub const HEARTBEAT: Phrase = Phrase::new(
    "While the place stays the same: once a minute.",
    "位置が変わらないときは 1 分ごとです。",
);
pub const AS_OFTEN: Phrase = Phrase::new(
    "While the place stays the same: just as often.",
    "位置が変わらないときも同じ間隔です。",
);
pub const DETAILS: Phrase = Phrase::new(
    "Also accuracy, speed, heading and time",
    "精度、速度、方位、時刻も送信する",
);
pub const START: Phrase = Phrase::new("Start", "開始");
pub const NO_BROKER: Phrase = Phrase::new(
    "Choose a broker first: this device publishes to it.",
    "先にブローカーを選んでください。このデバイスの発行先になります。",
);
pub const BAD_THING: Phrase = Phrase::new(
    "A name has 1 to 128 letters, digits and : _ -",
    "名前は英数字と : _ - の 1 から 128 文字です。",
);
pub const BAD_TOPIC: Phrase = Phrase::new(
    "A topic to publish to is not empty and holds no + and no #.",
    "発行先のトピックは空にできず、+ と # は使えません。",
);
pub const RESERVED: Phrase = Phrase::new(
    "Topics that begin with $ belong to the service. For a shadow, choose Its shadow.",
    "$ で始まるトピックはサービスのものです。シャドウには「モノのシャドウ」を選んでください。",
);

// While it is a device.
pub const GOES_TO: Phrase = Phrase::new("{} every {}", "{} へ {}ごと");
pub const LATITUDE: Phrase = Phrase::new("Latitude", "緯度");
pub const LONGITUDE: Phrase = Phrase::new("Longitude", "経度");
pub const UNKNOWN: Phrase = Phrase::new("unknown", "不明");
pub const SENT: Phrase = Phrase::new("Sent {}, last {} ago", "送信済み {} 件、最後は {}前");
pub const NOT_SENT: Phrase = Phrase::new("Nothing sent yet", "まだ送信していません");
pub const WAITING: Phrase = Phrase::new("{} waiting", "送信待ち {} 件");
pub const DROPPED: Phrase = Phrase::new("{} dropped", "破棄 {} 件");
pub const PAUSE: Phrase = Phrase::new("Pause", "一時停止");
pub const RESUME: Phrase = Phrase::new("Resume", "再開");
pub const STOP: Phrase = Phrase::new("Stop", "停止");
pub const STOP_DISCARD: Phrase = Phrase::new("Stop, discard {}", "停止して {} 件を破棄");
pub const SHOW: Phrase = Phrase::new("Show {}", "{} を表示");
pub const NOT_HEARD: Phrase = Phrase::new(
    "This page does not listen to {}: its own map does not show it.",
    "このページは {} を購読していないため、この地図には表示されません。",
);

// What there is to say of it.
pub const FIRST_POSITION: Phrase = Phrase::new(
    "Waiting for the first position. The browser may ask you to allow it.",
    "最初の位置を待っています。ブラウザーが許可を求めることがあります。",
);
pub const SENDING: Phrase = Phrase::new("Sending its position.", "位置を送信しています。");
pub const PAUSED: Phrase = Phrase::new(
    "Paused. No position is sent.",
    "一時停止中です。位置は送信していません。",
);
pub const OFFLINE: Phrase = Phrase::new(
    "Not connected. What waits goes out in order when connected.",
    "接続していません。待っているものは接続後に順に送信します。",
);
pub const OFFLINE_SHADOW: Phrase = Phrase::new(
    "Not connected. The newest position goes out when connected.",
    "接続していません。接続後に最新の位置を送信します。",
);
pub const DENIED: Phrase = Phrase::new(
    "The browser keeps the position from this page. Allow Location for this site (the sign left of the address), then sending goes on without a reload. It may also be off for the browser in the system's settings.",
    "ブラウザーがこのページに位置を知らせていません。アドレスの左のアイコンから、このサイトの位置情報を許可してください。再読み込みしなくても送信が続きます。システムの設定でブラウザーの位置情報がオフの場合もあります。",
);
pub const UNAVAILABLE: Phrase = Phrase::new(
    "The system does not know where it is. Turn on its location services. The page keeps asking.",
    "システムが位置を取得できません。位置情報サービスをオンにしてください。ページは取得を続けます。",
);
pub const TIMED_OUT: Phrase = Phrase::new(
    "No position came within 25 s. Under the open sky it is quicker. The page keeps asking.",
    "25 秒以内に位置を取得できませんでした。空の開けた場所では早く取得できます。ページは取得を続けます。",
);
pub const UNSUPPORTED: Phrase = Phrase::new(
    "Browsers give positions only to pages that came over https or from this machine. Open Gnomon at an https address or at localhost.",
    "ブラウザーは、https またはこのコンピューターから開いたページにだけ位置を知らせます。https のアドレスか localhost で Gnomon を開いてください。",
);
pub const TRY_AGAIN: Phrase = Phrase::new("Ask again", "もう一度取得");
pub const REFUSED: Phrase = Phrase::new(
    "The shadow service refused the last position: {} ({})",
    "シャドウサービスが最後の位置を拒否しました: {} ({})",
);
pub const CLOSED_UPON: Phrase = Phrase::new(
    "The broker closes the connection upon a message to {}. Check what its policy allows, then press Resume.",
    "{} に発行すると、ブローカーが接続を閉じます。ポリシーの許可を確認し、「再開」を押してください。",
);

// The screen.
pub const AWAKE: Phrase = Phrase::new("Keep the screen on", "画面をオンのままにする");
pub const AWAKE_WHY: Phrase = Phrase::new(
    "Browsers tell no position while the screen is off or another tab is in front.",
    "画面がオフのとき、または別のタブが前にあるとき、ブラウザーは位置を知らせません。",
);
pub const AWAKE_HELD: Phrase = Phrase::new("The screen stays on.", "画面はオンのままです。");
pub const AWAKE_ENDED: Phrase = Phrase::new(
    "The browser let the screen go, perhaps to save the battery. It is asked again when you come back to this page.",
    "ブラウザーが画面をオフにできる状態に戻しました。省電力のためかもしれません。このページに戻ると、もう一度要求します。",
);
pub const AWAKE_REFUSED: Phrase = Phrase::new(
    "The browser refused, perhaps to save the battery. It is asked again when you come back to this page.",
    "ブラウザーが拒否しました。省電力のためかもしれません。このページに戻ると、もう一度要求します。",
);
pub const AWAKE_UNSUPPORTED: Phrase = Phrase::new(
    "This browser cannot keep the screen on. Set a longer time in the system's settings.",
    "このブラウザーは画面をオンのままにできません。システムの設定で時間を延ばしてください。",
);

// Texts.
pub const TEXT: Phrase = Phrase::new("Text to {}", "{} へのテキスト");
pub const TEXT_DEFAULT: Phrase =
    Phrase::new("Published from this browser", "このブラウザーからの発行");
pub const PUBLISH: Phrase = Phrase::new("Publish", "発行");
pub const TEXT_WAITS: Phrase = Phrase::new(
    "Waits for the broker's acknowledgement.",
    "ブローカーの確認応答を待っています。",
);
pub const TEXT_TAKEN: Phrase = Phrase::new("The broker has it.", "ブローカーが受け取りました。");
pub const TEXT_DROPPED: Phrase = Phrase::new(
    "It was dropped: too much was waiting. Publish it again.",
    "送信待ちが多すぎるため破棄しました。もう一度発行してください。",
);
pub const TEXT_CLOSED: Phrase = Phrase::new(
    "The broker closes the connection upon it: it was given up. Check what its policy allows, then publish it again.",
    "発行するとブローカーが接続を閉じるため、破棄しました。ポリシーの許可を確認し、もう一度発行してください。",
);
pub const TEXT_TOO_LONG: Phrase = Phrase::new(
    "A message has at most 128 KB. Shorten the text.",
    "メッセージは 128 KB までです。テキストを短くしてください。",
);

// The mark in the bar.
pub const MARK_SENDING: Phrase = Phrase::new("sending", "送信中");
pub const MARK_PAUSED: Phrase = Phrase::new("paused", "一時停止中");
pub const MARK_NO_POSITION: Phrase = Phrase::new("no position", "位置なし");
pub const MARK_OFFLINE: Phrase = Phrase::new("not connected", "未接続");
pub const MARK_REFUSED: Phrase = Phrase::new("refused", "拒否");
