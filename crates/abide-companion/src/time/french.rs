//! French words for times. Must not know other languages.

use std::sync::LazyLock;

use jiff::civil::Weekday;
use regex::{Captures, Regex};

use super::Leaning;
use super::calendar::{Feast, PartOfDay, Period, Season, Unit};
use super::clock::clock_time;
use super::counted::day_before;
use super::describe::weekday_named;
use super::number;
use super::rule::{Context, Meaning, Of, Rule, Which, feast_rule, group, half_of, nearby, period, rule};

const WEEKDAYS: &str = "(?P<weekday>lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)";
const MONTHS: &str = r"(?P<month>janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre|janv\.|févr\.|sept\.|oct\.|nov\.|déc\.)";
const PARTS: &str = r"(?P<part>matin|midi|apr[èe]s[- ]midi|soir|nuit)";
const SEASONS: &str = "(?P<season>printemps|[ée]t[ée]|automne|hiver)";
const UNITS: &str = r"(?P<unit>minute|heure|jour|semaine|mois|ann[ée]e|an|d[ée]cennie)s?";
const YEAR: &str = r"(?P<year>(?:19|20)\d\d)";
const WHICH: &str = r"(?P<which>derni[èe]re?|pass[ée]e?|prochaine?|suivante?|pr[ée]c[ée]dente?)";
const DAY: &str = r"(?P<day>\d{1,2}|1er|premier)";
const THIRD: &str =
    r"(?P<third>d[ée]but|mi|fin|au\s+d[ée]but\s+d[eu]|[àa]\s+la\s+fin\s+d[eu]|au\s+milieu\s+d[eu])";
const FEASTS: &str = r"(?P<feast>veille\s+de\s+no[ëe]l|r[ée]veillon(?:\s+de\s+no[ëe]l)?|no[ëe]l|nouvel\s+an\s+(?:chinois|lunaire)|saint[- ]sylvestre|nouvel\s+an|jour\s+de\s+l['’]an|lundi\s+de\s+p[âa]ques|vendredi\s+saint|p[âa]ques|pentec[ôo]te|l['’]ascension|toussaint|saint[- ]valentin|halloween|[ée]piphanie|f[êe]te\s+des\s+m[èe]res|f[êe]te\s+nationale|f[êe]te\s+de\s+la\s+musique)";

pub(crate) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut rules = days();
    rules.extend(counted());
    rules.extend(weeks_and_longer());
    rules.extend(weekdays());
    rules.extend(weekdays_beside());
    rules.extend(nth_weekdays());
    rules.extend(dates());
    rules.extend(days_alone());
    rules.extend(months_and_seasons());
    rules.extend(weeks_of_months());
    rules.extend(years());
    rules.extend(feasts());
    rules.extend(recurring());
    rules
});

