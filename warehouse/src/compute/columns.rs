//! columns: figures and runs as Arrow rows, and back.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Float64Type};
use chrono::NaiveDate;
use foldhash::fast::RandomState;

use crate::contract::Contract;
use crate::error::{Doing, Error, Result};
use crate::figure::{Address, Figure, Slice, State, Status};
use crate::index::Run;
use crate::period::{Period, PeriodKind};
use crate::region::Territory;
use crate::store::rows::{by_contract, date_column, int_column, text_column, time_column};

pub(crate) fn figures_to_rows(contract: &Contract, figures: &[Figure]) -> Result<RecordBatch> {
    fn text<'f>(texts: impl Iterator<Item = &'f str>) -> ArrayRef {
        Arc::new(StringArray::from_iter_values(texts))
    }
    let address = || figures.iter().map(|f| &f.address);
    let mut territories: HashMap<Territory, String> = HashMap::new();
    let mut slices: HashMap<&Slice, String> = HashMap::new();
    for a in address() {
        let territory = territories.entry(a.territory);
        territory.or_insert_with(|| a.territory.code());
        slices.entry(&a.slice).or_insert_with(|| a.slice.code());
    }
    let int = |of: &dyn Fn(&Figure) -> i64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(figures.iter().map(of)))
    };
    let date = |of: &dyn Fn(&Figure) -> NaiveDate| -> ArrayRef {
        Arc::new(Date32Array::from_iter_values(
            figures.iter().map(|f| of(f).to_epoch_days()),
        ))
    };
    let float = |of: &dyn Fn(&Figure) -> Option<f64>| -> ArrayRef {
        Arc::new(Float64Array::from_iter(figures.iter().map(of)))
    };
    let exact = |of: &dyn Fn(&Figure) -> Option<i128>| -> Result<ArrayRef> {
        let array = Decimal128Array::from_iter(figures.iter().map(of));
        Ok(Arc::new(array.with_precision_and_scale(38, 6).storing(
            || "cannot store a sum: it has more than 38 digits".into(),
        )?))
    };
    by_contract(
        contract,
        figures.len(),
        vec![
            ("indicator_id", text(address().map(|a| &*a.indicator))),
            ("version", text(address().map(|a| &*a.version))),
            (
                "period_kind",
                text(address().map(|a| a.period.kind().name())),
            ),
            ("period_start", date(&|f| f.address.period.start())),
            ("period_end", date(&|f| f.address.period.end())),
            (
                "territory",
                text(address().map(|a| territories[&a.territory].as_str())),
            ),
            ("region_code", text(address().map(|a| &*a.region))),
            ("slice", text(address().map(|a| slices[&a.slice].as_str()))),
            ("run_from", int(&|f| f.run_from)),
            ("n", int(&|f| f.n)),
            ("numerator", exact(&|f| f.numerator)?),
            ("denominator", exact(&|f| f.denominator)?),
            ("value", float(&|f| f.value)),
            ("state", text(figures.iter().map(|f| f.state.name()))),
            ("status", text(figures.iter().map(|f| f.status.name()))),
            ("completeness", float(&|f| f.completeness)),
            ("cutoff_on", date(&|f| f.cutoff_on)),
        ],
    )
}

/// The columns [`rows_to_figures`] reads, in its order.
pub(crate) const FIGURE_COLUMNS: &str = "indicator_id, version, period_kind, period_start, territory, region_code, slice, run_from, n, \
     numerator, denominator, value, state, status, completeness, cutoff_on";

/// The texts of figures that were read, each held once.
#[derive(Default)]
pub(crate) struct Shared {
    texts: HashSet<Arc<str>, RandomState>,
    slices: HashMap<Box<str>, Slice, RandomState>,
    territories: HashMap<Box<str>, Territory, RandomState>,
}

impl Shared {
    fn text(&mut self, text: &str) -> Arc<str> {
        match self.texts.get(text) {
            Some(known) => known.clone(),
            None => {
                let new: Arc<str> = text.into();
                self.texts.insert(new.clone());
                new
            }
        }
    }

    fn slice(&mut self, code: &str) -> Result<Slice> {
        if let Some(known) = self.slices.get(code) {
            return Ok(known.clone());
        }
        let new = Slice::parse(code)?;
        self.slices.insert(code.into(), new.clone());
        Ok(new)
    }

    fn territory(&mut self, code: &str) -> Result<Territory> {
        if let Some(known) = self.territories.get(code) {
            return Ok(*known);
        }
        let new = Territory::parse(code)?;
        self.territories.insert(code.into(), new);
        Ok(new)
    }
}

