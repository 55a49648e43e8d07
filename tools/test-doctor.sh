#!/usr/bin/env bash
# Tests `make doctor` in a copy of the files that it reads: on this machine it finds all that
# `make dev` needs, and with one thing less it names that thing, the remedy, and ends with an error.
# It also tests what `make dev` says at its first and its next start, and where the toolchain is
# missing, with a cargo that builds nothing.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tools/checks.sh
. "$(dirname "$0")/checks.sh"
cd "$root"
# The doctor looks at the disk of its folder.
mkdir -p "$target_dir"
scratch=$(mktemp -d "$target_dir/doctor-test.XXXXXX")
cleanup() {
  if [[ -f $scratch/server.pid ]]; then kill "$(cat "$scratch/server.pid")" 2>/dev/null || true; fi
  if [[ -n ${listener:-} ]]; then kill "$listener" 2>/dev/null || true; fi
  rm -rf "$scratch"
}
trap cleanup EXIT
mkdir "$scratch/copy" "$scratch/bin"
cp -r tools assets style rust-toolchain.toml Cargo.toml .env.example "$scratch/copy/"
cd "$scratch/copy"
# A server of this machine may have the usual ports.
export LEPTOS_SITE_ADDR LEPTOS_RELOAD_PORT METRICS_ADDR=
LEPTOS_SITE_ADDR=127.0.0.1:$(free_port)
LEPTOS_RELOAD_PORT=$(free_port)
unset CC CLERK_PUBLISHABLE_KEY CLERK_SECRET_KEY

# said <status> <text> [variable=value…]: the doctor ends with this status and says this.
said() {
  local wanted=$1 text=$2 status=0
  shift 2
  env "$@" "$(command -v bash)" tools/doctor.sh >"$scratch/said" 2>&1 || status=1
  cat "$scratch/said"
  [[ $status == "$wanted" ]] && grep -qF -- "$text" "$scratch/said"
}
# says <status> <text> <title> [variable=value…]
says() { ok "$3" said "$1" "$2" "${@:4}"; }

# without <tool>: a PATH with the tools that the doctor needs, and with those that it looks for.
without() {
  local tool
  rm -rf "${scratch:?}/bin"
  mkdir "$scratch/bin"
  for tool in awk bash cat cksum dirname df env grep mktemp rm sed sort tail tr uname as cc ld gcc git make node npm \
    chmod cp mkdir mv nice sleep touch; do
    if [[ $tool != "$1" ]] && command -v "$tool" >/dev/null; then ln -s "$(command -v "$tool")" "$scratch/bin/"; fi
  done
}

# lacks <tool> <text>
lacks() {
  without "$1"
  says 1 "$2" "without $1" PATH="$scratch/bin" HOME="$HOME"
}

# refuses_to_install <text>: tools/packages.sh says this and ends before it installs something.
refuses_to_install() {
  ! PATH=$scratch/bin bash tools/packages.sh >"$scratch/said" 2>&1 && cat "$scratch/said" &&
    grep -qF -- "$1" "$scratch/said" && ! grep -q ^Installing "$scratch/said"
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

# Debian 12 has Node 18.
without node
printf '#!/usr/bin/env bash\necho "  Candidate: 18.20.4+dfsg-1~deb12u1"\n' >"$scratch/bin/apt-cache"
chmod 755 "$scratch/bin/apt-cache"
says 0 "missing  Node 20 (the package nodejs is 18)" "a package of Node that is too old" PATH="$scratch/bin"
ok "the packages are not installed then" refuses_to_install "the package of this system is 18"

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
ok ".env: no secret is printed" bash -c '! grep -q "$1" "$2"' - "$secret" "$scratch/said"
printf 'CLERK_SECRET_KEY=%s\nCLERK_PUBLISHABLE_KEY=pk_live_x\n' "$secret" >.env
says 0 "the Clerk keys do not fit" ".env: keys of two kinds"
rm .env

# A cargo that makes the files which make dev expects: tools that print their version, and a server
# that listens.
mkdir "$scratch/cargo"
cat >"$scratch/cargo/cargo" <<'END'
#!/usr/bin/env bash
set -euo pipefail
program() { mkdir -p "${1%/*}" && { echo '#!/usr/bin/env bash' && cat; } >"$1" && chmod 755 "$1"; }
while (($#)); do
  case $1 in
    --root) root=$2 ;;
    # A missing toolchain does not tell the version of cargo.
    --version) exec test -e "$SCRATCH/toolchain" ;;
    leptos) echo "cargo-leptos watches" && exit ;;
    --bin=server)
      program "$CARGO_TARGET_DIR/debug/server" <<<"echo \$\$ >'$SCRATCH/server.pid'
        exec node -e 'require(\"net\").createServer().listen(\"${LEPTOS_SITE_ADDR##*:}\", \"127.0.0.1\")'"
      ;;
  esac
  last=$1
  shift
done
[[ -n ${root:-} ]] || exit 0
case $last in
  *@*) name=${last%%-cli@*} version=${last#*@} ;;
  *) name=${last##*/} version=$(. tools/lib.sh && echo "$CARGO_LEPTOS_VERSION") ;;
esac
program "$root/bin/$name" <<<"if [[ \$1 == --version ]]; then echo '$name $version' && exit; fi
  mkdir -p target/dev-site/pkg && touch target/dev-site/pkg/app_bg.wasm"
END
chmod 755 "$scratch/cargo/cargo"

# started <line of the output…>: make dev says these lines in this order.
started() {
  local text status=0
  without nothing
  env PATH="$scratch/cargo:$scratch/bin" SCRATCH="$scratch" XDG_CACHE_HOME="$scratch/cache" \
    CARGO_TARGET_DIR="$scratch/copy/target" \
    CARGO_HOME="$scratch/none" bash tools/dev.sh >"$scratch/said" 2>&1 </dev/null || status=1
  cat "$scratch/said"
  cp "$scratch/said" "$scratch/rest"
  for text; do
    sed -n "/$text/,\$p" "$scratch/rest" >"$scratch/after"
    [[ -s $scratch/after ]] || status=1
    mv "$scratch/after" "$scratch/rest"
  done
  return "$status"
}
site=http:..localhost:${LEPTOS_SITE_ADDR##*:}
ok "the first start" started "about 10 minutes on two cores until $site works" "Step 1 of 3" "Step 2 of 3" \
  "$site works now" "Step 3 of 3" "cargo-leptos watches"
ok "the next start" started "Building what has changed, then $site" "cargo-leptos watches"

cat >"$scratch/cargo/rustup" <<'END'
#!/usr/bin/env bash
case $* in
  "toolchain install --no-self-update") touch "$SCRATCH/toolchain" ;;
  "target list --installed") echo wasm32-unknown-unknown ;;
  *) exit 1 ;;
esac
END
chmod 755 "$scratch/cargo/rustup"
ok "a missing toolchain" started "The Rust of rust-toolchain.toml is missing" "cargo-leptos watches"
ok "a missing toolchain is installed" test -e "$scratch/toolchain"
echo "$passed passed, $failed failed"
((failed == 0))
