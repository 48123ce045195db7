//! Tokens guessed ahead: an answer is the same with and without them, on real kernels and a real cache.

use std::path::Path;

use super::{TINY, User, fixture, json, stderr};
use crate::support::{GEMMA, SMOLLM2, real_model};

/// Answers with no, forced and measured guesses, which have to be the same; returns the guesses that were right where
/// they were forced.
fn check(model: &Path, prompt: &str, options: &str, max_tokens: &str) -> u64 {
    let user = User::new();
    let answer = |speculation: &str| {
        let mut command = user.abide(["run".as_ref(), model.as_os_str(), prompt.as_ref()]);
        command
            .args(["--raw", "--json", "-n", max_tokens, "--speculation", speculation])
            .args(options.split(' '));
        json(&command.write_stdin("").assert().success())
    };
    let expected = answer("off");
    assert_eq!(expected["usage"]["drafted_tokens"], 0);
    let mut right = 0;
    for speculation in ["15", "3", "auto"] {
        let found = answer(speculation);
        for field in ["text", "finish_reason"] {
            let name = model.display();
            assert_eq!(found[field], expected[field], "{name}, {options}, --speculation {speculation}");
        }
        if speculation != "auto" {
            right += found["usage"]["accepted_tokens"].as_u64().expect("a count");
        }
    }
    right
}

/// Windows, short convolutions, experts: every kind of layer there is. The answers are longer than a window.
#[test]
fn answers_of_every_family_are_the_same_with_guesses() {
    let folder = std::fs::read_dir(fixture("tiny")).expect("the fixtures are there");
    let files = folder.map(|entry| entry.expect("readable").path());
    let models: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "gguf")).collect();
    assert!(models.len() > 15);
    let mut right = 0;
    for model in models {
        right += check(&model, "the fox and the river and the fox and the", "--temperature 0", "120");
        right +=
            check(&model, "the fox and the river and the fox", "--temperature 0.3 --seed 5 --top-k 3", "90");
    }
    assert!(right > 100, "only {right} guesses were ever right: nothing was tested");
}

#[test]
fn answers_of_real_models_are_the_same_with_guesses() {
    let prompt =
        "Water lilies grow in ponds. Roses grow in gardens. Water lilies grow in ponds. Roses grow in";
    for file in [SMOLLM2, GEMMA] {
        let Some(model) = real_model(file) else { return };
        assert!(check(&model, prompt, "--temperature 0", "40") > 20, "{file}");
        check(&model, prompt, "--temperature 0.8 --seed 11", "40");
    }
}

#[test]
fn guesses_that_could_change_the_answer_are_refused() {
    let user = User::new();
    let run = |options: &str| {
        let mut command = user.abide(["run", &fixture(TINY), "the fox", "-n", "2"]);
        command.args(options.split(' ')).write_stdin("").assert()
    };
    run("--ops reference --device cpu").success();
    let refused = run("--ops reference --device cpu --speculation 4").code(2);
    assert!(stderr(&refused).contains("would change what is answered"), "{}", stderr(&refused));
    let unknown = run("--speculation 16").code(2);
    assert!(stderr(&unknown).contains("1 to 15"), "{}", stderr(&unknown));
    user.write("config.toml", "speculation = 4");
    run("--ops reference --device cpu").code(2);
    run("--ops reference --device cpu --speculation off").success();
}
