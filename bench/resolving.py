"""`bench resolve`: persons of a made-up state whose truth is known. All at once, then new mentions against all that is there.

Truth and data come from the generator (`synthetic`), so the measures say how the pieces work together; real registers are messier."""

import csv
import json
import os

from ground import THREADS
from measure import run, say

# New mentions that are linked against all others.
NEW = 10_000


def resolving(ground, sizes):
    return [line for persons in sizes for line in one(ground, persons)]


def one(ground, persons):
    folder, home = os.path.join(ground.work, f"persons-{persons}"), ground.fresh("resolve-home")
    run([ground.binary, "generate", "--persons", str(persons), "--seed", "79", "--clean", "--kinds", "case,vehicle,truth", "--out", folder], THREADS)
    mentions = os.path.join(folder, "cctns.person/person.csv")
    first, rest = parted(mentions, ground.work)
    others = [os.path.join(folder, f) for f in ("cctns.arrest/arrest.csv", "transport.vehicle/registrations.csv")]
    run(ground.ours(home, "ingest", "--authority", "BENCH", first, *[f for f in others if os.path.exists(f)]), THREADS)
    say(f"resolve, {persons:,} persons: all at once")
    truth = os.path.join(folder, "truth/mentions.csv")
    whole = run(ground.ours(home, "--format", "json", "resolve", "--truth", truth), THREADS)
    told = json.loads(whole["output"])[0]
    measured = told["measured"]
    good = measured["cluster_f1"] >= 0.97 and measured["mixed_excluded"] == 0
    lines = [{
        "what": "all mentions", "engine": "sarovar", "persons": persons, "mentions": told["mentions"], "cluster_f1": round(measured["cluster_f1"], 4),
        "b3": round(measured["b3_f1"], 4), "f1": round(measured["f1"], 4), "mixed": measured["mixed"], "mixed_excluded": measured["mixed_excluded"],
        "seconds": whole["seconds"], "peak_bytes": whole["peak_bytes"], "bar": "cluster F1 ≥ 0.97, nobody against a contradiction", "met": good,
    }]
    run(ground.ours(home, "ingest", "--authority", "BENCH", rest), THREADS)
    say(f"resolve, {persons:,} persons: what is new")
    new = run(ground.ours(home, "--format", "json", "resolve"), THREADS)
    told = json.loads(new["output"])[0]
    line = {
        "what": f"{told['fresh']:,} new records against the others", "engine": "sarovar", "persons": persons, "mentions": told["mentions"],
        "looked_at": told["looked_at"], "candidates": told["compared"], "seconds": new["seconds"], "peak_bytes": new["peak_bytes"],
    }
    if told["mentions"] >= 10_000_000:
        line |= {"bar": "≤ 10 s", "met": new["seconds"] <= 10}
    return [*lines, line]


def parted(file, folder):
    """The file without its last rows, and those: at most a tenth."""
    with open(file, encoding="utf-8", newline="") as text:
        head, *rows = list(csv.reader(text))
    cut = len(rows) - min(NEW, len(rows) // 10)
    out = []
    for name, part in (("first", rows[:cut]), ("rest", rows[cut:])):
        out.append(os.path.join(folder, f"{name}-{len(rows)}.csv"))
        with open(out[-1], "w", encoding="utf-8", newline="") as text:
            csv.writer(text).writerows([head, *part])
    return out
