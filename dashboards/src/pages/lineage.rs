//! lineage: from an indicator to the columns, tables and sources it comes from, and from a file to the figures that rest on it.

use beleidsinfo_warehouse::lineage::{
    ColumnRead, FileLineage, IndicatorLineage, Lineage, Role, TableRead,
};
use beleidsinfo_warehouse::pack::Pack;
use beleidsinfo_warehouse::quality::StoredDelivery;

use crate::asked::escape;
use crate::charts::canvas::Finish;
use crate::charts::lineage::{Line, Node, Picture, draw};
use crate::charts::trend::Width;
use crate::lens::Lens;
use crate::number;
use crate::words::Words;

/// The section of an indicator's page.
pub struct From {
    pub wide: String,
    pub narrow: String,
    pub tables: Vec<Table>,
    pub sources: Vec<Source>,
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

/// The section of a file's page.
pub struct Rests {
    pub computed: bool,
    /// Where to have the figures counted; empty when they are.
    pub count: String,
    /// Rows that stand as the file gave them, by table.
    pub rows: Vec<(String, String)>,
    pub indicators: Vec<Resting>,
    pub json: String,
}

pub struct Resting {
    pub href: String,
    pub title: String,
    pub tables: String,
    pub figures: String,
    /// How many municipalities, in words.
    pub places: String,
    pub municipalities: Vec<Place>,
}

pub struct Place {
    /// The proof of the latest figure.
    pub href: String,
    pub name: String,
    pub figures: String,
}

fn listed<T: ToString>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| n.to_string()).collect();
    names.join(", ")
}

/// `None` for a definition that the run did not know.
pub fn from(lens: &Lens, id: &str) -> Option<From> {
    let pack = &lens.snapshot.pack;
    let lineage = lens.snapshot.lineage.indicator(pack, id)?;
    let words = lens.words;
    let (picture, text) = (picture(words, &lineage), described(words, &lineage));
    let title = words.t("lineage");
    let drawn = |width, id, class| draw(&picture, &title, &text, width, Finish::Page { id, class });
    let as_of = match &lens.as_of {
        Some(as_of) => format!("?as_of={}", escape(as_of)),
        None => String::new(),
    };
    let is = |role| move |t: &&TableRead| t.role == role;
    Some(From {
        wide: drawn(Width::Wide, "lineage-w", "across"),
        narrow: drawn(Width::Narrow, "lineage-n", "down"),
        tables: lineage
            .tables
            .iter()
            .filter(is(Role::Facts))
            .map(|t| table(words, t, pack))
            .collect(),
        sources: sources(words, &lineage),
        ground: listed(
            lineage
                .tables
                .iter()
                .filter(is(Role::Territory))
                .map(|t| &t.table),
        ),
        json: format!("/api/indicators/{id}/lineage{as_of}"),
    })
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

fn sources(words: Words, lineage: &IndicatorLineage) -> Vec<Source> {
    let language = words.language;
    let feeds = |table: &String| shown(lineage).any(|t| t.table == *table);
    let sources = lineage
        .sources
        .iter()
        .filter(|s| s.tables.iter().any(feeds));
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
        let files = number::whole(source.deliveries.len() as i64, words.language);
        let mut lines = vec![Line {
            text: words.with("lineage-files", &[("count", &files)]),
            note: String::new(),
        }];
        if let Some(on) = last.complete_until_on {
            lines.push(Line {
                text: words.with(
                    "lineage-until",
                    &[("date", &number::short_date(on, words.language))],
                ),
                note: String::new(),
            });
        }
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

/// `counted` is `None` while the figures were not counted; then the definitions say which indicators read the file.
pub fn rests(
    words: Words,
    delivery: &StoredDelivery,
    counted: Option<&FileLineage>,
    known: Option<(&Lineage, &Pack)>,
) -> Rests {
    let language = words.language;
    let whole = |n: i64| number::whole(n, language);
    let href = |id: &str| format!("/{}/indicators/{id}", language.code());
    let path = format!("/{}/quality/{}", language.code(), delivery.delivery);
    let json = format!("/api/deliveries/{}/lineage", delivery.delivery);
    let Some(counted) = counted else {
        let readers = known.map(|(lineage, pack)| lineage.readers(pack, &delivery.tables));
        return Rests {
            computed: true,
            count: format!("{path}?figures=count#figures"),
            rows: Vec::new(),
            indicators: readers
                .into_iter()
                .flatten()
                .map(|(indicator, tables)| Resting {
                    href: href(&indicator.id),
                    title: indicator.title.get(language).to_string(),
                    tables: listed(tables),
                    figures: String::new(),
                    places: String::new(),
                    municipalities: Vec::new(),
                })
                .collect(),
            json,
        };
    };
    Rests {
        computed: counted.computed,
        count: String::new(),
        rows: counted
            .tables
            .iter()
            .map(|t| (t.table.clone(), whole(t.rows)))
            .collect(),
        indicators: counted
            .indicators
            .iter()
            .map(|i| Resting {
                href: href(&i.indicator),
                title: i.title.get(language).to_string(),
                tables: listed(&i.tables),
                figures: whole(i.figures),
                places: match i.municipalities.len() {
                    0 => String::new(),
                    1 => words.t("in-one-municipality"),
                    n => words.with("in-municipalities", &[("count", &whole(n as i64))]),
                },
                municipalities: i
                    .municipalities
                    .iter()
                    .map(|m| Place {
                        href: format!("/{}/figures/{}", language.code(), m.latest),
                        name: m.name.clone(),
                        figures: whole(m.figures),
                    })
                    .collect(),
            })
            .collect(),
        json,
    }
}
