"""Look-ups as an officer makes them, through the governed and audited session, beside DuckDB on the same rows unsorted and sorted."""

import json
import os
import shutil
from datetime import timedelta

from ground import CDR, PLATE, THREADS
from ingesting import TIME
from measure import Failed, Worker, parquet, percentile, run, say

# Half of a tower window.
HALF = timedelta(hours=3)
TYPED = f'"Target No"::VARCHAR AS number, {TIME} AS started_at, "First CGI" AS first_cell, *'
NUMBER, TOWERS, TRACK = "all rows of one number", "three towers' windows intersected", "one plate's track"
# Milliseconds, warm, median.
BARS = {NUMBER: 10, TOWERS: 100, TRACK: 10}


def lookup(ground, rows, plates, kept=None):
    home, csv = kept.home if kept else None, None
    if home is None:
        ground.room(rows)
        csv, _ = ground.generated("call-bulk", rows)
        home = ground.fresh("lookup-home")
        say(f"ingesting {rows:,} call records for the look-ups")
        ground.ingest(home, CDR, csv, rows)
    files = {}
    source = f"'{kept.unsorted}'" if kept else f"read_csv('{csv}')"
    for name, order in (("unsorted", ""), ("sorted by number", "ORDER BY number, started_at"), ("sorted by cell", "ORDER BY first_cell, started_at")):
        files[name] = typed(ground, name, source, TYPED, order)
        # The sorted ones can be made from the first, which is smaller.
        source = f"(SELECT * FROM '{files['unsorted']}')"
        if kept and name == "unsorted":
            os.remove(kept.unsorted)
    if plates:
        csv, _ = ground.generated("plate", plates)
        say(f"ingesting {plates:,} plate reads for the look-ups")
        ground.ingest(home, PLATE, csv, plates)
        for name, order in (("plates unsorted", ""), ("plates sorted", "ORDER BY plate_raw, captured_at")):
            files[name] = typed(ground, name, f"read_csv('{csv}')", "*", order)
    samples = sample(files, ground.options.queries)
    lines = ask_all(ground, home, rows, plates, files, samples, "as ingested", True)
    # What `sarovar maintain` leaves behind every night: few files, each sorted throughout.
    say("compacting")
    cost = run(ground.ours(home, "maintain", "--compact", "--format", "json"), THREADS)
    done = json.loads(cost["output"])
    lines += ask_all(ground, home, rows, plates, files, samples, "compacted", False)
    lines.append({
        "what": "maintain --compact", "rows": rows + plates, "engine": "sarovar", "seconds": cost["seconds"],
        "peak_bytes": cost["peak_bytes"], "files": sum(t["files_after"] for t in done if t["table"].startswith("clean.")),
    })
    shutil.rmtree(home, ignore_errors=True)
    for path in files.values():
        os.remove(path)
    return lines


