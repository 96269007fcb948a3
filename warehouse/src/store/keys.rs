//! store/keys: where the keys of a delivery stand already, so that a row that moves or disappears leaves a delete behind.
//!
//! Only the delivery's own keys are in memory, each as 128 bits of a keyed hash: two keys with one hash are less likely than a
//! broken processor. The table's files are read for them, and of those only the ones that can hold any.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::row::{RowConverter, SortField};
use futures::{StreamExt, TryStreamExt};

use crate::contract::{ColumnType, Contract};
use crate::error::{Doing, Error, Result};
use crate::store::rows::records;
use crate::tables::{StoredFile, Table};

/// Keys that are sorted to find the files that can hold one; beyond it, only their lowest and highest count.
const SORTED: usize = 1 << 20;
/// Files read at a time.
const AT_ONCE: usize = 2;

/// The keys of a delivery for one table.
pub(crate) struct Given {
    contract: Contract,
    converter: RowConverter,
    hashing: [RandomState; 2],
    rows: HashMap<u128, Row>,
    tenants: Vec<Arc<str>>,
    by_tenant: HashMap<Arc<str>, u32>,
    /// The texts of the last key column that is text.
    texts: Option<(String, Texts)>,
}

struct Row {
    tenant: u32,
    /// This source gave it before.
    again: bool,
    record: u64,
}

enum Texts {
    All(Vec<String>),
    Between(String, String),
}

/// An encoded key and the municipality it stood at.
type Gone = (Box<[u8]>, Option<String>);

/// What a delivery does to keys it does not mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent<'a> {
    Stays,
    /// Rows this source gave before are deleted.
    GoneFromSource,
    /// Rows an earlier reading of this same file gave are deleted.
    GoneFromDelivery,
    /// Rows of this source that have one of these texts in the first column of their key are deleted.
    GoneByFirst(&'a [String]),
}

pub(crate) struct Change {
    /// The key columns, then the tenant if there is one.
    pub deletes: RecordBatch,
    pub moves: Vec<Move>,
    /// How many of the deletes are rows that are gone.
    pub gone: u64,
    /// How many rows this source, or this delivery, gave before and gives again.
    pub again: u64,
}

/// A row that stood at one municipality and comes again at another.
pub(crate) struct Move {
    pub record: u64,
    pub from: String,
    pub to: String,
}

/// The last version of a key at one municipality.
struct Latest {
    key: Box<[u8]>,
    batch: i64,
    put: bool,
}

/// A version of a row. Later batches come after; within one a put comes after a delete, and wins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    batch: i64,
    put: bool,
    tenant: Option<String>,
    source_id: String,
    delivery: String,
}

impl Given {
    pub fn new(contract: &Contract) -> Result<Self> {
        let fields = contract
            .key
            .iter()
            .map(|k| SortField::new(contract.columns[k.as_str()].kind.arrow()))
            .collect();
        let converter = RowConverter::new(fields)
            .storing(|| format!("cannot index the keys of `{}`", contract.name))?;
        let is_text = |k: &&String| contract.columns[k.as_str()].kind == ColumnType::Text;
        let text = contract.key.iter().rfind(is_text);
        Ok(Self {
            contract: contract.clone(),
            converter,
            hashing: [RandomState::new(), RandomState::new()],
            rows: HashMap::new(),
            tenants: Vec::new(),
            by_tenant: HashMap::new(),
            texts: text.map(|name| (name.clone(), Texts::All(Vec::new()))),
        })
    }

    /// The keys of rows that each say of which record they are.
    pub fn of(contract: &Contract, rows: &RecordBatch) -> Result<Self> {
        let mut given = Self::new(contract)?;
        let records = records(rows)?;
        let numbers = records.values().iter();
        let numbers = numbers.map(|record| u64::try_from(*record).unwrap_or(0));
        given.add(rows, numbers.enumerate())?;
        Ok(given)
    }

