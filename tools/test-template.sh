#!/usr/bin/env bash
# Tests `make rename` and `make bare` by doing them in copies of the tree: names that need quotes
# and escapes, names that are refused, a second rename, new names for the crates, a tree without the
# examples or without one group of them, and both commands in both orders. It searches the copy for
# the old name, checks format, structure and prose, builds and tests the code, and opens the
# stripped application in a browser.
# With `--fast` it tests only the domain of the renamed tree, and builds the stripped one.
# Dependencies come from the target folder of the tree.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tools/checks.sh
. "$(dirname "$0")/checks.sh"
cd "$root"
is_fast=${1:-}
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

copy_tree() {
  local copy=$scratch/copy
  # This may be the folder that goes.
  cd "$root"
  rm -rf "$copy"
  mkdir "$copy"
  git ls-files -z --cached --others --exclude-standard --deduplicate |
    while IFS= read -r -d '' file; do [[ ! -e $file ]] || cp --parents "$file" "$copy"; done
  cd "$copy"
  git init --quiet
  commit "The template"
}

# refuses <target> <text> <variables…>: the target fails, names the problem and changes nothing.
refuses() {
  local target=$1 text=$2
  shift 2
  ! make --silent "$target" "$@" >"$scratch/said" 2>&1 || return 1
  cat "$scratch/said"
  grep -qF -- "$text" "$scratch/said" && [[ -z $(git status --porcelain) ]]
}

# is_gone <name>: no text that people or machines see has the old name. Cargo and the core call the
# package by its name; the variables of the tests, a demo secret and comments of code keep theirs.
is_gone() {
  local found=0
  local texts=('*.md' '*.y*ml' '*.toml' '*.service' '*.conf' '*.sh' '*.json' .env.example LICENSE-MIT deploy)
  local template='^(CHANGELOG\.md|\.gatehouse\.toml|[^:]*/(rename|test-template)|[^:]*upgrad|local_clerk/.*/seed)'
  # The name of the record stays.
  local record='[.]gatehouse[.]toml'
  local crate="(-p|package|dep:|use) ?$1|$1(::|=(trace|debug|loud)| = \{|\.workspace)|\`$1\`|(\[|= |dep:)\"$1\""
  git grep -nIE "$1" -- "${texts[@]}" | grep -vE "$template|$record|GATEHOUSE_|dep:$1\"|$crate" && found=1
  # People see the strings of the code.
  git grep -nIE "\"[^\"]*$1[^\"]*\"" -- '*.rs' '*.js' ':!*/tests/*' ':!tests/*' ':!*tests.rs' |
    grep -vE "//|$1(::|=(debug|loud))|\"$1\"" && found=1
  return "$found"
}

types() {
  [[ -d $root/end2end/node_modules ]] || npm ci --prefix "$root/end2end" --no-audit --no-fund
  ln -sfn "$root/end2end/node_modules" end2end/node_modules
  npx --no-install --prefix end2end tsc -p end2end || return 1
  rm end2end/node_modules
}

checks() {
  ok "$1: format" cargo fmt --all --check
  ok "$1: structure" node tools/structure.mjs
  ok "$1: prose" tools/prose.sh
  ok "$1: claims" node tools/claims.mjs
  ok "$1: types of the browser tests" types
  ok "$1: the lock file fits" cargo metadata --locked --offline --format-version=1
  ok "$1: the record is complete" bash -c '! git grep -n "undefined" -- .gatehouse.toml domain/src/brand.rs'
}

