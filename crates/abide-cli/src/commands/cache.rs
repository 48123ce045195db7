//! `abide cache`: what is saved of conversations, and deleting it.

use std::io::{self, IsTerminal as _};
use std::time::{SystemTime, UNIX_EPOCH};

use abide_engine::saved_cache::{self, SavedModel};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::ask::may_delete;
use crate::companions;
use crate::env;
use crate::failure::{Exit, Failure};
use crate::output::table::{Align, Table};
use crate::output::{Console, Style, units};
use crate::saved_caches::{self, Guard};
use crate::settings::Settings;

/// List or delete what is saved of conversations
///
/// What was computed of a conversation with a companion, or with `--save-cache` of any, is kept, so that it need not be
/// computed again after a restart. It is encrypted with the key in the file `cache/key` of the home folder, which the companions' passphrase locks if they have one.
/// What was not used for longest goes when it grows beyond 2 GiB.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Examples:
  abide cache
  abide cache --json
  abide cache clear
  abide cache clear --model smollm2-135m-instruct --yes")]
pub struct CacheArguments {
    /// What to do; nothing: list.
    #[command(subcommand)]
    pub action: Option<CacheAction>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum CacheAction {
    /// Delete all of it, and its key; or what is saved of one model
    ///
    /// Asks first; where nobody can be asked, --yes is needed. Without the key, a copy of the files that may lie elsewhere (in a backup, or
    /// in a disk's worn-out blocks) tells nothing any more.
    #[command(after_help = "\
Examples:
  abide cache clear
  abide cache clear --model smollm2-135m-instruct --yes")]
    Clear(ClearArguments),
}

/// What to delete.
#[derive(Debug, Args)]
pub struct ClearArguments {
    /// Only what is saved of this model, as `abide cache` names it
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Don't ask
    #[arg(short, long)]
    pub yes: bool,
}

/// Lists or deletes.
///
/// # Errors
/// When the folder or the key can't be used.
pub fn execute(
    arguments: &CacheArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    match &arguments.action {
        None => list(arguments.json, settings, console),
        Some(CacheAction::Clear(arguments)) => clear(arguments, settings, console),
    }
}

/// What is saved of one model.
#[derive(Debug, Serialize)]
struct Row {
    /// `None`: files that can't be read.
    model: Option<String>,
    conversations: usize,
    tokens: usize,
    files: usize,
    size_bytes: u64,
    used_unix_seconds: u64,
}

impl From<SavedModel> for Row {
    fn from(saved: SavedModel) -> Self {
        let SavedModel { model, conversations, tokens, files, bytes, used } = saved;
        let used = used.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { model, conversations, tokens, files, size_bytes: bytes, used_unix_seconds: used.as_secs() }
    }
}

fn list(json: bool, settings: &Settings, console: &mut Console) -> anyhow::Result<Exit> {
    let folder = saved_caches::folder(settings);
    let asks = io::stdin().is_terminal() && !json;
    let guard =
        if asks { companions::guard(settings, console)? } else { companions::guard_unasked(settings)? };
    saved_caches::drop_unguarded(&folder, &guard)?;
    let key = saved_caches::existing_key(&folder, &guard)?;
    let rows: Vec<Row> = saved_cache::list(&folder, key.as_ref())?.into_iter().map(Row::from).collect();
    if json {
        console.json(&rows)?;
        return Ok(Exit::Success);
    }
    if rows.is_empty() {
        console
            .notice("Nothing is saved. Talks with companions are saved, and all others with `--save-cache`.");
        return Ok(Exit::Success);
    }
    if guard == Guard::Locked {
        let how = format!("the companions' passphrase opens it; give it in {}", env::PASSPHRASE);
        console.note(&format!("note: what is saved is locked, so that only its size is known: {how}"));
    }
    let text = table(&rows, SystemTime::now()).plain();
    for (number, line) in text.lines().enumerate() {
        let line = if number == 0 { console.styled(Style::Strong, line) } else { line.to_owned() };
        console.line(&line)?;
    }
    Ok(Exit::Success)
}

fn table(rows: &[Row], now: SystemTime) -> Table {
    let columns = [
        ("MODEL", Align::Left),
        ("CONVERSATIONS", Align::Right),
        ("TOKENS", Align::Right),
        ("SIZE", Align::Right),
        ("USED", Align::Right),
    ];
    let mut table = Table::new(&columns);
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    for row in rows {
        let age = units::age(now.saturating_sub(row.used_unix_seconds));
        let size = units::bytes(row.size_bytes);
        match &row.model {
            Some(model) => {
                let (conversations, tokens) = (row.conversations.to_string(), row.tokens.to_string());
                table.row([model.clone(), conversations, tokens, size, age]);
            }
            None => table.row(["(unreadable)".to_owned(), String::new(), String::new(), size, age]),
        }
    }
    table
}

fn clear(arguments: &ClearArguments, settings: &Settings, console: &mut Console) -> anyhow::Result<Exit> {
    let folder = saved_caches::folder(settings);
    let what = arguments.model.as_ref().map_or_else(String::new, |model| format!(" of {model}"));
    if !may_delete(arguments.yes, &format!("Delete all that is saved{what}?"), console)? {
        return Ok(Exit::Failure);
    }
    let cleared = match &arguments.model {
        None => saved_caches::clear(settings)?,
        Some(model) => match saved_caches::existing_key(&folder, &companions::guard(settings, console)?)? {
            Some(key) => saved_cache::clear(&folder, Some((model, &key)))
                .context("what is saved could not be deleted")?,
            None => saved_cache::Cleared::default(),
        },
    };
    if let (Some(model), 0) = (&arguments.model, cleared.files) {
        return Err(Failure::new(Exit::Failure, format!("nothing is saved of `{model}`"))
            .with_cure("`abide cache` lists what is saved")
            .into());
    }
    console.notice(&format!(
        "{} deleted, {} are free again",
        units::plural(cleared.files, "file"),
        units::bytes(cleared.bytes)
    ));
    Ok(Exit::Success)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_table_says_what_is_unreadable() {
        let row = |model: Option<&str>, used_unix_seconds| Row {
            model: model.map(str::to_owned),
            conversations: 2,
            tokens: 6000,
            files: 25,
            size_bytes: 138_000_000,
            used_unix_seconds,
        };
        let rows = [row(Some("smollm2-135m-instruct"), 100_000), row(None, 0)];
        let now = UNIX_EPOCH + Duration::from_secs(100_000 + 7200);
        insta::assert_snapshot!("cache_table", table(&rows, now).plain());
    }
}
