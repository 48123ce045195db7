//! Numbers written as digits or words in three languages. Must not know what is counted.

/// Pattern of an English count.
pub(crate) const ENGLISH: &str = r"(?:\d{1,4}|an?|half\s+an?|(?:a\s+)?couple(?:\s+of)?|(?:a\s+)?few|several|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|eleven|twelve|ten|one|two|three|four|five|six|seven|eight|nine)";

/// Pattern of a French count.
pub(crate) const FRENCH: &str = r"(?:\d{1,4}|quelques|plusieurs|une\s+demi[- ]?|une\s+quinzaine\s+de|une\s+dizaine\s+de|(?:quatre-vingts?|soixante|cinquante|quarante|trente|vingt)(?:(?:[- ]et)?[- ](?:dix[- ]sept|dix[- ]huit|dix[- ]neuf|onze|douze|treize|quatorze|quinze|seize|dix|une?|deux|trois|quatre|cinq|six|sept|huit|neuf))?|dix[- ]sept|dix[- ]huit|dix[- ]neuf|onze|douze|treize|quatorze|quinze|seize|dix|une?|deux|trois|quatre|cinq|six|sept|huit|neuf)";

/// Pattern of a Chinese count.
pub(crate) const CHINESE: &str = r"(?:[0-9０-９]{1,3}|[一二三四五六七八九]?十[几幾]|[零〇一二两兩三四五六七八九十百]{1,7}|好几|几|幾|数|半)";

const ENGLISH_WORDS: &[(&str, i64)] = &[
    ("a", 1),
    ("an", 1),
    ("one", 1),
    ("two", 2),
    ("couple", 2),
    ("three", 3),
    ("few", 3),
    ("four", 4),
    ("several", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

const FRENCH_WORDS: &[(&str, i64)] = &[
    ("un", 1),
    ("une", 1),
    ("deux", 2),
    ("trois", 3),
    ("quelques", 3),
    ("quatre", 4),
    ("plusieurs", 4),
    ("cinq", 5),
    ("six", 6),
    ("sept", 7),
    ("huit", 8),
    ("neuf", 9),
    ("dix", 10),
    ("onze", 11),
    ("douze", 12),
    ("treize", 13),
    ("quatorze", 14),
    ("quinze", 15),
    ("seize", 16),
    ("vingt", 20),
    ("trente", 30),
    ("quarante", 40),
    ("cinquante", 50),
    ("soixante", 60),
];

/// The value of a count that matched [`ENGLISH`]; `None` for halves.
pub(crate) fn english(text: &str) -> Option<i64> {
    let text = text.to_lowercase();
    let mut sum = 0;
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == '-').filter(|w| !w.is_empty()).collect();
    for (index, word) in words.iter().enumerate() {
        // The article of "a couple of" and "a few" does not count.
        if *word == "of" || (words.len() > 1 && index == 0 && *word == "a") {
            continue;
        }
        sum += value(word, ENGLISH_WORDS)?;
    }
    Some(sum)
}

/// The value of a count that matched [`FRENCH`]; `None` for halves.
pub(crate) fn french(text: &str) -> Option<i64> {
    let text = text.to_lowercase();
    if text.contains("quinzaine") {
        return Some(15);
    }
    if text.contains("dizaine") {
        return Some(10);
    }
    let (mut sum, mut rest) = (0, text.as_str());
    for eighty in ["quatre-vingts", "quatre-vingt"] {
        if let Some(after) = rest.strip_prefix(eighty) {
            (sum, rest) = (80, after);
            break;
        }
    }
    for word in rest.split(|c: char| c.is_whitespace() || c == '-').filter(|w| !w.is_empty() && *w != "et") {
        sum += value(word, FRENCH_WORDS)?;
    }
    Some(sum)
}

fn value(word: &str, table: &[(&str, i64)]) -> Option<i64> {
    table.iter().find(|(known, _)| *known == word).map(|(_, value)| *value).or_else(|| word.parse().ok())
}

/// The value of a count that matched [`CHINESE`]; `None` for 半 and what is no number. Digits in a row are read as digits
/// (二〇二三 is 2023).
pub(crate) fn chinese(text: &str) -> Option<i64> {
    match text {
        "几" | "幾" | "数" => return Some(3),
        "好几" => return Some(5),
        _ => {}
    }
    if let Some(tens) = text.strip_suffix(['几', '幾']) {
        return Some(chinese(tens)? + 3);
    }
    let digits: Vec<Option<i64>> = text.chars().map(chinese_digit).collect();
    if digits.iter().all(Option::is_some) {
        let joined = digits
            .into_iter()
            .flatten()
            .try_fold(0_i64, |sum, digit| sum.checked_mul(10).and_then(|sum| sum.checked_add(digit)));
        return joined.filter(|_| !text.is_empty());
    }
    let (mut sum, mut open) = (0_i64, None);
    for (character, digit) in text.chars().zip(digits) {
        match (character, digit) {
            ('十', _) => sum += 10 * open.take().unwrap_or(1),
            ('百', _) => sum += 100 * open.take().unwrap_or(1),
            (_, Some(digit)) => open = Some(digit),
            _ => return None,
        }
    }
    Some(sum + open.unwrap_or(0))
}

fn chinese_digit(character: char) -> Option<i64> {
    match character {
        '0'..='9' => Some(i64::from(character as u32 - '0' as u32)),
        '０'..='９' => Some(i64::from(character as u32 - '０' as u32)),
        '零' | '〇' => Some(0),
        '一' => Some(1),
        '二' | '两' | '兩' => Some(2),
        '三' => Some(3),
        '四' => Some(4),
        '五' => Some(5),
        '六' => Some(6),
        '七' => Some(7),
        '八' => Some(8),
        '九' => Some(9),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_numbers() {
        for (text, value) in [("a", 1), ("a couple of", 2), ("twenty-one", 21), ("12", 12), ("a few", 3)] {
            assert_eq!(english(text), Some(value), "{text}");
        }
        for (text, value) in [("une", 1), ("vingt et un", 21), ("quatre-vingt-dix", 90), ("dix-sept", 17)] {
            assert_eq!(french(text), Some(value), "{text}");
        }
        for (text, value) in
            [("二十三", 23), ("十", 10), ("二〇二三", 2023), ("两", 2), ("１２", 12), ("三百零五", 305)]
        {
            assert_eq!(chinese(text), Some(value), "{text}");
        }
        assert_eq!(english("half a"), None);
        assert_eq!(chinese("半"), None);
    }
}
