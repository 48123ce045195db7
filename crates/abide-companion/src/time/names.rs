//! How known dates are named: "my birthday", « l'anniversaire de ma mère », "考试". Must not know where dates are kept.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::calendar::{Period, yearly};
use super::rule::{Context, Which, compiled};
use super::{KnownDate, KnownDateKind};
use crate::language::is_han;

/// Longest name or label that is looked for.
const NAME_CHARACTERS_MAX: usize = 80;

const OWN_BIRTHDAY: &str = r"\b(?:my|our)\s+(?:(?P<last>last|previous|most\s+recent|latest|past)\s+|(?P<next>next|upcoming|coming)\s+|(?P<ago>last\s+year['’]?s)\s+|this\s+year['’]?s\s+)?(?:big\s+)?(?:(?P<nth>\d{1,3})(?:st|nd|rd|th)\s+)?(?:birthday|bday|b-day)\b(?:\s+(?P<ago2>last\s+year)|\s+this\s+year|\s+(?:in|of)\s+(?P<year>20\d\d))?|\bmon\s+(?:(?P<last3>dernier|précédent)\s+|(?P<next2>prochain)\s+|(?P<nth2>\d{1,3})(?:e|[èe]me)\s+)?anniv(?:ersaire)?\b(?:\s+(?:(?P<last4>dernier|passé|précédent)|(?P<next3>prochain)|(?P<ago3>(?:de\s+)?l['’]an(?:née)?\s+(?:derni[èe]re?|passée?))|de\s+cette\s+année|(?:en|de)\s+(?P<year2>20\d\d)))?|\bmes\s+(?P<nth3>\d{1,3})\s+ans\b|(?:我们?的?|(?:^|[，。！？、；：\s,.!?]|在|从|自|到|离))(?:(?P<last2>上一?[个次]|上回|最近一?次?)|(?P<next4>下一?[个次])|(?P<ago4>去年)|今年)?的?(?:过完?)?(?:(?P<nth4>\d{1,3})(?:周?岁))?的?生日";

/// What brings a day of its own, as a word for it that may stand without the others of its name: "my exam" is "my final maths exam".
const EVENTS: &[&str] = &[
    "appointment",
    "interview",
    "exam",
    "test",
    "meeting",
    "flight",
    "surgery",
    "operation",
    "presentation",
    "concert",
    "recital",
    "deadline",
    "party",
    "date",
    "check-up",
    "checkup",
    "trial",
    "hearing",
    "race",
    "marathon",
    "audition",
    "scan",
    "wedding",
    "graduation",
    "funeral",
    "memorial",
    "christening",
    "viva",
    "viewing",
    "trip",
    "holiday",
    "vacation",
    "move",
    "op",
    "retirement",
    "anniversary",
    "ceremony",
    "competition",
    "match",
    "game",
    "journey",
    "conference",
    "defence",
    "defense",
    "delivery",
    "visit",
    "dinner",
    "lunch",
    "reunion",
    "course",
    "class",
    "job",
    "rendez-vous",
    "rdv",
    "entretien",
    "examen",
    "réunion",
    "vol",
    "opération",
    "présentation",
    "contrôle",
    "soutenance",
    "échéance",
    "bilan",
    "visite",
    "mariage",
    "concours",
    "déménagement",
    "voyage",
    "course",
    "tournoi",
    "match",
    "fête",
    "remise",
    "partiel",
    "bac",
    "oral",
    "stage",
    "départ",
    "retraite",
    "enterrement",
    "baptême",
];
/// The same at the end of a Chinese name.
const EVENTS_CHINESE: &[&str] = &[
    "面试",
    "考试",
    "会议",
    "手术",
    "演讲",
    "音乐会",
    "演唱会",
    "体检",
    "牙医",
    "婚礼",
    "约会",
    "聚会",
    "比赛",
    "航班",
    "答辩",
    "看病",
    "看医生",
    "复查",
    "旅行",
    "搬家",
    "毕业典礼",
    "高考",
    "期末考",
    "葬礼",
    "马拉松",
    "出差",
    "入职",
];

