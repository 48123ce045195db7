//! Chinese words for times, in simplified and traditional characters. Must not know other languages.

use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use regex::Captures;

use super::Precision;
use super::calendar::{Feast, PartOfDay, Period, Season, Unit};
use super::counted::day_before;
use super::number;
use super::rule::{Context, Meaning, Of, Rule, Which, feast_rule, group, half_of, period, rule};

const PARTS: &str = "(?P<part>早上|早晨|清晨|上午|中午|下午|傍晚|晚上|夜里|夜裡|半夜|凌晨|早|晚)";
const WEEK: &str = "(?:星期|周|週|礼拜|禮拜)";
const WEEKDAY: &str = "(?P<weekday>[一二三四五六日天1-6])";
const NUMBER: &str = "[0-9０-９零〇一二两三四五六七八九十]";
const SEASONS: &str = "(?P<season>春|夏|秋|冬)(?:天|季)";
const RELATIVE_YEAR: &str = "(?P<relative>大前年|前年|去年|今年|明年|后年|後年)";

pub(crate) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut rules = days();
    rules.extend(counted());
    rules.extend(weeks());
    rules.extend(weekdays_beside());
    rules.extend(dates());
    rules.extend(days_alone());
    rules.extend(weeks_of_months_and_times_of_years());
    rules.extend(years());
    rules.extend(feasts());
    rules.extend(recurring());
    rules
});

fn with_part(day: Option<Period>, part: &str) -> Option<Meaning> {
    let part = match part {
        "早上" | "早晨" | "清晨" | "上午" | "早" => PartOfDay::Morning,
        "中午" => PartOfDay::Noon,
        "下午" => PartOfDay::Afternoon,
        "傍晚" | "晚上" | "晚" => PartOfDay::Evening,
        "夜里" | "夜裡" | "半夜" => PartOfDay::Night,
        "凌晨" => {
            let mut small_hours = day?.at(0, 0)?;
            small_hours.end = day?.at(6, 0)?.start;
            small_hours.precision = Precision::PartOfDay;
            return period(Some(small_hours));
        }
        _ => return period(day),
    };
    period(day?.part(part))
}

fn weekday(captures: &Captures) -> Option<Weekday> {
    Some(match group(captures, "weekday") {
        "一" | "1" => Weekday::Monday,
        "二" | "2" => Weekday::Tuesday,
        "三" | "3" => Weekday::Wednesday,
        "四" | "4" => Weekday::Thursday,
        "五" | "5" => Weekday::Friday,
        "六" | "6" => Weekday::Saturday,
        "日" | "天" => Weekday::Sunday,
        _ => return None,
    })
}

fn season(captures: &Captures) -> Option<Season> {
    Some(match group(captures, "season") {
        "春" => Season::Spring,
        "夏" => Season::Summer,
        "秋" => Season::Autumn,
        "冬" => Season::Winter,
        _ => return None,
    })
}

fn unit(captures: &Captures) -> Option<Unit> {
    Some(match group(captures, "unit") {
        "分钟" | "分鐘" => Unit::Minute,
        "小时" | "小時" | "钟头" => Unit::Hour,
        "天" | "日" => Unit::Day,
        "星期" | "周" | "週" | "礼拜" | "禮拜" => Unit::Week,
        "月" => Unit::Month,
        "年" => Unit::Year,
        _ => return None,
    })
}

fn counted_units(captures: &Captures) -> Option<(i64, Unit)> {
    let unit = unit(captures)?;
    number::chinese(group(captures, "count")).map_or_else(|| half_of(unit), |count| Some((count, unit)))
}

fn number_of(captures: &Captures, name: &str) -> Option<i64> {
    number::chinese(group(captures, name))
}

/// The year that is named by number or relative to this; `None` if neither.
fn year(captures: &Captures, context: &Context) -> Option<i16> {
    if let Some(year) = number_of(captures, "year") {
        let year = i16::try_from(year).ok()?;
        return Some(match year {
            0..=49 => 2000 + year,
            50..=99 => 1900 + year,
            _ => year,
        });
    }
    let away = match group(captures, "relative") {
        "大前年" => -3,
        "前年" => -2,
        "去年" => -1,
        "今年" => 0,
        "明年" => 1,
        "后年" | "後年" => 2,
        _ => return None,
    };
    context.today().year().checked_add(away)
}

