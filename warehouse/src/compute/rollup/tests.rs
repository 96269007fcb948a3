//! Figures against the plainest way to count: every fact asked whether it is in the figure.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int64Array, RecordBatch, StringArray};
use chrono::Datelike;

use super::*;
use crate::compute::cell::{MILLION, quantile};
use crate::compute::coverage::Covered;
use crate::compute::facts::Measure;
use crate::region::{ChangeKind, Region, RegionChange};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// 46003 and 46013 become 46030 in the middle of a month; 11002 takes in 11007.
fn book() -> RegionBook {
    let region = |code: &str, from: &str, until: Option<&str>| Region {
        code: code.into(),
        valid_from: day(from),
        valid_until: until.map(day),
        level: "municipality".into(),
        parent: None,
        name_nl: code.into(),
    };
    let change = |on: &str, from: &str, to: &str, kind| RegionChange {
        on: day(on),
        from: from.into(),
        to: to.into(),
        kind,
    };
    RegionBook::new(
        [
            region("11002", "1970-01-01", None),
            region("11007", "1970-01-01", Some("2025-01-01")),
            region("46003", "1970-01-01", Some("2024-07-15")),
            region("46013", "1970-01-01", Some("2024-07-15")),
            region("46030", "2024-07-15", None),
        ],
        [
            change("2025-01-01", "11002", "11002", ChangeKind::Enlargement),
            change("2025-01-01", "11007", "11002", ChangeKind::Merger),
            change("2024-07-15", "46003", "46030", ChangeKind::Merger),
            change("2024-07-15", "46013", "46030", ChangeKind::Merger),
        ],
    )
}

fn indicator(kind: &str, more: &str) -> Indicator {
    let toml = format!(
        r#"
version = "1.0.0"
title = {{ nl = "x", en = "x" }}
question = {{ nl = "x", en = "x" }}
definition = {{ nl = "x", en = "x" }}
counted = {{ nl = "x", en = "x" }}
kind = "{kind}"
slices = [[], ["channel"], ["channel", "product"]]
periods = ["day", "week", "month", "quarter", "year", "rolling_year"]
unit = "count"
direction = "neutral"
final_after = "P60D"
minimum_group = 5
owner = "x"
reviewed_on = "2026-11-01"
{more}
"#
    );
    Indicator::parse("t", "t", "t", &toml, "select 1").expect("an indicator")
}

/// A pseudo-random sequence that is the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

const CUTOFF: &str = "2025-02-10";

/// Facts from 2023-06 to beyond the cutoff, with dates, values, places and channels that are sometimes not there.
fn facts(dice: &mut Dice, rows: usize) -> RecordBatch {
    let first = day("2023-06-01").to_epoch_days();
    let mut dates = Vec::new();
    let mut untils = Vec::new();
    for _ in 0..rows {
        let date = (dice.below(40) > 0).then(|| first + dice.below(640) as i32);
        let stays = (dice.below(4) > 0).then(|| dice.below(90) as i32 - 3);
        dates.push(date);
        untils.push(date.zip(stays).map(|(date, stays)| date + stays));
    }
    let mut texts = |of: &[Option<&'static str>]| -> ArrayRef {
        Arc::new((0..rows).map(|_| dice.one(of)).collect::<StringArray>())
    };
    let codes: ArrayRef = texts(&[
        Some("11002"),
        Some("11007"),
        Some("46003"),
        Some("46013"),
        Some("46030"),
        Some("99999"),
    ]);
    let places = texts(&[None, None, Some("46003"), Some("11007")]);
    let channels = texts(&[None, Some("digital"), Some("counter")]);
    let products = texts(&[Some("a"), Some("b")]);
    let values: Int64Array = (0..rows)
        .map(|_| (dice.below(30) > 0).then(|| dice.below(50) as i64 - 10))
        .collect();
    let weights: Int64Array = (0..rows).map(|_| Some(dice.below(5) as i64)).collect();
    let truths: BooleanArray = (0..rows)
        .map(|_| (dice.below(30) > 0).then(|| dice.below(2) == 0))
        .collect();
    let dates: ArrayRef = Arc::new(dates.into_iter().collect::<Date32Array>());
    RecordBatch::try_from_iter_with_nullable([
        ("municipality_code", codes, true),
        ("place_code", places, true),
        ("channel", channels, true),
        ("product", products, true),
        ("date", dates.clone(), true),
        ("from_on", dates, true),
        (
            "until_on",
            Arc::new(untils.into_iter().collect::<Date32Array>()),
            true,
        ),
        ("value", Arc::new(values), true),
        ("some_weight", Arc::new(weights), true),
        ("numerator", Arc::new(truths.clone()), true),
        ("ended", Arc::new(truths), true),
    ])
    .expect("a batch")
}

