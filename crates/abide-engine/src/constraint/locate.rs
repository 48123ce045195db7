//! Where in a schema a problem lies, which the compiler does not say. Must not know tokens.

use std::time::{Duration, Instant};

use abide_generation::schema::{Unenforceable, children};
use llguidance::{GrammarBuilder, JsonCompileOptions};
use serde_json::{Map, Value};

use super::{limits, messages, schema};

/// Most attempts, and most time for them: what was found by then is told.
const ATTEMPTS_MAX: usize = 500;
const TIME_MAX: Duration = Duration::from_secs(1);

/// `problem` with its place: the innermost schema that has it by itself, as a JSON pointer.
pub(super) fn explain(root: &Value, unenforceable: Unenforceable, problem: &str) -> String {
    let problem_of = |part: &Value| problem_of(part, root, unenforceable);
    let mut path = String::new();
    let mut place = root;
    let mut attempts = 0;
    let start = Instant::now();
    'deeper: while let Some(map) = place.as_object() {
        for (step, child) in children(map) {
            attempts += 1;
            if attempts > ATTEMPTS_MAX || start.elapsed() > TIME_MAX {
                break 'deeper;
            }
            if problem_of(child).is_some_and(|found| problem.contains(&found)) {
                path.push_str(&step);
                place = child;
                continue 'deeper;
            }
        }
        break;
    }
    let told = problem_of(place).filter(|_| !path.is_empty());
    format!("at `#{path}`: {}", messages::of_schema(told.as_deref().unwrap_or(problem)))
}

/// What is wrong with a part of `root` by itself, with the definitions that it may refer to.
fn problem_of(part: &Value, root: &Value, unenforceable: Unenforceable) -> Option<String> {
    let mut whole = match part {
        Value::Object(map) => map.clone(),
        Value::Bool(true) => Map::new(),
        _ => return None,
    };
    for definitions in ["$schema", "$defs", "definitions"] {
        if let (Some(value), false) = (root.get(definitions), whole.contains_key(definitions)) {
            whole.insert(definitions.to_owned(), value.clone());
        }
    }
    let prepared = schema::prepare(&Value::Object(whole), unenforceable).ok()?;
    let builder = GrammarBuilder::new(None, limits::parser());
    let compiled = JsonCompileOptions::default().json_to_llg_with_overrides(builder, prepared);
    compiled.err().map(|error| messages::gist(&format!("{error:#}")))
}
