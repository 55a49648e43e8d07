#!/usr/bin/env bash
# Runs one command with the pinned tools first on PATH, for example
# `tools/run.sh cargo leptos watch`, which `make dev` ends with.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
exec "$@"
