"""`bench linkage`: `sarovar link` without a model beside Splink with its own published settings, on public sets with truth, in one run; then
both on many made-up records with the same blocking rules.

The sets are found in the folder named by SAROVAR_ER_DATA, `../shared/data` beside the repository when it is not set; those that are not there are left out."""

import json
import os
import sys

from ground import HERE, THREADS
from measure import run, say

SETS = [
    ("FEBRL 1", "febrl", ["er_febrl/dataset1.csv"]),
    ("FEBRL 2", "febrl", ["er_febrl/dataset2.csv"]),
    ("fake_1000", "fake", ["er_splink/fake_1000.csv"]),
]

# Splink's rules for many records (`splink_peer.MANY`); everything else is drafted and learnt.
MODEL = """
[[block]]
on = ["first_name", "dob"]
[[block]]
on = ["surname", "dob"]
[[block]]
on = ["email"]
[[block]]
on = ["first_name", "surname", "city"]
"""


def linkage(ground, sizes):
    return sets(ground) + [line for rows in sizes for line in many(ground, rows)]


def many(ground, rows):
    """Both engines on the same file of `rows` records, by the same rules; ours also as it is without any model."""
    file = os.path.join(ground.data, f"people-{rows}.parquet")
    if not os.path.exists(file):
        os.makedirs(ground.data, exist_ok=True)
        say(f"linkage: making {rows:,} records")
        run([sys.executable, os.path.join(HERE, "people.py"), str(rows), file + ".part"], 1)
        os.rename(file + ".part", file)
    model = os.path.join(ground.work, "many.toml")
    with open(model, "w", encoding="utf-8") as out:
        out.write(MODEL)
    title = f"{rows:,} made-up records"
    lines = []
    for engine, extra in (("sarovar, Splink's blocking rules", ["--model", model]), ("sarovar, no model", [])):
        say(f"{title}: {engine}")
        ours = run([ground.binary, "--format", "json", "link", file, "--out", os.path.join(ground.work, "pairs.csv"), *extra], THREADS)
        said = json.loads(ours["output"])[0]
        lines.append(line(title, engine, said["f1"], said["b3_f1"], ours) | {"rows": rows, "candidates": said["candidates"], "cpu_seconds": ours["cpu_seconds"]})
    say(f"{title}: splink")
    theirs = run([sys.executable, os.path.join(HERE, "splink_peer.py"), "many", file, str(THREADS)], THREADS)
    peer = json.loads(theirs["output"].splitlines()[-1])
    # Its loading and our judging of its answer are not counted.
    theirs["seconds"] = peer["seconds"]
    lines.append(line(title, f"{peer['engine']}, pairs at 0.5", peer["f1"], None, theirs) | {"rows": rows, "candidates": peer["candidates"]})
    first = lines[0]
    first["speed_to_splink"] = peer["seconds"] / first["seconds"]
    small = first["peak_bytes"] < 1.5 * 2**30
    if rows == 1_000_000:
        first |= {"bar": "≤ 10 s, peak < 1.5 GiB", "met": first["seconds"] <= 10 and small}
    elif rows > 1_000_000:
        # Ten times the records may take their time; memory is bounded at any size.
        first |= {"bar": "peak < 1.5 GiB", "met": small}
    return lines


def sets(ground):
    folder = os.environ.get("SAROVAR_ER_DATA") or "../shared/data"
    found = [(n, p, [os.path.join(folder, f) for f in files]) for n, p, files in SETS]
    found = [s for s in found if all(os.path.exists(f) for f in s[2])]
    if not found:
        say(f"linkage: none of the public sets is in {folder}; name their folder in SAROVAR_ER_DATA")
    lines = []
    for name, plan, files in found:
        say(f"linkage {name}: sarovar")
        pairs = os.path.join(ground.work, "pairs.csv")
        ours = run([ground.binary, "--format", "json", "link", *files, "--out", pairs], THREADS)
        said = json.loads(ours["output"])[0]
        say(f"linkage {name}: splink")
        theirs = run([sys.executable, os.path.join(HERE, "splink_peer.py"), plan, ";".join(files), str(THREADS)], THREADS)
        peer = json.loads(theirs["output"].splitlines()[-1])
        lines.append(line(name, "sarovar, no model", said["f1"], said["b3_f1"], ours))
        lines.append(line(name, f"{peer['engine']}, pairs at 0.5", peer["f1"], None, theirs))
        if "cluster_f1" in peer:
            lines.append(line(name, f"{peer['engine']}, clusters at 0.95", peer["cluster_f1"], peer["b3"], theirs))
        bar = max(peer["f1"], peer.get("cluster_f1", 0.0))
        if plan == "fake":
            # Beside the quick start, whose blocking finds few pairs, the settings of Splink's longer example of the same file.
            more = run([sys.executable, os.path.join(HERE, "splink_peer.py"), "fake_more", ";".join(files), str(THREADS)], THREADS)
            better = json.loads(more["output"].splitlines()[-1])
            bar = max(bar, better["f1"], better.get("cluster_f1", 0.0))
            extra = [line(name, f"{better['engine']} with its accuracy example's settings, pairs at 0.5", better["f1"], None, more)]
            if "cluster_f1" in better:
                extra.append(line(name, f"{better['engine']} with its accuracy example's settings, clusters at 0.95", better["cluster_f1"], better["b3"], more))
        else:
            extra = []
        lines[-1 if "cluster_f1" not in peer else -3].update({"bar": f"F1 ≥ {bar:.4f}", "met": said["f1"] >= bar})
        lines += extra
    return lines


def line(name, engine, f1, b3, cost):
    return {"what": name, "engine": engine, "f1": round(f1, 4) if f1 is not None else None, "b3": round(b3, 4) if b3 is not None else None,
            "seconds": cost["seconds"], "peak_bytes": cost["peak_bytes"]}
