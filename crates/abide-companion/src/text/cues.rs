//! Small signs in a text: whether it speaks of a time, and of whom. Lists of words in English, French and Chinese; must not work out dates.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::{Run, runs};

/// Who a question is about, where no name says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// The one who asks: "my dog".
    First,
    /// The one who is asked: "your dog".
    Second,
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
const FIRST: &str = "i im ive id ill me my mine myself je j moi me mon ma mes mien mienne";
const SECOND_OWNED: &str = "your yours yourself ton ta tes tien tienne votre vos";

static TIME_SET: LazyLock<HashSet<&'static str>> = LazyLock::new(|| TIME_WORDS.split_whitespace().collect());

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
