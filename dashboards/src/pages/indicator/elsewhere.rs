//! elsewhere: the figures of other installations that the figure in view is held against, and what each rests on.

use beleidsinfo_warehouse::elsewhere::{Meaning, Theirs};
use beleidsinfo_warehouse::figure::Status;

use crate::assess::{Assessment, Mark};
use crate::compare::{self, meaning_words};
use crate::lens::Lens;
use crate::number;

pub struct Elsewhere {
    pub place: String,
    /// With its unit, or the word for its state.
    pub value: String,
    pub status: String,
    pub meaning: Mark,
    pub release: String,
    pub publisher: String,
    /// IRI.
    pub licence: String,
    pub report: String,
    /// Label and text, to be compared sign by sign.
    pub exact: Vec<(String, String)>,
    pub cutoff: String,
    pub synthetic: bool,
}

/// Each once, in the order of the comparisons.
pub fn elsewhere(lens: &Lens, assessment: &Assessment, held: &[compare::Held]) -> Vec<Elsewhere> {
    let mut told: Vec<&Theirs> = Vec::new();
    for theirs in held.iter().flat_map(|h| &h.theirs) {
        if !told.contains(&theirs) {
            told.push(theirs);
        }
    }
    told.into_iter()
        .map(|theirs| one(lens, assessment, theirs))
        .collect()
}

fn one(lens: &Lens, assessment: &Assessment, theirs: &Theirs) -> Elsewhere {
    let (words, language) = (lens.words, lens.language());
    let measure = lens.measure(assessment.indicator);
    let (figure, basis) = (&theirs.figure, &theirs.basis);
    let version = &figure.address.version;
    let comparable = !matches!(
        theirs.meaning,
        Meaning::OtherUnit | Meaning::OtherDefinition
    );
    let shown = measure.shown(figure).filter(|_| comparable);
    let same = theirs.meaning == Meaning::Same;
    let on = number::date(basis.reported_on, language);
    Elsewhere {
        place: lens.name(&figure.address.region, figure.address.period.last_day()),
        value: match shown {
            Some(value) => measure.with_unit(value),
            None if !comparable => words.t("elsewhere-not-shown"),
            None => words.named("state", figure.state.name()),
        },
        status: match (shown, figure.status) {
            (None, _) => String::new(),
            (_, Status::Provisional) => words.t("elsewhere-provisional"),
            (_, status) => words.named("status", status.name()),
        },
        meaning: Mark {
            icon: if same { "check" } else { "warn" },
            class: if same { "good" } else { "warn" },
            text: meaning_words(lens, theirs.meaning, version),
        },
        release: basis.release.clone(),
        publisher: basis.publisher.clone(),
        licence: basis.licence.clone(),
        report: words.with(
            "elsewhere-report-by",
            &[("organisation", basis.organisation.as_str()), ("date", &on)],
        ),
        exact: vec![
            (words.t("elsewhere-signed"), basis.signed_by.clone()),
            (words.t("elsewhere-file"), basis.file_sha256.clone()),
            (
                words.t("elsewhere-definition"),
                format!(
                    "{} {version} {}",
                    figure.address.indicator, basis.definition
                ),
            ),
        ],
        cutoff: number::date(figure.cutoff_on, language),
        synthetic: basis.synthetic,
    }
}
