//! JSON of any size, one element at a time, in bounded memory. Must not know formats.
//!
//! A document is walked: for each value its visitor says by the path whether to take it whole, go into it or skip it. What is taken is
//! cut out as bytes and parsed by [`crate::near_json`]; brackets that don't match, and a file that ends too early, cost the
//! element that they are in and not those beside it. (serde's own streams were the alternative: they give up at the first
//! broken element, and hold a value of any size.)

use super::{HistoryError, input::Input};
use crate::near_json::parse;

/// Brackets deeper than this are counted and not told apart.
const DEPTH_MAX: usize = 1_000;
/// A longer key is cut.
const KEY_BYTES_MAX: usize = 4_096;

/// A step of the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A member of an object.
    Name(String),
    /// An element of a list, from 0.
    Index(u64),
}

impl Step {
    pub(super) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Name(own) if own == name)
    }
}

/// What to do with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Take,
    /// Goes into an object or list; a value that is neither is skipped.
    GoIn,
    Skip,
}

/// A value that was taken.
pub(super) struct Element {
    pub(super) bytes: Vec<u8>,
    /// The line that it begins on.
    pub(super) line: u64,
    /// How long it is, whatever the limit.
    pub(super) length: u64,
    /// Whether the file ended inside it.
    pub(super) is_cut: bool,
}

impl Element {
    /// Whether it was longer than the limit.
    pub(super) fn is_too_large(&self) -> bool {
        self.length > self.bytes.len() as u64
    }
}

/// Who walks.
pub(super) trait Visitor {
    /// What to do with the value at this path, which begins with this byte.
    fn choose(&mut self, path: &[Step], first: u8) -> Choice;
    /// A value that was chosen.
    fn take(&mut self, path: &[Step], element: Element) -> Result<(), HistoryError>;
    /// The end of an object or list that was gone into.
    fn leave(&mut self, _path: &[Step]) -> Result<(), HistoryError> {
        Ok(())
    }
}

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// At the end of the file, with all brackets closed.
    Well,
    /// The file ends inside an object or list.
    Cut,
    /// Something stands where no JSON can, on this line; the rest was not read.
    NotJson { line: u64 },
}

/// Walks all values of a file.
pub(super) fn walk(
    input: &mut Input<'_>,
    limit: usize,
    visitor: &mut dyn Visitor,
) -> Result<Ended, HistoryError> {
    let mut walk = Walk { input, limit, path: Vec::new(), open: Vec::new() };
    loop {
        match walk.step(visitor)? {
            None => {}
            Some(ended) => {
                while !walk.path.is_empty() {
                    // What is open ends here, so that a visitor keeps what it has collected.
                    visitor.leave(&walk.path)?;
                    walk.path.pop();
                }
                visitor.leave(&[])?;
                return Ok(ended);
            }
        }
    }
}

struct Walk<'a, 'b> {
    input: &'a mut Input<'b>,
    limit: usize,
    path: Vec<Step>,
    /// The brackets that were gone into, with the number of elements seen.
    open: Vec<(u8, u64)>,
}

impl Walk<'_, '_> {
    fn step(&mut self, visitor: &mut dyn Visitor) -> Result<Option<Ended>, HistoryError> {
        let Some(byte) = self.input.next_solid()? else {
            return Ok(Some(if self.open.is_empty() { Ended::Well } else { Ended::Cut }));
        };
        match byte {
            b',' => self.input.consume(1),
            b'}' | b']' => {
                self.input.consume(1);
                self.close(byte, visitor)?;
            }
            _ => match self.open.last_mut() {
                Some((b'{', _)) => {
                    if byte != b'"' {
                        return Ok(Some(Ended::NotJson { line: self.input.line() }));
                    }
                    let key = read_key(self.input)?;
                    self.path.push(Step::Name(key));
                    let colon = self.input.next_solid()?;
                    if colon == Some(b':') {
                        self.input.consume(1);
                        let Some(first) = self.input.next_solid()? else {
                            self.path.pop();
                            return Ok(Some(Ended::Cut));
                        };
                        return self.value(first, visitor);
                    }
                    self.path.pop();
                    if colon.is_none() {
                        return Ok(Some(Ended::Cut));
                    }
                }
                Some((_, count)) => {
                    self.path.push(Step::Index(*count));
                    *count += 1;
                    return self.value(byte, visitor);
                }
                None => return self.value(byte, visitor),
            },
        }
        Ok(None)
    }

