//! Numbers in JSON come to an end. A schema that gives no bounds lets a number have any number of digits, and small models do get lost
//! in them, as they do in white space. So numbers have as many digits as a reader can make use of, and no more: fewer texts are valid
//! then, and none that was not. Must not know tokens.
//!
//! The compiler has no option for it, so its lexemes are taken between its two steps, and what they match is narrowed. In the same
//! place numbers that it would take for others become what they are (`exact`).

mod exact;
mod multiples;
mod ranges;

use std::collections::BTreeSet;

use abide_generation::schema::{Decimal, reached};
use llguidance::api::{GrammarInit, GrammarWithLexer, ParserLimits, TopLevelGrammar};
use llguidance::derivre::raw::{DerivCache, RelevanceCache};
use llguidance::derivre::{ExprRef, JsonQuoteOptions, RegexAst, RegexBuilder};
use llguidance::earley::lexerspec::{LexemeClass, LexemeSpec, LexerSpec};
use llguidance::{ParserFactory, TokenParser};
use serde_json::{Deserializer, Value};

pub(super) use self::exact::{replace, replace_in_grammar};
use self::multiples::Multiples;

/// Digits before the point, and behind it: no double tells more of them apart.
const DIGITS_MAX: usize = 16;

/// As many where the schema itself has a number of more than that: those of the largest that has 64 bits.
const DIGITS_MORE: usize = 19;

/// As many where it has a number of still more: those of the largest and the least doubles.
const DIGITS_UTMOST: usize = 400;

/// Digits of an exponent.
const EXPONENT_DIGITS_MAX: usize = 3;

/// A parser for the grammar, in whose JSON numbers come to an end.
///
/// # Errors
/// When the grammar can't be compiled.
pub(super) fn create_parser(
    factory: &ParserFactory,
    grammar: GrammarWithLexer,
) -> Result<TokenParser, String> {
    let texts = match (&grammar.json_schema, &grammar.lark_grammar) {
        (Some(schema), _) => marked_texts(&schema.to_string()),
        (None, Some(lark)) => marked_texts(lark),
        (None, None) => BTreeSet::new(),
    };
    // Multiples of large numbers take too much to be counted in digits as well.
    if let Some(digits) = digits_of(&grammar)
        && let Ok(parser) = create_with(factory, grammar.clone(), &texts, Some(digits))
    {
        return Ok(parser);
    }
    create_with(factory, grammar, &texts, None)
}

/// A parser whose numbers have at most so many digits, if that is said, but for those of these texts.
fn create_with(
    factory: &ParserFactory,
    grammar: GrammarWithLexer,
    texts: &BTreeSet<String>,
    digits: Option<usize>,
) -> Result<TokenParser, String> {
    let is_json = grammar.json_schema.is_some();
    let init = GrammarInit::Serialized(TopLevelGrammar::from_grammar(grammar));
    let compiled = init.to_internal(Some(factory.tok_env().clone()), factory.limits().clone());
    let (grammar, mut lexer) = compiled.map_err(|error| format!("{error:#}"))?;
    let mut exact = Vec::new();
    for text in texts {
        let quoted =
            RegexAst::JsonQuote(Box::new(RegexAst::Literal(text.clone())), JsonQuoteOptions::regular());
        let quoted = lexer.regex_builder.mk(&quoted).map_err(|error| format!("{error:#}"))?;
        exact.push((quoted, wanted(&mut lexer.regex_builder, text)?));
    }
    rewrite(&mut lexer, |lexeme| {
        let matched = matched(lexeme)?;
        if let Some((_, wanted)) = exact.iter().find(|(quoted, _)| *quoted == matched) {
            return Some((RegexAst::ExprRef(*wanted), true));
        }
        // In a larger grammar all classes but the first are those of its parts.
        let is_number = is_json || lexeme.class() != LexemeClass::ROOT;
        let digits = digits.filter(|_| is_number)?;
        Some((RegexAst::And(vec![RegexAst::ExprRef(matched), short(digits)]), false))
    })?;
    check_beginnings(&lexer, factory.limits())?;
    let init = GrammarInit::Internal(grammar, lexer);
    factory.create_parser_from_init_default(init).map_err(|error| format!("{error:#}"))
}

/// The texts in a grammar that stand for numbers.
fn marked_texts(grammar: &str) -> BTreeSet<String> {
    let begin = format!("\"{}", exact::MARK);
    let text = |(place, _): (usize, &str)| {
        Deserializer::from_str(&grammar[place..]).into_iter::<String>().next()?.ok()
    };
    grammar.match_indices(&begin).filter_map(text).collect()
}

/// What a text says that is to be matched.
fn wanted(builder: &mut RegexBuilder, text: &str) -> Result<ExprRef, String> {
    let text = text.trim_start_matches(exact::MARK);
    if let Some(multiples) = text.strip_prefix(exact::MULTIPLE).and_then(Multiples::read) {
        return multiples.expression(builder);
    }
    let parts = text.split(exact::AND).map(|part| RegexAst::Regex(part.to_owned()));
    builder.mk(&RegexAst::And(parts.collect())).map_err(|error| format!("{error:#}"))
}

/// How many digits numbers may have, so that any of those that the grammar asks for by themselves can be written; `None`: there are
/// none.
fn digits_of(grammar: &GrammarWithLexer) -> Option<usize> {
    let most = match (&grammar.json_schema, &grammar.lark_grammar) {
        (Some(schema), _) => most_digits(schema),
        (None, Some(lark)) if lark.contains(exact::KEYWORD) => {
            let schemas = lark.split(exact::KEYWORD).skip(1);
            let schemas =
                schemas.filter_map(|text| Deserializer::from_str(text).into_iter::<Value>().next()?.ok());
            schemas.map(|schema| most_digits(&schema)).max().unwrap_or(0)
        }
        _ => return None,
    };
    Some(match most {
        // With one to spare: the next number above a bound may have one more.
        0..DIGITS_MAX => DIGITS_MAX,
        DIGITS_MAX..=DIGITS_MORE => DIGITS_MORE,
        more => more.saturating_add(1).min(DIGITS_UTMOST),
    })
}