/// Lower case without accents.
fn plain(text: &str) -> String {
    let bare = |character: char| match character {
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'à' | 'â' => 'a',
        'û' | 'ù' => 'u',
        'ô' => 'o',
        'î' | 'ï' => 'i',
        '’' => '\'',
        other => other,
    };
    text.to_lowercase().chars().map(bare).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn with_part(day: Option<Period>, part: &str) -> Option<Meaning> {
    let part = match plain(part).as_str() {
        "matin" => PartOfDay::Morning,
        "midi" => PartOfDay::Noon,
        "apres-midi" | "apres midi" => PartOfDay::Afternoon,
        "soir" => PartOfDay::Evening,
        "nuit" => PartOfDay::Night,
        _ => return period(day),
    };
    period(day?.part(part))
}

fn which(text: &str) -> Which {
    match plain(text).get(..4) {
        Some("dern" | "pass" | "prec") => Which::Last,
        Some("proc" | "suiv") => Which::Next,
        _ => Which::Lean,
    }
}

fn weekday(captures: &Captures) -> Option<Weekday> {
    weekday_named(group(captures, "weekday"))
}

fn month(captures: &Captures) -> Option<i8> {
    let names = ["janv", "fev", "mars", "avr", "mai", "juin", "juil", "aou", "sep", "oct", "nov", "dec"];
    let text = plain(group(captures, "month"));
    Some(names.iter().position(|name| text.starts_with(name))? as i8 + 1)
}

fn season(captures: &Captures) -> Option<Season> {
    Some(match plain(group(captures, "season")).as_str() {
        "printemps" => Season::Spring,
        "ete" => Season::Summer,
        "automne" => Season::Autumn,
        "hiver" => Season::Winter,
        _ => return None,
    })
}

fn unit(captures: &Captures) -> Option<Unit> {
    Some(match plain(group(captures, "unit")).as_str() {
        "minute" => Unit::Minute,
        "heure" => Unit::Hour,
        "jour" => Unit::Day,
        "semaine" => Unit::Week,
        "mois" => Unit::Month,
        "annee" | "an" => Unit::Year,
        "decennie" => Unit::Decade,
        _ => return None,
    })
}

fn counted_units(captures: &Captures) -> Option<(i64, Unit)> {
    let unit = unit(captures)?;
    number::french(group(captures, "count")).map_or_else(|| half_of(unit), |count| Some((count, unit)))
}

fn number_of(captures: &Captures, name: &str) -> Option<i16> {
    match plain(group(captures, name)).as_str() {
        "1er" | "premier" => Some(1),
        text => text.parse().ok(),
    }
}

fn days() -> Vec<Rule> {
    vec![
        rule(&format!(r"(?:ce|cet|cette)\s+{PARTS}"), |c, x| {
            // "Cette nuit" with a past verb is the one that just ended.
            let night = plain(group(c, "part")) == "nuit" && x.leaning == Leaning::Past;
            with_part(x.day(-i64::from(night)), group(c, "part"))
        }),
        rule(r"aujourd['’]hui", |_, x| period(x.day(0))),
        rule(&format!(r"hier(?:\s+{PARTS})?"), |c, x| with_part(x.day(-1), group(c, "part"))),
        rule(&format!(r"la\s+nuit\s+derni[èe]re|dans\s+la\s+nuit\s+d['’]hier(?:\s+{PARTS})?"), |_, x| {
            with_part(x.day(-1), "nuit")
        }),
        rule(&format!(r"avant[- ]hier(?:\s+{PARTS})?"), |c, x| with_part(x.day(-2), group(c, "part"))),
        rule(&format!(r"demain(?:\s+{PARTS})?"), |c, x| with_part(x.day(1), group(c, "part"))),
        rule(&format!(r"apr[èe]s[- ]demain(?:\s+{PARTS})?"), |c, x| with_part(x.day(2), group(c, "part"))),
        rule(r"l['’]autre\s+jour|ces\s+jours[- ]ci", |_, x| period(Period::past(x.now, 10, Unit::Day))),
        rule(r"[àa]\s+(?P<hour>\d{1,2})\s*h(?:eures?)?\s*(?P<minute>\d{2})?", |c, x| {
            period(clock_time(c, &x.day(0)?))
        }),
    ]
}

fn counted() -> Vec<Rule> {
    let count = number::FRENCH;
    vec![
        rule(
            &format!(
                r"(?:il\s+y\s+a|y\s+a|voil[àa]|[çc]a\s+fait)\s+(?:environ\s+|presque\s+|plus\s+d['’]|à\s+peu\s+près\s+)?(?P<count>{count})\s*{UNITS}(?P<half>\s+et\s+demie?)?"
            ),
            |c, x| {
                let (count, unit) = counted_units(c)?;
                if c.name("half").is_some() {
                    return period(x.and_a_half_ago(count, unit));
                }
                let which = (count, unit);
                // "Quinze jours" are two weeks and "huit jours" one.
                let (count, unit) = match which {
                    (15, Unit::Day) => (2, Unit::Week),
                    (8, Unit::Day) => (1, Unit::Week),
                    other => other,
                };
                x.away(group(c, "count"), count, unit)
            },
        ),
        rule(
            &format!(
                r"(?:(?P<first>jour\s+pour\s+jour),?\s+)?(?:il\s+y\s+a|y\s+a|voil[àa]|[çc]a\s+fait)\s+(?P<just>(?:tout\s+)?juste|exactement|pile|précisément)?\s*(?P<count>{count})\s*{UNITS}(?P<day>,?\s+(?:jour\s+pour\s+jour|exactement|pile(?:\s+poil)?|aujourd['’]hui|au\s+jour\s+près|à\s+ce\s+jour))?"
            ),
            to_the_day,
        ),
        rule(
            &format!(
                r"(?:le\s+|ce\s+)?(?:aujourd['’]hui|(?:ce|le)\s+m[êe]me\s+jour|ce\s+jour(?:[- ]ci|[- ]l[àa])?),?\s+(?:il\s+y\s+a\s+(?P<count>{count})\s*{UNITS}|(?P<year>(?:de\s+)?l['’]an(?:n[ée]e)?\s+(?:derni[èe]re?|pass[ée]e?))|(?P<month>(?:le|du)\s+mois\s+(?:dernier|pass[ée]))|(?P<week>(?:de\s+)?la\s+semaine\s+(?:derni[èe]re|pass[ée]e)))"
            ),
            |c, x| match same_unit(c) {
                Some(unit) => period(day_before(&x.now, 1, unit)),
                None => counted_units(c).and_then(|(count, unit)| period(day_before(&x.now, count, unit))),
            },
        ),
        rule(&format!(r"dans\s+(?:environ\s+)?(?P<count>{count})\s*{UNITS}"), |c, x| {
            let (count, unit) = counted_units(c)?;
            x.away(group(c, "count"), -count, unit)
        }),
        rule(
            &format!(r"(?:les|ces|des)\s+(?:(?P<count>{count})\s+)?derni(?:ers|ères|eres)\s+{UNITS}"),
            |c, x| {
                let count = c.name("count").map_or(Some(3), |count| number::french(count.as_str()))?;
                period(Period::past(x.now, count, unit(c)?))
            },
        ),
        rule(&format!(r"depuis\s+(?P<core>(?P<count>{count})\s*{UNITS})"), |c, x| {
            let (count, unit) = counted_units(c)?;
            x.away(group(c, "count"), count, unit)
        }),
    ]
}

/// "Il y a un an jour pour jour".
fn to_the_day(captures: &Captures, context: &Context) -> Option<Meaning> {
    let said = ["first", "just", "day"].iter().any(|name| captures.name(name).is_some());
    let (count, unit) = counted_units(captures).filter(|_| said)?;
    period(day_before(&context.now, count, unit))
}

fn weeks_and_longer() -> Vec<Rule> {
    const LARGER: &str = r"(?P<larger>semaine|week[- ]?end|mois|ann[ée]e|an|d[ée]cennie)";
    fn larger(captures: &Captures, context: &Context, away: i64) -> Option<Meaning> {
        period(match plain(group(captures, "larger")).as_str() {
            "semaine" => context.week(away),
            "mois" => context.month(away),
            "annee" | "an" => context.year(away),
            "decennie" => context.decade(away),
            _ => context.weekend(away),
        })
    }
    vec![
        rule(&format!(r"(?:la\s+|le\s+|l['’])?(?:avant[- ]derni[èe]re?)\s+{LARGER}"), |c, x| {
            larger(c, x, -2)
        }),
        rule(&format!(r"(?:la\s+|le\s+|l['’]){LARGER}\s+d['’]avant"), |c, x| {
            // "La semaine d'avant Noël" is another.
            let rest = crate::language::head(x.rest.trim_start(), 12).to_lowercase();
            let beside =
                ["mon ", "ma ", "mes ", "notre ", "nos ", "l'", "l’", "le ", "la ", "no", "p", "hallo"];
            if beside.iter().any(|begins| rest.starts_with(begins)) { None } else { larger(c, x, -2) }
        }),
        rule(&format!(r"(?:la\s+|le\s+|l['’])?{LARGER}\s+{WHICH}"), |c, x| {
            larger(c, x, if which(group(c, "which")) == Which::Last { -1 } else { 1 })
        }),
        rule(
            r"(?:[àa]\s+(?:la\s+m[êe]me|cette)\s+(?:[ée]poque|p[ée]riode|date)\s*,?\s*)(?:de\s+|d['’])?(?:(?P<year>l['’]an(?:n[ée]e)?\s+(?:derni[èe]re?|pass[ée]e?)|il\s+y\s+a\s+un\s+an)|(?P<month>le\s+mois\s+(?:dernier|pass[ée]))|(?P<week>la\s+semaine\s+(?:derni[èe]re|pass[ée]e)))",
            this_time,
        ),
        rule(
            r"(?:(?P<year>l['’]an(?:n[ée]e)?\s+(?:derni[èe]re?|pass[ée]e?)|il\s+y\s+a\s+un\s+an)|(?P<month>le\s+mois\s+(?:dernier|pass[ée]))|(?P<week>la\s+semaine\s+(?:derni[èe]re|pass[ée]e)))\s*,?\s*[àa]\s+(?:la\s+m[êe]me|cette)\s+(?:[ée]poque|p[ée]riode|date)",
            this_time,
        ),
        rule(r"le\s+week[- ]?end", |_, x| period(x.the_weekend())),
        rule(&format!(r"(?:cette|ce|cet)\s+{LARGER}(?:[- ]ci)?"), |c, x| larger(c, x, 0)),
    ]
}

/// "À la même époque l'an dernier".
fn this_time(captures: &Captures, context: &Context) -> Option<Meaning> {
    period(Period::this_time(context.today(), -1, same_unit(captures)?))
}

/// The unit whose last one is named by a group.
fn same_unit(captures: &Captures) -> Option<Unit> {
    let units = [("year", Unit::Year), ("month", Unit::Month), ("week", Unit::Week)];
    units.into_iter().find(|(name, _)| captures.name(name).is_some()).map(|(_, unit)| unit)
}

/// "La première semaine d'octobre".
fn weeks_of_months() -> Vec<Rule> {
    vec![rule(
        &format!(
            r"(?:la\s+)?(?P<nth>premi[èe]re|1[èe]?re|deuxi[èe]me|seconde|2e|troisi[èe]me|3e|quatri[èe]me|4e|derni[èe]re)\s+semaine\s+(?:de\s+|d['’]|du\s+mois\s+(?:de\s+|d['’])){MONTHS}(?:\s+{YEAR})?"
        ),
        |c, x| {
            let nth = match plain(group(c, "nth")).as_str() {
                "premiere" | "1re" | "1ere" => 1,
                "deuxieme" | "seconde" | "2e" => 2,
                "troisieme" | "3e" => 3,
                "quatrieme" | "4e" => 4,
                _ => -1,
            };
            period(x.named_month(Which::Lean, number_of(c, "year"), month(c)?)?.nth_week(nth))
        },
    )]
}

fn weekdays() -> Vec<Rule> {
    vec![
        rule(&format!(r"(?P<this>ce\s+)?{WEEKDAYS}(?:\s+{WHICH})?(?:\s+{PARTS})?"), |c, x| {
            let which = match (c.name("which"), c.name("this")) {
                (Some(text), _) => which(text.as_str()),
                (None, Some(_)) if x.leaning == Leaning::Future => Which::Next,
                _ => Which::Lean,
            };
            with_part(x.weekday(which, weekday(c)?), group(c, "part"))
        }),
        rule(&format!(r"{WEEKDAYS}\s+de\s+la\s+semaine\s+{WHICH}"), |c, x| {
            let weeks = if which(group(c, "which")) == Which::Last { -1 } else { 1 };
            period(x.weekday_of_week(weeks, weekday(c)?))
        }),
    ]
}

fn dates() -> Vec<Rule> {
    vec![
        rule(
            &format!(
                r"(?:du|de|entre\s+le)\s+(?P<from>\d{{1,2}})(?:er)?\s+(?:au|à|et(?:\s+le)?)\s+(?P<to>\d{{1,2}})(?:er)?\s+{MONTHS}(?:\s+(?:de\s+)?{YEAR})?"
            ),
            |c, x| {
                let ends = [number_of(c, "from"), number_of(c, "to")];
                period(x.days_of_month(number_of(c, "year"), month(c)?, ends))
            },
        ),
        rule(
            &format!(r"(?:{WEEKDAYS}\s+)?(?:le\s+)?{DAY}\s+{MONTHS}(?:\s+(?:de\s+)?(?:{YEAR}|{WHICH}))?"),
            |c, x| {
                let (month, day) = (month(c)?, number_of(c, "day")?.try_into().ok()?);
                match c.name("which").map(|text| which(text.as_str())) {
                    None => period(x.month_day(number_of(c, "year"), month, day)),
                    Some(which) => {
                        period(x.choose(which, |year| {
                            Period::day(jiff::civil::Date::new(year, month, day).ok()?)
                        }))
                    }
                }
            },
        ),
    ]
}

/// What follows a day that is told by its number alone, which else is that of something: "le 15 rue Monge".
static GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
    nearby(
        r"^\s*(?:$|[^\p{L}\p{N}\s'’/%°-]|(?:à|vers)\s+(?:\d|midi\b|minuit\b)|\d{1,2}\s?h(?:\d{2}|eures?)?\b|(?:au|dans\s+la|en|pour|avec|chez|car|mais|parce|et\s+(?:je|on|il|elle|nous|j['’]))\b)",
    )
});

