#!/usr/bin/env bash
# Makes a demo company in ./demo (once), prints some of its reports, and lets the agents' phones ring.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=${CHAKUDEN_BIN_DIR:?run this through make demo}
store=demo/company.db
as_of=2026-10-31 # the last day of the committed sample company
analytics() { "$bin/analytics" --store "$store" "$@"; }
say() { printf '\n\033[1m%s\033[0m\n' "$*" >&2; }

# A demo company that was not finished is made again.
if [ ! -e demo/.ready ]; then
  rm -rf demo && mkdir -p demo
  say "デモ会社を作成しています (data/sample)"
  analytics init
  analytics import data/sample
  touch demo/.ready
fi

say "集計用データを更新しています"
analytics sync
say "顧客ランクの自動更新 ($as_of 時点)"
analytics rank run --allow-changes --settings data/rank.toml --as-of "$as_of"
analytics sync >/dev/null # the ranks have changed
say "業種別レポート ($as_of 時点)"
analytics report segment --by industry --as-of "$as_of"
say "ランクが下がった顧客 (先頭のみ。全件は analytics rank changes)"
analytics rank changes --worsened | head -n 24

say "着電デモを開始します (Ctrl-C で終了)"
exec "$bin/cti-bridge" demo --store "$store" "$@"
