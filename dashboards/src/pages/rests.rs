//! rests: from a file to the figures that rest on it.

use beleidsinfo_warehouse::lineage::{FileLineage, Lineage};
use beleidsinfo_warehouse::pack::Pack;
use beleidsinfo_warehouse::quality::StoredDelivery;

use super::lineage::listed;
use crate::number;
use crate::words::Words;

/// The section of a file's page.
pub struct Rests {
    pub computed: bool,
    /// Where to have the figures counted; empty when they are.
    pub count: String,
    /// Rows that stand as the file gave them, by table.
    pub rows: Vec<(String, String)>,
    pub indicators: Vec<Resting>,
    /// Address and title of those that read it, and of which no figure would be otherwise.
    pub unmoved: Vec<(String, String)>,
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
    /// Two municipalities may have had the same name.
    pub code: String,
    pub figures: String,
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
            unmoved: Vec::new(),
            json,
        };
    };
    let (moved, unmoved): (Vec<_>, Vec<_>) = counted.indicators.iter().partition(|i| i.figures > 0);
    Rests {
        computed: counted.computed,
        count: String::new(),
        rows: counted
            .tables
            .iter()
            .map(|t| (t.table.clone(), whole(t.rows)))
            .collect(),
        indicators: moved
            .into_iter()
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
                        code: m.code.clone(),
                        figures: whole(m.figures),
                    })
                    .collect(),
            })
            .collect(),
        unmoved: unmoved
            .into_iter()
            .map(|i| (href(&i.indicator), i.title.get(language).to_string()))
            .collect(),
        json,
    }
}
