//! A message that puts the one before it right: "sorry, I meant Aldi", "*John", "just kidding". Must not know where facts are kept.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern::anywhere;
use super::{Fact, Told, dates, extract, unreal};
use crate::language::Language;
use crate::store::FactKind;
use crate::text::sentence::sentences;
use crate::time::{self, Leaning, NamedBy, TimeExpression};

/// What a message makes of the facts of the one before it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Correction {
    /// Facts of the message before that are not so, each with what is so instead; without it for all that was said in jest.
    pub changes: Vec<(Fact, Option<Fact>)>,
    /// Whether the former were so until now: "now it's green".
    pub is_change: bool,
}

/// What is rather liked than something else, or with it, there or then, need not be what is liked best.
static COMPARED: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"\b(?:to|than|over|rather|with(?:out)?|in|on|at|by|for|from|after|before|during|when|while|if|as|because|who|that|which|instead\s+of|à|aux?|que|qui|quand|avec|sans|dans|en|pour|chez|sur|après|avant|pendant|si|comme)\b|\b(?:qu|d)['’]|^[在跟和去陪]|的时候|比起|比较",
    )
});

/// Messages longer than this say more than that something was wrong.
const CORRECTION_BYTES_MAX: usize = 160;

/// The ways of putting something right, each with the group `value`; with the group `doubtful` where other things are said in the same way,
/// with `wrong` where it is named, and with `changed` where it was so before.
static FORMS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let value = r"(?P<value>[\p{L}\p{N}][\p{L}\p{N}'’&-]*(?:\s+[\p{L}\p{N}][\p{L}\p{N}'’&-]*){0,3}?)";
    let sorry = r"(?:(?:oh|ah|oops|whoops|ugh|argh|damn|sorry|wait|no|nope|actually|hang\s+on|hold\s+on|my\s+bad|my\s+mistake|oups|pardon|désolée?|attends?|non|enfin|euh|zut|mince|in\s+fact|to\s+be\s+honest|honestly|en\s+fait|finalement|au\s+final|à\s+vrai\s+dire|en\s+réalité)[,!.:… ]+)*";
    let place = r"(?:(?:it(?:'s|’s|\s+is|\s+was)|that(?:'s|\s+is)|at|in|on|an?|the|called|c['’]est|chez|à|en|au)\s+)*";
    let end = r"\s*(?:[,.!;:(…—–-].*)?$";
    let forms = [
        r"^\W*{sorry}(?:(?:but|and|well|mais|et|bon|sauf\s+que)\s+)?(?P<changed>now|these\s+days|nowadays|lately|maintenant|désormais|à\s+présent|ces\s+jours-ci|ces\s+temps-ci|en\s+ce\s+moment),?\s+{place}{value}{end}",
        r"^\W*{sorry}(?:(?:but|and|well|mais|et|bon)\s+)?{place}{value}\s+(?P<changed>now|these\s+days|nowadays|lately|maintenant|désormais|à\s+présent|ces\s+jours-ci|ces\s+temps-ci|en\s+ce\s+moment){end}",
        r"^\W*{sorry}(?:(?:but|and|well|though|mais|et|bon|maintenant|désormais|now|these\s+days)[,]?\s+)*i\s+(?:(?:now|actually|really|think|guess|i)\s+)*(?P<changed>prefer)\s+{value}(?:\s+(?:more|better|now|these\s+days|instead))*{end}",
        // With an article or a capital: else it is something that one prefers to do.
        r"^\W*{sorry}(?:(?:mais|et|bon|maintenant|désormais)[,]?\s+)*(?:moi,?\s+)?je\s+(?P<changed>préfère)\s+(?:(?:maintenant|désormais|plutôt)\s+)?(?P<value>(?:(?:le|la|les|un|une|du|des)\s+|l['’]|(?-i:\p{Lu}))[\p{L}\p{N}'’&-]+(?:\s+[\p{L}\p{N}'’&-]+){0,3}?)(?:\s+(?:maintenant|désormais|à\s+présent|plutôt|en\s+fait))*{end}",
        r"^\W*(?:但是?|不过)?[，,]?我?(?P<changed>现在|如今|目前|最近|其实|说实话|说真的)[，,]?我?(?:现在)?(?:却|反而|还是)?更(?:喜欢|爱)[吃喝看听玩]?(?P<value>[\p{L}\p{N}]{1,12}?)(?:了|啦)?\s*[。！!.]*$",
        r"^\W*(?:但是?|不过)?(?:它|这个)?(?P<changed>现在|如今|目前)(?:是|变成|换成|改成|成了)(?:了)?(?P<value>[\p{L}\p{N}]{1,12}?)(?:了|啦)?\s*[。！!.]*$",
        r"^\W*{sorry}(?:(?:i\s+meant?(?:\s+to\s+(?:say|type|write))?|make\s+that|correction|typo|should\s+(?:be|say|have\s+been)|it\s+should\s+(?:be|say)|je\s+(?:voulais|veux)\s+(?:dire|écrire)|ou\s+plutôt|erreur)[,:]?)\s+{place}{value}{end}",
        r"^\s*(?P<doubtful>\*+)\s*{value}(?:\s+(?:sorry|oops|pardon|lol))?\s*[.!]*$",
        r"^\s*{value}\s*(?P<doubtful>\*+)\s*[.!]*$",
        r"^\W*{sorry}{place}{value},?\s+(?:with|avec)\s+(?:an?|one|two|no|double|une?|deux)\s+\W?(?:double\s+)?\p{L}{1,2}\b.*$",
        r"^\W*{sorry}{place}{value}[,.]?\s+(?:(?:is\s+what\s+)?i\s+meant|je\s+(?:voulais|veux)\s+dire)\b.*$",
        r"^\W*{sorry}{place}{value},?\s+(?:and\s+)?(?:not|pas)\s+{place}(?P<wrong>[\p{L}\p{N}][\p{L}\p{N}'’&-]*(?:\s+[\p{L}\p{N}'’&-]+){0,2}?){end}",
        r"^\W*(?P<doubtful>(?:sorry|wait|no|nope|oops|actually|oups|pardon|désolée?|attends?|non|euh)[,!.:… ]+){sorry}{place}{value}{end}",
        r"^\W*{sorry}{place}{value},?\s+(?P<doubtful>actually|rather|en\s+fait|plutôt){end}",
        r"^\W*(?:[哦啊呃噢]|不好意思|抱歉|对不起|[，,。!！ ])*(?:打错(?:字)?|说错|写错|更正一下|更正|口误|搞错)(?:了|啦)?[，,。：:!！ ]*(?:我)?(?:应该|想说)?(?:的)?(?:是|叫|在|住在)?\s*(?P<value>[\p{L}\p{N}]{1,12}?)(?:才对|才是|啦|哦|了)?\s*[。！!.]*$",
        r"^\W*(?:[哦啊呃噢]|[，,。!！ ])*(?P<doubtful>(?:不对|错了)[，,。!！ ]*|(?:不是|不)[，,。!！ ]+)(?:应该)?是\s*(?P<value>[\p{L}\p{N}]{1,12}?)(?:才对|才是|啦|哦|了)?\s*[。！!.]*$",
        r"^\W*(?:应该)?(?:是|叫|在)(?P<value>[\p{L}\p{N}]{1,12}?)[，, ]*(?:不是|而不是)(?P<wrong>[\p{L}\p{N}]{1,12}?)\s*[。！!.]*$",
        r"^\W*(?:是|叫)?(?P<value>[\p{L}\p{N}]{1,12}?)[，, ]+(?:我)?(?:打错(?:字)?|说错|写错|口误)(?:了|啦)?\s*[。！!.]*$",
    ];
    let filled = |form: &str| {
        let form = form.replace("{sorry}", sorry).replace("{place}", place);
        anywhere(&form.replace("{value}", value).replace("{end}", end))
    };
    forms.into_iter().map(filled).collect()
});

