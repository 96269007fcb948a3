//! place: the municipalities of the demo. Names, codes and the mergers of 2025-01-01 are real; how they work is invented.

use super::calendar::{Calendar, DAY, Day, Moment};

/// A municipality as it was on 2024-12-31.
pub struct Place {
    pub code: &'static str,
    /// Its code since 2025-01-01.
    pub successor: &'static str,
    /// Whether other municipalities went into the same successor, so that a place code says something.
    pub merged: bool,
    /// Share of all cases; damped, or Antwerpen would be nearly everything.
    pub weight: f64,
    pub manner: &'static Manner,
}

/// How a municipality works. Lists are values on 1 January of 2023, 2024, 2025 and 2026, with straight lines between.
pub struct Manner {
    /// Share of submissions through the e-counter.
    pub digital: [f64; 4],
    /// 1 is usual; durations and late shares grow with it.
    pub strain: [f64; 4],
    pub complaints: bool,
}

const fn manner(digital: [f64; 4], strain: [f64; 4]) -> Manner {
    Manner {
        digital,
        strain,
        complaints: true,
    }
}

static AARTSELAAR: Manner = manner([0.42, 0.48, 0.55, 0.62], [1.0, 0.95, 1.0, 0.95]);
static ANTWERPEN: Manner = manner([0.55, 0.64, 0.73, 0.80], [1.45, 1.3, 1.2, 1.05]);
/// Invests in its e-counter: from behind to the front.
static PUURS: Manner = manner([0.30, 0.42, 0.60, 0.76], [1.15, 1.05, 0.9, 0.8]);
/// Delivers no complaints at all: its figures must be `missing`, not zero.
static PAJOTTEGEM: Manner = Manner {
    complaints: false,
    ..manner([0.28, 0.33, 0.38, 0.45], [1.0, 1.05, 1.4, 1.1])
};
/// Slides after its merger.
static WINGENE: Manner = manner([0.24, 0.29, 0.34, 0.40], [1.0, 1.0, 1.2, 3.2]);
/// Clearly the best.
static LIEVEGEM: Manner = manner([0.50, 0.60, 0.70, 0.79], [0.7, 0.65, 0.6, 0.55]);
/// Its backlog grows all through 2025.
static BEVEREN: Manner = manner([0.40, 0.46, 0.52, 0.58], [1.0, 1.0, 1.3, 4.6]);
/// Had a backlog in 2024 and works it away in 2025.
static TONGEREN: Manner = manner([0.33, 0.40, 0.48, 0.58], [1.4, 3.0, 3.3, 0.8]);

pub static PLACES: [Place; 15] = [
    alone("11001", 0.060, &AARTSELAAR),
    merged("11002", "11002", 0.265, &ANTWERPEN),
    merged("11007", "11002", 0.030, &ANTWERPEN),
    alone("12041", 0.095, &PUURS),
    merged("23023", "23106", 0.030, &PAJOTTEGEM),
    merged("23024", "23106", 0.032, &PAJOTTEGEM),
    merged("23032", "23106", 0.025, &PAJOTTEGEM),
    merged("37012", "37021", 0.018, &WINGENE),
    merged("37018", "37021", 0.057, &WINGENE),
    alone("44085", 0.093, &LIEVEGEM),
    merged("46003", "46030", 0.105, &BEVEREN),
    merged("46013", "46030", 0.040, &BEVEREN),
    merged("11056", "46030", 0.045, &BEVEREN),
    merged("73009", "73111", 0.033, &TONGEREN),
    merged("73083", "73111", 0.072, &TONGEREN),
];

const fn alone(code: &'static str, weight: f64, manner: &'static Manner) -> Place {
    Place {
        code,
        successor: code,
        merged: false,
        weight,
        manner,
    }
}

const fn merged(
    code: &'static str,
    successor: &'static str,
    weight: f64,
    manner: &'static Manner,
) -> Place {
    Place {
        code,
        successor,
        merged: true,
        weight,
        manner,
    }
}

impl Place {
    /// (municipality code, place code) of a row delivered when the new code does or does not hold.
    pub fn codes(&self, after_merger: bool) -> (&'static str, &'static str) {
        match (after_merger, self.merged) {
            (true, true) => (self.successor, self.code),
            _ => (self.code, ""),
        }
    }
}

impl Manner {
    pub fn digital(&self, calendar: &Calendar, day: Day) -> f64 {
        between(&self.digital, calendar, day)
    }
    pub fn strain(&self, calendar: &Calendar, day: Day) -> f64 {
        between(&self.strain, calendar, day)
    }
}

fn between(anchors: &[f64; 4], calendar: &Calendar, day: Day) -> f64 {
    let years = (day - calendar.day(2023, 1, 1)) as f64 / 365.25;
    let at = years.clamp(0.0, 2.999);
    let from = at as usize;
    anchors[from] + (anchors[from + 1] - anchors[from]) * (at - from as f64)
}

/// The first moment of the new division.
pub fn merger(calendar: &Calendar) -> Moment {
    calendar.day(2025, 1, 1) * DAY
}
