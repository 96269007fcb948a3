#!/usr/bin/env python3
"""Measures how time and memory grow with the number of cases, and draws it.

    cargo build --release
    python3 benches/growth.py --cases 1_000_000 3_000_000 10_000_000 30_000_000 --draw docs/performance-growth.svg

For each number of cases, of all municipalities of Flanders on top of the demo's project: `store` of the one file, and
`compute` of every indicator, as whole processes. One run each.
"""

import argparse
import math
import shutil
import sys
import tempfile
from pathlib import Path

from bulk import run
from compute import report

LINES = [  # what, where in a measurement, unit, colour
    ("store", 0, "s", "#0b6e6e"),
    ("compute", 2, "s", "#b3541e"),
    ("store", 1, "MiB", "#0b6e6e"),
    ("compute", 3, "MiB", "#b3541e"),
]


def measured(binary, cases, work):
    """Seconds and MiB of storing, and of computing."""
    project = work / "project"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    run([binary, "demo", "--no-serve", "--dir", str(project)])
    run([binary, "generate", "--cases", cases, "--municipalities", "all"], project)
    (project / "raw" / "zaken.toml").rename(project / "sources" / "zaken.toml")
    shutil.rmtree(project / "var")
    run([binary, "pull", "--all"], project)
    store = run([binary, "store", "zaken"], project)
    report(f"{cases} cases, store", *store)
    run([binary, "store"], project)
    compute = run([binary, "compute", "--full"], project)
    report(f"{cases} cases, compute", *compute)
    return store[0], store[1], compute[0], compute[1]


def spelled(value):
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}"


def panel(points, unit, left):
    """One chart: both axes in powers of ten, so that what grows in proportion is a straight line that rises one in one."""
    chosen = [line for line in LINES if line[2] == unit]
    values = [point[1][at] for point in points for _, at, _, _ in chosen]
    x0, x1 = math.log10(points[0][0]), math.log10(points[-1][0])
    y0, y1 = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    width, height, top = 300, 240, 40

    def at(cases, value):
        x = left + 28 + (width - 56) * (math.log10(cases) - x0) / (x1 - x0)
        return x, top + height * (y1 - math.log10(value)) / (y1 - y0)

    title = {"s": "seconds", "MiB": "peak memory, MiB"}[unit]
    out = [f'<text x="{left}" y="24" font-weight="600">{title}</text>']
    for power in range(y0, y1 + 1):
        _, y = at(points[0][0], 10**power)
        out.append(f'<path d="M{left} {y:.1f}h{width}" stroke="#ddd"/>')
        out.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{10**power:,}</text>')
    for cases, _ in points:
        x, _ = at(cases, 10**y0)
        out.append(f'<text x="{x:.1f}" y="{top + height + 18}" text-anchor="middle">{cases / 1e6:g} M</text>')
    for name, index, _, colour in chosen:
        line = [at(cases, values[index]) for cases, values in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for (x, y), (_, values) in zip(line, points):
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
            out.append(f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle" fill="{colour}">{spelled(values[index])}</text>')
        x, y = line[-1]
        out.append(f'<text x="{x + 10:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>')
    return "\n".join(out)


def drawn(points):
    panels = panel(points, "s", 60) + panel(points, "MiB", 500)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 320" font-family="sans-serif" font-size="12">'
        f'<rect width="880" height="320" fill="#fff"/>\n{panels}\n</svg>\n'
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cases", nargs="+", default=["1_000_000", "10_000_000"])
    arguments.add_argument("--binary", default="target/release/beleidsinfo")
    arguments.add_argument("--folder", help="where to work; a temporary folder otherwise")
    arguments.add_argument("--draw", help="a file for the drawing (SVG)")
    asked = arguments.parse_args()
    binary = str(Path(asked.binary).resolve())
    work = Path(asked.folder or tempfile.mkdtemp(prefix="beleidsinfo-bench-")).resolve()
    points = [(int(cases), measured(binary, cases, work)) for cases in asked.cases]
    if asked.draw:
        Path(asked.draw).write_text(drawn(points), "utf-8")
    shutil.rmtree(work)


if __name__ == "__main__":
    sys.exit(main())
