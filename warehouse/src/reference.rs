//! reference: the reference tables that the program itself reads: regions, population, targets, products, deliveries.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::SchemaRef;
use chrono::NaiveDate;
use futures::TryStreamExt;

use crate::compute::completeness::{Came, History, MONTHS_NEEDED};
use crate::compute::coverage::Covered;
use crate::compute::population::Population;
use crate::contract::Contract;
use crate::define::Reads;
use crate::error::{Doing, Error, Result};
use crate::figure::Figure;
use crate::group::{Groups, Membership};
use crate::index::{FigureIndex, Run};
use crate::indicator::Direction;
use crate::language::Text;
use crate::period::PeriodKind;
use crate::region::{ChangeKind, Region, RegionBook, RegionChange};
use crate::session::Session;
use crate::store::rows::{date_column, int_column, text_column};
use crate::target::Target;

fn optional(texts: &arrow::array::StringArray, i: usize) -> Option<String> {
    use arrow::array::Array;
    texts.is_valid(i).then(|| texts.value(i).to_string())
}

const REGIONS: &str =
    "select region_code, valid_from, valid_until, level, parent_code, name_nl from regions";
const CHANGES: &str = "select changed_on, from_code, to_code, kind from region_changes";

pub(crate) async fn regions(session: &Session) -> Result<RegionBook> {
    region_book(
        &session.collect(REGIONS).await?,
        &session.collect(CHANGES).await?,
    )
}

/// The book of regions from rows of the tables `regions` and `region_changes`, columns by name.
pub fn region_book(regions: &[RecordBatch], changes: &[RecordBatch]) -> Result<RegionBook> {
    let broken = |table: &str| {
        Error::storage(format!("cannot read table `{table}`")).because("a key is empty")
    };
    let at = |rows: &RecordBatch, name: &str| {
        rows.schema().index_of(name).map_err(|_| {
            Error::storage("cannot read the regions").because(format!("there is no column {name}"))
        })
    };
    let mut known = Vec::new();
    for rows in regions {
        let text = |name: &str| text_column(rows, at(rows, name)?);
        let date = |name: &str| date_column(rows, at(rows, name)?);
        let (codes, levels, parents, names) = (
            text("region_code")?,
            text("level")?,
            text("parent_code")?,
            text("name_nl")?,
        );
        let (from, until) = (date("valid_from")?, date("valid_until")?);
        for i in 0..rows.num_rows() {
            known.push(Region {
                code: codes.value(i).into(),
                valid_from: from[i].ok_or_else(|| broken("regions"))?,
                valid_until: until[i],
                level: levels.value(i).into(),
                parent: optional(&parents, i),
                name_nl: names.value(i).into(),
            });
        }
    }
    let mut changed = Vec::new();
    for rows in changes {
        let text = |name: &str| text_column(rows, at(rows, name)?);
        let (from, to, kinds) = (text("from_code")?, text("to_code")?, text("kind")?);
        for (i, on) in date_column(rows, at(rows, "changed_on")?)?
            .into_iter()
            .enumerate()
        {
            changed.push(RegionChange {
                on: on.ok_or_else(|| broken("region_changes"))?,
                from: from.value(i).into(),
                to: to.value(i).into(),
                kind: ChangeKind::parse(kinds.value(i)).ok_or_else(|| broken("region_changes"))?,
            });
        }
    }
    Ok(RegionBook::new(known, changed))
}

pub(crate) async fn population(session: &Session) -> Result<Population> {
    let mut rows_read = Vec::new();
    let sql = "select region_code, reference_on, vintage_on, persons from population where sex = 'total' and age_band = 'total'";
    for rows in session.collect(sql).await? {
        let (codes, on, vintage, persons) = (
            text_column(&rows, 0)?,
            date_column(&rows, 1)?,
            date_column(&rows, 2)?,
            int_column(&rows, 3)?,
        );
        for i in 0..rows.num_rows() {
            if let (Some(on), Some(vintage)) = (on[i], vintage[i]) {
                rows_read.push((codes.value(i).to_string(), on, vintage, persons.value(i)));
            }
        }
    }
    Ok(Population::new(rows_read))
}

