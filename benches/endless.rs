//! What a turn costs in a conversation without end: time, tokens and memory, after a hundred, a thousand and ten thousand turns.
//!
//! ```text
//! cargo bench --bench endless -- [--json] [--turns 10000] [--scripted | --model FILE.gguf]
//! ```
//!
//! The whole companion takes part, on an encrypted database: facts, mood, recall by words and by meaning, window, summary, plan. One turn in twenty
//! tells a fact. There is a conversation of each length, and they take turns for a hundred more, so that a busy minute of the machine hits all of
//! them; figures are means. Those turns are answered by a model in a few words, so a reply is what somebody waits for,
//! and the plan is what the companion itself takes of that: the default model, which `abide pull` fetches, or the one named. The turns before, and
//! the vectors of all, are scripted.
//!
//! With `--scripted` no model takes part: a reply costs nothing, and a token is a byte.

#[path = "engine.rs"]
mod engine;
#[path = "models.rs"]
mod fetched;
#[path = "numbers.rs"]
mod numbers;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use abide_companion::companion::{
    Companion, Companions, CompanionsOptions, EmbedderSource, Reply, ReplyEvent, SayOptions,
};
use abide_companion::keys::DatabaseKey;
use abide_companion::persona::Persona;
use abide_companion::prompt::{Place, Plan};
use abide_generation::scripted::ScriptedGenerator;
use abide_generation::{Embedder, EmbeddingError, Embeddings, Generator, Sampling};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use numbers::Numbers;

/// The catalogue's name of the default model.
const MODEL: &str = "smollm2-135m-instruct";
/// Turns of the conversations.
const POINTS: [usize; 4] = [100, 1_000, 10_000, 100_000];
/// Turns that are measured of each.
const BLOCK: usize = 100;
const TURNS_DEFAULT: usize = 10_000;
/// Bytes of context; some 4,096 of a real model's tokens.
const CONTEXT: usize = 16_384;
/// A real model's tokens of context, and those of a reply.
const REAL_CONTEXT: usize = 4_096;
const REAL_REPLY: usize = 32;
/// One turn in so many tells a fact.
const FACT_EVERY: usize = 20;
const SITTING_TURNS: usize = 25;
const DIMENSIONS: usize = 384;
/// A later figure may be so many times an early one.
const FLAT: f64 = 1.2;

/// Gives each word a direction.
struct Directions;

impl Embedder for Directions {
    fn id(&self) -> &'static str {
        "directions"
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn tokens_max(&self) -> usize {
        256
    }

    fn embed(&self, texts: &[&str]) -> Result<Embeddings, EmbeddingError> {
        let vector = |text: &&str| {
            let mut vector = vec![0.0_f32; DIMENSIONS];
            for word in text.split_whitespace() {
                let seed =
                    word.bytes().fold(7_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
                let direction = Numbers(seed | 1).direction(DIMENSIONS);
                vector.iter_mut().zip(direction).for_each(|(value, part)| *value += part);
            }
            let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1.0);
            vector.into_iter().map(|value| value / length).collect()
        };
        Ok(Embeddings { vectors: texts.iter().map(vector).collect(), ..Embeddings::default() })
    }
}

/// The figures of one conversation.
#[derive(Clone, Copy, Default)]
struct Figures {
    /// Before those that are measured.
    turns: usize,
    /// Until the prompt is planned.
    plan_ms: f64,
    /// Until the reply is kept.
    reply_ms: f64,
    background_ms: f64,
    prompt_tokens: f64,
    /// Of those, in notes, which are different in each turn.
    note_tokens: f64,
    /// Of those, computed and not found in the cache.
    read_tokens: f64,
    counted_tokens: f64,
    /// Of the whole process with this conversation; 0 where the system doesn't tell.
    resident_bytes: u64,
    /// By this conversation.
    grown_bytes: u64,
    facts: usize,
}

