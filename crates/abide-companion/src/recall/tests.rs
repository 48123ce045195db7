//! Recall on small memories whose answers are plain.

use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;

use super::*;
use crate::time::AskedTime;

/// Speaker, sitting, text; a minute apart, a sitting a day.
const TALK: [(&str, u64, &str); 12] = [
    ("Ann", 1, "Guess what, we got a dog last week!"),
    ("Bob", 1, "Lovely! What did you call him?"),
    ("Ann", 1, "Biscuit, because of his colour."),
    ("Bob", 1, "My cat is called Tofu."),
    ("Ann", 2, "Work is hard, my boss wants the report by Friday."),
    ("Bob", 2, "I start a pottery class in March."),
    ("Ann", 2, "Is clay expensive?"),
    ("Bob", 2, "Not really, and the kiln is shared."),
    ("Ann", 3, "My sister Clara moved to Lisbon."),
    ("Bob", 3, "Will you visit her?"),
    ("Ann", 3, "Yes, in July, by train."),
    ("Bob", 3, "Send me a photograph of the bridge."),
];

fn time(at: usize) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + TALK[at].1 as i64 * 86_400 * 30 + at as i64 * 60).unwrap()
}

fn insert(index: &mut RecallIndex, at: usize) {
    let (speaker, session, text) = TALK[at];
    index.insert(&MemoryDocument {
        id: MemoryId::Message(at as u64),
        speaker,
        role: if speaker == "Ann" { Role::User } else { Role::Companion },
        text,
        time: time(at),
        session: Some(session),
        importance: 0.0,
    });
}

fn talk() -> RecallIndex {
    let mut index = RecallIndex::default();
    (0..TALK.len()).for_each(|at| insert(&mut index, at));
    index
}

fn found(index: &RecallIndex, query: &Query<'_>) -> Vec<u64> {
    let number = |recalled: &Recalled| match recalled.id {
        MemoryId::Message(number) | MemoryId::Fact(number) => number,
    };
    index.recall(query, None).memories.iter().map(number).collect()
}

fn best(index: &RecallIndex, question: &str) -> u64 {
    found(index, &Query::new(question, 1))[0]
}

#[test]
fn answers_are_found_by_words_neighbours_persons_and_times() {
    let index = talk();
    assert_eq!(best(&index, "When does Bob's pottery class start?"), 5);
    assert_eq!(best(&index, "Where did Clara move?"), 8);
    assert!(
        found(&index, &Query::new("What is Ann's dog called?", 2)).contains(&2),
        "it has no word of the question"
    );
    let mut query = Query::new("What did Bob say?", 2);
    query.times = vec![(time(4)..time(7)).into()];
    assert_eq!(found(&index, &query), [7, 5], "nothing but the time and the person decides");
    assert_eq!(best(&index, "my sister"), 8);
}

#[test]
fn a_time_alone_is_known_where_something_was_said_then() {
    let index = talk();
    let ask = |text: &str, beside: &str, times| {
        let beside_times = Some(beside.to_owned());
        index
            .recall(&Query { times: vec![AskedTime::from(times)], beside_times, ..Query::new(text, 4) }, None)
    };
    let then = || time(4)..time(8);
    for (text, beside) in [
        ("What did I do in August?", "What did I do ?"),
        ("what did we talk about last spring", "what did we talk about"),
        ("Qu'est-ce que j'ai fait il y a trois semaines ?", "Qu'est-ce que j'ai fait ?"),
        ("我上周跟你说了什么？", "我跟你说了什么？"),
        ("What did Ann tell you in August?", "What did Ann tell you ?"),
    ] {
        let answer = ask(text, beside, then());
        assert!(answer.known && answer.confidence >= 0.5, "{text}: {answer:?}");
        let within = |memory: &Recalled| matches!(memory.id, MemoryId::Message(4..=7));
        assert!(answer.memories.iter().all(within), "{text}: {answer:?}");
    }
    for (text, beside, times) in [
        ("What did I plant in August?", "What did I plant ?", then()),
        ("What did I do in August?", "What did I do ?", time(11) + 1.hour()..time(11) + 2.hours()),
        ("I did it in August.", "I did it .", then()),
    ] {
        assert!(!ask(text, beside, times).known, "{text}");
    }
}

