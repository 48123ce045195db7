//! Macros and the lorebook of a persona in a turn. Must not know how either works: that is [`crate::macros`]' and [`crate::lorebook`]'s.

use jiff::Zoned;

use super::error::CompanionResult;
use super::planning::Request;
use super::shared::{read, write};
use crate::lorebook::{LorebookInput, LorebookState, Placement, Role, ScannedMessage, activate};
use crate::macros::{MacroContext, expand};
use crate::persona::Persona;
use crate::prompt::{LoreText, TokenCounter, Window};
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

/// Active entries.
#[derive(Default)]
pub(super) struct Lore {
    /// In the order in which they are to stand.
    pub texts: Vec<LoreText>,
    /// What the lorebook remembers.
    pub state: Option<serde_json::Value>,
}

/// The entries that the recent turns call up.
pub(super) fn active(
    request: &Request<'_>,
    persona: &Persona,
    expander: &Expander,
    window: &Window,
    counter: &TokenCounter<'_>,
    tokens: usize,
) -> CompanionResult<Lore> {
    let Some(book) = persona.lorebook.as_ref().filter(|book| !book.entries.is_empty()) else {
        return Ok(Lore::default());
    };
    let store = &request.shared.store;
    let before = request.question.content.parent;
    let state = before.map(|before| store.lorebook_state(request.companion, before)).transpose()?.flatten();
    let state: LorebookState =
        state.map(|state| read("state of the lorebook", state)).transpose()?.unwrap_or_default();
    let messages: Vec<ScannedMessage<'_>> = window
        .turns
        .iter()
        .map(|turn| ScannedMessage {
            role: match turn.speaker {
                Speaker::User => Role::User,
                Speaker::Companion => Role::Assistant,
                Speaker::Narrator => Role::System,
            },
            text: &turn.text,
        })
        .collect();
    let message_count = store.path_length(request.companion)?;
    // Where a text can't be counted, the plan's own count will tell.
    let count = |text: &str| counter.count(text).unwrap_or(text.len() / 3);
    let input = LorebookInput {
        messages: &messages,
        message_count,
        // Turns alternate, so half of them are the companion's.
        reply_count: message_count / 2,
        token_budget: tokens,
        count_tokens: &count,
        macros: expander.context("lorebook"),
        state: &state,
        greeting: None,
        user_icon: None,
        context_full: window.moved,
    };
    let activation = activate(&[book], &input);
    let texts = activation.entries.into_iter().map(|active| {
        let entry = &book.entries[active.entry];
        let (constant, depth) = match active.placement {
            Placement::AtDepth(depth) => (false, depth as usize),
            _ => (entry.constant, 0),
        };
        LoreText {
            label: active.label,
            text: active.content,
            constant,
            before_persona: matches!(
                active.placement,
                Placement::BeforeCharacter | Placement::BeforeDescription
            ),
            depth,
            priority: entry.priority.unwrap_or(entry.insertion_order) as i64,
        }
    });
    Ok(Lore { texts: texts.collect(), state: Some(write("state of the lorebook", &activation.state)?) })
}