    /// Takes rows in. `chosen` gives which, and of which record each is.
    pub fn add(
        &mut self,
        rows: &RecordBatch,
        chosen: impl Iterator<Item = (usize, u64)>,
    ) -> Result<()> {
        let keys = self.encode(rows, None)?;
        let tenants = self.contract.tenant.as_ref();
        let plain = |column: &ArrayRef| {
            let doing = || format!("cannot index the keys of `{}`", self.contract.name);
            arrow::compute::cast(column, &DataType::Utf8).storing(doing)
        };
        let tenants = tenants.and_then(|t| rows.column_by_name(t));
        let tenants = tenants.map(plain).transpose()?;
        let texts = self
            .texts
            .as_ref()
            .and_then(|(name, _)| rows.column_by_name(name))
            .map(plain)
            .transpose()?;
        for (at, record) in chosen {
            let tenant = tenants
                .as_ref()
                .map_or("", |t| t.as_string::<i32>().value(at));
            let tenant = match self.by_tenant.get(tenant) {
                Some(known) => *known,
                None => {
                    let number = self.tenants.len() as u32;
                    self.tenants.push(tenant.into());
                    self.by_tenant.insert(tenant.into(), number);
                    number
                }
            };
            let hash = self.hash(keys.row(at).as_ref());
            let row = Row {
                tenant,
                again: false,
                record,
            };
            self.rows.insert(hash, row);
            if let (Some((_, known)), Some(texts)) = (&mut self.texts, &texts) {
                known.add(texts.as_string::<i32>().value(at));
            }
        }
        Ok(())
    }

    fn hash(&self, key: &[u8]) -> u128 {
        let [high, low] = &self.hashing;
        (u128::from(high.hash_one(key)) << 64) | u128::from(low.hash_one(key))
    }

    /// `tenant` stands in for the column of the municipality, which a data file does not have.
    fn encode(&self, batch: &RecordBatch, tenant: Option<&str>) -> Result<arrow::row::Rows> {
        let doing = || format!("cannot index the keys of `{}`", self.contract.name);
        let arrays = self
            .contract
            .key
            .iter()
            .map(|k| {
                let apart: ArrayRef;
                let array = match batch.column_by_name(k) {
                    Some(array) => array,
                    None if self.contract.tenant.as_ref() == Some(k) => {
                        apart = Arc::new(StringArray::from(vec![tenant; batch.num_rows()]));
                        &apart
                    }
                    None => {
                        return Err(
                            Error::input(doing()).because(format!("column {k} is not there"))
                        );
                    }
                };
                arrow::compute::cast(array, &self.contract.columns[k.as_str()].kind.arrow())
                    .storing(doing)
            })
            .collect::<Result<Vec<ArrayRef>>>()?;
        self.converter.convert_columns(&arrays).storing(doing)
    }

    /// Which versions must be deleted for these keys, as the table was at `batch`.
    pub async fn changes(
        &mut self,
        table: &Table,
        batch: i64,
        source_id: &str,
        delivery: &str,
        absent: Absent<'_>,
    ) -> Result<Change> {
        if let Some((_, Texts::All(all))) = &mut self.texts {
            all.sort_unstable();
        }
        let mut files = table.stored().await?;
        files.retain(|file| file.batch <= batch);
        let mut deletes = match absent {
            Absent::Stays => Vec::new(),
            _ => {
                self.gone(table, &files, source_id, delivery, absent)
                    .await?
            }
        };
        let gone = deletes.len() as u64;
        let mut moved = self.moved(table, &files).await?;
        moved.sort_by(|(_, a), (_, b)| (a.record, &a.from).cmp(&(b.record, &b.from)));
        let moves = moved.into_iter().map(|(key, moved)| {
            deletes.push((key, Some(moved.from.clone())));
            moved
        });
        let moves = moves.collect();
        Ok(Change {
            deletes: self.decode(&deletes)?,
            moves,
            gone,
            again: self.rows.values().filter(|row| row.again).count() as u64,
        })
    }

    /// How the keys begin that have one of these texts in their first column.
    fn prefixes(&self, texts: &[String]) -> Result<Prefixes> {
        let doing = || format!("cannot delete rows of `{}`", self.contract.name);
        let first: ArrayRef = Arc::new(StringArray::from_iter_values(texts));
        let converter =
            RowConverter::new(vec![SortField::new(first.data_type().clone())]).storing(doing)?;
        let rows = converter.convert_columns(&[first]).storing(doing)?;
        let texts: HashSet<Box<[u8]>> = rows.iter().map(|r| Box::from(r.as_ref())).collect();
        Ok(Prefixes {
            lengths: texts.iter().map(|text| text.len()).collect(),
            texts,
        })
    }