fn days() -> Vec<Rule> {
    vec![
        rule(
            &format!(
                "(?P<day>大前天|前天|昨天|昨日|今天|今日|明天|明日|大后天|大後天|后天|後天)(?:的)?(?:{PARTS})?"
            ),
            |c, x| {
                let away = match group(c, "day") {
                    "大前天" => -3,
                    "前天" => -2,
                    "昨天" | "昨日" => -1,
                    "今天" | "今日" => 0,
                    "明天" | "明日" => 1,
                    "后天" | "後天" => 2,
                    _ => 3,
                };
                with_part(x.day(away), group(c, "part"))
            },
        ),
        rule("(?P<day>今|昨|明)(?P<part>早|晚|夜)(?:上)?", |c, x| {
            let away = match group(c, "day") {
                "昨" => -1,
                "明" => 1,
                _ => 0,
            };
            let part = if group(c, "part") == "夜" { "夜里" } else { group(c, "part") };
            with_part(x.day(away), part)
        }),
        rule("前几天|前幾天|前些天|前阵子|这几天|這幾天|最近几天", |_, x| {
            period(Period::past(x.now, 10, Unit::Day))
        }),
    ]
}

fn counted() -> Vec<Rule> {
    let count = number::CHINESE;
    let units = "(?:个|個)?(?P<unit>分钟|分鐘|小时|小時|钟头|天|日|星期|周|週|礼拜|禮拜|月|年)";
    vec![
        rule(
            &format!("(?:大约|差不多|大概)?(?P<count>{count})(?:多)?{units}(?P<half>半)?(?:之前|以前|前)"),
            |c, x| {
                let (count, unit) = counted_units(c)?;
                if c.name("half").is_some() {
                    return period(x.and_a_half_ago(count, unit));
                }
                x.away(group(c, "count"), count, unit)
            },
        ),
        rule(
            &format!(
                "(?:(?P<just>整整|正好|刚好|恰好|剛好)(?:是|在)?)?(?P<count>{count}){units}(?:之前|以前|前)(?P<day>的?(?:今天|今日|这一?天|這一?天|同一天|此日))?"
            ),
            |c, x| {
                let said = c.name("just").is_some() || c.name("day").is_some();
                let (count, unit) = counted_units(c).filter(|_| said)?;
                period(day_before(&x.now, count, unit))
            },
        ),
        rule(
            "(?:(?P<year>去年)|(?P<before>前年)|(?P<month>上(?:个|個)月)|(?P<week>上(?:个|個)?(?:周|週|星期|礼拜)))(?:的)?(?:今天|今日|这一?天|這一?天|同一天)",
            |c, x| {
                let has = |name| c.name(name).is_some();
                let (count, unit) = match (has("month"), has("week")) {
                    (true, _) => (1, Unit::Month),
                    (_, true) => (1, Unit::Week),
                    _ => (if has("before") { 2 } else { 1 }, Unit::Year),
                };
                period(day_before(&x.now, count, unit))
            },
        ),
        rule(
            &format!("(?:再过|过)?(?P<count>{count}){units}(?:之后|之後|以后|以後|后|後)"),
            |c, x| counted_units(c).and_then(|(count, unit)| x.away(group(c, "count"), -count, unit)),
        ),
        rule(&format!("(?:最近|过去|過去|近|这|這)(?:的)?(?P<count>{count}){units}"), |c, x| {
            counted_units(c).and_then(|(count, unit)| period(Period::past(x.now, count, unit)))
        }),
    ]
}

fn weeks() -> Vec<Rule> {
    const RELATIVE: &str = "(?P<away>上上|上|这|這|本|下下|下)";
    fn away(captures: &Captures) -> i64 {
        match group(captures, "away") {
            "上上" => -2,
            "上" => -1,
            "下下" => 2,
            "下" => 1,
            _ => 0,
        }
    }
    vec![
        rule(&format!("{RELATIVE}(?:一)?(?:个|個)?{WEEK}{WEEKDAY}(?:的)?(?:{PARTS})?"), |c, x| {
            with_part(x.weekday_of_week(away(c), weekday(c)?), group(c, "part"))
        }),
        rule(&format!("{RELATIVE}(?:一)?(?:个|個)?(?:{WEEK})?(?:周末|週末|末)"), |c, x| {
            // The end of a week, and not 本末 or 上末.
            if !c.get(0)?.as_str().contains(['周', '週', '星', '礼', '禮']) {
                return None;
            }
            period(x.weekend(away(c)))
        }),
        rule(&format!("{RELATIVE}(?:一)?(?:个|個)?{WEEK}"), |c, x| period(x.week(away(c)))),
        rule(&format!("{RELATIVE}(?:个|個)?月(?P<day>{NUMBER}{{1,3}})?(?:号|號|日)?"), |c, x| {
            let whole = x.month(away(c))?;
            match number_of(c, "day") {
                None => period(Some(whole)),
                Some(day) => {
                    let first = whole.first();
                    period(x.month_day(Some(first.year()), first.month(), i8::try_from(day).ok()?))
                }
            }
        }),
        rule(&format!("{WEEK}{WEEKDAY}(?:的)?(?:{PARTS})?"), |c, x| {
            with_part(x.weekday(Which::Lean, weekday(c)?), group(c, "part"))
        }),
        rule("周末|週末", |_, x| period(x.the_weekend())),
    ]
}

