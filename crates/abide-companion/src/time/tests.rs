//! Tables of phrases with what they mean on Tuesday, May 9, 2023, 14:05; and properties that hold for any text.

mod beside;
mod days;

use jiff::Zoned;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

fn now() -> Zoned {
    date(2023, 5, 9).at(14, 5, 0, 0).to_zoned(TimeZone::UTC).unwrap()
}

fn anchors() -> Anchors {
    let known = |label: &str, kind, whose: Option<&str>, year, month, day| KnownDate {
        label: label.to_owned(),
        kind,
        whose: whose.map(str::to_owned),
        also: Vec::new(),
        year,
        month,
        day,
    };
    Anchors::new(vec![
        known("", KnownDateKind::Birthday, None, Some(1990), 3, 14),
        known("", KnownDateKind::Birthday, Some("Anna"), None, 8, 2),
        known("", KnownDateKind::Birthday, Some("mère"), None, 2, 1),
        known("", KnownDateKind::Birthday, Some("Zoé"), None, 4, 3),
        known("wedding", KnownDateKind::Anniversary, None, Some(2015), 6, 20),
        known("interview", KnownDateKind::Once, None, Some(2023), 5, 20),
    ])
}

/// Each expression as `kind first-day last-day` (the last day included), with the time where it is to the minute.
fn summary(text: &str) -> String {
    let one = |found: &TimeExpression| {
        let kind = match found.kind {
            TimeKind::At | TimeKind::Around => "",
            TimeKind::Before => "< ",
            TimeKind::Until => "<= ",
            TimeKind::After => "> ",
            TimeKind::Since => ">= ",
            TimeKind::Recurring => "* ",
        };
        let last = found.end.checked_sub(jiff::Span::new().seconds(1)).unwrap().date();
        match found.precision {
            Precision::Minute | Precision::PartOfDay => format!("{kind}{}", found.start.strftime("%F %H:%M")),
            _ if last == found.start.date() => format!("{kind}{last}"),
            _ => format!("{kind}{}..{last}", found.start.date()),
        }
    };
    parse(text, &now(), &anchors()).iter().map(one).collect::<Vec<_>>().join(", ")
}

