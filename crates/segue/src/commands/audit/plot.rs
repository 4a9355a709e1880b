//! Plots as SVG, drawn with the colours of the page around them, so that they are right in light
//! and in dark. Every plot has a title and a description for those who do not see it.

use std::fmt::Write;

use super::{
    section::{Chart, Kind, Point},
    words,
};

/// The width of a plot; it is scaled to the page.
const WIDTH: u64 = 720;
/// The height of one lying bar with what is around it.
const BAR: u64 = 26;
/// Where lying bars begin.
const LEFT: u64 = 250;
/// What stands right of them.
const RIGHT: u64 = 130;
/// The height of a standing plot.
const TALL: u64 = 240;
/// Characters of a name that fit left of a lying bar.
const NAME: usize = 36;

/// The plot as SVG; none of nothing.
pub(super) fn draw(chart: &Chart, number: usize) -> Option<String> {
    if chart.points.is_empty() {
        return None;
    }
    let (height, body) = match chart.kind {
        Kind::Shares | Kind::Seconds => lying(chart),
        Kind::Columns | Kind::Counts => standing(chart),
        Kind::Curve => curve(chart),
    };
    let (title, told) = (escaped(&chart.title), escaped(&description(chart)));
    Some(format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"t{number} d{number}\">\
         <title id=\"t{number}\">{title}</title><desc id=\"d{number}\">{told}</desc>{body}</svg>"
    ))
}

/// What can be seen, in words.
fn description(chart: &Chart) -> String {
    let points = chart.points.iter().take(30);
    let points = points.map(|point| format!("{}: {}", point.name, told(chart.kind, point.value)));
    points.collect::<Vec<_>>().join("; ")
}

fn told(kind: Kind, value: u64) -> String {
    match kind {
        Kind::Shares | Kind::Columns | Kind::Curve => {
            words::percent(i64::try_from(value).unwrap_or_default())
        }
        Kind::Seconds => words::length(value),
        Kind::Counts => words::grouped(value),
    }
}

/// The value at the end of the scale: the next round one.
fn scale(kind: Kind, points: &[Point]) -> u64 {
    let greatest = points.iter().map(|point| point.high.max(point.value)).max();
    let greatest = greatest.unwrap_or_default().max(1);
    match kind {
        Kind::Shares | Kind::Columns => greatest.next_multiple_of(100).min(1000),
        _ => greatest,
    }
}

/// Lengths of time differ by powers of ten, so they stand on a scale of powers.
fn along(kind: Kind, value: u64, end: u64, room: u64) -> u64 {
    if kind == Kind::Seconds {
        return logarithm(value) * room / logarithm(end).max(1);
    }
    (value.min(end) * room).checked_div(end).unwrap_or_default()
}

/// A thousand times the logarithm to the base of 2, which is all that a scale needs.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a picture"
)]
fn logarithm(value: u64) -> u64 {
    ((value + 1) as f64).log2().mul_add(1000.0, 0.0) as u64
}

fn lying(chart: &Chart) -> (u64, String) {
    let room = WIDTH - LEFT - RIGHT;
    let end = scale(chart.kind, &chart.points);
    let rows = u64::try_from(chart.points.len()).unwrap_or_default();
    let height = rows * BAR + 34;
    let mut body = String::new();
    // Writing into a text cannot fail.
    let _ = grid(&mut body, chart.kind, end, room, rows * BAR);
    for (point, row) in chart.points.iter().zip(0..) {
        let _ = lying_bar(&mut body, chart.kind, point, end, room, row * BAR);
    }
    if let Some(all) = chart.all.filter(|_| chart.kind == Kind::Shares) {
        let x = LEFT + along(chart.kind, all, end, room);
        let bottom = rows * BAR;
        let _ = write!(
            body,
            "<line class=\"all\" x1=\"{x}\" y1=\"0\" x2=\"{x}\" y2=\"{bottom}\"/>\
             <text class=\"tick all\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">all: {}</text>",
            bottom + 30,
            told(chart.kind, all)
        );
    }
    (height, body)
}

fn grid(to: &mut String, kind: Kind, end: u64, room: u64, bottom: u64) -> std::fmt::Result {
    let ticks: Vec<u64> = match kind {
        Kind::Seconds => [60, 3600, 86_400, 604_800, 2_592_000]
            .into_iter()
            .filter(|tick| *tick <= end)
            .collect(),
        _ => (0..=4).map(|quarter| end * quarter / 4).collect(),
    };
    for tick in ticks {
        let x = LEFT + along(kind, tick, end, room);
        write!(
            to,
            "<line class=\"grid\" x1=\"{x}\" y1=\"0\" x2=\"{x}\" y2=\"{bottom}\"/>\
             <text class=\"tick\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            bottom + 15,
            told(kind, tick)
        )?;
    }
    Ok(())
}

fn lying_bar(
    to: &mut String,
    kind: Kind,
    point: &Point,
    end: u64,
    room: u64,
    top: u64,
) -> std::fmt::Result {
    let class = if point.stands_out { "bar out" } else { "bar" };
    let (length, middle) = (along(kind, point.value, end, room), top + BAR / 2);
    let low = LEFT + along(kind, point.low, end, room);
    let high = LEFT + along(kind, point.high, end, room);
    write!(
        to,
        "<text class=\"name\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
         <rect class=\"{class}\" x=\"{LEFT}\" y=\"{}\" width=\"{length}\" height=\"{}\" rx=\"2\"/>\
         <line class=\"reach\" x1=\"{low}\" y1=\"{middle}\" x2=\"{high}\" y2=\"{middle}\"/>\
         <text class=\"value\" x=\"{}\" y=\"{}\">{}</text>",
        LEFT - 8,
        middle + 4,
        escaped(&cut(&point.name)),
        top + 5,
        BAR - 10,
        high.max(LEFT + length) + 8,
        middle + 4,
        told(kind, point.value),
    )
}