/// What such a number is that of.
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    nearby(
        r"\b(?:prend\w*|pris|bus|tram|métro|ligne|num[ée]ro|page|chapitre|chambre|porte|quai|voie|menu|arrondissement)\s+(?:le\s+)?$",
    )
});

/// Days that are told by their numbers alone: "le 15 à 10h", "le 5 du mois prochain", "le 15/01".
fn days_alone() -> Vec<Rule> {
    vec![
        rule(&format!(r"\b(?:le|du|au|avant\s+le|d['’]ici\s+le|pour\s+le)\s+(?P<core>{DAY})"), |c, x| {
            let is_day = GOES_ON.is_match(x.rest) && !NUMBERED.is_match(x.before);
            // "Le premier à 9h" is a day, "le premier" need not be.
            let in_words = plain(group(c, "day")) == "premier" && !x.rest.trim_start().starts_with("à ");
            period(x.day_of_month(number_of(c, "day").filter(|_| is_day && !in_words)?.try_into().ok()?))
        }),
        rule(&format!(r"(?:le\s+)?{DAY}\s+(?:du|de\s+ce|ce)\s+mois(?:\s+{WHICH}|[- ]ci)?"), |c, x| {
            let first = x.month(which(group(c, "which")).away())?.first();
            period(x.month_day(Some(first.year()), first.month(), number_of(c, "day")?.try_into().ok()?))
        }),
        rule(
            r"(?:\b(?:le|du|au|avant|depuis|dès|d['’]ici)(?:\s+le)?|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche)\s+(?P<core>(?P<a>\d{1,2})/(?P<b>\d{1,2}))",
            |c, x| {
                let is_day = GOES_ON.is_match(x.rest);
                period(x.day_and_month(number_of(c, "a").filter(|_| is_day)?, number_of(c, "b")?, None))
            },
        ),
    ]
}

