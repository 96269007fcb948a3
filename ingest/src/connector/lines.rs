//! connector/lines: on which line and column a place in the text stands.

/// Counts lines forward, so that the whole file is gone through once.
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    /// The 1-based line of a byte position; one before an earlier question is on the line of that question.
    pub fn of(&mut self, position: usize) -> u64 {
        let position = position.min(self.text.len());
        if position > self.at {
            let passed = &self.text.as_bytes()[self.at..position];
            self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
            self.at = position;
        }
        self.line
    }
}

/// `line 3, column 14`, both 1-based; columns count characters.
pub(super) fn line_and_column(text: &str, position: usize) -> String {
    let mut position = position.min(text.len());
    while !text.is_char_boundary(position) {
        position -= 1;
    }
    let before = &text[..position];
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |last| last.chars().count())
        + 1;
    format!("line {line}, column {column}")
}
