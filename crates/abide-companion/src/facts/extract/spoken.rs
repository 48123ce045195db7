//! What a clause speaks of without naming it: a pronoun, or a bare name. Must not know what was told before.

use std::sync::LazyLock;

use regex::Regex;

use super::{Pattern, SENTENCE_BYTES_MAX};
use crate::language::head;
use crate::text::sentence::sentences;
use crate::time;

/// By what the first words of a message may mean what the one before it told of, and say that it is gone or on another day.
static GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
    time::compiled(concat!(
        r"\b(?:sold|stolen|scrapped|gave|given|gifted|passed|handed|got\s+rid|donated|mov(?:e|ed)|postponed|(?:re)?scheduled|pushed|brought|cancell?ed|called|off|on|happening|put)\b",
        r"|vendu|volé|jeté|donné|offert|légué|cédé|bazardé|report|décal|déplac|repouss|avanc|annul|supprim|maintenu|à l['’]eau|lieu",
        r"|卖|賣|扔|偷|丢|送|给|捐|改|推迟|推遲|延|提前|顺延|取消|恢复|照常|如期",
    ))
});

/// Whether a message may go on from the one before it.
pub(in crate::facts) fn may_go_on(message: &str) -> bool {
    let first = sentences(head(message, SENTENCE_BYTES_MAX)).into_iter().next();
    first.is_some_and(|first| GOES_ON.is_match(&message[first]))
}

/// What speaks of a thing without naming it: a pronoun, or the `bare` name.
pub(super) struct Reference<'c> {
    pub(super) bare: Option<&'c str>,
}

/// By what a clause that fits a pattern speaks of something that was told of before.
pub(super) fn reference<'c>(pattern: &Pattern, clause: &'c str) -> Option<Reference<'c>> {
    let found = if pattern.refers { pattern.regex.captures(clause) } else { None }?;
    let bare = found.name("bare").map(|bare| bare.as_str());
    (bare.is_some() || found.name("it").is_some()).then_some(Reference { bare })
}
