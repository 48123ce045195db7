//! What `--help` says, and completions.

use super::{User, stdout};

const COMMANDS: [&str; 20] = [
    "chat",
    "companion",
    "memory",
    "import-history",
    "run",
    "serve",
    "embed",
    "models",
    "pull",
    "rm",
    "cache",
    "show",
    "bench",
    "perplexity",
    "tokenize",
    "logits",
    "template",
    "config",
    "doctor",
    "completions",
];

#[test]
fn every_help_text_is_as_it_was() {
    let user = User::new();
    insta::assert_snapshot!("help", stdout(&user.run("--help").success()));
    insta::assert_snapshot!("help_short", stdout(&user.run("-h").success()));
    for command in COMMANDS {
        let help = stdout(&user.run(&format!("{command} --help")).success());
        assert!(help.contains("Examples:\n  "), "{command} has no examples");
        insta::assert_snapshot!(format!("help_{command}"), help);
    }
}

#[test]
fn help_fits_a_terminal_of_a_hundred_columns() {
    let user = User::new();
    let mut lines = stdout(&user.run("--help"));
    for command in COMMANDS {
        lines += &stdout(&user.run(&format!("{command} --help")));
    }
    for line in lines.lines() {
        assert!(line.chars().count() <= 110, "{line}");
    }
}

#[test]
fn completions_know_the_commands() {
    let user = User::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stdout(&user.run(&format!("completions {shell}")).success());
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}");
    }
}

#[test]
fn the_version_is_told() {
    assert!(stdout(&User::new().run("--version").success()).starts_with("abide "));
}
