//! The report for a terminal.

use std::fmt::Write;

use super::section::{Quoted, Section, Table, Value};

/// Rows that a table shows here; the page and the spreadsheet have all of them.
const ROWS: usize = 24;
/// The widest a column gets, in characters.
const WIDEST: usize = 44;

/// All of it.
pub(super) fn render(sections: &[Section]) -> String {
    let mut text = String::new();
    for section in sections {
        // Writing into a text cannot fail.
        let _ = render_one(&mut text, section);
    }
    text
}

fn render_one(to: &mut String, section: &Section) -> std::fmt::Result {
    writeln!(to, "{}", section.title.to_uppercase())?;
    writeln!(to, "{}\n", section.question)?;
    for sentence in &section.answer {
        wrapped(to, sentence)?;
    }
    for table in section.tables.iter().filter(|table| !table.rows.is_empty()) {
        render_table(to, table)?;
    }
    for quoted in &section.quotes {
        render_quoted(to, quoted)?;
    }
    writeln!(to)
}

/// A sentence in lines of at most 96 characters.
fn wrapped(to: &mut String, sentence: &str) -> std::fmt::Result {
    let mut width = 0;
    for word in sentence.split_whitespace() {
        let length = word.chars().count();
        let starts = width == 0;
        if !starts && width + 1 + length > 96 {
            write!(to, "\n    {word}")?;
            width = 4 + length;
        } else {
            write!(to, "{}{word}", if starts { "  " } else { " " })?;
            width += length + if starts { 2 } else { 1 };
        }
    }
    writeln!(to)
}

fn render_table(to: &mut String, table: &Table) -> std::fmt::Result {
    let shown = &table.rows[..table.rows.len().min(ROWS)];
    let widths: Vec<usize> = (0..table.head.len())
        .map(|column| {
            let cells = shown.iter().map(|row| width(&row[column]));
            cells
                .chain([table.head[column].chars().count()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    writeln!(to, "\n  {}", table.title)?;
    let numbers: Vec<bool> = (0..table.head.len())
        .map(|column| shown.iter().all(|row| row[column].is_number()))
        .collect();
    line(
        to,
        table.head.iter().map(|name| (*name).to_owned()),
        &widths,
        &numbers,
    )?;
    let ruler = widths.iter().map(|width| "─".repeat(*width));
    line(to, ruler, &widths, &numbers)?;
    for row in shown {
        line(to, row.iter().map(cell), &widths, &numbers)?;
    }
    let more = table.rows.len() - shown.len();
    if more > 0 {
        writeln!(to, "  … and {more} more")?;
    }
    Ok(())
}

fn width(value: &Value) -> usize {
    cell(value).chars().count()
}

/// What is more than chance has a star.
fn cell(value: &Value) -> String {
    let mut words = value.words();
    if words.chars().count() > WIDEST {
        words = words.chars().take(WIDEST - 1).chain(['…']).collect();
    }
    if matches!(value, Value::Lift(_)) {
        words.push(if value.stands_out() { '*' } else { ' ' });
    }
    words
}

fn line(
    to: &mut String,
    cells: impl Iterator<Item = String>,
    widths: &[usize],
    numbers: &[bool],
) -> std::fmt::Result {
    let mut text = String::from(" ");
    for ((cell, width), number) in cells.zip(widths).zip(numbers) {
        if *number {
            write!(text, " {cell:>width$} ")?;
        } else {
            write!(text, " {cell:<width$} ")?;
        }
    }
    writeln!(to, "{}", text.trim_end())
}

fn render_quoted(to: &mut String, quoted: &Quoted) -> std::fmt::Result {
    writeln!(to, "\n  {}", quoted.place)?;
    for (who, words) in [&quoted.said, &quoted.asked] {
        writeln!(to, "    {who}: “{words}”")?;
    }
    Ok(())
}
