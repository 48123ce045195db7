//! Lists of `{role, content}`, alone, in `messages`, or one a line: what programs send to models, and what many exporters write. Must not know
//! where it goes.

use serde_json::Value;

use super::{field, parsed, records};
use crate::{
    history::{
        Conversation, HistoryError, LeftOut,
        context::{Context, Naming, Place, digest_key},
        input::Input,
        json::{Choice, Step},
        linear::Linear,
        said::{Said, attachment, join},
    },
    transcript::Speaker,
};

const TIMES: [&str; 6] = ["timestamp", "created_at", "createdAt", "create_time", "time", "date"];

pub(super) fn read(cx: &mut Context<'_>, input: &mut Input<'_>) -> Result<(), HistoryError> {
    let mut chat: Option<(Linear, Vec<Step>)> = None;
    records(
        cx,
        input,
        &|path, first| match path.last() {
            Some(Step::Name(name)) if name == "messages" => Choice::GoIn,
            Some(Step::Index(_)) if path.len() >= 2 && path[path.len() - 2].is("messages") => Choice::Take,
            // A list of conversations, or of messages: told inside.
            Some(Step::Index(_)) if first == b'{' && path.len() == 1 => Choice::Take,
            Some(Step::Name(_)) if path.len() < 3 && matches!(first, b'{' | b'[') => Choice::GoIn,
            Some(Step::Name(_)) => Choice::Skip,
            Some(Step::Index(_)) | None => Choice::GoIn,
        },
        &mut |cx, path, element, place| {
            let Some(value) = parsed(cx, &element.bytes, place)? else { return Ok(()) };
            let list = field::list(&value, &["messages"]);
            if !list.is_empty() && value.get("role").is_none() {
                let title = field::name(&value, &["title"]).unwrap_or_default();
                let mut linear = None;
                for message in list {
                    add(cx, &mut linear, &title, message, place)?;
                }
                return linear.map_or(Ok(()), |linear| linear.finish(cx));
            }
            let around = &path[..path.len().saturating_sub(1)];
            let mut linear = match chat.take() {
                Some((linear, at)) if at == around => Some(linear),
                Some((linear, _)) => {
                    linear.finish(cx)?;
                    None
                }
                None => None,
            };
            add(cx, &mut linear, "", &value, place)?;
            chat = linear.map(|linear| (linear, around.to_vec()));
            Ok(())
        },
    )?;
    chat.map_or(Ok(()), |(linear, _)| linear.finish(cx))
}

fn add(
    cx: &mut Context<'_>,
    linear: &mut Option<Linear>,
    title: &str,
    value: &Value,
    place: Place<'_>,
) -> Result<(), HistoryError> {
    let speaker = match field::text(value, &["role"]).unwrap_or_default() {
        "user" | "human" => Speaker::User,
        "assistant" | "model" | "bot" | "ai" | "char" => Speaker::Companion,
        "system" | "developer" => {
            cx.leave_out(LeftOut::SystemMessage);
            return Ok(());
        }
        "tool" | "function" => {
            cx.leave_out(LeftOut::ToolMessage);
            return Ok(());
        }
        _ => return cx.unreadable(place, "a record without a known \"role\""),
    };
    let mut said = Said::new(speaker, words(&value["content"]));
    said.name = field::name(value, &["name"]);
    said.take_time(value, &TIMES, &cx.clock);
    said.model = field::name(value, &["model"]);
    said.part_thought();
    said.add_thought(field::text(value, &["reasoning_content"]).unwrap_or_default());
    if linear.is_none() {
        let time = said.stamp.map_or(0, |stamp| stamp.time.as_microsecond());
        let key = digest_key(&[said.text.as_bytes(), &time.to_le_bytes()]);
        cx.begin(Conversation { key, title: title.to_owned(), ..Conversation::default() }, Naming::Digest)?;
    }
    let own = linear.get_or_insert_with(|| Linear::new(cx, None));
    own.add(cx, said, place)
}

fn words(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => join(
            &parts
                .iter()
                .filter_map(|part| match part {
                    Value::String(text) => Some(text.clone()),
                    _ => field::text(part, &["text"]).map(str::to_owned).or_else(|| {
                        field::text(part, &["type"])
                            .filter(|kind| kind.contains("image"))
                            .map(|_| attachment("picture", ""))
                    }),
                })
                .collect::<Vec<_>>(),
        ),
        _ => String::new(),
    }
}
