#!/usr/bin/env python3
"""Times how files made to exhaust the machine are refused: whole processes, from start to exit, and their peak memory.

    cargo build --release
    python3 benches/hostile.py --runs 3

Each file lands (`pull`), and is then refused (`check`). What stands in the table is the slowest of the runs, beside a good
file of one record in the same form. The files are made anew each time, in a temporary folder. Tests hold the words and the
memory (tests/it/hostile.rs); time is for a machine that does nothing else, so it is measured by hand.
"""

import argparse
import gzip
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

MB = 1_000_000

PROJECT = """warehouse = "file://./var/warehouse"
languages = ["nl", "en"]
timezone = "Europe/Brussels"
packs = ["builtin:vlavirgem"]
sources = "sources"
[organisation]
name = "Test"
nis = ["12041"]
synthetic = true
[publish]
licence = "https://data.vlaanderen.be/id/licentie/creative-commons-zero-verklaring/v1.0"
publisher = "Test"
contact = "test@example.org"
"""

MAPPING = """connector = "{connector}"
location = "raw/*"
complete_until = 2025-06-30
{more}
[[tables]]
name = "cases"
[tables.columns]
system            = {{ const = "test" }}
case_id           = "{id}"
municipality_code = {{ const = "12041" }}
channel           = {{ const = "counter" }}
received_on       = "{day}"
"""

CSV = b"id,day\nA,2025-01-02\n"
JSON = b'[{"id": "A", "day": "2025-01-02"}]'
XML = b"<a><b><id>A</id><day>2025-01-02</day></b></a>"
XES = (b'<log><trace><string key="concept:name" value="A"/><event>'
       b'<date key="time:timestamp" value="2025-01-02"/></event></trace></log>')


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def in_each_other(levels, inner):
    for _ in range(levels):
        inner = zipped({"inner.zip": inner})
    return inner


def entities(root):
    swelling = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "0123456789">{swelling}]><{root}>&e9;</{root}>'.encode()


def sheet(rows, cells=None):
    """A workbook of one sheet, with its rows as they are given."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return zipped({
        "[Content_Types].xml": f'{head}<Types xmlns="{types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                               f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
                               f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{head}<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{head}<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    })


def row(number, *texts):
    cells = "".join(f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in enumerate(texts))
    return f'<row r="{number}">{cells}</row>'


SHEET_HEAD = row(1, "id", "day") + row(2, "A", "2025-01-02")


def files():
    """What it is, the connector, more for its mapping, the file's name, its content."""
    columns = ",".join(f"k{n}" for n in range(100_000)) + ",id,day\n"
    keys = ",".join(f'"k{n}":1' for n in range(100_000))
    names = "".join(f"<k{n}/>" for n in range(100_000))
    long = b"x" * (10 * MB)
    yield "good", "csv", "", "x.csv", CSV
    yield "good", "json", "", "x.json", JSON
    yield "good", "xml", 'records = "/a/b"', "x.xml", XML
    yield "good", "xes", "", "x.xes", XES
    yield "good", "xlsx", "", "x.xlsx", sheet(SHEET_HEAD)
    yield "zip bomb: 4 GB in one file", "csv", "", "x.zip", zipped({"x.csv": b"0" * 4096 * MB})
    yield "gzip bomb: 4 GB", "csv", "", "x.csv.gz", gzip.compress(b"0" * 4096 * MB, 9)
    yield "100,000 files in one zip", "csv", "", "x.zip", zipped({f"{n}.csv": CSV for n in range(100_000)})
    yield "zip in zip in zip", "csv", "", "x.zip", in_each_other(3, zipped({"x.csv": CSV}))
    yield "zip in gzip", "csv", "", "x.zip.gz", gzip.compress(zipped({"x.csv": CSV}))
    yield "path that leads out of a zip", "csv", "", "x.zip", zipped({"../../etc/x.csv": CSV})
    yield "entities that swell to 10 GB", "xml", 'records = "/a/b"', "x.xml", entities("a")
    yield "entities that swell to 10 GB", "xes", "", "x.xes", entities("log")
    yield "100,000 deep", "json", "", "x.json", b"[" * 100_000
    yield "objects 100,000 deep", "json", "", "x.json", b'{"a":' * 100_000
    yield "100,000 deep", "xml", 'records = "/a/b"', "x.xml", b"<a>" * 100_000
    yield "100,000 deep", "xes", "", "x.xes", b"<log>" * 100_000
    cells = '<c t="b"><v>1</v></c>' * 18
    cells = "".join(f'<row r="{n}">{cells}</row>' for n in range(3, 1_000_000))
    yield "sheet of 18 million cells that swells to 400 MB", "xlsx", "", "x.xlsx", sheet(SHEET_HEAD + cells)
    del cells
    yield "sheet that swells to 600 MB", "xlsx", "", "x.xlsx", sheet(SHEET_HEAD + " " * (600 * MB))
    yield "10 MB cell", "csv", "", "x.csv", b"id,day\n" + long + b",2025-01-02\n"
    yield "10 MB value", "json", "", "x.json", b'[{"id": "' + long + b'"}]'
    yield "10 MB value", "xml", 'records = "/a/b"', "x.xml", b"<a><b><id>" + long + b"</id></b></a>"
    yield "10 MB cell", "xlsx", "", "x.xlsx", sheet(row(1, "id", "day") + row(2, long.decode(), "2025-01-02"))
    yield "100,000 columns", "csv", "", "x.csv", columns.encode()
    yield "100,000 keys", "json", "", "x.json", f'[{{{keys},"id":1}}]'.encode()
    yield "100,000 elements", "xml", 'records = "/a/b"', "x.xml", f"<a><b>{names}</b></a>".encode()


