//! target/standing: the rule by which a figure is on track, at risk or off track. Pure; docs/targets.md says it in words.

use super::Target;
use crate::figure::COMPLETE_ENOUGH;
use crate::indicator::Direction;

/// How a figure stands against its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    OnTrack,
    AtRisk,
    OffTrack,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Lower,
    Upper,
}

/// Which part of the rule spoke.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Because {
    Within,
    /// Within, but at the pace since the same period last year this bound is passed at the next such period, where the
    /// figure would then be so much.
    Pace {
        side: Side,
        bound: f64,
        then: f64,
    },
    /// Past this bound, but by no more than the tolerance.
    Tolerated {
        side: Side,
        bound: f64,
    },
    /// Past this bound by more than the tolerance.
    Beyond {
        side: Side,
        bound: f64,
    },
}

/// Why nothing is said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unjudged {
    /// The ground is not the one the target was set for.
    OtherGround,
    /// The period is provisional, and so much of it is there (0 to 1); unknown while it still runs.
    TooEarly(Option<f64>),
    /// No direction, and no band: nothing is better than anything else.
    NoDirection,
    NoBound,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Judgement {
    Judged(Standing, Because),
    Open(Unjudged),
}

/// What the rule looks at, in the indicator's display unit.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub value: f64,
    /// Of the same period last year, on the same ground.
    pub year_earlier: Option<f64>,
    pub provisional: bool,
    /// The period lies wholly before the day up to which the sources are complete.
    pub ended: bool,
    /// Share of the rows expected that is there.
    pub completeness: Option<f64>,
    /// The ground is the one the target was set for.
    pub same_ground: bool,
}

/// Every bound that is written counts: of a band both. `direction` is the indicator's; the target's own wins.
///
/// Off track: past a bound by more than the tolerance. At risk: past it within the tolerance, or within the bounds and past
/// one at the next such period if the change since the same period last year goes on. On track: otherwise.
pub fn judge(target: &Target, direction: Direction, seen: &Seen) -> Judgement {
    let direction = target.direction.unwrap_or(direction);
    if target.lower.is_none() && target.upper.is_none() {
        return Judgement::Open(Unjudged::NoBound);
    }
    if direction == Direction::Neutral && !target.is_band() {
        return Judgement::Open(Unjudged::NoDirection);
    }
    if !seen.same_ground {
        return Judgement::Open(Unjudged::OtherGround);
    }
    let early = match seen.completeness {
        Some(share) => share < COMPLETE_ENOUGH,
        None => !seen.ended,
    };
    if seen.provisional && early {
        return Judgement::Open(Unjudged::TooEarly(seen.completeness));
    }
    if let Some((side, bound, past)) = passed(target, seen.value) {
        let tolerance = target.tolerance.unwrap_or(0.0);
        return match past <= tolerance + grain(bound) {
            true => Judgement::Judged(Standing::AtRisk, Because::Tolerated { side, bound }),
            false => Judgement::Judged(Standing::OffTrack, Because::Beyond { side, bound }),
        };
    }
    let then = seen
        .year_earlier
        .map(|year| seen.value + (seen.value - year));
    match then.and_then(|then| passed(target, then).map(|(side, bound, _)| (side, bound, then))) {
        Some((side, bound, then)) => {
            Judgement::Judged(Standing::AtRisk, Because::Pace { side, bound, then })
        }
        None => Judgement::Judged(Standing::OnTrack, Because::Within),
    }
}

/// The bound that a value has passed, and by how much.
fn passed(target: &Target, value: f64) -> Option<(Side, f64, f64)> {
    let lower = target
        .lower
        .map(|bound| (Side::Lower, bound, bound - value));
    let upper = target
        .upper
        .map(|bound| (Side::Upper, bound, value - bound));
    let mut sides = lower.into_iter().chain(upper);
    sides.find(|(_, bound, past)| *past > grain(*bound))
}

/// Differences below this come from counting in binary fractions.
fn grain(bound: f64) -> f64 {
    1e-9 * bound.abs().max(1.0)
}

impl Standing {
    /// A word for addresses and files.
    pub fn name(self) -> &'static str {
        match self {
            Standing::OnTrack => "on_track",
            Standing::AtRisk => "at_risk",
            Standing::OffTrack => "off_track",
        }
    }
}

impl Judgement {
    pub fn standing(&self) -> Option<Standing> {
        match self {
            Judgement::Judged(standing, _) => Some(*standing),
            Judgement::Open(_) => None,
        }
    }

    /// Which part of the rule spoke, or why nothing is said: a word for files.
    pub fn reason(&self) -> &'static str {
        match self {
            Judgement::Judged(_, Because::Within) => "within",
            Judgement::Judged(_, Because::Pace { .. }) => "pace",
            Judgement::Judged(_, Because::Tolerated { .. }) => "tolerated",
            Judgement::Judged(_, Because::Beyond { .. }) => "beyond",
            Judgement::Open(Unjudged::OtherGround) => "other_ground",
            Judgement::Open(Unjudged::TooEarly(_)) => "too_early",
            Judgement::Open(Unjudged::NoDirection) => "no_direction",
            Judgement::Open(Unjudged::NoBound) => "no_bound",
        }
    }
}
