//! proof: where a figure comes from, in the terminal; and whether it is right.

use std::path::Path;

use beleidsinfo_warehouse::Error;
use beleidsinfo_warehouse::explain::{Cause, Explanation};
use beleidsinfo_warehouse::figure::{Address, Figure};
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::index::AsOf;
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::proof::{Proof, ProofReplay};
use beleidsinfo_warehouse::verify::verify_document;

use crate::cli::{ProofArgs, ProofVerb};
use crate::context::At;
use crate::report::{Outcome, Problems};

pub async fn run(at: &At, args: ProofArgs) -> Result<Outcome, Problems> {
    match args.what {
        ProofVerb::Show {
            figure,
            as_of,
            json,
        } => {
            let gateway = at.gateway().await?;
            let (address, run) = find(&gateway, &figure, as_of.as_deref()).await?;
            let proof = gateway.proof(&Principal::local(), &address, run).await?;
            if json {
                let text = serde_json::to_string_pretty(&proof)
                    .map_err(|e| Error::storage("cannot write the proof").because(e))?;
                println!("{text}");
            } else {
                show(&proof);
            }
            Ok(Outcome::Done)
        }
        ProofVerb::Explain {
            figure,
            from,
            to,
            json,
        } => {
            let gateway = at.gateway().await?;
            let (address, to) = find(&gateway, &figure, to.as_deref()).await?;
            let from = match from {
                Some(from) => find(&gateway, &figure, Some(&from)).await?.1,
                None => before(&gateway, &address, to).await?,
            };
            let explained = gateway
                .explain(&Principal::local(), &address, from, to)
                .await?;
            if json {
                let text = serde_json::to_string_pretty(&explained)
                    .map_err(|e| Error::storage("cannot write the explanation").because(e))?;
                println!("{text}");
            } else {
                tell(&explained);
            }
            Ok(Outcome::Done)
        }
        ProofVerb::Verify { figure, .. }
            if figure.ends_with(".json") || Path::new(&figure).is_file() =>
        {
            verify_file(&figure)
        }
        ProofVerb::Verify { figure, as_of } => {
            let gateway = at.gateway().await?;
            let (address, run) = find(&gateway, &figure, as_of.as_deref()).await?;
            verify(&gateway, &address, run).await
        }
    }
}

async fn find(
    gateway: &Gateway,
    figure: &str,
    as_of: Option<&str>,
) -> Result<(Address, i64), Problems> {
    let address = Address::parse(figure)?;
    let as_of = as_of.map_or(Ok(AsOf::Now), AsOf::parse)?;
    let (_, run) = gateway
        .figures(&Principal::local(), as_of)
        .await?
        .ok_or_else(|| {
            Error::not_found("nothing was computed by then")
                .hint("run `beleidsinfo compute` first, or choose a later --as-of")
        })?;
    Ok((address, run))
}

/// The run that gave the value before the one that stands at `to`.
async fn before(gateway: &Gateway, address: &Address, to: i64) -> Result<i64, Problems> {
    let unchanged = || {
        Error::not_found(format!("{} has never changed", address.code()))
            .hint("name the runs by --from and --to")
    };
    let now = gateway.figures(&Principal::local(), AsOf::Now).await?;
    let (snapshot, _) = now.ok_or_else(unchanged)?;
    let history = snapshot.figures.history(address);
    let stood = history.iter().filter(|f| f.run_from <= to);
    Ok(stood.rev().nth(1).ok_or_else(unchanged)?.run_from)
}

fn tell(e: &Explanation) {
    let value = |value: Option<f64>| value.map_or("-".to_string(), |v| format!("{v:.3}"));
    println!("{}", e.address);
    for (name, side) in [("vroeger", &e.before), ("later", &e.after)] {
        println!(
            "{name:<10} {} ({} {}), berekening {}, batch {}, cijfers tot en met {}",
            value(side.value),
            side.n,
            dutch(&side.state),
            side.run,
            side.batch,
            side.cutoff_on
        );
    }
    println!(
        "\n{:<24} {:>8} {:>8} {:>12} {:>12}",
        "oorzaak", "erbij", "eraf", "verschil", "daarna"
    );
    for part in &e.parts {
        let change = part.before.zip(part.after).map(|(from, to)| to - from);
        println!(
            "{:<24} {:>8} {:>8} {:>12} {:>12}",
            match part.cause {
                Cause::Definition => "andere definitie",
                Cause::Territory => "ander grondgebied",
                Cause::Corrected => "verbeterd in de bron",
                Cause::Late => "laat binnengekomen",
                Cause::New => "nieuw",
            },
            part.added,
            part.removed,
            value(change),
            value(part.after)
        );
    }
    println!(
        "{}",
        match e.exact {
            true => "De stappen beginnen en eindigen bij de cijfers zoals ze bewaard zijn.",
            false =>
                "De stappen komen niet uit bij de bewaarde cijfers: de gegevens van toen zijn er niet meer volledig.",
        }
    );
}

fn verify_file(path: &str) -> Result<Outcome, Problems> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Error::input(format!("cannot read {path}")).because(e))?;
    match verify_document(&text) {
        Ok(right) => {
            for what in &right {
                println!("✓ {what}");
            }
            println!("The proof is right in itself: {} checks.", right.len());
            Ok(Outcome::Done)
        }
        Err(wrong) => {
            for error in &wrong {
                println!("✗ {error}");
            }
            Ok(Outcome::NotRight)
        }
    }
}

