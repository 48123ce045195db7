//! Plain text: lines of `Name: words`, with or without a stamp in front as WhatsApp writes it (`[12/05/2023, 14:03] Name: …`, `12/05/2023, 14:03 - Name: …`).
//! Lines without a name go on with the message before. Must not know where it goes.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::{
    history::{
        Conversation, DateOrder, HistoryError, LeftOut,
        context::{Context, Naming, Place, digest_key, quote},
        input::Input,
        linear::Linear,
        said::{Said, attachment},
        stamp::Clock,
    },
    transcript::Speaker,
};

const NAME_CHARACTERS_MAX: usize = 40;
const NAMES_OF_USERS: [&str; 9] = ["you", "me", "user", "human", "i", "moi", "vous", "我", "你"];

/// What a line begins with.
struct Head<'t> {
    stamp: Option<&'t str>,
    name: &'t str,
    words: &'t str,
}

/// Marks that WhatsApp puts between.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}')
}

/// Names with marks that are seldom in names: those that begin several lines.
struct Recurring(HashSet<String>);

impl Recurring {
    fn of(text: &str) -> Self {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for (head, _) in text.lines().filter_map(Head::split).filter(|(_, is_plain)| !is_plain) {
            *counts.entry(head.name).or_default() += 1;
        }
        let recurring = counts.into_iter().filter(|(_, count)| *count >= 2);
        Self(recurring.map(|(name, _)| name.to_owned()).collect())
    }
}

impl<'t> Head<'t> {
    fn of(line: &'t str, recurring: &Recurring) -> Option<Self> {
        let (head, is_plain) = Self::split(line)?;
        (is_plain || recurring.0.contains(head.name)).then_some(head)
    }

    /// What may be a head, and whether its name has nothing that is seldom in names.
    fn split(line: &'t str) -> Option<(Self, bool)> {
        let line = line.trim_start_matches(is_mark);
        let (stamp, rest) = match Self::stamped(line) {
            Some((stamp, rest)) => (Some(stamp), rest),
            None => (None, line),
        };
        let rest = rest.trim_start_matches(is_mark);
        let (at, colon) = rest.char_indices().find(|(_, character)| matches!(character, ':' | '：'))?;
        let name = rest[..at].trim_matches(['*', ' ', '~', '\u{202a}', '\u{202c}']);
        let words = rest[at + colon.len_utf8()..].trim_start_matches(is_mark);
        // An address or a time of day is no name.
        let is_name = !name.is_empty()
            && name.chars().count() <= NAME_CHARACTERS_MAX
            && name.chars().any(char::is_alphabetic)
            && !words.starts_with("//")
            && (stamp.is_some()
                || !name.contains(['!', '?', '<', '{', '=', ';']) && name.split_whitespace().count() <= 4);
        let is_plain = stamp.is_some() || !name.contains(['.', ',', '"', '(']);
        is_name.then(|| (Self { stamp, name, words: words.strip_prefix(' ').unwrap_or(words) }, is_plain))
    }

    /// Parts `[stamp] rest` and `stamp - rest`.
    fn stamped(line: &'t str) -> Option<(&'t str, &'t str)> {
        let holds_digits =
            |stamp: &str| stamp.len() <= 60 && stamp.bytes().filter(u8::is_ascii_digit).count() >= 4;
        if let Some((stamp, rest)) = line.strip_prefix('[').and_then(|line| line.split_once(']')) {
            return holds_digits(stamp).then(|| (stamp, rest.trim_start()));
        }
        if !line.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let (stamp, rest) = line.split_once(" - ").or_else(|| line.split_once(" | "))?;
        holds_digits(stamp).then_some((stamp, rest))
    }
}

/// Whether a file's beginning looks like a chat.
pub(in super::super) fn is_chat(window: &[u8], is_named: bool) -> bool {
    if window.contains(&0) {
        return false;
    }
    let text = String::from_utf8_lossy(window);
    let recurring = Recurring::of(&text);
    let mut names: HashMap<&str, u32> = HashMap::new();
    let (mut lines, mut headed, mut stamped) = (0_u32, 0_u32, 0_u32);
    for line in text.lines().filter(|line| !line.trim().is_empty()).take(400) {
        lines += 1;
        if let Some(head) = Head::of(line, &recurring) {
            headed += 1;
            stamped += u32::from(head.stamp.is_some());
            *names.entry(head.name).or_default() += 1;
        }
    }
    let few_names = !names.is_empty() && (names.len() <= 12 || names.len() * 8 < headed as usize);
    let speaks_again = names.values().any(|count| *count >= 2);
    if stamped >= 2 && few_names {
        return true;
    }
    if is_named {
        few_names && headed >= 1 && headed * 10 >= lines
    } else {
        few_names && speaks_again && names.len() >= 2 && headed * 2 >= lines
    }
}

