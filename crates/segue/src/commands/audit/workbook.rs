//! The report as a spreadsheet: one sheet for each question, with charts that the spreadsheet
//! program draws itself from the cells beside them.

use anyhow::{Context, Result};
use rust_xlsxwriter::{Chart as Drawn, ChartType, Color, Format, FormatAlign, Workbook, Worksheet};
use segue_core::audit::Rate;

use super::section::{Chart, Kind, Section, Table, Value};

/// Where the numbers of charts stand: right of everything that people read.
const CHART_COLUMN: u16 = 14;
/// Rows that a chart covers.
const CHART_ROWS: u32 = 20;
/// Charts are drawn in this column.
const DRAWN_AT: u16 = 8;
const AGENT: Color = Color::RGB(0x0F_6B_57);

/// The bytes of the file.
pub(super) fn render(sections: &[Section]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let looks = Looks::new();
    for section in sections {
        let sheet = book.add_worksheet();
        sheet_of(sheet, section, &looks)
            .with_context(|| format!("the sheet `{}` cannot be written", section.title))?;
    }
    book.save_to_buffer()
        .context("the spreadsheet cannot be written")
}

struct Looks {
    title: Format,
    strong: Format,
    head: Format,
    count: Format,
    share: Format,
    ratio: Format,
    wrapped: Format,
}

