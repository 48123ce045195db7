//! When what a clause says began or will be: of all times in a sentence, those of its own clause. Must not know patterns.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use regex::Regex;

use super::{Person, Sentence, Special, dates};
use crate::facts::pattern::{Pattern, anywhere};
use crate::facts::{Fact, USER};
use crate::language::{Language, head};
use crate::store::FactKind;
use crate::text::stem::words;
use crate::time::{self, Leaning, NamedBy, Precision, TimeExpression, TimeKind, describe_date};

/// Whoever tells what was so a day ago may well have moved yesterday.
const LATELY: SignedDuration = SignedDuration::from_hours(24 * 365);

/// The predicate of homes that were left.
pub(super) const PAST_HOME: &str = "lived in";

/// What begins another clause without a mark before it.
static ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"\s(?:where|which|whose|who|that|while|whereas|before|o\x{f9}|dont|qui|tandis|pendant\s+que|avant\s+que?)\s",
    )
});

/// By what words of its label an anniversary is that of a wedding, and what that is called.
const WEDDING: &[(&str, &str)] = &[
    ("married", "wedding"),
    ("knot", "wedding"),
    ("wedding", "wedding"),
    ("marié", "mariage"),
    ("结婚", "结婚"),
    ("结的婚", "结婚"),
    ("领证", "结婚"),
    ("领的证", "结婚"),
    ("婚礼", "结婚"),
];

/// Words beside a time that say nothing of their own: "back in 2010", "depuis mars".
const BESIDE: &[&str] = &[
    "in",
    "on",
    "at",
    "since",
    "the",
    "a",
    "back",
    "around",
    "about",
    "of",
    "for",
    "just",
    "early",
    "late",
    "mid",
    "now",
    "already",
    "only",
    "and",
    "i",
    "think",
    "en",
    "le",
    "la",
    "les",
    "l",
    "depuis",
    "de",
    "du",
    "des",
    "d",
    "vers",
    "il",
    "y",
    "au",
    "à",
    "ça",
    "fait",
    "c",
    "était",
    "在",
    "从",
    "是",
    "的",
    "于",
    "就",
    "大概",
    "差不多",
];

/// How long a stay was to be, with the groups `number`, `unit` and `on` where it goes on.
static LONG: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(concat!(
        r"(?:\b(?:for|pour|pendant|durant)\s+(?:about\s+|almost\s+|nearly\s+|only\s+|just\s+|environ\s+|presque\s+)?|[住待呆]了?)",
        r"(?P<number>\d{1,2}|half\s+an?|an?|one|two|three|four|five|six|seven|eight|nine|ten|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|[一两二三四五六七八九十半]{1,3})",
        r"\s*(?:个|個)?(?P<unit>years?|months?|weeks?|days?|ans?|années?|mois|semaines?|jours?|年|月|周|星期|天)",
        r"(?P<on>\s+(?:now|already|so\s+far|maintenant|déjà|désormais))?",
    ))
});