#[test]
fn a_stranger_is_not_known_and_an_empty_memory_knows_nothing() {
    let index = talk();
    assert!(index.recall(&Query::new("What is the name of Ann's dog?", 3), None).known);
    let answer = index.recall(&Query::new("Which university does Roderick's nephew attend?", 3), None);
    assert!(!answer.known && answer.confidence < 0.5, "{answer:?}");
    let answer = RecallIndex::default().recall(&Query::new("dog", 3), Some(&[1.0]));
    assert_eq!((answer.known, answer.confidence, answer.memories), (false, 0.0, vec![]));
    assert!(!index.recall(&Query::new("", 3), None).known);
}

/// An index of these memories, whose vectors have these cosines with the one that [`asked`] gives.
fn with_cosines<'t>(memories: impl IntoIterator<Item = (&'t str, f32)>) -> RecallIndex {
    let mut index = RecallIndex::default();
    for ((text, cosine), number) in memories.into_iter().zip(0..) {
        let id = MemoryId::Message(number);
        index.insert(&MemoryDocument {
            id,
            speaker: "Ann",
            role: Role::User,
            text,
            time: Timestamp::from_second(number as i64 * 90_000).unwrap(),
            session: Some(number),
            importance: 0.0,
        });
        let vector = QuantizedVector::new(&[cosine, (1.0 - cosine * cosine).sqrt()]);
        index.set_vector(id, &vector).unwrap();
    }
    index
}

fn known(index: &RecallIndex, question: &str) -> bool {
    index.recall(&Query::new(question, 3), Some(&[1.0, 0.0])).known
}

/// To an embedder of another language all texts are near each other: its nearest memory tells nothing.
#[test]
fn what_is_near_like_everything_else_makes_nothing_known() {
    let chinese = ["我养了一只橘猫，叫年糕。", "昨天下雨了。", "妈妈开了一家面馆。", "我在学陶艺。"];
    let many = |far: f32, nearest: f32| {
        let others = chinese.into_iter().chain(std::iter::repeat_n("今天很累。", 36));
        with_cosines(others.map(|text| (text, far)).chain([("又下雨，烦。", nearest)]))
    };
    let blind = many(0.58, 0.85);
    for question in ["我的银行卡密码是多少？", "我的护照号码", "我的血型是什么？"] {
        assert!(!known(&blind, question), "{question}");
    }
    for question in ["我的猫叫什么？", "我妈妈开了什么店？", "我学了什么？陶艺？"] {
        assert!(known(&blind, question), "{question}");
    }
    // One that tells texts of a language apart is believed.
    assert!(known(&many(0.05, 0.75), "我的银行卡密码是多少？"));
    assert!(!known(&many(0.05, 0.45), "我的银行卡密码是多少？"));
    // Where there is next to nothing, nothing is said of an embedder.
    let few = with_cosines([("I take penicillin badly.", 0.85), ("It rains.", 0.1)]);
    assert!(known(&few, "which medicine am i allergic to"));
}

#[test]
fn without_vectors_pairs_of_characters_count_as_what_they_are() {
    let mut index = RecallIndex::default();
    for (text, number) in
        ["我养了一只橘猫，叫年糕。", "昨天下雨了，我没带伞。", "妈妈开了一家面馆。"].into_iter().zip(0..)
    {
        index.insert(&MemoryDocument {
            id: MemoryId::Message(number),
            speaker: "",
            role: Role::User,
            text,
            time: Timestamp::UNIX_EPOCH,
            session: Some(number),
            importance: 0.0,
        });
    }
    let known = |question| index.recall(&Query::new(question, 3), None).known;
    assert!(known("妈妈是做什么生意的，开面馆吗？") && known("我的橘猫叫什么名字？"));
    assert!(!known("我的银行卡密码是多少？") && !known("我的护照号码"));
}

