#!/usr/bin/env bash
# profile.sh [case…]: says where the release server spends its processor time in cases of
# `make bench`, as shares of all samples. It needs Debian's package linux-perf and the right to
# profile (root, or kernel.perf_event_paranoid at most 1). All arguments are cases; without any, the
# ones that docs/performance.md explains.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

command -v perf >/dev/null || die "perf is missing: install Debian's package linux-perf"
(($#)) || set -- /admin /admin/members /admin/audit "read operation" "rename, stored" "rename, over the limit" \
  "rename, anonymous" "webhook, new id"
set_release_flags
cargo build --locked --release -p server --bin server --example bench
driver=$target_dir/release/examples/bench server=$target_dir/release/server

scratch=$(mktemp -d "${TMPDIR:-/tmp}/gatehouse-profile.XXXXXX")
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Each symbol belongs to the first group that it fits. The release is one program, so a function may
# contain others that were inlined: the shares are right within a few hundredths.
shares() {
  perf report --input "$1" --no-children --call-graph none --sort sym --stdio 2>/dev/null | awk -v name="$2" '
    function group(kernel, symbol) {
      if (kernel && symbol ~ /sched|futex|switch|wake|eventfd|hrtimeout|idle|preempt|rq_/) return "switches"
      if (kernel && symbol ~ /tcp|sock|skb|inet|^ip_|ipv4|net|__dev|loopback|napi|qdisc|ep_|epoll|nf_/) return "network"
      if (kernel && symbol ~ /ext4|blk|bio|jbd|folio|filemap|iomap|virtio|writeback|fsync|xas_/) return "disk"
      if (kernel) return "kernel"
      if (symbol ~ /futex|pthread_(cond|mutex)|epoll_wait|eventfd/) return "switches"
      if (symbol ~ /sqlite|pcache|[bB]tree|[vV]dbe|wal[A-Z]|unix(Read|Write)|rusqlite/) return "SQLite"
      if (symbol ~ /pread|pwrite|moveToChild|getPage|getCell/) return "SQLite"
      if (symbol ~ /^_?mi_|malloc|free$|realloc/) return "allocation"
      if (symbol ~ /tracing|log_writer/) return "log"
      if (symbol ~ /leptos|tachys|reactive_|app::|any_view|throw_error|hydration_context|oco_ref/) return "Leptos"
      if (symbol ~ /hyper|http|axum|tower|h2::|matchit/) return "HTTP"
      if (symbol ~ /aws_lc|sha[0-9]|aes|rsa|bn_/) return "cryptography"
      if (symbol ~ /gatehouse|server::|clerk|domain::/) return "ours"
      return "rest"
    }
    /^ *[0-9.]+%/ {
      symbol = $0
      sub(/^ *[0-9.]+% +\[.\] */, "", symbol)
      sum[group($2 == "[k]", symbol)] += $1
    }
    END {
      printf "| %s |", name
      count = split("switches network disk kernel SQLite allocation log Leptos HTTP cryptography ours rest", order, " ")
      for (i = 1; i <= count; i++) printf " %.0f |", sum[order[i]]
      print ""
    }'
}

columns="switches | network | disk | other kernel | SQLite | allocation | log | Leptos | HTTP | cryptography"
echo "| case | $columns | gate and store | rest |"
echo "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
for case in "$@"; do
  timeout 120 taskset -c 1 "$driver" run --server "$server" --case "$case" --rounds 5 --seconds 4 \
    >"$scratch/table" 2>"$scratch/log" &
  pid=
  for _ in $(seq 100); do
    pid=$(pgrep -x -P "$(pgrep -P $! || echo $!)" "$(basename "$server")") && break
    sleep 0.1
  done
  [[ -n $pid ]] || die "$(tail -3 "$scratch/log")"
  # It ends with the process.
  perf record --quiet --freq 999 --pid "$pid" --output "$scratch/perf" 2>/dev/null || true
  wait $! || die "$(tail -3 "$scratch/log")"
  shares "$scratch/perf" "$case"
done