    /// Keys that stand at another municipality than they are given for.
    async fn moved(&self, table: &Table, files: &[StoredFile]) -> Result<Vec<(Box<[u8]>, Move)>> {
        let elsewhere = files.iter().filter(|file| {
            let Some(tenant) = &file.tenant else {
                return false;
            };
            let others = self.tenants.iter().any(|given| **given != **tenant);
            others && self.may_be_in(file)
        });
        let mut latest: HashMap<(u128, &str), Latest> = HashMap::new();
        let columns: Vec<&str> = self
            .contract
            .key
            .iter()
            .map(String::as_str)
            .chain(["change"])
            .collect();
        let mut read = futures::stream::iter(elsewhere)
            .map(|file| {
                let columns = &columns;
                async move { Ok::<_, Error>((file, table.columns_of(file, columns).await?)) }
            })
            .buffer_unordered(AT_ONCE);
        while let Some((file, batches)) = read.try_next().await? {
            let tenant = file.tenant.as_deref().unwrap_or_default();
            let here = self.by_tenant.get(tenant);
            for rows in batches {
                let keys = self.encode(&rows, file.tenant.as_deref())?;
                let puts = puts(&rows)?;
                for at in 0..rows.num_rows() {
                    let key = keys.row(at);
                    let hash = self.hash(key.as_ref());
                    let Some(given) = self.rows.get(&hash) else {
                        continue;
                    };
                    if here == Some(&given.tenant) {
                        continue;
                    }
                    let put = puts.value(at) == "put";
                    let known = latest.entry((hash, tenant)).or_insert_with(|| Latest {
                        key: key.as_ref().into(),
                        batch: i64::MIN,
                        put: false,
                    });
                    if (file.batch, put) >= (known.batch, known.put) {
                        (known.batch, known.put) = (file.batch, put);
                    }
                }
            }
        }
        let standing = latest.into_iter().filter(|(_, latest)| latest.put);
        Ok(standing
            .map(|((hash, tenant), latest)| {
                let given = &self.rows[&hash];
                let moved = Move {
                    record: given.record,
                    from: tenant.into(),
                    to: self.tenants[given.tenant as usize].to_string(),
                };
                (latest.key, moved)
            })
            .collect())
    }

    fn may_be_in(&self, file: &StoredFile) -> bool {
        match &self.texts {
            None => true,
            Some((column, Texts::Between(low, high))) => file.may_hold(column, low, high),
            Some((column, Texts::All(sorted))) => match file.range(column) {
                None => true,
                Some((least, most)) => {
                    let from = sorted.partition_point(|text| text.as_str() < least);
                    sorted.get(from).is_some_and(|text| text.as_str() <= most)
                }
            },
        }
    }

    /// Keys that this source (or an earlier reading of this delivery) gave, and that are not given now.
    async fn gone(
        &mut self,
        table: &Table,
        files: &[StoredFile],
        source_id: &str,
        delivery: &str,
        absent: Absent<'_>,
    ) -> Result<Vec<Gone>> {
        let first = match absent {
            Absent::GoneByFirst(texts) => Some(self.prefixes(texts)?),
            _ => None,
        };
        let of_delivery = absent == Absent::GoneFromDelivery;
        let own = |key: &[u8], version: &Version| {
            version.source_id == source_id
                && (!of_delivery || version.delivery == delivery)
                && first.as_ref().is_none_or(|first| first.begin(key))
        };
        let may_be_own = |file: &&StoredFile| {
            file.may_hold("source_id", source_id, source_id)
                && (!of_delivery || file.may_hold("delivery", delivery, delivery))
        };
        // First the keys that may be gone, then what each of them is now, whoever gave it last.
        let mut latest: HashMap<Box<[u8]>, Option<Version>> = HashMap::new();
        for file in files.iter().filter(may_be_own) {
            let mut again = Vec::new();
            self.each_version(table, file, |key, version| {
                if !own(key, &version) {
                    return;
                }
                let hash = self.hash(key);
                if !self.rows.contains_key(&hash) {
                    latest.insert(key.into(), None);
                } else if version.put {
                    again.push(hash);
                }
            })
            .await?;
            for hash in again {
                if let Some(row) = self.rows.get_mut(&hash) {
                    row.again = true;
                }
            }
        }
        if latest.is_empty() {
            return Ok(Vec::new());
        }
        for file in files {
            self.each_version(table, file, |key, version| {
                if let Some(known) = latest.get_mut(key)
                    && known.as_ref().is_none_or(|known| *known < version)
                {
                    *known = Some(version);
                }
            })
            .await?;
        }
        let gone = latest.into_iter().filter_map(|(key, version)| {
            let version = version.filter(|version| version.put && own(&key, version))?;
            Some((key, version.tenant))
        });
        let mut gone: Vec<Gone> = gone.collect();
        gone.sort();
        Ok(gone)
    }

