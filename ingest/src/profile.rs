//! profile: counts the accepted rows of a table, column by column over Arrow arrays, batch after batch.

mod values;

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::kernels::aggregate;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type,
    TimestampMicrosecondType,
};
use beleidsinfo_warehouse::contract::{ColumnType, Contract, Visibility};
use beleidsinfo_warehouse::profile::{ColumnProfile, PRINT, Print, Prints, TableProfile};
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use crate::check::display;
use values::{Values, bytes_hash, spread};

/// Different values of a column that are counted one by one; beyond it their number is estimated.
const COUNTED: usize = 4096;
/// Commonest values that are told.
const TOP: usize = 5;
/// Different hashes by which a number of different values is estimated.
const SAMPLE: usize = 1024;

/// Grows batch by batch; two of the same table can be joined.
pub struct Profiler<'a> {
    contract: &'a Contract,
    zone: Tz,
    rows: u64,
    columns: Vec<Counter>,
    /// The place of the date by which the rows are spread over months.
    dated: Option<usize>,
    months: BTreeMap<(i32, u32), u64>,
    keys: Smallest,
    contents: Smallest,
    whole: Smallest,
}

impl<'a> Profiler<'a> {
    /// Of a personal source no free text is told: in a shifted record a name can stand in any column.
    pub fn new(contract: &'a Contract, zone: Tz, personal: bool) -> Self {
        let dated = contract
            .columns
            .values()
            .position(|c| c.required && c.kind == ColumnType::Date);
        let counter = |c: &beleidsinfo_warehouse::contract::Column| {
            let free = c.kind == ColumnType::Text && c.codes.is_none() && c.lookup.is_none();
            Counter::new(c.visibility == Visibility::Personal || personal && free)
        };
        Self {
            contract,
            zone,
            rows: 0,
            columns: contract.columns.values().map(counter).collect(),
            dated,
            months: BTreeMap::new(),
            keys: Smallest::new(PRINT),
            contents: Smallest::new(PRINT),
            whole: Smallest::new(PRINT),
        }
    }

    /// Takes in rows whose first columns are the contract's, in its order and types; texts may be dictionaries.
    pub fn add(&mut self, rows: &RecordBatch) {
        let height = rows.num_rows();
        self.rows += height as u64;
        let (mut keys, mut contents) = (vec![0u64; height], vec![0u64; height]);
        let named = self.contract.columns.keys().zip(&mut self.columns);
        for ((at, (name, counter)), array) in named.enumerate().zip(rows.columns()) {
            let of = match self.contract.key.contains(name) {
                true => &mut keys,
                false => &mut contents,
            };
            if array.null_count() == height {
                counter.empty += height as u64;
                continue;
            }
            let values = Values::of(array);
            counter.add(array, &values, self.zone);
            if self.dated == Some(at) {
                values.each_day(array, |day, n| {
                    if let Some(day) = NaiveDate::from_epoch_days(day) {
                        *self.months.entry((day.year(), day.month())).or_default() += n;
                    }
                });
            }
            if counter.personal {
                continue;
            }
            // A column counts by its place: the same value in another column is another row.
            let place = spread(at as u64 + 1);
            match values {
                Values::Each(hashes) => {
                    for (row, hash) in of.iter_mut().zip(hashes) {
                        if let Some(hash) = hash {
                            *row = row.wrapping_add(spread(hash ^ place));
                        }
                    }
                }
                Values::Few(few) => {
                    let hashes = few.hashes.iter().map(|hash| spread(hash ^ place));
                    // The last stands for an absent value, and adds nothing.
                    let hashes: Vec<u64> = hashes.chain([0]).collect();
                    for (row, code) in of.iter_mut().zip(few.codes) {
                        *row = row.wrapping_add(hashes[usize::from(code)]);
                    }
                }
            }
        }
        for (key, content) in keys.iter().zip(&contents) {
            self.keys.add(spread(*key));
            self.contents.add(spread(*content));
            self.whole.add(spread(key.rotate_left(32) ^ content));
        }
    }

    /// Takes in what another counted of other rows of the same table.
    pub fn join(&mut self, other: Self) {
        self.rows += other.rows;
        for (counter, other) in self.columns.iter_mut().zip(other.columns) {
            counter.join(other);
        }
        for (month, rows) in other.months {
            *self.months.entry(month).or_default() += rows;
        }
        self.keys.join(other.keys);
        self.contents.join(other.contents);
        self.whole.join(other.whole);
    }

