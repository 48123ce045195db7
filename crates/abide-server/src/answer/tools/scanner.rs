//! Finds where a JSON object ends while its text is still being written. Must not know what it means: that its parts
//! stand in a sensible order is not checked.

/// Follows the text of one object, byte by byte.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

/// Where the text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// All of it belongs to the object, which goes on.
    Within,
    /// The object ends after so many bytes.
    EndsAt(usize),
    /// From this byte on it can't be JSON.
    BrokenAt(usize),
}

impl Scanner {
    /// Takes the next part of the text. The object begins with its first byte.
    pub(super) fn push(&mut self, text: &str) -> Progress {
        for (index, byte) in text.bytes().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Progress::EndsAt(index + 1);
                    }
                }
                _ if stands_outside_strings(byte) => {}
                _ => return Progress::BrokenAt(index),
            }
        }
        Progress::Within
    }
}

/// White space, what separates, numbers, and the letters of `true`, `false`, `null` and of exponents.
fn stands_outside_strings(byte: u8) -> bool {
    b" \t\n\r,:+-.0123456789Eaeflnrstu".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_object_is_found() {
        let cases = [
            ("{}", Progress::EndsAt(2)),
            (r#"{"a":[{"}":"\"}"}]} x"#, Progress::EndsAt(19)),
            (r#"{"a": -1.5e+3, "b": null"#, Progress::Within),
            (r#"{"a": </tool_call>"#, Progress::BrokenAt(6)),
            (r#"{"a": "</tool_call>"#, Progress::Within),
        ];
        for (text, expected) in cases {
            assert_eq!(Scanner::default().push(text), expected, "{text}");
        }
    }
}