fn territories() -> Vec<Territory> {
    vec![Territory::AsRecorded, Territory::Vintage(day("2025-01-01"))]
}

fn figures_of(indicator: &Indicator, book: &RegionBook, batches: &[RecordBatch]) -> Vec<Figure> {
    let mut rollup = Rollup::new(indicator, book, territories(), day(CUTOFF));
    for batch in batches {
        rollup.add(&Facts::decode(indicator, batch).expect("facts"));
    }
    let covered = |code: &str| Covered {
        table: "cases".into(),
        system: "s".into(),
        code: code.into(),
        place: None,
        since: Some(day("2023-06-01")),
    };
    let codes = ["11002", "11007", "46003", "46013", "46030"];
    let coverage = Coverage::new(codes.map(covered).into());
    let tables = BTreeSet::from(["cases".to_string()]);
    let placed = rollup.finish();
    placed.figures(&Frame {
        expected: &[],
        standing: &[],
        coverage: &coverage,
        tables: &tables,
        population: &Population::default(),
        grounds: &placed.grounds,
        only: None,
        run: 1,
    })
}

#[test]
fn every_figure_is_the_facts_it_holds() {
    let book = book();
    let mut dice = Dice(7);
    let batches = [facts(&mut dice, 300), facts(&mut dice, 300)];
    for (kind, more) in [
        ("count", ""),
        ("sum", ""),
        ("share", ""),
        ("stock", ""),
        ("quantile", "quantile = 0.5"),
        ("survival", "quantile = 0.5"),
    ] {
        let indicator = indicator(kind, more);
        let asked = Rollup::new(&indicator, &book, territories(), day(CUTOFF));
        let decoded: Vec<Facts> = batches
            .iter()
            .map(|b| Facts::decode(&indicator, b).expect("facts"))
            .collect();
        let figures = figures_of(&indicator, &book, &batches);
        assert!(figures.len() > 5000, "{kind}: {}", figures.len());
        let kinds: BTreeSet<&str> = figures
            .iter()
            .map(|f| f.address.period.kind().name())
            .collect();
        assert_eq!(kinds.len(), 6);
        let mut counted = 0;
        for figure in figures
            .iter()
            .step_by(7)
            .chain(figures.iter().filter(|f| f.n > 4))
        {
            let (mut n, mut sum, mut values) = (0, 0, Vec::new());
            for facts in &decoded {
                for row in (0..facts.rows).filter(|row| asked.holds(facts, *row, &figure.address)) {
                    n += 1;
                    match &facts.measure {
                        Measure::Value(value) => {
                            sum += value.exact(row).expect("a value");
                            values.push(value.float(row).expect("a value"));
                        }
                        Measure::Truth(truth) if truth.value(row) => sum += MILLION,
                        _ => {}
                    }
                }
            }
            counted += n;
            assert_eq!(figure.n, n, "{kind} {}", figure.address.code());
            if figure.state == State::NotApplicable && n > 0 {
                // Others may lie here too, and do not say so.
                assert!(indicator.is_torn(figure) || kind == "survival");
                continue;
            }
            if n > 0 && matches!(kind, "sum" | "share") {
                assert_eq!(
                    figure.numerator,
                    Some(sum),
                    "{kind} {}",
                    figure.address.code()
                );
            }
            if n > 0 && kind == "quantile" {
                assert_eq!(
                    figure.value,
                    quantile(values, 0.5),
                    "{}",
                    figure.address.code()
                );
            }
        }
        assert!(counted > 2000, "{kind}: {counted}");
    }
}

#[test]
fn the_order_of_facts_says_nothing() {
    let book = book();
    let mut dice = Dice(11);
    let (one, other) = (facts(&mut dice, 200), facts(&mut dice, 200));
    for (kind, more) in [
        ("mean", ""),
        ("stock", ""),
        ("quantile", "quantile = 0.9"),
        ("survival", "quantile = 0.5"),
    ] {
        let indicator = indicator(kind, more);
        let forth = figures_of(&indicator, &book, &[one.clone(), other.clone()]);
        let back = figures_of(
            &indicator,
            &book,
            &[other.clone(), one.slice(100, 100), one.slice(0, 100)],
        );
        assert_eq!(forth, back, "{kind}");
    }
}