/// Weekdays that are told by another day or by their number: "vendredi 13", "jeudi en huit".
fn weekdays_beside() -> Vec<Rule> {
    vec![
        rule(&format!(r"(?:le\s+|ce\s+)?{WEEKDAYS},?\s+(?:le\s+)?{DAY}"), |c, x| {
            let goes_on = GOES_ON.is_match(x.rest) && plain(group(c, "day")) != "premier";
            let day = number_of(c, "day").filter(|_| goes_on)?.try_into().ok()?;
            period(x.weekday_and_day(weekday(c)?, day))
        }),
        rule(
            &format!(r"(?:{WEEKDAYS}|(?P<day>aujourd['’]hui|demain))\s+en\s+(?P<count>huit|8|quinze|15)"),
            |c, x| {
                let from = match weekday(c) {
                    Some(weekday) => 7 - i64::from(x.today().weekday().since(weekday)),
                    None => i64::from(plain(group(c, "day")) == "demain"),
                };
                let weeks = if ["huit", "8"].contains(&plain(group(c, "count")).as_str()) { 7 } else { 14 };
                period(x.day(from + weeks))
            },
        ),
        rule(
            &format!(
                r"(?:la\s+)?semaine\s+{WHICH},?\s+(?:le\s+)?{WEEKDAYS}|{},?\s+la\s+semaine\s+{}",
                WEEKDAYS.replace("weekday", "weekday2"),
                WHICH.replace("which", "which2")
            ),
            |c, x| {
                let said = format!("{}{}", group(c, "which"), group(c, "which2"));
                let weeks = if which(&said) == Which::Last { -1 } else { 1 };
                let name = format!("{}{}", group(c, "weekday"), group(c, "weekday2"));
                period(x.weekday_of_week(weeks, weekday_named(&name)?))
            },
        ),
    ]
}

