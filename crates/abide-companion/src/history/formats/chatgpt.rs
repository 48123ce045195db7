//! ChatGPT's export: `conversations.json`, or `conversations-000.json` and so on: a list of conversations, each a tree of nodes in `mapping`
//! with the last one shown in `current_node`. Must not know where it goes.
//!
//! Shapes as the public parsers mitkury/chatgpt-export-parser and pionxzh/chatgpt-exporter describe them: times are seconds since
//! 1970; `author.role` is `user`, `assistant`, `system` or `tool`; `content` has `content_type` and `parts`; weight 0 and
//! `is_visually_hidden_from_conversation` mean never shown; `recipient` other than `all` is a call of a tool.

use serde_json::Value;

use super::{Shape, field, parsed};
use crate::{
    history::{
        Conversation, HistoryError, LeftOut,
        context::{Context, Place},
        json::members,
        said::{Said, attachment, join, kind_of_file},
        stamp::Clock,
        tree::{self, Content, Node},
    },
    transcript::Speaker,
};

pub(super) const SHAPE: Shape =
    Shape { marks: &["mapping", "current_node"], around: &["conversations", "items"], read };

fn read(cx: &mut Context<'_>, bytes: &[u8], place: Place<'_>) -> Result<(), HistoryError> {
    let mut conversation = Conversation::default();
    let mut leaf = None;
    let mut mapping: Option<&[u8]> = None;
    for (key, value) in members(bytes) {
        match key.as_str() {
            "mapping" => mapping = Some(value),
            "id" | "conversation_id" | "title" | "create_time" | "current_node" => {
                let Some(value) = parsed(cx, value, place.at(&key))? else { continue };
                match key.as_str() {
                    "title" => value.as_str().unwrap_or_default().clone_into(&mut conversation.title),
                    "create_time" => conversation.started = cx.clock.value(&value).map(|stamp| stamp.time),
                    "current_node" => leaf = value.as_str().map(str::to_owned),
                    _ => {
                        if let Some(id) = value.as_str() {
                            id.clone_into(&mut conversation.key);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let Some(mapping) = mapping else {
        return cx.unreadable(place, "a conversation without \"mapping\"");
    };
    let mut nodes = Vec::new();
    for (key, value) in members(mapping) {
        nodes.push(node(cx, key, value, place)?);
    }
    if conversation.key.is_empty() {
        conversation.key = nodes
            .iter()
            .find(|node| matches!(node.content, Content::Said(_)))
            .map_or_else(|| format!("record-{}", place.record), |node| node.key.clone());
    }
    tree::emit(cx, conversation, nodes, leaf.as_deref(), place)
}

fn node(cx: &mut Context<'_>, key: String, bytes: &[u8], place: Place<'_>) -> Result<Node, HistoryError> {
    let path = format!("mapping.{key}");
    let value = parsed(cx, bytes, place.at(&path))?;
    let parent = value.as_ref().and_then(|value| field::id(value, &["parent"]));
    let content = match value.as_ref().map(|value| &value["message"]) {
        None | Some(Value::Null) => Content::joint(),
        Some(message @ Value::Object(_)) => content(message, &cx.clock),
        Some(_) => {
            cx.unreadable(place.at(&path), "\"message\" is not an object")?;
            Content::joint()
        }
    };
    Ok(Node { key, parent, content })
}

fn content(message: &Value, clock: &Clock) -> Content {
    let role = field::text(message, &["author", "role"]).unwrap_or_default();
    let kind = field::text(message, &["content", "content_type"]).unwrap_or("text");
    let hidden = field::number(message, &["weight"]) == Some(0.0)
        || field::flag(message, &["metadata", "is_visually_hidden_from_conversation"]);
    let recipient = field::text(message, &["recipient"]).unwrap_or("all");
    match kind {
        "thoughts" | "reasoning_recap" | "reasoning" => {
            return Content::LeftOut { reason: Some(LeftOut::Thought), thought: Some(thoughts(message)) };
        }
        "user_editable_context" | "model_editable_context" => {
            return Content::left_out(LeftOut::SystemMessage);
        }
        _ => {}
    }
    let speaker = match role {
        "system" => return Content::left_out(LeftOut::SystemMessage),
        _ if hidden => return Content::left_out(LeftOut::Hidden),
        "user" => Speaker::User,
        // A picture that was drawn is the companion's, though a tool hands it over.
        "tool" if has_picture(message) => Speaker::Companion,
        "assistant" if recipient == "all" => Speaker::Companion,
        _ => return Content::left_out(LeftOut::ToolMessage),
    };
    let mut said = Said::new(speaker, words(message));
    said.take_time(message, &["create_time"], clock);
    if speaker == Speaker::Companion {
        said.model = field::name(message, &["metadata", "model_slug"]);
    }
    Content::Said(said)
}

fn thoughts(message: &Value) -> String {
    let listed = field::list(message, &["content", "thoughts"]);
    let mut pieces: Vec<&str> = listed
        .iter()
        .filter_map(|thought| {
            field::text(thought, &["content"]).or_else(|| field::text(thought, &["summary"]))
        })
        .collect();
    pieces.extend(field::text(message, &["content", "content"]));
    pieces.extend(field::list(message, &["content", "parts"]).iter().filter_map(Value::as_str));
    join(&pieces)
}

fn has_picture(message: &Value) -> bool {
    field::list(message, &["content", "parts"])
        .iter()
        .any(|part| field::text(part, &["content_type"]) == Some("image_asset_pointer"))
}

/// The words of a message, with pictures and files by name.
fn words(message: &Value) -> String {
    let attachments = field::list(message, &["metadata", "attachments"]);
    let mut named: Vec<&Value> = attachments.iter().collect();
    let mut pieces = Vec::new();
    for part in field::list(message, &["content", "parts"]) {
        match part {
            Value::String(text) => pieces.push(text.clone()),
            Value::Object(_) => pieces.extend(part_words(part, &mut named)),
            _ => {}
        }
    }
    if pieces.is_empty() {
        pieces.extend(["text", "result"].iter().filter_map(|key| field::name(message, &["content", key])));
    }
    for attached in named {
        let name = field::text(attached, &["name"]).unwrap_or_default();
        let media = field::text(attached, &["mime_type"]).unwrap_or_default();
        pieces.push(attachment(kind_of_file(name, media), name));
    }
    join(&pieces)
}

fn part_words(part: &Value, named: &mut Vec<&Value>) -> Option<String> {
    let kind = field::text(part, &["content_type"]).unwrap_or_default();
    if kind.contains("image") {
        let pointer = field::text(part, &["asset_pointer"]).unwrap_or_default();
        let id = pointer.rsplit("//").next().unwrap_or_default();
        // The attachment that the pointer points at has the name that the user gave it.
        let at = named.iter().position(|attached| {
            field::text(attached, &["id"]).is_some_and(|own| !own.is_empty() && id.contains(own))
        });
        let name = at.and_then(|at| field::name(named.remove(at), &["name"]));
        return Some(attachment("picture", name.as_deref().unwrap_or(id)));
    }
    if let Some(text) = field::text(part, &["text"]) {
        return Some(text.to_owned());
    }
    if kind.contains("audio") || kind.contains("video") {
        return Some(attachment("recording", ""));
    }
    None
}
