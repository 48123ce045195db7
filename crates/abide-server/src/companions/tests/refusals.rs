//! What the companions' own API refuses: nothing of it is kept, and nothing is ignored.

use abide_generation::GenerationError;

use super::*;

const MESSAGES: &str = "/v1/companions/Mara/messages";

#[tokio::test]
async fn a_turn_that_can_not_be_answered_so_is_not_kept() {
    let home = Home::new(Vec::new());
    for (field, value) in [("temperature", json!(-1)), ("max_tokens", json!(0))] {
        let mut say = json!({ "text": "x", "stream": false });
        say[field] = value;
        let (status, problem) = home.ask("POST", MESSAGES, say).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{problem}");
    }
    assert_eq!(home.texts().await, ["Hello, you."]);
}

#[tokio::test]
async fn a_turn_that_found_no_place_is_said_again_and_kept_once() {
    let full = || Script::refused(GenerationError::QueueFull { waiting: 64 });
    let home = Home::new(vec![full(), full(), Script::answer(&["Here."])]);
    let say = json!({ "text": "x", "stream": false });
    let request = Request::builder().method("POST").uri(MESSAGES).header("host", "localhost");
    let request = request.body(Body::from(say.to_string())).unwrap();
    let response = crate::app(&home.server).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(home.ask("POST", MESSAGES, say.clone()).await.0, StatusCode::TOO_MANY_REQUESTS);
    let (status, body) = home.ask("POST", MESSAGES, say).await;
    assert_eq!((status, &body["said"]["text"]), (StatusCode::OK, &json!("x")), "{body}");
    assert_eq!(home.texts().await, ["Hello, you.", "x", "Here."]);
}

#[tokio::test]
async fn replies_are_counted() {
    let home = Home::new(vec![Script::answer(&["One ", "two."])]);
    home.ask("POST", MESSAGES, json!({ "text": "Count.", "stream": false })).await;
    let (_, _, metrics) = home.send("GET", "/metrics", "").await;
    let metrics = String::from_utf8(metrics).unwrap();
    let value = |name: &str| {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim().parse::<u64>().unwrap_or_else(|_| panic!("{name}:\n{metrics}"))
    };
    assert!(value("abide_completion_tokens_total ") > 0);
    assert!(value("abide_prompt_tokens_total ") > 0);
    assert_eq!(value("abide_time_to_first_token_seconds_count "), 1);
}

#[tokio::test]
async fn what_is_chosen_for_a_file_of_another_kind_is_refused() {
    let home = Home::new(Vec::new());
    let card = json!({"name": "Tom", "description": "A cat.", "first_mes": "Meow."}).to_string();
    let world = json!({"entries": {"4": {"uid": 4, "key": ["tide"], "content": "High at six."}}}).to_string();
    let export = json!({"form": "abide", "without_passphrase": true}).to_string();
    let (_, _, archive) = home.send("POST", "/v1/companions/Mara/export", export).await;
    for (query, body, field) in [
        ("into=Mara", card.clone().into_bytes(), "into"),
        ("copy=true", card.into_bytes(), "copy"),
        ("into=Mara&copy=true&name=Mara2", archive, "into"),
        ("into=Mara&name=Tide", world.clone().into_bytes(), "name"),
        ("into=Mara&copy=true", world.into_bytes(), "copy"),
    ] {
        let (status, _, told) = home.send("POST", &format!("/v1/companions/import?{query}"), body).await;
        let told: Value = serde_json::from_slice(&told).unwrap();
        assert_eq!((status, &told["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{query}: {told}");
    }
    let (_, there) = home.ask("GET", "/v1/companions", Value::Null).await;
    assert_eq!(there["companions"].as_array().map(Vec::len), Some(1), "{there}");
    let both = "/v1/companions/Mara/history?title=a&character=b";
    let (status, problem) = home.ask("POST", both, json!({})).await;
    assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("character")));
}

#[tokio::test]
async fn of_many_doubts_the_first_are_told_and_all_are_counted() {
    let home = Home::new(Vec::new());
    let head = r#"{"user_name":"Jo","character_name":"Mara","create_date":"2021-05-01@10h00m00s"}"#;
    let line = r#"{"name":"Jo","is_user":true,"send_date":"2021-05-01T10:00:00Z","mes":"Hello."}"#;
    let broken = r#"{"name":"Ada","is_us"#.to_owned() + "\n";
    let history = format!("{head}\n{line}\n{}", broken.repeat(1_500));
    let (_, _, body) = home.send("POST", "/v1/companions/Mara/history", history).await;
    let events = events(&body);
    assert_eq!(events.iter().filter(|(_, kind, _)| kind == "doubt").count(), 1_000);
    let (_, kind, report) = events.last().unwrap();
    assert_eq!((kind.as_str(), &report["report"]["doubts_total"]), ("finished", &json!(1_500)), "{report}");
}

