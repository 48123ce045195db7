//! Facts by a language model, for those that are good enough: what it is asked, and what of its answer is believed. Must not know which models those are.
//!
//! Nothing is believed without words of the user's that say it: each fact must quote a message verbatim, its value must come from there, kinds must be known, and lengths stay within limits.
//! What fails is dropped, and counted.

use abide_generation::{
    Chat, Constraint, GenerationError, GenerationRequest, Generator, Message, Prompt, Role, Sampling,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Fact, Told, USER};
use crate::asking::ask;
use crate::language::Language;
use crate::store::FactKind;
use crate::text::stem::words;

/// Most facts that one answer may hold.
pub const FACTS_MAX: usize = 8;
/// Tokens of an answer.
const ANSWER_TOKENS_MAX: usize = 600;
/// Longest value and sentence, in characters.
const VALUE_CHARACTERS_MAX: usize = 120;
const TEXT_CHARACTERS_MAX: usize = 240;
/// How sure a model's fact is at most; what patterns find is surer.
const CONFIDENCE: f64 = 0.6;

/// The kinds that a model may name.
const KINDS: &[(&str, FactKind)] = &[
    ("identity", FactKind::Identity),
    ("person", FactKind::Person),
    ("preference", FactKind::Preference),
    ("place", FactKind::Place),
    ("work", FactKind::Work),
    ("health", FactKind::Health),
    ("possession", FactKind::Possession),
    ("event", FactKind::Event),
    ("goal", FactKind::Goal),
];

/// Why a fact of a model's answer was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dropped {
    /// The answer is no JSON of the form that was asked for.
    Malformed,
    /// No message holds the quote.
    QuoteNotFound,
    /// The quote is a question or too short to say anything.
    QuoteSaysNothing,
    /// The value has words that the quote does not have.
    ValueNotQuoted,
    /// The kind is none of those that were named.
    UnknownKind,
    /// Something is empty or too long.
    Length,
    /// There were more than [`FACTS_MAX`].
    TooMany,
}

/// What of an answer is believed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Verified {
    /// The facts, as [`super::extract`] would give them.
    pub facts: Vec<Fact>,
    /// One reason for each that was dropped.
    pub dropped: Vec<Dropped>,
}

#[derive(Deserialize)]
struct Answer {
    facts: Vec<Claim>,
}

#[derive(Deserialize)]
struct Claim {
    kind: String,
    predicate: String,
    value: String,
    text: String,
    quote: String,
}

/// What a model is asked for: the facts in these messages of the user's, oldest first, as JSON. Give it the user's own words and nothing that was put into a prompt.
pub fn request(messages: &[&str], language: Language) -> GenerationRequest {
    let name = match language {
        Language::English => "English",
        Language::French => "French",
        Language::Chinese => "Chinese",
    };
    let system = format!(
        "You read messages of one person and list lasting facts about that person. List only what the messages say \
         outright. For each fact copy the words that say it, exactly, as `quote`; take `value` from those words; write \
         `text` as one short sentence in {name} in the third person. Leave out questions, jokes, stories, wishes and what \
         is said of others. If there is no such fact, answer {{\"facts\": []}}."
    );
    let user = messages.iter().map(|message| format!("- {message}")).collect::<Vec<_>>().join("\n");
    let chat = Chat {
        messages: vec![Message::new(Role::System, system), Message::new(Role::User, user)],
        thinking: Some(false),
        ..Chat::default()
    };
    GenerationRequest {
        sampling: Sampling { temperature: 0.0, ..Sampling::default() },
        max_tokens: Some(ANSWER_TOKENS_MAX),
        constraint: Some(Constraint::JsonSchema(schema())),
        ..GenerationRequest::new(Prompt::Chat(chat))
    }
}

/// The schema of the answer.
fn schema() -> Value {
    let kinds: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
    let text = |characters: usize| json!({"type": "string", "minLength": 1, "maxLength": characters});
    json!({
        "type": "object",
        "properties": {
            "facts": {
                "type": "array",
                "maxItems": FACTS_MAX,
                "items": {
                    "type": "object",
                    "properties": {
                        "kind": {"enum": kinds},
                        "quote": text(TEXT_CHARACTERS_MAX),
                        "predicate": text(40),
                        "value": text(VALUE_CHARACTERS_MAX),
                        "text": text(TEXT_CHARACTERS_MAX)
                    },
                    "required": ["kind", "quote", "predicate", "value", "text"],
                    "additionalProperties": false
                }
            }
        },
        "required": ["facts"],
        "additionalProperties": false
    })
}

