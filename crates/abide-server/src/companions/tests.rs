//! The companions' API and companions as models, through the whole application with a scripted model.

mod foreign;
mod forgotten;
mod looking;
mod refusals;

use std::sync::Arc;
use std::time::Duration;

use abide_companion::companion::{Changes, Companions, CompanionsOptions, ModelUse, Settings};
use abide_companion::keys::DatabaseKey;
use abide_companion::persona::Persona;
use abide_generation::scripted::{Script, ScriptedGenerator};
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::testing::{FakeLibrary, MODEL};
use crate::{Server, ServerOptions};

/// A server with a companion called Mara on a scripted model.
struct Home {
    server: Arc<Server>,
    generator: Arc<ScriptedGenerator>,
    _folder: TempDir,
}

impl Home {
    fn new(scripts: Vec<Script>) -> Self {
        Self::with(scripts, ServerOptions::default())
    }

    fn with(scripts: Vec<Script>, options: ServerOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::random().unwrap();
        let path = folder.path().join("companions.db");
        let book = Companions::open(&path, key, CompanionsOptions::default()).unwrap();
        let persona = Persona {
            name: "Mara".to_owned(),
            greetings: vec!["Hello, you.".to_owned()],
            ..Persona::default()
        };
        book.create(&persona, None).unwrap();
        let generator =
            ScriptedGenerator::new(scripts).describe(|description| description.context_length = 8192);
        let (generator, library) = (Arc::new(generator), FakeLibrary::default());
        library.add(MODEL, Arc::clone(&generator), 1000);
        let server = Server::with_companions(Arc::new(library), Some(book), options);
        Self { server, generator, _folder: folder }
    }

    async fn raw(&self, request: Request) -> (StatusCode, String, Vec<u8>) {
        let response = crate::app(&self.server).oneshot(request).await.unwrap();
        let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        (status, kind.unwrap_or_default(), bytes)
    }

    async fn send(&self, method: &str, path: &str, body: impl Into<Body>) -> (StatusCode, String, Vec<u8>) {
        let request = Request::builder().method(method).uri(path).header("host", "localhost");
        self.raw(request.body(body.into()).unwrap()).await
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, _, bytes) = self.send(method, path, body).await;
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn texts(&self) -> Vec<String> {
        let (_, body) = self.ask("GET", "/v1/companions/Mara/messages", Value::Null).await;
        let messages = body["messages"].as_array().unwrap();
        messages.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn numbers_beyond_what_a_database_holds_are_the_clients_mistake() {
    let home = Home::new(Vec::new());
    let beyond = i64::MAX as u64 + 1;
    for (method, path, body) in [
        ("GET", format!("messages?position={beyond}"), Value::Null),
        ("GET", format!("messages/{beyond}/why"), Value::Null),
        ("PATCH", String::new(), json!({ "persona_version": beyond })),
        ("PATCH", format!("facts/{beyond}"), json!({ "pinned": true })),
        ("POST", "back".to_owned(), json!({ "message": beyond, "turns": 0 })),
        ("POST", "forget".to_owned(), json!({ "messages": [beyond], "facts": [] })),
    ] {
        let path = format!("/v1/companions/Mara/{path}");
        let (status, answer) = home.ask(method, path.trim_end_matches('/'), body).await;
        assert!(status.is_client_error(), "{method} {path}: {status} {answer}");
    }
}

/// Id, name and data of each event.
fn events(body: &[u8]) -> Vec<(String, String, Value)> {
    let text = String::from_utf8(body.to_vec()).unwrap();
    let field = |event: &str, name: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(name).map(|rest| rest.trim().to_owned()));
        line.unwrap_or_default()
    };
    let blocks = text.split("\n\n").filter(|event| event.contains("event:"));
    blocks
        .map(|event| {
            let data = serde_json::from_str(&field(event, "data:")).unwrap();
            (field(event, "id:"), field(event, "event:"), data)
        })
        .collect()
}

