//! Whether values of facts are about the same: tastes in other words, counts of one thing, favourites of one kind. Must not know patterns.

use std::sync::LazyLock;

use regex::Regex;

use super::dates;
use super::pattern::anywhere;
use crate::language::{Language, is_han};
use crate::text::stem::{stem, words};

/// What one does with what one likes, before what it is: "eating olives" are olives.
static DOING: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"^(?:(?:to\s+)?(?:eat(?:ing)?|drink(?:ing)?|watch(?:ing)?|listen(?:ing)?\s+to|play(?:ing)?|read(?:ing)?|hear(?:ing)?|do(?:ing)?|go(?:ing)?)\s+|the\s+(?:taste|smell|sound|look)\s+of\s+|(?:manger|boire|regarder|écouter|lire|entendre|faire|jouer)\s+(?:de\s+la\s+|de\s+l['’]|du\s+|des\s+|de\s+|à\s+la\s+|à\s+|au\s+|aux\s+)?|[吃喝看听玩打])",
    )
});

/// Words before what it is.
static ARTICLE: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"^(?:(?:the|a|an|some|any|my|this|these|de\s+la|du|des|de|le|la|les|un|une|mon|ma|mes|ce|cette|ces)\s+|(?:de\s+)?l['’]|d['’])",
    )
});

/// Whether two likes or dislikes are of the same.
pub(super) fn same_taste(a: &str, b: &str) -> bool {
    let plain = |text: &str| {
        let lower = text.trim().to_lowercase();
        let mut rest = lower.as_str();
        for _ in 0..3 {
            let cut = DOING.find(rest).or_else(|| ARTICLE.find(rest)).map_or(0, |found| found.end());
            // What one does may be all.
            if cut == 0 || rest[cut..].trim().is_empty() {
                break;
            }
            rest = rest[cut..].trim_start();
        }
        let words = rest.split_whitespace().map(|word| {
            [Language::English, Language::French].iter().fold(word.to_owned(), |word, of| stem(&word, *of))
        });
        words.collect::<Vec<_>>().join(" ")
    };
    plain(a) == plain(b)
}

/// One kind of thing in each language, the first word standing for all.
const THINGS: &[&[&str]] = &[
    &["child", "kid", "children", "enfant", "gosse", "gamin", "孩子", "小孩", "娃"],
    &["sibling", "兄弟姐妹"],
    &["grandchild", "grandchildren", "grandkid", "petits-enfants", "孙子", "外孙"],
    &["son", "boy", "garçon"],
    &["daughter", "girl"],
    &["pet", "animaux", "宠物"],
    &["chicken", "hen", "poule", "鸡"],
    &["goat", "chèvre"],
    &["sheep", "mouton", "羊"],
    &["pony", "ponies", "poney"],
    &["puppy", "puppies", "chiot"],
    &["car", "voiture", "bagnole", "auto", "caisse", "汽车", "轿车", "车子", "车"],
    &["motorbike", "motorcycle", "moto", "摩托车", "摩托"],
    &["bicycle", "bike", "vélo", "自行车", "单车"],
    &["phone", "smartphone", "mobile", "iphone", "téléphone", "portable", "手机"],
    &["computer", "laptop", "ordinateur", "ordi", "电脑", "笔记本"],
    &["tablet", "tablette", "平板"],
    &["camera", "appareil photo", "相机"],
    &["house", "maison", "房子"],
    &["flat", "apartment", "appartement", "appart", "公寓"],
    &["boat", "bateau"],
    &["guitar", "guitare", "吉他"],
    &["piano", "钢琴"],
    &["violin", "violon", "小提琴"],
    &["television", "tv", "telly", "télé", "télévision", "电视机", "电视"],
];

/// A thing that somebody has, and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Had {
    pub(super) kind: String,
    pub(super) count: Option<i64>,
}

/// What a value of `has` names: "two sisters and a brother". Empty where nothing of it is known.
pub(super) fn had(value: &str) -> Vec<Had> {
    had_in(value, None)
}

