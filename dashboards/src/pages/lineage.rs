//! lineage: from an indicator, or one figure of it, to the columns, tables, sources and files it comes from.

use askama::Template;
use beleidsinfo_warehouse::figure::Address;
use beleidsinfo_warehouse::lineage::{
    ColumnRead, DeliveryRead, FigureLineage, IndicatorLineage, Role, SourceRead, TableRead,
};
use beleidsinfo_warehouse::pack::Pack;

use crate::asked::escape;
use crate::charts::canvas::Finish;
use crate::charts::lineage::{Line, Node, Picture, draw};
use crate::charts::trend::Width;
use crate::lens::Lens;
use crate::number;
use crate::page::{Page, Visit, zone};
use crate::trouble::Outcome;
use crate::words::Words;

/// How many files of a source the picture of a figure names.
const FILES: usize = 6;

/// The section of an indicator's page, and of a figure's.
pub struct From {
    pub wide: String,
    pub narrow: String,
    pub tables: Vec<Table>,
    pub sources: Vec<Source>,
    /// For one figure, in the place of its sources.
    pub files: Vec<File>,
    pub of_figure: bool,
    /// Tables that only place facts on the ground.
    pub ground: String,
    pub json: String,
}

pub struct Table {
    pub name: String,
    pub description: String,
    pub columns: Vec<Column>,
}

pub struct Column {
    pub name: String,
    pub meaning: String,
    pub into: String,
    pub filters: bool,
    pub only_filters: bool,
}

pub struct Source {
    pub href: String,
    pub name: String,
    pub tables: String,
    pub files: String,
    pub last: String,
    pub last_href: String,
    pub until: String,
}

pub fn listed<T: ToString>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| n.to_string()).collect();
    names.join(", ")
}

/// `None` for a definition that the run did not know.
pub fn from(lens: &Lens, id: &str) -> Option<From> {
    let lineage = lens.snapshot.lineage.indicator(&lens.snapshot.pack, id)?;
    Some(section(
        lens,
        &lineage,
        format!("/api/indicators/{id}/lineage"),
    ))
}

fn section(lens: &Lens, lineage: &IndicatorLineage, json: String) -> From {
    let (words, pack) = (lens.words, &lens.snapshot.pack);
    let (picture, text) = (picture(words, lineage), described(words, lineage));
    let title = words.t("lineage");
    let drawn = |width, id, class| draw(&picture, &title, &text, width, Finish::Page { id, class });
    let as_of = match &lens.as_of {
        Some(as_of) => format!("?as_of={}", escape(as_of)),
        None => String::new(),
    };
    let is = |role| move |t: &&TableRead| t.role == role;
    let tables = |role| lineage.tables.iter().filter(is(role));
    From {
        wide: drawn(Width::Wide, "lineage-w", "across"),
        narrow: drawn(Width::Narrow, "lineage-n", "down"),
        tables: tables(Role::Facts).map(|t| table(words, t, pack)).collect(),
        sources: sources(words, lineage),
        files: Vec::new(),
        of_figure: false,
        ground: listed(tables(Role::Territory).map(|t| &t.table)),
        json: format!("{json}{as_of}"),
    }
}

#[derive(Template)]
#[template(path = "origin.html")]
struct OriginPage {
    page: Page,
    heading: String,
    indicator: String,
    where_and_when: String,
    /// The municipalities whose rows it counts, where these are more than one.
    went_up: String,
    proof: String,
    lineage: Option<From>,
}

/// The page of one figure.
pub fn render(
    lens: &Lens,
    visit: &Visit,
    address: &Address,
    found: &FigureLineage,
) -> Outcome<String> {
    let (words, language) = (lens.words, lens.language());
    let title = found.lineage.title.get(language).to_string();
    let json = format!("/api/lineage/{}", found.address);
    let mut lineage = section(lens, &found.lineage, json);
    lineage.of_figure = true;
    let sources = found.lineage.sources.iter();
    let files = sources.filter(|s| feeds(&found.lineage, s)).flat_map(|s| {
        s.deliveries.iter().rev().map(|d| File {
            href: format!("/{}/quality/{}", language.code(), d.delivery),
            name: d.name.clone(),
            source: s.source_id.clone(),
            batch: number::whole(d.batch, language),
            rows: number::whole(d.rows.unwrap_or(0), language),
            pulled: number::moment(d.pulled_at, zone(lens), language),
            until: super::quality::until(words, &s.source_id, d.complete_until_on),
        })
    });
    lineage.files = files.collect();
    let of_run = match &lens.as_of {
        Some(_) => format!("?run={}", found.run),
        None => String::new(),
    };
    let view = OriginPage {
        page: Page::new(
            visit,
            format!("{}: {title}", words.t("origin")),
            "indicators",
        )
        .over(lens, visit),
        heading: title,
        indicator: lens.indicator_of(address),
        where_and_when: lens.where_and_when(address),
        went_up: match found.ground.len() {
            1 => String::new(),
            _ => listed(
                found
                    .ground
                    .iter()
                    .filter(|code| **code != *address.region)
                    .map(|code| lens.snapshot.regions.name(code, address.period.last_day())),
            ),
        },
        proof: format!("/{}/figures/{}{of_run}", language.code(), found.address),
        lineage: Some(lineage),
    };
    Ok(view.render()?)
}

