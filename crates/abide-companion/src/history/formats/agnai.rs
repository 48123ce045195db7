//! Agnai's chats: `{name, greeting, scenario, treeLeafId, messages[{_id, parent, createdAt, userId, characterId, handle, name, msg, ooc}]}`.
//! Must not know where it goes.
//!
//! Shapes as agnaistic/agnai's own `ChatExport.tsx` writes them: older ones are a list without ids, newer ones a tree.

use serde_json::Value;

use super::{field, parsed, records};
use crate::{
    history::{
        Conversation, HistoryError, LeftOut,
        context::{Context, Naming, Place, digest_key},
        input::Input,
        json::{Choice, Step},
        linear::Linear,
        said::Said,
        tree::{self, Content, Node},
    },
    transcript::Speaker,
};

pub(super) fn read(cx: &mut Context<'_>, input: &mut Input<'_>) -> Result<(), HistoryError> {
    let mut chat = Chat::default();
    records(
        cx,
        input,
        &|path, _first| match path {
            [] | [Step::Index(_)] => Choice::GoIn,
            [.., last] if last.is("messages") => Choice::GoIn,
            [.., list, Step::Index(_)] if list.is("messages") => Choice::Take,
            [.., last] if last.is("treeLeafId") || last.is("name") => Choice::Take,
            _ => Choice::Skip,
        },
        &mut |cx, path, element, place| {
            let Some(value) = parsed(cx, &element.bytes, place)? else { return Ok(()) };
            match path.last() {
                Some(Step::Name(name)) => {
                    cx.records -= 1;
                    let text = value.as_str().map(str::to_owned);
                    if name == "name" {
                        chat.title = text;
                    } else {
                        chat.leaf = text;
                    }
                    Ok(())
                }
                _ => chat.add(cx, &value, place),
            }
        },
    )?;
    chat.finish(cx)
}

#[derive(Default)]
struct Chat {
    title: Option<String>,
    leaf: Option<String>,
    messages: Vec<(Message, u64, u64)>,
    bytes: usize,
}

struct Message {
    id: Option<String>,
    parent: Option<String>,
    said: Said,
}

impl Chat {
    fn add(&mut self, cx: &mut Context<'_>, value: &Value, place: Place<'_>) -> Result<(), HistoryError> {
        let Some(words) = field::text(value, &["msg"]) else {
            return cx.unreadable(place, "a message without its words (\"msg\")");
        };
        if field::flag(value, &["ooc"])
            && field::id(value, &["userId"]).is_none()
            && field::id(value, &["characterId"]).is_none()
        {
            cx.leave_out(LeftOut::SystemMessage);
            return Ok(());
        }
        self.bytes += words.len();
        if self.bytes > cx.options.record_bytes_max {
            return cx.too_large(place, "the chat is too large");
        }
        let is_user = field::id(value, &["userId"]).is_some();
        let mut said = Said::new(if is_user { Speaker::User } else { Speaker::Companion }, words);
        said.name = field::name(value, &["name"]).or_else(|| field::name(value, &["handle"]));
        said.take_time(value, &["createdAt"], &cx.clock);
        said.part_thought();
        let message = Message { id: field::id(value, &["_id"]), parent: field::id(value, &["parent"]), said };
        self.messages.push((message, place.record, place.line));
        Ok(())
    }

    fn finish(self, cx: &mut Context<'_>) -> Result<(), HistoryError> {
        let Some((first, record, line)) = self.messages.first() else { return Ok(()) };
        let place = Place::new(*record, *line);
        let name_of = |speaker: Speaker| {
            let spoken = self.messages.iter().find(|(message, ..)| message.said.speaker == speaker);
            spoken.and_then(|(message, ..)| message.said.name.clone())
        };
        let key = first.id.clone().unwrap_or_else(|| digest_key(&[first.said.text.as_bytes()]));
        let companion_name = name_of(Speaker::Companion);
        let conversation = Conversation {
            key,
            title: self
                .title
                .filter(|title| title != "Exported")
                .or_else(|| companion_name.clone())
                .unwrap_or_default(),
            user_name: name_of(Speaker::User),
            companion_name,
            ..Conversation::default()
        };
        let is_tree = self.messages.iter().any(|(message, ..)| message.parent.is_some())
            && self.messages.iter().all(|(message, ..)| message.id.is_some());
        if !is_tree {
            cx.begin(conversation, Naming::Digest)?;
            let mut linear = Linear::new(cx, None);
            for (message, record, line) in self.messages {
                linear.add(cx, message.said, Place::new(record, line))?;
            }
            return linear.finish(cx);
        }
        let mut nodes: Vec<Node> = Vec::new();
        for (message, ..) in self.messages {
            let parent = message.parent.or_else(|| nodes.last().map(|node| node.key.clone()));
            nodes.push(Node {
                key: message.id.unwrap_or_default(),
                parent,
                content: Content::Said(message.said),
            });
        }
        // Ids are cut to eight characters there, but not always that of the leaf.
        let leaf = self.leaf.map(|leaf| leaf.chars().take(8).collect::<String>());
        tree::emit(cx, conversation, nodes, leaf.as_deref(), place)
    }
}
