#!/bin/sh
# The benchmarks still run: each of them once on a few thousand rows. Times are not looked at; counts are, by the benchmarks themselves.
# usage: run.sh BINARY
set -eu
binary=$(realpath "${1:?usage: run.sh BINARY}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# No public sets: comparing them whole is no small run.
export SAROVAR_ER_DATA="$work"
"$binary" bench generate ingest lookup access growth startup linkage --rows 4000 --plates 3000 --sizes 2000 --runs 1 --queries 4 --scratch "$work" --data "$work/data" \
    --markdown "$work/report.md" --json "$work/report.ndjson" >"$work/said"
for name in generate ingest lookup access growth startup linkage; do
    grep -q "^## $name\$" "$work/report.md" || { echo "FAIL the report has no section $name"; exit 1; }
done
[ "$(wc -l <"$work/report.ndjson")" -eq 7 ] || { echo "FAIL seven documents were to be kept"; exit 1; }
left=$(find "$work" -maxdepth 1 -name 'sarovar-bench-*' | wc -l)
[ "$left" -eq 0 ] || { echo "FAIL $left work folders were left behind"; exit 1; }
echo "7 passed, 0 failed"
