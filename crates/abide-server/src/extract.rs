//! Bodies, paths and queries of requests: bodies are limited in size and time, and errors name the field. Must not know any
//! dialect.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::path::ErrorKind as PathProblem;
use axum::extract::rejection::PathRejection;
use axum::extract::{self, FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::request::Parts;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::objects::Objects;
use crate::{ApiError, ErrorKind, Server, wording};

/// From this size on a body is parsed on a thread that may block.
const BLOCKING_BYTES_MIN: usize = 256 << 10;
/// Characters of a part of the path that an error repeats.
const VALUE_SHOWN: usize = 100;

/// The body of a request, parsed as JSON, whatever type its sender says that it is: curl and others say none. (Pages of
/// strangers can't make use of that, because their origin is refused.)
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> FromRequest<Arc<Server>> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, ApiError> {
        let bytes = collect(request, server).await?;
        if bytes.len() < BLOCKING_BYTES_MIN {
            return parse(&bytes).map(Self);
        }
        let parsed = tokio::task::spawn_blocking(move || parse(&bytes)).await;
        parsed.map_err(|_| ApiError::broken_off("reading the request"))?.map(Self)
    }
}

/// The parts of the path that a route leaves open.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let rejection = match extract::Path::from_request_parts(parts, state).await {
            Ok(extract::Path(path)) => return Ok(Self(path)),
            Err(PathRejection::FailedToDeserializePathParams(rejection)) => rejection,
            Err(other) => {
                tracing::error!(error = %other, "a route's path is not what its handler reads");
                return Err(ApiError::new(ErrorKind::Internal, "the path could not be read"));
            }
        };
        let names = RawPathParams::from_request_parts(parts, state).await;
        let name = |index: usize| {
            let names = names.as_ref().ok().into_iter().flat_map(|names| names.iter());
            names.map(|(name, _)| name.to_owned()).nth(index).unwrap_or_else(|| "path".to_owned())
        };
        Err(match rejection.into_kind() {
            PathProblem::ParseErrorAtKey { key, value, expected_type } => {
                not_of_type(key, &value, expected_type)
            }
            PathProblem::ParseErrorAtIndex { index, value, expected_type } => {
                not_of_type(name(index), &value, expected_type)
            }
            PathProblem::ParseError { value, expected_type } => not_of_type(name(0), &value, expected_type),
            PathProblem::InvalidUtf8InPathParam { key } => ApiError::invalid(key, "is no UTF-8 in the path"),
            other => ApiError::new(ErrorKind::Invalid, format!("the path makes no sense: {other}")),
        })
    }
}

/// A part of the path that is no number, as a rule.
fn not_of_type(name: String, value: &str, expected: &str) -> ApiError {
    let shown: String = value.chars().take(VALUE_SHOWN).collect();
    let expected = if expected.starts_with(['u', 'i']) { "a whole number" } else { expected };
    ApiError::invalid(name, format!("must be {expected} in the path, but is {shown:?}"))
}

/// What stands behind the question mark.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = extract::Query::try_from_uri(&parts.uri).map_err(|rejection| {
            // Its text is `CONTEXT: PATH: PROBLEM`, without a path where the whole is wrong.
            let text = rejection.body_text();
            let text = text.split_once(": ").map_or(text.as_str(), |(_, text)| text);
            match text.split_once(": ").filter(|(path, _)| !path.contains(' ')) {
                Some((path, problem)) => explain_data("the query", path, problem),
                None => explain_data("the query", "", text),
            }
        })?;
        Ok(Self(query.0))
    }
}

/// Of a route that takes no query.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

