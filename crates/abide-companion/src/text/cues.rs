//! Small signs in a text: whether it speaks of a time, of whom, whether it asks, and for how much. Lists of words in English, French and Chinese; must not work out dates.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::function_words::{is_function_word, is_weak_character};
use super::{Run, runs, sentence};
use crate::language::Language;

/// Who a question is about, where no name says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// The one who asks: "my dog".
    First,
    /// The one who is asked: "your dog".
    Second,
}

/// How many things a question asks for, as far as its grammar tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Things {
    /// One, or nothing says more: "Where did I park?"
    One,
    /// Several: "Which cities did we see?"
    Several,
    /// Whatever ever was: "Where have I been?"
    Ever,
}

const TIME_WORDS: &str = "yesterday today tonight tomorrow last next ago week weeks weekend month months year years recently since just \
    morning evening monday tuesday wednesday thursday friday saturday sunday january february march april june july august september \
    october november december \
    hier aujourdhui demain dernier dernière derniers dernières prochain prochaine semaine semaines mois an ans année années récemment \
    depuis matin soir lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août septembre \
    octobre novembre décembre";
const TIME_CHARACTERS: [&str; 26] = [
    "昨", "今天", "今晚", "今年", "明天", "明年", "去年", "前天", "前年", "后天", "後天", "上周", "上週",
    "下周", "下週", "上个", "下个", "上個", "下個", "月", "周末", "週末", "星期", "刚", "剛", "年前",
];
/// Words for a time before that at which one speaks. "May" and « été » mostly mean something else.
const EARLIER_WORDS: &str = "ago last past previous yesterday earlier weeks months years monday tuesday wednesday thursday friday \
    saturday sunday january february march april june july august september october november december spring summer autumn winter \
    christmas easter thanksgiving halloween \
    hier dernier dernière derniers dernières passé passée jours semaines mois ans années lundi mardi mercredi jeudi vendredi samedi \
    dimanche janvier février mars avril mai juin juillet août septembre octobre novembre décembre printemps automne hiver noël pâques \
    toussaint";
const EARLIER_SIGNS: [&str; 24] = [
    "in may",
    "on may",
    "l'été",
    "cet été",
    "昨",
    "前天",
    "前年",
    "天前",
    "周前",
    "週前",
    "月前",
    "年前",
    "期前",
    "拜前",
    "上周",
    "上週",
    "上个",
    "上個",
    "上星期",
    "上礼拜",
    "上禮拜",
    "去年",
    "那天",
    "月",
];
const SEASON_CHARACTERS: [char; 8] = ['春', '夏', '秋', '冬', '号', '號', '节', '節'];
const FIRST: &str = "i im ive id ill me my mine myself je j moi me mon ma mes mien mienne";
const SECOND_OWNED: &str = "your yours yourself ton ta tes tien tienne votre vos";

/// Words that ask for things.
const THING_WORDS: &str = "what which who whom whose where how qui que quoi où quel quelle quels quelles lequel laquelle lesquels lesquelles \
    combien";
/// English words that come behind what a question asks for.
const AUXILIARIES: &str = "is was are were has have had do does did can could will would should";
/// Words that ask for several things.
const PLURAL_WORDS: &str = "quels quelles lesquels lesquelles";
const PLURAL_SIGNS: [&str; 8] = ["哪些", "哪几", "哪幾", "几个", "幾個", "几次", "幾次", "多少"];
/// What begins a question that nobody put a mark behind, alone or before an auxiliary.
const OPENERS: &str =
    "qui quoi où quel quelle quels quelles comment pourquoi combien est-ce qu'est-ce why whose";
const OPENERS_BEFORE_AUXILIARY: &str = "what which who where when how";
const ASKED: &str = "i you we he she it they my your our";
/// What asks whatever it stands in.
const REQUESTS: [&str; 26] = [
    "remember",
    "tell me",
    "remind me",
    "do you know",
    "like to know",
    "want to know",
    "souviens",
    "rappelle",
    "dis-moi",
    "dis moi",
    "raconte-moi",
    "raconte moi",
    "parle-moi",
    "parle moi",
    "aimerais savoir",
    "voudrais savoir",
    "记得",
    "記得",
    "告诉我",
    "告訴我",
    "跟我说说",
    "给我讲",
    "跟我讲",
    "想知道",
    "吗",
    "嗎",
];
const THING_SIGNS: [&str; 8] = ["什么", "什麼", "哪", "谁", "誰", "几", "幾", "多少"];

