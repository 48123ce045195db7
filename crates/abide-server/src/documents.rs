//! The description of all routes, for programs and as a page for people. Needs no key: it is the same for everybody. Must not know
//! the routes themselves.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::{Modify, OpenApi, openapi};
use utoipa_axum::router::OpenApiRouter;

use crate::{Server, shape};

/// What operations stand under in a path of the description.
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// What the page may do: run its own files, and ask this server.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What stands over the routes.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "abide",
        description = "Open models on this machine, in the APIs that programs know: OpenAI's, Ollama's and Anthropic's.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    modifiers(&Secured),
)]
pub struct Description;

struct Secured;

impl Modify for Secured {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        // Without keys, as on a loopback address, nothing is asked for.
        document.security =
            Some(vec![SecurityRequirement::default(), SecurityRequirement::new("key", Vec::<String>::new())]);
    }
}

/// The page and its files.
pub fn routes() -> OpenApiRouter<Arc<Server>> {
    let page = || get(async || file("text/html; charset=utf-8", include_str!("page/index.html")));
    OpenApiRouter::new()
        .route("/", page())
        .route("/docs", page())
        .route("/docs/page.css", get(async || file("text/css; charset=utf-8", include_str!("page/page.css"))))
        .route(
            "/docs/page.js",
            get(async || file("text/javascript; charset=utf-8", include_str!("page/page.js"))),
        )
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

/// The description of all routes, complete: each answer says what it is, and what refusals look like, whoever refuses.
pub fn complete(document: &openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(document).expect("the description is plain data");
    let mut shapes = Map::new();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    for (path, item) in paths {
        let dialect = shape::dialect_of(path);
        let name = format!("{}.Error", dialect.name());
        let content =
            json!({ dialect.error_type(): { "schema": { "$ref": format!("#/components/schemas/{name}") } } });
        shapes.entry(name).or_insert_with(|| dialect.error_schema());
        let operations = item
            .as_object_mut()
            .into_iter()
            .flatten()
            .filter(|(method, _)| METHODS.contains(&method.as_str()));
        for (_, operation) in operations {
            let responses = operation["responses"].as_object_mut();
            complete_responses(responses.expect("every operation has responses"), &content);
        }
    }
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.extend(shapes);
    }
    document
}

fn complete_responses(responses: &mut Map<String, Value>, refusal: &Value) {
    for (kind, said) in [("4XX", "The request was refused."), ("5XX", "The server failed, or is stopping.")] {
        responses.entry(kind).or_insert_with(|| json!({ "description": said }));
    }
    for (status, response) in responses.iter_mut() {
        let response = response.as_object_mut().expect("responses are objects");
        if response.get("description").and_then(Value::as_str).is_none_or(str::is_empty) {
            response.insert("description".to_owned(), "What was asked for.".into());
        }
        if status.starts_with(['4', '5']) && !response.contains_key("content") {
            response.insert("content".to_owned(), refusal.clone());
        }
    }
}

/// The description as JSON.
pub fn description(document: Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")], document).into_response()
}
