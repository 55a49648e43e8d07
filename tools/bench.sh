#!/usr/bin/env bash
# bench.sh [argument…]: measures the release build of the server, with the server on one processor
# and the load on another. It runs on SQLite and, where the packages of the tests are installed, on
# PostgreSQL over TCP and with the rate limits in Redis. Arguments go to the driver: `--members
# 100000 --audit 1000000`, `--case members`, `--rounds 5`. docs/performance.md explains the table.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

(($(nproc) >= 2)) || die "the server and the load need a processor each"
set_release_flags
cargo build --locked --release -p server --bin server --example bench
driver=$target_dir/release/examples/bench server=$target_dir/release/server

scratch=$(mktemp -d "${TMPDIR:-/tmp}/gatehouse-bench.XXXXXX")
chmod 755 "$scratch" # PostgreSQL runs as another user and must be able to reach its folder in here
trap 'tools/services.sh stop "$scratch/services" || true; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

measure() {
  timeout 1800 taskset -c 1 "$driver" run --server "$server" "$@" 2>"$scratch/log" || die "$(tail -3 "$scratch/log")"
}

headline "SQLite, limits in process"
measure "$@"
if command -v redis-server >/dev/null && compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
  tools/services.sh start "$scratch/services"
  # shellcheck source=/dev/null
  . "$scratch/services/env"
  headline "SQLite, limits in Redis"
  measure --redis "$GATEHOUSE_TEST_REDIS_URL" "$@"
  headline "PostgreSQL, limits in process"
  measure --database "$GATEHOUSE_TEST_POSTGRES_URL" "$@"
fi
