//! Models of a catalogue: fetching, listing, checking, deleting.

use std::fs;

use super::{TINY, User, fixture, json, stderr, stdout};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

const CATALOGUE: &str = r#"
default = "tiny"

[[model]]
id = "tiny"
name = "Tiny"
family = "qwen3"
kind = "base"
parameters = 100_000
licence = { name = "CC0-1.0" }
context = 1024
languages = ["en"]
good_for = "tests"
quantisation = "F32"
files = [{ name = "tiny.gguf" }]
sources = [{ hf = "someone/tiny", file = "tiny.gguf" }]
"#;

/// A user whose catalogue has the model `tiny`, which lies in the hub's cache.
fn user_with_catalogue() -> User {
    let user = User::new();
    user.write("models.toml", CATALOGUE);
    let repository = ".cache/huggingface/hub/models--someone--tiny";
    user.write(&format!("{repository}/refs/main"), COMMIT);
    user.write(&format!("{repository}/snapshots/{COMMIT}/tiny.gguf"), fs::read(fixture(TINY)).unwrap());
    user
}

#[test]
fn a_model_is_fetched_listed_and_deleted() {
    let user = user_with_catalogue();
    let path = stdout(&user.run("pull tiny").success());
    assert_eq!(fs::read(path.trim()).unwrap(), fs::read(fixture(TINY)).unwrap());
    // It is here: nothing to do.
    assert_eq!(stdout(&user.run("pull tiny").success()), path);

    let rows = json(&user.run("models --here --json").success());
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!((&rows[0]["id"], &rows[0]["state"]), (&"tiny".into(), &"here".into()));
    assert_eq!(rows[0]["is_default"], true);

    let shown = json(&user.run("show tiny --json").success());
    assert_eq!(shown["metadata"]["general.architecture"], "qwen3");

    let refused = user.run("rm tiny").code(2);
    assert!(stderr(&refused).contains("--yes"), "nobody to ask: {}", stderr(&refused));
    let deleted = user.run("rm tiny --yes").success();
    assert!(stderr(&deleted).contains("free again"));
    assert_eq!(json(&user.run("models --here --json").success()).as_array().unwrap().len(), 0);
    user.run("rm tiny --yes").code(3);
}

#[test]
fn a_model_stays_as_long_as_a_companion_answers_on_it() {
    let user = user_with_catalogue();
    user.run("pull tiny").success();
    let file = user.write("mara.toml", "name = \"Mara\"\n").display().to_string();
    user.abide(["companion", "new", "--from", &file]).assert().success();
    let refused = user.run("rm tiny --yes").code(2);
    let told = stderr(&refused);
    assert!(told.contains("tiny stays: Mara has no model of its own and answers on it"), "{told}");
    assert!(told.contains("abide companion rehearse Mara --model"), "{told}");
    // Another default takes nothing from whoever was answered by it; one that nobody answers on goes.
    user.write("config.toml", "model = \"another\"\n");
    user.abide(["chat", "Mara", "-m", "tiny", "-n", "2"]).write_stdin("Hello.\n").assert().success();
    assert!(stderr(&user.run("rm tiny --yes").code(2)).contains("Mara runs on it"));
    user.run("companion delete Mara --yes").success();
    user.run("rm tiny --yes").success();
}

#[test]
fn the_default_model_is_fetched_when_first_needed() {
    let user = user_with_catalogue();
    let results = json(&user.run("bench -p 4 -n 0 -r 1 -o json").success());
    assert_eq!(results[0]["model"], "tiny");
}

#[test]
fn the_table_is_for_people_and_pipes() {
    let user = user_with_catalogue();
    let listed = user.run("models").success();
    let table = stdout(&listed);
    assert!(table.starts_with("ID "), "{table}");
    assert!(table.contains("tiny (default)"), "{table}");
    assert!(!table.contains('\u{1b}'));
    assert!(stdout(&user.run("models --color always")).contains('\u{1b}'));
    assert!(stdout(&user.run("models --long")).contains("tests"));
}

#[test]
fn what_is_not_on_disk_is_shown_from_the_catalogue() {
    let user = user_with_catalogue();
    insta::assert_snapshot!("show_entry", stdout(&user.run("show tiny").success()));
    assert_eq!(json(&user.run("show tiny --json").success())["on_disk"], false);
    assert_eq!(json(&user.run("models --here --json").success()).as_array().unwrap().len(), 0);
}

#[test]
fn the_doctor_finds_a_damaged_model_and_its_cure() {
    let user = user_with_catalogue();
    user.run("doctor").success();
    let path = stdout(&user.run("pull tiny").success());
    assert!(stdout(&user.run("doctor").success()).contains("checksum right"));
    let mut bytes = fs::read(path.trim()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path.trim(), bytes).unwrap();
    user.run("doctor --quick").success();
    let findings = json(&user.run("doctor --json").code(1));
    let problems: Vec<_> =
        findings.as_array().unwrap().iter().filter(|finding| finding["state"] == "problem").collect();
    assert_eq!(problems.len(), 1, "{findings:#}");
    assert_eq!(problems[0]["topic"], "model tiny");
    assert!(problems[0]["cure"].as_str().unwrap().contains("abide pull tiny"));
}

#[test]
fn the_doctor_says_when_the_home_can_t_be_used() {
    let user = User::new();
    let file = user.write("a-file", "");
    for home in [file.clone(), file.join("below")] {
        let failed = user.abide(["doctor"]).env("ABIDE_HOME", &home).assert().code(1);
        assert_eq!(stdout(&failed).matches("PROBLEM").count(), 1, "{}", stdout(&failed));
        assert!(stdout(&failed).contains("is not a folder"), "{}", stdout(&failed));
        let failed = user.abide(["models"]).env("ABIDE_HOME", &home).assert().code(2);
        assert!(stderr(&failed).contains("is not a folder"), "{}", stderr(&failed));
    }
}

#[test]
fn the_doctor_finds_slips_in_the_configuration() {
    let user = User::new();
    for (slip, named) in [("treads = 4", "treads"), ("device = \"abacus\"", "abacus"), ("[", "config.toml")] {
        user.write("config.toml", slip);
        let failed = user.run("doctor").code(1);
        let told = stdout(&failed);
        assert_eq!((told.matches("PROBLEM").count(), stderr(&failed).as_str()), (1, ""), "{told}");
        assert!(told.contains(named) && told.contains("to do: "), "{told}");
    }
    user.write("config.toml", "");
    user.write("models.toml", "nonsense");
    let failed = user.run("doctor").code(1);
    assert!(stdout(&failed).contains("models.toml, or remove it"), "{}", stdout(&failed));
}