#[test]
fn scores_are_the_sums_of_their_parts_and_fall() {
    let mut index = talk();
    for at in 0..TALK.len() {
        let angle = at as f32 / 10.0;
        let vector = QuantizedVector::new(&[angle.cos(), angle.sin(), 0.0]);
        assert_eq!(index.set_vector(MemoryId::Message(at as u64), &vector), Ok(true));
    }
    let mut query = Query::new("When did Ann get the dog?", 12);
    query.now = Some(time(11));
    let answer = index.recall(&query, Some(&[0.6, 0.8, 0.0]));
    assert_eq!(answer.memories.len(), 12);
    assert!(answer.memories.iter().all(|memory| (memory.parts.total() - memory.score).abs() < 1e-6));
    assert!(answer.memories.is_sorted_by(|one, other| one.score >= other.score));
    assert!(answer.nearest.is_some_and(|nearest| nearest > 0.5 && nearest <= 1.01));
}

#[test]
fn a_question_for_whatever_ever_was_looks_into_several_sittings() {
    let mut index = talk();
    let mut insert = |number, session, text| {
        index.insert(&MemoryDocument {
            id: MemoryId::Message(number),
            speaker: "Ann",
            role: Role::User,
            text,
            time: time(11),
            session: Some(session),
            importance: 0.0,
        });
    };
    (100..120).for_each(|number| insert(number, 4, "Camping by the lake!"));
    insert(200, 5, "Camping in the dunes!");
    let place = |question| {
        let answer = index.recall(&Query::new(question, 33), None);
        assert!(answer.memories.is_sorted_by(|one, other| one.score >= other.score));
        assert!(answer.memories.iter().all(|memory| (memory.parts.total() - memory.score).abs() < 1e-5));
        answer.memories.iter().position(|memory| memory.id == MemoryId::Message(200)).unwrap()
    };
    assert_eq!(place("Where did Ann camp?"), 20);
    let several = place("Which places did Ann camp at?");
    assert!(several < 20);
    assert!(place("Where has Ann camped?") < several);
}

#[test]
fn words_of_a_time_that_is_understood_are_not_searched() {
    let index = talk();
    let mut query = Query::new("What did Ann say about work in March 2023?", 12);
    let with_words = index.recall(&query, None);
    query.times = vec![(time(4)..time(7)).into()];
    let with_time = index.recall(&query, None);
    assert!(with_time.coverage > with_words.coverage);
    assert_eq!(with_time.memories[0].id, MemoryId::Message(4));
}

#[test]
fn topics_to_avoid_and_what_is_skipped_are_not_found() {
    let index = talk();
    let mut query = Query::new("Tell me about the pottery class", 12);
    query.excluded_topics = vec!["Pottery classes", "the sister of Clara"];
    query.skip.insert(MemoryId::Message(7));
    let numbers = found(&index, &query);
    assert_eq!(numbers.len(), 9);
    assert!(![5, 7, 8].iter().any(|number| numbers.contains(number)), "{numbers:?}");
}

#[test]
fn budgets_are_kept_and_large_memories_passed_over() {
    let index = talk();
    let mut query = Query::new("dog cat class sister", 4);
    query.token_budget = Some(12);
    let answer = index.recall(&query, None);
    let tokens: usize = answer.memories.iter().map(|memory| memory.tokens).sum();
    assert!(tokens <= 12 && !answer.memories.is_empty());
    query.token_budget = Some(0);
    assert!(index.recall(&query, None).memories.is_empty());
    query.limit = 0;
    assert!(index.recall(&query, None).memories.is_empty());
}

#[test]
fn neighbours_stay_within_their_sitting() {
    let index = talk();
    let of = |at| index.neighbours(MemoryId::Message(at), 2, 1);
    assert_eq!(of(2), [0, 1, 3].map(MemoryId::Message));
    assert_eq!(of(4), [MemoryId::Message(5)]);
    assert_eq!(of(99), []);
}

