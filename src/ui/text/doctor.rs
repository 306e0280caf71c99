//! What the connection doctor says: steps, causes, and what to do. What a link that is down says too stands in
//! `faults`.

use super::Phrase;

pub const DOCTOR: Phrase = Phrase::new("Connection doctor", "接続診断");
pub const FINDING: Phrase = Phrase::new("Finding", "診断結果");
pub const NOTHING_TRIED: Phrase = Phrase::new(
    "The steps stand here as soon as a connection is tried.",
    "接続を試すと、ここに手順が表示されます。",
);
pub const EXAMINING: Phrase = Phrase::new(
    "Gnomon is asking the address a few questions.",
    "アドレスを確認しています。",
);
pub const LIKELY: Phrase = Phrase::new("Likely, in this order", "考えられる原因 (可能性の高い順)");
pub const TRY_FILTER: Phrase = Phrase::new("Try this filter again", "もう一度試す");
pub const TRY_FILTERS: Phrase = Phrase::new("Try these filters again", "もう一度試す");
pub const LEAVE_OUT: Phrase = Phrase::new("Leave it out", "使わない");
pub const LEAVE_ALL_OUT: Phrase = Phrase::new("Leave them out", "使わない");
pub const EXAMINE: Phrase = Phrase::new("Examine again", "もう一度調べる");
pub const STATEMENT: Phrase = Phrase::new(
    "Statement to add to the policy",
    "ポリシーに追加するステートメント",
);
pub const POLICY: Phrase = Phrase::new("Policy for this connection", "この接続に必要なポリシー");
pub const COPY_POLICY: Phrase = Phrase::new("Copy policy", "ポリシーをコピー");
pub const SHOW_POLICY: Phrase = Phrase::new("Show whole policy", "ポリシー全体を表示");
pub const SHOW_LESS: Phrase = Phrase::new("Show less", "表示を減らす");
pub const ACCOUNT: Phrase = Phrase::new(
    "* stands for your account number: narrow it down.",
    "* はアカウント番号です。実際の番号に置き換えられます。",
);

// The marks of the steps, for those who hear them.
pub const DONE: Phrase = Phrase::new("done", "完了");
pub const FAILED: Phrase = Phrase::new("failed", "失敗");
pub const RUNNING: Phrase = Phrase::new("under way", "実行中");
pub const NOT_YET: Phrase = Phrase::new("not yet", "未実行");

// The steps.
pub const ADDRESS: Phrase = Phrase::new(
    "Address is allowed from this page",
    "このページから接続できるアドレス",
);
pub const NO_ADDRESS: Phrase = Phrase::new(
    "Address cannot be opened from this page",
    "このページから開けないアドレス",
);
pub const CLOCK: Phrase = Phrase::new("Clock", "時計");
pub const AHEAD: Phrase = Phrase::new("{} ahead, tolerance 5 min", "{}進み・許容 5 分");
pub const BEHIND: Phrase = Phrase::new("{} behind, tolerance 5 min", "{}遅れ・許容 5 分");
pub const KEYS: Phrase = Phrase::new("Keys are there", "キー取得済み");
pub const NO_KEYS: Phrase = Phrase::new("No keys", "キーなし");
pub const GETTING_KEYS: Phrase = Phrase::new("Getting keys", "キーを取得中");
pub const UNTIL: Phrase = Phrase::new("until {}", "{} まで");
pub const SOCKET: Phrase = Phrase::new("WebSocket opened", "WebSocket 接続");
pub const NO_SOCKET: Phrase = Phrase::new("WebSocket did not open", "WebSocket 接続に失敗");
pub const ACCEPTED: Phrase = Phrase::new("CONNECT accepted", "CONNECT 受理");
pub const NOT_ACCEPTED: Phrase = Phrase::new("CONNECT not accepted", "CONNECT 失敗");
pub const SUBSCRIBED: Phrase = Phrase::new("{} of {} filters subscribed", "{} 件を購読 (全 {} 件)");
pub const ONE_REFUSED: Phrase = Phrase::new("1 filter refused", "1 件のフィルターが拒否");
pub const REFUSED: Phrase = Phrase::new("{} filters refused", "{} 件のフィルターが拒否");
pub const ONE_CLOSES: Phrase =
    Phrase::new("1 filter closes the connection", "1 件のフィルターで切断");
