#!/usr/bin/env bash
# Runs one command with the pinned tools first on PATH. `make dev` runs
# `tools/run.sh cargo leptos watch`.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
exec "$@"
