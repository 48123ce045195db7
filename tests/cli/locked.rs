//! A home folder whose companions have a passphrase: nothing in it opens what was said, or what was computed of it, without that.

use std::path::{Path, PathBuf};

use abide_companion::keys::{Passphrase, PassphraseCost, change_passphrase, create_key};
use abide_engine::saved_cache::{CacheKey, list};
use assert_cmd::Command;

use super::companion::{bytes_below, has_word};
use super::{TINY, User, fixture, json, stderr, stdout};

const PASSPHRASE: &str = "four words of mine";
const CHEAP: PassphraseCost = PassphraseCost { memory_kib: 8, iterations: 1, lanes: 1 };
pub const NOTHING_SAVED: &str = "nothing is saved";

fn passphrase() -> Passphrase {
    Passphrase::new(PASSPHRASE).expect("it is one")
}

/// A user whose companions have a passphrase.
pub fn locked() -> User {
    let user = User::new();
    create_key(&user.path("companions.db"), Some(&passphrase()), CHEAP).expect("a key");
    user.write("mara.toml", "name = \"Mara\"\ngreetings = [\"Hello, you.\"]\n");
    let file = user.path("mara.toml").display().to_string();
    let made = user.abide(["companion", "new", "--from", &file]).env("ABIDE_PASSPHRASE", PASSPHRASE).assert();
    made.success();
    user
}

/// Gives a user's companions, who have none, a passphrase.
pub fn lock(user: &User) {
    change_passphrase(&user.path("companions.db"), None, Some(&passphrase()), CHEAP).expect("it is locked");
}

/// More than what is saved from on, with words in it.
fn long_talk() -> String {
    format!(
        "My name is Zebulon and I live in Quimper. {}\n",
        "The fox and the river and the stone. ".repeat(45)
    )
}

fn chat(user: &User) -> Command {
    let mut command = user.abide(["chat", "Mara", "--save-cache", "--model", &fixture(TINY), "-n", "4"]);
    command.args(["--context", "1000", "--temperature", "0"]).write_stdin(long_talk());
    command
}

fn run(user: &User) -> Command {
    let mut command = user.abide(["run", &fixture(TINY), &long_talk(), "--raw", "--json", "-n", "3"]);
    command.args(["--context", "1000", "--temperature", "0", "--save-cache"]).write_stdin("");
    command
}

/// The files of saved caches.
pub fn saved(user: &User) -> Vec<PathBuf> {
    let all = bytes_below(user.home.path()).into_iter().map(|(path, _)| PathBuf::from(path));
    all.filter(|path| path.extension().is_some_and(|end| end == "kv")).collect()
}

/// Whether any 32 bytes that stand in a file of the home folder open a saved cache.
fn any_bytes_open_the_caches(home: &Path) -> bool {
    let folder = home.join("cache");
    let is_cache = |path: &str| Path::new(path).extension().is_some_and(|end| end == "kv");
    let small = bytes_below(home).into_iter().filter(|(path, bytes)| bytes.len() < 4096 && !is_cache(path));
    small.into_iter().any(|(_, bytes)| {
        bytes.windows(32).any(|window| {
            let key = CacheKey::new(window.try_into().expect("32 bytes"));
            list(&folder, Some(&key)).expect("readable").iter().any(|saved| saved.model.is_some())
        })
    })
}

#[test]
fn caches_are_behind_the_passphrase() {
    let user = locked();
    let denied = chat(&user).assert().failure();
    assert!(stderr(&denied).contains("locked"), "{}", stderr(&denied));
    chat(&user).env("ABIDE_PASSPHRASE", PASSPHRASE).assert().success();
    // A bare model's are behind it, too, where it is given; and found again with it alone.
    for known in [false, true] {
        let told = run(&user).env("ABIDE_PASSPHRASE", PASSPHRASE).assert().success();
        assert_eq!(json(&told)["usage"]["cached_tokens"].as_u64() > Some(0), known, "{}", stdout(&told));
        assert!(!saved(&user).is_empty(), "they are saved all the same");
        assert!(!any_bytes_open_the_caches(user.home.path()));
    }
    let listed = user.abide(["cache", "--json"]).env("ABIDE_PASSPHRASE", PASSPHRASE).assert().success();
    assert_eq!(json(&listed)[0]["model"], "qwen3");
    assert_eq!(json(&user.run("cache --json").success())[0]["model"], serde_json::Value::Null);
    assert!(stderr(&user.run("cache").success()).contains("locked"));
    user.run("cache clear --model qwen3 --yes").code(2);
    let clear = ["cache", "clear", "--model", "qwen3", "--yes"];
    user.abide(clear).env("ABIDE_PASSPHRASE", PASSPHRASE).assert().success();
    assert!(saved(&user).is_empty());

    // The same test sees what an open home folder may show.
    let open = User::new();
    run(&open).assert().success();
    assert!(any_bytes_open_the_caches(open.home.path()));
}

