//! SillyTavern's chats: a line of `{user_name, character_name, create_date, chat_metadata}`, then a line for each message: `{name, is_user,
//! is_system, send_date, mes, swipes, swipe_id, swipe_info, extra}`. Must not know where it goes.
//!
//! Shapes as SillyTavern's own `src/endpoints/chats.js` writes and imports them, Chub's nested `mes.message` included. Messages that were
//! hidden from the model there (`is_system` without a type in `extra`) were said, and are brought over.

use serde_json::Value;

use super::{field, parsed};
use crate::{
    history::{
        Conversation, HistoryError, LeftOut,
        context::{Context, Naming, Place, digest_key},
        input::Input,
        linear::Linear,
        said::{Said, attachment, join, kind_of_file},
    },
    transcript::Speaker,
};

/// What newer versions write in the place of both names.
const NO_NAME: &str = "unused";

pub(super) fn read(cx: &mut Context<'_>, input: &mut Input<'_>) -> Result<(), HistoryError> {
    let mut chat = Chat::default();
    let limit = cx.options.record_bytes_max;
    while let Some(line) = input.next_line(limit)? {
        cx.progress(input.offset());
        if line.bytes.iter().all(u8::is_ascii_whitespace) && !line.is_cut() {
            continue;
        }
        cx.records += 1;
        let place = Place::new(cx.records, line.number);
        if line.is_cut() {
            cx.too_large(place, format!("the line has {} bytes", line.length))?;
            continue;
        }
        let Some(value) = parsed(cx, &line.bytes, place)? else { continue };
        // A chat in a list instead of lines.
        let values = if let Value::Array(values) = value { values } else { vec![value] };
        for value in values {
            chat.one(cx, &value, place)?;
        }
    }
    chat.finish(cx)
}

/// The user's, and the character's.
type Names = (Option<String>, Option<String>);

/// Messages that wait for both names to be known.
const HELD_MAX: usize = 64;

#[derive(Default)]
struct Chat {
    /// The head that was read last.
    head: Option<Value>,
    names: Names,
    /// What was said before the conversation could begin: a head may have no names, and the messages have.
    held: Vec<(Vec<Said>, u64, u64)>,
    linear: Option<Linear>,
}

impl Chat {
    fn one(&mut self, cx: &mut Context<'_>, value: &Value, place: Place<'_>) -> Result<(), HistoryError> {
        let is_head = value.get("mes").is_none()
            && ["user_name", "character_name", "chat_metadata"].iter().any(|key| value.get(key).is_some());
        if is_head {
            std::mem::take(self).finish(cx)?;
            let name = |key| field::name(value, &[key]).filter(|name| name != NO_NAME);
            self.names = (name("user_name"), name("character_name"));
            self.head = Some(value.clone());
            return Ok(());
        }
        let Some(versions) = versions(cx, value, &self.names) else {
            return cx.unreadable(place, "a line without the words of a message (\"mes\")");
        };
        if self.linear.is_none() {
            // A chat without a head is known by its first message.
            self.head.get_or_insert_with(|| value.clone());
        }
        if field::flag(value, &["is_system"])
            && let Some(kind) = field::text(value, &["extra", "type"])
            && kind != "narrator"
        {
            cx.leave_out(LeftOut::SystemMessage);
            return Ok(());
        }
        if let Some(linear) = &mut self.linear {
            return linear.add_versions(cx, versions, place);
        }
        let kept = &versions[0];
        match kept.speaker {
            Speaker::User if self.names.0.is_none() => self.names.0.clone_from(&kept.name),
            Speaker::Companion if self.names.1.is_none() => self.names.1.clone_from(&kept.name),
            _ => {}
        }
        self.held.push((versions, place.record, place.line));
        let knows_both = self.names.0.is_some() && self.names.1.is_some();
        if knows_both || self.held.len() >= HELD_MAX { self.begin(cx) } else { Ok(()) }
    }

    fn begin(&mut self, cx: &mut Context<'_>) -> Result<(), HistoryError> {
        let Some(head) = self.head.take() else { return Ok(()) };
        let first = self.held.first().map_or("", |(versions, ..)| versions[0].text.as_str());
        let mut linear = begin(cx, &head, &self.names, first)?;
        for (versions, record, line) in self.held.drain(..) {
            linear.add_versions(cx, versions, Place::new(record, line))?;
        }
        self.linear = Some(linear);
        Ok(())
    }

