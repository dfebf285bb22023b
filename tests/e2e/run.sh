#!/bin/sh
# End-to-end tests: a real Chromium against the real program, on an empty lake, on a small made-up state, on a lake with accounts, and on
# that state with accounts.
# Usage: tests/e2e/run.sh BINARY [TEST...]      (CHROMIUM names the browser; default: chromium on the PATH)
set -eu
binary=$(realpath "$1")
shift
cd "$(dirname "$0")"
[ -d node_modules/playwright-core ] || npm ci --no-audit --no-fund --ignore-scripts
home=$(mktemp -d)
servers=
trap 'for one in $servers; do kill $one 2>/dev/null || true; wait $one 2>/dev/null || true; done; rm -rf "$home"' EXIT

# serve LAKE: starts the program on a free port and leaves its address in `address`.
serve() {
  port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
  public=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
  "$binary" --home "$home/$1" serve --listen "127.0.0.1:$port" --portal "127.0.0.1:$public" --portal-url "http://127.0.0.1:$public" >"$home/$1.log" 2>&1 &
  servers="$servers $!"
  address="http://127.0.0.1:$port"
  portal="http://127.0.0.1:$public"
  ADDRESS=$address node -e '
const until = Date.now() + 60000;
(async function wait() {
  try { if ((await fetch(process.env.ADDRESS + "/healthz")).ok) return; } catch {}
  if (Date.now() > until) { console.error("the server did not answer in 60 s"); process.exit(1); }
  setTimeout(wait, 100);
})();' || { cat "$home/$1.log" >&2; exit 1; }
}

# A small state over all districts. Its files are kept: they hold what the lake seals.
{
  "$binary" generate --persons 150 --seed 1 --few-stations --clean --kinds case,vehicle,call-request,plate --out "$home/state"
  "$binary" --home "$home/demo" ingest --authority DEMO/1 "$home/state"/*.*
  "$binary" --home "$home/demo" resolve
} >"$home/demo.out" 2>"$home/demo.err" || { cat "$home/demo.err" >&2; exit 1; }
# The same with accounts.
cp -r "$home/demo" "$home/access"
{
  "$binary" --home "$home/access" user add chief.test --administrator
  "$binary" --home "$home/access" channel unit 27541 --kind district --name-en Ajmer --name-hi अजमेर
  "$binary" --home "$home/access" channel unit 27541009 --parent 27541 --name-en Dargah --name-hi दरगाह
  "$binary" --home "$home/access" channel unit 27541001 --parent 27541 --name-en "Alwar Gate" --name-hi "अलवर गेट"
  "$binary" --home "$home/access" user add asha.test --role investigating_officer --rank sub_inspector --unit 27541009
  "$binary" --home "$home/access" user add ravi.test --role investigating_officer --rank sub_inspector --unit 27541009
  "$binary" --home "$home/access" user add sho.test --role station_officer --rank inspector --unit 27541009
  "$binary" --home "$home/access" user add meera.test --role supervisor --rank superintendent --unit 27541
  "$binary" --home "$home/access" user add stat.test --role district_analyst --unit 27541
  "$binary" --home "$home/access" user add watch.test --role auditor
} >"$home/access.out" 2>"$home/access.err" || { cat "$home/access.err" >&2; exit 1; }
SAROVAR_ACCESS_PASSWORDS=$(sed -n 's/^one-time password of //p' "$home/access.err")
serve access
SAROVAR_ACCESS_URL=$address
SAROVAR_STATE=$home/state
serve empty
SAROVAR_URL=$address
serve demo
SAROVAR_DEMO_URL=$address
# A lake with accounts: its administrator's one-time password is on the terminal only.
"$binary" --home "$home/people" user add admin.test --administrator >/dev/null 2>"$home/people.err" || { cat "$home/people.err" >&2; exit 1; }
SAROVAR_PEOPLE_PASSWORD=$(sed -n 's/^one-time password of admin.test: //p' "$home/people.err")
serve people
SAROVAR_PEOPLE_URL=$address
# A desk with a message that waits for its day.
waiting_day=$(node -e 'const d=new Date(Date.now()+40*864e5);d.setUTCDate(12);console.log(d.toISOString().slice(0,10))')
{
  as() { who=$1; shift; DESK_TOKEN=x "$binary" --home "$home/desk" --as "$who" --format json "$@"; }
  "$binary" --home "$home/desk" init
  as operator channel unit HQ --name-en Headquarters --name-hi मुख्यालय --kind headquarters
  for pair in "asha writer" "sp approver" "igp publisher" "operator publisher" "operator writer"; do
    as operator channel officer "${pair% *}" HQ "${pair#* }"
  done
  as operator channel connect --unit HQ --network standin --handle @hq --remote hq --address http://127.0.0.1:1 --secret-env DESK_TOKEN
  as igp channel confirm @hq
  waiting=$(as asha post draft --unit HQ --english "Wear a helmet." | sed -n 's/.*"id": *"\([^"]*\)".*/\1/p' | head -1)
  as asha post submit "$waiting"
  as sp post approve "$waiting" --version 1
  as operator post schedule "$waiting" --at "$waiting_day 18:30" --channel @hq
} >"$home/desk.out" 2>"$home/desk.err" || { cat "$home/desk.err" >&2; exit 1; }
serve desk
SAROVAR_DESK_URL=$address
SAROVAR_DESK_POST="$waiting $waiting_day"
# A desk that has published, for the portal.
"$binary" --home "$home/public" init >/dev/null
SAROVAR_SEEDED=$(python3 ../feeds/seed.py "$home/public")
serve public
SAROVAR_PUBLIC_URL=$portal
export SAROVAR_DESK_URL SAROVAR_DESK_POST SAROVAR_ACCESS_URL SAROVAR_ACCESS_PASSWORDS SAROVAR_STATE SAROVAR_SEEDED SAROVAR_URL SAROVAR_DEMO_URL SAROVAR_PUBLIC_URL SAROVAR_PEOPLE_URL SAROVAR_PEOPLE_PASSWORD
[ $# -gt 0 ] || set -- ./*.test.mjs
node --test --test-concurrency=1 "$@"