pub(crate) async fn targets(session: &Session) -> Result<Vec<Target>> {
    let sql = "select target_id, indicator_id, cast(indicator_major as bigint), region_code, period_kind, slice, cast(lower as double), \
               cast(upper as double), cast(tolerance as double), valid_from, valid_until, decision_uri, decided_on, \
               direction, role_uri, organisation_kbo from targets order by target_id";
    let mut targets = Vec::new();
    for rows in session.collect(sql).await? {
        use arrow::array::{Array, AsArray};
        let texts: Vec<_> = [0, 1, 3, 4, 5, 11, 13, 14, 15]
            .iter()
            .map(|c| text_column(&rows, *c))
            .collect::<Result<_>>()?;
        let majors = int_column(&rows, 2)?;
        let floats: Vec<_> = [6, 7, 8]
            .iter()
            .map(|c| {
                rows.column(*c)
                    .as_primitive::<arrow::datatypes::Float64Type>()
                    .clone()
            })
            .collect();
        let (from, until, decided) = (
            date_column(&rows, 9)?,
            date_column(&rows, 10)?,
            date_column(&rows, 12)?,
        );
        let float = |c: usize, i: usize| floats[c].is_valid(i).then(|| floats[c].value(i));
        for i in 0..rows.num_rows() {
            let (Some(valid_from), Some(decided_on), Some(period_kind)) =
                (from[i], decided[i], PeriodKind::parse(texts[3].value(i)))
            else {
                continue;
            };
            targets.push(Target {
                target_id: texts[0].value(i).into(),
                indicator_id: texts[1].value(i).into(),
                indicator_major: u32::try_from(majors.value(i)).unwrap_or(0),
                region_code: texts[2].value(i).into(),
                period_kind,
                slice: optional(&texts[4], i).unwrap_or_default(),
                lower: float(0, i),
                upper: float(1, i),
                tolerance: float(2, i),
                direction: optional(&texts[6], i).and_then(|name| Direction::parse(&name)),
                valid_from,
                valid_until: until[i],
                decision_uri: texts[5].value(i).into(),
                decided_on,
                role_uri: optional(&texts[7], i).unwrap_or_default(),
                organisation_kbo: optional(&texts[8], i).unwrap_or_default(),
            });
        }
    }
    Ok(targets)
}

/// The groups of regions; none where the definitions do not know the table yet.
pub(crate) async fn groups(session: &Session, pack: &crate::pack::Pack) -> Result<Groups> {
    use arrow::array::{Array, AsArray};
    if !pack.contracts.contains_key("region_groups") {
        return Ok(Groups::default());
    }
    let sql = "select group_id, version, region_code, of_code, name_nl, name_en, valid_from, valid_until, mixed \
               from region_groups order by group_id, version, region_code, valid_from";
    let mut found = Vec::new();
    for rows in session.collect(sql).await? {
        let texts: Vec<_> = (0..6)
            .map(|c| text_column(&rows, c))
            .collect::<Result<_>>()?;
        let (from, until) = (date_column(&rows, 6)?, date_column(&rows, 7)?);
        let mixed = rows.column(8).as_boolean();
        for i in 0..rows.num_rows() {
            let Some(valid_from) = from[i] else { continue };
            let (nl, en) = (optional(&texts[4], i), optional(&texts[5], i));
            found.push(Membership {
                group: texts[0].value(i).into(),
                version: texts[1].value(i).into(),
                region: texts[2].value(i).into(),
                of: optional(&texts[3], i),
                name: nl.map(|nl| Text::new(&nl, en.as_deref().unwrap_or(&nl))),
                valid_from,
                valid_until: until[i],
                mixed: mixed.is_valid(i) && mixed.value(i),
            });
        }
    }
    Ok(Groups::new(found))
}

/// Product code to its names, for labels.
pub(crate) async fn products(session: &Session) -> Result<BTreeMap<String, Text>> {
    let mut products = BTreeMap::new();
    for rows in session.collect("select product_code, name_nl, coalesce(name_en, name_nl) from products order by valid_from").await? {
        let (codes, nl, en) = (text_column(&rows, 0)?, text_column(&rows, 1)?, text_column(&rows, 2)?);
        for i in 0..rows.num_rows() {
            products.insert(codes.value(i).to_string(), Text::new(nl.value(i), en.value(i)));
        }
    }
    Ok(products)
}

