//! trend: a line through time: what is missing is a gap, what is provisional is dotted, new ground breaks the line.

use super::canvas::{Anchor, Canvas, Finish, Role};
use super::scale::{Extent, Scale};

#[derive(Debug, Clone, Default)]
pub struct Point {
    /// Under the axis; most points have none.
    pub tick: String,
    /// `None` is a gap, never a zero.
    pub own: Option<f64>,
    pub provisional: bool,
    pub peer: Option<f64>,
    pub target: Option<f64>,
    /// The other bound, where the target is a band.
    pub band: Option<f64>,
}

#[derive(Debug, Clone, Default)]
pub struct Trend {
    pub title: String,
    /// The text alternative, made from the numbers.
    pub description: String,
    pub points: Vec<Point>,
    /// The index of the first point on the new ground, and what happened.
    pub breaks: Vec<(usize, String)>,
    pub own_label: String,
    pub peer_label: String,
    pub target_label: String,
    /// Above the axis.
    pub unit: String,
    pub percent: bool,
    pub from_zero: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    Wide,
    /// For a phone: the letters stay as large.
    Narrow,
}

/// Stretches of points that follow each other without a gap or a break.
pub fn runs(points: &[Point], breaks: &[(usize, String)]) -> Vec<Vec<(usize, f64)>> {
    let mut found: Vec<Vec<(usize, f64)>> = Vec::new();
    let mut open = false;
    for (i, point) in points.iter().enumerate() {
        let cut = breaks.iter().any(|(at, _)| *at == i);
        match point.own {
            Some(value) if open && !cut => {
                if let Some(last) = found.last_mut() {
                    last.push((i, value));
                }
            }
            Some(value) => found.push(vec![(i, value)]),
            None => {}
        }
        open = point.own.is_some();
    }
    found
}

/// The line of one stretch: whole where both ends stand, dotted towards what is provisional; a lone point is a dot.
pub fn own_line(
    canvas: &mut Canvas,
    points: &[Point],
    line: &[(usize, f64)],
    x: &impl Fn(usize) -> f64,
    y: &impl Fn(f64) -> f64,
    width: f64,
) {
    if let [(i, value)] = line {
        canvas.dot((x(*i), y(*value)), width * 1.2, Role::Own);
    }
    let certain: Vec<_> = line
        .iter()
        .take_while(|(i, _)| !points[*i].provisional)
        .map(|&(i, v)| (x(i), y(v)))
        .collect();
    if certain.len() > 1 {
        canvas.line(&certain, Role::Own, width);
    }
    let tail: Vec<_> = line
        .iter()
        .skip(certain.len().saturating_sub(1))
        .map(|&(i, v)| (x(i), y(v)))
        .collect();
    if tail.len() > 1 && certain.len() < line.len() {
        canvas.line(&tail, Role::OwnProvisional, width);
    }
}

