# shellcheck shell=bash
# Scripts that test other scripts or a running server source this file. It counts tests. `ok`
# needs a folder `scratch`.

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

# is <what> <expected> <found>: counts a test, and shows the difference of one that fails.
is() {
  if [[ $2 == "$3" ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "failed: $1: expected $2, found $3"
  fi
}
