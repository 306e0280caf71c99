//! The words of the dialog in which connections are entered, kept and chosen.

use super::Phrase;

pub const CONNECTIONS: Phrase = Phrase::new("Connections", "接続先");
pub const NEW: Phrase = Phrase::new("New connection", "新しい接続");
pub const WAYS: Phrase = Phrase::new("Way in", "接続方法");
pub const ANY_BROKER: Phrase = Phrase::new("Any broker", "任意のブローカー");
pub const AWS_KEYS: Phrase = Phrase::new("AWS keys", "AWS キー");
pub const AWS_COGNITO: Phrase = Phrase::new("AWS Cognito", "AWS Cognito");
pub const CUSTOM_AUTHORIZER: Phrase = Phrase::new("Custom authorizer", "カスタムオーソライザー");

// Fields.
pub const ADDRESS: Phrase = Phrase::new("Broker address", "ブローカーのアドレス");
pub const ADDRESS_HINT: Phrase = Phrase::new(
    "MQTT 3.1.1 over WebSocket: ws:// or wss://",
    "MQTT 3.1.1 over WebSocket: ws:// または wss://",
);
pub const USER_NAME: Phrase = Phrase::new("User name", "ユーザー名");
pub const PASSWORD: Phrase = Phrase::new("Password", "パスワード");
pub const ENDPOINT: Phrase = Phrase::new("Endpoint", "エンドポイント");
pub const ENDPOINT_HINT: Phrase = Phrase::new(
    "The account's device data endpoint. A port or a whole wss:// address may stand here too.",
    "アカウントのデータエンドポイント。ポート付きや wss:// で始まるアドレスも使えます。",
);
pub const REGION_READ: Phrase = Phrase::new(
    "Region read from the endpoint: {}.",
    "エンドポイントから読み取ったリージョン: {}。",
);
pub const SIGNED_ANEW: Phrase = Phrase::new(
    " Signed anew for every attempt.",
    "接続のたびに署名します。",
);
pub const REGION: Phrase = Phrase::new("Region", "リージョン");
pub const ACCESS_KEY: Phrase = Phrase::new("Access key ID", "アクセスキー ID");
pub const PASTE_KEYS: Phrase = Phrase::new(
    "Or paste here what aws sts printed",
    "aws sts の出力もここに貼り付けられます",
);
pub const SECRET_KEY: Phrase = Phrase::new("Secret access key", "シークレットアクセスキー");
pub const SESSION_TOKEN: Phrase = Phrase::new("Session token", "セッショントークン");
pub const FOR_TEMPORARY: Phrase = Phrase::new("For temporary keys", "一時キーの場合");
pub const EXPIRATION: Phrase = Phrase::new("Expiration", "有効期限");
pub const EXPIRATION_HINT: Phrase = Phrase::new(
    "As it came with temporary keys. Empty: not known",
    "一時キーに付いてきた値。空欄なら不明",
);
pub const ENDS_IN: Phrase = Phrase::new("ends in {}", "残り {}");
pub const ENDED: Phrase = Phrase::new("These keys have ended.", "このキーは期限切れです。");
pub const POOL: Phrase = Phrase::new("Identity pool ID", "ID プール ID");
pub const GUEST_HINT: Phrase = Phrase::new("Empty: as a guest", "空欄ならゲスト");
pub const PROVIDER: Phrase = Phrase::new("Sign-in provider", "サインインプロバイダー");
pub const SIGN_IN_TOKEN: Phrase = Phrase::new("Sign-in token", "サインイントークン");
pub const COGNITO_SERVICE: Phrase = Phrase::new("Cognito address", "Cognito のアドレス");
pub const COGNITO_SERVICE_HINT: Phrase = Phrase::new(
    "Empty: AWS's own for the pool's region",
    "空欄ならプールのリージョンの AWS 標準",
);
pub const AUTHORIZER: Phrase = Phrase::new("Authorizer name", "オーソライザー名");
pub const AUTHORIZER_HINT: Phrase = Phrase::new(
    "Empty: the account's default one",
    "空欄ならアカウントの既定",
);
pub const TOKEN_KEY: Phrase = Phrase::new("Token key name", "トークンキー名");
pub const TOKEN: Phrase = Phrase::new("Token", "トークン");
pub const SIGNATURE: Phrase = Phrase::new("Token signature", "トークンの署名");
pub const SIGNATURE_HINT: Phrase = Phrase::new(
    "Made elsewhere: the private key stays away from the browser",
    "別の場所で作成し、秘密鍵はブラウザーに入れません",
);
pub const BY_USER_NAME: Phrase = Phrase::new(
    "Send these behind CONNECT's user name, not in the URL",
    "URL ではなく、CONNECT のユーザー名に付けて送る",
);
pub const CLIENT_ID: Phrase = Phrase::new("Client identifier", "クライアント ID");
pub const CLIENT_ID_HINT: Phrase = Phrase::new("One made up for each tab", "タブごとに自動で作成");
pub const KEEP_ALIVE: Phrase = Phrase::new("Keep-alive, s", "キープアライブ (秒)");
pub const MORE: Phrase = Phrase::new(
    "More: name, topic patterns, further filters",
    "その他: 名前、トピックパターン、追加フィルター",
);
pub const NAME: Phrase = Phrase::new("Name", "名前");
pub const PATTERNS: Phrase = Phrase::new("Topic patterns of positions", "位置のトピックパターン");
pub const PATTERNS_HINT: Phrase = Phrase::new(
    "One a line. Levels in braces name the device.",
    "1 行に 1 件。波括弧の階層がデバイス名になります。",
);
pub const FILTERS: Phrase = Phrase::new("Further filters", "追加フィルター");
pub const FILTERS_HINT: Phrase = Phrase::new("One a line", "1 行に 1 件");

