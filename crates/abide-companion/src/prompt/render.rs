//! From a plan to the prompt, always the same way. Must not know how a plan is made, or what a section costs.
//!
//! The form is the one that every chat template takes: one system message at the beginning, then turns that alternate, the first
//! and the last of them the user's. What changes with each turn stands in a marked note before the user's last words: as a system
//! message where the template takes one there ([`Plan::notes_as_system`]), so that a small model neither takes it for the user's words
//! nor repeats it; otherwise in the user's message, because many templates refuse a second system message or roles that don't
//! alternate, and gemma's has none at all (the engine puts it into the first user turn, far from where it should stand).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use abide_generation::{Chat, Message, Prompt, Role};

use super::labels::{Opening, next_turns};
use super::plan::{Item, Place, Plan, Section, SectionKind};
use super::wording::{Wording, fill};
use crate::transcript::{MessageId, Speaker};

impl Section {
    /// Heading and items as they stand in the prompt.
    pub fn text(&self) -> String {
        let items: Vec<&str> = self.items.iter().map(|item| item.text.as_str()).collect();
        let separator = match self.kind {
            SectionKind::Persona | SectionKind::Examples | SectionKind::Lorebook => "\n\n",
            _ => "\n",
        };
        let body = items.join(separator);
        if self.heading.is_empty() { body } else { format!("{}\n{body}", self.heading) }
    }
}

impl Plan {
    /// The prompt. `words` gives the text of a message as the transcript has it; one that is gone (it was forgotten) is empty.
    pub fn prompt(&self, words: &dyn Fn(MessageId) -> Option<String>) -> Prompt {
        self.prompt_of(self.turns(words))
    }

    /// What this prompt and the next one begin with once this one has its `reply`: all that stands before what is put in for the next
    /// message. `None`: no turn.
    pub fn shared_beginning(
        &self,
        reply: &str,
        words: &dyn Fn(MessageId) -> Option<String>,
    ) -> Option<Prompt> {
        let (mut turns, _) = self.said_turns(words);
        turns.push(Turn::said(Speaker::Companion, reply));
        self.beginning(turns)
    }

    /// The beginning of this prompt that stays, whatever is said in place of the message that it was planned for. `None`: no turn.
    pub fn own_beginning(&self, words: &dyn Fn(MessageId) -> Option<String>) -> Option<Prompt> {
        let (mut turns, _) = self.said_turns(words);
        turns.pop();
        self.beginning(turns)
    }

    /// Of turns that the user's next one follows, those before all that is put in.
    fn beginning(&self, mut turns: Vec<Turn>) -> Option<Prompt> {
        let depths = self.sections.iter().filter_map(|section| match section.place {
            Place::Note(depth) | Place::Spoken(depth) => Some(depth),
            Place::System | Place::Turns => None,
        });
        let mut stays = turns.len().saturating_sub(depths.max().unwrap_or(0));
        // A note stands before all that the user said at a time.
        let is_within = |at: usize| turns.get(at).is_some_and(|turn| turn.role != Role::User);
        while stays > 0 && (is_within(stays) || turns[stays - 1].role == Role::User) {
            stays -= 1;
        }
        turns.truncate(stays);
        (!turns.is_empty()).then(|| self.prompt_of(merge(turns)))
    }

    /// The prompt of these turns. Where the last one is the companion's, it goes on with that.
    fn prompt_of(&self, turns: Vec<Turn>) -> Prompt {
        let system = self.system();
        if self.has_chat_template {
            let mut messages = Vec::with_capacity(turns.len() + 1);
            if !system.is_empty() {
                messages.push(Message::new(Role::System, system));
            }
            messages.extend(turns.into_iter().map(|turn| Message::new(turn.role, turn.text)));
            // Thoughts would take the reply's room, and a companion's are nobody's to read.
            return Prompt::Chat(Chat { thinking: Some(false), ..Chat::from(messages) });
        }
        let is_answered = turns.last().is_some_and(|turn| turn.role == Role::Assistant);
        let mut text = system;
        for turn in turns {
            let name = if turn.role == Role::User { &self.user_name } else { &self.char_name };
            text.push_str(&format!("\n\n{name}: {}", turn.text));
        }
        if !is_answered {
            text.push_str(&format!("\n\n{}:", self.char_name));
        }
        Prompt::Text(text.trim_start().to_owned())
    }

    /// The same with the words of the turns, which a plan that is kept has not.
    #[must_use]
    pub fn with_words(mut self, words: &dyn Fn(MessageId) -> Option<String>) -> Self {
        let turns = self.sections.iter_mut().filter(|section| section.place == Place::Turns);
        for item in turns.flat_map(|section| &mut section.items) {
            item.text = said(item, words).into_owned();
        }
        self
    }

    /// Texts that end a reply: lines with which somebody's next turn begins. Small models write them in spite of a chat template,
    /// and then go on with the turns of both until there is no more room. `thinks`: the model writes thoughts first, and an empty line
    /// after them, so that its own name on a line may be the beginning of what it says.
    pub fn stop_texts(&self, thinks: bool) -> Vec<String> {
        next_turns(if thinks { "" } else { &self.char_name }, &self.user_name)
    }

    /// Takes the companion's name off the beginning of a reply to this prompt, and notes like the prompt's out of it.
    pub fn opening(&self) -> Opening {
        let (opens, closes) = self.note_marks();
        Opening::new(&self.char_name, &opens, &closes)
    }

