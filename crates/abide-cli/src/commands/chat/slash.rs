//! The commands that begin with a slash.
//!
//! Must not carry them out: that is `session.rs`.

use std::fmt::Write as _;
use std::path::{MAIN_SEPARATOR, PathBuf};

use directories::BaseDirs;

/// What a line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Nothing.
    Blank,
    /// Something said to the model.
    Text(String),
    /// A command.
    Command(SlashCommand),
    /// A line that begins like a command but is none, with what is wrong with it.
    Mistaken(String),
}

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
pub const COMMANDS: &[(&str, &str, &str)] = &[
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
    let text = line.trim();
    if text.is_empty() {
        return Entry::Blank;
    }
    // A line that begins with a space is text, so that a path can be said.
    if !line.starts_with('/') {
        return Entry::Text(text.to_owned());
    }
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let alone = |command: SlashCommand| {
        if rest.is_empty() {
            Entry::Command(command)
        } else {
            Entry::Mistaken(format!("{name} takes nothing after it"))
        }
    };
    let file = |command: fn(PathBuf) -> SlashCommand| {
        if rest.is_empty() {
            Entry::Mistaken(format!("{name} needs the name of a file: {name} FILE"))
        } else {
            Entry::Command(command(expand(rest)))
        }
    };
    match name {
        "/help" | "/?" => alone(SlashCommand::Help),
        "/system" => Entry::Command(SlashCommand::System((!rest.is_empty()).then(|| rest.to_owned()))),
        "/reset" => alone(SlashCommand::Reset),
        "/regenerate" => alone(SlashCommand::Regenerate),
        "/stats" => alone(SlashCommand::Stats),
        "/save" => file(SlashCommand::Save),
        "/load" => file(SlashCommand::Load),
        "/quit" | "/exit" => alone(SlashCommand::Quit),
        _ => Entry::Mistaken(format!(
            "there is no command {name}; /help lists them (begin with a space to say it to the model)"
        )),
    }
}

/// The path that the user means: a leading `~` stands for the home folder, as in a shell.
fn expand(path: &str) -> PathBuf {
    match (path.strip_prefix('~'), BaseDirs::new()) {
        (Some(""), Some(folders)) => folders.home_dir().to_owned(),
        (Some(rest), Some(folders)) if rest.starts_with(['/', MAIN_SEPARATOR]) => {
            folders.home_dir().join(&rest[1..])
        }
        _ => PathBuf::from(path),
    }
}

/// What `/help` shows. `at_terminal`: whether a person types, who can join lines and press Ctrl-C.
pub fn help(at_terminal: bool) -> String {
    let width = COMMANDS.iter().map(|(name, argument, _)| name.len() + argument.len() + 1).max().unwrap_or(0);
    let mut text = String::new();
    for (name, argument, meaning) in COMMANDS {
        let usage = format!("{name} {argument}");
        let _ = writeln!(text, "  {usage:<width$}  {meaning}");
    }
    text.push_str(if at_terminal {
        "End a line with \\ to go on in the next; put \"\"\" before and after several lines.\nCtrl-C stops an answer."
    } else {
        "From a pipe, each line is a turn."
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood() {
        assert_eq!(parse("  \t"), Entry::Blank);
        assert_eq!(parse(" hello "), Entry::Text("hello".to_owned()));
        assert_eq!(parse(" /etc/passwd?"), Entry::Text("/etc/passwd?".to_owned()));
        assert_eq!(parse("/system"), Entry::Command(SlashCommand::System(None)));
        assert_eq!(
            parse("/system  be  kind"),
            Entry::Command(SlashCommand::System(Some("be  kind".to_owned())))
        );
        assert_eq!(parse("/save a b.md"), Entry::Command(SlashCommand::Save(PathBuf::from("a b.md"))));
        assert_eq!(parse("/exit"), Entry::Command(SlashCommand::Quit));
    }

    #[test]
    fn a_tilde_is_the_home_folder() {
        let home = BaseDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(parse("/save ~/a b.md"), Entry::Command(SlashCommand::Save(home.join("a b.md"))));
        assert_eq!(parse("/load ~a.json"), Entry::Command(SlashCommand::Load(PathBuf::from("~a.json"))));
    }

    #[test]
    fn several_lines_are_offered_only_where_they_work() {
        assert!(help(true).contains("several lines") && !help(false).contains("several lines"));
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
            assert!(help(true).contains(name));
        }
    }
}
