"""The measured work: `sarovar bench` unpacks this folder and runs `bench.py NAME --binary SAROVAR`."""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import report
from access import access
from ground import CDR, Ground
from ingesting import Kept, ingesting
from linkage import linkage
from lookups import lookup
from measure import Failed, median, say
from naming import naming
from resolving import resolving
from searching import growing, searching

MILLION = 1_000_000


def generate(ground, rows):
    lines = []
    for kind in ("call-bulk", "plate"):
        # Two sizes, to show that memory does not grow with rows.
        for count in (max(1, rows // 10), rows):
            ground.forget(kind, count)
            file, cost = ground.generated(kind, count)
            lines.append({
                "what": kind, "rows": count, "csv_bytes": os.path.getsize(file), "seconds": cost["seconds"],
                "rows_per_second": int(count / cost["seconds"]), "cpu_seconds": cost["cpu_seconds"], "peak_bytes": cost["peak_bytes"],
                "others_share": cost["others"],
            })
    return lines


def growth(ground, sizes):
    lines = []
    for rows in sizes:
        kept = Kept()
        lines += ingesting(ground, rows, peers=False, kept=kept)
        lines += lookup(ground, rows, 0, kept)
    return lines


def startup(ground, rows):
    file, _ = ground.generated("call-bulk", rows)
    home = ground.fresh("startup-home")
    ground.ingest(home, CDR, file, rows)
    times = []
    for _ in range(max(3, ground.options.runs)):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        started = time.perf_counter()
        child = subprocess.Popen(ground.ours(home, "serve", "--listen", f"127.0.0.1:{port}"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            times.append(first_page(port, started, child))
        finally:
            child.terminate()
            child.wait()
    shutil.rmtree(home)
    middle = median(times)
    return [{
        "what": "first page with an existing lake", "rows": rows, "seconds": middle, "slowest_seconds": max(times), "runs": len(times),
        "bar": "< 1 s", "met": middle < 1,
    }]


def first_page(port, started, child):
    while time.perf_counter() - started < 60:
        if child.poll() is not None:
            raise Failed(f"serve ended with {child.returncode} before it answered")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                page.read()
            return time.perf_counter() - started
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.005)
    raise Failed("no page within a minute")


def benches(options):
    """Name to a function of the ground; the order is the report's."""
    rows = options.rows
    plates = 10 * MILLION if options.plates is None else options.plates
    sizes = options.sizes or ([rows] if rows else [MILLION, 10 * MILLION, 100 * MILLION])
    return {
        "generate": lambda g: generate(g, rows or 10 * MILLION),
        "ingest": lambda g: ingesting(g, rows or 10 * MILLION),
        "lookup": lambda g: lookup(g, rows or 20 * MILLION, plates),
        "access": lambda g: access(g, rows or 20 * MILLION),
        "growth": lambda g: growth(g, sizes),
        "startup": lambda g: startup(g, rows or MILLION),
        "linkage": lambda g: linkage(g, options.sizes or [rows or MILLION]),
        "names": naming,
        "search": lambda g: growing(g, options.sizes) if options.sizes else searching(g, options.persons),
        "resolve": lambda g: resolving(g, options.sizes or [options.persons]),
    }


def main():
    parser = argparse.ArgumentParser(prog="sarovar bench")
    parser.add_argument("name", nargs="+", choices=["generate", "ingest", "lookup", "access", "growth", "startup", "linkage", "names", "search", "resolve", "all"])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--plates", type=int)
    parser.add_argument("--sizes", type=int, nargs="+", help="steps of growth: rows, records of a linkage, people of a search or a state")
    parser.add_argument("--persons", type=int, default=100_000, help="people of the state that is searched")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--queries", type=int, default=40, help="different numbers and plates that are looked up")
    parser.add_argument("--work", help="folder for what is measured; made and removed when absent")
    parser.add_argument("--scratch", help="where that folder is made")
    parser.add_argument("--data", help="folder for generated files, kept between runs")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json", help="one document per bench is appended")
    parser.add_argument("--markdown", help="the named benches replace their sections, the others stay")
    options = parser.parse_args()
    known = benches(options)
    failed = 0
    for name in known if "all" in options.name else options.name:
        ground = Ground(options)
        began = report.now()
        try:
            rows = known[name](ground)
        except Failed as failure:
            say(f"bench {name}: {failure}")
            failed += 1
            continue
        finally:
            if not options.keep and not options.work:
                shutil.rmtree(ground.work, ignore_errors=True)
        host = report.machine(ground.binary)
        report.write(name, began, host, rows, options.json, options.markdown)
        print(report.console(name, began, host, rows), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
