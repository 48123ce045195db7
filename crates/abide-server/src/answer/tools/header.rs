//! The beginning of a call, up to its arguments, as models write it. Must not know what surrounds it.

use serde_json::{Map, Value};

use super::scanner::{Progress, Scanner};

/// Bytes within which the name and the key of the arguments come in any call that begins with its name.
const HEADER_BYTES_MAX: usize = 512;

/// What a text begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Header {
    /// More is needed to tell.
    Incomplete,
    /// A call of this name, whose arguments begin at this byte (with `{`).
    Call {
        /// The tool.
        name: String,
        /// Where its arguments begin.
        arguments: usize,
    },
    /// A whole call that is written in another order, and ends before this byte.
    Whole {
        /// The tool.
        name: String,
        /// JSON text of its arguments.
        arguments: String,
        /// Where it ends.
        end: usize,
    },
    /// No call.
    Other,
}

/// Reads the beginning of a call: `{"name": "…", "arguments": {`, with any white space, and `parameters` for `arguments`.
pub(super) fn read(text: &str) -> Header {
    let mut cursor = Cursor { text, at: 0 };
    match cursor.header() {
        Ok((name, arguments)) => Header::Call { name, arguments },
        Err(Stop::AtEnd) if text.len() <= HEADER_BYTES_MAX => Header::Incomplete,
        Err(_) => whole(text),
    }
}

/// Whether `text` is the beginning of a call that begins with its name, up to its arguments at most.
pub(super) fn is_begun(text: &str) -> bool {
    let mut cursor = Cursor { text, at: 0 };
    matches!(cursor.header(), Err(Stop::AtEnd))
}

/// Reads a whole object of name and arguments, in any order and with anything else in it.
fn whole(text: &str) -> Header {
    let start = text.len() - text.trim_start().len();
    if !text[start..].starts_with('{') {
        return if start == text.len() { Header::Incomplete } else { Header::Other };
    }
    let end = match Scanner::default().push(&text[start..]) {
        Progress::Within => return Header::Incomplete,
        Progress::BrokenAt(_) => return Header::Other,
        Progress::EndsAt(end) => start + end,
    };
    let Ok(mut object) = serde_json::from_str::<Map<String, Value>>(&text[start..end]) else {
        return Header::Other;
    };
    let Some(Value::String(name)) = object.remove("name") else {
        return Header::Other;
    };
    match object.remove("arguments").or_else(|| object.remove("parameters")) {
        None | Some(Value::Null) => Header::Whole { name, arguments: "{}".to_owned(), end },
        Some(Value::Object(arguments)) => {
            Header::Whole { name, arguments: Value::Object(arguments).to_string(), end }
        }
        // Some write the arguments as a text of JSON, as APIs do.
        Some(Value::String(arguments)) if serde_json::from_str::<Map<String, Value>>(&arguments).is_ok() => {
            Header::Whole { name, arguments, end }
        }
        Some(_) => Header::Other,
    }
}

enum Stop {
    /// The text ends where it still could be a header.
    AtEnd,
    /// It is something else.
    Other,
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn header(&mut self) -> Result<(String, usize), Stop> {
        self.literal("{")?;
        self.literal("\"name\"")?;
        self.literal(":")?;
        self.literal("\"")?;
        let rest = &self.text[self.at..];
        let length = rest.find(['"', '\\']).ok_or(Stop::AtEnd)?;
        if rest[length..].starts_with('\\') {
            return Err(Stop::Other);
        }
        let name = rest[..length].to_owned();
        self.at += length + 1;
        self.literal(",")?;
        let before = self.at;
        match self.literal("\"arguments\"") {
            Err(Stop::Other) => {
                self.at = before;
                self.literal("\"parameters\"")?;
            }
            other => other?,
        }
        self.literal(":")?;
        self.literal("{")?;
        Ok((name, self.at - 1))
    }

    /// White space, then `literal`.
    fn literal(&mut self, literal: &str) -> Result<(), Stop> {
        let rest = self.text[self.at..].trim_start();
        if rest.starts_with(literal) {
            self.at = self.text.len() - rest.len() + literal.len();
            Ok(())
        } else if literal.starts_with(rest) {
            Err(Stop::AtEnd)
        } else {
            Err(Stop::Other)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, arguments: usize) -> Header {
        Header::Call { name: name.to_owned(), arguments }
    }

    fn whole_call(arguments: &str, end: usize) -> Header {
        Header::Whole { name: "f".to_owned(), arguments: arguments.to_owned(), end }
    }

    #[test]
    fn the_beginning_of_a_call_is_read() {
        let cases = [
            ("", Header::Incomplete),
            (" {\"na", Header::Incomplete),
            (r#"{"name":"f","arguments":{"#, call("f", 24)),
            (" {\n \"name\" : \"f\" ,\n\"parameters\" : {}", call("f", 34)),
            (r#"{"name":"f""#, Header::Incomplete),
            (r#"{"name":"f"}"#, whole_call("{}", 12)),
            (r#"{"name":"f", "arguments": null} "#, whole_call("{}", 31)),
            (r#"{"arguments":{"a":1},"name":"f"}"#, whole_call(r#"{"a":1}"#, 32)),
            (r#"{"arguments":{"a":1},"name":"#, Header::Incomplete),
            (r#"{"name":"f","arguments":"{\"a\":1}"}"#, whole_call(r#"{"a":1}"#, 36)),
            (r#"{"name":"f","arguments":"a"}"#, Header::Other),
            (r#"{"name":"f","arguments":[]}"#, Header::Other),
            (r#"{"a":1}"#, Header::Other),
            ("hello", Header::Other),
            ("{hello", Header::Other),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
