//! quality: what came in, and what was wrong with it, down to the rows a supplier must mend.

use askama::Template;
use beleidsinfo_warehouse::index::RunCheck;
use beleidsinfo_warehouse::pack::Pack;
use beleidsinfo_warehouse::profile::TableProfile;
use beleidsinfo_warehouse::quality::{StoredDelivery, StoredFinding};
use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::asked::escape;
use crate::number;
use crate::page::Page;
use crate::pages::odd::{self, Alarm, ProfileTable, Standing};
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
}

pub struct Rule {
    pub source: String,
    pub rule: String,
    pub code: String,
    pub reject: bool,
    pub rows: String,
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
}

#[derive(Template)]
#[template(path = "quality.html")]
struct Quality {
    page: Page,
    sources: Vec<Source>,
    references: Vec<Source>,
    deliveries: Vec<Delivery>,
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
    findings: Vec<Finding>,
    more: bool,
    most: String,
    csv: String,
    alarms: Vec<Alarm>,
    profile: Vec<ProfileTable>,
    profile_json: String,
}

pub fn render(
    page: Page,
    deliveries: &[StoredDelivery],
    by_rule: &[(String, String, String, i64)],
    odd: (&[StoredFinding], &[RunCheck]),
    pack: Option<&Pack>,
    zone: Tz,
) -> Outcome<String> {
    let words = page.words;
    let most = by_rule.iter().map(|r| r.3).max().unwrap_or(1).max(1);
    let rules = by_rule.iter().map(|(source, rule, severity, rows)| Rule {
        source: source.clone(),
        rule: rules::name(words, pack, rule),
        code: rule.clone(),
        reject: severity == "reject",
        rows: number::whole(*rows, words.language),
        // The newest delivery of the source is where mending starts.
        href: deliveries
            .iter()
            .find(|d| &d.source_id == source && d.rejected + d.warned > 0)
            .map_or_else(String::new, |d| {
                format!(
                    "/{}/quality/{}?rule={}",
                    page.lang(),
                    d.delivery,
                    escape(rule)
                )
            }),
        bar: crate::charts::bars::mini(*rows as f64 / most as f64),
    });
    let (references, cases) = sources(words, deliveries, zone)
        .into_iter()
        .partition(|s| s.reference);
    let view = Quality {
        sources: cases,
        references,
        deliveries: deliveries
            .iter()
            .map(|d| delivery(words, d, zone))
            .collect(),
        rules: rules.collect(),
        alarms: odd::alarms(words, odd.0, deliveries, pack),
        standing: odd::standing(words, odd.1, pack),
        page,
    };
    Ok(view.render()?)
}

fn sources(words: Words, deliveries: &[StoredDelivery], zone: Tz) -> Vec<Source> {
    let language = words.language;
    let mut names: Vec<&str> = deliveries.iter().map(|d| d.source_id.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter_map(|name| {
            let of: Vec<_> = deliveries.iter().filter(|d| d.source_id == name).collect();
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
                clean: rejected == 0,
            })
        })
        .collect()
}

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
    }
}

/// What is known of a delivery as a whole.
pub struct Whole<'a> {
    pub stored: &'a StoredDelivery,
    pub alarms: &'a [StoredFinding],
    pub profile: &'a [TableProfile],
}

/// `found` may hold one more than the page shows: then there is more.
pub fn render_findings(
    page: Page,
    whole: Whole,
    rule: Option<&str>,
    found: &[StoredFinding],
    known: &[String],
    pack: Option<&Pack>,
    zone: Tz,
) -> Outcome<String> {
    let stored = whole.stored;
    let words = page.words;
    let path = format!("/{}/quality/{}", page.lang(), stored.delivery);
    let mut choices = vec![(path.clone(), words.t("all-rules"), rule.is_none())];
    for name in known {
        let href = format!("{path}?rule={}", escape(name));
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
        profile_json: format!("/api/deliveries/{}/profile", stored.delivery),
        rules: choices,
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
            })
            .collect(),
        more: found.len() > ON_PAGE,
        most: number::whole(ON_PAGE as i64, words.language),
        csv: format!(
            "{path}/rows.csv{}",
            rule.map_or_else(String::new, |r| format!("?rule={}", escape(r)))
        ),
        page,
    };
    Ok(view.render()?)
}
