//! Open WebUI's export of chats: a list of `{id, title, created_at, chat: {history: {messages: {ID: {parentId, role, content, timestamp, model}},
//! currentId}}}`, or one of them. Must not know where it goes.
//!
//! Shapes as Open WebUI's own pages import and export them; `chat.messages` repeats the way that was shown last, and is read where there is
//! no `history`. Times are seconds. Reasoning stands in the words as `<details type="reasoning">`.

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

pub(super) const SHAPE: Shape = Shape { marks: &["chat", "history"], around: &["chats"], read };

fn read(cx: &mut Context<'_>, bytes: &[u8], place: Place<'_>) -> Result<(), HistoryError> {
    let mut conversation = Conversation::default();
    let mut chat: &[u8] = bytes;
    for (key, value) in members(bytes) {
        match key.as_str() {
            "chat" => chat = value,
            "id" | "title" | "created_at" => {
                let Some(value) = parsed(cx, value, place.at(&key))? else { continue };
                match key.as_str() {
                    "created_at" => conversation.started = cx.clock.value(&value).map(|stamp| stamp.time),
                    "title" => value.as_str().unwrap_or_default().clone_into(&mut conversation.title),
                    _ => value.as_str().unwrap_or_default().clone_into(&mut conversation.key),
                }
            }
            _ => {}
        }
    }
    let part = |bytes, wanted: &str| members(bytes).into_iter().find(|(key, _)| key == wanted);
    let mut nodes: Vec<Node> = Vec::new();
    let mut leaf = None;
    if let Some((_, history)) = part(chat, "history") {
        for (key, value) in part(history, "messages").map_or_else(Vec::new, |(_, found)| members(found)) {
            let path = format!("chat.history.messages.{key}");
            let Some(value) = parsed(cx, value, place.at(&path))? else { continue };
            let parent = field::id(&value, &["parentId"]);
            nodes.push(Node { key, parent, content: content(cx, &value, place.at(&path))? });
        }
        if let Some((_, value)) = part(history, "currentId") {
            leaf = parsed(cx, value, place.at("chat.history.currentId"))?
                .and_then(|value| value.as_str().map(str::to_owned));
        }
    }
    if nodes.is_empty() {
        let list = part(chat, "messages").map_or_else(Vec::new, |(_, found)| elements(found));
        for (index, value) in list.into_iter().enumerate() {
            let path = format!("chat.messages.{index}");
            let Some(value) = parsed(cx, value, place.at(&path))? else { continue };
            let parent = nodes.last().map(|node| node.key.clone());
            let key = field::id(&value, &["id"]).unwrap_or_else(|| format!("message-{index}"));
            nodes.push(Node { key, parent, content: content(cx, &value, place.at(&path))? });
        }
    }
    if nodes.is_empty() {
        return cx.unreadable(place, "a chat without messages");
    }
    if conversation.key.is_empty() {
        conversation.key.clone_from(&nodes[0].key);
    }
    tree::emit(cx, conversation, nodes, leaf.as_deref(), place)
}

fn content(cx: &mut Context<'_>, message: &Value, place: Place<'_>) -> Result<Content, HistoryError> {
    let speaker = match field::text(message, &["role"]).unwrap_or_default() {
        "user" => Speaker::User,
        "assistant" => Speaker::Companion,
        "system" => return Ok(Content::left_out(LeftOut::SystemMessage)),
        "tool" => return Ok(Content::left_out(LeftOut::ToolMessage)),
        _ => {
            cx.unreadable(place, "a message without a known \"role\"")?;
            return Ok(Content::joint());
        }
    };
    let mut said = Said::new(speaker, field::text(message, &["content"]).unwrap_or_default());
    part_reasoning(&mut said);
    said.part_thought();
    said.take_time(message, &["timestamp"], &cx.clock);
    if speaker == Speaker::Companion {
        said.model = field::name(message, &["model"]);
    }
    let mut pieces = vec![std::mem::take(&mut said.text)];
    for file in field::list(message, &["files"]) {
        let name = field::text(file, &["name"]).unwrap_or_default();
        let is_picture = field::text(file, &["type"]) == Some("image");
        pieces.push(attachment(if is_picture { "picture" } else { kind_of_file(name, "") }, name));
    }
    said.text = join(&pieces);
    Ok(Content::Said(said))
}

/// Takes what the model thought out of the words.
fn part_reasoning(said: &mut Said) {
    let Some(rest) = said.text.trim_start().strip_prefix("<details type=\"reasoning\"") else { return };
    let Some((inside, words)) = rest.split_once("</details>") else { return };
    let thought = inside.split_once("</summary>").or_else(|| inside.split_once('>'));
    let thought = thought.map_or("", |(_, thought)| thought).trim().to_owned();
    said.text = words.trim_start().to_owned();
    said.add_thought(&thought);
}
