//! The topics that a companion's user wants avoided, out of the store. Must not know how a text is seen to be about one.

use super::error::CompanionResult;
use super::shared::Shared;
use crate::store::{CompanionId, FactFilter, FactKind};
use crate::topics::Avoided;

/// The topics that are to be avoided now.
pub(super) fn avoided(shared: &Shared, companion: CompanionId) -> CompanionResult<Avoided> {
    let filter = FactFilter { kind: Some(FactKind::Avoid), current: true, ..FactFilter::default() };
    let now = shared.now();
    let mut facts = shared.store.facts(companion, filter)?;
    facts.retain(|fact| fact.content.valid_to.is_none_or(|end| end > now));
    Ok(Avoided::new(facts.iter().map(|fact| fact.content.value.as_str())))
}
