//! The numbers and words of a date as people and programs write it, in the languages of Europe that most write in, Chinese, Japanese and Korean.
//! Must not know zones' rules, nor what a date is for.

use jiff::civil::{Date, Time};

use super::DateOrder;

/// The numbers and words of a date.
#[derive(Default)]
pub(super) struct Words {
    /// Numbers that are no part of a time of day.
    numbers: Vec<i64>,
    /// Hours, minutes and seconds.
    clock: Vec<i64>,
    month: Option<i8>,
    /// Whether the month's name is a weekday's, too.
    month_is_weekday: bool,
    part: Option<Part>,
    /// Of the zone, in seconds east of Greenwich.
    offset_seconds: Option<i32>,
    year_first: bool,
    /// A word that nobody knows.
    has_unknown: bool,
}

/// A part of the day, by which its hours are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Morning,
    Noon,
    Afternoon,
    Evening,
}

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let mut words = Self::default();
        let characters: Vec<char> = text.chars().collect();
        let mut at = 0;
        while let Some(&character) = characters.get(at) {
            let class = Class::of(character);
            let mut end = at + 1;
            while characters.get(end).is_some_and(|next| Class::of(*next) == class && class != Class::Other) {
                end += 1;
            }
            let run: String = characters[at..end].iter().collect();
            match class {
                Class::Digit => {
                    let before = at.checked_sub(1).map(|index| characters[index]);
                    words.number(&run, before, characters.get(end).copied());
                }
                Class::Letter => words.word(&run.to_lowercase()),
                Class::Ideograph => words.ideographs(&run),
                Class::Other if matches!(character, '+' | '-' | '\u{2212}') => {
                    end += words.offset(character != '+', &characters[end..]);
                }
                Class::Other => {}
            }
            at = end;
        }
        words
    }

    fn number(&mut self, run: &str, before: Option<char>, after: Option<char>) {
        let Ok(number) = run.parse::<i64>() else { return };
        let parts = |character: Option<char>| {
            matches!(
                character,
                Some(':' | '：' | '时' | '時' | '点' | '點' | '시' | '분' | '分' | '秒' | '초')
            )
        };
        let is_hour = |character: Option<char>| matches!(character, Some('h' | 'H'));
        let continues = !self.clock.is_empty() && (before == Some('.') || is_hour(before));
        if matches!(before, Some(':' | '：')) || parts(after) || is_hour(after) || continues {
            // Fractions of a second are dropped.
            if self.clock.len() < 3 {
                self.clock.push(number);
            }
            return;
        }
        if self.numbers.is_empty() && run.len() == 4 {
            self.year_first = true;
        }
        self.numbers.push(number);
    }

    /// A word in small letters.
    fn word(&mut self, word: &str) {
        let is_after_clock = !self.clock.is_empty();
        if let Some(month) = month(word) {
            // `mar.` is a Tuesday, too, where another month follows.
            if self.month.is_none() || self.month_is_weekday {
                self.month = Some(month);
                self.month_is_weekday = is_weekday(word);
            }
        } else if let (Some(part), true) = (part_of_latin(word), is_after_clock) {
            self.part = Some(part);
        } else if let (Some(hours), true) = (zone_hours(word), is_after_clock) {
            // `GMT+0200 (CEST)` says it twice.
            self.offset_seconds = self.offset_seconds.or(Some(hours * 3600));
        } else if !is_known(word) {
            self.has_unknown = true;
        }
    }

    fn ideographs(&mut self, run: &str) {
        let mut rest = run;
        while let Some(first) = rest.chars().next() {
            let part = PARTS.iter().find_map(|(names, part)| {
                names.split_whitespace().find(|name| rest.starts_with(name)).map(|name| (name, *part))
            });
            let filler = || IDEOGRAPHS.split_whitespace().find(|name| rest.starts_with(name));
            let length = if let Some((name, part)) = part {
                self.part = Some(part);
                name.len()
            } else if let Some(filler) = filler() {
                filler.len()
            } else {
                self.has_unknown = true;
                first.len_utf8()
            };
            rest = &rest[length..];
        }
    }

    /// `+02:00`, `-0400`, `+9` behind a time of day. Answers how many characters it takes.
    fn offset(&mut self, is_west: bool, rest: &[char]) -> usize {
        let has_date = self.numbers.len() >= 2;
        let digits = rest.iter().take_while(|character| character.is_ascii_digit()).count();
        if self.clock.len() < 2 || !has_date || !matches!(digits, 1 | 2 | 4) {
            return 0;
        }
        let number = |from: usize, to: usize| {
            rest[from..to]
                .iter()
                .filter_map(|character| character.to_digit(10))
                .fold(0, |sum, digit| sum * 10 + digit)
        };
        let has_minutes = rest.get(digits) == Some(&':')
            && rest.len() >= digits + 3
            && rest[digits + 1..digits + 3].iter().all(char::is_ascii_digit);
        let (hours, minutes, taken) = match digits {
            4 => (number(0, 2), number(2, 4), 4),
            _ if has_minutes => (number(0, digits), number(digits + 1, digits + 3), digits + 3),
            _ => (number(0, digits), 0, digits),
        };
        if hours > 14 || minutes > 59 {
            return 0;
        }
        let seconds = (hours * 3600 + minutes * 60) as i32;
        self.offset_seconds = Some(if is_west { -seconds } else { seconds });
        taken
    }

    /// Whether every word in it is known.
    pub(super) fn is_understood(&self) -> bool {
        !self.has_unknown
    }

    /// Whether there is no more in it than a time of day, or nothing.
    pub(super) fn is_time_alone(&self) -> bool {
        !self.has_unknown && self.numbers.is_empty() && self.month.is_none()
    }

    pub(super) fn has_no_clock(&self) -> bool {
        self.clock.is_empty()
    }

    pub(super) fn offset_seconds(&self) -> Option<i32> {
        self.offset_seconds
    }

    pub(super) fn date(&self, order: DateOrder) -> Option<Date> {
        let (year, month, day) = match (self.month, self.numbers.as_slice()) {
            (Some(month), [day, year]) if *day <= 31 => (*year, i64::from(month), *day),
            (Some(month), [year, day]) => (*year, i64::from(month), *day),
            (None, [year, month, day]) if self.year_first => (*year, *month, *day),
            (None, [first, second, year]) => match order {
                DateOrder::MonthFirst if *first <= 12 => (*year, *first, *second),
                _ if *second <= 12 => (*year, *second, *first),
                _ => (*year, *first, *second),
            },
            _ => return None,
        };
        let year = if year < 100 { year + 2_000 } else { year };
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    /// The time of day; none where the hour does not fit the part of the day.
    pub(super) fn time(&self) -> Option<Time> {
        let [hour, minute, rest @ ..] = self.clock.as_slice() else { return None };
        let hour = match (self.part, *hour) {
            (None, hour)
            | (Some(Part::Morning), hour @ 0..=11)
            | (Some(Part::Noon), hour @ 10..=14)
            | (Some(Part::Afternoon | Part::Evening), hour @ 13..=23) => hour,
            (Some(Part::Morning), 12) => 0,
            // Japanese has 0:30 in the afternoon.
            (Some(Part::Afternoon), 0 | 12) => 12,
            (Some(Part::Noon), hour @ 1..=2)
            | (Some(Part::Afternoon), hour @ 1..=11)
            | (Some(Part::Evening), hour @ 4..=11) => hour + 12,
            _ => return None,
        };
        let second = rest.first().copied().unwrap_or(0);
        Time::new(i8::try_from(hour).ok()?, i8::try_from(*minute).ok()?, i8::try_from(second).ok()?, 0).ok()
    }
}

