//! life/compare: what is other in one definition than in another, and what that asks of the version.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::define::{self, tables_and_views};
use crate::error::Result;
use crate::indicator::{Indicator, Version};
use crate::language::Text;
use crate::pack::Pack;
use crate::session::Session;
use crate::term::Term;

/// Which part of the version a change moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Asks {
    /// Words, or the same written in another way.
    Patch,
    /// More of the same: a slice or a period that was not there.
    Minor,
    /// Another meaning: its figures cannot be laid beside the earlier ones.
    Major,
}

impl Asks {
    pub fn name(self) -> &'static str {
        match self {
            Asks::Patch => "patch",
            Asks::Minor => "minor",
            Asks::Major => "major",
        }
    }
    pub(super) fn why(self) -> &'static str {
        match self {
            Asks::Patch => "words changed, which asks for a new third number",
            Asks::Minor => "something was added, which asks for a new second number",
            Asks::Major => "the meaning changed, which asks for a new first number",
        }
    }
}

impl Version {
    /// The first version that a change may have.
    pub fn after(self, asks: Asks) -> Self {
        match asks {
            Asks::Patch => Self(self.0, self.1, self.2 + 1),
            Asks::Minor => Self(self.0, self.1 + 1, 0),
            Asks::Major => Self(self.0 + 1, 0, 0),
        }
    }
}

/// One thing that is other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// A key of `indicator.toml`, or `facts.sql`, `views/<name>.sql`, `terms/<term_id>`.
    pub what: String,
    /// As written; empty where it was not there.
    pub before: String,
    pub after: String,
    /// Nothing for who answers for it, when it was looked at and how far it is.
    pub asks: Option<Asks>,
    /// Of SQL: its lines, those that are other and some around them.
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// `-`, `+` or a space.
    pub sign: char,
    pub text: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &str| match text {
            "" => "nothing".to_string(),
            text => text.to_string(),
        };
        if self.lines.is_empty() {
            return write!(
                f,
                "`{}` from {} to {}",
                self.what,
                shown(&self.before),
                shown(&self.after)
            );
        }
        write!(f, "`{}`", self.what)?;
        let other = |sign: char| self.lines.iter().find(|l| l.sign == sign);
        if let Some(line) = other('-') {
            write!(f, " (was `{}`)", line.text.trim())?;
        } else if let Some(line) = other('+') {
            write!(f, " (has `{}`)", line.text.trim())?;
        }
        Ok(())
    }
}

/// Definitions that can be planned.
pub(super) struct Shelf {
    pack: Pack,
    session: Session,
}

impl Shelf {
    pub async fn of(pack: Pack) -> Result<Self> {
        let session = define::empty(&pack).await?;
        // A view that is not in order any more makes the plans that read it fail, and they then differ.
        drop(session.add_views(&pack).await);
        Ok(Self { pack, session })
    }
}

/// What is other in `new`; nothing where either does not have the indicator.
pub(super) async fn changes(old: &Shelf, new: &Shelf, id: &str) -> Result<Vec<Change>> {
    let (Some(a), Some(b)) = (old.pack.indicators.get(id), new.pack.indicators.get(id)) else {
        return Ok(Vec::new());
    };
    let mut found = words(a, b);
    found.extend(facts(old, new, a, b).await);
    found.extend(terms(old, new, a, b));
    found.sort_by_key(|change| std::cmp::Reverse(change.asks));
    Ok(found)
}

fn one(
    what: &str,
    before: impl ToString,
    after: impl ToString,
    asks: Option<Asks>,
) -> Option<Change> {
    let (before, after) = (before.to_string(), after.to_string());
    (before != after).then(|| Change {
        what: what.into(),
        before,
        after,
        asks,
        lines: Vec::new(),
    })
}