#[tokio::test]
async fn what_is_said_is_kept_and_answered() {
    let home = Home::new(vec![Script::answer(&["Good ", "morning."])]);
    let say = json!({ "text": "Hi, I live in Lyon.", "stream": false });
    let (status, body) = home.ask("POST", "/v1/companions/Mara/messages", say).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(body["reply"]["text"], "Good morning.");
    assert_eq!(body["said"]["text"], "Hi, I live in Lyon.");
    assert_eq!(home.texts().await, ["Hello, you.", "Hi, I live in Lyon.", "Good morning."]);
    let why = format!("/v1/companions/Mara/messages/{}/why", body["reply"]["id"]);
    let (status, why) = home.ask("GET", &why, Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    assert!(why["plan"]["prompt_tokens"].as_u64().unwrap() > 0, "{why}");
    let (_, known) = home.ask("GET", "/v1/companions", Value::Null).await;
    assert_eq!(
        (&known["companions"][0]["name"], &known["companions"][0]["messages"]),
        (&json!("Mara"), &json!(3))
    );
}

#[tokio::test]
async fn a_reply_that_takes_longer_than_it_may_is_ended() {
    let (script, hand) = Script::by_hand();
    let options = ServerOptions { deadline: Some(Duration::from_millis(100)), ..ServerOptions::default() };
    let home = Home::with(vec![script], options);
    let say = json!({ "text": "Count." }).to_string();
    let (status, _, body) = home.send("POST", "/v1/companions/Mara/messages", say).await;
    let (_, kind, told) = events(&body).pop().unwrap();
    assert_eq!((status, kind.as_str(), &told["status"]), (StatusCode::OK, "error", &json!(504)), "{told}");
    assert_eq!(home.texts().await[..2], ["Hello, you.", "Count."]);
    drop(hand);
}

#[tokio::test]
async fn a_stream_is_taken_up_again_where_it_broke_off() {
    let home = Home::new(vec![Script::answer(&["One ", "two ", "three."])]);
    let (status, kind, body) =
        home.send("POST", "/v1/companions/Mara/messages", json!({ "text": "Count." }).to_string()).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/event-stream"));
    let all = events(&body);
    let names: Vec<&str> =
        all.iter().map(|(_, name, _)| name.as_str()).filter(|name| *name != "notice").collect();
    assert_eq!((names[0], names[names.len() - 1]), ("accepted", "finished"), "{names:?}");
    let reply = all[0].2["reply"].as_str().unwrap();
    let middle = all.len() / 2;
    let path = format!("/v1/companions/Mara/replies/{reply}");
    let request =
        Request::builder().uri(&path).header("host", "localhost").header("last-event-id", &all[middle].0);
    let (status, _, rest) = home.raw(request.body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(events(&rest), all[middle + 1..]);
    let (status, problem) = home.ask("GET", "/v1/companions/Mara/replies/unknown", Value::Null).await;
    assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
}

#[tokio::test]
async fn a_companion_is_a_model_of_the_other_apis() {
    let scripts = ["One.", "Two.", "Three.", "Four."].map(|text| Script::answer(&[text]));
    let home = Home::new(scripts.into());
    let message = |role: &str, content: &str| json!({ "role": role, "content": content });
    let first = [message("system", "Be brief."), message("user", "First?")];
    let ask = |messages: Vec<Value>| json!({ "model": "companion/Mara", "messages": messages });
    let (status, body) = home.ask("POST", "/v1/chat/completions", ask(first.to_vec())).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    // A client of another API has no other place for what must be said at the beginning of a day's talk.
    let noticed = "*Mara is software, not a person. It can be wrong, and it feels nothing.*\n\nOne.";
    assert_eq!(body["choices"][0]["message"]["content"], noticed);
    // The client sends its whole list again, as clients do.
    let mut list = first.to_vec();
    list.extend([message("assistant", noticed), message("user", "Second?")]);
    let (_, body) = home.ask("POST", "/v1/chat/completions", ask(list.clone())).await;
    assert_eq!(body["choices"][0]["message"]["content"], "Two.");
    assert_eq!(home.texts().await, ["Hello, you.", "First?", "One.", "Second?", "Two."]);
    // Another program goes on with the same conversation.
    let ollama =
        json!({ "model": "companion/mara", "stream": false, "messages": [message("user", "Third?")] });
    let (status, body) = home.ask("POST", "/api/chat", ollama).await;
    assert_eq!((status, &body["message"]["content"]), (StatusCode::OK, &json!("Three.")), "{body}");
    let anthropic =
        json!({ "model": "companion/Mara", "max_tokens": 50, "messages": [message("user", "Fourth?")] });
    let (status, body) = home.ask("POST", "/v1/messages", anthropic).await;
    assert_eq!((status, &body["content"][0]["text"]), (StatusCode::OK, &json!("Four.")), "{body}");
    assert_eq!(home.texts().await.len(), 9);
    let (_, models) = home.ask("GET", "/v1/models", Value::Null).await;
    let ids: Vec<&str> =
        models["data"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["companion/Mara", MODEL]);
    for path in ["/v1/models/companion/Mara", "/v1/models/companion%2FMara"] {
        let (status, model) = home.ask("GET", path, Value::Null).await;
        assert_eq!((status, &model["id"]), (StatusCode::OK, &json!("companion/Mara")), "{path}");
    }
    let (status, _) = home.ask("GET", "/v1/models/companion/Nobody", Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(home.generator.requests().len(), 4);
}

#[tokio::test]
async fn what_only_models_can_do_is_refused_by_name() {
    let home = Home::new(Vec::new());
    let messages = json!([{ "role": "user", "content": "Hi" }]);
    for (field, value) in [("logprobs", json!(true)), ("response_format", json!({ "type": "json_object" }))] {
        let mut body = json!({ "model": "companion/Mara", "messages": messages });
        body[field] = value;
        let (status, body) = home.ask("POST", "/v1/chat/completions", body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(body["error"]["param"], field);
    }
    let nobody = json!({ "model": "companion/Nobody", "messages": messages });
    let (status, body) = home.ask("POST", "/v1/chat/completions", nobody).await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::NOT_FOUND, &json!("model_not_found")));
    assert_eq!(home.texts().await, ["Hello, you."]);
}

#[tokio::test]
async fn memories_are_seen_corrected_and_forgotten() {
    let home = Home::new(vec![Script::answer(&["I see."])]);
    let (status, fact) = home
        .ask("POST", "/v1/companions/Mara/facts", json!({ "text": "I play the zither", "pinned": true }))
        .await;
    assert_eq!(status, StatusCode::CREATED, "{fact}");
    let path = format!("/v1/companions/Mara/facts/{}", fact["id"]);
    let (_, changed) = home.ask("PATCH", &path, json!({ "text": "I play the harp" })).await;
    assert_eq!((&changed["text"], &changed["pinned"]), (&json!("I play the harp"), &json!(true)));
    let say = json!({ "text": "The password of my safe is swordfish.", "stream": false });
    home.ask("POST", "/v1/companions/Mara/messages", say).await;
    let forget = "/v1/companions/Mara/forget";
    let (_, found) = home.ask("POST", forget, json!({ "query": "swordfish" })).await;
    let id = found["messages"][0]["id"].as_u64().unwrap();
    let (status, gone) = home.ask("POST", forget, json!({ "messages": [id] })).await;
    assert_eq!(status, StatusCode::OK, "{gone}");
    let (_, found) = home.ask("POST", forget, json!({ "query": "swordfish" })).await;
    assert_eq!(found["messages"], json!([]));
    assert!(home.texts().await.iter().all(|text| !text.contains("swordfish")));
    assert!(home.server.forgot(), "saved caches must go, too");
    let (status, problem) = home.ask("POST", forget, json!({})).await;
    assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("query")));
}

