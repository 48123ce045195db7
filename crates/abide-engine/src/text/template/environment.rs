//! minijinja set up as transformers sets up Jinja, with limits. Must not know messages or tokens.
//!
//! Templates come from files that strangers made, so they are programs to be confined. minijinja's fuel
//! pays for instructions and for the data that they make. What it does not see is charged here: values
//! that share their parts (`[x, x]` thirty times over is a billion leaves) are counted before anything
//! prints or compares them, and methods that multiply texts are refused before they run. What operators
//! do with such values is beyond reach from here; that ends with the time limit, on a thread of its own
//! ([`super::render`]).

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, State, Value, escape_formatter, filters,
    syntax::SyntaxConfig,
    value::{Rest, Tuple, ValueKind},
};
use minijinja_contrib::pycompat;
use thiserror::Error as ThisError;

use super::{WallClock, json};

/// Work that one rendering may do: roughly instructions, or 64 bytes of data each.
const FUEL: u64 = 2_000_000;
/// Most digits in a row in the format string of `str.format`, so that no width is absurd.
const FORMAT_DIGITS_MAX: usize = 3;
/// Name of the template within its environment.
pub(super) const TEMPLATE_NAME: &str = "chat template";
/// Name under which a rendering finds its [`WallClock`].
pub(super) const CLOCK: &str = "__wall_clock";

/// What `raise_exception` was called with: the template refuses the conversation.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[error("{0}")]
pub(super) struct Refusal(pub String);

/// An environment that holds `source` under [`TEMPLATE_NAME`].
pub(super) fn environment(source: &str) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?;
    environment.set_syntax(syntax);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_debug(false);
    environment.set_formatter(|output, state, value| {
        charge_container(state, value)?;
        escape_formatter(output, state, value)
    });
    environment.set_unknown_method_callback(call_method);
    environment.remove_global("debug");
    environment.add_function("raise_exception", |state: &State, message: &Value| -> Result<Value, Error> {
        charge(state, message)?;
        let refusal = Refusal(message.to_string());
        Err(Error::new(ErrorKind::InvalidOperation, refusal.0.clone()).with_source(refusal))
    });
    environment.add_function("strftime_now", |state: &State, format: &str| -> String {
        let clock = state.lookup(CLOCK);
        let clock = clock.as_ref().and_then(|value| value.downcast_object_ref::<Moment>());
        clock.map_or_else(WallClock::now_utc, |moment| moment.0).format(format)
    });
    environment.add_filter("tojson", json::tojson);
    guard_filters(&mut environment);
    environment.add_template_owned(TEMPLATE_NAME, without_generation_tags(source))?;
    Ok(environment)
}

/// A [`WallClock`] as a value of a template's context, opaque to the template.
#[derive(Debug)]
pub(super) struct Moment(pub WallClock);

impl minijinja::value::Object for Moment {}

/// Puts a charge in front of the filters that print or compare whatever they are given.
fn guard_filters(environment: &mut Environment<'static>) {
    environment.remove_filter("pprint");
    let guarded = [
        ("safe", Value::from_function(filters::safe)),
        ("escape", Value::from_function(filters::escape)),
        ("e", Value::from_function(filters::escape)),
        ("lower", Value::from_function(filters::lower)),
        ("upper", Value::from_function(filters::upper)),
        ("title", Value::from_function(filters::title)),
        ("capitalize", Value::from_function(filters::capitalize)),
        ("replace", Value::from_function(filters::replace)),
        ("trim", Value::from_function(filters::trim)),
        ("join", Value::from_function(filters::join)),
        ("split", Value::from_function(filters::split)),
        ("lines", Value::from_function(filters::lines)),
        ("string", Value::from_function(filters::string)),
        ("format", Value::from_function(filters::format)),
        ("indent", Value::from_function(filters::indent)),
        ("dictsort", Value::from_function(filters::dictsort)),
        ("sort", Value::from_function(filters::sort)),
        ("unique", Value::from_function(filters::unique)),
        ("groupby", Value::from_function(filters::groupby)),
        ("min", Value::from_function(filters::min)),
        ("max", Value::from_function(filters::max)),
        ("sum", Value::from_function(filters::sum)),
        ("select", Value::from_function(filters::select)),
        ("reject", Value::from_function(filters::reject)),
        ("selectattr", Value::from_function(filters::selectattr)),
        ("rejectattr", Value::from_function(filters::rejectattr)),
    ];
    for (name, filter) in guarded {
        environment.add_filter(name, move |state: &mut State, arguments: Rest<Value>| {
            for argument in &arguments.0 {
                charge(state, argument)?;
            }
            check_growth(state, name, &arguments)?;
            filter.call(state, &arguments)
        });
    }
}