/// The same of words in a language that is known.
fn had_in(value: &str, language: Option<Language>) -> Vec<Had> {
    static AND: LazyLock<Regex> = LazyLock::new(|| anywhere(r"\s+(?:and|et|&)\s+|[,，、:]\s*|和"));
    AND.split(value).filter_map(|one| one_had(one, language)).collect()
}

fn one_had(text: &str, language: Option<Language>) -> Option<Had> {
    let lower = text.trim().to_lowercase();
    if lower.chars().any(is_han) {
        let kind = kind_in(&lower)?;
        let count = lower
            .trim_start_matches('第')
            .chars()
            .take_while(|one| "一二两兩三四五六七八九十0123456789".contains(*one))
            .collect::<String>();
        return Some(Had { kind, count: crate::time::number_in_words(&count, Language::Chinese) });
    }
    let words: Vec<&str> = lower.split_whitespace().collect();
    let first = *words.first()?;
    let nth = words.iter().find_map(|word| nth(word));
    let count = match first {
        _ if nth.is_some() => nth,
        "no" => Some(0),
        "my" | "the" | "mon" | "ma" => None,
        _ => [Language::English, Language::French]
            .iter()
            .find_map(|language| dates::number(first, *language))
            .map(i64::from)
            .or_else(|| first.parse().ok()),
    };
    Some(Had { kind: kind_named(&lower, language)?, count })
}

/// The kind of thing that a name is of. English names a thing at its end ("dog food" is no dog), French before what is joined to it ("housse de
/// guitare", "ordinateur portable").
fn kind_named(name: &str, language: Option<Language>) -> Option<String> {
    static CALLED: LazyLock<Regex> =
        LazyLock::new(|| anywhere(r"\s(?:called|named|qui|appelée?s?|nommée?s?)\s.*$"));
    static FRENCH: LazyLock<Regex> = LazyLock::new(|| {
        anywhere(
            r"^(?:une?|la|les?|mon|ma|mes|notre|nos|deux|trois|quatre|cinq|sept|huit|neuf|dix)\s|\s(?:de|du|des|\x{e0}|au|aux|pour|en)\s|\sd['’]",
        )
    });
    const JOINING: &[&str] = &["de", "du", "des", "à", "au", "aux", "pour", "en"];
    let name = CALLED.replace(name, "");
    if language == Some(Language::French) || FRENCH.is_match(&name) {
        let joins = |word: &&str| JOINING.contains(word) || word.starts_with("d'");
        return name.split_whitespace().take_while(|word| !joins(word)).find_map(kind_of);
    }
    name.split_whitespace().next_back().and_then(kind_of)
}

/// Words that say which of several something is, the second first: so many there are then.
const NTH: &[&[&str]] = &[
    &["second", "2nd", "deuxième", "deuxieme", "seconde", "2e"],
    &["third", "3rd", "troisième", "troisieme", "3e"],
    &["fourth", "4th", "quatrième", "quatrieme", "4e"],
    &["fifth", "5th", "cinquième", "cinquieme", "5e"],
    &["sixth", "6th", "sixième", "sixieme", "6e"],
    &["seventh", "7th", "septième", "septieme", "7e"],
    &["eighth", "8th", "huitième", "huitieme", "8e"],
];

/// How many there are where a word says that one is the third.
fn nth(word: &str) -> Option<i64> {
    let place = NTH.iter().position(|row| row.contains(&word))?;
    i64::try_from(place + 2).ok()
}

