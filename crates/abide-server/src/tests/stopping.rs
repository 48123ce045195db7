//! Connections, and the end of the server.

use std::sync::Arc;
use std::time::Duration;

use abide_generation::scripted::Script;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::server;
use crate::{Phase, Server, ServerOptions};

struct Running {
    server: Arc<Server>,
    address: std::net::SocketAddr,
    task: JoinHandle<std::io::Result<()>>,
}

async fn start(options: ServerOptions) -> Running {
    start_with(server(options)).await
}

async fn start_with(server: Arc<Server>) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(crate::serve(Arc::clone(&server), listener));
    Running { server, address, task }
}

/// Sends `text` and reads until the connection ends.
async fn exchange(stream: &mut TcpStream, text: &str) -> String {
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // A connection that is reset has ended, too.
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

#[tokio::test]
async fn requests_are_answered_until_it_stops() {
    let running = start(ServerOptions::default()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let answer =
        exchange(&mut stream, "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with('}'), "{answer}");
    // One that is idle is closed, and does not hold up the end.
    let mut idle = TcpStream::connect(running.address).await.unwrap();
    running.server.enter(Phase::Draining);
    assert_eq!(exchange(&mut idle, "").await, "");
    running.task.await.unwrap().unwrap();
    assert_eq!(running.server.phase(), Phase::Stopping, "who makes answers can rely on being told");
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn who_sends_too_slowly_or_too_much_is_cut_off() {
    let running = start(ServerOptions::default()).await;
    for half in ["", "GET /health HTTP/1.1\r\nhost: loc"] {
        let mut slow = TcpStream::connect(running.address).await.unwrap();
        let answer = exchange(&mut slow, half).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    let mut large = TcpStream::connect(running.address).await.unwrap();
    let head = format!("GET /health HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "y".repeat(100_000));
    let answer = exchange(&mut large, &head).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn who_sends_more_than_is_read_gets_the_answer() {
    let running = start(ServerOptions { body_bytes_max: 1000, ..ServerOptions::default() }).await;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for (head, part, count) in [
        ("content-length: 1001", "x".repeat(1001), 1),
        ("content-length: 10000000", "x".repeat(10_000), 1000),
        ("transfer-encoding: chunked", chunk, 200),
    ] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        let head = format!("POST /tokenize HTTP/1.1\r\nhost: localhost\r\n{head}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..count {
            stream.write_all(part.as_bytes()).await.expect("it is taken");
        }
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).await.expect("it is answered");
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 413"), "{head}: {answer}");
    }
    // What does not come is not waited for.
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let head = "POST /tokenize HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10000000\r\n\r\n";
    let answer = exchange(&mut stream, head).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_body_that_nobody_wants_keeps_the_connection_if_it_is_here() {
    let running = start(ServerOptions::default()).await;
    let post = |path: &str| {
        format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2000\r\n\r\n{}", "x".repeat(2000))
    };
    let last = "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let answer = exchange(&mut stream, &(post("/nowhere") + &post("/health") + last)).await;
    for status in ["404", "405", "200"] {
        assert!(answer.contains(&format!("HTTP/1.1 {status} ")), "{status}: {answer}");
    }
}

#[tokio::test]
async fn who_has_said_everything_is_answered() {
    let scripts = vec![Script::answer(&["hello"])];
    let running = start_with(crate::testing::server(scripts)).await;
    let body = r#"{"model":"scripted","messages":[{"role":"user","content":"hi"}]}"#;
    let head =
        format!("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}", body.len());
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let answer = exchange(&mut stream, "").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with('}'), "{answer}");
    // What breaks off is told so, at once.
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(format!("{head}\r\n\r\n{{").as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(5), exchange(&mut stream, "")).await.unwrap();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[tokio::test]
async fn who_sends_several_requests_at_once_is_answered_to_each() {
    let scripts = vec![Script::answer(&["hello"]), Script::answer(&["there"]), Script::answer(&["again"])];
    let running = start_with(crate::testing::server(scripts)).await;
    let post = |path: &str, body: &str| {
        let length = body.len();
        format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n{body}")
    };
    let chat =
        post("/v1/chat/completions", r#"{"model":"scripted","messages":[{"role":"user","content":"hi"}]}"#);
    let tokens = post("/tokenize", r#"{"content":"a b"}"#);
    for (requests, answers) in [(vec![&*tokens, &*tokens], 2), (vec![&*chat, &*tokens, &*chat, &*chat], 4)] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(requests.concat().as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let answer = exchange(&mut stream, "").await;
        assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), answers, "{answer}");
        assert!(answer.ends_with('}'), "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn half_a_body_holds_up_no_end() {
    let running = start(ServerOptions { grace: Duration::from_secs(100), ..ServerOptions::default() }).await;
    let head = "POST /tokenize HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n";
    let mut fresh = TcpStream::connect(running.address).await.unwrap();
    fresh.write_all(head.as_bytes()).await.unwrap();
    // One that had an answer before, and has sent some of it.
    let mut used = TcpStream::connect(running.address).await.unwrap();
    used.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    used.read_exact(&mut answer).await.unwrap();
    used.write_all(format!("{head}{{\"c").as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let start = tokio::time::Instant::now();
    running.server.enter(Phase::Draining);
    running.task.await.unwrap().unwrap();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn half_a_head_holds_up_no_end() {
    let running = start(ServerOptions { grace: Duration::from_secs(100), ..ServerOptions::default() }).await;
    let mut fresh = TcpStream::connect(running.address).await.unwrap();
    fresh.write_all(b"GET /hea").await.unwrap();
    // One that had an answer before.
    let mut used = TcpStream::connect(running.address).await.unwrap();
    used.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    used.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    used.write_all(b"GET /health HTTP/1.1\r\nhost").await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let start = tokio::time::Instant::now();
    running.server.enter(Phase::Draining);
    running.task.await.unwrap().unwrap();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test]
async fn phases_only_go_on() {
    let server = server(ServerOptions::default());
    server.enter(Phase::Stopping);
    server.enter(Phase::Draining);
    assert_eq!(server.phase(), Phase::Stopping);
    server.stopping().await;
}
