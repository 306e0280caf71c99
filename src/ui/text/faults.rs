//! What went wrong with the link, why, and what to do about it.

use super::Phrase;

pub const BAD_URL_SHORT: Phrase = Phrase::new("not a broker's address", "アドレスの形式が不正");
pub const BAD_URL: Phrase = Phrase::new(
    "This is no address of a broker",
    "ブローカーのアドレスではありません",
);
pub const BAD_URL_WHY: Phrase = Phrase::new(
    "A browser reaches a broker by WebSocket. The address begins with ws:// or wss:// and names a host.",
    "ブラウザーは WebSocket でブローカーに接続します。アドレスは ws:// か wss:// で始まり、ホスト名が続きます。",
);
pub const BAD_URL_DO: Phrase = Phrase::new("Correct the address.", "アドレスを修正してください。");

pub const MIXED_SHORT: Phrase =
    Phrase::new("blocked by the browser", "ブラウザーがブロックしました");
pub const MIXED: Phrase = Phrase::new(
    "This page may open wss:// only",
    "このページは wss:// でのみ接続できます",
);
pub const MIXED_WHY: Phrase = Phrase::new(
    "The page came over https. From there a browser opens ws:// to this computer only, never to another one.",
    "このページは https で配信されています。ブラウザーは、このコンピューター以外への ws:// 接続を許可しません。",
);
pub const MIXED_DO: Phrase = Phrase::new(
    "Use the broker's wss:// address, or open this page over http.",
    "ブローカーの wss:// アドレスを使うか、このページを http で開いてください。",
);

pub const UNREACHABLE_SHORT: Phrase = Phrase::new("no answer from the address", "応答なし");
pub const UNREACHABLE: Phrase = Phrase::new(
    "The broker could not be reached",
    "ブローカーに接続できません",
);
pub const UNREACHABLE_WHY: Phrase = Phrase::new(
    "No WebSocket opened. The browser does not say which it is: a wrong name or port, a firewall, a certificate that it does not trust, or a broker that refuses pages from here.",
    "WebSocket を開けませんでした。ホスト名かポートの誤り、ファイアウォール、信頼されない証明書、接続元の制限のいずれかです。ブラウザーは原因を示しません。",
);
pub const UNREACHABLE_DO: Phrase = Phrase::new(
    "See that the broker runs and has a WebSocket listener on this port. Gnomon tries again by itself.",
    "ブローカーが動作し、このポートで WebSocket を受け付けているか確認してください。Gnomon は自動で再接続します。",
);

pub const NO_CONNACK_SHORT: Phrase = Phrase::new("closed before an answer", "応答前に切断");
pub const NO_CONNACK: Phrase = Phrase::new(
    "The link closed before the broker answered",
    "ブローカーの応答前に接続が閉じました",
);
pub const NO_CONNACK_WHY: Phrase = Phrase::new(
    "The WebSocket opened, but no answer to the sign-in came (no CONNACK). AWS does so when the identity may not connect or the client identifier is not allowed.",
    "WebSocket は開きましたが、サインインへの応答がありません (CONNACK なし)。AWS では、接続権限がないかクライアント ID が許可されていない場合に起こります。",
);
pub const NO_CONNACK_DO: Phrase = Phrase::new(
    "Check path, client identifier and policy. Gnomon tries again by itself.",
    "パス、クライアント ID、ポリシーを確認してください。Gnomon は自動で再接続します。",
);

pub const SIGN_IN_SHORT: Phrase = Phrase::new(
    "wrong user name or password",
    "ユーザー名かパスワードが不正",
);
pub const SIGN_IN: Phrase = Phrase::new(
    "The broker refused the sign-in",
    "ブローカーがサインインを拒否しました",
);
pub const SIGN_IN_WHY: Phrase = Phrase::new(
    "It answered, so the address is right. It did not accept this user name and password. Gnomon will not try again by itself.",
    "応答はあるため、アドレスは正しいです。このユーザー名とパスワードは受け付けられませんでした。Gnomon は自動では再試行しません。",
);
pub const NOT_ALLOWED_SHORT: Phrase =
    Phrase::new("not allowed to connect", "接続が許可されていません");
pub const NOT_ALLOWED_WHY: Phrase = Phrase::new(
    "It answered, so the address is right. This user may not connect. Gnomon will not try again by itself.",
    "応答はあるため、アドレスは正しいです。このユーザーには接続が許可されていません。Gnomon は自動では再試行しません。",
);
pub const SIGN_IN_DO: Phrase = Phrase::new(
    "Enter a user name and a password that the broker knows.",
    "ブローカーに登録されたユーザー名とパスワードを入力してください。",
);

