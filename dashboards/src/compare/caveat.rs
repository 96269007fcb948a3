//! compare/caveat: what must be known beside a number that a figure is held against.

use beleidsinfo_warehouse::elsewhere::Meaning;
use beleidsinfo_warehouse::figure::Status;
use beleidsinfo_warehouse::period::Period;

use crate::lens::Lens;
use crate::number;

#[derive(Debug, Clone, PartialEq)]
pub enum Caveat {
    /// Counted by an earlier version with the same meaning.
    Version(String),
    /// So many of the members have a figure; the codes of those that have none.
    Counted {
        there: usize,
        all: usize,
        without: Vec<String>,
    },
    /// Members of which part belongs elsewhere.
    Mixed(Vec<String>),
    /// The figure of another installation, how its meaning stands to ours, and its version.
    Elsewhere(Meaning, String),
    /// Members of which the figure is of another installation, by the same certified definition.
    Among(Vec<String>),
    /// Nobody here knows how complete it is.
    Provisional,
    /// Theirs is invented, and ours are not.
    Invented,
}

impl Caveat {
    pub fn key(&self) -> &'static str {
        match self {
            Caveat::Version(_) => "version",
            Caveat::Counted { .. } => "counted",
            Caveat::Mixed(_) => "mixed",
            Caveat::Elsewhere(meaning, _) => match meaning {
                Meaning::Same => "same-certified-definition",
                Meaning::OtherVersion => "other-version",
                Meaning::NotCertified(_) => "not-certified",
                Meaning::OtherUnit | Meaning::OtherDefinition => "other-meaning",
            },
            Caveat::Among(_) => "elsewhere",
            Caveat::Provisional => "provisional",
            Caveat::Invented => "invented",
        }
    }

    /// Short for a tile; with the names where there is room.
    pub fn words(&self, lens: &Lens, period: Period, long: bool) -> String {
        let (words, language) = (lens.words, lens.language());
        let count = |n: usize| number::whole(n as i64, language);
        let names = |codes: &[String]| {
            let names = codes.iter().map(|c| lens.name(c, period.last_day()));
            names.collect::<Vec<_>>().join(", ")
        };
        match self {
            Caveat::Version(version) => words.with("compare-version", &[("version", version)]),
            Caveat::Counted {
                there,
                all,
                without,
            } => {
                let (there, all) = (count(*there), count(*all));
                let values = [("there", there.as_str()), ("all", all.as_str())];
                if !long || without.is_empty() {
                    return words.with("compare-counted", &values);
                }
                let names = names(without);
                let values = [values[0], values[1], ("names", names.as_str())];
                words.with("compare-counted-without", &values)
            }
            Caveat::Mixed(codes) if long => {
                words.with("compare-mixed-names", &[("names", &names(codes))])
            }
            Caveat::Mixed(codes) => words.with("compare-mixed", &[("count", &count(codes.len()))]),
            Caveat::Elsewhere(meaning, version) => {
                let what = meaning_words(lens, *meaning, version);
                match (long, meaning) {
                    (true, _) => words.with("elsewhere-figure", &[("what", &what)]),
                    (false, Meaning::NotCertified(_)) => words.t("elsewhere-not-certified-short"),
                    (false, _) => what,
                }
            }
            Caveat::Among(codes) if long => {
                words.with("elsewhere-among-names", &[("names", &names(codes))])
            }
            Caveat::Among(codes) => {
                words.with("elsewhere-among", &[("count", &count(codes.len()))])
            }
            Caveat::Provisional => words.named("status", Status::Provisional.name()),
            Caveat::Invented => words.t("synthetic-short"),
        }
    }
}

/// How the meaning of another installation's figure stands to ours.
pub fn meaning_words(lens: &Lens, meaning: Meaning, version: &str) -> String {
    let words = lens.words;
    match meaning {
        Meaning::Same => words.t("elsewhere-same"),
        Meaning::OtherVersion => words.with("elsewhere-other-version", &[("version", version)]),
        Meaning::NotCertified(lacks) => {
            let why = words.named("elsewhere-lacks", lacks.name());
            words.with("elsewhere-not-certified", &[("why", &why)])
        }
        Meaning::OtherUnit => words.t("elsewhere-other-unit"),
        Meaning::OtherDefinition => {
            words.with("compare-why-other-definition", &[("version", version)])
        }
    }
}