    pub fn finish(self) -> TableProfile {
        let columns = self.contract.columns.keys().zip(self.columns);
        TableProfile {
            table: self.contract.name.clone(),
            rows: self.rows,
            columns: columns.map(|(name, c)| c.finish(name)).collect(),
            months: self
                .months
                .into_iter()
                .map(|((year, month), n)| (format!("{year:04}-{month:02}"), n))
                .collect(),
            prints: Prints {
                keys: self.keys.finish(),
                contents: self.contents.finish(),
                rows: self.whole.finish(),
            },
        }
    }
}

/// What is counted of one column.
struct Counter {
    personal: bool,
    empty: u64,
    /// Hash to rows and the value as text; given up beyond [`COUNTED`].
    values: Option<HashMap<u64, (u64, String), BuildHasherDefault<Spread>>>,
    different: Smallest,
    lowest: Option<Edge>,
    highest: Option<Edge>,
}

/// A value that can be compared with others of its column.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Edge {
    Exact(i128, String),
    Float(f64, String),
    Text(String),
}

impl Counter {
    fn new(personal: bool) -> Self {
        Self {
            personal,
            empty: 0,
            values: Some(HashMap::default()),
            different: Smallest::new(SAMPLE),
            lowest: None,
            highest: None,
        }
    }

    fn add(&mut self, array: &ArrayRef, values: &Values, zone: Tz) {
        self.empty += array.null_count() as u64;
        let mut fresh = Vec::new();
        match values {
            // Equal neighbours are common: exports are sorted by something.
            Values::Each(hashes) => {
                let (mut last, mut run, mut at) = (None, 0, 0);
                for (row, hash) in hashes.iter().enumerate() {
                    if *hash == last {
                        run += 1;
                        continue;
                    }
                    self.count(last, run, at, &mut fresh);
                    (last, run, at) = (*hash, 1, row);
                }
                self.count(last, run, at, &mut fresh);
            }
            Values::Few(few) => {
                for (hash, (rows, first)) in few.hashes.iter().zip(&few.rows) {
                    if *rows > 0 {
                        self.count(Some(*hash), *rows, *first as usize, &mut fresh);
                    }
                }
            }
        }
        if self.personal {
            return;
        }
        if let Some(values) = &mut self.values {
            for (hash, row) in fresh {
                if let Some((_, text)) = values.get_mut(&hash) {
                    *text = cut(&display(array, row, zone));
                }
            }
        }
        let (lowest, highest) = match values {
            Values::Each(_) => edges(array, zone),
            Values::Few(few) => few.edges(array, zone),
        };
        self.lower(lowest);
        self.raise(highest);
    }

    /// Counts a value; one that is new is told with its row, for its text.
    fn count(&mut self, hash: Option<u64>, rows: u64, row: usize, fresh: &mut Vec<(u64, usize)>) {
        let Some(hash) = hash else { return };
        let Some(values) = &mut self.values else {
            self.different.add(hash);
            return;
        };
        if let Some((n, _)) = values.get_mut(&hash) {
            *n += rows;
            return;
        }
        self.different.add(hash);
        if values.len() == COUNTED {
            self.values = None;
            return;
        }
        values.insert(hash, (rows, String::new()));
        fresh.push((hash, row));
    }

    fn join(&mut self, other: Self) {
        self.empty += other.empty;
        match other.values {
            None => {
                self.values = None;
            }
            Some(others) => {
                for (hash, (rows, text)) in others {
                    let Some(values) = &mut self.values else {
                        break;
                    };
                    if let Some((n, _)) = values.get_mut(&hash) {
                        *n += rows;
                    } else if values.len() == COUNTED {
                        self.values = None;
                    } else {
                        values.insert(hash, (rows, text));
                    }
                }
            }
        }
        self.different.join(other.different);
        self.lower(other.lowest);
        self.raise(other.highest);
    }

    fn lower(&mut self, lowest: Option<Edge>) {
        self.lowest = match (self.lowest.take(), lowest) {
            (Some(a), Some(b)) => Some(if b < a { b } else { a }),
            (a, b) => a.or(b),
        };
    }

    fn raise(&mut self, highest: Option<Edge>) {
        self.highest = match (self.highest.take(), highest) {
            (Some(a), Some(b)) => Some(if b > a { b } else { a }),
            (a, b) => a.or(b),
        };
    }

    fn finish(self, column: &str) -> ColumnProfile {
        let print = self.different.finish();
        let (distinct, exact) = match &self.values {
            Some(values) => (values.len() as u64, true),
            None => (print.distinct, false),
        };
        let mut top: Vec<(String, u64)> = match self.personal {
            true => Vec::new(),
            false => self
                .values
                .into_iter()
                .flatten()
                .map(|(_, (n, text))| (text, n))
                .collect(),
        };
        top.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        top.truncate(TOP);
        let text = |edge: Option<Edge>| {
            edge.map(|edge| match edge {
                Edge::Exact(_, text) | Edge::Float(_, text) | Edge::Text(text) => text,
            })
        };
        ColumnProfile {
            column: column.into(),
            personal: self.personal,
            empty: self.empty,
            distinct,
            exact,
            lowest: text(self.lowest),
            highest: text(self.highest),
            top,
        }
    }
}

