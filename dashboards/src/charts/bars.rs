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
    let (w, right, letters) = match width {
        Width::Wide => (560.0, 64.0, 32),
        Width::Narrow => (360.0, 52.0, 19),
    };
    let names: Vec<Vec<String>> = bars.iter().map(|b| lines(&b.name, letters)).collect();
    let longest = names.iter().flatten().map(|n| n.chars().count()).max();
    let left = 7.4 * longest.unwrap_or(0) as f64 + 18.0;
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
        let size = if names[i].len() > 1 { 12.0 } else { 13.0 };
        for (row, line) in names[i].iter().enumerate() {
            let down = 13.0 * (row as f64 - (names[i].len() - 1) as f64 / 2.0);
            let at = (left - 10.0, middle + down);
            canvas.text(line, at, Anchor::End, size, bar.own, name);
        }
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

/// One line where the name fits, else two, parted after a hyphen or a space.
fn lines(name: &str, letters: usize) -> Vec<String> {
    if name.chars().count() <= letters {
        return vec![name.to_string()];
    }
    let parted = name
        .char_indices()
        .filter(|(_, c)| matches!(c, '-' | ' '))
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|at| name[..*at].chars().count() <= letters)
        .last();
    match parted {
        Some(at) => vec![name[..at].trim_end().into(), short(&name[at..], letters)],
        None => vec![short(name, letters)],
    }
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
    fn a_long_name_takes_two_lines() {
        assert_eq!(lines("Wingene", 19), ["Wingene"]);
        assert_eq!(
            lines("Beveren-Kruibeke-Zwijndrecht", 19),
            ["Beveren-Kruibeke-", "Zwijndrecht"]
        );
        assert_eq!(lines("Aaaaaaaaaa", 5), ["Aaaa…"]);
    }

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