#[test]
fn weights_count_each_value_as_often_as_they_say() {
    let book = book();
    let mut dice = Dice(3);
    let batch = facts(&mut dice, 200);
    let names = batch.schema();
    let renamed: Vec<(String, ArrayRef)> = names
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(f, c)| (f.name().replace("some_weight", "weight"), c.clone()))
        .collect();
    let weighted = RecordBatch::try_from_iter_with_nullable(
        renamed
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )
    .expect("a batch");
    let values = batch
        .column_by_name("value")
        .expect("values")
        .as_any()
        .downcast_ref::<Int64Array>()
        .expect("values")
        .clone();
    let weights = batch
        .column_by_name("some_weight")
        .expect("weights")
        .as_any()
        .downcast_ref::<Int64Array>()
        .expect("weights")
        .clone();
    for kind in ["mean", "sum"] {
        let indicator = indicator(kind, "");
        let asked = Rollup::new(&indicator, &book, territories(), day(CUTOFF));
        let facts = Facts::decode(&indicator, &weighted).expect("facts");
        let figures = figures_of(&indicator, &book, std::slice::from_ref(&weighted));
        let mut seen = 0;
        let counted = |f: &&Figure| f.n > 1 && !indicator.is_torn(f);
        for figure in figures.iter().filter(counted) {
            let rows: Vec<usize> = (0..facts.rows)
                .filter(|row| asked.holds(&facts, *row, &figure.address))
                .collect();
            let sum: i64 = rows
                .iter()
                .map(|r| values.value(*r) * weights.value(*r))
                .sum();
            let weight: i64 = rows.iter().map(|r| weights.value(*r)).sum();
            assert_eq!(figure.numerator, Some(i128::from(sum) * MILLION));
            if kind == "mean" && weight > 0 {
                assert!((figure.value.expect("a mean") - sum as f64 / weight as f64).abs() < 1e-9);
            }
            seen += 1;
        }
        assert!(seen > 100);
    }
}

#[test]
fn a_month_in_which_the_land_changes_is_two_stretches() {
    let book = book();
    let mut dice = Dice(5);
    let figures = figures_of(&indicator("count", ""), &book, &[facts(&mut dice, 500)]);
    let july = |region: &str| {
        let of = |f: &&Figure| f.address.code() == format!("t/1.0.0/2024-07/as_recorded/{region}");
        figures.iter().find(of).map(|f| f.n)
    };
    assert!(
        july("46003").is_some_and(|n| n > 0),
        "half a month of the old one"
    );
    assert!(
        july("46030").is_some_and(|n| n > 0),
        "and half of the new one"
    );
    let rolling: Vec<&Figure> = figures
        .iter()
        .filter(|f| f.address.period.kind() == PeriodKind::RollingYear)
        .collect();
    assert!(
        rolling
            .iter()
            .all(|f| f.address.period.start() >= day("2023-06-01"))
    );
    assert!(
        rolling
            .iter()
            .any(|f| f.address.period.last_day().month() == 2)
    );
}

/// A land of twelve municipalities that merge on three days, at random; and for each of those days where each of the twelve is.
struct Land {
    book: RegionBook,
    first: Vec<String>,
    /// Day to the code of each of the twelve from that day on.
    homes: Vec<(NaiveDate, Vec<String>)>,
}

