//! numbers: the invented figures, with every state among them, and the ground they lie on.

use super::*;

/// Repeatable unrest between −1 and 1.
pub(super) fn noise(seed: &str) -> f64 {
    let hash = pack::sha256_hex(seed);
    let part = u32::from_str_radix(&hash[..6], 16).unwrap_or(0);
    f64::from(part) / f64::from(0xff_ff_ffu32) * 2.0 - 1.0
}

pub(super) fn regions() -> RegionBook {
    let region = |code: &str, name: &str, from: &str, until: Option<&str>| Region {
        code: code.into(),
        valid_from: day(from),
        valid_until: until.map(day),
        level: "municipality".into(),
        parent: None,
        name_nl: name.into(),
    };
    let mut all: Vec<Region> = PLACES
        .iter()
        .map(|(code, name)| {
            region(
                code,
                name,
                if ["23106", "37021", "46030"].contains(code) {
                    "2025-01-01"
                } else {
                    "1970-01-01"
                },
                None,
            )
        })
        .collect();
    all.push(region(
        "11007",
        "Borsbeek",
        "1970-01-01",
        Some("2025-01-01"),
    ));
    let change = |from: &str, to: &str, kind| RegionChange {
        on: day("2025-01-01"),
        from: from.into(),
        to: to.into(),
        kind,
    };
    RegionBook::new(
        all,
        [
            change("11002", "11002", ChangeKind::Enlargement),
            change("11007", "11002", ChangeKind::Merger),
        ],
    )
}

pub(super) fn figures(pack: &Pack) -> Vec<Figure> {
    let mut figures = Vec::new();
    let slices = [
        "",
        "channel=digital",
        "channel=counter",
        "channel=post",
        "channel=unknown",
        "product_code=omv",
        "product_code=melding",
    ];
    for territory in [Territory::Vintage(day("2025-01-01")), Territory::AsRecorded] {
        for (p, (region, _)) in PLACES.iter().chain(&[("11007", "Borsbeek")]).enumerate() {
            if *region == "11007" && territory != Territory::AsRecorded {
                continue;
            }
            for spec in &SPECS {
                let indicator = &pack.indicators[spec.id];
                for kind in &indicator.periods {
                    let mut period = Period::parse("2022-01")
                        .map(|m| Period::containing(*kind, m.start()))
                        .expect("a period");
                    let mut step = 0;
                    while period.start() < day("2026-01-01") {
                        let born = ["23106", "37021", "46030"].contains(region)
                            && period.start() < day("2025-01-01");
                        let gone = *region == "11007" && period.start() >= day("2025-01-01");
                        if territory == Territory::AsRecorded && (born || gone) {
                            period = period.next();
                            continue;
                        }
                        for slice in slices {
                            if !slice.is_empty()
                                && (kind == &PeriodKind::Month || spec.kind == "rate")
                            {
                                continue;
                            }
                            figures.push(figure(
                                spec,
                                indicator.kind,
                                territory,
                                region,
                                p,
                                period,
                                step,
                                slice,
                            ));
                        }
                        period = period.next();
                        step += 1;
                    }
                }
            }
        }
    }
    let corrected: Vec<Figure> = figures
        .iter()
        .filter(|f| {
            &*f.address.indicator == "ov_tijdig"
                && &*f.address.region == "12041"
                && f.address.period.code() == "2025-Q4"
        })
        .map(|f| Figure {
            run_from: 4,
            ..f.clone()
        })
        .collect();
    for f in &mut figures {
        if corrected.iter().any(|c| c.address == f.address) {
            f.value = f.value.map(|v| v - 0.6);
            f.n -= 3;
        }
    }
    figures.extend(corrected);
    figures
}

#[allow(clippy::too_many_arguments)]
pub(super) fn figure(
    spec: &Spec,
    kind: Kind,
    territory: Territory,
    region: &str,
    place: usize,
    period: Period,
    step: i32,
    slice: &str,
) -> Figure {
    let quarters = f64::from(step) * f64::from(period.kind().months().unwrap_or(1)) / 3.0;
    let own = noise(&format!("{region}{}", spec.id));
    let unrest = noise(&format!("{region}{}{}{slice}", spec.id, period.code()));
    let mut value = spec.level * (1.0 + 0.12 * own + 0.025 * unrest)
        + spec.drift * quarters * (1.0 + 0.5 * own);
    if !slice.is_empty() {
        value *= 1.0 + 0.15 * noise(slice);
    }
    let mut state = State::Value;
    if kind == Kind::Share {
        value = value.clamp(0.0, 0.995);
    }
    if matches!(kind, Kind::Count | Kind::Stock) {
        if period.kind() == PeriodKind::Year && kind == Kind::Count {
            value *= 4.0;
        }
        value = value.round();
    }
    let code = period.code();
    // Every state there is, somewhere.
    let hole = ["2023-Q3", "2023-Q4", "2023-08", "2023-09"].contains(&code.as_str());
    match (region, spec.id) {
        ("12041", "att_levertijd") if hole => state = State::Missing,
        ("11001", "ov_tijdig") if period.start() >= day("2025-10-01") => state = State::Missing,
        ("37021", "ov_beroep") => state = State::NotApplicable,
        ("12041", "ov_beroep") if period.start() >= day("2025-10-01") => {
            state = State::NotApplicable
        }
        ("11001", "ov_achterstand") => state = State::Zero,
        _ => {}
    }
    if slice == "channel=unknown" && spec.id == "ov_tijdig" {
        state = State::Suppressed;
    }
    let n = (180.0 + 90.0 * own + 30.0 * unrest + place as f64 * 7.0).abs() as i64
        * i64::from(period.kind().months().unwrap_or(1))
        / 3;
    let present = state == State::Value;
    Figure {
        address: Address {
            indicator: spec.id.into(),
            version: "1.2.0".into(),
            period,
            territory,
            region: region.into(),
            slice: Slice::parse(slice).expect("a slice"),
        },
        run_from: 3,
        run_until: None,
        n: match state {
            State::Value if kind == Kind::Stock => value as i64,
            State::Value => n,
            _ => 0,
        },
        numerator: None,
        denominator: None,
        value: match state {
            State::Value if kind == Kind::Share => Some(value * 100.0),
            State::Value => Some(value),
            State::Zero => Some(0.0),
            _ => None,
        },
        state,
        status: if period.start() >= day("2025-10-01")
            || period.kind() == PeriodKind::Year && period.start() >= day("2025-01-01")
        {
            Status::Provisional
        } else if code == "2024-Q2" {
            Status::Revised
        } else {
            Status::Final
        },
        completeness: (present && region != "12025").then_some(0.97),
        cutoff_on: day("2025-12-31"),
    }
}
