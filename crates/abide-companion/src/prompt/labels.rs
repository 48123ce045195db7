//! What in a reply is none of it: names before what is said, as in a play ("Mara: Aye."), which a model that has read many plays writes, and small ones go
//! on with everybody's lines; and notes like those of the prompt. Must not know streams or stores.

/// What follows a name, in Latin and in Chinese type.
const COLONS: [char; 2] = [':', '：'];

/// Lines with which somebody's next turn begins: the reply is over before them. An empty name has none.
pub(super) fn next_turns(char_name: &str, user_name: &str) -> Vec<String> {
    // "the user" begins a line as "The user".
    let mut names = vec![user_name.to_owned(), capitalised(user_name), char_name.to_owned()];
    names.retain(|name| !name.trim().is_empty());
    names.dedup();
    names.iter().flat_map(|name| COLONS.map(|colon| format!("\n{name}{colon}"))).collect()
}

fn capitalised(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// A reply without notes like the prompt's, whose beginning is without blanks and without the companion's own name before a colon. However the reply
/// is cut into pieces, what comes out in all is the same.
#[derive(Debug)]
pub struct Opening {
    notes: Notes,
    char_name: String,
    /// What may still become the name; `None` once that is known.
    held: Option<String>,
}

impl Opening {
    /// Of a reply of the companion with this name, to a prompt whose notes are opened and closed so.
    pub fn new(char_name: &str, note_opens: &str, note_closes: &str) -> Self {
        let notes = Notes::new(note_opens, note_closes);
        Self { notes, char_name: char_name.to_owned(), held: Some(String::new()) }
    }

    /// Takes a piece of the reply; gives what is certain to be said.
    pub fn push(&mut self, piece: &str) -> String {
        let piece = self.notes.push(piece);
        self.without_name(&piece)
    }

    /// The reply is over; gives what was held.
    pub fn finish(&mut self) -> String {
        let last = self.notes.finish();
        let said = self.without_name(&last);
        said + self.held.take().unwrap_or_default().trim_start()
    }

    fn without_name(&mut self, piece: &str) -> String {
        let Some(mut held) = self.held.take() else { return piece.to_owned() };
        held.push_str(piece);
        let said = held.trim_start();
        let after_name = said.strip_prefix(self.char_name.as_str()).filter(|_| !self.char_name.is_empty());
        let is_open = match after_name {
            Some(rest) => rest.is_empty(),
            None => self.char_name.starts_with(said),
        };
        if is_open {
            self.held = Some(held);
            return String::new();
        }
        after_name.and_then(|rest| rest.strip_prefix(COLONS)).unwrap_or(said).to_owned()
    }
}

/// Bytes of a note beyond which it is none: the prompt's own end, and a reader waits for what is held.
const NOTE_BYTES_MAX: usize = 4_096;

/// Takes notes like the prompt's out of a reply: one with which it begins, or that stands on lines of its own with the label as the prompt writes it, and that
/// is closed. A reply may speak of such labels, in code or out of it, and keeps them. Capitals are no matter.
#[derive(Debug)]
struct Notes {
    /// With what a note begins.
    begins: String,
    /// The whole of the label, with the line's end.
    label: String,
    /// With what a note ends.
    ends: String,
    /// What is a note's end where none was opened.
    stray: String,
    /// A note that is not closed so far.
    note: Option<String>,
    /// What may still become a mark.
    held: String,
    spoken: Spoken,
}

/// What is known of the reply so far.
#[derive(Debug, Clone, Default)]
struct Spoken {
    began: bool,
    last: Option<char>,
    /// The beginning of the line.
    line: String,
    /// Whether a block of code is open.
    in_code: bool,
    /// Whether it speaks of labels.
    of_labels: bool,
}

impl Spoken {
    fn add(&mut self, text: &str) {
        for character in text.chars() {
            if character == '\n' {
                self.in_code ^= self.line.starts_with("```");
                self.line.clear();
            } else if self.line.len() < 3 && !(self.line.is_empty() && character.is_whitespace()) {
                self.line.push(character);
            }
            self.began |= !character.is_whitespace();
            self.last = Some(character);
        }
    }
}

/// What stands at a place of a reply.
enum Mark {
    Note,
    /// The end of a note that was not opened, of so many bytes.
    Stray(usize),
    /// It may become one of these.
    Perhaps,
}

impl Notes {
    fn new(opens: &str, closes: &str) -> Self {
        let stray = closes.to_ascii_lowercase();
        // Of a sentence in brackets a model keeps the beginning and the bracket at the end.
        let begins = opens.split([';', '；']).next().unwrap_or_default().trim_end().to_ascii_lowercase();
        let ends = if begins.starts_with('[') { "]".to_owned() } else { stray.clone() };
        let label = format!("{}\n", opens.to_ascii_lowercase());
        Self { begins, label, ends, stray, note: None, held: String::new(), spoken: Spoken::default() }
    }

    fn push(&mut self, piece: &str) -> String {
        self.held.push_str(piece);
        self.take(false)
    }

    fn finish(&mut self) -> String {
        self.take(true)
    }

    /// What is certain to be said; all of it where this is the `last`.
    fn take(&mut self, last: bool) -> String {
        let mut said = String::new();
        loop {
            if self.note.is_some() {
                if !self.end_note(last, &mut said) {
                    return said;
                }
                continue;
            }
            let (at, mark) =
                self.next_mark(last).map_or((self.held.len(), None), |(at, mark)| (at, Some(mark)));
            let rest = self.held.split_off(at);
            let before = std::mem::replace(&mut self.held, rest);
            self.say(&before, &mut said);
            match mark {
                Some(Mark::Note) => self.note = Some(std::mem::take(&mut self.held)),
                Some(Mark::Stray(length)) => drop(self.held.drain(..length)),
                Some(Mark::Perhaps) | None => return said,
            }
        }
    }

    /// Lets go of a note that is closed, or gives back what turns out to be none. False: it is still open.
    fn end_note(&mut self, last: bool, said: &mut String) -> bool {
        let mut note = self.note.take().unwrap_or_default();
        note.push_str(&std::mem::take(&mut self.held));
        let within = note.to_ascii_lowercase().split_off(self.begins.len());
        if let Some(at) = within.find(&self.ends) {
            self.held = note.split_off(self.begins.len() + at + self.ends.len());
            return true;
        }
        if last || note.len() > NOTE_BYTES_MAX {
            self.spoken.of_labels = true;
            self.say(&note, said);
            return true;
        }
        self.note = Some(note);
        false
    }

    fn say(&mut self, text: &str, said: &mut String) {
        self.spoken.add(text);
        said.push_str(text);
    }

    /// The first mark in what is held, and where it is.
    fn next_mark(&mut self, last: bool) -> Option<(usize, Mark)> {
        let lower = self.held.to_ascii_lowercase();
        let firsts = [self.begins.chars().next(), self.stray.chars().next()];
        let mut spoken = self.spoken.clone();
        let mut from = 0;
        for (at, _) in lower.char_indices().filter(|(_, character)| firsts.contains(&Some(*character))) {
            spoken.add(&self.held[from..at]);
            from = at;
            let rest = &lower[at..];
            if let Some(mark) = self.mark_at(rest, &spoken, last) {
                return Some((at, mark));
            }
            if rest.starts_with(&self.begins) {
                spoken.of_labels = true;
                self.spoken.of_labels = true;
            }
        }
        None
    }

    /// The mark with which `rest` begins, behind what was spoken.
    fn mark_at(&self, rest: &str, spoken: &Spoken, last: bool) -> Option<Mark> {
        if spoken.in_code {
            return None;
        }
        let may_become = |mark: &str| !last && mark.len() > rest.len() && mark.starts_with(rest);
        let own_line = spoken.began && spoken.last == Some('\n');
        let label = if own_line { &self.label } else { &self.begins };
        if may_become(label) {
            return Some(Mark::Perhaps);
        }
        if !label.is_empty() && rest.starts_with(label.as_str()) {
            match rest[label.len()..].chars().next() {
                _ if own_line => return Some(Mark::Note),
                _ if spoken.began => {}
                None if !last => return Some(Mark::Perhaps),
                // "<memory> is a tag …"
                None => {}
                Some(' ') if label.ends_with('>') => {}
                Some(_) => return Some(Mark::Note),
            }
        }
        if self.stray.is_empty() || spoken.of_labels || spoken.last == Some('`') {
            return None;
        }
        if rest.starts_with(&self.stray) {
            return Some(Mark::Stray(self.stray.len()));
        }
        may_become(&self.stray).then_some(Mark::Perhaps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(pieces: &[&str]) -> String {
        let mut opening = Opening::new("Mara", "<memory>", "</memory>");
        let said: String = pieces.iter().map(|piece| opening.push(piece)).collect();
        said + &opening.finish()
    }

    #[test]
    fn the_own_name_is_taken_off_however_it_comes() {
        for (reply, said) in [
            ("Mara: Aye.", " Aye."),
            ("\n\nMara：好。", "好。"),
            ("Mara says: Aye.", "Mara says: Aye."),
            ("Mara", "Mara"),
            ("Mar: x", "Mar: x"),
            ("Jo: x", "Jo: x"),
            (" Aye. Mara: y", "Aye. Mara: y"),
            ("Mara: Mara: y", " Mara: y"),
            ("", ""),
            ("  ", ""),
        ] {
            assert_eq!(opened(&[reply]), said);
            let cuts: Vec<String> = reply.chars().map(String::from).collect();
            assert_eq!(opened(&cuts.iter().map(String::as_str).collect::<Vec<_>>()), said);
        }
    }

    #[test]
    fn notes_are_taken_out_at_the_beginning_and_on_lines_of_their_own() {
        for (reply, said) in [
            ("<memory>\nToday is Monday.\n</memory>\n\nAye.", "Aye."),
            ("<memory>a</memory><MEMORY>b</MEMORY>Mara: Aye.", " Aye."),
            ("\n <memory>a</memory>Aye.", "Aye."),
            ("Aye.\n<memory>\nStay Mara.\n\nx\n</memory>\nGood.", "Aye.\n\nGood."),
            ("Aye.</memory> So.", "Aye. So."),
            ("a < b, <mem and <em>c</em>", "a < b, <mem and <em>c</em>"),
            ("Aye <memor", "Aye <memor"),
            ("<memory>only</memory>", ""),
        ] {
            assert_eq!(in_any_pieces(reply), said);
        }
    }

    #[test]
    fn a_reply_that_speaks_of_labels_keeps_them() {
        for reply in [
            "Aye. <memory>never closed",
            "<memory>never closed",
            "<memory> opens it and </memory> closes it.",
            "`<memory>` sets the RAM, and `</memory>` ends it.",
            "Put <memory>4096</memory> into the file.",
            "The tag <memory> says how much.\n\nThen comes </memory>, and that is all.",
            "```xml\n<domain>\n<memory>\n4096\n</memory>\n</domain>\n```\nThat is all.",
            "So:\n<memory>4096</memory>\nAnd done.",
            "So:\n  <memory>\n4096\n  </memory>\nAnd done.",
            "Close it with `</memory>`.",
        ] {
            assert_eq!(in_any_pieces(reply), reply);
        }
        let long = format!("<memory>{}", "word ".repeat(2_000));
        let mut opening = Opening::new("Mara", "<memory>", "</memory>");
        assert!(opening.push(&long).len() > 5_000, "nobody waits for its end");
    }

    /// What is said of a reply, however it is cut.
    fn in_any_pieces(reply: &str) -> String {
        let said = opened(&[reply]);
        for size in [1, 2, 7] {
            let characters: Vec<char> = reply.chars().collect();
            let pieces: Vec<String> = characters.chunks(size).map(|piece| piece.iter().collect()).collect();
            assert_eq!(opened(&pieces.iter().map(String::as_str).collect::<Vec<_>>()), said, "{size}");
        }
        said
    }

    #[test]
    fn notes_in_brackets_are_taken_out_with_what_a_model_makes_of_them() {
        for (opens, closes, reply, said) in [
            (
                FRENCH.0,
                FRENCH.1,
                "[Note pour Su ; Tom n'a rien écrit.\nAh]\n\nBonjour [toi].",
                "Bonjour [toi].",
            ),
            (FRENCH.0, FRENCH.1, "Oui. [Note pour Su : du pain.]", "Oui. [Note pour Su : du pain.]"),
            (FRENCH.0, FRENCH.1, "Oui.\n[Note pour Su ; Tom n'a pas écrit ceci.\nAh]\nNon.", "Oui.\n\nNon."),
            (FRENCH.0, FRENCH.1, "[note pour Su ; rien", "[note pour Su ; rien"),
            (FRENCH.0, FRENCH.1, "Oui. Fin de la note.] Non.", "Oui.  Non."),
            ("[给小苏的提示；不是小明写的。", "提示结束。]", "[给小苏的提示；今天]你好。[笑]", "你好。[笑]"),
        ] {
            for size in [1, 3, 100] {
                let mut opening = Opening::new("Su", opens, closes);
                let pieces: Vec<char> = reply.chars().collect();
                let heard: String = pieces
                    .chunks(size)
                    .map(|piece| opening.push(&piece.iter().collect::<String>()))
                    .collect();
                assert_eq!(heard + &opening.finish(), said, "{reply}");
            }
        }
    }

    const FRENCH: (&str, &str) = ("[Note pour Su ; Tom n'a pas écrit ceci.", "Fin de la note.]");

    #[test]
    fn the_next_turns_are_those_of_both() {
        assert_eq!(next_turns("Mara", "Jo"), ["\nJo:", "\nJo：", "\nMara:", "\nMara："]);
        let unnamed = next_turns("Mara", "the user");
        assert_eq!(unnamed[..4], ["\nthe user:", "\nthe user：", "\nThe user:", "\nThe user："]);
        assert_eq!(next_turns("林月", "").len(), 2);
    }
}
