//! The other side: a data endpoint that lets in whom the backend's own verifier lets in.

use gnomon::engine::ask::{Fetch, FetchAnswer};
use gnomon::time::{UnixMillis, date_of_day};
use gnomon_backend::api::Plane;
use gnomon_backend::signatures::{Keys, SignatureError, Signed};

use super::near::{Near, SECRET};

#[derive(Default)]
pub(crate) struct Far {
    /// Sockets that it did not open, and questions that it was asked.
    pub(crate) refused: u32,
    pub(crate) asked: u32,
    /// By how much its `Date` is ahead of the clock that it verifies by, in milliseconds.
    pub(crate) date_is_ahead: i64,
}

impl Far {
    /// Opens the socket whose URL is signed as it should be, or refuses it as a browser shows that.
    pub(crate) fn answer_socket(&mut self, near: &mut Near) {
        match verify(near.opened(), near.server_time()) {
            Ok(()) => near.accept(),
            Err(_) => {
                self.refused += 1;
                near.close();
            }
        }
    }

    /// Answers the question as AWS's data endpoint does: whoever is let in asks for a shadow that is not there.
    pub(crate) fn answer_question(&mut self, near: &mut Near) {
        self.asked += 1;
        let time = near.server_time();
        let answer = match verify_call(near.only_question(), time) {
            Ok(()) => Self::error(404, "ResourceNotFoundException", "no shadow"),
            Err(error) => Self::error(403, "ForbiddenException", &error.to_string()),
        };
        near.answer(Ok(FetchAnswer {
            date: Some(date(UnixMillis(time.0 + self.date_is_ahead))),
            ..answer
        }));
    }

    pub(crate) fn error(status: u16, name: &str, message: &str) -> FetchAnswer {
        FetchAnswer {
            status,
            date: None,
            error_type: (!name.is_empty()).then(|| name.to_owned()),
            body: format!(r#"{{"message":"{message}"}}"#).into_bytes(),
        }
    }
}

/// As HTTP writes it.
pub(crate) fn date(time: UnixMillis) -> String {
    let seconds = time.seconds();
    let days = seconds.div_euclid(86_400);
    let clock = seconds.rem_euclid(86_400);
    let (year, month, day) = date_of_day(days);
    let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = (month as usize - 1) * 3;
    let names = "ThuFriSatSunMonTueWed";
    let name = days.rem_euclid(7) as usize * 3;
    format!(
        "{}, {day:02} {} {year} {:02}:{:02}:{:02} GMT",
        &names[name..name + 3],
        &months[month..month + 3],
        clock / 3600,
        clock / 60 % 60,
        clock % 60
    )
}

fn keys() -> Keys {
    Keys::parse(&format!(
        "AKIDEXAMPLE {SECRET}\nASIAFIRST first\nASIASECOND second\n"
    ))
    .unwrap()
}

pub(crate) fn verify(url: &str, now: UnixMillis) -> Result<(), SignatureError> {
    call("GET", url, &[], &[], now)
}

fn verify_call(fetch: &Fetch, now: UnixMillis) -> Result<(), SignatureError> {
    let headers: Vec<_> = fetch
        .headers
        .iter()
        .map(|(name, it)| (*name, &**it))
        .collect();
    call(fetch.method, &fetch.url, &headers, &fetch.body, now)
}

fn call(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    now: UnixMillis,
) -> Result<(), SignatureError> {
    let (_, rest) = url.split_once("://").unwrap();
    let (host, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = [headers, &[("host", host)]].concat();
    let signed = Signed {
        method,
        path,
        query,
        headers: &headers,
        body,
    };
    keys().verify(signed, Plane::Data, now).map(|_| ())
}