/// A file that gave rows of a figure's ground.
pub struct File {
    pub href: String,
    pub name: String,
    pub source: String,
    pub batch: String,
    pub rows: String,
    pub pulled: String,
    pub until: String,
}

fn table(words: Words, read: &TableRead, pack: &Pack) -> Table {
    let contract = pack.contracts.get(&read.table);
    let text = |t: &beleidsinfo_warehouse::Text| t.get(words.language).to_string();
    let column = |c: &ColumnRead| Column {
        name: c.column.clone(),
        meaning: contract
            .and_then(|contract| contract.columns.get(&c.column))
            .map_or_else(String::new, |c| text(&c.meaning)),
        into: listed(&c.into),
        filters: c.filters,
        only_filters: c.into.is_empty(),
    };
    Table {
        name: read.table.clone(),
        description: contract.map_or_else(String::new, |c| text(&c.description)),
        columns: read.columns.iter().map(column).collect(),
    }
}

/// Those that only fill the tables of the ground are left out, as in the picture.
fn shown(lineage: &IndicatorLineage) -> impl Iterator<Item = &TableRead> {
    lineage.tables.iter().filter(|t| t.role != Role::Territory)
}

fn feeds(lineage: &IndicatorLineage, source: &SourceRead) -> bool {
    shown(lineage).any(|t| source.tables.contains(&t.table))
}

fn sources(words: Words, lineage: &IndicatorLineage) -> Vec<Source> {
    let language = words.language;
    let sources = lineage.sources.iter().filter(|s| feeds(lineage, s));
    sources
        .filter_map(|s| {
            let last = s.deliveries.last()?;
            let until = s
                .deliveries
                .iter()
                .filter_map(|d| d.complete_until_on)
                .max();
            Some(Source {
                href: format!("/{}/sources/{}", language.code(), escape(&s.source_id)),
                name: s.source_id.clone(),
                tables: listed(&s.tables),
                files: number::whole(s.deliveries.len() as i64, language),
                last: last.name.clone(),
                last_href: format!("/{}/quality/{}", language.code(), last.delivery),
                until: super::quality::until(words, &s.source_id, until),
            })
        })
        .collect()
}

/// Sources, tables, views by how far they are from those, and the indicator.
fn picture(words: Words, lineage: &IndicatorLineage) -> Picture {
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    let tables: Vec<&TableRead> = shown(lineage).collect();
    for source in &lineage.sources {
        let feeds: Vec<usize> = (0..tables.len())
            .filter(|at| source.tables.contains(&tables[*at].table))
            .collect();
        let Some(last) = source.deliveries.last().filter(|_| !feeds.is_empty()) else {
            continue;
        };
        let lines = match last.rows {
            None => so_far(words, source.deliveries.len(), last),
            Some(_) => files(words, source),
        };
        edges.extend(feeds.into_iter().map(|at| (nodes.len(), at)));
        nodes.push(Node {
            layer: 0,
            title: source.source_id.clone(),
            lines,
            own: false,
        });
    }
    let first = nodes.len();
    for (_, table) in &mut edges {
        *table += first;
    }
    let mut at: Vec<(&str, usize)> = Vec::new();
    for table in &tables {
        at.push((&table.table, nodes.len()));
        nodes.push(Node {
            layer: 1,
            title: table.table.clone(),
            lines: match table.role {
                Role::Facts => table.columns.iter().map(|c| line(words, c)).collect(),
                _ => vec![Line {
                    text: words.t("lineage-denominator"),
                    note: String::new(),
                }],
            },
            own: false,
        });
    }
    // A view comes after all it reads; views never read each other in a circle.
    let mut waiting: Vec<_> = lineage.views.iter().collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|view| {
            let below = |name: &String| at.iter().find(|(n, _)| n == name).map(|(_, i)| *i);
            let Some(below) = view.reads.iter().map(below).collect::<Option<Vec<usize>>>() else {
                return true;
            };
            let layer = below.iter().map(|i| nodes[*i].layer + 1).max().unwrap_or(2);
            edges.extend(below.into_iter().map(|from| (from, nodes.len())));
            at.push((&view.view, nodes.len()));
            nodes.push(Node {
                layer,
                title: view.view.clone(),
                lines: vec![Line {
                    text: words.t("lineage-view"),
                    note: String::new(),
                }],
                own: false,
            });
            false
        });
        if waiting.len() == before {
            break;
        }
    }
    let last = nodes.iter().map(|n| n.layer).max().unwrap_or(0) + 1;
    let direct = at.iter().filter(|(name, _)| lineage.reads.contains(*name));
    edges.extend(direct.map(|(_, from)| (*from, nodes.len())));
    let beside = tables
        .iter()
        .zip(first..)
        .filter(|(t, _)| t.role == Role::Denominator);
    edges.extend(beside.map(|(_, from)| (from, nodes.len())));
    let made = lineage.facts.iter().filter(|f| !f.from.is_empty());
    nodes.push(Node {
        layer: last,
        title: lineage.title.get(words.language).to_string(),
        lines: made
            .map(|f| Line {
                text: f.column.clone(),
                note: words.named("fact", &f.column),
            })
            .map(|l| Line {
                note: if l.note == l.text {
                    String::new()
                } else {
                    l.note
                },
                ..l
            })
            .collect(),
        own: true,
    });
    nodes_in_order(nodes, edges)
}

