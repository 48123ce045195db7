//! Macros (`{{char}}`, `{{random:a,b}}` …) in what a persona's author wrote. Must not know personas or prompts, and is never
//! given what the user wrote: names and replaced texts are put in as they are and not looked at again.
//!
//! [`expand`] knows those of the character card specifications V1 to V3 and a few that cards commonly use: `{{char}}`, `{{user}}`, `<BOT>`, `<CHAR>`,
//! `<USER>`, `{{original}}`, `{{random:…}}`, `{{pick:…}}`, `{{roll:…}}`, `{{// …}}`, `{{comment:…}}`, `{{hidden_key:…}}`, `{{reverse:…}}`, `{{time}}`, `{{date}}`,
//! `{{weekday}}`, `{{isotime}}`, `{{isodate}}`, `{{newline}}`, `{{noop}}`. Case does not matter; what is not known stays as it stands.

mod chance;
mod clock;
mod parse;

#[cfg(test)]
mod tests;

use chance::Chance;
use parse::{Node, Text};

pub use chance::{hash, roll};

/// Bytes that a text may grow to; what would be beyond is left out.
pub const EXPANDED_BYTES_MAX: usize = 4 << 20;
/// Macros within macros that are looked at; deeper ones stay as they stand.
pub const NESTING_MAX: usize = 16;

/// Who an expanded text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Audience {
    /// The model: comments and hidden keys are left out.
    #[default]
    Prompt,
    /// The user: comments are shown.
    Display,
    /// The search for keys of a lorebook: hidden keys are there.
    Scan,
}

/// What macros stand for.
#[derive(Debug, Clone, Copy)]
pub struct MacroContext<'a> {
    /// `{{char}}`: [`crate::persona::Persona::spoken_name`].
    pub char: &'a str,
    /// `{{user}}`: what the companion calls the user.
    pub user: &'a str,
    /// `{{original}}`: the text that this one replaces, expanded already. Where there is none, the macro stays.
    pub original: Option<&'a str>,
    /// Now, at the user's place. Where it is not known, `{{time}}` and the like stay.
    pub now: Option<&'a jiff::Zoned>,
    /// The language that dates are written in (its first subtag: `en`, `fr` or `zh`, else `en`).
    pub language: &'a str,
    /// What `{{random}}` and `{{roll}}` come from: another number for each reply, the same for the same reply.
    pub seed: u64,
    /// What `{{pick}}` comes from besides its place: a number of the chat.
    pub chat: u64,
    /// Where the text stands (`description`, `greetings[0]`), so that picks in two places are chosen separately.
    pub place: &'a str,
    /// Who it is for.
    pub audience: Audience,
}

impl Default for MacroContext<'_> {
    fn default() -> Self {
        Self {
            char: "",
            user: "",
            original: None,
            now: None,
            language: "en",
            seed: 0,
            chat: 0,
            place: "",
            audience: Audience::Prompt,
        }
    }
}

impl<'a> MacroContext<'a> {
    /// The same for a text at another place.
    #[must_use]
    pub fn at(&self, place: &'a str) -> Self {
        Self { place, ..*self }
    }

    /// The same for somebody else.
    #[must_use]
    pub fn for_audience(&self, audience: Audience) -> Self {
        Self { audience, ..*self }
    }
}

/// The text with its macros replaced. With the same context it is the same every time.
pub fn expand(text: &str, context: &MacroContext<'_>) -> String {
    if !text.contains("{{") && !text.contains('<') {
        return text.to_owned();
    }
    let mut expander = Expander { context, chance: Chance::new(context) };
    let mut out = String::with_capacity(text.len());
    expander.write(&parse::parse(text), &mut out);
    out
}

struct Expander<'a> {
    context: &'a MacroContext<'a>,
    chance: Chance,
}