/// When or where something is, behind what it is.
static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"\s+(?:at\s+(?:\d|noon|midnight|midday|half|quarter).*|à\s+(?:\d|midi|minuit).*|(?:上午|下午|早上|晚上|中午|凌晨)?(?:\d{1,2}|[一二两三四五六七八九十]{1,3})(?:点|點).*)$",
    )
});

/// How a known date is named in a text; `None` for one without a name. With the groups `last`, `next`, `nth`, `ago`, `year` (and others of these names
/// with a number) for which of its days is meant, and `event` for the first one.
pub(crate) fn pattern(date: &KnownDate) -> Option<Regex> {
    let label = BEHIND.replace(&date.label, "");
    let text = match (date.kind, date.whose.as_deref().filter(|whose| !whose.trim().is_empty())) {
        (KnownDateKind::Birthday, None) => OWN_BIRTHDAY.to_owned(),
        (KnownDateKind::Birthday, Some(whose)) => birthday_of(whose, &date.also),
        (KnownDateKind::Anniversary | KnownDateKind::Yearly, whose) => anniversary(label.trim(), whose),
        (KnownDateKind::Once, _) if label.trim().is_empty() => return None,
        (KnownDateKind::Once, _) => once(label.trim()),
    };
    // No boundary beside a name, which may begin or end with an accent: matches are taken only where they stand alone.
    // The label of a fact is the user's own text and may be longer than a pattern should be.
    Regex::new(&format!("(?i){}", text.replace(r"\b", r"(?-u:\b)"))).ok()
}

fn birthday_of(whose: &str, also: &[String]) -> String {
    let names: Vec<String> =
        std::iter::once(whose).chain(also.iter().map(String::as_str)).map(escaped).collect();
    let names = names.join("|");
    format!(
        r"(?:(?:my|our)\s+(?:(?:little|big|older|younger|best|dear)\s+)?)?(?:{names})(?:['’]?s?)\s+(?:(?P<last>last)\s+|(?P<next>next)\s+)?(?:(?P<nth>\d{{1,3}})(?:st|nd|rd|th)\s+)?(?:birthday|bday)\b|\b(?:l['’])?anniv(?:ersaire)?\s+(?:de\s+|d['’]|du\s+)(?:(?:mon|ma|notre)\s+)?(?:(?:petite?|grande?)\s+)?(?:{names})|(?:我们?的?)?(?:{names})的?(?:上[个次])?生日"
    )
}

/// Words for a wedding as a label.
const WEDDINGS: &[&str] = &["wedding", "marriage", "mariage", "noces", "结婚", "結婚"];

fn anniversary(label: &str, whose: Option<&str>) -> String {
    const OURS: &str = r"\b(?:my|our)\s+(?:(?P<last>last|previous)\s+|(?P<next>next|upcoming)\s+)?(?:(?P<nth>\d{1,3})(?:st|nd|rd|th)\s+)?anniversary\b|\bnotre\s+anniversaire\b|我们的?(?:\d{0,3}周年)?纪念日";
    let lower = label.to_lowercase();
    if whose.is_none() && WEDDINGS.contains(&lower.as_str()) {
        return format!(
            r"\b(?:my|our|the)\s+(?:\d{{1,3}}(?:st|nd|rd|th)\s+)?wedding\s+anniversary\b|\b(?P<event>(?:my|our)\s+wedding(?:\s+day)?\b|(?:mon|notre)\s+mariage\b)|\b(?:mon|notre|nos|l['’])\s*anniversaire\s+(?:de\s+(?:(?:notre|mon)\s+)?)mariage\b|\bnos\s+noces\b|(?:我们?的?)?结婚(?:的)?(?:\d{{0,3}}周年)?(?:的)?纪念日|(?P<event2>我们?的?(?:结婚(?:那天)?|婚礼))|{OURS}"
        );
    }
    let ours = if whose.is_none() { OURS } else { r"[^\s\S]" };
    if label.is_empty() {
        return ours.to_owned();
    }
    let label = escaped(label);
    format!(
        r"\b(?:the\s+|my\s+|our\s+|her\s+|his\s+|their\s+)?anniversary\s+of\s+(?:(?:my|our|the|his|her|their)\s+)?{label}|\b(?:l['’])?anniversaire\s+(?:de\s+|d['’]|du\s+)(?:(?:mon|ma|notre|la|le|sa|son|leur)\s+|l['’])?{label}|(?:\b(?:my|our|the|mon|ma|mes|notre|le|la|her|his)\s+|\bl['’]|我们?的?)(?:(?P<last9>last)\s+|(?P<next9>next)\s+)?{label}(?:\s+anniversary|的?(?:周年)?纪念日)?|{ours}"
    )
}

