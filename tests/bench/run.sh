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
# The desk: nothing twice, lost or early, by its own verdict; every page answers.
"$binary" --format ndjson bench desk --units 24 --posts 400 --due 100 --rate 50 --burst 20 --items 2000 --requests 4 --work "$work" >"$work/desk.json"
grep -q '"duplicates":0,"lost":0,"early":0' "$work/desk.json" || { echo "FAIL the desk's posts: $(cat "$work/desk.json")"; exit 1; }
grep -c '"page":' "$work/desk.json" | grep -qx 16 || { echo "FAIL sixteen kinds of pages were to be measured"; exit 1; }
left=$(find "$work" -maxdepth 1 \( -name 'sarovar-bench-*' -o -name 'sarovar-desk-*' \) | wc -l)
[ "$left" -eq 0 ] || { echo "FAIL $left work folders were left behind"; exit 1; }
echo "8 passed, 0 failed"
