#!/bin/sh
# Takes the pictures of the README anew: the program on a small made-up state, in Hindi and English, at a fixed size.
# Usage: scripts/screenshots.sh BINARY      writes docs/pictures/*.png; needs Chromium and Node
set -eu
binary=$(realpath "$1")
cd "$(dirname "$0")/.."
[ -d tests/e2e/node_modules/playwright-core ] || npm --prefix tests/e2e ci --no-audit --no-fund --ignore-scripts
home=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; }; rm -rf "$home"' EXIT
"$binary" --home "$home/lake" demo --persons 150 --seed 1 >"$home/out" 2>"$home/err" || { cat "$home/err" >&2; exit 1; }
port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
"$binary" --home "$home/lake" serve --listen "127.0.0.1:$port" >"$home/log" 2>&1 &
server=$!
mkdir -p docs/pictures
SAROVAR_URL="http://127.0.0.1:$port" node scripts/screenshots.mjs docs/pictures || { cat "$home/log" >&2; exit 1; }
