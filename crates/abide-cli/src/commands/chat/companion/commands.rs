//! The commands of a chat with a companion.
//!
//! Must not carry them out: that is `session.rs`.

use std::path::PathBuf;

use crate::commands::chat::slash::{self, Described};

/// What a line means.
pub type Entry = slash::Entry<SlashCommand>;

/// A command to the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlashCommand {
    /// Lists the commands.
    Help,
    /// Keeps something for good.
    Remember(String),
    /// Has a topic left out from now on.
    Avoid(String),
    /// Looks for what is to be forgotten, or forgets what was found.
    Forget(Forget),
    /// What the companion knows, or what it recalls at some words.
    Memories(Option<String>),
    /// Why the last reply was said.
    Why,
    /// Another reply.
    Regenerate,
    /// The next (true) or the previous of the replies (or wordings) that there are.
    Swipe(bool),
    /// Says the last message anew, in other words.
    Edit(String),
    /// Lists branches and what was left aside, or names this place, or goes to the branch of that name or the message of that number.
    Branch(Option<String>),
    /// Takes so many turns back.
    Back(usize),
    /// Begins a fresh window, maybe with a title.
    New(Option<String>),
    /// Deletes the end of the conversation for good.
    Delete(Delete),
    /// Shows the persona, or changes a field of it.
    Persona(Option<(String, String)>),
    /// Writes the companion, or what was said, to a file.
    Export(PathBuf),
    /// Tells tokens and speed.
    Stats,
    /// Ends the program.
    Quit,
}

impl SlashCommand {
    /// Whether it waits until nobody else is talking with the companion.
    pub fn takes_a_turn(&self) -> bool {
        matches!(
            self,
            Self::Regenerate
                | Self::Swipe(_)
                | Self::Edit(_)
                | Self::Branch(Some(_))
                | Self::Back(_)
                | Self::New(_)
                | Self::Delete(_)
                | Self::Forget(_)
                | Self::Export(_)
        )
    }
}

/// What is to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forget {
    /// Whatever has to do with these words: shown first.
    About(String),
    /// These of what was shown, counted from 1.
    Numbers(Vec<usize>),
    /// All that was shown.
    All,
}

/// What is to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delete {
    /// So many turns, which are shown first.
    Turns(usize),
    /// What was shown.
    Shown,
}

/// Name, arguments and meaning of each, as `/help` lists them.
pub const COMMANDS: &[Described] = &[
    ("/help", "", "list these commands"),
    ("/remember", "TEXT", "keep this for good; it is in mind at every reply"),
    ("/avoid", "TOPIC", "what you don't want to talk about: it is left out of all that is remembered"),
    (
        "/forget",
        "WORDS",
        "show what has to do with these words; then `/forget 1 3` or `/forget all` deletes it for good",
    ),
    ("/memories", "[WORDS]", "what is known of you, or what comes to mind at these words"),
    ("/why", "", "why the last reply was said: all that the model saw, and what was left out"),
    ("/regenerate", "", "another reply to the same message; the old one is kept"),
    ("/swipe", "[back]", "the next (or the previous) of the replies that were made, or of your wordings"),
    ("/edit", "TEXT", "say the last message in other words; what followed it is kept aside"),
    (
        "/branch",
        "[NAME]",
        "list branches and what was left aside; name this place, or go to the one of that name or number",
    ),
    ("/back", "[N]", "take the last N turns back (1); nothing is deleted"),
    (
        "/new",
        "[TITLE]",
        "begin a fresh window: the same companion and memory, with nothing of what was said last before it",
    ),
    (
        "/delete",
        "[N]",
        "show the last N turns (1) and what followed them; then `/delete yes` deletes them for good",
    ),
    (
        "/persona",
        "[FIELD TEXT]",
        "show who the companion is, or change a field or a setting, such as `/persona personality calm and dry` or `/persona moods off`",
    ),
    (
        "/export",
        "FILE",
        "write the companion with all its memory to FILE.abide, or the conversation to .md or .jsonl",
    ),
    ("/stats", "", "tokens and speed of the last reply"),
    ("/quit", "", "leave (also Ctrl-D)"),
];

/// Understands a line.
pub fn parse(line: &str) -> Entry {
    slash::parse(line, command)
}