/// What a run of characters is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit,
    Letter,
    Ideograph,
    Other,
}

impl Class {
    fn of(character: char) -> Self {
        match character {
            digit if digit.is_ascii_digit() => Self::Digit,
            '\u{3040}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => Self::Ideograph,
            letter if letter.is_alphabetic() => Self::Letter,
            _ => Self::Other,
        }
    }
}

const PARTS: [(&str, Part); 4] = [
    ("上午 早上 清晨 凌晨 早晨 午前 오전 새벽 아침", Part::Morning),
    ("中午 正午 낮", Part::Noon),
    ("下午 午後 午后 오후", Part::Afternoon),
    ("晚上 傍晚 夜晚 저녁", Part::Evening),
];

/// What stands between the numbers and says nothing of its own.
const IDEOGRAPHS: &str = "年 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 周一 周二 \
    周三 周四 周五 周六 周日 週一 週二 週三 週四 週五 週六 週日 월요일 화요일 수요일 목요일 금요일 토요일 일요일 月 火 水 木 金 土 日 號 号 时 時 点 點 分 秒 \
    년 월 화 수 목 금 토 일 시 분 초";

/// Words of the same kind in other scripts; also the letters of `p.m.`, which come one by one.
const FILLERS: &str = "m o of the at on in h t st nd rd th de del à le er um uhr den am dem der alle ore il las los a el horas hs h às em om uur kl klo \
    den di г в года год o godz og ved";

