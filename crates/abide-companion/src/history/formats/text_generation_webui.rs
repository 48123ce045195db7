//! Histories of text-generation-webui: `{internal: [[user, bot], …], visible: [[user, bot], …], metadata}`, formerly `data` and `data_visible`.
//! Must not know where it goes.
//!
//! Shapes as its `modules/chat.py` keeps them: the user's part of the first pair is empty or a mark where the bot greets. `metadata` has
//! `user_0`, `assistant_0` and so on with times (`?`, seen in newer versions only) and versions.

use std::collections::HashMap;

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

/// What stands for the user where the bot spoke first.
const GREETING_MARK: &str = "<|BEGIN-VISIBLE-CHAT|>";

pub(super) fn read(cx: &mut Context<'_>, input: &mut Input<'_>) -> Result<(), HistoryError> {
    let mut pairs: Vec<(Value, u64, u64)> = Vec::new();
    let mut metadata = HashMap::new();
    let mut bytes = 0;
    records(
        cx,
        input,
        &|path, _first| match path {
            [] => Choice::GoIn,
            [list] if list.is("visible") || list.is("data_visible") => Choice::GoIn,
            [list, Step::Index(_)] if list.is("visible") || list.is("data_visible") => Choice::Take,
            [last] if last.is("metadata") => Choice::Take,
            _ => Choice::Skip,
        },
        &mut |cx, path, element, place| {
            let Some(value) = parsed(cx, &element.bytes, place)? else { return Ok(()) };
            if path.len() == 1 {
                cx.records -= 1;
                if let Value::Object(members) = value {
                    metadata.extend(members);
                }
                return Ok(());
            }
            bytes += element.bytes.len();
            if bytes > cx.options.record_bytes_max {
                return cx.too_large(place, "the history is too large");
            }
            pairs.push((value, place.record, place.line));
            Ok(())
        },
    )?;
    let first = pairs.first().map(|(value, ..)| value.to_string()).unwrap_or_default();
    let part = cx.part.clone();
    let title = part.rsplit_once('.').map_or(part.as_str(), |(stem, _)| stem).to_owned();
    let key = digest_key(&[first.as_bytes()]);
    cx.begin(Conversation { key, title, ..Conversation::default() }, Naming::Digest)?;
    let mut linear = Linear::new(cx, None);
    for (index, (pair, record, line)) in pairs.into_iter().enumerate() {
        let place = Place::new(record, line);
        let Some(pair) = pair.as_array().filter(|pair| pair.iter().any(Value::is_string)) else {
            cx.unreadable(place, "a turn that is not a pair of texts")?;
            continue;
        };
        for (side, speaker, who) in [(0, Speaker::User, "user"), (1, Speaker::Companion, "assistant")] {
            let Some(words) = pair.get(side).and_then(Value::as_str) else { continue };
            if words.trim().is_empty() || words.trim() == GREETING_MARK {
                continue;
            }
            let said = |words: &str, about: Option<&Value>| {
                let mut said = Said::new(speaker, unescape(words));
                about.into_iter().for_each(|about| said.take_time(about, &["timestamp"], &cx.clock));
                said.model = about.and_then(|about| field::name(about, &["model_name"]));
                said.part_thought();
                said
            };
            let about = metadata.get(&format!("{who}_{index}"));
            let mut versions = vec![said(words, about)];
            let others = about.map_or(&[][..], |about| field::list(about, &["versions"]));
            for other in others {
                let words =
                    field::text(other, &["visible_content"]).or_else(|| field::text(other, &["content"]));
                versions.extend(words.map(|words| said(words, Some(other))));
            }
            linear.add_versions(cx, versions, place)?;
        }
    }
    linear.finish(cx)
}

/// What is visible there is HTML.
fn unescape(text: &str) -> String {
    let pairs =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}
