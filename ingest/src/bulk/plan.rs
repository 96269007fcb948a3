//! bulk/plan: a mapping and its contracts as the bulk lane reads them, or nothing where they ask for what it does not know.
//!
//! Every structure is taken apart whole, so that a key that is new to a mapping or a contract does not compile before it is
//! decided here: known, or for the ordinary lane.

use std::cmp::Ordering;
use std::collections::HashSet;

use arrow::array::{ArrayRef, StringArray, new_null_array};
use beleidsinfo_warehouse::contract::{
    self, Bound, ColumnType, Contract, Pattern, Rule, Visibility,
};
use beleidsinfo_warehouse::delivery::Receipt;
use beleidsinfo_warehouse::expression::Expression;
use chrono::NaiveDate;
use chrono_tz::Tz;
use encoding_rs::{Encoding, UTF_8};

use super::coded;
use super::fields::Signs;
use super::quick::{Clock, Layout};
use crate::check::Rules;
use crate::mapping::{
    self, Condition, Connector, Decimal, Header, Mapping, Ragged, Rows, TableMapping, Take,
};
use crate::profile::Profiler;
use crate::source::Source;
use crate::value::{Reading, Value};

/// Rows of one slice of an array that is the same all through.
pub(super) const SAME: usize = 1 << 16;

/// How one file of a source is read.
pub(super) struct Plan<'a> {
    pub source: &'a Source,
    pub rules: &'a Rules<'a>,
    pub signs: Signs,
    pub encoding: &'static Encoding,
    pub clock: Clock,
    /// The source columns that are read, in the mapping's order.
    pub taken: Vec<&'a str>,
    pub tables: Vec<TablePlan<'a>>,
}

pub(super) struct TablePlan<'a> {
    pub contract: &'a Contract,
    /// A record is in the table when each of these columns has one of these texts.
    pub only: Vec<(usize, HashSet<&'a str>)>,
    /// In the contract's order.
    pub columns: Vec<ColumnPlan<'a>>,
    /// A date and the moment it is taken from where the source gives none.
    pub derived: Vec<(usize, usize)>,
    pub sums: Vec<Sum>,
    /// Columns of which the first may not be smaller than the second.
    pub at_least: Vec<(usize, usize)>,
    pub conditions: Vec<&'a Expression>,
    pub key: Vec<usize>,
}

pub(super) struct Sum {
    pub of: usize,
    pub start: usize,
    pub terms: Vec<usize>,
}

pub(super) struct ColumnPlan<'a> {
    pub kind: ColumnType,
    pub from: From<'a>,
    pub required: bool,
    pub codes: Option<HashSet<&'a str>>,
    pub lookup: Option<(&'a contract::Lookup, Option<usize>)>,
    pub bounds: Vec<Beyond>,
    pub pattern: Option<&'a Pattern>,
}

/// A value is wrong when it compares so with a number or a day.
pub(super) enum Beyond {
    Number(Ordering, f64),
    Day(Ordering, i32),
}

