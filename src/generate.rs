//! generate: invented cases for the demo and for measuring, from a seed. The same plan gives the same bytes.
//!
//! Cases are drawn day by day and written at once to every file they belong to, so memory stays flat however many there are:
//!
//! - `burgerzaken_<day>.csv.gz`, one per half year: the cases of the desks received or changed in it;
//! - `omgeving_<day>.xes.gz`, one event log per year: the permits received in it or still open when it began.
//!
//! Beside them stand the registers of other systems (`registers.rs`), smaller case systems (`requests.rs`) and what others publish
//! (`statistics.rs`), one plain CSV each.
//!
//! The day in a name is the day up to which the file is complete. Municipalities and their mergers are real, all else is not.

mod arrivals;
mod bad;
mod burgerzaken;
mod calendar;
mod desk;
mod flat;
mod permit;
mod place;
mod random;
mod registers;
mod requests;
mod sink;
mod statistics;
#[cfg(test)]
mod tests;
mod xes;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Result, Write};
use std::path::Path;

use arrivals::{KINDS, Kind};
use calendar::{Calendar, DAY, Day, Moment};
use place::{PLACES, Place};
use random::Random;
use sink::Sink;

/// The demo's own seed.
pub const SEED: u64 = 20_251_231;

/// What to invent.
#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    /// About how many cases.
    pub cases: u64,
    /// The codes used hold from 2019.
    pub from_year: i32,
    pub until_year: i32,
    /// Whether rows that are wrong on purpose are mixed in.
    pub bad_rows: bool,
}

impl Default for Plan {
    /// The demo.
    fn default() -> Self {
        Self {
            seed: SEED,
            cases: 24_000,
            from_year: 2023,
            until_year: 2025,
            bad_rows: true,
        }
    }
}

#[derive(Debug)]
#[cfg(test)]
pub struct Generated {
    /// File names and gzip bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// Different good cases; those delivered again count once.
    pub cases: u64,
    pub bad_rows: u64,
}

/// What `write` left in the folder.
#[derive(Debug)]
pub struct Written {
    pub files: Vec<String>,
    pub cases: u64,
    pub bad_rows: u64,
}

/// The whole plan in memory: for the demo, not for millions.
#[cfg(test)]
pub fn generate(plan: &Plan) -> Generated {
    let (files, cases, bad_rows) = run(plan, &mut |_| Ok(Vec::new()), &mut |_| {})
        .expect("memory takes every byte it is given");
    Generated {
        files,
        cases,
        bad_rows,
    }
}

/// The verb: writes invented case files into a folder.
pub fn run_verb(
    args: crate::cli::GenerateArgs,
) -> std::result::Result<crate::report::Outcome, crate::report::Problems> {
    if args.municipalities == crate::cli::Municipalities::All {
        return run_flat(&args);
    }
    let plan = Plan {
        seed: args.seed,
        cases: args.cases,
        ..Plan::default()
    };
    let step = crate::progress::Step::start("generate", 1);
    let written = write_all(&plan, &args.out)?;
    step.end(&format!(
        "{} invented cases in {} files in {}, {} bad rows among them",
        written.cases,
        written.files.len(),
        args.out.display(),
        written.bad_rows
    ));
    Ok(crate::report::Outcome::Done)
}

fn run_flat(
    args: &crate::cli::GenerateArgs,
) -> std::result::Result<crate::report::Outcome, crate::report::Problems> {
    let plan = flat::Flat {
        seed: args.seed,
        cases: args.cases,
        day: args.day.zip(args.before.filter(|before| *before > 0)),
    };
    let files = beleidsinfo_warehouse::pack::builtin_files();
    let regions = files.get("reference/regions.csv");
    let regions = regions.ok_or_else(|| {
        beleidsinfo_warehouse::Error::not_found("the pack has no reference/regions.csv")
    })?;
    let step = crate::progress::Step::start("generate", 1);
    let written = flat::write(&plan, regions, &args.out)?;
    step.end(&format!(
        "{} invented rows in {}, {} bad ones among them; its mapping is {} beside it",
        plan.cases,
        args.out.join(&written.file).display(),
        written.bad_rows,
        written.mapping
    ));
    Ok(crate::report::Outcome::Done)
}

/// The cases, and the registers of other systems beside them.
pub fn write_all(plan: &Plan, folder: &Path) -> Result<Written> {
    let mut written = write(plan, folder, &mut |_| {})?;
    written.files.extend(registers::write(plan, folder)?);
    Ok(written)
}

/// Writes the files into `folder`, which is made if need be. `tick` hears how many cases there are, once a generated day.
pub fn write(plan: &Plan, folder: &Path, tick: &mut dyn FnMut(u64)) -> Result<Written> {
    std::fs::create_dir_all(folder)?;
    let (files, cases, bad_rows) = run(plan, &mut |name| File::create(folder.join(name)), tick)?;
    Ok(Written {
        files: files.into_iter().map(|(name, _)| name).collect(),
        cases,
        bad_rows,
    })
}

