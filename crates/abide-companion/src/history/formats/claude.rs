//! Claude's export: a list of conversations with `chat_messages`; `sender` is `human` or `assistant`; words in `content` blocks of
//! type `text`, or else in `text`. Must not know where it goes.
//!
//! Shapes as public readers show them: `parent_message_uuid` with a root of zeros, `current_leaf_message_uuid` where there are
//! branches, `attachments[].extracted_content` for pasted texts, `files[].file_name`. Times are ISO 8601.

use serde_json::Value;

use super::{Shape, field, parsed};
use crate::{
    history::{
        Conversation, HistoryError, LeftOut,
        context::{Context, Place},
        json::{elements, members},
        said::{Said, attachment, join, kind_of_file},
        tree::{self, Content, Node},
    },
    transcript::Speaker,
};

pub(super) const SHAPE: Shape = Shape { marks: &["chat_messages"], around: &["conversations"], read };

/// Characters of an attachment's text that are brought over.
const ATTACHED_CHARACTERS_MAX: usize = 20_000;

const ROOT: &str = "00000000-0000-4000-8000-000000000000";

fn read(cx: &mut Context<'_>, bytes: &[u8], place: Place<'_>) -> Result<(), HistoryError> {
    let mut conversation = Conversation::default();
    let mut leaf = None;
    let mut messages: Option<&[u8]> = None;
    for (key, value) in members(bytes) {
        match key.as_str() {
            "chat_messages" => messages = Some(value),
            "uuid" | "name" | "created_at" | "current_leaf_message_uuid" => {
                let Some(value) = parsed(cx, value, place.at(&key))? else { continue };
                let text = value.as_str().unwrap_or_default();
                match key.as_str() {
                    "uuid" => text.clone_into(&mut conversation.key),
                    "name" => text.clone_into(&mut conversation.title),
                    "created_at" => conversation.started = cx.clock.text(text).map(|stamp| stamp.time),
                    _ => leaf = Some(text.to_owned()).filter(|text| !text.is_empty()),
                }
            }
            _ => {}
        }
    }
    let Some(messages) = messages else {
        return cx.unreadable(place, "a conversation without \"chat_messages\"");
    };
    let mut nodes: Vec<Node> = Vec::new();
    for (index, bytes) in elements(messages).into_iter().enumerate() {
        let path = format!("chat_messages.{index}");
        let Some(value) = parsed(cx, bytes, place.at(&path))? else { continue };
        if !value.is_object() {
            cx.unreadable(place.at(&path), "a message that is not an object")?;
            continue;
        }
        let key = field::id(&value, &["uuid"]).unwrap_or_else(|| format!("message-{index}"));
        // A message that doesn't say what it follows, follows the one before it.
        let parent = match field::id(&value, &["parent_message_uuid"]) {
            Some(parent) if parent == ROOT => None,
            Some(parent) => Some(parent),
            None => nodes.last().map(|node| node.key.clone()),
        };
        let content = content(cx, &value, place.at(&path))?;
        nodes.push(Node { key, parent, content });
    }
    if conversation.key.is_empty() {
        conversation.key =
            nodes.first().map_or_else(|| format!("record-{}", place.record), |node| node.key.clone());
    }
    tree::emit(cx, conversation, nodes, leaf.as_deref(), place)
}

fn content(cx: &mut Context<'_>, message: &Value, place: Place<'_>) -> Result<Content, HistoryError> {
    let speaker = match field::text(message, &["sender"]).or_else(|| field::text(message, &["role"])) {
        Some("human" | "user") => Speaker::User,
        Some("assistant") => Speaker::Companion,
        Some("system") => return Ok(Content::left_out(LeftOut::SystemMessage)),
        other => {
            let what = format!("nobody is called {:?} in \"sender\"", other.unwrap_or_default());
            cx.unreadable(place, what)?;
            return Ok(Content::joint());
        }
    };
    let mut pieces = Vec::new();
    let mut thoughts = Vec::new();
    let blocks = field::list(message, &["content"]);
    for block in blocks {
        match field::text(block, &["type"]).unwrap_or("text") {
            "text" | "voice_note" => pieces.extend(field::text(block, &["text"]).map(str::to_owned)),
            "thinking" => thoughts.extend(field::text(block, &["thinking"]).map(str::to_owned)),
            "image" => pieces.push(attachment("picture", "")),
            "tool_use" | "tool_result" => cx.leave_out(LeftOut::ToolMessage),
            // What a later version may add, if it has words.
            _ => match field::name(block, &["text"]) {
                Some(text) => pieces.push(text),
                None => cx.leave_out(LeftOut::NotAMessage),
            },
        }
    }
    // Where there are blocks, the text beside them says no more than they do, or that they can't be shown.
    if blocks.is_empty() {
        pieces.extend(field::text(message, &["text"]).map(str::to_owned));
    }
    for attached in field::list(message, &["attachments"]) {
        pieces.push(attached_text(cx, attached));
    }
    for file in field::list(message, &["files"]) {
        let name = field::text(file, &["file_name"]).unwrap_or_default();
        pieces.push(attachment(
            kind_of_file(name, field::text(file, &["file_kind"]).unwrap_or_default()),
            name,
        ));
    }
    let mut said = Said::new(speaker, join(&pieces));
    said.add_thought(&join(&thoughts));
    said.take_time(message, &["created_at", "updated_at"], &cx.clock);
    Ok(Content::Said(said))
}

/// An attachment with the text that was taken from it: a long text that was pasted is one, and often the whole message.
fn attached_text(cx: &mut Context<'_>, attached: &Value) -> String {
    let name = field::text(attached, &["file_name"]).unwrap_or_default();
    let media = field::text(attached, &["file_type"]).unwrap_or_default();
    let mark = attachment(kind_of_file(name, media), name);
    let Some(text) = field::name(attached, &["extracted_content"]) else { return mark };
    let end = text.char_indices().nth(ATTACHED_CHARACTERS_MAX).map_or(text.len(), |(at, _)| at);
    let mut pieces = Vec::new();
    // A text that was pasted may have no name.
    pieces.extend((!name.trim().is_empty()).then_some(mark));
    pieces.push(text[..end].to_owned());
    if end < text.len() {
        cx.leave_out(LeftOut::AttachmentContent);
        pieces.push("[…]".to_owned());
    }
    join(&pieces)
}
