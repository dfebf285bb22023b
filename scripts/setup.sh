#!/usr/bin/env bash
# Names what this machine lacks and installs it. Needs root only for what Debian's packages provide, and only when it is absent.
set -euo pipefail

missing=()
need() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }
need cc build-essential
need make make
need node nodejs
need npm npm
need git git
need python3 python3
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
command -v cargo >/dev/null 2>&1 || need curl curl
# Certificates and reports are printed with it.
[ -e /usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf ] || missing+=(fonts-noto-core)
if [ "${1:-}" = tests ]; then
  need chromium chromium
  # Readers of pictures, pages and recordings.
  need tesseract tesseract-ocr
  [ -e /usr/share/tesseract-ocr/5/tessdata/hin.traineddata ] || [ -e /usr/share/tesseract-ocr/4.00/tessdata/hin.traineddata ] || missing+=(tesseract-ocr-hin)
  need pdftotext poppler-utils
  need ffmpeg ffmpeg
  need tar tar
  # Real servers for pulls and the store, each started by its test in a folder and on a port of its own; Debian starts no service of them
  # where a policy forbids that.
  command -v mariadbd >/dev/null 2>&1 || [ -x /usr/sbin/mariadbd ] || missing+=(mariadb-server)
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null 2>&1 || missing+=(postgresql)
  need redis-server redis-server
  [ -x /usr/sbin/sshd ] || missing+=(openssh-server)
  need sftp openssh-client
fi
if [ ${#missing[@]} -gt 0 ]; then
  echo "setup: installing ${missing[*]}"
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
if [ "${1:-}" = tests ]; then
  # An S3 server for pulls from buckets.
  moto=5.2.5
  venv="${SAROVAR_CACHE:-$HOME/.cache/sarovar}/venv-moto"
  if [ -z "${SAROVAR_MOTO:-}" ] && ! command -v moto_server >/dev/null 2>&1 && [ ! -e "$venv/moto-$moto" ]; then
    echo "setup: installing moto $moto into $venv"
    mkdir -p "$(dirname "$venv")"
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "moto[server]==$moto"
    : >"$venv/moto-$moto"
  fi
fi
if ! command -v cargo >/dev/null 2>&1 && [ -x "$HOME/.cargo/bin/cargo" ]; then
  echo "setup: Rust is in $HOME/.cargo/bin, which is not on the path; add it" >&2
  exit 1
fi
if ! command -v cargo >/dev/null 2>&1; then
  echo "setup: installing Rust with rustup into $HOME/.cargo"
  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --quiet --profile minimal --component clippy --component rustfmt
  echo "setup: Rust is new here; start a new shell (or: . $HOME/.cargo/env) and run the same command again" >&2
  exit 1
fi
