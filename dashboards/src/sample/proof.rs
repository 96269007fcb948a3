//! proof: the proof of an invented figure.

use super::*;
use beleidsinfo_warehouse::explain::{self, Cause, Explanation, Part, Standing};
use beleidsinfo_warehouse::indicator::Stage;
use beleidsinfo_warehouse::life::{self, Asks, Change, Edition, Life, Line};

/// Two queries of sql/checks: one found a row, and touches two figures.
pub(super) fn checks() -> Vec<RunCheck> {
    let check = |id: &str, indicator: &str, passed: bool, nl: &str, en: &str| RunCheck {
        indicator: indicator.into(),
        check: id.into(),
        passed,
        finding: match passed {
            true => Text::new("Geen enkele rij wijkt af.", "No row differs."),
            false => Text::new(
                "1 rij wijkt af. Vraag de bron of van dat jaar alles geleverd is voor u een daling meldt.",
                "1 row differs. Ask the source whether all of that year was delivered before you report a fall.",
            ),
        },
        title: Some(Text::new(nl, en)),
        gravity: beleidsinfo_warehouse::checks::Gravity::Fail,
        regions: match passed {
            true => BTreeMap::new(),
            false => BTreeMap::from([("12041".to_string(), 1)]),
        },
    };
    let volume = (
        "Geen jaar heeft minder dan de helft van de zaken die voor systeem en gemeente gewoon zijn",
        "No year has less than half the cases that are usual for its system and municipality",
    );
    vec![
        check(
            "phases_overlap",
            "ov_tijdig",
            true,
            "De fasen van een zaak lopen na elkaar, niet door elkaar",
            "The phases of a case follow each other and do not overlap",
        ),
        check("year_volume", "ov_tijdig", false, volume.0, volume.1),
        check("year_volume", "zaak_doorstroom", false, volume.0, volume.1),
    ]
}

impl Sample {
    /// A change of which every part did something.
    pub fn life(&self, indicator: &str, run: i64) -> Life {
        let figures = &self.snapshot.figures;
        let known = self.snapshot.pack.indicators.get(indicator);
        let (first, last) = (figures.runs().next(), figures.run(run));
        let edition = |run: Option<&Run>, version: &str, changes: Vec<Change>| {
            let run = run?;
            Some(Edition {
                version: version.into(),
                status: Stage::Published,
                run: run.run_id,
                at: run.finished_at,
                definitions_hash: run.definitions_hash.clone(),
                changes,
            })
        };
        let line = |sign, text: &str| Line {
            sign,
            text: text.into(),
        };
        let change = |what: &str, before: &str, after: &str, asks, lines| Change {
            what: what.into(),
            before: before.into(),
            after: after.into(),
            asks: Some(asks),
            lines,
        };
        let changes = vec![
            change("slices", "[]", "[], [channel]", Asks::Minor, Vec::new()),
            change(
                "facts.sql",
                "select case_id from cases",
                "select case_id, channel from cases",
                Asks::Patch,
                vec![
                    line('-', "select case_id"),
                    line('+', "select case_id, channel"),
                    line(' ', "from cases"),
                ],
            ),
        ];
        let editions = known.map(|indicator| {
            let newest = edition(last, &indicator.version, changes);
            [newest, edition(first, "1.1.0", Vec::new())]
        });
        Life {
            format: life::FORMAT,
            indicator: indicator.into(),
            editions: editions.into_iter().flatten().flatten().collect(),
        }
    }

    pub fn explain(&self, address: &Address, from: i64, to: i64) -> Result<Explanation> {
        let missing = || Error::not_found(format!("no figure {}", address.code()));
        let figures = &self.snapshot.figures;
        let standing = |run: i64, n: i64, value: f64| {
            let about = figures.run(run).ok_or_else(missing)?;
            Ok::<_, Error>(Standing {
                run,
                batch: about.batch,
                at: about.finished_at,
                cutoff_on: about.cutoff_on,
                n,
                numerator: None,
                denominator: None,
                value: Some(value),
                state: "value".into(),
            })
        };
        let steps = [
            (0, 1, -1, 72.4),
            (0, 0, 0, 72.4),
            (3, 3, 0, 74.1),
            (12, 0, 12, 73.2),
            (40, 0, 40, 76.8),
        ];
        let mut before = Some(71.9);
        let parts = Cause::ALL.into_iter().zip(steps).map(|(cause, step)| {
            let (added, removed, n, value) = step;
            let part = Part {
                cause,
                added,
                removed,
                n,
                numerator: None,
                denominator: None,
                before,
                after: Some(value),
            };
            before = part.after;
            part
        });
        Ok(Explanation {
            format: explain::FORMAT,
            address: address.code(),
            unit: "%".into(),
            parts: parts.collect(),
            before: standing(from, 210, 71.9)?,
            after: standing(to, 261, 76.8)?,
            exact: true,
        })
    }

