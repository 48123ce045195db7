//! Whether Western text is in an encoding from before Windows: that of old Macs, or one of DOS, which are seen by letters and signs that stand where none do. Must not know
//! files.

use encoding_rs::{Encoding, MACINTOSH};

/// What a text is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Older {
    /// That of Macs.
    Mac,
    /// One of DOS, or of Macs: nobody can tell.
    Unknown,
}

/// The letters of DOS from 0x80 on, in code pages 437 and 850 alike but for five of the last signs.
const DOS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑ";
/// Its sharp s.
const DOS_SHARP_S: u8 = 0xE1;
/// Letters that are more frequent than others with accents.
const FREQUENT: &str = "éèàçêôîïüöäßñáíóú’";
/// Of so many characters that are not ASCII, one at least must stand where none does.
const ONE_MISPLACED_OF: usize = 3;

/// How well a text fits an encoding.
struct Fit {
    all: usize,
    misplaced: usize,
    /// How frequent its letters are.
    weight: usize,
}

/// The encoding that a text is in rather than in the one guessed; `None` where nothing speaks against that.
pub(super) fn older(sample: &[u8], guess: &'static Encoding) -> Option<Older> {
    if !guess.is_single_byte() {
        return None;
    }
    let as_guessed = fit(guess.decode_without_bom_handling(sample).0.chars());
    if as_guessed.misplaced == 0 || as_guessed.misplaced * ONE_MISPLACED_OF < as_guessed.all {
        return None;
    }
    let mac = fit(MACINTOSH.decode_without_bom_handling(sample).0.chars());
    let dos = fit(sample.iter().map(|byte| of_dos(*byte)));
    match (mac.misplaced, dos.misplaced) {
        (0, 0) if mac.weight <= dos.weight => Some(Older::Unknown),
        (0, _) => Some(Older::Mac),
        (_, 0) => Some(Older::Unknown),
        _ => None,
    }
}

fn of_dos(byte: u8) -> char {
    match byte {
        DOS_SHARP_S => 'ß',
        byte if byte.is_ascii() => char::from(byte),
        byte => DOS.chars().nth(usize::from(byte - 0x80)).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

fn fit(text: impl Iterator<Item = char>) -> Fit {
    let mut fit = Fit { all: 0, misplaced: 0, weight: 0 };
    let mut text = text.peekable();
    let mut before = ' ';
    while let Some(character) = text.next() {
        if !character.is_ascii() {
            fit.all += 1;
            fit.misplaced += usize::from(is_misplaced(character, before, *text.peek().unwrap_or(&' ')));
            fit.weight += 1 + usize::from(FREQUENT.contains(character));
        }
        before = character;
    }
    fit
}

/// Whether a character stands where no text has it: a capital behind a small letter, a sign within a word.
fn is_misplaced(character: char, before: char, after: char) -> bool {
    let behind_word = before.is_alphabetic();
    match character {
        '\u{80}'..='\u{9F}' | char::REPLACEMENT_CHARACTER | 'ƒ' | 'ˆ' | '˜' => true,
        _ if character.is_alphabetic() => {
            character.is_uppercase() && (before.is_lowercase() || behind_word && after.is_lowercase())
        }
        '’' | '‘' | '´' | '–' | '—' | '·' => false,
        '‚' | '„' | '‹' | '“' | '†' | '‡' | '‰' if behind_word => true,
        '”' | '›' | '™' | '‡' | '‰' if after.is_alphabetic() => true,
        _ => behind_word && after.is_alphabetic(),
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};

    use super::*;

    fn in_dos(text: &str) -> Vec<u8> {
        let byte = |letter: char| match (letter, DOS.chars().position(|dos| dos == letter)) {
            ('ß', _) => DOS_SHARP_S,
            (_, Some(place)) => 0x80 + place as u8,
            _ => u8::try_from(letter).unwrap(),
        };
        text.chars().map(byte).collect()
    }

    #[test]
    fn old_encodings_are_seen() {
        for words in ["ça va, c'était génial", "café", "Größe", "Zoé et Léa sont à l’hôtel", "“Où ?”"]
        {
            let bytes = MACINTOSH.encode(words).0;
            assert_eq!(older(&bytes, WINDOWS_1252), Some(Older::Mac), "{words}");
        }
        for words in ["ça va, c'était génial", "café", "für die Größe", "naïve", "Mädchen, schön"] {
            assert_eq!(older(&in_dos(words), WINDOWS_1252), Some(Older::Unknown), "{words}");
        }
    }

    #[test]
    fn other_texts_stay_what_they_are() {
        for (encoding, words) in [
            (WINDOWS_1252, "Le café est prêt, c’était « très » bon… “Oui”, 20°C — naïve"),
            (WINDOWS_1252, "Straße, Größe, £5, É"),
            (WINDOWS_1252, "Il l´a dit: col·lecció"),
            (WINDOWS_1252, "He said:“Yes”and left. “Why?” “No.” “Oh.” “Well.”"),
            (WINDOWS_1250, "Szedłem przez las, żółte liście, źle"),
            (WINDOWS_1251, "вКонтакте, Да, хорошо"),
        ] {
            assert_eq!(older(&encoding.encode(words).0, encoding), None, "{words}");
        }
    }
}