/// Whether a word says nothing of its own where it stands.
fn is_known(word: &str) -> bool {
    FILLERS.split_whitespace().any(|filler| filler == word)
        || is_weekday(word)
        || part_of_latin(word).is_some()
        || zone_hours(word).is_some()
}

/// Three letters or more of a weekday, or all of it.
fn is_weekday(word: &str) -> bool {
    const WHOLE: &str = "monday tuesday wednesday thursday friday saturday sunday lundi mardi mercredi jeudi vendredi samedi dimanche montag \
        dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lunes martes miércoles miercoles jueves viernes sábado sabado domingo lunedì lunedi \
        martedì martedi mercoledì mercoledi giovedì giovedi venerdì venerdi sabato domenica segunda terça quarta quinta sexta feira maandag dinsdag woensdag \
        donderdag vrijdag zaterdag zondag måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag poniedziałek wtorek środa czwartek \
        piątek sobota niedziela понедельник вторник среда четверг пятница суббота воскресенье";
    const SHORT: &str = "mo di mi do fr sa so lu ma me je ve пн вт ср чт пт сб вс";
    let is_short = word.chars().count() < 3;
    if is_short {
        SHORT.split_whitespace().any(|known| known == word)
    } else {
        WHOLE.split_whitespace().any(|known| known.starts_with(word))
    }
}

fn part_of_latin(word: &str) -> Option<Part> {
    match word {
        "am" | "a" | "vorm" => Some(Part::Morning),
        "pm" | "p" | "nachm" => Some(Part::Afternoon),
        _ => None,
    }
}

/// Zones by name: those of RFC 2822, and others that mean one thing alone.
fn zone_hours(word: &str) -> Option<i32> {
    const ZONES: [(&str, i32); 13] = [
        ("utc gmt z ut wet", 0),
        ("cet west", 1),
        ("cest eet", 2),
        ("eest msk", 3),
        ("jst kst", 9),
        ("hst", -10),
        ("akst", -9),
        ("pst akdt", -8),
        ("pdt mst", -7),
        ("cdt", -5),
        ("est", -5),
        ("edt", -4),
        ("mdt", -6),
    ];
    ZONES.iter().find(|(names, _)| names.split_whitespace().any(|name| name == word)).map(|(_, hours)| *hours)
}

/// Months in English, French, German, Spanish, Italian, Portuguese, Dutch, the Scandinavian languages, Polish and Russian.
fn month(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january jan janvier janv januar jänner jän enero ene gennaio gen janeiro januari stycznia styczeń sty января январь янв",
        "february feb février févr fevrier fev februar febrero febbraio fevereiro februari lutego luty lut февраля февраль фев февр",
        "march mar mars märz mär maerz marzo março marco maart mrt marts marca marzec марта март мар",
        "april apr avril avr abril abr aprile kwietnia kwiecień kwi апреля апрель апр",
        "may mai mayo maggio mag maio mei maj maja мая май",
        "june jun juin juni junio giugno giu junho czerwca czerwiec cze июня июнь июн",
        "july jul juillet juil juli julio luglio lug julho lipca lipiec lip июля июль июл",
        "august aug août aout agosto ago augustus augusti sierpnia sierpień sie августа август авг",
        "september sep sept septembre septiembre settembre set setembro września wrzesień wrz сентября сентябрь сен сент",
        "october oct octobre oktober okt octubre ottobre ott outubro out października październik paź октября октябрь окт",
        "november nov novembre noviembre novembro listopada listopad lis ноября ноябрь ноя нояб",
        "december dec décembre déc decembre dezember dez diciembre dic dicembre dezembro grudnia grudzień gru декабря декабрь дек",
    ];
    let at = MONTHS.iter().position(|names| names.split_whitespace().any(|known| known == name))?;
    i8::try_from(at + 1).ok()
}