/// "Le deuxième mardi de mai", "le dernier vendredi du mois".
fn nth_weekdays() -> Vec<Rule> {
    const NTH: &str = r"(?P<nth>premier|1er|deuxi[èe]me|second|2e|2[èe]me|troisi[èe]me|3e|3[èe]me|quatri[èe]me|4e|4[èe]me|cinqui[èe]me|5e|5[èe]me|dernier)";
    fn nth(captures: &Captures) -> i8 {
        match plain(group(captures, "nth")).get(..1) {
            Some("p" | "1") => 1,
            Some("2") => 2,
            Some("t" | "3") => 3,
            Some("q" | "4") => 4,
            Some("c" | "5") => 5,
            _ if plain(group(captures, "nth")) == "dernier" => -1,
            _ => 2,
        }
    }
    /// "Chaque premier lundi du mois" returns.
    fn once_or_again(day: Option<Period>, context: &Context) -> Option<Meaning> {
        let before = context.before.trim_end().to_lowercase();
        let again = ["chaque", "tous les"].iter().any(|word| before.ends_with(word));
        day.map(if again { Meaning::Recurring } else { Meaning::Period })
    }
    vec![
        rule(
            &format!(r"(?:le\s+)?{NTH}\s+{WEEKDAYS}\s+(?:de\s+|d['’]){MONTHS}(?:\s+(?:de\s+)?{YEAR})?"),
            |c, x| {
                let of = Of::Month(month(c)?, number_of(c, "year"));
                once_or_again(x.nth_weekday(nth(c), weekday(c)?, of), x)
            },
        ),
        rule(
            &format!(
                r"(?:le\s+)?{NTH}\s+{WEEKDAYS}\s+(?:(?P<this>de\s+ce|ce)|du|(?P<each>de\s+chaque))\s+mois(?:\s+{WHICH})?"
            ),
            |c, x| {
                let of = match which(group(c, "which")) {
                    Which::Last => Of::Away(-1),
                    Which::Next => Of::Away(1),
                    _ if c.name("this").is_some() => Of::Away(0),
                    _ => Of::Nearest,
                };
                let day = x.nth_weekday(nth(c), weekday(c)?, of);
                if c.name("each").is_some() {
                    return day.map(Meaning::Recurring);
                }
                once_or_again(day, x)
            },
        ),
    ]
}

