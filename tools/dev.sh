#!/usr/bin/env bash
# Serves the application at http://localhost:3000, and rebuilds it on every change. It says what it
# does and how long that takes. The first start does not wait for cargo-leptos, whose build takes
# longer than all the rest: cargo and wasm-bindgen make the same files, and cargo-leptos takes over
# when it is built.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
site=target/dev-site

address=$(setting LEPTOS_SITE_ADDR 127.0.0.1:3000)
address=${address##*:}
address=http://localhost:${address:-3000}

took() { printf 'This took %d min %d s.\n' "$(($1 / 60))" "$(($1 % 60))"; }

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
  headline "Step 2 of 3: the server and its browser files, several minutes"
  local started=$SECONDS
  build_once
  took "$((SECONDS - started))"
  "$target_dir/debug/server" &
  local server=$!
  trap 'kill "$server" 2>/dev/null || true' EXIT
  until (: <"/dev/tcp/127.0.0.1/${address##*:}") 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || die "the server has stopped: see the lines above"
    sleep 0.1
  done
  headline "$address works now, $((SECONDS / 60)) minutes after the start"
  headline "Step 3 of 3: cargo-leptos, several minutes. The page works meanwhile, and reloads on a change afterwards"
  nice tools/install.sh
  kill "$server"
  wait "$server" || true
  trap - EXIT
}

if ! has_tool cargo-leptos "$CARGO_LEPTOS_VERSION"; then
  if [[ -x $target_dir/debug/server ]]; then
    headline "cargo-leptos $CARGO_LEPTOS_VERSION is missing, and is built while $address works"
  else
    headline "The first start builds everything once: about 10 minutes on two cores until $address works"
    echo "Later starts take seconds. \`make doctor\` says whether this machine lacks something."
  fi
  headline "Step 1 of 3: wasm-bindgen, and the target for browsers"
  tools/install.sh first
  serve_once
else
  tools/install.sh first
fi
if [[ -x $target_dir/debug/server ]]; then
  headline "Building what has changed, then $address. It reloads on every change; Ctrl C stops it"
else
  headline "The first build of this folder, several minutes, then $address. Later starts take seconds"
fi
exec cargo leptos watch