pub const CLOSES: Phrase =
    Phrase::new("{} filters close the connection", "{} 件のフィルターで切断");
pub const CODE: Phrase = Phrase::new("code {}", "コード {}");
pub const AFTER_SUBSCRIBE: Phrase = Phrase::new("{} after SUBSCRIBE", "SUBSCRIBE の {} 後");
pub const ANSWERS: Phrase = Phrase::new("The link answers in time", "応答あり");
pub const LOST: Phrase = Phrase::new("The link was lost", "接続が失われました");
pub const KEEP_ALIVE: Phrase = Phrase::new("Keep-alive", "キープアライブ");

// Why a WebSocket does not open.
pub const NAME: Phrase = Phrase::new("The host name is not known", "ホスト名が見つかりません");
pub const NAME_WHY: Phrase = Phrase::new(
    "The name in the address leads nowhere: it is misspelt, or this network does not know it.",
    "つづりの誤りか、このネットワークでは解決できない名前です。",
);
pub const NAME_DO: Phrase = Phrase::new(
    "Check the spelling, and whether a VPN is needed.",
    "つづりと、VPN が必要かを確認してください。",
);
pub const NOBODY: Phrase = Phrase::new(
    "Nobody listens on this port",
    "このポートで待ち受けているものがありません",
);
pub const NOBODY_WHY: Phrase = Phrase::new(
    "The computer answered that nothing listens there: the broker does not run, or listens on another port.",
    "そのポートでは待ち受けていないと応答がありました。ブローカーが停止しているか、別のポートを使っています。",
);
pub const NOBODY_DO: Phrase = Phrase::new(
    "Start the broker, or correct the port. MQTT over WebSocket has a port of its own, rarely 1883 or 8883.",
    "ブローカーを起動するか、ポートを修正してください。MQTT over WebSocket のポートは、通常 1883 や 8883 とは別です。",
);
pub const NO_ANSWER: Phrase = Phrase::new(
    "Nothing comes back from this address",
    "このアドレスから何も返ってきません",
);
pub const NO_ANSWER_WHY: Phrase = Phrase::new(
    "Neither yes nor no came back: a firewall drops what is sent, or the computer is off.",
    "応答がまったくありません。ファイアウォールが遮断しているか、相手のコンピューターが停止しています。",
);
pub const NO_ANSWER_DO: Phrase = Phrase::new(
    "Check that the computer runs, and that firewall and security group let this port through.",
    "相手が動作し、ファイアウォールやセキュリティグループがこのポートを許可しているか確認してください。",
);
pub const TLS: Phrase = Phrase::new(
    "No secure connection could be made",
    "安全な接続を確立できません",
);
pub const TLS_WHY: Phrase = Phrase::new(
    "The certificate is not trusted, has ended or is made out to another name, or this port speaks no TLS. The browser does not tell a page which.",
    "証明書が信頼されていない、期限切れ、別の名前のもの、またはこのポートが TLS に対応していないかのいずれかです。ブラウザーはページに理由を示しません。",
);
pub const TLS_DO: Phrase = Phrase::new(
    "Open the address in a new tab: a certificate warning there names the reason. Where there is no TLS, use ws://.",
    "新しいタブで開き、証明書の警告が出れば理由が分かります。TLS がない場合は ws:// を使ってください。",
);
pub const NO_WEBSOCKET: Phrase = Phrase::new(
    "A server answers, but opens no WebSocket",
    "サーバーは応答しますが、WebSocket を開きません",
);
pub const NO_WEBSOCKET_WHY: Phrase = Phrase::new(
    "Name, port and TLS are right. The path may be wrong, or the server refuses pages from this origin, or the sign-in in the address.",
    "ホスト名、ポート、TLS は正しいです。パスの誤り、このページのオリジンの拒否、アドレスに含まれるサインインの拒否のいずれかです。",
);
pub const NO_WEBSOCKET_DO: Phrase = Phrase::new(
    "Check the path, often /mqtt, and allow this page's origin on the broker.",
    "パス (多くは /mqtt) を確認し、ブローカーでこのページのオリジンを許可してください。",
);
pub const SUBPROTOCOL: Phrase = Phrase::new(
    "The server does not take the subprotocol mqtt",
    "サーバーがサブプロトコル mqtt を受け付けません",
);
pub const SUBPROTOCOL_WHY: Phrase = Phrase::new(
    "The WebSocket opens without the subprotocol mqtt, which MQTT asks for, and not with it.",
    "WebSocket は、MQTT に必要なサブプロトコル mqtt を付けると開かず、付けなければ開きます。",
);
pub const SUBPROTOCOL_DO: Phrase = Phrase::new(
    "Turn on MQTT for this WebSocket listener. A proxy between must hand the header Sec-WebSocket-Protocol on.",
    "このリスナーで MQTT を有効にしてください。途中のプロキシは Sec-WebSocket-Protocol ヘッダーを転送する必要があります。",
);