/// Per indicator the day up to which all sources it reads are complete; an indicator that reads a table no source fills has none.
/// One that reads no table of cases goes by the sources of its tables that say such a day, else by the last day that any says.
pub(crate) async fn cutoffs(
    session: &Session,
    pack: &crate::pack::Pack,
    reads: &Reads,
) -> Result<HashMap<String, NaiveDate>> {
    // Per source the latest day, and the tables it fills.
    let mut sources: BTreeMap<String, (NaiveDate, BTreeSet<String>)> = BTreeMap::new();
    let filled = filled(session).await?;
    for rows in session.collect("select source_id, complete_until_on, tables from deliveries where complete_until_on is not null and coalesce(outcome, 'stored') <> 'held' order by batch").await? {
        let (ids, until, tables) = (text_column(&rows, 0)?, date_column(&rows, 1)?, text_column(&rows, 2)?);
        for (i, day) in until.into_iter().enumerate() {
            let Some(day) = day else { continue };
            let source = sources.entry(ids.value(i).into()).or_insert_with(|| (day, BTreeSet::new()));
            source.0 = source.0.max(day);
            // A source fills what its latest reading filled.
            source.1 = tables.value(i).split(',').map(str::to_string).collect();
        }
    }
    let filled_by = |table: &String| {
        sources
            .values()
            .filter(|(_, filled)| filled.contains(table))
            .map(|(day, _)| *day)
            .min()
    };
    let cutoff = |tables: &BTreeSet<String>| {
        let of_cases = |t: &&String| pack.contracts.get(*t).is_some_and(|c| c.tenant.is_some());
        if !tables.iter().any(|t| of_cases(&t)) {
            let last = || sources.values().map(|(day, _)| *day).max();
            let all_filled = tables.iter().all(|t| filled.contains(t));
            return all_filled
                .then(|| tables.iter().filter_map(filled_by).min().or_else(last))
                .flatten();
        }
        tables
            .iter()
            .filter(of_cases)
            .map(filled_by)
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .min()
    };
    Ok(reads
        .iter()
        .filter_map(|(id, tables)| Some((id.clone(), cutoff(tables)?)))
        .collect())
}

/// The tables that some source fills.
pub(crate) async fn filled(session: &Session) -> Result<BTreeSet<String>> {
    let sql = "select distinct tables from deliveries where coalesce(outcome, 'stored') <> 'held'";
    let mut filled = BTreeSet::new();
    for rows in session.collect(sql).await? {
        for tables in text_column(&rows, 0)?.iter().flatten() {
            filled.extend(tables.split(',').map(str::to_string));
        }
    }
    Ok(filled)
}

/// Whose rows stand in the tenant tables that definitions read.
pub(crate) async fn coverage(
    session: &Session,
    pack: &crate::pack::Pack,
    reads: &Reads,
) -> Result<Vec<Covered>> {
    use arrow::array::Array;
    let mut found = Vec::new();
    for table in reads.values().flatten().collect::<BTreeSet<_>>() {
        let Some(contract) = pack.contracts.get(table).filter(|c| c.tenant.is_some()) else {
            continue;
        };
        let has = |column: &str| contract.columns.contains_key(column);
        let place = if has("place_code") {
            "place_code"
        } else {
            "cast(null as varchar)"
        };
        let since = if has("received_on") {
            "min(received_on)"
        } else {
            "cast(null as date)"
        };
        let sql = format!(
            "select system, municipality_code, {place} as place, {since} from {table} group by 1, 2, 3"
        );
        for rows in session.collect(&sql).await? {
            let (systems, codes, places) = (
                text_column(&rows, 0)?,
                text_column(&rows, 1)?,
                text_column(&rows, 2)?,
            );
            for (i, since) in date_column(&rows, 3)?.into_iter().enumerate() {
                found.push(Covered {
                    table: table.clone(),
                    system: systems.value(i).into(),
                    code: codes.value(i).into(),
                    place: places.is_valid(i).then(|| places.value(i).to_string()),
                    since,
                });
            }
        }
    }
    Ok(found)
}

/// The column by which rows of a table belong to a month when lateness is learned; a table without it follows the cases it
/// hangs from, which the same source fills.
const DATED: &str = "received_on";

/// Batch and the day up to which it is complete, in order of batch.
type Readings = Vec<(i64, NaiveDate)>;