    fn close(&mut self, closer: u8, visitor: &mut dyn Visitor) -> Result<(), HistoryError> {
        let opener = opener_of(closer);
        // A closer that nothing waits for is passed over.
        if self.open.iter().any(|(open, _)| *open == opener) {
            while let Some((open, _)) = self.open.pop() {
                if !self.path.is_empty() {
                    visitor.leave(&self.path)?;
                }
                self.path.pop();
                if open == opener {
                    break;
                }
            }
        }
        Ok(())
    }

    fn value(&mut self, first: u8, visitor: &mut dyn Visitor) -> Result<Option<Ended>, HistoryError> {
        let line = self.input.line();
        if matches!(first, b'}' | b']' | b',' | b':') {
            // A member without a value. A colon is nobody's business here.
            self.input.consume(usize::from(first == b':'));
            self.path.pop();
            return Ok(None);
        }
        if !matches!(first, b'{' | b'[' | b'"' | b'-') && !first.is_ascii_alphanumeric() {
            return Ok(Some(Ended::NotJson { line }));
        }
        let choice = visitor.choose(&self.path, first);
        if choice == Choice::GoIn && matches!(first, b'{' | b'[') {
            if self.open.len() >= DEPTH_MAX {
                return Ok(Some(Ended::NotJson { line }));
            }
            self.input.consume(1);
            self.open.push((first, 0));
            return Ok(None);
        }
        let limit = if choice == Choice::Take { self.limit } else { 0 };
        let mut cutter = Cutter::new(limit);
        let is_cut = !cutter.run(self.input)?;
        if choice == Choice::Take {
            let element = Element { bytes: cutter.bytes, line, length: cutter.length, is_cut };
            visitor.take(&self.path, element)?;
        }
        self.path.pop();
        Ok((is_cut && !self.open.is_empty()).then_some(Ended::Cut))
    }
}

fn opener_of(closer: u8) -> u8 {
    if closer == b'}' { b'{' } else { b'[' }
}

fn read_key(input: &mut Input<'_>) -> Result<String, HistoryError> {
    let mut cutter = Cutter::new(KEY_BYTES_MAX);
    cutter.run(input)?;
    Ok(parse(&cutter.bytes)
        .ok()
        .and_then(|parsed| parsed.value.as_str().map(str::to_owned))
        .unwrap_or_default())
}

/// Finds the end of one value, and keeps its bytes up to a limit.
struct Cutter {
    stack: Vec<u8>,
    /// Brackets open beyond those on the stack.
    deeper: u64,
    in_string: bool,
    escaped: bool,
    in_scalar: bool,
    bytes: Vec<u8>,
    length: u64,
    limit: usize,
}

impl Cutter {
    fn new(limit: usize) -> Self {
        Self {
            stack: Vec::new(),
            deeper: 0,
            in_string: false,
            escaped: false,
            in_scalar: false,
            bytes: Vec::new(),
            length: 0,
            limit,
        }
    }

    /// Whether the value was complete when the file ended.
    fn run(&mut self, input: &mut Input<'_>) -> Result<bool, HistoryError> {
        loop {
            let window = input.fill()?;
            if window.is_empty() {
                return Ok(self.in_scalar && self.stack.is_empty());
            }
            let (used, complete) = self.scan(window);
            let room = self.limit.saturating_sub(self.bytes.len()).min(used);
            self.bytes.extend_from_slice(&window[..room]);
            self.length += used as u64;
            input.consume(used);
            if complete {
                return Ok(true);
            }
        }
    }

