//! Lines that begin with a slash, for every kind of chat.
//!
//! Must not know which commands there are: each chat brings its own list and its own meaning.

use std::fmt::Write as _;
use std::path::{MAIN_SEPARATOR, PathBuf};

use directories::BaseDirs;

/// Name, arguments and meaning of a command, as `/help` lists it.
pub type Described = (&'static str, &'static str, &'static str);

/// What a line means in a chat whose commands are `C`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry<C> {
    /// Nothing.
    Blank,
    /// Something said.
    Text(String),
    /// A command.
    Command(C),
    /// A line that begins like a command but is none, with what is wrong with it.
    Mistaken(String),
}

/// Understands a line. One that begins with a space is text, so that a path can be said. `command` makes a command of its name, with the slash,
/// and what follows it; `Ok(None)`: there is none of that name.
pub fn parse<C>(line: &str, command: impl FnOnce(&str, &str) -> Result<Option<C>, String>) -> Entry<C> {
    let text = line.trim();
    if text.is_empty() {
        return Entry::Blank;
    }
    if !line.starts_with('/') {
        return Entry::Text(text.to_owned());
    }
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    match command(name, rest.trim()) {
        Ok(Some(command)) => Entry::Command(command),
        Ok(None) => Entry::Mistaken(format!(
            "there is no command {name}; /help lists them (begin with a space to say it)"
        )),
        Err(problem) => Entry::Mistaken(problem),
    }
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
        let parse = |line: &str| {
            parse(line, |name, rest| match name {
                "/system" => Ok(Some(rest.to_owned())),
                "/save" => Err("no".to_owned()),
                _ => Ok(None),
            })
        };
        assert_eq!(parse("  \t"), Entry::Blank);
        assert_eq!(parse(" hello "), Entry::Text("hello".to_owned()));
        assert_eq!(parse(" /etc/passwd?"), Entry::Text("/etc/passwd?".to_owned()));
        assert_eq!(parse("/system  be  kind"), Entry::Command("be  kind".to_owned()));
        assert_eq!(parse("/save"), Entry::Mistaken("no".to_owned()));
        assert!(matches!(parse("/"), Entry::Mistaken(problem) if problem.contains("no command /;")));
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