    fn finish(mut self, cx: &mut Context<'_>) -> Result<(), HistoryError> {
        self.begin(cx)?;
        self.linear.map_or(Ok(()), |linear| linear.finish(cx))
    }
}

fn begin(cx: &mut Context<'_>, head: &Value, names: &Names, first: &str) -> Result<Linear, HistoryError> {
    let part = cx.part.clone();
    let file = part.rsplit(['/', '\\']).next().unwrap_or(&part);
    let title = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let started = field::time(head, &["create_date"], &cx.clock).map(|stamp| stamp.time);
    // The same in a longer copy of the chat: its head, or else its first message.
    let integrity = field::text(head, &["chat_metadata", "integrity"]);
    let own = integrity.map_or_else(|| head.to_string(), str::to_owned);
    let head = if integrity.is_none() && head.get("mes").is_none() {
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        let date = head.get("create_date");
        // Without a date, nothing else tells it from the character's other chats.
        let first = if date.is_none() { first } else { "" };
        format!("{}\n{}\n{date:?}{first}", name(&names.0), name(&names.1))
    } else {
        own
    };
    cx.begin(
        Conversation {
            key: digest_key(&[head.as_bytes()]),
            title: title.to_owned(),
            started,
            user_name: names.0.clone(),
            companion_name: names.1.clone(),
            ..Conversation::default()
        },
        Naming::Digest,
    )?;
    Ok(Linear::new(cx, started))
}

/// The message in its versions, the one that was kept first.
fn versions(cx: &mut Context<'_>, value: &Value, names: &Names) -> Option<Vec<Said>> {
    let words =
        |value: &Value| value.as_str().or_else(|| field::text(value, &["message"])).map(str::to_owned);
    let kept = words(value.get("mes")?)?;
    let speaker = if field::text(value, &["extra", "type"]) == Some("narrator") {
        Speaker::Narrator
    } else if field::flag(value, &["is_user"]) {
        Speaker::User
    } else {
        Speaker::Companion
    };
    let default = if speaker == Speaker::User { &names.0 } else { &names.1 };
    let mut said = Said::new(speaker, kept.clone());
    said.name = field::name(value, &["name"]).or_else(|| default.clone());
    said.take_time(value, &["send_date"], &cx.clock);
    let mut versions = vec![said.clone()];
    dress(&mut versions[0], value.get("extra"));
    let chosen = field::number(value, &["swipe_id"]).unwrap_or(0.0) as usize;
    for (index, swipe) in field::list(value, &["swipes"]).iter().enumerate() {
        let Some(text) = words(swipe) else {
            cx.leave_out(LeftOut::Unreadable);
            continue;
        };
        if index == chosen || text == kept {
            continue;
        }
        let info = field::list(value, &["swipe_info"]).get(index);
        let mut version = Said { text, ..said.clone() };
        if let Some(info) = info {
            version.stamp = field::time(info, &["send_date"], &cx.clock).or(version.stamp);
        }
        dress(&mut version, info.and_then(|info| info.get("extra")));
        versions.push(version);
    }
    Some(versions)
}

/// Adds what stands beside the words: thoughts, the model, pictures and files. (`image` and `file` are of older versions, `media` and `files` of newer.)
fn dress(said: &mut Said, extra: Option<&Value>) {
    said.part_thought();
    let Some(extra) = extra else { return };
    if let Some(reasoning) = field::text(extra, &["reasoning"]) {
        said.add_thought(reasoning);
    }
    said.model = field::name(extra, &["model"]);
    let mut pieces = vec![said.text.clone()];
    // A picture may stand in the chat itself.
    let file_of = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        if path.starts_with("data:") { String::new() } else { name.to_owned() }
    };
    if let Some(picture) = field::text(extra, &["image"]) {
        pieces.push(attachment("picture", &file_of(picture)));
    }
    for media in field::list(extra, &["media"]) {
        let name = field::text(media, &["url"]).map(file_of).unwrap_or_default();
        let kind = match field::text(media, &["type"]).unwrap_or_default() {
            "image" => "picture",
            "video" | "audio" => "recording",
            _ => kind_of_file(&name, ""),
        };
        let name = if name.is_empty() { field::text(media, &["title"]).unwrap_or_default() } else { &name };
        pieces.push(attachment(kind, name));
    }
    let files = field::list(extra, &["files"]).iter().chain(field::get(extra, &["file"]));
    pieces.extend(
        files
            .filter_map(|file| field::text(file, &["name"]))
            .map(|name| attachment(kind_of_file(name, ""), name)),
    );
    said.text = join(&pieces);
}
