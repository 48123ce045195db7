//! What errors look like, whoever refuses.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse as _;
use axum::routing::{get as on_get, post};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

use super::{get, json, request, send, server};
use crate::app::layered;
use crate::dialects::{anthropic, ollama, openai};
use crate::extract::Json;
use crate::{ApiError, ErrorKind, Server, ServerOptions, limits};

const KINDS: [ErrorKind; 15] = [
    ErrorKind::Invalid,
    ErrorKind::Unsupported,
    ErrorKind::ContextOverflow,
    ErrorKind::Unauthenticated,
    ErrorKind::Forbidden,
    ErrorKind::NotFound,
    ErrorKind::ModelNotFound,
    ErrorKind::MethodNotAllowed,
    ErrorKind::RequestTimeout,
    ErrorKind::Conflict,
    ErrorKind::TooLarge,
    ErrorKind::Busy,
    ErrorKind::DeadlineExceeded,
    ErrorKind::Internal,
    ErrorKind::Unavailable,
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[expect(dead_code, reason = "only read by the parser")]
    text: String,
}

/// Routes in each dialect's space that take a body, panic, or take for ever.
fn router(options: ServerOptions) -> (Router, Arc<Server>) {
    let server = server(options);
    let mut routes = Router::new();
    for root in ["/v1", "/api", "/v1/messages"] {
        routes = routes
            .route(&format!("{root}/body"), post(|_: Json<Asked>| async {}))
            .route(&format!("{root}/panic"), on_get(|| async { broken() }))
            .route(&format!("{root}/wait"), on_get(std::future::pending::<()>));
    }
    let routes = routes.route_layer(from_fn_with_state(Arc::clone(&server), limits::bound_time));
    (layered(routes, &server), server)
}

fn broken() -> StatusCode {
    panic!("the test panics here")
}