/// Per source that says up to when it is complete: when its rows came in.
pub(crate) async fn histories(
    session: &Session,
    pack: &crate::pack::Pack,
    reads: &Reads,
) -> Result<Vec<History>> {
    let mut sources: BTreeMap<String, (BTreeSet<String>, Readings)> = BTreeMap::new();
    let sql = "select source_id, batch, complete_until_on, tables from deliveries \
               where complete_until_on is not null and coalesce(outcome, 'stored') <> 'held' order by batch";
    for rows in session.collect(sql).await? {
        let (ids, batches, until, tables) = (
            text_column(&rows, 0)?,
            int_column(&rows, 1)?,
            date_column(&rows, 2)?,
            text_column(&rows, 3)?,
        );
        for (i, day) in until.into_iter().enumerate() {
            let source = sources.entry(ids.value(i).into()).or_default();
            source.0 = tables.value(i).split(',').map(str::to_string).collect();
            source.1.extend(day.map(|day| (batches.value(i), day)));
        }
    }
    // Lateness cannot be learned before a source has reached as many days as months are needed; so its rows are not read.
    let few = |readings: &[(i64, NaiveDate)]| {
        readings.iter().map(|r| r.1).collect::<BTreeSet<_>>().len() < MONTHS_NEEDED
    };
    let mut came: BTreeMap<String, Vec<Came>> = BTreeMap::new();
    let read: BTreeSet<&String> = reads.values().flatten().collect();
    for table in read {
        let enough = |(_, (tables, readings)): &(&String, &(BTreeSet<String>, Readings))| {
            tables.contains(table) && !few(readings)
        };
        let dated =
            |c: &&crate::contract::Contract| c.tenant.is_some() && c.columns.contains_key(DATED);
        let Some(contract) = pack.contracts.get(table).filter(dated) else {
            continue;
        };
        let of = sources.iter().filter(enough).map(|(id, _)| id.as_str());
        let of: Vec<&str> = of.collect();
        if of.is_empty() {
            continue;
        }
        for rows in session.first_came(contract, DATED, &of).await? {
            let (ids, days, batches, counts) = (
                text_column(&rows, 0)?,
                date_column(&rows, 1)?,
                int_column(&rows, 2)?,
                int_column(&rows, 3)?,
            );
            for (i, on) in days.into_iter().enumerate() {
                came.entry(ids.value(i).into())
                    .or_default()
                    .extend(on.map(|on| Came {
                        on,
                        batch: batches.value(i),
                        rows: u64::try_from(counts.value(i)).unwrap_or(0),
                    }));
            }
        }
    }
    Ok(sources
        .into_iter()
        .map(|(id, (tables, readings))| {
            History::new(tables, &readings, came.remove(&id).unwrap_or_default())
        })
        .collect())
}

/// Every run the session sees, oldest first.
pub(crate) async fn runs(session: &Session) -> Result<Vec<Run>> {
    use crate::compute::columns::{RUN_COLUMNS, rows_to_runs};
    let mut runs: Vec<Run> = Vec::new();
    for rows in session
        .collect(&format!("select {RUN_COLUMNS} from runs order by run_id"))
        .await?
    {
        runs.extend(rows_to_runs(&rows)?);
    }
    Ok(runs)
}

/// Runs and figures, whole.
pub(crate) async fn figure_index(session: &Session) -> Result<FigureIndex> {
    let mut index = FigureIndex::of(runs(session).await?);
    each_figure(session, "true", &mut |figure| index.add(figure)).await?;
    Ok(index.ready())
}

/// The figures of these indicators, by indicator; of these regions only, when given.
pub(crate) async fn figures_of(
    session: &Session,
    indicators: &BTreeSet<String>,
    regions: Option<&BTreeSet<String>>,
) -> Result<HashMap<String, Vec<Figure>>> {
    let mut found: HashMap<String, Vec<Figure>> = HashMap::new();
    if indicators.is_empty() {
        return Ok(found);
    }
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let ids: Vec<String> = indicators.iter().map(|id| quoted(id)).collect();
    let mut which = format!("indicator_id in ({})", ids.join(", "));
    if let Some(regions) = regions {
        let codes: Vec<String> = regions.iter().map(|code| quoted(code)).collect();
        which += &format!(" and region_code in ({})", codes.join(", "));
    }
    let mut take = |figure: Figure| {
        let of = found.entry(figure.address.indicator.to_string());
        let of = of.or_default();
        of.push(figure);
    };
    each_figure(session, &which, &mut take).await?;
    Ok(found)
}

