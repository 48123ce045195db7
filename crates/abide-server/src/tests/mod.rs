//! The server as clients meet it, without a model: who is let in, what is refused and how, and the end.

mod description;
mod guarding;
mod shapes;
mod stopping;
mod utilities;

use std::sync::Arc;

use abide_generation::scripted::ScriptedGenerator;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Builder;
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::testing::FakeLibrary;
use crate::{Server, ServerOptions};

fn server(options: ServerOptions) -> Arc<Server> {
    Server::new(FakeLibrary::with(ScriptedGenerator::new(Vec::new())), options)
}

/// A request that names this machine, as every client's does.
fn request(method: &str, path: &str) -> Builder {
    Request::builder().method(method).uri(path).header("host", "localhost:11435")
}

async fn send(router: &Router, request: Builder, body: impl Into<Body>) -> Response {
    router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap()
}

async fn get(router: &Router, request: Builder) -> StatusCode {
    send(router, request, Body::empty()).await.status()
}

async fn json(response: Response) -> Value {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}