#[tokio::test]
async fn every_kind_has_a_shape_in_every_dialect() {
    let mut lines = Vec::new();
    for kind in KINDS {
        let error = ApiError {
            field: Some("field".to_owned()),
            retry_after: (kind == ErrorKind::Busy).then_some(Duration::from_millis(1500)),
            ..ApiError::new(kind, "what is wrong")
        };
        for response in [
            openai::error_response(&error),
            ollama::error_response(&error),
            anthropic::error_response(&error),
        ] {
            assert_eq!(response.headers()["content-type"], "application/json");
            let after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(after.as_deref(), (kind == ErrorKind::Busy).then_some("2"));
            lines.push(format!("{kind:?} {} {}", response.status().as_u16(), json(response).await));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn the_path_decides_the_shape() {
    let (router, _) = router(ServerOptions::default());
    for (path, is_openai, is_ollama) in [
        ("/v1/nothing", true, false),
        ("/nothing", true, false),
        ("/v1/messagesnot", true, false),
        ("/api", false, true),
        ("/api/nothing", false, true),
        ("/v1/messages", false, false),
        ("/v1/messages/nothing", false, false),
    ] {
        let response = send(&router, request("GET", path), Body::empty()).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(response.headers()["x-request-id"].to_str().unwrap().starts_with("req_"));
        let body = json(response).await;
        assert_eq!(
            body["error"]["param"].is_null() && body["error"]["code"].is_string(),
            is_openai,
            "{path}: {body}"
        );
        assert_eq!(body["error"].is_string(), is_ollama, "{path}: {body}");
        assert_eq!(body["type"] == "error", !is_openai && !is_ollama, "{path}: {body}");
    }
}

#[tokio::test]
async fn methods_bodies_and_panics_are_told_alike() {
    let (router, _) = router(ServerOptions { body_bytes_max: 64, ..ServerOptions::default() });
    let wrong = send(&router, request("PUT", "/api/body"), Body::empty()).await;
    assert_eq!(
        (wrong.status(), wrong.headers()["allow"].to_str().unwrap()),
        (StatusCode::METHOD_NOT_ALLOWED, "POST")
    );
    assert!(json(wrong).await["error"].as_str().unwrap().contains("PUT /api/body"));

    let odd = send(&router, request("POST", "/v1/body"), r#"{"text":"a","odd":1}"#).await;
    assert_eq!(odd.status(), StatusCode::BAD_REQUEST);
    let body = json(odd).await;
    assert_eq!(
        (&body["error"]["param"], &body["error"]["code"]),
        (&json!("odd"), &json!("unsupported_parameter"))
    );

    let large = "x".repeat(65);
    let announced =
        send(&router, request("POST", "/v1/messages/body").header("content-length", "65"), large.clone())
            .await;
    assert_eq!(announced.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(json(announced).await["error"]["type"], "request_too_large");
    assert_eq!(
        send(&router, request("POST", "/v1/body"), large).await.status(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let packed = request("POST", "/v1/body").header("content-encoding", "gzip");
    assert_eq!(send(&router, packed, "x").await.status(), StatusCode::BAD_REQUEST);
    for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
        let sent = request("POST", "/v1/body").header("content-type", kind);
        assert_eq!(send(&router, sent, r#"{"text":"a"}"#).await.status(), StatusCode::OK, "{kind}");
    }

    let panicked = send(&router, request("GET", "/v1/panic"), Body::empty()).await;
    assert_eq!(panicked.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = json(panicked).await;
    assert!(!body.to_string().contains("the test panics"), "{body}");
    assert_eq!(get(&router, request("GET", "/v1/messages/panic")).await, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(send(&router, request("POST", "/v1/body"), r#"{"text":"a"}"#).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn every_route_tells_what_is_wrong_with_its_path_and_query() {
    let server = server(ServerOptions::default());
    let app = crate::app(&server);
    let described = json(send(&app, request("GET", "/openapi.json"), Body::empty()).await).await;
    let mut asked = 0;
    for (path, operations) in described["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let within = |place: &str| parameters.iter().filter(|parameter| parameter["in"] == place).count();
            let filled = |text: &str| {
                let parts = path.split('/').map(|part| if part.starts_with('{') { text } else { part });
                parts.collect::<Vec<_>>().join("/")
            };
            let mut wrong = Vec::new();
            if within("path") > 0 {
                wrong.push(filled("%ff"));
            }
            let asks = method == "get" && path.starts_with("/v1/companions/{name}/");
            if within("query") > 0 || asks {
                wrong.push(format!("{}?nonsense=1", filled("1")));
            }
            for wrong in wrong {
                asked += 1;
                let response = send(&app, request(&method.to_uppercase(), &wrong), Body::empty()).await;
                assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{method} {wrong}");
                let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
                let dialect = if wrong.starts_with("/v1/companions") { "problem+json" } else { "json" };
                assert_eq!(kind, format!("application/{dialect}"), "{method} {wrong}");
            }
        }
    }
    assert!(asked > 30, "{asked}");
    let odd = send(&app, request("GET", "/v1/companions/Mara/messages/abc/why"), Body::empty()).await;
    let odd = json(odd).await;
    assert_eq!((&odd["field"], &odd["status"]), (&json!("id"), &json!(400)), "{odd}");
}

#[tokio::test(start_paused = true)]
async fn what_takes_too_long_is_ended() {
    let options = ServerOptions { deadline: Some(Duration::from_secs(3)), ..ServerOptions::default() };
    let (router, _) = router(options);
    let late = send(&router, request("GET", "/v1/messages/wait"), Body::empty()).await;
    assert_eq!(late.status(), StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(json(late).await["error"]["type"], "timeout_error");
    let slow = async_stream::stream! {
        yield Ok::<_, std::io::Error>(Bytes::from_static(b"{"));
        std::future::pending::<()>().await;
    };
    let (router, _) =
        self::router(ServerOptions { body_timeout: Duration::from_secs(2), ..ServerOptions::default() });
    let sent = send(&router, request("POST", "/api/body"), Body::from_stream(slow)).await;
    assert_eq!(sent.status(), StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn there_are_only_so_many_places() {
    let server = server(ServerOptions::default());
    let stream = || Body::from_stream(async_stream::stream! { yield Ok::<_, std::io::Error>("part") });
    let routes = Router::new()
        .route("/v1/stream", on_get(async move || stream().into_response()))
        .route("/v1/whole", on_get(async || "whole"))
        .route_layer(from_fn_with_state(Arc::new(Semaphore::new(1)), limits::bound_requests));
    let router = layered(routes, &server);
    let held = send(&router, request("GET", "/v1/stream"), Body::empty()).await;
    let refused = send(&router, request("GET", "/v1/whole"), Body::empty()).await;
    assert_eq!(
        (refused.status(), &refused.headers()["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap())
    );
    drop(held);
    let whole = send(&router, request("GET", "/v1/whole"), Body::empty()).await;
    assert_eq!(whole.status(), StatusCode::OK);
    // Its answer is here, though nobody has read it.
    assert_eq!(get(&router, request("GET", "/v1/whole")).await, StatusCode::OK);
}