/// Asks a generator and verifies what it answers; `None`: `stop` said that the model is wanted for something else. Blocks the thread: not for
/// use inside a runtime.
///
/// # Errors
/// When the generator refuses or fails. An answer that makes no sense is no error: it is dropped.
pub fn extract(
    generator: &dyn Generator,
    messages: &[&str],
    told: Told<'_>,
    language: Language,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Verified>, GenerationError> {
    let answer = ask(generator, request(messages, language), stop)?;
    Ok(answer.map(|answer| verify(&answer.text, messages, told, language)))
}

/// What of a model's answer is believed.
pub fn verify(answer: &str, messages: &[&str], told: Told<'_>, language: Language) -> Verified {
    let mut verified = Verified::default();
    // Some models write around it.
    let inner = answer.find('{').zip(answer.rfind('}')).and_then(|(open, close)| answer.get(open..=close));
    let Some(parsed) = inner.and_then(|inner| serde_json::from_str::<Answer>(inner).ok()) else {
        verified.dropped.push(Dropped::Malformed);
        return verified;
    };
    for (index, claim) in parsed.facts.into_iter().enumerate() {
        let checked =
            if index < FACTS_MAX { check(&claim, messages, told, language) } else { Err(Dropped::TooMany) };
        match checked {
            Ok(fact) => verified.facts.push(fact),
            Err(reason) => verified.dropped.push(reason),
        }
    }
    verified
}

fn check(claim: &Claim, messages: &[&str], told: Told<'_>, language: Language) -> Result<Fact, Dropped> {
    let kind = KINDS.iter().find(|(name, _)| *name == claim.kind).ok_or(Dropped::UnknownKind)?.1;
    let fits = |text: &str, characters: usize| {
        let count = text.trim().chars().count();
        count > 0 && count <= characters
    };
    let lengths = fits(&claim.predicate, 40)
        && fits(&claim.value, VALUE_CHARACTERS_MAX)
        && fits(&claim.text, TEXT_CHARACTERS_MAX);
    if !lengths {
        return Err(Dropped::Length);
    }
    let quote = claim.quote.trim();
    let characters = quote.chars().count();
    let short = if language == Language::Chinese { characters < 3 } else { words(quote).count() < 2 };
    if short || quote.ends_with(['?', '？']) {
        return Err(Dropped::QuoteSaysNothing);
    }
    if !messages.iter().any(|message| message.contains(quote)) {
        return Err(Dropped::QuoteNotFound);
    }
    let lower = quote.to_lowercase();
    let value = claim.value.trim();
    let quoted = |word: &str| lower.contains(&word.to_lowercase());
    if !words(value).all(quoted) {
        return Err(Dropped::ValueNotQuoted);
    }
    Ok(Fact {
        kind,
        subject: USER.to_owned(),
        predicate: claim.predicate.trim().to_lowercase(),
        value: value.to_owned(),
        holds: true,
        text: claim.text.trim().to_owned(),
        quote: quote.to_owned(),
        valid_from: None,
        valid_to: None,
        began_by: None,
        replaces: false,
        said: told.at.timestamp(),
        confidence: CONFIDENCE,
        language,
    })
}

#[cfg(test)]
mod tests {
    use abide_generation::scripted::{Script, ScriptedGenerator};
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::facts::People;
    use crate::time::Anchors;

    const MESSAGES: [&str; 2] = ["I just moved to Lyon with Marc.", "Do you like cats? My knees hurt a lot."];

    fn run(answer: &str) -> Verified {
        let at = date(2023, 5, 9).at(14, 5, 0, 0).to_zoned(TimeZone::UTC).unwrap();
        let anchors = Anchors::default();
        let people = People::default();
        let told = Told { at: &at, user_name: None, anchors: &anchors, people: &people };
        let generator = ScriptedGenerator::new(vec![Script::answer(&[answer])]);
        let verified = extract(&generator, &MESSAGES, told, Language::English, &|| false).unwrap().unwrap();
        let requests = generator.requests();
        assert!(matches!(requests[0].constraint, Some(Constraint::JsonSchema(_))));
        verified
    }

    fn claim(kind: &str, value: &str, quote: &str) -> String {
        json!({"facts": [{"kind": kind, "predicate": "home", "value": value, "text": "They live there.", "quote": quote}]})
            .to_string()
    }

    #[test]
    fn what_is_quoted_is_believed() {
        let verified = run(&claim("place", "Lyon", "I just moved to Lyon"));
        assert_eq!(verified.dropped, []);
        assert_eq!(verified.facts[0].value, "Lyon");
        assert!(MESSAGES[0].contains(&verified.facts[0].quote));
    }

    #[test]
    fn what_is_not_is_dropped() {
        let table = [
            (claim("place", "Paris", "I just moved to Paris"), Dropped::QuoteNotFound),
            (claim("place", "Paris", "I just moved to Lyon"), Dropped::ValueNotQuoted),
            (claim("secret", "Lyon", "I just moved to Lyon"), Dropped::UnknownKind),
            (claim("preference", "cats", "Do you like cats?"), Dropped::QuoteSaysNothing),
            (claim("place", "", "I just moved to Lyon"), Dropped::Length),
            ("As an AI, I can't.".to_owned(), Dropped::Malformed),
            ("{\"facts\": [{\"kind\": \"place\"".to_owned(), Dropped::Malformed),
        ];
        for (answer, reason) in table {
            let verified = run(&answer);
            assert_eq!((verified.facts.len(), verified.dropped), (0, vec![reason]), "{answer}");
        }
    }

    #[test]
    fn a_refusal_is_an_error() {
        let at = date(2023, 5, 9).at(14, 5, 0, 0).to_zoned(TimeZone::UTC).unwrap();
        let anchors = Anchors::default();
        let people = People::default();
        let told = Told { at: &at, user_name: None, anchors: &anchors, people: &people };
        let generator = ScriptedGenerator::new(vec![Script::refused(GenerationError::Stopped)]);
        assert!(extract(&generator, &MESSAGES, told, Language::English, &|| false).is_err());
    }

    proptest! {
        #[test]
        fn any_answer_is_survived(answer in "[{}\\[\\]\":,a-z facts]{0,80}") {
            run(&answer);
        }
    }
}
