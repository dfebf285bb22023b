"""Turns measurements into a table for people, JSON for machines and Markdown for the README."""

import json
import os
import platform
from importlib.metadata import version


def machine(binary_version):
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "unknown")
    with open("/proc/meminfo", encoding="utf-8") as info:
        memory = int(info.readline().split()[1]) * 1024
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": memory,
        "system": platform.platform(),
        "sarovar": binary_version,
        "duckdb": version("duckdb"),
        "python": platform.python_version(),
    }


def shown(key, value):
    if value is None:
        return ""
    if key.endswith("bytes") or key.startswith("bytes"):
        return f"{value / 2**20:,.0f} MiB"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def grid(rows):
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return columns, [[shown(c, row.get(c)) for c in columns] for row in rows]


def table(rows):
    columns, cells = grid(rows)
    widths = [max(len(c), *(len(line[i]) for line in cells)) for i, c in enumerate(columns)]
    lines = ["  ".join(c.ljust(w) for c, w in zip(columns, widths))]
    for line in cells:
        lines.append("  ".join(t.ljust(w) if i == 0 else t.rjust(w) for i, (t, w) in enumerate(zip(line, widths))))
    return "\n".join(lines)


def markdown(name, host, rows):
    columns, cells = grid(rows)
    lines = [f"### {name}", "", f"{host['cpu']}, {host['cores']} cores used of this machine; Sarovar {host['sarovar']}, DuckDB {host['duckdb']}.", ""]
    lines += ["| " + " | ".join(columns) + " |", "|" + "|".join("---" if i == 0 else "--:" for i in range(len(columns))) + "|"]
    lines += ["| " + " | ".join(line) + " |" for line in cells]
    return "\n".join(lines) + "\n"


def write(name, host, rows, json_path=None, markdown_path=None):
    if json_path:
        with open(json_path, "w", encoding="utf-8") as out:
            json.dump({"bench": name, "machine": host, "rows": rows}, out, indent=1)
    if markdown_path:
        with open(markdown_path, "a", encoding="utf-8") as out:
            out.write(markdown(name, host, rows) + "\n")