#[test]
fn names_are_taken_out_of_what_is_embedded() {
    let index = talk();
    assert_eq!(index.text_to_embed("What is Ann's dog called, BOB?"), "What is dog called, ?");
    assert_eq!(index.text_to_embed("Annoying bobcats"), "Annoying bobcats");
    assert_eq!(index.text_to_embed("Ann?"), "Ann?");
}

#[test]
fn vectors_survive_their_bytes_and_bad_bytes_are_refused() {
    let vector = QuantizedVector::new(&[0.5, -1.0, 0.25, f32::NAN]);
    assert_eq!(QuantizedVector::from_bytes(&vector.to_bytes()), Ok(vector));
    for bytes in [&[][..], &[0, 0, 0], &[0, 0, 0, 0], &[0, 0, 0xc0, 0x7f, 1], &[0, 0, 0x80, 0xbf, 1]] {
        assert_eq!(QuantizedVector::from_bytes(bytes), Err(VectorError::Malformed(bytes.len())));
    }
    let mut index = talk();
    index.set_vector(MemoryId::Message(0), &QuantizedVector::new(&[1.0, 0.0])).unwrap();
    let other = index.set_vector(MemoryId::Message(1), &QuantizedVector::new(&[1.0]));
    assert_eq!(other, Err(VectorError::Dimensions { expected: 2, found: 1 }));
    assert_eq!(index.set_vector(MemoryId::Message(99), &QuantizedVector::new(&[1.0])), Ok(false));
    assert_eq!(index.without_vector(), TALK.len() - 1);
}

#[test]
fn what_has_no_vector_yet_is_found_all_the_same() {
    let mut index = talk();
    index.set_vector(MemoryId::Message(3), &QuantizedVector::new(&[1.0, 0.0])).unwrap();
    let answer = index.recall(&Query::new("Where did Clara move?", 1), Some(&[0.0, 1.0]));
    assert_eq!(answer.memories[0].id, MemoryId::Message(8));
}

/// Numbers between −1 and 1, the same each time.
fn noise(state: &mut u64) -> f32 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
}

/// A direction near one of 50 topics.
fn direction(topic: u64, state: &mut u64) -> Vec<f32> {
    let mut own = topic.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..8).for_each(|_| _ = noise(&mut own));
    let mut vector: Vec<f32> = (0..384).map(|_| noise(&mut own) + 0.9 * noise(state)).collect();
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|value| *value /= length);
    vector
}

/// Memories of 50 topics; those with odd numbers have no vector if `half`.
fn many(count: u64, compared_max: usize, half: bool) -> RecallIndex {
    let mut index = RecallIndex::default();
    index.set_compared_max(compared_max);
    let mut state = 7;
    for number in 0..count {
        let id = MemoryId::Message(number);
        index.insert(&MemoryDocument {
            id,
            speaker: if number % 2 == 0 { "Ann" } else { "Bob" },
            role: if number % 2 == 0 { Role::User } else { Role::Companion },
            text: &format!("word{} word{} said", number % 97, number % 89),
            time: Timestamp::from_second(number as i64 * 600).unwrap(),
            session: Some(number / 10),
            importance: 0.0,
        });
        let vector = QuantizedVector::new(&direction(number * number % 50, &mut state));
        if !half || number % 2 == 0 {
            index.set_vector(id, &vector).unwrap();
        }
    }
    index
}

