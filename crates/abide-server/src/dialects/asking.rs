//! What the tests of dialects share: asking a whole server, replies without clocks, bodies gone wrong. Must not know any
//! dialect.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use serde_json::{Map, Value};
use tower::ServiceExt as _;

use crate::Server;

/// A reply as a client sees it.
pub(super) struct Seen {
    pub(super) status: StatusCode,
    pub(super) kind: String,
    pub(super) body: String,
}

impl Seen {
    /// The body, which is one value.
    #[track_caller]
    pub(super) fn value(&self) -> Value {
        steady(serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body)))
    }

    /// The body, which is a value on each line.
    #[track_caller]
    pub(super) fn lines(&self) -> Vec<Value> {
        self.body.lines().map(|line| steady(serde_json::from_str(line).unwrap())).collect()
    }
}

/// Sends a request and gives the response as it comes.
pub(super) async fn send(server: &Arc<Server>, method: &str, path: &str, body: impl Into<Body>) -> Response {
    let request = Request::builder().method(method).uri(path).header("host", "localhost:11434");
    crate::app(server).oneshot(request.body(body.into()).unwrap()).await.unwrap()
}

/// Sends a request and waits for the whole reply.
pub(super) async fn ask(server: &Arc<Server>, method: &str, path: &str, body: &Value) -> Seen {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let response = send(server, method, path, body).await;
    let status = response.status();
    let kind = response.headers().get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    Seen { status, kind: kind.unwrap_or_default(), body: String::from_utf8(bytes.to_vec()).unwrap() }
}

/// The value without what differs from run to run.
fn steady(mut value: Value) -> Value {
    const CLOCKS: [&str; 4] = ["created_at", "expires_at", "total_duration", "load_duration"];
    match &mut value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                *field = match field.take() {
                    Value::String(_) | Value::Number(_) if CLOCKS.contains(&name.as_str()) => {
                        "(clock)".into()
                    }
                    Value::String(id) if name == "id" && id.starts_with("msg_") => "(random)".into(),
                    other => steady(other),
                };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = steady(item.take())),
        _ => {}
    }
    value
}

/// Any JSON; its fields have some of the names that `body` has.
fn any_json(body: &Value) -> impl Strategy<Value = Value> + use<> {
    let mut names = vec!["odd".to_owned()];
    collect_names(body, &mut names);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        proptest::sample::select(names.clone()).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        let name = proptest::sample::select(names.clone());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn collect_names(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                names.push(name.clone());
                collect_names(field, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        Value::String(text) => names.push(text.clone()),
        _ => {}
    }
}

/// `body` with one of its values, or all of it, replaced by any JSON.
pub(super) fn gone_wrong(body: Value) -> impl Strategy<Value = Vec<u8>> {
    (any::<prop::sample::Index>(), any_json(&body)).prop_map(move |(place, wrong)| {
        let mut changed = body.clone();
        let mut left = place.index(count(&body));
        replace(&mut changed, &mut left, &mut Some(wrong));
        serde_json::to_vec(&changed).unwrap()
    })
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Object(fields) => fields.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

fn replace(value: &mut Value, left: &mut usize, wrong: &mut Option<Value>) {
    if *left == 0 {
        if let Some(wrong) = wrong.take() {
            *value = wrong;
        }
        return;
    }
    *left -= 1;
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, left, wrong)),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, left, wrong)),
        _ => {}
    }
}
