"""A call-record file into checked, hashed, traceable tables, beside DuckDB's bare COPY of the same file to Parquet."""

import os
import shutil

from ground import CDR, LARGE, THREADS
from measure import median, parquet, run, say

# DuckDB finds out by itself that the layout quotes with apostrophes, and reads numbers, dates and times as such.
TIME = '"Date" + "Time"'
BY_NUMBER, BY_CELL = f'"Target No", {TIME}', f'"First CGI", {TIME}'
RATIO, PEAK = 0.6, 1.5 * 2**30


class Kept:
    """What a look-up bench can go on with: a lake with both orders, and DuckDB's file in the order rows came."""

    def __init__(self):
        self.home = self.unsorted = None


def ingesting(ground, rows, peers=True, kept=None):
    ground.room(rows)
    file, _ = ground.generated("call-bulk", rows)
    size, large = os.path.getsize(file), rows >= LARGE
    cut = ground.one_order()

    def copy(*orders):
        def go():
            total = {"seconds": 0.0, "peak_bytes": 0, "cpu_seconds": 0.0, "others": 0.0, "parquet_bytes": 0, "files": 0}
            for i, order in enumerate(orders):
                target = ground.fresh(f"peer-{i}.parquet")
                if os.path.exists(target):
                    os.remove(target)
                cost = run(ground.peer("copy", file, target, THREADS, *([order] if order else [])), THREADS)
                cost["parquet_bytes"], cost["files"] = parquet(target)
                total = {k: max(v, cost[k]) if k in ("peak_bytes", "others") else v + cost[k] for k, v in total.items()}
                if kept and order is None:
                    kept.unsorted = target
                else:
                    os.remove(target)
            return total
        return go

    def take(extra, keep=False):
        def go():
            home = ground.fresh("home")

            def drop():
                """Once the lake holds the bytes, a large generated file is only in the way."""
                raw = os.path.join(home, "raw")
                there = [n for where, _, names in os.walk(raw) for n in names if os.path.getsize(os.path.join(where, n)) == size]
                if there:
                    ground.forget("call-bulk", rows)
                return bool(there)

            cost = ground.ingest(home, CDR, file, rows, extra, drop if large and keep else None)
            cost["parquet_bytes"], cost["files"] = parquet(os.path.join(home, "tables", "clean"))
            if keep and kept:
                shutil.rmtree(os.path.join(home, "raw"))
                kept.home = home
            else:
                shutil.rmtree(home)
            return cost
        return go

    contenders = [("duckdb COPY", copy(None))]
    if not large:
        contenders.append(("sarovar, one order", take(["--contract", cut])))
    contenders.append(("sarovar, both orders", take([], keep=True)))
    if peers:
        contenders += [("duckdb COPY, sorted by number", copy(BY_NUMBER)), ("duckdb COPY twice, both orders", copy(BY_NUMBER, BY_CELL))]
    # Runs alternate, so that a slow minute of the machine hits everybody.
    costs = {name: [] for name, _ in contenders}
    for _ in range(ground.runs(rows)):
        for name, go in contenders:
            say(f"ingest {rows:,}: {name}")
            costs[name].append(go())
    base = costs["duckdb COPY"]
    lines = []
    for name, runs in costs.items():
        seconds = median([c["seconds"] for c in runs])
        # Each run against the one of the same round: what slowed the machine then slowed both.
        speed = median([b["seconds"] / c["seconds"] for b, c in zip(base, runs)])
        work = median([b["cpu_seconds"] / c["cpu_seconds"] for b, c in zip(base, runs)])
        peak = max(c["peak_bytes"] for c in runs)
        line = {
            "what": name, "rows": rows, "csv_bytes": size, "seconds": seconds, "rows_per_second": int(rows / seconds),
            "speed_to_duckdb": speed, "cpu_seconds": median([c["cpu_seconds"] for c in runs]), "cpu_to_duckdb": work,
            "peak_bytes": peak, "parquet_bytes": runs[0]["parquet_bytes"], "files": runs[0]["files"],
            "others_share": max(c["others"] for c in runs), "runs": len(runs),
        }
        if name == "sarovar, one order":
            line |= {"bar": f"speed ≥ {RATIO}, peak < 1.5 GiB", "met": speed >= RATIO and peak < PEAK}
        elif name == "sarovar, both orders":
            line |= {"bar": "peak < 1.5 GiB", "met": peak < PEAK}
        lines.append(line)
    return lines