fn months_and_seasons() -> Vec<Rule> {
    vec![
        rule(&format!(r"(?:{THIRD}[\s-]+)?{MONTHS}\s+(?:de\s+)?{YEAR}"), |c, _| {
            third(Period::month(number_of(c, "year")?, month(c)?), group(c, "third"))
        }),
        rule(
            &format!(
                r"(?:en|depuis|avant|apr[èe]s|jusqu['’](?:en|à)|d['’]ici|entre|de|d['’]|à|et|au\s+mois\s+d[e'’]|{THIRD}(?:[\s-]+(?:du\s+mois\s+d[e'’]\s*)?)?)[\s-]*(?P<core>{MONTHS}(?:\s+{WHICH})?)"
            ),
            |c, x| third(x.named_month(which(group(c, "which")), None, month(c)?), group(c, "third")),
        ),
        rule(&format!(r"{MONTHS}\s+{WHICH}"), |c, x| {
            period(x.named_month(which(group(c, "which")), None, month(c)?))
        }),
        rule(
            &format!(
                r"(?:l['’]|le\s+|cet?\s+|au\s+|en\s+|depuis\s+l['’]|pendant\s+l['’]){SEASONS}(?:\s+(?:{WHICH}|(?:de\s+)?{YEAR}))?"
            ),
            |c, x| {
                let season = season(c)?;
                if let Some(year) = number_of(c, "year") {
                    return period(Period::season(year, season));
                }
                let text = plain(c.get(0)?.as_str());
                // "Été" is also a participle, and a season only with its article here.
                let which = match c.name("which") {
                    Some(text) => which(text.as_str()),
                    None if text.starts_with("ce ") || text.starts_with("cet ") => Which::This,
                    None => Which::Lean,
                };
                period(x.season(which, season))
            },
        ),
    ]
}

