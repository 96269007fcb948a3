//! quality: what came in, and what was wrong with it, down to the rows a supplier must mend.

use askama::Template;
use beleidsinfo_warehouse::index::RunCheck;
use beleidsinfo_warehouse::pack::Pack;
use beleidsinfo_warehouse::profile::TableProfile;
use beleidsinfo_warehouse::quality::{RuleCount, StoredDelivery, StoredFinding, last_readings};
use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::asked::escape;
use crate::charts::spark;
use crate::charts::trend::Point;
use crate::number;
use crate::page::Page;
use crate::pages::odd::{self, Alarm, ProfileTable, Standing};
use crate::pages::rests::Rests;
use crate::rules;
use crate::trouble::Outcome;
use crate::words::Words;

/// How many rows a page shows; the file holds them all.
pub const ON_PAGE: usize = 200;

pub struct Source {
    pub name: String,
    pub last: String,
    pub until: String,
    pub deliveries: String,
    pub rows: String,
    pub rejected: String,
    pub share: String,
    /// The part rejected, delivery after delivery; empty with fewer than two.
    pub trend: String,
    pub clean: bool,
    /// A list cases refer to; it does not run up to a day.
    pub reference: bool,
}

pub struct Delivery {
    pub href: String,
    pub name: String,
    pub source: String,
    pub short: String,
    pub hash: String,
    pub pulled: String,
    pub batch: String,
    pub read: String,
    pub accepted: String,
    pub warned: String,
    pub rejected: String,
    pub size: String,
    pub tables: String,
    pub until: String,
    pub clean: bool,
    pub held: bool,
    /// Why it is held, or was let through.
    pub because: String,
}

pub struct Rule {
    pub source: String,
    pub rule: String,
    pub code: String,
    pub reject: bool,
    pub rows: String,
    /// Records accepted since by a later reading; empty where there are none.
    pub replayed: String,
    pub href: String,
    pub bar: String,
}

pub struct Finding {
    pub line: String,
    pub table: String,
    pub column: String,
    pub rule: String,
    pub reject: bool,
    pub reason: String,
    pub raw: String,
    /// In which batch the record was accepted after all.
    pub replayed: String,
}

#[derive(Template)]
#[template(path = "quality.html")]
struct Quality {
    page: Page,
    sources: Vec<Source>,
    references: Vec<Source>,
    held: Vec<Delivery>,
    deliveries: Vec<Delivery>,
    pages: Pages,
    rules: Vec<Rule>,
    alarms: Vec<Alarm>,
    standing: Vec<Standing>,
}

#[derive(Template)]
#[template(path = "findings.html")]
struct Findings {
    page: Page,
    delivery: Delivery,
    /// Address, words and rows; the first is all of them.
    rules: Vec<(String, String, bool)>,
    /// The same for rejections and warnings apart.
    severities: Vec<(String, String, bool)>,
    findings: Vec<Finding>,
    pages: Pages,
    csv: String,
    alarms: Vec<Alarm>,
    profile: Vec<ProfileTable>,
    profile_json: String,
    rests: Rests,
}

/// Where a list stands that is too long for one page; both empty when it is not.
#[derive(Default)]
pub struct Pages {
    pub before: String,
    pub after: String,
    pub at: String,
}

impl Pages {
    /// `href` makes the address of a page, counted from 1.
    fn new(words: Words, page: usize, more: bool, href: impl Fn(usize) -> String) -> Self {
        if page == 1 && !more {
            return Self::default();
        }
        Self {
            before: if page > 1 {
                href(page - 1)
            } else {
                String::new()
            },
            after: if more { href(page + 1) } else { String::new() },
            at: words.with(
                "page-at",
                &[("page", &number::whole(page as i64, words.language))],
            ),
        }
    }

    pub fn any(&self) -> bool {
        !self.at.is_empty()
    }
}

