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
    BEGIN {
      count = split("switches network disk kernel SQLite allocation log Leptos HTTP TLS ours rest", order, " ")
    }
    /^ *[0-9.]+%/ {
      share = $1 + 0
      kind = $2
      sub(/^ *[0-9.]+% +\[.\] */, "")
      group = "rest"
      if (kind == "[k]") {
        group = "kernel"
        if (/sched|futex|switch|wake|eventfd|hrtimeout|idle|preempt|rq_|pick_next/) group = "switches"
        else if (/tcp|sock|skb|inet|^ip_|ipv4|net|__dev|loopback|napi|qdisc|epoll|ep_|nf_/) group = "network"
        else if (/ext4|blk|bio|jbd|folio|filemap|iomap|virtio|writeback|pagecache|fsync|xas_/) group = "disk"
      } else if (/futex|pthread_(cond|mutex)|epoll_wait|eventfd/) group = "switches"
      else if (/sqlite|pcache|[bB]tree|[vV]dbe|wal[A-Z]|unix(Read|Write)|rusqlite|pread|pwrite|moveToChild|getPage|getCell/) group = "SQLite"
      else if (/^_?mi_|malloc|free$|realloc/) group = "allocation"
      else if (/tracing|log_writer/) group = "log"
      else if (/leptos|tachys|reactive_|app::|any_view|Owner|throw_error|hydration_context|or_poisoned|oco_ref/) group = "Leptos"
      else if (/hyper|http|axum|tower|h2::|matchit|httparse|httpdate/) group = "HTTP"
      else if (/aws_lc|ring|rustls|sha|SHA|aes|rsa|bn_/) group = "TLS"
      else if (/gatehouse|server::|clerk|domain::/) group = "ours"
      sum[group] += share
    }
    END {
      printf "| %s |", name
      for (i = 1; i <= count; i++) printf " %.0f |", sum[order[i]]
      print ""
    }'
}

echo "| case | switches | network | disk | other kernel | SQLite | allocation | log | Leptos | HTTP | cryptography | gate and store | rest |"
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