impl Land {
    fn at_random(dice: &mut Dice) -> Self {
        let first: Vec<String> = (0..12).map(|i| format!("100{i:02}")).collect();
        let mut born: BTreeMap<String, NaiveDate> = BTreeMap::new();
        born.extend(first.iter().map(|code| (code.clone(), day("1970-01-01"))));
        let (mut ended, mut changes, mut homes) = (BTreeMap::new(), Vec::new(), Vec::new());
        let mut now = first.clone();
        homes.push((day("1970-01-01"), now.clone()));
        for (step, on) in ["2019-01-01", "2022-07-15", "2025-01-01"]
            .into_iter()
            .map(day)
            .enumerate()
        {
            let mut left: Vec<String> = now
                .iter()
                .cloned()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect();
            for merger in 0..2 {
                let most = (dice.below(3) as usize + 1).min(left.len());
                let parts: Vec<String> = (0..most)
                    .map(|_| left.remove(dice.below(left.len() as u64) as usize))
                    .collect();
                // Into one of themselves, or into a new one; one alone gets another code.
                let to = match dice.below(2) {
                    0 if parts.len() > 1 => parts[0].clone(),
                    _ => format!("2{step}{merger}00"),
                };
                for from in &parts {
                    let kind = match (from == &to, parts.len()) {
                        (true, _) => ChangeKind::Enlargement,
                        (false, 1) => ChangeKind::Recode,
                        _ => ChangeKind::Merger,
                    };
                    if from != &to {
                        ended.insert(from.clone(), on);
                    }
                    changes.push(RegionChange {
                        on,
                        from: from.clone(),
                        to: to.clone(),
                        kind,
                    });
                }
                born.entry(to.clone()).or_insert(on);
                now.iter_mut()
                    .filter(|code| parts.contains(code))
                    .for_each(|code| *code = to.clone());
            }
            homes.push((on, now.clone()));
        }
        let regions = born.iter().map(|(code, from)| Region {
            code: code.clone(),
            valid_from: *from,
            valid_until: ended.get(code).copied(),
            level: "municipality".into(),
            parent: None,
            name_nl: code.clone(),
        });
        let book = RegionBook::new(regions, changes);
        book.whole().expect("a division on every day");
        Self { book, first, homes }
    }

    fn home(&self, of: usize, on: NaiveDate) -> &str {
        let then = self.homes.iter().rev().find(|(since, _)| *since <= on);
        &then.expect("a day since 1970").1[of]
    }
}

/// Facts of one of the twelve each, under the code of their day; `placed` in a hundred say in which of the twelve they lie.
fn recorded(
    land: &Land,
    dice: &mut Dice,
    rows: usize,
    placed: u64,
) -> (RecordBatch, Vec<(usize, NaiveDate, i64)>) {
    let began = day("2018-02-01").to_epoch_days();
    let truth: Vec<(usize, NaiveDate, i64)> = (0..rows)
        .map(|_| {
            let on = NaiveDate::from_epoch_days(began + dice.below(2700) as i32).expect("a day");
            (dice.below(12) as usize, on, dice.below(90) as i64)
        })
        .collect();
    let codes: StringArray = truth
        .iter()
        .map(|(of, on, _)| Some(land.home(*of, *on)))
        .collect();
    let places: StringArray = truth
        .iter()
        .map(|(of, ..)| (dice.below(100) < placed).then(|| land.first[*of].as_str()))
        .collect();
    let dates: Date32Array = truth
        .iter()
        .map(|(_, on, _)| Some(on.to_epoch_days()))
        .collect();
    let values: Int64Array = truth.iter().map(|(.., value)| Some(*value)).collect();
    let none: StringArray = truth.iter().map(|_| None::<&str>).collect();
    let none: ArrayRef = Arc::new(none);
    let columns: [(&str, ArrayRef); 6] = [
        ("municipality_code", Arc::new(codes)),
        ("place_code", Arc::new(places)),
        ("channel", none.clone()),
        ("product", none),
        ("date", Arc::new(dates)),
        ("value", Arc::new(values)),
    ];
    let columns = columns.map(|(name, column)| (name, column, true));
    (
        RecordBatch::try_from_iter_with_nullable(columns).expect("a batch"),
        truth,
    )
}

/// Before, between and after the days of mergers.
const VINTAGES: [&str; 4] = ["2018-01-01", "2019-01-01", "2023-01-01", "2025-01-01"];

fn on_all_vintages(land: &Land, indicator: &Indicator, batch: &RecordBatch) -> Vec<Figure> {
    let territories = VINTAGES.map(|on| Territory::Vintage(day(on))).to_vec();
    let mut rollup = Rollup::new(indicator, &land.book, territories, day("2025-12-31"));
    rollup.add(&Facts::decode(indicator, batch).expect("facts"));
    let covered = |code: &String| Covered {
        table: "cases".into(),
        system: "s".into(),
        code: code.clone(),
        place: None,
        since: Some(day("2018-02-01")),
    };
    let coverage = Coverage::new(land.first.iter().map(covered).collect());
    let tables = BTreeSet::from(["cases".to_string()]);
    let placed = rollup.finish();
    placed.figures(&Frame {
        expected: &[],
        standing: &[],
        coverage: &coverage,
        tables: &tables,
        population: &Population::default(),
        grounds: &placed.grounds,
        only: None,
        run: 1,
    })
}

