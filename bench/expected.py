"""What the lake itself says about its clean tables, as interop_test.py wants it: expected.py BINARY HOME."""

import json
import subprocess
import sys


def rows(binary, home, sql):
    command = [binary, "--home", home, "sql", sql, "--format", "json", "--purpose", "supervision"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main(binary, home):
    import deltalake
    import os

    expected = {}
    for area in ("clean", "pole"):
        folder = os.path.join(home, "tables", area)
        for table in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if "@" in table or not os.path.isdir(os.path.join(folder, table, "_delta_log")):
                continue
            # Row numbers are in every table and never masked, so their sum compares every file of it.
            fields = [f.name for f in deltalake.DeltaTable(os.path.join(folder, table)).schema().fields]
            sums = [c for c in ("_row",) if c in fields]
            select = ", ".join(["count(*) AS rows"] + [f'sum("{c}") AS "{c}"' for c in sums])
            said = rows(binary, home, f"SELECT {select} FROM {area}.{table}")[0]
            expected[f"{area}.{table}"] = {"rows": int(said.pop("rows")), "sums": {c: int(v or 0) for c, v in said.items()}}
    json.dump(expected, sys.stdout, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
