//! compare/elsewhere: the figure that another installation published of a place, where there is none here: whether it may be
//! laid beside our own, and what must be known beside it. Pure.

use beleidsinfo_warehouse::elsewhere::{Meaning, Theirs};
use beleidsinfo_warehouse::figure::{State, Status};

use super::{Caveat, Own, Why, stood};
use crate::lens::Lens;

/// What is published of a place; `None` where there is a figure of our own, or nothing is known.
pub(super) fn theirs<'a>(
    lens: &Lens<'a>,
    own: Own,
    region: &str,
) -> Option<Result<&'a Theirs, Why>> {
    match stood(lens, own, own.period, region) {
        Err(Why::NoFigure) => {}
        Ok((figure, _)) if figure.state == State::Missing => {}
        _ => return None,
    }
    let all = &lens.snapshot.elsewhere;
    let (id, period) = (&own.indicator.id, own.period);
    match all.find(id, period, lens.territory, region, own.slice) {
        [] => None,
        [one] => Some(Ok(one)),
        many => {
            let names = many.iter().map(|t| t.basis.organisation.clone());
            Some(Err(Why::Twice(names.collect())))
        }
    }
}

/// Their number, with what must be known beside it; refused where it means something else.
pub(super) fn number(
    lens: &Lens,
    own: Own,
    theirs: &Theirs,
    marks: &mut Vec<Caveat>,
) -> Result<f64, Why> {
    let version = &theirs.figure.address.version;
    match theirs.meaning {
        Meaning::OtherDefinition => return Err(Why::OtherDefinition(version.to_string())),
        Meaning::OtherUnit => return Err(Why::OtherUnit(theirs.basis.unit.clone())),
        Meaning::Same | Meaning::OtherVersion | Meaning::NotCertified(_) => {}
    }
    marks.push(Caveat::Elsewhere(theirs.meaning, version.to_string()));
    marks.extend((theirs.figure.status == Status::Provisional).then_some(Caveat::Provisional));
    let real_here = !lens.snapshot.settings.organisation.synthetic;
    marks.extend((theirs.basis.synthetic && real_here).then_some(Caveat::Invented));
    let shown = lens.measure(own.indicator).shown(&theirs.figure);
    shown.ok_or(Why::Theirs(theirs.figure.state))
}

/// A number of the same certified definition that may stand in a median: also none of which nobody knows how complete it is.
pub(super) fn certified<'a>(lens: &Lens<'a>, own: Own, region: &str) -> Option<(f64, &'a Theirs)> {
    let theirs = theirs(lens, own, region)?.ok()?;
    let sure = theirs.meaning == Meaning::Same && theirs.figure.status != Status::Provisional;
    let real = !theirs.basis.synthetic || lens.snapshot.settings.organisation.synthetic;
    let shown = lens.measure(own.indicator).shown(&theirs.figure);
    Some((shown.filter(|_| sure && real)?, theirs))
}