def run(command):
    """Exit code, seconds on the clock and of the processor, peak MiB as the program tells it, and what was said."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ, "BELEIDSINFO_LOG": "memory=debug"})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        said.seek(0)
        said = said.read().decode(errors="replace")
        peak = re.search(r"peak memory (\d+) KiB", said)
        return process.returncode, seconds, usage.ru_utime + usage.ru_stime, int(peak.group(1)) / 1024 if peak else 0, said


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--binary", default="target/release/beleidsinfo")
    asked = arguments.parse_args()
    binary = str(Path(asked.binary).resolve())
    good, wrong = {}, []
    print("| file | as | bytes | seconds | of the processor | MiB above a good file | says |\n|---|---|---|---|---|---|---|")
    for what, connector, more, name, content in files():
        seconds, processor, peak = 0.0, 0.0, 0.0
        for _ in range(asked.runs):
            folder = Path(tempfile.mkdtemp(prefix="beleidsinfo-hostile-"))
            try:
                ids = ("case:concept:name", "time:timestamp") if connector == "xes" else ("id", "day")
                (folder / "beleidsinfo.toml").write_text(PROJECT)
                (folder / "sources").mkdir()
                (folder / "raw").mkdir()
                mapping = MAPPING.format(connector=connector, more=more, id=ids[0], day=ids[1])
                (folder / "sources" / "x.toml").write_text(mapping)
                (folder / "raw" / name).write_bytes(content)
                code, _, _, landing, said = run([binary, "pull", "--project", folder])
                if code != 0:
                    sys.exit(f"{what}, {connector}: pull ended with {code}\n{said}")
                code, took, worked, checking, said = run([binary, "check", "--project", folder])
                seconds, processor, peak = max(seconds, took), max(processor, worked), max(peak, landing, checking)
            finally:
                shutil.rmtree(folder)
        if what == "good":
            good[connector] = peak
        says = re.search(r"error: (.*)", said)
        says = "accepted" if says is None else re.sub(r"^\S+ ", "", says.group(1))[:90]
        above = peak - good[connector]
        if what != "good" and (code != 7 or seconds > 1 or above > 64):
            wrong.append(f"{what}, {connector}: exit {code}, {seconds:.2f} s, {above:.0f} MiB above\n{said}")
        print(f"| {what} | {connector} | {len(content):,} | {seconds:.2f} | {processor:.2f} | {above:+.0f} | {says} |", flush=True)
    print("\n".join(["", *wrong]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