impl Expander<'_> {
    fn write(&mut self, text: &Text<'_>, out: &mut String) {
        for node in &text.nodes {
            match node {
                Node::Plain(plain) => put(out, plain),
                Node::Tag(tag) => {
                    let name = if tag[1..].to_ascii_lowercase().starts_with("user") {
                        self.context.user
                    } else {
                        self.context.char
                    };
                    put(out, name);
                }
                Node::Macro { offset, inner, whole } => {
                    if self.replace(*offset, inner, out).is_none() {
                        self.keep(inner, whole, out);
                    }
                }
            }
        }
    }

    /// An unknown macro stays, but what is within it is expanded.
    fn keep(&mut self, inner: &Text<'_>, whole: &str, out: &mut String) {
        if inner.nodes.iter().all(|node| matches!(node, Node::Plain(_))) {
            put(out, whole);
            return;
        }
        put(out, "{{");
        self.write(inner, out);
        put(out, "}}");
    }

    /// Writes what a macro stands for; `None` if it is not known.
    fn replace(&mut self, offset: usize, inner: &Text<'_>, out: &mut String) -> Option<()> {
        let head = match inner.nodes.first() {
            Some(Node::Plain(head)) => *head,
            _ => return None,
        };
        if head.trim_start().starts_with("//") {
            return Some(());
        }
        let (name, argument) = match head.find(':') {
            Some(colon) => (&head[..colon], Some(inner.after(colon + 1))),
            // `{{roll d6}}` is written as well.
            None => match head.trim_start().split_once(char::is_whitespace) {
                Some((name, _)) if name.eq_ignore_ascii_case("roll") && inner.nodes.len() == 1 => {
                    let start = head.len() - head.trim_start().len() + name.len();
                    (name, Some(inner.after(start)))
                }
                _ => (head, None),
            },
        };
        let name = name.trim().to_ascii_lowercase();
        match argument {
            Some(argument) => self.with_argument(&name, offset, &argument, out),
            None if inner.nodes.len() == 1 => self.without_argument(&name, out),
            None => None,
        }
    }

    fn without_argument(&mut self, name: &str, out: &mut String) -> Option<()> {
        let context = self.context;
        match name {
            "char" | "bot" => put(out, context.char),
            "user" => put(out, context.user),
            "original" => put(out, context.original?),
            "newline" => put(out, "\n"),
            "noop" => {}
            _ => put(out, &clock::tell(name, context.now?, context.language)?),
        }
        Some(())
    }

    fn with_argument(
        &mut self,
        name: &str,
        offset: usize,
        argument: &Text<'_>,
        out: &mut String,
    ) -> Option<()> {
        match name {
            "random" | "pick" => {
                let choices = argument.choices();
                let index = if name == "random" {
                    self.chance.next(choices.len())
                } else {
                    chance::pick(self.context, offset, choices.len())
                };
                if let Some(choice) = choices.get(index) {
                    let mut chosen = String::new();
                    self.write(choice, &mut chosen);
                    put(out, &chosen.replace("\\,", ","));
                }
            }
            "roll" => {
                let mut formula = String::new();
                self.write(argument, &mut formula);
                let rolled = roll(&formula, &mut |sides| self.chance.next(sides))?;
                put(out, &rolled.to_string());
            }
            "comment" if self.context.audience == Audience::Display => {
                let mut comment = String::new();
                self.write(argument, &mut comment);
                put(out, comment.trim());
            }
            "hidden_key" if self.context.audience == Audience::Scan => self.write(argument, out),
            "comment" | "hidden_key" => {}
            "reverse" => {
                let mut forwards = String::new();
                self.write(argument, &mut forwards);
                put(out, &reverse(&forwards));
            }
            _ => return None,
        }
        Some(())
    }
}

/// Adds a text as far as the limit allows.
fn put(out: &mut String, text: &str) {
    let room = EXPANDED_BYTES_MAX.saturating_sub(out.len());
    out.push_str(&text[..text.floor_char_boundary(room)]);
}

/// The text backwards; accents stay on their letters.
fn reverse(text: &str) -> String {
    let mut clusters: Vec<String> = Vec::new();
    for character in text.chars() {
        match clusters.last_mut() {
            Some(last) if unicode_normalization::char::is_combining_mark(character) => last.push(character),
            _ => clusters.push(character.to_string()),
        }
    }
    clusters.into_iter().rev().collect()
}