#[tokio::test]
async fn a_fact_is_changed_as_a_whole_or_not() {
    let home = Home::new(vec![Script::answer(&["I see."])]);
    home.ask("POST", MESSAGES, json!({ "text": "I live in Lyon.", "stream": false })).await;
    let (_, known) = home.ask("GET", "/v1/companions/Mara/facts", Value::Null).await;
    let fact = &known["facts"][0];
    assert_eq!(fact["value"], "Lyon", "{known}");
    let path = format!("/v1/companions/Mara/facts/{}", fact["id"]);
    let (status, _) = home.ask("PATCH", &path, json!({ "text": " ", "pinned": true })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (_, known) = home.ask("GET", "/v1/companions/Mara/facts", Value::Null).await;
    assert_eq!((&known["facts"][0]["text"], &known["facts"][0]["pinned"]), (&fact["text"], &json!(false)));
    // Another value in the same sentence, in one of the user's own, and one that says something else.
    let other = fact["text"].as_str().unwrap().replace("Lyon", "Paris");
    for (text, value) in [(&*other, "Paris"), ("I live in Rome", "Rome"), ("Far away", "Far away")] {
        let (_, changed) = home.ask("PATCH", &path, json!({ "text": text, "pinned": true })).await;
        assert_eq!((&changed["text"], &changed["value"]), (&json!(text), &json!(value)), "{changed}");
        assert_eq!(changed["pinned"], true);
    }
}

#[tokio::test]
async fn a_refused_change_names_its_field() {
    let home = Home::new(Vec::new());
    for (change, field, part) in [
        (json!({ "settings": { "model": "gemma" } }), "settings.model", "must be an object, not the text"),
        (json!({ "settings": { "recall": "yes" } }), "settings.recall", "true or false"),
        (json!({ "settings": { "model": { "name": 5 } } }), "settings.model.name", "must be a text"),
        (json!({ "settings": { "context_tokens": 3 } }), "settings.context_tokens", "tokens of context"),
        (json!({ "settings": { "time_zone": "Nowhere/Land" } }), "settings.time_zone", "Europe/Paris"),
        (json!({ "settings": { "colour": 1 } }), "settings.colour", "unknown"),
        (json!({ "persona": { "greetings": 7 } }), "persona.greetings", "must be a list"),
        (json!({ "persona": { "name": "" } }), "persona.name", "name"),
    ] {
        let (status, problem) = home.ask("PATCH", "/v1/companions/Mara", change.clone()).await;
        assert_eq!(
            (status, &problem["field"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{change}: {problem}"
        );
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(part) && !detail.contains("what was sent"), "{detail}");
    }
}

#[tokio::test]
async fn a_companion_is_changed_as_a_whole_or_not() {
    let home = Home::new(Vec::new());
    home.ask("POST", "/v1/companions", json!({ "persona": { "name": "Zed" } })).await;
    let change = json!({
        "persona": { "personality": "loud" }, "settings": { "language": "fr" }, "name": "Zed"
    });
    let (status, problem) = home.ask("PATCH", "/v1/companions/Mara", change.clone()).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    let (_, mara) = home.ask("GET", "/v1/companions/Mara", Value::Null).await;
    assert_ne!(mara["persona"]["personality"], "loud");
    assert_ne!(mara["settings"]["language"], "fr");
    let mut change = change;
    change["name"] = "Marie".into();
    change["persona_version"] = 1.into();
    let (status, marie) = home.ask("PATCH", "/v1/companions/Mara", change).await;
    assert_eq!((status, &marie["name"]), (StatusCode::OK, &json!("Marie")), "{marie}");
    assert_eq!(marie["persona"]["personality"], "loud");
    assert_eq!(marie["settings"]["language"], "fr");
}

#[tokio::test]
async fn what_does_not_go_together_is_refused_by_name() {
    let home = Home::new(Vec::new());
    assert_eq!(
        home.ask("POST", "/v1/companions/Mara/branches", json!({ "name": "b" })).await.0,
        StatusCode::OK
    );
    for (path, body, field) in [
        ("Mara/export", json!({ "form": "markdown", "passphrase": "open sesame" }), "passphrase"),
        ("Mara/export", json!({ "form": "card", "without_passphrase": true }), "without_passphrase"),
        ("Mara/export", json!({ "form": "card", "all_branches": true }), "all_branches"),
        ("Mara/back", json!({ "turns": 1, "message": 1 }), "turns"),
        ("Mara/facts", json!({ "text": "spiders", "avoid": true, "pinned": true }), "pinned"),
        ("Mara/branches", json!({ "name": "b", "message": 1 }), "message"),
        ("Mara/branches", json!({ "name": "" }), "name"),
        ("Mara/messages", json!({ "text": " " }), "text"),
        ("Mara/facts", json!({ "text": "" }), "text"),
        ("", json!({ "persona": { "name": "Tom" }, "language": "fr" }), "language"),
    ] {
        let path = format!("/v1/companions/{path}");
        let (status, problem) = home.ask("POST", path.trim_end_matches('/'), body).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{problem}");
    }
}

#[tokio::test]
async fn a_picture_that_is_a_file_elsewhere_is_refused() {
    let home = Home::new(Vec::new());
    let avatar = json!({ "path": "mara.png" });
    let persona = json!({ "name": "Vera", "avatar": avatar });
    for (method, path, body) in [
        ("POST", "/v1/companions", json!({ "persona": persona })),
        ("PATCH", "/v1/companions/Mara", json!({ "persona": { "avatar": avatar } })),
    ] {
        let (status, problem) = home.ask(method, path, body).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("persona.avatar.path")));
        assert!(problem["detail"].as_str().unwrap().contains("persona.avatar.data"), "{problem}");
    }
    let (_, listed) = home.ask("GET", "/v1/companions", Value::Null).await;
    assert_eq!(listed["companions"].as_array().unwrap().len(), 1);
    let data = json!({ "persona": { "avatar": { "data": "iVBORw0KGgo=" } } });
    let (status, changed) = home.ask("PATCH", "/v1/companions/Mara", data).await;
    assert_eq!((status, &changed["persona"]["avatar"]["media_type"]), (StatusCode::OK, &json!("image/png")));
}
