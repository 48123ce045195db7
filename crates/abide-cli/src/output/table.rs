//! Tables of text: aligned for a terminal, or as Markdown.
//!
//! Must not know what stands in the cells.

use std::fmt::Write as _;

use super::one_line;

/// How a column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows of cells under named columns.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: &[(&str, Align)]) -> Self {
        let columns = columns.iter().map(|&(name, align)| (name.to_owned(), align)).collect();
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row; missing cells stay empty, and those beyond the columns are left out. Each cell becomes one line.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        let mut cells: Vec<String> =
            cells.into_iter().map(|cell| one_line(&Into::<String>::into(cell))).collect();
        cells.resize(self.columns.len(), String::new());
        self.rows.push(cells);
    }

    /// Lines with two spaces between columns. No line ends in spaces.
    pub fn plain(&self) -> String {
        let widths = self.widths();
        let header: Vec<String> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        let mut text = String::new();
        for cells in std::iter::once(&header).chain(&self.rows) {
            let padded: Vec<String> = self.padded(cells, &widths);
            text.push_str(padded.join("  ").trim_end());
            text.push('\n');
        }
        text
    }

    /// A Markdown table that reads well unrendered too.
    pub fn markdown(&self) -> String {
        let escaped = Self {
            columns: self.columns.iter().map(|(name, align)| (escape(name), *align)).collect(),
            rows: self.rows.iter().map(|row| row.iter().map(|cell| escape(cell)).collect()).collect(),
        };
        let widths: Vec<usize> = escaped.widths().into_iter().map(|width| width.max(3)).collect();
        let header: Vec<String> = escaped.columns.iter().map(|(name, _)| name.clone()).collect();
        let mut text = String::new();
        let _ = writeln!(text, "| {} |", escaped.padded(&header, &widths).join(" | "));
        let rules = widths.iter().zip(&escaped.columns).map(|(&width, (_, align))| match align {
            Align::Left => "-".repeat(width),
            Align::Right => "-".repeat(width - 1) + ":",
        });
        let _ = writeln!(text, "| {} |", rules.collect::<Vec<_>>().join(" | "));
        for row in &escaped.rows {
            let _ = writeln!(text, "| {} |", escaped.padded(row, &widths).join(" | "));
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let header = self.columns.iter().map(|(name, _)| name.chars().count());
        let mut widths: Vec<usize> = header.collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        widths
    }

    fn padded(&self, cells: &[String], widths: &[usize]) -> Vec<String> {
        let columns = cells.iter().zip(widths).zip(&self.columns);
        let pad = |((cell, &width), (_, align)): ((&String, &usize), &(String, Align))| match align {
            Align::Left => format!("{cell:<width$}"),
            Align::Right => format!("{cell:>width$}"),
        };
        columns.map(pad).collect()
    }
}

fn escape(cell: &str) -> String {
    cell.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[("name", Align::Left), ("size", Align::Right)]);
        table.row(["a|b", "1"]);
        table.row(["größer als", "1000"]);
        table.row(["alone"]);
        table
    }

    #[test]
    fn plain_columns_are_aligned() {
        let expected = "name        size\na|b            1\ngrößer als  1000\nalone\n";
        assert_eq!(table().plain(), expected);
    }

    #[test]
    fn a_cell_is_one_line_and_steers_nothing() {
        let mut table = Table::new(&[("what", Align::Left), ("no.", Align::Right)]);
        table.row(["multi\nline \u{1b}[31mred", "2"]);
        assert_eq!(table.plain(), "what                      no.\nmulti line \\u001b[31mred    2\n");
    }

    #[test]
    fn markdown_is_escaped() {
        let expected = "\
| name       | size |
| ---------- | ---: |
| a\\|b       |    1 |
| größer als | 1000 |
| alone      |      |
";
        assert_eq!(table().markdown(), expected);
    }
}
