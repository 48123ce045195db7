//! Character.AI: dumps of CAI Tools and of other userscripts. Must not know where it goes.
//!
//! Two shapes are public: `histories.histories[].msgs[{text, src: {is_human, name}}]`, oldest first, as CAI Tools wrote it and SillyTavern reads it,
//! and `turns[{turn_id, author: {name, is_human}, candidates[{candidate_id, raw_content, create_time}], primary_candidate_id}]`, newest
//! first, as the newer service answers. Candidates are versions of a reply.

use jiff::Timestamp;
use serde_json::Value;

use super::{field, parsed, records};
use crate::{
    history::{
        Conversation, HistoryError, LeftOut,
        context::{Context, Naming, Place, digest_key},
        input::Input,
        json::{Choice, Element, Step, elements, members},
        linear::Linear,
        said::Said,
    },
    transcript::Speaker,
};

pub(super) fn read(cx: &mut Context<'_>, input: &mut Input<'_>) -> Result<(), HistoryError> {
    let mut character = None;
    records(
        cx,
        input,
        &|path, first| {
            let last = path.last();
            let listed = |name: &str| last.is_some_and(|step| step.is(name));
            match path.len() {
                0 => Choice::GoIn,
                _ if listed("character") || listed("info") => Choice::Take,
                _ if (listed("histories") || listed("chats") || listed("history"))
                    && matches!(first, b'[' | b'{') =>
                {
                    Choice::GoIn
                }
                _ if listed("turns") || listed("msgs") => Choice::Take,
                _ if matches!(last, Some(Step::Index(_))) && first == b'{' => Choice::Take,
                _ => Choice::Skip,
            }
        },
        &mut |cx, path, element, place| record(cx, path, element, place, &mut character),
    )
}

fn record(
    cx: &mut Context<'_>,
    path: &[Step],
    element: &Element,
    place: Place<'_>,
    character: &mut Option<String>,
) -> Result<(), HistoryError> {
    if path.last().is_some_and(|step| step.is("character") || step.is("info")) {
        cx.records -= 1;
        if let Some(value) = parsed(cx, &element.bytes, place)? {
            *character =
                field::name(&value, &["name"]).or_else(|| field::name(&value, &["character", "name"]));
        }
        return Ok(());
    }
    let bytes = element.bytes.as_slice();
    if bytes.first() == Some(&b'[') {
        return conversation(cx, bytes, (None, None), place, character.clone());
    }
    let found = members(bytes);
    let list = found.iter().find(|(key, _)| matches!(key.as_str(), "msgs" | "turns" | "messages"));
    let Some((_, list)) = list else {
        return cx.unreadable(place, "a conversation without \"msgs\" or \"turns\"");
    };
    let (mut id, mut started) = (None, None);
    for (key, value) in &found {
        if matches!(key.as_str(), "created" | "create_time" | "created_at" | "create_date") {
            started = parsed(cx, value, place.at(key))?.and_then(|value| cx.clock.value(&value)).or(started);
        }
        if matches!(key.as_str(), "external_id" | "chat_id" | "id") {
            id = parsed(cx, value, place.at(key))?.and_then(|value| value.as_str().map(str::to_owned));
        }
    }
    conversation(cx, list, (id, started.map(|stamp| stamp.time)), place, character.clone())
}

/// A message in its versions.
type Versions = (Vec<Said>, usize);

fn conversation(
    cx: &mut Context<'_>,
    list: &[u8],
    (id, started): (Option<String>, Option<Timestamp>),
    place: Place<'_>,
    mut character: Option<String>,
) -> Result<(), HistoryError> {
    let mut messages: Vec<Versions> = Vec::new();
    let mut is_turns = false;
    let mut user = None;
    for (index, bytes) in elements(list).into_iter().enumerate() {
        let path = format!("messages.{index}");
        let Some(value) = parsed(cx, bytes, place.at(&path))? else { continue };
        is_turns |= value.get("candidates").is_some();
        let versions = versions(cx, &value);
        if versions.is_empty() {
            cx.unreadable(place.at(&path), "a message without \"text\" or \"candidates\"")?;
            continue;
        }
        let first = &versions[0];
        let known = if first.speaker == Speaker::User { &mut user } else { &mut character };
        if known.is_none() {
            known.clone_from(&first.name);
        }
        messages.push((versions, index));
    }
    // Turns come newest first.
    let times: Vec<_> = messages.iter().filter_map(|(versions, _)| versions[0].stamp).collect();
    let descends = match (times.first(), times.last()) {
        (Some(first), Some(last)) if first.time != last.time => first.time > last.time,
        _ => is_turns,
    };
    if descends {
        messages.reverse();
    }
    let first = messages.first().map_or("", |(versions, _)| versions[0].text.as_str());
    let naming = if id.is_some() { Naming::Own } else { Naming::Digest };
    cx.begin(
        Conversation {
            key: id.unwrap_or_else(|| digest_key(&[first.as_bytes()])),
            title: character.clone().unwrap_or_default(),
            started,
            user_name: user,
            companion_name: character,
            ..Conversation::default()
        },
        naming,
    )?;
    let mut linear = Linear::new(cx, started);
    for (versions, index) in messages {
        let path = format!("messages.{index}");
        linear.add_versions(cx, versions, place.at(&path))?;
    }
    linear.finish(cx)
}

fn versions(cx: &mut Context<'_>, value: &Value) -> Vec<Said> {
    let author = if value.get("src").is_some() { "src" } else { "author" };
    let human = field::flag(value, &[author, "is_human"]) || field::flag(value, &["is_human"]);
    let speaker = if human { Speaker::User } else { Speaker::Companion };
    let name =
        field::name(value, &[author, "name"]).or_else(|| field::name(value, &[author, "user", "username"]));
    let mut silent = Said { name, ..Said::new(speaker, "") };
    silent.take_time(value, &["create_time", "created", "created_at", "timestamp"], &cx.clock);
    if let Some(text) = field::text(value, &["text"]).or_else(|| field::text(value, &["msg"])) {
        return vec![Said { text: text.to_owned(), ..silent }];
    }
    let primary = field::text(value, &["primary_candidate_id"]);
    let mut versions = Vec::new();
    for candidate in field::list(value, &["candidates"]) {
        let Some(text) = field::text(candidate, &["raw_content"]) else {
            cx.leave_out(LeftOut::Empty);
            continue;
        };
        let mut said = Said { text: text.to_owned(), ..silent.clone() };
        if let Some(stamp) = field::time(candidate, &["create_time"], &cx.clock) {
            (said.stamp, said.unread_time) = (Some(stamp), None);
        }
        if primary.is_some() && field::text(candidate, &["candidate_id"]) == primary {
            versions.insert(0, said);
        } else {
            versions.push(said);
        }
    }
    versions
}
