#!/usr/bin/env bash
# Takes a picture of each page and state, on a desktop and on a phone, light and dark, into
# docs/screens. Git keeps only those that the README shows.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

tools/packages.sh
tools/install.sh clerk-js
npm ci --prefix end2end --no-audit --no-fund
cargo build --locked --workspace --bins --features server/local-clerk
cargo leptos build --frontend-only --cargo-locked
export GATEHOUSE_SERVER=$target_dir/debug/server GATEHOUSE_SITE=$root/target/dev-site GATEHOUSE_CLERK_JS=$clerk_js_dir
cd end2end
npx --no-install playwright test --config screenshots.config.ts "$@"
