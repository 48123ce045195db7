//! `abide models`: the catalogue and what is on disk.

use std::collections::BTreeMap;

use abide_models::{Entry, InstalledModel, ModelId, StoreError};
use clap::Args;
use serde::Serialize;

use crate::engine;
use crate::failure::Exit;
use crate::library::Library;
use crate::likeness;
use crate::machine::Machine;
use crate::measurements::{Measured, Measurements, Speed};
use crate::output::table::{Align, Table};
use crate::output::{Console, Style, units};
use crate::settings::Settings;

/// Tokens of context for which the memory needed is told.
const CONTEXT: u32 = 4096;

/// List models: the catalogue, and what is on disk
///
/// MEMORY is what a model takes with 4096 tokens of context, estimated from above; FITS says whether this machine has
/// as much (yes), has it but not free now (full), or not at all (no). TOKENS/S is how fast answers are made here: as
/// measured by `abide bench` (for a model that is not here, with --like) or in a chat, or estimated (≈) from what other
/// models reached. A verified model was run here and compared with another engine.
///
/// Models of kind `chat` hold conversations, those of kind `base` continue texts, and those of kind `embedding` turn texts
/// into vectors, for search by meaning (`abide embed`).
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide models
  abide models --here
  abide models --long
  abide models --json | jq -r '.[] | select(.verified) | .id'")]
pub struct ModelsArguments {
    /// Only those on disk
    #[arg(long)]
    pub here: bool,
    /// Also say what each is good for
    #[arg(short, long)]
    pub long: bool,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// Lists them.
///
/// # Errors
/// When catalogue or store can't be read.
pub fn execute(
    arguments: &ModelsArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let library = Library::open(settings)?;
    let machine = Machine::observe();
    let measurements = Measurements::read(&settings.home);
    let measured = engine::setup(&settings.engine, &machine).and_then(|setup| measurements.of(&setup));
    let mut rows = rows(&library, &machine, measured)?;
    if arguments.here {
        rows.retain(|row| row.state != State::Absent);
    }
    if arguments.json {
        console.json(&rows)?;
        return Ok(Exit::Success);
    }
    let table = table(&rows, arguments.long).plain();
    for (number, line) in table.lines().enumerate() {
        let style = match number.checked_sub(1).map(|number| &rows[number]) {
            None => Style::Strong,
            Some(row) if row.state == State::Here => Style::Good,
            Some(Row { state: State::Damaged { .. }, .. }) => Style::Bad,
            Some(_) => {
                console.line(line)?;
                continue;
            }
        };
        let line = console.styled(style, line);
        console.line(&line)?;
    }
    console.notice(&format!(
        "\n{} of memory free of {}. `abide pull ID` fetches a model, `abide chat --model ID` talks with it{}.",
        units::bytes(machine.memory_available),
        units::bytes(machine.memory_total),
        if has_speeds(&rows) { "" } else { ", `abide bench --like ID` tells how fast it would be here" },
    ));
    Ok(Exit::Success)
}

/// One model.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Row {
    id: String,
    name: String,
    kind: &'static str,
    family: String,
    parameters: Option<u64>,
    quantisation: String,
    /// Bytes on disk, or to be fetched.
    size_bytes: Option<u64>,
    size_is_approximate: bool,
    context: Option<u32>,
    /// With [`CONTEXT`] tokens.
    memory_bytes: Option<u64>,
    fits: Fits,
    /// How fast one answer is made, where any model was measured here.
    speed: Option<RowSpeed>,
    licence: String,
    languages: Vec<String>,
    verified: bool,
    is_default: bool,
    good_for: String,
    #[serde(flatten)]
    state: State,
}

/// How fast a model is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct RowSpeed {
    tokens_per_second: f64,
    /// Set where others were measured, and not this one.
    is_estimate: bool,
}

impl From<Speed> for RowSpeed {
    fn from(speed: Speed) -> Self {
        let is_estimate = matches!(speed, Speed::Estimated(_));
        Self { tokens_per_second: speed.tokens_per_second(), is_estimate }
    }
}

/// Whether a model is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum State {
    Absent,
    /// Some of it arrived.
    Partial {
        bytes: u64,
    },
    Here,
    Damaged {
        problem: String,
    },
}

/// Whether a model fits into memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Fits {
    Yes,
    /// It would if other programs gave memory back.
    Full,
    No,
    Unknown,
}

