//! The report as one page that needs nothing else: no script, no font, no network.

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use minijinja::{AutoEscape, Environment, Value as Shown, context};

use super::{
    Told, plot,
    section::{Section, Table, Value},
    words,
};

/// The page.
pub(super) fn render(told: &Told, sections: &[Section], zone: &TimeZone) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment
        .add_template("page", include_str!("page.html"))
        .context("the page's template does not read")?;
    let mut number = 0;
    let parts: Vec<Shown> = sections
        .iter()
        .map(|section| part(section, &mut number))
        .collect();
    let page = environment.get_template("page")?.render(context! {
        source => told.source.as_str(),
        period => words::period(told.diagnosis.period, zone),
        conversations => words::grouped(told.diagnosis.handoffs.conversations),
        messages => words::grouped(told.diagnosis.messages),
        cards => cards(told),
        parts,
    });
    page.context("the page cannot be written")
}

/// The figures at the top.
fn cards(told: &Told) -> Vec<Shown> {
    let figures = told.diagnosis.figures().into_iter();
    figures
        .map(|figure| {
            let number = |value: u64| match figure.unit {
                segue_core::audit::diagnosis::Unit::Permille => {
                    words::percent(i64::try_from(value).unwrap_or_default())
                }
                segue_core::audit::diagnosis::Unit::Seconds => words::length(value),
            };
            let high = figure.high.map_or_else(|| "open".to_owned(), number);
            context! {
                name => figure.name,
                value => number(figure.value),
                interval => format!("{} to {high}", number(figure.low)),
            }
        })
        .collect()
}

fn part(section: &Section, number: &mut usize) -> Shown {
    let charts: Vec<Shown> = section
        .charts
        .iter()
        .filter_map(|chart| {
            *number += 1;
            let drawn = plot::draw(chart, *number)?;
            Some(context! { title => chart.title.as_str(), svg => Shown::from_safe_string(drawn) })
        })
        .collect();
    let tables = section.tables.iter().filter(|table| !table.rows.is_empty());
    let quotes = section.quotes.iter().map(|quoted| {
        context! {
            place => quoted.place.as_str(),
            said => quoted.said.clone(),
            asked => quoted.asked.clone(),
        }
    });
    context! {
        id => section.title.to_lowercase().replace(' ', "-"),
        title => section.title,
        question => section.question,
        answer => section.answer.clone(),
        charts,
        tables => tables.map(table).collect::<Vec<_>>(),
        quotes => quotes.collect::<Vec<_>>(),
    }
}

fn table(table: &Table) -> Shown {
    let numbers: Vec<bool> = (0..table.head.len())
        .map(|column| table.rows.iter().all(|row| row[column].is_number()))
        .collect();
    let head = table.head.iter().zip(&numbers);
    let head: Vec<Shown> = head
        .map(|(name, number)| context! { name => *name, number => *number })
        .collect();
    let rows: Vec<Vec<Shown>> = table
        .rows
        .iter()
        .map(|row| {
            row.iter()
                .zip(&numbers)
                .map(|(value, number)| cell(value, *number))
                .collect()
        })
        .collect();
    context! { title => table.title.as_str(), head, rows }
}

fn cell(value: &Value, number: bool) -> Shown {
    context! { words => value.words(), number, out => value.stands_out() }
}
