//! target: what is fuzzed: a parser, good files for it, and the words of its format.

mod packed;
mod texts;

use std::borrow::Cow;
use std::io::Write;

use anyhow::anyhow;

use crate::change::change;
use crate::dice::Dice;

pub struct Target {
    pub name: &'static str,
    /// The name under which the file is delivered.
    file: &'static str,
    mapping: String,
    seeds: Vec<Vec<u8>>,
    words: &'static [&'static str],
    what: What,
}

/// What the input is.
enum What {
    /// The file.
    File,
    /// What is packed in the file: the packing itself stays good.
    Gzipped,
    /// One file of an archive, which is packed anew around it.
    Part(Vec<(&'static str, Vec<u8>)>, &'static str),
    /// The source mapping; the file is this one.
    Mapping(Vec<u8>),
    /// A date format on the first line, and a file of dates below it.
    Dates,
}

pub fn all() -> Vec<Target> {
    let mut all = texts::targets();
    all.extend(packed::targets());
    all
}

pub fn named(name: &str) -> anyhow::Result<Target> {
    all()
        .into_iter()
        .find(|target| target.name == name)
        .ok_or_else(|| anyhow!("there is no target `{name}`: see `list`"))
}

impl Target {
    /// The input of a seed.
    pub fn input(&self, seed: u64) -> Vec<u8> {
        let mut dice = Dice::new(self.name, seed);
        let good = &self.seeds[dice.below(self.seeds.len())];
        let other = &self.seeds[dice.below(self.seeds.len())];
        change(good, other, self.words, &mut dice)
    }

    /// The mapping, the file's name and its bytes.
    pub fn delivery<'i>(&self, input: &'i [u8]) -> (String, &'static str, Cow<'i, [u8]>) {
        let (mapping, bytes) = match &self.what {
            What::File => (self.mapping.clone(), Cow::Borrowed(input)),
            What::Gzipped => (self.mapping.clone(), Cow::Owned(gzipped(input))),
            What::Part(files, part) => (
                self.mapping.clone(),
                Cow::Owned(packed::archive(files, Some((part, input)))),
            ),
            What::Mapping(file) => (
                String::from_utf8_lossy(input).into_owned(),
                Cow::Owned(file.clone()),
            ),
            What::Dates => {
                let end = input
                    .iter()
                    .position(|b| *b == b'\n')
                    .unwrap_or(input.len());
                let format = String::from_utf8_lossy(&input[..end]);
                let format = format.replace(['\'', '\r'], "");
                let rest = input.get(end + 1..).unwrap_or_default();
                (self.mapping.replace("FORMAT", &format), Cow::Borrowed(rest))
            }
        };
        (mapping, self.file, bytes)
    }
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let written = writer.write_all(bytes).and_then(|()| writer.finish());
    written.expect("writing to memory does not fail")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Desk;

    /// A seed that is refused as a whole would test little: each must get through to its rows.
    #[test]
    fn the_good_files_are_good() {
        let desk = Desk::new().expect("the built-in pack");
        for target in all() {
            let said = desk.check(&target, &target.seeds[0]);
            assert!(
                matches!(said.as_str(), "accepted" | "rejections"),
                "{}: {said}",
                target.name
            );
        }
    }

    /// The whole way, a little: every target with its first seeds.
    #[test]
    fn the_first_seeds_do_no_harm() {
        let desk = Desk::new().expect("the built-in pack");
        for target in all() {
            for seed in 0..20 {
                desk.check(&target, &target.input(seed));
            }
        }
    }
}