#[test]
fn of_very_many_vectors_signs_find_nearly_all_that_comparing_each_finds() {
    let (estimating, comparing) = (many(9000, 3000, false), many(9000, usize::MAX, false));
    let (mut state, mut both) = (99, 0);
    for asked in 0..50_u64 {
        let vector = direction(asked, &mut state);
        let question = format!("What about word{}?", asked * 3 % 97);
        let query =
            Query { now: Some(Timestamp::from_second(9_000_000).unwrap()), ..Query::new(&question, 10) };
        let [one, other] = [&estimating, &comparing].map(|index| index.recall(&query, Some(&vector)));
        assert_eq!((one.known, one.coverage), (other.known, other.coverage), "{asked}");
        assert!((one.nearest.unwrap() - other.nearest.unwrap()).abs() < 0.02, "{asked}");
        let same = |memory: &&Recalled| other.memories.contains(memory);
        both += one.memories.iter().filter(same).count();
    }
    assert!(both >= 490, "{both} of 500 with the same scores");
}

#[test]
fn where_few_may_be_found_signs_miss_nothing() {
    let mut index = many(6000, 3000, false);
    let mut query = Query::new("word3 word5", 20);
    query.skip = (0..6000).filter(|number| number % 5 != 1).map(MemoryId::Message).collect();
    query.excluded_topics = vec!["word11"];
    let time = |second| Timestamp::from_second(second).unwrap();
    query.times = vec![(time(600_000)..time(700_000)).into()];
    let vector = direction(1, &mut 3);
    let by_signs = index.recall(&query, Some(&vector));
    index.set_compared_max(usize::MAX);
    assert_eq!(by_signs, index.recall(&query, Some(&vector)));
    assert_eq!(by_signs.memories.len(), 20);
}

#[test]
fn how_many_are_compared_can_be_changed_at_any_time() {
    let mut index = many(600, usize::MAX, false);
    let vector = direction(1, &mut 3);
    let found = |index: &RecallIndex| index.recall(&Query::new("word1", 20), Some(&vector));
    let comparing = found(&index);
    for compared_max in [200, 0, usize::MAX, 599] {
        index.set_compared_max(compared_max);
        // So few are all compared after all.
        assert_eq!(found(&index), comparing, "{compared_max}");
    }
    assert!(index.remove(comparing.memories[0].id));
    assert!(found(&index).memories.iter().all(|memory| memory.id != comparing.memories[0].id));
    index.clear_vectors();
    index.set_vector(comparing.memories[1].id, &QuantizedVector::new(&[1.0, 0.0])).unwrap();
    let answer = index.recall(&Query::new("nothing of this", 1), Some(&[1.0, 0.0]));
    assert_eq!(answer.nearest, Some(1.0), "another embedder's");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// Where something is near, signs find 95 % of the twenty best by meaning alone, and score them as comparing does.
    #[test]
    fn by_meaning_alone_signs_find_nearly_all_that_comparing_finds(seed in 1..u64::MAX, about in 0_u64..50) {
        let mut index = many(6000, 3000, false);
        let mut state = seed;
        let vectors: Vec<Vec<f32>> = (about..about + 10).map(|number| direction(number * number % 50, &mut state)).collect();
        let ask = |index: &RecallIndex| -> Vec<_> {
            vectors.iter().flat_map(|vector| index.recall(&Query::new("", 20), Some(vector)).memories).collect()
        };
        let by_signs = ask(&index);
        index.set_compared_max(usize::MAX);
        let comparing = ask(&index);
        let both = by_signs.iter().filter(|memory| comparing.contains(memory)).count();
        prop_assert!(both >= 190, "{} of 200 with the same scores", both);
    }
}

