#!/usr/bin/env bash
# Tests `make rename` by doing it in copies of the tree: names that need quotes and escapes, names
# that are refused, a second rename, and new names for the crates. It searches the copy for the old
# name, checks format, structure and prose, and builds and tests the code. With `--fast` only the
# crates that contain the name are built. Dependencies come from the target folder of the tree.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
is_fast=${1:-}
passed=0 failed=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/template.XXXXXX")
trap 'tools/services.sh stop "$scratch/services" >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
# The rename links the folder of the tools; the folder of this machine stays as it is.
real_cache=$cache
export XDG_CACHE_HOME=$scratch/cache
mkdir -p "$XDG_CACHE_HOME/${real_cache##*/}"
export GIT_AUTHOR_NAME=Test GIT_AUTHOR_EMAIL=test@example.com
export GIT_COMMITTER_NAME=Test GIT_COMMITTER_EMAIL=test@example.com
commit() { git add --all && git commit --quiet --message "$1"; }

# ok <title> <command…>: counts a test.
ok() {
  local title=$1
  shift
  if "$@" >"$scratch/log" 2>&1; then
    passed=$((passed + 1))
    echo "ok: $title"
  else
    failed=$((failed + 1))
    echo "failed: $title"
    tail -15 "$scratch/log"
  fi
}

copy_tree() {
  local copy=$scratch/copy
  rm -rf "$copy"
  mkdir "$copy"
  git ls-files -z --cached --others --exclude-standard --deduplicate |
    while IFS= read -r -d '' file; do [[ ! -e $file ]] || cp --parents "$file" "$copy"; done
  cd "$copy"
  git init --quiet
  commit "The template"
}

# refuses <text> <variables…>: the rename fails, names the problem and changes nothing.
refuses() {
  local text=$1
  shift
  ! make --silent rename "$@" >"$scratch/said" 2>&1 || return 1
  cat "$scratch/said"
  grep -qF -- "$text" "$scratch/said" && [[ -z $(git status --porcelain) ]]
}

# is_gone <name>: no text that people or machines see has the old name. Cargo and the core call the
# package by its name; the variables of the tests, a demo secret and comments of code keep theirs.
is_gone() {
  local found=0
  local texts=('*.md' '*.y*ml' '*.toml' '*.service' '*.conf' '*.sh' '*.json' .env.example LICENSE-MIT deploy)
  local template='^(CHANGELOG\.md|\.gatehouse\.toml|[^:]*/(rename|test-template)|[^:]*upgrad|local_clerk/.*/seed)'
  local crate="(-p|package|dep:|use) ?$1|$1(::|=(trace|debug|loud)| = \{|\.workspace)|\`$1\`|(\[|= |dep:)\"$1\""
  git grep -nIE "$1" -- "${texts[@]}" | grep -vE "$template|GATEHOUSE_|dep:$1\"|$crate" && found=1
  # People see the strings of the code.
  git grep -nIE "\"[^\"]*$1[^\"]*\"" -- '*.rs' '*.js' ':!*/tests/*' ':!tests/*' ':!*tests.rs' |
    grep -vE "//|$1(::|=(debug|loud))|\"$1\"" && found=1
  return "$found"
}

checks() {
  ok "$1: format" cargo fmt --all --check
  ok "$1: structure" node tools/structure.mjs
  ok "$1: prose" tools/prose.sh
  ok "$1: claims" node tools/claims.mjs
  ok "$1: the lock file fits" cargo metadata --locked --offline --format-version=1
  ok "$1: the record is complete" bash -c '! git grep -n "undefined" -- .gatehouse.toml domain/src/brand.rs'
}

refusals() {
  ok "no name" refuses "NAME is empty"
  ok "an empty name" refuses "NAME is empty" NAME=
  ok "a line break" refuses "control character" NAME=$'Har\nbor'
  ok "a bell" refuses "control character" NAME=$'Har\abor'
  ok "an invisible character" refuses "invisible character" NAME=$'Har\u200bbor'
  ok "no letter" refuses "no letter" NAME=...
  ok "61 characters" refuses "at most 60" NAME="$(printf 'x%.0s' {1..61})"
  ok "no name for machines" refuses "add SLUG" NAME=港
  ok "a name for machines that is none" refuses "cannot be used" NAME=Harbor SLUG="Har bor"
  ok "a name that the documents use" refuses "could not tell them apart" NAME=Gate
  ok "a crate that exists" refuses "cannot be called" NAME="Server" CRATES=1
  echo >>README.md
  ok "a tree with changes" bash -c '! make --silent rename NAME=Harbor 2>&1 | grep -q "is now"'
  git checkout --quiet README.md
}

# Each of these names has broken a rename somewhere: a shell, a regular expression, TOML, Markdown.
HARD_NAMES=("Smith & Sons" "Ada's \"Best\" <Shop>" "Café Éclair" "C:\\Harbor \$HOME \`id\` \$& %s"
  "100% */ -- Müller|Söhne #1" "An unusually long name of a product that has 60 characters")

hard_names() {
  local name
  for name in "${HARD_NAMES[@]}"; do
    ok "$name" make --silent rename NAME="$name" SLUG="$([[ $name == 1* ]] && echo mueller)"
    ok "$name: stands in the licence" grep -qF "The $name contributors" LICENSE-MIT
    ok "$name: format" cargo fmt --all --check
    ok "$name: prose" tools/prose.sh
    commit "$name"
  done
}

compile() {
  use_target_of_copies
  if [[ $is_fast == --fast ]]; then
    ok "$1: domain" cargo test --locked --offline -p domain
    return
  fi
  ok "$1: clippy" cargo clippy --locked --workspace --all-targets --features server/local-clerk -- -D warnings
  "$root/tools/services.sh" start "$scratch/services"
  # shellcheck source=/dev/null
  . "$scratch/services/env"
  export GATEHOUSE_TEST_SERVICES=required
  ok "$1: tests" cargo test --locked --workspace --no-fail-fast --features server/local-clerk
}

copy_tree
refusals
hard_names
ok "a second rename" make --silent rename NAME="Harbor"
for old in Gatehouse gatehouse Smith Café Éclair Müller mueller unusually; do
  ok "Harbor: $old is gone" is_gone "$old"
done
checks Harbor
ok "Harbor: the record" grep -q '^name = "Harbor"$' .gatehouse.toml
commit Harbor
compile Harbor
ok "the crates" make --silent rename NAME="Harbor" CRATES=1
ok "the crates: the old name is gone" bash -c '! git grep -nE "\bgatehouse\b" -- "*.rs" "*Cargo.toml" Cargo.lock'
checks "the crates"
[[ $is_fast == --fast ]] || compile "the crates"

echo "$passed passed, $failed failed"
((failed == 0))