/// Words with which one asks for whatever was, beside those that build sentences.
const GENERAL: &str = "do does did done doing tell told telling say said saying talk talked talking speak spoke spoken mention mentioned \
    discuss discussed happen happened happening go went gone going been remember remembered recall know think up get got new \
    thing things stuff anything something everything else like exactly again still ok hey hi so well please busy keep kept spend spent \
    spending time times day days come came coming life lately \
    faire fais fait faisais faisait faisons passé passe passait arrivé arrive dit dis dire disais raconté racontais racontes parlé parle \
    parler parlions parlais occupé occupée occupés occuper temps jour jours journée journées vie venu arriva arrivait souviens rappelle rappelles allé allée allés suis était étais chose choses truc trucs discuté évoqué sais raconte racontez racontes-moi dis \
    sait encore exactement";
const GENERAL_CHARACTERS: &str = "做事情发發生干幹聊谈談告诉訴记記去讲講提件过過道知起候都忙些度完嘛";

static TIME_SET: LazyLock<HashSet<&'static str>> = LazyLock::new(|| TIME_WORDS.split_whitespace().collect());
static EARLIER_SET: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| EARLIER_WORDS.split_whitespace().collect());

/// Whether a text (folded) says when something happens, as far as single words tell.
pub fn speaks_of_time(folded: &str) -> bool {
    runs(folded).iter().any(|run| match run {
        Run::Word(word) => TIME_SET.contains(word.as_str()) || is_year(word),
        Run::Unspaced(characters) => {
            let text: String = characters.iter().collect();
            TIME_CHARACTERS.iter().any(|sign| text.contains(sign))
        }
    })
}

/// Whether a text (folded) may tell of a time before that at which it was said, as far as single words tell.
pub fn looks_back(folded: &str) -> bool {
    let is_one =
        |run: &Run| matches!(run, Run::Word(word) if EARLIER_SET.contains(word.as_str()) || is_year(word));
    EARLIER_SIGNS.iter().any(|sign| folded.contains(sign))
        || folded.contains(SEASON_CHARACTERS)
        || runs(folded).iter().any(is_one)
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u16>().is_ok_and(|year| (1900..2100).contains(&year))
}

/// Whose life a question without names is about: the asker's where they speak of themselves, else the asked one's where something of
/// theirs is asked for. "Do you remember …" asks for nothing of theirs.
pub fn person_meant(folded: &str) -> Option<Person> {
    let mut second = false;
    let elided = folded.contains("j'") || folded.contains("m'");
    for run in runs(folded) {
        match run {
            Run::Word(word) if FIRST.split(' ').any(|first| first == word) => return Some(Person::First),
            Run::Word(word) => second |= SECOND_OWNED.split(' ').any(|owned| owned == word),
            Run::Unspaced(characters) => {
                let alone = |person: char| {
                    let mut places = (0..characters.len()).filter(|at| characters[*at] == person);
                    places.any(|at| !matches!(characters.get(at + 1), Some('们' | '們')))
                };
                if alone('我') {
                    return Some(Person::First);
                }
                second |= ["你的", "您的"]
                    .iter()
                    .any(|owned| characters.iter().collect::<String>().contains(owned));
            }
        }
    }
    match (elided, second) {
        (true, _) => Some(Person::First),
        (false, true) => Some(Person::Second),
        (false, false) => None,
    }
}

/// How many things a question (folded, without names) asks for. English: "ever" where the perfect tense is asked in, several where a plural stands
/// between the question word and the verb. French: `déjà`, and `quels`. Chinese: `过`, and `哪些`.
pub fn things_asked(folded: &str) -> Things {
    let runs = runs(folded);
    let words: Vec<&str> = runs
        .iter()
        .filter_map(|run| if let Run::Word(word) = run { Some(word.as_str()) } else { None })
        .collect();
    let unspaced = runs.iter().filter_map(|run| {
        if let Run::Unspaced(characters) = run { Some(characters.iter().collect::<String>()) } else { None }
    });
    let latin = things_asked_in_words(&words);
    unspaced
        .map(|text| things_asked_in_characters(&text))
        .fold(latin, |most, things| if most == Things::One { things } else { most })
}

