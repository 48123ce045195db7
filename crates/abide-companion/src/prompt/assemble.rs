//! Makes the plan of a prompt. Must not know where texts come from, or who asks for the reply.

use abide_generation::GenerationError;
use thiserror::Error;

use super::budget::Budgets;
use super::draft::{Draft, DraftItem, DraftSection, Leaves};
use super::inputs::{HeldBack, Inputs, LorePlace, LoreText, PersonaTexts};
use super::plan::{Item, LeftOut, PLAN_VERSION, Place, Plan, Reason, Section, SectionKind};
use super::tokens::{TemplateOverhead, TokenCounter};
use super::wording::{Wording, fill};
use crate::text::sentence;
use crate::topics::Veiled;
use crate::transcript::MessageId;

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum PromptError {
    /// Not even a part of the message fits.
    #[error(
        "the model's context of {context_tokens} tokens is too small for a reply of {reply_tokens} tokens and any \
         prompt; load the model with a longer context"
    )]
    ContextTooSmall {
        /// Tokens that the context holds.
        context_tokens: usize,
        /// Of those, kept free for the reply.
        reply_tokens: usize,
    },
    /// The model's tokenizer or template failed.
    #[error(transparent)]
    Generation(#[from] GenerationError),
}

/// Tokens of the message to be answered below which cutting it makes no sense.
const QUESTION_TOKENS_MIN: usize = 8;
/// Turns before the message to be answered that stay longest: what it answers, and what that answered.
const LAST_TURNS: usize = 2;

/// Plans one prompt. The persona is measured first, because the recent turns have what it leaves.
pub struct Assembler<'a> {
    counter: &'a TokenCounter<'a>,
    persona: &'a PersonaTexts,
    words: &'static Wording,
    budgets: Budgets,
    overhead: TemplateOverhead,
    stable: Draft,
}

impl<'a> Assembler<'a> {
    /// Measures `persona` under the model of `counter`.
    ///
    /// # Errors
    /// When the model's tokenizer or template fails.
    pub fn new(
        counter: &'a TokenCounter<'a>,
        budgets: Budgets,
        persona: &'a PersonaTexts,
    ) -> Result<Self, PromptError> {
        let words = Wording::of(&persona.language);
        let overhead = counter.overhead()?;
        let mut assembler = Self { counter, persona, words, budgets, overhead, stable: Draft::default() };
        assembler.place_persona()?;
        Ok(assembler)
    }

    /// Tokens for recent turns, what the template adds to each included.
    pub fn recent_budget(&self) -> usize {
        let persona: usize = self.stable.sections.iter().map(DraftSection::tokens).sum();
        self.budgets.recent(persona).saturating_sub(self.overhead.prompt)
    }

    /// Tokens that the template adds to each turn.
    pub fn turn_overhead(&self) -> usize {
        self.overhead.message
    }

    /// The plan. `words` gives the text of a message as the transcript has it.
    ///
    /// # Errors
    /// When not even a part of the last message fits, or the model's tokenizer or template fails.
    pub fn plan(
        mut self,
        inputs: &Inputs,
        words: &dyn Fn(MessageId) -> Option<String>,
    ) -> Result<Plan, PromptError> {
        let mut draft = std::mem::take(&mut self.stable);
        let window_moved = inputs.window.moved;
        let recall = inputs.recall.clone();
        draft.left_out.extend(inputs.left_out.iter().cloned());
        self.place_system_lore(&mut draft, &inputs.lore)?;
        self.place_facts(&mut draft, inputs)?;
        self.place_summary(&mut draft, inputs)?;
        draft.left_out.extend(left_window(&inputs.window.left));
        self.place_turns(&mut draft, inputs)?;
        self.place_notes(&mut draft, inputs)?;
        self.fit(draft, words, |assembler, draft| assembler.seal(draft, window_moved, recall.clone()))
    }

    /// Lets things go until the model counts no more tokens than there are.
    fn fit(
        &self,
        mut draft: Draft,
        words: &dyn Fn(MessageId) -> Option<String>,
        seal: impl Fn(&Self, Draft) -> Plan,
    ) -> Result<Plan, PromptError> {
        loop {
            let mut plan = seal(self, draft.clone());
            plan.prompt_tokens = self.counter.prompt(&plan.prompt(words))?;
            if plan.prompt_tokens <= self.budgets.prompt() {
                return Ok(plan);
            }
            let excess = plan.prompt_tokens - self.budgets.prompt();
            if !draft.let_go(excess) {
                self.cut_question(&mut draft, excess, words)?;
            }
        }
    }

