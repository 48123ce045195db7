//! Companions behind the APIs of models: what programs do that people don't see.

use super::*;

fn message(role: &str, content: &str) -> Value {
    json!({ "role": role, "content": content })
}

fn chat(messages: &[Value]) -> Value {
    json!({ "model": "companion/Mara", "messages": messages })
}

const COMPLETIONS: &str = "/v1/chat/completions";

#[tokio::test]
async fn an_older_chat_goes_on_at_the_end_of_the_conversation() {
    let home = Home::new(["One.", "Two.", "Three."].map(|text| Script::answer(&[text])).into());
    let (_, first) = home.ask("POST", COMPLETIONS, chat(&[message("user", "Hello there")])).await;
    home.ask("POST", COMPLETIONS, chat(&[message("user", "I moved to Lisbon.")])).await;
    let reply = first["choices"][0]["message"]["content"].as_str().unwrap();
    let list = vec![message("user", "Hello there"), message("assistant", reply), message("user", "Rain!")];
    home.ask("POST", COMPLETIONS, chat(&list)).await;
    let path = ["Hello, you.", "Hello there", "One.", "I moved to Lisbon.", "Two.", "Rain!", "Three."];
    assert_eq!(home.texts().await, path);
}

#[tokio::test]
async fn a_new_chat_goes_on_in_the_same_window_and_a_window_holds_for_all_chats() {
    let home = Home::new(["One.", "Two.", "Three."].map(|text| Script::answer(&[text])).into());
    let last_prompt = || format!("{:?}", home.generator.requests().last().unwrap().prompt);
    home.ask("POST", COMPLETIONS, chat(&[message("user", "The harbour froze over.")])).await;
    home.ask("POST", COMPLETIONS, chat(&[message("user", "Good morning.")])).await;
    assert!(last_prompt().contains("The harbour froze over."), "{}", last_prompt());
    home.ask("POST", "/v1/companions/Mara/windows", json!({})).await;
    home.ask("POST", COMPLETIONS, chat(&[message("user", "Tea?")])).await;
    let prompt = last_prompt();
    assert!(!prompt.contains("content: \"Two.\""), "{prompt}");
    assert_eq!(home.texts().await.len(), 7);
}

#[tokio::test]
async fn a_programs_own_errand_is_answered_and_not_kept() {
    let home = Home::new(["Hi.", r#"{"title": "A greeting"}"#].map(|text| Script::answer(&[text])).into());
    home.ask("POST", COMPLETIONS, chat(&[message("user", "Hello")])).await;
    let before = home.texts().await;
    let task = "### Task:\nGenerate a concise, 3-5 word title.\n<chat_history>\nUSER: Hello\nASSISTANT: Hi.\n</chat_history>";
    let (status, body) = home.ask("POST", COMPLETIONS, chat(&[message("user", task)])).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(body["choices"][0]["message"]["content"], r#"{"title": "A greeting"}"#);
    assert_eq!(home.texts().await, before);
    let prompt = format!("{:?}", home.generator.requests().last().unwrap().prompt);
    assert!(!prompt.contains("Mara"), "it is the model that answers: {prompt}");
}

#[tokio::test]
async fn a_reply_without_words_is_an_answer_without_words() {
    use abide_generation::FinishReason;
    let silent = |reason| Script::ends_with(&[" "], reason, 0);
    let home = Home::new(vec![
        silent(FinishReason::EndOfTurn),
        silent(FinishReason::MaxTokens),
        silent(FinishReason::EndOfTurn),
        silent(FinishReason::EndOfTurn),
        silent(FinishReason::EndOfTurn),
    ]);
    for (text, reason) in [("One", "stop"), ("Two", "length")] {
        let (status, body) = home.ask("POST", COMPLETIONS, chat(&[message("user", text)])).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let choice = &body["choices"][0];
        assert_eq!((&choice["message"]["content"], &choice["finish_reason"]), (&json!(""), &json!(reason)));
    }
    let mut ollama = chat(&[message("user", "Three")]);
    ollama["stream"] = false.into();
    let (status, body) = home.ask("POST", "/api/chat", ollama).await;
    assert_eq!((status, &body["message"]["content"]), (StatusCode::OK, &json!("")), "{body}");
    let mut anthropic = chat(&[message("user", "Four")]);
    anthropic["max_tokens"] = 9.into();
    let (status, body) = home.ask("POST", "/v1/messages", anthropic).await;
    assert_eq!((status, &body["stop_reason"]), (StatusCode::OK, &json!("end_turn")), "{body}");
    let say = json!({ "text": "Five", "stream": false });
    let (status, _) = home.ask("POST", "/v1/companions/Mara/messages", say).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(home.texts().await, ["Hello, you.", "One", "Two", "Three", "Four", "Five"]);
}

#[tokio::test]
async fn tokens_are_counted_as_the_companion_would_read_them() {
    let home = Home::new(vec![Script::answer(&["Hi."])]);
    let list = || chat(&[message("system", "Be brief."), message("user", "Hello")]);
    let (status, counted) = home.ask("POST", "/v1/messages/count_tokens", list()).await;
    assert_eq!(status, StatusCode::OK, "{counted}");
    assert_eq!(home.texts().await.len(), 1, "nothing is said");
    home.ask("POST", COMPLETIONS, list()).await;
    let (_, said) = home.ask("GET", "/v1/companions/Mara/messages", Value::Null).await;
    let why = format!("/v1/companions/Mara/messages/{}/why", said["messages"][2]["id"]);
    let (_, why) = home.ask("GET", &why, Value::Null).await;
    assert_eq!(counted["input_tokens"], why["plan"]["prompt_tokens"], "{counted}");
}

#[tokio::test]
async fn what_is_refused_is_refused_before_it_is_kept() {
    let home = Home::new(Vec::new());
    for (path, field, value) in [
        (COMPLETIONS, "response_format", json!({ "type": "json_object" })),
        ("/api/chat", "format", json!("json")),
        ("/v1/messages", "output_config", json!({ "format": { "type": "json_schema", "schema": {} } })),
    ] {
        let mut body = chat(&[message("user", "Hello")]);
        body[field] = value;
        body["max_tokens"] = 9.into();
        if path == "/api/chat" {
            body.as_object_mut().unwrap().remove("max_tokens");
        }
        let (status, _, answer) = home.send("POST", path, body.to_string()).await;
        let answer = String::from_utf8(answer).unwrap();
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {answer}");
        assert!(answer.contains("in its own words"), "{path}: {answer}");
    }
    assert_eq!(home.texts().await, ["Hello, you."]);
}
