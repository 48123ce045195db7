//! Whether a question can only be understood with what was said before it: "and when was that?". Lists of words in English, French and Chinese; must not
//! know what was said before.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::cues::{asks, says_nothing_more};
use super::function_words::{is_function_word, is_weak_character};
use super::{Run, runs};
use crate::language::Language;

/// Words of its own up to which a question may lean on what was said.
const OWN_WORDS_MAX: usize = 4;
/// The same where nothing but its first word ("and") says so.
const OWN_WORDS_MAX_JOINED: usize = 2;
/// Words, or characters, of a question that is nothing but a question word: "since when?".
const BARE_MAX: usize = 2;
const BARE_CHARACTERS_MAX: usize = 5;

/// Words that stand for somebody or something named before.
const PRONOUNS: &str = "he him his himself she her hers herself it its they them their theirs hes shes theyre \
    il elle ils elles lui leur leurs ça cela celui celle ceux celles";
/// Those that do so before these verbs and at the end.
const POINTERS: &str = "that this those these";
const BEHIND_POINTERS: &str = "is was were are did does happen happened again exactly";
/// Those that do so at the end.
const LAST_POINTERS: &str = "there then one ones là";
/// French owners agree with what is owned; before any other word they stand for somebody.
const FRENCH_OWNERS: &str = "son sa ses";
const PRONOUN_CHARACTERS: &str = "他她它牠祂";
/// What joins a question to what was said.
const JOINS: &str = "and et";
const JOINS_UNSPACED: [&str; 5] = ["那", "还有", "還有", "然后", "然後"];
/// Behind these stands what is asked for, which no pronoun stands for.
const ASKING: &str = "what which whose how quel quelle quels quelles";
/// With these "it" stands for nothing: "what time is it", "il pleut".
const IMPERSONAL: &str = "time day date rain raining snow snowing cold hot warm weather late early heure temps pleut neige fait faut";
/// What names are asked by, and what else says nothing of what is asked about.
const NAMING: &str = "name named call called since nom prénom appelle appelait appeler";

static PRONOUN_SET: LazyLock<HashSet<&'static str>> = LazyLock::new(|| PRONOUNS.split_whitespace().collect());

fn is_one_of(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|one| one == word)
}

/// Whether a text (folded) asks something, and leans on what was said before: by a pronoun with nothing before it that it could stand for, by
/// beginning with "and", or by being nothing but a question word. Rather too seldom than too often: what stands alone is searched alone.
pub fn leans_on_what_was_said(folded: &str) -> bool {
    let runs = runs(folded);
    let (joined, behind) = without_join(folded);
    if runs.is_empty() || !(asks(folded) || asks(behind)) {
        return false;
    }
    let own = runs.iter().map(own_words).sum::<usize>();
    let words: Vec<&str> = runs.iter().filter_map(word).collect();
    if own > OWN_WORDS_MAX || words.iter().any(|word| is_one_of(IMPERSONAL, word)) {
        return false;
    }
    stands_for_another(&runs) || joined && own <= OWN_WORDS_MAX_JOINED || own == 0 && is_bare(&runs)
}

/// Whether it begins with "and" or the like, and what is behind that.
fn without_join(folded: &str) -> (bool, &str) {
    let text = folded.trim_start_matches(|character: char| !character.is_alphanumeric());
    if let Some(rest) = JOINS_UNSPACED.iter().find_map(|join| text.strip_prefix(join)) {
        // "那个女生" is "that girl", "那里" is "there": no joint.
        let joint =
            !rest.starts_with(['个', '個', '里', '裡', '天', '时', '時', '年', '次', '些', '位', '只', '是']);
        return (joint, rest);
    }
    match text.split_once(|character: char| !character.is_alphanumeric()) {
        Some((first, rest)) if is_one_of(JOINS, first) => (true, rest.trim_start()),
        _ => (false, text),
    }
}

fn word(run: &Run) -> Option<&str> {
    if let Run::Word(word) = run { Some(word.as_str()) } else { None }
}

