#!/usr/bin/env bash
# lighthouse.sh [path…]: measures all pages, or those at the paths, with Lighthouse. The browser
# files are those of a release. The server is a debug build, because no release has the local Clerk
# to sign in at. docs/performance.md has the budgets.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

tools/install.sh wasm-opt
tools/install.sh lighthouse
[[ -x ${CHROMIUM:-/usr/bin/chromium-headless-shell} ]] ||
  die "Chromium is missing: install Debian's package chromium-headless-shell"
cargo build --locked --workspace --bins --features server/local-clerk
(
  set_release_flags
  LEPTOS_SITE_ROOT=target/test-site LEPTOS_HASH_FILES=false \
    cargo leptos build --release --frontend-only --precompress --cargo-locked
)
GATEHOUSE_LIGHTHOUSE=$lighthouse_dir GATEHOUSE_SERVER=$target_dir/debug/server GATEHOUSE_SITE=$root/target/test-site \
  node tools/lighthouse/run.mjs "$@"