/// So many of a thing (else of children) as there are where one of them is the `nth`: "three children". `None` for a word that is none.
pub(super) fn so_many(nth_word: &str, thing: Option<&str>, language: Language) -> Option<String> {
    const ENGLISH: [&str; 7] = ["two", "three", "four", "five", "six", "seven", "eight"];
    const FRENCH: [&str; 7] = ["deux", "trois", "quatre", "cinq", "six", "sept", "huit"];
    const CHINESE: [&str; 7] = ["两", "三", "四", "五", "六", "七", "八"];
    let word = nth_word.to_lowercase();
    let in_characters = || crate::time::number_in_words(word.trim_start_matches('第'), Language::Chinese);
    let count = nth(&word).or_else(in_characters)?;
    let at = usize::try_from(count.checked_sub(2)?).ok()?;
    let thing = thing.map(str::to_lowercase);
    Some(match (language, thing.as_deref()) {
        (Language::English, None | Some("child" | "baby")) => format!("{} children", ENGLISH.get(at)?),
        (Language::English, Some(thing)) => format!("{} {thing}s", ENGLISH.get(at)?),
        (Language::French, None | Some("enfant" | "bébé" | "bebe")) => {
            format!("{} enfants", FRENCH.get(at)?)
        }
        (Language::French, Some("fils")) => format!("{} fils", FRENCH.get(at)?),
        (Language::French, Some(thing)) => format!("{} {thing}s", FRENCH.get(at)?),
        (Language::Chinese, thing) => format!("{}个{}", CHINESE.get(at)?, thing.unwrap_or("孩子")),
    })
}

/// The kind of thing that a word is.
fn kind_of(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let singular = word.strip_suffix(['s', 'x']).unwrap_or(word);
    let is = |known: &str| known == word || known == singular;
    if let Some(row) = THINGS.iter().find(|row| row.iter().any(|known| is(known))) {
        return Some(row[0].to_owned());
    }
    let relation = super::relations().find(|(_, known, _)| is(known));
    relation.map(|(_, _, relation)| relation.to_owned())
}

/// The same of Chinese, which names a thing at its end, too, by the longest word.
fn kind_in(text: &str) -> Option<String> {
    let things = THINGS.iter().flat_map(|row| row.iter().map(|word| (*word, row[0])));
    let relations = super::relations().map(|(_, word, relation)| (word, relation));
    let known = things.chain(relations).filter(|(word, _)| word.chars().any(is_han) && text.ends_with(word));
    known.max_by_key(|(word, _)| word.len()).map(|(_, kind)| kind.to_owned())
}

/// Words by which something takes the place of what there was.
static NEW: LazyLock<Regex> = LazyLock::new(|| anywhere(r"\b(?:new|nouveau|nouvelle|nouvel|neuve?)\b|新"));

/// Whether a newer value of `has` takes the place of an older one: another count of the same, or a new one.
pub(super) fn takes_the_place(older: &str, newer: &str) -> bool {
    let (old, new) = (had(older), had(newer));
    if old.is_empty() || new.is_empty() {
        return false;
    }
    let in_new = |thing: &Had| new.iter().find(|other| other.kind == thing.kind);
    let all_again = old.iter().all(|thing| in_new(thing).is_some());
    let other_count = old.iter().any(|thing| in_new(thing).is_some_and(|other| other.count != thing.count));
    all_again && (other_count || NEW.is_match(newer))
}

/// Words beside the name of a thing: how many there are, whose, and what they look like.
const BESIDE_THINGS: &[&str] = &[
    "a", "an", "the", "my", "our", "own", "one", "two", "three", "four", "five", "first", "second", "old",
    "new", "used", "beloved", "trusty", "little", "big", "red", "blue", "green", "black", "white", "silver",
    "grey", "gray", "yellow", "un", "une", "le", "la", "les", "mon", "ma", "mes", "notre", "deux", "trois",
    "vieux", "vieil", "vieille", "nouveau", "nouvelle", "petit", "petite", "grand", "grande", "rouge",
    "bleu", "bleue", "vert", "verte", "noir", "noire", "blanc", "blanche", "gris", "grise", "jaune", "belle",
    "beau", "bel", "jolie", "joli", "gros", "grosse",
];

/// Words that name a thing.
fn names_of(thing: &str) -> Vec<String> {
    let lower = thing.to_lowercase();
    words(&lower).filter(|word| !BESIDE_THINGS.contains(word)).map(str::to_owned).collect()
}

