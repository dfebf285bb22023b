#!/bin/sh
# The vendors' own client libraries against our stand-ins (crate `standin`).
# usage: clients.sh STANDIN
set -eu
program=$(realpath "${1:?usage: clients.sh STANDIN}")
here=$(cd "$(dirname "$0")" && pwd)
venv="${SAROVAR_CACHE:-$HOME/.cache/sarovar}/venv-clients"
want=$(cksum <"$here/requirements.txt")
if [ "$(cat "$venv/.made-from" 2>/dev/null || true)" != "$want" ]; then
    rm -rf "$venv"
    mkdir -p "$(dirname "$venv")"
    python3 -m venv "$venv" || { echo "python3 with venv is needed (Debian: apt-get install python3-venv)" >&2; exit 1; }
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
    echo "$want" >"$venv/.made-from"
fi
exec "$venv/bin/python" "$here/clients.py" "$program"