    fn cut_question(
        &self,
        draft: &mut Draft,
        excess: usize,
        words: &dyn Fn(MessageId) -> Option<String>,
    ) -> Result<(), PromptError> {
        let too_small = || PromptError::ContextTooSmall {
            context_tokens: self.budgets.context,
            reply_tokens: self.budgets.reply,
        };
        let question = draft.question().ok_or_else(too_small)?;
        let room = question.tokens.saturating_sub(excess + 1);
        if room < QUESTION_TOKENS_MIN {
            return Err(too_small());
        }
        let text = match question.messages.first() {
            Some(&id) if question.text.is_empty() => words(id).unwrap_or_default(),
            _ => question.text.clone(),
        };
        // The mark that stands for the middle costs more than it is worth here.
        question.text = self.counter.without_middle(&text, "…", room)?;
        question.tokens = room.min(self.counter.count(&question.text)?);
        question.shortened = true;
        Ok(())
    }

    fn seal(&self, draft: Draft, window_moved: bool, recall: Option<super::plan::RecallReport>) -> Plan {
        let description = self.counter.generator().description();
        let (sections, left_out) = draft.finish();
        let turns = sections.iter().find(|section: &&Section| section.kind == SectionKind::Turns);
        let first = turns.and_then(|section| section.items.first());
        Plan {
            version: PLAN_VERSION,
            model: description.name.clone(),
            has_chat_template: description.has_chat_template,
            notes_as_system: description.late_system_messages,
            language: self.words.code.to_owned(),
            char_name: self.persona.char_name.clone(),
            user_name: self.persona.user_name.clone(),
            budgets: self.budgets,
            prompt_tokens: 0,
            window_start: first.and_then(|item| item.messages.first()).copied(),
            window_moved,
            sections,
            left_out,
            recall,
        }
    }

    fn named(&self, template: &str) -> String {
        fill(template, &self.persona.char_name, &self.persona.user_name)
    }

    fn item(&self, label: &str, text: impl Into<String>) -> Result<Item, PromptError> {
        let text = text.into();
        // A line's end, or what stands between items.
        let tokens = self.counter.count(&text)? + 1;
        Ok(Item { label: label.to_owned(), text, tokens, ..Item::default() })
    }

    fn section(&self, kind: SectionKind, place: Place, heading: &str) -> Result<DraftSection, PromptError> {
        let heading = self.named(heading);
        let heading_tokens = if heading.is_empty() { 0 } else { self.counter.count(&heading)? + 1 };
        Ok(DraftSection { kind, place, heading, heading_tokens, items: Vec::new() })
    }

    fn place_persona(&mut self) -> Result<(), PromptError> {
        let persona = self.persona;
        let words = self.words;
        let titled = |title: &str, text: &str| match text.trim() {
            "" => String::new(),
            text => format!("{}\n{text}", self.named(title)),
        };
        let bare = [&persona.system_prompt, &persona.description, &persona.personality];
        let is_bare = bare.iter().all(|text| text.trim().is_empty());
        let opening = if is_bare && !persona.may_be_bare {
            self.named(words.bare_persona)
        } else {
            persona.system_prompt.trim().to_owned()
        };
        let parts = [
            ("system_prompt", opening, Leaves::Core),
            ("description", persona.description.trim().to_owned(), Leaves::Core),
            ("personality", titled(words.personality, &persona.personality), Leaves::Scene),
            ("scenario", titled(words.scenario, &persona.scenario), Leaves::Scene),
            ("speaking", titled(words.speaking, &persona.speaking), Leaves::Scene),
        ];
        let mut section = self.section(SectionKind::Persona, Place::System, "")?;
        let mut room = self.budgets.persona;
        for (index, (label, text, leaves)) in parts.into_iter().enumerate() {
            if text.is_empty() {
                continue;
            }
            let mut item = self.shortened(label, &text, room)?;
            if item.text.is_empty() {
                let whole = self.item(label, text)?;
                self.stable.left_out.push(super::draft::left(section.kind, &whole, Reason::OverBudget));
                continue;
            }
            room = room.saturating_sub(item.tokens);
            label.clone_into(&mut item.label);
            section.items.push(DraftItem { item, leaves, rank: -(index as i64) });
        }
        self.stable.push(section);
        let mut examples = self.section(SectionKind::Examples, Place::System, words.examples)?;
        let shown = |(_, text): &(usize, &String)| !text.trim().is_empty();
        for (index, text) in persona.examples.iter().enumerate().filter(shown) {
            let item = self.item(&format!("example {}", index + 1), text.trim())?;
            let leaves = Leaves::Examples;
            examples.items.push(DraftItem { item, leaves, rank: -(index as i64) });
        }
        examples.shrink(room, &mut self.stable.left_out);
        self.stable.push(examples);
        Ok(())
    }