/// On which days alone one may live somewhere, beside where one is at home.
static NOW_AND_THEN: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(concat!(
        r"\b(?:during|throughout|through|in)\s+(?:the\s+|my\s+)?(?:working\s+|school\s+|summer\s+|winter\s+)?(?:week|term(?:[- ]?time)?|semesters?|holidays|vacations?)\b|\b(?:on|at|over|for|every|most|some|only)\s+(?:the\s+|my\s+|most\s+|all\s+|long\s+)?(?:weekends?|weekdays|weeknights|school\s+days|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b",
        r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\s*(?:to|through|thru|till|until|-|–)\s*(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b",
        r"|\b(?:half|part|some|a\s+third|a\s+quarter)\s+(?:of\s+)?(?:the|each|every)\s+(?:year|time|week|month)\b|\b(?:in|during|for)\s+(?:the\s+)?(?:summers?|winters?)\b|\bevery\s+(?:other|second)\s+\p{L}+|\bevery\s+(?:summer|winter)\b",
        r"|\b(?:le|les|chaque|tous\s+les)\s+week-?\s?ends?\b|\ben\s+semaine\b|\b(?:pendant|durant|dans)\s+la\s+semaine\b|\bla\s+semaine,|\b(?:du|de|le)\s+(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+(?:au|à|et)\s+(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b|\b(?:la\s+moitié|une\s+partie)\s+(?:de\s+l['’]année|du\s+temps|de\s+la\s+semaine)\b|\b(?:l['’]|en\s+)(?:été|hiver)\b|\bpendant\s+(?:les\s+(?:vacances|cours)|le\s+(?:semestre|trimestre)|l['’]année\s+scolaire)\b|\bune\s+semaine\s+sur\s+deux\b",
        r"|周末|週末|工作日|周一到|周[一二三四五六日]至|每(?:个|逢)?(?:周|週|星期|礼拜|夏|冬|年)|半年|[春夏秋冬]天|[暑寒]假|放假|学期|上学期间",
    ))
});

/// What may stand before them.
const ALONE: &[&str] =
    &["but", "only", "just", "mostly", "and", "mais", "et", "seulement", "juste", "surtout", "只", "但"];

/// By which a clause tells that one lives somewhere until something ends, or while something else is so.
static FOR_A_TIME: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(concat!(
        r"\b(?:while|whilst|until|till|when(?:ever)?\s+(?:i|we|it|my|our|the)|temporarily|for\s+the\s+time\s+being)\b|\bas\s+long\s+as\b",
        r"|\b(?:quand|lorsque|tant\s+que)\s+(?:je\b|j['’]|on\b|mon\b|ma\b|mes\b|le\b|la\b|les\b)|\ble\s+temps\s+(?:de|du|des|d['’]|que)|\bjusqu['’]|\ben\s+attendant\b|\b(?:provisoirement|temporairement)\b|\bpendant\s+(?:que|qu['’]|mes|mon|ma|les|la)(?:\s|\b)",
        r"|的(?:时候|期间)|期间|暂时|临时|先住",
    ))
});

/// One day or hour, on which one may leave what one does on others.
static ONE_DAY: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(concat!(
        r"\b(?:today|tonight|yesterday|tomorrow|this\s+(?:morning|afternoon|evening)|last\s+night|for\s+(?:the|one)\s+(?:day|night|evening)|at\s+(?:about\s+|around\s+)?(?:\d{1,2}\b|half\b|(?:a\s+)?quarter\b|ten\s+(?:past|to)|noon|midnight|midday|lunch|night|dawn|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)|(?:on|until|till)\s+(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b",
        r"|\b(?:aujourd['’]hui|hier|avant-hier|demain|ce\s+(?:soir|matin|midi)|cet\s+après-midi|cette\s+nuit|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?|\x{e0}\s+(?:midi|minuit|\d{1,2}\s?h|\p{L}+\s+heures?))\b",
        r"|[今昨明前后]天|[今昨明]晚|今早|昨夜|[早中下上]午|早上|晚上|半夜|[点點]|(?:周|星期|礼拜)[一二三四五六日天末]",
    ))
});

/// What was done once, whenever that was, and lasts.
static LASTING: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"\b(?:moved|relocated|started|quit|left|since|depuis|déménagé|emménagé|installée?s?|commencé|quitté)\b|搬|刚|了[。！!]*$",
    )
});

/// When one was young: long before it is told, and nobody says when.
static YOUNG: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"\b(?:when|as)\s+(?:i\s+was\s+)?(?:an?\s+)?(?:(?:little|small|young|just|only|about)\s+)*(?:\d{1,2}\b|(?:four|five|six|seven|eight|nine|ten|eleven|twelve)\b|kid|child|baby|toddler|teen\p{L}*|boy|girl|little|young|\p{L}+teen\b|in\s+(?:school|college|uni\p{L}*|kindergarten))|\bquand\s+j['’ ]?(?:étais|avais)\b|小时候|小的时候|岁(?:的时候|那年|时)",
    )
});