/// One file of the plan, half-open in time.
struct Output<W> {
    name: String,
    year: i32,
    from: Moment,
    until: Moment,
    sink: Sink<W>,
    rows: u64,
    /// Bad rows to come, and after how many good rows each.
    bad: VecDeque<&'static bad::Bad>,
    every: u64,
    bad_rows: u64,
    /// The last good row, while bad ones are to be made of it.
    last: Vec<u8>,
}

type Files<W> = (Vec<(String, W)>, u64, u64);

fn run<W>(
    plan: &Plan,
    open: &mut dyn FnMut(&str) -> Result<W>,
    tick: &mut dyn FnMut(u64),
) -> Result<Files<W>>
where
    W: Write + Send + 'static,
{
    let until_year = plan.until_year.max(plan.from_year);
    let calendar = Calendar::new(plan.from_year, until_year);
    let mut desks = Vec::new();
    let mut logs = Vec::new();
    for year in plan.from_year..=until_year {
        for (from, until, last) in [
            ((year, 1), (year, 7), "06-30"),
            ((year, 7), (year + 1, 1), "12-31"),
        ] {
            let name = format!("burgerzaken_{year}-{last}.csv.gz");
            let target = open(&name)?;
            desks.push(Output::new(
                name,
                year,
                [from, until].map(|(y, m)| calendar.day(y, m, 1)),
                target,
            ));
        }
        let name = format!("omgeving_{year}-12-31.xes.gz");
        let target = open(&name)?;
        logs.push(Output::new(
            name,
            year,
            [year, year + 1].map(|y| calendar.day(y, 1, 1)),
            target,
        ));
    }
    desks
        .iter_mut()
        .for_each(|file| file.sink.room().extend(burgerzaken::header()));
    logs.iter_mut()
        .for_each(|file| file.sink.room().extend_from_slice(xes::HEADER.as_bytes()));
    if plan.bad_rows {
        spread(&mut desks, &bad::ROWS, plan.cases);
        spread(&mut logs, &bad::TRACES, plan.cases / 8);
    }
    let end = calendar.day(until_year + 1, 1, 1);
    let cases = draw(plan, &calendar, end, &mut desks, &mut logs, tick);
    desks.iter_mut().for_each(Output::spoil_rows);
    logs.iter_mut().for_each(Output::spoil_traces);
    logs.iter_mut()
        .for_each(|file| file.sink.room().extend_from_slice(xes::FOOTER.as_bytes()));
    let bad_rows = desks.iter().chain(&logs).map(|file| file.bad_rows).sum();
    let files = desks
        .into_iter()
        .chain(logs)
        .map(|file| Ok((file.name, file.sink.finish()?)))
        .collect::<Result<_>>()?;
    Ok((files, cases, bad_rows))
}

/// Gives each file its share of the bad rows, in turn.
fn spread<W>(files: &mut [Output<W>], bad: &'static [bad::Bad], rows: u64) {
    let count = files.len();
    for (at, file) in files.iter_mut().enumerate() {
        file.bad = bad.iter().skip(at).step_by(count).collect();
        file.every = (rows / count as u64 / (file.bad.len() as u64 + 2)).max(1);
    }
}

/// Draws every case and hands it to the files it belongs to. Returns how many; stops when a file cannot be written.
fn draw<W: Write + Send + 'static>(
    plan: &Plan,
    calendar: &Calendar,
    end: Day,
    desks: &mut [Output<W>],
    logs: &mut [Output<W>],
    tick: &mut dyn FnMut(u64),
) -> u64 {
    let streams = streams(plan, calendar, end);
    let mut days = Random::new(plan.seed, 0);
    let (mut cases, mut year, mut permits, mut desk) = (0, 0, 0, 0);
    for day in 0..end {
        let this_year = chrono::Datelike::year(&calendar.date(day));
        if this_year != year {
            (year, permits, desk) = (this_year, 0, 0);
        }
        for (place, kind, rate) in &streams {
            for _ in 0..days.arrivals(rate * arrivals::pressure(calendar, *kind, place, day)) {
                cases += 1;
                let random = &mut Random::new(plan.seed, cases);
                let channel = arrivals::channel(calendar, *kind, place, day, random);
                let received = arrivals::moment(day, channel, random);
                let flowing = if *kind == Kind::Permit {
                    permits += 1;
                    let permit = permit::Permit {
                        year,
                        number: permits,
                        ..permit::live(calendar, random, place, channel, received)
                    };
                    logs.iter_mut().all(|file| file.permit(calendar, &permit))
                } else {
                    desk += 1;
                    let case = desk::DeskCase {
                        year,
                        number: desk,
                        ..desk::live(calendar, random, *kind, place, channel, received)
                    };
                    deliver(desks, calendar, &case)
                };
                if !flowing {
                    return cases;
                }
            }
        }
        tick(cases);
    }
    cases
}