/// What stands where a value would and is none.
static NO_VALUE: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"^(?:i|i['’]?\p{L}+|you\p{L}*|he|she|it|its|it['’]s|we|they|that|that['’]s|this|what|so|not|no|yes|yeah|ok|okay|really|maybe|thanks?|thank\s+you|sorry|wait|well|again|just|never\s*mind|nothing|for|about|about\s+.*|to|to\s+.*|je|j['’].*|tu|il|elle|on|ça|c['’]est|oui|non|rien|merci|pas|ne|que|qu['’].*|我|你|他|她|它|这|那|什么|没事|没有)(?:\s.*)?$",
    )
});

/// A correction as it was said.
struct Said<'m> {
    value: &'m str,
    wrong: Option<&'m str>,
    doubtful: bool,
    /// Whether it was so, and is otherwise now: "now it's green".
    changed: bool,
    /// The sentence that says it.
    quote: &'m str,
}

/// Whether a message looks like one that puts another right: whether [`correction`] is worth its while.
pub fn may_correct(message: &str) -> bool {
    first_sentence(message).is_some_and(|first| unreal::is_joke(first) || said(first).is_some())
}

/// What `message` makes of the facts in the same user's message `before`, which was told as `told` says.
/// `None` if it puts nothing right, or not clearly.
pub fn correction(message: &str, before: &str, told: Told<'_>) -> Option<Correction> {
    let first = first_sentence(message)?;
    let facts: Vec<Fact> = extract(before, told).facts.into_iter().filter(|fact| fact.holds).collect();
    if unreal::is_joke(first) {
        let changes: Vec<(Fact, Option<Fact>)> = facts.into_iter().map(|fact| (fact, None)).collect();
        return Some(Correction { changes, is_change: false })
            .filter(|correction| !correction.changes.is_empty());
    }
    let said = said(first)?;
    let right = put_right(before, &facts, &said, told)?;
    let right = extract(&right, told).facts;
    let without = |facts: &[Fact], others: &[Fact]| -> Vec<Fact> {
        let kept =
            |fact: &&Fact| !others.iter().any(|other| is_alike(fact, other) && other.value == fact.value);
        facts.iter().filter(kept).cloned().collect()
    };
    let wrong = without(&facts, &right);
    let right = without(&right, &facts);
    let pairs = wrong.len() == right.len() && !wrong.is_empty();
    let alike = wrong.iter().zip(&right).all(|(wrong, right)| wrong.predicate == right.predicate);
    (pairs && alike).then(|| {
        let right = right.into_iter().map(|fact| Some(Fact { quote: said.quote.to_owned(), ..fact }));
        Correction { changes: wrong.into_iter().zip(right).collect(), is_change: said.changed }
    })
}

