#!/usr/bin/env bash
# Runs every bench and prints one table at the end: each row is a ratio to a baseline measured in the same run
# (docs/benchmarks.md). CHAKUDEN_BENCH_CUSTOMERS and CHAKUDEN_BENCH_LINES make it smaller and quicker.
set -euo pipefail
cd "$(dirname "$0")/.."

kept=$(mktemp)
trap 'rm -f "$kept"' EXIT
for bench in ami agents lookup rank reports exchange writes; do
  cargo bench --locked --workspace --bench "$bench" | tee -a "$kept"
done

printf '\n%-34s %-36s %8s %8s %8s  %s\n' bench baseline ratio 'p50 µs' 'p99 µs' aim
awk '
  /^ours: messages/ {
    # MiB/s, messages/s and the ratio are the last three columns
    name = "AMI " $2; for (i = 3; i <= NF - 3; i++) name = name " " $i
    printf "%-34s %-36s %8s %8s %8s  %s\n", name, "asterisk-rs-ami, the same bytes", $NF, "—", "—", "≥ 2.00"
  }
  /^ring to frame / {
    # pop-ups, p50, p99, most, ratio
    printf "%-34s %-36s %8s %8s %8s  %s\n", "ring to frame", "bare relay from TCP to WebSockets", $NF, $(NF-3), $(NF-2), "≤ 3.00"
  }
  /^idle agents .* each$/ {
    name = "idle agents " $3; sub(/:/, "", name)
    printf "%-34s %-36s %8s %8s %8s  %s\n", name, "KiB each", $(NF-2), "—", "—", "—"
  }
  /^\(a\) bare echo/ { echo = "bare echo of as many bytes" }
  /^lookup by / {
    # messages/s, p50, p99, ratio to (a), ratio to (b) are the last five columns
    name = $1 " " $2 " " $3; if (NF == 9) name = name " " $4
    printf "%-34s %-36s %8s %8s %8s  %s\n", name, echo, $(NF-1), $(NF-3), $(NF-2), "≥ 0.50"
  }
  /lines .* (bare (insert|scan)|the simulation)$/ {
    # ours s, baseline s, ratio, µs/line, ours MiB, base MiB stand before the two words of the baseline
    name = $0; sub(/ M lines.*/, " M lines", name)
    aim = name ~ /^sync/ ? "≤ 2.00" : name ~ /again|^rank/ ? "—" : "≤ 2.50"
    printf "%-34s %-36s %8s %8s %8s  %s\n", name, $(NF-1) " " $NF, $(NF-5), "—", "—", aim
  }
  /^import of .* lines, / { p50 = $(NF-2) * 1000; p99 = $(NF-1) * 1000 }
  /^writes during an import: / {
    printf "%-34s %-36s %8s %8s %8s  %s\n", "agents’ writes during an import", "p99 on a quiet store", $NF, p50, p99, "p99 ≤ 200 ms"
  }
  /^report .* ratio / {
    printf "%-34s %-36s %8s %8s %8s  %s\n", $1 " " $2, "DuckDB query written by hand", $NF, "—", "—", "≤ 1.15"
  }
  /ratio to the faster baseline/ {
    for (i = 1; i <= NF; i++) if ($i == "baseline:") ratio = $(i + 1)
    printf "%-34s %-36s %8s %8s %8s  %s\n", "rank simulate --all", "faster of DuckDB query, Polars script", ratio, "—", "—", "≤ 1.25"
  }
' "$kept"
