#!/bin/sh
# Lints every contract of the repository against the Open Data Contract Standard, in one process.
# usage: scripts/lint-contracts.sh [FILE...]      default: all contract.yaml below crates/
set -eu

version=1.2.8
here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
venv=${SAROVAR_CACHE:-$HOME/.cache/sarovar}/venv-contracts
stamp=$venv/datacontract-cli-$version

if [ ! -e "$stamp" ]; then
    echo "lint-contracts: installing datacontract-cli $version into $venv" >&2
    mkdir -p "$(dirname -- "$venv")"
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "datacontract-cli==$version"
    : > "$stamp"
fi

if [ $# -eq 0 ]; then
    cd "$here"
    # No contract path has blanks: SYSTEM and DATASET are words.
    set -- $(find crates -path '*/contracts/*' -name contract.yaml | sort)
fi

exec "$venv/bin/python" - "$@" <<'PYTHON'
import logging
import sys

from datacontract.data_contract import DataContract

logging.disable(logging.CRITICAL)
failed = 0
for path in sys.argv[1:]:
    run = DataContract(data_contract_file=path).lint()
    if run.result.value == "passed":
        continue
    failed += 1
    for check in run.checks:
        if check.result.value != "passed":
            print(f"{path}: {check.name}: {check.reason}")
print(f"{len(sys.argv) - 1} contracts linted, {failed} failed")
if failed or len(sys.argv) == 1:
    sys.exit(1)
PYTHON
