#!/usr/bin/env bash
# Serves the application at http://localhost:3000, and rebuilds it on every change. The first start
# does not wait for cargo-leptos, whose build takes longer than all the rest: cargo and wasm-bindgen
# make the same files, and cargo-leptos takes over when it is built.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
site=target/dev-site

# The commands of cargo-leptos for Cargo.toml, which then finds everything built.
build_once() {
  cargo build --package=server --bin=server --no-default-features --features=local-clerk
  cargo build --package=app --lib --target-dir="$target_dir/front" --target=wasm32-unknown-unknown \
    --no-default-features --features=hydrate
  rm -rf "$site"
  mkdir -p "$site"
  cp -r assets/. "$site/"
  wasm-bindgen --target web --no-typescript --out-dir "$site/pkg" --out-name app \
    "$target_dir/front/wasm32-unknown-unknown/debug/app.wasm"
  mv "$site/pkg/app_bg.wasm" "$site/pkg/app.wasm"
  # cargo-leptos makes one file of the style. A browser follows the imports as well.
  cp style/*.css "$site/pkg/"
  mv "$site/pkg/main.css" "$site/pkg/app.css"
}

# Serves what is built, without watching for changes, while cargo-leptos is built.
serve_once() {
  headline "The first build. http://localhost:3000 works as soon as it is done"
  build_once
  "$target_dir/debug/server" &
  local server=$!
  trap 'kill "$server" 2>/dev/null || true' EXIT
  headline "http://localhost:3000 works. It reloads on a change when cargo-leptos is built"
  nice tools/install.sh
  kill "$server"
  wait "$server" || true
  trap - EXIT
}

tools/install.sh first
if ! has_tool cargo-leptos "$CARGO_LEPTOS_VERSION"; then serve_once; fi
exec cargo leptos watch