refusals() {
  ok "no name" refuses rename "NAME is empty"
  ok "an empty name" refuses rename "NAME is empty" NAME=
  ok "a line break" refuses rename "control character" NAME=$'Har\nbor'
  ok "a bell" refuses rename "control character" NAME=$'Har\abor'
  ok "an invisible character" refuses rename "invisible character" NAME=$'Har\u200bbor'
  ok "no letter" refuses rename "no letter" NAME=...
  ok "61 characters" refuses rename "at most 60" NAME="$(printf 'x%.0s' {1..61})"
  ok "no name for machines" refuses rename "add SLUG" NAME=港
  ok "a name for machines that is none" refuses rename "cannot be used" NAME=Harbor SLUG="Har bor"
  ok "a name that the documents use" refuses rename "could not tell them apart" NAME=Gate
  ok "a crate that exists" refuses rename "cannot be called" NAME="Server" CRATES=1
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

# compiles_without_warning: builds all crates. Code that nothing uses any more is a warning. One
# test among the targets adds the features of the tests, so the dependencies of the tree fit.
compiles_without_warning() {
  cargo build --locked --offline --workspace --bins --test command_line --features server/local-clerk 2>&1 |
    tee "$scratch/built"
  ! grep -E '^warning: [^`]' "$scratch/built"
}

compile() {
  use_target_of_copies
  if [[ $is_fast == --fast ]]; then
    ok "$1: domain" cargo test --locked --offline -p domain
    if [[ $1 == bare ]]; then ok "$1: all crates" compiles_without_warning; fi
    return
  fi
  ok "$1: clippy" linted cargo build --locked --workspace --all-targets --features server/local-clerk
  "$root/tools/services.sh" start "$scratch/services"
  # shellcheck source=/dev/null
  . "$scratch/services/env"
  export GATEHOUSE_TEST_SERVICES=required
  ok "$1: tests" linted cargo test --locked --workspace --no-fail-fast --features server/local-clerk
}

# use_front_of_copies: takes the dependencies of the browser files from the tree, as
# use_target_of_copies does with those of the server.
use_front_of_copies() {
  local built=$root/target/front part
  [[ -d $built && ! -d $CARGO_TARGET_DIR/front ]] || return 0
  for part in {debug,wasm32-unknown-unknown/debug}/{.fingerprint,build,deps}; do
    [[ -d $built/$part ]] || continue
    mkdir -p "$CARGO_TARGET_DIR/front/${part%/*}"
    cp -al "$built/$part" "$CARGO_TARGET_DIR/front/${part%/*}/"
  done
  cargo clean -q --offline --workspace --target-dir "$CARGO_TARGET_DIR/front"
  cargo clean -q --offline --workspace --target-dir "$CARGO_TARGET_DIR/front" --target wasm32-unknown-unknown
}

# browser <title> <spec…>: runs browser tests of the copy against its server, which is built.
browser() {
  local title=$1
  shift
  ln -sfn "$root/end2end/node_modules" end2end/node_modules
  use_front_of_copies
  cargo leptos build --frontend-only --cargo-locked
  export GATEHOUSE_SERVER=$CARGO_TARGET_DIR/debug/server GATEHOUSE_SITE=$PWD/target/dev-site
  export GATEHOUSE_CLERK_JS=$real_cache/${clerk_js_dir##*/}
  local run=(npx --no-install playwright test --output "$scratch/browser" --project=chromium)
  ok "$title: browser" bash -c 'cd end2end && "$@"' - "${run[@]}" "${@/#/tests/}"
  rm end2end/node_modules
}

# tree_of <command…>: the tree of the template after the commands, without the record, which has the
# time of its commit.
tree_of() {
  git checkout --quiet --force "$template"
  local command
  for command in "$@"; do
    eval "make --silent $command" >&2
    commit "$command"
  done
  git rm --quiet --cached .gatehouse.toml
  git write-tree
  git reset --quiet --hard
}

is_same_in_both_orders() {
  local one other
  one=$(tree_of bare "rename NAME='Smith & Sons'") && other=$(tree_of "rename NAME='Smith & Sons'" bare)
  echo "$one $other"
  [[ -n $one && $one == "$other" ]] || { git diff --stat "$one" "$other"; return 1; }
}

# no_mark_is_left: nothing of the examples is left, neither a mark nor the name of a file.
no_mark_is_left() {
  ! git grep -nE 'example:(begin|end|line)' -- ':!tools/bare*' ':!tools/test-template.sh' ':!docs/tasks/strip.md'
}

# finds <text> <file> <line>: tools/structure.mjs names the problem of a line that is added to the
# file.
finds() {
  echo "$3" >>"$2"
  ! node tools/structure.mjs >"$scratch/said" || return 1
  git checkout --quiet "$2"
  grep -F -- "$1" "$scratch/said"
}

strip() {
  copy_tree
  template=$(git rev-parse HEAD)
  ok "bare: a mark without an end is found" finds "has no end" style/base.css '/* example:begin views */'
  ok "bare: an end without a mark is found" finds "no block" README.md '<!-- example:end views -->'
  ok "bare: a mark of no group is found" finds "has no group" Makefile '# example:line nothing'
  ok "bare: a mark in another form is found" finds "another form" app/src/lib.rs '//example:begin views'
  git rm --quiet app/src/pages/showcase.rs
  ok "bare: a file that does not exist is found" bash -c 'node tools/structure.mjs | grep -F "showcase.rs of home"'
  git reset --quiet --hard
  ok "bare: both orders give the same tree" is_same_in_both_orders
  git checkout --quiet --force "$template"
  ok "bare: an unknown group" refuses bare "there is no group nothing" CUT="views nothing"
  ok "bare: one group" make --silent bare CUT=views
  ok "bare: the record has the group" grep -qx 'cut = \["views"\]' .gatehouse.toml
  ok "bare: a tree with changes" bash -c '! make --silent bare 2>/dev/null'
  commit "One group"
  ok "bare: the other groups" make --silent bare
  ok "bare: no mark is left" no_mark_is_left
  commit "Bare"
  ok "bare: nothing is left to cut" refuses bare "all examples are cut already"
  checks bare
  [[ $is_fast == --fast ]] || ok "bare: the recipe" tools/recipe.sh --fast
  compile bare
}

# each_group_alone: a product may keep every other example.
each_group_alone() {
  local group
  copy_tree
  use_target_of_copies
  for group in $(node -p 'Object.keys(require("./tools/bare/manifest.json")).join(" ")'); do
    ok "bare, $group alone" make --silent bare CUT="$group"
    ok "bare, $group alone: clippy" cargo clippy --locked --workspace --all-targets --features server/local-clerk \
      -- -D warnings
    git reset --quiet --hard
    # The record of the cut is new.
    git clean --quiet --force -d
  done
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
strip
if [[ $is_fast != --fast ]]; then
  browser bare operations.spec.ts accessibility.spec.ts console.spec.ts journeys.spec.ts
  ok "bare and renamed" make --silent rename NAME="Harbor"
  checks "bare and renamed"
  commit "Bare and renamed"
  compile "bare and renamed"
  each_group_alone
fi

echo "$passed passed, $failed failed"
((failed == 0))
