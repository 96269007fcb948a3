//! catalogue: all that is measured, and what is known about each: figures, sources, law, owner, review. Pure.

use std::collections::BTreeMap;

use beleidsinfo_warehouse::Text;
use beleidsinfo_warehouse::index::Extent;
use beleidsinfo_warehouse::indicator::Indicator;
use beleidsinfo_warehouse::lineage::Role;
use beleidsinfo_warehouse::term::Term;
use chrono::NaiveDate;
use serde::Serialize;

use crate::lens::Lens;

/// One indicator of the catalogue.
#[derive(Debug, Clone, Serialize)]
pub struct Entry<'a> {
    #[serde(serialize_with = "id")]
    pub indicator: &'a Indicator,
    pub version: &'a str,
    pub title: &'a Text,
    pub question: &'a Text,
    pub definition: &'a Text,
    /// How it is counted.
    pub method: Option<&'a Text>,
    pub theme: &'a str,
    pub unit: &'a str,
    pub status: &'static str,
    pub owner: &'a str,
    pub reviewed_on: Option<NaiveDate>,
    pub review_overdue: bool,
    pub legal: Option<Text>,
    pub terms: Vec<Term>,
    /// Tables its facts come from.
    pub tables: Vec<String>,
    /// Sources that fill those, as of the run.
    pub sources: Vec<String>,
    /// Days of the first and last period with a number, and how many regions have one, on the territory shown.
    pub figures: Option<Figures>,
    /// Why there are no figures.
    pub waits: Option<Text>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub regions: usize,
}

fn id<S: serde::Serializer>(indicator: &&Indicator, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&indicator.id)
}

/// How the catalogue is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Theme,
    Source,
    Law,
    Owner,
    Review,
}

impl By {
    pub const ALL: [By; 5] = [By::Theme, By::Source, By::Law, By::Owner, By::Review];

    pub fn name(self) -> &'static str {
        match self {
            By::Theme => "theme",
            By::Source => "source",
            By::Law => "law",
            By::Owner => "owner",
            By::Review => "review",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }
}

/// Entries under one head.
pub struct Group<'e, 'a> {
    pub title: String,
    pub note: String,
    pub entries: Vec<&'e Entry<'a>>,
}

/// Whether its owner should have looked at it again by `on`; a draft need not have been looked at.
pub fn review_overdue(indicator: &Indicator, on: NaiveDate) -> bool {
    indicator.review_due_on().is_some_and(|due| due < on)
}

/// The whole catalogue, in the order of the themes.
pub fn entries<'a>(lens: &Lens<'a>) -> Vec<Entry<'a>> {
    let (pack, run) = (&lens.snapshot.pack, lens.run);
    let mut extents = lens.snapshot.figures.extents(run.run_id, lens.territory);
    let terms = pack.terms();
    let entry = |indicator: &'a Indicator| {
        let lineage = lens.snapshot.lineage.indicator(pack, &indicator.id);
        let tables: Vec<String> = lineage
            .iter()
            .flat_map(|l| &l.tables)
            .filter(|t| t.role == Role::Facts)
            .map(|t| t.table.clone())
            .collect();
        let fills = |s: &beleidsinfo_warehouse::lineage::SourceRead| {
            s.tables.iter().any(|t| tables.contains(t))
        };
        let sources: Vec<String> = lineage
            .iter()
            .flat_map(|l| &l.sources)
            .filter(|s| fills(s))
            .map(|s| s.source_id.clone())
            .collect();
        let waits = run
            .checks
            .iter()
            .find(|c| c.indicator == indicator.id && c.check == "source" && !c.passed);
        let named = indicator.legal.as_ref().and_then(|l| l.term.as_deref());
        Entry {
            version: &indicator.version,
            title: &indicator.title,
            question: &indicator.question,
            definition: &indicator.definition,
            method: indicator.method.as_ref(),
            theme: &indicator.theme,
            unit: &indicator.unit,
            status: indicator.stage.name(),
            owner: &indicator.owner,
            reviewed_on: indicator.reviewed_on,
            review_overdue: review_overdue(indicator, run.finished_at.date_naive()),
            legal: indicator.legal.as_ref().map(|l| Text::new(&l.nl, &l.en)),
            terms: terms
                .iter()
                .filter(|t| Some(t.term_id.as_str()) == named)
                .cloned()
                .collect(),
            figures: extents
                .remove(indicator.id.as_str())
                .map(|e: Extent| Figures {
                    from: e.first,
                    until: e.last,
                    regions: e
                        .regions
                        .iter()
                        .filter(|r| lens.ground.sees(lens.territory, r))
                        .count(),
                }),
            waits: waits.map(|c| c.finding.clone()),
            tables,
            sources,
            indicator,
        }
    };
    pack.indicators.values().map(entry).collect()
}

/// Whether each word that is looked for stands in its title, question, definition, method, law, owner or code.
pub fn speaks_of(lens: &Lens, entry: &Entry, asked: &str) -> bool {
    let language = lens.language();
    let legal = entry.legal.as_ref().map_or("", |l| l.get(language));
    let all = [
        entry.title.get(language),
        entry.question.get(language),
        entry.definition.get(language),
        entry.method.map_or("", |m| m.get(language)),
        legal,
        entry.owner,
        &entry.indicator.id,
        entry.theme,
    ]
    .join(" ")
    .to_lowercase();
    asked
        .to_lowercase()
        .split_whitespace()
        .all(|word| all.contains(word))
}

/// The entries under their heads; one that has several sources stands under each.
pub fn groups<'e, 'a>(lens: &Lens, by: By, entries: &'e [Entry<'a>]) -> Vec<Group<'e, 'a>> {
    let (words, language) = (lens.words, lens.language());
    if by == By::Theme {
        let themes = lens.snapshot.pack.about.themes.iter();
        let of = |id: &str| entries.iter().filter(|e| e.theme == id).collect::<Vec<_>>();
        return themes
            .map(|theme| Group {
                title: theme.title.get(language).to_string(),
                note: theme.question.get(language).to_string(),
                entries: of(&theme.id),
            })
            .filter(|group| !group.entries.is_empty())
            .collect();
    }
    // What comes first, then by the alphabet; what is without comes last.
    let mut found: BTreeMap<(u8, String), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let heads: Vec<(u8, String)> = match by {
            By::Theme => Vec::new(),
            By::Source if entry.waits.is_some() => vec![(2, words.t("catalogue-no-source"))],
            By::Source => sources(entry).into_iter().map(|s| (0, s)).collect(),
            By::Law => match &entry.legal {
                Some(legal) => vec![(0, legal.get(language).to_string())],
                None => vec![(2, words.t("catalogue-no-law"))],
            },
            By::Owner => vec![(0, entry.owner.to_string())],
            By::Review if entry.review_overdue => vec![(0, words.t("catalogue-overdue"))],
            By::Review if entry.reviewed_on.is_none() => vec![(1, words.t("catalogue-unreviewed"))],
            By::Review => vec![(2, words.t("catalogue-reviewed"))],
        };
        for head in heads {
            found.entry(head).or_default().push(entry);
        }
    }
    let group = |((_, title), entries)| Group {
        title,
        note: String::new(),
        entries,
    };
    found.into_iter().map(group).collect()
}

/// Those that deliver cases; reference tables of the pack count only where nothing else is read.
fn sources(entry: &Entry) -> Vec<String> {
    let own = entry.sources.iter().filter(|s| !s.starts_with("pack/"));
    let own: Vec<String> = own.cloned().collect();
    if own.is_empty() {
        entry.sources.clone()
    } else {
        own
    }
}
