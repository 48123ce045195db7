//! Years that are named beside what returns every year: "last year, before my birthday", "à Noël l'an dernier", "去年我生日之前". Must not know how what
//! returns was found.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::{Captures, Regex};

use super::rule::nearby;
use crate::language::{head, tail};

/// Bytes beside an expression that are looked at.
const NEAR_BYTES: usize = 96;

/// A year: by its number, or by how far it is from this.
const YEAR: &str = r"(?:(?P<last>\b(?:last|the\s+previous)\s+year\b|\bl['’]an(?:n[ée]e)?\s+(?:derni[èe]re?|pass[ée]e?)\b|去年)|(?P<this>\bthis\s+year\b|\bcette\s+ann[ée]e\b|今年)|(?P<next>\bnext\s+year\b|\bl['’]an(?:n[ée]e)?\s+prochaine?\b|明年)|(?P<two>大?前年)|\b(?:in|of|en|de)\s+(?P<number>(?:19|20)\d\d)\b|(?P<number2>(?:19|20)\d\d)年)";

/// What may stand between a year and what returns in it: what it is before, after, or counted from.
const BETWEEN: &str = concat!(
    r"[\s,，]*(?:(?:in|on|at|around|about|near|before|after|since|until|till|by|during|over|of|just|right|shortly|soon|the|a|an|one|two|three|few|some|\d{1,2}",
    r"|days?|weeks?|months?|nights?|evenings?|weekends?|avant|apr[èe]s|depuis|vers|autour|pendant|durant|pour|juste|peu|jours?|semaines?|mois|soir|veille|lendemain|aux?|à|le|la|les|en|de|du|deux|trois|quelques|jusqu['’](?:à|aux?))\s+)*",
    r"(?:[ld]['’]|(?:的|里|裡)?[，,]?(?:我们?)?(?:在|的|过|過)?)?$",
);

static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    // A limit is no year in which something is.
    let limit = r"(?P<limit>\b(?:since|before|after|until|till|by|from|to|than|and|depuis|avant|apr[èe]s|dès|et|jusqu['’](?:en|à))\s+|自从|从|到|[\d/-])?";
    nearby(&format!("{limit}{YEAR}{BETWEEN}"))
});

static BEHIND: LazyLock<Regex> = LazyLock::new(|| nearby(&format!(r"^\s+(?:(?:of|in|de|en)\s+)?{YEAR}")));

/// The year that stands beside a part of a text, and where.
pub(crate) fn beside(text: &str, range: &Range<usize>, today: Date) -> Option<(i16, Range<usize>)> {
    let near = tail(&text[..range.start], NEAR_BYTES);
    let begins = range.start - near.len();
    if let Some(found) = BEFORE.captures(near).filter(|found| found.name("limit").is_none()) {
        let (year, place) = read(&found, today)?;
        return Some((year, begins + place.start..begins + place.end));
    }
    let found = BEHIND.captures(head(&text[range.end..], NEAR_BYTES))?;
    let (year, place) = read(&found, today)?;
    Some((year, range.end + place.start..range.end + place.end))
}

fn read(found: &Captures, today: Date) -> Option<(i16, Range<usize>)> {
    if let Some(number) = found.name("number").or(found.name("number2")) {
        return Some((number.as_str().parse().ok()?, number.range()));
    }
    let away = [("last", -1), ("this", 0), ("next", 1), ("two", -2)];
    let (place, away) = away.into_iter().find_map(|(name, away)| Some((found.name(name)?, away)))?;
    let away = if place.as_str() == "大前年" { -3 } else { away };
    Some((today.year().checked_add(away)?, place.range()))
}
