//! What kind of history a file is, told by its first 64 KiB and never by its name. Must not read on.

use std::collections::HashSet;

use super::{Format, formats, input::Input};

/// The kind of a file. A file that nobody named (one of a folder or archive) has to be more like a chat to count as plain text.
pub(super) fn recognise(input: &Input<'_>, is_named: bool) -> Option<Format> {
    let window = input.window();
    let first = window.iter().position(|byte| !byte.is_ascii_whitespace())?;
    match window[first] {
        b'{' | b'[' => json(window)
            .or_else(|| formats::plain_text::is_chat(window, is_named).then_some(Format::PlainText)),
        _ if formats::replika::is_csv(window) => Some(Format::ReplikaCsv),
        _ => formats::plain_text::is_chat(window, is_named).then_some(Format::PlainText),
    }
}

/// What a file is that somebody may take for a history, and what to do with it.
pub(super) fn other(input: &Input<'_>) -> Option<(&'static str, &'static str)> {
    const COMPANION: &str = "take it in with `abide companion import`";
    const PICTURE: &str = "if it is a character card, take it in with `abide companion import`";
    let window = input.window();
    if window.iter().all(u8::is_ascii_whitespace) {
        return Some(("empty", "fetch it again from where it comes from"));
    }
    if window.starts_with(b"\x89PNG") || window.starts_with(b"\xFF\xD8\xFF") {
        return Some(("a picture", PICTURE));
    }
    if window.starts_with(b"abide-xp") {
        return Some(("an archive of a companion", COMPANION));
    }
    let first = window.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'{') {
        return None;
    }
    let keys = Keys::of(window);
    let top = |names: &[&str]| names.iter().filter(|name| keys.outer.contains(**name)).count();
    if keys.texts.iter().any(|text| text.starts_with("chara_card"))
        || top(&["first_mes", "mes_example", "personality", "scenario", "description"]) >= 3
    {
        return Some(("a character card", COMPANION));
    }
    let is_book = top(&["entries"]) == 1 && ["key", "keys"].iter().any(|key| keys.all.contains(*key));
    if is_book || keys.texts.iter().any(|text| text.starts_with("lorebook")) {
        return Some(("a lorebook", "give it to a companion: `abide companion import FILE --into NAME`"));
    }
    let own = ["sitting", "speaker", "time_certainty", "completeness"];
    (top(&own) == own.len()).then_some((
        "a transcript that abide wrote for reading",
        "a companion comes over whole in its archive: `abide companion export NAME FILE.abide`, then `abide companion import`",
    ))
}

fn json(window: &[u8]) -> Option<Format> {
    let keys = Keys::of(window);
    let has = |names: &[&str]| names.iter().all(|name| keys.all.contains(*name));
    let any = |names: &[&str]| names.iter().any(|name| keys.all.contains(*name));
    let top = |names: &[&str]| names.iter().all(|name| keys.outer.contains(*name));
    if any(&["user_name", "character_name"]) && any(&["mes", "create_date", "chat_metadata"])
        || has(&["mes", "is_user"])
    {
        Some(Format::Sillytavern)
    } else if has(&["biz_data", "chat_messages"])
        || has(&["mapping", "inserted_at"])
        || has(&["mapping", "fragments"])
    {
        Some(Format::Deepseek)
    } else if has(&["parentId", "role", "content"]) && any(&["history", "childrenIds"]) {
        Some(Format::OpenWebui)
    } else if top(&["mapping"]) {
        Some(Format::Chatgpt)
    } else if has(&["chat_messages"]) {
        Some(Format::Claude)
    } else if has(&["histories"])
        || has(&["turns", "candidates"])
        || has(&["candidates", "raw_content"])
        || has(&["msgs", "is_human"])
    {
        Some(Format::CharacterAi)
    } else if keys.texts.iter().any(|text| text.starts_with("risu")) || has(&["role", "data", "message"]) {
        Some(Format::Risu)
    } else if any(&["data_visible"]) || top(&["visible", "internal"]) {
        Some(Format::TextGenerationWebui)
    } else if top(&["actions"]) && any(&["savedsettings", "gamestarted", "prompt"]) {
        Some(Format::Koboldcpp)
    } else if has(&["msg", "messages"]) {
        Some(Format::Agnai)
    } else if formats::replika::has_columns(&keys.all) {
        Some(Format::Replika)
    } else if has(&["role", "content"]) {
        Some(Format::Messages)
    } else {
        None
    }
}

/// The keys of a document's beginning.
struct Keys {
    all: HashSet<String>,
    /// Those of the outermost object, or of the objects of the outermost list.
    outer: HashSet<String>,
    /// Texts beside a key `type` or `spec` at the top.
    texts: HashSet<String>,
}

impl Keys {
    fn of(window: &[u8]) -> Self {
        let mut keys = Self { all: HashSet::new(), outer: HashSet::new(), texts: HashSet::new() };
        let mut depth = 0_usize;
        let mut in_list = false;
        let mut position = 0;
        let mut key = String::new();
        while position < window.len() {
            match window[position] {
                bracket @ (b'{' | b'[') => {
                    in_list |= depth == 0 && bracket == b'[';
                    depth += 1;
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => {
                    let end = string_end(window, position + 1);
                    let text = String::from_utf8_lossy(&window[(position + 1).min(end)..end]).into_owned();
                    let after = window[end..].iter().skip(1).find(|byte| !byte.is_ascii_whitespace());
                    if after == Some(&b':') {
                        if depth <= 1 + usize::from(in_list) {
                            keys.outer.insert(text.clone());
                        }
                        keys.all.insert(text.clone());
                        key = text;
                    } else if depth == 1 && (key == "type" || key == "spec") {
                        keys.texts.insert(text);
                    }
                    position = end;
                }
                _ => {}
            }
            position += 1;
        }
        keys
    }
}

/// Where the string that begins at `from` has its closing quote, or the window its end.
fn string_end(window: &[u8], from: usize) -> usize {
    let mut position = from;
    while position < window.len() && window[position] != b'"' {
        position += if window[position] == b'\\' { 2 } else { 1 };
    }
    position.min(window.len())
}
