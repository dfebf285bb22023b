"""Turns measurements into a table for people, JSON for machines and Markdown for docs/benchmarks.md."""

import json
import os
import platform
import re
import subprocess
from datetime import datetime, timezone
from importlib.metadata import version

# What the columns of a report mean, as far as their names do not say it.
LEGEND = """\
- `speed_to_duckdb`: how many times as fast as DuckDB's bare COPY of the same round (median of the rounds); `cpu_to_duckdb` the same for
  processor time, which other programs on the machine disturb less.
- `peak_bytes`: largest resident memory of the process, by the kernel's account. `parquet_bytes`, `files`: what lies on disk afterwards.
- `others_share`: share of the two cores that other programs used meanwhile (the worst of the runs). 0.00 is a quiet machine.
- `governed_to_plain`: governed time to bare time of the same round (median of the rounds).
- `p50_ms`, `p99_ms`: warm, over all queries and repetitions; `first_p50_ms`: the first answer to each query.
"""
INTRO = """\
# Benchmarks

Made by `sarovar bench all --markdown docs/benchmarks.md`; naming single benches replaces their sections only. What each one measures, and how, is in
[bench/README.md](../bench/README.md).
"""


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def machine(binary):
    said = subprocess.run([binary, "--version"], check=False, stdout=subprocess.PIPE).stdout.decode().strip().split(" ")[-1]
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "unknown")
    with open("/proc/meminfo", encoding="utf-8") as info:
        memory = int(info.readline().split()[1]) * 1024
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": memory,
        "system": f"{platform.system()} {platform.release()}",
        "sarovar": said,
        "duckdb": version("duckdb"),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def sentence(host):
    return (
        f"{host['cpu']}, {host['cores']} cores, {host['memory_bytes'] / 2**30:.0f} GiB, {host['system']}; two threads and two cores for each engine; "
        f"Sarovar {host['sarovar']}, DuckDB {host['duckdb']} (Python {host['python']}); load average at the end {host['load']}"
    )


def shown(key, value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if key.endswith("bytes"):
        return f"{value / 2**20:,.1f} MiB" if value < 2**20 * 10 else f"{value / 2**20:,.0f} MiB"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def grid(rows):
    columns = list(dict.fromkeys(key for row in rows for key in row if key not in ("bar", "met")))
    columns += [c for c in ("bar", "met") if any(c in row for row in rows)]
    return columns, [[shown(c, row.get(c)) for c in columns] for row in rows]


def tables(rows):
    """Ingests and look-ups have other columns: each gets a table of its own."""
    kinds = ([row for row in rows if "engine" not in row], [row for row in rows if "engine" in row])
    return [grid(kind) for kind in kinds if kind]


def console(name, began, host, rows):
    lines = [f"== {name}, {began}: {sentence(host)}"]
    for columns, cells in tables(rows):
        widths = [max(len(c), *(len(line[i]) for line in cells)) for i, c in enumerate(columns)]
        lines.append("  ".join(c.ljust(w) for c, w in zip(columns, widths)))
        for line in cells:
            lines.append("  ".join(t.ljust(w) if i == 0 else t.rjust(w) for i, (t, w) in enumerate(zip(line, widths))))
    return "\n".join(lines)


def section(name, began, host, rows):
    lines = [f"## {name}", "", f"{began}. {sentence(host)}."]
    for columns, cells in tables(rows):
        lines += ["", "| " + " | ".join(columns) + " |", "|" + "|".join("---" if i == 0 else "--:" for i in range(len(columns))) + "|"]
        lines += ["| " + " | ".join(line) + " |" for line in cells]
    return "\n".join(lines) + "\n"


def merged(text, name, new):
    """`text` with the section `name` replaced, or added at the end; whatever else was written there stays."""
    parts = re.split(r"(?m)^(?=## )", text or f"{INTRO}\n{LEGEND}\n")
    at = next((i for i, part in enumerate(parts) if part.split("\n", 1)[0] == f"## {name}"), None)
    if at is None:
        parts[-1] = parts[-1].rstrip("\n") + "\n\n"
        parts.append(new)
    else:
        parts[at] = new + ("\n" if at + 1 < len(parts) else "")
    return "".join(parts)


def write(name, began, host, rows, json_path=None, markdown_path=None):
    if json_path:
        with open(json_path, "a", encoding="utf-8") as out:
            out.write(json.dumps({"bench": name, "began": began, "machine": host, "rows": rows}) + "\n")
    if markdown_path:
        old = ""
        if os.path.exists(markdown_path):
            with open(markdown_path, encoding="utf-8") as text:
                old = text.read()
        with open(markdown_path, "w", encoding="utf-8") as out:
            out.write(merged(old, name, section(name, began, host, rows)))
