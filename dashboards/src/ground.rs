//! ground: which territories, regions and periods there are figures for, found in one pass over a snapshot. Pure.

use std::collections::{BTreeMap, BTreeSet};

use beleidsinfo_warehouse::gateway::Snapshot;
use beleidsinfo_warehouse::pack::sha256_hex;
use beleidsinfo_warehouse::period::{Period, PeriodKind};
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::region::Territory;

#[derive(Debug, Clone, Default)]
pub struct Ground {
    /// SHA-256 of the boards and targets, which may change without a run.
    pub mark: String,
    /// The latest vintage first, then as recorded, and then what is planned.
    pub territories: Vec<Territory>,
    /// Those in the choosers.
    regions: BTreeMap<Territory, BTreeSet<String>>,
    /// Those that may be seen at all, such as in comparisons.
    visible: BTreeMap<Territory, BTreeSet<String>>,
    spans: BTreeMap<PeriodKind, (Period, Period)>,
}

impl Ground {
    pub fn survey(snapshot: &Snapshot, run: i64, principal: &Principal) -> Self {
        let mut ground = Self {
            mark: sha256_hex(format!("{:?}{:?}", snapshot.boards, snapshot.targets)),
            ..Self::default()
        };
        for figure in snapshot.figures.all_at(run) {
            let address = &figure.address;
            if principal.may_see(&address.region) {
                let codes = ground.regions.entry(address.territory).or_default();
                if !codes.contains(&*address.region) {
                    codes.insert(address.region.to_string());
                }
            }
            let period = address.period;
            let span = ground
                .spans
                .entry(period.kind())
                .or_insert((period, period));
            *span = (span.0.min(period), span.1.max(period));
        }
        ground.visible = ground.regions.clone();
        // Figures on a territory that is no longer chosen stand in the past.
        let chosen = &snapshot.pack.territories;
        ground.territories = ground.regions.keys().copied().collect();
        ground.territories.retain(|t| chosen.contains(t));
        ground.territories.sort_by_key(|t| match t {
            Territory::Vintage(on) => (0, -i64::from(chrono::Datelike::num_days_from_ce(on))),
            Territory::AsRecorded => (1, 0),
            Territory::Planned(_) => (2, 0),
        });
        // On a fixed division the municipalities this installation looks after, or what they were; as recorded, every code.
        let cutoff = snapshot.figures.run(run).map(|r| r.cutoff_on);
        for (territory, codes) in &mut ground.regions {
            let nis = snapshot
                .settings
                .organisation
                .nis
                .iter()
                .zip(cutoff.into_iter().cycle());
            let own: BTreeSet<_> = nis
                .flat_map(|(code, on)| snapshot.regions.within(*territory, on, code))
                .filter(|c| codes.contains(*c))
                .map(String::from)
                .collect();
            if *territory != Territory::AsRecorded && !own.is_empty() {
                // A province has figures only where all its municipalities are looked after here.
                let parent = |code: &String| snapshot.regions.below(*territory, code).is_some();
                let parents: Vec<String> = codes.iter().filter(|c| parent(c)).cloned().collect();
                *codes = own;
                codes.extend(parents);
            }
        }
        ground
    }

    pub fn regions(&self, territory: Territory) -> impl Iterator<Item = &str> {
        self.regions
            .get(&territory)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    pub fn has(&self, territory: Territory, region: &str) -> bool {
        self.regions
            .get(&territory)
            .is_some_and(|r| r.contains(region))
    }

    pub fn sees(&self, territory: Territory, region: &str) -> bool {
        self.visible
            .get(&territory)
            .is_some_and(|r| r.contains(region))
    }

    /// The first and last period with figures.
    pub fn span(&self, kind: PeriodKind) -> Option<(Period, Period)> {
        self.spans.get(&kind).copied()
    }
}
