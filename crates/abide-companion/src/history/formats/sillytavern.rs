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
        said::{Said, attachment, join},
    },
    transcript::Speaker,
};

pub(super) fn read(cx: &mut Context<'_>, input: &mut Input<'_>) -> Result<(), HistoryError> {
    let mut names = (None, None);
    let mut linear: Option<Linear> = None;
    let limit = cx.options.record_bytes_max;
    while let Some(line) = input.next_line(limit)? {
        cx.progress(input.offset());
        if line.bytes.iter().all(u8::is_ascii_whitespace) && !line.is_cut() {
            continue;
        }
        cx.records += 1;
        let place = Place::new(cx.records, line.number);
        if line.is_cut() {
            cx.leave_out(LeftOut::TooLarge);
            cx.doubt(
                place,
                format!("the line has {} bytes", line.length),
                "left out; a larger limit can be set",
            )?;
            continue;
        }
        let Some(value) = parsed(cx, &line.bytes, place)? else { continue };
        // A chat in a list instead of lines.
        let values = if let Value::Array(values) = value { values } else { vec![value] };
        for value in values {
            one(cx, &value, place, &mut names, &mut linear)?;
        }
    }
    linear.map_or(Ok(()), |linear| linear.finish(cx))
}

type Names = (Option<String>, Option<String>);

fn one(
    cx: &mut Context<'_>,
    value: &Value,
    place: Place<'_>,
    names: &mut Names,
    linear: &mut Option<Linear>,
) -> Result<(), HistoryError> {
    let is_head = value.get("mes").is_none()
        && ["user_name", "character_name", "chat_metadata"].iter().any(|key| value.get(key).is_some());
    if is_head {
        if let Some(linear) = linear.take() {
            linear.finish(cx)?;
        }
        *names = (field::name(value, &["user_name"]), field::name(value, &["character_name"]));
        *linear = Some(begin(cx, value, names)?);
        return Ok(());
    }
    let Some(versions) = versions(cx, value, names) else {
        return cx.unreadable(place, "a line without the words of a message (\"mes\")");
    };
    if linear.is_none() {
        *linear = Some(begin(cx, value, names)?);
    }
    if field::flag(value, &["is_system"])
        && let Some(kind) = field::text(value, &["extra", "type"])
        && kind != "narrator"
    {
        cx.leave_out(LeftOut::SystemMessage);
        return Ok(());
    }
    linear.as_mut().map_or(Ok(()), |linear| linear.add_versions(cx, versions, place))
}

fn begin(cx: &mut Context<'_>, head: &Value, names: &Names) -> Result<Linear, HistoryError> {
    let part = cx.part.clone();
    let file = part.rsplit(['/', '\\']).next().unwrap_or(&part);
    let title = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let started = field::time(head, &["create_date"], &cx.clock).map(|stamp| stamp.time);
    // The same in a longer copy of the chat: its head, or else its first message.
    let integrity = field::text(head, &["chat_metadata", "integrity"]);
    let own = integrity.map_or_else(|| head.to_string(), str::to_owned);
    let head = if integrity.is_none() && head.get("mes").is_none() {
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        format!("{}\n{}\n{:?}", name(&names.0), name(&names.1), head.get("create_date"))
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
    said.stamp = field::time(value, &["send_date"], &cx.clock);
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

/// Adds what stands beside the words: thoughts, the model, pictures.
fn dress(said: &mut Said, extra: Option<&Value>) {
    said.part_thought();
    let Some(extra) = extra else { return };
    if let Some(reasoning) = field::text(extra, &["reasoning"]) {
        said.add_thought(reasoning);
    }
    said.model = field::name(extra, &["model"]);
    let mut pieces = vec![said.text.clone()];
    let file_of = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    if let Some(picture) = field::text(extra, &["image"]) {
        // A picture may stand in the chat itself.
        let name = if picture.starts_with("data:") { String::new() } else { file_of(picture) };
        pieces.push(attachment("picture", &name));
    }
    if let Some(file) = field::text(extra, &["file", "name"]) {
        pieces.push(attachment("file", file));
    }
    said.text = join(&pieces);
}
