# shellcheck shell=bash
# Scripts that test other scripts source this file. It counts tests, and needs a folder `scratch`.

passed=0 failed=0

# ok <title> <command…>: counts a test, and shows the output of one that fails.
ok() {
  local title=$1
  shift
  if "$@" >"$scratch/log" 2>&1; then
    passed=$((passed + 1))
    echo "ok: $title"
  else
    failed=$((failed + 1))
    echo "failed: $title"
    tail -15 "$scratch/log"
  fi
}