#[test]
fn signs_come_and_go_with_their_vectors() {
    let mut index = many(600, 200, true);
    let vector = direction(1, &mut 3);
    let has = |index: &RecallIndex, number: u64| {
        let answer = index.recall(&Query::new("word1", 600), Some(&vector));
        answer
            .memories
            .iter()
            .find(|memory| memory.id == MemoryId::Message(number))
            .map(|memory| memory.parts.meaning)
    };
    let before = has(&index, 301).unwrap();
    index.set_vector(MemoryId::Message(301), &QuantizedVector::new(&vector)).unwrap();
    assert!(before < 7.9 && (has(&index, 301).unwrap() - 8.0).abs() < 0.1, "a vector that came later");
    assert!(index.remove(MemoryId::Message(301)));
    assert_eq!(has(&index, 301), None);
    index.set_hidden(MemoryId::Message(300), true);
    assert_eq!((has(&index, 300), has(&index, 302).is_some()), (None, true));
    // With few enough of them each is compared again, and so it is after another embedder's first.
    (0..200).for_each(|number| _ = index.remove(MemoryId::Message(2 * number)));
    assert!(has(&index, 401).is_some());
    index.clear_vectors();
    index.set_vector(MemoryId::Message(401), &QuantizedVector::new(&[1.0, 0.0])).unwrap();
    let answer = index.recall(&Query::new("nothing of this", 1), Some(&[1.0, 0.0]));
    assert_eq!((answer.nearest, answer.memories.len()), (Some(1.0), 1));
}

#[test]
fn memories_in_several_languages_are_found_by_their_own() {
    let mut index = talk();
    let texts = ["Ma tante préférée habite à Marseille.", "我养了一只叫豆豆的猫。", "私の犬はハチです。"];
    for (text, number) in texts.into_iter().zip(100..) {
        let id = MemoryId::Message(number);
        let time = Timestamp::from_second(1_800_000_000).unwrap();
        index.insert(&MemoryDocument {
            id,
            speaker: "Chloé",
            role: Role::User,
            text,
            time,
            session: None,
            importance: 0.5,
        });
    }
    assert_eq!(best(&index, "Où habitent tes tantes ?"), 100);
    assert_eq!(best(&index, "我的猫叫什么名字？"), 101);
    assert_eq!(best(&index, "犬の名前は？"), 102);
}

proptest! {
    /// An index from which things were removed answers like one that never had them.
    #[test]
    fn removed_is_as_if_never_there(removed in proptest::collection::vec(0_usize..12, 0..14)) {
        let mut shrunk = talk();
        for at in &removed {
            shrunk.remove(MemoryId::Message(*at as u64));
        }
        let mut fresh = RecallIndex::default();
        (0..TALK.len()).filter(|at| !removed.contains(at)).for_each(|at| insert(&mut fresh, at));
        prop_assert_eq!(shrunk.len(), fresh.len());
        let texts = |index: &RecallIndex| index.postings.terms().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
        prop_assert_eq!(texts(&shrunk), texts(&fresh));
        let whole_sittings = removed.is_empty() || (0..3).all(|sitting| {
            let gone = (0..4).filter(|at| removed.contains(&(sitting * 4 + at))).count();
            gone == 0 || gone == 4
        });
        if whole_sittings {
            // Where only parts of a sitting are gone, turns that were not beside each other are still not.
            for question in ["When did Ann get the dog?", "clay", "Lisbon or work?"] {
                let (one, other) = (shrunk.recall(&Query::new(question, 5), None), fresh.recall(&Query::new(question, 5), None));
                let scores = |answer: &Recollection| answer.memories.iter().map(|memory| (memory.id, (memory.score * 1e4).round())).collect::<Vec<_>>();
                prop_assert_eq!(scores(&one), scores(&other));
            }
        }
    }

    #[test]
    fn any_text_is_taken(texts in proptest::collection::vec(any::<String>(), 0..6), question in any::<String>(), name in any::<String>()) {
        let mut index = RecallIndex::default();
        for (text, number) in texts.iter().zip(0..) {
            let time = Timestamp::from_second(number as i64).unwrap();
            index.insert(&MemoryDocument { id: MemoryId::Fact(number), speaker: &name, role: Role::Other, text, time, session: Some(number / 3), importance: f32::NAN });
        }
        let answer = index.recall(&Query::new(&question, 3), None);
        prop_assert_eq!(answer.memories.len(), texts.len().min(3));
        prop_assert!(answer.memories.iter().all(|memory| memory.score.is_finite()));
        let _ = index.text_to_embed(&question);
    }
}