/// `axis` writes a number with so many decimals, as the language does.
pub fn draw(
    trend: &Trend,
    width: Width,
    finish: Finish,
    axis: impl Fn(f64, usize) -> String,
) -> String {
    let (w, h, left, right, font) = match width {
        Width::Wide => (760.0, 320.0, 54.0, 132.0, 13.0),
        Width::Narrow => (360.0, 290.0, 46.0, 96.0, 13.0),
    };
    let (top, bottom) = (34.0, h - 34.0);
    let right_edge = w - right;
    let mut canvas = Canvas::new(w as u32, h as u32);
    let points = &trend.points;
    let extent = match (trend.percent, trend.from_zero) {
        (true, _) => Extent::Percent,
        (_, true) => Extent::FromZero,
        _ => Extent::Free,
    };
    let values = points
        .iter()
        .flat_map(|p| [p.own, p.peer, p.target, p.band])
        .flatten();
    let scale = Scale::around(values, extent, if width == Width::Wide { 5 } else { 4 });
    let step = (right_edge - left - 16.0) / (points.len().max(2) - 1) as f64;
    let x = |i: usize| left + 8.0 + step * i as f64;
    let y = |v: f64| bottom - (bottom - top) * scale.part(v);

    for (i, point) in points.iter().enumerate() {
        if point.own.is_none() {
            let half = (step / 2.0).min(24.0);
            let (from, to) = ((x(i) - half).max(left), (x(i) + half).min(right_edge));
            canvas.rect((from, top - 6.0), (to, bottom), Role::Gap);
        }
    }
    let decimals = scale.decimals();
    for tick in &scale.ticks {
        canvas.line(&[(left, y(*tick)), (right_edge, y(*tick))], Role::Grid, 1.0);
        let text = match trend.percent {
            true => format!("{}\u{a0}%", axis(*tick, decimals)),
            false => axis(*tick, decimals),
        };
        canvas.text(
            &text,
            (left - 8.0, y(*tick)),
            Anchor::End,
            font - 1.0,
            false,
            Role::Text,
        );
    }
    if !trend.percent {
        let unit = short(&trend.unit, 26);
        let at = (2.0, 12.0);
        canvas.text(&unit, at, Anchor::Start, font - 1.0, false, Role::Text);
    }
    let mut free_from = f64::MIN;
    for (i, point) in points.iter().enumerate() {
        if !point.tick.is_empty() {
            canvas.line(&[(x(i), bottom), (x(i), bottom + 5.0)], Role::Break, 1.0);
            if x(i) >= free_from {
                canvas.text(
                    &point.tick,
                    (x(i), bottom + 17.0),
                    Anchor::Middle,
                    font - 1.0,
                    false,
                    Role::Text,
                );
                free_from = x(i) + 8.0 * point.tick.chars().count() as f64 + 6.0;
            }
        }
    }
    // Breaks on one day share a line: their labels stand under each other.
    for (row, (at, label)) in trend.breaks.iter().enumerate() {
        let at = (x(*at) - step / 2.0).clamp(left, right_edge);
        canvas.line(&[(at, top - 12.0), (at, bottom)], Role::Break, 1.4);
        let (anchor, shift) = if at > (left + right_edge) / 2.0 {
            (Anchor::End, -7.0)
        } else {
            (Anchor::Start, 7.0)
        };
        let height = 12.0 + 15.0 * (row % 3) as f64;
        canvas.text(
            &short(label, if width == Width::Wide { 44 } else { 24 }),
            (at + shift, height),
            anchor,
            font - 1.0,
            false,
            Role::Text,
        );
    }
    targets(&mut canvas, points.iter().map(|p| p.target), &x, &y);
    targets(&mut canvas, points.iter().map(|p| p.band), &x, &y);
    for line in stretches(points.iter().map(|p| p.peer)) {
        let line: Vec<_> = line.iter().map(|&(i, v)| (x(i), y(v))).collect();
        canvas.line(&line, Role::Peer, 2.0);
    }
    for line in runs(points, &trend.breaks) {
        own_line(&mut canvas, points, &line, &x, &y, 3.0);
    }

    let mut labels = Vec::new();
    let last = |value: fn(&Point) -> Option<f64>| points.iter().rev().find_map(value);
    if let Some((i, point)) = points
        .iter()
        .enumerate()
        .rev()
        .find(|(_, p)| p.own.is_some())
        && let Some(value) = point.own
    {
        let at = (x(i), y(value));
        if point.provisional {
            canvas.ring(at, 5.0, Role::Own);
        } else {
            canvas.dot(at, 5.5, Role::Own);
        }
        labels.push((at.1, &trend.own_label, true, Role::Own));
    }
    if let Some(value) = last(|p| p.target) {
        labels.push((y(value), &trend.target_label, true, Role::TargetText));
    }
    if let Some(value) = last(|p| p.peer) {
        labels.push((y(value), &trend.peer_label, false, Role::Text));
    }
    let gap = font + 5.0;
    let mut heights: Vec<f64> = labels.iter().map(|l| l.0).collect();
    spread(&mut heights, gap, top, bottom);
    for ((_, label, bold, role), height) in labels.iter().zip(heights) {
        let size = if *role == Role::Own {
            font + 1.5
        } else {
            font - 0.5
        };
        let label = keep_number(label, if width == Width::Wide { 19 } else { 13 });
        canvas.text(
            &label,
            (right_edge + 4.0, height),
            Anchor::Start,
            size,
            *bold,
            *role,
        );
    }
    canvas.finish(&trend.title, &trend.description, finish)
}

/// A target holds from the middle before a point to the middle after it.
fn targets(
    canvas: &mut Canvas,
    bounds: impl ExactSizeIterator<Item = Option<f64>>,
    x: &impl Fn(usize) -> f64,
    y: &impl Fn(f64) -> f64,
) {
    let half = (x(1) - x(0)) / 2.0;
    let last = bounds.len().saturating_sub(1);
    for line in stretches(bounds) {
        let mut steps = Vec::new();
        for (i, v) in line {
            steps.extend([(x(i) - half, y(v)), (x(i) + half, y(v))]);
        }
        if let Some(first) = steps.first_mut() {
            first.0 = first.0.max(x(0));
        }
        if let Some(end) = steps.last_mut() {
            end.0 = end.0.min(x(last));
        }
        canvas.line(&steps, Role::Target, 1.8);
    }
}

fn stretches(values: impl Iterator<Item = Option<f64>>) -> Vec<Vec<(usize, f64)>> {
    let points: Vec<Point> = values
        .map(|own| Point {
            own,
            ..Point::default()
        })
        .collect();
    runs(&points, &[])
}

