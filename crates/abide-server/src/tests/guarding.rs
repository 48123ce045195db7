//! Hosts, origins and keys.

use std::net::SocketAddr;

use abide_generation::scripted::{Script, ScriptedGenerator};
use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get as on_get;
use serde_json::{Value, json};

use super::{get, request, send, server};
use crate::app::{app, layered};
use crate::guard::{LocalAddress, check_admin, check_key};
use crate::testing::{FakeLibrary, MODEL};
use crate::{Keys, Scope, Server, ServerOptions};

#[tokio::test]
async fn only_known_hosts_are_answered() {
    let options = ServerOptions { allowed_hosts: vec!["Box.lan".to_owned()], ..ServerOptions::default() };
    let router = app(&server(options));
    let status = |host: &'static str| {
        let router = router.clone();
        async move {
            let local: SocketAddr = "[::ffff:192.168.1.5]:11435".parse().unwrap();
            let asked =
                axum::http::Request::get("/health").header("host", host).extension(LocalAddress(local));
            get(&router, asked).await
        }
    };
    for host in [
        "localhost",
        "localhost:11435",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.8.9.1",
        "[::1]",
        "[::1]:11435",
        "192.168.1.5",
        "192.168.1.5:11435",
        "box.lan",
        "box.lan:11435",
    ] {
        assert_eq!(status(host).await, StatusCode::OK, "{host}");
    }
    for host in [
        "evil.example",
        "evil.example:11435",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.6",
        "user@localhost",
        "localhost@evil.example",
        "",
        "local host",
        "0.0.0.0",
        "[::]",
        "2130706433",
        "box",
    ] {
        assert_eq!(status(host).await, StatusCode::FORBIDDEN, "{host}");
    }
    assert_eq!(get(&router, axum::http::Request::get("/health")).await, StatusCode::BAD_REQUEST);
    assert_eq!(
        get(&router, request("GET", "/health").header("host", "evil.example")).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(get(&router, request("GET", "http://evil.example/health")).await, StatusCode::FORBIDDEN);
    assert_eq!(get(&router, request("GET", "http://localhost/health")).await, StatusCode::OK);
}

