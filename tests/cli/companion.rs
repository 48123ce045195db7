//! Companions from the command line, on a tiny model: who is made stays, what is said is kept and hidden, what is deleted is gone.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{TINY, User, fixture, json, locked, stderr, stdout};

/// A user with a companion called Mara, made from a file.
fn with_mara() -> User {
    let user = User::new();
    user.write("mara.toml", "name = \"Mara\"\npersonality = \"calm\"\ngreetings = [\"Hello, you.\"]\n");
    let file = user.path("mara.toml").display().to_string();
    user.abide(["companion", "new", "--from", &file]).assert().success();
    user
}

/// Says these lines to the companion talked with last.
fn chat(user: &User, lines: &str) -> (String, String) {
    let arguments = ["chat", "--model", &fixture(TINY), "-n", "4", "--temperature", "0"];
    let told = user.abide(arguments).write_stdin(lines.to_owned()).assert().success();
    (stdout(&told), stderr(&told))
}

/// All bytes of all files below a folder.
pub(super) fn bytes_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(bytes_below(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap_or_default()));
        }
    }
    found
}

pub(super) fn has_word(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

#[test]
fn what_is_said_stays_and_no_file_shows_it() {
    let user = with_mara();
    let (_, notices) = chat(&user, "My name is Zebulon and I live in Quimper.\n/memories\n/why\n");
    assert!(notices.contains("Zebulon") && notices.contains("Quimper"), "{notices}");
    assert!(notices.contains("recent turns") && notices.contains("learned lately"), "{notices}");
    assert!(!notices.contains("- - "), "one mark for each item: {notices}");
    let listed = json(&user.run("companion list --json").success());
    assert_eq!((&listed[0]["name"], &listed[0]["messages"]), (&"Mara".into(), &3.into()), "{listed}");
    // After a restart it is the same conversation.
    chat(&user, "Good evening.\n");
    assert_eq!(json(&user.run("companion list --json").success())[0]["messages"], 5);
    let facts = json(&user.run("memory list --json").success());
    assert!(facts.as_array().unwrap().iter().any(|fact| fact["value"] == "Quimper"), "{facts}");
    for (path, bytes) in bytes_below(user.home.path()) {
        for word in ["zebulon", "quimper", "good evening"] {
            assert!(!has_word(&bytes, word), "{path} shows {word}");
        }
    }
}

#[test]
fn a_picture_beside_a_persona_goes_out_with_its_cards() {
    let user = with_mara();
    let path = |name: &str| user.path(name).display().to_string();
    user.abide(["companion", "export", "Mara", &path("tamsin.png")]).assert().success();
    let picture = std::fs::read(user.path("tamsin.png")).expect("it was written");
    let data = picture.windows(4).position(|bytes| bytes == b"IDAT").expect("a PNG");
    let data = &picture[data..data + 200];
    user.write("tamsin.toml", "name = \"Tamsin\"\n[avatar]\npath = \"tamsin.png\"\n");
    user.abide(["companion", "new", "--from", &path("tamsin.toml")]).assert().success();
    for name in ["card.png", "card.charx"] {
        user.abide(["companion", "export", "Tamsin", &path(name)]).assert().success();
        let card = std::fs::read(user.path(name)).expect("it was written");
        assert!(card.windows(data.len()).any(|bytes| bytes == data), "{name}");
    }
    user.write(
        "none.toml",
        "name = \"None\"\n[avatar]\npath = \"tamsin.toml\"\nmedia_type = \"image/png\"\n",
    );
    let refused = user.abide(["companion", "new", "--from", &path("none.toml")]).assert().failure();
    let said = stderr(&refused);
    assert!(said.contains("none.toml") && said.contains("tamsin.toml is no picture"), "{said}");
}

#[test]
fn a_pipe_without_a_companion_gets_the_first_starter() {
    let user = User::new();
    let (answer, notices) = chat(&user, "Hello.\n");
    assert!(!answer.is_empty() && notices.contains("--plain"), "{notices}");
    assert_eq!(json(&user.run("companion list --json").success()).as_array().unwrap().len(), 1);
}

#[test]
fn turns_are_taken_back_said_anew_and_kept_aside() {
    let user = with_mara();
    let lines = "The first.\n/regenerate\n/swipe back\n/edit The second.\n/branch other\n/branch\n/back\n/persona personality loud\n";
    let (_, notices) = chat(&user, lines);
    for part in ["branch other begins here", "* other", "conversation ends here", "version 2"] {
        assert!(notices.contains(part), "{part}: {notices}");
    }
    assert!(stdout(&user.run("companion show Mara").success()).contains("personality: loud"));
    assert!(stdout(&user.run("companion show Mara --versions").success()).contains("personality"));
    user.run("companion edit Mara --version 1").success();
    assert!(stdout(&user.run("companion show Mara").success()).contains("personality: calm"));
}

#[test]
fn what_was_left_is_gone_to_by_its_number_and_deleted_when_asked_twice() {
    let user = with_mara();
    let shown = || stdout(&user.run("companion show Mara").success());
    let (_, notices) = chat(&user, "The first.\nThe second.\n/back 2\n/branch\n/delete yes\n");
    let number =
        notices.split("`/branch ").nth(1).and_then(|rest| rest.split('`').next()).unwrap_or_default();
    assert!(number.parse::<u64>().is_ok() && notices.contains("left aside"), "{notices}");
    assert!(shown().contains("1 message in the conversation, 4 more kept aside"), "{}", shown());
    let (_, notices) = chat(&user, &format!("/branch {number}\n/branch\n"));
    assert!(notices.contains("> The second.") && !notices.contains("left aside"), "{notices}");
    let (_, notices) = chat(&user, "/delete\n/delete yes\n/delete yes\n");
    assert!(notices.contains("deleted for good: 2 messages") && notices.contains("say what"), "{notices}");
    assert!(shown().contains("3 messages in the conversation, "), "{}", shown());
    let (_, notices) = chat(&user, "/delete\nThe third.\n/delete yes\n");
    assert!(notices.contains("say what"), "{notices}");
    assert!(shown().contains("5 messages in the conversation, "), "{}", shown());
}

#[test]
fn what_is_forgotten_is_gone_from_every_answer() {
    let user = with_mara();
    let (_, notices) = chat(
        &user,
        "The password of my safe is swordfish.\n/forget swordfish\n/forget all\n/forget swordfish\n",
    );
    assert!(notices.contains("forgotten for good"), "{notices}");
    assert!(notices.contains("nothing has to do with that"), "{notices}");
    let added = user.abide(["memory", "add", "I play the zither", "--pin"]).assert().success();
    assert!(stderr(&added).contains("kept, as number"), "{}", stderr(&added));
    let facts = json(&user.run("memory list --json").success());
    let number = facts.as_array().unwrap().last().unwrap()["id"].to_string();
    user.abide(["memory", "rm", &number]).assert().code(2);
    assert!(stdout(&user.run("memory list").success()).contains("zither"), "nobody could be asked");
    user.abide(["memory", "rm", &number, "--yes"]).assert().success();
    assert!(!stdout(&user.run("memory list --all --json").success()).contains("zither"));
    let found = user.abide(["memory", "search", "the password of my safe"]).assert().success();
    assert!(!stdout(&found).contains("swordfish"), "{}", stdout(&found));
}

/// Whoever closes the terminal right after the word that it is forgotten leaves nothing that was computed of it.
#[test]
fn what_was_computed_is_gone_before_it_is_called_forgotten() {
    for order in ["/forget Quimper\n/forget all\n", "/delete 2\n/delete yes\n"] {
        let user = with_mara();
        let long = format!("I live in Quimper. {}\n", "The fox and the river and the stone. ".repeat(45));
        let arguments = ["chat", "Mara", "--model", &fixture(TINY), "-n", "4", "--context", "1000"];
        user.abide(arguments).write_stdin(long).assert().success();
        assert!(!locked::saved(&user).is_empty(), "it is found again by the next start");

        let mut child = Command::new(env!("CARGO_BIN_EXE_abide"))
            .args(arguments)
            .env_clear()
            .env("HOME", user.home.path())
            .env("ABIDE_HOME", user.home.path())
            .env("ABIDE_OFFLINE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut said = child.stdin.take().expect("it is piped");
        let mut told = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let mut hear = |word: &str| loop {
            let line = told.next().expect("it goes on").expect("it is text");
            if line.contains(word) {
                return;
            }
        };
        said.write_all(format!("And you?\n{order}").as_bytes()).expect("it reads");
        hear("for good:");
        assert!(locked::saved(&user).is_empty(), "{order}");
        // Nor does anything that was computed before come back.
        said.write_all(b"And now?\n/forget nothing\n").expect("it reads");
        hear("nothing has to do");
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        assert!(locked::saved(&user).is_empty(), "{order}");
    }
}

#[test]
fn a_companion_is_taken_along_whole() {
    let user = with_mara();
    chat(&user, "I live in Quimper.\n");
    let archive = user.path("mara.abide").display().to_string();
    let export = ["companion", "export", "Mara", &archive];
    assert_eq!(
        user.abide(export).assert().get_output().status.code(),
        Some(2),
        "nobody to ask for a passphrase"
    );
    user.abide(export).env("ABIDE_PASSPHRASE", "open sesame").assert().success();
    assert!(!has_word(&std::fs::read(&archive).unwrap(), "quimper"));
    let other = User::new();
    other.abide(["companion", "import", &archive]).env("ABIDE_PASSPHRASE", "wrong").assert().failure();
    other.abide(["companion", "import", &archive]).env("ABIDE_PASSPHRASE", "open sesame").assert().success();
    let facts = other.abide(["memory", "list", "--companion", "Mara"]).assert().success();
    assert!(stdout(&facts).contains("Quimper"));
    // A card has the persona and nothing that was said.
    let card = user.path("mara.png").display().to_string();
    user.abide(["companion", "export", "Mara", &card]).assert().success();
    other.abide(["companion", "import", &card, "--name", "Mara 2"]).assert().success();
    assert!(stdout(&other.abide(["companion", "show", "Mara 2"]).assert().success()).contains("calm"));
    user.run("companion delete Mara").code(2);
    user.run("companion delete Mara --yes").success();
    assert_eq!(json(&user.run("companion list --json").success()).as_array().unwrap().len(), 0);
}

#[test]
fn a_history_comes_home_with_its_times() {
    let user = with_mara();
    let history = r#"[{"role": "user", "content": "I adopted a greyhound.", "timestamp": "2024-03-05T10:00:00Z"},
        {"role": "assistant", "content": "What is it called?", "timestamp": "2024-03-05T10:01:00Z"}]"#;
    let file = user.write("old.json", history).display().to_string();
    let dry = user.abide(["import-history", &file, "--dry-run"]).assert().success();
    assert!(stdout(&dry).contains("2 messages"), "{}", stdout(&dry));
    let dry = ["import-history", &file, "--dry-run", "--into", "Mara"];
    assert!(stdout(&user.abide(dry).assert().success()).contains("of which 2 would be new to Mara"));
    let alone = user.write("alone.json", r#"[{"role": "user", "content": "Is anybody there?"}]"#);
    let nobody = user.abide(["import-history", &alone.display().to_string(), "--new"]).assert().failure();
    assert!(stderr(&nobody).contains("nobody can be drafted"), "{}", stderr(&nobody));
    for (count, line) in [("2 messages brought home", 0), ("0 messages brought home", 1)] {
        let told = user.abide(["import-history", &file, "--into", "Mara"]).assert().success();
        assert!(stdout(&told).contains(count), "{line}: {}", stdout(&told));
    }
    assert!(stdout(&user.abide(dry).assert().success()).contains("of which 0 would be new to Mara"));
    let found = user.abide(["memory", "search", "greyhound"]).assert().success();
    assert!(stdout(&found).contains("March 5, 2024"), "{}", stdout(&found));
    // What came and what did not stays to be looked at, and is the user's to correct.
    let shown = user.abide(["companion", "imports", "Mara", "1"]).assert().success();
    for part in ["old.json (messages)", "2 messages brought home", "facts known from it"] {
        assert!(stdout(&shown).contains(part), "{part}: {}", stdout(&shown));
    }
    user.abide(["companion", "imports", "Mara", "1", "--note", "May is missing"]).assert().success();
    let listed = user.abide(["companion", "imports", "Mara"]).assert().success();
    assert!(stdout(&listed).contains("your note: May is missing"), "{}", stdout(&listed));
    let none = user.abide(["companion", "imports", "Mara", "7"]).assert().failure();
    assert!(stderr(&none).contains("there are 1, 2"), "{}", stderr(&none));
    user.abide(["companion", "imports", "Mara", "1", "--forget", "--yes"]).assert().success();
    let found = user.abide(["memory", "search", "greyhound"]).assert().success();
    assert!(!stdout(&found).contains("greyhound"), "{}", stdout(&found));
}

#[test]
fn settings_are_chosen_by_name() {
    let user = with_mara();
    let edit = |set: &str| user.abide(["companion", "edit", "Mara", "--set", set]).assert();
    let shown = || stdout(&user.run("companion show Mara").success());
    assert!(shown().contains("  moods: on\n"), "{}", shown());
    let said = stderr(&edit("moods=off").success());
    assert!(said.contains("moods: off") && !said.contains("version"), "{said}");
    edit("time_zone=Europe/Paris").success();
    edit("context_tokens=4096").success();
    for line in ["  moods: off\n", "  time_zone: Europe/Paris\n", "  context_tokens: 4096\n"] {
        assert!(shown().contains(line), "{line}: {}", shown());
    }
    for (set, part) in [
        ("moods=blue", "moods can't be \"blue\": it is on or off"),
        ("context_tokens=few", "number of tokens"),
        ("time_zone=Mars", "Europe/Paris"),
        ("mood=off", "summaries_by_model"),
    ] {
        let said = stderr(&edit(set).code(2));
        assert!(said.contains(part), "{set}: {said}");
    }
    let (_, notices) = chat(&user, "/persona moods on\n/persona\n");
    assert!(notices.contains("moods: on, from") && notices.contains("time_zone: Europe/Paris"), "{notices}");
}

#[test]
fn moods_are_a_time_line_that_can_be_switched_off() {
    let user = with_mara();
    chat(&user, "I am so happy today, I passed my exam!\n");
    let told = stdout(&user.run("memory moods").success());
    assert!(told.starts_with("20") && told.contains("joy") && told.contains("passed my exam"), "{told}");
    assert_eq!(json(&user.run("memory moods --json").success()).as_array().map(Vec::len), Some(1));
    user.run("companion edit Mara --set moods=off").success();
    chat(&user, "I am so sad and lonely now.\n");
    let told = user.run("memory moods").success();
    assert!(
        !stdout(&told).contains("lonely") && stderr(&told).contains("moods are off"),
        "{}",
        stderr(&told)
    );
}

#[test]
fn any_two_versions_are_compared_and_a_rehearsal_is_dropped() {
    let user = with_mara();
    for personality in ["dry", "loud"] {
        let set = format!("personality={personality}");
        user.abide(["companion", "edit", "Mara", "--set", &set]).assert().success();
    }
    let compared = stdout(&user.run("companion show Mara --compare 1 3").success());
    assert_eq!(compared, "personality\n  - calm\n  + loud\n");
    assert!(stderr(&user.run("companion show Mara --compare 1 9").code(2)).contains("version 9"));
    user.run("companion drop Mara").failure();
    chat(&user, "Good morning.\n");
    user.abide(["companion", "rehearse", "Mara", "--model", &fixture(TINY), "--reply", "3"])
        .assert()
        .success();
    assert!(stderr(&user.run("companion drop Mara").success()).contains("is over"));
    user.run("companion commit Mara").failure();
}

#[test]
fn a_companion_on_a_file_that_is_in_no_store_finds_it_again() {
    let user = with_mara();
    chat(&user, "Good morning.\n");
    let other = user.write("models/other.gguf", std::fs::read(fixture("tiny/llama-gqa.gguf")).unwrap());
    let other = other.display().to_string();
    user.abide(["companion", "rehearse", "Mara", "--model", &other, "--reply", "3"]).assert().success();
    user.run("companion commit Mara").success();
    let say = |arguments: &[&str]| user.abide(arguments).write_stdin("And now?\n").assert();
    let named = ["chat", "Mara", "-n", "4"];
    say(&named).success();
    let shown = stdout(&user.run("companion show Mara").success());
    assert!(shown.contains(&format!("file: {other}")), "{shown}");
    assert_eq!(shown.matches("weights: sha256 ").count(), 2, "{shown}");
    user.run("companion revert Mara").success();
    say(&named).success();
    user.run("companion revert Mara").success();

    std::fs::write(&other, std::fs::read(fixture(TINY)).unwrap()).unwrap();
    let changed = stderr(&say(&named).success());
    assert!(changed.contains("warning: the file of other is another"), "{changed}");

    let moved = user.path("other.gguf");
    std::fs::rename(&other, &moved).unwrap();
    let gone = stderr(&say(&named).failure());
    assert!(gone.contains(&other) && gone.contains("is gone") && gone.contains("--model FILE"), "{gone}");
    let moved = moved.display().to_string();
    say(&["chat", "Mara", "-n", "4", "--model", &moved]).success();
    say(&named).success();
    let shown = stdout(&user.run("companion show Mara").success());
    assert!(shown.contains(&format!("file: {moved}")), "{shown}");
}

#[test]
fn a_history_for_somebody_who_is_here_drafts_a_persona_into_a_file() {
    let user = with_mara();
    let text = "1/2/2021, 10:00 - Jo: Good morning, love.\n1/2/2021, 10:01 - Clara: Morning, sunshine!\n";
    user.write("old.txt", text);
    let (old, draft) =
        (user.path("old.txt").display().to_string(), user.path("was.toml").display().to_string());
    let import = ["import-history", &old, "--into", "Mara", "--me", "Jo", "--draft", &draft];
    let said = stderr(&user.abide(import).assert().success());
    assert!(said.contains(&format!("edit \"Mara\" --from {draft}")), "{said}");
    assert!(std::fs::read_to_string(&draft).unwrap().contains("name = \"Clara\""));
    assert!(stdout(&user.run("companion show Mara").success()).contains("name: Mara"));
    assert!(stderr(&user.abide(import).assert().code(2)).contains("exists already"));
    user.abide(["companion", "edit", "Mara", "--from", &draft]).assert().success();
    assert!(stdout(&user.run("companion show Mara").success()).contains("name: Clara"));
    let small = ["import-history", &old, "--dry-run", "--record-bytes-max", "10"];
    assert!(stderr(&user.abide(small).assert().failure()).contains("--record-bytes-max 1GB"));
}

#[test]
fn a_history_in_an_encoding_of_old_comes_home() {
    let user = with_mara();
    // "我：今天去公园散步了，看到一只橘猫。\n小雨：听起来真不错！\n" in GB18030.
    let words = b"\xce\xd2\xa3\xba\xbd\xf1\xcc\xec\xc8\xa5\xb9\xab\xd4\xb0\xc9\xa2\xb2\xbd\xc1\xcb\xa3\xac\xbf\xb4\xb5\xbd\xd2\xbb\xd6\xbb\xe9\xd9\xc3\xa8\xa1\xa3\n\xd0\xa1\xd3\xea\xa3\xba\xcc\xfd\xc6\xf0\xc0\xb4\xd5\xe6\xb2\xbb\xb4\xed\xa3\xa1\n";
    let file = user.write("chat.txt", words.repeat(3)).display().to_string();
    let arguments = ["import-history", &file, "--into", "Mara", "--me", "我", "--them", "小雨"];
    let told = user.abide(arguments).assert().success();
    assert!(stderr(&told).contains("looks like GBK"), "{}", stderr(&told));
    let found = user.abide(["memory", "search", "橘猫"]).assert().success();
    assert!(stdout(&found).contains("今天去公园散步了"), "{}", stdout(&found));
}

#[test]
fn cards_go_out_as_they_came_in_and_lorebooks_come_in_once() {
    let user = with_mara();
    let v1 = r#"{"name": "Bo", "first_mes": "Hi", "extra": 1732912345.1234567}"#;
    let file = user.write("bo.json", v1).display().to_string();
    user.abide(["companion", "import", &file]).assert().success();
    let taken = user.abide(["companion", "import", &file]).assert().failure();
    assert!(stderr(&taken).contains("--name NAME"), "{}", stderr(&taken));
    let out = user.path("out.json").display().to_string();
    let told = user.abide(["companion", "export", "Bo", &out]).assert().success();
    assert!(stderr(&told).contains("a character card V1"), "{}", stderr(&told));
    let written: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(written, serde_json::from_str::<serde_json::Value>(v1).unwrap());
    let again = user.abide(["companion", "export", "Bo", &out]).assert().failure();
    assert!(stderr(&again).contains("exists already"), "{}", stderr(&again));
    let book = r#"{"entries": {"0": {"uid": 0, "key": ["tide"], "content": "High at six."}}}"#;
    let book = user.write("world.json", book).display().to_string();
    for count in ["1 new, 0 there already", "0 new, 1 there already"] {
        let told = user.abide(["companion", "import", &book, "--into", "Bo"]).assert().success();
        assert!(stderr(&told).contains(count), "{count}: {}", stderr(&told));
    }
    // What has no effect on a file is refused.
    for (file, options) in [
        (&file, &["--into", "Mara"][..]),
        (&file, &["--name", "Bo 2", "--copy"]),
        (&book, &["--into", "Bo", "--name", "Tide"]),
    ] {
        let arguments = ["companion", "import", file].into_iter().chain(options.iter().copied());
        let told = user.abide(arguments).assert().code(2);
        assert!(stderr(&told).contains(", and this is a "), "{}", stderr(&told));
    }
}

#[test]
fn lorebooks_go_out_in_both_forms() {
    let user = with_mara();
    let none = user.run("companion export Mara none.json --as lorebook").code(2);
    assert!(stderr(&none).contains("no lorebook") && stderr(&none).contains("--into"), "{}", stderr(&none));
    let world = r#"{"entries": {"4": {"uid": 4, "key": ["tide"], "content": "High at six.", "order": 7, "futureField": [1]}}}"#;
    let world = user.write("world.json", world).display().to_string();
    user.abide(["companion", "import", &world, "--into", "Mara"]).assert().success();
    for (form, place) in [("world-info", "/entries/4"), ("lorebook", "/data/entries/0")] {
        let out = user.path(&format!("{form}.json")).display().to_string();
        let told = user.abide(["companion", "export", "Mara", &out, "--as", form]).assert().success();
        assert!(stderr(&told).contains("1 entry"), "{}", stderr(&told));
        let written: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
        let entry = written.pointer(place).unwrap();
        assert_eq!(
            (&entry["content"], &entry["futureField"]),
            (&"High at six.".into(), &serde_json::json!([1]))
        );
        // Another companion takes it in as it is.
        let file = user.write("other.toml", format!("name = \"{form}\"\n")).display().to_string();
        user.abide(["companion", "new", "--from", &file]).assert().success();
        let told = user.abide(["companion", "import", &out, "--into", form]).assert().success();
        assert!(stderr(&told).contains("1 new"), "{}", stderr(&told));
    }
    let wrong = user.run("companion export Mara book.png --as lorebook").code(2);
    assert!(stderr(&wrong).contains("end the name in .json"), "{}", stderr(&wrong));
}

#[test]
fn slips_are_told_with_their_cure() {
    let user = with_mara();
    for (line, part) in [
        ("companion show Nobody", "those here are Mara"),
        ("companion edit Mara --set colour=red", "there is no field"),
        ("companion new --from starter:99", "starter:1"),
        ("companion export Mara mara.xyz --no-passphrase", ".abide"),
        ("companion export Mara mara.xyz", ".json, .png or .charx (a character card)"),
        ("companion export Mara mara.charx --card-version v1", "V3 alone"),
        ("companion revert Mara", "no model before"),
        ("chat Nobody", "those here are Mara"),
    ] {
        let failed = user.run(line).failure();
        assert!(stderr(&failed).contains(part), "{line}: {}", stderr(&failed));
    }
}

#[test]
fn a_fresh_window_begins_where_it_is_asked_for_and_all_that_a_persona_has_is_shown() {
    let user = with_mara();
    let (_, notices) = chat(&user, "The harbour froze over.\n/new Spring\n/new\nGood morning.\n/why\n");
    assert!(notices.contains("a fresh window begins here, called “Spring”: "), "{notices}");
    assert!(notices.contains("nothing was said in it yet"), "{notices}");
    let turns = notices.lines().find(|line| line.starts_with("recent turns")).unwrap();
    assert_eq!(turns.split_whitespace().nth(3), Some("1"), "{turns}");
    // It is one conversation, and one memory.
    assert_eq!(json(&user.run("companion list --json").success())[0]["messages"], 5);
    let edit = ["companion", "edit", "Mara", "--set", "tags=sea, slow", "--set", "greetings+=Back again?"];
    user.abide(edit).assert().success();
    let shown = stdout(&user.run("companion show Mara").success());
    for part in [
        "tags: sea, slow",
        "1 fresh window begun: ",
        " “Spring”",
        "  1. Hello, you.",
        "  2. Back again?",
        "model: qwen3, since ",
        "sampling: temperature 0.8",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}
