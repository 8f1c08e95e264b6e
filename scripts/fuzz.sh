#!/usr/bin/env bash
# Runs a fuzz target (crate, target) for some seconds (FUZZ_SECONDS, 60 when not given) with libFuzzer's coverage counters,
# which the stable compiler supports. A failing input is kept in CRATE/fuzz/artifacts.
set -euo pipefail
crate=${1:-shared} target=${2:-import}
cd "$(dirname "$0")/../$crate/fuzz"

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/chakuden/target}/fuzz
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Ccodegen-units=1"
# An explicit target keeps the counters out of build scripts.
host=$(rustc -vV | sed -n 's/^host: //p')
cargo build --release --locked --target "$host" --bin "$target"
mkdir -p artifacts "found/$target"
exec "$CARGO_TARGET_DIR/$host/release/$target" -max_total_time="${FUZZ_SECONDS:-60}" -max_len="${FUZZ_BYTES:-4096}" \
  -print_final_stats=1 -artifact_prefix=artifacts/ "found/$target" "corpus/$target"
