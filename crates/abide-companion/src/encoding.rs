//! Files in other encodings than UTF-8, as some programs still write them, read as UTF-8. Must not know what is in them.
//!
//! UTF-16 says what it is, by its mark or as JSON. The others do not, so they are guessed, from the first byte on that is not ASCII, however late that
//! comes: only where what follows is no UTF-8 with a few broken characters, and is text in the encoding nearly without error.

mod frequent;
mod older;

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Cursor, ErrorKind, Read};
use std::rc::Rc;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Decoder, Encoding, KOI8_U, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253,
};
use older::Older;

/// Bytes from which an encoding is guessed.
const LOOKED_AT: usize = 1 << 20;

/// Bytes that are read at a time.
const PIECE: usize = 64 << 10;

/// Of so many characters that are not ASCII, one may be broken in a guessed encoding.
const WHOLE_FOR_ONE_BROKEN: usize = 50;

/// Of so many bytes of text, at most one is a control character that is no white space.
const CONTROLS_SHARE: usize = 20;

/// Bytes as UTF-8.
pub(crate) struct Decoded<T> {
    /// The bytes, or their reader.
    pub(crate) content: T,
    /// The encoding's name where it was guessed.
    pub(crate) guessed: Guess,
}

/// The encoding that was guessed, once something is known of it: while ASCII alone was read, nothing is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guess(Rc<Cell<Guessed>>);

/// What is known of an encoding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Guessed {
    /// There is nothing to guess, so far: it says itself what it is, or is UTF-8 or no text at all.
    #[default]
    Nothing,
    /// It looks like the one of this name, and is read as that.
    Like(&'static str),
    /// It is text in one that can't be told, and is left as it is.
    Unknown,
}

impl Guess {
    /// What is known so far.
    pub(crate) fn get(&self) -> Guessed {
        self.0.get()
    }
}

/// The reader, decoded if it is in another encoding.
pub(crate) fn decoded<'a>(reader: Box<dyn Read + 'a>) -> Decoded<Box<dyn Read + 'a>> {
    let decoding = Decoding {
        inner: reader,
        stage: Stage::Beginning,
        guessed: Guess::default(),
        ready: Cursor::new(Vec::new()),
        ended: false,
        damage: None,
    };
    let guessed = decoding.guessed.clone();
    Decoded { content: Box::new(decoding), guessed }
}

/// The same for a file in memory.
pub(crate) fn decoded_bytes(bytes: &[u8]) -> Decoded<Cow<'_, [u8]>> {
    if marked(bytes).is_none() && std::str::from_utf8(bytes).is_ok() {
        return Decoded { content: Cow::Borrowed(bytes), guessed: Guess::default() };
    }
    let Decoded { mut content, guessed } = decoded(Box::new(bytes));
    let mut text = Vec::with_capacity(bytes.len() + bytes.len() / 2);
    match content.read_to_end(&mut text) {
        Ok(_) => Decoded { content: Cow::Owned(text), guessed },
        // Memory is read without failure.
        Err(_) => Decoded { content: Cow::Borrowed(bytes), guessed },
    }
}

/// The encoding that the beginning of a file says itself.
fn marked(head: &[u8]) -> Option<&'static Encoding> {
    match head.get(..2)? {
        [0xFF, 0xFE] | [b'{' | b'[', 0] => Some(UTF_16LE),
        [0xFE, 0xFF] | [0, b'{' | b'['] => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether bytes have what no text has: zeros, or many control characters (some programs put colours into words by a few of them).
fn is_binary(bytes: &[u8]) -> bool {
    let controls = bytes.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)).count();
    bytes.contains(&0) || controls * CONTROLS_SHARE > bytes.len()
}