/// The most digits before or behind the point that a number has which values are held to.
fn most_digits(schema: &Value) -> usize {
    const NUMBERS: [&str; 7] =
        ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "const", "enum"];
    let mut most = 0;
    for pointer in reached(schema).into_keys() {
        let Some(Value::Object(part)) = schema.pointer(&pointer) else { continue };
        let mut pending: Vec<_> = NUMBERS.iter().filter_map(|keyword| part.get(*keyword)).collect();
        while let Some(value) = pending.pop() {
            match value {
                Value::Number(number) => most = most.max(Decimal::new(number).digits()),
                Value::Array(values) => pending.extend(values),
                Value::Object(fields) => pending.extend(fields.values()),
                _ => {}
            }
        }
    }
    most
}

/// What is no number of more digits.
fn short(digits: usize) -> RegexAst {
    let more = digits + 1;
    let too_long = format!(
        "-?([0-9]{{{more},}}[0-9.eE+-]*|[0-9]+\\.[0-9]{{{more},}}[0-9eE+-]*|[0-9.]+[eE][+-]?[0-9]{{{},}})",
        EXPONENT_DIGITS_MAX + 1
    );
    RegexAst::Not(Box::new(RegexAst::Regex(too_long)))
}

/// Has lexemes match what `instead` says, and whether they must: otherwise a lexeme like one before it stays what it was.
fn rewrite(
    lexer: &mut LexerSpec,
    instead: impl Fn(&LexemeSpec) -> Option<(RegexAst, bool)>,
) -> Result<(), String> {
    let class = lexer.current_class;
    // Each keeps its place, by which the grammar knows it.
    for lexeme in std::mem::take(&mut lexer.lexemes) {
        let place = lexer.lexemes.len();
        if let Some((expression, must)) = instead(&lexeme) {
            lexer.current_class = lexeme.class();
            let mut add = |expression: RegexAst| {
                let added =
                    lexer.add_greedy_lexeme(String::new(), expression, false, None, lexeme.max_tokens());
                added.map_err(|error| format!("{error:#}"))?;
                Ok::<_, String>(lexer.lexemes.len() > place)
            };
            if !add(expression.clone())? && must {
                // The same, said so that it is another one.
                let nothing = RegexAst::Literal(format!("{}{place}", exact::MARK));
                add(RegexAst::And(vec![expression, RegexAst::Not(Box::new(nothing))]))?;
            }
        }
        if lexer.lexemes.len() == place {
            lexer.lexemes.push(lexeme);
        }
    }
    lexer.current_class = class;
    Ok(())
}

/// What a lexeme matches, if it is one of JSON's other than marks and names, and greedy as those are. Only its text tells.
fn matched(lexeme: &LexemeSpec) -> Option<ExprRef> {
    let text = lexeme.to_string(100, None);
    let (before, id) = text.strip_suffix(')')?.rsplit_once(" (ExprRef ")?;
    if before.contains('(') {
        return None;
    }
    id.parse().ok().map(ExprRef::new)
}

/// Whether the compiler's first look at a lexer comes to an end: it goes through all that each lexeme may begin with until it knows that each has
/// an end, and it has no limit of its own there. What takes more than a token may would break the answer off later.
fn check_beginnings(lexer: &LexerSpec, limits: &ParserLimits) -> Result<(), String> {
    let mut fuel = limits.initial_lexer_fuel;
    let mut expressions = lexer.regex_builder.exprset().clone();
    let (mut derivatives, mut ends) = (DerivCache::new(), RelevanceCache::new());
    for expression in lexer.lexemes.iter().filter_map(expression) {
        for byte in 0..=u8::MAX {
            let before = expressions.cost();
            let behind = derivatives.derivative(&mut expressions, expression, byte);
            let told = ends.is_non_empty_limited(&mut expressions, behind, fuel.min(limits.step_lexer_fuel));
            fuel = fuel.saturating_sub(expressions.cost() - before);
            if told.is_err() || fuel == 0 {
                return Err("it takes too much to find out what it begins with".to_owned());
            }
        }
    }
    Ok(())
}

/// What a lexeme matches, if it is more than a text.
fn expression(lexeme: &LexemeSpec) -> Option<ExprRef> {
    let text = lexeme.to_string(100, None);
    let (_, id) = text.rsplit_once(" (ExprRef ")?;
    id.split(')').next()?.trim().parse().ok().map(ExprRef::new)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn digits_are_counted_of_what_values_are_held_to() {
        for (schema, most) in [
            (json!({}), 0),
            (json!({"properties": {"a": {"maximum": 12.345}}, "title": "99999999"}), 3),
            (json!({"minimum": -9_223_372_036_854_774_784_i64}), 19),
            (json!({"items": {"const": {"a": [1e-7, 22]}}}), 7),
            (json!({"anyOf": [{"enum": [1e20]}, {"const": "12345"}]}), 21),
            (json!({"default": 1e-30, "examples": [6e-300], "x-step": 1e300, "minLength": 1000}), 0),
            (json!({"$defs": {"unused": {"const": 1e20}}}), 0),
        ] {
            assert_eq!(most_digits(&schema), most, "{schema}");
        }
    }
}
