//! Gathers what a prompt is planned from and has it planned. Must not know who asks, or what becomes of the reply.

use std::collections::HashMap;
use std::sync::Arc;

use abide_generation::{Generator, Prompt};
use jiff::Zoned;

use super::error::CompanionResult;
use super::guarded::attempt_or_default;
use super::path::SinceBegun;
use super::settings::Settings;
use super::shared::Shared;
use super::topics::{avoided, veiled};
use super::{facts, lore, notices, persona_texts, recalling, summing, understanding};
use crate::lorebook::UiPrompt;
use crate::persona::{Persona, spoken};
use crate::prompt::{
    Assembler, Budgets, CONTEXT_TOKENS_DEFAULT, Inputs, LeftOut, PersonaTexts, Plan, PromptError, Reason,
    SectionKind, TokenCounter, Turn, Window, choose_window,
};
use crate::store::CompanionId;
use crate::topics::{Avoided, Veil};
use crate::transcript::{Message, MessageId};

/// Where the first message of the window is kept.
pub(super) const WINDOW_START: &str = "window_start";

/// What a prompt is planned for.
pub(super) struct Request<'a> {
    pub shared: &'a Shared,
    pub companion: CompanionId,
    pub settings: &'a Settings,
    /// The message to be answered.
    pub question: &'a Message,
    pub generator: &'a dyn Generator,
    /// Tokens to keep free for the reply, if not as the settings say.
    pub reply_tokens: Option<usize>,
    /// Instructions for this reply alone.
    pub instructions: String,
    /// Whether the reply is not for the conversation, so that nothing is kept of its prompt.
    pub aside: bool,
}

/// A plan, and the words that its prompt is made of.
pub(super) struct Planned {
    pub plan: Arc<Plan>,
    words: HashMap<MessageId, String>,
    /// What the lorebook remembers from this turn on.
    pub lore_state: Option<serde_json::Value>,
}

impl Planned {
    /// The prompt.
    pub fn prompt(&self) -> Prompt {
        self.plan.prompt(&|id| self.words.get(&id).cloned())
    }

    /// See [`Plan::own_beginning`].
    pub fn beginning(&self) -> Option<Prompt> {
        self.plan.own_beginning(&|id| self.words.get(&id).cloned())
    }
}

/// The language of the prompt's fixed words.
pub(super) fn language(persona: &Persona, settings: &Settings) -> String {
    let chosen = settings.language.as_deref().or(Some(persona.language.as_str()));
    chosen.filter(|language| !language.is_empty()).unwrap_or("en").to_owned()
}

/// What a prompt is made with, whatever is chosen for it.
struct Basis {
    persona: Persona,
    language: String,
    user_name: Option<String>,
    now: Zoned,
    expander: lore::Expander,
    avoided: Avoided,
    budgets: Budgets,
}

impl Basis {
    fn of(request: &Request<'_>) -> CompanionResult<Self> {
        let Request { shared, companion, settings, question, generator, .. } = *request;
        let persona = shared.persona(companion)?;
        let language = language(&persona, settings);
        let context = settings.context_tokens.unwrap_or(CONTEXT_TOKENS_DEFAULT);
        let context = context.min(generator.description().context_length);
        let budgets = Budgets::new(context, request.reply_tokens.or(settings.reply_tokens));
        let user_name = user_name(shared, companion, settings)?;
        let now = shared.local(shared.now(), settings);
        let uid = shared.store.companion(companion)?.uid;
        let called = user_name.as_deref();
        let expander = lore::Expander::new(uid, &persona, &language, called, now.clone(), question.id.0);
        let avoided = avoided(shared, companion)?;
        Ok(Self { persona, language, user_name, now, expander, avoided, budgets })
    }

    /// The persona's texts, without those of abide's own that are `disabled`.
    fn texts(&self, disabled: &[UiPrompt]) -> PersonaTexts {
        let expand = |text: &str, place: &str| self.expander.expand(text, place);
        persona_texts::texts(&self.persona, &self.language, self.user_name.as_deref(), disabled, &expand)
    }
}

/// Whether the prompt for the message begins with another turn than the last one. Costs little beside the plan, and keeps nothing.
pub(super) fn window_moves(request: &Request<'_>) -> CompanionResult<bool> {
    let counter = TokenCounter::new(request.generator, &request.shared.counts);
    let basis = Basis::of(request)?;
    let mut texts = basis.texts(&[]);
    hold_back_examples(&mut texts, &basis.avoided, &counter)?;
    let assembler = Assembler::new(&counter, basis.budgets, &texts)?;
    Ok(recent(request, &counter, &assembler)?.moved)
}

