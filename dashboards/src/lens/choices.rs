//! choices: what the choosers of a page offer, with what is chosen now.

use beleidsinfo_warehouse::period::{Period, PeriodKind};
use beleidsinfo_warehouse::region::Territory;

use super::Lens;
use crate::compare::{Against, NONE};

/// An entry of a chooser.
#[derive(Debug, Clone)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// Words within a line, now at its beginning.
fn upper(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// The chooser of comparisons: several may be ticked, and one municipality named.
#[derive(Debug, Clone)]
pub struct Chooser {
    pub boxes: Vec<Choice>,
    pub places: Vec<Choice>,
    pub summary: String,
}

impl Lens<'_> {
    /// By name, provinces and the like last.
    pub fn region_codes(&self) -> Vec<String> {
        let mut codes: Vec<String> = self
            .ground
            .regions(self.territory)
            .map(String::from)
            .collect();
        let book = &self.snapshot.regions;
        codes.sort_by_key(|c| {
            let parent = book.below(self.territory, c).is_some();
            (parent, self.name(c, self.cutoff()))
        });
        codes
    }

    pub fn region_choices(&self) -> Vec<Choice> {
        self.region_codes()
            .into_iter()
            .map(|code| Choice {
                label: self.name(&code, self.cutoff()),
                chosen: self.region.as_deref() == Some(&code),
                value: code,
            })
            .collect()
    }

    /// What figures can be held against; rolling years only where something here is counted by them.
    pub fn compare_chooser(&self, rolling: bool) -> Chooser {
        let (book, groups) = (&self.snapshot.regions, &self.snapshot.groups);
        let region = self.region.as_deref().unwrap_or_default();
        let mut offered = vec![Against::Target, Against::Previous, Against::Year];
        offered.extend(rolling.then_some(Against::Rolling));
        offered.push(Against::Others);
        let families = groups.families(region).into_iter();
        offered.extend(families.map(|name| Against::Group(name.into())));
        if let Territory::Vintage(on) = self.territory {
            let above = book.above(self.territory, region);
            let has = |level: &&str| {
                let is = |code: &&str| book.on(code, on).is_some_and(|r| r.level == **level);
                above.iter().any(is)
            };
            let levels = ["province", "region"].into_iter().filter(has);
            offered.extend(levels.map(Against::Above));
        }
        // What the address asks for and is not offered here can still be left out.
        let asked = self.compares.iter();
        let asked = asked.filter(|a| !matches!(a, Against::Place(_)) && !offered.contains(a));
        let asked: Vec<Against> = asked.cloned().collect();
        offered.extend(asked);
        let label = |against: &Against| match against {
            Against::Group(_) => upper(&self.group_name(against, region)),
            Against::Place(code) => self.place_name(code, None),
            other => self.words.named("compare", &other.code()),
        };
        let boxes: Vec<Choice> = offered
            .iter()
            .map(|against| Choice {
                value: against.code(),
                label: label(against),
                chosen: self.compares.contains(against),
            })
            .collect();
        let nobody = Choice {
            value: NONE.into(),
            label: self.words.t("compare-no-place"),
            chosen: false,
        };
        let here = self.region_codes();
        let elsewhere = self.snapshot.elsewhere.regions(self.territory);
        let elsewhere = elsewhere.filter(|c| !here.iter().any(|h| h == c));
        let mut elsewhere: Vec<String> = elsewhere.map(String::from).collect();
        elsewhere.sort_by_key(|c| self.name(c, self.cutoff()));
        let places = here
            .into_iter()
            .chain(elsewhere)
            .filter(|c| Some(c) != self.region.as_ref())
            .map(|code| Choice {
                label: self.place_name(&code, None),
                chosen: self.compares.contains(&Against::Place(code.clone())),
                value: code,
            });
        let summary: Vec<String> = self.compares.iter().map(label).collect();
        Chooser {
            boxes,
            places: std::iter::once(nobody).chain(places).collect(),
            summary: match summary.is_empty() {
                true => self.words.t("compare-nothing"),
                false => summary.join(", "),
            },
        }
    }

    pub fn territory_choices(&self) -> Vec<Choice> {
        self.ground
            .territories
            .iter()
            .map(|t| Choice {
                value: t.code(),
                label: self.territory_label(*t),
                chosen: *t == self.territory,
            })
            .collect()
    }

    /// Newest first.
    pub fn period_choices(&self, kind: PeriodKind, chosen: Period, most: usize) -> Vec<Choice> {
        let Some((first, last)) = self.ground.span(kind) else {
            return Vec::new();
        };
        let mut choices = Vec::new();
        let mut period = last;
        while period >= first && choices.len() < most {
            choices.push(Choice {
                value: period.code(),
                label: period.label(self.language()),
                chosen: period == chosen,
            });
            period = period.previous();
        }
        if !choices.iter().any(|c| c.chosen) {
            choices.push(Choice {
                value: chosen.code(),
                label: chosen.label(self.language()),
                chosen: true,
            });
        }
        choices
    }
}
