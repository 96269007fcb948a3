#!/usr/bin/env python3
"""Times a board of twelve tiles, each with 36 months and four comparisons, as a reader gets it.

    cargo build --release
    python3 benches/board.py --requests 200

The project is the demo's with a board of twelve tiles by month. A request goes over loopback on one connection; the answer
is the whole page, drawn anew each time: no ETag is sent. So what is measured is more than the figures of a board.
"""

import argparse
import http.client
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bulk import run

TILES = """ov_tijdig ov_tijdig_beslist ov_dlt_gewoon ov_dlt_vereenv ov_stilzwijgend ov_achterstand
           zaak_ingediend zaak_open zaak_tijdig zaak_digitaal zaak_dlt zaak_achterstand""".split()
COMPARED = ["previous", "year", "target", "others"]


def tile(indicator):
    return f'\n[[tiles]]\nindicator = "{indicator}"\nperiod = "month"\nslice = ""\n'


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--requests", type=int, default=200)
    arguments.add_argument("--binary", default="target/release/beleidsinfo")
    asked = arguments.parse_args()
    binary = str(Path(asked.binary).resolve())
    work = Path(tempfile.mkdtemp(prefix="beleidsinfo-bench-"))
    run([binary, "demo", "--no-serve", "--dir", str(work)])
    words = '{ nl = "Twaalf tegels", en = "Twelve tiles" }'
    board = f"title = {words}\nquestion = {words}\ntheme = \"vergunningen\"\n" + "".join(map(tile, TILES))
    (work / "boards" / "twaalf.toml").write_text(board, "utf-8")
    port = free_port()
    server = subprocess.Popen([binary, "serve", "--port", str(port)], cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        line = http.client.HTTPConnection("127.0.0.1", port)
        compare = "".join(f"&compare={one}" for one in COMPARED)
        times = []
        for at in range(asked.requests + 20):
            start = time.monotonic()
            line.request("GET", f"/nl/boards/twaalf?region=46030{compare}")
            answer = line.getresponse()
            page = answer.read()
            if at >= 20:
                times.append((time.monotonic() - start) * 1000)
            if answer.status != 200:
                sys.exit(f"{answer.status}\n{page.decode(errors='replace')[:2000]}")
        times.sort()
        print(f"{len(TILES)} tiles, {len(COMPARED)} comparisons, {len(page):,} bytes: "
              f"median {statistics.median(times):.2f} ms, 95 of 100 under {times[len(times) * 95 // 100]:.2f} ms")
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(work)


if __name__ == "__main__":
    sys.exit(main())
