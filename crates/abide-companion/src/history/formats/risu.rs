//! RisuAI's chats: `{type: "risuChat", ver, data: {name, message[{role, data, time, name, saying}]}}`, or `risuAllChats` with a list of them in `data`.
//! Must not know where it goes.
//!
//! Shapes as kwaroran/RisuAI's own `src/ts/characters.ts` writes them; times are milliseconds.

use serde_json::Value;

use super::{field, parsed, records};
use crate::{
    history::{
        Conversation, HistoryError,
        context::{Context, Naming, Place, digest_key},
        input::Input,
        json::{Choice, Step},
        linear::Linear,
        said::Said,
    },
    transcript::Speaker,
};

pub(super) fn read(cx: &mut Context<'_>, input: &mut Input<'_>) -> Result<(), HistoryError> {
    let mut chat = Chat::default();
    records(
        cx,
        input,
        &|path, _first| match path {
            [] => Choice::GoIn,
            [data] if data.is("data") || data.is("message") => Choice::GoIn,
            [data, Step::Index(_)] if data.is("data") => Choice::GoIn,
            [.., list, Step::Index(_)] if list.is("message") => Choice::Take,
            [data, .., last] if data.is("data") && last.is("message") => Choice::GoIn,
            [data, .., last] if data.is("data") && (last.is("name") || last.is("id")) => Choice::Take,
            _ => Choice::Skip,
        },
        &mut |cx, path, element, place| {
            let Some(value) = parsed(cx, &element.bytes, place)? else { return Ok(()) };
            if let Some(Step::Name(_)) = path.last() {
                cx.records -= 1;
            }
            chat.add(cx, path, &value, place)
        },
    )?;
    chat.linear.map_or(Ok(()), |linear| linear.finish(cx))
}

#[derive(Default)]
struct Chat {
    linear: Option<Linear>,
    /// Which of the file's chats it is.
    number: Option<u64>,
    title: String,
}

impl Chat {
    fn add(
        &mut self,
        cx: &mut Context<'_>,
        path: &[Step],
        value: &Value,
        place: Place<'_>,
    ) -> Result<(), HistoryError> {
        let number = path.iter().find_map(|step| match step {
            Step::Index(index) if !path.last().is_some_and(|last| std::ptr::eq(last, step)) => Some(*index),
            _ => None,
        });
        if number != self.number {
            self.number = number;
            self.title.clear();
            if let Some(linear) = self.linear.take() {
                linear.finish(cx)?;
            }
        }
        if let Some(Step::Name(name)) = path.last() {
            if name == "name" {
                value.as_str().unwrap_or_default().clone_into(&mut self.title);
            }
            return Ok(());
        }
        let Some(words) = field::text(value, &["data"]) else {
            return cx.unreadable(place, "a message without its words (\"data\")");
        };
        let is_user = field::text(value, &["role"]) == Some("user");
        let mut said = Said::new(if is_user { Speaker::User } else { Speaker::Companion }, words);
        said.name = field::name(value, &["name"]);
        said.stamp = field::time(value, &["time"], &cx.clock);
        said.model = field::name(value, &["generationInfo", "model"]);
        said.part_thought();
        if self.linear.is_none() {
            let time = said.stamp.map_or(0, |stamp| stamp.time.as_microsecond());
            let key = digest_key(&[words.as_bytes(), &time.to_le_bytes()]);
            let title = self.title.clone();
            cx.begin(Conversation { key, title, ..Conversation::default() }, Naming::Digest)?;
            self.linear = Some(Linear::new(cx, None));
        }
        self.linear.as_mut().map_or(Ok(()), |linear| linear.add(cx, said, place))
    }
}
