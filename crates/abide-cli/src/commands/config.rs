//! `abide config`: the settings that hold, and where each came from.

use clap::Args;
use serde_json::Value;

use crate::arguments::OptionsGiven;
use crate::failure::Exit;
use crate::origins::Origin;
use crate::output::Console;
use crate::output::table::{Align, Table};
use crate::settings::Settings;

/// Print the settings that hold, and where each came from
///
/// Arguments go before the environment, and that before config.toml. Options of other commands can be given to see what
/// they would change. Keys are never shown.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide config
  abide config --port 8080 --threads 4
  abide config --json | jq '.[] | select(.source != \"default\")'")]
pub struct ConfigArguments {
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
    /// What is weighed against environment and file.
    #[command(flatten)]
    pub options: OptionsGiven,
}

/// Prints them.
///
/// # Errors
/// When stdout fails.
pub fn execute(
    arguments: &ConfigArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let origins: Vec<&Origin> = settings.origins.iter().collect();
    if arguments.json {
        console.json(&origins)?;
        return Ok(Exit::Success);
    }
    let mut table = Table::new(&[("SETTING", Align::Left), ("FROM", Align::Left), ("VALUE", Align::Left)]);
    for origin in origins {
        table.row([origin.name.as_str(), origin.source.name(), &text(origin)]);
    }
    console.write(&table.plain())?;
    Ok(Exit::Success)
}

fn text(origin: &Origin) -> String {
    match (&origin.value, origin.meaning) {
        (Value::Null, meaning) => format!("({})", meaning.unwrap_or("none")),
        // A text of several lines must not break the table.
        (Value::String(text), _) if !text.chars().any(char::is_control) => text.clone(),
        (value, _) => value.to_string(),
    }
}