impl Looks {
    fn new() -> Self {
        Self {
            title: Format::new().set_bold().set_font_size(15),
            strong: Format::new().set_bold(),
            head: Format::new()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(AGENT),
            count: Format::new().set_num_format("#,##0"),
            share: Format::new().set_num_format("0.0%"),
            ratio: Format::new().set_num_format("0.00"),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

fn sheet_of(sheet: &mut Worksheet, section: &Section, looks: &Looks) -> Result<()> {
    sheet.set_name(section.title)?;
    sheet.set_column_width(0, 44)?;
    for column in 1..DRAWN_AT {
        sheet.set_column_width(column, 16)?;
    }
    sheet.write_with_format(0, 0, section.question, &looks.title)?;
    let mut row = 2;
    for sentence in &section.answer {
        sheet.merge_range(row, 0, row, 6, sentence, &looks.wrapped)?;
        let lines = u32::try_from(sentence.chars().count() / 120 + 1).unwrap_or(1);
        sheet.set_row_height(row, 16 * lines)?;
        row += 1;
    }
    for table in &section.tables {
        row = table_at(sheet, row + 1, table, looks)?;
    }
    for quoted in &section.quotes {
        sheet.write_with_format(row + 1, 0, &quoted.place, &looks.strong)?;
        for ((who, words), below) in [&quoted.said, &quoted.asked].into_iter().zip(2..) {
            sheet.write(row + below, 0, who)?;
            sheet.write(row + below, 1, words)?;
        }
        row += 4;
    }
    let charts = section
        .charts
        .iter()
        .filter(|chart| !chart.points.is_empty());
    let mut place = Place { data: 0, drawn: 2 };
    for chart in charts {
        chart_at(sheet, section.title, chart, &mut place, looks)?;
    }
    Ok(())
}

/// Writes a table and answers with the row after it. A share and a ratio take three columns each:
/// a spreadsheet wants numbers, not words.
fn table_at(sheet: &mut Worksheet, from: u32, table: &Table, looks: &Looks) -> Result<u32> {
    sheet.write_with_format(from, 0, &table.title, &looks.strong)?;
    let first = table.rows.first();
    let mut column = 0;
    for (place, name) in table.head.iter().enumerate() {
        let wide = first.is_some_and(|row| matches!(row[place], Value::Share(_) | Value::Lift(_)));
        let seconds = table
            .rows
            .iter()
            .any(|row| matches!(row[place], Value::Seconds(_)));
        let name = if seconds {
            format!("{name} (seconds)")
        } else {
            (*name).to_owned()
        };
        sheet.write_with_format(from + 1, column, &name, &looks.head)?;
        if wide {
            sheet.write_with_format(from + 1, column + 1, "hardly less", &looks.head)?;
            sheet.write_with_format(from + 1, column + 2, "hardly more", &looks.head)?;
        }
        column += if wide { 3 } else { 1 };
    }
    let mut row = from + 2;
    for values in &table.rows {
        let mut column = 0;
        for value in values {
            column += value_at(sheet, row, column, value, looks)?;
        }
        row += 1;
    }
    Ok(row)
}

/// Writes a value and answers with how many columns it took.
fn value_at(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Value,
    looks: &Looks,
) -> Result<u16> {
    match value {
        Value::Text(text) => sheet.write(row, column, text)?,
        Value::Count(count) => sheet.write_with_format(row, column, *count, &looks.count)?,
        Value::Seconds(seconds) => sheet.write_with_format(row, column, *seconds, &looks.count)?,
        Value::Thousandths(value) => {
            sheet.write_with_format(row, column, thousandth(*value), &looks.ratio)?
        }
        Value::Share(Rate {
            value_permille,
            low_permille,
            high_permille,
        }) => {
            let all = [value_permille, low_permille, high_permille];
            for (share, column) in all.into_iter().zip(column..) {
                sheet.write_with_format(
                    row,
                    column,
                    thousandth(u64::from(*share)),
                    &looks.share,
                )?;
            }
            return Ok(3);
        }
        Value::Lift(lift) => {
            let all = [lift.value_permille, lift.low_permille, lift.high_permille];
            for (ratio, column) in all.into_iter().zip(column..) {
                sheet.write_with_format(row, column, thousandth(u64::from(ratio)), &looks.ratio)?;
            }
            return Ok(3);
        }
        Value::Unknown => sheet.write(row, column, "not known")?,
    };
    Ok(1)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a spreadsheet shows fewer digits than a float holds"
)]
fn thousandth(value: u64) -> f64 {
    value as f64 / 1000.0
}

/// Where the next chart goes: its numbers, and the drawing.
struct Place {
    data: u32,
    drawn: u32,
}

fn chart_at(
    sheet: &mut Worksheet,
    name: &str,
    chart: &Chart,
    place: &mut Place,
    looks: &Looks,
) -> Result<()> {
    let first = place.data + 1;
    sheet.write_with_format(place.data, CHART_COLUMN, &chart.title, &looks.strong)?;
    let shares = matches!(chart.kind, Kind::Shares | Kind::Columns | Kind::Curve);
    let format = if shares { &looks.share } else { &looks.count };
    for (point, row) in chart.points.iter().zip(first..) {
        if chart.kind == Kind::Curve {
            sheet.write_with_format(row, CHART_COLUMN, point.along, &looks.count)?;
        } else {
            sheet.write(row, CHART_COLUMN, &point.name)?;
        }
        if shares {
            sheet.write_with_format(row, CHART_COLUMN + 1, thousandth(point.value), format)?;
        } else {
            sheet.write_with_format(row, CHART_COLUMN + 1, point.value, format)?;
        }
    }
    let last = first + u32::try_from(chart.points.len()).unwrap_or(1) - 1;
    let mut drawn = drawn(chart, name, first, last);
    sheet.insert_chart(place.drawn, DRAWN_AT, &drawn_size(&mut drawn, chart))?;
    place.data = last + 2;
    place.drawn += CHART_ROWS;
    Ok(())
}

fn drawn_size(drawn: &mut Drawn, chart: &Chart) -> Drawn {
    let lying = matches!(chart.kind, Kind::Shares | Kind::Seconds);
    let height = if lying {
        120 + 18 * u32::try_from(chart.points.len()).unwrap_or(10)
    } else {
        320
    };
    drawn.set_width(560).set_height(height.min(390)).clone()
}

fn drawn(chart: &Chart, name: &str, first: u32, last: u32) -> Drawn {
    let mut drawn = Drawn::new(match chart.kind {
        Kind::Shares | Kind::Seconds => ChartType::Bar,
        Kind::Columns | Kind::Counts => ChartType::Column,
        Kind::Curve => ChartType::ScatterStraight,
    });
    drawn.title().set_name(&chart.title);
    drawn
        .title()
        .set_font(rust_xlsxwriter::ChartFont::new().set_size(11));
    drawn.legend().set_hidden();
    let series = drawn.add_series();
    series
        .set_categories((name, first, CHART_COLUMN, last, CHART_COLUMN))
        .set_values((name, first, CHART_COLUMN + 1, last, CHART_COLUMN + 1));
    match chart.kind {
        Kind::Curve => {
            series.set_format(
                rust_xlsxwriter::ChartFormat::new()
                    .set_line(rust_xlsxwriter::ChartLine::new().set_color(AGENT)),
            );
            drawn.x_axis().set_name("seconds").set_min(0);
            drawn.y_axis().set_num_format("0%").set_min(0).set_max(1);
        }
        Kind::Shares | Kind::Seconds => {
            series.set_format(&mut filled());
            // The first of the list stands at the top.
            drawn.x_axis().set_reverse();
            let format = if chart.kind == Kind::Shares {
                "0%"
            } else {
                "#,##0"
            };
            drawn.y_axis().set_num_format(format).set_min(0);
        }
        Kind::Columns | Kind::Counts => {
            series.set_format(&mut filled());
            let format = if chart.kind == Kind::Columns {
                "0%"
            } else {
                "#,##0"
            };
            drawn.y_axis().set_num_format(format).set_min(0);
        }
    }
    drawn
}

fn filled() -> rust_xlsxwriter::ChartFormat {
    rust_xlsxwriter::ChartFormat::new()
        .set_solid_fill(rust_xlsxwriter::ChartSolidFill::new().set_color(AGENT))
        .clone()
}
