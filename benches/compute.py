#!/usr/bin/env python3
"""Computes every indicator over a large number of cases, and has DuckDB count the same facts from the same rows.

    cargo build --release
    pip install duckdb
    python3 benches/compute.py --cases 1_000_000 --phases

The project is the demo's, so that every table has a source, with the cases of all municipalities of Flanders on top; with
`--phases` each of those has three phases. Measured, as whole processes with 2 threads each: a run over everything; a run
after new cases in three municipalities, and in all; and DuckDB, which answers one statement with grouping sets per
indicator over what `pack export-inputs` wrote. That statement holds the indicator's own SQL, the territories as a table and
the kinds of period as columns; states, statuses, completeness, coverage and what changed are not asked of DuckDB.
"""

import argparse
import csv
import importlib.util
import resource
import shutil
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from bulk import run

HERE = Path(__file__).resolve().parent
PHASES = """connector = "csv"
location = "raw/fasen_*.csv"
delimiter = ";"
complete_until = "name"

[[tables]]
name = "phases"
[tables.columns]
system            = { const = "zaken" }
case_id           = "nummer"
interval_no       = "volgnummer"
municipality_code = "nis"
phase             = "fase"
started_on        = "van"
ended_on          = "tot"
waiting_for       = "wacht"
"""


def independent():
    """The independent check, for its functions about days and land."""
    spec = importlib.util.spec_from_file_location("independent", HERE.parent / "checks" / "independent.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def report(what, seconds, memory, cpu):
    print(f"{what:44} {seconds:8.2f} s {cpu:8.2f} s cpu {memory:8.0f} MiB", flush=True)


def day(text):
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))


