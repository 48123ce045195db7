//! Slips of the pen: each ends with its status and says what to do.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use super::{TINY, User, fixture, stderr, stdout};

#[test]
fn slips_in_arguments_end_with_status_2() {
    let user = User::new();
    let model = fixture(TINY);
    for line in [
        String::new(),
        "caht".to_owned(),
        "run".to_owned(),
        "chat --threads 0".to_owned(),
        "chat --device abacus".to_owned(),
        "bench -p 0 -n 0".to_owned(),
        "bench --compare one.json".to_owned(),
        format!("logits {model}"),
        format!("logits {model} --ids 1,x"),
        format!("logits {model} --ids 100000"),
        format!("logits {model} --ids 1 --context 1000000"),
        format!("perplexity {model} {model}.nothing --context 2"),
        format!("pull {model}"),
        format!("rm --yes {model}"),
        format!("run {model} x --raw --system y"),
        format!("run {model} x --temperature -1"),
        format!("run {model} x --top-p 3"),
        "chat --repetition-penalty 0".to_owned(),
        "models -q -v".to_owned(),
        "run all-minilm-l6-v2 hello".to_owned(),
        "chat --model all-minilm-l6-v2".to_owned(),
        "bench all-minilm-l6-v2".to_owned(),
        "embed hello --model smollm2-135m-instruct".to_owned(),
        format!("embed hello --model {model}"),
        "embed hello --top 3".to_owned(),
        "embed hello --file notes.txt".to_owned(),
        "embed --file no-such-file.txt".to_owned(),
        "embed".to_owned(),
    ] {
        let failed = user.run(&line).code(2);
        assert_eq!(stdout(&failed), "", "{line}");
        assert!(!stderr(&failed).is_empty(), "{line}");
    }
}

#[test]
fn slips_in_environment_and_configuration_are_named() {
    let user = User::new();
    for (name, value) in [
        ("ABIDE_OFFLINE", "maybe"),
        ("ABIDE_THREADS", "none"),
        ("ABIDE_DEVICE", "abacus"),
        ("ABIDE_LOG", "a=b=c"),
    ] {
        let failed = user.abide(["models"]).env(name, value).assert().code(2);
        assert!(stderr(&failed).contains(value), "{}", stderr(&failed));
    }
    let failed = user.abide(["show", &fixture(TINY)]).env("ABIDE_CPU", "avx9000").assert();
    assert!(stderr(&failed).contains("ABIDE_CPU") || stdout(&failed).contains("ABIDE_CPU"));
    user.write("config.toml", "treads = 4\n");
    let failed = user.run("models").code(2);
    assert!(
        stderr(&failed).contains("config.toml") && stderr(&failed).contains("treads"),
        "{}",
        stderr(&failed)
    );
    user.write("config.toml", "[sampling]\ntemperature = -1\n");
    assert!(stderr(&user.run("models").code(2)).contains("temperature"));
    user.write("config.toml", "");
    user.write("models.toml", "nonsense");
    assert!(stderr(&user.run("models").code(2)).contains("models.toml"));
}

#[test]
fn missing_models_end_with_status_3_and_advice() {
    let user = User::new();
    let failed = user.run("run smollm2-135m-instrukt hello").code(3);
    insta::assert_snapshot!("unknown_model", stderr(&failed));
    for line in [
        "run no-such-file.gguf hello",
        "run ../models hello",
        "show Not_An_Id",
        "pull no-such-model",
        "rm --yes smollm2-135m-instruct",
        "tokenize ./nothing.gguf",
    ] {
        let failed = user.run(line).code(3);
        assert_eq!(stdout(&failed), "", "{line}");
    }
}

#[test]
fn offline_says_what_is_missing() {
    let user = User::new();
    for line in ["chat", "run smollm2-135m-instruct hello", "bench", "pull smollm2-135m-instruct"] {
        let failed = user.run(line).code(3);
        let told = stderr(&failed);
        assert!(told.contains("SmolLM2-135M-Instruct.Q4_1.gguf"), "{told}");
        assert_eq!(told.matches("--offline").count(), 1, "{told}");
    }
    let failed = user.abide(["--offline", "chat"]).env("ABIDE_OFFLINE", "0").assert().code(3);
    assert!(stderr(&failed).contains("offline"));
}

#[test]
fn a_prompt_beyond_the_context_is_told_what_helps_here() {
    let user = User::new();
    let long = "word ".repeat(400);
    let failed = user.abide(["run", &fixture(TINY), &long, "--context", "16"]).assert().code(2);
    assert!(stderr(&failed).contains("raise --context"), "{}", stderr(&failed));
}

#[test]
fn a_file_needs_neither_home_nor_catalogue() {
    let user = User::new();
    let file = user.write("a-file", "");
    let line = ["run", &fixture(TINY), "hello", "-n", "2", "--temperature", "0"];
    user.abide(line).env("ABIDE_HOME", file.join("below")).assert().success();
    user.write("models.toml", "nonsense");
    user.abide(line).assert().success();
}

#[test]
fn quiet_is_quiet() {
    let user = User::new();
    let line = ["run", &fixture(TINY), "hello", "-n", "2", "--temperature", "0"];
    assert!(stderr(&user.abide(line).assert().success()).contains("note: "));
    assert_eq!(stderr(&user.abide(line).arg("--quiet").assert().success()), "");
}

#[test]
fn damaged_files_end_with_status_5() {
    let user = User::new();
    let whole = std::fs::read(fixture(TINY)).unwrap();
    user.write("cut.gguf", &whole[..whole.len() / 2]);
    user.write("text.gguf", "this is no model");
    for name in ["cut.gguf", "text.gguf"] {
        let path = user.path(name).display().to_string();
        for command in ["show", "tokenize", "bench"] {
            let failed = user.abide([command, &path]).assert().code(5);
            assert!(stderr(&failed).contains(name), "{command}: {}", stderr(&failed));
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let user = User::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_abide"))
        .args(["show", &fixture(TINY), "--full"])
        .env("ABIDE_HOME", user.home.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    // Takes one line of a pipe much shorter than the output, and closes it.
    let mut reader = BufReader::with_capacity(16, child.stdout.take().unwrap());
    reader.read_line(&mut first).unwrap();
    drop(reader);
    let output = child.wait_with_output().unwrap();
    assert_eq!(first, "File\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
