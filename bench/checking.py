"""Part of `bench names`: the checks of nomenklatura (pairs of persons and companies that are one or not), judged by its own matcher and by the name
engine at their preset thresholds, in one run. The checks are found in `er_nomenklatura/checks.yml` below SAROVAR_ER_DATA. nomenklatura 4.17 and DuckDB 2
cannot be installed together, so it is not among the requirements: who wants this part installs it and PyYAML into an environment of his own."""

import importlib.util
import os
import time

from measure import say

# The algorithm its documentation names for screening (https://www.opensanctions.org/matcher), at its own threshold.
ALGORITHM = "logic-v2"
THRESHOLD = 0.7


def checking(worker):
    file = os.path.join(os.environ.get("SAROVAR_ER_DATA") or "../shared/data", "er_nomenklatura", "checks.yml")
    if not os.path.exists(file):
        say(f"names: there is no {file}; nomenklatura's checks are left out")
        return []
    if not all(importlib.util.find_spec(name) for name in ("nomenklatura", "yaml")):
        say("names: nomenklatura is not installed here; its checks are left out")
        return []
    import yaml

    with open(file, encoding="utf-8") as text:
        checks = yaml.safe_load(text)["checks"]
    what = f"{len(checks)} checks of nomenklatura"
    say(f"names: {what}")
    started = time.perf_counter()
    said = worker.ask({"alike": [[full(c["query"]), full(c["candidate"])] for c in checks]})["agrees"]
    lines = [judged(what, "sarovar", checks, said, time.perf_counter() - started)]
    started = time.perf_counter()
    name, said = peer(checks)
    lines.append(judged(what, name, checks, said, time.perf_counter() - started))
    lines[0] |= {"bar": f"F1 ≥ {lines[1]['f1']}", "met": lines[0]["f1"] >= lines[1]["f1"]}
    return lines


def full(side):
    """The name as one text, where the check gives it in parts."""
    if side.get("name"):
        return side["name"]
    return " ".join(side[part] for part in ("firstName", "middleName", "fatherName", "lastName") if side.get(part))


def peer(checks):
    from importlib.metadata import version

    from followthemoney import model
    from nomenklatura.matching import get_algorithm

    algorithm = get_algorithm(ALGORITHM)
    config = algorithm.default_config()

    def entity(schema, side, key):
        properties = {name: [value] for name, value in side.items()}
        properties.setdefault("name", [full(side)])
        return model.get_proxy({"id": key, "schema": schema, "properties": properties})

    said = [
        algorithm.compare(entity(c["schema"], c["query"], "q"), entity(c["schema"], c["candidate"], "c"), config).score >= THRESHOLD
        for c in checks
    ]
    return f"nomenklatura {version('nomenklatura')} {ALGORITHM} at {THRESHOLD}", said


def judged(what, engine, checks, said, seconds):
    right = sum(bool(s) and c["match"] for s, c in zip(said, checks))
    found, true = sum(map(bool, said)), sum(c["match"] for c in checks)
    f1 = 2 * right / max(1, found + true)
    agreed = sum(bool(s) == c["match"] for s, c in zip(said, checks))
    return {"what": what, "engine": engine, "queries": len(checks), "right": agreed, "f1": round(f1, 4), "seconds": seconds}
