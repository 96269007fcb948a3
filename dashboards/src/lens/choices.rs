//! choices: what the choosers of a page offer, with what is chosen now.

use beleidsinfo_warehouse::period::{Period, PeriodKind};

use super::Lens;

/// An entry of a chooser.
#[derive(Debug, Clone)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
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

    pub fn compare_choices(&self) -> Vec<Choice> {
        let others = Choice {
            value: String::new(),
            label: self.words.t("compare-others"),
            chosen: self.compare.is_none(),
        };
        let regions = self
            .region_codes()
            .into_iter()
            .filter(|c| Some(c) != self.region.as_ref());
        std::iter::once(others)
            .chain(regions.map(|code| Choice {
                label: self.name(&code, self.cutoff()),
                chosen: self.compare.as_ref() == Some(&code),
                value: code,
            }))
            .collect()
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
