//! Which East Asian encoding a few characters are in: that in which they are characters that people write often. Must not know files.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS, WINDOWS_1252};

/// Bytes that are not ASCII, beyond which a guess by pairs of characters is sure enough.
const FEW: usize = 64;

const SIMPLIFIED: &str = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现\
    当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应向头文体美相见被\
    什二等产或新己制身果加西月话合回特代内信老给世位次度门任常先海教儿东声提比员解水名真走处各入几口认平系气题活更别打女变四神总何电安少报才接反受目太量再感做场件期\
    市直资山金早晚吗吧呢啊哦嗯哈呀啦嘿您谢爱喜欢吃喝睡觉昨今妈爸哥姐弟妹朋友猫狗饭茶家忙累饿冷热雨雪雷花书快乐生病医院对错请让嘛哎拜再见午安哪怎谁节祝福困走跑坐买送找帮读写唱跳笑哭念忘记晨夜春夏秋冬红远近孩店鱼累";
const TRADITIONAL: &str = "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同\
    現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應向頭文體美相見\
    被什二等產或新己制身果加西月話合回特代內信老給世位次度門任常先海教兒東聲提比員解水名真走處各入幾口認平系氣題活更別打女變四神總何電安少報才接反受目太量再感做場件\
    期市直資山金早晚嗎吧呢啊哦嗯哈呀啦您謝愛喜歡吃喝睡覺昨今媽爸哥姐弟妹朋友貓狗飯茶忙累餓冷熱雨雪花書快樂病醫院對錯請讓嘛再見午安哪怎誰節祝福困走跑坐買送找幫讀寫唱跳笑哭念忘記晨夜春夏秋冬紅遠近孩店魚累";
const KOREAN: &str = "이다는가을를에의고은하로사지한기도아어나리해서대요그있시자인부일보정과만수라들여게오안녕세습니까네거야내우저제너좋았었겠감마워랑합말씀모르주와비생각늘\
    때없못무면것같할했잘죠조금더진짜많먹물방집학교친구엄빠형누언니동생고양강개책밤아침점심저녁내어제날씨춥덥싶봐줘래원산책했반갑미안괜찮뭐왜누구디떻";
const KANJI: &str = "私今日何人大学生年月時間分前後上下中本気見行来食飲話聞読書思言出入会社家族友達母父子猫犬好元心手目名前天雨雪花海山町駅車電朝昼夜晩昨明毎週火水木金土曜一\
    二三四五六七八九十百千万円長高安新古多少早楽白黒赤青東西南北国語英勉強仕事休散歩公園買物料理音楽彼女男僕君様方的";

/// Whether a guess by pairs of characters is unsure.
pub(super) fn is_few(sample: &[u8]) -> bool {
    sample.iter().filter(|byte| !byte.is_ascii()).count() <= FEW
}

/// The guess, or another encoding of East Asia in which more of a few characters are frequent ones; of those elsewhere, one in which they all are.
pub(super) fn likelier(sample: &[u8], guess: &'static Encoding) -> &'static Encoding {
    let all = [GBK, BIG5, EUC_KR, SHIFT_JIS, EUC_JP];
    if !is_few(sample) {
        return guess;
    }
    let own = if all.contains(&guess) { frequent_in(sample, guess) } else { 99 };
    let (mut best, mut most) = (guess, own);
    for other in all {
        let share = frequent_in(sample, other);
        if share > most {
            (best, most) = (other, share);
        }
    }
    let is_none = most == 0 && has_letters_around(sample);
    if is_none { WINDOWS_1252 } else { best }
}

/// Whether what is not ASCII stands within words of it, as accents do and East Asian characters don't.
fn has_letters_around(sample: &[u8]) -> bool {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    let words = sample.split(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic());
    let mut foreign = words.filter(|word| !word.is_ascii());
    foreign.any(|word| is_letter(word.first()) && is_letter(word.last()))
}

/// Letters with accents of the languages that most people write in windows-1252.
const WESTERN: &str = "àâäáãåæçéèêëíîïñóôöõøœúûüùßÀÂÄÁÃÅÆÇÉÈÊËÍÎÏÑÓÔÖÕØŒÚÛÜÙ‘’“”–—…€«»";
/// Those whose bytes are rare letters elsewhere in Europe.
const FRENCH: &str = "ïœŒ";

/// The guess, or windows-1252 where a few letters were taken for Baltic or Central European ones that are rarer: `naïve` and `cœur` have one alone.
pub(super) fn western(sample: &[u8], guess: &'static Encoding) -> &'static Encoding {
    let letters = match guess.name() {
        "ISO-8859-4" | "ISO-8859-10" | "ISO-8859-13" | "windows-1257" => WESTERN,
        "ISO-8859-2" | "windows-1250" => FRENCH,
        _ => return guess,
    };
    let text = WINDOWS_1252.decode_without_bom_handling(sample).0;
    let all = text.chars().all(|character| character.is_ascii() || letters.contains(character));
    if is_few(sample) && all { WINDOWS_1252 } else { guess }
}

/// How many percent of the characters are frequent, were they in this encoding; 0 where they can't be in it.
fn frequent_in(sample: &[u8], encoding: &'static Encoding) -> usize {
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(sample) else { return 0 };
    let is_kana = |character: char| matches!(character, '\u{3041}'..='\u{30FF}');
    let is_frequent = |character: char| match encoding.name() {
        "GBK" => SIMPLIFIED.contains(character),
        "Big5" => TRADITIONAL.contains(character),
        "EUC-KR" => KOREAN.contains(character),
        _ => is_kana(character) || KANJI.contains(character),
    };
    let letters = text.chars().filter(|character| !character.is_ascii() && character.is_alphanumeric());
    let (mut all, mut frequent) = (0, 0);
    for letter in letters {
        all += 1;
        frequent += usize::from(is_frequent(letter));
    }
    (frequent * 100).checked_div(all).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_are_western_ones() {
        for words in
            ["naïve", "Loïc est à Haïti", "Anaïs aime le maïs", "un cœur et un œuf", "Tromsø", "Bjørn"]
        {
            let bytes = WINDOWS_1252.encode(words).0;
            for guess in [encoding_rs::ISO_8859_4, encoding_rs::WINDOWS_1257] {
                assert_eq!(western(&bytes, guess), WINDOWS_1252, "{words}");
            }
        }
        let bytes = encoding_rs::WINDOWS_1250.encode("źle, ale coś było").0;
        assert_eq!(western(&bytes, encoding_rs::WINDOWS_1250), encoding_rs::WINDOWS_1250);
        let bytes = encoding_rs::WINDOWS_1257.encode("ačiū, širdelė").0;
        assert_eq!(western(&bytes, encoding_rs::WINDOWS_1257), encoding_rs::WINDOWS_1257);
    }

    #[test]
    fn a_few_characters_are_what_people_write() {
        for (encoding, words) in [
            (GBK, "你好"),
            (GBK, "你好吗？"),
            (GBK, "晚安，小雨"),
            (BIG5, "你好嗎？"),
            (BIG5, "謝謝你"),
            (EUC_KR, "안녕"),
            (EUC_KR, "고마워요"),
            (SHIFT_JIS, "おはよう"),
            (SHIFT_JIS, "今日は雨"),
            (EUC_JP, "こんにちは"),
        ] {
            let bytes = encoding.encode(words).0;
            for guess in [GBK, BIG5, EUC_KR, SHIFT_JIS, EUC_JP] {
                if guess.decode_without_bom_handling_and_without_replacement(&bytes).is_some() {
                    assert_eq!(likelier(&bytes, guess), encoding, "{words} {}", guess.name());
                }
            }
        }
    }
}
