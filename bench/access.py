"""What policy costs: the same rows read by an officer under an authority, and by the operator with the authority's terms written as a condition."""

import shutil

from ground import CDR, THREADS
from measure import Worker, median, percentile, say

# Governed time to bare time, and a decision's milliseconds.
RATIO, DECISION = 1.1, 1.0


def access(ground, rows):
    ground.room(rows)
    csv, _ = ground.generated("call-bulk", rows)
    home = ground.fresh("access-home")
    say(f"ingesting {rows:,} call records to be read under an authority")
    ground.ingest(home, CDR, csv, rows)
    worker = Worker(ground.ours(home, "bench-worker"), THREADS)
    answer = worker.ask({"access": ground.options.queries, "repeat": ground.options.runs + 4})
    peak = worker.close()
    shutil.rmtree(home, ignore_errors=True)
    lines = []
    for pair in answer["pairs"]:
        # Rounds are paired: what disturbs one disturbs the other.
        ratio = median([g / p for g, p in zip(pair["governed_ms"], pair["plain_ms"])])
        lines.append({
            "what": pair["what"], "rows": rows, "answer_rows": pair["rows"], "governed_p50_ms": percentile(pair["governed_ms"], 0.5),
            "plain_p50_ms": percentile(pair["plain_ms"], 0.5), "governed_to_plain": round(ratio, 3), "bar": f"≤ {RATIO}", "met": ratio <= RATIO,
            "peak_bytes": peak,
        })
    for name in ("first", "again"):
        times = answer["decision_ms"][name]
        middle = percentile(times, 0.5)
        lines.append({
            "what": f"one decision, asked {name}", "p50_ms": round(middle, 4), "p99_ms": round(percentile(times, 0.99), 4),
            "bar": f"< {DECISION:g} ms", "met": middle < DECISION,
        })
    return lines
