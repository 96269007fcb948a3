//! lineage: from an indicator or figure to the columns and files it comes from, and from a file, column or source to the figures it touches.

use std::collections::BTreeSet;
use std::sync::Arc;

use beleidsinfo_warehouse::figure::Address;
use beleidsinfo_warehouse::gateway::{Count, Gateway, Snapshot};
use beleidsinfo_warehouse::index::AsOf;
use beleidsinfo_warehouse::lineage::{
    FigureLineage, FileLineage, IndicatorLineage, ReadBy, Reader, Role,
};
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::{Error, Language, Result};
use serde::Serialize;

use crate::cli::{LineageArgs, LineageVerb};
use crate::context::At;
use crate::rejections::one_delivery;
use crate::report::{Outcome, Problems};

pub async fn run(at: &At, args: LineageArgs) -> Result<Outcome, Problems> {
    let gateway = at.gateway().await?;
    let me = Principal::local();
    let say = Say(args.language);
    match args.what {
        LineageVerb::Indicator { id } => {
            let snapshot = snapshot(&gateway, &me).await?;
            let found = snapshot.lineage.indicator(&snapshot.pack, &id);
            let found = found.ok_or_else(|| {
                let names = snapshot.pack.indicators.keys();
                Error::not_found(format!("there is no indicator `{id}`"))
                    .hint(format!("the indicators are: {}", listed(names)))
            })?;
            tell(&found, args.json, |found| say.indicator(found))
        }
        LineageVerb::Figure { figure, as_of } => {
            let address = Address::parse(&figure)?;
            let as_of = as_of.as_deref().map_or(Ok(AsOf::Now), AsOf::parse)?;
            let found = gateway.figure_lineage(&me, &address, as_of).await?;
            tell(&found, args.json, |found| say.figure(found))
        }
        LineageVerb::File { file } => {
            let deliveries = gateway.deliveries(&me).await?;
            let delivery = one_delivery(&deliveries, None, &file)?;
            let delivery = deliveries
                .iter()
                .find(|d| d.delivery == delivery)
                .ok_or_else(|| Error::not_found(format!("there is no delivery `{file}`")))?;
            let found = gateway.file_lineage(&me, delivery, Count::Now).await?;
            let found = found.ok_or_else(|| {
                Error::not_found(format!("the figures of `{file}` were not counted"))
            })?;
            tell(&found, args.json, |found| say.file(found))
        }
        LineageVerb::Table { name } => {
            let snapshot = snapshot(&gateway, &me).await?;
            let found = snapshot.lineage.table(&snapshot.pack, &name)?;
            tell(&found, args.json, |found| say.read_by(found))
        }
        LineageVerb::Source { id } => {
            let snapshot = snapshot(&gateway, &me).await?;
            let found = snapshot.lineage.source(&snapshot.pack, &id)?;
            tell(&found, args.json, |found| say.read_by(found))
        }
    }
}

async fn snapshot(gateway: &Gateway, me: &Principal) -> Result<Arc<Snapshot>> {
    let found = gateway.figures(me, AsOf::Now).await?;
    let (snapshot, _) = found.ok_or_else(|| {
        Error::not_found("nothing was computed yet").hint("run `beleidsinfo compute` first")
    })?;
    Ok(snapshot)
}

fn tell<T: Serialize>(found: &T, json: bool, show: impl Fn(&T)) -> Result<Outcome, Problems> {
    if json {
        let text = serde_json::to_string_pretty(found)
            .map_err(|e| Error::storage("cannot write the lineage").because(e))?;
        println!("{text}");
    } else {
        show(found);
    }
    Ok(Outcome::Done)
}

fn listed<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    names.join(", ")
}

/// Writes in one language.
#[derive(Clone, Copy)]
struct Say(Language);