fn is_alike(fact: &Fact, other: &Fact) -> bool {
    fact.subject == other.subject && fact.predicate == other.predicate && fact.holds == other.holds
}

fn first_sentence(message: &str) -> Option<&str> {
    let message = message.trim();
    if message.len() > CORRECTION_BYTES_MAX {
        return None;
    }
    // Lone marks and "Sorry!" are none of their own.
    let whole = sentences(message).into_iter().find(|range| range.len() > 8 || range.end == message.len());
    let end = whole.map_or(message.len(), |range| range.end);
    message.get(..end)
}

fn said(sentence: &str) -> Option<Said<'_>> {
    FORMS.iter().find_map(|form| {
        let found = form.captures(sentence)?;
        let value = found.name("value")?.as_str().trim();
        if found.name("changed").is_some() && COMPARED.is_match(value) {
            return None;
        }
        let wrong = found.name("wrong").map(|wrong| wrong.as_str().trim());
        let doubtful = found.name("doubtful").is_some();
        let changed = found.name("changed").is_some();
        (!NO_VALUE.is_match(value)).then_some(Said {
            value,
            wrong,
            doubtful,
            changed,
            quote: sentence.trim(),
        })
    })
}

/// The message before with what was meant in the place of what was wrong.
fn put_right(before: &str, facts: &[Fact], said: &Said<'_>, told: Told<'_>) -> Option<String> {
    let times = |text: &str| -> Vec<TimeExpression> {
        time::parse_leaning(text, told.at, told.anchors, Some(Leaning::Future))
    };
    if let Some(time) = times(said.value).first() {
        let dated =
            facts.iter().any(|fact| super::known_date(&fact.subject, &fact.predicate, &fact.value).is_some());
        // "My birthday" is no day of its own, where it is known.
        let mut days = times(before);
        days.retain(|day| day.named_by != NamedBy::KnownDate);
        let [old] = days.as_slice() else { return None };
        let mut right = before.to_owned();
        let words = in_its_place(before.get(old.range.clone())?, said.value.get(time.range.clone())?);
        right.replace_range(old.range.clone(), &words);
        return dated.then_some(right);
    }
    let wrong = wrong_value(before, facts, said)?;
    let mut right = String::with_capacity(before.len());
    let mut end = 0;
    for (at, _) in before.match_indices(wrong) {
        if crate::language::stands_alone(before, &(at..at + wrong.len())) {
            right.push_str(&before[end..at]);
            right.push_str(said.value);
            end = at + wrong.len();
        }
    }
    right.push_str(&before[end..]);
    Some(right)
}

/// Words for another day in the place of some for the wrong one, behind what joins those to their sentence and with their hour.
fn in_its_place(wrong: &str, right: &str) -> String {
    static JOINS: LazyLock<Regex> =
        LazyLock::new(|| anywhere(r"^(?:(?:on|in|at|for|the|le|au|en)\s+|[在于])*"));
    let split = |text| JOINS.find(text).map_or(0, |joins| joins.end());
    let (joins, day) = (&wrong[..split(wrong)], &right[split(right)..]);
    let language = Language::detect(wrong);
    let hour = dates::hour_of_day(wrong, language).filter(|_| dates::hour_of_day(right, language).is_none());
    let joins = if joins.is_empty() { &right[..split(right)] } else { joins };
    format!("{joins}{day}{}", hour.unwrap_or_default())
}

