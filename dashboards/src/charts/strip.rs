//! strip: every municipality a dot on one line, with the median and the common target: how far apart they are at a glance.

use super::canvas::{Canvas, Finish, Role};
use super::scale::{Extent, Scale};

pub fn draw(
    values: &[f64],
    median: f64,
    target: Option<f64>,
    title: &str,
    description: &str,
    id: &str,
) -> String {
    let mut canvas = Canvas::new(190, 40);
    let (left, right, middle) = (8.0, 182.0, 20.0);
    let scale = Scale::around(values.iter().copied().chain(target), Extent::Free, 3);
    let x = |v: f64| left + (right - left) * scale.part(v);
    canvas.line(&[(left, middle), (right, middle)], Role::Grid, 2.0);
    if let Some(target) = target {
        canvas.line(&[(x(target), 4.0), (x(target), 36.0)], Role::Target, 2.0);
    }
    for value in values {
        canvas.dot((x(*value), middle), 5.5, Role::Peer);
    }
    canvas.line(&[(x(median), 8.0), (x(median), 32.0)], Role::Own, 4.0);
    canvas.finish(title, description, Finish::Page { id, class: "spark" })
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_dot_each_and_one_median() {
        let svg = super::draw(&[1.0, 2.0, 4.0], 2.0, None, "t", "d", "i");
        assert_eq!(svg.matches("<circle").count(), 3);
        assert_eq!(svg.matches("s-own").count(), 1);
        assert_eq!(svg.matches("s-target").count(), 0);
    }
}
