//! The texts by which a reader of an answer tells thoughts and calls of tools from the rest. Must not know how they are
//! tokenised, or who reads.

use abide_generation::ThoughtMarks;

/// Begins a call in [`ToolSyntax::Tagged`](abide_generation::ToolSyntax::Tagged).
pub(super) const CALL_OPEN: &str = "<tool_call>";
/// Ends it.
pub(super) const CALL_CLOSE: &str = "</tool_call>";
/// Begins the calls in [`ToolSyntax::Listed`](abide_generation::ToolSyntax::Listed).
pub(super) const CALLS_LISTED: &str = "[TOOL_CALLS]";

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    let thoughts = ThoughtMarks::KNOWN.iter().flat_map(|&(open, close)| [open, close]);
    thoughts.chain([CALL_OPEN, CALL_CLOSE, CALLS_LISTED])
}
