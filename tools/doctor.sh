#!/usr/bin/env bash
# Says what this machine lacks for `make dev` and `make test`, and how to get it. It installs and
# changes nothing, and needs only bash 3.2 and the tools of POSIX, so that it also runs where much
# is missing. It ends with an error when `make dev` cannot work.
set -uo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1

# Measured on Debian 12: the folders that a build and its tests fill.
DEV_GB=8 TEST_GB=20
system=$(uname -s)
for_dev=0 for_test=0

has() { command -v "$1" >/dev/null 2>&1; }
found() { printf '  ok       %s\n' "$1"; }
hint() { printf '  note     %s\n' "$1"; }
# lacks dev|test <what> <remedy>
lacks() {
  printf '  missing  %s: %s\n' "$2" "$3"
  if [[ $1 == dev ]]; then for_dev=$((for_dev + 1)); else for_test=$((for_test + 1)); fi
}

# package <Debian> <macOS>: how to install something here.
package() {
  if has apt-get; then
    echo "apt-get install $1"
  elif [[ $system == Darwin ]]; then
    echo "$2"
  else
    echo "install $1, or what your system calls it"
  fi
}

machine() {
  case $system in
    Linux) if grep -qi microsoft /proc/version 2>/dev/null; then found "WSL"; else found "Linux"; fi ;;
    Darwin) hint "macOS: make dev should work and has not been tried. make test expects Debian" ;;
    *) lacks dev "a supported system" "the server runs on Unix. On Windows, run all commands in WSL 2" ;;
  esac
  case $root in
    /mnt/[a-z]/*) hint "the project is on a Windows drive, which WSL reads slowly: move it below your home folder" ;;
  esac
}

basics() {
  if has git; then found "$(git --version)"; else lacks dev git "$(package git 'xcode-select --install')"; fi
  if has make; then found make; else lacks dev make "$(package make 'xcode-select --install')"; fi
  local compiler=${CC:-cc} folder
  if ! has "$compiler"; then
    lacks dev "a C compiler ($compiler)" "$(package 'gcc libc6-dev' 'xcode-select --install')"
    return
  fi
  folder=$(mktemp -d "${TMPDIR:-/tmp}/doctor.XXXXXX")
  printf '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n' >"$folder/a.c"
  if "$compiler" -o "$folder/a" "$folder/a.c" >/dev/null 2>&1; then
    found "C compiler $compiler"
  else
    lacks dev "$compiler with the headers of C" "$(package libc6-dev 'xcode-select --install')"
  fi
  rm -rf "$folder"
}

rust() {
  local channel wanted minor
  channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
  if has rustup; then
    if ! rustup toolchain list 2>/dev/null | grep -q "^$channel"; then
      hint "Rust $channel is not installed: make dev and make test install it"
    elif ! rustup target list --installed --toolchain "$channel" 2>/dev/null | grep -qx wasm32-unknown-unknown; then
      hint "the target wasm32-unknown-unknown is not installed: make dev adds it"
    else
      found "Rust $channel with wasm32-unknown-unknown"
    fi
  elif has cargo && has rustc; then
    wanted=$(sed -n 's/^rust-version = "1\.\(.*\)"/\1/p' Cargo.toml)
    minor=$(rustc --version | sed -n 's/^rustc 1\.\([0-9]*\)\..*/\1/p')
    if ((${minor:-0} < wanted)); then
      lacks dev "Rust 1.$wanted ($(rustc --version) is older)" "install https://rustup.rs"
    elif [[ ! -d $(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown ]]; then
      lacks dev "the target wasm32-unknown-unknown" "install it beside rustc, or install https://rustup.rs"
    else
      found "$(rustc --version), without rustup"
    fi
  else
    lacks dev Rust "install https://rustup.rs; Debian 13 has it as a package: apt-get install rustup"
  fi
}

pinned_tools() {
  if has_tool wasm-bindgen "$WASM_BINDGEN_VERSION"; then
    found "wasm-bindgen $WASM_BINDGEN_VERSION"
  else
    hint "wasm-bindgen $WASM_BINDGEN_VERSION is not built: make dev builds it once, some minutes"
  fi
  if has_tool cargo-leptos "$CARGO_LEPTOS_VERSION"; then
    found "cargo-leptos $CARGO_LEPTOS_VERSION"
  else
    hint "cargo-leptos $CARGO_LEPTOS_VERSION is not built: make dev builds it once, while the first page works"
  fi
  if [[ ! -x $target_dir/debug/server ]]; then
    hint "nothing is built: the first make dev takes about 10 minutes on two cores, later ones start in seconds"
  fi
}

