#!/usr/bin/env python3
"""Checks and stores a large CSV, in turn with DuckDB copying the same file to Parquet without any check.

    cargo build --release
    pip install duckdb
    python3 benches/bulk.py --cases 10_000_000 --runs 5

Times are of whole processes, from start to exit; peak memory is the operating system's, of the process. The ratio is taken
pair by pair, so that it holds on a machine that is not quiet. Landing (`pull`) is measured once, and not part of the ratio.
After the last run a day's delivery of 30,000 rows is stored on top.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DUCKDB = """
import duckdb, sys
duckdb.execute("SET threads = 2")
duckdb.execute(f\"\"\"COPY (SELECT * FROM read_csv('{sys.argv[1]}', delim = ';', header = true, ignore_errors = true))
    TO '{sys.argv[2]}' (FORMAT parquet, PARTITION_BY (nis))\"\"\")
"""


def run(command, cwd=None):
    """Seconds and peak MiB of a process; what it says is shown when it fails."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=cwd, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        if process.returncode not in (0, 3):
            said.seek(0)
            sys.exit(f"{' '.join(map(str, command))}\n{said.read().decode(errors='replace')}")
    return seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def folder_size(folder, ends=""):
    return sum(f.stat().st_size for f in Path(folder).rglob("*" + ends) if f.is_file()) / 1e6


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cases", default="10_000_000")
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--binary", default="target/release/beleidsinfo")
    arguments.add_argument("--folder", help="where to work; a temporary folder otherwise")
    asked = arguments.parse_args()
    binary = str(Path(asked.binary).resolve())
    work = Path(asked.folder or tempfile.mkdtemp(prefix="beleidsinfo-bench-"))
    project, copy = work / "project", work / "duckdb"
    shutil.rmtree(project, ignore_errors=True)
    warehouse = project / "var" / "warehouse"

    run([binary, "init", str(project), "--nis", "44021"])
    for mapping in (project / "sources").glob("*.toml"):
        mapping.unlink()
    run([binary, "pull"], project)
    run([binary, "store"], project)
    shutil.copytree(warehouse / "tables", work / "reference", dirs_exist_ok=True)

    def report(what, seconds, memory, cpu):
        print(f"{what:32} {seconds:8.2f} s {cpu:8.2f} s cpu {memory:8.0f} MiB", flush=True)

    report("generate", *run([binary, "generate", "--cases", asked.cases, "--municipalities", "all"], project))
    (project / "raw" / "zaken.toml").rename(project / "sources" / "zaken.toml")
    file = next((project / "raw").glob("zaken_*.csv"))
    print(f"{file.name}: {file.stat().st_size / 1e6:.0f} MB")
    report("pull", *run([binary, "pull"], project))

    pairs = []
    for _ in range(asked.runs):
        shutil.rmtree(warehouse / "tables")
        shutil.copytree(work / "reference", warehouse / "tables")
        ours = run([binary, "store"], project)
        report("store", *ours)
        shutil.rmtree(copy, ignore_errors=True)
        theirs = run([sys.executable, "-c", DUCKDB, str(file), str(copy)])
        report("duckdb", *theirs)
        pairs.append((ours, theirs))
    median = statistics.median
    print(
        f"median: store {median(o[0] for o, _ in pairs):.2f} s, duckdb {median(t[0] for _, t in pairs):.2f} s, "
        f"ratio {median(o[0] / t[0] for o, t in pairs):.2f}; "
        f"peak {max(o[1] for o, _ in pairs):.0f} and {max(t[1] for _, t in pairs):.0f} MiB; "
        f"parquet {folder_size(warehouse / 'tables' / 'cases', '.parquet'):.0f} and {folder_size(copy, '.parquet'):.0f} MB"
    )

    run([binary, "generate", "--cases", "30_000", "--municipalities", "all", "--day", "2026-01-02",
         "--before", asked.cases, "--out", "raw"], project)
    run([binary, "pull"], project)
    report("a day's delivery on top", *run([binary, "store"], project))
    if not asked.folder:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
