//! Where only who signs is let in: what a page of the dashboard asks, and what it may read of the answer.

use std::sync::Arc;
use std::time::SystemTime;

use gnomon::auth::attempt;
use gnomon::auth::endpoint::Endpoint;
use gnomon::auth::way::{AwsPlace, Keys};
use gnomon::time::UnixMillis;
use gnomon_backend::net::Core;
use gnomon_backend::signatures;

use crate::common::{Server, config};
use crate::http::client::call_with;

const ORIGIN: &str = "Origin: https://gnomon.example\r\n";

#[tokio::test]
async fn a_page_learns_the_time_and_why_its_keys_are_refused() {
    let mut config = config();
    let known = signatures::Keys::parse("AKIDEXAMPLE right").unwrap();
    config.keys = Some(Arc::new(known));
    let server = Server::run(Core::in_memory(&config).unwrap(), config, None).await;
    let endpoint = Endpoint::read(&AwsPlace {
        endpoint: format!("ws://{}/mqtt", server.http),
        region: "eu-west-1".to_owned(),
    })
    .unwrap();
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let now = UnixMillis(since_1970.as_millis() as i64);
    let hour = 3_600_000;
    for (secret, token, time, changed, status) in [
        ("right", None, now, "", 404),
        ("right", Some("token/+="), now, "", 404),
        ("right", Some("token/+="), now, "token/+=", 403),
        ("wrong", None, now, "", 403),
        ("right", None, UnixMillis(now.0 - hour), "", 403),
    ] {
        let keys = Keys {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: secret.to_owned(),
            session_token: token.map(str::to_owned),
            expires_at: None,
        };
        let question = attempt::signed_question(&endpoint, &keys, time).unwrap();
        let place = format!("http://{}", server.http);
        let path = question.url.strip_prefix(&place).unwrap();
        let mut headers = ORIGIN.to_owned();
        for (name, value) in &question.headers {
            headers += &format!("{name}: {value}\r\n");
        }
        if !changed.is_empty() {
            headers = headers.replace(changed, "other");
        }
        let answer = call_with(&server, "GET", path, &headers, b"").await;
        assert_eq!(answer.status, status, "{}", answer.body);
        let origin = answer.header("access-control-allow-origin");
        assert_eq!(origin, "https://gnomon.example");
        let exposed = answer.header("access-control-expose-headers");
        assert_eq!(exposed, "x-amzn-requestid,x-amzn-errortype,date");
        assert!(answer.header("date").ends_with(" GMT"));
        let error = match status {
            403 => "ForbiddenException",
            _ => "ResourceNotFoundException",
        };
        assert_eq!(answer.header("x-amzn-errortype"), error);
    }
    server.stop().await;
}