pub fn render(
    page: Page,
    deliveries: &[StoredDelivery],
    by_rule: &[RuleCount],
    at: usize,
    odd: (&[StoredFinding], &[RunCheck]),
    pack: Option<&Pack>,
    zone: Tz,
) -> Outcome<String> {
    let words = page.words;
    let most = by_rule.iter().map(|r| r.open).max().unwrap_or(1).max(1);
    let rules = by_rule.iter().map(|count| Rule {
        source: count.source_id.clone(),
        rule: rules::name(words, pack, &count.rule),
        code: count.rule.clone(),
        reject: count.severity == "reject",
        rows: number::whole(count.open, words.language),
        replayed: match count.replayed {
            0 => String::new(),
            n => number::whole(n, words.language),
        },
        // The newest delivery of the source is where mending starts.
        href: deliveries
            .iter()
            .find(|d| d.source_id == count.source_id && d.rejected + d.warned > 0)
            .map_or_else(String::new, |d| {
                format!(
                    "/{}/quality/{}?rule={}",
                    page.lang(),
                    d.delivery,
                    escape(&count.rule)
                )
            }),
        bar: crate::charts::bars::mini(count.open as f64 / most as f64),
    });
    let (references, cases) = sources(words, deliveries, zone)
        .into_iter()
        .partition(|s| s.reference);
    let readings = last_readings(deliveries);
    let from = (at - 1) * LISTED;
    let view = Quality {
        sources: cases,
        references,
        held: readings
            .iter()
            .filter(|d| d.held)
            .map(|d| delivery(words, d, zone))
            .collect(),
        deliveries: deliveries
            .iter()
            .skip(from)
            .take(LISTED)
            .map(|d| delivery(words, d, zone))
            .collect(),
        pages: Pages::new(words, at, deliveries.len() > from + LISTED, |n| {
            format!("/{}/quality?page={n}#deliveries", page.lang())
        }),
        rules: rules.collect(),
        alarms: odd::alarms(words, odd.0, deliveries, pack),
        standing: odd::standing(words, odd.1, pack),
        page,
    };
    Ok(view.render()?)
}

fn sources(words: Words, deliveries: &[StoredDelivery], zone: Tz) -> Vec<Source> {
    let language = words.language;
    let readings = last_readings(deliveries);
    let mut names: Vec<&str> = deliveries.iter().map(|d| d.source_id.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter_map(|name| {
            let of: Vec<_> = readings
                .iter()
                .filter(|d| d.source_id == name && !d.held)
                .collect();
            let last = of.iter().max_by_key(|d| d.pulled_at)?;
            let read: i64 = of.iter().map(|d| d.rows_read).sum();
            let rejected: i64 = of.iter().map(|d| d.rejected).sum();
            let share = rejected as f64 / read.max(1) as f64;
            let until = of.iter().filter_map(|d| d.complete_until_on).max();
            let reference = is_reference(name) || until.is_none();
            Some(Source {
                reference,
                name: match reference {
                    true => words.named("reference", name.trim_start_matches(OF_THE_PACK)),
                    false => name.to_string(),
                },
                last: number::short_moment(last.pulled_at, zone, language),
                until: until.map_or_else(|| words.t("unknown"), |on| number::date(on, language)),
                deliveries: number::whole(of.len() as i64, language),
                rows: number::whole(read, language),
                rejected: number::whole(rejected, language),
                share: number::percent(share, 2, language),
                trend: rejected_trend(words, name, &readings),
                clean: rejected == 0,
            })
        })
        .collect()
}

/// The part of the records that was rejected, per file as it was read last, in order of landing.
fn rejected_trend(words: Words, source: &str, readings: &[&StoredDelivery]) -> String {
    let mut of: Vec<_> = readings
        .iter()
        .filter(|d| d.source_id == source && d.rows_read > 0)
        .collect();
    of.sort_by_key(|d| (d.pulled_at, d.batch));
    let from = of.len().saturating_sub(TREND);
    let of = &of[from..];
    let share = |d: &StoredDelivery| d.rejected as f64 / d.rows_read as f64 * 100.0;
    if of.len() < 2 || of.iter().all(|d| d.rejected == 0) {
        return String::new();
    }
    let points: Vec<Point> = of
        .iter()
        .map(|d| Point {
            own: Some(share(d)),
            provisional: d.held,
            ..Point::default()
        })
        .collect();
    let percent = |d: &StoredDelivery| {
        number::percent(d.rejected as f64 / d.rows_read as f64, 2, words.language)
    };
    let description = words.with(
        "rejected-trend-text",
        &[
            ("count", &number::whole(of.len() as i64, words.language)),
            ("first", &percent(of[0])),
            ("last", &percent(of[of.len() - 1])),
        ],
    );
    let id = format!(
        "rejected-{}",
        source.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
    );
    spark::draw(&points, &words.t("rejected-trend"), &description, &id)
}

/// Deliveries on a page of the list, and in a trend.
const LISTED: usize = 50;
const TREND: usize = 24;

/// Sources that come with the definitions.
const OF_THE_PACK: &str = "pack/";

fn is_reference(source: &str) -> bool {
    source.starts_with(OF_THE_PACK)
}

/// Until when a file is complete; a list that comes with the definitions has no such day.
pub fn until(words: Words, source: &str, on: Option<NaiveDate>) -> String {
    match on {
        Some(on) => number::short_date(on, words.language),
        None if is_reference(source) => words.t("not-dated"),
        None => words.t("unknown"),
    }
}

pub(super) fn delivery(words: Words, d: &StoredDelivery, zone: Tz) -> Delivery {
    let language = words.language;
    let whole = |n: i64| number::whole(n, language);
    Delivery {
        href: format!("/{}/quality/{}", language.code(), d.delivery),
        name: d.name.clone(),
        source: d.source_id.clone(),
        short: d.delivery.chars().take(8).collect(),
        hash: d.delivery.clone(),
        pulled: number::short_moment(d.pulled_at, zone, language),
        batch: whole(d.batch),
        read: whole(d.rows_read),
        accepted: whole(d.accepted),
        warned: whole(d.warned),
        rejected: whole(d.rejected),
        size: number::bytes(d.bytes.unsigned_abs(), language),
        tables: d.tables.join(", "),
        until: until(words, &d.source_id, d.complete_until_on),
        clean: d.rejected == 0,
        held: d.held,
        because: d.because.clone().unwrap_or_default(),
    }
}

/// What of a delivery's findings is asked for; pages count from 1.
#[derive(Clone, Copy)]
pub struct Choice<'a> {
    pub rule: Option<&'a str>,
    pub severity: Option<&'a str>,
    pub at: usize,
}

