#!/usr/bin/env bash
# bench.sh [run|growth] [argument…]: measures the release build of the server, with the server on
# one processor and the load on another. It runs on SQLite and, where the packages of the tests are
# installed, on PostgreSQL over TCP and over its Unix socket, and with the rate limits in Redis.
# `growth` compares pages with few rows and with many. Arguments go to the driver:
# `--members 100000 --audit 1000000`, `--case members`, `--rounds 5`. docs/performance.md explains
# the tables.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

kind=run
case ${1:-} in run | growth) kind=$1 && shift ;; esac
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
  timeout 3600 taskset -c 1 "$driver" "$kind" --server "$server" "$@" 2>"$scratch/log" ||
    die "$(tail -3 "$scratch/log")"
}

# Every run needs an empty database, and a commit must reach the disk as it does in production.
services() {
  tools/services.sh stop "$scratch/services"
  GATEHOUSE_POSTGRES_FSYNC=on tools/services.sh start "$scratch/services" redis postgres
  # shellcheck source=/dev/null
  . "$scratch/services/env"
}

for rows in members=100000 audit=1000000 sessions=100000; do
  [[ $kind == run || " $*" == *" --${rows%=*}"* ]] || set -- "$@" "--$rows"
done
headline "SQLite, limits in process"
measure "$@"
if command -v redis-server >/dev/null && compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
  services
  headline "PostgreSQL over its Unix socket, limits in process"
  measure --database "$GATEHOUSE_TEST_POSTGRES_SOCKET_URL" "$@"
  if [[ $kind == growth ]]; then exit; fi
  services
  headline "PostgreSQL over TCP, limits in process"
  measure --database "$GATEHOUSE_TEST_POSTGRES_URL" "$@"
  # Only calls with a limit ask Redis.
  (($#)) || set -- --case rename --case "read operation"
  headline "SQLite, limits in Redis"
  measure --redis "$GATEHOUSE_TEST_REDIS_URL" "$@"
  services
  headline "PostgreSQL over its Unix socket, limits in Redis"
  measure --redis "$GATEHOUSE_TEST_REDIS_URL" --database "$GATEHOUSE_TEST_POSTGRES_SOCKET_URL" "$@"
fi