pub const VERSION_SHORT: Phrase = Phrase::new("no MQTT 3.1.1", "MQTT 3.1.1 に非対応");
pub const VERSION: Phrase = Phrase::new(
    "The broker does not speak MQTT 3.1.1",
    "ブローカーは MQTT 3.1.1 に対応していません",
);
pub const VERSION_WHY: Phrase = Phrase::new(
    "It answered, and refused this version of the protocol. Gnomon speaks no other one.",
    "応答はありましたが、プロトコルのバージョンが拒否されました。Gnomon はほかのバージョンに対応していません。",
);
pub const VERSION_DO: Phrase = Phrase::new(
    "Allow MQTT 3.1.1 on this listener, or connect to another broker.",
    "リスナーで MQTT 3.1.1 を許可するか、別のブローカーに接続してください。",
);

pub const CLIENT_ID_SHORT: Phrase = Phrase::new(
    "client identifier refused",
    "クライアント ID が拒否されました",
);
pub const CLIENT_ID: Phrase = Phrase::new(
    "The broker refused the client identifier",
    "ブローカーがクライアント ID を拒否しました",
);
pub const CLIENT_ID_WHY: Phrase = Phrase::new(
    "It answered, so the address is right. It does not allow this client identifier.",
    "応答はあるため、アドレスは正しいです。このクライアント ID は許可されていません。",
);
pub const CLIENT_ID_DO: Phrase = Phrase::new(
    "Enter another client identifier, or none: Gnomon makes one up.",
    "別のクライアント ID を入力してください。空欄なら Gnomon が作ります。",
);

pub const UNAVAILABLE_SHORT: Phrase = Phrase::new("the broker is not ready", "ブローカーが準備中");
pub const UNAVAILABLE: Phrase = Phrase::new(
    "The broker is not ready",
    "ブローカーの準備ができていません",
);
pub const UNAVAILABLE_WHY: Phrase = Phrase::new(
    "It answered that its service is not available at present.",
    "現在サービスを利用できないと応答しました。",
);
pub const WAIT_DO: Phrase = Phrase::new(
    "Gnomon tries again by itself.",
    "Gnomon は自動で再接続します。",
);

pub const CLOSED_SHORT: Phrase = Phrase::new("the link was closed", "接続が閉じられました");
pub const CLOSED: Phrase = Phrase::new("The link was closed", "接続が閉じられました");
pub const CLOSED_WHY: Phrase = Phrase::new(
    "The broker or the network between closed the link.",
    "ブローカーまたは途中のネットワークが接続を閉じました。",
);

pub const SILENT_SHORT: Phrase = Phrase::new("no answer for 90 s", "90 秒間応答なし");
pub const SILENT: Phrase = Phrase::new(
    "The broker fell silent",
    "ブローカーからの応答が途絶えました",
);
pub const SILENT_WHY: Phrase = Phrase::new(
    "Nothing came for one and a half keep-alives, not even the answer to a ping.",
    "キープアライブの 1.5 倍の時間、ping への応答も含めて何も届きませんでした。",
);

pub const MALFORMED_SHORT: Phrase = Phrase::new("this is no MQTT", "MQTT ではない応答");
pub const MALFORMED: Phrase = Phrase::new(
    "The answer is no MQTT 3.1.1",
    "応答が MQTT 3.1.1 ではありません",
);
pub const MALFORMED_WHY: Phrase = Phrase::new(
    "Something else may listen on this address, or the broker made a mistake.",
    "このアドレスでは別のものが動いているか、ブローカーに誤りがあります。",
);
pub const MALFORMED_DO: Phrase = Phrase::new(
    "Check host, port and path. Gnomon tries again by itself.",
    "ホスト、ポート、パスを確認してください。Gnomon は自動で再接続します。",
);

pub const UNSENDABLE_SHORT: Phrase = Phrase::new("the details cannot be used", "使えない内容");

pub const REFUSED_SHORT: Phrase = Phrase::new("the broker refused", "ブローカーが拒否");
pub const REFUSED: Phrase = Phrase::new(
    "The broker refused the link",
    "ブローカーが接続を拒否しました",
);
pub const REFUSED_WHY: Phrase = Phrase::new(
    "It answered, so the address is right. It gave a reason that MQTT 3.1.1 does not know.",
    "応答はあるため、アドレスは正しいです。理由は MQTT 3.1.1 に定義されていません。",
);
pub const REFUSED_DO: Phrase = Phrase::new(
    "Look into the broker's log.",
    "ブローカーのログを確認してください。",
);
