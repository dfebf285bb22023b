"""`bench search`: the search index over a made-up state, beside SQLite's full text index (FTS5, trigrams) over the same rows, in one run.

A question is somebody's name in Hindi with the father's or husband's name and the village in Latin letters; what must be found is the same person,
by any row that speaks of him (`recall_at_10`), and, harder, his vehicle registration, which is written in Latin letters in another spelling
(`registration_at_10`): of ten million people others of the same sounds stand before it. The truth comes from the generator."""

import csv
import json
import os
import random
import sqlite3
import subprocess
import time

from ground import THREADS
from measure import Failed, run, say


def searching(ground, persons):
    folder, home = os.path.join(ground.work, f"state-{persons}"), ground.fresh("search-home")
    run([ground.binary, "generate", "--persons", str(persons), "--seed", "43", "--clean", "--kinds", "case,vehicle,truth", "--out", folder], THREADS)
    files = [os.path.join(folder, f) for f in ("cctns.person/person.csv", "transport.vehicle/registrations.csv")]
    run(ground.ours(home, "ingest", "--authority", "BENCH", *files), THREADS)
    # As the server does by itself (`serve --merge-every`).
    run(ground.ours(home, "maintain", "--compact"), THREADS)
    say(f"search, {persons} persons: index")
    built = run(ground.ours(home, "--format", "json", "index", "--rebuild"), THREADS)
    told = json.loads(built["output"])[0]
    asked = questions(folder, ground.options.queries)
    say(f"search, {persons} persons: {len(asked)} questions")
    lines = [{
        "what": "index", "engine": "sarovar", "rows": told["rows"], "seconds": built["seconds"],
        "rows_per_second": int(told["rows"] / max(told["seconds"], 1e-9)), "peak_bytes": built["peak_bytes"],
    }]
    told = ours(ground, folder, home, asked)
    met = told["p99_ms"] <= 30 and told["recall_at_10"] >= 0.95
    lines.append({"what": "questions", "engine": "sarovar", **told, "bar": "p99 ≤ 30 ms, recall@10 ≥ 0.95", "met": met})
    lines += sqlite(folder, asked)
    return [line | {"people": persons} for line in lines]


def growing(ground, sizes):
    """The same at growing numbers of people; without the peer, which keeps its index in memory."""
    return [line for persons in sizes for line in searching(ground, persons) if line["engine"] == "sarovar"]


def questions(folder, count):
    """Question, the registration mark that answers it, and whose it is."""
    with open(os.path.join(folder, "truth/persons.csv"), encoding="utf-8") as file:
        owners = [row for row in csv.DictReader(file) if row["plate"]]
    random.Random(1).shuffle(owners)
    given = lambda name: name.split(" ")[0]
    return [(f"{row['name_local']} {given(row['relative_name'])} {row['village']}", row["plate"], row["person"]) for row in owners[:count]]


def summary(times, found):
    times = sorted(times)
    at = lambda share: round(times[min(len(times) - 1, int(share * len(times)))], 2)
    return {"p50_ms": at(0.5), "p99_ms": at(0.99), "recall_at_10": round(sum(found) / max(1, len(found)), 4), "questions": len(found)}


def people(folder, keys):
    """Whom the rows of some keys speak of."""
    with open(os.path.join(folder, "truth/mentions.csv"), encoding="utf-8") as file:
        return {row["person_key"]: row["person"] for row in csv.DictReader(file) if row["person_key"] in keys}


def ours(ground, folder, home, asked):
    child = subprocess.Popen(ground.ours(home, "bench-worker"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    times, found = [], []
    try:
        for i, (text, _, _) in enumerate([asked[0], *asked]):
            child.stdin.write(json.dumps({"search": text, "kind": "person"}) + "\n")
            child.stdin.flush()
            answer = json.loads(child.stdout.readline())
            if "error" in answer:
                raise Failed(f"search: {answer['error']}")
            if i:  # the first is a warming up
                times.append(answer["ms"])
                found.append(answer["keys"][:10])
    finally:
        child.stdin.close()
        child.wait()
    whose = people(folder, {key for keys in found for key in keys})
    registered = [any(f":{plate}/" in key for key in keys) for keys, (_, plate, _) in zip(found, asked)]
    known = [any(whose.get(key) == person for key in keys) for keys, (_, _, person) in zip(found, asked)]
    return summary(times, known) | {"registration_at_10": round(sum(registered) / max(1, len(registered)), 4)}


def sqlite(folder, asked):
    base = sqlite3.connect(":memory:")
    try:
        base.execute("CREATE VIRTUAL TABLE owner USING fts5(plate UNINDEXED, text, tokenize = 'trigram')")
    except sqlite3.OperationalError as missing:
        say(f"search: this Python's SQLite has no trigram index ({missing}); there is no peer")
        return []
    started = time.perf_counter()
    with open(os.path.join(folder, "transport.vehicle/registrations.csv"), encoding="utf-8") as file:
        rows = [(r["rc_regn_no"], f"{r['rc_owner_name']} {r['rc_f_name']} {r['rc_present_address']}") for r in csv.DictReader(file)]
    base.executemany("INSERT INTO owner VALUES (?, ?)", rows)
    seconds = time.perf_counter() - started
    times, found = [], []
    for text, plate, _ in asked:
        begun = time.perf_counter()
        words = " OR ".join(f'"{word}"' for word in text.split() if len(word) >= 3)
        hits = base.execute("SELECT plate FROM owner WHERE owner MATCH ? ORDER BY rank LIMIT 10", (words,)).fetchall()
        times.append((time.perf_counter() - begun) * 1000)
        found.append(any(hit[0] == plate for hit in hits))
    return [
        {"what": "index", "engine": f"SQLite {sqlite3.sqlite_version} FTS5", "rows": len(rows), "seconds": seconds, "rows_per_second": int(len(rows) / seconds)},
        {"what": "questions", "engine": f"SQLite {sqlite3.sqlite_version} FTS5", **summary(times, found)},
    ]
