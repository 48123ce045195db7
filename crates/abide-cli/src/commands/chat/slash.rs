//! Lines that begin with a slash, for every kind of chat.
//!
//! Must not know which commands there are: each chat brings its own list and its own meaning.

use std::fmt::Write as _;
use std::path::{MAIN_SEPARATOR, PathBuf};

use directories::BaseDirs;

/// Name, arguments and meaning of a command, as `/help` lists it.
pub type Described = (&'static str, &'static str, &'static str);

/// What a line means to any chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Nothing.
    Blank,
    /// Something said.
    Text(String),
    /// A word behind a slash, and what follows it.
    Command {
        /// The word with its slash.
        name: String,
        /// The rest of the line, trimmed.
        rest: String,
    },
}

/// Understands a line. One that begins with a space is text, so that a path can be said.
pub fn parse(line: &str) -> Line {
    let text = line.trim();
    if text.is_empty() {
        return Line::Blank;
    }
    if !line.starts_with('/') {
        return Line::Text(text.to_owned());
    }
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    Line::Command { name: name.to_owned(), rest: rest.trim().to_owned() }
}

/// `command`, if nothing follows its name.
///
/// # Errors
/// What is wrong with the line, for the person.
pub fn alone<T>(name: &str, rest: &str, command: T) -> Result<T, String> {
    if rest.is_empty() { Ok(command) } else { Err(format!("{name} takes nothing after it")) }
}

/// What follows the name of a command that needs it.
///
/// # Errors
/// What is wrong with the line, for the person.
pub fn needed<'line>(name: &str, rest: &'line str, what: &str) -> Result<&'line str, String> {
    if rest.is_empty() { Err(format!("{name} needs something after it: {name} {what}")) } else { Ok(rest) }
}

/// The file that follows the name of a command.
///
/// # Errors
/// What is wrong with the line, for the person.
pub fn file(name: &str, rest: &str) -> Result<PathBuf, String> {
    if rest.is_empty() {
        return Err(format!("{name} needs the name of a file: {name} FILE"));
    }
    Ok(expand(rest))
}

/// What a person reads who mistyped a command.
pub fn unknown(name: &str) -> String {
    format!("there is no command {name}; /help lists them (begin with a space to say it)")
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
pub fn help(commands: &[Described], at_terminal: bool) -> String {
    let width = commands.iter().map(|(name, argument, _)| name.len() + argument.len() + 1).max().unwrap_or(0);
    let mut text = String::new();
    for (name, argument, meaning) in commands {
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
        let command = |name: &str, rest: &str| Line::Command { name: name.to_owned(), rest: rest.to_owned() };
        assert_eq!(parse("  \t"), Line::Blank);
        assert_eq!(parse(" hello "), Line::Text("hello".to_owned()));
        assert_eq!(parse(" /etc/passwd?"), Line::Text("/etc/passwd?".to_owned()));
        assert_eq!(parse("/system  be  kind"), command("/system", "be  kind"));
        assert_eq!(parse("/"), command("/", ""));
    }

    #[test]
    fn a_tilde_is_the_home_folder() {
        let home = BaseDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(file("/save", "~/a b.md"), Ok(home.join("a b.md")));
        assert_eq!(file("/load", "~a.json"), Ok(PathBuf::from("~a.json")));
        assert!(file("/load", "").is_err());
    }

    #[test]
    fn several_lines_are_offered_only_where_they_work() {
        let commands = [("/help", "", "list these commands")];
        assert!(help(&commands, true).contains("several lines"));
        assert!(!help(&commands, false).contains("several lines"));
    }
}
