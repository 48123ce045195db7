//! Conversations as files: JSON to be loaded again, Markdown to be read.
//!
//! Must not know sessions or models beyond a name.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use abide_generation::Role;
use anyhow::{Context as _, bail, ensure};
use serde::{Deserialize, Serialize};

use super::conversation::Conversation;
use crate::reading;

/// Most bytes of a saved conversation; more is no conversation.
const FILE_BYTES_MAX: u64 = 256 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    model: String,
    conversation: Conversation,
}

/// Writes a conversation; `.json` in the name chooses the form that [`load`] reads. A file that is
/// there already is not touched.
///
/// # Errors
/// When the file exists or can't be written.
pub fn save(path: &Path, model: &str, conversation: &Conversation) -> anyhow::Result<()> {
    let text = if is_json(path) {
        let saved = Saved { model: model.to_owned(), conversation: conversation.clone() };
        serde_json::to_string_pretty(&saved)? + "\n"
    } else {
        markdown(model, conversation)
    };
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).or_else(|error| {
        // The system's own message would say it a second time.
        ensure!(error.kind() != ErrorKind::AlreadyExists, "{} exists; choose another name", path.display());
        Err(error).with_context(|| format!("can't create {}", path.display()))
    })?;
    file.write_all(text.as_bytes()).with_context(|| format!("can't write {}", path.display()))
}

/// Reads a conversation that was saved as JSON.
///
/// # Errors
/// When the file can't be read or holds no conversation.
pub fn load(path: &Path) -> anyhow::Result<Conversation> {
    ensure!(is_json(path), "only conversations saved as .json can be loaded, and this is {}", path.display());
    let text = reading::file_text(path, FILE_BYTES_MAX)?;
    let saved: Saved = serde_json::from_str(&text)
        .with_context(|| format!("{} holds no conversation saved by abide", path.display()))?;
    if let Err(problem) = saved.conversation.validate() {
        bail!("the conversation in {} {problem}", path.display());
    }
    Ok(saved.conversation)
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

fn markdown(model: &str, conversation: &Conversation) -> String {
    let mut text = format!("# Conversation with {model}\n");
    if let Some(system) = conversation.system() {
        let _ = write!(text, "\n**System**\n\n{}\n", system.trim());
    }
    for turn in conversation.turns() {
        let speaker = if turn.role == Role::Assistant { model } else { "You" };
        let _ = write!(text, "\n**{speaker}**\n\n{}\n", turn.content.trim());
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn conversation() -> Conversation {
        let mut conversation = Conversation::new(Some("be kind".to_owned()));
        conversation.ask("hello");
        conversation.answer(" Hi!\n");
        conversation
    }

    #[test]
    fn json_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("talk.json");
        save(&path, "Model", &conversation()).unwrap();
        assert_eq!(load(&path).unwrap(), conversation());
        let error = save(&path, "Model", &conversation()).unwrap_err();
        assert!(error.to_string().contains("exists"), "{error}");
    }

    #[test]
    fn markdown_reads_well() {
        let expected = "# Conversation with M\n\n**System**\n\nbe kind\n\n**You**\n\nhello\n\n**M**\n\nHi!\n";
        assert_eq!(markdown("M", &conversation()), expected);
    }

    #[test]
    fn other_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        for text in [
            "",
            "{}",
            "{\"model\":\"m\",\"conversation\":{\"turns\":[{\"role\":\"assistant\",\"content\":\"x\"}]}}",
        ] {
            fs::write(&path, text).unwrap();
            assert!(load(&path).is_err(), "{text}");
        }
        assert!(load(&folder.path().join("x.md")).is_err());
        assert!(load(&folder.path().join("none.json")).is_err());
    }
}