async fn verify(gateway: &Gateway, address: &Address, run: i64) -> Result<Outcome, Problems> {
    let (stored, again) = gateway.recompute(&Principal::local(), address, run).await?;
    println!("{}", address.code());
    println!("stored     {}", line(&stored));
    let Some(again) = again else {
        println!(
            "recomputed is not there: the data or definition of run {run} no longer gives this figure"
        );
        return Ok(Outcome::NotRight);
    };
    println!("recomputed {}", line(&again));
    let numbers = |f: &Figure| {
        (
            f.n,
            f.numerator,
            f.denominator,
            f.value.map(f64::to_bits),
            f.state,
        )
    };
    if numbers(&stored) == numbers(&again) {
        println!("equal: computed again from the deliveries and definitions of run {run}");
        Ok(Outcome::Done)
    } else {
        println!("not equal");
        Ok(Outcome::NotRight)
    }
}

fn line(f: &Figure) -> String {
    let exact = |x: Option<i128>| x.map_or("-".to_string(), |x| format!("{}", x as f64 / 1e6));
    format!(
        "{} value {} n {} numerator {} denominator {}",
        f.state.name(),
        f.value.map_or("-".into(), |v| v.to_string()),
        f.n,
        exact(f.numerator),
        exact(f.denominator)
    )
}

fn show(p: &Proof) {
    println!("{} — {}", p.definition.title.nl, p.address);
    if p.synthetic {
        println!("(demodata: de gegevens zijn verzonnen)");
    }
    println!("\nin woorden   {}", p.words.nl);
    println!("definitie    {}", p.definition.definition.nl);
    if let Some(method) = &p.definition.method {
        println!("telling      {}", method.nl);
    }
    println!(
        "             {} {}, nagekeken {}, eigenaar {}",
        p.figure.indicator_id,
        p.figure.version,
        p.definition
            .reviewed_on
            .map_or("nog niet".into(), |on| on.to_string()),
        p.definition.owner
    );
    println!(
        "toestand     {} · {} · cijfers tot en met {}",
        dutch(&p.figure.state),
        dutch(&p.figure.status),
        p.figure.cutoff_on
    );
    println!("\nvraag");
    p.definition
        .sql_as_run
        .lines()
        .for_each(|l| println!("    {l}"));
    for view in &p.definition.views {
        println!("  met {}", view.name);
        view.sql.lines().for_each(|l| println!("    {l}"));
    }
    println!("\nbronnen");
    for s in &p.sources {
        println!(
            "    batch {:>3}  {}  {}  {} gelezen, {} aanvaard, {} geweigerd, {} met waarschuwing",
            s.batch,
            &s.delivery[..12.min(s.delivery.len())],
            s.name,
            s.rows_read,
            s.accepted,
            s.rejected,
            s.warned
        );
        if let Some(on) = s.expired_on {
            println!(
                "               de bytes van dit bestand zijn weggehaald op {on}: hun bewaartermijn was om"
            );
        }
        if let Some(reason) = &s.let_through {
            println!("               boven de grens van de bron, bewust doorgelaten: {reason}");
        }
    }
    for f in &p.findings {
        println!(
            "    {} × {} {} in {}",
            f.rows,
            dutch(&f.severity),
            f.rule,
            &f.delivery[..12.min(f.delivery.len())]
        );
    }
    for r in &p.replays {
        println!("    {}", replay_line(r));
    }
    println!("\ncontroles");
    for c in &p.checks {
        println!("    {} {}", if c.passed { "✓" } else { "✗" }, c.finding.nl);
    }
    for b in &p.breaks {
        println!(
            "    ! {}: {} ({}) → {}: het grondgebied veranderde",
            b.on, b.from_name, b.from, b.to
        );
    }
    println!(
        "\nberekend     run {}, batch {}, {} ({}), definities {}",
        p.run.run_id,
        p.run.batch,
        p.run.finished_at.format("%Y-%m-%d %H:%M UTC"),
        p.run.program,
        &p.run.definitions_hash[..12.min(p.run.definitions_hash.len())]
    );
    for e in &p.earlier {
        println!(
            "vroeger      {} ({} feiten) bij run {}: {}",
            e.value.map_or("-".into(), |v| v.to_string()),
            e.n,
            e.run,
            e.why_changed.nl
        );
    }
    println!(
        "feiten       {} rijen, sha256 {}",
        p.facts.rows,
        &p.facts.digest[..16.min(p.facts.digest.len())]
    );
    for row in p.facts.sample.iter().take(5) {
        println!("    {}", row.join(" | "));
    }
    println!("bewijs       sha256 {}", p.hash);
}

fn replay_line(r: &ProofReplay) -> String {
    let short = |hash: &str| hash.chars().take(8).collect::<String>();
    let unplaced = match r.unplaced {
        0 => String::new(),
        n => format!(" (en {n} waarvan de gemeente toen niet leesbaar was)"),
    };
    let change = if r.mapping_before == r.mapping_after {
        "bewust doorgelaten".to_string()
    } else {
        format!(
            "koppeling {} → {}",
            short(&r.mapping_before),
            short(&r.mapping_after)
        )
    };
    format!(
        "{} afgekeurde records van {} ({}){unplaced}, geweigerd in batch {}, alsnog aanvaard in batch {}: {change}",
        r.records,
        r.name,
        short(&r.delivery),
        r.rejected_in,
        r.accepted_in
    )
}

/// The words of states in the language of the rest of this page.
fn dutch(word: &str) -> &str {
    match word {
        "value" => "gemeten",
        "zero" => "gemeten nul",
        "missing" => "geen gegevens",
        "not_applicable" => "niet van toepassing",
        "provisional" => "voorlopig",
        "final" => "definitief",
        "revised" => "herzien",
        "reject" => "afgekeurd",
        "warn" => "met waarschuwing",
        other => other,
    }
}