/// Which value was wrong, if that is clear.
fn wrong_value<'f>(before: &str, facts: &'f [Fact], said: &Said<'_>) -> Option<&'f str> {
    if said.changed {
        let favourites = || facts.iter().filter(|fact| fact.predicate.starts_with("favourite "));
        let only = favourites().next().filter(|_| favourites().count() == 1)?;
        return Some(only.value.as_str())
            .filter(|old| may_change_to(only, said.value) && before.contains(*old));
    }
    let mut values: Vec<&str> = Vec::new();
    let names = |fact: &&Fact| {
        matches!(
            fact.kind,
            FactKind::Identity
                | FactKind::Place
                | FactKind::Work
                | FactKind::Person
                | FactKind::Health
                | FactKind::Preference
        )
    };
    for fact in facts.iter().filter(names) {
        let is_new = !values.contains(&fact.value.as_str()) && !super::same_value(&fact.value, said.value);
        if is_new && before.contains(&fact.value) {
            values.push(&fact.value);
        }
    }
    if let Some(wrong) = said.wrong {
        return values.into_iter().find(|value| super::same_value(value, wrong));
    }
    let near: Vec<&str> = values.iter().copied().filter(|value| is_near(value, said.value)).collect();
    if let [one] = near.as_slice() {
        return Some(one);
    }
    let [one] = values.as_slice() else { return None };
    // "Wait, no, Porto" is clear by its capital, where it does not begin the message.
    let clear = said.value.starts_with(char::is_uppercase) && one.starts_with(char::is_uppercase);
    (!said.doubtful || clear).then_some(one)
}

/// Colours. "Now it's green" says nothing of a favourite film.
static COLOUR: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"^(?:(?:dark|light|pale|bright|deep|navy|sky|the)\s+|l[ae]\s+|l['’]|[深浅淡亮暗天])*(?:red|orange|yellow|green|blue|purple|violet|pink|brown|black|white|gr[ae]y|turquoise|teal|indigo|lilac|lavender|beige|gold|silver|crimson|scarlet|maroon|magenta|burgundy|rouge|jaune|verte?|bleue?|mauve|rose|marron|brun|noire?|blanc(?:he)?|grise?|doré|argenté|bordeaux|[红黄绿蓝紫粉橙黑白灰棕褐青金银]色?)(?:\s+\p{L}+)?$",
    )
});

/// Favourites that have no names of their own, by the ends of their predicates.
static COMMON: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"^favourite\s+(?:food|dish|meal|cuisine|snack|drink|tea|coffee|beer|wine|cheese|flower|animal|sport|music|genre|dessert|cake|fruit|vegetable|ice\s+cream|instrument|hobby|plat|repas|nourriture|boisson|thé|café|vin|fromage|fleur|musique|gâteau|légume|glace|loisir|passe-temps|食物|菜|动物|运动|饮料|茶|咖啡|酒|花|音乐|甜点|水果|蔬菜|乐器)$",
    )
});

/// What is so now of the hour, the weather or anything else, and no favourite: "now it's late".
static STATE: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(concat!(
        r"^(?:your|my|his|her|our|their|time|too|so|very|really|all|just|only|almost|quite|over|on|off|up|down|out|back|gone|done|late|early|cold|hot|warm|cool|dark|light|fine|ok|okay|good|great|bad|better|worse|best|nice|quiet|loud|empty|full|open|closed|broken|ready|fixed|clear|easy|hard|different|official|here|there|true|wet|dry|ton|ta|mon|ma|son|sa|trop|très|tard|tôt|froid|chaud|fini|bon|mieux|pire|calme|vide|plein|ouvert|fermé|cassé|prêt|clair|différent|l['’]heure|l['’]été|l['’]hiver)\b",
        r"|\b\p{L}+(?:ing|ed)$|\d|o['’]clock|时间|[點点钟鐘]|早上|上午|下午|晚上|凌晨|中午|半夜|星期|周[一二三四五六日末]|[年月号號]|天(?:气|了)?$|[冷热晚早好坏对错忙累]|时候|雨|雪",
    ))
});

/// Whether one favourite may give way to another: both are colours, or the new one is clearly one of its kind.
fn may_change_to(favourite: &Fact, new: &str) -> bool {
    if COLOUR.is_match(&favourite.value) {
        return COLOUR.is_match(new);
    }
    let named =
        new.starts_with(char::is_uppercase) || new.chars().next().is_some_and(crate::language::is_han);
    (named || COMMON.is_match(&favourite.predicate)) && !COLOUR.is_match(new) && !STATE.is_match(new)
}

/// Whether two words look like one that was typed wrong.
fn is_near(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let longest = a.len().max(b.len());
    let most = if longest > 5 { 2 } else { 1 };
    longest <= 24 && distance(&a, &b) <= most && longest > most
}

/// How many letters must be put in, left out or changed to make one word of another.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        let mut last = i + 1;
        for ((right, above_left), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            last = (above_left + usize::from(left != right)).min(above + 1).min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
