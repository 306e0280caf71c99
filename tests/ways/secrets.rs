//! Nothing secret is in the `Debug` of anything that goes in or comes out.

use gnomon::engine::ask::FetchAnswer;
use gnomon::engine::command::{
    Authorizer, AwsPlace, Carrier, Command, ConnectRequest, IdentityPool, Keys, Login, Way,
};
use gnomon::engine::profile::Profile;
use gnomon::engine::{Engine, Input, Output};
use gnomon::time::Now;

/// Every secret begins with this word, in whatever is written below.
const HIDDEN: &str = "hidden";

fn ways() -> Vec<Way> {
    let hidden = || HIDDEN.to_owned();
    let place = || AwsPlace {
        endpoint: "wss://h/mqtt?X-Amz-Signature=hidden".to_owned(),
        region: "eu-west-1".to_owned(),
    };
    let keys = Keys {
        access_key_id: hidden(),
        secret_access_key: hidden(),
        session_token: Some(hidden()),
        expires_at: None,
    };
    let pool = IdentityPool {
        id: "eu-west-1:1".to_owned(),
        login: Some(Login {
            provider: "p".to_owned(),
            token: hidden(),
        }),
        service: "https://h/?hidden".to_owned(),
    };
    let authorizer = |carrier| Authorizer {
        name: String::new(),
        token_key: "k".to_owned(),
        token: hidden(),
        signature: hidden(),
        user_name: hidden(),
        password: hidden(),
        carrier,
    };
    vec![
        Way::Broker {
            url: "wss://hidden:hidden@h/mqtt?hidden".to_owned(),
            user_name: Some(hidden()),
            password: Some(hidden()),
        },
        Way::AwsKeys {
            place: place(),
            keys,
        },
        Way::Cognito {
            place: place(),
            pool,
        },
        Way::Authorizer {
            place: place(),
            authorizer: authorizer(Carrier::Query),
        },
        Way::Authorizer {
            place: place(),
            authorizer: authorizer(Carrier::UserName),
        },
    ]
}

#[test]
fn nothing_that_goes_in_or_comes_out_shows_a_secret() {
    let mut outputs = 0;
    for way in ways() {
        let request = ConnectRequest::new(way);
        let profile = Profile {
            name: "n".to_owned(),
            request: request.clone(),
            asks: false,
        };
        let input = Input::Command(Command::Connect(request));
        let mut shown = format!("{input:?}{profile:?}");
        let mut engine = Engine::new(1, Now::default());
        for input in [input, Input::SocketOpened, Input::SocketClosed(1006)] {
            engine.handle(input, Now::default());
            while let Some(output) = engine.poll_output(true) {
                if let Output::Open { url } = &output {
                    assert!(!url.is_empty());
                }
                shown += &format!("{output:?}");
                outputs += 1;
            }
        }
        assert!(!shown.contains(HIDDEN), "{shown}");
        assert!(!shown.contains("X-Amz-Signature"), "{shown}");
    }
    assert!(outputs > 10, "{outputs}");
    let answer = FetchAnswer {
        status: 200,
        date: None,
        error_type: None,
        body: HIDDEN.into(),
    };
    let answer = Ok(answer);
    let shown = format!("{:?}", Input::Fetched { id: 1, answer });
    assert!(!shown.contains(&format!("{:?}", HIDDEN.as_bytes())));
    assert!(
        !shown.contains(HIDDEN) && !shown.contains("104, 105"),
        "{shown}"
    );
}
