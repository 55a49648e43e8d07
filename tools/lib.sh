# shellcheck shell=bash
# The scripts in this folder source this file for versions, folders, and PATH. It has no other
# effect; install.sh installs the tools.

WASM_BINDGEN_VERSION=0.2.129 # must equal wasm-bindgen in Cargo.lock: the tool and the crate share a format
BINARYEN_VERSION=132.0.0 # must equal tools/wasm-opt/package.json
LIGHTHOUSE_VERSION=12.8.2 # must equal tools/lighthouse/package.json
CLERK_JS_VERSION=6.40.0
CLERK_UI_VERSION=1.36.0

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CARGO_LEPTOS_VERSION=$(sed -n 's/^cargo-leptos = .*"=\([^"]*\)".*/\1/p' "$root/tools/cargo-leptos/Cargo.toml")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/gatehouse
target_dir=${CARGO_TARGET_DIR:-$root/target}
wasm_bindgen_dir=$cache/wasm-bindgen-cli-$WASM_BINDGEN_VERSION
cargo_leptos_dir=$cache/cargo-leptos-$CARGO_LEPTOS_VERSION
wasm_opt_dir=$cache/binaryen-$BINARYEN_VERSION
lighthouse_dir=$cache/lighthouse-$LIGHTHOUSE_VERSION
clerk_js_dir=$cache/clerk-js-$CLERK_JS_VERSION-ui-$CLERK_UI_VERSION

# The pinned tools come first: cargo-leptos uses the tools on PATH and downloads only missing ones.
# Cargo's own folder comes last, for tools that a person has installed.
export PATH=$wasm_bindgen_dir/bin:$cargo_leptos_dir/bin:$wasm_opt_dir/node_modules/.bin:$PATH
export PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
export CARGO_TARGET_DIR=$target_dir

# has_tool <name> <version>: whether the tool is on PATH in this version, wherever it comes from.
has_tool() { [[ $("$1" --version 2>/dev/null) == "$1 $2" ]]; }

# lint_dir: prints the folder of the linters whose versions tools/lint/requirements.txt pins.
lint_dir() { echo "$cache/lint-$(cksum <"$root/tools/lint/requirements.txt" | cut -d' ' -f1)"; }

headline() { printf '\n== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Sets the flags of every release build, so that all of them share their artifacts. They replace
# those in .cargo/config.toml, so they repeat erase_components: the browser files get a sixth
# smaller, and a page of the dashboard takes the server a quarter longer. Both sides need it or
# neither, because the markers in the HTML depend on it. Paths in panic messages begin at the crate,
# because the site must not reveal the folders of the build machine.
crate_sources=${CARGO_HOME:-$HOME/.cargo}/registry/src
set_release_flags() {
  local flags more
  read -ra more <<<"${GATEHOUSE_RELEASE_RUSTFLAGS:-}"
  flags=(--cfg erase_components "--remap-path-prefix=$crate_sources/=" "--remap-path-prefix=$root/=" "${more[@]}")
  # Only the encoded form allows spaces in a path.
  CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && echo "${flags[*]}")
  export CARGO_ENCODED_RUSTFLAGS
}

# Prints a port without a listener, below the range that the kernel uses for outgoing connections.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# setting <name> <default>: a variable of the environment or of .env.
setting() {
  local name=$1
  if [[ -n ${!name+set} ]]; then
    printf '%s\n' "${!name}"
  elif [[ -f .env ]] && grep -q "^$name=" .env; then
    sed -n "s/^$name=//p" .env | tail -n 1 | tr -d "\"'\r"
  else
    printf '%s\n' "$2"
  fi
}

# package_of_node: prints the first number of the version of Node that apt-get would install.
package_of_node() { apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: \([0-9]*\).*/\1/p'; }

# totals <log>: prints "passed failed", summed over the result lines of `cargo test` in the log, and
# over the lines "N passed, N failed" of scripts.
totals() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
    /^test result: / {
      for (i = 2; i <= NF; i++) { if ($i == "passed;") p += $(i-1); if ($i == "failed;") f += $(i-1) }
    }
    /^[0-9]+ passed, [0-9]+ failed$/ { p += $1; f += $3 }
    END { print p + 0, f + 0 }'
}

# linted <command…>: a build in which Clippy is the compiler of the crates of this project, and each
# warning an error. `cargo clippy` would analyse all dependencies once more.
linted() { RUSTC_WORKSPACE_WRAPPER=clippy-driver CARGO_BUILD_WARNINGS=deny "$@"; }

# Selects a target folder for copies of the project that have been changed, and prepares it. In the
# folder of the tree, cargo could take an artifact of a copy for that of the tree and call it fresh.
# The first call takes the dependencies from the tree instead of building them again: their
# artifacts are linked, and those of the workspace, which the copies change, are removed.
# use_target_of_copies [name]: two names are for copies that are built at the same time.
use_target_of_copies() {
  local built=$target_dir part
  export CARGO_TARGET_DIR=$built/${1:-copies}
  # Nobody reads a backtrace of a copy. The dependencies have no debug information anyway. The
  # crates change one after the other, so their parts are kept.
  export CARGO_PROFILE_DEV_DEBUG=false CARGO_INCREMENTAL=1
  if [[ -d $built/debug && ! -d $CARGO_TARGET_DIR/debug ]]; then
    mkdir -p "$CARGO_TARGET_DIR/debug"
    for part in .fingerprint build deps; do cp -al "$built/debug/$part" "$CARGO_TARGET_DIR/debug/"; done
    cargo clean -q --offline --workspace
  fi
}