fn command(name: &str, rest: &str) -> Result<Option<SlashCommand>, String> {
    let some = || (!rest.is_empty()).then(|| rest.to_owned());
    let words = |what| slash::needed(name, rest, what).map(str::to_owned);
    let command = match name {
        "/help" | "/?" => slash::alone(name, rest, SlashCommand::Help),
        "/remember" => words("TEXT").map(SlashCommand::Remember),
        "/avoid" => words("TOPIC").map(SlashCommand::Avoid),
        "/forget" => words("WORDS").map(|rest| SlashCommand::Forget(parse_forget(&rest))),
        "/memories" => Ok(SlashCommand::Memories(some())),
        "/why" => slash::alone(name, rest, SlashCommand::Why),
        "/regenerate" => slash::alone(name, rest, SlashCommand::Regenerate),
        "/swipe" => parse_swipe(rest),
        "/edit" => words("TEXT").map(SlashCommand::Edit),
        "/branch" => Ok(SlashCommand::Branch(some())),
        "/back" => parse_turns(name, rest).map(SlashCommand::Back),
        "/new" => Ok(SlashCommand::New(some())),
        "/delete" if rest == "yes" => Ok(SlashCommand::Delete(Delete::Shown)),
        "/delete" => parse_turns(name, rest).map(|turns| SlashCommand::Delete(Delete::Turns(turns))),
        "/persona" => parse_persona(rest),
        "/export" => slash::file(name, rest).map(SlashCommand::Export),
        "/stats" => slash::alone(name, rest, SlashCommand::Stats),
        "/quit" | "/exit" => slash::alone(name, rest, SlashCommand::Quit),
        _ => return Ok(None),
    };
    command.map(Some)
}

fn parse_forget(rest: &str) -> Forget {
    let numbers: Option<Vec<usize>> =
        rest.split([' ', ',']).filter(|word| !word.is_empty()).map(|word| word.parse().ok()).collect();
    match (rest, numbers) {
        ("all", _) => Forget::All,
        (_, Some(numbers)) => Forget::Numbers(numbers),
        _ => Forget::About(rest.to_owned()),
    }
}

fn parse_swipe(rest: &str) -> Result<SlashCommand, String> {
    match rest {
        "" | "next" => Ok(SlashCommand::Swipe(true)),
        "back" | "previous" => Ok(SlashCommand::Swipe(false)),
        _ => Err("write /swipe for the next reply, /swipe back for the previous one".to_owned()),
    }
}

fn parse_turns(name: &str, rest: &str) -> Result<usize, String> {
    match rest.parse() {
        _ if rest.is_empty() => Ok(1),
        Ok(turns) if turns > 0 => Ok(turns),
        _ => Err(format!("`{rest}` is no number of turns: write {name}, or {name} 3")),
    }
}

fn parse_persona(rest: &str) -> Result<SlashCommand, String> {
    match rest.split_once(char::is_whitespace) {
        _ if rest.is_empty() => Ok(SlashCommand::Persona(None)),
        Some((field, text)) => Ok(SlashCommand::Persona(Some((field.to_owned(), text.trim().to_owned())))),
        None => {
            Err(format!("write what `{rest}` shall be: /persona {rest} TEXT (or /persona alone to see it)"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(line: &str) -> SlashCommand {
        match parse(line) {
            Entry::Command(command) => command,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn commands_are_understood() {
        assert_eq!(command("/remember  I like tea "), SlashCommand::Remember("I like tea".to_owned()));
        assert_eq!(command("/avoid my divorce"), SlashCommand::Avoid("my divorce".to_owned()));
        assert_eq!(command("/forget 1, 3"), SlashCommand::Forget(Forget::Numbers(vec![1, 3])));
        assert_eq!(command("/forget all"), SlashCommand::Forget(Forget::All));
        assert_eq!(command("/forget my 2 cats"), SlashCommand::Forget(Forget::About("my 2 cats".to_owned())));
        assert_eq!(command("/memories"), SlashCommand::Memories(None));
        assert_eq!(command("/swipe"), SlashCommand::Swipe(true));
        assert_eq!(command("/swipe back"), SlashCommand::Swipe(false));
        assert_eq!(command("/back"), SlashCommand::Back(1));
        assert_eq!(command("/back 3"), SlashCommand::Back(3));
        assert_eq!(command("/new"), SlashCommand::New(None));
        assert_eq!(command("/new the trip"), SlashCommand::New(Some("the trip".to_owned())));
        assert_eq!(command("/delete 3"), SlashCommand::Delete(Delete::Turns(3)));
        assert_eq!(command("/delete yes"), SlashCommand::Delete(Delete::Shown));
        let personality = ("personality".to_owned(), "calm and dry".to_owned());
        assert_eq!(command("/persona personality  calm and dry"), SlashCommand::Persona(Some(personality)));
        assert_eq!(command("/export a b.md"), SlashCommand::Export(PathBuf::from("a b.md")));
    }

    #[test]
    fn slips_are_said() {
        let slips =
            ["/regnerate", "/quit now", "/export", "/remember", "/forget", "/back 0", "/back x", "/swipe x"];
        for line in slips.into_iter().chain(["/", "/edit", "/persona name", "/delete 0", "/delete it"]) {
            assert!(matches!(parse(line), Entry::Mistaken(_)), "{line}");
        }
    }

    #[test]
    fn help_names_what_can_be_parsed() {
        for (name, argument, _) in COMMANDS {
            let argument = argument.trim_matches(['[', ']']).replace('N', "2");
            let line = format!("{name} {argument}");
            assert!(matches!(parse(&line), Entry::Command(_)), "{line}");
        }
    }
}
