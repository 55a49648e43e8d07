#!/usr/bin/env bash
# leaks.sh <folder>: fails when a file in the folder contains a Clerk secret, because every browser
# can read the site. `server check` and the start of the server look for the same
# (server/src/leaks.rs).
set -euo pipefail

if grep -rlaE 'sk_(test|live)_[A-Za-z0-9+/]{8}|whsec_[A-Za-z0-9+/]{8}' "$1" >&2; then
  echo "The files above hold a secret (sk_... or whsec_...), and every browser can read them: roll that key" \
    "in the Clerk dashboard, remove it from the code that runs in the browser, and build again." >&2
  exit 1
fi
