//! page: what every page carries: language, menu, cutoff, and the banners that must not be missed.

use beleidsinfo_warehouse::Language;

use crate::lens::Lens;
use crate::number;
use crate::statics;
use crate::words::Words;

/// How somebody came here.
#[derive(Debug, Clone)]
pub struct Visit {
    pub words: Words,
    /// Path and query after the language: `/boards/vergunningen?region=12041`.
    pub rest: String,
    /// Only what is published is served.
    pub public_only: bool,
    /// What was served before said its cases are invented; so do pages that read no figures.
    pub synthetic: bool,
}

/// A past point of view, said in a banner.
#[derive(Debug, Clone)]
pub struct Back {
    pub text: String,
    pub now: String,
}

#[derive(Debug, Clone)]
pub struct Page {
    pub words: Words,
    pub title: String,
    /// The entry of the menu.
    pub at: &'static str,
    pub other: String,
    pub public_only: bool,
    pub synthetic: bool,
    pub organisation: String,
    pub cutoff: String,
    pub back: Option<Back>,
    /// That the ground is only planned, and from which day; empty where it is not.
    pub planned: String,
    pub style: &'static str,
    pub script: &'static str,
    pub font: &'static str,
}

impl Page {
    pub fn new(visit: &Visit, title: impl Into<String>, at: &'static str) -> Self {
        let statics = statics::addresses();
        Self {
            words: visit.words,
            title: title.into(),
            at,
            other: format!("/{}{}", visit.words.language.other().code(), visit.rest),
            public_only: visit.public_only,
            synthetic: visit.synthetic,
            organisation: String::new(),
            cutoff: String::new(),
            back: None,
            planned: String::new(),
            style: &statics.style,
            script: &statics.script,
            font: &statics.font,
        }
    }

    /// With what a snapshot says: whose data, up to when, and from which point of view.
    pub fn over(mut self, lens: &Lens, visit: &Visit) -> Self {
        let organisation = &lens.snapshot.settings.organisation;
        self.synthetic = organisation.synthetic;
        self.organisation = organisation.name.clone();
        self.cutoff = self.cutoff_words(lens.cutoff());
        self.planned = lens.planned().unwrap_or_default();
        self.back = lens.as_of.as_ref().map(|_| {
            let (run, language) = (lens.run, lens.language());
            let batch = number::whole(run.batch, language);
            let at = number::moment(run.finished_at, zone(lens), language);
            Back {
                text: lens
                    .words
                    .with("as-of-banner", &[("batch", &batch), ("at", &at)]),
                now: without_as_of(&format!("/{}{}", self.lang(), visit.rest)),
            }
        });
        self
    }

    pub fn cutoff_words(&self, on: chrono::NaiveDate) -> String {
        self.words.with(
            "cutoff",
            &[("date", &number::date(on, self.words.language))],
        )
    }

    pub fn t(&self, key: &str) -> String {
        self.words.t(key)
    }
    pub fn icon(&self, name: &str) -> String {
        crate::icon::icon(name)
    }
    pub fn program(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
    pub fn lang(&self) -> &'static str {
        self.words.language.code()
    }
    pub fn other_lang(&self) -> &'static str {
        self.words.language.other().code()
    }
    pub fn other_name(&self) -> &'static str {
        match self.words.language.other() {
            Language::Nl => "Nederlands",
            Language::En => "English",
        }
    }
    /// For `aria-current`.
    pub fn is(&self, at: &str) -> bool {
        self.at == at
    }
}

pub fn zone(lens: &Lens) -> chrono_tz::Tz {
    lens.snapshot
        .settings
        .timezone
        .parse()
        .unwrap_or(chrono_tz::Europe::Brussels)
}

pub fn without_as_of(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let kept: Vec<&str> = query
        .split('&')
        .filter(|p| !p.is_empty() && !p.starts_with("as_of=") && !p.starts_with("run="))
        .collect();
    if kept.is_empty() {
        path.to_string()
    } else {
        format!("{path}?{}", kept.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::without_as_of;

    #[test]
    fn back_to_now_keeps_the_rest() {
        assert_eq!(
            without_as_of("/nl/x?region=1&as_of=3&kind=year"),
            "/nl/x?region=1&kind=year"
        );
        assert_eq!(without_as_of("/nl/x?as_of=3&run=2"), "/nl/x");
    }
}