// What is wrong with a field.
pub const NEEDED: Phrase = Phrase::new("Needed to connect.", "接続に必要です。");
pub const NO_REGION: Phrase = Phrase::new(
    "The endpoint names no region. Enter it, such as ap-northeast-1.",
    "エンドポイントからリージョンを読み取れません。ap-northeast-1 のように入力してください。",
);
pub const BAD_ENDPOINT: Phrase = Phrase::new(
    "A host name, such as a1b2c3-ats.iot.ap-northeast-1.amazonaws.com.",
    "a1b2c3-ats.iot.ap-northeast-1.amazonaws.com のようなホスト名を入力してください。",
);
pub const BAD_POOL: Phrase = Phrase::new(
    "A pool's identifier is REGION:UUID.",
    "プール ID は REGION:UUID の形です。",
);
pub const BAD_DATE: Phrase = Phrase::new(
    "Enter it as 2026-11-23T15:04:05Z.",
    "2026-11-23T15:04:05Z の形で入力してください。",
);
pub const BAD_KEEP_ALIVE: Phrase = Phrase::new("30 to 1200 seconds.", "30 から 1200 秒です。");
pub const BAD_FILTER: Phrase = Phrase::new(
    "Not a topic filter: {}",
    "トピックフィルターではありません: {}",
);

// What follows.
pub const WILL_ASK: Phrase = Phrase::new("What Gnomon will ask for", "Gnomon が求めるもの");
pub const SUBSCRIBE_TO: Phrase = Phrase::new(
    "Subscribe to {} filters, 8 to a packet",
    "{} 件のフィルターを購読 (1 パケット 8 件)",
);
pub const OF_FIFTY: Phrase = Phrase::new("{} of 50", "50 件中 {} 件");
pub const PUBLISH: Phrase = Phrase::new(
    "Publish desired state, shadow by shadow",
    "希望値をシャドウごとに発行",
);
pub const ONLY_YOU: Phrase = Phrase::new("only when you do", "操作したときのみ");
pub const NEVER_ALL: Phrase = Phrase::new(
    "Never # or $SYS/# unless you type it",
    "# と $SYS/# は、入力しない限り購読しない",
);
pub const AWS_CLOSES: Phrase = Phrase::new("AWS closes the link on them", "AWS は接続を閉じます");
pub const SECRETS: Phrase = Phrase::new(
    "Secrets live only in this tab, and are gone when it closes.",
    "秘密情報はこのタブにのみ保持され、閉じると消えます。",
);
pub const SECRET_AGAIN: Phrase = Phrase::new(
    "Gnomon never stores a secret. Enter it again to connect.",
    "Gnomon は秘密情報を保存しません。接続するには再入力してください。",
);
pub const SECRET_IN_ADDRESS: Phrase = Phrase::new(
    "User name and password go into their own fields, not into the address.",
    "ユーザー名とパスワードは、アドレスではなく専用の欄に入力してください。",
);
pub const SAVE: Phrase = Phrase::new("Save without secrets", "秘密情報を除いて保存");
pub const SAVED: Phrase = Phrase::new("Saved", "保存しました");
pub const DELETE: Phrase = Phrase::new("Delete", "削除");
pub const CONNECT: Phrase = Phrase::new("Connect", "接続");
pub const CONNECT_AGAIN: Phrase = Phrase::new("Connect again", "再接続");