/// Whether words name the kind of something, a person or an animal that `other` does not.
pub(super) fn names_another(words_of: &str, other: &str) -> bool {
    let kinds = |text: &str| -> Vec<String> {
        let lower = text.to_lowercase();
        let of_words = words(&lower).filter_map(kind_of);
        let han = THINGS
            .iter()
            .filter(|row| row.iter().any(|word| word.chars().any(is_han) && lower.contains(word)));
        of_words.chain(han.map(|row| row[0].to_owned())).collect()
    };
    let known = kinds(other);
    kinds(words_of).iter().any(|kind| !known.contains(kind))
}

/// A value of `has` without the article before it.
pub(super) fn without_article(value: &str) -> &str {
    ARTICLE.find(value).map_or(value, |article| &value[article.end()..])
}

/// Whether something that somebody has no more is what a value of `has` names: by its kind, or by its own name.
pub(super) fn is_had(value: &str, gone: &str, language: Language) -> bool {
    if OF_OTHERS.is_match(gone) {
        return false;
    }
    let (has, lost) = (had(value), had_in(gone, Some(language)));
    if let ([one], [other]) = (has.as_slice(), lost.as_slice()) {
        return one.kind == other.kind;
    }
    if gone.chars().any(is_han) {
        return has.len() <= 1 && value.contains(gone.trim());
    }
    let (whole, named) = (names_of(value), names_of(gone));
    let within =
        |some: &[String], all: &[String]| !some.is_empty() && some.iter().all(|word| all.contains(word));
    // What has a name alone is met by part of it, too: "the Civic". A "guitar amp" is no guitar, whichever of both is gone.
    let parts = within(&named, &whole) && lost.is_empty();
    let head = |names: &[String]| match language {
        Language::French => names.first().cloned(),
        _ => names.last().cloned(),
    };
    parts || (within(&whole, &named) && head(&whole) == head(&named))
}

/// Whose something is, or of what it is a part: "my brother's Honda", "la Clio de mon père", 车里的音响.
static OF_OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(
        r"['’]s\s|s['’]\s|\s(?:de\s+(?:mon|ma|mes|son|sa|ses|notre|nos|leurs?|l['’]|la)|du|des)\b|[里上]的|(?:我|他|她)?(?:爸|妈|哥|姐|弟|妹|朋友)[^的]{0,2}的",
    )
});

/// What is eaten, each with the beginnings of diets that forbid it: who eats fish again may be pescatarian still, and coeliac.
const EATEN: &[(&[&str], &[&str])] = &[
    (
        &["meat", "beef", "chicken", "viande", "poulet", "肉", "荤", "葷"],
        &["veg", "végét", "veget", "végan", "pescat", "pescét", "pescet", "素", "纯素", "全素"],
    ),
    (
        &["fish", "seafood", "poisson", "鱼", "魚", "海鲜", "海鮮"],
        &["veg", "végét", "veget", "végan", "素", "纯素", "全素"],
    ),
    (
        &[
            "egg", "cheese", "dairy", "milk", "butter", "œuf", "oeuf", "fromage", "lait", "beurre", "鸡蛋",
            "蛋", "奶",
        ],
        &["vegan", "végan", "végétal", "vegetal", "纯素", "全素"],
    ),
];

/// Whether whoever eats something keeps a diet no more.
pub(super) fn is_eaten_against(diet: &str, eaten: &str) -> bool {
    let (diet, eaten) = (diet.to_lowercase(), eaten.to_lowercase());
    let mut rows = EATEN.iter().filter(|(foods, _)| foods.iter().any(|food| eaten.contains(food)));
    rows.any(|(_, diets)| diets.iter().any(|begins| diet.starts_with(begins)))
}

