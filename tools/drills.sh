#!/usr/bin/env bash
# Runs the drills: faults under load, with the numbers of what was sent, kept, refused and lost. The
# same tests run in `make test` with short faults, fewer connections, stops and kills.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/gatehouse-drills.XXXXXX")
chmod 755 "$scratch" # PostgreSQL runs as another user and must be able to reach its folder in here
trap 'tools/services.sh stop "$scratch/services" || true; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

tools/packages.sh
tools/services.sh start "$scratch/services"
# shellcheck source=/dev/null
. "$scratch/services/env"

status=0
GATEHOUSE_DRILLS=1 GATEHOUSE_TEST_SERVICES=required cargo test --locked --workspace --features server/local-clerk \
  --no-fail-fast --test drills --test killed_server --test overload --test overload_memory --test sockets \
  --test stop -- --nocapture --test-threads 1 2>&1 </dev/null | tee "$scratch/log" || status=$?
headline "Figures"
grep -o 'drill .*' "$scratch/log" || true
read -r passed failed < <(totals "$scratch/log")
if ((status != 0 && failed == 0)); then failed=1; fi
echo "$passed passed, $failed failed"
((failed == 0))