/// Where a column's values come from.
pub(super) enum From<'a> {
    /// Always absent; the array has [`SAME`] rows.
    Nothing(ArrayRef),
    /// Always this text; the array has [`SAME`] rows.
    Constant(&'a str, ArrayRef),
    /// Always this value, which is no text.
    Fixed(Value<'static>),
    /// The first of these source columns that is present.
    Source(Vec<usize>, Box<Reader<'a>>),
}

pub(super) struct Reader<'a> {
    pub column: &'a mapping::Column,
    pub reading: Reading<'a>,
    pub layouts: Vec<Layout>,
    pub decimal: Decimal,
}

impl<'a> Plan<'a> {
    pub fn new(source: &'a Source, receipt: &Receipt, rules: &'a Rules<'a>) -> Option<Self> {
        // Of a personal source no value may be shown: the ordinary lane withholds them.
        if source.sealed(rules.contracts, rules.keys).unwrap_or(true) {
            return None;
        }
        let Mapping {
            connector: Connector::Csv,
            location: _,
            member: None,
            signer: None,
            sheet: None,
            range: None,
            merged: _,
            encoding,
            delimiter,
            quote: Some(quote),
            escape: None,
            comment: None,
            header,
            names,
            ragged: Ragged::Reject,
            decimal: _,
            schedule: _,
            load: _,
            complete_until: _,
            empty: _,
            records: None,
            trace: _,
            aliases: _,
            ignore: _,
            unpivot: None,
            severity: _,
            personal: false,
            retention: _,
            limits: _,
            volume: _,
            freshness: _,
            tables: _,
            identity: false,
            every: false,
        } = &source.mapping
        else {
            return None;
        };
        let [delimiter] = delimiter.as_bytes() else {
            return None;
        };
        if !names.is_empty() || *header != Header::default() {
            return None;
        }
        let encoding = Encoding::for_label(encoding.as_bytes())?;
        if encoding != UTF_8 && !encoding.is_single_byte() {
            return None;
        }
        let taken = source.mapping.source_columns();
        let tables = source.mapping.tables.iter();
        let landed = receipt.pulled_at.with_timezone(&rules.zone).date_naive();
        let tables =
            tables.map(|shape| TablePlan::new(&source.mapping, shape, rules, &taken, landed));
        Some(Self {
            source,
            rules,
            signs: Signs {
                delimiter: *delimiter,
                quote: *quote,
            },
            encoding,
            clock: Clock::new(rules.zone),
            tables: tables.collect::<Option<_>>()?,
            taken,
        })
    }
}

impl<'a> TablePlan<'a> {
    /// What the rows of this table look like; none of this lane are of a personal source.
    pub fn profiler(&self, zone: Tz) -> Profiler<'a> {
        Profiler::new(self.contract, zone, false)
    }

    fn new(
        mapping: &'a Mapping,
        shape: &'a TableMapping,
        rules: &'a Rules<'a>,
        taken: &[&str],
        landed: NaiveDate,
    ) -> Option<Self> {
        let TableMapping {
            name,
            rows: Rows::Record,
            only,
            columns: mapped,
        } = shape
        else {
            return None;
        };
        let contract = rules.contracts.get(name)?;
        let Contract {
            name: _,
            description: _,
            grain: _,
            key,
            tenant,
            system: false,
            retention: _,
            columns,
            rules: of_rows,
            references,
            // Rows are held against each other by the ordinary lane.
            without_overlaps: None,
        } = contract
        else {
            return None;
        };
        // Rows that point at others are looked up by the ordinary lane.
        if !references.is_empty() {
            return None;
        }
        if key.is_empty() {
            return None;
        }
        let slot = |source: &str| taken.iter().position(|t| *t == source);
        let place = |column: &str| columns.get_index_of(column);
        let only = only.iter().map(|(column, condition)| {
            let Condition {
                is: Some(texts),
                not,
                present: None,
                pattern: None,
                range: None,
            } = condition
            else {
                return None;
            };
            let texts = texts.iter().map(|text| text.trim()).collect();
            Some((slot(column)?, texts)).filter(|_| not.is_empty())
        });
        let mut plan = Self {
            contract,
            only: only.collect::<Option<_>>()?,
            columns: Vec::with_capacity(columns.len()),
            derived: Vec::new(),
            sums: Vec::new(),
            at_least: Vec::new(),
            conditions: Vec::new(),
            key: key.iter().map(|k| place(k)).collect::<Option<_>>()?,
        };
        let mut nothing: Vec<(ColumnType, ArrayRef)> = Vec::new();
        for (at, (name, column)) in columns.iter().enumerate() {
            let contract::Column {
                kind,
                required,
                meaning: _,
                visibility,
                purpose: _,
                codes,
                lookup,
                min,
                max,
                pattern,
                // Told by the profile of the whole delivery.
                varies: _,
                oslo: _,
            } = column;
            let mapped = mapped.get(name);
            let from = match mapped {
                None => From::Nothing(match nothing.iter().find(|(of, _)| of == kind) {
                    Some((_, array)) => array.clone(),
                    None => {
                        let array = new_null_array(&kind.arrow(), SAME);
                        nothing.push((*kind, array.clone()));
                        array
                    }
                }),
                // What is personal is pseudonymised and withheld by the ordinary lane.
                Some(_) if *visibility == Visibility::Personal => return None,
                Some(mapped) => From::new(mapping, mapped, *kind, rules, &slot)?,
            };
            if lookup.as_ref().is_some_and(|l| l.valid_until.is_some()) {
                return None;
            }
            let lookup = lookup
                .as_ref()
                .map(|lookup| (lookup, lookup.valid_on.as_deref().and_then(place)));
            if let (ColumnType::Date, Some(moment)) = (kind, name.strip_suffix("_on"))
                && let Some(moment) = place(&format!("{moment}_at"))
            {
                plan.derived.push((at, moment));
            }
            let is_key = key.contains(name);
            if is_key && *kind == ColumnType::F64 {
                return None;
            }
            plan.columns.push(ColumnPlan {
                kind: *kind,
                from,
                required: *required
                    || is_key
                    || mapped.is_some_and(|m| m.required)
                    || tenant.as_ref() == Some(name),
                codes: codes
                    .as_ref()
                    .map(|c| c.iter().map(String::as_str).collect()),
                lookup,
                bounds: [(*min, Ordering::Less), (*max, Ordering::Greater)]
                    .into_iter()
                    .filter_map(|(bound, beyond)| {
                        Some(match bound? {
                            Bound::Number(number) => Beyond::Number(beyond, number),
                            Bound::Day(day) => Beyond::Day(beyond, day.to_epoch_days()),
                            Bound::Landed => Beyond::Day(beyond, landed.to_epoch_days()),
                        })
                    })
                    .collect(),
                pattern: pattern.as_ref(),
            });
        }
        for rule in of_rows {
            let Rule {
                id: _,
                column,
                at_least,
                equals_sum,
                expression: _,
                severity: _,
                meaning: _,
                condition,
            } = rule;
            plan.conditions.extend(condition.as_ref());
            let of = place(column)?;
            if let Some(other) = at_least {
                plan.at_least.push((of, place(other)?));
            }
            if let Some((start, terms)) = equals_sum.as_deref().and_then(<[String]>::split_first) {
                plan.sums.push(Sum {
                    of,
                    start: place(start)?,
                    terms: terms.iter().map(|t| place(t)).collect::<Option<_>>()?,
                });
            }
        }
        Some(plan)
    }
}

