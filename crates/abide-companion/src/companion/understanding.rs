//! What is understood of a message once it is kept: facts, the mood. All of it can be made again, so a failure is logged and holds
//! nothing up. Must not know prompts, and is given the user's own words alone: what was put into a prompt is never understood again.

mod correcting;

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::error::CompanionResult;
use super::forgetting;
use super::guarded::attempt;
use super::knowledge::Knowledge;
use super::reply::Notice;
use super::settings::Settings;
use super::shared::Shared;
use super::turn::notice;
use super::{persona_texts, planning};
use crate::care::{FORGET, FORGOTTEN, KEPT, forget_notice, forgotten_notice, kept_notice};
use crate::facts::{self, Change, Fact, KnownFact, Told};
use crate::language::Language;
use crate::mood;
use crate::store::{self, CompanionId, FactId, FactOrigin, FactSource, NewFact};
use crate::transcript::{Message, Speaker};

/// Understands one message of the user's; what they might be told of it.
pub(super) fn understand(
    shared: &Shared,
    companion: CompanionId,
    message: &Message,
    settings: &Settings,
) -> Vec<Notice> {
    if message.content.speaker != Speaker::User {
        return Vec::new();
    }
    if settings.moods
        && let Err(error) = attempt(|| keep_mood(shared, companion, message))
    {
        tracing::warn!(%error, %companion, "the mood of a message was not kept");
    }
    let mut notices = Vec::new();
    if settings.find_facts {
        let found =
            attempt(|| Listener::new(shared, companion, settings)?.hear(message, FactOrigin::Pattern));
        match found {
            Ok(found) => notices = found,
            Err(error) => tracing::warn!(%error, %companion, "no facts were taken from a message"),
        }
    }
    notices
}

/// What the user is called, if a fact says so.
pub(super) fn told_name(shared: &Shared, companion: CompanionId) -> CompanionResult<Option<String>> {
    let knowledge = shared.knowledge(companion)?;
    let is_name =
        |fact: &&store::Fact| fact.content.subject == facts::USER && fact.content.predicate == "name";
    Ok(knowledge.facts.iter().rfind(is_name).map(|fact| fact.content.value.clone()))
}

/// What patterns find in `text` about the same as `fact` is about: another value of it.
pub(super) fn value_in(
    shared: &Shared,
    companion: CompanionId,
    fact: &NewFact,
    text: &str,
) -> CompanionResult<Option<String>> {
    let settings = shared.settings(companion)?;
    let listener = Listener::new(shared, companion, &settings)?;
    let knowledge = shared.knowledge(companion)?;
    let at = shared.local(shared.now(), &settings);
    let found = facts::extract(text, listener.told(&at, &knowledge)).facts;
    let mut about = found
        .into_iter()
        .filter(|found| (&found.subject, &found.predicate) == (&fact.subject, &fact.predicate));
    Ok(about.next().map(|found| found.value))
}

fn keep_mood(shared: &Shared, companion: CompanionId, message: &Message) -> CompanionResult<()> {
    let Some(reading) = mood::read(&message.content.text) else { return Ok(()) };
    let label = Some(reading.emotion.label().to_owned());
    let mood = store::Mood { message: message.id, valence: reading.valence, label };
    Ok(shared.store.set_mood(companion, &mood)?)
}

/// Takes facts from what a user says.
pub(super) struct Listener<'a> {
    shared: &'a Shared,
    companion: CompanionId,
    settings: &'a Settings,
    user_name: Option<String>,
}

impl<'a> Listener<'a> {
    /// For the user of one companion.
    pub fn new(shared: &'a Shared, companion: CompanionId, settings: &'a Settings) -> CompanionResult<Self> {
        let told = planning::user_name(shared, companion, settings)?;
        let persona = shared.persona(companion)?;
        let user_name = persona_texts::name(&persona, told.as_deref()).map(str::to_owned);
        Ok(Self { shared, companion, settings, user_name })
    }

    /// Keeps the facts that patterns find in a message; what the user might be told of it.
    pub fn hear(&self, message: &Message, origin: FactOrigin) -> CompanionResult<Vec<Notice>> {
        self.put_right(message, origin)?;
        let knowledge = self.shared.knowledge(self.companion)?;
        let at = self.at(message);
        let told = self.told(&at, &knowledge);
        let text = &message.content.text;
        let extraction = match self.spoken_before(message)? {
            Some(before) => facts::extract_after(text, &before, told),
            None => facts::extract(text, told),
        };
        let mut notices = Vec::new();
        for wish in extraction.forget.iter().filter(|_| origin == FactOrigin::Pattern) {
            let gone = forgetting::withdraw(self.shared, self.companion, self.settings, message, wish)?;
            let language = Language::detect(&wish.quote);
            if gone.is_empty() {
                notices.push(notice(FORGET, forget_notice(&wish.what, language)));
            }
            notices.extend(
                gone.iter().map(|fact| notice(FORGOTTEN, forgotten_notice(&fact.content.text, language))),
            );
        }
        for fact in extraction.facts {
            let existing = self.shared.knowledge(self.companion)?.known(message.content.time);
            let fact = facts::by_known_name(&existing, &fact).unwrap_or(fact);
            for change in facts::supersede(&existing, &fact) {
                if let Change::Flag { id } = change {
                    let kept = self.shared.store.fact(self.companion, FactId(id))?.content.text;
                    notices.push(notice(KEPT, kept_notice(&fact.text, &kept, fact.language)));
                }
                self.apply(message, &fact, &change, origin)?;
            }
        }
        Ok(notices)
    }

