//! KoboldCpp Lite's saved sessions: `{gamestarted, prompt, memory, actions[], savedsettings: {chatname, chatopponent, opmode}}`; a turn is a piece of
//! text with `{{[INPUT]}}` and `{{[OUTPUT]}}`, or lines of `Name: words`. Must not know where it goes.
//!
//! Shapes as SillyTavern's import of them (`src/endpoints/chats.js`) and Lite's own page show them; several opponents are parted by `||$||`.
//! There are no times.

use serde_json::Value;

use super::{field, parsed, records};
use crate::{
    history::{
        Conversation, HistoryError, LeftOut,
        context::{Context, Naming, Place, digest_key},
        input::Input,
        json::{Choice, Step},
        linear::Linear,
        said::Said,
    },
    transcript::Speaker,
};

const INPUT: &str = "{{[INPUT]}}";
const OUTPUT: &str = "{{[OUTPUT]}}";
/// Instructions to the model.
const SYSTEM: &str = "{{[SYSTEM]}}";
/// Ends of the marks of turns in instruct mode.
const TURN_ENDS: [&str; 3] = ["{{[INPUT_END]}}", "{{[OUTPUT_END]}}", "{{[SYSTEM_END]}}"];
/// The settings that hold what a model's own format has at each mark's place. Sessions saved without Lite's marks have these in their texts.
const TAGS: [(&str, &str); 6] = [
    ("instruct_starttag", INPUT),
    ("instruct_endtag", OUTPUT),
    ("instruct_systag", SYSTEM),
    ("instruct_starttag_end", TURN_ENDS[0]),
    ("instruct_endtag_end", TURN_ENDS[1]),
    ("instruct_systag_end", TURN_ENDS[2]),
];
/// What `opmode` says of a session in instruct mode.
const INSTRUCT_MODE: u64 = 4;

pub(super) fn read(cx: &mut Context<'_>, input: &mut Input<'_>) -> Result<(), HistoryError> {
    let mut pieces: Vec<(String, u64, u64)> = Vec::new();
    let mut names = Names::default();
    let mut bytes = 0_usize;
    records(
        cx,
        input,
        &|path, _first| match path {
            [] => Choice::GoIn,
            [list] if list.is("actions") => Choice::GoIn,
            [list, Step::Index(_)] if list.is("actions") => Choice::Take,
            [last] if last.is("prompt") || last.is("savedsettings") => Choice::Take,
            _ => Choice::Skip,
        },
        &mut |cx, path, element, place| {
            let Some(value) = parsed(cx, &element.bytes, place)? else { return Ok(()) };
            if path.last().is_some_and(|last| last.is("savedsettings")) {
                cx.records -= 1;
                let opponents = field::text(&value, &["chatopponent"]).unwrap_or_default().split("||$||");
                let opponents = opponents.map(str::trim).filter(|name| !name.is_empty());
                names = Names {
                    user: field::name(&value, &["chatname"]),
                    companions: opponents.map(str::to_owned).collect(),
                    tags: tags(&value),
                };
                return Ok(());
            }
            let Some(text) = value.as_str() else {
                return cx.unreadable(place, "an action that is no text");
            };
            bytes += text.len();
            if bytes > cx.options.record_bytes_max {
                return cx.too_large(place, "the session is too large");
            }
            // The prompt comes before the actions, wherever it stands.
            let piece = (text.to_owned(), place.record, place.line);
            if path.len() == 1 {
                pieces.insert(0, piece);
            } else {
                pieces.push(piece);
            }
            Ok(())
        },
    )?;
    let beginning: String = pieces.iter().flat_map(|(text, ..)| text.chars()).take(200).collect();
    let key = digest_key(&[beginning.as_bytes()]);
    let (user_name, companion_name) = (names.user.clone(), names.companions.first().cloned());
    let title = names.companions.join(", ");
    cx.begin(
        Conversation { key, title, user_name, companion_name, ..Conversation::default() },
        Naming::Digest,
    )?;
    let mut linear = Linear::new(cx, None);
    for (text, record, line) in pieces {
        for turn in turns(&names.marked(text), &names) {
            match turn {
                Some(said) => linear.add(cx, said, Place::new(record, line))?,
                None => cx.leave_out(LeftOut::SystemMessage),
            }
        }
    }
    linear.finish(cx)
}

