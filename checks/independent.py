#!/usr/bin/env python3
"""Counts every figure of a run again, with another engine and other code, and compares.

    beleidsinfo pack export-inputs --out inputs
    python3 checks/independent.py inputs

Reads what `pack export-inputs` wrote: tables, definitions and figures. Each indicator's facts.sql is run by DuckDB as it is
written; periods, territories, days, quantiles and states are worked out here, from docs/indicators.md and not from the
program. Every figure is compared: n, numerator and denominator exactly, the value to six decimals, and the state.

Exit codes: 0 all figures are equal, 1 some differ, 2 nothing could be compared. Needs Python 3.11 and duckdb, nothing else.
"""

import argparse
import hashlib
import json
import pathlib
import re
import sys
import tomllib
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from urllib.parse import quote

import duckdb

FORMAT = "mijnbeleidsinfo-inputs/1"
AS_RECORDED = "as_recorded"
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
MILLION = Decimal(1_000_000)
# Of these kinds nothing counted is a zero; of the others there is then nothing to divide.
ZERO_IS_A_VALUE = {"count", "sum", "stock", "rate", "balance"}
SIDES = {"ratio": ("numerator", "denominator"), "balance": ("in", "out")}
MICROSECONDS = {"days": 86_400_000_000, "hours": 3_600_000_000, "minutes": 60_000_000}


class Unusable(Exception):
    """What was given cannot be compared."""


# --- Days ---------------------------------------------------------------------------------------------------------------