fn main() {
    // Tests of all targets run this, too.
    if std::env::args().all(|word| word != "--bench") {
        println!("run it by `cargo bench --bench endless`");
        return;
    }
    match arguments().and_then(|arguments| Ok((arguments.json, measure(&arguments)?))) {
        Ok((true, figures)) => println!("{}", as_json(&figures)),
        Ok((false, figures)) => print_table(&figures),
        Err(message) => {
            eprintln!("{message}");
            std::process::exit(1);
        }
    }
}

/// What the command line asks for.
struct Arguments {
    json: bool,
    turns: usize,
    scripted: bool,
    model: Option<PathBuf>,
}

impl Arguments {
    /// What answers the turns that are measured, of so many conversations.
    fn generator(&self, conversations: usize) -> Result<Option<Arc<dyn Generator>>, String> {
        if self.scripted {
            return Ok(None);
        }
        let path = self.model.clone().map_or_else(|| fetched::file(MODEL), Ok)?;
        engine::open(&path, REAL_CONTEXT, conversations).map(Some)
    }
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments { json: false, turns: TURNS_DEFAULT, scripted: false, model: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--bench" => {}
            "--json" => arguments.json = true,
            "--scripted" => arguments.scripted = true,
            "--turns" => {
                let number = words.next().unwrap_or_default();
                let parsed = number.parse().ok().filter(|turns| *turns >= POINTS[0]);
                arguments.turns =
                    parsed.ok_or_else(|| format!("--turns needs a number from {} on", POINTS[0]))?;
            }
            "--model" => arguments.model = Some(words.next().ok_or("--model needs a GGUF file")?.into()),
            other => {
                return Err(format!("{other} is unknown; there are --json, --turns, --scripted and --model"));
            }
        }
    }
    if arguments.scripted && arguments.model.is_some() {
        return Err("--scripted goes without a model, --model names one: take one of them".to_owned());
    }
    Ok(arguments)
}

fn failed(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn measure(arguments: &Arguments) -> Result<Vec<Figures>, String> {
    let folder = tempfile::tempdir().map_err(failed)?;
    let key = DatabaseKey::random().map_err(failed)?;
    let time = Arc::new(AtomicI64::new(1_600_000_000));
    let clock = Arc::clone(&time);
    let now = move || Timestamp::from_second(clock.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH);
    let options = CompanionsOptions {
        embedder: Some(EmbedderSource::from(Arc::new(Directions) as Arc<dyn Embedder>)),
        clock: Arc::new(now),
        time_zone: Some(TimeZone::UTC),
        reads_ahead: true,
        ..CompanionsOptions::default()
    };
    let companions = Companions::open(&folder.path().join("companions.db"), key, options).map_err(failed)?;
    let points: Vec<usize> = POINTS.into_iter().filter(|point| *point <= arguments.turns).collect();
    let real = arguments.generator(points.len())?;
    let script = Script::new();
    let mut conversations = Vec::new();
    for point in points {
        eprintln!("a conversation of {point} turns …");
        let mut conversation = Conversation::new(&companions, point, &script, &time)?;
        let before = resident_bytes();
        for _ in 0..point {
            conversation.turn(&script.generator, &SayOptions::default())?;
        }
        let after = resident_bytes();
        conversation.figures.resident_bytes = after;
        conversation.figures.grown_bytes = after.saturating_sub(before);
        conversations.push(conversation);
    }
    let (generator, say) = match &real {
        Some(real) => (
            real,
            SayOptions {
                sampling: Some(Sampling { temperature: 0.0, ..Sampling::default() }),
                reply_tokens: Some(REAL_REPLY),
                ..SayOptions::default()
            },
        ),
        None => (&script.generator, SayOptions::default()),
    };
    for conversation in &mut conversations {
        // The prompt's beginning is read, and the index is there.
        conversation.turn(generator, &say)?;
        conversation.block = Block::default();
    }
    eprintln!("{BLOCK} more turns of each …");
    for _ in 0..BLOCK {
        for conversation in &mut conversations {
            conversation.turn(generator, &say)?;
        }
    }
    conversations.into_iter().map(Conversation::figures).collect()
}

/// A model that says the same each time, and tells what it was asked to count.
struct Script {
    model: Arc<ScriptedGenerator>,
    generator: Arc<dyn Generator>,
}

impl Script {
    fn new() -> Self {
        let model = ScriptedGenerator::answering(|_| {
            vec!["So it goes, ".to_owned(), "and the tide with it.".to_owned()]
        });
        let model = Arc::new(model.describe(|description| description.context_length = CONTEXT));
        Self { generator: Arc::clone(&model) as _, model }
    }
}

/// One of the conversations that take turns.
struct Conversation<'a> {
    companions: &'a Companions,
    companion: Companion,
    script: &'a Script,
    time: &'a AtomicI64,
    numbers: Numbers,
    /// Turns so far.
    turns: usize,
    block: Block,
    figures: Figures,
}