/// Who talks in the session.
#[derive(Default)]
struct Names {
    user: Option<String>,
    companions: Vec<String>,
    /// What stands for Lite's marks in the texts, the longest first.
    tags: Vec<(String, &'static str)>,
}

/// The tags of the model's format, of a session in instruct mode.
fn tags(settings: &Value) -> Vec<(String, &'static str)> {
    if settings.get("opmode").and_then(Value::as_u64).is_some_and(|mode| mode != INSTRUCT_MODE) {
        return Vec::new();
    }
    let tags = TAGS.iter().filter_map(|(setting, mark)| {
        let tag = field::text(settings, &[setting])?.replace("\\n", "\n");
        // Spaces about a tag are not there at the beginning and end of a text. One of nothing else marks no turn.
        let is_tag = !tag.trim().is_empty() && tag.trim() != *mark;
        is_tag.then(|| {
            (if tag.starts_with('\n') { format!("\n{}", tag.trim()) } else { tag.trim().to_owned() }, *mark)
        })
    });
    let mut tags: Vec<_> = tags.collect();
    tags.sort_by_key(|(tag, _)| std::cmp::Reverse(tag.len()));
    tags
}

impl Names {
    /// Who says a line that begins with a name, and what.
    fn spoken<'t>(&self, line: &'t str) -> Option<(Speaker, &str, &'t str)> {
        let all = self.user.iter().map(|name| (Speaker::User, name));
        let mut all = all.chain(self.companions.iter().map(|name| (Speaker::Companion, name)));
        all.find_map(|(speaker, name)| {
            let words = line.strip_prefix(name.as_str())?.strip_prefix(':')?;
            Some((speaker, name.as_str(), words.trim_start()))
        })
    }

    /// The text with Lite's marks where the model's own tags are.
    fn marked(&self, text: String) -> String {
        if self.tags.is_empty() {
            return text;
        }
        // Tags on a line of their own begin one at the text's beginning, too.
        let text = self.tags.iter().fold(format!("\n{text}"), |text, (tag, mark)| text.replace(tag, mark));
        text.strip_prefix('\n').map(str::to_owned).unwrap_or(text)
    }

    /// The name of whoever speaks where none is said.
    fn of(&self, speaker: Speaker) -> Option<String> {
        match speaker {
            Speaker::User => self.user.clone(),
            _ => self.companions.first().cloned(),
        }
    }
}

/// The turns of one piece of text; `None`: instructions to the model. Without any mark it is the companion's, as Lite shows it.
fn turns(text: &str, names: &Names) -> Vec<Option<Said>> {
    let mut turns = Vec::new();
    let mut speaker = None;
    let mut rest = text;
    while !rest.is_empty() {
        let next = [(INPUT, Some(Speaker::User)), (OUTPUT, Some(Speaker::Companion)), (SYSTEM, None)]
            .into_iter()
            .filter_map(|(mark, next)| rest.find(mark).map(|at| (at, mark.len(), next)))
            .min_by_key(|(at, ..)| *at);
        let (words, after, following) = match next {
            Some((at, length, next)) => (&rest[..at], &rest[at + length..], Some(next)),
            None => (rest, "", None),
        };
        let words = TURN_ENDS.iter().fold(words.to_owned(), |words, end| words.replace(end, ""));
        match speaker {
            Some(Some(speaker)) => turns.push(Some(Said::new(speaker, words.trim()))),
            Some(None) if words.trim().is_empty() => {}
            Some(None) => turns.push(None),
            None => turns.extend(lines(&words, names).into_iter().map(Some)),
        }
        speaker = following;
        rest = after;
    }
    for turn in turns.iter_mut().flatten() {
        turn.name = turn.name.take().or_else(|| names.of(turn.speaker));
        turn.part_thought();
    }
    turns.retain(|turn| turn.as_ref().is_none_or(|said| !said.is_empty()));
    turns
}

/// Turns of chat mode, which begin with a name on a line of its own.
fn lines(text: &str, names: &Names) -> Vec<Said> {
    let mut turns: Vec<Said> = Vec::new();
    for line in text.lines() {
        match (names.spoken(line), turns.last_mut()) {
            (Some((speaker, name, words)), _) => {
                turns.push(Said { name: Some(name.to_owned()), ..Said::new(speaker, words) });
            }
            (None, Some(last)) => {
                last.text.push('\n');
                last.text.push_str(line);
            }
            (None, None) if line.trim().is_empty() => {}
            (None, None) => turns.push(Said::new(Speaker::Companion, line)),
        }
    }
    for turn in &mut turns {
        turn.text = turn.text.trim().to_owned();
    }
    turns
}