    fn system(&self) -> String {
        let stable = self.sections.iter().filter(|section| section.place == Place::System);
        stable.map(Section::text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    /// What opens and closes a note.
    fn note_marks(&self) -> (String, String) {
        let name = |template| fill(template, &self.char_name, &self.user_name);
        (name(self.words().note_opens), name(self.words().note_closes))
    }

    fn words(&self) -> &'static Wording {
        Wording::of(&self.language)
    }

    /// What was said, from the user's first words on, and whether those had to be put there.
    fn said_turns(&self, words: &dyn Fn(MessageId) -> Option<String>) -> (Vec<Turn>, bool) {
        let items = self.sections.iter().filter(|section| section.place == Place::Turns);
        let mut turns: Vec<Turn> = Vec::new();
        for item in items.flat_map(|section| &section.items) {
            turns.push(Turn::said(item.speaker.unwrap_or(Speaker::User), &said(item, words)));
        }
        let begins = |(depth, item): &(usize, &Item)| {
            (*depth).max(1) >= turns.len() && item.speaker == Some(Speaker::Companion)
        };
        let is_opened = turns.first().is_none_or(|first| first.role == Role::Assistant)
            || self.spoken().iter().any(begins);
        if is_opened {
            turns.insert(0, Turn { role: Role::User, text: self.words().opening.to_owned() });
        }
        (turns, is_opened)
    }

    fn turns(&self, words: &dyn Fn(MessageId) -> Option<String>) -> Vec<Turn> {
        let (mut turns, is_opened) = self.said_turns(words);
        let spoken = self.spoken();
        let notes = self.notes();
        let depths: BTreeSet<usize> =
            spoken.iter().map(|(depth, _)| *depth).chain(notes.keys().copied()).collect();
        // The deepest first: what is put in counts those after it.
        for depth in depths.into_iter().rev() {
            for (_, item) in spoken.iter().filter(|(at, _)| *at == depth) {
                let first = turns.iter().position(|turn| turn.role != Role::System).unwrap_or_default();
                let at = turns.len().saturating_sub(depth.max(1)).max(first + usize::from(is_opened));
                turns.insert(at, Turn::said(item.speaker.unwrap_or(Speaker::User), &item.text));
            }
            if let Some(note) = notes.get(&depth) {
                attach(&mut turns, depth, note.clone(), self.notes_as_system);
            }
        }
        merge(turns)
    }

    /// What stands as somebody's words though nobody said it, and how many messages stand after it.
    fn spoken(&self) -> Vec<(usize, &Item)> {
        let spoken = self.sections.iter().filter_map(|section| match section.place {
            Place::Spoken(depth) => Some(section.items.iter().map(move |item| (depth, item))),
            _ => None,
        });
        spoken.flatten().collect()
    }

    /// The notes by their depth.
    fn notes(&self) -> BTreeMap<usize, String> {
        let mut by_depth: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for section in &self.sections {
            if let Place::Note(depth) = section.place {
                by_depth.entry(depth).or_default().push(section.text());
            }
        }
        let (opens, closes) = self.note_marks();
        let frame = |texts: Vec<String>| format!("{opens}\n{}\n{closes}", texts.join("\n\n"));
        by_depth.into_iter().map(|(depth, texts)| (depth, frame(texts))).collect()
    }
}

/// The words of a turn: those of the plan where it changed them, else those of the transcript.
fn said<'i>(item: &'i Item, words: &dyn Fn(MessageId) -> Option<String>) -> Cow<'i, str> {
    match item.messages.first() {
        Some(&id) if item.text.is_empty() => Cow::from(words(id).unwrap_or_default()),
        _ => Cow::from(item.text.as_str()),
    }
}

struct Turn {
    role: Role,
    text: String,
}

impl Turn {
    fn said(speaker: Speaker, text: &str) -> Self {
        match speaker {
            Speaker::User => Self { role: Role::User, text: text.to_owned() },
            Speaker::Companion => Self { role: Role::Assistant, text: text.to_owned() },
            Speaker::Narrator => Self { role: Role::User, text: format!("[{text}]") },
        }
    }
}

/// Puts a note before the words of the user's turn that has `depth` turns after it, or of the next older one of the user's; as a turn of its
/// own, where the user begins to speak.
fn attach(turns: &mut Vec<Turn>, depth: usize, note: String, as_system: bool) {
    let last = turns.len().saturating_sub(depth.saturating_add(1));
    let is_user = |turn: &Turn| turn.role == Role::User;
    let place = turns[..=last].iter().rposition(is_user).or_else(|| turns.iter().position(is_user));
    let Some(place) = place else { return };
    if as_system {
        let first = turns[..place].iter().rposition(|turn| !is_user(turn)).map_or(0, |before| before + 1);
        turns.insert(first, Turn { role: Role::System, text: note });
        return;
    }
    let turn = &mut turns[place];
    turn.text = if turn.text.is_empty() { note } else { format!("{note}\n\n{}", turn.text) };
}

/// Joins turns of the same role that follow each other.
fn merge(turns: Vec<Turn>) -> Vec<Turn> {
    let mut merged: Vec<Turn> = Vec::with_capacity(turns.len());
    for turn in turns {
        match merged.last_mut() {
            Some(last) if last.role == turn.role => {
                last.text.push_str("\n\n");
                last.text.push_str(&turn.text);
            }
            _ => merged.push(turn),
        }
    }
    merged
}