impl<'a> From<'a> {
    fn new(
        mapping: &'a Mapping,
        column: &'a mapping::Column,
        kind: ColumnType,
        rules: &Rules,
        slot: &dyn Fn(&str) -> Option<usize>,
    ) -> Option<Self> {
        let mapping::Column {
            take,
            format,
            extract: None,
            map: _,
            other: _,
            pseudonym: None,
            purpose: _,
            required: _,
        } = column
        else {
            return None;
        };
        let sources = match take {
            Take::From(name) => vec![slot(name)?],
            Take::Coalesce(names) => names.iter().map(|n| slot(n)).collect::<Option<_>>()?,
            Take::Const(text) => {
                let text = text.trim();
                if text.is_empty() || column.mapped(text) != Ok(text) {
                    return None;
                }
                let format = format.as_deref();
                let reading = Reading::new(kind, format, Decimal::Point, rules.zone);
                return Some(match reading.read(text)? {
                    Value::Text(_) => {
                        let same = coded::array(vec![0; SAME], StringArray::from(vec![text]));
                        From::Constant(text, same.ok()?)
                    }
                    Value::Date(day) => From::Fixed(Value::Date(day)),
                    Value::Ts(micros) => From::Fixed(Value::Ts(micros)),
                    Value::Dec(millionths) => From::Fixed(Value::Dec(millionths)),
                    Value::Int(number) => From::Fixed(Value::Int(number)),
                    Value::Bool(truth) => From::Fixed(Value::Bool(truth)),
                    Value::F64(number) => From::Fixed(Value::F64(number)),
                });
            }
            Take::Template(_) | Take::Pick { .. } | Take::Ordinal => return None,
        };
        let decimal = mapping.decimal_sign();
        let format = format.as_deref();
        Some(From::Source(
            sources,
            Box::new(Reader {
                column,
                reading: Reading::new(kind, format, decimal, rules.zone),
                layouts: Layout::of(format),
                decimal,
            }),
        ))
    }
}