/// The encoding of text with these bytes; `Ok(None)`: UTF-8, or no text at all. `is_all`: nothing follows them.
fn guess(sample: &[u8], is_all: bool) -> Result<Option<&'static Encoding>, Untold> {
    // What is cut may end within a character. No character goes on with one of these.
    let end = sample.iter().rposition(|byte| *byte < b'0').filter(|_| !is_all);
    let sample = end.map_or(sample, |end| &sample[..=end]);
    // Half of a few characters of East Asia may be whole ones by chance.
    let is_whole = || std::str::from_utf8(sample).is_ok() || frequent::likelier(sample, UTF_8) == UTF_8;
    if is_binary(sample) || is_nearly_utf8(sample) && is_whole() {
        return Ok(None);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = frequent::likelier(sample, detector.guess(None, Utf8Detection::Deny));
    let guess = frequent::western(sample, guess);
    // Of a few characters it may have guessed what they are not.
    let is_wrong =
        !is_text(sample, guess) || [WINDOWS_1251, WINDOWS_1253].contains(&guess) && !has_words(sample, guess);
    let doubtful = guess == WINDOWS_1252 || is_wrong && frequent::is_few(sample);
    let guess = if doubtful { of_words(sample).unwrap_or(guess) } else { guess };
    let guess = if is_typography(sample) { WINDOWS_1252 } else { guess };
    match older::older(sample, guess) {
        Some(Older::Mac) => Ok(Some(MACINTOSH)),
        None if guess != UTF_8 && is_text(sample, guess) => Ok(Some(guess)),
        Some(Older::Unknown) | None => Err(Untold),
    }
}

/// Nobody can tell an encoding.
struct Untold;

/// The encoding of words that no Western language has, because all their letters would have accents: the one in which capitals begin words.
fn of_words(sample: &[u8]) -> Option<&'static Encoding> {
    let is_letter = |character: char| character.is_alphabetic();
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(sample);
    let foreign = text.split(|character| !is_letter(character)).filter(|word| !word.is_ascii());
    let (mut all, mut own) = (0_usize, 0_usize);
    for word in foreign {
        all += 1;
        own += usize::from(word.chars().count() > 1 && word.chars().all(|character| !character.is_ascii()));
    }
    if own * 2 <= all {
        return None;
    }
    [WINDOWS_1251, KOI8_U, WINDOWS_1253].into_iter().find(|encoding| has_words(sample, encoding))
}

/// Vowels of Russian, its neighbours and Greek.
const VOWELS: &str = "аеиоуыэюяёіїєъαεηιουωάέήίόύώϊϋΐΰ";

/// Whether all that is not ASCII are words in an encoding: capitals begin them, or they are all capitals, and longer ones have vowels.
fn has_words(sample: &[u8], encoding: &'static Encoding) -> bool {
    let text = encoding.decode_without_bom_handling_and_without_replacement(sample);
    text.is_some_and(|text| {
        text.split(|character: char| !character.is_alphabetic()).filter(|word| !word.is_ascii()).all(|word| {
            let rest = || word.chars().skip(1);
            let vowel = || word.chars().flat_map(char::to_lowercase).any(|letter| VOWELS.contains(letter));
            (rest().all(char::is_lowercase) || word.chars().all(char::is_uppercase))
                && (rest().nth(1).is_none() || vowel())
        })
    })
}

/// Whether bytes are text in an encoding, nearly without error.
fn is_text(sample: &[u8], encoding: &'static Encoding) -> bool {
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let foreign = text.chars().filter(|character| !character.is_ascii());
    let (mut all, mut broken) = (0_usize, 0_usize);
    for character in foreign {
        all += 1;
        broken += usize::from(character == '\u{FFFD}' || matches!(character, '\u{80}'..='\u{9F}'));
    }
    broken * WHOLE_FOR_ONE_BROKEN <= all
}

/// Whether these bytes are UTF-8 in which no more is broken than is whole. A break without a whole character beside it is another encoding's letter.
fn is_nearly_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken <= whole
}

