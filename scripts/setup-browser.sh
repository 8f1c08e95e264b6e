#!/usr/bin/env bash
# Chromium and Japanese fonts from Debian's packages, and the packages of the browser tests.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
[ -x /usr/bin/chromium ] || missing+=(chromium)
fc-list :lang=ja 2>/dev/null | grep -q . || missing+=(fonts-noto-cjk)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "setup: ${missing[*]} must be installed: run as root, or: sudo apt-get install ${missing[*]}" >&2
    exit 77
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# npm ci only when the lock file changed, so that a repeated run takes milliseconds.
stamp=tests/browser/node_modules/.lock-sha256
wanted=$(sha256sum tests/browser/package-lock.json | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
  npm ci --prefix tests/browser --silent --no-audit --no-fund
  echo "$wanted" > "$stamp"
fi