#[tokio::test]
async fn companions_are_made_changed_taken_along_and_deleted() {
    let home = Home::new(Vec::new());
    let new = json!({ "persona": { "name": "Tom", "personality": "loud" } });
    assert_eq!(home.ask("POST", "/v1/companions", new.clone()).await.0, StatusCode::CREATED);
    assert_eq!(home.ask("POST", "/v1/companions", new).await.0, StatusCode::CONFLICT);
    let (_, tom) =
        home.ask("PATCH", "/v1/companions/Tom", json!({ "persona": { "personality": "calm" } })).await;
    assert_eq!(tom["persona"]["personality"], "calm");
    let (_, versions) = home.ask("GET", "/v1/companions/Tom/persona/versions", Value::Null).await;
    assert_eq!(versions["versions"].as_array().unwrap().len(), 2);
    let export = json!({ "form": "abide", "passphrase": "ouvre-toi, sésame 密码" });
    let (status, _, archive) = home.send("POST", "/v1/companions/Tom/export", export.to_string()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!archive.windows(4).any(|bytes| bytes == b"calm"), "an archive is sealed");
    let (status, _, _) = home.send("DELETE", "/v1/companions/Tom", "").await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let import = |passphrase: &str| {
        let request =
            Request::builder().method("POST").uri("/v1/companions/import").header("host", "localhost");
        request.header("abide-passphrase", passphrase).body(Body::from(archive.clone())).unwrap()
    };
    let (status, kind, _) = home.raw(import("wrong")).await;
    assert_eq!((status, kind.as_str()), (StatusCode::BAD_REQUEST, "application/problem+json"));
    assert_eq!(home.raw(import("ouvre-toi, sésame 密码")).await.0, StatusCode::CREATED);
    let (_, tom) = home.ask("GET", "/v1/companions/tom", Value::Null).await;
    assert_eq!(tom["persona"]["personality"], "calm");
    // Cards in each wrapping, a ZIP among them.
    for form in ["card", "card_png", "card_charx"] {
        let (status, _, card) =
            home.send("POST", "/v1/companions/Tom/export", json!({ "form": form }).to_string()).await;
        assert_eq!(status, StatusCode::OK, "{form}");
        let uri = format!("/v1/companions/import?name=Tom-{form}");
        let request = Request::builder().method("POST").uri(uri).header("host", "localhost");
        let (status, _, body) = home.raw(request.body(Body::from(card)).unwrap()).await;
        assert_eq!(status, StatusCode::CREATED, "{form}: {}", String::from_utf8_lossy(&body));
    }
}