/// What happens to an index while a companion is talked to.
#[derive(Debug, Clone)]
enum Event {
    /// Whether a new sitting begins, and what is said.
    Turn(bool, String),
    /// A fact is learned, or another one instead.
    Fact(u64, String),
    FactGone(u64),
    /// What was said is forgotten, and a fact.
    Forgotten(Vec<u64>, u64),
    /// Somebody is called otherwise.
    Renamed(usize),
    /// A path is left, or taken again.
    Hidden(u64, bool),
    /// A vector comes.
    Vector(bool, u64, f32),
}

fn event() -> impl Strategy<Value = Event> {
    let text = || {
        prop::collection::vec("(dog|cat|lake|Lyon|soup|chien|maison|的猫)", 0..5)
            .prop_map(|words| words.join(" "))
    };
    prop_oneof![
        4 => (prop::bool::weighted(0.2), text()).prop_map(|(new, text)| Event::Turn(new, text)),
        3 => (0_u64..6, text()).prop_map(|(id, text)| Event::Fact(id, text)),
        1 => (0_u64..6).prop_map(Event::FactGone),
        1 => (prop::collection::vec(0_u64..20, 1..5), 0_u64..8).prop_map(|(said, fact)| Event::Forgotten(said, fact)),
        1 => (0_usize..3).prop_map(Event::Renamed),
        1 => (0_u64..20, any::<bool>()).prop_map(|(id, hidden)| Event::Hidden(id, hidden)),
        3 => (any::<bool>(), 0_u64..20, -1.0_f32..1.0).prop_map(|(fact, id, cosine)| Event::Vector(fact, id % if fact { 6 } else { 20 }, cosine)),
    ]
}

/// What an index has in the end.
#[derive(Default)]
struct Kept {
    /// Number, sitting and words.
    said: Vec<(u64, u64, String)>,
    /// How many were ever said.
    count: u64,
    /// What one of the two is called.
    name: &'static str,
    facts: std::collections::BTreeMap<u64, String>,
    hidden: std::collections::BTreeMap<u64, bool>,
    vectors: std::collections::BTreeMap<MemoryId, QuantizedVector>,
}

impl Kept {
    /// Notes an event, and tells the index.
    fn happens(&mut self, index: &mut RecallIndex, event: &Event) {
        match event {
            Event::Turn(new, text) => {
                let sitting = self.said.last().map_or(0, |(_, sitting, _)| sitting + u64::from(*new));
                self.say(index, self.count, sitting, text);
                self.said.push((self.count, sitting, text.clone()));
                self.count += 1;
            }
            Event::Forgotten(said, fact) => {
                let said = said.iter().copied();
                let ids: Vec<_> = said.map(MemoryId::Message).chain([MemoryId::Fact(*fact)]).collect();
                index.forget(&ids);
                self.said.retain(|(number, ..)| !ids.contains(&MemoryId::Message(*number)));
                self.hidden.retain(|number, _| !ids.contains(&MemoryId::Message(*number)));
                self.facts.remove(fact);
                self.vectors.retain(|id, _| !ids.contains(id));
            }
            Event::Renamed(name) => {
                let name = ["Ann", "Chloé", "豆豆"][*name];
                // Where nobody said anything yet, nobody is renamed.
                assert!(
                    index.rename_speaker(self.name, name)
                        || self.said.iter().all(|(number, ..)| number % 2 == 1)
                );
                self.name = name;
            }
            Event::Fact(id, text) => {
                Self::learn(index, *id, text);
                self.vectors.remove(&MemoryId::Fact(*id));
                self.facts.insert(*id, text.clone());
            }
            Event::FactGone(id) => {
                assert_eq!(index.remove(MemoryId::Fact(*id)), self.facts.remove(id).is_some());
                self.vectors.remove(&MemoryId::Fact(*id));
            }
            Event::Hidden(id, hidden) if self.said.iter().any(|(number, ..)| number == id) => {
                index.set_hidden(MemoryId::Message(*id), *hidden);
                self.hidden.insert(*id, *hidden);
            }
            Event::Vector(fact, id, cosine) => {
                let id = if *fact { MemoryId::Fact(*id) } else { MemoryId::Message(*id) };
                let vector = QuantizedVector::new(&[*cosine, (1.0 - cosine * cosine).sqrt()]);
                if index.set_vector(id, &vector).unwrap() {
                    self.vectors.insert(id, vector);
                }
            }
            Event::Hidden(..) => {}
        }
    }