/// Takes a hash that is evenly spread already as it is.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes_hash(bytes);
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The smallest different hashes of a stream.
struct Smallest {
    most: usize,
    /// In no order, some of them twice or too large, until they are put in order.
    kept: Vec<u64>,
    /// Where as many as are asked for are smaller or the same, the largest of those.
    limit: u64,
}

impl Smallest {
    fn new(most: usize) -> Self {
        Self {
            most,
            kept: Vec::new(),
            limit: u64::MAX,
        }
    }

    fn add(&mut self, hash: u64) {
        if hash < self.limit {
            self.kept.push(hash);
            if self.kept.len() >= self.most * 4 {
                self.order();
            }
        }
    }

    fn order(&mut self) {
        self.kept.sort_unstable();
        self.kept.dedup();
        self.kept.truncate(self.most);
        if self.kept.len() == self.most {
            self.limit = self.kept.last().copied().unwrap_or(u64::MAX);
        }
    }

    fn join(&mut self, other: Self) {
        for hash in other.kept {
            self.add(hash);
        }
    }

    /// The k-th smallest of n evenly spread hashes lies at about k / n of their range.
    fn finish(mut self) -> Print {
        self.order();
        let distinct = match self.kept.last() {
            Some(last) if self.kept.len() == self.most => {
                ((self.most - 1) as f64 * (u64::MAX as f64 / *last as f64)).round() as u64
            }
            _ => self.kept.len() as u64,
        };
        Print {
            smallest: self.kept,
            distinct,
        }
    }
}