#[tokio::test]
async fn a_server_without_companions_says_so() {
    let server = crate::testing::server(Vec::new());
    let request = Request::builder().uri("/v1/companions").header("host", "localhost");
    let response = crate::app(&server).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn what_was_brought_home_is_told_noted_and_forgotten() {
    let home = Home::new(Vec::new());
    let history = concat!(
        r#"{"user_name":"Jo","character_name":"Mara","create_date":"2021-05-01@10h00m00s"}"#,
        "\n",
        r#"{"name":"Jo","is_user":true,"send_date":"2021-05-01T10:00:00Z","mes":"My sister is called Ilse."}"#,
        "\n"
    );
    let (status, _, body) = home.send("POST", "/v1/companions/Mara/history", history).await;
    assert_eq!(status, StatusCode::OK);
    let events = events(&body);
    let (_, kind, report) = events.last().unwrap();
    assert_eq!((kind.as_str(), &report["added"]), ("finished", &json!(1)));
    let (_, told) = home.ask("GET", "/v1/companions/Mara/imports", Value::Null).await;
    assert_eq!(told["imports"][0]["report"]["total"]["messages"], 1);
    let note = json!({"note": "May is missing"});
    let (status, _) = home.ask("PATCH", "/v1/companions/Mara/imports/1", note.clone()).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(home.ask("PATCH", "/v1/companions/Mara/imports/2", note).await.0, StatusCode::NOT_FOUND);
    let (_, told) = home.ask("GET", "/v1/companions/Mara/imports", Value::Null).await;
    assert_eq!(told["imports"][0]["note"], "May is missing");
    let (status, gone) = home.ask("DELETE", "/v1/companions/Mara/imports/1", Value::Null).await;
    assert_eq!((status, gone["messages"].as_array().map(Vec::len)), (StatusCode::OK, Some(1)));
    assert!(home.texts().await.iter().all(|text| !text.contains("Ilse")));
}

#[tokio::test]
async fn a_model_that_a_companion_answers_on_is_not_deleted() {
    let home = Home::new(vec![Script::answer(&["Aye."])]);
    let delete = async || home.ask("DELETE", "/api/delete", json!({ "model": MODEL })).await;
    let (status, problem) = delete().await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    let told = problem["error"].as_str().unwrap();
    assert!(told.contains("Mara has no model of its own and answers on it"), "{told}");
    // One of its own, and the one it had before.
    let used = |name: &str| ModelUse::named(name, Timestamp::UNIX_EPOCH);
    for (model, former, part) in [
        (used(MODEL), Vec::new(), "Mara runs on it"),
        (used("another"), vec![used(MODEL)], "Mara ran on it before"),
    ] {
        let mara = home.server.companions.as_ref().unwrap().get("Mara").unwrap();
        let settings = Settings { model: Some(model), former_models: former, ..mara.settings().unwrap() };
        mara.change(|| Ok((Changes { settings: Some(settings), ..Changes::default() }, ()))).unwrap();
        let (status, problem) = delete().await;
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        assert!(problem["error"].as_str().unwrap().contains(part), "{problem}");
    }
    // A rehearsal alone leads to another model; a client may send back what it got, and let those of before go.
    let (_, mara) = home.ask("GET", "/v1/companions/Mara", Value::Null).await;
    for (settings, field) in [
        (json!({ "model": null }), "settings.model"),
        (json!({ "model": { "name": "nope", "since": "2026-01-01T00:00:00Z" } }), "settings.model"),
        (
            json!({ "former_models": [{ "name": "nope", "since": "2026-01-01T00:00:00Z" }] }),
            "settings.former_models",
        ),
    ] {
        let (status, problem) =
            home.ask("PATCH", "/v1/companions/Mara", json!({ "settings": settings })).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{problem}");
    }
    let same = json!({ "settings": mara["settings"] });
    assert_eq!(home.ask("PATCH", "/v1/companions/Mara", same).await.0, StatusCode::OK);
    let gone = json!({ "settings": { "former_models": [] } });
    assert_eq!(home.ask("PATCH", "/v1/companions/Mara", gone).await.0, StatusCode::OK);
    assert_eq!(delete().await.0, StatusCode::OK);
}

#[tokio::test]
async fn lorebooks_go_out_alone() {
    let home = Home::new(Vec::new());
    let export = async |form: &str| {
        let body = json!({ "form": form }).to_string();
        home.send("POST", "/v1/companions/Mara/export", body).await
    };
    let (status, _, told) = export("lorebook").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(String::from_utf8_lossy(&told).contains("/v1/companions/import?into="));
    let world =
        json!({"entries": {"4": {"uid": 4, "key": ["tide"], "content": "High at six.", "futureField": [1]}}});
    let (status, told) = home.ask("POST", "/v1/companions/import?into=Mara", world.clone()).await;
    assert!(status.is_success(), "{told}");
    for (form, place) in [("world_info", "/entries/4"), ("lorebook", "/data/entries/0")] {
        let (status, kind, body) = export(form).await;
        assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/json"));
        let written: Value = serde_json::from_slice(&body).unwrap();
        let entry = written.pointer(place).unwrap();
        assert_eq!((&entry["content"], &entry["futureField"]), (&json!("High at six."), &json!([1])));
    }
    let refused = json!({ "form": "lorebook", "all_branches": true });
    let (status, problem) = home.ask("POST", "/v1/companions/Mara/export", refused).await;
    assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("all_branches")));
}