fn things_asked_in_words(words: &[&str]) -> Things {
    let is_one_of = |list: &str, word: &str| list.split(' ').any(|one| one == word);
    let Some(asks) = words.iter().position(|word| is_one_of(THING_WORDS, word)) else { return Things::One };
    let behind = &words[asks + 1..];
    if words.contains(&"déjà") {
        return Things::Ever;
    }
    // Up to the verb, which is near: "how many kinds of bread have".
    let verb = behind.iter().take(6).position(|word| is_one_of(AUXILIARIES, word));
    let things = &behind[..verb.unwrap_or(0)];
    let plural = |word: &&str| {
        word.len() > 3 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end))
    };
    match verb.map(|verb| behind[verb]) {
        Some("has" | "have") => Things::Ever,
        Some("are" | "were") if ["what", "which", "who"].contains(&words[asks]) => Things::Several,
        Some(_) if things.first() == Some(&"many") || things.iter().any(plural) => Things::Several,
        _ if is_one_of(PLURAL_WORDS, words[asks]) => Things::Several,
        _ => Things::One,
    }
}

fn things_asked_in_characters(text: &str) -> Things {
    let has = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
    if text.contains(['过', '過']) && has(&THING_SIGNS) {
        Things::Ever
    } else if has(&PLURAL_SIGNS) {
        Things::Several
    } else {
        Things::One
    }
}

/// The text (folded), known to name a time, without the words that tell times.
pub fn without_time_words(folded: &str) -> String {
    let tells_time = |word: &str| {
        let word = word.trim_matches(|character: char| !character.is_alphanumeric());
        let is_day = word.len() <= 2 && word.parse::<u8>().is_ok();
        // "May" tells a time here, where one was understood; elsewhere it is a verb as often.
        is_day || is_year(word) || word == "may" || TIME_SET.contains(word)
    };
    folded.split_whitespace().filter(|word| !tells_time(word)).collect::<Vec<_>>().join(" ")
}

/// Whether a text (folded) asks for something, by a mark, by how a sentence of it begins, or by a request. Rather too often than too seldom.
pub fn asks(folded: &str) -> bool {
    let is_one_of = |list: &str, word: &str| list.split(' ').any(|one| one == word);
    let begins = |sentence: &str| {
        let mut words = sentence.split_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let second = second.trim_matches(|character: char| !character.is_alphanumeric());
        let contracted = ["'s", "'re", "'d"].iter().find_map(|end| first.strip_suffix(end));
        is_one_of(OPENERS, first)
            || contracted.is_some_and(|first| is_one_of(OPENERS_BEFORE_AUXILIARY, first))
            || (is_one_of(OPENERS_BEFORE_AUXILIARY, first) && is_one_of(AUXILIARIES, second))
            || (is_one_of(AUXILIARIES, first) && is_one_of(ASKED, second))
    };
    folded.contains(['?', '？', '؟'])
        || REQUESTS.iter().chain(&THING_SIGNS).any(|sign| folded.contains(sign))
        || sentence::sentences(folded).into_iter().any(|range| begins(&folded[range]))
}

/// Whether a question (folded, without the times and names in it) asks for nothing in particular: "what did we do", "qu'est-ce que je t'ai dit".
pub fn says_nothing_more(folded: &str) -> bool {
    let is_empty = |word: &str| {
        Language::ALL.iter().any(|language| is_function_word(word, *language))
            || GENERAL.split_whitespace().any(|general| general == word)
    };
    runs(folded).iter().all(|run| match run {
        Run::Word(word) => is_empty(word),
        Run::Unspaced(characters) => {
            let general = |one: &char| is_weak_character(*one) || GENERAL_CHARACTERS.contains(*one);
            characters.iter().all(general)
        }
    })
}

/// How much of a text is in sentences that ask, from 0 to 1, by letters.
pub fn asking_share(text: &str) -> f32 {
    let letters = |text: &str| text.chars().filter(|character| character.is_alphanumeric()).count();
    let asks = |sentence: &str| {
        let marks = sentence.chars().rev().take_while(|character| !character.is_alphanumeric());
        marks.into_iter().any(|mark| matches!(mark, '?' | '？' | '؟'))
    };
    let sentences = sentence::sentences(text);
    let asking: usize = sentences
        .iter()
        .map(|range| &text[range.clone()])
        .filter(|sentence| asks(sentence))
        .map(letters)
        .sum();
    asking as f32 / letters(text).max(1) as f32
}