/// Moves labels apart until none overlaps, within the chart.
fn spread(heights: &mut [f64], gap: f64, top: f64, bottom: f64) {
    let mut order: Vec<usize> = (0..heights.len()).collect();
    order.sort_by(|a, b| heights[*a].total_cmp(&heights[*b]));
    for _ in 0..12 {
        for pair in order.windows(2) {
            let short = gap - (heights[pair[1]] - heights[pair[0]]);
            if short > 0.0 {
                heights[pair[0]] -= short / 2.0;
                heights[pair[1]] += short / 2.0;
            }
        }
    }
    // Back inside: down from the top, then up from the bottom, so that an edge never pushes two onto each other.
    let mut least = top - 8.0;
    for i in &order {
        heights[*i] = heights[*i].max(least);
        least = heights[*i] + gap;
    }
    let mut most = bottom;
    for i in order.iter().rev() {
        heights[*i] = heights[*i].min(most);
        most = heights[*i] - gap;
    }
}

/// At most so many letters, of which the last word, its number, stays whole: `Beveren-Kr… 82,4`.
fn keep_number(label: &str, most: usize) -> String {
    match label.rsplit_once(' ') {
        Some((name, number)) if label.chars().count() > most => {
            let room = most.saturating_sub(number.chars().count() + 1).max(4);
            format!("{} {number}", short(name, room))
        }
        _ => label.to_string(),
    }
}

/// At most so many letters.
pub fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_string();
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trend(values: &[Option<f64>]) -> Trend {
        Trend {
            points: values
                .iter()
                .map(|own| Point {
                    own: *own,
                    ..Point::default()
                })
                .collect(),
            own_label: "eigen".into(),
            ..Trend::default()
        }
    }

    fn drawn(trend: &Trend) -> String {
        let page = Finish::Page {
            id: "x",
            class: "wide",
        };
        draw(trend, Width::Wide, page, |v, _| v.to_string())
    }

    #[test]
    fn what_is_missing_is_a_gap() {
        let whole = drawn(&trend(&[
            Some(5.0),
            Some(6.0),
            Some(7.0),
            Some(8.0),
            Some(9.0),
        ]));
        let gap = drawn(&trend(&[Some(5.0), Some(6.0), None, Some(8.0), Some(9.0)]));
        assert_eq!(whole.matches("class=\"s-own\"").count(), 1);
        assert_eq!(gap.matches("class=\"s-own\"").count(), 2);
        assert_eq!(whole.matches("f-gap").count(), 0);
        assert_eq!(gap.matches("f-gap").count(), 1);
    }

    #[test]
    fn what_is_provisional_is_dotted_and_ringed() {
        let mut trend = trend(&[Some(5.0), Some(6.0), Some(7.0)]);
        assert!(!drawn(&trend).contains("prov"));
        trend.points[2].provisional = true;
        let svg = drawn(&trend);
        assert!(svg.contains("class=\"s-own prov\" stroke-dasharray=\"1 52\""));
        assert_eq!(
            svg.matches("class=\"s-own\"").count(),
            2,
            "the line and the ring"
        );
    }

    #[test]
    fn new_ground_breaks_the_line_and_says_why() {
        let mut trend = trend(&[Some(5.0), Some(6.0), Some(7.0), Some(8.0)]);
        trend.breaks = vec![(2, "Borsbeek komt erbij".into())];
        let svg = drawn(&trend);
        assert_eq!(svg.matches("class=\"s-own\"").count(), 2);
        assert!(svg.contains("Borsbeek komt erbij"));
        assert!(svg.contains("s-break"));
    }

    #[test]
    fn nothing_at_all_still_draws() {
        for points in [vec![], vec![None], vec![None, None], vec![Some(3.0)]] {
            let mut trend = trend(&points);
            assert!(drawn(&trend).ends_with("</svg>"));
            trend.points.iter_mut().for_each(|p| p.target = Some(2.0));
            assert!(drawn(&trend).ends_with("</svg>"));
        }
    }

    #[test]
    fn a_file_stands_alone_and_says_the_cases_are_invented() {
        let svg = draw(
            &trend(&[Some(1.0), Some(2.0)]),
            Width::Wide,
            Finish::File {
                note: "Verzonnen <dossiers>",
            },
            |v, _| v.to_string(),
        );
        assert!(svg.contains("xmlns=") && svg.contains("#0b5a6b"));
        assert!(svg.contains("Verzonnen &lt;dossiers&gt;"));
        assert!(!svg.contains("class=") && !svg.contains("#0102"));
    }

    #[test]
    fn labels_do_not_overlap() {
        let mut heights = [100.0, 101.0, 102.0];
        spread(&mut heights, 15.0, 0.0, 300.0);
        assert!(heights[1] - heights[0] > 14.0 && heights[2] - heights[1] > 14.0);
        let mut at_the_edge = [300.0, 299.0, 300.0];
        spread(&mut at_the_edge, 15.0, 0.0, 300.0);
        at_the_edge.sort_by(f64::total_cmp);
        assert_eq!(at_the_edge, [270.0, 285.0, 300.0]);
        assert_eq!(
            keep_number("Beveren-Kruibeke-Zwijndrecht 82,4", 16),
            "Beveren-Kr… 82,4"
        );
    }
}
