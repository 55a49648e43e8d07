#!/usr/bin/env bash
# Runs only the tests that read vectors. They come from the folder in GATEHOUSE_VECTORS, by default
# from tests/vectors and clerk/tests/vectors. The limiter's vectors also run against a Redis that
# this script starts and stops.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/gatehouse-vectors.XXXXXX")
trap 'tools/services.sh stop "$scratch/services" || true; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [[ -n ${GATEHOUSE_VECTORS:-} ]]; then
  GATEHOUSE_VECTORS=$(cd "$GATEHOUSE_VECTORS" && pwd) || die "GATEHOUSE_VECTORS is not a folder"
  export GATEHOUSE_VECTORS
fi
tools/packages.sh redis
tools/services.sh start "$scratch/services" redis
# shellcheck source=/dev/null
. "$scratch/services/env"

status=0
GATEHOUSE_TEST_SERVICES=required cargo test --locked -p clerk -p gatehouse --no-fail-fast --test '*vectors*' \
  2>&1 </dev/null | tee "$scratch/log" || status=$?
read -r passed failed < <(totals "$scratch/log")
if ((status != 0 && failed == 0)); then failed=1; fi
echo "$passed passed, $failed failed"
((failed == 0))
