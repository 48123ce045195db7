//! What is broken is reported with its place, and costs nothing beside it.

use proptest::prelude::*;

use super::{
    shapes::{CHATGPT, SILLYTAVERN},
    *,
};

fn doubts(read: &Read) -> Vec<(u64, u64, &str)> {
    read.report.doubts.iter().map(|doubt| (doubt.record, doubt.line, doubt.what.as_str())).collect()
}

#[test]
fn broken_links_of_a_tree_are_mended() {
    let read = read(
        "c.json",
        r#"[{"id": "c", "title": 7, "current_node": "nowhere", "mapping": {
        "a": {"parent": "b", "message": {"author": {"role": "user"}, "content": {"parts": ["one"]}}},
        "b": {"parent": "a", "message": {"author": {"role": "assistant"}, "content": {"parts": ["two"]}}},
        "c": {"parent": "lost", "message": {"author": {"role": "user"}, "content": {"parts": ["three", 5]}}},
        "c": {"parent": "c", "message": {"author": {"role": "assistant"}, "content": {"parts": ["four"]}}},
        "d": {"parent": "c", "message": "no object"},
        "e": 17}}]"#,
    );
    let mut texts = read.texts();
    texts.sort_unstable();
    assert_eq!(texts, ["four", "one", "three", "two"]);
    let found: Vec<_> = doubts(&read).into_iter().map(|(.., what)| what).collect();
    for expected in [
        "two messages have this id",
        "the messages follow each other in a circle",
        "the message that it follows is missing",
        "the message shown last is missing",
        "\"message\" is not an object",
    ] {
        assert!(found.contains(&expected), "{expected} in {found:?}");
    }
    assert_eq!(read.left_out(LeftOut::Unreadable), 1);
    assert_eq!(read.before("three"), Some("two"));
}

#[test]
fn a_cut_file_keeps_what_is_there() {
    let cut = &CHATGPT[..CHATGPT.find("\"x\": {").unwrap()];
    let read = read("c.json", cut);
    assert!(read.texts().contains(&"A rose."));
    assert!(doubts(&read).iter().any(|(.., what)| what.contains("the file ends inside this record")));
    assert_eq!(read.report.doubts[0].record, 1);
}

#[test]
fn a_broken_record_names_its_line() {
    let mut lines: Vec<&str> = SILLYTAVERN.lines().collect();
    lines.insert(2, "{\"name\":\"Jo\",\"is_user\":true,");
    lines.insert(3, "{\"name\":\"Jo\",\"is_user\":true}");
    lines.insert(4, "[[[[");
    let text = lines.join("\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(
        b"\n{\"name\":\"Jo\",\"is_user\":true,\"mes\":\"caf\xe9 \\ud83d \xe4\xbd\xa0\"}\n",
    );
    let read = read_with("c.jsonl", &bytes, &options()).unwrap();
    let found = doubts(&read);
    assert_eq!(
        found.iter().map(|(record, line, _)| (*record, *line)).collect::<Vec<_>>(),
        [(3, 3), (4, 4), (5, 5), (10, 10)]
    );
    assert!(read.texts().contains(&"caf\u{FFFD} \u{FFFD} 你"));
    assert_eq!(read.report.total.messages, 6);
    assert_eq!(read.left_out(LeftOut::Unreadable), 3);
}

#[test]
fn another_encoding_that_shows_late_is_read_and_said() {
    let line =
        |words: &str| format!("{{\"name\":\"Jo\",\"is_user\":true,\"mes\":\"{words}\"}}\n").into_bytes();
    let mut bytes = line(&"plain words ".repeat(30)).repeat(4_000);
    bytes.extend(line("Le caf? est pr?t").into_iter().map(|byte| if byte == b'?' { 0xE9 } else { byte }));
    let read = read_with("c.jsonl", &bytes, &options()).unwrap();
    assert_eq!(read.texts().last(), Some(&"Le café est prét"));
    let found = doubts(&read);
    assert!(found.len() == 1 && found[0].2.contains("looks like windows-1252"), "{found:?}");
}

