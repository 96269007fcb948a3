//! lineage: what the invented indicators read, and which figures rest on which file.

use beleidsinfo_warehouse::gateway::Count;
use beleidsinfo_warehouse::lineage::*;

use super::*;

fn columns(of: &[&str]) -> Columns {
    let parts = of.iter().filter_map(|name| name.split_once('.'));
    parts
        .map(|(table, column)| Column::new(table, column))
        .collect()
}

fn reading(relations: &[&str], made: &[(&str, &[&str])], filters: &[&str]) -> Reading {
    Reading {
        columns: made
            .iter()
            .map(|(name, from)| ((*name).to_string(), columns(from)))
            .collect(),
        filters: columns(filters),
        relations: relations.iter().map(|r| (*r).to_string()).collect(),
    }
}

pub(super) fn lineage(pack: &Pack, deliveries: &[StoredDelivery]) -> Lineage {
    let view = reading(
        &["cases"],
        &[
            ("case_id", &["cases.case_id"]),
            ("municipality_code", &["cases.municipality_code"]),
            ("channel", &["cases.channel"]),
            ("due_on", &["cases.due_on"]),
            ("decided_on", &["cases.decided_on"]),
        ],
        &["cases.service"],
    );
    let permits = reading(
        &["permit_cases"],
        &[
            ("case_id", &["permit_cases.case_id"]),
            ("municipality_code", &["permit_cases.municipality_code"]),
            ("channel", &["permit_cases.channel"]),
            ("date", &["permit_cases.decided_on", "permit_cases.due_on"]),
            (
                "numerator",
                &["permit_cases.decided_on", "permit_cases.due_on"],
            ),
        ],
        &["permit_cases.decided_on", "permit_cases.due_on"],
    );
    let complaints = reading(
        &["cases", "complaints"],
        &[
            ("municipality_code", &["cases.municipality_code"]),
            ("date", &["cases.received_on"]),
        ],
        &["cases.case_id", "complaints.case_id"],
    );
    let of = |indicator: &beleidsinfo_warehouse::indicator::Indicator| match indicator.kind {
        Kind::Rate => complaints.clone(),
        _ => permits.clone(),
    };
    let indicators = pack.indicators.iter();
    Lineage {
        views: BTreeMap::from([("permit_cases".to_string(), view)]),
        indicators: indicators.map(|(id, i)| (id.clone(), of(i))).collect(),
        ..Lineage::default()
    }
    .fed_by(deliveries.iter().rev().cloned().collect(), 418)
}

impl Sample {
    /// Every file gave rows of every place.
    pub fn figure_lineage(&self, address: &Address) -> Result<FigureLineage> {
        let snapshot = &self.snapshot;
        let lineage = snapshot
            .lineage
            .indicator(&snapshot.pack, &address.indicator);
        let figure = snapshot.figures.get(address, 4);
        let (Some(mut lineage), Some(_)) = (lineage, figure) else {
            return Err(Error::not_found(format!(
                "there is no figure {}",
                address.code()
            )));
        };
        for source in &mut lineage.sources {
            for delivery in &mut source.deliveries {
                delivery.rows = Some(delivery.accepted / 9);
            }
        }
        Ok(FigureLineage {
            address: address.code(),
            run: 4,
            batch: 418,
            ground: snapshot.regions.members(address.territory, &address.region),
            lineage,
        })
    }

    pub fn file_lineage(&self, of: &StoredDelivery, count: Count) -> Option<FileLineage> {
        if count == Count::IfKnown {
            return None;
        }
        let (pack, lineage) = (&self.snapshot.pack, &self.snapshot.lineage);
        let read = lineage.deliveries.iter().any(|d| d.delivery == of.delivery);
        let places = |id: &str, version: &str| {
            let place = |(code, name): &(&str, &str)| RestingIn {
                code: (*code).to_string(),
                name: (*name).to_string(),
                figures: 1_214,
                latest: format!("{id}/{version}/2025-Q4/2025-01-01/{code}"),
            };
            PLACES[..3].iter().map(place).collect()
        };
        let resting = |i: &beleidsinfo_warehouse::indicator::Indicator, tables| Resting {
            indicator: i.id.clone(),
            version: i.version.clone(),
            title: i.title.clone(),
            tables,
            figures: 3_642,
            municipalities: places(&i.id, &i.version),
        };
        let readers = lineage.readers(pack, &of.tables);
        Some(FileLineage {
            delivery: of.delivery.clone(),
            source_id: of.source_id.clone(),
            name: of.name.clone(),
            batch: of.batch,
            run: Some(4),
            computed: read,
            tables: vec![TableRows {
                table: "cases".into(),
                rows: of.accepted,
            }],
            indicators: readers
                .into_iter()
                .filter(|_| read)
                .map(|(i, tables)| resting(i, tables))
                .collect(),
        })
    }
}