impl Sentence<'_> {
    /// The part of the sentence that a clause is alone, with what stands beside it and only says when: "in 2018, I moved to Lyon".
    pub(super) fn part_of(&self, clause: &str) -> Range<usize> {
        let text = self.text.as_str();
        // What was put before a clause that leaves its subject out is none of the text.
        let alike = text.bytes().rev().zip(clause.bytes().rev()).take_while(|(a, b)| a == b).count();
        let mut start = text.len() - alike;
        while !text.is_char_boundary(start) {
            start += 1;
        }
        if alike == 0 {
            return 0..text.len();
        }
        start += text[start..].len() - text[start..].trim_start().len();
        let times = self.times(Leaning::Past);
        let joints: Vec<Range<usize>> = self.grammar.joined(text).collect();
        let only_when = |part: Range<usize>| is_only_when(text, &part, &times);
        let mut behind = joints.iter().filter(|joint| joint.start > start).peekable();
        let own_end = behind.peek().map_or(text.len(), |joint| joint.start);
        let mut end = own_end;
        while let Some(joint) = behind.next() {
            let next = behind.peek().map_or(text.len(), |next| next.start);
            if !only_when(joint.end..next) {
                break;
            }
            end = next;
        }
        if let Some(other) = ELSEWHERE.find(&text[start..own_end]) {
            end = start + other.start();
        }
        let mut before = joints.iter().rev().filter(|joint| joint.end <= start).peekable();
        let mut begin = before.peek().map_or(0, |joint| joint.end);
        if let Some(joint) = before.next() {
            let previous = before.peek().map_or(0, |joint| joint.end);
            if text[begin..start].trim().is_empty() && only_when(previous..joint.start) {
                begin = previous;
            }
        }
        begin..end
    }

    fn times(&self, leaning: Leaning) -> Vec<TimeExpression> {
        time::parse_leaning(&self.text, self.told.at, self.told.anchors, Some(leaning))
    }

    /// Whether days that the sentence names are over.
    pub(super) fn leaning(&self) -> Leaning {
        if dates::is_past(&self.text) { Leaning::Past } else { Leaning::Future }
    }

    /// When what a part of the sentence says happened, if it names a time that is long past: the latest moment.
    pub(super) fn happened(&self, within: &Range<usize>) -> Option<Timestamp> {
        let times = self.times(Leaning::Past);
        let Some(first) = times.iter().find(|time| is_within(time, within)) else {
            return self.is_of_youth(within).then_some(Timestamp::MIN);
        };
        let stretch = first.stretch(self.told.at.time_zone()).filter(|_| is_then(first))?;
        self.long_ago(stretch.end)
    }

    /// Whether a part of the sentence tells of when one was young.
    fn is_of_youth(&self, within: &Range<usize>) -> bool {
        self.text.get(within.clone()).is_some_and(|part| YOUNG.is_match(part))
    }

    /// Whether a part of the sentence tells of one day or hour alone, so that what one does not do is done again on the next: 我今天不教书.
    pub(super) fn is_of_a_day(&self, within: &Range<usize>) -> bool {
        self.text.get(within.clone()).is_some_and(|part| ONE_DAY.is_match(part))
    }

    /// A time, if it is long past: of what was lately, it's newer that it is told.
    fn long_ago(&self, time: Timestamp) -> Option<Timestamp> {
        let now = self.told.at.timestamp();
        time.checked_add(LATELY).is_ok_and(|then| then <= now).then_some(time)
    }

    /// Puts into a fact since when it holds: the beginning of "since 2019", the stretch of "two years ago". What was over by now becomes what
    /// was; `None` if there is no word for that.
    pub(super) fn begins(&self, within: &Range<usize>, fact: &mut Fact) -> Option<()> {
        if fact.predicate == "home" && self.is_now_and_then(within) {
            return None;
        }
        let times = self.times(Leaning::Past);
        let first = times.iter().find(|time| is_within(time, within));
        let part = self.text.get(within.clone()).unwrap_or_default();
        let Some(first) = first.filter(|first| is_then(first) || first.kind == TimeKind::Since) else {
            if self.is_of_youth(within) {
                fact.began_by = Some(Timestamp::MIN);
            }
            return Some(());
        };
        let Some(stretch) = first.stretch(self.told.at.time_zone()) else { return Some(()) };
        fact.valid_from = Some(stretch.start);
        if first.kind == TimeKind::Since {
            return Some(());
        }
        fact.began_by = self.long_ago(stretch.end);
        let end = self.stay(part).and_then(|stay| stretch.end.checked_add(stay).ok());
        if let Some(end) = end.filter(|end| *end <= fact.said) {
            if fact.predicate != "home" {
                return None;
            }
            PAST_HOME.clone_into(&mut fact.predicate);
            fact.valid_to = Some(end);
        }
        Some(())
    }

    /// Whether a clause tells of some days of the week or the year alone, or of a time that will end, or what stands beside it begins so: there is a home
    /// elsewhere.
    fn is_now_and_then(&self, within: &Range<usize>) -> bool {
        let text = self.text.as_str();
        let joints: Vec<Range<usize>> = self.grammar.joined(text).collect();
        let before = joints.iter().rfind(|joint| joint.end <= within.start);
        let behind = joints.iter().find(|joint| joint.start >= within.end);
        let start = before.map_or(0, |joint| joint.end);
        let end = behind.map_or(text.len(), |joint| joint.end);
        let own = text.get(start..end).unwrap_or_default();
        let begins = |part: Option<&str>| {
            let part = part.unwrap_or_default();
            let found = NOW_AND_THEN.find(part);
            found.is_some_and(|found| words(&part[..found.start()]).all(|word| ALONE.contains(&word)))
        };
        // Up to the joints beside it, and from them on.
        let last = joints.iter().rfind(|joint| joint.end < start).map_or(0, |joint| joint.end);
        let beside = [before.and_then(|joint| text.get(last..joint.end)), text.get(end..)];
        (NOW_AND_THEN.is_match(own) || FOR_A_TIME.is_match(own) || beside.into_iter().any(begins))
            && !LASTING.is_match(text)
    }

    /// How long something was to last, if a part of the sentence says so.
    fn stay(&self, part: &str) -> Option<SignedDuration> {
        let found = LONG.captures(part).filter(|found| found.name("on").is_none())?;
        let number = found.name("number")?.as_str().to_lowercase();
        let language = self.grammar.language;
        let count = number.parse().ok().or_else(|| dates::number(&number, language)).unwrap_or(1);
        let unit = found.name("unit")?.as_str().to_lowercase();
        let days = match unit.as_str() {
            unit if unit.starts_with('y') || unit.starts_with("an") || unit == "年" => 365,
            unit if unit.starts_with("mo") || unit == "月" => 30,
            unit if unit.starts_with('w') || unit.starts_with("se") || unit == "周" || unit == "星期" => 7,
            _ => 1,
        };
        Some(SignedDuration::from_hours(24 * days * i64::from(count)))
    }

    /// Puts a date of birth into the fact, with whose it is by the words for it: what they are to the user, and a name. The date in words.
    pub(super) fn birthday(
        &self,
        value: &str,
        [relation, named]: [Option<&str>; 2],
        of: Option<&Person>,
        fact: &mut Fact,
    ) -> Option<String> {
        if let Some(relation) = relation {
            fact.subject = named.map_or_else(|| relation.to_lowercase(), str::to_owned);
        } else if of.is_some_and(|person| !person.is_by_name()) {
            // The user's patterns read it, in the user's word.
            return None;
        }
        let (value, words) = dates::birthday(value, self.leaning(), self.told.at, self.grammar.language)?;
        fact.value = value;
        Some(words)
    }

    /// Puts the day into the fact on which it returns every year; that day in words. `None` if the text names no day.
    pub(super) fn yearly(&self, day: &str, fact: &mut Fact) -> Option<String> {
        let (date, words) = dates::birthday(day, self.leaning(), self.told.at, self.grammar.language)?;
        let label = fact.value.to_lowercase();
        let is_wedding = fact.predicate == "anniversary";
        let wedding =
            WEDDING.iter().find(|(word, _)| is_wedding && label.contains(word)).map(|(_, wedding)| *wedding);
        let value = format!("{date} {}", wedding.unwrap_or(&fact.value));
        value.trim_end().clone_into(&mut fact.value);
        Some(words)
    }

    /// The day of a death as one that returns every year, if it was told as a day of the calendar and not as "yesterday".
    pub(super) fn day_of_death(&self, gone: &Fact, clause: &str) -> Option<Fact> {
        if gone.predicate != "died" || !gone.holds {
            return None;
        }
        let (within, times) = (self.part_of(clause), self.times(Leaning::Past));
        let is_date = |time: &&TimeExpression| {
            let words = self.text.get(time.range.clone()).unwrap_or_default();
            let dated = words.contains(|c: char| c.is_ascii_digit()) || words.contains(['月', '号', '日']);
            let from_now = ["ago", "back", "il y a", "y a", "前"].iter().any(|word| words.contains(word));
            within.contains(&time.range.start)
                && time.is_day()
                && time.kind == TimeKind::At
                && dated
                && !from_now
        };
        let day = times.iter().find(is_date)?;
        let language = self.grammar.language;
        let (date, words) =
            dates::birthday(self.text.get(day.range.clone())?, Leaning::Past, self.told.at, language)?;
        let relation =
            crate::facts::relations().find(|(of, _, relation)| *of == language && *relation == gone.subject);
        let whose = relation.map_or(gone.subject.as_str(), |(_, word, _)| word);
        let (label, text) = match language {
            Language::English => {
                (format!("{whose}'s death"), format!("The day of {whose}'s death is {words}."))
            }
            Language::French => {
                (format!("décès ({whose})"), format!("Jour du décès ({whose}) : le {words}."))
            }
            Language::Chinese => (format!("{whose}的忌日"), format!("{whose}的忌日是{words}。")),
        };
        Some(Fact {
            kind: FactKind::Date,
            subject: USER.to_owned(),
            predicate: "yearly".to_owned(),
            value: format!("{date} {label}"),
            text,
            valid_from: None,
            began_by: None,
            ..gone.clone()
        })
    }

    /// When what a part of the sentence says ended, if it names a time that is over: its first moment, of "a month ago" its middle.
    pub(super) fn ended(&self, within: &Range<usize>) -> Option<Timestamp> {
        let times = self.times(Leaning::Past);
        let time = times.iter().find(|time| is_within(time, within) && is_then(time))?;
        let stretch = time.stretch(self.told.at.time_zone())?;
        let half = stretch.end.duration_since(stretch.start) / 2;
        let at =
            if time.kind == TimeKind::Around { stretch.start.checked_add(half).ok()? } else { stretch.start };
        (stretch.end <= self.told.at.timestamp()).then_some(at)
    }

    /// Puts into a fact when it will begin; that day in words, empty without one.
    pub(super) fn starts(&self, within: &Range<usize>, fact: &mut Fact) -> String {
        let Some(day) = self.day_to_come(within) else { return String::new() };
        fact.valid_from = day.stretch(self.told.at.time_zone()).map(|stretch| stretch.start);
        let language = self.grammar.language;
        if day.is_day() {
            return dates::on(&describe_date(day.first_day(), language), "", language);
        }
        dates::said(&self.text[day.range.clone()], &describe_date(self.told.at.date(), language), language)
    }

    /// The first day to come that a part of the sentence names. "My exam is on May 3" says when it is, whatever was known of the exam; and a Christmas party on
    /// December 12 is on that day.
    fn day_to_come(&self, within: &Range<usize>) -> Option<TimeExpression> {
        let found = self.times(Leaning::Future);
        let to_come = |found: &&TimeExpression| {
            is_within(found, within)
                && found.kind != TimeKind::Recurring
                && found.start >= self.told.at.date().at(0, 0, 0, 0)
        };
        let (hours, days): (Vec<&TimeExpression>, Vec<&TimeExpression>) =
            found.iter().filter(to_come).partition(|time| self.is_hour(time));
        // "Next year" is no day beside a feast.
        let dated = |found: &&&TimeExpression| {
            found.named_by == NamedBy::Calendar && found.precision < Precision::Season
        };
        let named = |found: &&&TimeExpression| found.named_by != NamedBy::KnownDate;
        let told = days.iter().find(dated).or_else(|| days.iter().find(named)).or_else(|| days.first());
        // An hour is one of today where no other day is told, not even one that is not understood.
        let is_today = |hour: &&&TimeExpression| {
            let beside = [within.start..hour.range.start, hour.range.end..within.end];
            let names_day = |part| self.text.get(part).is_some_and(|part| A_DAY.is_match(part));
            !beside.into_iter().any(names_day)
        };
        told.or_else(|| hours.first().filter(is_today)).copied().cloned()
    }

    /// Whether a time is an hour, and the sentence does not say of which day.
    fn is_hour(&self, time: &TimeExpression) -> bool {
        let words = self.text.get(time.range.clone()).unwrap_or_default().trim();
        let hour = dates::hour(words, self.grammar.language);
        time.precision == Precision::Minute && hour.is_some_and(|hour| hour.trim() == words)
    }

    /// What is on a day, without the day and its hour at the end: "Clara's wedding", of "Clara's wedding on 12 June at 3".
    pub(super) fn without_day<'v>(&self, pattern: &Pattern, value: &'v str) -> &'v str {
        if !matches!(pattern.special, Special::OnDay | Special::OnDayOnly) {
            return value;
        }
        let times = time::parse_leaning(value, self.told.at, self.told.anchors, Some(Leaning::Future));
        let hour = dates::hour(value, self.grammar.language).unwrap_or_default();
        let is_last = |time: &&TimeExpression| {
            let rest = value.get(time.range.end..).unwrap_or_default().trim();
            time.is_day() && time.named_by == NamedBy::Calendar && (rest.is_empty() || rest == hour.trim())
        };
        let before = times.iter().find(is_last).and_then(|day| value.get(..day.range.start));
        let before = before.map(|before| ON.replace(before, "").len()).and_then(|length| value.get(..length));
        before.filter(|before| !before.is_empty()).unwrap_or(value)
    }

    /// Puts the day that a part of the sentence names into the fact; the day in words, empty without one.
    pub(super) fn on_day(&self, pattern: &Pattern, within: &Range<usize>, fact: &mut Fact) -> Option<String> {
        let told = self.told;
        let day = self.day_to_come(within);
        let Some(day) = day else {
            return (pattern.special == Special::OnDay).then(String::new);
        };
        let part = self.text.get(within.clone()).unwrap_or_default();
        if pattern.predicate == "appointment" {
            let opener = CHANGES.is_match(&self.text[..within.start]);
            fact.replaces = IS_KNOWN.is_match(part) && (opener || CHANGED.is_match(part));
        }
        fact.valid_to = day.stretch(told.at.time_zone()).map(|stretch| stretch.end);
        let words = &self.text[day.range.clone()];
        if day.is_day() {
            // In the middle of what it is: "Berlin on the 21st of January for work".
            let is_told = words.contains(|digit: char| digit.is_ascii_digit()) && fact.value.contains(words);
            let on = self.dated(day.first_day(), words, part, fact);
            return Some(if is_told { String::new() } else { on });
        }
        let words = if fact.value.contains(words) { "" } else { words };
        let language = self.grammar.language;
        Some(dates::said(words, &describe_date(told.at.date(), language), language))
    }

    /// Puts a day and the hour that the `words` for it, or a `part` of the sentence, name before and behind a fact's value; both in words.
    fn dated(&self, date: Date, words: &str, part: &str, fact: &mut Fact) -> String {
        let language = self.grammar.language;
        let hour = dates::hour(part, language).or_else(|| dates::hour_of_day(words, language));
        let hour = hour.filter(|hour| !fact.value.contains(hour.trim()));
        let hour = hour.unwrap_or_default();
        fact.value = format!("{} {}{hour}", date.strftime("%F"), fact.value);
        dates::on(&describe_date(date, language), &hour, language)
    }

    /// Puts the day into the fact `to` which something was moved; the day in words. Without one it is the end of the day it was to be. `None` where it was
    /// moved, but to no other day: to a larger room.
    pub(super) fn moved(&self, to: Option<&str>, fact: &mut Fact) -> Option<String> {
        let Some(to) = to else {
            fact.holds = false;
            return Some(String::new());
        };
        fact.replaces = true;
        let (at, language) = (self.told.at, self.grammar.language);
        let times = time::parse_leaning(to, at, self.told.anchors, Some(Leaning::Future));
        let to_come = |time: &&TimeExpression| {
            time.kind != TimeKind::Recurring && time.start >= at.date().at(0, 0, 0, 0)
        };
        let (date, words) = match times.iter().find(to_come) {
            Some(time) if time.is_day() => (time.first_day(), &to[time.range.clone()]),
            Some(time) => {
                fact.valid_to = time.stretch(at.time_zone()).map(|stretch| stretch.end);
                let words = &to[time.range.clone()];
                return Some(dates::said(words, &describe_date(at.date(), language), language));
            }
            None => (dates::day_alone(to, at)?, ""),
        };
        let next = date.tomorrow().ok()?.to_zoned(at.time_zone().clone()).ok()?;
        fact.valid_to = Some(next.timestamp());
        // "At 10:30" may go on behind what a pattern took for the day.
        let rest = self.text.find(to).map_or(to, |from| head(&self.text[from..], to.len() + 3));
        Some(self.dated(date, words, rest, fact))
    }

    /// Puts into a fact that an appointment is on again, on the day `to` which it is; that day in words. Without one it is on the day that it was to be.
    pub(super) fn again(&self, to: Option<&str>, fact: &mut Fact) -> String {
        fact.replaces = true;
        to.and_then(|to| self.moved(Some(to), fact)).unwrap_or_default()
    }
}

