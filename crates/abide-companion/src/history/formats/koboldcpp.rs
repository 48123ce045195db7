//! KoboldCpp Lite's saved sessions: `{gamestarted, prompt, memory, actions[], savedsettings: {chatname, chatopponent, opmode}}`; a turn is a piece of
//! text with `{{[INPUT]}}` and `{{[OUTPUT]}}`, or lines of `Name: words`. Must not know where it goes.
//!
//! Shapes as SillyTavern's import of them (`src/endpoints/chats.js`) and Lite's own page show them; several opponents are parted by `||$||`.
//! There are no times.

use super::{field, parsed, records};
use crate::{
    history::{
        Conversation, HistoryError,
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
/// Ends of the marks of turns in instruct mode.
const TURN_ENDS: [&str; 2] = ["{{[INPUT_END]}}", "{{[OUTPUT_END]}}"];

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
        for said in turns(&text, &names) {
            linear.add(cx, said, Place::new(record, line))?;
        }
    }
    linear.finish(cx)
}

/// Who talks in the session.
#[derive(Default)]
struct Names {
    user: Option<String>,
    companions: Vec<String>,
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

    /// The name of whoever speaks where none is said.
    fn of(&self, speaker: Speaker) -> Option<String> {
        match speaker {
            Speaker::User => self.user.clone(),
            _ => self.companions.first().cloned(),
        }
    }
}

/// The turns of one piece of text. Without any mark it is the companion's, as Lite shows it.
fn turns(text: &str, names: &Names) -> Vec<Said> {
    let mut turns = Vec::new();
    let mut speaker = None;
    let mut rest = text;
    while !rest.is_empty() {
        let next = [(INPUT, Speaker::User), (OUTPUT, Speaker::Companion)]
            .into_iter()
            .filter_map(|(mark, next)| rest.find(mark).map(|at| (at, mark.len(), next)))
            .min_by_key(|(at, ..)| *at);
        let (words, after, following) = match next {
            Some((at, length, next)) => (&rest[..at], &rest[at + length..], Some(next)),
            None => (rest, "", None),
        };
        let words = TURN_ENDS.iter().fold(words.to_owned(), |words, end| words.replace(end, ""));
        match speaker {
            Some(speaker) => turns.push(Said::new(speaker, words.trim())),
            None => turns.extend(lines(&words, names)),
        }
        speaker = following;
        rest = after;
    }
    for turn in &mut turns {
        turn.name = turn.name.take().or_else(|| names.of(turn.speaker));
        turn.part_thought();
    }
    turns.retain(|turn| !turn.is_empty());
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
