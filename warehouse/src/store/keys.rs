//! keys: which key of a table stands where now, so that a row that moves or disappears leaves a delete behind.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{Field, Int64Type, Schema};
use arrow::row::{RowConverter, SortField};

use crate::contract::Contract;
use crate::error::{Doing, Error, Result};
use crate::session::Session;
use crate::store::rows::text_column;

pub(crate) struct KeyIndex {
    contract: Contract,
    converter: RowConverter,
    rows: HashMap<Box<[u8]>, Standing>,
}

/// An encoded key and the municipality it stood at.
type Gone = (Box<[u8]>, Option<Arc<str>>);

struct Standing {
    tenant: Option<Arc<str>>,
    source_id: Arc<str>,
    delivery: Arc<str>,
}

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
}

/// A row that stood at one municipality and comes again at another.
pub(crate) struct Move {
    pub record: u64,
    pub from: String,
    pub to: String,
}

impl KeyIndex {
    pub async fn load(session: &Session, contract: &Contract) -> Result<Self> {
        let fields = contract
            .key
            .iter()
            .map(|k| SortField::new(contract.columns[k.as_str()].kind.arrow()))
            .collect();
        let converter = RowConverter::new(fields)
            .storing(|| format!("cannot index the keys of `{}`", contract.name))?;
        let mut index = Self {
            contract: contract.clone(),
            converter,
            rows: HashMap::new(),
        };
        let mut columns: Vec<&str> = contract.key.iter().map(String::as_str).collect();
        columns.extend(["source_id", "delivery"]);
        columns.extend(contract.tenant.as_deref());
        let mut names = Interned::default();
        for batch in session
            .collect(&format!(
                "select {} from {}",
                columns.join(", "),
                contract.name
            ))
            .await?
        {
            let keys = index.encode(&batch)?;
            let n = contract.key.len();
            let (sources, deliveries) = (text_column(&batch, n)?, text_column(&batch, n + 1)?);
            let tenants = contract
                .tenant
                .as_ref()
                .map(|_| text_column(&batch, n + 2))
                .transpose()?;
            for (i, key) in keys.into_iter().enumerate() {
                let standing = Standing {
                    tenant: tenants.as_ref().map(|t| names.get(t.value(i))),
                    source_id: names.get(sources.value(i)),
                    delivery: names.get(deliveries.value(i)),
                };
                index.rows.insert(key, standing);
            }
        }
        Ok(index)
    }

    fn encode(&self, batch: &RecordBatch) -> Result<Vec<Box<[u8]>>> {
        let doing = || format!("cannot index the keys of `{}`", self.contract.name);
        let arrays = self
            .contract
            .key
            .iter()
            .map(|k| {
                let array = batch.column_by_name(k).ok_or_else(|| {
                    Error::input(doing()).because(format!("column {k} is not there"))
                })?;
                arrow::compute::cast(array, &self.contract.columns[k.as_str()].kind.arrow())
                    .storing(doing)
            })
            .collect::<Result<Vec<ArrayRef>>>()?;
        let rows = self.converter.convert_columns(&arrays).storing(doing)?;
        Ok(rows.iter().map(|r| Box::from(r.as_ref())).collect())
    }

    /// Takes the rows of a delivery in, and says which versions must be deleted for it.
    pub fn apply(
        &mut self,
        rows: &RecordBatch,
        source_id: &str,
        delivery: &str,
        absent: Absent<'_>,
    ) -> Result<Change> {
        let keys = self.encode(rows)?;
        let tenant = self
            .contract
            .tenant
            .as_ref()
            .and_then(|t| rows.column_by_name(t))
            .map(|a| a.as_string::<i32>().clone());
        let records = rows
            .column_by_name("record")
            .and_then(|a| a.as_primitive_opt::<Int64Type>())
            .cloned();
        let (source_id, delivery): (Arc<str>, Arc<str>) = (source_id.into(), delivery.into());
        let mut deletes: Vec<Gone> = Vec::new();
        let mut moves = Vec::new();
        if absent != Absent::Stays {
            let given: HashSet<&[u8]> = keys.iter().map(|k| k.as_ref()).collect();
            let first = match absent {
                Absent::GoneByFirst(texts) => Some(self.prefixes(texts)?),
                _ => None,
            };
            let meant = |key: &[u8], s: &Standing| match (absent, &first) {
                (Absent::GoneFromDelivery, _) => s.delivery == delivery,
                (_, Some(first)) => first.begin(key),
                _ => true,
            };
            let gone = self.rows.iter().filter(|(key, s)| {
                s.source_id == source_id && meant(key, s) && !given.contains(key.as_ref())
            });
            let mut gone: Vec<_> = gone
                .map(|(key, s)| (key.clone(), s.tenant.clone()))
                .collect();
            gone.sort();
            for (key, _) in &gone {
                self.rows.remove(key);
            }
            deletes.extend(gone);
        }
        let mut names = Interned::default();
        for (i, key) in keys.into_iter().enumerate() {
            let to = tenant.as_ref().map(|t| names.get(t.value(i)));
            if let Some(before) = self.rows.get(&key)
                && before.tenant != to
            {
                moves.push(Move {
                    record: records
                        .as_ref()
                        .map_or(0, |r| u64::try_from(r.value(i)).unwrap_or(0)),
                    from: before.tenant.as_deref().unwrap_or_default().into(),
                    to: to.as_deref().unwrap_or_default().into(),
                });
                deletes.push((key.clone(), before.tenant.clone()));
            }
            self.rows.insert(
                key,
                Standing {
                    tenant: to,
                    source_id: source_id.clone(),
                    delivery: delivery.clone(),
                },
            );
        }
        Ok(Change {
            deletes: self.decode(&deletes)?,
            moves,
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
            fields.push(Field::new(tenant, arrow::datatypes::DataType::Utf8, true));
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

/// Few different names, many rows.
#[derive(Default)]
struct Interned(HashSet<Arc<str>>);

impl Interned {
    fn get(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let new: Arc<str> = name.into();
        self.0.insert(new.clone());
        new
    }
}