    /// Bytes of the window that belong to the value, and whether it ends there.
    fn scan(&mut self, window: &[u8]) -> (usize, bool) {
        let mut next = 0;
        while next < window.len() {
            if self.in_string {
                // Most of a history is words: their end is searched for many bytes at a time.
                if std::mem::take(&mut self.escaped) {
                    next += 1;
                    continue;
                }
                let Some(found) = memchr::memchr2(b'"', b'\\', &window[next..]) else { break };
                next += found + 1;
                if window[next - 1] == b'\\' {
                    self.escaped = true;
                    continue;
                }
                self.in_string = false;
                if self.stack.is_empty() {
                    return (next, true);
                }
                continue;
            }
            let position = next;
            let byte = window[position];
            next += 1;
            match byte {
                b'"' if self.in_scalar && self.stack.is_empty() => return (position, true),
                b'"' => self.in_string = true,
                b'{' | b'[' => {
                    if self.in_scalar && self.stack.is_empty() {
                        return (position, true);
                    }
                    if self.stack.len() < DEPTH_MAX {
                        self.stack.push(byte);
                    } else {
                        self.deeper += 1;
                    }
                }
                b'}' | b']' if self.deeper > 0 => self.deeper -= 1,
                b'}' | b']' => {
                    if self.stack.is_empty() {
                        return (position, true);
                    }
                    let opener = opener_of(byte);
                    if self.stack.contains(&opener) {
                        while self.stack.pop().is_some_and(|open| open != opener) {}
                    }
                    if self.stack.is_empty() {
                        return (position + 1, true);
                    }
                }
                b',' if self.stack.is_empty() => return (position, true),
                _ if self.stack.is_empty() => {
                    if byte.is_ascii_whitespace() {
                        return (position, true);
                    }
                    self.in_scalar = true;
                }
                _ => {}
            }
        }
        (window.len(), false)
    }
}

/// The members of an object that is in memory, unparsed; those after a break are missing.
pub(super) fn members(bytes: &[u8]) -> Vec<(String, &[u8])> {
    let mut found = Vec::new();
    let Some(mut position) = inside(bytes, b'{') else { return found };
    while let Some(key_start) = next_value(bytes, position) {
        if bytes[key_start] != b'"' {
            break;
        }
        let key_end = value_end(bytes, key_start);
        let after = skip_blank(bytes, key_end);
        if bytes.get(after) != Some(&b':') {
            break;
        }
        let start = skip_blank(bytes, after + 1);
        let end = value_end(bytes, start);
        if start >= bytes.len() {
            break;
        }
        let key = parse(&bytes[key_start..key_end]).ok();
        let key = key.and_then(|parsed| parsed.value.as_str().map(str::to_owned)).unwrap_or_default();
        found.push((key, &bytes[start..end]));
        position = end.max(start + 1);
    }
    found
}

/// The elements of a list that is in memory, unparsed.
pub(super) fn elements(bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let Some(mut position) = inside(bytes, b'[') else { return found };
    while let Some(start) = next_value(bytes, position) {
        let end = value_end(bytes, start);
        found.push(&bytes[start..end]);
        position = end.max(start + 1);
    }
    found
}

fn inside(bytes: &[u8], opener: u8) -> Option<usize> {
    let start = skip_blank(bytes, 0);
    (bytes.get(start) == Some(&opener)).then_some(start + 1)
}