#[tokio::test]
async fn pages_of_strangers_are_refused() {
    let named = "https://chat.example".to_owned();
    let router =
        app(&server(ServerOptions { allowed_origins: vec![named.clone()], ..ServerOptions::default() }));
    for origin in [
        "http://localhost:11435",
        "http://LOCALHOST:11435",
        "https://localhost:11435",
        &named,
        "HTTPS://chat.example",
    ] {
        assert_eq!(
            get(&router, request("GET", "/health").header("origin", origin)).await,
            StatusCode::OK,
            "{origin}"
        );
    }
    for origin in [
        "https://evil.example",
        "https://chat.example.evil.example",
        "http://chat.example",
        "null",
        "file://",
        "http://a@localhost:11435",
        // Other programs on this machine have pages, too.
        "http://localhost:3000",
        "http://localhost",
        "http://127.0.0.1:11435",
        "https://[::1]",
        "",
    ] {
        let response = send(&router, request("GET", "/health").header("origin", origin), Body::empty()).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{origin}");
        assert!(!response.headers().contains_key("access-control-allow-origin"));
    }
    for (host, origin, expected) in [
        ("localhost", "http://localhost", StatusCode::OK),
        ("localhost:80", "http://localhost", StatusCode::OK),
        ("localhost", "https://localhost:443", StatusCode::OK),
        ("[::1]:8080", "http://[::1]:8080", StatusCode::OK),
        ("localhost:80", "https://localhost", StatusCode::FORBIDDEN),
        // Rebound names.
        ("evil.example", "http://evil.example", StatusCode::FORBIDDEN),
    ] {
        let asked = axum::http::Request::get("/health").header("host", host).header("origin", origin);
        assert_eq!(get(&router, asked).await, expected, "{origin} at {host}");
    }
    let twice = request("GET", "/health")
        .header("origin", "http://localhost:11435")
        .header("origin", "https://evil.example");
    assert_eq!(get(&router, twice).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn only_named_origins_may_read_answers() {
    let options = ServerOptions {
        allowed_origins: vec!["https://chat.example".to_owned()],
        keys: Keys::new([(Scope::Use, "secret".to_owned())]),
        ..ServerOptions::default()
    };
    let router = app(&server(options));
    let own =
        send(&router, request("GET", "/health").header("origin", "http://localhost:11435"), Body::empty())
            .await;
    assert_eq!(own.status(), StatusCode::OK);
    assert!(!own.headers().contains_key("access-control-allow-origin"), "nobody named it");
    let read =
        send(&router, request("GET", "/nowhere").header("origin", "https://chat.example"), Body::empty())
            .await;
    assert_eq!(read.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        read.headers()["access-control-allow-origin"],
        "https://chat.example",
        "errors can be read, too"
    );
    assert_eq!(read.headers()["vary"], "Origin");
    let preflight = |origin: &str| {
        request("OPTIONS", "/v1/chat/completions")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
            .header("access-control-request-private-network", "true")
    };
    let allowed = send(&router, preflight("https://chat.example"), Body::empty()).await;
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    assert_eq!(allowed.headers()["access-control-allow-headers"], "authorization,content-type");
    assert_eq!(allowed.headers()["access-control-allow-private-network"], "true");
    let methods = allowed.headers()["access-control-allow-methods"].to_str().unwrap().to_owned();
    let described = send(&router, request("GET", "/openapi.json"), Body::empty()).await;
    let described = super::json(described).await;
    for method in
        described["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().keys())
    {
        assert!(
            methods.split(", ").any(|allowed| allowed.eq_ignore_ascii_case(method)),
            "{method} in {methods}"
        );
    }
    for origin in ["https://evil.example", "http://localhost:3000"] {
        let refused = send(&router, preflight(origin), Body::empty()).await;
        assert!(!refused.headers().contains_key("access-control-allow-origin"), "{origin}");
        assert_ne!(refused.status(), StatusCode::NO_CONTENT, "{origin}");
    }
    let all =
        app(&server(ServerOptions { allowed_origins: vec!["*".to_owned()], ..ServerOptions::default() }));
    let read =
        send(&all, request("GET", "/health").header("origin", "https://any.example"), Body::empty()).await;
    assert_eq!(read.headers()["access-control-allow-origin"], "https://any.example");
}

#[tokio::test]
async fn keys_open_what_they_are_for() {
    let keys = Keys::new([(Scope::Use, "use".to_owned()), (Scope::Admin, "admin".to_owned())]);
    let server = server(ServerOptions { keys, ..ServerOptions::default() });
    let key = || from_fn_with_state(server.clone(), check_key);
    let routes = Router::new()
        .route("/use", on_get(|| async {}).route_layer(key()))
        .route("/admin", on_get(|| async {}).route_layer(from_fn(check_admin)).route_layer(key()))
        .route("/open", on_get(|| async {}));
    let router = layered(routes, &server);
    let (ok, unknown, forbidden) = (StatusCode::OK, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN);
    for (header, value, on_use, on_admin) in [
        ("authorization", "Bearer use", ok, forbidden),
        ("authorization", "bearer admin", ok, ok),
        ("x-api-key", "use", ok, forbidden),
        ("x-api-key", "admin", ok, ok),
        ("authorization", "Bearer wrong", unknown, unknown),
        ("authorization", "Bearer ", unknown, unknown),
        ("authorization", "Basic use", unknown, unknown),
        ("authorization", "use", unknown, unknown),
        ("x-api-key", "", unknown, unknown),
        ("cookie", "use", unknown, unknown),
    ] {
        assert_eq!(
            get(&router, request("GET", "/use").header(header, value)).await,
            on_use,
            "{header}: {value}"
        );
        assert_eq!(
            get(&router, request("GET", "/admin").header(header, value)).await,
            on_admin,
            "{header}: {value}"
        );
    }
    let refused = send(&router, request("GET", "/use"), Body::empty()).await;
    assert_eq!(
        (refused.status(), &refused.headers()["www-authenticate"]),
        (unknown, &"Bearer".parse().unwrap())
    );
    assert_eq!(get(&router, request("GET", "/open")).await, ok);
}

#[tokio::test]
async fn where_only_administration_has_a_key_everybody_may_use_models() {
    let keys = Keys::new([(Scope::Admin, "admin".to_owned())]);
    let router = app(&server(ServerOptions { keys, ..ServerOptions::default() }));
    let status = async |key: Option<&str>, method: &str, path: &str| {
        let request = request(method, path);
        let request = match key {
            Some(key) => request.header("x-api-key", key),
            None => request,
        };
        send(&router, request, r#"{"model": "absent"}"#).await.status()
    };
    for (key, on_admin) in [
        (None, StatusCode::FORBIDDEN),
        (Some("none"), StatusCode::FORBIDDEN),
        (Some("admin"), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(status(key, "GET", "/v1/models").await, StatusCode::OK, "{key:?}");
        assert_eq!(status(key, "DELETE", "/api/delete").await, on_admin, "{key:?}");
    }
}

#[tokio::test]
async fn keys_for_use_load_unload_and_pin_nothing() {
    let (use_key, admin_key) = ("use", "admin");
    let both = Keys::new([(Scope::Use, use_key.to_owned()), (Scope::Admin, admin_key.to_owned())]);
    let one = Keys::new([(Scope::Use, use_key.to_owned())]);
    let status = async |keys: &Keys, key: &str, path: &str, body: Value| {
        let scripts = vec![Script::answer(&["Hi"])];
        let library = FakeLibrary::with(ScriptedGenerator::new(scripts));
        library.add_embedder("embedder", 10);
        let server = Server::new(library, ServerOptions { keys: keys.clone(), ..ServerOptions::default() });
        send(&app(&server), request("POST", path).header("x-api-key", key), body.to_string()).await.status()
    };
    let hello = json!([{"role": "user", "content": "Hello"}]);
    let (chat, generate, embed) = ("/api/chat", "/api/generate", "/api/embed");
    for (path, body) in [
        (generate, json!({"model": MODEL, "stream": false})),
        (generate, json!({"model": MODEL, "stream": false, "keep_alive": 0})),
        (generate, json!({"model": MODEL, "stream": false, "keep_alive": -1})),
        (generate, json!({"model": MODEL, "stream": false, "prompt": "Hi", "keep_alive": -1})),
        (chat, json!({"model": MODEL, "stream": false, "messages": []})),
        (chat, json!({"model": MODEL, "stream": false, "messages": hello, "keep_alive": "9999h"})),
        (embed, json!({"model": "embedder", "input": []})),
        (embed, json!({"model": "embedder", "input": "a", "keep_alive": -1})),
        ("/api/embeddings", json!({"model": "embedder"})),
        ("/v1/chat/completions", json!({"messages": hello, "keep_alive": -1})),
        ("/v1/completions", json!({"prompt": "Hi", "keep_alive": -1})),
        ("/v1/responses", json!({"input": "Hi", "keep_alive": -1})),
        ("/v1/embeddings", json!({"model": "embedder", "input": "Hi", "keep_alive": -1})),
    ] {
        assert_eq!(status(&both, use_key, path, body.clone()).await, StatusCode::FORBIDDEN, "{path} {body}");
        assert_eq!(status(&both, admin_key, path, body.clone()).await, StatusCode::OK, "{path} {body}");
        assert_eq!(status(&one, use_key, path, body.clone()).await, StatusCode::OK, "{path} {body}");
    }
    // An answer loads its model, and may say how long it stays.
    for (path, body) in [
        (generate, json!({"model": MODEL, "stream": false, "prompt": "Hi"})),
        (generate, json!({"model": MODEL, "stream": false, "prompt": "Hi", "keep_alive": 0})),
        (chat, json!({"model": MODEL, "stream": false, "messages": hello, "keep_alive": "1h"})),
        (embed, json!({"model": "embedder", "input": "a", "keep_alive": "24h"})),
        ("/v1/chat/completions", json!({"messages": hello, "keep_alive": 60})),
    ] {
        assert_eq!(status(&both, use_key, path, body.clone()).await, StatusCode::OK, "{path} {body}");
    }
}

#[tokio::test]
async fn what_is_the_same_for_everybody_needs_no_key() {
    let keys = Keys::new([(Scope::Use, "secret".to_owned())]);
    let router = app(&server(ServerOptions { keys, ..ServerOptions::default() }));
    for path in ["/", "/docs", "/docs/page.js", "/docs/page.css", "/openapi.json", "/health"] {
        assert_eq!(get(&router, request("GET", path)).await, StatusCode::OK, "{path}");
    }
    let page = send(&router, request("GET", "/"), Body::empty()).await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
}

#[tokio::test]
async fn who_watches_over_the_server_needs_no_place() {
    let router = app(&server(ServerOptions { requests_max: 0, ..ServerOptions::default() }));
    for path in ["/health", "/metrics", "/openapi.json", "/"] {
        assert_eq!(get(&router, request("GET", path)).await, StatusCode::OK, "{path}");
    }
    for path in ["/v1/models", "/api/tags", "/v1/companions"] {
        assert_eq!(get(&router, request("GET", path)).await, StatusCode::TOO_MANY_REQUESTS, "{path}");
    }
}
