//! elsewhere/stored: the figures of other installations as a session sees them.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;

use super::{Basis, Conformity, Elsewhere, TABLE, TOTAL};
use crate::conformity;
use crate::error::Result;
use crate::figure::{Address, Figure, Slice, State, Status};
use crate::pack::Pack;
use crate::period::{Period, PeriodKind};
use crate::region::Territory;
use crate::session::Session;
use crate::store::rows::{date_column, int_column, text_column};

const SQL: &str = "select indicator_id, version, period_kind, territory, region_code, slice, state, status, unit, definition, conformity, \
    release, organisation, publisher, licence, file_sha256, signed_by, period_start, cutoff_on, reported_on, n, value, synthetic \
    from figures_elsewhere order by organisation, indicator_id";

/// All of them, held against these definitions. Definitions of before there were any know no such table.
pub(crate) async fn stored(session: &Session, pack: &Pack) -> Result<Elsewhere> {
    if !pack.contracts.contains_key(TABLE) {
        return Ok(Elsewhere::default());
    }
    let mut found: Vec<(Figure, Arc<Basis>)> = Vec::new();
    let mut known: HashSet<Arc<Basis>> = HashSet::new();
    for rows in session.collect(SQL).await? {
        let texts = (0..17)
            .map(|c| text_column(&rows, c))
            .collect::<Result<Vec<_>>>()?;
        let (starts, cutoffs, reports) = (
            date_column(&rows, 17)?,
            date_column(&rows, 18)?,
            date_column(&rows, 19)?,
        );
        let counts = int_column(&rows, 20)?;
        let values = rows.column(21).as_primitive::<Float64Type>();
        let synthetic = rows.column(22).as_boolean();
        for (i, start) in starts.into_iter().enumerate() {
            let text = |c: usize| match texts[c].is_valid(i) {
                true => texts[c].value(i),
                false => "",
            };
            // What the door let in reads.
            let (Some(kind), Some(start), Ok(territory)) =
                (PeriodKind::parse(text(2)), start, Territory::parse(text(3)))
            else {
                continue;
            };
            let (Some(period), Some(state), Some(status), Some(conformity)) = (
                Period::starting(kind, start),
                State::parse(text(6)),
                Status::parse(text(7)),
                Conformity::parse(text(10)),
            ) else {
                continue;
            };
            let slice = match text(5) {
                TOTAL => Slice::default(),
                code => Slice::parse(code)?,
            };
            let basis = Basis {
                unit: text(8).into(),
                definition: text(9).into(),
                conformity,
                release: text(11).into(),
                organisation: text(12).into(),
                publisher: text(13).into(),
                licence: text(14).into(),
                file_sha256: text(15).into(),
                signed_by: text(16).into(),
                reported_on: reports[i].unwrap_or_default(),
                synthetic: synthetic.is_valid(i) && synthetic.value(i),
            };
            // One for all rows of a release.
            let basis = match known.get(&basis) {
                Some(same) => same.clone(),
                None => {
                    let basis = Arc::new(basis);
                    known.insert(basis.clone());
                    basis
                }
            };
            let figure = Figure {
                address: Address {
                    indicator: text(0).into(),
                    version: text(1).into(),
                    period,
                    territory,
                    region: text(4).into(),
                    slice,
                },
                run_from: 0,
                run_until: None,
                n: if counts.is_valid(i) {
                    counts.value(i)
                } else {
                    0
                },
                numerator: None,
                denominator: None,
                value: values.is_valid(i).then(|| values.value(i)),
                state,
                status,
                completeness: None,
                cutoff_on: cutoffs[i].unwrap_or_default(),
            };
            found.push((figure, basis));
        }
    }
    if found.is_empty() {
        return Ok(Elsewhere::default());
    }
    let definitions = conformity::definitions(pack).await?;
    Ok(Elsewhere::new(pack, &definitions, found))
}
