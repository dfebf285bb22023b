#!/bin/sh
# Feeds, sitemap and structured data of the portal under other people's rules.
# usage: run.sh BINARY [TEST]      (default: feeds.test.mjs beside this script)
set -eu
binary=$(realpath "${1:?usage: run.sh BINARY}")
test=$(realpath "${2:-$(dirname "$0")/feeds.test.mjs}")
cd "$(dirname "$0")"
[ -d node_modules/feedsmith ] || npm ci --no-audit --no-fund --ignore-scripts
home=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; fi; rm -rf "$home"' EXIT
"$binary" --home "$home/lake" init >/dev/null
SAROVAR_SEEDED=$(python3 seed.py "$home/lake")
free() { node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }
port=$(free)
SAROVAR_PUBLIC_URL="http://127.0.0.1:$(free)"
"$binary" --home "$home/lake" serve --listen "127.0.0.1:$port" --portal "${SAROVAR_PUBLIC_URL#http://}" --portal-url "$SAROVAR_PUBLIC_URL" >"$home/log" 2>&1 &
server=$!
export SAROVAR_SEEDED SAROVAR_PUBLIC_URL
node -e '
const until = Date.now() + 60000;
(async function wait() {
  try { if ((await fetch(process.env.SAROVAR_PUBLIC_URL + "/healthz")).ok) return; } catch {}
  if (Date.now() > until) { console.error("the portal did not answer in 60 s"); process.exit(1); }
  setTimeout(wait, 100);
})();' || { cat "$home/log" >&2; exit 1; }
node --test --test-reporter=tap "$test" | awk '/^# pass /{p=$3} /^# fail /{f=$3} !/^# (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) / {print} END {print p+0 " passed, " f+0 " failed"; exit f > 0}'