/// Each place and kind with its cases per unit of pressure, so that all days together come to about the plan.
fn streams(plan: &Plan, calendar: &Calendar, end: Day) -> Vec<(&'static Place, Kind, f64)> {
    let weights: f64 = PLACES.iter().map(|place| place.weight).sum();
    let pairs = PLACES
        .iter()
        .flat_map(|place| KINDS.map(|(kind, share)| (place, kind, share)));
    pairs
        .filter(|(place, kind, _)| place.manner.complaints || *kind != Kind::Complaint)
        .map(|(place, kind, share)| {
            let pressure: f64 = (0..end)
                .map(|day| arrivals::pressure(calendar, kind, place, day))
                .sum();
            (
                place,
                kind,
                plan.cases as f64 * share * place.weight / weights / pressure,
            )
        })
        .collect()
}

/// A case of the desks goes into the file of the half year it came in (or the next, when it is late), and into every later
/// one in which it changed or its municipality merged.
fn deliver<W: Write + Send + 'static>(
    files: &mut [Output<W>],
    calendar: &Calendar,
    case: &desk::DeskCase,
) -> bool {
    let merger = place::merger(calendar);
    let Some(own) = files.iter().position(|file| case.received < file.until) else {
        return true;
    };
    let last = files.len() - 1;
    let first = if case.late { (own + 1).min(last) } else { own };
    files[first..].iter_mut().enumerate().all(|(later, file)| {
        let moved = case.place.merged && file.from == merger && case.open_on(merger);
        if later > 0 && !moved && !case.changed_in(file.from, file.until) {
            return true;
        }
        let lives =
            case.received >= merger || case.open_on(merger) || case.changed_in(merger, file.until);
        let start = file.sink.room().len();
        burgerzaken::row(
            file.sink.room(),
            calendar,
            case,
            file.until,
            file.until > merger && lives,
        );
        file.written(start);
        if file.rows.is_multiple_of(file.every) {
            file.spoil_one_row();
        }
        file.sink.flow()
    })
}

impl<W: Write + Send + 'static> Output<W> {
    fn new(name: String, year: i32, [from, until]: [Day; 2], target: W) -> Self {
        let (from, until) = (from * DAY, until * DAY);
        Self {
            name,
            year,
            from,
            until,
            sink: Sink::new(target),
            rows: 0,
            bad: VecDeque::new(),
            every: 1,
            bad_rows: 0,
            last: Vec::new(),
        }
    }

    /// A permit is in the log of its year and in every later one that it began open or in which it was appealed.
    fn permit(&mut self, calendar: &Calendar, permit: &permit::Permit) -> bool {
        let merger = place::merger(calendar);
        let within = |at: Moment| self.from <= at && at < self.until;
        if !within(permit.received)
            && !permit.open_on(self.from)
            && !permit.appealed.is_some_and(within)
        {
            return true;
        }
        let lives = permit.received >= merger
            || permit.open_on(merger)
            || permit.appealed.is_some_and(|at| at >= merger);
        let start = self.sink.room().len();
        xes::trace(
            self.sink.room(),
            calendar,
            permit,
            self.until,
            self.until > merger && lives,
        );
        self.written(start);
        if self.rows.is_multiple_of(self.every) {
            self.spoil_one_trace();
        }
        self.sink.flow()
    }

    /// Remembers the row that begins at `start` as the one to spoil next.
    fn written(&mut self, start: usize) {
        self.rows += 1;
        let row = &self.sink.room()[start..];
        if !self.bad.is_empty() && (row.starts_with(b" <trace>") || !row.contains(&b'"')) {
            self.last = row.to_vec();
        }
    }

    fn spoil_one_row(&mut self) {
        if self.last.is_empty() {
            return;
        }
        let Some(bad) = self.bad.pop_front() else {
            return;
        };
        let number = format!("BZ-{}-9{:06}", self.year, self.rows);
        let row = bad::row(bad, &self.last, &burgerzaken::HEADER, &number, self.year);
        self.sink.room().extend(row);
        self.bad_rows += 1;
    }

    fn spoil_one_trace(&mut self) {
        let Ok(good) = String::from_utf8(self.last.clone()) else {
            return;
        };
        if good.is_empty() {
            return;
        }
        let Some(bad) = self.bad.pop_front() else {
            return;
        };
        let number = format!("OMV_{}9{:06}", self.year, self.rows);
        let trace = bad::trace(bad, &good, &number, self.year);
        self.sink.room().extend_from_slice(trace.as_bytes());
        self.bad_rows += 1;
    }

    /// What a small file had no room for, at its end.
    fn spoil_rows(&mut self) {
        while !self.bad.is_empty() && !self.last.is_empty() {
            self.rows += 1;
            self.spoil_one_row();
        }
    }

    fn spoil_traces(&mut self) {
        while !self.bad.is_empty() && !self.last.is_empty() {
            self.rows += 1;
            self.spoil_one_trace();
        }
    }
}
