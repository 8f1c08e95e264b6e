#!/usr/bin/env bash
# Fetches the official libduckdb from the npm package that ships it, checks it against a pinned checksum and keeps it in
# the user's cache folder; vendor/duckdb links there.
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.5.6-r.1
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64)  package=@duckdb/node-bindings-linux-x64;   sha512=IXcrZJE6kEqM0Z4wwdVnGBHX/frOS33VPNAwDXQ/Q+Fs84b058Qe94chrCCIcNJlG8Y3UHIUU4eBeCQxW5mN1Q==; library=libduckdb.so ;;
  *) echo "setup: no pinned libduckdb for $(uname -sm); build analytics with --features bundled" >&2; exit 69 ;;
esac

folder=${DUCKDB_LIB_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/chakuden/duckdb-$version}
if [ ! -e "$folder/$library" ]; then
  command -v npm >/dev/null || { echo "setup: npm is needed to fetch $package; install node and npm" >&2; exit 69; }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && npm pack --silent "$package@$version" >/dev/null)
  archive=$(ls "$work"/*.tgz)
  found=$(openssl dgst -sha512 -binary "$archive" | base64 -w0)
  if [ "$found" != "$sha512" ]; then
    echo "setup: the checksum of $package@$version is $found, expected $sha512; nothing was installed" >&2
    exit 65
  fi
  tar -xzf "$archive" -C "$work"
  mkdir -p "$folder"
  source=$(find "$work/package" -name "$library" | head -1)
  cp "$source" "$folder/.$library.part"
  mv "$folder/.$library.part" "$folder/$library"
fi
mkdir -p vendor
ln -sfn "$folder" vendor/duckdb
