"""DuckDB's part of the benchmarks, each in a process of its own.

    peer.py copy CSV PARQUET [THREADS] [ORDER BY]   the bare COPY, optionally sorted
    peer.py worker [THREADS]                        answers queries, one JSON line each
"""

import json
import sys
import time

import duckdb


def connect(threads):
    connection = duckdb.connect()
    connection.execute(f"SET threads TO {int(threads)}")
    # Sorting needs no promise about the order rows came in; leaving it would cost DuckDB memory.
    connection.execute("SET preserve_insertion_order = false")
    return connection


def copy(source, target, threads="2", order=None):
    rows = f"SELECT * FROM read_csv('{source}')" + (f" ORDER BY {order}" if order else "")
    connect(threads).execute(f"COPY ({rows}) TO '{target}' (FORMAT parquet)")


def worker(threads="2"):
    connection = connect(threads)
    # Warm means warm: footers are read once, as ours are.
    connection.execute("SET parquet_metadata_cache = true")
    for line in sys.stdin:
        question = json.loads(line)
        try:
            times, rows = [], 0
            for _ in range(question.get("repeat", 1)):
                started = time.perf_counter()
                rows = len(connection.execute(question["sql"]).fetchall())
                times.append((time.perf_counter() - started) * 1000)
            answer = {"rows": rows, "ms": times}
        except duckdb.Error as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    {"copy": copy, "worker": worker}[sys.argv[1]](*sys.argv[2:])