/// Refuses filters whose result would be out of proportion, where minijinja only looks afterwards.
fn check_growth(state: &State, filter: &str, arguments: &[Value]) -> Result<(), Error> {
    match (filter, arguments) {
        ("indent", [text, width, ..]) => {
            let lines = text.as_str().map_or(1, |text| text.lines().count());
            ensure(state, lines.saturating_mul(width.as_usize().unwrap_or(0)))
        }
        ("replace", [text, old, new, ..]) => check_replace(state, text, old, new),
        ("join", [items, separator, ..]) => {
            let separator = separator.as_str().map_or(64, str::len);
            ensure(state, items.len().unwrap_or(0).saturating_mul(separator))
        }
        _ => Ok(()),
    }
}

fn check_replace(state: &State, text: &Value, old: &Value, new: &Value) -> Result<(), Error> {
    let (Some(text), Some(old), Some(new)) = (text.as_str(), old.as_str(), new.as_str()) else {
        return Ok(());
    };
    ensure(state, text.matches(old).count().saturating_mul(new.len()).saturating_add(text.len()))
}

/// Fails if the remaining fuel would not pay for a text of `bytes`.
fn ensure(state: &State, bytes: usize) -> Result<(), Error> {
    match state.fuel_levels() {
        Some((_, remaining)) if bytes as u64 / 64 >= remaining => Err(Error::from(ErrorKind::OutOfFuel)),
        _ => Ok(()),
    }
}

/// As [`charge`], but free for what is no container: minijinja charges for that itself.
fn charge_container(state: &State, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Seq | ValueKind::Map | ValueKind::Iterable => charge(state, value),
        _ => Ok(()),
    }
}