/// How many files came, and up to when.
fn so_far(words: Words, files: usize, last: &DeliveryRead) -> Vec<Line> {
    let line = |text| Line {
        text,
        note: String::new(),
    };
    let files = number::whole(files as i64, words.language);
    let files = words.with("lineage-files", &[("count", &files)]);
    let until = last.complete_until_on.map(|on| {
        let date = number::short_date(on, words.language);
        words.with("lineage-until", &[("date", &date)])
    });
    [files].into_iter().chain(until).map(line).collect()
}

/// The files with their rows, the last first.
fn files(words: Words, source: &SourceRead) -> Vec<Line> {
    let whole = |n: i64| number::whole(n, words.language);
    let mut lines: Vec<Line> = source
        .deliveries
        .iter()
        .rev()
        .take(FILES)
        .map(|d| Line {
            text: d.name.clone(),
            note: whole(d.rows.unwrap_or(0)),
        })
        .collect();
    let more = source.deliveries.len().saturating_sub(FILES);
    if more > 0 {
        lines.push(Line {
            text: words.with("lineage-more-files", &[("count", &whole(more as i64))]),
            note: String::new(),
        });
    }
    lines
}

/// Layer by layer, as a narrow page lists them.
fn nodes_in_order(nodes: Vec<Node>, edges: Vec<(usize, usize)>) -> Picture {
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|i| nodes[*i].layer);
    let mut place = vec![0; nodes.len()];
    for (new, old) in order.iter().enumerate() {
        place[*old] = new;
    }
    let mut nodes: Vec<(usize, Node)> = nodes.into_iter().enumerate().collect();
    nodes.sort_by_key(|(old, _)| place[*old]);
    Picture {
        nodes: nodes.into_iter().map(|(_, node)| node).collect(),
        edges: edges
            .into_iter()
            .map(|(from, to)| (place[from], place[to]))
            .collect(),
    }
}

fn line(words: Words, column: &ColumnRead) -> Line {
    let into = match column.into.as_slice() {
        [] => None,
        // Handed on as it is.
        [one] if *one == column.column => Some("→".to_string()),
        some => Some(format!("→ {}", some.join(", "))),
    };
    let filters = column.filters.then(|| words.t("lineage-filters"));
    Line {
        text: column.column.clone(),
        note: [filters, into]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · "),
    }
}

/// The picture in words.
fn described(words: Words, lineage: &IndicatorLineage) -> String {
    let table = |t: &TableRead| {
        let columns: Vec<&str> = t.columns.iter().map(|c| c.column.as_str()).collect();
        match columns.is_empty() {
            true => t.table.clone(),
            false => format!("{} ({})", t.table, columns.join(", ")),
        }
    };
    let tables = listed(shown(lineage).map(table));
    let sources = listed(sources(words, lineage).into_iter().map(|s| s.name));
    let title = lineage.title.get(words.language);
    words.with(
        "lineage-text",
        &[("title", title), ("tables", &tables), ("sources", &sources)],
    )
}