impl Fits {
    fn judge(needed: Option<u64>, machine: &Machine) -> Self {
        match needed {
            None => Self::Unknown,
            Some(_) if machine.memory_total == 0 => Self::Unknown,
            Some(needed) if needed <= machine.memory_available => Self::Yes,
            Some(needed) if needed <= machine.memory_total => Self::Full,
            Some(_) => Self::No,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Full => "full",
            Self::No => "no",
            Self::Unknown => "?",
        }
    }
}

fn rows(library: &Library, machine: &Machine, measured: Option<&Measured>) -> anyhow::Result<Vec<Row>> {
    let listed = library.store.list()?;
    let mut here: BTreeMap<ModelId, Result<InstalledModel, StoreError>> =
        listed.into_iter().map(|listed| (listed.id, listed.model)).collect();
    let unfinished = library.store.unfinished()?;
    let mut rows = Vec::new();
    for entry in library.catalogue.iter() {
        let partial = unfinished.iter().find(|unfinished| unfinished.id == entry.id);
        let state = match here.remove(&entry.id) {
            Some(Ok(_)) => State::Here,
            Some(Err(error)) => State::Damaged { problem: error.to_string() },
            None => partial.map_or(State::Absent, |unfinished| {
                // What arrived may hold more than the model: parts, and what joins them.
                let all = entry.size_bytes().unwrap_or(u64::MAX);
                State::Partial { bytes: unfinished.bytes.min(all) }
            }),
        };
        let is_default = entry.id == library.catalogue.default_entry().id;
        let speed = measured
            .and_then(|measured| measured.speed(entry.id.as_str(), likeness::bytes_per_token(entry)?));
        rows.push(row(entry, state, is_default, machine, speed));
    }
    // On disk, but no longer in the catalogue.
    rows.extend(here.into_iter().map(|(id, model)| foreign_row(&id, model)));
    Ok(rows)
}

fn row(entry: &Entry, state: State, is_default: bool, machine: &Machine, speed: Option<Speed>) -> Row {
    let memory_bytes = entry.memory_bytes(CONTEXT);
    Row {
        id: entry.id.to_string(),
        name: entry.name.clone(),
        kind: entry.kind.name(),
        family: entry.family.clone(),
        parameters: Some(entry.parameters),
        quantisation: entry.quantisation.clone(),
        size_bytes: entry.size_bytes(),
        size_is_approximate: entry.size_is_approximate(),
        context: Some(entry.context),
        memory_bytes,
        fits: Fits::judge(memory_bytes, machine),
        speed: speed.map(RowSpeed::from),
        licence: entry.licence.name.clone(),
        languages: entry.languages.clone(),
        verified: entry.verified,
        is_default,
        good_for: entry.good_for.clone(),
        state,
    }
}

fn foreign_row(id: &ModelId, model: Result<InstalledModel, StoreError>) -> Row {
    let size_bytes = model.as_ref().ok().map(InstalledModel::size_bytes);
    let state = match model {
        Ok(_) => State::Here,
        Err(error) => State::Damaged { problem: error.to_string() },
    };
    Row {
        id: id.to_string(),
        name: id.to_string(),
        kind: "unknown",
        family: String::new(),
        parameters: None,
        quantisation: String::new(),
        size_bytes,
        size_is_approximate: false,
        context: None,
        memory_bytes: None,
        fits: Fits::Unknown,
        speed: None,
        licence: String::new(),
        languages: Vec::new(),
        verified: false,
        is_default: false,
        good_for: String::new(),
        state,
    }
}

fn has_speeds(rows: &[Row]) -> bool {
    rows.iter().any(|row| row.speed.is_some())
}

/// As many digits as the number is good for.
fn speed_cell(row: &Row) -> String {
    match row.speed {
        None => String::new(),
        Some(RowSpeed { tokens_per_second, is_estimate: false }) => format!("{tokens_per_second:.1}"),
        Some(RowSpeed { tokens_per_second, .. }) if tokens_per_second >= 9.5 => {
            format!("≈ {tokens_per_second:.0}")
        }
        Some(RowSpeed { tokens_per_second, .. }) => format!("≈ {tokens_per_second:.1}"),
    }
}