fn dates() -> Vec<Rule> {
    let years = format!("(?:(?P<year>{NUMBER}{{4}}|[0-9]{{2}})年(?:的)?|{RELATIVE_YEAR}(?:的)?)");
    vec![
        rule(
            &format!(
                "{years}?(?P<month>{NUMBER}{{1,2}})月(?P<from>{NUMBER}{{1,3}})(?:日|号|號)?(?:到|至|[-—–~～])(?P<to>{NUMBER}{{1,3}})(?:日|号|號)(?:之间|之間|期间|期間)?"
            ),
            |c, x| {
                let month = i8::try_from(number_of(c, "month")?).ok()?;
                let day = |name: &str| number_of(c, name).and_then(|day| i16::try_from(day).ok());
                period(x.days_of_month(year(c, x), month, [day("from"), day("to")]))
            },
        ),
        rule(
            &format!(
                "{years}?(?P<month>{NUMBER}{{1,2}})月(?:份)?(?P<day>{NUMBER}{{1,3}})(?:日|号|號)?(?:的)?(?:{PARTS})?"
            ),
            |c, x| {
                let month = i8::try_from(number_of(c, "month")?).ok()?;
                let day = i8::try_from(number_of(c, "day")?).ok()?;
                with_part(x.month_day(year(c, x), month, day), group(c, "part"))
            },
        ),
        rule(
            &format!("{years}?(?P<month>{NUMBER}{{1,2}})月(?:份)?(?P<third>初|中旬|底|末)?"),
            |c, x| {
                let month = i8::try_from(number_of(c, "month")?).ok()?;
                third(x.named_month(Which::Lean, year(c, x), month), group(c, "third"))
            },
        ),
    ]
}

/// Days that are told by their numbers alone: "15号上午10点". What follows is no street, line or shop.
fn days_alone() -> Vec<Rule> {
    vec![rule(
        &format!(
            "(?P<core>(?P<day>{NUMBER}{{1,3}})(?:号|號)(?:的)?(?:{PARTS})?)(?:那天|早|晚|上午|中午|下午|傍|凌|半?夜|之前|之后|以前|以后|前|后|的|我|你|他|她|有|是|在|就|才|也|都|会|要|得|想|不|去|来|回|到|走|飞|搬|做|办|举行|考|面试|约|看|见|开|出|参加|结婚|动|体检|跟|和|陪|过|生日|下|左右|{WEEK}|[\\s，。、！？!?.,;；:：（()）0-9]|[一二两三四五六七八九十]{{1,3}}[点點]|$)"
        ),
        |c, x| {
            let day = number_of(c, "day").filter(|day| (1..=31).contains(day))?;
            with_part(x.day_of_month(i8::try_from(day).ok()?), group(c, "part"))
        },
    )]
}

/// Weekdays that are told by another day or by their number: "周五11号", "一月的第二个星期二".
fn weekdays_beside() -> Vec<Rule> {
    const NTH: &str = "(?:第(?P<nth>[一二三四五1-5])|最[后後]一)(?:个|個)?";
    fn nth(captures: &Captures) -> Option<i8> {
        i8::try_from(number_of(captures, "nth").unwrap_or(-1)).ok()
    }
    let years = format!("(?:(?P<year>{NUMBER}{{4}}|[0-9]{{2}})年(?:的)?|{RELATIVE_YEAR}(?:的)?)");
    vec![
        rule(
            &format!("(?:这|這|下)?(?:个|個)?{WEEK}{WEEKDAY}[，,、]?\\s*(?P<day>{NUMBER}{{1,3}})(?:号|號)"),
            both,
        ),
        rule(
            &format!(
                "(?P<day>{NUMBER}{{1,3}})(?:号|號)[，,、（(]?\\s*(?:这|這|下)?(?:个|個)?{WEEK}{WEEKDAY}[）)]?"
            ),
            both,
        ),
        rule(
            &format!(
                "{years}?(?P<month>{NUMBER}{{1,2}})月(?:份)?(?:的)?{NTH}{WEEK}{WEEKDAY}(?:的)?(?:{PARTS})?"
            ),
            |c, x| {
                let of = Of::Month(i8::try_from(number_of(c, "month")?).ok()?, year(c, x));
                with_part(x.nth_weekday(nth(c)?, weekday(c)?, of), group(c, "part"))
            },
        ),
        rule(
            &format!(
                "(?P<which>上|这|這|本|下|每)(?:个|個)?月(?:的)?{NTH}{WEEK}{WEEKDAY}(?:的)?(?:{PARTS})?"
            ),
            |c, x| {
                let of = match group(c, "which") {
                    "上" => Of::Away(-1),
                    "下" => Of::Away(1),
                    "每" => Of::Nearest,
                    _ => Of::Away(0),
                };
                let day = x.nth_weekday(nth(c)?, weekday(c)?, of);
                if group(c, "which") == "每" {
                    return day.map(Meaning::Recurring);
                }
                with_part(day, group(c, "part"))
            },
        ),
    ]
}

