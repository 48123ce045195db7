//! Words of a text, in three languages. Must not know whose they are.

use std::collections::HashMap;

use crate::language::is_han;

/// Words that everybody uses.
const COMMON: &str = "the a an and or but if then so of to in on at by for with from about as is are was were be been being am do does did have has had \
    i you he she it we they me him her us them my your his its our their this that these those what which who how when where why not no yes can could will would \
    should may might just like really very too also more much some any all there here than up out now know think get got go going well oh ok okay don't i'm it's you're that's i'll \
    let let's one make want good time day see say said because only even still into over after before back never always something anything things thing way feel lot bit \
    le la les un une des du de et ou mais donc que qui quoi dont où ce cet cette ces je tu il elle on nous vous ils elles me te se moi toi lui leur mon ma mes ton ta tes son sa \
    ses notre votre est suis es sont était être avoir ai as a ont avait pas ne plus bien très aussi tout tous toute comme pour avec dans sur sous par en au aux oui non si j'ai c'est \
    d'un d'une qu'il alors même encore fait faire peut quand";
/// Pairs of characters that every Chinese text has.
const COMMON_HAN: &str = "我们 你们 他们 什么 怎么 这个 那个 一个 没有 可以 就是 不是 自己 知道 现在 还是 因为 所以 但是 时候 觉得 如果 这样 那么 真的 的话 是不 不会 我也 你的 我的 也是 都是 有什 么样 想要 一起 今天 一下 一些 已经 是我 是你 在一 的是 了我 了你";

/// Words in small letters; of a Chinese text, pairs of characters.
pub(super) fn of(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let lower = text.to_lowercase().replace('’', "'");
    let is_inside = |character: char| character.is_alphanumeric() || character == '\'';
    for run in lower.split(|character: char| !is_inside(character)) {
        let run = run.trim_matches('\'');
        let characters: Vec<char> = run.chars().collect();
        if characters.iter().any(|character| is_han(*character)) {
            let pairs = characters.windows(2).filter(|pair| pair.iter().all(|character| is_han(*character)));
            words.extend(pairs.map(|pair| pair.iter().collect::<String>()));
        } else if !run.is_empty() {
            words.push(run.to_owned());
        }
    }
    words
}

/// Whether everybody uses it.
pub(super) fn is_common(word: &str) -> bool {
    let is_chinese = word.chars().any(is_han);
    let common = if is_chinese { COMMON_HAN } else { COMMON };
    let too_short = !is_chinese && word.chars().count() < 3;
    too_short
        || word.chars().all(|character| character.is_ascii_digit())
        || common.split_whitespace().any(|known| known == word)
}

/// How often each word is used.
pub(super) fn counted<'t>(texts: impl Iterator<Item = &'t str>) -> HashMap<String, u64> {
    let mut counts = HashMap::new();
    for text in texts {
        for word in of(text) {
            *counts.entry(word).or_default() += 1;
        }
    }
    counts
}

/// The most frequent first, those equally frequent by name.
pub(super) fn ranked(counts: HashMap<String, u64>, limit: usize) -> Vec<(String, u64)> {
    let mut ranked: Vec<_> = counts.into_iter().collect();
    ranked.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    ranked.truncate(limit);
    ranked
}

/// The emoji and emoticons of a text.
pub(super) fn emoji(text: &str) -> Vec<String> {
    let emoji = text.chars().filter(|character| is_emoji(*character)).map(String::from);
    let words = text.split_whitespace().map(|word| word.trim_end_matches(['.', ',', '!', '?', '~']));
    emoji.chain(words.filter(|word| is_emoticon(word)).map(str::to_owned)).collect()
}

/// Pictures made of characters.
fn is_emoji(character: char) -> bool {
    matches!(character, '\u{1F300}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B50}')
}

/// Faces out of signs, lying (`:-)`) or upright (`^_^`), and hearts.
fn is_emoticon(word: &str) -> bool {
    let inner = word.strip_prefix('(').and_then(|word| word.strip_suffix(')')).unwrap_or(word);
    let upright: Vec<char> = inner.chars().collect();
    if let [left, middle @ .., right] = upright.as_slice()
        && middle.len() <= 1
        && middle.iter().all(|mouth| matches!(mouth, '_' | '.' | '-' | 'o' | 'w'))
        && (*left == '^' || !middle.is_empty())
        && ((left == right && "^-TuU>=;@".contains(*left)) || (*left, *right) == ('>', '<'))
    {
        return upright.len() > 1;
    }
    let mouth = match word.chars().next() {
        Some(':' | ';' | '=') => word[1..].trim_start_matches(['-', '\'', '^']),
        Some('x' | 'X') if matches!(word, "xD" | "XD" | "x)" | "xd") => return true,
        Some('<') => return matches!(word, "<3" | "</3"),
        _ => return false,
    };
    let mut mouths = mouth.chars();
    let Some(first) = mouths.next() else { return false };
    ")(DPpOo/|*3][cCsSxX\\".contains(first) && mouths.all(|other| other == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_are_told_from_other_signs() {
        for face in [
            ":)", ":-)", ";)", "=)", ":D", ":P", ":'(", ":)))", "xD", "<3", "^^", "^_^", "(^_^)", "-_-",
            ">_<", "T_T",
        ] {
            assert_eq!(emoji(&format!("well {face}")), [face]);
        }
        for other in [
            ":",
            "--",
            "(a)",
            "10:30",
            "=",
            "x",
            "…",
            "o",
            "()",
            ":note",
            "::",
            "-",
            "^",
            "http://a.b/",
            "*smiles*",
        ] {
            assert_eq!(emoji(&format!("well {other} so")), [""; 0], "{other}");
        }
        assert_eq!(emoji("fine :). 🌸"), ["🌸", ":)"]);
    }
}