/// What comes once, by all its words or by the one that says what it is.
fn once(label: &str) -> String {
    const OF: &str = r"(?:\b(?:my|our|the|that|mon|ma|mes|notre|nos|le|la|les|cet|cette|ce|her|his)\s+|\bl['’]|我们?的?|那[场次个]|这[场次个])(?:(?P<last>last)\s+|(?P<next>next)\s+)?";
    let label: String = label.chars().take(NAME_CHARACTERS_MAX).collect();
    if label.chars().any(is_han) {
        let event = EVENTS_CHINESE.iter().find(|event| label.ends_with(**event));
        return match event {
            Some(event) => {
                let lead = escaped(label.strip_suffix(event).unwrap_or_default());
                format!("(?:我们?的?|那[场次个]|这[场次个])?(?:{lead})?{event}")
            }
            None => format!("{OF}{}", escaped(&label)),
        };
    }
    let words: Vec<&str> = label.split_whitespace().collect();
    let known = |word: &str| EVENTS.contains(&word.to_lowercase().as_str());
    let Some(head) = words.iter().position(|word| known(word)) else {
        return format!("{OF}{}", escaped(&label));
    };
    // "Job interview" is an interview.
    let head = words[head..]
        .iter()
        .take_while(|word| known(word))
        .count()
        .checked_sub(1)
        .map_or(head, |more| head + more);
    let mut pattern = OF.to_owned();
    for lead in &words[..head] {
        pattern += &format!(r"(?:{}\s+)?", escaped(lead));
    }
    pattern += &escaped(words[head]);
    if head + 1 < words.len() {
        pattern += &format!(r"(?:\s+{})?", escaped(&words[head + 1..].join(" ")));
    }
    pattern
}

fn escaped(name: &str) -> String {
    let name: String = name.trim().chars().take(NAME_CHARACTERS_MAX).collect();
    regex::escape(&name).replace(' ', r"\s+").replace(r"\ ", r"\s+")
}

/// The first of some groups that took part in a match.
fn any<'t>(captures: &Captures<'t>, name: &str) -> Option<&'t str> {
    const NUMBERS: [&str; 6] = ["", "2", "3", "4", "5", "9"];
    NUMBERS.iter().find_map(|number| captures.name(&format!("{name}{number}"))).map(|group| group.as_str())
}

/// Which of its days a known date's name means.
pub(crate) fn occurrence(date: &KnownDate, captures: &Captures<'_>, context: &Context<'_>) -> Option<Period> {
    let of_year = |year: i16| yearly(year, date.month, date.day).and_then(Period::day);
    if date.kind == KnownDateKind::Once {
        return of_year(date.year?);
    }
    let number = |name| any(captures, name).and_then(|number| number.parse::<i16>().ok());
    let first = date.year.filter(|_| any(captures, "event").is_some());
    let nth = number("nth").and_then(|nth| date.year?.checked_add(nth));
    if let Some(year) = number("year").or(nth).or(first) {
        return of_year(year);
    }
    if any(captures, "ago").is_some() {
        return of_year(context.today().year().checked_sub(1)?);
    }
    let which = match (any(captures, "last"), any(captures, "next")) {
        (Some(_), _) => Which::Last,
        (_, Some(_)) => Which::Next,
        _ => Which::Lean,
    };
    context.choose(which, of_year)
}