impl Say {
    fn t(self, nl: &'static str, en: &'static str) -> &'static str {
        match self.0 {
            Language::Nl => nl,
            Language::En => en,
        }
    }

    fn indicator(self, found: &IndicatorLineage) {
        let title = found.title.get(self.0);
        println!("{} {}: {title}", found.indicator, found.version);
        self.behind(found);
    }

    fn figure(self, found: &FigureLineage) {
        let title = found.lineage.title.get(self.0);
        println!("{title} — {}", found.address);
        let run = self.t("berekening", "run");
        println!("{run} {}, batch {}", found.run, found.batch);
        let rows = self.t("rijen van", "rows of");
        println!("{rows} {}", listed(&found.ground));
        self.behind(&found.lineage);
    }

    fn behind(self, found: &IndicatorLineage) {
        println!("\n{} {}", self.t("leest", "reads"), listed(&found.reads));
        for view in &found.views {
            let over = self.t("is een view op", "is a view over");
            println!("      {} {over} {}", view.view, listed(&view.reads));
        }
        for table in &found.tables {
            match table.role {
                Role::Facts => {
                    println!("\n{}", table.table);
                    for column in &table.columns {
                        let used = self.used(&column.into, column.filters);
                        println!("    {:<20} {used}", column.column);
                    }
                }
                role => println!("\n{}  {}", table.table, self.role(role)),
            }
        }
        println!();
        for source in &found.sources {
            let (source_word, fills) = (self.t("bron", "source"), self.t("vult", "fills"));
            let tables = listed(&source.tables);
            println!("{source_word} {} {fills} {tables}", source.source_id);
            for d in &source.deliveries {
                let short: String = d.delivery.chars().take(12).collect();
                let rows = d.rows.unwrap_or(d.accepted);
                println!(
                    "    batch {:>3}  {short}  {}  {rows} {}",
                    d.batch,
                    d.name,
                    self.t("rijen", "rows")
                );
            }
        }
        if found.sources.is_empty() {
            let none = self.t(
                "geen enkele bron gaf rijen voor deze tabellen",
                "no source gave rows for these tables",
            );
            println!("{none}");
        }
    }

    fn used<'a>(self, into: impl IntoIterator<Item = &'a String>, filters: bool) -> String {
        let into = listed(into);
        let goes = self.t("naar", "into");
        match (into.is_empty(), filters) {
            (true, true) => self
                .t("enkel om te filteren", "only used to filter")
                .to_string(),
            (true, false) => String::new(),
            (false, true) => {
                format!("{goes} {into}; {}", self.t("filtert ook", "used to filter"))
            }
            (false, false) => format!("{goes} {into}"),
        }
    }

    fn role(self, role: Role) -> &'static str {
        match role {
            Role::Facts => self.t("voor de feiten", "for its facts"),
            Role::Denominator => self.t("om door te delen", "to divide by"),
            Role::Territory => self.t(
                "om feiten op een grondgebied te plaatsen",
                "to place facts on a territory",
            ),
        }
    }

    fn read_by(self, found: &ReadBy) {
        println!("{}", found.what);
        for (word, names) in [
            (self.t("gevuld door", "filled by"), &found.sources),
            (self.t("langs", "through"), &found.views),
        ] {
            if !names.is_empty() && *names != BTreeSet::from([found.what.clone()]) {
                println!("{word} {}", listed(names));
            }
        }
        println!();
        for reader in &found.indicators {
            println!("    {:<26} {}", reader.indicator, self.why(reader));
        }
        let read = match found.indicators.len() {
            0 => self.t("geen enkele indicator leest dit", "no indicator reads it"),
            1 => self.t("1 indicator leest dit", "1 indicator reads it"),
            n => {
                let read = self.t("indicatoren lezen dit", "indicators read it");
                return println!("{n} {read}");
            }
        };
        println!("{read}");
    }

    fn why(self, reader: &Reader) -> String {
        if reader.roles.contains(&Role::Facts) {
            return self.used(&reader.into, reader.filters);
        }
        let roles: Vec<&str> = reader.roles.iter().map(|r| self.role(*r)).collect();
        roles.join(", ")
    }

    fn file(self, found: &FileLineage) {
        println!("{} ({})", found.name, found.source_id);
        println!("sha256 {}, batch {}", found.delivery, found.batch);
        let Some(run) = found.run.filter(|_| found.computed) else {
            let none = self.t(
                "nog door geen berekening gelezen, of tegengehouden: er rust geen cijfer op",
                "no run read it yet, or it is held: no figure rests on it",
            );
            return println!("{none}");
        };
        let stand = self.t(
            "rijen die staan zoals dit bestand ze gaf",
            "rows that stand as this file gave them",
        );
        println!("\n{stand}");
        for table in &found.tables {
            println!("    {:<16} {}", table.table, table.rows);
        }
        match self.0 {
            Language::Nl => {
                println!("\ncijfers van berekening {run} die anders zouden zijn zonder die rijen")
            }
            Language::En => println!("\nfigures of run {run} that would be otherwise without them"),
        }
        let from = self.t("uit", "from");
        for i in &found.indicators {
            let tables = listed(&i.tables);
            println!("    {:<26} {:>7}  {from} {tables}", i.indicator, i.figures);
            for m in &i.municipalities {
                println!("        {} {:<28} {:>7}", m.code, m.name, m.figures);
            }
        }
        if found.indicators.is_empty() {
            let none = self.t(
                "geen: geen enkele indicator leest deze tabellen",
                "none: no indicator reads these tables",
            );
            println!("    {none}");
        }
    }
}