/// What a figure must be: the values of the facts whose home on its territory is its region.
fn behind(land: &Land, figure: &Figure, truth: &[(usize, NaiveDate, i64)]) -> Vec<f64> {
    let Territory::Vintage(on) = figure.address.territory else {
        panic!("a vintage");
    };
    let period = figure.address.period;
    let here = |of: usize, date: NaiveDate| {
        (period.start()..period.end()).contains(&date)
            && *land.home(of, on) == *figure.address.region
    };
    let facts = truth.iter().filter(|(of, date, _)| here(*of, *date));
    facts.map(|(.., value)| *value as f64).collect()
}

#[test]
fn over_any_mergers_sums_and_medians_of_a_whole_are_those_of_the_facts_of_its_parts() {
    for seed in 1..=12 {
        let mut dice = Dice(seed);
        let land = Land::at_random(&mut dice);
        let (batch, truth) = recorded(&land, &mut dice, 400, 100);
        for (kind, more) in [("count", ""), ("sum", ""), ("quantile", "quantile = 0.5")] {
            let mut indicator = indicator(kind, more);
            indicator.periods = vec![PeriodKind::Month, PeriodKind::Year];
            let figures = on_all_vintages(&land, &indicator, &batch);
            let mut counted: BTreeMap<(Period, Territory), (i64, i128)> = BTreeMap::new();
            for figure in figures.iter().filter(|f| f.address.slice.is_total()) {
                let values = behind(&land, figure, &truth);
                let at = figure.address.code();
                assert_eq!(figure.n, values.len() as i64, "{kind}, {seed}: {at}");
                match kind {
                    "sum" if figure.n > 0 => {
                        let sum = values.iter().sum::<f64>() as i128 * MILLION;
                        assert_eq!(figure.numerator, Some(sum), "{seed}: {at}");
                    }
                    "quantile" => assert_eq!(figure.value, quantile(values, 0.5), "{seed}: {at}"),
                    _ => {}
                }
                let all = counted
                    .entry((figure.address.period, figure.address.territory))
                    .or_default();
                *all = (all.0 + figure.n, all.1 + figure.numerator.unwrap_or(0));
            }
            // The sum over the new ones equals the sum over the old ones.
            for (period, on) in counted.keys() {
                let first = &counted[&(*period, Territory::Vintage(day(VINTAGES[0])))];
                assert_eq!(
                    &counted[&(*period, *on)],
                    first,
                    "{kind}, {seed}: {period:?} {on:?}"
                );
            }
            assert_eq!(counted.values().map(|c| c.0).sum::<i64>(), 2 * 4 * 400);
        }
    }
}

#[test]
fn a_number_that_would_be_too_small_is_not_given() {
    let (mut torn, mut whole) = (0, 0);
    for seed in 1..=12 {
        let mut dice = Dice(seed);
        let land = Land::at_random(&mut dice);
        let (batch, truth) = recorded(&land, &mut dice, 400, 60);
        for kind in ["count", "sum"] {
            let mut indicator = indicator(kind, "");
            indicator.periods = vec![PeriodKind::Month, PeriodKind::Year];
            for figure in on_all_vintages(&land, &indicator, &batch) {
                if !figure.address.slice.is_total() {
                    continue;
                }
                let values = behind(&land, &figure, &truth);
                if figure.state == State::NotApplicable {
                    torn += 1;
                    assert!(figure.n <= values.len() as i64 && indicator.is_torn(&figure));
                    assert_eq!((figure.value, figure.numerator), (None, None));
                    continue;
                }
                whole += usize::from(figure.n > 0);
                assert_eq!(
                    figure.n,
                    values.len() as i64,
                    "{seed}: {}",
                    figure.address.code()
                );
            }
            // On the last division nothing has to be split.
            let last = Territory::Vintage(day(VINTAGES[3]));
            let figures = on_all_vintages(&land, &indicator, &batch);
            let mut figures = figures.iter().filter(|f| f.address.territory == last);
            assert!(figures.all(|f| f.state != State::NotApplicable));
        }
    }
    assert!(torn > 1000 && whole > 5000, "{torn} torn, {whole} whole");
}