/// Charges fuel for every value within `value` as often as it would be printed.
fn charge(state: &State, value: &Value) -> Result<(), Error> {
    let mut open = vec![value.clone()];
    while let Some(value) = open.pop() {
        state.consume_fuel(1 + value.as_str().map_or(0, str::len) as u64 / 64)?;
        match value.kind() {
            ValueKind::Seq | ValueKind::Iterable => {
                for item in value.try_iter()?.checked() {
                    open.push(item?);
                    ensure(state, open.len() * size_of::<Value>())?;
                }
            }
            ValueKind::Map => {
                for key in value.try_iter()?.checked() {
                    let key = key?;
                    open.push(value.get_item(&key)?);
                    open.push(key);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Python's methods of texts, lists and maps.
fn call_method(state: &mut State, value: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    for argument in arguments {
        charge(state, argument)?;
    }
    let Some(text) = value.as_str() else {
        return pycompat::unknown_method_callback(state, value, method, arguments);
    };
    state.consume_fuel(text.len() as u64 / 64)?;
    let argument = |index: usize| arguments.get(index).and_then(Value::as_str);
    match (method, arguments.len()) {
        ("replace", 2 | 3) => check_replace(state, value, &arguments[0], &arguments[1])?,
        ("join", 1) => ensure(state, arguments[0].len().unwrap_or(0).saturating_mul(text.len() + 64))?,
        ("format", _) => check_format(state, text, arguments)?,
        ("title", 0) => return Ok(Value::from(title(text))),
        ("removeprefix", 1) => {
            let prefix = argument(0).ok_or_else(|| not_a_text(method))?;
            return Ok(Value::from(text.strip_prefix(prefix).unwrap_or(text)));
        }
        ("removesuffix", 1) => {
            let suffix = argument(0).ok_or_else(|| not_a_text(method))?;
            return Ok(Value::from(text.strip_suffix(suffix).unwrap_or(text)));
        }
        ("partition", 1) => {
            let separator = argument(0).ok_or_else(|| not_a_text(method))?;
            let (before, after) = text.split_once(separator).unwrap_or((text, ""));
            return Ok(parts(text, before, separator, after, [text, "", ""]));
        }
        ("rpartition", 1) => {
            let separator = argument(0).ok_or_else(|| not_a_text(method))?;
            let (before, after) = text.rsplit_once(separator).unwrap_or((text, ""));
            return Ok(parts(text, before, separator, after, ["", "", text]));
        }
        ("rsplit", 1 | 2) => {
            let separator = argument(0).ok_or_else(|| not_a_text(method))?;
            let most = arguments.get(1).and_then(Value::as_i64).and_then(|most| usize::try_from(most).ok());
            if separator.is_empty() {
                return Err(Error::new(ErrorKind::InvalidOperation, "rsplit: empty separator"));
            }
            let limit = most.map_or(usize::MAX, |most| most.saturating_add(1));
            let mut pieces: Vec<Value> = text.rsplitn(limit, separator).map(Value::from).collect();
            pieces.reverse();
            return Ok(Value::from(pieces));
        }
        _ => {}
    }
    pycompat::unknown_method_callback(state, value, method, arguments)
}

fn not_a_text(method: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("{method}: the argument must be a text"))
}

/// Python's `str.title`: a letter after anything but a letter is upper case, any other lower case.
fn title(text: &str) -> String {
    let mut titled = String::with_capacity(text.len());
    let mut follows_letter = false;
    for character in text.chars() {
        if follows_letter {
            titled.extend(character.to_lowercase());
        } else {
            titled.extend(character.to_uppercase());
        }
        follows_letter = character.is_alphabetic();
    }
    titled
}

/// The tuple of `str.partition`; `absent` if the separator was not found.
fn parts(text: &str, before: &str, separator: &str, after: &str, absent: [&str; 3]) -> Value {
    let found = before.len() + separator.len() + after.len() == text.len();
    let parts = if found { [before, separator, after] } else { absent };
    Value::from(Tuple::from(parts.map(Value::from)))
}

/// Refuses format strings whose result could be out of proportion.
fn check_format(state: &State, format: &str, arguments: &[Value]) -> Result<(), Error> {
    let digits = format.split(|character: char| !character.is_ascii_digit()).map(str::len).max();
    if digits > Some(FORMAT_DIGITS_MAX) || format.contains(":{") {
        return Err(Error::new(ErrorKind::InvalidOperation, "format: a width this large is not allowed"));
    }
    let longest = arguments.iter().map(|value| value.as_str().map_or(64, str::len)).max().unwrap_or(0);
    ensure(state, format.matches('{').count().saturating_mul(longest + 1000))
}

/// `source` with transformers' `{% generation %}` tags, which mark what to train on, turned into blocks
/// without effect. Their white space control stays.
fn without_generation_tags(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("{%") {
        let (before, tag) = rest.split_at(start);
        text.push_str(before);
        let inside = tag[2..].trim_start_matches(['-', '+']);
        let sign = &tag[..tag.len() - inside.len()];
        let word = inside.trim_start();
        let (replacement, word) = match (word.strip_prefix("generation"), word.strip_prefix("endgeneration"))
        {
            (Some(after), _) => (" if true", after),
            (_, Some(after)) => (" endif", after),
            _ => ("", inside),
        };
        let closed = word.trim_start().trim_start_matches(['-', '+']).starts_with("%}");
        text.push_str(sign);
        if closed && !replacement.is_empty() {
            text.push_str(replacement);
            text.push(' ');
            rest = word.trim_start();
        } else {
            rest = inside;
        }
    }
    text.push_str(rest);
    text
}
