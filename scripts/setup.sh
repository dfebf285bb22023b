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
  # A real server for pulls. Debian starts no service of it where a policy forbids that; the tests use a data folder of their own.
  need tesseract tesseract-ocr
  [ -e /usr/share/tesseract-ocr/5/tessdata/hin.traineddata ] || [ -e /usr/share/tesseract-ocr/4.00/tessdata/hin.traineddata ] || missing+=(tesseract-ocr-hin)
  command -v mariadbd >/dev/null 2>&1 || [ -x /usr/sbin/mariadbd ] || missing+=(mariadb-server)
  need pdftotext poppler-utils
  need ffmpeg ffmpeg
fi
if [ ${#missing[@]} -gt 0 ]; then
  echo "setup: installing ${missing[*]}"
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
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
