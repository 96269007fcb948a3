//! The rule over every combination of a small world, and what a target is about.

use chrono::NaiveDate;

use super::*;
use crate::region::ChangeKind;
use crate::region::made::{change, region};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn target(lower: Option<f64>, upper: Option<f64>, tolerance: Option<f64>) -> Target {
    Target {
        target_id: "t".into(),
        indicator_id: "ov_tijdig".into(),
        indicator_major: 1,
        region_code: "11002".into(),
        period_kind: PeriodKind::Quarter,
        slice: String::new(),
        lower,
        upper,
        tolerance,
        direction: None,
        valid_from: day("2024-01-01"),
        valid_until: None,
        decision_uri: "https://example.org/1".into(),
        decided_on: day("2023-12-01"),
        role_uri: String::new(),
        organisation_kbo: String::new(),
    }
}

fn seen(value: f64, year_earlier: Option<f64>) -> Seen {
    Seen {
        value,
        year_earlier,
        provisional: false,
        ended: true,
        completeness: Some(1.0),
        same_ground: true,
    }
}

fn stands(target: &Target, value: f64, year: Option<f64>) -> Option<Standing> {
    judge(target, Direction::HigherIsBetter, &seen(value, year)).standing()
}

/// Every target and figure with small whole numbers: bounds, tolerances, now and a year ago.
fn world() -> impl Iterator<Item = (Target, f64, Option<f64>)> {
    let bounds = || std::iter::once(None).chain((-3..=3).map(|n| Some(f64::from(n))));
    let values = || (-5..=5).map(f64::from);
    let pairs = bounds().flat_map(move |l| bounds().map(move |u| (l, u)));
    let ordered = pairs.filter(|(l, u)| match (l, u) {
        (Some(l), Some(u)) => l <= u,
        pair => pair != (&None, &None),
    });
    ordered.flat_map(move |(l, u)| {
        [None, Some(0.0), Some(1.0), Some(2.0)]
            .into_iter()
            .flat_map(move |slack| {
                values().flat_map(move |now| {
                    let years = std::iter::once(None).chain(values().map(Some));
                    years.map(move |year| (target(l, u, slack), now, year))
                })
            })
    })
}

#[test]
fn the_rule_holds_everywhere() {
    let mut counted = [0_u32; 3];
    for (target, now, year) in world() {
        let about = format!("{target:?} {now} {year:?}");
        let standing = stands(&target, now, year).expect("a judgement");
        let outside =
            |v: f64| target.lower.is_some_and(|l| v < l) || target.upper.is_some_and(|u| v > u);
        let slack = target.tolerance.unwrap_or(0.0);
        let wider = Target {
            lower: target.lower.map(|l| l - slack),
            upper: target.upper.map(|u| u + slack),
            ..target.clone()
        };
        let far = wider.lower.is_some_and(|l| now < l) || wider.upper.is_some_and(|u| now > u);
        let leaves = year.is_some_and(|year| outside(2.0 * now - year));
        let expected = match (far, outside(now), leaves) {
            (true, ..) => Standing::OffTrack,
            (_, true, _) | (_, _, true) => Standing::AtRisk,
            _ => Standing::OnTrack,
        };
        assert_eq!(standing, expected, "{about}");
        counted[standing as usize] += 1;

        // Seen in a mirror, it stands the same.
        let mirrored = Target {
            lower: target.upper.map(|u| -u),
            upper: target.lower.map(|l| -l),
            ..target.clone()
        };
        assert_eq!(
            stands(&mirrored, -now, year.map(|y| -y)),
            Some(standing),
            "{about}"
        );
        // So it does on a scale that begins elsewhere, and is finer.
        let moved = |v: f64| v * 0.1 + 7.3;
        let shifted = Target {
            lower: target.lower.map(moved),
            upper: target.upper.map(moved),
            tolerance: target.tolerance.map(|t| t * 0.1),
            ..target.clone()
        };
        assert_eq!(
            stands(&shifted, moved(now), year.map(moved)),
            Some(standing),
            "{about}"
        );
        // More tolerance is never worse.
        let milder = Target {
            tolerance: Some(slack + 1.0),
            ..target.clone()
        };
        let then = stands(&milder, now, year).expect("a judgement");
        assert!((then as u8) <= (standing as u8), "{about}");
        // Without a year ago only the figure itself counts.
        if !outside(now) {
            assert_eq!(
                stands(&target, now, None),
                Some(Standing::OnTrack),
                "{about}"
            );
        }
        // The reason fits.
        match judge(&target, Direction::HigherIsBetter, &seen(now, year)) {
            Judgement::Judged(
                _,
                Because::Beyond { bound, .. } | Because::Tolerated { bound, .. },
            ) => {
                assert!(
                    outside(now) && (target.lower == Some(bound) || target.upper == Some(bound)),
                    "{about}"
                );
            }
            Judgement::Judged(_, Because::Pace { then, .. }) => {
                assert!(!outside(now) && outside(then), "{about}");
            }
            Judgement::Judged(_, Because::Within) => assert!(!outside(now), "{about}"),
            Judgement::Open(why) => panic!("{why:?}: {about}"),
        }
    }
    assert!(counted.iter().all(|n| *n > 1000), "{counted:?}");
}