fn third(whole: Option<Period>, which: &str) -> Option<Meaning> {
    let whole = whole?;
    period(match plain(which).as_str() {
        "" => Some(whole),
        text if text.contains("debut") => whole.third(0),
        text if text.contains("mi") => whole.third(1),
        _ => whole.third(2),
    })
}

fn years() -> Vec<Rule> {
    vec![
        rule(
            &format!(
                r"(?:en|depuis|avant|apr[èe]s|jusqu['’](?:en|à)|d['’]ici|entre|de|à|et|d[èe]s|vers|l['’]ann[ée]e|an|{THIRD})[\s-]+(?P<core>{YEAR})"
            ),
            |c, x| {
                let counts =
                    ["euro", "km", "personne", "kilo", "dollar", "mètre", "fois", "pas", "mots", "€", "%"];
                let lower = crate::language::head(x.rest.trim_start(), 16).to_lowercase();
                if counts.iter().any(|count| lower.starts_with(count)) {
                    return None;
                }
                let year = number_of(c, "year")?;
                third(Period::years(year, year), group(c, "third"))
            },
        ),
        rule(
            r"(?:les\s+|des\s+)?ann[ée]es\s+(?P<year>(?:19|20)?\d0|vingt|trente|quarante|cinquante|soixante[- ]dix|soixante|quatre[- ]vingts?(?P<ninety>[- ]dix)?)",
            |c, _| {
                let year = number::french(group(c, "year")).and_then(|year| i16::try_from(year).ok())?;
                let first = match year {
                    20 => 2020,
                    30..=99 => 1900 + year,
                    1900.. => year,
                    _ => return None,
                };
                period(Period::years(first, first.checked_add(9)?))
            },
        ),
        rule(
            &format!(
                r"(?:quand\s+j['’]avais|[àa]\s+l['’][âa]ge\s+de|lorsque\s+j['’]avais|[àa]\s+mes)\s+(?P<age>{})\s+ans",
                number::FRENCH
            ),
            |c, x| {
                let age = i16::try_from(number::french(group(c, "age"))?).ok()?;
                period(x.ages(age, age))
            },
        ),
        rule(
            r"(?:quand|lorsque)\s+j['’][ée]tais\s+(?:une?\s+)?(?P<child>enfant|petite?|gamine?|ado(?:lescente?)?)|(?:pendant|dans)\s+mon\s+(?P<hood>enfance|adolescence)",
            |c, x| {
                let text = plain(&format!("{}{}", group(c, "child"), group(c, "hood")));
                let (from, to) = if text.starts_with("ado") { (13, 19) } else { (3, 12) };
                period(x.ages(from, to))
            },
        ),
    ]
}