#[test]
fn a_bare_model_asks_for_no_passphrase_and_saves_nothing_without_it() {
    let user = locked();
    for line in ["run", "chat --plain"] {
        let mut command = match line {
            "run" => run(&user),
            _ => user.abide(["chat", "--plain", "--save-cache", "-n", "2", "--model", &fixture(TINY)]),
        };
        let told =
            command.write_stdin(if line == "run" { String::new() } else { long_talk() }).assert().success();
        assert!(stderr(&told).contains(NOTHING_SAVED), "{line}: {}", stderr(&told));
        assert!(saved(&user).is_empty() && !user.path("cache/key").exists(), "{line}");
    }
    let wrong = run(&user).env("ABIDE_PASSPHRASE", "another").assert().failure();
    assert!(stderr(&wrong).contains("not the passphrase"), "{}", stderr(&wrong));
}

#[test]
fn a_key_from_before_the_passphrase_goes_with_all_it_opens() {
    // Whatever is done first, with the passphrase or without.
    for (line, gives) in
        [("companion list", true), ("cache", false), ("chat Mara --no-save-cache", true), ("run", false)]
    {
        let user = User::new();
        let file = user.write("mara.toml", "name = \"Mara\"\n").display().to_string();
        user.abide(["companion", "new", "--from", &file]).assert().success();
        run(&user).assert().success();
        assert!(!saved(&user).is_empty() && any_bytes_open_the_caches(user.home.path()));
        lock(&user);
        let mut command = match line {
            "run" => run(&user),
            line => user.abide(line.split(' ')),
        };
        if line.starts_with("chat") {
            command.args(["--model", &fixture(TINY), "-n", "2"]);
        }
        if gives {
            command.env("ABIDE_PASSPHRASE", PASSPHRASE);
        }
        command.write_stdin("").assert().success();
        assert!(saved(&user).is_empty() && !user.path("cache/key").exists(), "{line}");
    }
}

#[test]
fn a_passphrase_that_is_taken_away_leaves_no_key_that_opens_nothing() {
    let user = locked();
    run(&user).env("ABIDE_PASSPHRASE", PASSPHRASE).assert().success();
    change_passphrase(&user.path("companions.db"), Some(&passphrase()), None, CHEAP).expect("it is open");
    for known in [false, true] {
        let told = run(&user).assert().success();
        assert_eq!(json(&told)["usage"]["cached_tokens"].as_u64() > Some(0), known);
    }
}

/// Ids of a text's tokens, as a file would hold them.
fn token_bytes(user: &User, text: &str) -> Vec<[u8; 4]> {
    let told = user.abide(["tokenize", &fixture(TINY)]).write_stdin(text).assert().success();
    let ids = json(&told);
    let ids = ids.as_array().expect("a list").iter().map(|id| id.as_u64().expect("an id"));
    ids.map(|id| (id as u32).to_le_bytes()).collect()
}

#[test]
fn no_file_shows_words_or_tokens() {
    let user = locked();
    chat(&user).env("ABIDE_PASSPHRASE", PASSPHRASE).assert().success();
    chat(&user)
        .env("ABIDE_PASSPHRASE", PASSPHRASE)
        .write_stdin("/memories\n/why\n/forget Quimper\n")
        .assert()
        .success();
    let tokens: Vec<u8> = token_bytes(&user, " Zebulon and I live in").into_iter().flatten().collect();
    assert!(tokens.len() >= 16, "enough to be told from chance");
    for (path, bytes) in bytes_below(user.home.path()) {
        for word in ["zebulon", "quimper", "the fox and the river"] {
            assert!(!has_word(&bytes, word), "{path} shows {word}");
        }
        assert!(!bytes.windows(16).any(|window| tokens.windows(16).any(|part| part == window)), "{path}");
    }
}