/// The day that is of a weekday and of a number.
fn both(captures: &Captures, context: &Context) -> Option<Meaning> {
    // "5月19号周五" names its month.
    let day = number_of(captures, "day").filter(|_| !context.before.ends_with('月'))?;
    let day = i8::try_from(day).ok()?;
    period(context.weekday_and_day(weekday(captures)?, day))
}

/// "十月第一周", "去年这个时候".
fn weeks_of_months_and_times_of_years() -> Vec<Rule> {
    let years = format!("(?:(?P<year>{NUMBER}{{4}}|[0-9]{{2}})年(?:的)?|{RELATIVE_YEAR}(?:的)?)");
    vec![
        rule(
            &format!(
                "{years}?(?P<month>{NUMBER}{{1,2}})月(?:份)?(?:的)?(?:第(?P<nth>[一二三四五1-5])|最[后後]一)(?:个|個)?{WEEK}"
            ),
            |c, x| {
                let month = i8::try_from(number_of(c, "month")?).ok()?;
                let whole = x.named_month(Which::Lean, year(c, x), month)?;
                period(whole.nth_week(number_of(c, "nth").unwrap_or(-1)))
            },
        ),
        rule(
            "(?:(?P<last>去年)|(?P<before>前年)|(?P<month>上(?:个|個)月)|(?P<week>上(?:个|個)?(?:周|週|星期)))(?:的)?(?:这|這|此|同)(?:个|個|一)?(?:时候|時候|时|時|期)",
            |c, x| {
                let has = |name| c.name(name).is_some();
                let (away, unit) = match (has("month"), has("week")) {
                    (true, _) => (-1, Unit::Month),
                    (_, true) => (-1, Unit::Week),
                    _ => (if has("before") { -2 } else { -1 }, Unit::Year),
                };
                period(Period::this_time(x.today(), away, unit))
            },
        ),
    ]
}

fn third(whole: Option<Period>, which: &str) -> Option<Meaning> {
    let whole = whole?;
    period(match which {
        "初" => whole.third(0),
        "中旬" | "中" => whole.third(1),
        "底" | "末" => whole.third(2),
        _ => Some(whole),
    })
}

fn years() -> Vec<Rule> {
    let years = format!("(?:(?P<year>{NUMBER}{{4}}|[0-9]{{2}})年|{RELATIVE_YEAR})");
    vec![
        rule(&format!("{years}(?:的)?(?P<third>年?(?:初|中|底|末))?"), |c, x| {
            let year = year(c, x).filter(|year| (1900..2100).contains(year))?;
            // 20年前 is a count.
            if group(c, "year").chars().count() == 2
                && x.rest.starts_with(['前', '后', '後', '以', '之', '来', '了'])
            {
                return None;
            }
            third(Period::years(year, year), group(c, "third").trim_start_matches('年'))
        }),
        rule("(?P<third>年初|年中|年底|年末)", |c, x| {
            let year = x.today().year();
            third(Period::years(year, year), group(c, "third").trim_start_matches('年'))
        }),
        rule(&format!("{years}(?:的)?{SEASONS}"), |c, x| period(Period::season(year(c, x)?, season(c)?))),
        rule(&format!("(?P<which>上个|这个|今|下个|那个)?{SEASONS}"), |c, x| {
            let season = season(c)?;
            let which = match group(c, "which") {
                "上个" => Which::Last,
                "这个" | "今" => Which::This,
                "下个" => Which::Next,
                _ => Which::Lean,
            };
            period(x.season(which, season))
        }),
        rule(
            "(?P<century>上世纪|二十世纪|20世纪|本世纪)?(?P<decade>[二三四五六七八九]十|[2-9]0)年代|(?P<year>(?:19|20)[0-9]0)年代",
            |c, _| {
                let first = if let Some(year) = number_of(c, "year") {
                    i16::try_from(year).ok()?
                } else {
                    let tens = i16::try_from(number_of(c, "decade")?).ok()?;
                    let this_century = tens == 20 && !group(c, "century").contains(['上', '二']);
                    if this_century { 2020 } else { 1900 + tens }
                };
                period(Period::years(first, first.checked_add(9)?))
            },
        ),
        rule(&format!("我(?P<age>{NUMBER}{{1,3}})岁(?:的时候|那年|时|那一年)?"), |c, x| {
            let age = i16::try_from(number_of(c, "age")?).ok()?;
            period(x.ages(age, age))
        }),
        rule("(?:我)?(?P<child>小时候|小時候|童年|青少年时期|上中学的时候)", |c, x| {
            let child = group(c, "child").starts_with(['小', '童']);
            period(if child { x.ages(3, 12) } else { x.ages(13, 19) })
        }),
    ]
}

