//! schedule: when a source is fetched. Five fields as cron has them, in a time zone. Pure: the clock is passed in.

use beleidsinfo_warehouse::attempts::Outcome;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use serde::Deserialize;
use serde::de::{self, Deserializer};

/// `schedule = "15 2 * * *"` is in the project's time zone; `schedule = { cron = "15 2 * * *", timezone = "UTC" }` in its own.
#[derive(Debug, Clone)]
pub struct Schedule {
    cron: Cron,
    zone: Option<Tz>,
    text: String,
}

/// A source fetched and stored once, as far as the schedule looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    pub started_at: DateTime<Utc>,
    /// The worse of the two.
    pub outcome: Outcome,
}

/// Why a source is fetched now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Its moment has come.
    Scheduled,
    /// Its moment passed while nothing was running: fetched once, however many moments passed.
    CatchUp,
    /// The attempt before failed; this is the given retry, counted from 1.
    Retry(u32),
}

/// Fetched more than this after its moment is called catching up.
const ON_TIME: TimeDelta = TimeDelta::minutes(2);

/// How long after a failure it is tried again; when the list ends, the next scheduled moment is waited for.
pub const RETRIES: [TimeDelta; 4] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::hours(1),
];

impl Schedule {
    /// Errors: a text that is not five fields of cron, or a zone that does not exist.
    pub fn parse(text: &str, zone: Option<&str>) -> Result<Self, String> {
        let parser = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build();
        let cron = parser.parse(text).map_err(|cause| {
            format!(
                "`{text}` is no schedule ({cause}): write minute, hour, day of the month, month and day of the week, \
                 as in \"15 2 * * *\" for every night at a quarter past two"
            )
        })?;
        let zone = zone.map(str::parse::<Tz>).transpose().map_err(|_| {
            format!(
                "no time zone is called `{}`: write it as in \"Europe/Brussels\"",
                zone.unwrap_or_default()
            )
        })?;
        Ok(Self {
            cron,
            zone,
            text: text.to_string(),
        })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first scheduled moment after `now`; `None` for one that never comes, such as 30 February.
    ///
    /// A local time that the clock skips in spring falls right after the gap; one that it passes twice in autumn counts once.
    pub fn next_after(&self, now: DateTime<Utc>, project: Tz) -> Option<DateTime<Utc>> {
        let local = now.with_timezone(&self.zone.unwrap_or(project));
        let next = self.cron.find_next_occurrence(&local, false).ok()?;
        Some(next.with_timezone(&Utc))
    }

    /// The last scheduled moment at or before `now`.
    fn last_at(&self, now: DateTime<Utc>, project: Tz) -> Option<DateTime<Utc>> {
        let local = now.with_timezone(&self.zone.unwrap_or(project));
        let last = self.cron.find_previous_occurrence(&local, true).ok()?;
        Some(last.with_timezone(&Utc))
    }

    /// Whether the source is to be fetched now, and why. `rounds` are those before, newest first. `watched_since` is when somebody
    /// began to look at the schedule: what was due before is caught up only for a source that was fetched before.
    pub fn due(
        &self,
        rounds: &[Round],
        watched_since: DateTime<Utc>,
        now: DateTime<Utc>,
        project: Tz,
    ) -> Option<Due> {
        let moment = self.last_at(now, project)?;
        let since: Vec<&Round> = rounds
            .iter()
            .take_while(|r| r.started_at >= moment)
            .collect();
        let Some(last) = since.first() else {
            return match rounds.is_empty() && moment < watched_since {
                true => None,
                false if now - moment > ON_TIME => Some(Due::CatchUp),
                false => Some(Due::Scheduled),
            };
        };
        let failures = since.iter().take_while(|r| !r.outcome.went_well()).count();
        let wait = RETRIES.get(failures.checked_sub(1)?)?;
        let again = last.outcome == Outcome::Failed && now - last.started_at >= *wait;
        again.then_some(Due::Retry(failures as u32))
    }
}

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "expected a text such as \"15 2 * * *\", or { cron = \"15 2 * * *\", timezone = \"UTC\" }"
        )]
        enum Written {
            Text(String),
            Zoned(Zoned),
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Zoned {
            cron: String,
            timezone: String,
        }
        match Written::deserialize(input)? {
            Written::Text(text) => Schedule::parse(&text, None),
            Written::Zoned(Zoned { cron, timezone }) => Schedule::parse(&cron, Some(&timezone)),
        }
        .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Brussels;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn nightly() -> Schedule {
        Schedule::parse("15 2 * * *", None).unwrap()
    }

    /// Rounds newest first, each with its outcome.
    fn rounds(written: &[(&str, Outcome)]) -> Vec<Round> {
        written
            .iter()
            .map(|(started_at, outcome)| Round {
                started_at: at(started_at),
                outcome: *outcome,
            })
            .collect()
    }

    #[test]
    fn the_next_moment_is_in_the_projects_zone_or_its_own() {
        let winter = at("2026-01-10T12:00:00Z");
        assert_eq!(
            nightly().next_after(winter, Brussels),
            Some(at("2026-01-11T01:15:00Z"))
        );
        let utc = Schedule::parse("15 2 * * *", Some("UTC")).unwrap();
        assert_eq!(
            utc.next_after(winter, Brussels),
            Some(at("2026-01-11T02:15:00Z"))
        );
        let never = Schedule::parse("0 0 30 2 *", None).unwrap();
        assert_eq!(never.next_after(winter, Brussels), None);
    }

    #[test]
    fn the_hour_that_is_skipped_and_the_hour_that_comes_twice() {
        // 2026-03-29 at 02:00 the clock goes to 03:00: 02:15 does not exist that night.
        let skipped = nightly()
            .next_after(at("2026-03-28T12:00:00Z"), Brussels)
            .unwrap();
        assert!(
            skipped >= at("2026-03-29T01:00:00Z") && skipped < at("2026-03-29T02:00:00Z"),
            "that night too it runs, once: {skipped}"
        );
        assert_eq!(
            nightly().next_after(skipped, Brussels),
            Some(at("2026-03-30T00:15:00Z"))
        );
        // 2026-10-25 at 03:00 the clock goes back to 02:00: 02:15 comes twice.
        let first = nightly()
            .next_after(at("2026-10-24T12:00:00Z"), Brussels)
            .unwrap();
        assert_eq!(first, at("2026-10-25T00:15:00Z"));
        let second = nightly().next_after(first, Brussels).unwrap();
        assert_eq!(second, at("2026-10-26T01:15:00Z"), "and counts once");
    }

    #[test]
    fn a_moment_runs_once() {
        let (since, night) = (at("2026-01-09T00:00:00Z"), "2026-01-10T01:15:00Z");
        let due = |before: &[_], now| nightly().due(&rounds(before), since, at(now), Brussels);
        let yesterday = ("2026-01-09T01:15:01Z", Outcome::Done);
        assert_eq!(
            due(&[], "2026-01-09T01:16:00Z"),
            Some(Due::Scheduled),
            "its first moment since the watch began"
        );
        assert_eq!(due(&[yesterday], "2026-01-10T01:14:59Z"), None);
        assert_eq!(due(&[yesterday], night), Some(Due::Scheduled));
        let tonight = ("2026-01-10T01:15:01Z", Outcome::NothingNew);
        assert_eq!(due(&[tonight, yesterday], "2026-01-10T01:16:00Z"), None);
    }

    #[test]
    fn what_was_missed_is_caught_up_once_and_a_new_source_waits_for_its_moment() {
        let due =
            |before: &[_], since, now| nightly().due(&rounds(before), at(since), at(now), Brussels);
        let (long_ago, morning) = (
            ("2026-01-02T01:15:00Z", Outcome::Done),
            "2026-01-10T09:00:00Z",
        );
        assert_eq!(due(&[long_ago], morning, morning), Some(Due::CatchUp));
        let caught_up = ("2026-01-10T09:00:01Z", Outcome::Done);
        assert_eq!(
            due(&[caught_up, long_ago], morning, "2026-01-10T09:05:00Z"),
            None
        );
        assert_eq!(due(&[], morning, morning), None);
    }

    #[test]
    fn a_failure_is_tried_again_later_and_later_and_then_left() {
        let since = at("2026-01-09T00:00:00Z");
        let due = |before: &[_], now| nightly().due(&rounds(before), since, at(now), Brussels);
        let fail = |at| (at, Outcome::Failed);
        let first = fail("2026-01-10T01:15:00Z");
        assert_eq!(due(&[first], "2026-01-10T01:15:59Z"), None);
        assert_eq!(due(&[first], "2026-01-10T01:16:00Z"), Some(Due::Retry(1)));
        let second = fail("2026-01-10T01:16:00Z");
        assert_eq!(due(&[second, first], "2026-01-10T01:20:59Z"), None);
        assert_eq!(
            due(&[second, first], "2026-01-10T01:21:00Z"),
            Some(Due::Retry(2))
        );
        let last_night = fail("2026-01-09T01:15:00Z");
        assert_eq!(
            due(&[first, last_night], "2026-01-10T01:16:00Z"),
            Some(Due::Retry(1)),
            "each moment counts its own"
        );
        let all: Vec<_> = ["02:37:00", "01:37:00", "01:22:00", "01:16:00", "01:15:00"]
            .map(|time| format!("2026-01-10T{time}Z"))
            .to_vec();
        let all: Vec<_> = all.iter().map(|time| fail(time.as_str())).collect();
        assert_eq!(due(&all, "2026-01-10T23:00:00Z"), None, "until tomorrow");
        assert_eq!(due(&all, "2026-01-11T01:15:00Z"), Some(Due::Scheduled));
        let broken = ("2026-01-10T01:15:00Z", Outcome::Stopped);
        assert_eq!(
            due(&[broken], "2026-01-10T05:00:00Z"),
            None,
            "a broken file is broken a minute later too"
        );
    }

    #[test]
    fn a_slip_of_the_pen_says_how_it_is_written() {
        for wrong in ["every night", "15 2 * *", "0 15 2 * * *", "61 2 * * *", ""] {
            let error = Schedule::parse(wrong, None).unwrap_err();
            assert!(error.contains("15 2 * * *"), "{wrong}: {error}");
        }
        assert!(
            Schedule::parse("15 2 * * *", Some("Brussel"))
                .unwrap_err()
                .contains("Europe/Brussels")
        );
    }
}
