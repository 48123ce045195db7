//! What the tests of this dialect share: requests over its routes, streams as text, bodies gone wrong.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header::CONTENT_TYPE};
use axum::middleware::from_fn;
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response, Sse};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tower::Service as _;

use super::reply::Stamp;
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

/// Sends a request over the dialect's routes.
async fn send(server: &Arc<Server>, request: Request<Body>) -> Response {
    let (router, _) = super::routes().split_for_parts();
    let mut router = router.layer(from_fn(crate::shape::shape)).with_state(Arc::clone(server));
    router.call(request).await.unwrap()
}

/// Gets `path`.
pub async fn get(server: &Arc<Server>, path: &str) -> (StatusCode, Value) {
    let response = send(server, Request::get(path).body(Body::empty()).unwrap()).await;
    (response.status(), serde_json::from_str(&text_of(response).await).unwrap())
}

/// Posts `body` to `path`; gives the reply, with what changes from run to run replaced.
pub async fn post(server: &Arc<Server>, path: &str, body: &Value) -> (StatusCode, Value) {
    let (status, text) = post_for_text(server, path, body).await;
    (status, serde_json::from_str(&text).unwrap())
}

/// As [`post`], as text: for streams.
pub async fn post_for_text(server: &Arc<Server>, path: &str, body: &Value) -> (StatusCode, String) {
    let request = Request::post(path).header(CONTENT_TYPE, "application/json");
    let response = send(server, request.body(Body::from(body.to_string())).unwrap()).await;
    (response.status(), steady(&text_of(response).await))
}

async fn text_of(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
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
    text_of(Sse::new(stream).into_response()).await
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

fn any_json() -> impl Strategy<Value = Value> {
    const WORDS: &[&str] =
        &["", "type", "text", "function", "auto", "json_schema", "user", "tool", "{}", "\u{fffd}😀"];
    const KEYS: &[&str] =
        &["type", "role", "content", "text", "name", "function", "arguments", "id", "call_id", "schema"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!(1e308)),
        proptest::sample::select(WORDS).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((proptest::sample::select(KEYS), inner), 0..4).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

/// `valid` with some of its values, at any depth, replaced by others, and fields added.
pub fn bodies_gone_wrong(valid: Value) -> impl Strategy<Value = Map<String, Value>> {
    let mut pointers = Vec::new();
    collect_pointers(&valid, String::new(), &mut pointers);
    let changes = proptest::collection::vec((proptest::sample::select(pointers), any_json()), 1..4);
    let added = proptest::option::of(("[a-z_]{1,8}", any_json()));
    (changes, added).prop_map(move |(changes, added)| {
        let mut body = valid.clone();
        for (pointer, value) in changes {
            if let Some(place) = body.pointer_mut(&pointer) {
                *place = value;
            }
        }
        let mut body = object(body);
        body.extend(added);
        body
    })
}

fn collect_pointers(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                collect_pointers(inner, format!("{at}/{key}"), pointers);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                collect_pointers(inner, format!("{at}/{index}"), pointers);
            }
        }
        _ => {}
    }
    if !at.is_empty() {
        pointers.push(at);
    }
}