fn feasts() -> Vec<Rule> {
    vec![feast_rule(
        &format!(r"(?:l[ae]\s+|l['’])?{FEASTS}(?:\s+(?:de\s+)?(?:{YEAR}|{WHICH}))?"),
        |c, x| {
            let name = plain(group(c, "feast")).replace('-', " ");
            let feast = match name.as_str() {
                "veille de noel" | "reveillon de noel" | "reveillon" => Feast::Fixed(12, 24),
                "noel" => Feast::Fixed(12, 25),
                "nouvel an chinois" | "nouvel an lunaire" => Feast::LunarNewYear(0),
                "saint sylvestre" => Feast::Fixed(12, 31),
                "nouvel an" | "jour de l'an" => Feast::Fixed(1, 1),
                "lundi de paques" => Feast::Easter(1),
                "vendredi saint" => Feast::Easter(-2),
                "paques" => Feast::Easter(0),
                "l'ascension" => Feast::Easter(39),
                "pentecote" => Feast::Easter(49),
                "toussaint" => Feast::Fixed(11, 1),
                "saint valentin" => Feast::Fixed(2, 14),
                "halloween" => Feast::Fixed(10, 31),
                "epiphanie" => Feast::Fixed(1, 6),
                "fete des meres" => Feast::Weekday(5, -1, Weekday::Sunday),
                "fete nationale" => Feast::Fixed(7, 14),
                "fete de la musique" => Feast::Fixed(6, 21),
                _ => return None,
            };
            period(x.feast(which(group(c, "which")), number_of(c, "year"), feast))
        },
    )]
}

fn recurring() -> Vec<Rule> {
    vec![
        rule(
            &format!(
                r"(?:tous\s+les\s+{WEEKDAYS}s|(?:chaque|le)\s+(?P<one>lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche))(?:\s+{PARTS})?"
            ),
            |c, x| {
                // "Le lundi 8 mai" and "le mardi suivant" are days.
                let goes_on = plain(crate::language::head(x.rest.trim_start(), 12));
                let habit = c.get(0)?.as_str().to_lowercase();
                let dated = goes_on.starts_with(|digit: char| digit.is_ascii_digit())
                    || ["suiv", "dern", "proc", "pass", "prec", "prem", "en huit", "en 8", "en quinze"]
                        .iter()
                        .any(|word| goes_on.starts_with(word));
                if habit.starts_with("le") && dated {
                    return None;
                }
                let name = format!("{}{}", group(c, "weekday"), group(c, "one"));
                x.weekday(Which::Lean, weekday_named(&name)?).map(Meaning::Recurring)
            },
        ),
        rule(
            r"(?:tous\s+les|toutes\s+les|chaque)\s+(?P<unit>jour|matin|soir|nuit|semaine|week-end|mois|ann[ée]e|an|[ée]t[ée]|hiver|printemps|automne)s?",
            |c, x| {
                let stretch = match plain(group(c, "unit")).as_str() {
                    "semaine" => x.week(0),
                    "week-end" => x.weekend(0),
                    "mois" => x.month(0),
                    "annee" | "an" => x.year(0),
                    "ete" => x.season(Which::Lean, Season::Summer),
                    "hiver" => x.season(Which::Lean, Season::Winter),
                    "printemps" => x.season(Which::Lean, Season::Spring),
                    "automne" => x.season(Which::Lean, Season::Autumn),
                    _ => x.day(0),
                };
                stretch.map(Meaning::Recurring)
            },
        ),
    ]
}
