//! DeepSeek's export: a list of conversations whose `mapping` is a tree from `root`; a message has `fragments` of type `REQUEST`,
//! `RESPONSE`, `THINK` and others. Must not know where it goes.
//!
//! Shapes as public converters of the export (DavidShiang/DeepSeek2md and others) show them; one conversation as the page fetches it
//! (`data.biz_data.chat_messages`, with `message_id` and `parent_id`), as ceyaima/deepseek-exporter saves it, is read too.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{Shape, field, parsed};
use crate::{
    history::{
        Conversation, HistoryError, LeftOut,
        context::{Context, Place},
        json::{elements, members},
        said::{Said, attachment, join, kind_of_file},
        stamp::Clock,
        tree::{self, Content, Node},
    },
    transcript::Speaker,
};

pub(super) const SHAPE: Shape =
    Shape { marks: &["mapping", "chat_messages"], around: &["conversations"], read };

fn read(cx: &mut Context<'_>, bytes: &[u8], place: Place<'_>) -> Result<(), HistoryError> {
    let mut conversation = Conversation::default();
    let mut leaf = None;
    let mut nodes = Vec::new();
    let mut found = false;
    let mut nameless = Vec::new();
    for (key, value) in members(bytes) {
        match key.as_str() {
            "mapping" => {
                found = true;
                for (key, value) in members(value) {
                    let (node, is_nameless) = node(cx, key, value, place)?;
                    nameless.extend(is_nameless.then_some(nodes.len()));
                    nodes.push(node);
                }
            }
            "chat_messages" => {
                found = true;
                for (index, value) in elements(value).into_iter().enumerate() {
                    nodes.extend(fetched(cx, index, value, place)?);
                }
            }
            "data" | "biz_data" if value.starts_with(b"{") => return read(cx, value, place),
            "chat_session" => {
                if let Some(session) = parsed(cx, value, place.at(&key))? {
                    head(&mut conversation, &session, &cx.clock);
                    leaf = field::id(&session, &["current_message_id"]);
                }
            }
            "id" | "title" | "inserted_at" => {
                if let Some(value) = parsed(cx, value, place.at(&key))? {
                    head(&mut conversation, &serde_json::json!({ key: value }), &cx.clock);
                }
            }
            _ => {}
        }
    }
    if !found {
        return cx.unreadable(place, "a conversation without \"mapping\"");
    }
    if conversation.key.is_empty() {
        conversation.key = format!("record-{}", place.record);
    }
    name_speakers(&mut nodes, &nameless);
    tree::emit(cx, conversation, nodes, leaf.as_deref(), place)
}

/// Older messages don't say who speaks. The user begins, and the two take turns.
fn name_speakers(nodes: &mut [Node], nameless: &[usize]) {
    let by_key: HashMap<String, usize> =
        nodes.iter().enumerate().map(|(index, node)| (node.key.clone(), index)).collect();
    let mut open: HashSet<usize> = nameless.iter().copied().collect();
    for &index in nameless {
        // Up to the first of whom it is known, then down again.
        let mut way = Vec::new();
        let mut last = Speaker::Companion;
        let mut next = Some(index);
        // What follows itself in a circle ends, too.
        for _ in 0..=nodes.len() {
            let Some(at) = next else { break };
            match &nodes[at].content {
                Content::Said(_) if open.remove(&at) => way.push(at),
                Content::Said(said) => {
                    last = said.speaker;
                    break;
                }
                Content::LeftOut { .. } => {}
            }
            next = nodes[at].parent.as_ref().and_then(|key| by_key.get(key).copied());
        }
        for at in way.into_iter().rev() {
            last = if last == Speaker::User { Speaker::Companion } else { Speaker::User };
            if let Content::Said(said) = &mut nodes[at].content {
                said.speaker = last;
                said.model = said.model.take().filter(|_| last == Speaker::Companion);
            }
        }
    }
}

