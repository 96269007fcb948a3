//! about: how to read what stands here; and, where only the published is served, why the rest is not there.

use askama::Template;

use crate::page::Page;
use crate::trouble::Outcome;

#[derive(Template)]
#[template(path = "about.html")]
struct About {
    page: Page,
}

#[derive(Template)]
#[template(path = "closed.html")]
struct Closed {
    page: Page,
}

#[derive(Template)]
#[template(path = "empty.html")]
struct Empty {
    page: Page,
}

pub fn render(page: Page) -> Outcome<String> {
    Ok(About { page }.render()?)
}

pub fn render_closed(page: Page) -> Outcome<String> {
    Ok(Closed { page }.render()?)
}

/// Nothing was computed yet.
pub fn render_empty(page: Page) -> Outcome<String> {
    Ok(Empty { page }.render()?)
}
