"""`bench linkage`: `sarovar link` without a model beside Splink with its own published settings, on public sets with truth, in one run.

The sets are found in the folder named by SAROVAR_ER_DATA, `../shared/data` beside the repository when it is not set."""

import json
import os
import sys

from ground import HERE, THREADS
from measure import Failed, run, say

SETS = [
    ("FEBRL 1", "febrl", ["er_febrl/dataset1.csv"]),
    ("FEBRL 2", "febrl", ["er_febrl/dataset2.csv"]),
    ("fake_1000", "fake", ["er_splink/fake_1000.csv"]),
]


def linkage(ground):
    folder = os.environ.get("SAROVAR_ER_DATA") or "../shared/data"
    found = [(n, p, [os.path.join(folder, f) for f in files]) for n, p, files in SETS]
    found = [s for s in found if all(os.path.exists(f) for f in s[2])]
    if not found:
        raise Failed(f"none of the linkage sets is in {folder}; name their folder in SAROVAR_ER_DATA")
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
        lines.append(line(name, "splink, pairs at 0.5", peer["f1"], None, theirs))
        if "cluster_f1" in peer:
            lines.append(line(name, "splink, clusters at 0.95", peer["cluster_f1"], peer["b3"], theirs))
        bar = max(peer["f1"], peer.get("cluster_f1", 0.0))
        lines[-1 if "cluster_f1" not in peer else -3].update({"bar": f"F1 ≥ {bar:.4f}", "met": said["f1"] >= bar})
    return lines


def line(name, engine, f1, b3, cost):
    return {"what": name, "engine": engine, "f1": round(f1, 4) if f1 is not None else None, "b3": round(b3, 4) if b3 is not None else None,
            "seconds": cost["seconds"], "peak_bytes": cost["peak_bytes"]}