impl<'a> Conversation<'a> {
    /// One that has no turns yet, and will have so many before it is measured.
    fn new(
        companions: &'a Companions,
        turns: usize,
        script: &'a Script,
        time: &'a AtomicI64,
    ) -> Result<Self, String> {
        let persona = Persona { name: "Mara".to_owned(), calls_user: "Jo".to_owned(), ..Persona::default() };
        let companion = companions.create(&persona, Some(&format!("After {turns}"))).map_err(failed)?;
        let (numbers, block) = (Numbers::new(), Block::default());
        let figures = Figures { turns, ..Figures::default() };
        Ok(Self { companions, companion, script, time, numbers, turns: 0, block, figures })
    }

    /// Something is said and answered, and what follows from it is done.
    fn turn(&mut self, generator: &Arc<dyn Generator>, options: &SayOptions) -> Result<(), String> {
        self.turns += 1;
        let silence = if self.turns.is_multiple_of(SITTING_TURNS) { 40_000 } else { 300 };
        self.time.fetch_add(silence, Ordering::SeqCst);
        let said = match self.turns % FACT_EVERY {
            0 => format!("I like {}.", self.numbers.words(2)),
            1 => format!("What did I say about {}?", self.numbers.words(4)),
            _ => self.numbers.words(20),
        };
        let began = Instant::now();
        let reply = self.companion.say(generator, &said, options.clone()).map_err(failed)?;
        self.block.take(reply, began)?;
        let began = Instant::now();
        self.companions.flush();
        self.block.background.push(began.elapsed().as_secs_f64() * 1e3);
        self.block.counted += self.script.model.take_counted();
        self.script.model.take_requests();
        Ok(())
    }

    fn figures(mut self) -> Result<Figures, String> {
        self.figures.facts = self.companion.facts(true).map_err(failed)?.len();
        Ok(self.block.figures(self.figures))
    }
}

/// What is added up over the turns of one point.
#[derive(Default)]
struct Block {
    plans: Vec<f64>,
    replies: Vec<f64>,
    background: Vec<f64>,
    prompts: usize,
    notes: usize,
    read: usize,
    counted: usize,
}

impl Block {
    /// Waits for a reply that was asked for when it `began`.
    fn take(&mut self, mut reply: Reply, began: Instant) -> Result<(), String> {
        while let Some(event) = reply.blocking_next() {
            match event.map_err(failed)? {
                ReplyEvent::Planned(plan) => {
                    self.plans.push(began.elapsed().as_secs_f64() * 1e3);
                    self.prompts += plan.prompt_tokens;
                    self.notes += noted(&plan);
                }
                ReplyEvent::Started(report) => {
                    self.read += report.prompt_tokens.saturating_sub(report.cached_tokens);
                }
                _ => {}
            }
        }
        self.replies.push(began.elapsed().as_secs_f64() * 1e3);
        Ok(())
    }

