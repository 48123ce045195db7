//! What a companion keeps through everything that can happen to it.
//!
//! ```text
//! cargo bench --bench continuity -- [--json] [--scripted | FIRST.gguf SECOND.gguf]
//! ```
//!
//! Each cell is an installation of its own: something is told in turn 3, perhaps corrected or deleted, and after some four hundred turns the row's event
//! happens; then it is asked for, and the prompt is looked at. The models are the default one and a small base model, which `abide pull`
//! fetches, or those named; `--scripted` goes without. The same cells are tests.

#[path = "../engine.rs"]
mod engine;
#[path = "../models.rs"]
mod fetched;
mod real;
mod scripted;
mod table;

use std::path::PathBuf;
use std::time::Instant;

use serde_json::{Map, Value, json};

use table::{Between, Column, Models, cell};

/// The catalogue's names of the models.
const MODELS: [&str; 2] = ["smollm2-135m-instruct", "gemma-3-270m"];

/// The rows of the table.
const ROWS: [Between; 5] = [Between::Turns, Between::Window, Between::Restart, Between::Swap, Between::Move];
/// Its columns.
const COLUMNS: [Column; 6] = [
    Column::Fact,
    Column::Detail,
    Column::Corrected,
    Column::DeletedFact,
    Column::DeletedDetail,
    Column::Apart,
];

/// What the command line asks for.
#[derive(Default)]
struct Arguments {
    json: bool,
    scripted: bool,
    files: Vec<PathBuf>,
}

fn main() {
    // Tests of all targets run this, too.
    if std::env::args().all(|word| word != "--bench") {
        println!("run it by `cargo bench --bench continuity`");
        return;
    }
    let mut arguments = Arguments::default();
    for word in std::env::args().skip(1).filter(|word| word != "--bench") {
        match word.as_str() {
            "--json" => arguments.json = true,
            "--scripted" => arguments.scripted = true,
            option if option.starts_with('-') => {
                fail(&format!("{option} is unknown; there are --json, --scripted and two files"));
            }
            file => arguments.files.push(file.into()),
        }
    }
    match models(&arguments) {
        Ok(models) => run(&models, arguments.json),
        Err(message) => fail(&message),
    }
}

fn fail(message: &str) -> ! {
    eprintln!("{message}");
    std::process::exit(1);
}

fn models(arguments: &Arguments) -> Result<Models, String> {
    match arguments.files.as_slice() {
        _ if arguments.scripted => Ok(scripted::models()),
        [first, second] => real::models(first, second),
        [] => real::models(&fetched::file(MODELS[0])?, &fetched::file(MODELS[1])?),
        _ => Err("name two files, or none for the default models".to_owned()),
    }
}

fn run(models: &Models, json: bool) {
    let began = Instant::now();
    let mut rows = Map::new();
    let mut problems = Vec::new();
    for between in ROWS {
        let mut cells = Map::new();
        for column in COLUMNS {
            let outcome = cell(models, between, column);
            cells.insert(column_name(column).to_owned(), Value::Bool(outcome.is_ok()));
            if let Err(problem) = outcome {
                problems.push(format!("{}, {}: {problem}", row_name(between), column_name(column)));
            }
        }
        rows.insert(row_name(between).to_owned(), Value::Object(cells));
    }
    let names = [&models.first, &models.second].map(|model| model.description().name.clone());
    let seconds = began.elapsed().as_secs_f64();
    if json {
        println!("{}", json!({ "models": names, "rows": rows, "problems": problems, "seconds": seconds }));
        return;
    }
    println!("{} and {}, {seconds:.0} s", names[0], names[1]);
    print!("{:<24}", "");
    COLUMNS.iter().for_each(|column| print!("{:>16}", column_name(*column)));
    println!();
    for (row, cells) in &rows {
        print!("{row:<24}");
        for column in COLUMNS {
            print!("{:>16}", if cells[column_name(column)] == Value::Bool(true) { "yes" } else { "NO" });
        }
        println!();
    }
    problems.iter().for_each(|problem| println!("\n{problem}"));
}

fn row_name(between: Between) -> &'static str {
    match between {
        Between::Turns => "same window, turn 400",
        Between::Window => "new window",
        Between::Restart => "after a restart",
        Between::Swap => "after a model swap",
        Between::Move => "after export and import",
    }
}

fn column_name(column: Column) -> &'static str {
    match column {
        Column::Fact => "fact told",
        Column::Detail => "detail told",
        Column::Corrected => "corrected",
        Column::DeletedFact => "fact deleted",
        Column::DeletedDetail => "detail deleted",
        Column::Apart => "apart",
    }
}