/// By which a sentence names a day beside an hour, whether or not it is understood.
static A_DAY: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(concat!(
        r"\b\d{1,2}(?:st|nd|rd|th|er|e)?\b|\b(?:first|second|third|\p{L}+teenth|\p{L}+tieth|premier|deuxième|troisième)\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?\b",
        r"|\b(?:january|february|march|april|june|july|august|september|october|november|december|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre)\b|\b(?:every|each|chaque|tous|toutes)\b|\b(?:day|week|weekend|month|year|jour|semaine|week-end|mois)s?\b|[月号號日周週]|星期|礼拜",
    ))
});

/// What joins a day to what is on it.
static ON: LazyLock<Regex> =
    LazyLock::new(|| anywhere(r"(?:\s*[,(]|\s+(?:on|for|this|the|le|ce|cette|pour|à\s+partir\s+du))*\s*$"));

/// By which a sentence shows that somebody has a thing for a time alone.
static LENT: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(concat!(
        r"\b(?:for|pour)\s+(?:(?:just|only|about|juste)\s+)*(?:the|this|an?|one|two|three|four|five|six|some|le|la|les|ce|cette|une?|deux|trois|quatre|cinq|six|quelques|\d+)\b(?:\s+(?:few|couple|of|next|whole|long|little))*\s+(?:seconds?|minutes?|moments?|hours?|mornings?|afternoons?|evenings?|nights?|days?|weeks?|week-?ends?|months?|years?|spring|summer|autumn|winter|holidays?|vacations?|whiles?|bit|time\s+being|secondes?|instant|heures?|matinée|soirées?|nuits?|jours?|semaines?|mois|ans?|année|été|hiver|vacances|temps)\b",
        r"|\b(?:for\s+now|pour\s+l['’](?:été|hiver|instant|année)|until|till|temporar\p{L}+|look(?:ing|s)?\s+after|mind(?:ing)?\s+(?:him|her|it|them)|foster\p{L}*|borrow\p{L}*|lend|lent|loan\p{L}*|back\s+(?:on|in|next|tomorrow|soon))\b|\bwhile\s+(?:i|we)(?:['’]m|['’]re|\s+am|\s+are)\b",
        r"|\b(?:jusqu['’]|en\s+attendant|le\s+temps\s+d|pendant|provisoire\p{L}*|temporaire\p{L}*|à\s+garder|prêt\p{L}*)",
        r"|[几两一二三0-9]天|暂时|临时|[，,]先|一阵|一会|一段|周末|期间|代养|寄养|保管|照顾|借",
    ))
});

