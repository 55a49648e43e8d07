#!/usr/bin/env bash
# embedded.sh [site]: builds the server with that site inside (feature `embed-site`), and compares
# its answers with those of the server that reads the same files from the disk. The files get names
# with hashes first, as those of a release.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/inside" "$scratch/disk"
cp -r "${1:-target/test-site}" "$scratch/site"
for kind in js wasm css; do
  for coding in "" .br .gz; do
    mv "$scratch/site/pkg/app.$kind$coding" "$scratch/site/pkg/app.0a1b2c.$kind$coding"
  done
  echo "$kind: 0a1b2c" >>"$scratch/disk/hash.txt"
done

# One test among the targets adds the features of the other tests, so that no crate but the server
# is built. Cargo gives both servers one name, and the last build has the plain one, which other
# tests start.
build=(cargo build --locked --workspace --bins --test command_line)
inside=("${build[@]}" --features server/local-clerk,server/embed-site)
style=$scratch/site/pkg/app.0a1b2c.css
mv "$style" "$scratch/style"
! LEPTOS_SITE_ROOT=$scratch/site "${inside[@]}" 2>"$scratch/said" || die "a site without its style was accepted"
grep -q 'has no /pkg/app.\*.css: run `make build`' "$scratch/said" || die "$(tail -5 "$scratch/said")"
mv "$scratch/style" "$style"
LEPTOS_SITE_ROOT=$scratch/site "${inside[@]}"
cp "$target_dir/debug/server" "$scratch/inside/"
"${build[@]}" --features server/local-clerk
cp "$target_dir/debug/server" "$scratch/disk/"
node tools/embedded.mjs "$scratch"
