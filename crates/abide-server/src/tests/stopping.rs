//! Connections, and the end of the server.

use std::sync::Arc;
use std::time::Duration;

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
    let server = server(options);
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

#[tokio::test(start_paused = true)]
async fn who_does_not_end_is_ended() {
    let running = start(ServerOptions { grace: Duration::from_secs(5), ..ServerOptions::default() }).await;
    let mut stuck = TcpStream::connect(running.address).await.unwrap();
    // The body never comes.
    let head = "POST /tokenize HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n";
    stuck.write_all(head.as_bytes()).await.unwrap();
    running.server.reaches(Phase::Running).await;
    running.server.enter(Phase::Draining);
    running.task.await.unwrap().unwrap();
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
