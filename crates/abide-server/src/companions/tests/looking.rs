//! What a program may look at: prompts, versions, what stands beside the conversation, and histories before they come home.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Home, Script, events};

#[tokio::test]
async fn why_has_the_exact_prompt_and_the_words_of_its_turns() {
    let home = Home::new(vec![Script::answer(&["Good morning."])]);
    let say = json!({ "text": "Hi, I live in Lyon.", "stream": false });
    let (_, body) = home.ask("POST", "/v1/companions/Mara/messages", say).await;
    let path = format!("/v1/companions/Mara/messages/{}/why", body["reply"]["id"]);
    let (status, why) = home.ask("GET", &path, Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{why}");
    let asked = home.generator.requests().remove(0).prompt;
    let asked = abide_generation::Generator::prompt_text(&*home.generator, &asked).unwrap();
    assert_eq!(why["prompt"], asked);
    assert!(asked.contains("Hi, I live in Lyon.") && why["prompt_missing"].is_null(), "{asked}");
    let sections = why["plan"]["sections"].as_array().unwrap();
    let turns = sections.iter().find(|section| section["kind"] == "turns").unwrap();
    let words: Vec<&str> =
        turns["items"].as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap()).collect();
    assert_eq!(words, ["Hello, you.", "Hi, I live in Lyon."]);
}

#[tokio::test]
async fn two_versions_of_a_persona_are_compared() {
    let home = Home::new(Vec::new());
    for personality in ["calm", "dry", "loud"] {
        let change = json!({ "persona": { "personality": personality } });
        home.ask("PATCH", "/v1/companions/Mara", change).await;
    }
    let versions = "/v1/companions/Mara/persona/versions";
    let (status, compared) = home.ask("GET", &format!("{versions}?from=4&to=2"), Value::Null).await;
    let change = json!([{ "field": "personality", "before": "loud", "after": "calm" }]);
    assert_eq!((status, &compared["changes"]), (StatusCode::OK, &change), "{compared}");
    for (query, expected) in [("from=1&to=9", StatusCode::NOT_FOUND), ("from=1", StatusCode::BAD_REQUEST)] {
        assert_eq!(home.ask("GET", &format!("{versions}?{query}"), Value::Null).await.0, expected, "{query}");
    }
}

#[tokio::test]
async fn other_replies_and_lines_left_aside_are_listed() {
    let home = Home::new(["One.", "Two."].map(|text| Script::answer(&[text])).into());
    let messages = "/v1/companions/Mara/messages";
    let (_, first) = home.ask("POST", messages, json!({ "text": "Hi.", "stream": false })).await;
    let (_, second) = home.ask("POST", messages, json!({ "stream": false })).await;
    let (first, second) = (&first["reply"]["id"], &second["reply"]["id"]);
    for id in [first, second] {
        let (status, told) = home.ask("GET", &format!("{messages}/{id}/siblings"), Value::Null).await;
        assert_eq!((status, &told["active"]), (StatusCode::OK, second), "{told}");
        let texts: Vec<&Value> =
            told["messages"].as_array().unwrap().iter().map(|message| &message["text"]).collect();
        assert_eq!(texts, ["One.", "Two."]);
    }
    let (_, told) = home.ask("GET", "/v1/companions/Mara/branches", Value::Null).await;
    assert_eq!(told["aside"].as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!(&told["aside"][0]["id"], first);
    home.ask("POST", "/v1/companions/Mara/back", json!({ "message": first })).await;
    assert_eq!(home.texts().await.last().unwrap(), "One.");
    let (status, _) = home.ask("GET", &format!("{messages}/99/siblings"), Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_history_is_looked_at_and_drafts_a_persona_that_changes_nobody() {
    let home = Home::new(Vec::new());
    let history =
        "3/4/2021, 12:00 - Jo: Good morning, love.\n3/4/2021, 12:01 - Clara: Morning, sunshine! 🌞\n";
    let send = async |query: &str| {
        let path = format!("/v1/companions/Mara/history?me=Jo&them=Clara{query}");
        let (status, _, body) = home.send("POST", &path, history).await;
        let last = if status.is_success() { events(&body).pop() } else { None };
        (status, last.map(|(_, kind, told)| (kind, told)))
    };
    let (_, told) = send("&dry_run=true&draft=true&dates=month_first").await;
    let (kind, told) = told.unwrap();
    assert_eq!(
        (kind.as_str(), &told["report"]["total"]["messages"], &told["added"]),
        ("finished", &json!(2), &json!(0))
    );
    assert!(
        told["report"]["conversations"][0]["first"].as_str().unwrap().starts_with("2021-03-04"),
        "{told}"
    );
    assert_eq!((&told["draft"]["name"], home.texts().await.len()), (&json!("Clara"), 1));
    let (_, told) = send("&record_bytes_max=10").await;
    assert_eq!(told.unwrap().1["report"]["total"]["messages"], 0);
    let (_, told) = send("&draft=true").await;
    let (_, told) = told.unwrap();
    assert_eq!((&told["draft"]["name"], &told["added"]), (&json!("Clara"), &json!(2)), "{told}");
    let (_, mara) = home.ask("GET", "/v1/companions/Mara", Value::Null).await;
    assert_eq!(mara["persona"]["name"], "Mara");
    for query in ["&dates=never", "&record_bytes_max=0", "&record_bytes_max=9000000000"] {
        assert_eq!(send(query).await.0, StatusCode::BAD_REQUEST, "{query}");
    }
}