/// The smallest and largest value.
fn edges(array: &ArrayRef, zone: Tz) -> (Option<Edge>, Option<Edge>) {
    macro_rules! ends {
        ($kind:ty) => {{
            let values = array.as_primitive::<$kind>();
            let edge = |end: Option<<$kind as arrow::datatypes::ArrowPrimitiveType>::Native>| {
                let end = end?;
                let row = values.iter().position(|value| value == Some(end))?;
                Some(Edge::Exact(end.into(), display(array, row, zone)))
            };
            (edge(aggregate::min(values)), edge(aggregate::max(values)))
        }};
    }
    match array.data_type() {
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            let edge = |text: Option<&str>| text.map(|text| Edge::Text(cut(text)));
            (
                edge(aggregate::min_string(texts)),
                edge(aggregate::max_string(texts)),
            )
        }
        DataType::Date32 => ends!(Date32Type),
        DataType::Int32 => ends!(Int32Type),
        DataType::Int64 => ends!(Int64Type),
        DataType::Timestamp(..) => ends!(TimestampMicrosecondType),
        DataType::Decimal128(..) => ends!(Decimal128Type),
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>();
            let edge = |end: Option<f64>| end.map(|end| Edge::Float(end, end.to_string()));
            (edge(aggregate::min(values)), edge(aggregate::max(values)))
        }
        _ => (None, None),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::tests::contract;
    use arrow::array::{Date32Array, Int64Array, StringArray};
    use std::sync::Arc;

    fn table() -> Contract {
        contract(
            "cases",
            &["id"],
            None,
            "id! text
             insz!P text
             received_on! date
             channel text
             fee dec",
            "",
        )
    }

    fn rows(range: std::ops::Range<i64>) -> RecordBatch {
        let texts = |of: &dyn Fn(i64) -> Option<String>| -> ArrayRef {
            Arc::new(range.clone().map(of).collect::<StringArray>())
        };
        let columns: Vec<ArrayRef> = vec![
            texts(&|n| Some(format!("Z{n}"))),
            texts(&|n| Some(format!("85.07.30-{n}"))),
            Arc::new(
                range
                    .clone()
                    .map(|n| Some(20_000 + (n % 60) as i32))
                    .collect::<Date32Array>(),
            ),
            texts(&|n| (n % 4 != 0).then(|| if n % 4 == 1 { "post" } else { "web" }.into())),
            arrow::array::new_null_array(&ColumnType::Dec.arrow(), range.clone().count()),
            Arc::new(range.clone().map(Some).collect::<Int64Array>()),
        ];
        let mut fields: Vec<_> = table().schema().fields().iter().cloned().collect();
        fields.push(Arc::new(arrow::datatypes::Field::new(
            "record",
            DataType::Int64,
            false,
        )));
        RecordBatch::try_new(Arc::new(arrow::datatypes::Schema::new(fields)), columns).unwrap()
    }

    /// Of rows between these numbers, a batch between each two.
    fn profile(edges: &[i64]) -> TableProfile {
        let table = table();
        let mut profiler = Profiler::new(&table, chrono_tz::UTC, false);
        edges
            .windows(2)
            .for_each(|batch| profiler.add(&rows(batch[0]..batch[1])));
        profiler.finish()
    }

    #[test]
    fn counts_ends_and_commonest_values() {
        let found = profile(&[0, 400]);
        assert_eq!(found.rows, 400);
        let channel = &found.columns[3];
        assert_eq!(
            (channel.empty, channel.distinct, channel.exact),
            (100, 2, true)
        );
        assert_eq!(
            channel.top,
            [("web".to_string(), 200), ("post".to_string(), 100)]
        );
        let day = &found.columns[2];
        assert_eq!(day.lowest.as_deref(), Some("2024-10-04"));
        assert_eq!(day.highest.as_deref(), Some("2024-12-02"));
        assert_eq!(found.months.values().sum::<u64>(), 400);
        assert_eq!(found.months.keys().next().unwrap(), "2024-10");
        assert_eq!(
            (found.columns[4].empty, found.columns[4].distinct),
            (400, 0)
        );
    }

    #[test]
    fn coded_texts_count_as_texts() {
        let coded = |rows: &RecordBatch| {
            let kind = DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8));
            let column = |array: &ArrayRef| match array.data_type() {
                DataType::Utf8 => arrow::compute::cast(array, &kind).unwrap(),
                _ => array.clone(),
            };
            let fields = rows.schema_ref().fields().iter().zip(rows.columns());
            let fields = fields.map(|(field, array)| {
                let field = field.as_ref().clone();
                field.with_data_type(column(array).data_type().clone())
            });
            let schema = arrow::datatypes::Schema::new(fields.collect::<Vec<_>>());
            let columns = rows.columns().iter().map(column).collect();
            RecordBatch::try_new(Arc::new(schema), columns).unwrap()
        };
        let table = table();
        let mut profiler = Profiler::new(&table, chrono_tz::UTC, false);
        profiler.add(&coded(&rows(0..300)));
        profiler.add(&coded(&rows(300..400)));
        assert_eq!(profiler.finish(), profile(&[0, 400]));
    }

    #[test]
    fn a_personal_column_is_only_counted() {
        let found = profile(&[0, 50]);
        let personal = &found.columns[1];
        assert_eq!((personal.personal, personal.distinct), (true, 50));
        assert_eq!(
            (&personal.lowest, &personal.highest, personal.top.len()),
            (&None, &None, 0)
        );
        assert!(!serde_json::to_string(&found).unwrap().contains("85.07"));
    }

    #[test]
    fn batches_add_up_and_many_values_are_estimated() {
        assert_eq!(profile(&[0, 400]), profile(&[0, 123, 400]));
        let many = profile(&[0, 30_000]);
        assert!(!many.columns[0].exact && many.columns[0].top.is_empty());
        assert!(
            (28_000..32_000).contains(&many.columns[0].distinct),
            "{:?}",
            many.columns[0]
        );
        assert!((28_000..32_000).contains(&many.prints.keys.distinct));
    }

    #[test]
    fn prints_know_the_same_rows_under_another_key() {
        let (first, second) = (profile(&[0, 300]), profile(&[150, 450]));
        let share =
            |of: fn(&Prints) -> &Print| of(&second.prints).share_in(of(&first.prints)).unwrap();
        assert_eq!(share(|p| &p.keys), 0.5);
        assert_eq!(share(|p| &p.rows), 0.5);
        assert_eq!(share(|p| &p.contents), 1.0);
    }

    #[test]
    fn what_two_counted_is_what_one_would_have() {
        let contract = table();
        let mut one = Profiler::new(&contract, chrono_tz::Europe::Brussels, false);
        let mut joined = Profiler::new(&contract, chrono_tz::Europe::Brussels, false);
        for range in [0..3000, 2000..9000, 100..120] {
            one.add(&rows(range.clone()));
            let mut part = Profiler::new(&contract, chrono_tz::Europe::Brussels, false);
            part.add(&rows(range));
            joined.join(part);
        }
        let (one, joined) = (one.finish(), joined.finish());
        assert_eq!(format!("{one:?}"), format!("{joined:?}"));
        assert!(!one.columns[0].exact && one.columns[3].exact);
    }
}