#[test]
fn large_and_deep_records_cost_only_themselves() {
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let long = "x".repeat(5_000);
    let text = format!(
        r#"[{{"sender":"You","message":"a","time":1}}, {deep}, {{"sender":"You","message":"{long}","time":2}}, {{"sender":"Luna","message":"b","time":3}}]"#
    );
    let options = ImportOptions { record_bytes_max: 45_000, ..options() };
    let read = read_with("r.json", text.as_bytes(), &options).unwrap();
    assert_eq!(read.texts(), ["a", long.as_str(), "b"]);
    assert_eq!(read.left_out(LeftOut::Unreadable), 1);
    let options = ImportOptions { record_bytes_max: 1_000, ..options };
    let read = read_with("r.json", text.as_bytes(), &options).unwrap();
    assert_eq!((read.texts(), read.left_out(LeftOut::TooLarge)), (vec!["a", "b"], 2));
    let told: Vec<&str> = read.report.doubts.iter().map(|doubt| doubt.done.as_str()).collect();
    assert!(told.iter().any(|done| done.contains("--record-bytes-max")), "{told:?}");
}

#[test]
fn a_session_beyond_the_limit_is_whole_with_a_larger_one() {
    let long = "x".repeat(600);
    let session = format!(r#"{{"gamestarted":true,"prompt":"{long}","actions":["{long}","{long}"]}}"#);
    for (limit, left_out) in [(1_000, 2), (2_000, 0)] {
        let options = ImportOptions { record_bytes_max: limit, ..options() };
        let read = read_with("k.json", session.as_bytes(), &options).unwrap();
        assert_eq!(read.left_out(LeftOut::TooLarge), left_out);
    }
}

#[test]
fn other_records_of_each_format_survive_a_wrong_one() {
    let cases = [
        (
            "claude",
            r#"[5, {"uuid":"x"}, {"uuid":"u","chat_messages":[3,{"sender":"alien","text":"?"},{"sender":"human","text":"ok","created_at":"never"}]}]"#,
        ),
        (
            "deepseek",
            r#"[null,{"id":"d","inserted_at":4,"mapping":{"1":{"message":[]},"2":{"message":{"fragments":[{"type":"REQUEST","content":"ok"},7]}}}}]"#,
        ),
        (
            "character-ai",
            r#"{"histories":{"histories":[7,{"msgs":[{"src":{}},3,{"text":"ok","src":{"is_human":"true"}}]}]}}"#,
        ),
        ("agnai", r#"{"messages":[{"userId":"u"},null,{"msg":"ok","userId":"u"}]}"#),
        ("risu", r#"{"type":"risuChat","data":{"message":[{"role":"user"},9,{"role":"user","data":"ok"}]}}"#),
        ("koboldcpp", r#"{"actions":[{},"{{[INPUT]}}ok"],"savedsettings":3}"#),
        ("text-generation-webui", r#"{"visible":[3,[null],["ok",null]],"metadata":[]}"#),
        ("messages", r#"[{"role":"user"},{"role":"alien","content":"x"},{"role":"user","content":"ok"}]"#),
        ("replika", r#"[{"sender":"You"},"x",{"sender":"You","message":"ok","time":{}}]"#),
        ("replika-csv", "From,Text,Timestamp\nMe\nMe,ok,never\n"),
    ];
    for (format, text) in cases {
        let options = ImportOptions { format: Some(format.parse().unwrap()), ..options() };
        let read = read_with("x", text.as_bytes(), &options).unwrap();
        assert_eq!(read.texts(), ["ok"], "{format}");
        assert_eq!(read.messages[0].speaker, Speaker::User, "{format}");
        assert!(read.report.doubts_total > 0 || read.report.left_out_total() > 0, "{format}");
    }
}

#[test]
fn what_nobody_knows_is_an_error_that_lists_what_is_known() {
    for bytes in [&b"{}"[..], b"[1,2]", b"<html></html>", b"\x00\x01\x02", b"just some words"] {
        let Err(error) = read_with("x", bytes, &options()) else {
            panic!("{bytes:?} was taken for a history")
        };
        assert!(error.to_string().contains("sillytavern"), "{error}");
    }
    assert!("what's app".parse::<Format>().unwrap_err().to_string().contains("plain-text"));
    assert!("Text Generation WebUI".parse::<Format>().is_ok());
}

#[test]
fn what_is_no_history_but_known_is_called_by_its_name() {
    let cases = [
        (" \n", "is empty"),
        (r#"{"spec": "chara_card_v3", "data": {"name": "Ann"}}"#, "a character card"),
        (
            r#"{"name": "A", "description": "d", "personality": "p", "scenario": "s", "first_mes": "m"}"#,
            "a character card",
        ),
        (
            r#"{"entries": {"0": {"key": ["sea"], "content": "The sea is blue.", "comment": ""}}}"#,
            "a lorebook",
        ),
        (
            r#"{"id":1,"sitting":1,"parent":null,"speaker":"user","text":"hi","time":"2026-11-29T21:58:10Z","time_certainty":"exact","completeness":"complete"}"#,
            "abide companion import",
        ),
        ("\u{89}", "none of the histories"),
    ];
    for (text, expected) in cases {
        let Err(error) = read_with("x", text.as_bytes(), &options()) else { panic!("{text} was read") };
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_time_that_nobody_reads_is_reported_whatever_the_format() {
    let cases = [
        (
            "claude",
            r#"[{"uuid":"u","chat_messages":[{"sender":"human","text":"ok","created_at":"19 heinäkuu 2023"}]}]"#,
        ),
        ("agnai", r#"{"messages":[{"msg":"ok","userId":"u","createdAt":"19 heinäkuu 2023"}]}"#),
        ("sillytavern", r#"{"name":"Jo","is_user":true,"mes":"ok","send_date":"19 heinäkuu 2023"}"#),
        ("messages", r#"[{"role":"user","content":"ok","time":"19 heinäkuu 2023"}]"#),
        ("replika-csv", "From,Text,Timestamp\nMe,ok,19 heinäkuu 2023\n"),
        (
            "character-ai",
            r#"{"turns":[{"author":{"is_human":true},"create_time":"19 heinäkuu 2023","candidates":[{"raw_content":"ok"}]}]}"#,
        ),
    ];
    for (format, text) in cases {
        let options = ImportOptions { format: Some(format.parse().unwrap()), ..options() };
        let read = read_with("x", text.as_bytes(), &options).unwrap();
        assert_eq!(read.texts(), ["ok"], "{format}");
        let found = doubts(&read);
        assert!(found.len() == 1 && found[0].2.contains("heinäkuu"), "{format}: {found:?}");
    }
}

#[test]
fn a_damaged_archive_gives_what_came_before_the_damage() {
    use std::fmt::Write as _;
    use std::io::Write as _;
    // Words that don't compress, so that the damage hits them.
    let mut state = 1_u64;
    let mut lines = String::new();
    for index in 0..20_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let name = if index % 2 == 0 { "You" } else { "Mira" };
        writeln!(lines, "{name}: {:016x}", state >> 3).expect("a String takes all");
    }
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut archive = zip::ZipWriter::new(&mut bytes);
    archive.start_file("chat.txt", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(lines.as_bytes()).unwrap();
    archive.finish().unwrap();
    let mut bytes = bytes.into_inner();
    let half = bytes.len() * 2 / 3;
    bytes[half..half + 2_000].fill(0xFF);
    let read = read_with("chat.zip", &bytes, &options()).unwrap();
    assert!(read.messages.len() > 1_000 && read.messages.len() < 20_000, "{}", read.messages.len());
    let last = read.report.doubts.last().unwrap();
    assert!(last.what.contains("can't be read on") || last.what.contains("no UTF-8"), "{last:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_bytes_are_fatal(bytes in proptest::collection::vec(any::<u8>(), 0..200), format in 0..Format::ALL.len()) {
        let options = ImportOptions { format: Some(Format::ALL[format]), record_bytes_max: 100, ..options() };
        read_with("x", &bytes, &options).unwrap();
        let _ = read_with("x", &bytes, &super::options());
    }

    #[test]
    fn a_damaged_export_is_read_as_far_as_it_goes(cut in 0..CHATGPT.len(), at in 0..CHATGPT.len(), byte in any::<u8>()) {
        let mut bytes = CHATGPT.as_bytes().to_vec();
        bytes[at] = byte;
        bytes.truncate(cut.max(1));
        for format in [Format::Chatgpt, Format::Deepseek, Format::Claude] {
            let options = ImportOptions { format: Some(format), ..options() };
            read_with("x", &bytes, &options).unwrap();
        }
    }
}
