//! Whatever somebody writes, it is understood or passed over: nothing breaks off at it, and if something does, that is all that is lost.

use abide_generation::{Embedder, EmbeddingError, Embeddings};
use proptest::prelude::*;

use super::*;
use crate::facts::{self, People, Told};
use crate::store::FactKind;
use crate::summary::{self, Line};
use crate::text::sentence::sentences;
use crate::time::Anchors;
use crate::topics::Avoided;
use crate::transcript::{MessageId, NewMessage, Origin, Speaker};
use crate::{mood, text, time};

/// Pieces that messages are made of: what patterns and rules look at, in three languages, with all that may quote, end and bend it.
const PIECES: &[&str] = &[
    "she said ",
    "my boss wrote ",
    "i live in Hull",
    "I'm allergic to ",
    "my sister is called ",
    "remember that ",
    "forget that ",
    "please don't talk about ",
    "no wait, ",
    "tomorrow",
    "since 2019",
    "on March 3",
    "i quit my job",
    "happy",
    "peanuts",
    "Ann",
    "il m'a dit ",
    "j'habite à ",
    "ma sœur s'appelle ",
    "oublie que ",
    "ne parle plus de ",
    "depuis l'été",
    "demain à 14h",
    "élève",
    "ça",
    "他说：",
    "我住在",
    "我对花生过敏",
    "我姐姐叫",
    "忘了我说的",
    "别再提",
    "明天下午三点",
    "昨天",
    "小明",
    "開心",
    "“",
    "”",
    "‘",
    "’",
    "«",
    "»",
    "« ",
    " »",
    "「",
    "」",
    "『",
    "』",
    "\"",
    "'",
    "`",
    "```",
    "~~~",
    "*",
    "> ",
    "(",
    "）",
    ".",
    "!",
    "?",
    "…",
    "。",
    "！",
    "？",
    "；",
    ", ",
    "，",
    "、",
    ": ",
    "：",
    "\n",
    "\r\n",
    " ",
    "\u{a0}",
    "\u{3000}",
    "\t",
    " and ",
    " et ",
    "和",
    "fine",
    "salut",
    "我走了",
    "😀",
    "👩‍👧‍👦",
    "e\u{301}",
    "ß",
    "İ",
    "ﬁ",
    "\u{200b}",
    "\u{feff}",
    "\u{202e}",
    "|",
    "{value}",
    "{{user}}",
    "https://x.y/é",
];

fn message() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "\\PC{0,8}",
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn understand_all(message: &str) {
    let at = Timestamp::from_second(BEGINNING_S).unwrap().to_zoned(TimeZone::UTC);
    let (anchors, people) = (Anchors::default(), People::default());
    let told = Told { at: &at, user_name: None, anchors: &anchors, people: &people };
    let extraction = facts::extract(message, told);
    for quote in extraction
        .facts
        .iter()
        .map(|fact| &fact.quote)
        .chain(extraction.forget.iter().map(|wish| &wish.quote))
    {
        assert!(message.contains(quote.as_str()), "{message:?}: {quote:?}");
    }
    time::parse(message, &at, &anchors);
    time::asked_about(message, &at, &anchors);
    mood::read(message);
    let topics = Avoided::new([(message, None), ("my sister", None)], &[]);
    topics.topic_of(message);
    topics.topic_of_fact(FactKind::Work, "Ann", message);
    let folded = text::fold(message);
    text::asks(&folded);
    text::terms(message);
    for range in sentences(message) {
        assert!(message.is_char_boundary(range.start) && message.is_char_boundary(range.end));
    }
    for language in ["en", "fr", "zh", ""] {
        summary::pick(Some(message), &[Line { name: "Jo", text: message }], language, 200);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn nothing_breaks_off_at_any_words(message in message()) {
        understand_all(&message);
    }
}

#[test]
fn a_message_may_end_with_what_it_quotes() {
    for message in [
        "she said “fine”",
        "“never again”",
        "il m'a dit « salut »",
        "他说：“我走了。”",
        "我喜欢「千与千寻」",
        "i live in Hull “so far”",
        "my boss wrote “see me”\nand i quit",
        "‘no’",
        "```\ncode",
    ] {
        understand_all(message);
        let world = World::new();
        let companion = world.mara();
        let (_, generator) = model("Aye.");
        assert_eq!(say(&companion, &generator, message).message.content.text, "Aye.", "{message}");
    }
    // Long quotations are cut where sentences are.
    understand_all(&format!("she said “{}”", "né".repeat(3_000)));
    understand_all(&"„«「".repeat(2_000));
}

/// Breaks off at some words.
struct Fragile;

const BREAKS: &str = "the walrus";

impl Embedder for Fragile {
    fn id(&self) -> &'static str {
        "fragile"
    }

    fn dimensions(&self) -> usize {
        2
    }

    fn tokens_max(&self) -> usize {
        256
    }

    fn embed(&self, texts: &[&str]) -> Result<Embeddings, EmbeddingError> {
        if let Some(text) = texts.iter().find(|text| text.to_lowercase().contains(BREAKS)) {
            panic!("can't read {text}");
        }
        Ok(Embeddings { vectors: texts.iter().map(|_| vec![1.0, 0.0]).collect(), ..Embeddings::default() })
    }
}

#[test]
fn what_breaks_off_takes_nothing_else_along() {
    let world = World::new();
    world.companions.set_embedder(Some(EmbedderSource::late(|| Some(Arc::new(Fragile)))));
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    let store = world.companions.store();
    let time = Timestamp::from_second(BEGINNING_S).unwrap();
    for text in ["The walrus sings.", "I live in Hull."] {
        store
            .batch(companion.id(), |batch| {
                let mut new = NewMessage::new(None, Speaker::User, text, time);
                new.origin = Origin::Import("text".to_owned());
                batch.add(new).map(drop)
            })
            .unwrap();
    }
    // Recall can't read the question; the reply is given all the same, and the work behind it comes to an end.
    assert_eq!(say(&companion, &generator, "Where does the walrus sing?").message.content.text, "Aye.");
    world.companions.flush();
    let left = store.messages_without_vector(companion.id(), "fragile", MessageId(0), 100).unwrap();
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|message| message.content.text.to_lowercase().contains(BREAKS)), "{left:?}");
    let other = world.companions.create(&mara(), Some("other")).unwrap();
    say(&other, &generator, "My sister is called Ilse.");
    world.companions.flush();
    assert!(store.messages_without_vector(other.id(), "fragile", MessageId(0), 100).unwrap().is_empty());
    assert!(store.facts_without_vector(other.id(), "fragile", 100).unwrap().is_empty());
    // And so it does after the program began anew.
    drop((companion, other));
    let world = world.restart();
    world.companions.flush();
}