/// What one does in some jobs, each with the beginnings of words for who does it.
const DONE: &[(&[&str], &[&str])] = &[
    (
        &["teach", "teaching", "enseigne", "enseigner", "教书", "教课", "教学", "教"],
        &["teach", "prof", "lecturer", "tutor", "enseignant", "instit", "maître", "老师", "教师", "教授"],
    ),
    (&["drive", "driving", "conduis", "conduire", "开车", "开出租"], &["driver", "chauffeur", "司机"]),
    (&["cook", "cooking", "cuisine", "cuisiner"], &["cook", "chef", "cuisini", "厨师"]),
    (
        &["write", "writing", "écris", "écrire", "写作"],
        &["writer", "author", "journalist", "écrivain", "作家"],
    ),
    (&["paint", "painting", "peins", "peindre", "画画"], &["painter", "artist", "peintre", "画家"]),
    (&["bake", "baking"], &["baker", "boulang", "面包师"]),
    (&["translate", "translating", "traduis", "traduire", "做翻译"], &["translator", "traduct", "翻译"]),
    (&["farm", "farming"], &["farmer", "agricult", "农民"]),
    (&["act", "acting"], &["actor", "actress"]),
    (&["nurse", "nursing", "soigne", "soigner"], &["nurse", "infirmi", "护士"]),
    (
        &["programme", "program", "programming", "code", "coding"],
        &["programm", "developer", "développeu", "程序员"],
    ),
];

/// Whether a job is what somebody does who does this: who teaches is a teacher.
pub(super) fn is_done_as(done: &str, job: &str) -> bool {
    let (done, job) = (done.trim().to_lowercase(), job.to_lowercase());
    let mut rows = DONE.iter().filter(|(verbs, _)| verbs.contains(&done.as_str()));
    rows.any(|(_, jobs)| {
        jobs.iter().any(|begins| {
            begins.chars().any(is_han) && job.contains(begins)
                || words(&job).any(|word| word.starts_with(begins))
        })
    })
}

/// Kinds of favourites in each language.
const FAVOURITES: &[&[&str]] = &[
    &["colour", "color", "couleur", "颜色"],
    &["food", "nourriture", "食物"],
    &["dish", "plat", "菜"],
    &["book", "livre", "书"],
    &["novel", "roman", "小说"],
    &["film", "movie", "电影"],
    &["song", "chanson", "歌", "歌曲"],
    &["band", "groupe", "乐队"],
    &["singer", "chanteur", "chanteuse", "歌手"],
    &["season", "saison", "季节"],
    &["animal", "动物"],
    &["sport", "运动"],
    &["game", "jeu", "游戏"],
    &["drink", "boisson", "饮料"],
    &["tea", "thé", "茶"],
    &["coffee", "café", "咖啡"],
    &["flower", "fleur", "花"],
    &["city", "ville", "城市"],
    &["country", "pays", "国家"],
    &["author", "writer", "auteur", "auteure", "écrivain", "作家"],
    &["show", "series", "série", "电视剧", "剧"],
    &["music", "genre", "musique", "音乐"],
    &["holiday", "fête", "节日"],
    &["dessert", "甜点"],
    &["fruit", "水果"],
    &["vegetable", "légume", "蔬菜"],
    &["restaurant", "resto", "餐厅"],
];