def easter(year):
    """Easter Sunday: Gauss's method in the form of Lichtenberg."""
    century = year // 100
    shift = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    moon = (19 * (year % 19) + shift) % 30
    late = (moon + (year % 19) // 11) // 29
    full_moon = 21 + moon - late
    first_sunday = 7 - (year + year // 4 + sun) % 7
    return date(year, 3, 1) + timedelta(days=full_moon + 7 - (full_moon - first_sunday) % 7 - 1)


def holidays(year):
    """The ten public holidays of Belgium."""
    fixed = [(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)]
    after = [1, 39, 50]  # Easter Monday, Ascension Day, Whit Monday
    return {date(year, month, day) for month, day in fixed} | {easter(year) + timedelta(days=n) for n in after}


def engine():
    """DuckDB, in UTC, with the functions for days that definitions may use."""
    db = duckdb.connect()
    db.execute("set TimeZone = 'UTC'")
    db.execute("create macro calendar_days(a, b) as date_diff('day', cast(a as date), cast(b as date))")
    db.execute("create macro elapsed_days(a, b) as cast(epoch_us(b) - epoch_us(a) as double) / 86400000000")
    db.execute(
        """create macro month_ends(a, b) as case when b < a then cast([] as date[]) else
           [least(last_day(cast(m as date)), b) for m in generate_series(date_trunc('month', a), date_trunc('month', b), interval 1 month)] end"""
    )
    # How many working days there were up to and with each day.
    first, last = date(1900, 1, 1), date(2200, 12, 31)
    free = set().union(*(holidays(year) for year in range(first.year, last.year + 1)))
    days, passed = [], 0
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        passed += day.weekday() < 5 and day not in free
        days.append((day, passed))
    table(db, "working", "day date, passed bigint", days)
    db.execute(
        """create macro working_days(a, b) as
           (select passed from working where day = b) - (select passed from working where day = a)"""
    )
    return db


def table(db, name, columns, rows):
    """A table from rows of texts, dates and whole numbers."""
    db.execute(f"create or replace temp table {name} ({columns})")
    types = [column.rsplit(" ", 1)[1] for column in columns.split(", ")]
    picked = ", ".join(f"cast(json_extract_string(r, '$[{i}]') as {t})" for i, t in enumerate(types))
    text = json.dumps(rows, default=str)
    db.execute(f"insert into {name} select {picked} from (select unnest(cast($1 as json[])) as r)", [text])


# --- Land ---------------------------------------------------------------------------------------------------------------


class Land:
    """Which code means which ground on which day, and how many people lived there."""

    def __init__(self, db, plans):
        # Code of a planned territory to the day of the division it changes, and which code goes to which.
        self.plans = {
            code: (date.fromisoformat(plan["base_on"]), plan["goes"]) for code, plan in plans.items()
        }
        self.regions = db.execute(
            "select region_code, level, parent_code, valid_from, valid_until from regions"
        ).fetchall()
        self.windows = defaultdict(list)
        for code, since, until in db.execute(
            "select region_code, valid_from, valid_until from regions"
        ).fetchall():
            self.windows[code].append((since, until))
        # A change of parent moves no ground.
        self.changes = db.execute(
            "select changed_on, from_code, to_code from region_changes where kind <> 'parent' order by changed_on, from_code"
        ).fetchall()
        self.people = defaultdict(dict)
        for code, on, vintage, persons in db.execute(
            "select region_code, reference_on, vintage_on, persons from population where sex = 'total' and age_band = 'total'"
        ).fetchall():
            self.people[code, on][vintage] = persons

    def exists(self, code, on):
        return any(since <= on and (until is None or on < until) for since, until in self.windows.get(code, ()))

    def called(self, code, on):
        """What the ground of `code` is called on that day; None when it would have to be split back."""
        after = date.min
        while not self.exists(code, on):
            next_one = next(
                (c for c in self.changes if c[1] == code and c[2] != code and after < c[0] <= on), None
            )
            if next_one is None:
                return None
            after, _, code = next_one
        return code

    def day_of(self, territory, recorded):
        """The day whose division a territory is made of."""
        if territory == AS_RECORDED:
            return recorded
        return self.plans[territory][0] if territory in self.plans else date.fromisoformat(territory)

    def renamed(self, territory, code):
        return self.plans[territory][1].get(code, code) if territory in self.plans else code

    def grew(self, code, since, until):
        """Whether something was added to the ground of `code` after one day and up to another."""
        return any(c[2] == code and since < c[0] <= until for c in self.changes)

    def parts(self, code, until):
        """The code, and those that went into it up to a day."""
        merged = {code}
        while more := {c[1] for c in self.changes if c[0] <= until and c[2] in merged} - merged:
            merged |= more
        return merged

    def lies(self, territory, recorded, municipality, place):
        """The regions that a fact of day `recorded` may lie in. Its place says it most exactly; a code that covers more ground
        than it did on the division says only that it is one of its parts."""
        on, municipality = self.day_of(territory, recorded), municipality or ""
        there = place and self.called(place, on)
        if not there:
            there = self.called(municipality, on)
            if there == municipality and self.grew(municipality, on, recorded):
                there = None
        if there:
            return {self.renamed(territory, there)}
        born = min((since for since, _ in self.windows.get(municipality, ())), default=date.min)
        among = self.parts(municipality, max(born, recorded))
        return {self.renamed(territory, part) for part in among if self.exists(part, on)}

    def stretches(self):
        """The days between which no code begins, ends or changes, as half-open stretches."""
        days = {day for windows in self.windows.values() for window in windows for day in window if day}
        days |= {change[0] for change in self.changes}
        edges = [date.min, *sorted(days - {date.min}), date.max]
        return list(zip(edges, edges[1:]))

    def municipalities(self, territory, code):
        """Those below a region on the division of one day; None where it has none, or where some are not known."""
        if territory == AS_RECORDED or territory in self.plans:
            return None
        on, found = date.fromisoformat(territory), set()
        for child, level, parent, since, until in self.regions:
            if parent == code and since <= on and (until is None or on < until):
                below = {child} if level == "municipality" else self.municipalities(territory, child)
                if below is None:
                    return None
                found |= below
        return found or None

    def made_of(self, territory, code):
        """Of a region made of several: those, and the territory they are on."""
        if territory in self.plans:
            base, goes = self.plans[territory]
            parts = [part for part in {code, *goes} if goes.get(part, part) == code and self.exists(part, base)]
            return (str(base), parts) if len(parts) > 1 else None
        below = self.municipalities(territory, code)
        return below and (territory, sorted(below))

    def persons(self, code, territory, on):
        """People on that day on that territory; never guessed."""

        def whole(parts):
            return None if not parts or None in parts else sum(parts)

        if territory in self.plans:
            base, goes = self.plans[territory]
            parts = [part for part in {code, *goes} if goes.get(part, part) == code and self.exists(part, base)]
            return whole([self.persons(part, str(base), on) for part in parts])
        if below := self.municipalities(territory, code):
            return whole([self.persons(part, territory, on) for part in below])
        day = self.day_of(territory, on)
        # A number about a division on which the code had the same ground.
        for vintage, persons in sorted(self.people.get((code, on), {}).items(), reverse=True):
            same = not self.grew(code, min(day, vintage), max(day, vintage))
            if same and self.exists(code, day) and self.exists(code, vintage):
                return persons
        if territory == AS_RECORDED:
            return None
        return whole([self.persons(part, AS_RECORDED, on) for part in self.parts(code, day) if self.exists(part, on)])


# --- Periods ------------------------------------------------------------------------------------------------------------


def months_on(day, months):
    """The first of the month that many months on."""
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def start_of(kind, day):
    match kind:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case "year":
            return date(day.year, 1, 1)
    raise Unusable(f"period {kind} is not known here")


def last_of(kind, start):
    match kind:
        case "day":
            return start
        case "week":
            return start + timedelta(days=6)
        case _:
            length = {"month": 1, "quarter": 3, "year": 12, "rolling_year": 12}[kind]
            return months_on(start, length) - timedelta(days=1)


def periods_of(kind, day, first, cutoff):
    """The starts of the periods of this kind that a day counts in. Of rolling years those that are whole since `first`, from
    the month on in which they end."""
    if kind != "rolling_year":
        return [start_of(kind, day)]
    starts = [months_on(day, -back) for back in range(12)]
    return [start for start in starts if start >= first and months_on(start, 11) <= cutoff]


def calendar(kinds, stock, days, first, cutoff):
    """(kind, start, day): in which periods each day counts. A stock is of the last day of a period, or of the cutoff."""
    rows = []
    for day in days:
        for kind in kinds:
            for start in periods_of(kind, day, first, cutoff):
                if not stock or day == min(last_of(kind, start), cutoff):
                    rows.append((kind, start, day))
    return rows


# --- Facts --------------------------------------------------------------------------------------------------------------


class Indicator:
    def __init__(self, folder, about):
        path = folder / about["folder"]
        self.toml = tomllib.loads((path / "indicator.toml").read_text("utf-8"))
        self.sql = (path / "facts.sql").read_text("utf-8")
        self.id, self.version, self.tables = about["id"], about["version"], about["tables"]
        self.cutoff = date.fromisoformat(about["cutoff_on"])
        self.kind, self.unit, self.periods = (self.toml[key] for key in ("kind", "unit", "periods"))
        self.slices = sorted({tuple(sorted(columns)) for columns in self.toml["slices"]})
        self.columns = sorted({column for columns in self.slices for column in columns})
        self.stock = self.kind == "stock"
        self.q = self.toml.get("quantile")
        # Of a rate: whether its facts have a value each; known once they are taken.
        self.valued = False


def with_cutoff(sql, cutoff):
    return re.sub(r"\$cutoff\b", f"date '{cutoff}'", sql)


def define_views(db, views, cutoff):
    """Views may read each other: those that fail wait for the others."""
    waiting = dict(views)
    while waiting:
        failed = {}
        for name, sql in waiting.items():
            try:
                db.execute(f"create or replace temp view {name} as {with_cutoff(sql, cutoff)}")
            except duckdb.Error as error:
                failed[name] = error
        if len(failed) == len(waiting):
            name, error = failed.popitem()
            raise Unusable(f"views/{name}.sql does not run in DuckDB: {error}")
        waiting = {name: waiting[name] for name in failed}


def take_facts(db, indicator):
    """Makes `counted`: the facts that have a date up to the cutoff and what is measured. Answers whether values are durations,
    whether they have weights, and the systems that gave facts."""
    try:
        db.execute(f"create or replace temp table facts as {with_cutoff(indicator.sql, indicator.cutoff)}")
    except duckdb.Error as error:
        raise Unusable(f"{indicator.id}: facts.sql does not run in DuckDB: {error}") from error
    types = {row[0]: row[1] for row in db.execute("describe facts").fetchall()}
    duration = types.get("value") == "INTERVAL"

    def exact(column):
        """In whole millionths; durations in millionths of a microsecond."""
        if types[column] == "INTERVAL":
            return f"cast(epoch_us({column}) as hugeint) * 1000000"
        return f"cast(cast({column} as decimal(31, 6)) * cast(1000000 as decimal(7, 0)) as hugeint)"

    def number(column):
        return f"cast(epoch_us({column}) as double)" if types[column] == "INTERVAL" else f"cast({column} as double)"

    measures, needed = [], []
    weighted = indicator.kind in ("sum", "mean") and "weight" in types
    indicator.valued = indicator.kind == "rate" and "value" in types
    match indicator.kind:
        case "sum" | "mean":
            measures = [f"{exact('value')} as value", f"{exact('weight') if weighted else 1} as weight"]
            needed = ["value", "weight"] if weighted else ["value"]
        case "rate" if indicator.valued:
            measures, needed = [f"{exact('value')} as value"], ["value"]
        case "quantile":
            measures, needed = [f"{number('value')} as value"], ["value"]
        case "survival":
            measures, needed = [f"{number('value')} as value", "ended"], ["value", "ended"]
        case "share":
            measures, needed = ["numerator"], ["numerator"]
        case "ratio" | "balance":
            measures, needed = [f"{exact('value')} as value", "side"], ["value"]
            wrong = db.execute(
                "select side from facts where side is null or not list_contains($1, side) limit 1",
                [list(SIDES[indicator.kind])],
            ).fetchone()
            if wrong:
                raise Unusable(f"{indicator.id}: a fact has side {wrong[0]}")
    dated = "from_on" if indicator.stock else "date"
    columns = [
        "municipality_code",
        "place_code" if "place_code" in types else "cast(null as varchar) as place_code",
        *(f"coalesce(cast({name} as varchar), 'unknown') as slice_{i}" for i, name in enumerate(indicator.columns)),
        f"{dated} as since_on",
        *(["until_on"] if indicator.stock else []),
        *measures,
    ]
    there = [f"{dated} <= date '{indicator.cutoff}'", *(f"{name} is not null" for name in needed)]
    db.execute(
        f"create or replace temp table counted as select {', '.join(columns)} from facts where {' and '.join(there)}"
    )
    systems = set()
    if "system" in types:
        systems = {row[0] for row in db.execute("select distinct system from facts where system is not null").fetchall()}
    return duration, weighted, systems


def measuring_days(db, indicator):
    """The days a stock is measured on: each, where days or weeks are asked; else the last of each month; and the cutoff."""
    first = db.execute("select min(since_on) from counted").fetchone()[0]
    if first is None:
        return []
    each = bool({"day", "week"} & set(indicator.periods))
    days = (first + timedelta(days=n) for n in range((indicator.cutoff - first).days + 1))
    return [d for d in days if each or d == indicator.cutoff or (d + timedelta(days=1)).day == 1]


def place_facts(db, indicator, land, territories):
    """Makes `placed`: each fact once per territory on which its ground has a name, on the day that it counts (a stock: on each
    measuring day that it is there); and `torn`: each fact once in every region that it may lie in, of several."""
    grounds = db.execute("select distinct municipality_code, place_code from counted").fetchall()
    # Provinces and the like that have figures: what is below them.
    stored = db.execute("select distinct territory, region_code from figures").fetchall()
    parents = {of: {} for of in territories}
    for territory, region in stored:
        if below := land.municipalities(territory, region):
            parents[territory][region] = below
    rows = []
    for municipality, place in grounds:
        for territory in territories:
            for since, until in land.stretches():
                found = land.lies(territory, since, municipality, place)
                for parent, below in parents[territory].items():
                    if found & below:
                        rows.append((municipality, place, territory, parent, not found <= below, since, until))
                rows += [(municipality, place, territory, region, len(found) > 1, since, until) for region in found]
    table(
        db,
        "ground",
        "municipality_code varchar, place_code varchar, territory varchar, region varchar, torn boolean, since_on date, until_on date",
        rows,
    )
    if indicator.stock:
        table(db, "measured", "day date", [[day] for day in measuring_days(db, indicator)])
        days = "join measured m on f.since_on <= m.day and (f.until_on is null or m.day < f.until_on)"
        day = "m.day"
    else:
        days, day = "", "f.since_on"
    for name, torn in [("placed", "not g.torn"), ("torn", "g.torn")]:
        db.execute(
            f"""create or replace temp table {name} as
                select g.territory, g.region, {day} as day, f.* exclude (municipality_code, place_code, since_on)
                from counted f
                {days}
                join ground g
                  on g.municipality_code is not distinct from f.municipality_code
                 and g.place_code is not distinct from f.place_code
                 and g.since_on <= {day}
                 and {day} < g.until_on
                 and {torn}"""
        )


AGGREGATES = {
    "count": [],
    "rate": [],
    "stock": [],
    "sum": ["sum(value * weight)", "sum(weight)"],
    "mean": ["sum(value * weight)", "sum(weight)"],
    "share": ["count(*) filter (where numerator)"],
    "quantile": ["list(value order by value)"],
    "survival": ["list(value) filter (where ended)", "list(value) filter (where not ended)"],
    "ratio": ["sum(value) filter (where side = 'numerator')", "sum(value) filter (where side = 'denominator')"],
    "balance": ["sum(value) filter (where side = 'in')", "sum(value) filter (where side = 'out')"],
}


def count(db, indicator, facts, aggregates):
    """One statement: all slices, kinds of period and territories. Address to what was counted."""
    keys = ["territory", "region", "kind", "start"]
    slices = {columns: [f"slice_{indicator.columns.index(name)}" for name in columns] for columns in indicator.slices}
    sets = ", ".join(f"({', '.join([*keys, *columns])})" for columns in slices.values())
    all_columns = [f"slice_{i}" for i in range(len(indicator.columns))]
    sums = ["sum(value)"] if indicator.valued else aggregates
    picked = ", ".join([*keys, *all_columns, "count(*)", *sums])
    found = db.execute(
        f"select {picked} from {facts} join calendar using (day) group by grouping sets ({sets})"
    ).fetchall()
    counted = {}
    for row in found:
        territory, region, kind, start = row[:4]
        values = row[4 : 4 + len(all_columns)]
        counted[territory, region, kind, start, slice_code(indicator.columns, values)] = row[4 + len(all_columns) :]
    return counted


def slice_code(columns, values):
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in zip(columns, values) if value is not None)


# --- Figures ------------------------------------------------------------------------------------------------------------


def quantile(values, q):
    """Linear between the two neighbours (type 7 of Hyndman and Fan); `values` in order."""
    if not values:
        return None
    place = q * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def kaplan_meier(ended, unended, q):
    """The first duration by which the product-limit estimate of what still runs is at most 1 - q."""
    deaths = defaultdict(int)
    for value in ended:
        deaths[value] += 1
    ordered = sorted([*ended, *unended])
    running, passed = 1.0, 0
    for value in sorted(deaths):
        while ordered[passed] < value:
            passed += 1
        running *= 1 - deaths[value] / (len(ordered) - passed)
        if running <= 1 - q + 1e-12:
            return value
    return None


def decimal(millionths):
    return None if millionths is None else EXACT.divide(Decimal(int(millionths)), MILLION)


def figure(indicator, land, address, counted, duration, weighted):
    """(n, numerator, denominator, value) as the definition of the kind says."""
    territory, region, _, start, _ = address
    n, *sums = counted
    unit = (100 if indicator.unit == "%" else 1) / (MICROSECONDS.get(indicator.unit, 1) if duration else 1)

    def divided(a, b):
        return float(EXACT.divide(a, b)) * unit if a is not None and b else None

    match indicator.kind:
        case "count" | "stock":
            return n, Decimal(n), None, n * unit
        case "sum" | "mean":
            total, weights = (sums[0] or 0), (sums[1] or 0)
            numerator = decimal(total)
            if weighted:
                numerator = (decimal(total) / MILLION).quantize(Decimal("0.000001"), context=EXACT)
            if indicator.kind == "sum":
                return n, numerator, None, float(numerator) * unit
            denominator = decimal(weights) if weighted else Decimal(n)
            return n, numerator, denominator, divided(numerator, denominator)
        case "share":
            return n, Decimal(sums[0]), Decimal(n), divided(Decimal(sums[0]), Decimal(n))
        case "rate":
            people = residents(indicator, land, region, territory, start)
            numerator = decimal(sums[0] or 0) if indicator.valued else Decimal(n)
            value = float(EXACT.divide(numerator, people)) * indicator.toml["per"] if people else None
            return n, numerator, people, value
        case "quantile":
            value = quantile(sums[0] or [], indicator.q)
            return n, None, None, None if value is None else value * unit
        case "survival":
            ended, unended = sums[0] or [], sums[1] or []
            value = kaplan_meier(ended, unended, indicator.q)
            return n, Decimal(len(ended)), Decimal(n), None if value is None else value * unit
        case "ratio":
            a, b = (decimal(side or 0) for side in sums)
            return n, a, b, divided(a, b)
        case "balance":
            came, went = (decimal(side or 0) for side in sums)
            return n, came, went, float(came - went) * unit
    raise Unusable(f"{indicator.id}: kind {indicator.kind} is not known here")


def residents(indicator, land, region, territory, start):
    """What a rate divides by: the people on the first day of the year, or the mean of those and of the people a year on."""
    days = [start]
    if indicator.toml["denominator"] == "mean_population":
        days.append(months_on(start, 12))
    persons = [land.persons(region, territory, day) for day in days]
    return None if None in persons else EXACT.divide(Decimal(sum(persons)), Decimal(len(persons)))


def state_of(indicator, covered, torn, n, value):
    if torn:
        return "not_applicable"
    if not covered:
        return "missing"
    if value is None:
        return "missing" if indicator.kind == "rate" else "not_applicable"
    return "zero" if n == 0 and indicator.kind in ZERO_IS_A_VALUE else "value"


class Coverage:
    """About which ground rows came in, and since when."""

    def __init__(self, db, indicator, systems):
        self.rows = []
        for name in indicator.tables:
            columns = {row[0] for row in db.execute(f"describe {name}").fetchall()}
            if not {"system", "municipality_code"} <= columns:
                continue
            place = "place_code" if "place_code" in columns else "cast(null as varchar)"
            since = "min(received_on)" if "received_on" in columns else "cast(null as date)"
            found = db.execute(
                f"select '{name}', system, municipality_code, {place} as place, {since} from {name} group by all"
            ).fetchall()
            self.rows += [row for row in found if not systems or row[1] in systems]
        self.tables = {row[0] for row in self.rows}
        self.known = {}

    def first(self):
        return min((row[4] for row in self.rows if row[4]), default=None)

    def since(self, land, territory, region, cutoff):
        """None when some table that is read has no row about the region."""
        key = territory, region
        if parts := land.made_of(territory, region):
            each = [self.since(land, parts[0], part, cutoff) for part in parts[1]]
            return None if None in each else max(each)
        if key not in self.known:
            on = land.day_of(territory, cutoff)

            def about(code):
                return code and (
                    code == region
                    and territory == AS_RECORDED
                    or land.renamed(territory, land.called(code, on)) == region
                )

            rows = [row for row in self.rows if about(row[2]) or about(row[3])]
            whole = rows and {row[0] for row in rows} == self.tables
            self.known[key] = min((row[4] for row in rows if row[4]), default=date.min) if whole else None
        return self.known[key]


NOTHING = {"share": [0], "quantile": [[]], "survival": [[], []]}


def compare(db, land, indicator, territories):
    """Counts one indicator. Answers how many facts and figures there are, and a line for each figure that differs."""
    duration, weighted, systems = take_facts(db, indicator)
    place_facts(db, indicator, land, territories)
    coverage = Coverage(db, indicator, systems)
    began = db.execute("select min(day) from (select day from placed union all select day from torn)").fetchone()[0]
    since = coverage.first()
    first = min((day for day in (began, since if since and since <= indicator.cutoff else None) if day), default=None)
    days = [row[0] for row in db.execute("select day from placed union select day from torn").fetchall()]
    rows = calendar(indicator.periods, indicator.stock, days, first and first.replace(day=1), indicator.cutoff)
    table(db, "calendar", "kind varchar, start date, day date", rows)
    counted = count(db, indicator, "placed", AGGREGATES[indicator.kind])
    torn = count(db, indicator, "torn", [])

    differs = []
    seen = set()
    stored = db.execute(
        """select territory, region_code, period_kind, period_start, slice, n, numerator, denominator, value, state
           from figures where indicator_id = $1 and version = $2""",
        [indicator.id, indicator.version],
    ).fetchall()
    for row in stored:
        address, theirs = row[:5], row[5:]
        seen.add(address)
        found = counted.get(address, (0, *NOTHING.get(indicator.kind, [0] * (len(AGGREGATES[indicator.kind]) + indicator.valued))))
        n, numerator, denominator, value = figure(indicator, land, address, found, duration, weighted)
        territory, region, kind, start, _ = address
        since = coverage.since(land, territory, region, indicator.cutoff)
        some = n > 0 and not land.made_of(territory, region)
        covered = some or since is not None and since <= last_of(kind, start)
        state = state_of(indicator, covered, address in torn, n, value)
        whole = covered and address not in torn
        mine = (n, numerator, denominator, value, state) if whole else (n, None, None, None, state)
        if not equal(mine, theirs):
            differs.append((address, theirs, mine))
    for address in counted.keys() - seen:
        differs.append((address, None, figure(indicator, land, address, counted[address], duration, weighted)))
    for address in torn.keys() - counted.keys() - seen:
        differs.append((address, None, (0, None, None, None, "not_applicable")))
    facts = db.execute("select count(*) from counted").fetchone()[0]
    differs.sort(key=lambda one: tuple(map(str, one[0])))
    return facts, len(stored), differs


def equal(mine, theirs):
    def same(a, b):
        # Six decimals; of numbers so large that floating point has fewer, the twelve digits that it has.
        return a == b if a is None or b is None else abs(a - b) <= max(0.5e-6, 1e-12 * abs(b))

    return (
        mine[0] == theirs[0]
        and mine[1] == theirs[1]
        and mine[2] == theirs[2]
        and same(mine[3], theirs[3])
        and mine[4] == theirs[4]
    )


def period_code(kind, start):
    match kind:
        case "day":
            return str(start)
        case "week":
            year, week, _ = start.isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return f"{start:%Y-%m}"
        case "quarter":
            return f"{start.year}-Q{(start.month + 2) // 3}"
        case "year":
            return str(start.year)
        case _:
            return f"{months_on(start, 11):%Y-%m}-P12M"


def told(indicator, difference):
    (territory, region, kind, start, cut), theirs, mine = difference
    parts = [indicator.id, indicator.version, period_code(kind, start), territory, region, *([cut] if cut else [])]

    def shown(figure):
        names = ("n", "numerator", "denominator", "value", "state")
        return "no such figure" if figure is None else ", ".join(f"{k} {v}" for k, v in zip(names, figure))

    return f"✗ {'/'.join(parts)}\n    the program: {shown(theirs)}\n    counted here: {shown(mine)}"


# --- The whole ----------------------------------------------------------------------------------------------------------


def opened(folder):
    """The manifest, when every file it names is there and is what it was when it was written."""
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Unusable(
            f"cannot read {path}: {error}\nhint: write it with `beleidsinfo pack export-inputs --out {folder}`"
        ) from error
    if manifest.get("format") != FORMAT:
        raise Unusable(f"{path} is of format {manifest.get('format')}; this reads {FORMAT}")
    for file in manifest["files"]:
        try:
            with open(folder / file["path"], "rb") as bytes_of:
                found = hashlib.file_digest(bytes_of, "sha256").hexdigest()
        except OSError as error:
            raise Unusable(f"cannot read {folder / file['path']}: {error}") from error
        if found != file["sha256"]:
            raise Unusable(f"{folder / file['path']} is not the file that was exported: export it again")
    return manifest


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="what `beleidsinfo pack export-inputs` wrote")
    parser.add_argument("--indicator", action="append", help="only this one; may be given again")
    parser.add_argument("--show", type=int, default=10, help="how many differences to show per indicator")
    asked = parser.parse_args()
    manifest = opened(asked.folder)
    about = [one for one in manifest["indicators"] if not asked.indicator or one["id"] in asked.indicator]
    if unknown := set(asked.indicator or ()) - {one["id"] for one in about}:
        raise Unusable(f"there is no indicator {', '.join(sorted(unknown))} in {asked.folder}")

    db = engine()
    views = {}
    for file in manifest["files"]:
        path = pathlib.PurePosixPath(file["path"])
        if path.suffix == ".parquet":
            where = str(asked.folder / path).replace("'", "''")
            db.execute(f"create table {path.stem} as from read_parquet('{where}')")
        elif path.parts[:2] == ("definitions", "views"):
            views[path.stem] = (asked.folder / path).read_text("utf-8")
    land = Land(db, manifest.get("plans", {}))
    figures = wrong = 0
    for one in about:
        indicator = Indicator(asked.folder, one)
        define_views(db, views, indicator.cutoff)
        facts, compared, differs = compare(db, land, indicator, manifest["territories"])
        figures += compared
        wrong += len(differs)
        print(f"{indicator.id}: {facts} facts, {compared} figures compared, {len(differs)} differ")
        for difference in differs[: asked.show]:
            print(told(indicator, difference))
        if len(differs) > asked.show:
            print(f"    and {len(differs) - asked.show} more: --show N")
    print(f"run {manifest['run']} (batch {manifest['batch']}): {figures} figures compared, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unusable as problem:
        print(f"error: {problem}", file=sys.stderr)
        sys.exit(2)
