//! What the tests of this dialect share beyond other dialects: replies without clocks, streams as text, refusals.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::sse::Event;
use axum::response::{IntoResponse, Sse};
use http_body_util::BodyExt as _;
use serde_json::{Map, Value};

use super::super::asking::ask;
use super::reply::Stamp;
use crate::extract::parse;
use crate::{ApiError, ErrorKind, Server};

/// The stamp of replies in snapshots.
pub fn stamp() -> Stamp {
    Stamp {
        id: "0123456789abcdef".to_owned(),
        created: 1_700_000_000,
        model: "scripted".to_owned(),
        fingerprint: "fp_0123456789ab".to_owned(),
    }
}

/// The body of `value`, an object.
pub fn object(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("a test gives an object") };
    map
}

/// Gets `path`.
pub async fn get(server: &Arc<Server>, path: &str) -> (StatusCode, Value) {
    let seen = ask(server, "GET", path, &Value::Null).await;
    (seen.status, serde_json::from_str(&seen.body).unwrap())
}

/// Posts `body` to `path`; gives the reply, with what changes from run to run replaced.
pub async fn post(server: &Arc<Server>, path: &str, body: &Value) -> (StatusCode, Value) {
    let (status, text) = post_for_text(server, path, body).await;
    (status, serde_json::from_str(&text).unwrap())
}

/// As [`post`], as text: for streams.
pub async fn post_for_text(server: &Arc<Server>, path: &str, body: &Value) -> (StatusCode, String) {
    let seen = ask(server, "POST", path, body).await;
    (seen.status, steady(&seen.body))
}

/// `text` with the id and the time of its reply replaced.
fn steady(text: &str) -> String {
    let mut steady = text.to_owned();
    for prefix in [r#""id":"chatcmpl-"#, r#""id":"cmpl-"#, r#""id":"resp_"#] {
        if let Some(start) = text.find(prefix) {
            let id = &text[start + prefix.len()..][..32];
            steady = steady.replace(id, "ID");
        }
    }
    for name in [r#""created":"#, r#""created_at":"#] {
        if let Some(start) = text.find(name) {
            let digits: String =
                text[start + name.len()..].chars().take_while(char::is_ascii_digit).collect();
            steady = steady.replace(&format!("{name}{digits}"), &format!("{name}0"));
        }
    }
    steady
}

/// What goes over the wire for `events`.
pub async fn wire(events: Vec<Event>) -> String {
    let stream = async_stream::stream! {
        for event in events {
            yield Ok::<_, std::convert::Infallible>(event);
        }
    };
    let bytes = Sse::new(stream).into_response().into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The data of a stream's events that are JSON.
pub fn data_of(text: &str) -> Vec<Value> {
    text.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok()).collect()
}

/// Refused as a request that makes no sense or asks for what there is not, naming the field.
#[track_caller]
pub fn assert_refused<T>(result: Result<T, ApiError>, field: &str) {
    let Err(error) = result else { panic!("`{field}` was not refused") };
    assert_eq!(error.field.as_deref(), Some(field), "{error}");
    assert!(matches!(error.kind, ErrorKind::Invalid | ErrorKind::Unsupported), "{error:?}");
    assert!(error.message.contains(field), "{error}");
}

/// Whatever stands in a body, it is read or refused as one that makes no sense.
pub fn assert_read_or_refused<T>(bytes: &[u8], read: impl FnOnce(Map<String, Value>) -> Result<T, ApiError>) {
    if let Err(error) = parse(bytes).and_then(read) {
        assert!(matches!(error.kind, ErrorKind::Invalid | ErrorKind::Unsupported), "{error:?}");
    }
}
