//! spark: the small line on a tile.

use super::canvas::{Canvas, Finish, Role};
use super::scale::{Extent, Scale};
use super::trend::{Point, runs};

const WIDTH: u32 = 170;
const HEIGHT: u32 = 56;

/// The last points of a series; gaps stay gaps.
pub fn draw(points: &[Point], title: &str, description: &str, id: &str) -> String {
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    let values = points
        .iter()
        .flat_map(|p| [p.own, p.target, p.band])
        .flatten();
    let scale = Scale::around(values, Extent::Free, 3);
    let (left, right, top, bottom) = (3.0, f64::from(WIDTH) - 7.0, 7.0, f64::from(HEIGHT) - 7.0);
    let x = |i: usize| left + (right - left) * i as f64 / (points.len().max(2) - 1) as f64;
    let y = |v: f64| bottom - (bottom - top) * scale.part(v);

    for line in runs(points, &[]) {
        let mut area: Vec<_> = line.iter().map(|&(i, v)| (x(i), y(v))).collect();
        if let (Some(first), Some(last)) = (area.first().copied(), area.last().copied()) {
            area.extend([(last.0, f64::from(HEIGHT)), (first.0, f64::from(HEIGHT))]);
            canvas.area(&area, Role::OwnSoft);
        }
    }
    for bound in [|p: &Point| p.target, |p: &Point| p.band] {
        let bounds = points.iter().enumerate();
        let bounds: Vec<_> = bounds
            .filter_map(|(i, p)| Some((x(i), y(bound(p)?))))
            .collect();
        if bounds.len() > 1 {
            canvas.line(&bounds, Role::Target, 1.5);
        }
    }
    for line in runs(points, &[]) {
        super::trend::own_line(&mut canvas, points, &line, &x, &y, 2.2);
    }
    if let Some((i, point)) = points
        .iter()
        .enumerate()
        .rev()
        .find(|(_, p)| p.own.is_some())
        && let Some(value) = point.own
    {
        let at = (x(i), y(value));
        if point.provisional {
            canvas.ring(at, 3.8, Role::Own);
        } else {
            canvas.dot(at, 4.2, Role::Own);
        }
    }
    canvas.finish(title, description, Finish::Page { id, class: "spark" })
}
