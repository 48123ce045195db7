//! Names before what is said, as in a play ("Mara: Aye."). A model that has read many plays writes them, and small ones go on with
//! everybody's lines. Must not know streams or stores.

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

/// The beginning of a reply, without blanks and without the companion's own name before a colon. However the reply is cut into
/// pieces, what comes out in all is the same.
#[derive(Debug)]
pub struct Opening {
    char_name: String,
    /// What may still become the name; `None` once that is known.
    held: Option<String>,
}

impl Opening {
    /// Of a reply of the companion with this name.
    pub fn new(char_name: &str) -> Self {
        Self { char_name: char_name.to_owned(), held: Some(String::new()) }
    }

    /// Takes a piece of the reply; gives what is certain to be said.
    pub fn push(&mut self, piece: &str) -> String {
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

    /// The reply is over; gives what was held.
    pub fn finish(&mut self) -> String {
        self.held.take().map(|held| held.trim_start().to_owned()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(pieces: &[&str]) -> String {
        let mut opening = Opening::new("Mara");
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
    fn the_next_turns_are_those_of_both() {
        assert_eq!(next_turns("Mara", "Jo"), ["\nJo:", "\nJo：", "\nMara:", "\nMara："]);
        let unnamed = next_turns("Mara", "the user");
        assert_eq!(unnamed[..4], ["\nthe user:", "\nthe user：", "\nThe user:", "\nThe user："]);
        assert_eq!(next_turns("林月", "").len(), 2);
    }
}
