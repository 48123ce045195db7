//! What is forgotten is gone from what is kept of replies, too.

use abide_companion::companion::Companion;
use abide_companion::store::FactId;
use abide_companion::transcript::MessageId;

use super::*;

const SAID: &str = "My sister is called Quillfeather.";

/// Where the events of a reply to [`SAID`] can be read, and are.
async fn heard(home: &Home, name: &str) -> String {
    let say = json!({ "text": SAID }).to_string();
    let (_, _, body) = home.send("POST", &format!("/v1/companions/{name}/messages"), say).await;
    let path = format!("/v1/companions/{name}/replies/{}", events(&body)[0].2["reply"].as_str().unwrap());
    assert!(readable(home, &path).await.contains("Quillfeather"));
    path
}

async fn readable(home: &Home, path: &str) -> String {
    String::from_utf8(home.send("GET", path, "").await.2).unwrap()
}

fn world() -> Home {
    let home =
        Home::new(vec![Script::answer(&["Quillfeather", " it is."]), Script::answer(&["Quillfeather!"])]);
    let book = home.server.companions.as_ref().unwrap();
    book.create(&Persona { name: "Tom".to_owned(), ..Persona::default() }, None).unwrap();
    home
}

#[tokio::test]
async fn what_is_deleted_over_http_is_in_no_kept_reply() {
    for (method, path, body) in [
        ("POST", "/forget", json!({ "messages": [2, 3] })),
        ("DELETE", "/messages/2", Value::Null),
        ("DELETE", "/facts/1", Value::Null),
        ("DELETE", "", Value::Null),
    ] {
        let home = world();
        let of_mara = heard(&home, "Mara").await;
        let of_tom = heard(&home, "Tom").await;
        let (status, answer) = home.ask(method, &format!("/v1/companions/Mara{path}"), body).await;
        assert!(status.is_success(), "{method} {path}: {answer}");
        assert_eq!(home.server.replies.companions().len(), 1, "{method} {path}: nothing of it is in memory");
        assert!(!readable(&home, &of_mara).await.contains("Quillfeather"), "{method} {path}");
        assert!(readable(&home, &of_tom).await.contains("Quillfeather"), "another's reply stays");
    }
}

#[tokio::test]
async fn what_another_program_deletes_is_read_in_no_kept_reply() {
    let ways: [fn(&Companion); 3] = [
        |mara| drop(mara.forget(&[], &[MessageId(2)]).unwrap()),
        |mara| drop(mara.delete_from(MessageId(3)).unwrap()),
        |mara| drop(mara.delete_fact(FactId(1)).unwrap()),
    ];
    for way in ways {
        let home = world();
        let path = heard(&home, "Mara").await;
        // The server is not told.
        way(&home.server.companions.as_ref().unwrap().get("Mara").unwrap());
        let (status, _) = home.ask("GET", &path, Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(home.server.replies.companions().is_empty());
        // What is said from then on can be taken up again.
        heard(&home, "Mara").await;
    }
}
