//! bars: regions side by side, from zero, the own one marked; who has no number says so in words.

use super::canvas::{Anchor, Canvas, Finish, Role};
use super::scale::{Extent, Scale};
use super::trend::{Width, short};

#[derive(Debug, Clone)]
pub struct Bar {
    pub name: String,
    pub value: Option<f64>,
    /// The number, or the word for why there is none.
    pub text: String,
    pub own: bool,
}

pub fn draw(
    bars: &[Bar],
    target: Option<f64>,
    title: &str,
    description: &str,
    width: Width,
    finish: Finish,
) -> String {
    const ROW: f64 = 30.0;
    let (w, left, right, letters) = match width {
        Width::Wide => (560.0, 190.0, 64.0, 26),
        Width::Narrow => (360.0, 134.0, 52.0, 17),
    };
    let height = ROW * bars.len() as f64 + 12.0;
    let mut canvas = Canvas::new(w as u32, height as u32);
    let values = bars.iter().filter_map(|b| b.value).chain(target);
    let scale = Scale::around(values, Extent::FromZero, 4);
    let end = w - right;
    let x = |v: f64| left + (end - left) * scale.part(v);
    let zero = x(0.0);
    canvas.line(&[(zero, 2.0), (zero, height - 4.0)], Role::Grid, 1.0);
    for (i, bar) in bars.iter().enumerate() {
        let middle = ROW * i as f64 + ROW / 2.0 + 4.0;
        let name = if bar.own { Role::Strong } else { Role::Text };
        canvas.text(
            &short(&bar.name, letters),
            (left - 10.0, middle),
            Anchor::End,
            13.0,
            bar.own,
            name,
        );
        match bar.value {
            Some(value) => {
                let role = if bar.own { Role::Own } else { Role::Bar };
                let (from, to) = (zero.min(x(value)), zero.max(x(value)));
                canvas.rect(
                    (from, middle - 8.0),
                    (to.max(from + 1.5), middle + 8.0),
                    role,
                );
                canvas.text(
                    &bar.text,
                    (w - 4.0, middle),
                    Anchor::End,
                    13.0,
                    bar.own,
                    name,
                );
            }
            None => canvas.text(
                &bar.text,
                (zero + 8.0, middle),
                Anchor::Start,
                12.5,
                false,
                Role::Text,
            ),
        }
    }
    if let Some(target) = target {
        canvas.line(
            &[(x(target), 2.0), (x(target), height - 4.0)],
            Role::Target,
            1.8,
        );
    }
    canvas.finish(title, description, finish)
}

/// A bar of one row, for a table cell: `part` of the whole width.
pub fn mini(part: f64) -> String {
    let length = (part.clamp(0.0, 1.0) * 1000.0).round();
    format!(
        "<svg class=\"mini\" viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">\
         <rect class=\"f-gap\" width=\"1000\" height=\"100\"/><rect class=\"f-own\" width=\"{length}\" height=\"100\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_without_a_number_has_a_word_and_no_bar() {
        let bar = |value: Option<f64>, text: &str, own| Bar {
            name: "X".into(),
            value,
            text: text.into(),
            own,
        };
        let bars = [
            bar(Some(3.0), "3", true),
            bar(None, "niet van toepassing", false),
        ];
        let page = Finish::Page { id: "b", class: "" };
        let svg = draw(&bars, None, "t", "d", Width::Wide, page);
        assert_eq!(svg.matches("f-own").count(), 1);
        assert_eq!(svg.matches("f-bar").count(), 0);
        assert!(svg.contains("niet van toepassing"));
    }
}