pub(crate) fn rows_to_figures(rows: &RecordBatch, shared: &mut Shared) -> Result<Vec<Figure>> {
    let doing = || "cannot read the figures table".to_string();
    let broken =
        |what: &str| Error::storage(doing()).because(format!("a row has no readable {what}"));
    let texts: Vec<StringArray> = [0, 1, 2, 4, 5, 6, 12, 13]
        .iter()
        .map(|c| text_column(rows, *c))
        .collect::<Result<_>>()?;
    let [
        indicators,
        versions,
        kinds,
        territories,
        regions,
        slices,
        states,
        statuses,
    ] = texts.as_slice()
    else {
        return Err(broken("text"));
    };
    let (starts, cutoffs) = (date_column(rows, 3)?, date_column(rows, 15)?);
    let (runs, counts) = (int_column(rows, 7)?, int_column(rows, 8)?);
    let exact = |c: usize| {
        Ok::<_, Error>(
            cast(rows.column(c), &DataType::Decimal128(38, 6))
                .storing(doing)?
                .as_primitive::<Decimal128Type>()
                .clone(),
        )
    };
    let float = |c: usize| {
        rows.column(c)
            .as_primitive_opt::<Float64Type>()
            .cloned()
            .ok_or_else(|| broken("number"))
    };
    let (numerators, denominators) = (exact(9)?, exact(10)?);
    let (values, completeness) = (float(11)?, float(14)?);
    (0..rows.num_rows())
        .map(|i| {
            let kind = PeriodKind::parse(kinds.value(i)).ok_or_else(|| broken("period kind"))?;
            Ok(Figure {
                address: Address {
                    indicator: shared.text(indicators.value(i)),
                    version: shared.text(versions.value(i)),
                    period: starts[i]
                        .and_then(|start| Period::starting(kind, start))
                        .ok_or_else(|| broken("period"))?,
                    territory: shared.territory(territories.value(i))?,
                    region: shared.text(regions.value(i)),
                    slice: shared.slice(slices.value(i))?,
                },
                run_from: runs.value(i),
                run_until: None,
                n: counts.value(i),
                numerator: numerators.is_valid(i).then(|| numerators.value(i)),
                denominator: denominators.is_valid(i).then(|| denominators.value(i)),
                value: values.is_valid(i).then(|| values.value(i)),
                state: State::parse(states.value(i)).ok_or_else(|| broken("state"))?,
                status: Status::parse(statuses.value(i)).ok_or_else(|| broken("status"))?,
                completeness: completeness.is_valid(i).then(|| completeness.value(i)),
                cutoff_on: cutoffs[i].ok_or_else(|| broken("cutoff"))?,
            })
        })
        .collect()
}

pub(crate) fn run_to_row(contract: &Contract, run: &Run) -> Result<RecordBatch> {
    let text = |v: &str| -> ArrayRef { Arc::new(StringArray::from(vec![v])) };
    let int = |v: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![v])) };
    let time = |v: chrono::DateTime<chrono::Utc>| -> ArrayRef {
        Arc::new(TimestampMicrosecondArray::from(vec![v.timestamp_micros()]).with_timezone("UTC"))
    };
    let checks =
        serde_json::to_string(&run.checks).storing(|| "cannot write the checks of a run".into())?;
    by_contract(
        contract,
        1,
        vec![
            ("run_id", int(run.run_id)),
            ("batch", int(run.batch)),
            ("definitions_hash", text(&run.definitions_hash)),
            ("program", text(&run.program)),
            (
                "cutoff_on",
                Arc::new(Date32Array::from(vec![run.cutoff_on.to_epoch_days()])),
            ),
            ("checks", text(&checks)),
            ("started_at", time(run.started_at)),
            ("finished_at", time(run.finished_at)),
            ("figures_written", int(run.figures_written)),
        ],
    )
}

pub(crate) const RUN_COLUMNS: &str = "run_id, batch, definitions_hash, program, cutoff_on, checks, started_at, finished_at, figures_written";

pub(crate) fn rows_to_runs(rows: &RecordBatch) -> Result<Vec<Run>> {
    let broken = || Error::storage("cannot read the runs table");
    let (ids, batches, written) = (
        int_column(rows, 0)?,
        int_column(rows, 1)?,
        int_column(rows, 8)?,
    );
    let (hashes, programs, checks) = (
        text_column(rows, 2)?,
        text_column(rows, 3)?,
        text_column(rows, 5)?,
    );
    let (cutoffs, started, finished) = (
        date_column(rows, 4)?,
        time_column(rows, 6)?,
        time_column(rows, 7)?,
    );
    (0..rows.num_rows())
        .map(|i| {
            Ok(Run {
                run_id: ids.value(i),
                batch: batches.value(i),
                definitions_hash: hashes.value(i).into(),
                program: programs.value(i).into(),
                cutoff_on: cutoffs[i].ok_or_else(broken)?,
                checks: serde_json::from_str(checks.value(i))
                    .storing(|| "cannot read the checks of a run".into())?,
                started_at: started[i].ok_or_else(broken)?,
                finished_at: finished[i].ok_or_else(broken)?,
                figures_written: written.value(i),
            })
        })
        .collect()
}