    pub fn proof(&self, address: &Address, run: i64) -> Result<Proof> {
        let missing = || Error::not_found(format!("no figure {}", address.code()));
        let figure = self
            .snapshot
            .figures
            .get(address, run)
            .ok_or_else(missing)?;
        let indicator = self
            .snapshot
            .pack
            .indicators
            .get(&*address.indicator)
            .ok_or_else(missing)?;
        let run = self
            .snapshot
            .figures
            .run(figure.run_from)
            .ok_or_else(missing)?;
        let whole = figure.n as f64;
        let part = figure.value.map(|v| (v * whole).round());
        let name = self
            .snapshot
            .regions
            .name(&address.region, address.period.last_day());
        let digest = pack::sha256_hex("facts");
        Ok(Proof {
            format: "mijnbeleidsinfo-proof/1".into(),
            address: address.code(),
            synthetic: true,
            figure: ProofFigure {
                indicator_id: address.indicator.to_string(),
                version: address.version.to_string(),
                period: address.period.code(),
                period_start: address.period.start(),
                period_end: address.period.end(),
                territory: address.territory.code(),
                region_code: address.region.to_string(),
                region_name: name.into(),
                slice: address.slice.code(),
                n: figure.n,
                numerator: part.map(|p| format!("{p}.000000")),
                denominator: Some(format!("{}.000000", figure.n)),
                value: figure.value,
                state: figure.state.name().into(),
                status: figure.status.name().into(),
                completeness: figure.completeness,
                cutoff_on: figure.cutoff_on,
                run_from: figure.run_from,
                run_until: figure.run_until,
            },
            words: Text::new(
                format!(
                    "In het vierde kwartaal van 2025 is in {name} over {} vergunningen beslist of liep hun termijn af. Bij {} daarvan kwam de beslissing op tijd.",
                    figure.n,
                    part.unwrap_or(0.0)
                ),
                format!(
                    "In the fourth quarter of 2025 {} permits were decided in {name} or their term ran out. For {} of those the decision came in time.",
                    figure.n,
                    part.unwrap_or(0.0)
                ),
            ),
            definition: ProofDefinition {
                title: indicator.title.clone(),
                definition: indicator.definition.clone(),
                method: indicator.method.clone(),
                kind: indicator.kind.name().into(),
                quantile: indicator.quantile,
                per: indicator.per,
                unit: indicator.unit.clone(),
                owner: indicator.owner.clone(),
                reviewed_on: indicator.reviewed_on,
                status: indicator.stage,
                legal: indicator.legal.as_ref().map(|l| Text::new(&l.nl, &l.en)),
                sql: indicator.sql.clone(),
                sql_hash: pack::sha256_hex(&indicator.sql),
                sql_as_run: indicator.sql.clone(),
                views: vec![ProofView {
                    name: "permit_cases".into(),
                    sql: "select * from cases where procedure in ('ordinary', 'simplified')".into(),
                    hash: digest.clone(),
                }],
                tables: vec!["cases".into()],
            },
            run: run.clone(),
            sources: self
                .deliveries
                .iter()
                .map(|d| ProofSource {
                    source_id: d.source_id.clone(),
                    delivery: d.delivery.clone(),
                    name: d.name.clone(),
                    pulled_at: d.pulled_at,
                    batch: d.batch,
                    rows_read: d.rows_read,
                    accepted: d.accepted,
                    warned: d.warned,
                    rejected: d.rejected,
                    complete_until_on: d.complete_until_on,
                    expired_on: None,
                    let_through: None,
                })
                .collect(),
            replays: vec![ProofReplay {
                source_id: "omgevingsloket".into(),
                delivery: self.deliveries[1].delivery.clone(),
                name: self.deliveries[1].name.clone(),
                rejected_in: 410,
                accepted_in: 411,
                mapping_before: beleidsinfo_warehouse::pack::sha256_hex("before"),
                mapping_after: beleidsinfo_warehouse::pack::sha256_hex("after"),
                records: 12,
                unplaced: 1,
            }],
            findings: vec![
                ProofFinding {
                    delivery: self
                        .deliveries
                        .first()
                        .map_or_else(String::new, |d| d.delivery.clone()),
                    rule: "type".into(),
                    severity: "reject".into(),
                    rows: 4,
                },
                ProofFinding {
                    delivery: self
                        .deliveries
                        .first()
                        .map_or_else(String::new, |d| d.delivery.clone()),
                    rule: "due_sum".into(),
                    severity: "warn".into(),
                    rows: 2,
                },
            ],
            alarms: vec![],
            checks: [
                "elke dossiercode één keer",
                "elk dossier in een gemeente die bestaat",
                "geen beslissing voor de indiening",
            ]
            .map(|check| RunCheck {
                indicator: address.indicator.to_string(),
                check: check.into(),
                passed: true,
                finding: Text::new("0 rijen wijken af", "0 rows differ"),
                title: None,
                gravity: Default::default(),
                regions: BTreeMap::new(),
            })
            .to_vec(),
            earlier: if figure.run_from > 3 {
                vec![Earlier {
                    run: 3,
                    batch: 411,
                    at: time("2026-01-02T02:10:00Z"),
                    n: figure.n - 3,
                    value: figure.value.map(|v| v - 0.006),
                    state: "value".into(),
                    why_changed: Text::new(
                        "Laat ingekomen: drie dossiers in levering omgevingsloket van 4 januari 2026.",
                        "Came in late: three cases in the delivery of 4 January 2026.",
                    ),
                }]
            } else {
                vec![]
            },
            breaks: self
                .snapshot
                .regions
                .breaks(
                    &address.region,
                    day("2022-01-01"),
                    address.period.last_day(),
                )
                .into_iter()
                .map(|c| Break {
                    on: c.on,
                    kind: "merger".into(),
                    from: c.from.clone(),
                    to: c.to.clone(),
                    from_name: self
                        .snapshot
                        .regions
                        .name(&c.from, day("2024-01-01"))
                        .into(),
                })
                .collect(),
            facts: ProofFacts {
                rows: figure.n,
                digest,
                columns: ["case_id", "date", "numerator", "channel", "product_code"]
                    .map(String::from)
                    .to_vec(),
                sample: (1..6)
                    .map(|i| {
                        vec![
                            format!("OMV_2025_0{i}17"),
                            format!("2025-1{}-0{i}", i % 3),
                            (i != 3).to_string(),
                            "digital".into(),
                            "omv".into(),
                        ]
                    })
                    .collect(),
            },
            hash: pack::sha256_hex("proof"),
        })
    }
}
