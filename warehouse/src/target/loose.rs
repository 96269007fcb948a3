//! target/loose: a target of which there is no figure to hold it against.

use super::Target;
use crate::figure::Slice;
use crate::language::Text;
use crate::pack::Pack;
use crate::period::PeriodKind;

/// What the definitions do not have.
#[derive(Debug, Clone, PartialEq)]
pub enum Loose {
    Indicator,
    /// The major version there is.
    Major(u32),
    /// The kinds of period there are.
    Period(Vec<PeriodKind>),
    Slice,
}

impl Target {
    /// Why the target rests on nothing under these definitions; `None` when it does not.
    pub fn loose(&self, pack: &Pack) -> Option<Loose> {
        let Some(indicator) = pack.indicators.get(&self.indicator_id) else {
            return Some(Loose::Indicator);
        };
        if indicator.major() != self.indicator_major {
            return Some(Loose::Major(indicator.major()));
        }
        if !indicator.periods.contains(&self.period_kind) {
            return Some(Loose::Period(indicator.periods.clone()));
        }
        let Ok(slice) = Slice::parse(&self.slice) else {
            return Some(Loose::Slice);
        };
        let mut columns: Vec<String> = slice.0.iter().map(|(column, _)| column.clone()).collect();
        columns.sort();
        (!indicator.slices.contains(&columns)).then_some(Loose::Slice)
    }
}

impl Loose {
    /// One sentence, with what to do.
    pub fn text(&self, target: &Target) -> Text {
        let id = &target.indicator_id;
        match self {
            Loose::Indicator => Text::new(
                format!("Er is geen indicator {id}: verbeter de code, of beëindig het doel."),
                format!("There is no indicator {id}: mend the code, or end the target."),
            ),
            Loose::Major(now) => Text::new(
                format!(
                    "Het doel is gesteld voor versie {} van {id}, en de indicator is nu aan versie {now}: ze meet iets anders, dus beslis opnieuw.",
                    target.indicator_major
                ),
                format!(
                    "The target was set for version {} of {id}, and the indicator is now at version {now}: it measures something else, so decide anew.",
                    target.indicator_major
                ),
            ),
            Loose::Period(kinds) => {
                let names = |name: fn(PeriodKind) -> &'static str| {
                    let names: Vec<&str> = kinds.iter().map(|kind| name(*kind)).collect();
                    names.join(", ")
                };
                Text::new(
                    format!(
                        "{id} wordt niet berekend per {}, wel per {}.",
                        dutch(target.period_kind),
                        names(dutch)
                    ),
                    format!(
                        "{id} is not computed per {}, but per {}.",
                        target.period_kind.name(),
                        names(PeriodKind::name)
                    ),
                )
            }
            Loose::Slice => Text::new(
                format!(
                    "{id} wordt niet uitgesplitst als {}: verbeter de uitsplitsing, of laat ze leeg.",
                    target.slice
                ),
                format!(
                    "{id} is not sliced as {}: mend the slice, or leave it empty.",
                    target.slice
                ),
            ),
        }
    }
}

fn dutch(kind: PeriodKind) -> &'static str {
    match kind.name() {
        "month" => "maand",
        "quarter" => "kwartaal",
        "year" => "jaar",
        other => other,
    }
}
