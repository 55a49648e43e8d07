#!/usr/bin/env bash
# soak.sh [seconds] [server]: serves a mixed, bounded load for 600 seconds, or for this many, and
# prints the resident memory of the server every 30 seconds. Nobody scrapes the metrics meanwhile.
# It fails if the memory grows by more than 5 percent in the last third, or if the server refuses a
# request for its number. Without the path of a server it builds one with the local Clerk. The
# processes and files are in a scratch folder, and all of them are gone afterwards.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

seconds=${1:-600} server=${2:-}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || die "usage: soak.sh [seconds] [server]"
if [[ -z $server ]]; then
  cargo build --locked --workspace --bins --features server/local-clerk
  server=$target_dir/debug/server
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/gatehouse-soak.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
node tools/soak.mjs "$seconds" "$(realpath "$server")" "$scratch"
