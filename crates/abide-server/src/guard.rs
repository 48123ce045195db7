//! Who may ask: the host that a request names, the web page that it comes from, and its key. Must not know what is asked for.
//!
//! A page of a stranger can make the reader's browser talk to addresses of the reader's own machine. It can't choose the
//! `Origin` that the browser sends, nor, where it has its own name point at this machine, the `Host`. So the host must be known
//! here, whatever address the server listens on, and the origin be that very host and port, or one that was named.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, HOST, ORIGIN, VARY,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::keys::Scope;
use crate::{ApiError, ErrorKind, Server, ServerOptions};

/// Where Anthropic's clients put their key.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// What routes are asked with.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
/// How a browser asks whether a public page may reach a private address.
const REQUEST_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// The address that a request's connection came in on.
#[derive(Debug, Clone, Copy)]
pub struct LocalAddress(pub SocketAddr);

/// What a request's origin is to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Visitor {
    /// No page, or one of the server's own.
    Own,
    /// A page of an origin that was named, which may read the answers.
    Named(HeaderValue),
}

/// A layer: refuses unknown hosts and origins, and answers browsers that ask beforehand.
pub async fn check_source(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let local = request.extensions().get::<LocalAddress>().map(|local| local.0.ip());
    let hosts = Hosts { named: &server.options.allowed_hosts, local };
    let visitor = hosts
        .check(request.uri(), request.headers())
        .and_then(|()| visitor(request.headers(), &server.options));
    match visitor {
        Err(error) => error.into_response(),
        Ok(Visitor::Own) => next.run(request).await,
        Ok(Visitor::Named(origin)) => {
            let preflight = request.method() == Method::OPTIONS
                && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
            let mut response =
                if preflight { allow_what_is_asked(request.headers()) } else { next.run(request).await };
            let headers = response.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
            headers.append(VARY, HeaderValue::from_static("Origin"));
            response
        }
    }
}

/// The answer to a browser that asks what a page of a named origin may do. What keys and routes forbid is told to the request
/// itself.
fn allow_what_is_asked(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    if let Some(names) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    if asked.contains_key(REQUEST_PRIVATE_NETWORK) {
        headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
    }
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

/// The hosts that requests may name.
struct Hosts<'a> {
    named: &'a [String],
    local: Option<IpAddr>,
}

impl Hosts<'_> {
    fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
        let mut named = headers.get_all(HOST).iter();
        let (Some(host), None) = (named.next(), named.next()) else {
            return Err(ApiError::new(
                ErrorKind::Invalid,
                "a request names its host exactly once (RFC 9112, 3.2)",
            ));
        };
        let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
        // A request to a proxy names the host a second time.
        let known = |authority: &Authority| !authority.as_str().contains('@') && self.allow(authority.host());
        if host.as_ref().is_some_and(known) && uri.authority().is_none_or(known) {
            return Ok(());
        }
        Err(ApiError::new(
            ErrorKind::Forbidden,
            "this host name is not known here; start the server with `--allow-host NAME` to be reached by it",
        ))
    }

    /// Whether `host`, without port, is the server itself. No port is asked for: who comes through a tunnel names another one.
    fn allow(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let own = match bare.parse::<IpAddr>() {
            Ok(address) => {
                address.is_loopback() || self.local.is_some_and(|local| same_address(local, address))
            }
            Err(_) => host.eq_ignore_ascii_case("localhost"),
        };
        own || self.named.iter().any(|named| named.eq_ignore_ascii_case(bare))
    }
}

/// A server on both families sees IPv4 addresses written as IPv6.
fn same_address(local: IpAddr, named: IpAddr) -> bool {
    local.to_canonical() == named.to_canonical()
}

fn visitor(headers: &HeaderMap, options: &ServerOptions) -> Result<Visitor, ApiError> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else { return Ok(Visitor::Own) };
    let text = origin.to_str().unwrap_or_default();
    if origins.next().is_none() {
        if options.allowed_origins.iter().any(|named| named == "*" || named.eq_ignore_ascii_case(text)) {
            return Ok(Visitor::Named(origin.clone()));
        }
        if is_own(text, headers) == Some(true) {
            return Ok(Visitor::Own);
        }
    }
    Err(ApiError::new(
        ErrorKind::Forbidden,
        "web pages of this origin may not use this server; start it with `--allow-origin ORIGIN` to let them",
    ))
}

/// Whether the page comes from the very address that its request goes to, which is known here: another program's page on this
/// machine is a stranger's, too. Whether it came over TLS, a proxy in front of this server alone knows.
fn is_own(origin: &str, headers: &HeaderMap) -> Option<bool> {
    let (page, port) = match origin.strip_prefix("http://") {
        Some(page) => (page, 80),
        None => (origin.strip_prefix("https://")?, 443),
    };
    let page = page.parse::<Authority>().ok().filter(|page| !page.as_str().contains('@'))?;
    let server = headers.get(HOST)?.to_str().ok()?.parse::<Authority>().ok()?;
    let port_of = |authority: &Authority| authority.port_u16().unwrap_or(port);
    Some(page.host().eq_ignore_ascii_case(server.host()) && port_of(&page) == port_of(&server))
}

/// A layer: asks for a key where the server has any, and notes what it allows.
pub async fn check_key(State(server): State<Arc<Server>>, mut request: Request, next: Next) -> Response {
    let scope = match scope_of(request.headers(), &server.options) {
        Ok(scope) => scope,
        Err(error) => return error.into_response(),
    };
    request.extensions_mut().insert(scope);
    next.run(request).await
}

fn scope_of(headers: &HeaderMap, options: &ServerOptions) -> Result<Scope, ApiError> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    let key = bearer.or_else(|| headers.get(API_KEY).and_then(|value| value.to_str().ok()));
    let known = key.and_then(|key| options.keys.scope_of(key));
    known.or_else(|| options.keys.open_scope()).ok_or_else(|| {
        let message = match key {
            Some(_) => "this key is not known here",
            None => "this server asks for a key: send it as `Authorization: Bearer KEY` or `x-api-key: KEY`",
        };
        ApiError::new(ErrorKind::Unauthenticated, message)
    })
}

/// A layer below [`check_key`]: lets only keys for administration pass.
pub async fn check_admin(request: Request, next: Next) -> Response {
    let scope = request.extensions().get().copied().unwrap_or(Scope::Use);
    match require_admin(scope) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Refuses what keys for administration alone may do.
///
/// # Errors
/// When the key is another one.
pub fn require_admin(scope: Scope) -> Result<(), ApiError> {
    if scope == Scope::Admin {
        return Ok(());
    }
    let message = "fetching, loading, keeping and deleting models takes a key for administration";
    Err(ApiError::new(ErrorKind::Forbidden, message))
}
