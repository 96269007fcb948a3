//! problem: a page for when there is no page: one sentence, a stable code, a way on.

use askama::Template;

use crate::page::{Page, Visit, without_as_of};
use crate::trouble::Trouble;

#[derive(Template)]
#[template(path = "problem.html")]
struct Problem {
    page: Page,
    status: u16,
    code: &'static str,
    title: String,
    sentence: String,
    /// The same page as of today, for who looked back too far.
    today: String,
    hint: String,
}

/// Never fails: when even this cannot be written, plain words remain.
pub fn render(visit: &Visit, trouble: &Trouble) -> String {
    let sentence = visit.words.with(
        &format!("trouble-{}", trouble.code),
        &[("what", &trouble.what)],
    );
    let problem = Problem {
        page: Page::new(visit, visit.words.t(trouble.title()), ""),
        title: visit.words.t(trouble.title()),
        today: match trouble.code {
            "nothing-then" | "as-of" => {
                without_as_of(&format!("/{}{}", visit.words.language.code(), visit.rest))
            }
            _ => String::new(),
        },
        status: trouble.status.as_u16(),
        code: trouble.code,
        hint: visit.words.named("hint", trouble.code),
        sentence,
    };
    problem
        .render()
        .unwrap_or_else(|_| format!("{} {}", trouble.status.as_u16(), trouble.code))
}