/// Whether two predicates are of the same, however that is called.
pub(super) fn same_predicate(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (Some(a), Some(b)) = (a.strip_prefix("favourite "), b.strip_prefix("favourite ")) else {
        return false;
    };
    FAVOURITES.iter().any(|row| row.contains(&a) && row.contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tastes_are_compared_by_what_they_are_of() {
        for (a, b) in [
            ("olives", "eating olives"),
            ("la coriandre", "de la coriandre"),
            ("香菜", "吃香菜"),
            ("Olives", "the olive"),
            ("manger des huîtres", "les huîtres"),
            ("listening to jazz", "jazz"),
        ] {
            assert!(same_taste(a, b), "{a} / {b}");
        }
        for (a, b) in [("jazz", "tea"), ("le thé vert", "le thé"), ("下雨", "下雪"), ("reading", "running")]
        {
            assert!(!same_taste(a, b), "{a} / {b}");
        }
    }

    #[test]
    fn another_count_takes_the_place() {
        for (older, newer) in [
            ("two kids", "three kids"),
            ("two children", "three kids"),
            ("a dog", "two dogs"),
            ("deux enfants", "trois enfants"),
            ("un chat", "deux chats"),
            ("两个孩子", "三个孩子"),
            ("一只猫", "两只猫"),
            ("a brother", "two brothers"),
            ("two cats", "no cats"),
            ("an old car", "a new car"),
            ("une voiture", "une nouvelle voiture"),
            ("deux enfants", "three kids"),
            ("a brother", "a sister and two brothers"),
            ("two kids", "third child"),
            ("deux enfants", "troisième enfant"),
            ("两个孩子", "第三个孩子"),
        ] {
            assert!(takes_the_place(older, newer), "{older} / {newer}");
        }
        for (older, newer) in [
            ("a brother", "a sister"),
            ("un frère", "une sœur"),
            ("一个哥哥", "一个姐姐"),
            ("a dog", "two cats"),
            ("two sisters and a brother", "three cats"),
            ("a red car", "a blue car"),
            ("a piano", "a new guitar"),
            ("two kids", "two children"),
            ("a Volvo", "a new Tesla"),
        ] {
            assert!(!takes_the_place(older, newer), "{older} / {newer}");
        }
        assert!(!takes_the_place("three kids", "third child"));
    }

    #[test]
    fn what_is_gone_is_met_by_its_kind_or_its_name() {
        let language = |value: &str| match value.split(' ').next() {
            Some("a" | "two") => Language::English,
            Some("un" | "une" | "deux") => Language::French,
            _ => Language::Chinese,
        };
        for (value, gone) in [
            ("a red car", "car"),
            ("一辆车", "车子"),
            ("a Honda", "Honda"),
            ("a red Vespa", "Vespa"),
            ("a Honda Civic", "old Honda"),
            ("une Clio", "Clio"),
            ("一辆本田", "本田"),
            ("two cats", "cats"),
            ("deux chats", "chats"),
            ("un ordinateur portable", "ordinateur portable"),
            ("une voiture rouge", "vieille voiture"),
            ("a Honda motorbike", "Honda"),
            ("two cats called Tom and Ann", "cats"),
            ("一条叫旺财的狗", "狗"),
        ] {
            assert!(is_had(value, gone, language(value)), "{value} / {gone}");
        }
        for (value, gone) in [
            ("a piano", "car"),
            ("a Honda", "Golf"),
            ("a red Vespa", "red"),
            ("two sisters and a brother", "cats"),
            ("一辆本田", "丰田"),
            ("a boat", "the"),
            ("a dog", "dog food"),
            ("a dog", "dog's basket"),
            ("a guitar amp", "guitar"),
            ("a guitar", "guitar amp"),
            ("a horse", "horse trailer"),
            ("a house", "house plants"),
            ("a boat", "boat trailer"),
            ("une guitare", "housse de guitare"),
            ("un violon", "étui à violon"),
            ("une voiture", "pneus de voiture"),
            ("un chien", "croquettes pour chien"),
            ("un ordinateur portable", "portable"),
            ("一只狗", "狗粮"),
            ("一把吉他", "吉他弦"),
            ("一辆车", "车钥匙"),
            ("一部手机", "手机壳"),
        ] {
            assert!(!is_had(value, gone, language(value)), "{value} / {gone}");
        }
    }

    #[test]
    fn what_one_does_is_a_job() {
        for (done, job) in [
            ("teach", "maths teacher"),
            ("teaching", "professor"),
            ("教书", "中学老师"),
            ("enseigner", "prof de maths"),
        ] {
            assert!(is_done_as(done, job), "{done} / {job}");
        }
        for (done, job) in
            [("teach", "nurse"), ("smoke", "teacher"), ("drive", "pilot"), ("act", "accountant")]
        {
            assert!(!is_done_as(done, job), "{done} / {job}");
        }
    }
}
