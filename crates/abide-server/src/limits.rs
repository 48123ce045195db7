//! Layers that bound what requests may take. Must not know who asks, or for what.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use tokio::sync::Semaphore;

use crate::{ApiError, ErrorKind, Phase, Server};

/// Takes no requests any more once the server is stopping.
pub async fn refuse_while_stopping(
    State(server): State<Arc<Server>>,
    request: Request,
    next: Next,
) -> Response {
    if server.phase() == Phase::Running {
        return next.run(request).await;
    }
    let mut response = ApiError::new(ErrorKind::Unavailable, "the server is stopping").into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Lets only so many requests in at a time. One is in until the last byte of its answer was taken.
pub async fn bound_requests(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(place) = places.try_acquire_owned() else {
        let message = "as many requests as are allowed are being worked on; try again later";
        let error =
            ApiError { retry_after: Some(Duration::from_secs(1)), ..ApiError::new(ErrorKind::Busy, message) };
        return error.into_response();
    };
    hold(next.run(request).await, place)
}

/// Keeps `held` until the last byte of an answer that streams was taken. One that is complete already holds nothing.
pub fn hold<T: Send + 'static>(response: Response, held: T) -> Response {
    if response.body().size_hint().exact().is_some() {
        return response;
    }
    response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _held = &held;
            frame
        }))
    })
}

/// Ends what is not answered by the deadline. An answer that has begun to stream ends by itself.
pub async fn bound_time(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let Some(deadline) = server.options.deadline else { return next.run(request).await };
    match tokio::time::timeout(deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::deadline_exceeded(deadline).into_response(),
    }
}

/// A panic ends its own request alone. What it said may hold a prompt, and goes to the panic hook of the program alone.
pub fn answer_panic(_said: Box<dyn Any + Send>) -> Response {
    ApiError::new(ErrorKind::Internal, "the server failed on this request; its log says where")
        .into_response()
}
