#!/usr/bin/env bash
# leaks.sh <folder>: fails when a file below holds a secret of Clerk. What stands in the site can be read by every browser.
# The server looks for the same in `server check` and at start (server/src/leaks.rs).
set -euo pipefail

if grep -rlaE 'sk_(test|live)_[A-Za-z0-9+/]{8}|whsec_[A-Za-z0-9+/]{8}' "$1" >&2; then
  echo "The files above hold a secret (sk_... or whsec_...), and every browser can read them: roll that key in the Clerk dashboard," \
    "take it out of the code of the browser's half, and build again." >&2
  exit 1
fi
