#!/usr/bin/env bash
# Applies the recipe of docs/adding-a-feature.md to a copy of the project and tests the result
# (recipe.mjs), in the target folder of copies. With `--fast` it does so without the runs that build
# the server, and with a folder it only writes the result there.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
use_target_of_copies
[[ -d end2end/node_modules ]] || npm ci --prefix end2end --no-audit --no-fund
node tools/recipe.mjs "$@"
