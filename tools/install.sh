#!/usr/bin/env bash
# Installs the pinned tools that are missing into the cache folder of the user, from crates.io and
# npm only. Without an argument it installs the tools of `make dev` (no Node, no root), with `first`
# only those that its first build needs, with `wasm-opt` also that of a release build, with
# `clerk-js` also Clerk's browser packages for tests, with `lighthouse` also Lighthouse. With `lint`
# it installs only the linters of deploy/ and .github/, from PyPI. A tool of the pinned version that
# a person has installed is used as it is.
# Each tool is built in a temporary folder that is renamed at the end, so an interrupted run leaves
# nothing half done.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

scratch=
trap '[[ -z $scratch ]] || rm -rf "$scratch"' EXIT

# install_tool <name> <version> <folder> <minutes> <purpose> <cargo install arguments…>
install_tool() {
  local name=$1 version=$2 folder=$3 minutes=$4 why=$5
  shift 5
  if has_tool "$name" "$version"; then return; fi
  printf '%s %s is missing. %s\nBuilding it once, about %s minutes on two cores, into %s\n' \
    "$name" "$version" "$why" "$minutes" "$folder"
  mkdir -p "$cache"
  scratch=$(mktemp -d "$cache/.install.XXXXXX")
  # A debug build, because an optimised one takes minutes more. The tool is not part of this
  # workspace, so it gets a target folder of its own and none of this repository's compiler flags.
  env -u CARGO_ENCODED_RUSTFLAGS RUSTFLAGS='' CARGO_PROFILE_DEV_DEBUG=0 \
    cargo install --locked --debug --root "$scratch/root" --target-dir "$scratch/target" "$@"
  rm -rf "$folder"
  mv "$scratch/root" "$folder"
  rm -rf "$scratch"
  scratch=
}

# install_locked <name> <file that proves it> <folder>: installs the packages that
# tools/<name>/package-lock.json pins.
install_locked() {
  local name=$1 proof=$2 folder=$3
  [[ -f $folder/node_modules/$proof ]] && return
  command -v npm >/dev/null || die "$name comes from npm: install Node.js 20 or newer"
  printf '%s is missing. Installing it, seconds, into %s\n' "$name" "$folder"
  mkdir -p "$cache"
  scratch=$(mktemp -d "$cache/.install.XXXXXX")
  cp "tools/$name/package.json" "tools/$name/package-lock.json" "$scratch/"
  npm ci --prefix "$scratch" --ignore-scripts --no-audit --no-fund
  chmod 755 "$scratch"
  rm -rf "$folder"
  mv "$scratch" "$folder"
  scratch=
}

# install_npm_file <package> <version> <sha512> <folder>: installs one package without its
# dependencies. Clerk's browser packages are bundles and need none.
install_npm_file() {
  local file
  file=$(cd "$scratch" && npm pack --silent "$1@$2")
  printf '%s  %s\n' "$3" "$scratch/$file" | sha512sum --check --quiet || die "$1 $2 is not the file that was pinned"
  mkdir "$scratch/$4"
  tar xzf "$scratch/$file" -C "$scratch/$4" --strip-components=1
  rm "$scratch/$file"
}

install_clerk_js() {
  [[ -n $(find "$clerk_js_dir/ui" -name '*.js.gz' -print -quit 2>/dev/null) ]] && return
  command -v npm >/dev/null || die "Clerk's browser packages come from npm: install Node.js 20 or newer"
  printf "Clerk's browser packages are missing. The local Clerk serves them in tests; seconds, into %s\n" \
    "$clerk_js_dir"
  mkdir -p "$cache"
  scratch=$(mktemp -d "$cache/.install.XXXXXX")
  install_npm_file @clerk/clerk-js "$CLERK_JS_VERSION" \
    d8c9d9ff282fb8299ebaa7d7426b317d068b37f49226f41bb53d9c2d76e0af954aaf72a664564156f5fdefb7c6dde67aa69ae5e09f693be2366db7ba06f0a896 clerk-js
  install_npm_file @clerk/ui "$CLERK_UI_VERSION" \
    b88f7acd80a1e632122ceb7599da483f2fd8df53f49301718d414ec4b53015f4c71661947118dba8de9b6dbfbbe6d748d81cfa0111b0b37ae1b290deafec487d ui
  # The local Clerk serves the files compressed, as Clerk does.
  find "$scratch" -name '*.js' -exec gzip -9 -n -k {} +
  chmod 755 "$scratch"
  rm -rf "$clerk_js_dir"
  mv "$scratch" "$clerk_js_dir"
  scratch=
}

# The linters are programs that PyPI distributes. The lock file names the hash of each.
install_lint() {
  local lint_dir
  lint_dir=$(lint_dir)
  [[ -x $lint_dir/bin/zizmor ]] && return
  python3 -c 'import ensurepip' 2>/dev/null || die "the linters come from PyPI: install Python 3 with venv"
  printf 'The linters of deploy/ and .github/ are missing. Installing them, seconds, into %s\n' "$lint_dir"
  mkdir -p "$cache"
  rm -rf "$lint_dir"
  # An environment of Python cannot be moved, so an interrupted installation lacks its last file.
  python3 -m venv "$lint_dir"
  "$lint_dir/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: \
    --requirement tools/lint/requirements.txt || { rm -rf "$lint_dir" && die "the linters cannot be installed"; }
}

if [[ ${1:-} == lint ]]; then
  install_lint
  exit 0
fi
command -v cargo >/dev/null || die "cargo is missing: install Rust from https://rustup.rs"
# Where RUSTUP_AUTO_INSTALL is off, a command in this folder fails instead of installing the
# toolchain that rust-toolchain.toml names.
if command -v rustup >/dev/null && ! cargo --version >/dev/null 2>&1; then
  echo "The Rust of rust-toolchain.toml is missing; installing it, a minute."
  rustup toolchain install --no-self-update
fi
if command -v rustup >/dev/null && ! rustup target list --installed | grep -qx wasm32-unknown-unknown; then
  echo "The wasm32-unknown-unknown target is missing; adding it, some seconds."
  rustup target add wasm32-unknown-unknown
fi
# It runs at every change of a page, and its libraries do the work: optimised, they take a third of
# the time.
install_tool wasm-bindgen "$WASM_BINDGEN_VERSION" "$wasm_bindgen_dir" 3 \
  "It makes the JavaScript around the wasm." \
  --config 'profile.dev.package."*".opt-level=1' "wasm-bindgen-cli@$WASM_BINDGEN_VERSION"
if [[ ${1:-} == first ]]; then exit 0; fi
install_tool cargo-leptos "$CARGO_LEPTOS_VERSION" "$cargo_leptos_dir" 4 \
  "It builds server and browser side together." --path tools/cargo-leptos
if [[ ${1:-} == wasm-opt ]]; then install_locked wasm-opt .bin/wasm-opt "$wasm_opt_dir"; fi
if [[ ${1:-} == lighthouse ]]; then install_locked lighthouse lighthouse/package.json "$lighthouse_dir"; fi
if [[ ${1:-} == clerk-js ]]; then install_clerk_js; fi
