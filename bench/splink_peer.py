"""Splink's part of `bench linkage`: its own published settings on a file, measured the same way as ours.

Settings are those of Splink's documentation: `README.md` (quick start) for fake_1000, `docs/demos/examples/duckdb/febrl3.ipynb` for FEBRL, whose
sets 1 and 2 have the columns of set 3, and the same with `link_type="link_only"` for two tables.
"""

import csv
import json
import sys
import time
from collections import Counter, defaultdict
from importlib.metadata import version

import duckdb
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI


def fake(kind):
    return {
        "id": "unique_id",
        "settings": dict(
            link_type=kind,
            comparisons=[
                cl.NameComparison("first_name"),
                cl.JaroAtThresholds("surname"),
                cl.DateOfBirthComparison("dob", input_is_string=True),
                cl.ExactMatch("city").configure(term_frequency_adjustments=True),
                cl.EmailComparison("email"),
            ],
            blocking_rules_to_generate_predictions=[block_on("first_name", "dob"), block_on("surname")],
        ),
        "certain": [block_on("first_name", "surname")],
        "recall": 0.7,
        "training": [block_on("first_name", "surname"), block_on("dob")],
    }


def fake_more(kind):
    """`docs/demos/examples/duckdb/accuracy_analysis_from_labels_column.ipynb`: more rules, for the same file."""
    return {
        "id": "unique_id",
        "settings": dict(
            link_type=kind,
            comparisons=[
                cl.ForenameSurnameComparison("first_name", "surname").configure(term_frequency_adjustments=True),
                cl.DateOfBirthComparison("dob", input_is_string=True),
                cl.ExactMatch("city").configure(term_frequency_adjustments=True),
                cl.EmailComparison("email"),
            ],
            blocking_rules_to_generate_predictions=[block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email")],
        ),
        "certain": [
            "l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob",
            "substr(l.first_name,1,2) = substr(r.first_name,1,2) and l.surname = r.surname and substr(l.city,1,2) = substr(r.city,1,2)",
            block_on("dob", "email"),
        ],
        "recall": 0.7,
        "training": [block_on("dob"), block_on("first_name"), block_on("surname")],
    }


def febrl(kind):
    return {
        "id": "rec_id",
        "settings": dict(
            link_type=kind,
            blocking_rules_to_generate_predictions=[
                block_on("soc_sec_id"), block_on("given_name"), block_on("surname"), block_on("date_of_birth"), block_on("postcode"),
            ],
            comparisons=[
                cl.NameComparison("given_name"),
                cl.NameComparison("surname"),
                cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
                cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
                cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
                cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            ],
        ),
        "certain": [
            block_on("soc_sec_id"),
            block_on("given_name", "surname", "date_of_birth"),
            "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
        ],
        "recall": 0.9,
        "training": [block_on("date_of_birth"), block_on("postcode")],
    }


# Of Splink's example of 50,000 persons (`docs/demos/examples/duckdb/deduplicate_50k_synthetic.ipynb`): pairs of fields, so that no block grows with
# the square of the table. `linkage.py` gives the same rules to Sarovar as a model.
MANY = [("first_name", "dob"), ("surname", "dob"), ("email",), ("first_name", "surname", "city")]


def many(kind):
    plan = fake(kind)
    plan["settings"]["blocking_rules_to_generate_predictions"] = [block_on(*rule) for rule in MANY]
    return plan | {"certain": [block_on("first_name", "surname", "dob")], "recall": 0.5}


PLANS = {"fake": fake, "fake_more": fake_more, "febrl": febrl, "many": many}


def truth_of(row):
    if "cluster" in row:
        return row["cluster"]
    return row["rec_id"].split("-")[1]


def load(connection, name, path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = [{k.strip(): (v.strip() or None) if v else None for k, v in row.items()} for row in csv.DictReader(file)]
    columns = [c for c in rows[0] if c != "cluster"]
    connection.execute(f"CREATE TABLE {name} ({', '.join(f'{c} VARCHAR' for c in columns)})")
    connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", [[r[c] for c in columns] for r in rows])
    return rows


def f1(found, right, all_true):
    precision = right / found if found else 1.0
    recall = right / all_true if all_true else 1.0
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0}


def quality(clusters, truth):
    """Pairs and B-cubed of clusters (record → cluster) against truth (record → thing)."""
    size, true_size, both = Counter(clusters.values()), Counter(truth.values()), Counter((clusters[r], truth[r]) for r in truth)
    pairs = lambda c: sum(n * (n - 1) // 2 for n in c.values())
    out = {f"cluster_{k}": v for k, v in f1(pairs(size), pairs(both), pairs(true_size)).items()}
    precision = sum(n * n / size[c] for (c, _), n in both.items()) / len(truth)
    recall = sum(n * n / true_size[t] for (_, t), n in both.items()) / len(truth)
    out["b3"] = 2 * precision * recall / (precision + recall)
    return out


def main():
    plan, files, threads = sys.argv[1], sys.argv[2].split(";"), sys.argv[3]
    started = time.perf_counter()
    connection = duckdb.connect()
    connection.execute(f"SET threads TO {threads}")
    plan = PLANS[plan]("dedupe_only" if len(files) == 1 else "link_only")
    api = DuckDBAPI(connection=connection)
    if len(files) == 1 and files[0].endswith(".parquet"):
        connection.execute(f"CREATE TABLE t0 AS SELECT * EXCLUDE (cluster) FROM '{files[0]}'")
        tables = None
    else:
        tables = [load(connection, f"t{i}", f) for i, f in enumerate(files)]
    prepared = time.perf_counter()
    linker = Linker([api.register(f"t{i}") for i in range(len(files))], SettingsCreator(unique_id_column_name=plan["id"], **plan["settings"]), log_level=40)
    linker.training.estimate_probability_two_random_records_match(plan["certain"], recall=plan["recall"])
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in plan["training"]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predictions = linker.inference.predict(threshold_match_probability=0.2)
    clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold_match_probability=0.95)
    seconds = time.perf_counter() - prepared
    engine = f"splink {version('splink')} (DuckDB {version('duckdb')}, {threads} threads)"
    answer = {"engine": engine, "seconds": seconds, "load_seconds": prepared - started}
    key = plan["id"]
    if tables:
        truth = {(f"t{i}" if len(tables) > 1 else "", r[key]): truth_of(r) for i, rows in enumerate(tables) for r in rows}
        ends = connection.execute(f"SELECT * FROM {predictions.physical_name} WHERE match_probability >= 0.5").to_arrow_table().to_pylist()
        sides = lambda r, s: (str(r.get(f"source_dataset_{s}") or "") if len(tables) > 1 else "", r[f"{key}_{s}"])
        names = {}
        if len(tables) > 1:
            names = {n: f"t{i}" for i, n in enumerate(sorted({sides(r, s)[0] for r in ends for s in "lr"}))}
        at = lambda r, s: (names.get(sides(r, s)[0], ""), sides(r, s)[1])
        right = sum(truth[at(r, "l")] == truth[at(r, "r")] for r in ends)
        if len(tables) > 1:
            left, other = Counter(v for k, v in truth.items() if k[0] == "t0"), Counter(v for k, v in truth.items() if k[0] == "t1")
            all_true = sum(left[c] * other[c] for c in left)
        else:
            all_true = sum(n * (n - 1) // 2 for n in Counter(truth.values()).values())
        answer.update(f1(len(ends), right, all_true))
        if len(tables) == 1:
            rows = connection.execute(f"SELECT cluster_id, {key} FROM {clustered.physical_name}").fetchall()
            answer.update(quality({("", i): c for c, i in rows}, truth))
    else:
        answer["candidates"] = candidates(connection, key, files[0])
        answer["pairs"] = connection.execute(f"SELECT count(*) FROM {predictions.physical_name} WHERE match_probability >= 0.5").fetchone()[0]
        answer.update(dict(zip(("precision", "recall", "f1"), judged(connection, predictions.physical_name, key, files[0]))))
    print(json.dumps(answer))


def candidates(connection, key, file):
    """How many pairs the rules of MANY give, each counted once."""
    both = [" AND ".join(f"l.{c} = r.{c}" for c in rule) for rule in MANY]
    parts = [f"SELECT l.{key} a, r.{key} b FROM '{file}' l JOIN '{file}' r ON {rule} WHERE l.{key} < r.{key}" for rule in both]
    return connection.execute(f"SELECT count(*) FROM ({' UNION '.join(parts)})").fetchone()[0]


def judged(connection, predictions, key, file):
    found, right = connection.execute(
        f"SELECT count(*), count(*) FILTER (a.cluster = b.cluster) FROM {predictions} p JOIN '{file}' a ON a.{key} = p.{key}_l "
        f"JOIN '{file}' b ON b.{key} = p.{key}_r WHERE p.match_probability >= 0.5"
    ).fetchone()
    (all_true,) = connection.execute(f"SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) n FROM '{file}' GROUP BY cluster)").fetchone()
    measured = f1(found, right, float(all_true))
    return measured["precision"], measured["recall"], measured["f1"]


if __name__ == "__main__":
    main()