/// Plans the prompt for the message.
pub(super) fn plan(request: &Request<'_>) -> CompanionResult<Planned> {
    let Request { shared, companion, question, generator, .. } = *request;
    let counter = TokenCounter::new(generator, &shared.counts);
    let basis = Basis::of(request)?;
    let Basis { persona, user_name, now, expander, avoided, budgets, .. } = &basis;
    let mut texts = basis.texts(&[]);
    let mut left_out = hold_back_examples(&mut texts, avoided, &counter)?;
    let assembler = Assembler::new(&counter, *budgets, &texts)?;
    let window = recent(request, &counter, &assembler)?;
    if let (true, Some(first)) = (window.moved && !request.aside, window.turns.first()) {
        keep_start(shared, companion, first.id)?;
    }
    let words: HashMap<MessageId, String> =
        window.turns.iter().map(|turn| (turn.id, turn.text.clone())).collect();
    let recalled =
        attempt_or_default("memories", || recalling::recall(request, &window, &texts, budgets, now))?;
    let lore = lore::active(request, (persona, expander), &window, avoided, (&counter, budgets.lorebook))?;
    left_out.extend(lore.left_out);
    let name = persona_texts::name(persona, user_name.as_deref());
    let wanted = recalled.facts.iter().map(|fact| fact.id).collect();
    let facts = attempt_or_default("facts", || {
        facts::for_prompt(request, &window, &wanted, (name, &texts), (&counter, budgets.facts))
    })?;
    let spared = (!lore.disabled.is_empty()).then(|| {
        let disabled: Vec<UiPrompt> = lore.disabled.iter().map(|(prompt, _)| *prompt).collect();
        PersonaTexts { examples: texts.examples.clone(), ..basis.texts(&disabled) }
    });
    let assembler = match &spared {
        Some(spared) => {
            left_out.extend(persona_texts::disabled(&lore.disabled, &texts, spared, &counter)?);
            Assembler::new(&counter, *budgets, spared)?
        }
        None => assembler,
    };
    let mut held_back = recalled.held_back;
    held_back.extend(facts.held_back);
    let inputs = Inputs {
        facts: facts.texts,
        summary: attempt_or_default("summary", || {
            summing::for_window(shared, companion, &window, question, &texts)
        })?,
        lore: lore.texts,
        left_out,
        memories: recalled.memories,
        notices: attempt_or_default("notices", || notices::lines(request, now, &texts))?,
        instructions: request.instructions.clone(),
        recall: recalled.report,
        held_back,
        veiled: veiled(avoided, &window.turns),
        window,
    };
    let plan = assembler.plan(&inputs, &|id| words.get(&id).cloned())?;
    Ok(Planned { plan: Arc::new(plan), words, lore_state: lore.state })
}

/// What the user is called where the persona doesn't say: as they chose, or as they told.
pub(super) fn user_name(
    shared: &Shared,
    companion: CompanionId,
    settings: &Settings,
) -> CompanionResult<Option<String>> {
    match &settings.user_name {
        Some(name) => Ok(Some(spoken(name).to_owned())),
        None => understanding::told_name(shared, companion),
    }
}

/// The texts of the persona as they stand in a prompt.
pub(super) fn persona_texts(
    shared: &Shared,
    companion: CompanionId,
    persona: &Persona,
    settings: &Settings,
) -> CompanionResult<PersonaTexts> {
    let language = language(persona, settings);
    let user_name = user_name(shared, companion, settings)?;
    let now = shared.local(shared.now(), settings);
    let uid = shared.store.companion(companion)?.uid;
    let expander = lore::Expander::new(uid, persona, &language, user_name.as_deref(), now, 0);
    Ok(persona_texts::texts(persona, &language, user_name.as_deref(), &[], &|text, place| {
        expander.expand(text, place)
    }))
}

/// Leaves example dialogues about topics to avoid empty, and tells of them. Half a dialogue shows nobody how to talk.
fn hold_back_examples(
    texts: &mut PersonaTexts,
    avoided: &Avoided,
    counter: &TokenCounter<'_>,
) -> CompanionResult<Vec<LeftOut>> {
    let mut held_back = Vec::new();
    for (index, example) in texts.examples.iter_mut().enumerate() {
        if let Some(veiled) = Veil::new(avoided).over(example) {
            held_back.push(LeftOut {
                kind: SectionKind::Examples,
                label: format!("example {}", index + 1),
                messages: Vec::new(),
                fact: None,
                tokens: counter.count(example).map_err(PromptError::from)?,
                reason: Reason::Avoided(veiled.topic),
            });
            example.clear();
        }
    }
    Ok(held_back)
}

/// Has the next prompt begin with this message, as long as it fits.
pub(super) fn keep_start(shared: &Shared, companion: CompanionId, first: MessageId) -> CompanionResult<()> {
    shared.keep(companion, WINDOW_START, "start of the window", Some(&first))
}

/// The recent turns. Where they begin is kept by whoever uses them, so that the next prompt begins with the same words.
fn recent(
    request: &Request<'_>,
    counter: &TokenCounter<'_>,
    assembler: &Assembler<'_>,
) -> CompanionResult<Window> {
    let Request { shared, companion, question, .. } = *request;
    let start: Option<MessageId> = shared.stored(companion, WINDOW_START, "start of the window")?;
    let mut older = SinceBegun::than(&shared.store, companion, question)?;
    let next = || Ok::<_, super::CompanionError>(older.next()?.map(turn));
    let (budget, overhead) = (assembler.recent_budget(), assembler.turn_overhead());
    choose_window(counter, budget, overhead, start, turn(question.clone()), next)
}

pub(super) fn turn(message: Message) -> Turn {
    Turn { id: message.id, speaker: message.content.speaker, text: message.content.text }
}
