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
