//! lineage: boxes in layers with lines between them, from left to right or, on a narrow page, from top to bottom.

use super::canvas::{Anchor, Canvas, Finish, Role};
use super::trend::{Width, short};

/// A box; its layer counts from 0.
pub struct Node {
    pub layer: usize,
    pub title: String,
    pub lines: Vec<Line>,
    /// What the picture is about.
    pub own: bool,
}

/// A word on the left and what it says on the right.
pub struct Line {
    pub text: String,
    pub note: String,
}

pub struct Picture {
    pub nodes: Vec<Node>,
    /// From one node to another in a later layer.
    pub edges: Vec<(usize, usize)>,
}

const ROW: f64 = 21.0;
const HEAD: f64 = 32.0;
/// From one line of a title to the next.
const TITLE: f64 = 18.0;
const BETWEEN: f64 = 16.0;
/// The least room for lines between layers.
const GAP: f64 = 44.0;

/// Where a node stands: left, top, width, height.
#[derive(Clone, Copy)]
struct Place(f64, f64, f64, f64);

pub fn draw(
    picture: &Picture,
    title: &str,
    description: &str,
    width: Width,
    finish: Finish,
) -> String {
    let (places, size) = match width {
        Width::Wide => across(picture, 1120.0),
        Width::Narrow => down(picture, 340.0),
    };
    let mut canvas = Canvas::new(size.0 as u32, size.1 as u32);
    match width {
        Width::Wide => {
            for (from, to) in &picture.edges {
                curve(&mut canvas, places[*from], places[*to]);
            }
        }
        // Boxes above one another leave no room for lines of their own: one arrow from layer to layer.
        Width::Narrow => {
            for pair in places.windows(2).zip(picture.nodes.windows(2)) {
                let (places, nodes) = pair;
                if nodes[0].layer != nodes[1].layer {
                    let at = size.0 / 2.0;
                    arrow_down(&mut canvas, at, places[0].1 + places[0].3, places[1].1);
                }
            }
        }
    }
    for (node, place) in picture.nodes.iter().zip(&places) {
        boxed(&mut canvas, node, *place);
    }
    canvas.finish(title, description, finish)
}

/// The title, on two lines where one is too narrow.
fn title(node: &Node, width: f64) -> Vec<String> {
    let most = letters(width - 24.0, 7.7);
    if node.title.chars().count() <= most {
        return vec![node.title.clone()];
    }
    let fits = |at: &usize| node.title[..*at].chars().count() <= most;
    let mut spaces = node.title.match_indices(' ').map(|(at, _)| at);
    match spaces.rfind(fits) {
        Some(at) => vec![
            node.title[..at].to_string(),
            short(&node.title[at + 1..], most),
        ],
        None => vec![short(&node.title, most)],
    }
}

/// How many letters of a width there is room for.
fn letters(room: f64, each: f64) -> usize {
    (room / each).max(4.0) as usize
}

fn head(node: &Node, width: f64) -> f64 {
    HEAD + TITLE * (title(node, width).len() as f64 - 1.0)
}

fn height(node: &Node, width: f64) -> f64 {
    head(node, width)
        + match node.lines.len() {
            0 => 0.0,
            n => ROW * n as f64 + 12.0,
        }
}

/// About as wide as its text.
fn breadth(node: &Node) -> f64 {
    let letters = |text: &str| text.chars().count() as f64;
    let line = |l: &Line| letters(&l.text) * 7.6 + letters(&l.note) * 6.6 + 24.0;
    let lines = node.lines.iter().map(line).fold(0.0, f64::max);
    (letters(&node.title) * 8.0).max(lines).max(110.0) + 28.0
}

fn across(picture: &Picture, width: f64) -> (Vec<Place>, (f64, f64)) {
    let layers = picture.nodes.iter().map(|n| n.layer + 1).max().unwrap_or(0);
    let of = |layer: usize| picture.nodes.iter().filter(move |n| n.layer == layer);
    let mut widths: Vec<f64> = (0..layers)
        .map(|layer| of(layer).map(breadth).fold(0.0, f64::max))
        .collect();
    let gaps = layers.saturating_sub(1).max(1) as f64;
    let room = width - GAP * gaps;
    // What is too wide gives way, the widest first.
    while widths.iter().sum::<f64>() > room {
        let widest = widths.iter_mut().max_by(|a, b| a.total_cmp(b));
        let Some(widest) = widest.filter(|w| **w > 100.0) else {
            break;
        };
        *widest -= 4.0;
    }
    let gap = ((width - widths.iter().sum::<f64>()) / gaps).max(GAP);
    let tall = |layer: usize| {
        let heights = of(layer).map(|n| height(n, widths[layer] - 2.0) + BETWEEN);
        heights.sum::<f64>() - BETWEEN
    };
    let tallest = (0..layers).map(tall).fold(0.0, f64::max);
    let mut next: Vec<f64> = (0..layers)
        .map(|l| (tallest - tall(l)) / 2.0 + 2.0)
        .collect();
    let places = picture.nodes.iter().map(|node| {
        let left = widths[..node.layer].iter().sum::<f64>() + gap * node.layer as f64;
        let place = Place(
            left + 1.0,
            next[node.layer],
            widths[node.layer] - 2.0,
            height(node, widths[node.layer] - 2.0),
        );
        next[node.layer] += place.3 + BETWEEN;
        place
    });
    (places.collect(), (width, tallest + 6.0))
}