fn table(rows: &[Row], long: bool) -> Table {
    let mut columns = vec![
        ("ID", Align::Left),
        ("KIND", Align::Left),
        ("PARAMS", Align::Right),
        ("SIZE", Align::Right),
        ("MEMORY", Align::Right),
        ("FITS", Align::Left),
    ];
    let has_speeds = has_speeds(rows);
    columns.extend(has_speeds.then_some(("TOKENS/S", Align::Right)));
    columns.extend([
        ("CONTEXT", Align::Right),
        ("LICENCE", Align::Left),
        ("VERIFIED", Align::Left),
        ("ON DISK", Align::Left),
    ]);
    if long {
        columns.push(("LANGUAGES", Align::Left));
        columns.push(("GOOD FOR", Align::Left));
    }
    let mut table = Table::new(&columns);
    for row in rows {
        let about = if row.size_is_approximate { "~" } else { "" };
        let bytes = |value: Option<u64>| value.map_or_else(|| "?".to_owned(), units::bytes);
        let mut cells = vec![
            if row.is_default { format!("{} (default)", row.id) } else { row.id.clone() },
            row.kind.to_owned(),
            row.parameters.map(units::count).unwrap_or_default(),
            format!("{about}{}", bytes(row.size_bytes)),
            bytes(row.memory_bytes),
            row.fits.word().to_owned(),
        ];
        cells.extend(has_speeds.then(|| speed_cell(row)));
        cells.extend([
            row.context.map(|context| context.to_string()).unwrap_or_default(),
            row.licence.clone(),
            if row.verified { "yes" } else { "" }.to_owned(),
            match &row.state {
                State::Absent => String::new(),
                State::Partial { bytes } => format!("{} of it", units::bytes(*bytes)),
                State::Here => "yes".to_owned(),
                State::Damaged { .. } => "damaged".to_owned(),
            },
        ]);
        if long {
            cells.push(row.languages.join(" "));
            cells.push(row.good_for.clone());
        }
        table.row(cells);
    }
    table
}

#[cfg(test)]
mod tests {
    use abide_models::{Catalogue, Store};

    use super::*;
    use crate::measurements::Source;
    use crate::measurements::tests::{decoding, setup};

    fn machine(total: u64, available: u64) -> Machine {
        Machine {
            cpu: "CPU".to_owned(),
            physical_cores: 1,
            logical_cores: 1,
            memory_total: total,
            memory_available: available,
        }
    }

    #[test]
    fn fitting_is_judged_by_all_memory_and_by_what_is_free() {
        let machine = machine(10, 5);
        let judged = [Some(5), Some(6), Some(11), None].map(|needed| Fits::judge(needed, &machine).word());
        assert_eq!(judged, ["yes", "full", "no", "?"]);
    }

    #[test]
    fn the_table_has_every_entry_and_its_state() {
        const CATALOGUE: &str = r#"
            default = "a"
            [[model]]
            id = "a"
            name = "A"
            family = "llama"
            kind = "chat"
            parameters = 135_000_000
            licence = { name = "Apache-2.0" }
            context = 8192
            languages = ["en", "fr"]
            good_for = "short answers"
            quantisation = "Q4_1"
            files = [{ name = "a.gguf", size = 98_000_000 }]
            cache_bytes_per_token = 20_000
            verified = true
            [[model]]
            id = "b"
            name = "B"
            family = "qwen3"
            kind = "base"
            parameters = 30_500_000_000
            licence = { name = "Some licence" }
            context = 2048
            languages = ["en"]
            good_for = "long ones"
            quantisation = "Q4_K_M"
            files = [{ name = "b.gguf", size = 18_600_000_000, size_approximate = true }]
        "#;
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::parse(CATALOGUE, "test").unwrap();
        let store = Store::open(folder.path()).unwrap();
        let library = Library::of(catalogue, store);
        let machine = machine(16_000_000_000, 8_000_000_000);
        let unmeasured = rows(&library, &machine, None).unwrap();
        assert!(!table(&unmeasured, false).plain().contains("TOKENS/S"));
        let mut measurements = Measurements::default();
        let measured = measurements.entry(&setup(2));
        measured.set_decoding("a", decoding(123.45, 98_000_000, Source::Bench));
        let mut rows = rows(&library, &machine, Some(measured)).unwrap();
        rows[1].state = State::Partial { bytes: 1_000_000 };
        insta::assert_snapshot!("models_table", table(&rows, true).plain());
        insta::assert_snapshot!("models_json", serde_json::to_string_pretty(&rows).unwrap());
    }
}