def write_phases(cases, folder, rows_per_file=250_000):
    """Three phases per case that is right, in files the ordinary lane can hold: intake, handling (one in ten waits for the
    applicant), delivering."""
    out, rows, number = None, 0, 0
    with open(cases, encoding="utf-8") as file:
        for record in csv.DictReader(file, delimiter=";"):
            try:
                received, closed = day(record["ingediend"]), record["afgesloten"] and day(record["afgesloten"])
            except ValueError:
                continue
            if not record["nummer"] or not record["nis"]:
                continue
            if out is None or rows >= rows_per_file:
                if out:
                    out.close()
                number, rows = number + 1, 0
                out = open(folder / f"fasen_{number:03}_2025-12-31.csv", "w", encoding="utf-8")
                out.write("nummer;volgnummer;nis;fase;van;tot;wacht\n")
            took = (closed - received).days if closed else 30
            steps = [received, received + timedelta(days=took // 5), received + timedelta(days=took * 4 // 5)]
            ends = [*map(str, steps[1:]), str(closed) if closed else ""]
            waits = "applicant" if int(record["nummer"][-1]) == 7 else ""
            for at, (phase, start, end) in enumerate(zip(("intake", "handling", "delivering"), steps, ends)):
                wait = waits if at == 1 else ""
                out.write(f"{record['nummer']};{at};{record['nis']};{phase};{start};{end};{wait}\n")
            rows += 3
    if out:
        out.close()


def statement(check, indicator, types):
    """One statement: facts, placed on the territories, by kind of period and slice."""
    value = "epoch_us(value)" if types.get("value") == "INTERVAL" else "value"
    weighted = indicator.kind in ("sum", "mean") and "weight" in types
    valued = indicator.kind == "rate" and "value" in types
    first, second = check.SIDES.get(indicator.kind, ("", ""))
    sums = {
        "count": [],
        "stock": [],
        "rate": [f"sum({value})"] if valued else [],
        "sum": [f"sum({value} * weight)" if weighted else f"sum({value})"],
        "mean": [f"sum({value} * weight)", "sum(weight)"] if weighted else [f"sum({value})"],
        "share": ["count(*) filter (where numerator)"],
        "quantile": [f"quantile_cont({value}, {indicator.q})"],
        "survival": [f"list({value}) filter (where ended)", f"list({value}) filter (where not ended)"],
        "ratio": [f"sum({value}) filter (where side = '{first}')", f"sum({value}) filter (where side = '{second}')"],
        "balance": [f"sum({value}) filter (where side = '{first}')", f"sum({value}) filter (where side = '{second}')"],
    }[indicator.kind]
    slices = {name: f"slice_{i}" for i, name in enumerate(indicator.columns)}
    picked = [f"coalesce(cast({name} as varchar), 'unknown') as {column}" for name, column in slices.items()]
    place = "place_code" if "place_code" in types else "cast(null as varchar)"
    dated = "from_on" if indicator.stock else "date"
    on = "m.day" if indicator.stock else "f.since_on"
    measured = (
        "join measured m on f.since_on <= m.day and (f.until_on is null or m.day < f.until_on)" if indicator.stock else ""
    )
    periods = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}
    # A rolling year is no part of the calendar; DuckDB is not asked for it.
    asked = [kind for kind in indicator.periods if kind in periods]
    kinds = ", ".join(f"date_trunc('{periods[kind]}', {on}) as {kind}_start" for kind in asked)
    sets = ", ".join(
        f"({', '.join(['territory', 'region', f'{kind}_start', *(slices[name] for name in columns)])})"
        for kind in asked
        for columns in indicator.slices
    )
    keys = ["territory", "region", *(f"{kind}_start" for kind in asked), *slices.values()]
    return f"""create or replace temp table answer as
        with facts as ({check.with_cutoff(indicator.sql, indicator.cutoff)}),
        dated as (
            select * exclude (municipality_code), municipality_code, {place} as own_place, {dated} as since_on
                   {"".join(", " + one for one in picked)}
            from facts where {dated} <= date '{indicator.cutoff}'
        ),
        placed as (
            select f.*, g.territory, g.region, {kinds}
            from dated f {measured}
            join ground g
              on g.municipality_code is not distinct from f.municipality_code
             and g.place_code is not distinct from f.own_place
             and g.since_on <= {on} and {on} < g.until_on
        )
        select {", ".join(keys)}, count(*) as n{"".join(", " + one for one in sums)}
        from placed group by grouping sets ({sets})"""


def duckdb_counts(folder, threads):
    """Seconds and seconds of processor time per indicator."""
    check = independent()
    manifest = check.opened(folder)
    db = check.engine()
    db.execute(f"set threads = {threads}")
    db.execute("set enable_progress_bar = false")
    views = {}
    for file in manifest["files"]:
        path = Path(file["path"])
        if path.suffix == ".parquet":
            # As a view: each statement reads the file.
            db.execute(f"create view {path.stem} as from read_parquet('{folder / path}')")
        elif path.parts[:2] == ("definitions", "views"):
            views[path.stem] = (folder / path).read_text("utf-8")
    land = check.Land(db, manifest.get("plans", {}))
    times = {}
    for one in manifest["indicators"]:
        indicator = check.Indicator(folder, one)
        check.define_views(db, views, indicator.cutoff)
        sql = check.with_cutoff(indicator.sql, indicator.cutoff)
        types = {row[0]: row[1] for row in db.execute(f"describe {sql}").fetchall()}
        # What ground there is, and the measuring days: worked out before, and not counted.
        place = "place_code" if "place_code" in types else "cast(null as varchar)"
        grounds = db.execute(f"select distinct municipality_code, {place} from ({sql})").fetchall()
        rows = [
            (municipality, where, territory, region, since, until)
            for municipality, where in grounds
            for territory in manifest["territories"]
            for since, until in land.stretches()
            for found in [land.lies(territory, since, municipality, where)]
            if len(found) == 1
            for region in found
        ]
        columns = "municipality_code varchar, place_code varchar, territory varchar, region varchar, since_on date, until_on date"
        check.table(db, "ground", columns, rows)
        if indicator.stock:
            first = db.execute(f"select min(from_on) from ({sql})").fetchone()[0] or indicator.cutoff
            every = bool({"day", "week"} & set(indicator.periods))
            days = (first + timedelta(days=n) for n in range((indicator.cutoff - first).days + 1))
            ends = [[d] for d in days if every or d == indicator.cutoff or (d + timedelta(days=1)).day == 1]
            check.table(db, "measured", "day date", ends)
        asked = statement(check, indicator, types)
        before, start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
        db.execute(asked)
        seconds = time.monotonic() - start
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        times[indicator.id] = (seconds, cpu, db.execute("select count(*) from answer").fetchone()[0])
    return times


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cases", default="1_000_000")
    arguments.add_argument("--phases", action="store_true")
    arguments.add_argument("--runs", type=int, default=1)
    arguments.add_argument("--binary", default="target/release/beleidsinfo")
    arguments.add_argument("--folder", help="where to work; a temporary folder otherwise")
    arguments.add_argument("--no-duckdb", action="store_true")
    asked = arguments.parse_args()
    binary = str(Path(asked.binary).resolve())
    work = Path(asked.folder or tempfile.mkdtemp(prefix="beleidsinfo-bench-")).resolve()
    project = work / "project"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    run([binary, "demo", "--no-serve", "--dir", str(project)])
    run([binary, "generate", "--cases", asked.cases, "--municipalities", "all"], project)
    (project / "raw" / "zaken.toml").rename(project / "sources" / "zaken.toml")
    cases = next((project / "raw").glob("zaken_*.csv"))
    if asked.phases:
        write_phases(cases, project / "raw")
        (project / "sources" / "fasen.toml").write_text(PHASES)
    # Anew, the many cases first, as with any region that begins.
    shutil.rmtree(project / "var")
    run([binary, "pull", "--all"], project)
    report("store, the cases", *run([binary, "store", "zaken"], project))
    report("store, all else", *run([binary, "store"], project))

    full = [run([binary, "compute", "--full"], project) for _ in range(asked.runs)]
    for one in full:
        report("compute, everything", *one)

    if not asked.no_duckdb:
        report("export", *run([binary, "pack", "export-inputs", "--out", str(work / "inputs")], project))
        times = duckdb_counts(work / "inputs", 2)
        for name, (seconds, cpu, groups) in sorted(times.items(), key=lambda one: -one[1][0])[:12]:
            print(f"    duckdb {name:32} {seconds:8.2f} s {cpu:8.2f} s cpu {groups:9} groups")
        print(f"duckdb, {len(times)} indicators: {sum(t[0] for t in times.values()):.2f} s, {sum(t[1] for t in times.values()):.2f} s cpu")

    # New cases: of the day's file only those of three municipalities, and then of all.
    run([binary, "generate", "--cases", "30_000", "--municipalities", "all", "--day", "2025-12-30", "--before", asked.cases], project)
    days = project / "raw" / "zaken_2025-12-30.csv"
    lines = days.read_text("utf-8").splitlines(keepends=True)
    few = {line.split(";")[1] for line in lines[1:4]}
    days.unlink()
    # The day up to which the source is complete stays the same, or every period would be another.
    for name, picked in [("3 municipalities", lines[:1] + [l for l in lines[1:] if l.split(";")[1] in few]), ("all municipalities", lines)]:
        (project / "raw" / f"zaken_{name.split()[0]}_2025-12-31.csv").write_text("".join(picked), "utf-8")
        run([binary, "pull", "--all"], project)
        run([binary, "store"], project)
        part = run([binary, "compute"], project)
        report(f"compute, new cases in {name}", *part)
        print(f"    {100 * part[0] / statistics.median(o[0] for o in full):.1f} % of everything")
    if not asked.folder:
        shutil.rmtree(work)


if __name__ == "__main__":
    sys.exit(main())
