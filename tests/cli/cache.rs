//! Saved caches as a user meets them: a conversation is found again by the next start of the program, listed, deleted.

use std::path::PathBuf;

use super::{TINY, User, fixture, json, stderr, stdout};

/// A prompt of several hundred tokens, more than `run` saves from on.
fn prompt() -> String {
    "the fox and the river and the stone and ".repeat(40)
}

fn answer(user: &User, model: &str, options: &str) -> serde_json::Value {
    let mut command =
        user.abide(["run", model, &prompt(), "--raw", "--json", "-n", "3", "--context", "1000"]);
    command.args(["--temperature", "0"]).args(options.split_whitespace()).write_stdin("");
    json(&command.assert().success())
}

/// The files of saved caches.
fn files(user: &User) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(user.path("cache")).into_iter().flatten() {
        let folder = folder.expect("readable").path();
        if folder.is_dir() {
            found.extend(
                std::fs::read_dir(folder).expect("readable").map(|file| file.expect("readable").path()),
            );
        }
    }
    found
}

#[test]
fn a_conversation_is_found_again_by_the_next_start() {
    let (user, model) = (User::new(), fixture(TINY));
    let plain = answer(&user, &model, "");
    assert!(files(&user).is_empty(), "nothing is saved unasked");
    let first = answer(&user, &model, "--save-cache");
    assert!(first["usage"]["prompt_tokens"].as_u64() > Some(512), "{}", first["usage"]);
    assert_eq!((&first["usage"]["cached_tokens"], &first["text"]), (&0.into(), &plain["text"]));
    assert!(!files(&user).is_empty());
    let second = answer(&user, &model, "--save-cache");
    assert_eq!(second["text"], plain["text"]);
    assert_eq!(
        second["usage"]["cached_tokens"].as_u64(),
        first["usage"]["prompt_tokens"].as_u64().map(|all| all - 1)
    );
    assert_eq!(answer(&user, &model, "")["usage"]["cached_tokens"], 0, "nor is anything read unasked");
    user.write("config.toml", "save_cache = true");
    assert!(answer(&user, &model, "")["usage"]["cached_tokens"].as_u64() > Some(0));
    assert_eq!(answer(&user, &model, "--no-save-cache")["usage"]["cached_tokens"], 0);

    // Weights that were changed under the same name are other weights.
    let copy = user.write("copy.gguf", std::fs::read(&model).expect("readable"));
    let copied = copy.to_str().expect("UTF-8").to_owned();
    assert!(
        answer(&user, &copied, "")["usage"]["cached_tokens"].as_u64() > Some(0),
        "the same bytes elsewhere"
    );
    let mut bytes = std::fs::read(&model).expect("readable");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&copy, bytes).expect("writable");
    assert_eq!(answer(&user, &copied, "")["usage"]["cached_tokens"], 0);
}

#[test]
fn what_is_saved_is_listed_and_deleted() {
    let (user, model) = (User::new(), fixture(TINY));
    assert!(stderr(&user.run("cache").success()).contains("Nothing is saved"));
    assert_eq!(json(&user.run("cache --json").success()), serde_json::json!([]));
    answer(&user, &model, "--save-cache");
    let listed = json(&user.run("cache --json").success());
    assert_eq!(listed[0]["model"], "qwen3");
    assert_eq!(listed[0]["conversations"], 1);
    let bytes: u64 = files(&user).iter().map(|path| path.metadata().expect("there").len()).sum();
    assert_eq!(listed[0]["size_bytes"].as_u64(), Some(bytes));
    assert!(stdout(&user.run("cache").success()).contains("qwen3"));

    let wrong = user.run("cache clear --model other --yes").code(1);
    assert!(stderr(&wrong).contains("nothing is saved of `other`"), "{}", stderr(&wrong));
    assert!(user.path("cache/key").exists());
    user.run("cache clear --model qwen3 --yes").success();
    assert!(files(&user).is_empty());
    answer(&user, &model, "--save-cache");
    user.run("cache clear --yes").success();
    assert!(files(&user).is_empty() && !user.path("cache/key").exists(), "the key goes too");
    user.run("cache clear --yes").success();

    answer(&user, &model, "--save-cache");
    user.write("cache/key", [9; 32]);
    assert_eq!(json(&user.run("cache --json").success())[0]["model"], serde_json::Value::Null);
    assert_eq!(answer(&user, &model, "--save-cache")["usage"]["cached_tokens"], 0, "another key");
    user.write("cache/key", "short");
    let refused = user.abide(["run", &model, "x", "--save-cache"]).write_stdin("").assert().code(5);
    assert!(stderr(&refused).contains("abide cache clear"), "{}", stderr(&refused));
}