fn check(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter(|(text, expected)| summary(text) != *expected)
        .map(|(text, expected)| format!("{text}\n   is  {:?}\n   not {expected:?}", summary(text)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn english_times() {
    check(&[
        ("What did I say last Tuesday?", "2023-05-02"),
        ("I told you yesterday evening", "2023-05-08 17:00"),
        ("two weeks ago we went hiking", "2023-04-22..2023-04-28"),
        ("a couple of days ago", "2023-05-07"),
        ("twenty-one days ago", "2023-04-18"),
        ("three months ago", "2023-01-25..2023-02-24"),
        ("the week before last", "2023-04-23..2023-04-29"),
        ("last week", "2023-04-30..2023-05-06"),
        ("this week", "2023-05-07..2023-05-13"),
        ("last weekend", "2023-05-06..2023-05-07"),
        ("last month", "2023-04-01..2023-04-30"),
        ("last year was hard", "2022-01-01..2022-12-31"),
        ("What happened in 2021?", "2021-01-01..2021-12-31"),
        ("in early 2021", "2021-01-01..2021-05-01"),
        ("since 2019", ">= 2019-01-01..2019-12-31"),
        ("between 2019 and 2021", "2019-01-01..2021-12-31"),
        ("2019-2021", "2019-01-01..2021-12-31"),
        ("We met on May 8", "2023-05-08"),
        ("We met on May 10", "2022-05-10"),
        ("I have an appointment on May 10", "2023-05-10"),
        ("8 May 2023", "2023-05-08"),
        ("on the 8th of May, 2023", "2023-05-08"),
        ("Monday, May 8, 2023", "2023-05-08"),
        ("on 5/8/2023", "2023-05-08"),
        ("on 25/12/2022", "2022-12-25"),
        ("2023-05-08", "2023-05-08"),
        ("in March", "2023-03-01..2023-03-31"),
        ("in June I was in Rome", "2022-06-01..2022-06-30"),
        ("late March 2022", "2022-03-21..2022-03-31"),
        ("before May 2020", "< 2020-05-01..2020-05-31"),
        ("last summer", "2022-06-01..2022-08-31"),
        ("the summer of 2019", "2019-06-01..2019-08-31"),
        ("last winter", "2022-12-01..2023-02-28"),
    ]);
}

#[test]
fn english_feasts_and_times_of_a_life() {
    check(&[
        ("What did I get on my birthday?", "2023-03-14"),
        ("before my birthday", "< 2023-03-14"),
        ("on my 30th birthday", "2020-03-14"),
        ("what did Anna's birthday bring", "2022-08-02"),
        ("at our wedding", "2015-06-20"),
        ("on our anniversary", "2022-06-20"),
        ("after my interview", "> 2023-05-20"),
        ("since Christmas", ">= 2022-12-25"),
        ("before Easter 2022", "< 2022-04-17"),
        ("on Chinese New Year", "2023-01-22"),
        ("last Thanksgiving", "2022-11-24"),
        ("in the 90s", "1990-01-01..1999-12-31"),
        ("the 2010s", "2010-01-01..2019-12-31"),
        ("in the eighties", "1980-01-01..1989-12-31"),
        ("when I was ten", "2000-03-14..2001-03-13"),
        ("when I was a kid", "1993-03-14..2003-03-13"),
        ("tomorrow at 5pm", "2023-05-10 17:00"),
        ("I have to be there on Friday at 10:30", "2023-05-12 10:30"),
        ("I went there on Friday", "2023-05-05"),
        ("I will go there on Friday", "2023-05-12"),
        ("next Monday", "2023-05-15"),
        ("every Monday I swim", "* 2023-05-08"),
        ("I swim on Mondays", "* 2023-05-08"),
        ("the past three days", "2023-05-06..2023-05-09"),
        ("the day before yesterday", "2023-05-07"),
        ("in two weeks", "2023-05-20..2023-05-26"),
        ("half an hour ago", "2023-05-09 13:34"),
        ("on the 5th", "2023-05-05"),
        ("by Friday I must finish", "<= 2023-05-12"),
        ("tonight", "2023-05-09 20:00"),
        ("last night", "2023-05-08 20:00"),
        ("a year and a half ago", "2021-08-09..2022-02-07"),
        ("from Monday to Friday", "2023-05-01..2023-05-05"),
        ("at the end of March", "2023-03-21..2023-03-31"),
        ("around Easter", "2023-04-06..2023-04-12"),
        ("the summer before last", "2021-06-01..2021-08-31"),
        ("a few days ago", "2023-05-04..2023-05-07"),
        ("a pic from last week", "2023-04-30..2023-05-06"),
        ("I'll see you in a few days", "2023-05-11..2023-05-14"),
        ("Rome wasn't built in a day", ""),
        ("Any plans for the summer?", "2023-06-01..2023-08-31"),
        ("a decade ago", "2011-05-10..2015-05-09"),
    ]);
}

#[test]
fn what_is_no_time_in_english() {
    check(&[
        ("You may be right.", ""),
        ("this may be wrong", ""),
        ("in my mind they march on", ""),
        ("When I was a nurse", ""),
        ("on the 5th floor", ""),
        ("I paid for 2000 dollars' worth", ""),
        ("it costs around 2000 dollars", ""),
        ("I fall asleep", ""),
        ("in the second place", ""),
        ("My name is April.", ""),
        ("a new year begins", ""),
        ("monthly and yesterdayish", ""),
        ("31/31/2023 and 2023-13-45", ""),
    ]);
}

#[test]
fn french_times() {
    check(&[
        ("mardi dernier", "2023-05-02"),
        ("Qu'est-ce que je t'ai dit mardi dernier ?", "2023-05-02"),
        ("il y a deux semaines", "2023-04-22..2023-04-28"),
        ("il y a quinze jours", "2023-04-22..2023-04-28"),
        ("il y a trois jours", "2023-05-06"),
        ("avant mon anniversaire", "< 2023-03-14"),
        ("l'anniversaire de ma mère", "2023-02-01"),
        ("en 2021", "2021-01-01..2021-12-31"),
        ("entre 2019 et 2021", "2019-01-01..2021-12-31"),
        ("depuis 2019", ">= 2019-01-01..2019-12-31"),
        ("l'été dernier", "2022-06-01..2022-08-31"),
        ("l’été 2019", "2019-06-01..2019-08-31"),
        ("avant-hier", "2023-05-07"),
        ("hier soir", "2023-05-08 17:00"),
        ("demain matin", "2023-05-10 05:00"),
        ("j'ai rendez-vous demain à 14h30", "2023-05-10 14:30"),
        ("la semaine dernière", "2023-05-01..2023-05-07"),
        ("la semaine prochaine", "2023-05-15..2023-05-21"),
        ("le mois dernier", "2023-04-01..2023-04-30"),
        ("l'année dernière", "2022-01-01..2022-12-31"),
        ("le week-end dernier", "2023-05-06..2023-05-07"),
        ("le 8 mai 2023", "2023-05-08"),
        ("le 1er mai", "2023-05-01"),
        ("le lundi 8 mai", "2023-05-08"),
        ("le 05/08/2022, nous étions là", "2022-08-05"),
        ("en mars", "2023-03-01..2023-03-31"),
        ("mars dernier", "2023-03-01..2023-03-31"),
        ("début mars 2022", "2022-03-01..2022-03-10"),
        ("au mois de juin 2022", "2022-06-01..2022-06-30"),
        ("depuis Noël", ">= 2022-12-25"),
        ("avant Pâques", "< 2023-04-09"),
        ("le Nouvel An chinois", "2023-01-22"),
        ("les années 90", "1990-01-01..1999-12-31"),
        ("dans les années quatre-vingt-dix", "1990-01-01..1999-12-31"),
        ("quand j'avais dix ans", "2000-03-14..2001-03-13"),
        ("quand j'étais petite", "1993-03-14..2003-03-13"),
        ("tous les lundis je nage", "* 2023-05-08"),
        ("ces trois derniers mois", "2023-02-09..2023-05-09"),
        ("Je vais chez le dentiste vendredi", "2023-05-12"),
        ("aujourd'hui", "2023-05-09"),
        ("ce matin", "2023-05-09 05:00"),
        ("dans trois jours", "2023-05-12"),
        ("il y a un an et demi", "2021-08-09..2022-02-07"),
        ("cet été", "2023-06-01..2023-08-31"),
        ("entre lundi et vendredi", "2023-05-01..2023-05-05"),
        ("fin mai", "2023-05-21..2023-05-31"),
        ("hier à 20h", "2023-05-08 20:00"),
        ("il y a quelques jours", "2023-05-04..2023-05-07"),
    ]);
}

#[test]
fn what_is_no_time_in_french() {
    check(&[
        ("Ça a été difficile pour elle.", ""),
        ("Il y a un chat ici.", ""),
        ("Mon marsupial est parti.", ""),
        ("J'ai couru 2000 mètres", ""),
        ("une chanson pour toi", ""),
        ("mais je ne sais pas", ""),
    ]);
}

#[test]
fn chinese_times() {
    check(&[
        ("上周二我说了什么？", "2023-05-02"),
        ("上个星期二", "2023-05-02"),
        ("这周五", "2023-05-12"),
        ("下周五下午三点我要去看牙医", "2023-05-19 15:00"),
        ("前天", "2023-05-07"),
        ("昨天晚上", "2023-05-08 17:00"),
        ("昨晚", "2023-05-08 17:00"),
        ("今天", "2023-05-09"),
        ("明天早上", "2023-05-10 05:00"),
        ("两个星期前", "2023-04-22..2023-04-28"),
        ("三天前", "2023-05-06"),
        ("半年前", "2022-10-25..2022-11-24"),
        ("十年前", "2012-11-08..2013-11-07"),
        ("3个月以前", "2023-01-25..2023-02-24"),
        ("2021年", "2021-01-01..2021-12-31"),
        ("二〇二一年", "2021-01-01..2021-12-31"),
        ("从2019年到2021年", "2019-01-01..2021-12-31"),
        ("2021年以前", "< 2021-01-01..2021-12-31"),
        ("五月八号", "2023-05-08"),
        ("2023年5月8日", "2023-05-08"),
        ("去年十二月二十五号", "2022-12-25"),
        ("我生日之前", "< 2023-03-14"),
        ("我的生日", "2023-03-14"),
        ("Anna的生日", "2022-08-02"),
        ("去年夏天", "2022-06-01..2022-08-31"),
        ("上个月", "2023-04-01..2023-04-30"),
        ("上个周末", "2023-05-06..2023-05-07"),
        ("去年", "2022-01-01..2022-12-31"),
        ("前年", "2021-01-01..2021-12-31"),
        ("春节", "2023-01-22"),
        ("去年春节", "2022-02-01"),
        ("中秋节之后", "> 2022-09-10"),
        ("自从圣诞节", ">= 2022-12-25"),
        ("两年半以前", "2020-08-09..2021-02-07"),
        ("十几年前", "2003-11-09..2013-11-07"),
        ("从周一到周五", "2023-05-01..2023-05-05"),
        ("昨天下午三点半", "2023-05-08 15:30"),
        ("我上次生日", "2023-03-14"),
        ("几天前", "2023-05-04..2023-05-07"),
        ("九十年代", "1990-01-01..1999-12-31"),
        ("我十岁的时候", "2000-03-14..2001-03-13"),
        ("小时候", "1993-03-14..2003-03-13"),
        ("每周一我都游泳", "* 2023-05-08"),
        ("最近三天", "2023-05-06..2023-05-09"),
        ("三月", "2023-03-01..2023-03-31"),
        ("八点见", ""),
        ("我有三个朋友", ""),
        ("他前面有人", ""),
    ]);
}

#[test]
fn spans_are_where_the_words_are() {
    let of = |text: &str| parse(text, &now(), &anchors())[0].range.clone();
    let text = "Hey, since Christmas 2021, nothing.";
    assert_eq!(&text[of(text)], "since Christmas 2021");
    let text = "C'était avant mon anniversaire, je crois.";
    assert_eq!(&text[of(text)], "avant mon anniversaire");
    let text = "嗯，我生日之前的事";
    assert_eq!(&text[of(text)], "我生日之前");
}

#[test]
fn a_question_is_about_what_is_before_and_after_what_it_names() {
    let about = |text: &str| asked_about(text, &now(), &anchors()).times;
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let time = |start, end, emphasis| AskedTime { within: start..end, emphasis };
    let (year, after) = (at("2020-01-01T00:00Z"), at("2021-01-01T00:00Z"));
    for (text, expected) in [
        ("in 2020", time(year, after, Emphasis::Whole)),
        ("before 2020", time(Timestamp::MIN, year, Emphasis::End)),
        ("until 2020", time(Timestamp::MIN, after, Emphasis::End)),
        ("after 2020", time(after, now().timestamp(), Emphasis::Start)),
        ("since 2020", time(year, now().timestamp(), Emphasis::Whole)),
        ("a week ago", time(at("2023-04-29T00:00Z"), at("2023-05-06T00:00Z"), Emphasis::Middle)),
    ] {
        assert_eq!(about(text), [expected], "{text}");
    }
    for text in [
        "no time at all",
        "What must I do before May 20?",
        "after my interview",
        "I will see you before June",
    ] {
        assert_eq!(about(text), [], "{text}");
    }
    assert_eq!(about("every Monday and in 2020").len(), 2);
}

#[test]
fn letters_with_accents_end_no_word() {
    check(&[
        ("l'anniversaire de Zoé, c'était bien", "2023-04-03"),
        ("Zoé's birthday was nice", "2023-04-03"),
        // What is over is over, though one goes to appointments.
        ("Je suis allé au rendez-vous samedi", "2023-05-06"),
        ("J'ai raté l'entretien samedi", "2023-05-06"),
    ]);
}

#[test]
fn what_is_asked_beside_times_is_left() {
    let beside = |text: &str| asked_about(text, &now(), &anchors()).beside;
    let is = |text: &str, expected: &str| {
        let words = beside(text).map(|beside| beside.split_whitespace().collect::<Vec<_>>().join(" "));
        assert_eq!(words.as_deref(), Some(expected), "{text}");
    };
    is("What did I do three weeks ago?", "What did I do ?");
    is("What did I do between Halloween and November 5th?", "What did I do ?");
    is("Qu'est-ce que j'ai fait il y a trois semaines ?", "Qu'est-ce que j'ai fait ?");
    is("我上周跟你说了什么？", "我 跟你说了什么？");
    is("What did I do before my birthday?", "What did I do ?");
    for text in ["What will I do before June?", "What do I do every Monday?", "What did I do?"] {
        assert_eq!(beside(text), None, "{text}");
    }
}

#[test]
fn what_names_a_time_and_nothing_else_is_not_searched() {
    let matter = |text: &str| {
        let matter = asked_about(text, &now(), &anchors()).matter;
        matter.map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    for (text, expected) in [
        ("Where did I go with Ana before my birthday?", Some("Where did I go with Ana ?")),
        ("Qu'est-ce que j'ai acheté il y a un an jour pour jour ?", Some("Qu'est-ce que j'ai acheté ?")),
        ("一年前的今天我买了什么？", Some("我买了什么？")),
        // What was then may be told in these words.
        ("What did I eat at Christmas?", None),
        ("What did I get on my birthday?", None),
        ("What did I get?", None),
    ] {
        assert_eq!(matter(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn weeks_of_months_and_times_of_years_are_known() {
    check(&[
        ("3 wks ago", "2023-04-15..2023-04-21"),
        ("two yrs ago", "2020-11-08..2021-11-07"),
        ("the first week of october", "2022-10-01..2022-10-07"),
        ("In the last week of February 2023 I slept", "2023-02-22..2023-02-28"),
        ("second week of march", "2023-03-08..2023-03-14"),
        ("What did I do this time last year?", "2022-04-29..2022-05-19"),
        ("around the same time last month", "2023-04-05..2023-04-13"),
        ("this time three years ago", "2020-04-29..2020-05-19"),
        ("la première semaine d'octobre", "2022-10-01..2022-10-07"),
        ("la dernière semaine de février 2023", "2023-02-22..2023-02-28"),
        ("à la même époque l'année dernière", "2022-04-29..2022-05-19"),
        ("l'an dernier à la même époque", "2022-04-29..2022-05-19"),
        ("十月第一周", "2022-10-01..2022-10-07"),
        ("2月的最后一个星期", "2023-02-22..2023-02-28"),
        ("去年这个时候我在做什么？", "2022-04-29..2022-05-19"),
        ("上个月这个时候", "2023-04-05..2023-04-13"),
        ("this time it works", ""),
        ("the first week was hard", ""),
        ("last year", "2022-01-01..2022-12-31"),
    ]);
}

#[test]
fn without_anchors_a_birthday_is_no_time() {
    assert_eq!(parse("before my birthday", &now(), &Anchors::default()), []);
    assert_eq!(parse("when I was ten", &now(), &Anchors::default()), []);
}

#[test]
fn questions_for_a_time_are_known() {
    for text in ["When did I move?", "C'était quand, mon voyage ?", "我什么时候搬家的？", "What year was it?"]
    {
        assert!(asks_when(text), "{text}");
    }
    for text in ["I was happy when it rained.", "Quand il pleut, je lis.", "Where did I go?", "我在哪里？"]
    {
        assert!(!asks_when(text), "{text}");
    }
}

#[test]
fn gaps_are_put_into_words() {
    let to = now();
    let table = [
        (0, "just now", "à l'instant", "刚才"),
        (5 * 60, "five minutes ago", "il y a cinq minutes", "五分钟前"),
        (3_600, "an hour ago", "il y a une heure", "一个小时前"),
        (86_400, "yesterday", "hier", "昨天"),
        (3 * 86_400, "three days ago", "il y a trois jours", "三天前"),
        (14 * 86_400, "two weeks ago", "il y a deux semaines", "两个星期前"),
        (100 * 86_400, "three months ago", "il y a trois mois", "三个月前"),
        (800 * 86_400, "two years ago", "il y a deux ans", "两年前"),
        (-3 * 86_400, "in three days", "dans trois jours", "三天后"),
    ];
    for (seconds, english, french, chinese) in table {
        let from = to.checked_sub(jiff::Span::new().seconds(seconds)).unwrap();
        let words = Language::ALL.map(|language| describe_gap(&from, &to, language));
        assert_eq!(words, [english, french, chinese]);
    }
}

#[test]
fn today_is_put_into_words() {
    let words = Language::ALL.map(|language| describe_today(&now(), language));
    let expected = [
        "Today is Tuesday, May 9, 2023, 14:05.",
        "Nous sommes le mardi 9 mai 2023, il est 14 h 05.",
        "今天是2023年5月9日，星期二，14:05。",
    ];
    assert_eq!(words, expected);
}

/// Pieces that the patterns are made of, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "last ",
        "Tuesday ",
        "two ",
        "weeks ",
        "ago ",
        "before ",
        "my birthday ",
        "in ",
        "2023 ",
        "May 8",
        ", ",
        "é",
        "il y a ",
        "deux ",
        "semaines ",
        "le ",
        "8 mai ",
        "99999 ",
        "上",
        "周",
        "二",
        "三",
        "天前",
        "年",
        "月",
        "号",
        "去年",
        "9999年",
        "99月99日",
        "31 February ",
        "at 5pm ",
        "at 99:99 ",
        "since ",
        "👍",
        "between ",
        " and ",
        "-",
        "9999 years ago ",
        "dans 9999 ans ",
        "every ",
        "年代",
        "the 1990s",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..12)
        .prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_text_gives_ordered_spans_between_characters(text in prop_oneof![".{0,80}", pieces()]) {
        let mut floor = 0;
        for found in parse(&text, &now(), &anchors()) {
            prop_assert!(found.range.start >= floor && found.range.start < found.range.end);
            prop_assert!(text.get(found.range.clone()).is_some());
            prop_assert!(found.start < found.end);
            floor = found.range.end;
        }
    }

    #[test]
    fn any_moment_can_be_now(day in -3_000_000_i64..3_000_000, text in pieces()) {
        let now = Timestamp::UNIX_EPOCH.checked_add(jiff::SignedDuration::from_hours(day * 24));
        if let Ok(now) = now {
            let now = now.to_zoned(TimeZone::UTC);
            parse(&text, &now, &anchors());
            describe_today(&now, Language::French);
        }
    }

    #[test]
    fn gaps_of_any_size_have_words(seconds in -100_000_000_000_i64..100_000_000_000) {
        let from = now().checked_add(jiff::SignedDuration::from_secs(seconds));
        if let Ok(from) = from {
            for language in Language::ALL {
                prop_assert!(!describe_gap(&from, &now(), language).is_empty());
            }
        }
    }
}

#[test]
fn a_megabyte_is_read_in_bounded_time() {
    let text = "last Tuesday il y a deux semaines 上周二 ".repeat(25_000);
    let found = parse(&text, &now(), &anchors());
    assert!(found.len() > 1_000);
    assert!(found.last().unwrap().range.end <= SEARCHED_BYTES_MAX);
}

#[test]
fn a_stretch_from_one_time_to_another_is_one() {
    check(&[
        ("Did I see Ana between March and April?", "2023-03-01..2023-04-30"),
        ("Did I see Ana between April and June?", "2022-04-01..2022-06-30"),
        ("Did I see Ana from November to January?", "2022-11-01..2023-01-31"),
        ("Did I see Ana between May and June 2019?", "2019-05-01..2019-06-30"),
        ("Was I ill from early March until late April?", "2023-03-01..2023-04-30"),
        ("Was I ill between March 3 and April 10?", "2023-03-03..2023-04-10"),
        ("Was I ill between the 3rd of March and the 10th of April?", "2023-03-03..2023-04-10"),
        ("Was I ill between June 3 and July 10?", "2022-06-03..2022-07-10"),
        ("Was I ill from June 20, 2021 to March 2?", "2021-06-20..2022-03-02"),
        ("Was I ill between the 3rd and the 10th of April?", "2023-04-03..2023-04-10"),
        ("Was I ill from 3 to 10 June 2021?", "2021-06-03..2021-06-10"),
        ("Was I ill from April 3 through 10?", "2023-04-03..2023-04-10"),
        ("Was I ill June 3-10?", "2022-06-03..2022-06-10"),
        ("Ai-je vu Ana du 3 au 10 avril ?", "2023-04-03..2023-04-10"),
        ("Ai-je vu Ana entre le 3 et le 10 juin 2021 ?", "2021-06-03..2021-06-10"),
        ("四月三号到十号我见过小安吗？", "2023-04-03..2023-04-10"),
        ("2021年6月3日至10日之间我见过小安吗？", "2021-06-03..2021-06-10"),
        ("Ai-je vu Ana entre mars et avril ?", "2023-03-01..2023-04-30"),
        ("Est-ce que j'ai vu Ana d'avril à juin ?", "2022-04-01..2022-06-30"),
        ("Est-ce que j'ai vu Ana de novembre à janvier ?", "2022-11-01..2023-01-31"),
        ("Ai-je vu Ana du 3 mars au 10 avril ?", "2023-03-03..2023-04-10"),
        ("Ai-je vu Ana entre mai et juin 2019 ?", "2019-05-01..2019-06-30"),
        ("四月到六月之间我见过小安吗？", "2022-04-01..2022-06-30"),
        ("三月和四月之间我见过小安吗？", "2023-03-01..2023-04-30"),
        ("我在三月到四月期间见过小安吗？", "2023-03-01..2023-04-30"),
        ("从去年十一月到今年一月我见过小安吗？", "2022-11-01..2023-01-31"),
        ("2019年五月至六月间我见过小安吗？", "2019-05-01..2019-06-30"),
    ]);
}

#[test]
fn what_was_then_alone_is_asked_for_by_times_that_are_over() {
    let only_then = |text: &str| asked_about(text, &now(), &anchors()).only_then;
    for text in [
        "Did I see Ana between March and April?",
        "What did I cook last week?",
        "Was I ill in February?",
        "Who broke the vase in March?",
        "Qui est tombé de vélo en février ?",
        "Ai-je vu Ana entre mars et avril ?",
        "Est-ce que j'ai vu Ana la semaine dernière ?",
        "三月和四月之间我见过小安吗？",
    ] {
        assert!(only_then(text), "{text}");
    }
    for text in [
        "Do I see Ana in June?",
        "Is Ana's birthday in March?",
        "What did I do in 2022?",
        "Did I see Ana before March?",
        "Did I see Ana since March?",
        "What did I eat at Christmas?",
        "Did I see Ana?",
        "Did I see Ana this week?",
    ] {
        assert!(!only_then(text), "{text}");
    }
}