async fn collect(request: Request, server: &Server) -> Result<Bytes, ApiError> {
    let options = &server.options;
    let (head, body) = request.into_parts();
    let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(encoding) = header(CONTENT_ENCODING)
        && !encoding.eq_ignore_ascii_case("identity")
    {
        let message = format!("bodies encoded by `{encoding}` are not supported: send plain JSON");
        return Err(ApiError::new(ErrorKind::Unsupported, message));
    }
    let limit = options.body_bytes_max;
    let announced = header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let body: Limited<Body> = Limited::new(body, limit);
    match tokio::time::timeout(options.body_timeout, body.collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Ok(Err(_)) => Err(ApiError::new(ErrorKind::Invalid, "the body broke off before its end")),
        Err(_) => {
            let seconds = options.body_timeout.as_secs();
            let message = format!("the body was not here after {seconds} seconds");
            Err(ApiError::new(ErrorKind::RequestTimeout, message))
        }
    }
}

fn too_large(limit: usize) -> ApiError {
    ApiError::new(ErrorKind::TooLarge, format!("the body is larger than the {limit} bytes that are allowed"))
}

/// Parses a body. What is wrong is said with the path of the field.
///
/// # Errors
/// When it is no JSON, or not of the type.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ApiError::new(ErrorKind::Invalid, "the body is empty; a JSON object is expected"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(Objects(&mut deserializer)).map_err(|error| {
        let path = error.path().to_string();
        explain(&path, error.inner())
    })?;
    deserializer.end().map_err(|error| explain(".", &error))?;
    Ok(parsed)
}

/// Reads the whole of `value`, which stands at `path`.
///
/// # Errors
/// When it is not of the type, with the path at which it is not.
pub fn read<T: DeserializeOwned>(value: serde_json::Value, path: &str) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(Objects(value)).map_err(|error| explain_within(path, &error))
}

/// A parser's error within what stands at `path`.
pub fn explain_within(path: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let below = error.path().to_string();
    let full = match (path, below.as_str()) {
        ("", _) => below,
        (_, ".") => path.to_owned(),
        _ if below.starts_with('[') => format!("{path}{below}"),
        _ => format!("{path}.{below}"),
    };
    explain(&full, error.inner())
}

/// A parser's error with the path at which it stood; `.` is the body itself.
pub fn explain(path: &str, error: &serde_json::Error) -> ApiError {
    let text = error.to_string();
    if !error.is_data() {
        return ApiError::new(ErrorKind::Invalid, format!("the body is not valid JSON: {text}"));
    }
    // The place in the text helps less than the path.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
    explain_data("the body", if path == "." { "" } else { path }, text)
}

/// A parser's complaint about the value at `parent` (empty: about all of it) as an error.
fn explain_data(whole: &str, parent: &str, text: &str) -> ApiError {
    if let Some(name) = quoted_after(text, "unknown field ") {
        let advice = text.split_once("`, ").map_or("no field is expected here", |(_, expected)| expected);
        return ApiError::unsupported(child(parent, name), format!("this field is unknown ({advice})"));
    }
    if let Some(name) = quoted_after(text, "missing field ") {
        return ApiError::invalid(child(parent, name), "is missing");
    }
    if let Some(name) = quoted_after(text, "duplicate field ") {
        // The path ends with what could not be read: its name.
        let parent = parent.strip_suffix('?').map_or(parent, |parent| parent.trim_end_matches('.'));
        return ApiError::invalid(child(parent, name), "is there twice");
    }
    let problem = wording::plain(text);
    if parent.is_empty() {
        return ApiError::new(ErrorKind::Invalid, format!("{whole} {problem}"));
    }
    ApiError::invalid(parent, problem)
}

fn quoted_after<'a>(text: &'a str, intro: &str) -> Option<&'a str> {
    text.strip_prefix(intro)?.strip_prefix('`')?.split('`').next()
}