    /// `text` as an item of at most `room` tokens; empty if none of it is worth keeping.
    fn shortened(&self, label: &str, text: &str, room: usize) -> Result<Item, PromptError> {
        let whole = self.item(label, text)?;
        if whole.tokens <= room {
            return Ok(whole);
        }
        let beginning = self.counter.beginning(text, room.saturating_sub(1))?;
        Ok(Item { shortened: true, ..self.item(label, beginning)? })
    }

    fn lore_items<'l>(
        &self,
        lore: impl Iterator<Item = &'l LoreText>,
    ) -> Result<Vec<DraftItem>, PromptError> {
        lore.enumerate()
            .map(|(index, entry)| {
                let speaker = match entry.place {
                    LorePlace::Spoken(_, speaker) => Some(speaker),
                    _ => None,
                };
                let item = self.item(&entry.label, entry.text.as_str())?;
                let item = Item { speaker, shortened: entry.shortened, ..item };
                let leaves = if entry.constant { Leaves::ConstantLore } else { Leaves::Lorebook };
                // Of equal priority, the later one leaves first.
                let rank = entry.priority.saturating_mul(10_000).saturating_sub(index as i64);
                Ok(DraftItem { item, leaves, rank })
            })
            .collect()
    }

    fn place_system_lore(&self, draft: &mut Draft, lore: &[LoreText]) -> Result<(), PromptError> {
        let mut room = self.budgets.lorebook;
        let places = [
            LorePlace::BeforePersona,
            LorePlace::AfterPersona,
            LorePlace::BeforeDescription,
            LorePlace::AfterDescription,
            LorePlace::Personality,
            LorePlace::Scenario,
        ];
        for place in places {
            let mut section = self.section(SectionKind::Lorebook, Place::System, "")?;
            section.items = self.lore_items(lore.iter().filter(|entry| entry.place == place))?;
            section.shrink(room, &mut draft.left_out);
            room = room.saturating_sub(section.tokens());
            if !section.items.is_empty() {
                put_lore(draft, place, section);
            }
        }
        Ok(())
    }

    fn place_facts(&self, draft: &mut Draft, inputs: &Inputs) -> Result<(), PromptError> {
        let words = self.words;
        let mut room = self.budgets.facts;
        let kinds = [
            (SectionKind::PinnedFacts, Place::System, words.pinned_facts, Leaves::PinnedFacts),
            (SectionKind::Facts, Place::System, words.facts, Leaves::Facts),
        ];
        for (kind, place, heading, leaves) in kinds {
            let mut section = self.section(kind, place, heading)?;
            let wanted = |fact: &&super::inputs::FactText| match kind {
                SectionKind::PinnedFacts => fact.pinned,
                _ => !fact.pinned && fact.settled,
            };
            section.items = self.fact_items(inputs.facts.iter().filter(wanted), leaves)?;
            section.shrink(room, &mut draft.left_out);
            if !section.items.is_empty() {
                room = room.saturating_sub(section.tokens());
            }
            draft.push(section);
        }
        Ok(())
    }

    fn fact_items<'f>(
        &self,
        facts: impl Iterator<Item = &'f super::inputs::FactText>,
        leaves: Leaves,
    ) -> Result<Vec<DraftItem>, PromptError> {
        facts
            .enumerate()
            .map(|(index, fact)| {
                let mut item = self.item("", format!("- {}", fact.text))?;
                item.fact = Some(fact.id);
                item.messages.clone_from(&fact.messages);
                Ok(DraftItem { item, leaves, rank: -(index as i64) })
            })
            .collect()
    }

    fn place_summary(&self, draft: &mut Draft, inputs: &Inputs) -> Result<(), PromptError> {
        let Some(summary) = &inputs.summary else { return Ok(()) };
        let mut section = self.section(SectionKind::Summary, Place::System, self.words.summary)?;
        let room = self.budgets.summary.saturating_sub(section.heading_tokens);
        let mut item = self.shortened("", summary.text.trim(), room)?;
        item.messages.clone_from(&summary.messages);
        if item.text.is_empty() {
            draft.left_out.push(super::draft::left(section.kind, &item, Reason::OverBudget));
            return Ok(());
        }
        section.items.push(DraftItem { item, leaves: Leaves::Summary, rank: 0 });
        draft.push(section);
        Ok(())
    }

    fn place_turns(&self, draft: &mut Draft, inputs: &Inputs) -> Result<(), PromptError> {
        let mut section = self.section(SectionKind::Turns, Place::Turns, "")?;
        let turns = &inputs.window.turns;
        let last = turns.len().saturating_sub(1);
        let room = self.recent_room(draft);
        for (index, turn) in turns.iter().enumerate() {
            let mut item = Item { speaker: Some(turn.speaker), messages: vec![turn.id], ..Item::default() };
            if let Some(Veiled { topic, left }) = inputs.veiled.get(&turn.id) {
                let Some(left) = left else {
                    item.tokens = self.turn_tokens(&turn.text)?;
                    let reason = Reason::Avoided(topic.clone());
                    draft.left_out.push(super::draft::left(SectionKind::Turns, &item, reason));
                    continue;
                };
                item.text.clone_from(left);
                item.shortened = true;
            }
            item.tokens = self.turn_tokens(if item.shortened { &item.text } else { &turn.text })?;
            let leaves = match last - index {
                0 => Leaves::Never,
                1..=LAST_TURNS => Leaves::LastTurns,
                _ => Leaves::OlderTurns,
            };
            if leaves == Leaves::Never && item.tokens > room {
                item.text = self.counter.without_middle(&turn.text, self.words.cut, room)?;
                item.tokens = self.turn_tokens(&item.text)?;
                item.shortened = true;
            }
            section.items.push(DraftItem { item, leaves, rank: index as i64 });
        }
        draft.push(section);
        Ok(())
    }

    fn turn_tokens(&self, text: &str) -> Result<usize, PromptError> {
        Ok(self.counter.count(text)? + self.overhead.message)
    }

    /// Tokens that the last message alone may take.
    fn recent_room(&self, draft: &Draft) -> usize {
        let taken: usize = draft.sections.iter().map(DraftSection::tokens).sum();
        let notes = self.budgets.memories + self.budgets.notes;
        let room = self.budgets.prompt().saturating_sub(taken + notes + self.overhead.prompt);
        room.max(self.budgets.prompt() / 8).max(QUESTION_TOKENS_MIN)
    }

    fn place_notes(&self, draft: &mut Draft, inputs: &Inputs) -> Result<(), PromptError> {
        draft.left_out.extend(self.held_back(&inputs.held_back)?);
        self.place_noted_lore(draft, &inputs.lore)?;
        let words = self.words;
        let lines = |kind: SectionKind, heading: &str, texts: &[String], leaves: Leaves| {
            let mut section = self.section(kind, Place::Note(0), heading)?;
            for (index, text) in texts.iter().filter(|text| !text.trim().is_empty()).enumerate() {
                let item = self.item("", text.trim())?;
                section.items.push(DraftItem { item, leaves, rank: index as i64 });
            }
            Ok::<_, PromptError>(section)
        };
        draft.push(lines(SectionKind::Notices, "", &inputs.notices, Leaves::Notices)?);
        let asks = inputs.recall.as_ref().is_none_or(|recall| recall.asks);
        let mut room = self.budgets.recalled(asks);
        let mut learned = self.section(SectionKind::NewFacts, Place::Note(0), words.new_facts)?;
        let new = inputs.facts.iter().filter(|fact| !fact.pinned && !fact.settled);
        learned.items = self.fact_items(new, Leaves::NewFacts)?;
        learned.shrink(self.budgets.facts.min(room / 2), &mut draft.left_out);
        if !learned.items.is_empty() {
            room = room.saturating_sub(learned.tokens());
        }
        draft.push(learned);
        self.place_memories(draft, inputs, room)?;
        if inputs.recall.as_ref().is_some_and(|recall| recall.asks_about_past && !recall.known) {
            let unknown = [self.named(words.unknown)];
            draft.push(lines(SectionKind::Unknown, "", &unknown, Leaves::Unknown)?);
        }
        let third = self.budgets.notes / 3;
        let bounded = [
            (SectionKind::Instructions, words.instructions, inputs.instructions.trim(), Leaves::Instructions),
            (SectionKind::Reminder, "", self.persona.reminder.trim(), Leaves::Reminder),
            (SectionKind::PostHistory, "", self.persona.post_history.trim(), Leaves::PostHistory),
        ];
        for (kind, heading, text, leaves) in bounded {
            let mut item = self.shortened("", text, third)?;
            if item.shortened && kind != SectionKind::Instructions {
                // Half a rule may say what nobody meant.
                let whole = sentence::whole_beginning(text, item.text.len()).to_owned();
                item = Item { shortened: true, ..self.item("", whole)? };
            }
            if item.text.is_empty() {
                if !text.is_empty() {
                    let whole = self.item("", text)?;
                    draft.left_out.push(super::draft::left(kind, &whole, Reason::OverBudget));
                }
                continue;
            }
            let mut section = self.section(kind, Place::Note(0), heading)?;
            section.items.push(DraftItem { item, leaves, rank: 0 });
            draft.push(section);
        }
        Ok(())
    }

    fn place_noted_lore(&self, draft: &mut Draft, lore: &[LoreText]) -> Result<(), PromptError> {
        let mut room = self.budgets.lorebook.saturating_sub(draft.lore_tokens());
        let mut places: Vec<(usize, bool)> = lore.iter().filter_map(among_messages).collect();
        places.sort_unstable();
        places.dedup();
        for (depth, is_spoken) in places {
            let place = if is_spoken { Place::Spoken(depth) } else { Place::Note(depth) };
            let mut section = self.section(SectionKind::Lorebook, place, "")?;
            let here = |entry: &&LoreText| among_messages(entry) == Some((depth, is_spoken));
            section.items = self.lore_items(lore.iter().filter(here))?;
            section.shrink(room, &mut draft.left_out);
            room = room.saturating_sub(section.tokens());
            draft.push(section);
        }
        Ok(())
    }

    fn place_memories(&self, draft: &mut Draft, inputs: &Inputs, room: usize) -> Result<(), PromptError> {
        let heading = self.words.memories;
        let mut section = self.section(SectionKind::Memories, Place::Note(0), heading)?;
        for (index, memory) in inputs.memories.iter().enumerate() {
            let mut item = self.item("", format!("- {}", memory.text))?;
            item.messages.clone_from(&memory.messages);
            item.time = Some(memory.time);
            item.scores.clone_from(&memory.scores);
            let rank = -(index as i64);
            section.items.push(DraftItem { item, leaves: Leaves::Memories, rank });
        }
        section.shrink(room, &mut draft.left_out);
        // What happened first is told first.
        section.items.sort_by_key(|item| item.item.time);
        draft.push(section);
        Ok(())
    }

    fn held_back(&self, held: &[HeldBack]) -> Result<Vec<LeftOut>, PromptError> {
        held.iter()
            .map(|held| {
                let kind = if held.fact.is_some() { SectionKind::Facts } else { SectionKind::Memories };
                Ok(LeftOut {
                    kind,
                    label: String::new(),
                    messages: held.messages.clone(),
                    fact: held.fact,
                    tokens: self.counter.count(&held.text)?,
                    reason: Reason::Avoided(held.topic.clone()),
                })
            })
            .collect()
    }
}

