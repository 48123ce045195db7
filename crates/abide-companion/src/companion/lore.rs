//! Macros and the lorebook of a persona in a turn. Must not know how either works: that is [`crate::macros`]' and [`crate::lorebook`]'s.

use jiff::Zoned;

use super::error::CompanionResult;
use super::path::SinceBegun;
use super::planning::{Request, turn};
use super::settings::Settings;
use super::shared::{read, write};
use crate::language::Language;
use crate::lorebook::{
    ActivatedEntry, Activation, Decision, Entry, Lorebook, LorebookInput, LorebookState, Outcome,
    PersonaSections, Placement, Role, ScannedMessage, UiPrompt, activate, scan_depth_max,
};
use crate::macros::{MacroContext, expand};
use crate::persona::Persona;
use crate::prompt::{LeftOut, LorePlace, LoreText, Reason, SectionKind, TokenCounter, Turn, Window};
use crate::topics::{Avoided, Veil, Veiled};
use crate::transcript::Speaker;

/// Expands the macros of a persona's texts. What a person says never goes through it.
pub(super) struct Expander {
    char_name: String,
    user_name: String,
    language: String,
    now: Zoned,
    /// Of the reply, for what is random.
    seed: u64,
    /// Of the companion, for what is picked once.
    chat: u64,
}

impl Expander {
    pub fn new(
        chat: uuid::Uuid,
        persona: &Persona,
        language: &str,
        user_name: Option<&str>,
        now: Zoned,
        seed: u64,
    ) -> Self {
        let language = crate::prompt::Wording::of(language).code;
        Self {
            char_name: persona.spoken_name().to_owned(),
            user_name: super::persona_texts::called(persona, language, user_name),
            language: language.to_owned(),
            now,
            seed,
            chat: chat.as_u64_pair().0,
        }
    }

    fn context<'a>(&'a self, place: &'a str) -> MacroContext<'a> {
        MacroContext {
            char: &self.char_name,
            user: &self.user_name,
            now: Some(&self.now),
            language: &self.language,
            seed: self.seed,
            chat: self.chat,
            place,
            ..MacroContext::default()
        }
    }

    /// `text` with its macros expanded. `place` names where it stands, so that a choice stays the same.
    pub fn expand(&self, text: &str, place: &str) -> String {
        expand(text, &self.context(place))
    }
}

/// The greetings of a persona as they are said, each with its number from 0. Empty ones are not said.
pub(super) fn greetings(persona: &Persona, chat: uuid::Uuid, now: Zoned) -> Vec<(usize, String)> {
    let language = super::planning::language(persona, &Settings::default());
    // Somebody whose name is not known yet is greeted all the same.
    let nobody = persona.calls_user.trim().is_empty().then(|| match Language::from_tag(&language) {
        Some(Language::French) => "toi",
        Some(Language::Chinese) => "你",
        Some(Language::English) | None => "you",
    });
    let expander = Expander::new(chat, persona, &language, nobody, now, 0);
    let said = persona.greetings.iter().enumerate().map(|(index, text)| {
        let text = expander.expand(text, &format!("greetings[{index}]"));
        (index, text.trim().to_owned())
    });
    said.filter(|(_, text)| !text.is_empty()).collect()
}

/// The number of the greeting that the conversation begins with, if it begins with one that is still known: the persona may have
/// other greetings by now, and words may have been put in the companion's mouth.
fn active_greeting(request: &Request<'_>, persona: &Persona, now: &Zoned) -> CompanionResult<Option<usize>> {
    let (store, companion) = (&request.shared.store, request.companion);
    let Some(first) = store.path_range(companion, 1, 1)?.into_iter().next() else { return Ok(None) };
    if first.content.speaker != Speaker::Companion {
        return Ok(None);
    }
    let said = greetings(persona, store.companion(companion)?.uid, now.clone());
    if let Some((index, _)) = said.iter().find(|(_, text)| *text == first.content.text) {
        return Ok(Some(*index));
    }
    // What is random or tells the time may be another text today; the order in which they were said is the same.
    let beside = store.siblings(companion, first.id)?.ids;
    let beside = store.messages_by_id(companion, &beside)?;
    let mut beside = beside.iter().filter(|message| message.content.speaker == Speaker::Companion);
    let place = beside.position(|message| message.id == first.id);
    Ok(place.and_then(|place| said.get(place)).map(|(index, _)| *index))
}

/// Entries, and keys of them, that are told of in a plan though they are not in the prompt.
const LEFT_OUT_MAX: usize = 100;

