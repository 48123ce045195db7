//! What a program may look at: prompts, versions, what stands beside the conversation, and histories before they come home.

use axum::http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Home, Script, events};
use crate::companions::answers::{
    Branch, Deleted, Imports, Memory, Mood, PersonaVersions, Whole, Why, Window,
};
use crate::companions::wire::{NoticeShown, UsageShown};
use crate::testing::MODEL;

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
async fn no_change_that_was_answered_is_lost_to_another_one_at_the_same_time() {
    let home = Home::new(Vec::new());
    let path = "/v1/companions/Mara";
    for _ in 0..10 {
        let before = json!({ "settings": { "moods": true, "recall": true }, "persona": { "tags": [], "scenario": "" } });
        home.ask("PATCH", path, before).await;
        let (moods, recall, tags, scenario) = tokio::join!(
            home.ask("PATCH", path, json!({ "settings": { "moods": false } })),
            home.ask("PATCH", path, json!({ "settings": { "recall": false } })),
            home.ask("PATCH", path, json!({ "persona": { "tags": ["sea"] } })),
            home.ask("PATCH", path, json!({ "persona": { "scenario": "A pier." } })),
        );
        assert!([moods.0, recall.0, tags.0, scenario.0].iter().all(StatusCode::is_success));
        let (_, now) = home.ask("GET", path, Value::Null).await;
        let kept = json!([
            now["settings"]["moods"],
            now["settings"]["recall"],
            now["persona"]["tags"],
            now["persona"]["scenario"]
        ]);
        assert_eq!(kept, json!([false, false, ["sea"], "A pier."]));
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
    for path in ["messages/1/siblings", "messages/2/why", "branches"] {
        let path = format!("/v1/companions/Mara/{path}?zz=1");
        let (status, body) = home.ask("GET", &path, Value::Null).await;
        assert_eq!((status, &body["field"]), (StatusCode::BAD_REQUEST, &json!("zz")), "{path}: {body}");
    }
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
        ("finished", &json!(2), &json!(2))
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
    assert_eq!((&mara["persona"]["name"], &told["user_name"]), (&json!("Mara"), &json!("Jo")), "{mara}");
    let (_, told) = send("&dry_run=true").await;
    assert_eq!(told.unwrap().1["already_there"], 2);
    let (_, told) = send("&draft=true&character=Nobody").await;
    assert_eq!(told.unwrap().1["draft"], Value::Null);
    for query in ["&dates=never", "&record_bytes_max=0", "&record_bytes_max=9000000000"] {
        assert_eq!(send(query).await.0, StatusCode::BAD_REQUEST, "{query}");
    }
}

/// Asserts that an answer has the fields of `T`, and no others.
fn fits<T: DeserializeOwned + Serialize>(answer: &Value) {
    let read: T =
        serde_json::from_value(answer.clone()).unwrap_or_else(|error| panic!("{error}: {answer:#}"));
    assert_known(answer, &serde_json::to_value(read).unwrap(), "");
}

fn assert_known(answer: &Value, described: &Value, path: &str) {
    match answer {
        Value::Object(fields) => {
            for (name, field) in fields {
                let known = described.get(name);
                assert!(known.is_some(), "{path}.{name} is not described");
                assert_known(field, known.unwrap(), &format!("{path}.{name}"));
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| assert_known(item, &described[index], path));
        }
        _ => {}
    }
}

#[tokio::test]
async fn answers_have_the_fields_that_are_described() {
    let home = Home::new(["Aye.", "Aye, aye."].map(|text| Script::answer(&[text])).into());
    let book = json!({"entries": [{"keys": ["boat"], "content": "It is red.", "enabled": true, "insertion_order": 1}]});
    home.ask(
        "PATCH",
        "/v1/companions/Mara",
        json!({ "persona": { "personality": "dry", "lorebook": book } }),
    )
    .await;
    let say = |text: &str| json!({ "text": text, "stream": false });
    let path = |rest: &str| format!("/v1/companions/Mara{rest}");
    let said = home.ask("POST", &path("/messages"), say("I am so happy, I sold my boat.")).await.1;
    fits::<UsageShown>(&said["usage"]);
    said["notices"].as_array().unwrap().iter().for_each(fits::<NoticeShown>);
    let said = home.ask("POST", &path("/messages"), say("Do you remember my boat?")).await.1;
    let get = async |rest: &str| home.ask("GET", &path(rest), Value::Null).await.1;
    fits::<Whole>(&get("").await);
    fits::<Why>(&get(&format!("/messages/{}/why", said["reply"]["id"])).await);
    let versions = get("/persona/versions").await;
    fits::<PersonaVersions>(&versions);
    assert!(!versions["versions"][1]["changes"].as_array().unwrap().is_empty(), "{versions}");
    fits::<PersonaVersions>(&get("/persona/versions?from=1&to=2").await);
    let moods = get("/moods").await;
    assert!(!moods["moods"].as_array().unwrap().is_empty(), "{moods}");
    moods["moods"].as_array().unwrap().iter().for_each(fits::<Mood>);
    let branches = home.ask("POST", &path("/branches"), json!({ "name": "what if" })).await.1;
    branches["branches"].as_array().unwrap().iter().for_each(fits::<Branch>);
    let history = "{\"user_name\":\"Ada\",\"character_name\":\"Iris\"}\n{\"name\":\"Ada\",\"is_user\":true,\
         \"send_date\":\"2023-05-01T10:00:00Z\",\"mes\":\"My cat is called Ilse.\"}\nnonsense\n";
    home.send("POST", &path("/history"), history).await;
    let imports = get("/imports").await;
    assert!(!imports["imports"][0]["report"]["doubts"].as_array().unwrap().is_empty(), "{imports}");
    fits::<Imports>(&imports);
    let recalled = home.ask("POST", &path("/recall"), json!({ "query": "What is my cat called?" })).await.1;
    assert!(!recalled["memories"].as_array().unwrap().is_empty(), "{recalled}");
    recalled["memories"].as_array().unwrap().iter().for_each(fits::<Memory>);
    let forget = json!({ "messages": [said["said"]["id"]] });
    fits::<Deleted>(&home.ask("POST", &path("/forget"), forget).await.1);
}

#[tokio::test]
async fn a_fresh_window_begins_behind_the_last_message_and_once() {
    let home = Home::new(["One.", "Two.", "Three."].map(|text| Script::answer(&[text])).into());
    let talk = async |text: &str| {
        home.ask("POST", "/v1/companions/Mara/messages", json!({ "text": text, "stream": false })).await;
        format!("{:?}", home.generator.requests().last().unwrap().prompt)
    };
    talk("The harbour froze over.").await;
    assert!(talk("Good night.").await.contains("The harbour froze over."));
    let windows = "/v1/companions/Mara/windows";
    let (status, window) = home.ask("POST", windows, json!({ "title": "Spring" })).await;
    assert_eq!((status, &window["title"]), (StatusCode::CREATED, &json!("Spring")), "{window}");
    fits::<Window>(&window);
    assert_eq!(home.ask("POST", windows, json!({})).await.1, window, "nothing was said in it yet");
    for title in ["", " ", "a\u{1b}[2J", "x".repeat(101).as_str()] {
        let (status, refused) = home.ask("POST", windows, json!({ "title": title })).await;
        assert_eq!((status.as_u16(), &refused["field"]), (400, &json!("title")), "{refused}");
    }
    let (_, listed) = home.ask("GET", windows, Value::Null).await;
    assert_eq!(listed, json!({ "windows": [window] }));
    let prompt = talk("Good morning.").await;
    assert!(!prompt.contains("content: \"Two.\""), "{prompt}");
    assert_eq!(home.texts().await.len(), 7, "the conversation is one");
}

#[tokio::test]
async fn the_model_that_a_companion_first_talks_with_is_its_own_from_then_on() {
    let home = Home::new(["One.", "Two."].map(|text| Script::answer(&[text])).into());
    let model =
        async || home.ask("GET", "/v1/companions/Mara", Value::Null).await.1["settings"]["model"].clone();
    assert!(model().await.is_null());
    let foreign = json!({ "model": "companion/Mara", "messages": [{ "role": "user", "content": "Hello" }] });
    home.ask("POST", "/v1/chat/completions", foreign).await;
    let first = model().await;
    assert_eq!((&first["name"], first["checksum"].as_str().unwrap().len()), (&json!(MODEL), 64), "{first}");
    assert_eq!((&first["sampling"]["temperature"], &first["sampling"]["top_k"]), (&json!(0.8), &json!(40)));
    home.ask("POST", "/v1/companions/Mara/messages", json!({ "text": "Hi", "stream": false })).await;
    assert_eq!(model().await, first);
}
