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
    chat.end(cx)
}

#[derive(Default)]
struct Chat {
    linear: Option<Linear>,
    /// Which of the file's chats it is.
    number: Option<u64>,
    title: String,
    /// Messages that wait for the title, which often stands behind them.
    held: Vec<(Said, u64, u64)>,
    held_bytes: usize,
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
            std::mem::take(self).end(cx)?;
            self.number = number;
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
        said.take_time(value, &["time"], &cx.clock);
        said.model = field::name(value, &["generationInfo", "model"]);
        said.part_thought();
        if let Some(linear) = &mut self.linear {
            return linear.add(cx, said, place);
        }
        self.held_bytes += words.len() + 200;
        self.held.push((said, place.record, place.line));
        if self.held_bytes > cx.options.record_bytes_max { self.begin(cx) } else { Ok(()) }
    }

    fn begin(&mut self, cx: &mut Context<'_>) -> Result<(), HistoryError> {
        let Some((first, ..)) = self.held.first() else { return Ok(()) };
        let time = first.stamp.map_or(0, |stamp| stamp.time.as_microsecond());
        let key = digest_key(&[first.text.as_bytes(), &time.to_le_bytes()]);
        let title = self.title.clone();
        cx.begin(Conversation { key, title, ..Conversation::default() }, Naming::Digest)?;
        let mut linear = Linear::new(cx, None);
        for (said, record, line) in self.held.drain(..) {
            linear.add(cx, said, Place::new(record, line))?;
        }
        self.linear = Some(linear);
        Ok(())
    }

    fn end(mut self, cx: &mut Context<'_>) -> Result<(), HistoryError> {
        self.begin(cx)?;
        self.linear.map_or(Ok(()), |linear| linear.finish(cx))
    }
}
