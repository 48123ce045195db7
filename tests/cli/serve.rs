//! `abide serve`: the real program, over real sockets.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::Value;

use super::{TINY, User, fixture, json, locked, stderr, stdout};

/// A server with the tiny model. It is killed if a test ends before it does.
struct Serving {
    child: Child,
    /// What it has not said yet.
    told: BufReader<ChildStderr>,
    /// What was said before it listened.
    before: String,
    address: String,
}

impl Serving {
    /// Starts it on a free port and waits until it is ready.
    #[allow(
        clippy::zombie_processes,
        reason = "it is waited for when this is dropped; a failure here ends the test"
    )]
    fn start(user: &User, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_abide"))
            .args(["serve", "--port", "0"])
            .args(arguments)
            .env_clear()
            .env("HOME", user.home.path())
            .env("ABIDE_HOME", user.home.path())
            .env("ABIDE_OFFLINE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut told = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut before = String::new();
        loop {
            let mut line = String::new();
            assert!(told.read_line(&mut line).expect("it is text") > 0, "it ended: {before}");
            if let Some(address) = line.trim().strip_prefix("listening on http://") {
                return Self { child, told, before, address: address.to_owned() };
            }
            before += &line;
        }
    }

    /// Status and body of a request; `head` has further lines of its head, each with its line end.
    fn ask(&self, method: &str, path: &str, head: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{head}content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers in text");
        let status = answer.split(' ').nth(1).expect("a status").parse().expect("a number");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
        (status, body.to_owned())
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(sent.expect("there is kill").success());
    }

    /// Waits for the end; gives the status and what was said meanwhile.
    fn end(mut self) -> (Option<i32>, String) {
        let mut told = String::new();
        self.told.read_to_string(&mut told).expect("it is text");
        (self.child.wait().expect("it ends").code(), told)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_serves_until_it_is_told_to_stop() {
    let user = User::new();
    let serving = Serving::start(&user, &[&fixture(TINY)]);
    let (status, health) = serving.ask("GET", "/health", "", "");
    assert_eq!(status, 200);
    assert_eq!(serde_json::from_str::<Value>(&health).unwrap()["status"], "ok");

    let (_, models) = serving.ask("GET", "/v1/models", "", "");
    assert_eq!(serde_json::from_str::<Value>(&models).unwrap()["data"][0]["id"], "qwen3", "{models}");
    let order = r#"{"prompt":"the fox","max_tokens":4,"temperature":0}"#;
    let (status, answer) = serving.ask("POST", "/v1/completions", "", order);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((status, &answer["usage"]["completion_tokens"]), (200, &4.into()), "{answer}");
    let (_, tokens) = serving.ask("POST", "/tokenize", "", r#"{"content":"the fox"}"#);
    let (_, text) = serving.ask("POST", "/detokenize", "", &tokens);
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["content"], "the fox");
    let (status, refused) = serving.ask("POST", "/v1/completions", "", r#"{"model":"nothing","prompt":"x"}"#);
    assert_eq!(status, 404, "{refused}");
    assert_eq!(serving.ask("GET", "/health", "origin: https://evil.example\r\n", "").0, 403);

    serving.signal("-TERM");
    let (status, told) = serving.end();
    assert_eq!(status, Some(0), "{told}");
    assert!(!told.contains("the fox"), "what was said is not logged: {told}");
}

#[test]
fn beside_locked_companions_nothing_is_saved_and_that_is_said() {
    let user = locked::locked();
    for (arguments, said) in [(&["--save-cache"][..], true), (&[][..], false)] {
        let serving = Serving::start(&user, arguments);
        assert!(serving.before.contains("without companions"), "{}", serving.before);
        assert_eq!(serving.before.contains(locked::NOTHING_SAVED), said, "{}", serving.before);
    }
}

#[test]
fn a_server_whose_key_was_deleted_saves_no_more() {
    let user = User::new();
    let serving = Serving::start(&user, &[&fixture(TINY), "--save-cache", "--context", "1000", "-v"]);
    let order = |words: &str| {
        let prompt = format!("The {words} and the river and the stone. ").repeat(45);
        serde_json::json!({ "prompt": prompt, "max_tokens": 2, "temperature": 0 }).to_string()
    };
    assert_eq!(serving.ask("POST", "/v1/completions", "", &order("fox")).0, 200);
    user.abide(["cache", "clear", "--yes"]).assert().success();
    assert_eq!(serving.ask("POST", "/v1/completions", "", &order("owl")).0, 200);
    serving.signal("-TERM");
    let (status, told) = serving.end();
    assert_eq!(status, Some(0), "{told}");
    assert!(locked::saved(&user).is_empty() && told.contains("nothing more is saved"), "{told}");
}

#[test]
fn talks_with_companions_are_saved_and_go_when_something_is_forgotten() {
    let user = User::new();
    let file = user.write("mara.toml", "name = \"Mara\"\n").display().to_string();
    user.abide(["companion", "new", "--from", &file]).assert().success();
    let tiny = fixture(TINY);
    let long =
        format!("My safe opens with swordfish. {}", "The fox and the river and the stone. ".repeat(45));
    let messages = serde_json::json!([{ "role": "user", "content": long }]);
    let plain = serde_json::json!({ "prompt": long, "max_tokens": 2 });
    let talk = serde_json::json!({ "model": "companion/Mara", "messages": messages, "max_tokens": 2 });
    for (path, order, arguments, saves) in [
        ("/v1/completions", &plain, &[][..], false),
        ("/v1/chat/completions", &talk, &["--no-save-cache"][..], false),
        ("/v1/chat/completions", &talk, &[][..], true),
    ] {
        let serving = Serving::start(&user, &[&[tiny.as_str(), "--context", "1000"][..], arguments].concat());
        let (status, told) = serving.ask("POST", path, "", &order.to_string());
        assert_eq!(status, 200, "{told}");
        serving.signal("-TERM");
        assert_eq!(serving.end().0, Some(0));
        assert_eq!(!locked::saved(&user).is_empty(), saves, "{path} {arguments:?}");
    }
    let serving = Serving::start(&user, &[&tiny, "--context", "1000"]);
    let forget = |body: Value| serving.ask("POST", "/v1/companions/Mara/forget", "", &body.to_string());
    let (_, found) = forget(serde_json::json!({ "query": "swordfish" }));
    let found: Value = serde_json::from_str(&found).unwrap();
    let (status, told) = forget(serde_json::json!({ "messages": [found["messages"][0]["id"]] }));
    assert_eq!(status, 200, "{told}");
    assert!(locked::saved(&user).is_empty());
}

#[test]
fn a_server_whose_home_was_locked_saves_nothing_bare() {
    let user = User::new();
    let file = user.write("mara.toml", "name = \"Mara\"\n").display().to_string();
    user.abide(["companion", "new", "--from", &file]).assert().success();
    let serving = Serving::start(&user, &[&fixture(TINY), "--save-cache", "--context", "1000", "-v"]);
    locked::lock(&user);
    let prompt = "The fox and the river and the stone. ".repeat(45);
    let order = serde_json::json!({ "prompt": prompt, "max_tokens": 2, "temperature": 0 }).to_string();
    assert_eq!(serving.ask("POST", "/v1/completions", "", &order).0, 200);
    serving.signal("-TERM");
    let (status, told) = serving.end();
    assert_eq!(status, Some(0), "{told}");
    assert!(locked::saved(&user).is_empty() && told.contains("nothing more is saved"), "{told}");
}

#[test]
fn what_is_said_is_logged_where_that_is_wanted_alone() {
    let user = User::new();
    for (wanted, arguments) in
        [(false, &["-vv"][..]), (true, &["--log-content"][..]), (true, &["-vv", "--log-content"][..])]
    {
        let model = fixture(TINY);
        let serving = Serving::start(&user, &[&[model.as_str()][..], arguments].concat());
        let order = r#"{"prompt":"a heron waits","max_tokens":4,"temperature":0}"#;
        assert_eq!(serving.ask("POST", "/v1/completions", "", order).0, 200);
        let order = r#"{"model":"qwen3","prompt":"an otter swims","options":{"num_predict":4}}"#;
        assert_eq!(serving.ask("POST", "/api/generate", "", order).0, 200);
        serving.signal("-TERM");
        let (_, told) = serving.end();
        let said = ["a heron waits", "an otter swims", "answer=\""].map(|said| told.contains(said));
        assert_eq!(said, [wanted; 3], "{arguments:?}: {told}");
    }
}

#[test]
fn where_others_reach_it_a_key_is_needed() {
    let user = User::new();
    let serving = Serving::start(&user, &["--host", "0.0.0.0"]);
    let key = std::fs::read_to_string(user.path("api-key")).unwrap();
    assert_eq!(serving.ask("GET", "/health", "", "").0, 200);
    assert_eq!(serving.ask("GET", "/v1/models", "", "").0, 401);
    assert_eq!(
        serving.ask("GET", "/v1/models", &format!("authorization: Bearer {}\r\n", key.trim()), "").0,
        200
    );
    assert_eq!(serving.ask("GET", "/v1/models", &format!("x-api-key: {}\r\n", key.trim()), "").0, 200);
    serving.signal("-INT");
    assert_eq!(serving.end().0, Some(0));
}

#[test]
fn what_makes_no_sense_is_said_before_anything_is_loaded() {
    let user = User::new();
    let short = user.write("short", "secret");
    let key_file = short.display().to_string();
    for arguments in [
        vec!["--host", "no such host"],
        vec!["--port", "70000"],
        vec!["--keep-alive", "5 moons"],
        vec!["--timeout", "0"],
        vec!["--allow-host", "http://box"],
        vec!["--allow-origin", "box"],
        vec!["--parallel", "0"],
        vec!["--api-key-file", &key_file],
        vec!["--api-key-file", "/no/such/file"],
    ] {
        let failed = user.abide([vec!["serve"], arguments.clone()].concat()).assert().code(2);
        assert_eq!(stdout(&failed), "", "{arguments:?}");
        assert!(!stderr(&failed).contains("secret"), "{}", stderr(&failed));
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let failed = user.abide(["serve", "--port", &port]).assert().code(1);
    assert!(stderr(&failed).contains("--port"), "{}", stderr(&failed));
    user.run("serve nothing.gguf --port 0").code(3);
}

#[test]
fn config_says_where_each_value_came_from() {
    let user = User::new();
    user.write("config.toml", "threads = 3\n[server]\nport = 1234\nkeep_alive = 90\n[sampling]\ntop_k = 7\n");
    let told = user
        .abide(["config", "--json", "--parallel", "2", "--top-p", "0.5"])
        .env("ABIDE_HOST", "localhost")
        .env("ABIDE_PORT", "4321")
        .assert()
        .success();
    let settings = json(&told);
    let of = |name: &str| {
        let all = settings.as_array().unwrap();
        let found = all.iter().find(|setting| setting["name"] == name);
        found.map(|setting| (setting["value"].clone(), setting["source"].as_str().unwrap().to_owned()))
    };
    let is = |value: Value, source: &str| Some((value, source.to_owned()));
    assert_eq!(of("server.parallel"), is(2.into(), "argument"));
    assert_eq!(of("server.port"), is(4321.into(), "environment"));
    assert_eq!(of("server.host"), is("localhost".into(), "environment"));
    assert_eq!(of("server.keep_alive"), is("90".into(), "config.toml"));
    assert_eq!(of("threads"), is(3.into(), "config.toml"));
    assert_eq!(of("sampling.top_k"), is(7.into(), "config.toml"));
    assert_eq!(of("sampling.top_p"), is(0.5.into(), "argument"));
    assert_eq!(of("server.queue"), is(64.into(), "default"));
    assert_eq!(of("sampling.min_p"), is(Value::Null, "default"));
    assert_eq!(of("save_cache"), is(Value::Null, "default"));
    let told = user.abide(["config", "--json", "--temperature", "0.7", "--save-cache"]).assert().success();
    let told = stdout(&told);
    assert!(told.contains("0.7") && !told.contains("0.69"), "{told}");
    assert!(told.contains("\"save_cache\""), "{told}");
    let table = stdout(&user.run("config").success());
    assert!(table.starts_with("SETTING") && table.contains("server.port"), "{table}");
    let line = table.lines().find(|line| line.starts_with("server.port ")).unwrap();
    assert!(line.contains("config.toml") && line.ends_with("1234"), "{line}");
}

#[test]
fn variables_stand_for_options() {
    let user = User::new();
    user.write("config.toml", "[server]\nport = 1234\nqueue = 9\nno_companions = false\n");
    let told = user
        .abide(["config", "--json", "--queue", "7"])
        .envs([
            ("ABIDE_QUEUE", "8"),
            ("ABIDE_KEEP_ALIVE", "1h"),
            ("ABIDE_ALLOW_HOST", "a.lan,b.lan"),
            ("ABIDE_NO_COMPANIONS", "1"),
            ("ABIDE_CONTEXT", "512"),
            ("ABIDE_SAVE_CACHE", "1"),
            ("ABIDE_SYSTEM", "Be brief."),
            ("ABIDE_PARALEL", "3"),
        ])
        .assert()
        .success();
    assert!(stderr(&told).contains("ABIDE_PARALEL") && stderr(&told).contains("ABIDE_PARALLEL"));
    let all = json(&told);
    for (name, value, source) in [
        ("server.queue", Value::from(7), "argument"),
        ("server.keep_alive", "1h".into(), "environment"),
        ("server.allow_hosts", vec!["a.lan", "b.lan"].into(), "environment"),
        ("server.no_companions", true.into(), "environment"),
        ("server.port", 1234.into(), "config.toml"),
        ("context", 512.into(), "environment"),
        ("save_cache", true.into(), "environment"),
        ("system", "Be brief.".into(), "environment"),
    ] {
        let found = all.as_array().unwrap().iter().find(|setting| setting["name"] == name).unwrap();
        assert_eq!((&found["value"], &found["source"]), (&value, &Value::from(source)), "{name}");
    }
    for (name, value) in [
        ("ABIDE_PARALLEL", "0"),
        ("ABIDE_GRACE", "soon"),
        ("ABIDE_TIMEOUT", "0"),
        ("ABIDE_ALLOW_HOST", "http://box"),
        ("ABIDE_ALLOW_ORIGIN", "box"),
        ("ABIDE_SPECULATION", "99"),
        ("ABIDE_LOG_CONTENT", "maybe"),
    ] {
        let failed = user.abide(["config"]).env(name, value).assert().code(2);
        assert!(stderr(&failed).contains(name), "{}", stderr(&failed));
    }
}
