"""What every bench stands on: generated files, folders that go again, and how each engine is started."""

import json
import os
import re
import shutil
import sys
import tempfile

from measure import Failed, Worker, run, say

HERE = os.path.dirname(os.path.abspath(__file__))
THREADS = 2
SEED = 7
CDR, PLATE = "telecom.cdr", "anpr.read"
# From this many rows on a file is deleted as soon as nothing needs it: the disk of a small machine holds one copy of it, not three.
LARGE = 20_000_001


class Ground:
    def __init__(self, options):
        self.options = options
        self.binary = os.path.abspath(options.binary)
        cache = os.environ.get("SAROVAR_CACHE") or os.path.expanduser("~/.cache/sarovar")
        self.data = options.data or os.path.join(cache, "bench-data")
        if options.scratch:
            os.makedirs(options.scratch, exist_ok=True)
        self.work = options.work or tempfile.mkdtemp(prefix="sarovar-bench-", dir=options.scratch)
        os.makedirs(self.work, exist_ok=True)

    def runs(self, rows):
        """How often a run is repeated: a large one varies little and takes long."""
        return 1 if rows >= LARGE else self.options.runs

    def peer(self, *arguments):
        return [sys.executable, os.path.join(HERE, "peer.py"), *map(str, arguments)]

    def ours(self, home, *arguments):
        return [self.binary, "--home", home, *map(str, arguments)]

    def fresh(self, name):
        path = os.path.join(self.work, name)
        shutil.rmtree(path, ignore_errors=True)
        return path

    def room(self, rows):
        """Refuses to begin what the disk cannot hold: a row costs some 230 bytes as text and 90 as Parquet, several times over."""
        needed = rows * (540 if rows >= LARGE else 900)
        for folder in {self.work, os.path.dirname(os.path.abspath(self.data))}:
            free = shutil.disk_usage(folder).free
            if free < needed:
                raise Failed(f"{rows:,} rows want {needed / 2**30:.0f} GiB of disk, {folder} has {free / 2**30:.0f}; name other places with --work and --data")

    def generated(self, kind, rows):
        """A generated file of `rows` rows, kept in the cache; with what making it cost, or None when it was there.
        Nothing in it is spoilt: DuckDB's bare reader would stop at the first bad row."""
        folder = os.path.join(self.data, f"{kind}-{rows}-s{SEED}")
        file = os.path.join(folder, {"call-bulk": "telecom.cdr/bulk_airtel.csv", "plate": "anpr.read/reads.csv"}[kind])
        done = os.path.join(folder, "done")
        if os.path.exists(done) and os.path.exists(file):
            return file, None
        shutil.rmtree(folder, ignore_errors=True)
        persons = min(9_000_000, max(50, rows // 40))
        say(f"generating {rows:,} rows ({kind})")
        size = ["--cdr-rows", rows, "--plate-rows", 0] if kind == "call-bulk" else ["--cdr-rows", 0, "--plate-rows", rows]
        flags = ["--persons", persons, "--seed", SEED, "--out", folder, *size, "--kinds", kind, "--threads", THREADS, "--clean", "--few-stations"]
        cost = run([self.binary, "generate", *map(str, flags)], THREADS)
        with open(done, "w", encoding="utf-8") as mark:
            mark.write("done\n")
        return file, cost

    def forget(self, kind, rows):
        shutil.rmtree(os.path.join(self.data, f"{kind}-{rows}-s{SEED}"), ignore_errors=True)

    def one_order(self):
        """The call-record contract with its first physical order only, as a folder beside the measured home."""
        worker = Worker(self.ours(self.fresh("contract-home"), "bench-worker"))
        contract = worker.ask({"contract": CDR})
        worker.close()
        folder = self.fresh("one-order")
        os.makedirs(folder)
        changed, count = re.subn(r"(property: order, value: \[\[[^\]]*\])[^}\n]*\]", r"\1]", contract["yaml"])
        if count != 1:
            raise Failed("the call-record contract states its order differently; ground.py must follow")
        with open(os.path.join(folder, "contract.yaml"), "w", encoding="utf-8") as out:
            out.write(changed)
        with open(os.path.join(folder, "mapping.sql"), "w", encoding="utf-8") as out:
            out.write(contract["mapping"])
        return os.path.join(folder, "contract.yaml")

    def ingest(self, home, contract, file, rows, extra=(), meanwhile=None):
        """Takes a file in, all of whose rows have to be accepted, and says what it cost."""
        command = self.ours(home, "ingest", contract, file, "--authority", "BENCH", "--format", "json", *extra)
        cost = run(command, THREADS, meanwhile=meanwhile)
        reports = json.loads(cost["output"])
        said = reports[0] if isinstance(reports, list) else reports
        if said["in"] != rows or said["accepted"] != rows:
            raise Failed(f"{rows} rows were to be accepted, the report says {said}")
        return cost
