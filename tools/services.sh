#!/usr/bin/env bash
# Starts PostgreSQL, PgBouncer in front of it, and Redis for the tests, on free ports of the
# loopback. All their files are in one scratch folder, and `stop` ends exactly these processes. Not
# for production: PostgreSQL does not flush to the disk, unless GATEHOUSE_POSTGRES_FSYNC is on.
#
#   tools/services.sh start <folder> [redis] [postgres] [pgbouncer]
#   tools/services.sh stop  <folder>
#
# `start` starts all three by default (PgBouncer needs PostgreSQL) and writes <folder>/env to be
# sourced. `stop` also removes the folder.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"

usage() { die "usage: services.sh start <folder> [redis] [postgres] [pgbouncer] | stop <folder>"; }

# wait_until <seconds> <command…>
wait_until() {
  local tries=$(($1 * 10))
  shift
  until "$@" >/dev/null 2>&1; do
    ((tries-- > 0)) || return 1
    sleep 0.1
  done
}

start_redis() {
  local attempt port
  for attempt in 1 2 3; do
    port=$(free_port)
    redis-server --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$dir" --daemonize no \
      >"$dir/redis.log" 2>&1 </dev/null &
    echo $! >"$dir/redis.pid"
    if wait_until 10 redis-cli -p "$port" ping && kill -0 "$(cat "$dir/redis.pid")" 2>/dev/null; then
      echo "export GATEHOUSE_TEST_REDIS_URL=redis://127.0.0.1:$port/" >>"$dir/env"
      return
    fi
    kill "$(cat "$dir/redis.pid")" 2>/dev/null || true
    echo "redis did not answer on port $port (attempt $attempt)" >&2
  done
  cat "$dir/redis.log" >&2
  die "Redis did not start"
}

# PostgreSQL refuses to run as root, so root uses the account that the package created.
as_postgres() {
  if ((EUID == 0)); then runuser -u postgres -- "$@"; else "$@"; fi
}

start_postgres() {
  local bin attempt port data=$dir/postgres sockets=$dir/postgres
  # The path of a Unix socket has 103 bytes at most on macOS.
  ((${#sockets} < 80)) || sockets=
  bin=$(dirname "$(command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)")
  [[ -x $bin/postgres ]] || die "PostgreSQL is not installed: run tools/packages.sh"
  mkdir "$data"
  if ((EUID == 0)); then chown postgres "$data"; fi
  as_postgres "$bin/initdb" --pgdata="$data/db" --username=gatehouse --auth=trust --encoding=UTF8 --no-sync \
    --locale=C >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; die "initdb failed"; }
  for attempt in 1 2 3; do
    port=$(free_port)
    if as_postgres "$bin/pg_ctl" start --silent --wait --timeout=30 --pgdata="$data/db" --log="$data/log" \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$sockets' -c max_connections=200 \
        -c fsync=${GATEHOUSE_POSTGRES_FSYNC:-off}" \
      </dev/null >/dev/null; then
      head -n 1 "$data/db/postmaster.pid" >"$dir/postgres.pid"
      printf 'export GATEHOUSE_TEST_%s=postgres://gatehouse@%s\n' \
        POSTGRES_URL "127.0.0.1:$port/postgres" \
        POSTGRES_SOCKET_URL "localhost:$port/postgres?host=$sockets" >>"$dir/env"
      return
    fi
    echo "PostgreSQL did not start on port $port (attempt $attempt)" >&2
  done
  cat "$data/log" >&2
  die "PostgreSQL did not start"
}

# PgBouncer runs in transaction mode with five PostgreSQL connections in rotation, so that almost
# every transaction of a client uses another connection.
start_pgbouncer() {
  local attempt port upstream config=$dir/pgbouncer.ini
  upstream=$(sed -n 's/^export GATEHOUSE_TEST_POSTGRES_URL=.*:\([0-9]*\)\/.*/\1/p' "$dir/env")
  [[ -n $upstream ]] || die "PgBouncer needs PostgreSQL: name postgres before it"
  # Debian installs it into a folder that is on root's PATH only.
  PATH=$PATH:/usr/sbin
  command -v pgbouncer >/dev/null || die "PgBouncer is not installed: run tools/packages.sh"
  for attempt in 1 2 3; do
    port=$(free_port)
    printf '%s\n' '[databases]' "* = host=127.0.0.1 port=$upstream user=gatehouse" '[pgbouncer]' \
      'listen_addr = 127.0.0.1' "listen_port = $port" 'unix_socket_dir =' 'auth_type = any' 'pool_mode = transaction' \
      "pidfile = $dir/postgres/pgbouncer.pid" 'default_pool_size = 5' 'server_round_robin = 1' \
      'max_client_conn = 1000' 'ignore_startup_parameters = extra_float_digits' >"$config"
    chmod 644 "$config"
    as_postgres pgbouncer --quiet "$config" >"$dir/pgbouncer.log" 2>&1 </dev/null &
    if wait_until 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" && [[ -s $dir/postgres/pgbouncer.pid ]]; then
      echo "export GATEHOUSE_TEST_PGBOUNCER_URL=postgres://gatehouse@127.0.0.1:$port/postgres" >>"$dir/env"
      return
    fi
    kill "$(cat "$dir/postgres/pgbouncer.pid" 2>/dev/null)" 2>/dev/null || true
    echo "PgBouncer did not answer on port $port (attempt $attempt)" >&2
  done
  cat "$dir/pgbouncer.log" >&2
  die "PgBouncer did not start"
}

# stop_pid <file> <command name> [signal]: SIGINT is "fast shutdown" for PostgreSQL and an orderly
# end for Redis, but PgBouncer would wait for its clients. The name is compared because the process
# may have ended and its id may belong to another one.
stop_pid() {
  local pid
  [[ -f $1 ]] || return 0
  pid=$(cat "$1")
  [[ $(cat "/proc/$pid/comm" 2>/dev/null || ps -o comm= -p "$pid" 2>/dev/null || true) == *"$2"* ]] || return 0
  kill -"${3:-INT}" "$pid" 2>/dev/null || return 0
  gone() { ! kill -0 "$pid" 2>/dev/null; }
  wait_until 10 gone || kill -KILL "$pid" 2>/dev/null || true
}

command=${1:-}
dir=${2:-}
[[ -n $dir ]] || usage
shift 2
case $command in
  start)
    mkdir -p "$dir"
    chmod 755 "$dir"
    dir=$(cd "$dir" && pwd)
    : >"$dir/env"
    if (($# == 0)); then set -- redis postgres pgbouncer; fi
    for service in "$@"; do
      case $service in redis | postgres | pgbouncer) "start_$service" ;; *) usage ;; esac
    done
    ;;
  stop)
    [[ -f $dir/env ]] || exit 0
    stop_pid "$dir/redis.pid" redis-server
    stop_pid "$dir/postgres/pgbouncer.pid" pgbouncer TERM
    stop_pid "$dir/postgres.pid" postgres
    rm -rf "$dir"
    ;;
  *) usage ;;
esac