/// What `indicator.toml` says.
fn words(a: &Indicator, b: &Indicator) -> Vec<Change> {
    let shown = |value: Option<String>| value.unwrap_or_default();
    let number = |value: Option<f64>| shown(value.map(|v| v.to_string()));
    let term = |i: &Indicator| shown(i.legal.as_ref().and_then(|l| l.term.clone()));
    let direction = |i: &Indicator| i.direction.name();
    let (major, minor, patch) = (Some(Asks::Major), Some(Asks::Minor), Some(Asks::Patch));
    let mut found = vec![
        one("kind", a.kind.name(), b.kind.name(), major),
        one("quantile", number(a.quantile), number(b.quantile), major),
        one(
            "denominator",
            shown(a.denominator.map(|d| d.name().into())),
            shown(b.denominator.map(|d| d.name().into())),
            major,
        ),
        one(
            "per",
            shown(a.per.map(|p| p.to_string())),
            shown(b.per.map(|p| p.to_string())),
            major,
        ),
        one("unit", &a.unit, &b.unit, major),
        one("direction", direction(a), direction(b), major),
        one("legal.term", term(a), term(b), major),
        one(
            "survival",
            shown(a.survival.clone()),
            shown(b.survival.clone()),
            None,
        ),
        one("final_after", &a.final_after, &b.final_after, minor),
        one("minimum_group", a.minimum_group, b.minimum_group, minor),
        one(
            "decimals",
            shown(a.decimals.map(|d| d.to_string())),
            shown(b.decimals.map(|d| d.to_string())),
            patch,
        ),
        one("theme", &a.theme, &b.theme, patch),
        one("owner", &a.owner, &b.owner, None),
        one(
            "reviewed_on",
            shown(a.reviewed_on.map(|d| d.to_string())),
            shown(b.reviewed_on.map(|d| d.to_string())),
            None,
        ),
        one(
            "review_every",
            shown(a.review_every.clone()),
            shown(b.review_every.clone()),
            None,
        ),
        one("status", a.stage.name(), b.stage.name(), None),
    ];
    let legal = |i: &Indicator| {
        let text = i.legal.as_ref().map(|l| Text::new(&l.nl, &l.en));
        text.unwrap_or_else(|| Text::new("", ""))
    };
    let text = |t: &Option<Text>| t.clone().unwrap_or_else(|| Text::new("", ""));
    for (what, before, after) in [
        ("title", a.title.clone(), b.title.clone()),
        ("question", a.question.clone(), b.question.clone()),
        ("definition", a.definition.clone(), b.definition.clone()),
        ("method", text(&a.method), text(&b.method)),
        ("counted", a.counted.clone(), b.counted.clone()),
        ("counted_one", text(&a.counted_one), text(&b.counted_one)),
        ("legal", legal(a), legal(b)),
    ] {
        found.push(one(&format!("{what}.nl"), before.nl, after.nl, patch));
        found.push(one(&format!("{what}.en"), before.en, after.en, patch));
    }
    let slices = |i: &Indicator| {
        i.slices
            .iter()
            .map(|s| format!("[{}]", s.join(", ")))
            .collect()
    };
    found.push(list("slices", slices(a), slices(b)));
    let periods = |i: &Indicator| i.periods.iter().map(|p| p.name().to_string()).collect();
    found.push(list("periods", periods(a), periods(b)));
    found.into_iter().flatten().collect()
}

/// More is an addition; what was taken away is missed by who reads it.
fn list(what: &str, before: Vec<String>, after: Vec<String>) -> Option<Change> {
    let (old, new): (BTreeSet<&String>, BTreeSet<&String>) =
        (before.iter().collect(), after.iter().collect());
    let asks = match (old == new, old.is_subset(&new)) {
        // Their order decides nothing.
        (true, _) => return None,
        (_, true) => Asks::Minor,
        _ => Asks::Major,
    };
    one(what, before.join(", "), after.join(", "), Some(asks))
}

