//! Says conversations, asks questions, counts what was found. Must not know how any of that is done.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use abide_companion::companion::{Companion, Companions, CompanionsOptions, EmbedderSource};
use abide_companion::keys::DatabaseKey;
use abide_companion::persona::Persona;
use abide_companion::recall::{MemoryId, Recollection};
use abide_companion::transcript::{NewMessage, Speaker};
use abide_generation::Embedder;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::locomo::{Conversation, Question};

/// Memories that are looked at.
const CUTS: [usize; 3] = [5, 10, 20];
const BUDGETS: [usize; 3] = [500, 1000, 2000];
const CATEGORIES: usize = 6;

/// A mean in the making.
#[derive(Default, Clone, Copy)]
struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn percent(self) -> f64 {
        (1000.0 * self.sum / self.count.max(1) as f64).round() / 10.0
    }
}

/// For all questions, and for each category.
type ByCategory = [Mean; CATEGORIES];

/// What was measured.
#[derive(Default)]
pub struct Report {
    recall: BTreeMap<usize, ByCategory>,
    recall_if_known: BTreeMap<usize, ByCategory>,
    at_tokens: BTreeMap<usize, ByCategory>,
    tokens: BTreeMap<usize, Mean>,
    conversations: Vec<(String, ByCategory)>,
    own: Mean,
    foreign: Mean,
    milliseconds: Vec<f64>,
    memories: usize,
    ingest_seconds: f64,
}

/// A conversation that was said.
struct Said {
    companion: Companion,
    _companions: Companions,
    _folder: tempfile::TempDir,
}

/// Says all conversations, then asks each its own questions and those of the next.
pub fn measure(
    conversations: &[Conversation],
    embedder: Option<&Arc<dyn Embedder>>,
) -> Result<Report, String> {
    let mut report = Report::default();
    let began = Instant::now();
    let said: Vec<Said> =
        conversations.iter().map(|conversation| say(conversation, embedder)).collect::<Result<_, _>>()?;
    report.ingest_seconds = began.elapsed().as_secs_f64();
    for (at, (conversation, said)) in conversations.iter().zip(&said).enumerate() {
        report.memories += conversation.turns.len();
        let mut here = ByCategory::default();
        for question in &conversation.questions {
            ask(&mut report, &mut here, said, question)?;
        }
        report.conversations.push((conversation.name.clone(), here));
        for (_, other) in conversations.iter().enumerate().filter(|(other, _)| *other != at) {
            for question in &other.questions {
                let answer = recall(said, &question.text, CUTS[1], None)?;
                report.foreign.add(f64::from(u8::from(!answer.known)));
            }
        }
    }
    report.milliseconds.sort_by(f64::total_cmp);
    Ok(report)
}

fn say(conversation: &Conversation, embedder: Option<&Arc<dyn Embedder>>) -> Result<Said, String> {
    let failed = |error: &dyn fmt::Display| format!("{}: {error}", conversation.name);
    let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
    let key = DatabaseKey::random().map_err(|error| failed(&error))?;
    let last = conversation.turns.last().map_or(jiff::Timestamp::UNIX_EPOCH, |turn| turn.time);
    let now = last + SignedDuration::from_hours(24);
    let options = CompanionsOptions {
        clock: Arc::new(move || now),
        time_zone: Some(TimeZone::UTC),
        ..CompanionsOptions::default()
    };
    let path = folder.path().join("companions.db");
    let companions = Companions::open(&path, key, options).map_err(|error| failed(&error))?;
    let [user, name] = &conversation.speakers;
    let persona = Persona { name: name.clone(), calls_user: user.clone(), ..Persona::default() };
    let companion = companions.create(&persona, None).map_err(|error| failed(&error))?;
    let mut parent = None;
    for turn in &conversation.turns {
        let speaker = if turn.speaker == *user { Speaker::User } else { Speaker::Companion };
        let mut message = NewMessage::new(parent, speaker, turn.text.as_str(), turn.time);
        message.name = Some(turn.speaker.clone());
        let kept = companions.store().append(companion.id(), message);
        parent = Some(kept.map_err(|error| failed(&error))?.id);
    }
    companions.set_embedder(embedder.map(|embedder| EmbedderSource::from(Arc::clone(embedder))));
    companions.flush();
    // The index is filled at the first question.
    companion.ranked("Hello", 1, None).map_err(|error| failed(&error))?;
    Ok(Said { companion, _companions: companions, _folder: folder })
}

fn recall(said: &Said, question: &str, limit: usize, tokens: Option<usize>) -> Result<Recollection, String> {
    said.companion.ranked(question, limit, tokens).map_err(|error| error.to_string())
}