def ask_all(ground, home, rows, plates, files, samples, state, peers):
    numbers, towers, marks = samples
    workers = {"sarovar": Worker(ground.ours(home, "bench-worker"), THREADS)}
    if peers:
        workers["duckdb"] = Worker(ground.peer("worker", THREADS), THREADS)
    lines = []

    def ask(what, engine, place, count, statements):
        firsts, times, found = [], [], []
        for sql in statements:
            answer = workers[engine].ask({"sql": sql, "repeat": ground.options.runs + 2})
            # The first two answers warm what is cold.
            firsts.append(answer["ms"][0])
            times += answer["ms"][2:]
            found.append(answer["rows"])
        size, number = parquet(place)
        line = {
            "what": what, "rows": count, "engine": f"{engine} {state if engine == 'sarovar' else name}", "queries": len(statements),
            "answer_rows": sum(found), "p50_ms": percentile(times, 0.5), "p99_ms": percentile(times, 0.99),
            "first_p50_ms": percentile(firsts, 0.5), "parquet_bytes": size, "files": number,
        }
        if engine == "sarovar":
            line |= {"bar": f"p50 ≤ {BARS[what]} ms", "met": line["p50_ms"] <= BARS[what]}
        lines.append(line)

    def window(table, quote):
        def one(cell, begin, end):
            return f"SELECT DISTINCT number FROM {table} WHERE first_cell = '{cell}' AND started_at >= {quote(begin)} AND started_at < {quote(end)}"
        return lambda triple: " INTERSECT ".join(one(*t) for t in triple)

    clean = os.path.join(home, "tables", "clean")
    name = None
    ask(NUMBER, "sarovar", f"{clean}/telecom_cdr", rows, [f"SELECT * FROM clean.telecom_cdr WHERE number = '{n}'" for n in numbers])
    mine = window("clean.telecom_cdr", lambda t: f"TIMESTAMP '{t}+05:30'")
    ask(TOWERS, "sarovar", f"{clean}/telecom_cdr@first_cell", rows, [mine(t) for t in towers])
    if plates:
        ask(TRACK, "sarovar", f"{clean}/anpr_read", plates, [f"SELECT * FROM clean.anpr_read WHERE plate = '{p}' ORDER BY captured_at" for p in marks])
    if peers:
        for name in ("unsorted", "sorted by number"):
            ask(NUMBER, "duckdb", files[name], rows, [f"SELECT * FROM '{files[name]}' WHERE number = '{n}'" for n in numbers])
        for name in ("unsorted", "sorted by cell"):
            theirs = window(f"'{files[name]}'", lambda t: f"TIMESTAMP '{t}'")
            ask(TOWERS, "duckdb", files[name], rows, [theirs(t) for t in towers])
        agree(lines)
        # Plates are not compared: ours are normalised, so a misread may be found that the raw text does not give.
        for name in ("plates unsorted", "plates sorted") if plates else ():
            ask(TRACK, "duckdb", files[name], plates, [f"SELECT * FROM '{files[name]}' WHERE plate_raw = '{p}' ORDER BY captured_at" for p in marks])
    for engine, worker in workers.items():
        peak = worker.close()
        for line in lines:
            if line["engine"].startswith(engine):
                line["peak_bytes"] = peak
    return sorted(lines, key=lambda line: list(BARS).index(line["what"]))


def agree(lines):
    for what in (NUMBER, TOWERS):
        said = {line["engine"]: line["answer_rows"] for line in lines if line["what"] == what}
        if len(set(said.values())) > 1:
            raise Failed(f"the engines disagree about {what}: {said}")
        if not any(said.values()):
            raise Failed(f"nobody found anything for {what}: the sample is empty")


def typed(ground, name, source, select, order):
    import duckdb

    target = os.path.join(ground.work, f"lookup-{name.replace(' ', '-')}.parquet")
    say(f"writing {os.path.basename(target)} with DuckDB")
    if select == TYPED and order:
        select = "*"
    connection = duckdb.connect()
    connection.execute(f"SET threads TO {THREADS}; SET memory_limit = '4GB'; SET temp_directory = '{ground.work}/spill'")
    connection.execute(f"COPY (SELECT {select} FROM {source} {order}) TO '{target}' (FORMAT parquet)")
    return target


def sample(files, count):
    """Numbers, tower windows that share a number, and plates that occur."""
    import duckdb

    db = duckdb.connect()
    db.execute(f"SET threads TO {THREADS}")
    source = files["sorted by number"]
    numbers = [n for (n,) in db.execute(f"SELECT number FROM (SELECT DISTINCT number FROM '{source}') ORDER BY hash(number) LIMIT {count}").fetchall()]
    towers = []
    for number in numbers:
        met = db.execute(f"SELECT first_cell, min(started_at) FROM '{source}' WHERE number = ? GROUP BY 1 ORDER BY 2 LIMIT 3", [number]).fetchall()
        if len(met) == 3 and len(towers) < 10:
            towers.append([(cell, f"{at - HALF}", f"{at + HALF}") for cell, at in met])
    marks = []
    if "plates sorted" in files:
        marks = [p for (p,) in db.execute(f"SELECT plate_raw FROM '{files['plates sorted']}' WHERE plate_confidence >= 0.8 ORDER BY hash(event_id) LIMIT {count}").fetchall()]
    return numbers, towers, marks
