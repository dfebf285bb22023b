"""Reads Sarovar's tables with other engines: Polars, and Sail through Spark's client.

    interop_test.py EXPECTED.json TABLES_FOLDER

EXPECTED holds, for each table (`clean.cctns_fir`), what the lake itself says: `rows`, and `sums` as column to number.
"""

import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")


def polars_says(path, columns):
    import polars as pl

    frame = pl.scan_delta(path).select(pl.len().alias("rows"), *(pl.col(c).sum() for c in columns)).collect()
    answer = frame.to_dicts()[0]
    return answer.pop("rows"), answer


def sail_says(spark, path, columns):
    sums = [f"sum(`{c}`) AS `{c}`" for c in columns]
    row = spark.read.format("delta").load(path).selectExpr("count(*) AS `rows`", *sums).collect()[0].asDict()
    return row.pop("rows"), row


def main(expected_path, tables):
    with open(expected_path, encoding="utf-8") as source:
        expected = json.load(source)
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer()
    server.start(background=True)
    _, port = server.listening_address
    spark = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
    wrong = 0
    for name, said in sorted(expected.items()):
        area, table = name.split(".", 1)
        path = os.path.abspath(os.path.join(tables, area, table))
        want = (said["rows"], {c: v for c, v in said["sums"].items()})
        for engine, got in (
            ("polars", polars_says(path, list(said["sums"]))),
            ("sail", sail_says(spark, path, list(said["sums"]))),
        ):
            same = got[0] == want[0] and all(round(float(got[1][c] or 0), 3) == round(float(v or 0), 3) for c, v in want[1].items())
            wrong += not same
            print(f"{'ok  ' if same else 'FAIL'} {name} {engine}: {got[0]} rows, {got[1]}" + ("" if same else f"; the lake says {want}"))
    if not expected:
        print("FAIL nothing to compare")
        wrong += 1
    spark.stop()
    server.stop()
    return 1 if wrong else 0


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stdout.flush()
    # Sail's threads may outlive the session; the verdict is in.
    os._exit(code)