pub(super) fn read(cx: &mut Context<'_>, input: &mut Input<'_>) -> Result<(), HistoryError> {
    let sample = String::from_utf8_lossy(input.window()).into_owned();
    let recurring = Recurring::of(&sample);
    let user = user_of(cx, &sample, &recurring)?;
    settle_order(cx, &sample, &recurring)?;
    let mut chat = Chat { linear: None, open: None, user, recurring };
    let limit = cx.options.record_bytes_max;
    while let Some(line) = input.next_line(limit)? {
        cx.progress(input.offset());
        let place = Place::new(line.number, line.number);
        cx.records = line.number;
        if line.is_cut() {
            cx.too_large(place, format!("the line has {} bytes", line.length))?;
            continue;
        }
        if std::str::from_utf8(&line.bytes).is_err() {
            cx.doubt(place, "bytes that are no UTF-8", "replaced")?;
        }
        chat.line(cx, &String::from_utf8_lossy(&line.bytes), place)?;
    }
    chat.finish(cx)
}

/// Which name of a file is the user's.
fn user_of(
    cx: &mut Context<'_>,
    sample: &str,
    recurring: &Recurring,
) -> Result<Option<String>, HistoryError> {
    let mut spoken: HashMap<&str, (u64, u64)> = HashMap::new();
    for head in sample.lines().filter_map(|line| Head::of(line, recurring)) {
        let (count, length) = spoken.entry(head.name).or_default();
        *count += 1;
        *length += head.words.chars().count() as u64;
    }
    let is_known = |name: &&&str| {
        cx.options.speaker(name).is_some() || NAMES_OF_USERS.contains(&name.to_lowercase().as_str())
    };
    if spoken.keys().any(|name| is_known(&name)) || spoken.len() < 2 {
        return Ok(None);
    }
    // People write less than companions do.
    let mut names: Vec<_> = spoken.into_iter().filter(|(_, (count, _))| *count >= 1).collect();
    names.sort_by_key(|(name, (count, length))| (std::cmp::Reverse(*count), *length, *name));
    names.truncate(2);
    let shorter = names.iter().min_by_key(|(name, (count, length))| (length / count.max(&1), *name));
    let user = shorter.map(|(name, _)| (*name).to_owned());
    if let Some(user) = &user {
        let what = format!(
            "nobody said which name is the user's: {}",
            names.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
        );
        cx.doubt(Place::new(0, 1), what, &format!("{user:?} was taken, who writes less"))?;
    }
    Ok(user)
}

/// Tells the order of day and month by the numbers above twelve, else by which one lets time go forward.
fn settle_order(cx: &mut Context<'_>, sample: &str, recurring: &Recurring) -> Result<(), HistoryError> {
    if cx.options.date_order != DateOrder::Auto {
        return Ok(());
    }
    let stamps: Vec<&str> = sample.lines().filter_map(|line| Head::of(line, recurring)?.stamp).collect();
    let mut numbers = stamps.iter().filter_map(|stamp| {
        let mut numbers =
            stamp.split(|character: char| !character.is_ascii_digit()).filter(|run| !run.is_empty());
        Some((numbers.next()?.parse::<u32>().ok()?, numbers.next()?.parse::<u32>().ok()?))
    });
    if numbers.any(|(first, second)| first > 31 || second > 12 || first > 12) {
        let month_first = stamps.iter().any(|stamp| {
            let clock = Clock { order: DateOrder::DayFirst, ..cx.clock.clone() };
            let other = Clock { order: DateOrder::MonthFirst, ..cx.clock.clone() };
            // A second number above twelve is read the same way by both; the first tells them apart elsewhere.
            clock.text(stamp).map(|stamp| stamp.time) == other.text(stamp).map(|stamp| stamp.time)
                && stamp
                    .split(|character: char| !character.is_ascii_digit())
                    .filter(|run| !run.is_empty())
                    .nth(1)
                    .and_then(|second| second.parse::<u32>().ok())
                    .is_some_and(|second| second > 12)
        });
        cx.clock.order = if month_first { DateOrder::MonthFirst } else { DateOrder::DayFirst };
        return Ok(());
    }
    let falls = |order| {
        let clock = Clock { order, ..cx.clock.clone() };
        let times: Vec<_> =
            stamps.iter().filter_map(|stamp| clock.text(stamp)).map(|stamp| stamp.time).collect();
        times.windows(2).filter(|pair| pair[0] > pair[1]).count()
    };
    let (day_first, month_first) = (falls(DateOrder::DayFirst), falls(DateOrder::MonthFirst));
    cx.clock.order = if month_first < day_first { DateOrder::MonthFirst } else { DateOrder::DayFirst };
    if !stamps.is_empty() && day_first == month_first && stamps.iter().any(|stamp| stamp.contains('/')) {
        let what = format!("whether the day or the month comes first in {:?} can't be told", stamps[0]);
        cx.doubt(Place::new(0, 1), what, "the day was taken to come first")?;
    }
    Ok(())
}