/// For an entry among the messages: how many stand after it, and whether it is somebody's words.
fn among_messages(entry: &LoreText) -> Option<(usize, bool)> {
    match entry.place {
        LorePlace::Note(depth) => Some((depth, false)),
        LorePlace::Spoken(depth, _) => Some((depth, true)),
        _ => None,
    }
}

/// Puts entries to their place in the system message.
fn put_lore(draft: &mut Draft, place: LorePlace, section: DraftSection) {
    let persona = draft.sections.iter().rposition(|placed| placed.kind == SectionKind::Persona);
    match (place, persona) {
        (LorePlace::BeforePersona, _) => draft.sections.insert(0, section),
        (LorePlace::AfterPersona, _) | (_, None) => {
            draft.sections.insert(persona.map_or(0, |at| at + 1), section);
        }
        (_, Some(at)) => put_within(&mut draft.sections[at].items, place, section.items),
    }
}

/// Puts entries beside the part of a persona that they ask for; where it is not there, behind the system prompt or at the end.
fn put_within(persona: &mut Vec<DraftItem>, place: LorePlace, lore: Vec<DraftItem>) {
    let part = |label: &str| {
        let own = |item: &DraftItem| matches!(item.leaves, Leaves::Core | Leaves::Scene);
        persona.iter().position(|item| own(item) && item.item.label == label)
    };
    let behind = |label: &str| part(label).map(|at| at + 1);
    let at = match place {
        LorePlace::BeforeDescription => part("description").or_else(|| behind("system_prompt")).unwrap_or(0),
        LorePlace::AfterDescription => behind("description").or_else(|| behind("system_prompt")).unwrap_or(0),
        LorePlace::Personality => behind("personality").unwrap_or(persona.len()),
        _ => behind("scenario").unwrap_or(persona.len()),
    };
    persona.splice(at..at, lore);
}

fn left_window(left: &[MessageId]) -> impl Iterator<Item = LeftOut> + '_ {
    left.iter().map(|&id| LeftOut {
        kind: SectionKind::Turns,
        label: String::new(),
        messages: vec![id],
        fact: None,
        tokens: 0,
        reason: Reason::LeftWindow,
    })
}
