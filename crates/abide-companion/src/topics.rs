//! Topics that the user wants left alone: whether a text is about one, so that it stays out of prompts. Must not know where texts come from.

use std::collections::HashSet;

use crate::language::{Language, is_han};
use crate::text::stem::{stem, words};

/// Words that say nothing about a topic.
const EMPTY: &[&str] = &[
    "my", "the", "a", "an", "our", "his", "her", "their", "your", "of", "and", "or", "to", "in", "on",
    "with", "at", "about", "what", "that", "this", "thing", "things", "stuff", "happened", "whole", "mon",
    "ma", "mes", "le", "la", "les", "de", "du", "des", "un", "une", "et", "ou", "au", "aux", "ce", "cette",
    "son", "sa", "ses", "ton", "ta", "en", "sur", "chose", "choses", "histoire",
];

/// A topic to be left alone.
#[derive(Debug, Clone)]
struct Topic {
    said: String,
    /// The stems that a text must hold, by each language of words; all of one set.
    stems: Vec<Vec<String>>,
    /// Chinese words that a text must hold.
    phrase: Option<String>,
}

/// All topics of a companion's user.
#[derive(Debug, Clone, Default)]
pub struct Avoided {
    topics: Vec<Topic>,
}

impl Avoided {
    /// The topics in the user's own words, as facts of the kind `Avoid` hold them. Those without any word are left out.
    pub fn new<'a>(topics: impl IntoIterator<Item = &'a str>) -> Self {
        Self { topics: topics.into_iter().filter_map(topic).collect() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.topics.is_empty()
    }

    /// The first topic that `text` is about, in the user's words; `None` if it is about none. A text is about a topic that has all its words,
    /// in any form; of "my father's death" that is father and death.
    pub fn topic_of(&self, text: &str) -> Option<&str> {
        if self.topics.is_empty() {
            return None;
        }
        let lower = text.to_lowercase();
        let spoken: Vec<&str> = words(&lower).collect();
        let stems_in = |language| spoken.iter().map(|word| stem(word, language)).collect::<HashSet<String>>();
        let known = [stems_in(Language::English), stems_in(Language::French)];
        let about = |topic: &&Topic| {
            let words = topic
                .stems
                .iter()
                .zip(&known)
                .any(|(stems, known)| !stems.is_empty() && stems.iter().all(|stem| known.contains(stem)));
            words || topic.phrase.as_ref().is_some_and(|phrase| lower.contains(phrase))
        };
        self.topics.iter().find(about).map(|topic| topic.said.as_str())
    }
}

fn topic(said: &str) -> Option<Topic> {
    let said = said.trim();
    let lower = said.to_lowercase();
    if lower.chars().any(is_han) {
        let phrase = lower
            .trim_start_matches("关于")
            .trim_start_matches("我们的")
            .trim_start_matches("我的")
            .trim_start_matches(['我', '那', '这', '场', '件', '个', '次'])
            .trim_end_matches("的事情")
            .trim_end_matches("的事")
            .trim();
        let phrase = if phrase.is_empty() { lower.as_str() } else { phrase };
        return Some(Topic { said: said.to_owned(), stems: Vec::new(), phrase: Some(phrase.to_owned()) });
    }
    let content: Vec<&str> = words(&lower).filter(|word| !EMPTY.contains(word)).collect();
    if content.is_empty() {
        // Nothing but small words: as it stands.
        let phrase = (!lower.is_empty()).then_some(lower);
        return phrase.map(|phrase| Topic { said: said.to_owned(), stems: Vec::new(), phrase: Some(phrase) });
    }
    let stems = |language| content.iter().map(|word| stem(word, language)).collect();
    Some(Topic {
        said: said.to_owned(),
        stems: vec![stems(Language::English), stems(Language::French)],
        phrase: None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_about_a_topic_are_known_in_any_form() {
        let avoided = Avoided::new([
            "my ex",
            "the accident",
            "my father's death",
            "mon travail",
            "我爸爸",
            "那场车祸",
            " ",
        ]);
        let table = [
            ("I saw my ex yesterday", Some("my ex")),
            ("An exam went well", None),
            ("Those ACCIDENTS happen", Some("the accident")),
            ("His father is kind", None),
            ("When her father met death", Some("my father's death")),
            ("Elle parle de son travail", Some("mon travail")),
            ("On travaille bien", None),
            ("他说爸爸来了", Some("我爸爸")),
            ("车祸以后", Some("那场车祸")),
            ("妈妈来了", None),
            ("", None),
        ];
        for (text, topic) in table {
            assert_eq!(avoided.topic_of(text), topic, "{text}");
        }
        assert!(Avoided::new([" ", ""]).is_empty());
    }

    proptest! {
        #[test]
        fn a_topic_is_found_in_its_own_words(topic in "[a-zé]{2,10}( [a-zé]{2,10}){0,2}", before in ".{0,20}") {
            let avoided = Avoided::new([topic.as_str()]);
            let text = format!("{before} {topic}");
            prop_assert!(avoided.topic_of(&text).is_some());
        }
    }
}
