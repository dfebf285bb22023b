#!/bin/sh
# Other engines read our tables: takes a small synthetic state in with BINARY, then compares counts and sums in Polars and Sail with the lake's own.
# usage: run.sh BINARY
set -eu
binary=$(realpath "${1:?usage: run.sh BINARY}")
root=$(cd "$(dirname "$0")/../.." && pwd)
venv=$("$root/bench/venv.sh")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
home="$work/home"
"$binary" generate --persons 2000 --seed 11 --out "$work/state" >/dev/null
for contract in cctns.fir cctns.person cctns.arrest transport.vehicle anpr.read telecom.cdr; do
    for file in "$work/state/$contract"/*; do
        case "$contract" in telecom.*) set -- --authority TEST-1 ;; *) set -- ;; esac
        "$binary" --home "$home" ingest "$contract" "$file" "$@" --format json >>"$work/reports.json"
    done
done
"$venv/bin/python" "$root/bench/expected.py" "$binary" "$home" >"$work/expected.json"
"$venv/bin/python" "$root/bench/interop_test.py" "$work/expected.json" "$home/tables"