    /// Asks the model that `ask` gives for the facts in `messages`, and keeps those that are quoted. What is known from patterns or from the
    /// user stays as it is: a model only adds to it.
    pub fn hear_by_model(
        &self,
        messages: &[Message],
        ask: impl FnOnce(&[&str], Told<'_>) -> CompanionResult<Vec<Fact>>,
    ) -> CompanionResult<()> {
        let Some(last) = messages.last() else { return Ok(()) };
        let knowledge = self.shared.knowledge(self.companion)?;
        let at = self.at(last);
        let texts: Vec<&str> = messages.iter().map(|message| message.content.text.as_str()).collect();
        let told = self.told(&at, &knowledge);
        for mut fact in ask(&texts, told)? {
            let Some(source) = messages.iter().rfind(|message| message.content.text.contains(&fact.quote))
            else {
                continue;
            };
            fact.said = source.content.time;
            let knowledge = self.shared.knowledge(self.companion)?;
            // Models word predicates as they like: of one kind, the same value is the same fact.
            let known = knowledge.facts.iter().find(|known| {
                let known = &known.content;
                known.kind == fact.kind
                    && known.subject == fact.subject
                    && facts::same_value(&known.value, &fact.value)
            });
            if let Some(known) = known {
                if known.content.sources.iter().all(|known| known.message != source.id) {
                    self.apply(source, &fact, &Change::Known { id: known.id.0 }, FactOrigin::Model)?;
                }
                continue;
            }
            let by_model = |known: &KnownFact| {
                let known = knowledge.facts.iter().find(|fact| fact.id.0 == known.id);
                known.is_some_and(|fact| fact.content.origin == FactOrigin::Model)
            };
            let mut existing = knowledge.known(fact.said);
            for known in &mut existing {
                known.protected |= !by_model(known);
            }
            for change in facts::supersede(&existing, &fact) {
                self.apply(source, &fact, &change, FactOrigin::Model)?;
            }
        }
        Ok(())
    }

    fn told<'t>(&'t self, at: &'t Zoned, knowledge: &'t Knowledge) -> Told<'t> {
        let user_name = self.user_name.as_deref();
        Told { at, user_name, anchors: &knowledge.anchors, people: &knowledge.people }
    }

    /// When and where it was said. An offset of nothing says as a rule how times are written, not where somebody was.
    fn at(&self, message: &Message) -> Zoned {
        let content = &message.content;
        let offset = content.offset_seconds.filter(|&seconds| seconds != 0);
        match offset.and_then(|seconds| Offset::from_seconds(seconds).ok()) {
            Some(offset) => content.time.to_zoned(offset.to_time_zone()),
            None => self.shared.local(content.time, self.settings),
        }
    }

    fn apply(
        &self,
        message: &Message,
        fact: &Fact,
        change: &Change,
        origin: FactOrigin,
    ) -> CompanionResult<()> {
        let (store, companion) = (&self.shared.store, self.companion);
        let source = FactSource { message: message.id, quote: Some(fact.quote.clone()) };
        match change {
            Change::Add { supersedes } => {
                let new = new_fact(fact, source, origin);
                let older: Vec<FactId> = supersedes.iter().map(|id| FactId(*id)).collect();
                store.supersede_facts(companion, &older, new)?;
            }
            Change::AddPast { superseded_by } => {
                let newer = store.fact(companion, FactId(*superseded_by))?;
                let end = newer.content.valid_from.unwrap_or(newer.created);
                let new = NewFact { valid_to: Some(end), ..new_fact(fact, source, origin) };
                store.add_fact(companion, new)?;
            }
            Change::Known { id } => store.add_fact_source(companion, FactId(*id), &source)?,
            Change::End { id, at } => {
                store.end_fact(companion, FactId(*id), *at, message.id)?;
            }
            Change::Again { id } => {
                let off = store.fact(companion, FactId(*id))?.content;
                let day = facts::known_date(&off.subject, &off.predicate, &off.value);
                let day = day.and_then(|day| Date::new(day.year?, day.month, day.day).ok());
                let next = day
                    .and_then(|day| day.tomorrow().ok()?.to_zoned(self.at(message).time_zone().clone()).ok());
                let valid_to = next.map(|next| next.timestamp());
                let new =
                    NewFact { valid_from: Some(fact.said), valid_to, sources: vec![source], origin, ..off };
                store.add_fact(companion, new)?;
            }
            Change::Flag { .. } => {}
        }
        Ok(())
    }
}

fn new_fact(fact: &Fact, source: FactSource, origin: FactOrigin) -> NewFact {
    NewFact {
        kind: fact.kind,
        subject: fact.subject.clone(),
        predicate: fact.predicate.clone(),
        value: fact.value.clone(),
        text: fact.text.clone(),
        language: Some(fact.language.tag().to_owned()),
        valid_from: Some(fact.valid_from.unwrap_or(fact.said)),
        valid_to: fact.valid_to,
        sources: vec![source],
        confidence: fact.confidence,
        pinned: false,
        origin,
    }
}