space() {
  local free memory=''
  free=$(($(df -Pk . | awk 'NR == 2 { print $4 }') / 1000000))
  if [[ -x $target_dir/debug/server ]] && ((free >= 2)); then
    found "disk: $free GB free"
  elif ((free < DEV_GB)); then
    lacks dev "disk: $free GB free" "make dev needs about $DEV_GB GB, and make test $TEST_GB"
  elif ((free < TEST_GB)); then
    lacks test "disk: $free GB free" "make test needs about $TEST_GB GB; make dev has enough"
  else
    found "disk: $free GB free"
  fi
  if [[ -r /proc/meminfo ]]; then
    memory=$(awk '/^(MemTotal|SwapTotal):/ { sum += $2 } END { print int(sum / 1000000) }' /proc/meminfo)
  elif [[ $system == Darwin ]]; then
    memory=$(($(sysctl -n hw.memsize) / 1000000000))
  fi
  if [[ -z $memory ]]; then
    hint "memory: unknown"
  elif ((memory < 4)); then
    hint "memory: $memory GB, with swap. If a build is killed, add swap, or set CARGO_BUILD_JOBS=1"
  else
    found "memory: $memory GB, with swap"
  fi
}

ports() {
  local name value port
  for name in LEPTOS_SITE_ADDR=127.0.0.1:3000 LEPTOS_RELOAD_PORT=3001 METRICS_ADDR=127.0.0.1:9464; do
    value=$(setting "${name%%=*}" "${name#*=}")
    port=${value##*:}
    if [[ -z $port ]]; then continue; fi
    if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      lacks dev "port $port, because something listens there" \
        "stop it (it may be another make dev), or set another ${name%%=*} in .env"
    else
      found "port $port is free"
    fi
  done
}

# The server checks each value at start; this finds mistakes in the file. It prints no value.
env_file() {
  local name publishable secret
  if [[ ! -f .env ]]; then
    found "no .env: make dev needs none, and uses the local Clerk"
    return
  fi
  found ".env"
  if has git && git ls-files --error-unmatch .env >/dev/null 2>&1; then
    hint ".env is in git: take it out (git rm --cached .env), and roll the secrets in it"
  fi
  if grep -q "$(printf '\r')" .env; then hint ".env has line ends of Windows: save it with LF"; fi
  if grep -q '^[A-Z_]*=.*replace-with-' .env; then
    hint ".env has a sample that begins with replace-: set it or remove it"
  fi
  for name in $(sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p' .env); do
    grep -q "^#*$name=" .env.example || hint ".env: $name is no variable of .env.example"
  done
  for name in LEPTOS_SITE_ROOT LEPTOS_HASH_FILES; do
    if grep -q "^$name=" .env; then hint ".env: $name is for a release. Leave it out in development"; fi
  done
  publishable=$(setting CLERK_PUBLISHABLE_KEY '') secret=$(setting CLERK_SECRET_KEY '')
  case $publishable:$secret in
    : | pk_test_*:sk_test_* | pk_live_*:sk_live_*) ;;
    :* | *:) hint ".env: only one of CLERK_PUBLISHABLE_KEY and CLERK_SECRET_KEY is set: set both or none" ;;
    *) hint ".env: the Clerk keys do not fit: pk_test_ with sk_test_, or pk_live_ with sk_live_" ;;
  esac
}

for_tests() {
  local missing node
  if has node; then
    node=$(node --version)
    node=${node#v}
    if ((${node%%.*} >= 20)); then found "Node $node"; else lacks test "Node 20 ($node is older)" https://nodejs.org; fi
  elif node=$(package_of_node) && ((${node:-20} < 20)); then
    lacks test "Node 20 (the package nodejs is $node)" https://nodejs.org
  fi
  missing=$(tools/packages.sh list)
  if [[ -z $missing ]]; then
    found "the packages of the tests"
  elif has apt-get && { ((EUID == 0)) || sudo -n true 2>/dev/null; }; then
    hint "make test installs these packages: $missing"
  elif has apt-get; then
    lacks test "the packages $missing" "run once: sudo tools/packages.sh"
  else
    lacks test "what Debian calls $missing" "install them; make test can do it on Debian only"
  fi
}

# verdict <command> <number of things>
verdict() { if (($2)); then echo "$1: $2 missing, see above"; else echo "$1: ready"; fi; }

echo "For make dev:"
machine
basics
rust
pinned_tools
space
ports
env_file
echo "For make test:"
for_tests
verdict "make dev" "$for_dev"
verdict "make test" "$((for_dev + for_test))"
((for_dev == 0))
