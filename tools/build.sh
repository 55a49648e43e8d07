#!/usr/bin/env bash
# The release build for production: a server without the local Clerk, and a site with hashed,
# precompressed files. Deploy target/release/server, hash.txt beside it, and target/site; or only
# target/release/server-with-site, which has the site inside.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

tools/install.sh wasm-opt
# cargo-leptos looks for a tool elsewhere when it is not on PATH, and our tools come from the cache
# only.
for tool in wasm-bindgen wasm-opt; do command -v "$tool" >/dev/null || die "$tool is missing: run make tools"; done

set_release_flags
# The empty --bin-features below replaces the list in Cargo.toml, which turns the local Clerk on for
# development.
# Cargo.toml names another folder, for development, because each build replaces everything in its
# folder.
LEPTOS_SITE_ROOT=target/site LEPTOS_HASH_FILES=true \
  cargo leptos build --release --precompress --cargo-locked --bin-features=

if grep -rqaF -e "$crate_sources" -e "$root/src/" -e "$root/app/" -e "$root/domain/" -e "$root/clerk/" target/site; then
  die "a path of this machine is in the site"
fi

tools/leaks.sh target/site || die "a secret is in the site; it must not be deployed"

# The same server with the site inside. Only the crate `server` is built again. Cargo gives both
# binaries one name, and the last build has the plain one.
build_server=(${LEPTOS_BIN_CARGO_COMMAND:-cargo} build --locked --release -p server --bin server)
"${build_server[@]}" --features embed-site
mv "$target_dir/release/server" "$target_dir/release/server-with-site"
"${build_server[@]}"

# Every binary with the local Clerk contains its demo password.
if grep -aq 'engine-no-1' "$target_dir/release/server" "$target_dir/release/server-with-site"; then
  die "the local Clerk is in the release binary; it must not be deployed"
fi

headline "Sizes, compressed with brotli as browsers load them"
tools/sizes.sh target/site

cat <<TEXT

Server: $target_dir/release/server (keep hash.txt beside it)   Site: $root/target/site
Start it with LEPTOS_SITE_ROOT, LEPTOS_SITE_ADDR, LEPTOS_HASH_FILES=true and the variables of .env.example.
Both in one file: $target_dir/release/server-with-site, without LEPTOS_SITE_ROOT and LEPTOS_HASH_FILES.
TEXT
