#!/bin/sh
# Google's Lighthouse over the public portal of a seeded desk.
# usage: run.sh BINARY      (CHROMIUM names the browser)
set -eu
binary=$(realpath "${1:?usage: run.sh BINARY}")
cd "$(dirname "$0")"
[ -d node_modules/lighthouse ] || npm ci --no-audit --no-fund --ignore-scripts
exec ../feeds/run.sh "$binary" lighthouse.test.mjs