    /// What is known of the conversation, with these turns' figures.
    fn figures(self, conversation: Figures) -> Figures {
        Figures {
            plan_ms: mean(&self.plans),
            reply_ms: mean(&self.replies),
            background_ms: mean(&self.background),
            prompt_tokens: self.prompts as f64 / BLOCK as f64,
            note_tokens: self.notes as f64 / BLOCK as f64,
            read_tokens: self.read as f64 / BLOCK as f64,
            counted_tokens: self.counted as f64 / BLOCK as f64,
            ..conversation
        }
    }
}

/// Tokens of what stands in notes.
fn noted(plan: &Plan) -> usize {
    let notes = plan.sections.iter().filter(|section| matches!(section.place, Place::Note(_)));
    notes.map(|section| section.tokens).sum()
}

/// Not the median: turns that bring something back take longer than those that don't, and a median is of the one kind or of the other.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Memory of this process, as Linux tells it.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}

/// How many times the first figure the last one is, by name; `turn_ms` is what a turn takes in all, while somebody waits and afterwards; of memory, what
/// a turn adds to it.
fn growth(figures: &[Figures]) -> Vec<(&'static str, f64)> {
    let (Some(first), Some(last)) = (figures.first(), figures.last()) else { return Vec::new() };
    let turn_ms = |figures: &Figures| figures.reply_ms + figures.background_ms;
    let mut growth = vec![
        ("reply_ms", last.reply_ms / first.reply_ms),
        ("turn_ms", turn_ms(last) / turn_ms(first)),
        ("prompt_tokens", last.prompt_tokens / first.prompt_tokens),
    ];
    // A real model doesn't tell.
    if first.counted_tokens > 0.0 {
        growth.push(("counted_tokens", last.counted_tokens / first.counted_tokens));
    }
    // The first one bears what the process itself takes.
    if let [_, .., before, last] = figures
        && before.grown_bytes > 0
    {
        let per_turn = |figures: &Figures| figures.grown_bytes as f64 / figures.turns as f64;
        growth.push(("memory_per_turn", per_turn(last) / per_turn(before)));
    }
    growth
}

fn as_json(figures: &[Figures]) -> Value {
    let blocks = figures.iter().map(|block| {
        json!({
            "turns": block.turns,
            "plan_ms": block.plan_ms,
            "reply_ms": block.reply_ms,
            "background_ms": block.background_ms,
            "prompt_tokens": block.prompt_tokens,
            "note_tokens": block.note_tokens,
            "read_tokens": block.read_tokens,
            "counted_tokens": block.counted_tokens,
            "resident_bytes": block.resident_bytes,
            "facts": block.facts,
        })
    });
    let growth = growth(figures);
    json!({
        "blocks": blocks.collect::<Vec<_>>(),
        "flat": growth.iter().all(|(_, times)| *times <= FLAT),
        "growth": growth.into_iter().map(|(name, times)| (name.to_owned(), json!(times))).collect::<serde_json::Map<_, _>>(),
    })
}

fn print_table(figures: &[Figures]) {
    println!(
        "  turns  plan ms  reply ms  background ms  prompt tokens  of notes  read  counted tokens  memory MB  facts"
    );
    for block in figures {
        println!(
            "{:>7}  {:>7.1}  {:>8.1}  {:>13.1}  {:>13.0}  {:>8.0}  {:>4.0}  {:>14.0}  {:>9.1}  {:>5}",
            block.turns,
            block.plan_ms,
            block.reply_ms,
            block.background_ms,
            block.prompt_tokens,
            block.note_tokens,
            block.read_tokens,
            block.counted_tokens,
            block.resident_bytes as f64 / 1e6,
            block.facts
        );
    }
    for (name, times) in growth(figures) {
        let verdict = if times <= FLAT { "flat within 20 %" } else { "not flat" };
        println!("{name}: {times:.2} times the first, {verdict}");
    }
}
