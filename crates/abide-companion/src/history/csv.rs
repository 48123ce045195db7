//! Comma-separated records (RFC 4180), one at a time, with a limit on each. Must not know what the columns mean.
//!
//! The crate csv was the alternative; it reads a record of any size into memory, so one forgotten quote costs as much memory as the file is long.

use super::{HistoryError, input::Input};

/// A record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) fields: Vec<String>,
    /// The line that it begins on.
    pub(super) line: u64,
    /// Whether it was longer than the limit; the fields hold what came before.
    pub(super) is_too_large: bool,
    /// Whether the file ended inside quotes.
    pub(super) is_cut: bool,
}

/// The next record, or `None` at the end of the file. Bytes that are no UTF-8 become U+FFFD.
pub(super) fn next_row(
    input: &mut Input<'_>,
    separator: u8,
    limit: usize,
) -> Result<Option<Row>, HistoryError> {
    let mut row = Row { line: input.line(), ..Row::default() };
    let mut field: Vec<u8> = Vec::new();
    let mut length = 0_usize;
    let mut in_quotes = false;
    let mut after_quote = false;
    let mut seen = false;
    loop {
        let window = input.fill()?;
        if window.is_empty() {
            row.is_cut = in_quotes && !after_quote;
            break;
        }
        seen = true;
        let mut used = 0;
        let mut complete = false;
        for &byte in window {
            used += 1;
            if after_quote {
                after_quote = false;
                if byte == b'"' {
                    push(&mut field, byte, &mut length, limit);
                    continue;
                }
                in_quotes = false;
            } else if in_quotes {
                if byte == b'"' {
                    after_quote = true;
                } else {
                    push(&mut field, byte, &mut length, limit);
                }
                continue;
            }
            match byte {
                b'"' if field.is_empty() => in_quotes = true,
                b'\n' => {
                    complete = true;
                    break;
                }
                byte if byte == separator => {
                    length += 1;
                    if length <= limit {
                        row.fields.push(text(&mut field));
                    }
                }
                byte => push(&mut field, byte, &mut length, limit),
            }
        }
        input.consume(used);
        if complete {
            if field.last() == Some(&b'\r') {
                field.pop();
            }
            break;
        }
    }
    row.fields.push(text(&mut field));
    row.is_too_large = length > limit;
    Ok(seen.then_some(row))
}

fn push(field: &mut Vec<u8>, byte: u8, length: &mut usize, limit: usize) {
    *length += 1;
    if *length <= limit {
        field.push(byte);
    }
}

fn text(field: &mut Vec<u8>) -> String {
    String::from_utf8_lossy(&std::mem::take(field)).into_owned()
}

/// The separator of a header line.
pub(super) fn separator(header: &str) -> u8 {
    let count = |separator: char| header.matches(separator).count();
    [',', ';', '\t'].into_iter().max_by_key(|&separator| count(separator)).map_or(b',', |best| best as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, limit: usize) -> Vec<Row> {
        let mut input = Input::new("x", Box::new(text.as_bytes()), None).unwrap();
        let mut rows = Vec::new();
        while let Some(row) = next_row(&mut input, b',', limit).unwrap() {
            rows.push(row);
        }
        rows
    }

    #[test]
    fn quotes_hold_commas_lines_and_quotes() {
        let rows = rows("a,b\r\n\"x, \"\"y\"\"\nz\",2\n,\nend,\"never", 100);
        let fields: Vec<_> = rows.iter().map(|row| row.fields.clone()).collect();
        assert_eq!(fields[0], ["a", "b"]);
        assert_eq!(fields[1], ["x, \"y\"\nz", "2"]);
        assert_eq!(fields[2], ["", ""]);
        assert_eq!(fields[3], ["end", "never"]);
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 2, 4, 5]);
        assert!(rows[3].is_cut && !rows[1].is_cut);
    }

    #[test]
    fn a_record_has_a_limit() {
        let rows = rows("aaaaaaaaaaaa,b\nc,d\n", 5);
        assert!(rows[0].is_too_large);
        assert_eq!(rows[1].fields, ["c", "d"]);
        assert_eq!(separator("Zeit;Name;Text"), b';');
    }
}
