#!/usr/bin/env bash
# Every check of the project, each stage named. A failed stage does not hide the next; the last line counts all.
set -uo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${SAROVAR_TARGET:-$HOME/.cache/sarovar/target}}"
binary="$CARGO_TARGET_DIR/debug/sarovar"
log=$(mktemp)
# What was not tried, one a line: the stage or test, and why.
skipped=$(mktemp)
trap 'rm -f "$log" "$skipped"' EXIT
# The S3 server that setup installs, where none was named.
moto="${SAROVAR_CACHE:-$HOME/.cache/sarovar}/venv-moto/bin/moto_server"
if [ -z "${SAROVAR_MOTO:-}" ] && ! command -v moto_server >/dev/null 2>&1 && [ -x "$moto" ]; then export SAROVAR_MOTO=$moto; fi
passed=0 failed=0

# Runs a stage and adds its tests to the count. A stage that counts nothing itself is one test.
stage() {
  local name=$1 began=$SECONDS code=0 good bad
  shift
  printf '\n== %s\n' "$name"
  "$@" </dev/null 2>&1 | tee "$log" || code=1
  read -r good bad < <(awk '
    /^ *Summary \[/ { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) good += $(i-1); if ($i ~ /^(failed|timed)/) bad += $(i-1) } }
    /^test result:/ { good += $4; bad += $6 }
    /^[0-9]+ passed, [0-9]+ failed$/ { good += $1; bad += $3 }
    END { print good + 0, bad + 0 }' "$log")
  if [ $((good + bad)) = 0 ] && [ $code = 0 ]; then good=1; fi
  if [ "$bad" = 0 ] && [ $code != 0 ]; then bad=1; fi
  passed=$((passed + good)) failed=$((failed + bad))
  printf -- '-- %s: %s passed, %s failed, %s s\n' "$name" "$good" "$bad" $((SECONDS - began))
  return $code
}

# A test that cannot run here passes and prints `skipped: WHY`; nextest keeps what passing tests print in its report (.config/nextest.toml).
tests() {
  local code=0 report=target/nextest/default/junit.xml
  if cargo nextest --version >/dev/null 2>&1; then
    rm -f "$report"
    cargo nextest run --workspace --locked --no-fail-fast || code=$?
    python3 scripts/skipped.py "$report" >>"$skipped" || code=1
  else
    cargo test --workspace --locked --no-fail-fast -- --show-output 2>&1 | tee >(grep '^skipped: ' >>"$skipped") || code=$?
  fi
  return $code
}

# A stage whose script is not in the tree is named, not passed over in silence.
script() {
  if [ -x "$2" ]; then stage "$@"; else pass_over "$1" "$2 does not exist"; fi
}

pass_over() {
  printf '\n== %s\nskipped: %s\n' "$1" "$2"
  printf '%s: %s\n' "$1" "$2" >>"$skipped"
}

finish() {
  printf '\n%s skipped\n' "$(wc -l <"$skipped")"
  sed 's/^/  /' "$skipped"
  printf '\n%s passed, %s failed\n' "$passed" "$failed"
  [ "$failed" = 0 ]
  exit
}

stage "setup" scripts/setup.sh tests || finish
[ ! -d web/node_modules ] || stage "scripts of the pages" npm --prefix web run --silent check
stage "format" cargo fmt --all --check
stage "house rules" cargo run --quiet --locked --package xtask -- tidy
stage "lints" cargo clippy --workspace --locked --quiet -- -D warnings
# Tests may unwrap and print.
stage "lints of tests" cargo clippy --workspace --all-targets --locked --quiet -- -D warnings -A clippy::unwrap_used -A clippy::print_stdout -A clippy::print_stderr
stage "build" cargo build --workspace --locked --quiet || finish
# Bluesky's own servers, which the desk's tests publish to; without them those tests skip.
[ -d tests/social/node_modules ] || stage "a real social network" npm --prefix tests/social ci --no-audit --no-fund
# A certified OpenID provider, which single sign-on is tried against; without it those tests skip.
[ -d tests/oidc/node_modules ] || stage "a real OpenID provider" npm --prefix tests/oidc ci --no-audit --no-fund --ignore-scripts
stage "unit and integration tests" tests
script "vendors' clients understand our stand-ins" tests/social/clients.sh "$CARGO_TARGET_DIR/debug/standin"
script "contracts" scripts/lint-contracts.sh
stage "contracts and coverage of the forms" "$binary" contract coverage --format table
script "other engines read our tables" tests/interop/run.sh "$binary"
script "benchmarks run" tests/bench/run.sh "$binary"
script "feeds and sitemap are valid" tests/feeds/run.sh "$binary"
script "pages in a browser" tests/e2e/run.sh "$binary"
script "the portal under Lighthouse" tests/lighthouse/run.sh "$binary"
if command -v cargo-deny >/dev/null 2>&1; then
  stage "dependencies" cargo deny --log-level error check bans licenses sources
else
  pass_over "dependencies" "cargo-deny is not installed (cargo install cargo-deny)"
fi
finish
