//! The commands of a chat with the bare model.
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
    /// Shows the standing instructions, or replaces them.
    System(Option<String>),
    /// Forgets what was said.
    Reset,
    /// Answers the last question anew.
    Regenerate,
    /// Tells tokens and speed.
    Stats,
    /// Writes the conversation to a file.
    Save(PathBuf),
    /// Goes on with a conversation from a file.
    Load(PathBuf),
    /// Ends the program.
    Quit,
}

/// Name, arguments and meaning of each, as `/help` lists them.
pub const COMMANDS: &[Described] = &[
    ("/help", "", "list these commands"),
    ("/system", "[TEXT]", "show the standing instructions, or replace them (`/system -` removes them)"),
    ("/reset", "", "forget what was said"),
    ("/regenerate", "", "answer the last question anew"),
    ("/stats", "", "tokens and speed of the last answer, and how full the context is"),
    ("/save", "FILE", "write the conversation: .json to be loaded again, anything else as Markdown"),
    ("/load", "FILE", "go on with a conversation saved as .json"),
    ("/quit", "", "leave (also Ctrl-D)"),
];

/// Understands a line.
pub fn parse(line: &str) -> Entry {
    slash::parse(line, command)
}

fn command(name: &str, rest: &str) -> Result<Option<SlashCommand>, String> {
    let command = match name {
        "/help" | "/?" => slash::alone(name, rest, SlashCommand::Help),
        "/system" => Ok(SlashCommand::System((!rest.is_empty()).then(|| rest.to_owned()))),
        "/reset" => slash::alone(name, rest, SlashCommand::Reset),
        "/regenerate" => slash::alone(name, rest, SlashCommand::Regenerate),
        "/stats" => slash::alone(name, rest, SlashCommand::Stats),
        "/save" => slash::file(name, rest).map(SlashCommand::Save),
        "/load" => slash::file(name, rest).map(SlashCommand::Load),
        "/quit" | "/exit" => slash::alone(name, rest, SlashCommand::Quit),
        _ => return Ok(None),
    };
    command.map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_understood() {
        assert_eq!(parse("/system"), Entry::Command(SlashCommand::System(None)));
        assert_eq!(
            parse("/system  be  kind"),
            Entry::Command(SlashCommand::System(Some("be  kind".to_owned())))
        );
        assert_eq!(parse("/save a b.md"), Entry::Command(SlashCommand::Save(PathBuf::from("a b.md"))));
        assert_eq!(parse("/exit"), Entry::Command(SlashCommand::Quit));
    }

    #[test]
    fn slips_are_said() {
        for line in ["/regnerate", "/etc/passwd", "/quit now", "/save", "/"] {
            assert!(matches!(parse(line), Entry::Mistaken(_)), "{line}");
        }
    }

    #[test]
    fn help_names_what_can_be_parsed() {
        for (name, argument, _) in COMMANDS {
            let line = if argument.is_empty() { (*name).to_owned() } else { format!("{name} x") };
            assert!(matches!(parse(&line), Entry::Command(_)), "{line}");
            assert!(slash::help(COMMANDS, true).contains(name));
        }
    }
}