/// Messages that keys are looked for in, however many an entry asks for: what a turn costs must not grow with the conversation.
const SCANNED_MAX: usize = 1_000;

/// Active entries.
#[derive(Default)]
pub(super) struct Lore {
    /// In the order in which they are to stand.
    pub texts: Vec<LoreText>,
    /// What could not be used.
    pub left_out: Vec<LeftOut>,
    /// Parts of abide's own prompt that they ask to leave out, each with the entry's name.
    pub disabled: Vec<(UiPrompt, String)>,
    /// What the lorebook remembers.
    pub state: Option<serde_json::Value>,
}

/// The entries that the recent turns call up, without what is about topics to avoid. `tokens`: what they may take, as `counter` counts them.
pub(super) fn active(
    request: &Request<'_>,
    (persona, expander): (&Persona, &Expander),
    window: &Window,
    avoided: &Avoided,
    (counter, tokens): (&TokenCounter<'_>, usize),
) -> CompanionResult<Lore> {
    let Some(book) = persona.lorebook.as_ref().filter(|book| !book.entries.is_empty()) else {
        return Ok(Lore::default());
    };
    let store = &request.shared.store;
    let before = request.question.content.parent;
    let state = before.map(|before| store.lorebook_state(request.companion, before)).transpose()?.flatten();
    let state: LorebookState =
        state.map(|state| read("state of the lorebook", state)).transpose()?.unwrap_or_default();
    let sections = PersonaSections {
        personality: !persona.personality.trim().is_empty(),
        scenario: !persona.scenario.trim().is_empty(),
    };
    let older = before_window(request, window, scan_depth_max(book, sections))?;
    let messages: Vec<ScannedMessage<'_>> = older.iter().chain(&window.turns).map(scanned).collect();
    let message_count = store.path_length(request.companion)?;
    // Where a text can't be counted, the plan's own count will tell.
    let count = |text: &str| counter.count(text).unwrap_or(text.len() / 3);
    let asks_for_greeting = book.entries.iter().any(|entry| entry.content.contains("@@is_greeting"));
    let name = store.companion(request.companion)?.name;
    let input = LorebookInput {
        messages: &messages,
        message_count,
        // Turns alternate, so half of them are the companion's.
        reply_count: message_count / 2,
        token_budget: tokens,
        count_tokens: &count,
        macros: expander.context("lorebook"),
        state: &state,
        characters: &[persona.name.as_str(), persona.spoken_name(), name.as_str()],
        sections,
        greeting: if asks_for_greeting { active_greeting(request, persona, &expander.now)? } else { None },
        user_icon: None,
        context_full: window.moved,
    };
    let activation = activate(&[book], &input);
    let state = Some(write("state of the lorebook", &activation.state)?);
    Ok(Lore { state, ..lore(activation, book, window, avoided, &count) })
}

/// The turns before the window that keys are looked for in, too, where an entry looks so far back.
fn before_window(request: &Request<'_>, window: &Window, depth: u32) -> CompanionResult<Vec<Turn>> {
    let wanted = (depth as usize).min(SCANNED_MAX).saturating_sub(window.turns.len());
    let first = window.turns.first().filter(|_| wanted > 0).map(|turn| turn.id);
    let (store, companion) = (&request.shared.store, request.companion);
    let mut older = match first {
        // It may not be kept yet.
        Some(first) if first == request.question.id => SinceBegun::than(store, companion, request.question)?,
        Some(first) => SinceBegun::than(store, companion, &store.message(companion, first)?)?,
        None => return Ok(Vec::new()),
    };
    let mut turns = Vec::new();
    while turns.len() < wanted
        && let Some(message) = older.next()?
    {
        turns.push(turn(message));
    }
    turns.reverse();
    Ok(turns)
}

/// What came of a lorebook, as the prompt has it.
fn lore(
    activation: Activation,
    book: &Lorebook,
    window: &Window,
    avoided: &Avoided,
    count: &dyn Fn(&str) -> usize,
) -> Lore {
    let left_out = activation.decisions.iter().flat_map(left_out).take(LEFT_OUT_MAX).collect();
    let mut lore = Lore { left_out, ..Lore::default() };
    for active in activation.entries {
        let entry = &book.entries[active.entry];
        // The specification has regular expressions win over `constant`.
        let constant = entry.constant && !entry.use_regex;
        let place = place_of(&active, constant, window.turns.len());
        let ActivatedEntry { label, content: mut text, tokens, disables, .. } = active;
        let veiled = match is_for(entry, constant, avoided) {
            Some(topic) => Some(Veiled { topic: topic.to_owned(), left: None }),
            None => Veil::new(avoided).over(&text),
        };
        let shortened = veiled.is_some();
        if let Some(veiled) = veiled {
            let left = veiled.left.unwrap_or_default();
            let tokens = tokens.saturating_sub(count(&left));
            lore.left_out.push(left_entry(&label, tokens, Reason::Avoided(veiled.topic)));
            text = left;
        }
        // What is held back wholly has no effect either.
        if shortened && text.is_empty() {
            continue;
        }
        lore.disabled.extend(disables.into_iter().map(|prompt| (prompt, label.clone())));
        if text.is_empty() {
            continue;
        }
        let priority = entry.priority.unwrap_or(entry.insertion_order) as i64;
        lore.texts.push(LoreText { label, text, constant, place, priority, shortened });
    }
    lore
}

/// The topic to avoid that an entry is for by what it is called, or by all words that call it up, whatever it says.
fn is_for<'a>(entry: &Entry, constant: bool, avoided: &'a Avoided) -> Option<&'a str> {
    let named = [&entry.name, &entry.comment].into_iter().find_map(|name| avoided.topic_of(name));
    let keys = if constant { &[][..] } else { &entry.keys };
    let mut topics = keys.iter().map(|key| avoided.topic_of(key));
    named.or_else(|| topics.next().flatten().filter(|_| topics.all(|topic| topic.is_some())))
}