#[test]
fn what_is_not_judged_says_why() {
    let why = |target: &Target, direction, seen: Seen| match judge(target, direction, &seen) {
        Judgement::Open(why) => Some(why),
        Judgement::Judged(..) => None,
    };
    let (aim, band) = (
        target(Some(90.0), None, None),
        target(Some(40.0), Some(60.0), None),
    );
    let (up, neutral) = (Direction::HigherIsBetter, Direction::Neutral);
    let plain = seen(95.0, None);
    assert_eq!(why(&aim, up, plain), None);
    assert_eq!(
        why(&target(None, None, None), up, plain),
        Some(Unjudged::NoBound)
    );
    assert_eq!(why(&aim, neutral, plain), Some(Unjudged::NoDirection));
    assert_eq!(why(&band, neutral, plain), None);
    // Its own direction wins, both ways.
    let own = |direction| Target {
        direction: Some(direction),
        ..aim.clone()
    };
    assert_eq!(why(&own(up), neutral, plain), None);
    assert_eq!(why(&own(neutral), up, plain), Some(Unjudged::NoDirection));

    let elsewhere = Seen {
        same_ground: false,
        ..plain
    };
    assert_eq!(why(&aim, up, elsewhere), Some(Unjudged::OtherGround));
    let early = |completeness, ended| Seen {
        provisional: true,
        completeness,
        ended,
        ..plain
    };
    assert_eq!(
        why(&aim, up, early(Some(0.89), true)),
        Some(Unjudged::TooEarly(Some(0.89)))
    );
    assert_eq!(why(&aim, up, early(Some(0.9), true)), None);
    assert_eq!(
        why(&aim, up, early(None, false)),
        Some(Unjudged::TooEarly(None))
    );
    assert_eq!(why(&aim, up, early(None, true)), None);
    // What is final is judged however little of it is there.
    let thin = Seen {
        completeness: Some(0.5),
        ..plain
    };
    assert_eq!(why(&aim, up, thin), None);
}

#[test]
fn counting_in_binary_fractions_passes_no_bound() {
    let share = 0.29 * 100.0;
    assert!(share < 29.0);
    assert_eq!(
        stands(&target(Some(29.0), None, None), share, None),
        Some(Standing::OnTrack)
    );
    let edge = target(Some(90.0), None, Some(0.3));
    assert_eq!(
        stands(&edge, 90.0 - (0.1 + 0.2), None),
        Some(Standing::AtRisk)
    );
}

#[test]
fn targets_overlap_when_some_day_both_hold() {
    let of = |from: &str, until: Option<&str>| Target {
        valid_from: day(from),
        valid_until: until.map(day),
        ..target(Some(1.0), None, None)
    };
    let (first, next) = (of("2024-01-01", Some("2025-01-01")), of("2025-01-01", None));
    assert!(!first.overlaps(&next) && !next.overlaps(&first));
    let open = of("2024-06-01", None);
    assert!(open.overlaps(&next) && next.overlaps(&open) && open.overlaps(&first));
    let other = Target {
        slice: "channel=digital".into(),
        ..open.clone()
    };
    assert!(!other.overlaps(&next));
    assert_eq!(overlapping(&[first, next, open]).len(), 2);
}

#[test]
fn a_target_is_about_the_ground_of_its_first_day() {
    // Statbel REFNIS: Antwerpen took in Borsbeek on 1 January 2025 and kept its code.
    let book = RegionBook::new(
        [
            region("11002", "1970-01-01", None),
            region("11007", "1970-01-01", Some("2025-01-01")),
        ],
        [
            change("11002", "11002", ChangeKind::Enlargement),
            change("11007", "11002", ChangeKind::Merger),
        ],
    );
    let old = target(Some(90.0), None, None);
    let new = Target {
        valid_from: day("2025-01-01"),
        ..old.clone()
    };
    let (before, after) = (day("2024-12-31"), day("2025-12-31"));
    let recorded = Territory::AsRecorded;
    let vintage = Territory::Vintage(day("2025-01-01"));
    assert!(old.same_ground(&book, recorded, before));
    assert!(!old.same_ground(&book, recorded, after));
    assert!(new.same_ground(&book, recorded, after));
    // One unbroken series on the ground of 2025: not what was decided for 2024.
    assert!(!old.same_ground(&book, vintage, before));
    assert!(new.same_ground(&book, vintage, after));
}
