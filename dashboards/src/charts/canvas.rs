//! canvas: plotters' SVG backend with roles for colours, so that one drawing can follow the page's colours or stand alone.
//!
//! Each role is drawn in a key colour that is replaced at the end: by a class in a page (dark mode, print), by a fixed colour in a file.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Plotters counts in whole pixels; ten to one keeps lines smooth.
const FINE: f64 = 10.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    Card,
    Grid,
    Text,
    Strong,
    Own,
    OwnProvisional,
    OwnSoft,
    Peer,
    Target,
    TargetText,
    Break,
    Gap,
    Bar,
}

/// Role, class, fixed colour, dash pattern.
const ROLES: [(Role, &str, &str, &str); 13] = [
    (Role::Card, "card", "#ffffff", ""),
    (Role::Grid, "grid", "#e4dfd4", ""),
    (Role::Text, "text", "#56626d", ""),
    (Role::Strong, "strong", "#15212b", ""),
    (Role::Own, "own", "#0b5a6b", ""),
    (Role::OwnProvisional, "own prov", "#0b5a6b", "1 52"),
    (Role::OwnSoft, "soft", "#dfecee", ""),
    (Role::Peer, "peer", "#97a2ab", ""),
    (Role::Target, "target", "#b5701a", "50 50"),
    (Role::TargetText, "targettext", "#8f5510", ""),
    (Role::Break, "break", "#56626d", "10 40"),
    (Role::Gap, "gap", "#f0ede6", ""),
    (Role::Bar, "bar", "#b9c6cb", ""),
];

/// Where the drawing will stand.
#[derive(Debug, Clone, Copy)]
pub enum Finish<'a> {
    /// In a page, coloured by its style sheet; `id` is unique there.
    Page { id: &'a str, class: &'a str },
    /// On its own, with a line that must travel along (such as that the cases are invented).
    File { note: &'a str },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// Positions and sizes are in CSS pixels of the view box.
pub struct Canvas {
    width: u32,
    height: u32,
    body: String,
}

fn fine(at: (f64, f64)) -> (i32, i32) {
    ((at.0 * FINE).round() as i32, (at.1 * FINE).round() as i32)
}

fn key(role: Role) -> RGBColor {
    RGBColor(1, 2, role as u8)
}

impl Canvas {
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            body: String::new(),
        }
    }

    /// Drawing into a string does not fail; if plotters ever says otherwise the shape is left out.
    fn draw(&mut self, shape: impl FnOnce(&mut SVGBackend)) {
        let mut text = String::new();
        {
            let mut backend = SVGBackend::with_string(&mut text, (1, 1));
            shape(&mut backend);
        }
        // One shape at a time: its line stands between the opening tag and the end.
        if let Some((_, shape)) = text.split_once('\n') {
            self.body.push_str(shape.trim_end_matches("</svg>\n"));
        }
    }

    pub fn line(&mut self, points: &[(f64, f64)], role: Role, width: f64) {
        let points: Vec<_> = points.iter().copied().map(fine).collect();
        let style = key(role).stroke_width((width * FINE) as u32);
        self.draw(|b| drop(b.draw_path(points, &style)));
    }

    pub fn area(&mut self, points: &[(f64, f64)], role: Role) {
        let points: Vec<_> = points.iter().copied().map(fine).collect();
        self.draw(|b| drop(b.fill_polygon(points, &key(role))));
    }

    pub fn rect(&mut self, from: (f64, f64), to: (f64, f64), role: Role) {
        self.draw(|b| drop(b.draw_rect(fine(from), fine(to), &key(role), true)));
    }

    pub fn dot(&mut self, at: (f64, f64), radius: f64, role: Role) {
        self.draw(|b| drop(b.draw_circle(fine(at), (radius * FINE) as u32, &key(role), true)));
    }

    /// A dot with a hole: not final yet.
    pub fn ring(&mut self, at: (f64, f64), radius: f64, role: Role) {
        self.dot(at, radius, Role::Card);
        let style = key(role).stroke_width((2.0 * FINE) as u32);
        self.draw(|b| drop(b.draw_circle(fine(at), (radius * FINE) as u32, &style, false)));
    }

    pub fn text(
        &mut self,
        text: &str,
        at: (f64, f64),
        anchor: Anchor,
        size: f64,
        bold: bool,
        role: Role,
    ) {
        let position = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let weight = if bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        };
        // Plotters writes sizes divided by 1.24.
        let font = FontDesc::new(FontFamily::SansSerif, size * 1.24 * FINE, weight);
        let colour = key(role);
        let style = TextStyle::from(font)
            .color(&colour)
            .pos(Pos::new(position, VPos::Center));
        self.draw(|b| drop(b.draw_text(text, &style, fine(at))));
    }

    /// The whole drawing; `title` names it and `description` says in words what it shows.
    pub fn finish(mut self, title: &str, description: &str, finish: Finish) -> String {
        if let Finish::File { note } = finish
            && !note.is_empty()
        {
            self.height += 26;
            let at = (12.0, f64::from(self.height) - 14.0);
            self.text(note, at, Anchor::Start, 12.0, true, Role::TargetText);
        }
        let (w, h) = (self.width * 10, self.height * 10);
        let common =
            format!("viewBox=\"0 0 {w} {h}\" stroke-linejoin=\"round\" stroke-linecap=\"round\"");
        let (title, description) = (escape(title), escape(description));
        let body = coloured(self.body, matches!(finish, Finish::Page { .. }));
        match finish {
            Finish::Page { id, class } => format!(
                "<svg {common} class=\"chart {class}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\
                 <title id=\"{id}-t\">{title}</title><desc id=\"{id}-d\">{description}</desc>\n{body}</svg>"
            ),
            Finish::File { .. } => format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" {common} width=\"{}\" height=\"{}\" role=\"img\" \
                 font-family=\"Inter, 'Segoe UI', Helvetica, Arial, sans-serif\">\
                 <title>{title}</title><desc>{description}</desc>\
                 <rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n{body}</svg>\n",
                self.width, self.height
            ),
        }
    }
}

fn coloured(mut body: String, in_page: bool) -> String {
    for (role, class, colour, dash) in ROLES {
        let found = format!("#0102{:02X}", role as u8);
        for (attribute, short) in [("stroke", "s"), ("fill", "f")] {
            let dashes = if dash.is_empty() || attribute == "fill" {
                String::new()
            } else {
                format!(" stroke-dasharray=\"{dash}\"")
            };
            let mut with = format!("{attribute}=\"{colour}\"{dashes}");
            if in_page {
                let name = class.split(' ').next().unwrap_or(class);
                let mark = if class.contains("prov") { " prov" } else { "" };
                with = format!("class=\"{short}-{name}{mark}\"{dashes}");
            }
            body = body.replace(&format!("{attribute}=\"{found}\""), &with);
        }
    }
    body.replace(" opacity=\"1\"", "")
        .replace(" font-family=\"sans-serif\"", "")
        .replace(" stroke=\"none\"", "")
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
