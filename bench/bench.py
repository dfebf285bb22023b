"""The measured work: `sarovar bench` unpacks this folder and runs `bench.py NAME --binary SAROVAR`."""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import timedelta

import report
from measure import Failed, Worker, median, percentile, run, say

HERE = os.path.dirname(os.path.abspath(__file__))
THREADS = 2
SEED = 7
# Only bulk rows, nothing spoilt: DuckDB's bare reader would stop at the first bad row.
CDR, PLATE = "telecom.cdr", "anpr.read"
# DuckDB finds out by itself that the layout quotes with apostrophes, and reads numbers, dates and times as such.
TIME = '"Date" + "Time"'
# Half of a tower window.
HALF = timedelta(hours=3)
TYPED = f'"Target No"::VARCHAR AS number, {TIME} AS started_at, "First CGI" AS first_cell, *'


class Bench:
    def __init__(self, options):
        self.options = options
        self.binary = os.path.abspath(options.binary)
        cache = os.environ.get("SAROVAR_CACHE") or os.path.expanduser("~/.cache/sarovar")
        self.data = os.path.join(cache, "bench-data")
        self.work = options.work or tempfile.mkdtemp(prefix="sarovar-bench-")
        os.makedirs(self.work, exist_ok=True)

    def peer(self, *arguments):
        return [sys.executable, os.path.join(HERE, "peer.py"), *map(str, arguments)]

    def ours(self, home, *arguments):
        return [self.binary, "--home", home, *map(str, arguments)]

    def fresh(self, name):
        path = os.path.join(self.work, name)
        shutil.rmtree(path, ignore_errors=True)
        return path

    def generated(self, kind, rows):
        """A generated file of `rows` rows, kept in the cache; with what making it cost, or None when it was there."""
        folder = os.path.join(self.data, f"{kind}-{rows}-s{SEED}")
        file = os.path.join(folder, {"call-bulk": "telecom.cdr/bulk_airtel.csv", "plate": "anpr.read/reads.csv"}[kind])
        done = os.path.join(folder, "done")
        if os.path.exists(done):
            return file, None
        shutil.rmtree(folder, ignore_errors=True)
        persons = min(9_000_000, max(20_000, rows // 40))
        say(f"generating {rows:,} rows ({kind})")
        size = ["--cdr-rows", rows, "--plate-rows", 0] if kind == "call-bulk" else ["--cdr-rows", 0, "--plate-rows", rows]
        flags = ["--persons", persons, "--seed", SEED, "--out", folder, *size, "--kinds", kind, "--threads", THREADS, "--clean"]
        cost = run([self.binary, "generate", *map(str, flags)], THREADS)
        with open(done, "w", encoding="utf-8") as mark:
            mark.write("done\n")
        return file, cost

    def one_order(self):
        """The call-record contract with its first physical order only, as a folder beside the measured home."""
        worker = Worker(self.ours(self.fresh("contract-home"), "bench-worker"))
        contract = worker.ask({"contract": CDR})
        worker.close()
        folder = self.fresh("one-order")
        os.makedirs(folder)
        changed, count = re.subn(r"(property: order, value: \[\[[^\]]*\])[^}\n]*\]", r"\1]", contract["yaml"])
        if count != 1:
            raise Failed("the call-record contract states its order differently; bench.py must follow")
        with open(os.path.join(folder, "contract.yaml"), "w", encoding="utf-8") as out:
            out.write(changed)
        with open(os.path.join(folder, "mapping.sql"), "w", encoding="utf-8") as out:
            out.write(contract["mapping"])
        return os.path.join(folder, "contract.yaml")

    def ingest(self, home, contract, file, extra=()):
        cost = run(self.ours(home, "ingest", contract, file, "--authority", "BENCH", "--format", "json", *extra), THREADS)
        reports = json.loads(cost["output"])
        cost["report"] = reports[0] if isinstance(reports, list) else reports
        return cost

    # The benches.

    def generate(self, rows):
        lines = []
        for kind in ("call-bulk", "plate"):
            shutil.rmtree(os.path.join(self.data, f"{kind}-{rows}-s{SEED}"), ignore_errors=True)
            file, cost = self.generated(kind, rows)
            lines.append({
                "what": kind, "rows": rows, "bytes": os.path.getsize(file), "seconds": cost["seconds"],
                "rows_per_second": int(rows / cost["seconds"]), "peak_bytes": cost["peak_bytes"],
            })
        return lines

    def ingesting(self, rows, sorted_peers=True):
        file, _ = self.generated("call-bulk", rows)
        size = os.path.getsize(file)
        by_number, by_cell = '"Target No", ' + TIME, '"First CGI", ' + TIME
        cut = self.one_order()

        def copy(*orders):
            def go():
                total = {"seconds": 0.0, "peak_bytes": 0, "cpu_seconds": 0.0}
                for i, order in enumerate(orders):
                    target = self.fresh(f"peer-{i}.parquet")
                    cost = run(self.peer("copy", file, target, THREADS, *([order] if order else [])), THREADS)
                    total = {k: max(v, cost[k]) if k == "peak_bytes" else v + cost[k] for k, v in total.items()}
                    os.remove(target)
                return total
            return go

        def take(extra):
            def go():
                home = self.fresh("home")
                cost = self.ingest(home, CDR, file, extra)
                said = cost["report"]
                if said["in"] != rows or said["accepted"] != rows:
                    raise Failed(f"{rows} rows were to be accepted, the report says {said}")
                shutil.rmtree(home, ignore_errors=True)
                return cost
            return go

        contenders = [
            ("duckdb COPY", copy(None)),
            ("sarovar, one order", take(["--contract", cut])),
            ("sarovar, both orders", take([])),
        ]
        if sorted_peers:
            contenders += [("duckdb COPY, sorted by number", copy(by_number)), ("duckdb COPY twice, both orders", copy(by_number, by_cell))]
        # Runs alternate, so that a slow minute of the machine hits everybody.
        costs = {name: [] for name, _ in contenders}
        for _ in range(self.options.runs):
            for name, go in contenders:
                say(f"ingest {rows:,}: {name}")
                costs[name].append(go())
        base = median([c["seconds"] for c in costs["duckdb COPY"]])
        lines = []
        for name, runs in costs.items():
            seconds = median([c["seconds"] for c in runs])
            lines.append({
                "what": name, "rows": rows, "bytes": size, "seconds": seconds, "rows_per_second": int(rows / seconds),
                "speed_to_duckdb": base / seconds, "peak_bytes": max(c["peak_bytes"] for c in runs),
                "cpu_seconds": median([c["cpu_seconds"] for c in runs]),
            })
        return lines

    def lookup(self, rows, plates):
        file, _ = self.generated("call-bulk", rows)
        home = self.fresh("lookup-home")
        say(f"ingesting {rows:,} call records for the look-ups")
        self.ingest(home, CDR, file)
        parquet = {}
        for name, order in (("unsorted", ""), ("sorted by number", "ORDER BY number, started_at"), ("sorted by cell", "ORDER BY first_cell, started_at")):
            parquet[name] = os.path.join(self.work, f"lookup-{name.replace(' ', '-')}.parquet")
            self.copy_typed(file, parquet[name], TYPED, order)
        if plates:
            plate_file, _ = self.generated("plate", plates)
            say(f"ingesting {plates:,} plate reads for the look-ups")
            self.ingest(home, PLATE, plate_file)
            for name, order in (("plates unsorted", ""), ("plates sorted", "ORDER BY plate_raw, captured_at")):
                parquet[name] = os.path.join(self.work, f"lookup-{name.replace(' ', '-')}.parquet")
                self.copy_typed(plate_file, parquet[name], "*", order)
        numbers, towers, marks = self.sample(parquet)
        workers = {"sarovar": Worker(self.ours(home, "bench-worker"), THREADS), "duckdb": Worker(self.peer("worker", THREADS), THREADS)}
        lines = []

        def ask(what, who, engine, rows, statements):
            times, found = [], []
            for sql in statements:
                answer = workers[engine].ask({"sql": sql, "repeat": self.options.runs + 2})
                # The first two answers warm what is cold.
                times += answer["ms"][2:]
                found.append(answer["rows"])
            lines.append({"what": what, "engine": who, "rows": rows, "answer_rows": sum(found), "p50_ms": percentile(times, 0.5), "p99_ms": percentile(times, 0.99)})

        def window(table, quote):
            def one(cell, begin, end):
                return f"SELECT DISTINCT number FROM {table} WHERE first_cell = '{cell}' AND started_at >= {quote(begin)} AND started_at < {quote(end)}"
            return lambda triple: " INTERSECT ".join(one(*t) for t in triple)

        ask("all rows of one number", "sarovar", "sarovar", rows, [f"SELECT * FROM clean.telecom_cdr WHERE number = '{n}'" for n in numbers])
        for name in ("unsorted", "sorted by number"):
            ask("all rows of one number", f"duckdb {name}", "duckdb", rows, [f"SELECT * FROM '{parquet[name]}' WHERE number = '{n}'" for n in numbers])
        mine = window("clean.telecom_cdr", lambda t: f"TIMESTAMP '{t}+05:30'")
        ask("three towers' windows intersected", "sarovar", "sarovar", rows, [mine(t) for t in towers])
        for name in ("unsorted", "sorted by cell"):
            theirs = window(f"'{parquet[name]}'", lambda t: f"TIMESTAMP '{t}'")
            ask("three towers' windows intersected", f"duckdb {name}", "duckdb", rows, [theirs(t) for t in towers])
        for what in {line["what"] for line in lines}:
            said = {line["engine"]: line["answer_rows"] for line in lines if line["what"] == what}
            if len(set(said.values())) > 1:
                raise Failed(f"the engines disagree about {what}: {said}")
        # Plates are not compared: ours are normalised, so a misread may be found that the raw text does not give.
        if plates:
            ask("one plate's track", "sarovar", "sarovar", plates, [f"SELECT * FROM clean.anpr_read WHERE plate = '{p}' ORDER BY captured_at" for p in marks])
            for name in ("plates unsorted", "plates sorted"):
                ask("one plate's track", f"duckdb {name}", "duckdb", plates, [f"SELECT * FROM '{parquet[name]}' WHERE plate_raw = '{p}' ORDER BY captured_at" for p in marks])
        for engine, worker in workers.items():
            peak = worker.close()
            for line in lines:
                if line["engine"].startswith(engine):
                    line["process_peak_bytes"] = peak
        shutil.rmtree(home, ignore_errors=True)
        for path in parquet.values():
            os.remove(path)
        return lines

    def copy_typed(self, source, target, select, order):
        say(f"writing {os.path.basename(target)} with DuckDB")
        import duckdb

        connection = duckdb.connect()
        connection.execute(f"SET threads TO {THREADS}; SET memory_limit = '4GB'; SET temp_directory = '{self.work}/spill'")
        connection.execute(f"COPY (SELECT {select} FROM read_csv('{source}') {order}) TO '{target}' (FORMAT parquet)")

    def sample(self, parquet):
        """Numbers, tower windows that share a number, and plates that occur."""
        import duckdb

        db = duckdb.connect()
        db.execute(f"SET threads TO {THREADS}")
        source = parquet["sorted by number"]
        numbers = [n for (n,) in db.execute(
            f"SELECT number FROM (SELECT DISTINCT number FROM '{source}') ORDER BY hash(number) LIMIT 40").fetchall()]
        towers = []
        for number in numbers:
            met = db.execute(
                f"SELECT first_cell, min(started_at) FROM '{source}' WHERE number = ? GROUP BY 1 ORDER BY 2 LIMIT 3", [number]).fetchall()
            if len(met) == 3 and len(towers) < 10:
                towers.append([(cell, f"{at - HALF}", f"{at + HALF}") for cell, at in met])
        marks = []
        if "plates sorted" in parquet:
            marks = [p for (p,) in db.execute(
                f"SELECT plate_raw FROM '{parquet['plates sorted']}' WHERE plate_confidence >= 0.8 ORDER BY hash(event_id) LIMIT 40").fetchall()]
        return numbers, towers, marks

    def growth(self, sizes):
        lines = []
        for rows in sizes:
            for line in self.ingesting(rows, sorted_peers=False) + self.lookup(rows, 0):
                lines.append({"what": line.pop("what"), **line})
        return lines

    def startup(self, rows):
        file, _ = self.generated("call-bulk", rows)
        home = self.fresh("startup-home")
        self.ingest(home, CDR, file)
        times = []
        for _ in range(max(3, self.options.runs)):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            started = time.perf_counter()
            child = subprocess.Popen(self.ours(home, "serve", "--listen", f"127.0.0.1:{port}"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                times.append(first_page(port, started, child))
            finally:
                child.terminate()
                child.wait()
        return [{"what": "first page with an existing lake", "rows": rows, "seconds": median(times), "slowest_seconds": max(times)}]


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


def main():
    parser = argparse.ArgumentParser(prog="sarovar bench")
    parser.add_argument("name", choices=["generate", "ingest", "lookup", "growth", "startup"])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--plates", type=int)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", help="folder for what is measured; made and removed when absent")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--markdown", help="appended to")
    options = parser.parse_args()
    bench = Bench(options)
    try:
        rows = {
            "generate": lambda: bench.generate(options.rows or 10_000_000),
            "ingest": lambda: bench.ingesting(options.rows or 10_000_000),
            "lookup": lambda: bench.lookup(options.rows or 20_000_000, 10_000_000 if options.plates is None else options.plates),
            "growth": lambda: bench.growth([options.rows] if options.rows else [1_000_000, 10_000_000, 100_000_000]),
            "startup": lambda: bench.startup(options.rows or 1_000_000),
        }[options.name]()
    except Failed as failure:
        say(f"bench {options.name}: {failure}")
        return 1
    finally:
        if not options.keep and not options.work:
            shutil.rmtree(bench.work, ignore_errors=True)
    version = subprocess.run([bench.binary, "--version"], check=False, stdout=subprocess.PIPE).stdout.decode().strip().split(" ")[-1]
    host = report.machine(version)
    report.write(options.name, host, rows, options.json, options.markdown)
    print(f"{host['cpu']}, {host['cores']} cores, {THREADS} threads each; Sarovar {host['sarovar']}, DuckDB {host['duckdb']}")
    print(report.table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
