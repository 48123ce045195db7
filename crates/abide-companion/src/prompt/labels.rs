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

/// Takes notes out of a reply: what stands between the marks of the prompt's own, and the marks. Capitals are no matter.
#[derive(Debug)]
struct Notes {
    /// With what a note begins, and ends.
    marks: [String; 2],
    /// What else is a mark where no note was opened.
    stray: String,
    /// Whether a note was opened and not closed.
    inside: bool,
    /// What may still become a mark.
    held: String,
}

impl Notes {
    fn new(opens: &str, closes: &str) -> Self {
        let stray = closes.to_ascii_lowercase();
        // Of a sentence in brackets a model keeps the beginning and the bracket at the end.
        let beginning = opens.split([';', '；']).next().unwrap_or_default().trim_end().to_ascii_lowercase();
        let end = if beginning.starts_with('[') { "]".to_owned() } else { stray.clone() };
        Self { marks: [beginning, end], stray, inside: false, held: String::new() }
    }

    /// The marks that are looked for now, and whether a note is open behind them.
    fn awaited(&self) -> Vec<(&str, bool)> {
        let [opens, ends] = &self.marks;
        let marks = if self.inside {
            vec![(ends.as_str(), false)]
        } else {
            vec![(opens.as_str(), true), (self.stray.as_str(), false)]
        };
        marks.into_iter().filter(|(mark, _)| !mark.is_empty()).collect()
    }

    fn push(&mut self, piece: &str) -> String {
        let mut text = std::mem::take(&mut self.held) + piece;
        let mut said = String::new();
        loop {
            let lower = text.to_ascii_lowercase();
            let marks = self.awaited();
            let met = marks.iter().filter_map(|(mark, opens)| Some((lower.find(mark)?, mark.len(), *opens)));
            let Some((at, length, opens)) = met.min() else {
                let begins = |at: &usize| marks.iter().any(|(mark, _)| mark.starts_with(&lower[*at..]));
                let at = lower.char_indices().map(|(at, _)| at).find(begins).unwrap_or(text.len());
                self.held = text.split_off(at);
                break;
            };
            said.push_str(if self.inside { "" } else { &text[..at] });
            self.inside = opens;
            text.drain(..at + length);
        }
        said.push_str(if self.inside { "" } else { &text });
        said
    }

    fn finish(&mut self) -> String {
        let held = std::mem::take(&mut self.held);
        if std::mem::take(&mut self.inside) { String::new() } else { held }
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
    fn notes_are_taken_out_wherever_they_stand() {
        for (reply, said) in [
            ("<memory>\nToday is Monday.\n</memory>\n\nAye.", "Aye."),
            ("<memory>a</memory><MEMORY>b</MEMORY>Mara: Aye.", " Aye."),
            ("Aye. <memory>Stay Mara.</memory>Good.", "Aye. Good."),
            ("Aye. <memory>never closed", "Aye. "),
            ("Aye.</memory> So.", "Aye. So."),
            ("a < b, <mem and <em>c</em>", "a < b, <mem and <em>c</em>"),
            ("我记得<memory>星期一</memory>。", "我记得。"),
            ("Aye <memor", "Aye <memor"),
            ("<memory>only</memory>", ""),
        ] {
            assert_eq!(opened(&[reply]), said);
            let cuts: Vec<String> = reply.chars().map(String::from).collect();
            assert_eq!(opened(&cuts.iter().map(String::as_str).collect::<Vec<_>>()), said);
        }
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
            (FRENCH.0, FRENCH.1, "Oui. [note pour Su", "Oui. "),
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
