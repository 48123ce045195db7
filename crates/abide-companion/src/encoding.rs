//! Files in other encodings than UTF-8, as some programs still write them, read as UTF-8. Must not know what is in them.
//!
//! UTF-16 says what it is, by its mark or as JSON. The others do not, so they are guessed from the file's beginning: only where that is no UTF-8 with
//! a few broken characters, and is text in the encoding without any error.

use std::borrow::Cow;
use std::io::{self, Cursor, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes of a file from which its encoding is guessed.
const LOOKED_AT: u64 = 1 << 20;

/// Places at which a file may be broken and is UTF-8 all the same, whatever else is in it.
const BROKEN_MAX: usize = 2;

/// Bytes as UTF-8.
pub(crate) struct Decoded<T> {
    /// The bytes, or their reader.
    pub(crate) content: T,
    /// The encoding's name where it was guessed.
    pub(crate) guessed: Option<&'static str>,
}

/// The reader, decoded if it is in another encoding.
pub(crate) fn decoded<'a>(mut reader: Box<dyn Read + 'a>) -> Decoded<Box<dyn Read + 'a>> {
    let mut head = Vec::new();
    // What came before damage is read all the same.
    let damage = reader.by_ref().take(LOOKED_AT).read_to_end(&mut head).err();
    let known = of_head(&head);
    let rest: Box<dyn Read + 'a> = match damage {
        Some(error) => Box::new(Damage(Some(error))),
        None => reader,
    };
    let whole = Cursor::new(head).chain(rest);
    let content: Box<dyn Read + 'a> = match known {
        None => Box::new(whole),
        Some((encoding, _)) => Box::new(Decoding {
            inner: whole,
            decoder: encoding.new_decoder_with_bom_removal(),
            ready: Cursor::new(Vec::new()),
            ended: false,
        }),
    };
    Decoded { content, guessed: name_of_guess(known) }
}

/// The same for a file in memory.
pub(crate) fn decoded_bytes(bytes: &[u8]) -> Decoded<Cow<'_, [u8]>> {
    let known = of_head(&bytes[..bytes.len().min(LOOKED_AT as usize)]);
    let content = match known {
        None => Cow::Borrowed(bytes),
        Some((encoding, _)) => {
            Cow::Owned(encoding.decode_with_bom_removal(bytes).0.into_owned().into_bytes())
        }
    };
    Decoded { content, guessed: name_of_guess(known) }
}

fn name_of_guess(known: Option<(&'static Encoding, bool)>) -> Option<&'static str> {
    known.filter(|(_, guessed)| *guessed).map(|(encoding, _)| encoding.name())
}

/// The encoding of a file that begins so, and whether that is a guess; `None`: UTF-8, or no text at all.
fn of_head(head: &[u8]) -> Option<(&'static Encoding, bool)> {
    match head.get(..2)? {
        [0xFF, 0xFE] | [b'{' | b'[', 0] => return Some((UTF_16LE, false)),
        [0xFE, 0xFF] | [0, b'{' | b'['] => return Some((UTF_16BE, false)),
        _ => {}
    }
    if head.iter().any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)) || is_nearly_utf8(head) {
        return None;
    }
    // Of whole lines: the head may end within a character.
    let lines = head.iter().rposition(|byte| *byte == b'\n').filter(|_| head.len() as u64 == LOOKED_AT);
    let sample = &head[..lines.unwrap_or(head.len())];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let is_text = guess.decode_without_bom_handling_and_without_replacement(sample).is_some();
    (is_text && guess != UTF_8).then_some((guess, true))
}

/// Whether these bytes are UTF-8 in which no more is broken than is whole, or next to nothing. What is cut off at their end does not count.
fn is_nearly_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    let is_cut = std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
    broken - usize::from(is_cut) <= whole.max(BROKEN_MAX)
}

/// Where a reader ends that is damaged.
struct Damage(Option<io::Error>);

impl Read for Damage {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

struct Decoding<R> {
    inner: R,
    decoder: Decoder,
    ready: Cursor<Vec<u8>>,
    ended: bool,
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.ready.read(buffer)?;
            if read > 0 || buffer.is_empty() || self.ended {
                return Ok(read);
            }
            let mut raw = [0; 8_192];
            let count = self.inner.read(&mut raw)?;
            self.ended = count == 0;
            let room = self.decoder.max_utf8_buffer_length(count).unwrap_or(4 * raw.len());
            let mut text = std::mem::take(self.ready.get_mut());
            text.clear();
            text.resize(room, 0);
            let (.., written, _) = self.decoder.decode_to_utf8(&raw[..count], &mut text, self.ended);
            text.truncate(written);
            self.ready = Cursor::new(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, EUC_KR, GB18030, GBK, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

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
            assert_eq!(decoded_bytes(bytes).guessed, None);
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
                assert_eq!(decoded_bytes(&bytes).guessed, Some(name));
            }
        }
        // Four bytes a character, which is in GB18030 alone.
        let rare = format!("{chinese}我：😀 Léa dit ça.\n");
        assert_eq!(read(&GB18030.encode(&rare).0), rare);
    }

    #[test]
    fn broken_utf8_stays_and_what_is_no_text_too() {
        let broken = b"Jo: h\xc3\xa9 \xe4\xbd and \xf0\x9f\x98\x80\n";
        let cut = "你好，我是小雨。".repeat(3).into_bytes();
        let zip = b"PK\x03\x04\x14\x00\xff\xfe\xc4\xe3";
        for bytes in [&broken[..], &cut[..cut.len() - 1], b"h\xc3", zip] {
            let same = decoded_bytes(bytes);
            assert_eq!((same.content.as_ref(), same.guessed), (bytes, None));
        }
    }
}