/// Whether all that is not ASCII is what Western typography puts around words and numbers, where it puts it: `“It’s £5 – not €6”`. Elsewhere
/// these bytes are letters, and stand beside others.
fn is_typography(bytes: &[u8]) -> bool {
    let mut before = b' ';
    let mut next = bytes.iter().skip(1).chain(b" ");
    bytes.iter().all(|&byte| {
        let after = *next.next().unwrap_or(&b' ');
        let beside = [std::mem::replace(&mut before, byte), after];
        match byte {
            // Beside ASCII, quotation marks, dashes, the euro sign, and a space that does not break.
            0..=0x80 | 0x82 | 0x84 | 0x85 | 0x8B | 0x91..=0x97 | 0x99 | 0x9B | 0xA0 => true,
            // ¡ § © « ® ° ± ² ³ · » ¿
            0xA1 | 0xA7 | 0xA9 | 0xAB | 0xAE | 0xB0..=0xB3 | 0xB7 | 0xBB | 0xBF => {
                beside.iter().all(|other| *other <= 0xA0)
            }
            // ¢ £ ¥ ¼ ½ ¾ × ÷
            0xA2 | 0xA3 | 0xA5 | 0xBC..=0xBE | 0xD7 | 0xF7 => {
                beside.iter().all(|other| *other <= 0xA0 && !other.is_ascii_alphabetic())
            }
            _ => false,
        }
    })
}

/// How what is read becomes UTF-8.
enum Stage {
    /// Nothing was read.
    Beginning,
    /// All that was read is ASCII.
    Ascii,
    /// It is as it is.
    Plain,
    /// From here on it is decoded.
    In(Decoder),
}

struct Decoding<'a> {
    inner: Box<dyn Read + 'a>,
    stage: Stage,
    guessed: Guess,
    ready: Cursor<Vec<u8>>,
    ended: bool,
    /// What the reader ended with, told once what came before it was read.
    damage: Option<io::Error>,
}

impl Read for Decoding<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.ready.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if self.ended {
                return self.damage.take().map_or(Ok(0), Err);
            }
            let mut piece = Vec::new();
            self.read_more(&mut piece, PIECE);
            self.ready = Cursor::new(self.decode(piece));
        }
    }
}

