#!/bin/sh
# Makes the virtual environment of the benchmarks and prints its folder. Made once for a given requirements.txt; a half-made one is made again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv="${SAROVAR_CACHE:-$HOME/.cache/sarovar}/venv-bench"
want=$(cksum <"$here/requirements.txt")
if [ "$(cat "$venv/.made-from" 2>/dev/null || true)" != "$want" ]; then
    echo "making $venv with $(grep -vc '^#' "$here/requirements.txt") packages" >&2
    rm -rf "$venv"
    mkdir -p "$(dirname "$venv")"
    python3 -m venv "$venv" || { echo "python3 with venv is needed (Debian: apt-get install python3-venv)" >&2; exit 1; }
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
    echo "$want" >"$venv/.made-from"
fi
echo "$venv"