/// The path of `name` inside `parent`, unless the parser has named it there already.
fn child(parent: &str, name: &str) -> String {
    match parent {
        "" => name.to_owned(),
        _ if parent == name || parent.ends_with(&format!(".{name}")) => parent.to_owned(),
        _ => format!("{parent}.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only read by the parser")]
        name: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only read by the parser")]
        items: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only read by the parser")]
        count: u32,
    }

    #[test]
    fn errors_name_the_field() {
        for (body, kind, field, said) in [
            (
                r#"{"name":"a","items":[{"count":1},{"count":"x"}]}"#,
                ErrorKind::Invalid,
                Some("items[1].count"),
                "must be a whole number that is not negative, not the text",
            ),
            (
                r#"{"name":"a","items":[{"count":1,"odd":2}]}"#,
                ErrorKind::Unsupported,
                Some("items[0].odd"),
                "expected `count`",
            ),
            (r#"{"name":"a","odd":{}}"#, ErrorKind::Unsupported, Some("odd"), "unknown"),
            (r#"{"name":"a","items":[{}]}"#, ErrorKind::Invalid, Some("items[0].count"), "is missing"),
            (r#"{"items":[]}"#, ErrorKind::Invalid, Some("name"), "is missing"),
            (r#"{"name":null}"#, ErrorKind::Invalid, Some("name"), "null"),
            (r#"{"name":"a","name":"b"}"#, ErrorKind::Invalid, Some("name"), "`name` is there twice"),
            (
                r#"{"name":"a","items":[{"count":1},{"count":1,"count":2}]}"#,
                ErrorKind::Invalid,
                Some("items[1].count"),
                "is there twice",
            ),
            ("[]", ErrorKind::Invalid, None, "the body must be an object, not a list"),
            (r#"["a",[]]"#, ErrorKind::Invalid, None, "the body must be an object, not a list"),
            (
                r#"{"name":"a","items":[[1]]}"#,
                ErrorKind::Invalid,
                Some("items[0]"),
                "must be an object, not a list",
            ),
            ("{", ErrorKind::Invalid, None, "not valid JSON"),
            ("", ErrorKind::Invalid, None, "empty"),
            (r#"{"name":"a"} more"#, ErrorKind::Invalid, None, "trailing"),
        ] {
            let error = parse::<Outer>(body.as_bytes()).unwrap_err();
            assert_eq!((error.kind, error.field.as_deref()), (kind, field), "{body}: {error:?}");
            assert!(error.message.contains(said), "{body}: {error}");
        }
        assert!(parse::<Outer>(br#" {"name":"a","items":[{"count":1}]} "#).is_ok());
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Asked {
        limit: Option<usize>,
        all: bool,
    }

    #[tokio::test]
    async fn queries_name_the_field() {
        let read = async |uri: &str| {
            let (mut parts, ()) = axum::http::Request::get(uri).body(()).unwrap().into_parts();
            Query::<Asked>::from_request_parts(&mut parts, &()).await
        };
        for fine in ["/", "/?", "/?limit=5&all=true"] {
            assert!(read(fine).await.is_ok(), "{fine}");
        }
        for (uri, kind, field) in [
            ("/?limit=zz", ErrorKind::Invalid, "limit"),
            ("/?limit=-1", ErrorKind::Invalid, "limit"),
            ("/?all=maybe", ErrorKind::Invalid, "all"),
            ("/?foo=1", ErrorKind::Unsupported, "foo"),
        ] {
            let error = read(uri).await.unwrap_err();
            assert_eq!((error.kind, error.field.as_deref()), (kind, Some(field)), "{uri}: {error}");
        }
    }

    #[test]
    fn what_is_kept_as_it_is_has_no_field_twice() {
        for (body, field) in [
            (r#"{"a":1,"a":2}"#, "a"),
            (
                r#"{"messages":[{"role":"user"},{"role":"user","content":"x","role":"system"}]}"#,
                "messages[1].role",
            ),
            (
                r#"{"schema":{"properties":{"x":{"type":"string","type":"boolean"}}}}"#,
                "schema.properties.x.type",
            ),
            (r#"{"logit_bias":{"5":1,"5":2}}"#, "logit_bias.5"),
        ] {
            let error = parse::<serde_json::Map<String, serde_json::Value>>(body.as_bytes()).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field), "{body}: {error}");
            assert!(error.message.contains("is there twice"), "{body}: {error}");
        }
    }

    #[test]
    fn deep_nests_are_refused() {
        let deep = "[".repeat(100_000);
        assert_eq!(parse::<serde_json::Value>(deep.as_bytes()).unwrap_err().kind, ErrorKind::Invalid);
    }
}
