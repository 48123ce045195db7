//! Random weights in the shape of a catalogue's model: measured in memory, and kept in a file.

use super::{User, json, stderr, stdout};

const CATALOGUE: &str = r#"
[[model]]
id = "tiny"
name = "Tiny"
family = "llama"
kind = "chat"
parameters = 1_000_000
licence = { name = "CC0-1.0" }
context = 256
languages = ["en"]
good_for = "tests"
quantisation = "Q4_K_M"
files = [{ name = "tiny.gguf", size = 600_000 }]
cache_bytes_per_token = 1024
shape = { tied_embeddings = true, vocab_size = 300, block_count = 2, embedding_length = 256, feed_forward_length = 512, attention.head_count = 4, attention.head_count_kv = 2, attention.layer_norm_rms_epsilon = 1e-5 }

[[model]]
id = "odd"
name = "Odd"
family = "llama"
kind = "chat"
parameters = 1_000_000
licence = { name = "CC0-1.0" }
context = 256
languages = ["en"]
good_for = "tests"
quantisation = "Q4_K_M"
files = [{ name = "odd.gguf", size = 600_000 }]
shape = { tied_embeddings = true, vocab_size = 300, block_count = 0, embedding_length = 256 }
"#;

fn user() -> User {
    let user = User::new();
    user.write("models.toml", CATALOGUE);
    user
}

#[test]
fn random_weights_are_measured_like_a_model() {
    let user = user();
    let line = "bench --like tiny,tiny:Q8_0 -p 8 -n 4 --depth 0,16 -r 1 -t 1,2 -o json";
    let results = json(&user.run(line).success());
    let results = results.as_array().unwrap();
    assert_eq!(results.len(), 2 * 2 * 4);
    assert_eq!(results[0]["model"], "tiny:Q4_K_M (random weights)");
    assert_eq!(results[8]["model"], "tiny:Q8_0 (random weights)");
    assert_eq!(results[0]["file"], "");
    let bytes = |index: usize| results[index]["file_bytes"].as_u64().unwrap();
    assert!(bytes(8) > bytes(0), "{} {}", bytes(8), bytes(0));
    assert!(results.iter().all(|result| result["tokens_per_second"]["mean"].as_f64().unwrap() > 0.0));
    assert_eq!(stdout(&user.run("models --here --json").success()), "[]\n", "nothing is fetched");
}

#[test]
fn a_kept_file_is_a_model_for_every_command() {
    let user = user();
    let path = user.path("random.gguf").display().to_string();
    let line = format!("bench --like tiny --write {path} -p 0 -n");
    let told = user.run(&format!("{line} 0")).success();
    assert!(stderr(&told).contains("random.gguf holds tiny:Q4_K_M (random weights)"), "{}", stderr(&told));
    let shown = json(&user.run(&format!("show {path} --json")).success());
    assert_eq!(shown["engine"]["architecture"], "llama");
    assert_eq!(shown["metadata"]["general.name"], "tiny:Q4_K_M");
    let ids = json(&user.abide(["tokenize", &path]).write_stdin("the fox").assert().success());
    let ids: Vec<String> = ids.as_array().unwrap().iter().map(ToString::to_string).collect();
    let logits = json(&user.run(&format!("logits {path} --ids {} --top 3", ids.join(","))).success());
    assert_eq!(logits["steps"][0]["top"].as_array().unwrap().len(), 3);
    user.run(&format!("run {path} hello -n 2")).success();

    let again = user.run(&format!("{line} 4")).code(2);
    assert!(stderr(&again).contains("exists already"), "{}", stderr(&again));
    std::fs::remove_file(&path).unwrap();
    let results = json(&user.run(&format!("{line} 4 -r 1 -o json")).success());
    assert_eq!((&results[0]["file"], &results[0]["test"]), (&"random.gguf".into(), &"tg4".into()));
}

#[test]
fn what_can_t_be_made_is_said() {
    let user = user();
    for (line, exit, named) in [
        ("bench --like tinny", 3, "did you mean tiny"),
        ("bench --like tiny:Q9_X", 2, "Q4_K_M"),
        ("bench --like odd", 2, "block_count"),
        ("bench --like all-minilm-l6-v2", 2, "smollm2-135m-instruct, "),
        ("bench --write x.gguf", 2, "--like"),
        ("bench --like tiny,tiny:F16 --write x.gguf", 2, "one by one"),
        ("bench --like tiny -p 512", 2, "256"),
    ] {
        let failed = user.run(line).code(exit);
        assert!(stderr(&failed).contains(named), "{line}: {}", stderr(&failed));
        assert_eq!(stdout(&failed), "", "{line}");
    }
}

#[test]
fn what_was_measured_is_told_of_other_models_too() {
    let user = user();
    let listed = user.run("models").success();
    assert!(!stdout(&listed).contains("TOKENS/S") && stderr(&listed).contains("bench --like"));
    let measured = json(&user.run("bench --like tiny -p 0 -n 16 -r 1 -t 1 -o json").success());
    let listed = |threads: &str| {
        json(&user.abide(["models", "--json"]).env("ABIDE_THREADS", threads).assert().success())
    };
    let rows = listed("1");
    let speed =
        |id: &str| rows.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap()["speed"].clone();
    assert_eq!(speed("tiny")["tokens_per_second"], measured[0]["tokens_per_second"]["mean"]);
    assert_eq!(speed("tiny")["is_estimate"], false);
    assert_eq!(speed("qwen3-4b")["is_estimate"], true);
    let rate = |id: &str| speed(id)["tokens_per_second"].as_f64().unwrap();
    assert!(rate("qwen3-30b-a3b") > rate("qwen3-4b"), "experts that are not used cost nothing");
    assert!(speed("all-minilm-l6-v2").is_null(), "it makes no tokens");
    assert!(listed("2")[0]["speed"].is_null(), "another number of threads was not measured");
    let table = stdout(&user.abide(["models"]).env("ABIDE_THREADS", "1").assert().success());
    assert!(table.contains("TOKENS/S") && table.contains("≈ "), "{table}");

    user.write("measurements.json", "nonsense");
    let told = user.run("models").success();
    assert!(stderr(&told).contains("measurements.json is not used"), "{}", stderr(&told));
    user.run("bench --like tiny -p 0 -n 16 -r 1 -t 1").success();
    assert!(!stderr(&user.run("models").success()).contains("not used"));
}

/// The smallest real shape goes all the way.
#[test]
fn the_smallest_catalogue_model_is_made_and_computes() {
    let results =
        json(&User::new().run("bench --like smollm2-135m-instruct -p 4 -n 2 -r 1 -o json").success());
    assert_eq!(results[0]["parameters"], 134_515_008);
    assert!(results[1]["memory_bandwidth_share"].as_f64().unwrap() > 0.0);
}
