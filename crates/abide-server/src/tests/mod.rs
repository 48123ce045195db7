//! The server as clients meet it, without a model: who is let in, what is refused and how, and the end.

mod guarding;
mod shapes;
mod stopping;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Builder;
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::{
    Library, LibraryError, Loaded, MemoryNeed, ModelDetails, ModelInfo, PullStep, Server, ServerOptions,
};

/// A library without models.
struct Empty;

impl Empty {
    fn unknown<T>(name: &str) -> Result<T, LibraryError> {
        Err(LibraryError::Unknown { name: name.to_owned(), advice: String::new() })
    }
}

impl Library for Empty {
    fn list(&self) -> Result<Vec<ModelInfo>, LibraryError> {
        Ok(Vec::new())
    }

    fn default_model(&self) -> String {
        "none".to_owned()
    }

    fn find(&self, name: &str) -> Result<ModelInfo, LibraryError> {
        Self::unknown(name)
    }

    fn details(&self, id: &str) -> Result<ModelDetails, LibraryError> {
        Self::unknown(id)
    }

    fn memory(&self, id: &str) -> Result<MemoryNeed, LibraryError> {
        Self::unknown(id)
    }

    fn load(&self, id: &str) -> Result<Loaded, LibraryError> {
        Self::unknown(id)
    }

    fn pull(
        &self,
        name: &str,
        _cancel: &AtomicBool,
        _progress: &mut dyn FnMut(PullStep),
    ) -> Result<ModelInfo, LibraryError> {
        Self::unknown(name)
    }

    fn remove(&self, id: &str) -> Result<(), LibraryError> {
        Self::unknown(id)
    }
}

fn server(options: ServerOptions) -> Arc<Server> {
    Server::new(Arc::new(Empty), options)
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