/// Whether a word builds sentences or asks for anything at all.
fn is_empty(word: &str) -> bool {
    Language::ALL.iter().any(|language| is_function_word(word, *language))
        || is_one_of(NAMING, word)
        || PRONOUN_SET.contains(word)
        || says_nothing_more(word)
}

/// Words that say what is asked about; about two characters are one.
fn own_words(run: &Run) -> usize {
    match run {
        Run::Word(word) => usize::from(!is_empty(word)),
        Run::Unspaced(characters) => {
            characters.iter().filter(|one| !is_weak_character(**one)).count().div_ceil(2)
        }
    }
}

/// Whether a pronoun stands where nothing before it could be meant.
fn stands_for_another(runs: &[Run]) -> bool {
    let mut asking = false;
    for (at, run) in runs.iter().enumerate() {
        match run {
            Run::Word(word) => {
                let next = runs.get(at + 1).and_then(self::word);
                let pointer = is_one_of(POINTERS, word)
                    && next.is_none_or(|next| is_one_of(BEHIND_POINTERS, next))
                    || is_one_of(LAST_POINTERS, word) && next.is_none();
                let owner = is_one_of(FRENCH_OWNERS, word) && next.is_some_and(|next| !is_empty(next));
                if PRONOUN_SET.contains(word.as_str()) || pointer || owner {
                    return true;
                }
                if !is_empty(word) && !asking {
                    return false;
                }
                asking = is_one_of(ASKING, word);
            }
            Run::Unspaced(characters) => {
                let pronoun = characters.iter().position(|one| PRONOUN_CHARACTERS.contains(*one));
                let pointed =
                    characters.windows(2).position(|pair| "那这這".contains(pair[0]) && pair[1] == '是');
                let Some(at) = pronoun.into_iter().chain(pointed).min() else { return false };
                // "其他" is "others".
                let part = at > 0 && "其吉".contains(characters[at - 1]);
                return !part && characters[..at].iter().all(|one| is_weak_character(*one));
            }
        }
    }
    false
}

fn is_bare(runs: &[Run]) -> bool {
    match runs {
        [Run::Unspaced(characters)] => characters.len() <= BARE_CHARACTERS_MAX,
        runs => runs.len() <= BARE_MAX && runs.iter().all(|run| matches!(run, Run::Word(_))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn what_leans_on_what_was_said_is_told_from_what_stands_alone() {
        for text in [
            "and what does she do for a living?",
            "and when was that?",
            "what's her boy called",
            "How old was he?",
            "which school did they go to?",
            "when did he propose?",
            "what was it called?",
            "And my first one?",
            "and the second?",
            "Why?",
            "since when?",
            "elle avait quel âge ?",
            "Et il travaille où ?",
            "comment s'appelle sa fille ?",
            "et quand ça ?",
            "Pourquoi ?",
            "它是哪天走的？",
            "他女儿叫什么",
            "她活到多少岁",
            "那是什么时候的事？",
            "那妈妈呢？什么时候？",
            "什么时候？",
        ] {
            assert!(leans_on_what_was_said(&fold(text)), "{text}");
        }
        for text in [
            "What is my dog called?",
            "how did freya and i meet?",
            "what did Clara say about her dog?",
            "how old was biscuit when he died?",
            "What did I do last summer?",
            "what did we talk about?",
            "What time is it?",
            "what day is it today?",
            "She lives in Bath now.",
            "And then we went home.",
            "was there a fire in the house?",
            "did i say that we moved?",
            "so what is my dog called?",
            "Is there a bakery near the old harbour in Whitby?",
            "and what did the doctor say about my left knee?",
            "Quelle heure est-il ?",
            "Où habite ma mère ?",
            "Que t'ai-je raconté de Clara et de son chien ?",
            "我的猫叫什么名字？",
            "小满是谁的女儿",
            "我还跟其他人说过吗？",
            "那个女生学什么专业？我忘了",
            "我昨天和妈妈说她的病了吗？",
            "",
        ] {
            assert!(!leans_on_what_was_said(&fold(text)), "{text}");
        }
    }
}
