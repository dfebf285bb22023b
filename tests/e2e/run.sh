#!/bin/sh
# End-to-end tests: a real Chromium against the real program on an empty lake of its own.
# Usage: tests/e2e/run.sh BINARY      (CHROMIUM names the browser; default: chromium on the PATH)
set -eu
binary=$(realpath "$1")
cd "$(dirname "$0")"
[ -d node_modules/playwright-core ] || npm ci --no-audit --no-fund --ignore-scripts
home=$(mktemp -d)
port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
"$binary" --home "$home" serve --listen "127.0.0.1:$port" >"$home/serve.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$home"' EXIT
SAROVAR_URL="http://127.0.0.1:$port"
export SAROVAR_URL
node -e '
const until = Date.now() + 30000;
(async function wait() {
  try { if ((await fetch(process.env.SAROVAR_URL + "/healthz")).ok) return; } catch {}
  if (Date.now() > until) { console.error("the server did not answer in 30 s"); process.exit(1); }
  setTimeout(wait, 100);
})();' || { cat "$home/serve.log" >&2; exit 1; }
node --test --test-concurrency=1 ./*.test.mjs