/// Hands on the figures of a condition as they are read; never all of them are held twice.
async fn each_figure(
    session: &Session,
    which: &str,
    take: &mut (dyn FnMut(Figure) + Send),
) -> Result<()> {
    use crate::compute::columns::{FIGURE_COLUMNS, Shared, rows_to_figures};
    let sql = format!("select {FIGURE_COLUMNS} from figures where {which}");
    let doing = || "cannot read the figures".to_string();
    let plan = session.plan(&sql).await.storing(doing)?;
    let mut rows = session.stream(plan).await.storing(doing)?;
    let mut shared = Shared::default();
    while let Some(rows) = rows.try_next().await.storing(doing)? {
        let figures = rows_to_figures(&rows, &mut shared)?;
        figures.into_iter().for_each(&mut *take);
    }
    Ok(())
}

/// The rows of the tables that check looks codes up in, by name.
pub type CodeTables = BTreeMap<String, Vec<RecordBatch>>;

impl crate::warehouse::Warehouse {
    /// The tables with codes as they stand now.
    pub async fn code_tables(&self, pack: &crate::pack::Pack) -> Result<CodeTables> {
        let tables = self.tables(pack).await?;
        let (batch, run) = (crate::warehouse::committed_batch(&tables).await?, 0);
        let municipalities = &crate::principal::Municipalities::All;
        let session = Session::open(crate::session::Content {
            pack,
            tables: &tables,
            batch,
            run,
            municipalities,
            provenance: false,
            without: None,
        })
        .await?;
        let mut found = CodeTables::new();
        for contract in pack.canonical().filter(|c| pack.is_code_table(&c.name)) {
            let columns: Vec<&str> = contract.columns.keys().map(String::as_str).collect();
            let mut rows = session
                .collect(&format!(
                    "select {} from {}",
                    columns.join(", "),
                    contract.name
                ))
                .await?;
            for batch in &mut rows {
                *batch = in_types(&contract.name, &contract.schema(), batch)?;
            }
            found.insert(contract.name.clone(), rows);
        }
        Ok(found)
    }
}

impl crate::warehouse::Warehouse {
    /// Hands the named columns of a table as it stands now, batch by batch, in the contract's types.
    pub async fn stored_keys(
        &self,
        pack: &crate::pack::Pack,
        table: &str,
        columns: &[String],
        hear: &mut (dyn FnMut(&RecordBatch) -> Result<()> + Send),
    ) -> Result<()> {
        let doing = || format!("cannot read the keys of table `{table}`");
        let contract = pack
            .contracts
            .get(table)
            .ok_or_else(|| Error::input(format!("the pack has no table contract `{table}`")))?;
        let tables = self.tables(pack).await?;
        let session = Session::open(crate::session::Content {
            pack,
            tables: &tables,
            batch: crate::warehouse::committed_batch(&tables).await?,
            run: 0,
            municipalities: &crate::principal::Municipalities::All,
            provenance: false,
            without: None,
        })
        .await?;
        let sql = format!("select {} from {table}", columns.join(", "));
        let plan = session.plan(&sql).await.storing(doing)?;
        let mut rows = session.stream(plan).await.storing(doing)?;
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let schema = columns_of(contract, &names)?;
        while let Some(batch) = rows.try_next().await.storing(doing)? {
            hear(&in_types(table, &schema, &batch)?)?;
        }
        Ok(())
    }
}

/// The named columns of a contract, in its types.
pub(crate) fn columns_of(contract: &Contract, names: &[&str]) -> Result<SchemaRef> {
    let places = names
        .iter()
        .filter_map(|name| contract.columns.get_index_of(*name))
        .collect::<Vec<_>>();
    let schema = contract.schema().project(&places);
    Ok(Arc::new(schema.storing(|| {
        format!("cannot read table `{}`", contract.name)
    })?))
}

/// The engine may answer text as views; others expect the contract's own types.
pub(crate) fn in_types(table: &str, schema: &SchemaRef, rows: &RecordBatch) -> Result<RecordBatch> {
    let doing = || format!("cannot read table `{table}`");
    let columns = rows.columns().iter().zip(schema.fields());
    let columns = columns
        .map(|(c, f)| cast(c, f.data_type()).storing(doing))
        .collect::<Result<Vec<_>>>()?;
    RecordBatch::try_new(schema.clone(), columns).storing(doing)
}