fn feasts() -> Vec<Rule> {
    let names = "(?P<feast>大年三十|除夕夜?|大年初一|春节|春節|农历新年|農曆新年|新年|跨年夜?|過年|过年|元宵节|清明节?|端午节?|端午節|中秋节?|中秋節|国庆节?|國慶節?|元旦|劳动节|五一|平安夜|圣诞节?|聖誕節?|情人节|万圣节|复活节|感恩节|母亲节|父亲节)";
    vec![feast_rule(
        &format!("(?:(?P<year>{NUMBER}{{4}})年(?:的)?|{RELATIVE_YEAR}(?:的)?)?{names}"),
        |c, x| {
            let feast = match group(c, "feast") {
                "大年三十" | "除夕" | "除夕夜" => Feast::LunarNewYear(-1),
                "大年初一" | "春节" | "春節" | "农历新年" | "農曆新年" | "过年" | "過年" => {
                    Feast::LunarNewYear(0)
                }
                "元宵节" => Feast::LunarNewYear(14),
                "清明" | "清明节" => Feast::Fixed(4, 5),
                "端午" | "端午节" | "端午節" => Feast::DragonBoat,
                "中秋" | "中秋节" | "中秋節" => Feast::MidAutumn,
                // "新年快乐" and "新年愿望" name no day.
                "新年" if x.rest.starts_with(['快', '愿', '計', '计', '目', '好', '新', '礼', '禮']) =>
                {
                    return None;
                }
                "元旦" | "新年" => Feast::Fixed(1, 1),
                "跨年" | "跨年夜" => Feast::Fixed(12, 31),
                "劳动节" | "五一" => Feast::Fixed(5, 1),
                "平安夜" => Feast::Fixed(12, 24),
                "情人节" => Feast::Fixed(2, 14),
                "万圣节" => Feast::Fixed(10, 31),
                "复活节" => Feast::Easter(0),
                "感恩节" => Feast::Weekday(11, 4, Weekday::Thursday),
                "母亲节" => Feast::Weekday(5, 2, Weekday::Sunday),
                "父亲节" => Feast::Weekday(6, 3, Weekday::Sunday),
                name if name.starts_with(['国', '國']) => Feast::Fixed(10, 1),
                _ => Feast::Fixed(12, 25),
            };
            period(x.feast(Which::Lean, year(c, x), feast))
        },
    )]
}

fn recurring() -> Vec<Rule> {
    vec![
        rule(&format!("每(?:个|個)?{WEEK}{WEEKDAY}(?:的)?(?:{PARTS})?"), |c, x| {
            x.weekday(Which::Lean, weekday(c)?).map(Meaning::Recurring)
        }),
        rule(
            "每(?:一)?(?:个|個)?(?P<unit>天|日|晚|早上|晚上|星期|周末|周|週|礼拜|月|年)(?:的)?",
            |c, x| {
                let stretch = match group(c, "unit") {
                    "星期" | "周" | "週" | "礼拜" => x.week(0),
                    "周末" => x.weekend(0),
                    "月" => x.month(0),
                    "年" => x.year(0),
                    _ => x.day(0),
                };
                stretch.map(Meaning::Recurring)
            },
        ),
        rule(
            "每年(?P<month>[0-9一二三四五六七八九十]{1,2})月(?P<day>[0-9一二三四五六七八九十]{1,3})[日号號]",
            |c, x| {
                let month = i8::try_from(number_of(c, "month")?).ok()?;
                let day = i8::try_from(number_of(c, "day")?).ok()?;
                x.choose(Which::Lean, |year| Period::day(Date::new(year, month, day).ok()?))
                    .map(Meaning::Recurring)
            },
        ),
    ]
}
