//! A prompt's plan as a person reads it: what the model saw, at what cost, and what it did not see.
//!
//! Must not know where plans come from.

use std::fmt::Write as _;

use abide_companion::prompt::{Item, LeftOut, Place, Plan, Reason, Section, SectionKind};
use abide_companion::transcript::Speaker;
use jiff::tz::TimeZone;

use crate::output::table::{Align, Table};
use crate::output::units;

/// Characters of an item that are shown.
const SHOWN_CHARS: usize = 100;

/// The whole plan, then the exact prompt where it is known.
pub fn explain(plan: &Plan, prompt: Option<&str>, zone: &TimeZone) -> String {
    let mut text = format!(
        "{} of prompt for {}, of {} that fit\n\n",
        units::plural(plan.prompt_tokens, "token"),
        plan.model,
        plan.budgets.context
    );
    text.push_str(&sections(plan).plain());
    for section in plan.sections.iter().filter(|section| section.kind != SectionKind::Turns) {
        describe(section, zone, &mut text);
    }
    if let Some(recall) = &plan.recall {
        let outcome = if recall.known { "found something" } else { "knows nothing of it" };
        let _ = write!(text, "\nrecall {outcome} (confidence {:.2})", recall.confidence);
        let about_past = if recall.asks_about_past { ", and the message asks about the past" } else { "" };
        let _ = writeln!(text, "{about_past}");
    }
    left_out(&plan.left_out, &mut text);
    if let Some(prompt) = prompt {
        let _ = write!(text, "\n--- the exact prompt ---\n{}\n--- its end ---\n", prompt.trim_end());
    }
    text.truncate(text.trim_end().len());
    text
}

fn sections(plan: &Plan) -> Table {
    let mut table = Table::new(&[
        ("section", Align::Left),
        ("tokens", Align::Right),
        ("parts", Align::Right),
        ("where", Align::Left),
    ]);
    for section in &plan.sections {
        let place = match section.place {
            Place::System => "at the beginning".to_owned(),
            Place::Turns => "the conversation".to_owned(),
            Place::Note(0) => "with your last message".to_owned(),
            Place::Note(depth) => format!("{} before the end", units::plural(depth, "message")),
            Place::Spoken(0) => "before your last message".to_owned(),
            Place::Spoken(depth) => format!("as a turn, {} before the end", units::plural(depth, "message")),
        };
        table.row([
            name(section.kind).to_owned(),
            section.tokens.to_string(),
            section.items.len().to_string(),
            place,
        ]);
    }
    table
}

fn describe(section: &Section, zone: &TimeZone, text: &mut String) {
    if section.items.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}:", name(section.kind));
    for item in &section.items {
        let _ = writeln!(text, "  - {}", shown(item, zone));
    }
}

fn shown(item: &Item, zone: &TimeZone) -> String {
    let mut parts = Vec::new();
    if let Some(time) = item.time {
        parts.push(time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string());
    }
    if !item.label.is_empty() {
        parts.push(format!("[{}]", item.label));
    }
    match item.speaker {
        Some(Speaker::User) => parts.push("(as words of yours)".to_owned()),
        Some(Speaker::Companion) => parts.push("(as words of the companion's)".to_owned()),
        Some(Speaker::Narrator) | None => {}
    }
    // Facts and memories are items of a list in the prompt, too.
    parts.push(shortened(item.text.strip_prefix("- ").unwrap_or(&item.text)));
    if !item.scores.is_empty() {
        let scores: Vec<String> =
            item.scores.iter().map(|(name, score)| format!("{name} {score:.2}")).collect();
        parts.push(format!("({})", scores.join(", ")));
    }
    if item.shortened {
        parts.push("(shortened)".to_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// A text in one line, whole.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text, in one line.
pub fn shortened(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

fn left_out(items: &[LeftOut], text: &mut String) {
    if items.is_empty() {
        return;
    }
    text.push_str("\nleft out:\n");
    for item in items {
        let why = match &item.reason {
            Reason::OverBudget => "no more room in its section".to_owned(),
            Reason::ContextFull => "the context is full".to_owned(),
            Reason::LeftWindow => "older than the window; summary and recall stand for it".to_owned(),
            Reason::InvalidKey { key, problem } => {
                format!("its key `{}` is no valid regular expression ({})", shortened(key), one_line(problem))
            }
            Reason::Disabled { by } => {
                format!("the lorebook's entry {} asks to leave abide's own out", shortened(by))
            }
            Reason::UnknownDecorator(decorator) => {
                format!("its decorator @@{} is not known", shortened(decorator))
            }
            Reason::Avoided(topic) => format!("you don't want to talk about {topic}"),
        };
        let _ = writeln!(text, "  - {} {}: {why}", name(item.kind), shortened(&item.label));
    }
}

/// What a section is called.
fn name(kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Persona => "persona",
        SectionKind::Examples => "example dialogue",
        SectionKind::PinnedFacts => "kept for good",
        SectionKind::Facts => "known of you",
        SectionKind::Summary => "summary of earlier talk",
        SectionKind::Lorebook => "lorebook",
        SectionKind::Turns => "recent turns",
        SectionKind::Notices => "today",
        SectionKind::NewFacts => "learned lately",
        SectionKind::Memories => "memories",
        SectionKind::Unknown => "nothing is known",
        SectionKind::Instructions => "instructions",
        SectionKind::Reminder => "who the companion is, once more",
        SectionKind::PostHistory => "after the conversation",
    }
}