fn down(picture: &Picture, width: f64) -> (Vec<Place>, (f64, f64)) {
    let mut top = 2.0;
    let mut layer = 0;
    let mut places = Vec::new();
    for node in &picture.nodes {
        if node.layer != layer {
            top += 26.0;
            layer = node.layer;
        }
        let tall = height(node, width - 2.0);
        places.push(Place(1.0, top, width - 2.0, tall));
        top += tall + BETWEEN / 2.0;
    }
    (places, (width, top))
}

fn boxed(canvas: &mut Canvas, node: &Node, Place(left, top, width, height): Place) {
    let (right, bottom) = (left + width, top + height);
    let under = top + head(node, width);
    let (fill, words) = match node.own {
        true => (Role::Own, Role::Card),
        false => (Role::OwnSoft, Role::Strong),
    };
    canvas.rect((left, top), (right, bottom), Role::Card);
    canvas.rect((left, top), (right, under), fill);
    let corners = [
        (left, top),
        (right, top),
        (right, bottom),
        (left, bottom),
        (left, top),
    ];
    canvas.line(&corners, if node.own { Role::Own } else { Role::Peer }, 1.2);
    for (row, text) in title(node, width).iter().enumerate() {
        let middle = top + HEAD / 2.0 + TITLE * row as f64;
        canvas.text(
            text,
            (left + 12.0, middle),
            Anchor::Start,
            14.0,
            true,
            words,
        );
    }
    for (row, line) in node.lines.iter().enumerate() {
        let middle = under + ROW * (row as f64 + 0.5) + 6.0;
        canvas.text(
            &short(&line.text, letters(width - 24.0, 7.4)),
            (left + 12.0, middle),
            Anchor::Start,
            13.0,
            false,
            Role::Strong,
        );
        if !line.note.is_empty() {
            let room = width - 36.0 - line.text.chars().count() as f64 * 7.0;
            let note = short(&line.note, letters(room, 6.3));
            canvas.text(
                &note,
                (right - 12.0, middle),
                Anchor::End,
                12.0,
                false,
                Role::Text,
            );
        }
    }
}

/// From the right side of a box to the left side of another.
fn curve(canvas: &mut Canvas, from: Place, to: Place) {
    let (x0, y0) = (from.0 + from.2, from.1 + from.3.min(HEAD) / 2.0);
    let (x1, y1) = (to.0 - 6.0, to.1 + to.3.min(HEAD) / 2.0);
    let bend = (x1 - x0) / 2.0;
    let at = |t: f64| {
        let u = 1.0 - t;
        let mix = |a: f64, b: f64, c: f64, d: f64| {
            u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
        };
        (mix(x0, x0 + bend, x1 - bend, x1), mix(y0, y0, y1, y1))
    };
    let points: Vec<(f64, f64)> = (0..=24).map(|i| at(f64::from(i) / 24.0)).collect();
    canvas.line(&points, Role::Peer, 1.6);
    canvas.area(
        &[(x1 + 5.0, y1), (x1 - 3.0, y1 - 4.5), (x1 - 3.0, y1 + 4.5)],
        Role::Peer,
    );
}

fn arrow_down(canvas: &mut Canvas, x: f64, from: f64, to: f64) {
    let end = to - 7.0;
    canvas.line(&[(x, from), (x, end)], Role::Peer, 1.6);
    canvas.area(
        &[(x, end + 6.0), (x - 4.5, end - 2.0), (x + 4.5, end - 2.0)],
        Role::Peer,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> Picture {
        let node = |layer, title: &str, note: &str| Node {
            layer,
            title: title.into(),
            lines: vec![Line {
                text: "due_on".into(),
                note: note.into(),
            }],
            own: layer == 2,
        };
        Picture {
            nodes: vec![
                node(0, "omgeving", "9"),
                node(1, "cases", &"date, numerator, ".repeat(40)),
                node(2, "Tijdig <beslist>", "date"),
            ],
            edges: vec![(0, 1), (1, 2)],
        }
    }

    #[test]
    fn boxes_stay_within_the_picture_and_apart() {
        let picture = picture();
        let (places, size) = across(&picture, 1120.0);
        for pair in places.windows(2) {
            assert!(
                pair[0].0 + pair[0].2 + 30.0 < pair[1].0,
                "no room for a line"
            );
        }
        assert!(
            places
                .iter()
                .all(|p| p.0 + p.2 <= size.0 && p.1 + p.3 <= size.1)
        );
        let (places, size) = down(&picture, 340.0);
        for pair in places.windows(2) {
            assert!(
                pair[0].1 + pair[0].3 + 20.0 < pair[1].1,
                "no room for an arrow"
            );
        }
        assert!(
            places
                .iter()
                .all(|p| p.0 + p.2 <= size.0 && p.1 + p.3 <= size.1)
        );
    }

    #[test]
    fn a_title_that_is_too_long_takes_a_second_line() {
        let node = |title: &str| Node {
            layer: 0,
            title: title.into(),
            lines: Vec::new(),
            own: true,
        };
        let long = node("Beslist binnen de wettelijke termijn");
        assert_eq!(
            title(&long, 240.0),
            ["Beslist binnen de wettelijke", "termijn"]
        );
        assert_eq!(height(&long, 240.0), HEAD + TITLE);
        assert_eq!(height(&long, 400.0), HEAD);
        let one = node("eenwoorddatnietopdezeregelkan");
        assert_eq!(title(&one, 100.0), ["eenwoord…"]);
    }

    #[test]
    fn it_says_what_it_shows_and_cuts_what_is_too_long() {
        let page = Finish::Page { id: "l", class: "" };
        let svg = draw(&picture(), "t", "in woorden", Width::Wide, page);
        assert!(svg.contains("<desc id=\"l-d\">in woorden</desc>"));
        assert!(svg.contains("Tijdig &lt;beslist&gt;") && svg.contains('…'));
    }
}
