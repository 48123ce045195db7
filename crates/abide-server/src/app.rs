//! All routes under all layers. Must not know what any route does.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Router, body::Bytes};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;

use crate::dialects::{anthropic, ollama, openai};
use crate::{ApiError, ErrorKind, Server, companions};
use crate::{documents, guard, health, limits, record, shape, utilities};

/// Characters of a path that an error repeats.
const PATH_SHOWN: usize = 100;

/// The service that answers every request to `server`.
pub fn app(server: &Arc<Server>) -> Router {
    let (router, document) = routes(server).split_for_parts();
    let document = Bytes::from(documents::complete(&document).to_string());
    let router = router.route("/openapi.json", get(async move || documents::description(document)));
    layered(router, server)
}

/// `router` with what every route has.
pub(crate) fn layered(router: Router<Arc<Server>>, server: &Arc<Server>) -> Router {
    router
        .fallback(unknown_route)
        .method_not_allowed_fallback(unknown_method)
        // The one that comes last is the outermost.
        .layer(from_fn_with_state(Arc::clone(server), limits::refuse_while_stopping))
        .layer(CatchPanicLayer::custom(limits::answer_panic))
        .layer(from_fn_with_state(Arc::clone(server), guard::check_source))
        .layer(from_fn(shape::shape))
        .layer(from_fn_with_state(Arc::clone(server), record::record))
        .with_state(Arc::clone(server))
}

/// All routes, each with the layers that not every route has.
fn routes(server: &Arc<Server>) -> OpenApiRouter<Arc<Server>> {
    let administration =
        OpenApiRouter::new().merge(ollama::admin_routes()).layer(from_fn(guard::check_admin));
    let work = OpenApiRouter::new()
        .merge(openai::routes())
        .merge(ollama::routes())
        .merge(anthropic::routes())
        .merge(utilities::routes())
        .merge(companions::routes())
        .layer(from_fn_with_state(Arc::clone(server), limits::bound_time));
    OpenApiRouter::with_openapi(documents::Description::openapi())
        .merge(health::open_routes())
        .merge(documents::routes())
        .merge(guarded(bounded(work.merge(administration), server).merge(health::routes()), server))
}

/// `router` with what all routes have that take something: a place.
fn bounded(router: OpenApiRouter<Arc<Server>>, server: &Arc<Server>) -> OpenApiRouter<Arc<Server>> {
    let places = Arc::new(Semaphore::new(server.options.requests_max.min(Semaphore::MAX_PERMITS)));
    router.layer(from_fn_with_state(places, limits::bound_requests))
}

/// `router` with what all routes have that tell something: a key.
fn guarded(router: OpenApiRouter<Arc<Server>>, server: &Arc<Server>) -> OpenApiRouter<Arc<Server>> {
    router.layer(from_fn_with_state(Arc::clone(server), guard::check_key))
}

async fn unknown_route(request: Request) -> Response {
    let message = format!("there is no route {}; GET /openapi.json lists them", named(&request));
    ApiError::new(ErrorKind::NotFound, message).into_response()
}

async fn unknown_method(request: Request) -> Response {
    let message = format!("the route {} has other methods; GET /openapi.json lists them", named(&request));
    ApiError::new(ErrorKind::MethodNotAllowed, message).into_response()
}

fn named(request: &Request) -> String {
    let method: &Method = request.method();
    let path: String = request.uri().path().chars().take(PATH_SHOWN).collect();
    format!("{method} {path}")
}
