#!/usr/bin/env bash
# Tests `make upgrade` by doing it: with versions of the template that are made of the tree, with
# projects that were made of the first one, renamed and changed, and with everything that it
# refuses. It builds nothing.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tools/checks.sh
. "$(dirname "$0")/checks.sh"
cd "$root"
scratch=$(mktemp -d "${TMPDIR:-/tmp}/upgrade-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
template=$scratch/template
# The configuration of a person may also say that git may read the tree, so it counts for this list.
git ls-files -z --cached --others --exclude-standard --deduplicate >"$scratch/files"
# It does not count for the rest, and neither do folders of tools.
export XDG_CACHE_HOME=$scratch/cache GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Test GIT_AUTHOR_EMAIL=test@example.com
export GIT_COMMITTER_NAME=Test GIT_COMMITTER_EMAIL=test@example.com
commit() { git add --all && git commit --quiet --message "$1"; }

# runs <text>: runs this text in a shell of its own, which shows each failed test.
runs() { bash -euxo pipefail -c "$1"; }

# says <status> <text> <variables…>: the upgrade ends with this status and says this.
says() {
  local wanted=$1 text=$2 status=0
  shift 2
  make --silent upgrade "$@" >"$scratch/said" 2>&1 || status=1
  cat "$scratch/said"
  [[ $status == "$wanted" ]] && grep -qF -- "$text" "$scratch/said"
}

# refuses <text> <variables…>: the upgrade fails, names the remedy, and changes nothing.
refuses() {
  local text=$1 before
  shift
  before=$(git rev-parse HEAD && git branch && git status --porcelain)
  says 1 "$text" "$@" && [[ $(git rev-parse HEAD && git branch && git status --porcelain) == "$before" ]] &&
    [[ $(git worktree list | wc -l) == 1 ]]
}

version() {
  sed -i "0,/^version = .*/s//version = \"$1\"/" Cargo.toml
  cargo metadata --offline --format-version=1 >"$scratch/log"
  git add --all
  git commit --quiet --allow-empty --message "Version $1"
  git tag "v$1"
}
# The first group of examples and a file of it, where the tree has examples to cut.
group=$(sed -n '2s/^  "\(.*\)": .*/\1/p' tools/bare/manifest.json 2>/dev/null || true)
example=$(sed -n '/"files": \[/{n;s/^ *"\(.*\)".*/\1/p;q;}' tools/bare/manifest.json 2>/dev/null || true)
name=$(sed -n 's/^pub const NAME: &str = "\(.*\)";/\1/p' domain/src/brand.rs)

# v0.1.0 is the tree with two pages more. v0.2.0 changes, adds and removes a file, adds a migration,
# and fixes a vulnerability; v0.3.0 changes a line that the project changes as well.
template_versions() {
  mkdir -p "$template"
  while IFS= read -r -d '' file; do [[ ! -e $file ]] || cp --parents "$file" "$template"; done <"$scratch/files"
  cd "$template"
  rm -f .gatehouse.toml
  printf '# Changed\n\nThe first line.\n\nThe last line.\n' >docs/tasks/changed.md
  echo "# Removed" >docs/tasks/removed.md
  git init --quiet --initial-branch=main
  commit "The template"
  version 0.1.0
  echo "Changed by $name." >>docs/tasks/changed.md
  echo "Added by $name." >docs/tasks/added.md
  git rm --quiet docs/tasks/removed.md
  if [[ -n $example ]]; then echo "// A later line." >>"$example"; fi
  echo "create table fresh (id text primary key);" >migrations/0900_fresh.sql
  perl -0pi -e 's/### Security\n\nNone\./### Security\n\n- A token of another\n  origin was accepted./' CHANGELOG.md
  version 0.2.0
  sed -i 's/^  --accent: .*/  --accent: light-dark(#000001, #fffffe);/' style/brand.css
  echo "The end of the page." >>README.md
  version 0.3.0
}

# The changes of the project: a page of its own, the accent, two documents, a migration.
own_changes() {
  echo "//! The page of the project." >app/src/pages/cargo_list.rs
  sed -i 's/^  --accent-soft: .*/  --accent-soft: light-dark(#eeeeee, #222222);/' style/brand.css
  perl -0pi -e 's/\n\n/\n\nHarbor manages ships.\n\n/' README.md
  echo "create table ships (id text primary key);" >migrations/1000_ships.sql
  commit "Ships"
}

clone_without_rename() {
  git clone --quiet --branch v0.1.0 -c advice.detachedHead=false "$template" "$scratch/clone"
  cd "$scratch/clone"
  git switch --quiet --create main
  own_changes
  ok "a clone without a record: no remote" refuses "git remote add template"
  git remote rename origin template
  ok "a clone without a record: the upgrade" says 0 "The branch upgrade-v0.2.0 has v0.2.0" TO=v0.2.0
  ok "a clone without a record: the record" grep -q '^version = "0.2.0"$' .gatehouse.toml
  ok "a clone without a record: both sides" has_both
  ok "a clone without a record: the history" runs '[[ $(git rev-list --count main..HEAD) == 1 ]]'
}

has_both() {
  grep -q "^Changed by" docs/tasks/changed.md && [[ -f docs/tasks/added.md && ! -e docs/tasks/removed.md ]] &&
    [[ -f migrations/0900_fresh.sql && -f migrations/1000_ships.sql && -f app/src/pages/cargo_list.rs ]] &&
    grep -q "Harbor manages ships" README.md && grep -q "#eeeeee" style/brand.css &&
    [[ -z $(git status --porcelain) ]] && ! git grep -n '^<<<<<<<'
}

# GitHub's "Use this template" makes one commit of all files.
project() {
  mkdir "$scratch/project"
  git -C "$template" archive v0.1.0 | tar -x -C "$scratch/project"
  cd "$scratch/project"
  git init --quiet --initial-branch=main
  commit "Initial commit"
}

refusals() {
  ok "no remote" refuses "git remote add template" TO=v0.2.0
  ok "a repository that is none" refuses "cannot be fetched" TO=v0.2.0 FROM_REPO="$scratch/nothing"
  git remote add template "$template"
  ok "an unknown version" refuses "The newest are: v0.1.0, v0.2.0, v0.3.0" TO=v9.9.9
  ok "a version that is an option" refuses "is no version" TO=--all
  ok "a commit of the project" refuses "is no version" TO="$(git rev-parse HEAD)"
  ok "the version of the project" says 0 "nothing to do" TO=0.1.0
  echo >>README.md
  ok "a tree with changes" refuses "not committed" TO=v0.2.0
  git checkout --quiet README.md
}

renamed_project() {
  make --silent rename NAME="North Pier" SLUG=harbor CRATES="${CRATES:-}" >"$scratch/log"
  commit Rename
  if [[ -n $group ]]; then
    make --silent bare CUT="$group" >"$scratch/log"
    commit Bare
  fi
  own_changes
  ok "a renamed project" says 0 "security: A token of another origin was accepted." TO=v0.2.0
  ok "a renamed project: both sides" has_both
  ok "a renamed project: the name in a changed file" grep -qF 'Changed by North Pier.' docs/tasks/changed.md
  ok "a renamed project: the name in a new file" grep -qF 'Added by North Pier.' docs/tasks/added.md
  ok "a renamed project: no other change" \
    runs 'git diff --stat main HEAD; [[ $(git diff --name-only main HEAD | wc -l) == 8 ]]'
  if [[ -n $example ]]; then ok "a renamed project: an example that was cut stays away" test ! -e "$example"; fi
  ok "a renamed project: the version and the name" runs 'grep -q "^version = \"0.2.0\"$" .gatehouse.toml
    grep -q "^commit = \"$(git rev-parse refs/template/tags/v0.2.0)\"$" .gatehouse.toml
    grep -q "^name = \"North Pier\"$" .gatehouse.toml'
  git switch --quiet main
  ok "a branch that exists" refuses "the branch upgrade-v0.2.0 exists" TO=v0.2.0
  git merge --quiet upgrade-v0.2.0
  ok "a second upgrade" says 0 "has v0.2.0 already" TO=v0.2.0
  ok "an older version" refuses "is older than v0.2.0" TO=v0.1.0
}

# The newest version changes a line that the project has changed, and another one.
conflict() {
  sed -i 's/^  --accent: .*/  --accent: light-dark(#123456, #abcdef);/' style/brand.css
  commit "Our accent"
  ok "a conflict" says 1 "style/brand.css"
  ok "a conflict: in that file alone" runs '[[ $(git diff --name-only --diff-filter=U) == style/brand.css ]]'
  ok "a conflict: one place" runs '[[ $(grep -c "^<<<<<<<" style/brand.css) == 1 ]]'
  ok "a conflict: the other file is merged" runs '
    grep -q "The end of the page" README.md && grep -q "Harbor manages" README.md'
  git checkout --ours style/brand.css 2>/dev/null
  git add style/brand.css
  ok "a conflict: resolved" git -c core.editor=true cherry-pick --continue
  ok "a conflict: the record" grep -q '^version = "0.3.0"$' .gatehouse.toml
  ok "a conflict: both sides" runs '[[ -z $(git status --porcelain) ]] && grep -q "#123456" style/brand.css'
}

# A project that is a folder of a larger repository.
folder_of_a_repository() {
  mkdir -p "$scratch/large/app"
  git -C "$template" archive v0.1.0 | tar -x -C "$scratch/large/app"
  cd "$scratch/large/app"
  git -C .. init --quiet --initial-branch=main
  commit "A large repository"
  ok "a folder of a repository" refuses "the folder app/ of a repository" TO=v0.2.0 FROM_REPO="$template"
}

# The first files of this project are those of no version.
unknown_origin() {
  cd "$scratch/project"
  git switch --quiet --orphan other
  git branch --quiet --delete --force upgrade-v0.2.0
  git checkout --quiet refs/template/tags/v0.1.0 -- .
  echo "Changed before the first commit." >>README.md
  commit "Initial commit"
  ok "an unknown origin" refuses "give it once, as FROM=" TO=v0.2.0
  echo "create table own (id text primary key);" >migrations/0900_own.sql
  commit "Own"
  ok "a given origin, and two migrations with one number" \
    says 0 "The same number: 0900_fresh.sql, 0900_own.sql" TO=v0.2.0 FROM=v0.1.0
  ok "a given origin: both sides" runs '[[ -f docs/tasks/added.md ]] && grep -q "Changed before" README.md'
}

# Each version of the changelog says first what it fixes.
changelog() {
  perl -0ne '$bad++ while /^## (?!.*\n\n### Security\n\n(- |None\.\n))/mg; exit($bad ? 1 : 0)' CHANGELOG.md
}

ok "CHANGELOG.md: security first" changelog
template_versions
clone_without_rename
project
refusals
renamed_project
conflict
unknown_origin
folder_of_a_repository
echo "$passed passed, $failed failed"
((failed == 0))