fn scanned(turn: &Turn) -> ScannedMessage<'_> {
    let role = match turn.speaker {
        Speaker::User => Role::User,
        Speaker::Companion => Role::Assistant,
        Speaker::Narrator => Role::System,
    };
    ScannedMessage { role, text: &turn.text }
}

/// Where an entry stands in abide's prompt. Only decorators bring one that comes and goes into the system message, whose words the
/// engine would read anew each time. What is somebody's words stands among the turns, of which there are `turns`; where it would be in the system
/// message, before all of them.
fn place_of(active: &ActivatedEntry, constant: bool, turns: usize) -> LorePlace {
    let speaker = match active.role {
        Role::System => None,
        Role::User => Some(Speaker::User),
        Role::Assistant => Some(Speaker::Companion),
    };
    let place = place_of_note(active.placement, constant);
    match (place, speaker) {
        (LorePlace::Note(depth), Some(speaker)) => LorePlace::Spoken(depth, speaker),
        (LorePlace::BeforePersona | LorePlace::AfterPersona, Some(speaker)) => {
            LorePlace::Spoken(turns, speaker)
        }
        _ => place,
    }
}

fn place_of_note(placement: Placement, constant: bool) -> LorePlace {
    match placement {
        Placement::AtDepth(depth) => LorePlace::Note(depth as usize),
        Placement::BeforeDescription => LorePlace::BeforeDescription,
        Placement::AfterDescription => LorePlace::AfterDescription,
        Placement::Personality => LorePlace::Personality,
        Placement::Scenario => LorePlace::Scenario,
        _ if !constant => LorePlace::Note(0),
        Placement::BeforeCharacter => LorePlace::BeforePersona,
        Placement::AfterCharacter | Placement::BeforeExamples | Placement::AfterExamples => {
            LorePlace::AfterPersona
        }
    }
}

/// What of an entry is not in the prompt though its author meant it to be.
fn left_out(decision: &Decision) -> Vec<LeftOut> {
    let left = |tokens, reason| left_entry(&decision.label, tokens, reason);
    let invalid = decision
        .invalid_keys
        .iter()
        .map(|(key, problem)| left(0, Reason::InvalidKey { key: key.clone(), problem: problem.clone() }));
    let mut all: Vec<LeftOut> = invalid.collect();
    match decision.outcome {
        Outcome::Included(_) | Outcome::Empty => {
            let unknown = decision.ignored_decorators.iter().cloned();
            all.extend(unknown.map(|name| left(0, Reason::UnknownDecorator(name))));
        }
        Outcome::Budget { tokens } => all.push(left(tokens, Reason::OverBudget)),
        _ => {}
    }
    all
}

fn left_entry(label: &str, tokens: usize, reason: Reason) -> LeftOut {
    LeftOut {
        kind: SectionKind::Lorebook,
        label: label.to_owned(),
        messages: Vec::new(),
        fact: None,
        tokens,
        reason,
    }
}