    async fn each_version(
        &self,
        table: &Table,
        file: &StoredFile,
        mut hear: impl FnMut(&[u8], Version),
    ) -> Result<()> {
        let key = self.contract.key.iter().map(String::as_str);
        let columns: Vec<&str> = key.chain(["source_id", "delivery", "change"]).collect();
        for rows in table.columns_of(file, &columns).await? {
            let keys = self.encode(&rows, file.tenant.as_deref())?;
            let (sources, deliveries, puts) = (
                texts(&rows, "source_id")?,
                texts(&rows, "delivery")?,
                puts(&rows)?,
            );
            for at in 0..rows.num_rows() {
                let version = Version {
                    batch: file.batch,
                    put: puts.value(at) == "put",
                    tenant: file.tenant.clone(),
                    source_id: sources.value(at).into(),
                    delivery: deliveries.value(at).into(),
                };
                hear(keys.row(at).as_ref(), version);
            }
        }
        Ok(())
    }

    fn decode(&self, deletes: &[Gone]) -> Result<RecordBatch> {
        let doing = || format!("cannot delete rows of `{}`", self.contract.name);
        let parser = self.converter.parser();
        let mut arrays = self
            .converter
            .convert_rows(deletes.iter().map(|(key, _)| parser.parse(key)))
            .storing(doing)?;
        let mut fields: Vec<Field> = self
            .contract
            .key
            .iter()
            .map(|k| Field::new(k, self.contract.columns[k.as_str()].kind.arrow(), true))
            .collect();
        if let Some(tenant) = &self.contract.tenant {
            fields.push(Field::new(tenant, DataType::Utf8, true));
            arrays.push(Arc::new(StringArray::from_iter(
                deletes.iter().map(|(_, t)| t.as_deref()),
            )));
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).storing(doing)
    }
}

/// An encoded key is its columns, encoded, one after the other; none of these is the beginning of another.
struct Prefixes {
    lengths: BTreeSet<usize>,
    texts: HashSet<Box<[u8]>>,
}

impl Prefixes {
    fn begin(&self, key: &[u8]) -> bool {
        let mut starts = self.lengths.iter().filter_map(|length| key.get(..*length));
        starts.any(|start| self.texts.contains(start))
    }
}

impl Texts {
    fn add(&mut self, text: &str) {
        match self {
            Texts::All(all) if all.len() < SORTED => all.push(text.into()),
            Texts::All(all) => {
                let low = all
                    .iter()
                    .min()
                    .map_or(text, |low| text.min(low))
                    .to_string();
                let high = all
                    .iter()
                    .max()
                    .map_or(text, |high| text.max(high))
                    .to_string();
                *self = Texts::Between(low, high);
            }
            Texts::Between(low, high) => {
                if text < low.as_str() {
                    *low = text.into();
                }
                if text > high.as_str() {
                    *high = text.into();
                }
            }
        }
    }
}

fn puts(rows: &RecordBatch) -> Result<StringArray> {
    texts(rows, "change")
}

fn texts(rows: &RecordBatch, column: &str) -> Result<StringArray> {
    let doing = || format!("cannot read column `{column}` of a stored row");
    let array = rows
        .column_by_name(column)
        .ok_or_else(|| Error::storage(doing()).because("it is not there"))?;
    Ok(arrow::compute::cast(array, &DataType::Utf8)
        .storing(doing)?
        .as_string::<i32>()
        .clone())
}