// The sign-in.
pub const INCOMPLETE: Phrase =
    Phrase::new("These details cannot be used", "この内容では接続できません");
pub const INCOMPLETE_WHY: Phrase = Phrase::new(
    "A field is missing or cannot be what it should be.",
    "必要な項目が空か、正しい形ではありません。",
);
pub const INCOMPLETE_DO: Phrase = Phrase::new("Correct it.", "内容を修正してください。");
pub const EXPIRED: Phrase = Phrase::new("The keys have ended", "キーの有効期限が切れています");
pub const EXPIRED_WHY: Phrase = Phrase::new(
    "AWS takes keys and signatures only for a time, and theirs is over.",
    "AWS のキーと署名には有効期限があり、過ぎています。",
);
pub const EXPIRED_DO: Phrase = Phrase::new("Enter new keys.", "新しいキーを入力してください。");
pub const WRONG_CLOCK: Phrase = Phrase::new(
    "This device's clock is wrong",
    "このデバイスの時計がずれています",
);
pub const WRONG_CLOCK_WHY: Phrase = Phrase::new(
    "A signature holds the time, and AWS forgives five minutes. This device differs by more.",
    "署名には時刻が含まれ、AWS が許容するずれは 5 分です。このデバイスのずれはそれを超えています。",
);
pub const WRONG_CLOCK_DO: Phrase = Phrase::new(
    "Set this device's clock.",
    "このデバイスの時計を合わせてください。",
);
pub const KEYS_REFUSED: Phrase = Phrase::new("AWS refused the keys", "AWS がキーを拒否しました");
pub const KEYS_REFUSED_WHY: Phrase = Phrase::new(
    "The address is right. AWS does not know these keys, or they may not do this.",
    "アドレスは正しいです。AWS がこのキーを認識しないか、操作が許可されていません。",
);
pub const KEYS_REFUSED_DO: Phrase = Phrase::new(
    "Check both keys and, for temporary ones, the session token; then what their policy allows.",
    "アクセスキーとシークレット、一時キーの場合はセッショントークンを確認し、次にポリシーを確認してください。",
);
pub const COGNITO: Phrase = Phrase::new("Cognito gave no keys", "Cognito からキーを取得できません");
pub const COGNITO_WHY: Phrase = Phrase::new(
    "Cognito answered, and gives no keys for this identity.",
    "Cognito は応答しましたが、この ID にはキーが発行されません。",
);
pub const COGNITO_DO: Phrase = Phrase::new(
    "Check the pool's identifier and region, whether guests are allowed, and whether the sign-in token is still valid.",
    "プール ID とリージョン、ゲストの許可、サインイントークンの有効期限を確認してください。",
);
pub const NO_COGNITO: Phrase =
    Phrase::new("Cognito could not be reached", "Cognito に接続できません");
pub const NO_COGNITO_WHY: Phrase = Phrase::new(
    "No answer came from the service that gives the keys.",
    "キーを発行するサービスから応答がありません。",
);
pub const NO_COGNITO_DO: Phrase = Phrase::new(
    "Check the network and the pool's region. Gnomon tries again by itself.",
    "ネットワークとプールのリージョンを確認してください。Gnomon は自動で再接続します。",
);

