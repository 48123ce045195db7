//! A server on the loopback that speaks like the hub, and misbehaves on request.
//!
//! `/owner/name/resolve/main/FILE` redirects to `/cdn/FILE` on another host name, as the hub does.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

use abide_models::HubOptions;

use super::support::{at, sha256};

/// What the server does with its next deliveries of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Ends the connection after this many bytes of the answer's body.
    BreakAfter(usize),
    /// Sends this many bytes, then nothing until the gate opens; then the rest.
    StallAfter(usize),
    /// Sends the whole file, whatever range was asked for.
    IgnoreRange,
    /// Answers this status, once.
    Status(u16),
    /// Sends other bytes of the same length.
    Corrupt,
    /// Sends more than was announced.
    TooLong,
}

/// One request: method, path, and the headers that matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub range: Option<String>,
    pub authorization: Option<String>,
}

#[derive(Default)]
struct State {
    files: HashMap<String, Vec<u8>>,
    troubles: Vec<Trouble>,
    /// Answered to every look-up in place of the file: status and more headers.
    refusal: Option<(u16, &'static str)>,
    renamed: bool,
    plain: bool,
    announced: Option<u64>,
    requests: Vec<Request>,
    gate_is_open: bool,
}

/// The server. It ends with the process: its threads wait for connections that no longer come.
pub struct FakeHub {
    state: Arc<(Mutex<State>, Condvar)>,
    port: u16,
}

impl FakeHub {
    pub fn with(file: &str, content: &[u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new((Mutex::new(State::default()), Condvar::new()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A client that goes away in the middle is part of the tests.
                std::thread::spawn(move || serve(&stream, &state, port).ok());
            }
        });
        let hub = Self { state, port };
        hub.put(file, content);
        hub
    }

    pub fn put(&self, file: &str, content: &[u8]) {
        self.state().files.insert(file.to_owned(), content.to_vec());
    }

    /// Deliveries meet these troubles, one each, in this order.
    pub fn trouble(&self, troubles: &[Trouble]) {
        self.state().troubles = troubles.iter().rev().copied().collect();
    }

    /// Every look-up gets this status, with these lines of header.
    pub fn refuse(&self, status: u16, headers: &'static str) {
        self.state().refusal = Some((status, headers));
    }

    /// The repository moved: look-ups of the old name are redirected within the host.
    pub fn rename(&self) {
        self.state().renamed = true;
    }

    /// Redirects say nothing about the file, as those of an ordinary web server.
    pub fn be_plain(&self) {
        self.state().plain = true;
    }

    /// The size that look-ups announce, whatever is there.
    pub fn announce(&self, size: u64) {
        self.state().announced = Some(size);
    }

    /// Lets stalled deliveries go on, now and later.
    pub fn open_gate(&self) {
        self.state().gate_is_open = true;
        self.state.1.notify_all();
    }

    /// Content deliveries so far.
    pub fn deliveries(&self) -> Vec<Request> {
        let is_delivery = |request: &&Request| request.method == "GET" && request.path.starts_with("/cdn/");
        self.state().requests.iter().filter(is_delivery).cloned().collect()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn options(&self) -> HubOptions {
        at(&self.endpoint())
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.0.lock().unwrap()
    }
}

fn serve(stream: &TcpStream, shared: &(Mutex<State>, Condvar), port: u16) -> std::io::Result<()> {
    let Some(request) = read_request(stream)? else { return Ok(()) };
    let mut state = shared.0.lock().unwrap();
    state.requests.push(request.clone());
    let file = request.path.rsplit('/').next().unwrap_or_default().to_owned();
    if request.path.starts_with("/cdn/") {
        let content = state.files.get(&file).cloned();
        let trouble = if request.method == "GET" { state.troubles.pop() } else { None };
        drop(state);
        return match content {
            Some(content) => deliver(stream, shared, &request, content, trouble),
            None => answer(stream, 404, ""),
        };
    }
    if let Some((status, headers)) = state.refusal {
        return answer(stream, status, headers);
    }
    if state.renamed && request.path.starts_with("/owner/name/") {
        let moved = request.path.replacen("/owner/name/", "/owner/other/", 1);
        return answer(stream, 307, &format!("Location: {moved}\r\n"));
    }
    let Some(content) = state.files.get(&file) else {
        return answer(stream, 404, "X-Error-Code: EntryNotFound\r\n");
    };
    let size = state.announced.unwrap_or(content.len() as u64);
    let mut headers = format!("Location: http://localhost:{port}/cdn/{file}\r\n");
    if !state.plain {
        let linked = format!("X-Linked-Etag: \"{}\"\r\nX-Linked-Size: {size}\r\n", sha256(content));
        headers.push_str(&linked);
    }
    answer(stream, 302, &headers)
}

fn read_request(stream: &TcpStream) -> std::io::Result<Option<Request>> {
    let mut lines = BufReader::new(stream).lines();
    let Some(first) = lines.next().transpose()? else { return Ok(None) };
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request = Request { method, path, range: None, authorization: None };
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "range" => request.range = Some(value.to_owned()),
            "authorization" => request.authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    Ok(Some(request))
}

fn answer(mut stream: &TcpStream, status: u16, headers: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {status} X\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n")
}

fn deliver(
    mut stream: &TcpStream,
    (state, gate): &(Mutex<State>, Condvar),
    request: &Request,
    mut content: Vec<u8>,
    trouble: Option<Trouble>,
) -> std::io::Result<()> {
    if let Some(Trouble::Status(status)) = trouble {
        return answer(stream, status, "");
    }
    if request.method == "HEAD" {
        let length = content.len();
        return write!(
            stream,
            "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
    }
    let start = request.range.as_deref().and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-'));
    let start: usize = start.and_then(|start| start.parse().ok()).unwrap_or(0);
    let total = content.len();
    let (status, start) = match (start, trouble) {
        (0, _) | (_, Some(Trouble::IgnoreRange)) => ("200 OK".to_owned(), 0),
        (start, _) if start >= total => return answer(stream, 416, ""),
        (start, _) => (format!("206 X\r\nContent-Range: bytes {start}-{}/{total}", total - 1), start),
    };
    match trouble {
        Some(Trouble::Corrupt) => content.iter_mut().skip(4).for_each(|byte| *byte ^= 1),
        Some(Trouble::TooLong) => content.extend([0; 1000]),
        _ => {}
    }
    let body = &content[start..];
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    match trouble {
        Some(Trouble::BreakAfter(bytes)) => stream.write_all(&body[..bytes.min(body.len())]),
        Some(Trouble::StallAfter(bytes)) => {
            let (first, rest) = body.split_at(bytes.min(body.len()));
            stream.write_all(first)?;
            stream.flush()?;
            drop(gate.wait_while(state.lock().unwrap(), |state| !state.gate_is_open).unwrap());
            stream.write_all(rest)
        }
        _ => stream.write_all(body),
    }
}