fn head(conversation: &mut Conversation, value: &Value, clock: &Clock) {
    if let Some(id) = field::id(value, &["id"]) {
        conversation.key = id;
    }
    if let Some(title) = field::name(value, &["title"]) {
        conversation.title = title;
    }
    if let Some(stamp) = field::time(value, &["inserted_at"], clock) {
        conversation.started = Some(stamp.time);
    }
}

fn node(
    cx: &mut Context<'_>,
    key: String,
    bytes: &[u8],
    place: Place<'_>,
) -> Result<(Node, bool), HistoryError> {
    let path = format!("mapping.{key}");
    let value = parsed(cx, bytes, place.at(&path))?.unwrap_or_default();
    let parent = field::id(&value, &["parent"]);
    let content = match &value["message"] {
        Value::Null => Content::joint(),
        message => content(cx, message, place.at(&path))?,
    };
    let says = |key: &str| field::name(&value["message"], &[key]).is_some();
    let is_nameless = matches!(content, Content::Said(_))
        && field::list(&value["message"], &["fragments"]).is_empty()
        && !says("role")
        && !says("reasoning_content");
    Ok((Node { key, parent, content }, is_nameless))
}

fn fetched(
    cx: &mut Context<'_>,
    index: usize,
    bytes: &[u8],
    place: Place<'_>,
) -> Result<Option<Node>, HistoryError> {
    let path = format!("chat_messages.{index}");
    let Some(value) = parsed(cx, bytes, place.at(&path))? else { return Ok(None) };
    let key = field::id(&value, &["message_id"]).unwrap_or_else(|| format!("message-{index}"));
    let content = content(cx, &value, place.at(&path))?;
    Ok(Some(Node { key, parent: field::id(&value, &["parent_id"]), content }))
}

fn content(cx: &mut Context<'_>, message: &Value, place: Place<'_>) -> Result<Content, HistoryError> {
    let (mut request, mut response, mut thoughts) = (Vec::new(), Vec::new(), Vec::new());
    for fragment in field::list(message, &["fragments"]) {
        let words = field::text(fragment, &["content"]).unwrap_or_default().to_owned();
        match field::text(fragment, &["type"]).unwrap_or_default() {
            "REQUEST" => request.push(words),
            "RESPONSE" | "TEMPLATE_RESPONSE" => response.push(words),
            "THINK" | "THINKING" => thoughts.push(words),
            // Searches, tips, files that were read.
            _ => cx.leave_out(LeftOut::ToolMessage),
        }
    }
    let role = field::text(message, &["role"]).unwrap_or_default().to_uppercase();
    if request.is_empty() && response.is_empty() {
        let words = field::text(message, &["content"]).unwrap_or_default().to_owned();
        if role == "USER" { request.push(words) } else { response.push(words) }
    }
    for key in ["thinking_content", "reasoning_content"] {
        thoughts.extend(field::text(message, &[key]).map(str::to_owned));
    }
    let speaker = match role.as_str() {
        "USER" => Speaker::User,
        "SYSTEM" => return Ok(Content::left_out(LeftOut::SystemMessage)),
        "" if !request.is_empty() && response.is_empty() => Speaker::User,
        _ => Speaker::Companion,
    };
    if !message.is_object() {
        cx.unreadable(place, "\"message\" is not an object")?;
        return Ok(Content::joint());
    }
    let mut pieces = request;
    pieces.append(&mut response);
    for file in field::list(message, &["files"]) {
        let name =
            field::text(file, &["file_name"]).or_else(|| field::text(file, &["name"])).unwrap_or_default();
        pieces.push(attachment(kind_of_file(name, ""), name));
    }
    let mut said = Said::new(speaker, join(&pieces));
    said.add_thought(&join(&thoughts));
    said.take_time(message, &["inserted_at", "created_at"], &cx.clock);
    if speaker == Speaker::Companion {
        said.model = field::name(message, &["model"]);
    }
    Ok(Content::Said(said))
}
