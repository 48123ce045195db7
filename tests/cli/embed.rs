//! `abide embed`, and what other commands say of an embedding model.

use super::{User, json, stderr, stdout};
use crate::support::{MINILM, real_model};

#[test]
fn an_embedding_model_is_said_to_make_vectors_before_anything_is_fetched() {
    let user = User::new();
    for line in ["run all-minilm-l6-v2 hello", "chat --model all-minilm-l6-v2", "tokenize all-minilm-l6-v2"] {
        let told = stderr(&user.run(line).code(2));
        assert!(told.contains("makes vectors") && told.contains("abide embed"), "{line}: {told}");
    }
    let told = stderr(&user.run("embed hello --model smollm2-135m-instruct").code(2));
    assert!(told.contains("makes text, not vectors") && told.contains("embedding"), "{told}");
    let told = stdout(&user.run("show all-minilm-l6-v2").success());
    assert!(told.contains("abide embed"), "{told}");
    let told = stderr(&user.run("embed hello").code(3));
    assert!(told.contains("model.safetensors") && told.contains("--offline"), "{told}");
}

#[test]
fn files_that_are_no_embedding_model_end_with_status_5() {
    let user = User::new();
    let folder =
        user.write("broken/model.safetensors", "this is no model").parent().unwrap().display().to_string();
    for line in [vec!["embed", "hello", "--model", &folder], vec!["show", &folder]] {
        let failed = user.abide(line).assert().code(5);
        assert!(stderr(&failed).contains("model.safetensors"), "{}", stderr(&failed));
    }
    let failed = user.abide(["run", &folder, "hello"]).assert().code(2);
    assert!(stderr(&failed).contains("broken makes vectors"), "{}", stderr(&failed));
}

#[test]
fn real_texts_are_embedded_and_compared() {
    let Some(weights) = real_model(MINILM) else { return };
    let user = User::new();
    let folder = weights.parent().unwrap().display().to_string();
    let with = |arguments: &[&str]| user.abide([&["embed", "--model", &folder][..], arguments].concat());
    let told = json(&with(&["Hello, world", "-t", "2"]).assert().success());
    assert_eq!((&told["dimensions"], &told["tokens"]), (&384.into(), &5.into()));
    assert_eq!(told["embeddings"][0]["vector"].as_array().unwrap().len(), 384);
    assert!(told["model"].as_str().unwrap().starts_with("all-minilm-l6-v2@sha256:53aa51172d"));

    let texts = ["the stock market fell", "a kitten", "a lorry"];
    let ranked = with(&[&["--compare", "a small cat", "-o", "csv"][..], &texts].concat()).assert().success();
    let ranked = stdout(&ranked);
    let found: Vec<&str> = ranked.lines().map(|line| line.split_once(',').unwrap().1).collect();
    assert_eq!(found, ["text", "a kitten", "a lorry", "the stock market fell"]);

    let long = "word ".repeat(1000);
    let lines = format!("short\n\n{long}\n");
    let told = with(&["-o", "csv"]).write_stdin(lines.clone()).assert().success();
    assert_eq!(stdout(&told).lines().count(), 4);
    assert!(stderr(&told).contains("512 tokens"), "{}", stderr(&told));
    let file = user.write("lines.txt", lines).display().to_string();
    assert_eq!(stdout(&with(&["-o", "csv", "--file", &file]).assert().success()), stdout(&told));
    assert!(stderr(&with(&[]).write_stdin("").assert().code(2)).contains("no texts"));

    let shown = stdout(&user.abide(["show", &folder]).assert().success());
    assert!(shown.contains("6 layers of width 384, 12 heads") && shown.contains("22.7M"), "{shown}");
}
