//! What a prompt says about today: the date, how long ago the last talk was. Must not know budgets.

use jiff::Zoned;

use super::error::CompanionResult;
use super::planning::Request;
use crate::language::Language;
use crate::time::{describe_gap, describe_today};

/// Minutes of silence from which on the last talk is mentioned.
const GAP_MINUTES: i64 = 60;

/// The lines.
pub(super) fn lines(request: &Request<'_>, now: &Zoned, language: &str) -> CompanionResult<Vec<String>> {
    let language = Language::from_tag(language).unwrap_or_default();
    let mut lines = vec![describe_today(now, language)];
    if let Some(before) = request.question.content.parent {
        let last = request.shared.store.message(request.companion, before)?.content.time;
        if now.timestamp().duration_since(last).as_mins() >= GAP_MINUTES {
            let gap = describe_gap(&last.to_zoned(now.time_zone().clone()), now, language);
            lines.push(last_talk(&gap, language));
        }
    }
    Ok(lines)
}

fn last_talk(gap: &str, language: Language) -> String {
    match language {
        Language::English => format!("The last talk was {gap}."),
        Language::French => format!("La dernière conversation a eu lieu {gap}."),
        Language::Chinese => format!("上次谈话是在{gap}。"),
    }
}