/// What is known of a delivery as a whole.
pub struct Whole<'a> {
    pub stored: &'a StoredDelivery,
    pub alarms: &'a [StoredFinding],
    pub profile: &'a [TableProfile],
    pub rests: Rests,
}

/// `found` may hold one more than the page shows: then there is more.
pub fn render_findings(
    page: Page,
    whole: Whole<'_>,
    choice: Choice<'_>,
    found: &[StoredFinding],
    known: &[String],
    pack: Option<&Pack>,
    zone: Tz,
) -> Outcome<String> {
    let stored = whole.stored;
    let words = page.words;
    let path = format!("/{}/quality/{}", page.lang(), stored.delivery);
    let Choice { rule, severity, at } = choice;
    let query = |rule: Option<&str>, severity: Option<&str>, at: usize| {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(rule.map(|r| format!("rule={}", escape(r))));
        parts.extend(severity.map(|s| format!("severity={}", escape(s))));
        parts.extend((at > 1).then(|| format!("page={at}")));
        match parts.is_empty() {
            true => String::new(),
            false => format!("?{}", parts.join("&")),
        }
    };
    let severities = [None, Some("reject"), Some("warn")].map(|one| {
        let text = one.map_or_else(|| words.t("all-outcomes"), |s| words.named("severity", s));
        (
            format!("{path}{}", query(rule, one, 1)),
            text,
            one == severity,
        )
    });
    let all = format!("{path}{}", query(None, severity, 1));
    let mut choices = vec![(all, words.t("all-rules"), rule.is_none())];
    for name in known {
        let href = format!("{path}{}", query(Some(name), severity, 1));
        let text = rules::name(words, pack, name);
        choices.push((href, text, rule == Some(name)));
    }
    let view = Findings {
        delivery: delivery(words, stored, zone),
        alarms: odd::alarms(words, whole.alarms, &[], pack)
            .into_iter()
            .map(|alarm| Alarm {
                href: String::new(),
                ..alarm
            })
            .collect(),
        profile: odd::profile(words, whole.profile, pack),
        rests: whole.rests,
        profile_json: format!("/api/deliveries/{}/profile", stored.delivery),
        rules: choices,
        severities: severities.to_vec(),
        findings: found
            .iter()
            .filter(|f| f.record > 0)
            .take(ON_PAGE)
            .map(|f| Finding {
                line: number::whole(f.line, words.language),
                table: f.table.clone(),
                column: f.column.clone(),
                rule: rules::name(words, pack, &f.rule),
                reject: f.severity == "reject",
                reason: f.reason.clone(),
                raw: f.raw.clone(),
                replayed: f.replayed_batch.map_or_else(String::new, |batch| {
                    let batch = number::whole(batch, words.language);
                    words.with("accepted-in", &[("batch", &batch)])
                }),
            })
            .collect(),
        pages: Pages::new(words, at, found.len() > ON_PAGE, |n| {
            format!("{path}{}", query(rule, severity, n))
        }),
        csv: format!("{path}/rows.csv{}", query(rule, severity, 1)),
        page,
    };
    Ok(view.render()?)
}