struct Chat {
    linear: Option<Linear>,
    /// The message that lines may still go on with, and where it began.
    open: Option<(Said, u64)>,
    /// Whose name was taken for the user's.
    user: Option<String>,
    recurring: Recurring,
}

impl Chat {
    fn line(&mut self, cx: &mut Context<'_>, line: &str, place: Place<'_>) -> Result<(), HistoryError> {
        if let Some(head) = Head::of(line, &self.recurring) {
            self.close(cx)?;
            let mut said = Said::new(self.speaker(cx, head.name), words(head.words));
            said.name = Some(head.name.to_owned());
            if let Some(time) = head.stamp {
                said.read_time(&Value::from(time), &cx.clock);
            }
            self.open = Some((said, place.line));
            return Ok(());
        }
        // A notice of WhatsApp has a stamp and no name.
        if Head::stamped(line.trim_start_matches(is_mark))
            .is_some_and(|(stamp, _)| cx.clock.text(stamp).is_some())
        {
            cx.leave_out(LeftOut::SystemMessage);
            return Ok(());
        }
        let limit = cx.options.record_bytes_max;
        match &mut self.open {
            Some((said, _)) if said.text.len() + line.len() <= limit => {
                said.text.push('\n');
                said.text.push_str(line);
                Ok(())
            }
            Some(_) => cx.too_large(place, "a line that makes its message too large"),
            None if line.trim().is_empty() => Ok(()),
            None => {
                cx.leave_out(LeftOut::NotAMessage);
                cx.doubt(place, format!("nobody says this: {:?}", quote(line)), "left out")
            }
        }
    }

    fn speaker(&self, cx: &Context<'_>, name: &str) -> Speaker {
        let known = cx.options.speaker(name);
        known.unwrap_or_else(|| match &self.user {
            Some(user) if user == name => Speaker::User,
            None if NAMES_OF_USERS.contains(&name.to_lowercase().as_str()) => Speaker::User,
            _ => Speaker::Companion,
        })
    }

    fn close(&mut self, cx: &mut Context<'_>) -> Result<(), HistoryError> {
        let Some((mut said, line)) = self.open.take() else { return Ok(()) };
        said.text.truncate(said.text.trim_end().len());
        if self.linear.is_none() {
            let part = cx.part.clone();
            let file = part.rsplit(['/', '\\']).next().unwrap_or(&part);
            let title = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned();
            let time = said.stamp.map_or(0, |stamp| stamp.time.as_microsecond());
            let key = digest_key(&[said.text.as_bytes(), &time.to_le_bytes()]);
            let started = said.stamp.map(|stamp| stamp.time);
            cx.begin(Conversation { key, title, started, ..Conversation::default() }, Naming::Digest)?;
            self.linear = Some(Linear::new(cx, None));
        }
        let place = Place::new(line, line);
        self.linear.as_mut().map_or(Ok(()), |linear| linear.add(cx, said, place))
    }

    fn finish(mut self, cx: &mut Context<'_>) -> Result<(), HistoryError> {
        self.close(cx)?;
        self.linear.map_or(Ok(()), |linear| linear.finish(cx))
    }
}

/// The words, with WhatsApp's words for what it did not export replaced.
fn words(text: &str) -> String {
    let bare = text.trim_matches(|character: char| is_mark(character) || character.is_whitespace());
    match bare.to_lowercase().as_str() {
        "<media omitted>" | "<médias omis>" => attachment("file", ""),
        "image omitted" | "image absente" | "图像已忽略" => attachment("picture", ""),
        "audio omitted" | "video omitted" => attachment("recording", ""),
        _ => match bare.strip_prefix("<attached: ").and_then(|rest| rest.strip_suffix('>')) {
            Some(name) => attachment(crate::history::said::kind_of_file(name, ""), name),
            None => text.to_owned(),
        },
    }
}