    /// An index that is built of it at a start.
    fn built(&self) -> RecallIndex {
        let mut index = RecallIndex::default();
        for (number, sitting, text) in &self.said {
            self.say(&mut index, *number, *sitting, text);
        }
        self.hidden.iter().for_each(|(id, hidden)| index.set_hidden(MemoryId::Message(*id), *hidden));
        self.facts.iter().for_each(|(id, text)| Self::learn(&mut index, *id, text));
        self.vectors.iter().for_each(|(id, vector)| _ = index.set_vector(*id, vector).unwrap());
        index
    }

    fn say(&self, index: &mut RecallIndex, number: u64, sitting: u64, text: &str) {
        let (role, speaker) =
            if number.is_multiple_of(2) { (Role::User, self.name) } else { (Role::Companion, "Bob") };
        Self::add(index, MemoryId::Message(number), (role, speaker), Some(sitting), text);
    }

    fn learn(index: &mut RecallIndex, number: u64, text: &str) {
        Self::add(index, MemoryId::Fact(number), (Role::Other, ""), None, text);
    }

    fn add(
        index: &mut RecallIndex,
        id: MemoryId,
        (role, speaker): (Role, &str),
        session: Option<u64>,
        text: &str,
    ) {
        let (time, importance) = (Timestamp::from_second(1_700_000_000).unwrap(), 0.5);
        index.insert(&MemoryDocument { id, speaker, role, text, time, session, importance });
    }
}

proptest! {
    /// Whatever was learned, edited and forgotten between turns, they are beside each other as in an index that is built of what is there.
    #[test]
    fn a_live_index_answers_like_one_that_is_built_anew(events in prop::collection::vec(event(), 0..60)) {
        let (mut live, mut kept) = (RecallIndex::default(), Kept { name: "Ann", ..Kept::default() });
        events.iter().for_each(|event| kept.happens(&mut live, event));
        let built = kept.built();
        prop_assert_eq!((live.len(), live.without_vector()), (built.len(), built.without_vector()));
        for number in 0..kept.count {
            let beside = |index: &RecallIndex| index.neighbours(MemoryId::Message(number), 2, 2);
            prop_assert_eq!(beside(&live), beside(&built));
        }
        for question in ["Where is Ann's dog?", "le chien et les maisons de Chloé", "我的猫", "Which lakes and soups?"] {
            for vector in [None, Some(&[0.6_f32, 0.8][..])] {
                let ask = |index: &RecallIndex| index.recall(&Query::new(question, 40), vector);
                prop_assert_eq!(ask(&live), ask(&built));
            }
        }
    }
}

/// With as many memories as a conversation of years has, forgetting some takes no longer than a question may.
#[test]
#[ignore = "measures: cargo test --release -- --ignored --nocapture forgetting_costs_little"]
fn forgetting_costs_little() {
    for count in [10_000_u64, 100_000] {
        let begun = std::time::Instant::now();
        let mut index = many(count, usize::MAX, false);
        let built = begun.elapsed();
        for first in [count - 10, count / 2, 1] {
            let ids: Vec<_> = (first..first + 3).map(MemoryId::Message).collect();
            let begun = std::time::Instant::now();
            index.forget(&ids);
            println!("{count}: from {first} on: {:?} (building anew: {built:?})", begun.elapsed());
        }
        let begun = std::time::Instant::now();
        assert!(index.rename_speaker("Ann", "Theo"));
        println!("{count}: another name: {:?}", begun.elapsed());
    }
}