// The identifier.
pub const TAKEN_OVER: Phrase = Phrase::new(
    "Another client uses the same client identifier",
    "同じクライアント ID を別のクライアントが使っています",
);
pub const LEFT_TO_IT: Phrase = Phrase::new(
    "A broker keeps one link for each client identifier. Gnomon left it to the other client and connected under another one.",
    "ブローカーはクライアント ID ごとに 1 つの接続だけを保ちます。Gnomon はその ID を相手に譲り、別の ID で接続しました。",
);
pub const TAKEN_OVER_WHY: Phrase = Phrase::new(
    "A broker keeps one link for each client identifier: whoever connects last ends the link of the other. So Gnomon stopped.",
    "ブローカーはクライアント ID ごとに 1 つの接続だけを保ちます。後から接続した側が相手を切断し合うため、Gnomon は停止しました。",
);
pub const TAKEN_OVER_DO: Phrase = Phrase::new(
    "Give each client its own identifier, or leave the field empty: Gnomon makes one up.",
    "クライアントごとに別の ID にするか、空欄にしてください。空欄なら Gnomon が作ります。",
);

// What the broker does not allow. The topics follow the headline.
pub const FILTER_CLOSES: Phrase = Phrase::new(
    "The broker closed the link when Gnomon asked for",
    "次の購読でブローカーが接続を閉じました",
);
pub const AWS_FILTER_CLOSES: Phrase = Phrase::new(
    "AWS closed the link when Gnomon asked for",
    "次の購読で AWS が接続を閉じました",
);
pub const FILTER_CLOSES_WHY: Phrase = Phrase::new(
    "The policy does not allow it. Gnomon found it by subscribing one filter at a time and set it aside: everything else keeps running.",
    "ポリシーで許可されていません。Gnomon は 1 件ずつ購読して原因のフィルターを見つけ、除外しました。ほかの受信は続いています。",
);
pub const FILTER_CLOSES_DO: Phrase = Phrase::new(
    "Add the statement below to the policy, then try again. Or leave it out.",
    "下のステートメントをポリシーに追加し、もう一度試してください。使わないこともできます。",
);
pub const FILTER_REFUSED: Phrase = Phrase::new(
    "The broker refused to subscribe to",
    "ブローカーが次の購読を拒否しました",
);
pub const FILTER_REFUSED_WHY: Phrase = Phrase::new(
    "The broker answered no to it. Everything else keeps running.",
    "ブローカーが購読を認めませんでした。ほかの受信は続いています。",
);
pub const FILTER_REFUSED_DO: Phrase = Phrase::new(
    "Allow it on the broker, then try again. Or leave it out.",
    "ブローカーで許可し、もう一度試してください。使わないこともできます。",
);
pub const PUBLISH_CLOSES: Phrase = Phrase::new(
    "The broker closed the link when Gnomon published to",
    "次への発行でブローカーが接続を閉じました",
);
pub const AWS_PUBLISH_CLOSES: Phrase = Phrase::new(
    "AWS closed the link when Gnomon published to",
    "次への発行で AWS が接続を閉じました",
);
pub const PUBLISH_CLOSES_WHY: Phrase = Phrase::new(
    "The policy does not allow it. Gnomon publishes nothing there by itself any more; everything else keeps running.",
    "ポリシーで許可されていません。Gnomon はここへの自動発行をやめました。ほかの機能は続いています。",
);
pub const PUBLISH_CLOSES_DO: Phrase = Phrase::new(
    "Add the statement below to the policy, then connect again.",
    "下のステートメントをポリシーに追加し、接続し直してください。",
);

// A few words for the link pill.
pub const SIGN_IN_SHORT: Phrase = Phrase::new("no sign-in", "サインインできません");
pub const EXPIRED_SHORT: Phrase = Phrase::new("the keys have ended", "キーの期限切れ");
pub const CLOCK_SHORT: Phrase = Phrase::new("wrong clock", "時計のずれ");
pub const TAKEN_OVER_SHORT: Phrase = Phrase::new("identifier in use", "ID が使用中");