#[tokio::test]
async fn a_client_that_lost_everything_hears_a_reply_from_its_beginning() {
    let home = Home::new(vec![Script::answer(&["Aye, ", "aye."])]);
    let say = json!({ "text": "Hello.", "stream": true }).to_string();
    let (_, _, body) = home.send("POST", "/v1/companions/Mara/messages", say).await;
    let all = events(&body);
    assert_eq!(all[0].1, "accepted");
    let reply = all[0].2["reply"].as_str().unwrap();
    assert_eq!(all[0].0, format!("{reply}-0"));
    let path = format!("/v1/companions/Mara/replies/{reply}");
    let (_, _, again) = home.send("GET", &path, "").await;
    assert_eq!(events(&again), all);
    for (lost, event) in all.iter().enumerate() {
        let request =
            Request::builder().uri(&path).header("host", "localhost").header("last-event-id", &event.0);
        let (status, _, rest) = home.raw(request.body(Body::empty()).unwrap()).await;
        assert_eq!(events(&rest), all[lost + 1..]);
        // Where nothing comes any more, an event source is told to come no more.
        let expected = if lost + 1 == all.len() { StatusCode::NO_CONTENT } else { StatusCode::OK };
        assert_eq!(status, expected);
    }
    for (id, expected) in [("", StatusCode::OK), ("another-1", StatusCode::BAD_REQUEST)] {
        let request = Request::builder().uri(&path).header("host", "localhost").header("last-event-id", id);
        let (status, _, rest) = home.raw(request.body(Body::empty()).unwrap()).await;
        assert_eq!(status, expected, "{id}");
        assert!(!status.is_success() || events(&rest) == all);
    }
}
