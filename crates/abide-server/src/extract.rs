//! Bodies of requests: limited in size and time, and errors that name the field. Must not know any dialect.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::{ApiError, ErrorKind, Server};

/// From this size on a body is parsed on a thread that may block.
const BLOCKING_BYTES_MIN: usize = 256 << 10;

/// The body of a request, parsed as JSON, whatever type its sender says that it is: curl and others say none. (Pages of
/// strangers can't make use of that, because their origin is refused.)
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> FromRequest<Arc<Server>> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, ApiError> {
        let bytes = read(request, server).await?;
        if bytes.len() < BLOCKING_BYTES_MIN {
            return parse(&bytes).map(Self);
        }
        let parsed = tokio::task::spawn_blocking(move || parse(&bytes)).await;
        parsed.map_err(|_| ApiError::new(ErrorKind::Internal, "the request could not be read"))?.map(Self)
    }
}

async fn read(request: Request, server: &Server) -> Result<Bytes, ApiError> {
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
    let parsed = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        explain(&path, error.inner())
    })?;
    deserializer.end().map_err(|error| explain(".", &error))?;
    Ok(parsed)
}

/// A parser's error with the path at which it stood; `.` is the body itself.
pub fn explain(path: &str, error: &serde_json::Error) -> ApiError {
    let text = error.to_string();
    if !error.is_data() {
        return ApiError::new(ErrorKind::Invalid, format!("the body is not valid JSON: {text}"));
    }
    // The place in the text helps less than the path.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
    let parent = if path == "." { "" } else { path };
    if let Some(name) = quoted_after(text, "unknown field ") {
        let advice = text.split_once("`, ").map_or("no field is expected here", |(_, expected)| expected);
        return ApiError::unsupported(child(parent, name), format!("this field is unknown ({advice})"));
    }
    if let Some(name) = quoted_after(text, "missing field ") {
        return ApiError::invalid(child(parent, name), "is missing");
    }
    if parent.is_empty() {
        return ApiError::new(ErrorKind::Invalid, format!("the body makes no sense: {text}"));
    }
    ApiError::invalid(parent, format!("makes no sense: {text}"))
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
    use serde::Deserialize;

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
                "string",
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
            ("[]", ErrorKind::Invalid, None, "makes no sense"),
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

    #[test]
    fn deep_nests_are_refused() {
        let deep = "[".repeat(100_000);
        assert_eq!(parse::<serde_json::Value>(deep.as_bytes()).unwrap_err().kind, ErrorKind::Invalid);
    }
}
