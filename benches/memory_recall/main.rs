//! How well and how fast a companion remembers.
//!
//! ```text
//! cargo bench --bench memory_recall -- [--json] [--lexical] DIR       conversations in the format of LoCoMo
//! cargo bench --bench memory_recall -- [--json] [--lexical] --scale 10000,100000
//! ```
//!
//! Each conversation is said to a companion of its own, message by message at its times, into an encrypted store; then recall is asked each question
//! that names its evidence, a day after the last message. No language model takes part. Vectors are by all-MiniLM-L6-v2, which
//! `abide pull` fetches; `--lexical` goes without.
//!
//! `recall` is the share of a question's evidence among the first k memories, averaged over questions, whether recall said that it knows
//! or not; `recall_if_known` counts questions for which it said that it knows nothing as 0. Without a folder it measures nothing.

mod embedder;
#[path = "../models.rs"]
mod fetched;
mod locomo;
mod measure;
#[path = "../numbers.rs"]
mod numbers;
mod scale;

use std::path::PathBuf;
use std::sync::Arc;

use abide_generation::Embedder;

/// What the command line asks for.
#[derive(Default)]
struct Arguments {
    json: bool,
    lexical: bool,
    folder: Option<PathBuf>,
    scale: Vec<usize>,
}

fn main() {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}");
            std::process::exit(2);
        }
    };
    if arguments.folder.is_none() && arguments.scale.is_empty() {
        println!("name a folder of conversations in LoCoMo's format, or --scale 10000,100000");
        return;
    }
    if let Err(message) = run(&arguments) {
        eprintln!("{message}");
        std::process::exit(1);
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let embedder: Option<Arc<dyn Embedder>> =
        if arguments.lexical { None } else { Some(Arc::new(embedder::open()?)) };
    if let Some(folder) = &arguments.folder {
        let conversations = locomo::read_folder(folder)?;
        let report = measure::measure(&conversations, embedder.as_ref())?;
        if arguments.json { println!("{}", report.json()) } else { print!("{report}") }
    }
    for count in &arguments.scale {
        let report = scale::measure(*count, embedder.as_deref())?;
        if arguments.json { println!("{}", report.json()) } else { println!("{report}") }
    }
    Ok(())
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--bench" => {}
            "--json" => arguments.json = true,
            "--lexical" => arguments.lexical = true,
            "--scale" => {
                let counts = words.next().ok_or("--scale needs numbers of memories, such as 10000,100000")?;
                let count =
                    |count: &str| count.parse().map_err(|_| format!("{count:?} is no number of memories"));
                arguments.scale = counts.split(',').map(count).collect::<Result<_, _>>()?;
            }
            option if option.starts_with('-') => {
                return Err(format!(
                    "{option} is unknown; there are --json, --lexical, --scale and a folder"
                ));
            }
            folder => arguments.folder = Some(folder.into()),
        }
    }
    Ok(arguments)
}
