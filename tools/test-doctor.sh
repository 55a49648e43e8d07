#!/usr/bin/env bash
# Tests `make doctor` in a copy of the files that it reads: on this machine it finds all that
# `make dev` needs, and with one thing less it names that thing, the remedy, and ends with an error.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
passed=0 failed=0
# The doctor looks at the disk of its folder.
mkdir -p "$target_dir"
scratch=$(mktemp -d "$target_dir/doctor-test.XXXXXX")
cleanup() {
  if [[ -n ${listener:-} ]]; then kill "$listener" 2>/dev/null || true; fi
  rm -rf "$scratch"
}
trap cleanup EXIT
mkdir "$scratch/copy" "$scratch/bin"
cp -r tools rust-toolchain.toml Cargo.toml .env.example "$scratch/copy/"
cd "$scratch/copy"
# A server of this machine may have the usual ports.
export LEPTOS_SITE_ADDR LEPTOS_RELOAD_PORT METRICS_ADDR=
LEPTOS_SITE_ADDR=127.0.0.1:$(free_port)
LEPTOS_RELOAD_PORT=$(free_port)
unset CC CLERK_PUBLISHABLE_KEY CLERK_SECRET_KEY

# says <status> <text> <title> [variable=value…]: counts a test of the doctor.
says() {
  local wanted=$1 text=$2 title=$3 status=0
  shift 3
  env "$@" "$(command -v bash)" tools/doctor.sh >"$scratch/said" 2>&1 || status=1
  if [[ $status == "$wanted" ]] && grep -qF -- "$text" "$scratch/said"; then
    passed=$((passed + 1))
    echo "ok: $title"
  else
    failed=$((failed + 1))
    echo "failed: $title"
    cat "$scratch/said"
  fi
}

# without <tool>: a PATH with the tools that the doctor needs, and with those that it looks for.
without() {
  local tool
  rm -rf "$scratch/bin"
  mkdir "$scratch/bin"
  for tool in awk bash cat cksum dirname df env grep mktemp rm sed sort tail tr uname as cc ld gcc git make node npm; do
    if [[ $tool != "$1" ]] && command -v "$tool" >/dev/null; then ln -s "$(command -v "$tool")" "$scratch/bin/"; fi
  done
}

# lacks <tool> <text>
lacks() {
  without "$1"
  says 1 "$2" "without $1" PATH="$scratch/bin" HOME="$HOME"
}

says 0 "make dev: ready" "this machine"
lacks git "missing  git: "
lacks make "missing  make: "
lacks cc "missing  a C compiler (cc): "
without nothing
says 0 "make dev: ready" "with the listed tools alone" PATH="$scratch/bin"
says 1 "missing  Rust: install https://rustup.rs" "without Rust" PATH="$scratch/bin" CARGO_HOME="$scratch/none"
says 1 "make dev: 1 missing, see above" "the end names the number" PATH="$scratch/bin" CARGO_HOME="$scratch/none"
says 1 "wasm-bindgen $WASM_BINDGEN_VERSION is not built" "without the pinned tools" PATH="$scratch/bin" \
  CARGO_HOME="$scratch/none" XDG_CACHE_HOME="$scratch/none"

node -e 'require("net").createServer().listen(process.argv[1], "127.0.0.1")' "${LEPTOS_SITE_ADDR##*:}" &
listener=$!
for _ in {1..600}; do
  if (: <"/dev/tcp/127.0.0.1/${LEPTOS_SITE_ADDR##*:}") 2>/dev/null; then break; fi
  sleep 0.1
done
says 1 "missing  port ${LEPTOS_SITE_ADDR##*:}, because something listens there" "a port that is taken"
kill "$listener"
wait "$listener" || true
listener=

secret=sk_test_0123456789abcdefghijklmnopqrstuvwxyzABCD
printf 'CLERK_SECRET_KEY=%s\r\nCLERK_SECRTE_KEY=%s\nLEPTOS_HASH_FILES=true\nCLERK_JWT_KEY="replace-with-the-PEM"\n' \
  "$secret" "$secret" >.env
for text in "has line ends of Windows" "CLERK_SECRTE_KEY is no variable" "LEPTOS_HASH_FILES is for a release" \
  "has a sample that begins with replace-" "only one of CLERK_PUBLISHABLE_KEY and CLERK_SECRET_KEY is set"; do
  says 0 "$text" ".env: $text"
done
if grep -q "$secret" "$scratch/said"; then
  failed=$((failed + 1))
  echo "failed: the doctor prints a secret"
fi
printf 'CLERK_SECRET_KEY=%s\nCLERK_PUBLISHABLE_KEY=pk_live_x\n' "$secret" >.env
says 0 "the Clerk keys do not fit" ".env: keys of two kinds"
echo "$passed passed, $failed failed"
((failed == 0))
