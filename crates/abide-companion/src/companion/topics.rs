//! The topics that a companion's user wants avoided. Must not know how a text is seen to be about one.

use super::error::CompanionResult;
use super::shared::Shared;
use crate::store::{CompanionId, FactKind};
use crate::topics::Avoided;

/// The topics that are to be avoided now.
pub(super) fn avoided(shared: &Shared, companion: CompanionId) -> CompanionResult<Avoided> {
    let now = shared.now();
    let knowledge = shared.knowledge(companion)?;
    let facts = knowledge.facts.iter().filter(|fact| fact.content.kind == FactKind::Avoid);
    let now = facts.filter(|fact| fact.content.valid_to.is_none_or(|end| end > now));
    Ok(Avoided::new(now.map(|fact| fact.content.value.as_str())))
}
