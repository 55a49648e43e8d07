#!/usr/bin/env bash
# Prints the sizes of the browser files in a folder as browsers load them, compressed with brotli,
# and fails if one exceeds its budget.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
site=$1

# A page answers without reloading only after the wasm has loaded.
for budget in wasm:320 js:8 css:8; do
  kind=${budget%:*} limit=${budget#*:}
  bytes=$(find "$site/pkg" -name "*.$kind.br" -printf '%s\n' | sort -n | tail -1)
  awk -v bytes="${bytes:-0}" -v kind="$kind" -v limit="$limit" \
    'BEGIN { printf "%8.1f KiB  %s, at most %d\n", bytes / 1024, kind, limit }'
  ((${bytes:-0} > 0)) || die "$site has no compressed $kind"
  ((bytes <= limit * 1024)) || die "the compressed $kind must be at most $limit KiB: see docs/performance.md"
done
