//! What a grammar may cost. All of these are far above what people's schemas need, and low enough that hostile ones do no
//! harm: the tests try.

use std::time::Duration;

use llguidance::api::ParserLimits;

/// Longest schema (as JSON text), regular expression or grammar, in bytes.
pub(super) const TEXT_BYTES_MAX: usize = 128 << 10;

/// Most values in a schema.
pub(super) const SCHEMA_VALUES_MAX: usize = 20_000;

/// Deepest nesting of a schema's values.
pub(super) const SCHEMA_DEPTH_MAX: usize = 100;

/// Most bytes of the JSON pointers to all of a schema's values together: some walks keep them.
pub(super) const SCHEMA_POINTERS_MAX: usize = 8 << 20;

/// Deepest nesting of brackets in a grammar or regular expression.
pub(super) const BRACKETS_DEPTH_MAX: usize = 200;

/// Stack of the thread that compiles. Recursion is as deep as a chain of definitions is long; only what is used takes memory.
pub(super) const STACK_BYTES: usize = 256 << 20;

/// Objects and lists that a schema lists as constants: an answer that may still be any of them has as many to keep in mind at each token.
pub(super) const LISTED_MAX: usize = 500;

/// Time to compile. What takes longer is refused; its thread ends by itself, since its work is limited as well.
pub(super) const COMPILE_TIME_MAX: Duration = Duration::from_secs(5);

/// Grammars compiled at a time, those included that nobody waits for any more.
pub(super) const COMPILING_MAX: usize = 2;

/// Time to follow a grammar from its start, and for each token more, shared by those that are followed at a time: some fifty times
/// what everyday grammars take.
pub(super) const FOLLOW_TIME_START: Duration = Duration::from_secs(2);
/// See [`FOLLOW_TIME_START`].
pub(super) const FOLLOW_TIME_EACH: Duration = Duration::from_millis(50);

/// Compiled grammars that are kept.
pub(super) const KEPT_MAX: usize = 32;

/// Their size in bytes, all together.
pub(super) const KEPT_BYTES_MAX: usize = 64 << 20;

/// Longest token that a prefix tree can hold; longer ones are never chosen under a grammar.
pub(super) const TOKEN_BYTES_MAX: usize = 1_000;

/// Most bytes of all tokens together that a prefix tree can hold.
pub(super) const VOCABULARY_BYTES_MAX: usize = 4_000_000;

/// The parser's own limits.
pub(super) fn parser() -> ParserLimits {
    ParserLimits {
        max_items_in_row: 2_000,
        initial_lexer_fuel: 1_000_000,
        step_lexer_fuel: 200_000,
        step_max_items: 50_000,
        // At one to two kilobytes each.
        max_lexer_states: 50_000,
        max_grammar_size: 200_000,
        precompute_large_lexemes: true,
        verbose_errors: false,
    }
}