/// Whether a sentence tells of something that was only lent.
pub(super) fn is_lent(text: &str) -> bool {
    LENT.is_match(text)
}

/// What shows that an appointment is known, and not one of several: "my exam is".
static IS_KNOWN: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"^\W*(?:(?:actually|now|well|so|oh|en\s+fait|finalement|maintenant|du\s+coup)[,\s]+)*(?:my|our|the|mon|ma|notre|le|la|l['’])|^[^有约]*(?:我们?的?)?[\p{Han}]*(?:是|在)[^有约]*$",
    )
});
/// By which a sentence tells that something is otherwise now.
static CHANGED: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"\b(?:now|instead|actually|after\s+all|maintenant|désormais|finalement|plutôt|en\s+fait|au\s+final)\b|现在|其实|改|最终|最后",
    )
});
/// The same, before a clause.
static CHANGES: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"^\W*(?:(?:oh|ah|well|ok|okay|so|sorry|bon|pardon|alors)[,.!\s]+)*(?:actually|now|update|correction|in\s+fact|turns\s+out|finalement|en\s+fait|désormais|maintenant|其实|现在|更正)[,，:：\s]*$",
    )
});

/// Whether a time is when something was, and not before or after it.
fn is_then(time: &TimeExpression) -> bool {
    matches!(time.kind, TimeKind::At | TimeKind::Around)
}

fn is_within(time: &TimeExpression, part: &Range<usize>) -> bool {
    part.start <= time.range.start && time.range.end <= part.end
}

/// Whether a part of a text says when, and nothing else.
fn is_only_when(text: &str, part: &Range<usize>, times: &[TimeExpression]) -> bool {
    let Some(whole) = text.get(part.clone()) else { return false };
    let mut rest = whole.to_owned();
    let mut found = false;
    // A time may go on beyond the part: "at 9, on Monday".
    for time in times.iter().rev() {
        let (start, end) = (time.range.start.max(part.start), time.range.end.min(part.end));
        if start >= end {
            continue;
        }
        rest.replace_range(start - part.start..end - part.start, " ");
        found = true;
    }
    let rest = rest.to_lowercase();
    found && words(&rest).all(|word| BESIDE.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_are_counted() {
        for (said, fits) in [
            ("moved to Rome for a year", true),
            ("moved to Rome for two years now", false),
            ("pour un an", true),
            ("住了三年", true),
            ("for good", false),
        ] {
            let found = LONG.captures(said).is_some_and(|found| found.name("on").is_none());
            assert_eq!(found, fits, "{said}");
        }
        assert_eq!(dates::number("three", Language::English), Some(3));
    }
}