fn ask(report: &mut Report, here: &mut ByCategory, said: &Said, question: &Question) -> Result<(), String> {
    let began = Instant::now();
    let answer = recall(said, &question.text, CUTS[2], None)?;
    report.milliseconds.push(began.elapsed().as_secs_f64() * 1e3);
    report.own.add(f64::from(u8::from(!answer.known)));
    for cut in CUTS {
        let share = share(question, &answer, cut);
        add(report.recall.entry(cut).or_default(), question, share);
        let told = if answer.known { share } else { 0.0 };
        add(report.recall_if_known.entry(cut).or_default(), question, told);
    }
    add(here, question, share(question, &answer, CUTS[1]));
    for budget in BUDGETS {
        let answer = recall(said, &question.text, budget, Some(budget))?;
        add(report.at_tokens.entry(budget).or_default(), question, share(question, &answer, budget));
        let tokens: usize = answer.memories.iter().map(|memory| memory.tokens).sum();
        report.tokens.entry(budget).or_default().add(tokens as f64);
    }
    let tokens: usize = answer.memories.iter().take(CUTS[1]).map(|memory| memory.tokens).sum();
    report.tokens.entry(0).or_default().add(tokens as f64);
    Ok(())
}

fn add(means: &mut ByCategory, question: &Question, value: f64) {
    means[0].add(value);
    if let Some(mean) = means.get_mut(question.category as usize).filter(|_| question.category > 0) {
        mean.add(value);
    }
}

/// The share of the evidence among the first `cut` memories. Messages are numbered from 1 in the order of the turns.
fn share(question: &Question, answer: &Recollection, cut: usize) -> f64 {
    let is_evidence = |id: MemoryId| match id {
        MemoryId::Message(number) => question.evidence.contains(&(number as usize).wrapping_sub(1)),
        MemoryId::Fact(_) => false,
    };
    let found = answer.memories.iter().take(cut).filter(|memory| is_evidence(memory.id)).count();
    found as f64 / question.evidence.len() as f64
}

fn categories(means: &ByCategory) -> Value {
    let there = means.iter().enumerate().filter(|(_, mean)| mean.count > 0);
    there
        .map(|(at, mean)| (if at == 0 { "all".to_owned() } else { at.to_string() }, json!(mean.percent())))
        .collect()
}

impl Report {
    /// The time that this share of the questions took at most.
    fn percentile(&self, share: f64) -> f64 {
        let at = (self.milliseconds.len() as f64 * share) as usize;
        self.milliseconds.get(at.min(self.milliseconds.len().saturating_sub(1))).copied().unwrap_or(0.0)
    }

    /// As one JSON object; recall in percent.
    pub fn json(&self) -> Value {
        let all = |maps: &BTreeMap<usize, ByCategory>| -> Value {
            maps.iter().map(|(cut, means)| (cut.to_string(), categories(means))).collect()
        };
        let budgets: Value = self
            .at_tokens
            .iter()
            .map(|(budget, means)| (budget.to_string(), json!(means[0].percent())))
            .collect();
        let tokens = |at: usize| {
            self.tokens.get(&at).map_or(0.0, |mean| (mean.sum / mean.count.max(1) as f64).round())
        };
        let token_means: Value =
            BUDGETS.iter().map(|budget| (budget.to_string(), json!(tokens(*budget)))).collect();
        let conversations: Value =
            self.conversations.iter().map(|(name, means)| (name.clone(), categories(means))).collect();
        json!({
            "recall": all(&self.recall),
            "recall_if_known": all(&self.recall_if_known),
            "recall_at_tokens": budgets,
            "recall_at_tokens_by_category": all(&self.at_tokens),
            "tokens_mean": tokens(0),
            "tokens_mean_at": token_means,
            "p50_ms": self.percentile(0.5),
            "p95_ms": self.percentile(0.95),
            "unknown": { "own": self.own.percent(), "foreign": self.foreign.percent() },
            "conversations_recall_10": conversations,
            "questions": self.own.count,
            "memories": self.memories,
            "ingest_seconds": self.ingest_seconds,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{} memories, {} questions that name evidence", self.memories, self.own.count)?;
        writeln!(formatter, "\nrecall, percent      all      1      2      3      4      5")?;
        let mut line = |name: String, means: &ByCategory| {
            let numbers: Vec<String> = means.iter().map(|mean| format!("{:>7.1}", mean.percent())).collect();
            writeln!(formatter, "{name:<17}{}", numbers.join(""))
        };
        for (cut, means) in &self.recall {
            line(format!("@{cut}"), means)?;
        }
        for (cut, means) in &self.recall_if_known {
            line(format!("@{cut} if known"), means)?;
        }
        for (budget, means) in &self.at_tokens {
            line(format!("{budget} tokens"), means)?;
        }
        for (name, means) in &self.conversations {
            line(format!("@{} {name}", CUTS[1]), means)?;
        }
        let tokens = self.tokens.get(&0).copied().unwrap_or_default();
        writeln!(
            formatter,
            "\n10 memories are {:.0} tokens on average",
            tokens.sum / tokens.count.max(1) as f64
        )?;
        writeln!(
            formatter,
            "a recall takes {:.1} ms (p50), {:.1} ms (p95)",
            self.percentile(0.5),
            self.percentile(0.95)
        )?;
        writeln!(formatter, "said and embedded in {:.1} s", self.ingest_seconds)?;
        writeln!(
            formatter,
            "knows nothing of {:.1} % of its own questions, of {:.1} % of the others'",
            self.own.percent(),
            self.foreign.percent()
        )
    }
}