/// `facts.sql` and the views it reads. Other words that plan to the same are the same meaning.
async fn facts(old: &Shelf, new: &Shelf, a: &Indicator, b: &Indicator) -> Vec<Change> {
    let views = |shelf: &Shelf, indicator: &Indicator| -> BTreeMap<String, String> {
        let (_, views) = tables_and_views(&shelf.session, &shelf.pack, &indicator.sql);
        let text = |name: String| {
            let sql = shelf.pack.views.get(&name).cloned().unwrap_or_default();
            (format!("views/{name}.sql"), sql)
        };
        views.into_iter().map(text).collect()
    };
    let texts = |shelf: &Shelf, indicator: &Indicator| {
        let mut texts = views(shelf, indicator);
        texts.insert("facts.sql".into(), indicator.sql.clone());
        texts
    };
    let (before, after) = (texts(old, a), texts(new, b));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let text =
        |of: &BTreeMap<String, String>, name: &String| of.get(name).cloned().unwrap_or_default();
    let other: Vec<&String> = names
        .into_iter()
        .filter(|name| tokens(&text(&before, name)) != tokens(&text(&after, name)))
        .collect();
    if other.is_empty() {
        return Vec::new();
    }
    let columns = meant(a);
    let (was, is) = (
        old.session.canonical(a, &columns).await,
        new.session.canonical(b, &columns).await,
    );
    let same = matches!((was, is), (Ok(was), Ok(is)) if was == is);
    let asks = if same { Asks::Patch } else { Asks::Major };
    other
        .into_iter()
        .map(|name| {
            let (before, after) = (text(&before, name), text(&after, name));
            Change {
                what: name.clone(),
                lines: lines(&before, &after),
                before,
                after,
                asks: Some(asks),
            }
        })
        .collect()
}

/// The columns of the facts that make the figures.
fn meant(indicator: &Indicator) -> Vec<&str> {
    let own = ["municipality_code", "place_code", "system", "weight"];
    let mut columns: Vec<&str> = indicator.kind.fact_columns().to_vec();
    columns.extend(own);
    columns.extend(indicator.slice_columns());
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// SQL without remarks, line ends and the case of its words.
fn tokens(sql: &str) -> String {
    let Ok(tokens) = Tokenizer::new(&GenericDialect {}, sql).tokenize() else {
        return sql.to_string();
    };
    let shown = |token: Token| match token {
        Token::Whitespace(_) => None,
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_lowercase()),
        other => Some(other.to_string()),
    };
    let shown: Vec<String> = tokens.into_iter().filter_map(shown).collect();
    shown.join(" ")
}

fn lines(before: &str, after: &str) -> Vec<Line> {
    let diff = TextDiff::from_lines(before, after);
    let line = |change: similar::Change<&str>| Line {
        sign: match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        },
        text: change.value().trim_end().to_string(),
    };
    diff.grouped_ops(2)
        .iter()
        .flatten()
        .flat_map(|op| diff.iter_changes(op))
        .map(line)
        .collect()
}

/// Terms that the pack brings along and the definition names: one that was corrected or taken away. A new term from a day on is
/// the law that went on, not another definition.
fn terms(old: &Shelf, new: &Shelf, a: &Indicator, b: &Indicator) -> Vec<Change> {
    let (before, after) = (term_rows(&old.pack), term_rows(&new.pack));
    let (tables, views) = tables_and_views(&old.session, &old.pack, &a.sql);
    let sql: Vec<&str> = views
        .iter()
        .filter_map(|v| old.pack.views.get(v))
        .chain([&a.sql])
        .map(String::as_str)
        .collect();
    let legal = [a, b].map(|i| i.legal.as_ref().and_then(|l| l.term.as_deref()));
    let named = |term: &str| {
        (tables.contains("terms") && sql.iter().any(|sql| sql.contains(&format!("'{term}'"))))
            || legal.contains(&Some(term))
    };
    before
        .iter()
        .filter(|((term, _), _)| named(term))
        .filter_map(|(key, was)| {
            let is = after.get(key).cloned().unwrap_or_default();
            one(&format!("terms/{}", key.0), was, is, Some(Asks::Major))
        })
        .collect()
}

/// By term and first day: what it says.
pub(crate) fn term_rows(pack: &Pack) -> BTreeMap<(String, NaiveDate), String> {
    let says = |term: Term| {
        let more = term.extension_days.unwrap_or(0);
        let says = format!("{} {} +{more}", term.days, term.unit);
        ((term.term_id, term.valid_from), says)
    };
    pack.terms().into_iter().map(says).collect()
}
