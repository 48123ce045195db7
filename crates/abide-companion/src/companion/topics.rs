//! Topics that the user wants avoided: whether a text is about one. Must not know prompts.

use super::error::CompanionResult;
use super::shared::Shared;
use crate::store::{CompanionId, FactFilter, FactKind};

/// The topics of one companion's user.
pub(super) struct Avoided(Vec<String>);

impl Avoided {
    pub fn of(shared: &Shared, companion: CompanionId) -> CompanionResult<Self> {
        let filter = FactFilter { kind: Some(FactKind::Avoid), current: true, ..FactFilter::default() };
        let facts = shared.store.facts(companion, filter)?;
        Ok(Self(
            facts
                .into_iter()
                .map(|fact| fact.content.value)
                .filter(|topic| !topic.trim().is_empty())
                .collect(),
        ))
    }

    /// The topic that `text` is about, if it is one to be avoided.
    pub fn topic_of(&self, text: &str) -> Option<&str> {
        let text = text.to_lowercase();
        self.0.iter().map(String::as_str).find(|topic| text.contains(&topic.to_lowercase()))
    }
}