fn standing(chart: &Chart) -> (u64, String) {
    const SIDE: u64 = 56;
    const TOP: u64 = 12;
    let end = scale(chart.kind, &chart.points);
    let count = u64::try_from(chart.points.len()).unwrap_or(1).max(1);
    let step = (WIDTH - SIDE) / count;
    let up = |value: u64| TOP + TALL - (value.min(end) * TALL).checked_div(end).unwrap_or_default();
    let mut body = String::new();
    for tick in (0..=4).map(|quarter| end * quarter / 4) {
        let y = up(tick);
        let _ = write!(
            body,
            "<line class=\"grid\" x1=\"{SIDE}\" y1=\"{y}\" x2=\"{WIDTH}\" y2=\"{y}\"/>\
             <text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            SIDE - 8,
            y + 4,
            told(chart.kind, tick)
        );
    }
    for (point, place) in chart.points.iter().zip(0..) {
        let class = if point.stands_out { "bar out" } else { "bar" };
        let (x, y) = (SIDE + place * step, up(point.value));
        let middle = x + step / 2;
        let _ = write!(
            body,
            "<rect class=\"{class}\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"2\"/>",
            x + step / 8,
            step - step / 4,
            TOP + TALL - y
        );
        if chart.kind == Kind::Columns {
            let _ = write!(
                body,
                "<line class=\"reach\" x1=\"{middle}\" y1=\"{}\" x2=\"{middle}\" y2=\"{}\"/>",
                up(point.high),
                up(point.low)
            );
        }
        let name = point.name.trim_end_matches(":00");
        let name: String = if step < 60 {
            name.chars().take(3).collect()
        } else {
            name.to_owned()
        };
        let _ = write!(
            body,
            "<text class=\"tick\" x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            TOP + TALL + 18,
            escaped(&name)
        );
    }
    if let Some(all) = chart.all {
        let y = up(all);
        let _ = write!(
            body,
            "<line class=\"all\" x1=\"{SIDE}\" y1=\"{y}\" x2=\"{WIDTH}\" y2=\"{y}\"/>"
        );
    }
    (TOP + TALL + 28, body)
}

/// Seconds along on a scale of powers, the share that still waits upwards.
fn curve(chart: &Chart) -> (u64, String) {
    const SIDE: u64 = 56;
    const TOP: u64 = 12;
    let room = WIDTH - SIDE - 20;
    let end = chart.points.last().map_or(1, |point| point.along.max(1));
    let x = |seconds: u64| SIDE + along(Kind::Seconds, seconds, end, room);
    let y = |share: u64| TOP + TALL - share.min(1000) * TALL / 1000;
    let mut body = String::new();
    for tick in [0, 250, 500, 750, 1000] {
        let _ = write!(
            body,
            "<line class=\"grid\" x1=\"{SIDE}\" y1=\"{0}\" x2=\"{1}\" y2=\"{0}\"/>\
             <text class=\"tick\" x=\"{2}\" y=\"{3}\" text-anchor=\"end\">{4}</text>",
            y(tick),
            SIDE + room,
            SIDE - 8,
            y(tick) + 4,
            told(Kind::Curve, tick)
        );
    }
    let ticks = [1, 10, 60, 600, 3600, 36_000, 86_400, 604_800, 2_592_000];
    for tick in ticks.into_iter().filter(|tick| *tick <= end) {
        let _ = write!(
            body,
            "<line class=\"grid\" x1=\"{0}\" y1=\"{TOP}\" x2=\"{0}\" y2=\"{1}\"/>\
             <text class=\"tick\" x=\"{0}\" y=\"{2}\" text-anchor=\"middle\">{3}</text>",
            x(tick),
            TOP + TALL,
            TOP + TALL + 18,
            words::length(tick)
        );
    }
    let mut path = format!("M{} {}", x(0), y(1000));
    for point in &chart.points {
        let _ = write!(path, "H{}V{}", x(point.along), y(point.value));
    }
    let _ = write!(body, "<path class=\"curve\" d=\"{path}\"/>");
    (TOP + TALL + 28, body)
}

fn cut(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    name.chars().take(NAME - 1).chain(['…']).collect()
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_wrote_never_becomes_markup() {
        let chart = Chart {
            title: "<b>".to_owned(),
            kind: Kind::Shares,
            points: vec![Point {
                name: "<script>alert(1)</script>".to_owned(),
                value: 500,
                low: 400,
                high: 600,
                ..Point::default()
            }],
            all: Some(500),
        };
        let drawn = draw(&chart, 1).unwrap();
        assert!(
            !drawn.contains("<script") && !drawn.contains("<b>"),
            "{drawn}"
        );
    }

    #[test]
    fn nothing_is_no_plot() {
        let chart = Chart {
            title: String::new(),
            kind: Kind::Curve,
            points: Vec::new(),
            all: None,
        };
        assert_eq!(draw(&chart, 1), None);
    }
}