fn skip_blank(bytes: &[u8], from: usize) -> usize {
    let from = from.min(bytes.len());
    from + bytes[from..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Where the next value begins, after white space and commas; `None` at a closing bracket and at the end.
fn next_value(bytes: &[u8], from: usize) -> Option<usize> {
    let mut position = skip_blank(bytes, from);
    while bytes.get(position) == Some(&b',') {
        position = skip_blank(bytes, position + 1);
    }
    bytes.get(position).filter(|byte| !matches!(byte, b'}' | b']')).map(|_| position)
}

fn value_end(bytes: &[u8], start: usize) -> usize {
    let start = start.min(bytes.len());
    let mut cutter = Cutter::new(0);
    start + cutter.scan(&bytes[start..]).0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// Takes the elements at a depth.
    struct Taker {
        depth: usize,
        seen: Vec<(String, bool)>,
    }

    impl Visitor for Taker {
        fn choose(&mut self, path: &[Step], _first: u8) -> Choice {
            if path.len() < self.depth { Choice::GoIn } else { Choice::Take }
        }

        fn take(&mut self, _path: &[Step], element: Element) -> Result<(), HistoryError> {
            self.seen.push((String::from_utf8_lossy(&element.bytes).into_owned(), element.is_cut));
            Ok(())
        }
    }

    fn taken(text: &str, depth: usize) -> (Vec<(String, bool)>, Ended) {
        let mut input = Input::new("x", Box::new(text.as_bytes()), None).unwrap();
        let mut taker = Taker { depth, seen: Vec::new() };
        let ended = walk(&mut input, 1 << 20, &mut taker).unwrap();
        (taker.seen, ended)
    }

    #[test]
    fn elements_come_one_by_one() {
        let (seen, ended) = taken(r#" [ {"a": "]}\""}, 12 ,"x", [1,[2]], null ] "#, 1);
        let texts: Vec<_> = seen.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, [r#"{"a": "]}\""}"#, "12", "\"x\"", "[1,[2]]", "null"]);
        assert_eq!(ended, Ended::Well);
    }

    #[test]
    fn a_broken_element_costs_only_itself() {
        let (seen, ended) = taken(r#"[{"a":[1,2}, {"b":1}, {"c" 5}, {"d":2}"#, 1);
        let texts: Vec<_> = seen.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, [r#"{"a":[1,2}"#, r#"{"b":1}"#, r#"{"c" 5}"#, r#"{"d":2}"#]);
        assert_eq!(ended, Ended::Cut);
        let (seen, ended) = taken(r#"[{"a":1},{"b":"never en"#, 1);
        assert_eq!(seen.last().unwrap(), &(r#"{"b":"never en"#.to_owned(), true));
        assert_eq!(ended, Ended::Cut);
        assert_eq!(taken("[1, <html>", 1).1, Ended::NotJson { line: 1 });
    }

    #[test]
    fn members_and_elements_in_memory() {
        let object = br#"{"a": {"x": [1]}, "b\n": "t", "c": 3, "d": "cut"#;
        let found: Vec<_> = members(object)
            .into_iter()
            .map(|(key, value)| (key, String::from_utf8_lossy(value).into_owned()))
            .collect();
        assert_eq!(found[0], ("a".to_owned(), r#"{"x": [1]}"#.to_owned()));
        assert_eq!(found[1].0, "b\n");
        assert_eq!(found[3].1, "\"cut");
        assert_eq!(elements(b"[1,, {\"a\":2} ,\"x\"]").len(), 3);
        assert!(members(b"[1]").is_empty() && elements(b"{}").is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..300), depth in 0_usize..4) {
            let mut input = Input::new("x", Box::new(bytes.as_slice()), None).unwrap();
            let mut taker = Taker { depth, seen: Vec::new() };
            walk(&mut input, 64, &mut taker).unwrap();
            members(&bytes);
            elements(&bytes);
            let _ = parse(&bytes);
        }

        #[test]
        fn json_like_bytes_end(text in r#"[\[\]{}",:a1 \\]{0,80}"#, depth in 0_usize..4) {
            taken(&text, depth);
            members(text.as_bytes());
            elements(text.as_bytes());
            let _ = parse(text.as_bytes());
        }

        #[test]
        fn valid_lists_are_cut_where_serde_cuts_them(values in proptest::collection::vec(".{0,20}", 0..10)) {
            let list = json!(values.iter().map(|text| json!({"t": text, "n": [1, {"x": text}]})).collect::<Vec<_>>());
            let (seen, ended) = taken(&list.to_string(), 1);
            prop_assert_eq!(ended, Ended::Well);
            prop_assert_eq!(seen.len(), values.len());
            for ((text, cut), expected) in seen.iter().zip(list.as_array().unwrap()) {
                prop_assert!(!cut);
                prop_assert_eq!(&serde_json::from_str::<Value>(text).unwrap(), expected);
            }
        }
    }
}