impl Decoding<'_> {
    /// Reads on until there are so many bytes, or no more.
    fn read_more(&mut self, raw: &mut Vec<u8>, until: usize) {
        let mut at = raw.len();
        raw.resize(until.max(at), 0);
        while at < raw.len() && !self.ended {
            match self.inner.read(&mut raw[at..]) {
                Ok(0) => self.ended = true,
                Ok(count) => at += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.damage = Some(error);
                }
            }
        }
        raw.truncate(at);
    }

    fn decode(&mut self, mut piece: Vec<u8>) -> Vec<u8> {
        if matches!(self.stage, Stage::Beginning) {
            self.stage = match marked(&piece) {
                Some(encoding) => Stage::In(encoding.new_decoder_with_bom_removal()),
                None => Stage::Ascii,
            };
        }
        if matches!(self.stage, Stage::Ascii) {
            if is_binary(&piece) {
                self.stage = Stage::Plain;
            } else if !piece.is_ascii() {
                self.read_more(&mut piece, LOOKED_AT);
                self.stage = match guess(&piece, self.ended) {
                    Ok(Some(encoding)) => {
                        self.guessed.0.set(Guessed::Like(encoding.name()));
                        Stage::In(encoding.new_decoder_without_bom_handling())
                    }
                    Ok(None) => Stage::Plain,
                    Err(Untold) => {
                        self.guessed.0.set(Guessed::Unknown);
                        Stage::Plain
                    }
                };
            }
        }
        let Stage::In(decoder) = &mut self.stage else { return piece };
        // A few characters only make Western the likeliest: where UTF-8 follows, it is that.
        let is_western = decoder.encoding() == WINDOWS_1252;
        if is_western && !piece.is_ascii() && is_nearly_utf8(&piece) {
            return piece;
        }
        let mut text = vec![0; decoder.max_utf8_buffer_length(piece.len()).unwrap_or(4 * piece.len() + 16)];
        let (.., written, _) = decoder.decode_to_utf8(&piece, &mut text, self.ended);
        text.truncate(written);
        text
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, EUC_JP, EUC_KR, GB18030, GBK, SHIFT_JIS, WINDOWS_1250};

    use super::*;

    /// What is read of these bytes, in pieces and at once.
    fn read(bytes: &[u8]) -> String {
        let mut read = String::new();
        decoded(Box::new(bytes)).content.read_to_string(&mut read).unwrap();
        assert_eq!(decoded_bytes(bytes).content, read.as_bytes());
        read
    }

    #[test]
    fn both_byte_orders_are_read_and_other_files_stay() {
        let words = "Jo: hé 😀\nMira: 你好\n".repeat(3_000);
        let units: Vec<u16> = words.encode_utf16().collect();
        let little: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(units.iter().flat_map(|unit| unit.to_le_bytes())).collect();
        let big: Vec<u8> =
            [0xFE, 0xFF].into_iter().chain(units.iter().flat_map(|unit| unit.to_be_bytes())).collect();
        for bytes in [little.as_slice(), &big, words.as_bytes()] {
            assert_eq!(read(bytes), words);
            assert_eq!(decoded_bytes(bytes).guessed.get(), Guessed::Nothing);
        }
        let json = "{\"a\": \"é\"}";
        for units in [
            json.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
            json.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ] {
            assert_eq!(read(&units), json, "without a mark");
        }
        assert_eq!(
            (read(b""), read(b"x"), read(b"plain")),
            (String::new(), "x".to_owned(), "plain".to_owned())
        );
    }

    #[test]
    fn encodings_that_do_not_say_so_are_guessed() {
        let chinese = "我：今天去公园散步了，天气很好。\n小雨：听起来真不错！你看到什么花了吗？\n我：看到了桂花，还有一只橘猫。\n";
        let traditional = "我：今天去公園散步了，天氣很好。\n小雨：聽起來真不錯！你看到什麼花了嗎？\n";
        let japanese = "私：今日は公園を散歩しました。\nユキ：それはいいですね。猫を見ましたか？\n";
        let korean = "나: 오늘 공원을 산책했어.\n유나: 정말 좋았겠다! 고양이도 봤어?\n";
        let russian = "Я: Сегодня я гулял в парке.\nМира: Как хорошо! Ты видел кошку?\n";
        let french =
            "Moi : Je suis allé me promener à la forêt, c'était très agréable.\nLéa : Ça a l'air génial !\n";
        for (words, encoding, name) in [
            (chinese, GBK, "GBK"),
            (chinese, GB18030, "GBK"),
            (traditional, BIG5, "Big5"),
            (japanese, SHIFT_JIS, "Shift_JIS"),
            (korean, EUC_KR, "EUC-KR"),
            (russian, WINDOWS_1251, "windows-1251"),
            (french, WINDOWS_1252, "windows-1252"),
        ] {
            for words in [words.to_owned(), words.repeat(20_000)] {
                let bytes = encoding.encode(&words).0;
                assert_eq!(read(&bytes), words, "{name}");
                assert_eq!(decoded_bytes(&bytes).guessed.get(), Guessed::Like(name));
            }
        }
        // Four bytes a character, which is in GB18030 alone.
        let rare = format!("{chinese}我：😀 Léa dit ça.\n");
        assert_eq!(read(&GB18030.encode(&rare).0), rare);
    }

    #[test]
    fn a_few_letters_are_enough() {
        let cases = [
            (WINDOWS_1252, "Le café est prêt"),
            (WINDOWS_1252, "Jo: Noël\n"),
            (WINDOWS_1252, "Müller"),
            (WINDOWS_1252, "{\"name\":\"Zoé\"}"),
            (WINDOWS_1252, "Zoé"),
            (WINDOWS_1252, "I paid £20 for it.\n"),
            (WINDOWS_1252, "“Hello”, she said."),
            (WINDOWS_1252, "It’s £5 – I’m fine — really…"),
            (WINDOWS_1252, "I’m fine — it cost £5…\nYou: 20°C and ½ a cup, 5 € and 3 × 4.\n"),
            (WINDOWS_1251, "Да"),
            (WINDOWS_1251, "Я: Да, хорошо\n"),
            (KOI8_U, "Да"),
            (KOI8_U, "Да, хорошо\n"),
            (EUC_KR, "안녕"),
            (GBK, "你好"),
            (GB18030, "小雨：你好吗\n"),
            (GB18030, "我很好"),
            (BIG5, "生日快樂"),
            (BIG5, "晚安"),
            (EUC_KR, "네"),
            (EUC_KR, "잘 자"),
            (SHIFT_JIS, "はい"),
            (WINDOWS_1252, "Anaïs"),
            (WINDOWS_1252, "naïve"),
            (WINDOWS_1252, "œuf"),
            (WINDOWS_1252, "Tromsø"),
            (WINDOWS_1252, "maïs"),
            (WINDOWS_1253, "Ναι"),
            (MACINTOSH, "Ça va, c’était génial !"),
            (MACINTOSH, "{\"mes\":\"Zoé est à l’hôtel\"}"),
        ];
        let wrong = cases.iter().filter_map(|(encoding, words)| {
            let bytes = encoding.encode(words).0;
            let read = String::from_utf8_lossy(&decoded_bytes(&bytes).content).into_owned();
            let guessed = decoded_bytes(&bytes).guessed.get();
            (read != *words || guessed == Guessed::Nothing).then_some((
                encoding.name(),
                *words,
                read,
                guessed,
            ))
        });
        let wrong: Vec<_> = wrong.collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn what_can_not_be_told_is_said_to_be_so() {
        // Code page 850 of DOS.
        for bytes in [&b"Jo: c'\x82tait g\x82nial"[..], b"f\x81r die Gr\x94\xe1e", b"caf\x82"] {
            let same = decoded_bytes(bytes);
            assert_eq!((same.content.as_ref(), same.guessed.get()), (bytes, Guessed::Unknown));
        }
    }

    #[test]
    fn the_first_letter_may_come_late() {
        let ascii = "Jo: I went for a walk and saw nobody at all, and then it rained.\n".repeat(40_000);
        for (encoding, words) in [
            (WINDOWS_1252, "Übermäßig schön, ça été naïf\n"),
            (WINDOWS_1252, "It’s done\n"),
            (WINDOWS_1251, "Я: Сегодня я гулял в парке.\nМира: Как хорошо! Ты видел кошку?\n"),
            (
                WINDOWS_1250,
                "Jo: Szedłem przez las i widziałem żółte liście, wszystko błyszczało. Później padał śnieg.\n",
            ),
            (SHIFT_JIS, "私：今日は公園を散歩しました。\nユキ：それはいいですね。猫を見ましたか？\n"),
            (EUC_JP, "私：今日は公園を散歩しました。\nユキ：それはいいですね。猫を見ましたか？\n"),
            (UTF_8, "Übermäßig schön, 你好\n"),
        ] {
            for words in [words.to_owned(), words.repeat(50_000)] {
                let text = format!("{ascii}{words}{ascii}{words}");
                assert_eq!(read(&encoding.encode(&text).0), text, "{}", encoding.name());
            }
        }
    }

    #[test]
    fn what_is_utf8_behind_a_few_western_letters_is_that() {
        let ascii = "x\n".repeat(600_000);
        let words = "我：今天去公园散步了。\n".repeat(20_000);
        let bytes = [b"It\x92s\n", ascii.as_bytes(), words.as_bytes()].concat();
        assert_eq!(read(&bytes), format!("It’s\n{ascii}{words}"));
    }

    #[test]
    fn a_broken_letter_costs_itself_in_any_encoding() {
        let chinese = "我：今天去公园散步了，天气很好。\n".repeat(20);
        let mut bytes = GBK.encode(&chinese).0.into_owned();
        bytes.extend_from_slice(b"x\xff\n");
        assert_eq!(read(&bytes), format!("{chinese}x\u{FFFD}\n"));
    }

    #[test]
    fn broken_utf8_stays_and_what_is_no_text_too() {
        let broken = b"Jo: h\xc3\xa9 \xe4\xbd and \xf0\x9f\x98\x80\n";
        let cut = "你好，我是小雨。".repeat(3).into_bytes();
        let one = b"{\"mes\":\"caf\xe9 caf\xc3\xa9\"}";
        let zip = b"PK\x03\x04\x14\x00\xff\xfe\xc4\xe3";
        for bytes in [&broken[..], &cut[..cut.len() - 1], one, zip] {
            let same = decoded_bytes(bytes);
            assert_eq!((same.content.as_ref(), same.guessed.get()), (bytes, Guessed::Nothing));
        }
    }
}
