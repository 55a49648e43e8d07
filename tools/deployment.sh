#!/usr/bin/env bash
# Checks the files of deploy/, .devcontainer/ and .github/ as far as a machine without a container
# runtime can: the Dockerfiles with hadolint, the workflows with zizmor, the systemd unit with
# systemd's own rating, and the names of variables and paths in all of them (deployment.mjs). Where
# Debian's nginx is installed, its configuration is loaded.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

tools/install.sh lint
linters=$(lint_dir)/bin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0
# check <name> <command…>: a function that it calls has no `set -e`, so its commands are chained.
check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "  $name: ok"
  else
    failed=$((failed + 1))
    printf '  %s: FAILED\n%s\n' "$name" "$output"
  fi
}

# The exposure goes from 0 to 10, in steps of 0.1. The unit needs the network and a socket; the
# threshold is its rating of today, so that nothing is opened by accident.
unit_is_closed() {
  systemd-analyze security --offline=true --threshold=12 --no-pager deploy/systemd/gatehouse.service
}

nginx_loads() {
  local folder=$scratch/nginx
  mkdir "$folder" &&
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=admin.example.com \
      -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" 2>/dev/null &&
    # Ports that need no root, and no IPv6, which a container may lack.
    sed -e "s:/etc/letsencrypt/live/admin.example.com:$folder:" -e 's/listen 80;/listen 127.0.0.1:18080;/' \
      -e 's/listen 443/listen 127.0.0.1:18443/' -e '/listen \[/d' \
      deploy/nginx/gatehouse.conf >"$folder/site.conf" &&
    printf 'pid %s/pid; error_log stderr; events {} http { access_log off; include %s/site.conf; }\n' \
      "$folder" "$folder" >"$folder/nginx.conf" &&
    PATH=$PATH:/usr/sbin nginx -t -q -c "$folder/nginx.conf"
}

# The files that the stages of the image see.
files_of_image() { sed -n 's/^!//p' .dockerignore | xargs -d '\n' git ls-files -co --exclude-standard --; }

# The stages of the image see these files only. `make image` runs the build itself.
image_is_complete() {
  local tools=$scratch/image/tools files=$scratch/image/build
  mkdir -p "$tools/tools" "$files" &&
    cp -r tools/lib.sh tools/install.sh tools/cargo-leptos "$tools/tools/" &&
    bash -euo pipefail -c ". '$tools/tools/lib.sh'" &&
    files_of_image | tar -c -T - | tar -x -C "$files" &&
    (cd "$files" && cargo metadata --offline --locked --format-version 1 >/dev/null)
}

# The image has each file that the compiler has read, also a text that a macro includes. It needs no
# configuration of Clippy.
sources_are_in_image() {
  sed -e 's/^[^:]*: //' -e 's/ /\n/g' "$server_sources" "$target_dir/front/wasm32-unknown-unknown/debug/app.d" |
    grep -vE "^$target_dir/|/clippy\.toml$" | xargs -d '\n' git ls-files -co --exclude-standard -- |
    sort -u >"$scratch/read" &&
    [[ -s $scratch/read ]] && ! files_of_image | sort | comm -13 - "$scratch/read" | grep .
}

# The dev container installs what tools/packages.sh would ask for, and what a build needs.
container_is_complete() {
  local package packages
  packages=$(sed -nE 's/.*missing\+=\((.*)\)$/\1/p' tools/packages.sh) && [[ -n $packages ]] || return 1
  for package in $packages; do
    grep -qE -- "(^| )$package( |$)" .devcontainer/Dockerfile || { echo "$package is missing" && return 1; }
  done
  python3 -m json.tool .devcontainer/devcontainer.json >/dev/null
}

check "Dockerfiles (hadolint)" "$linters/hadolint" --failure-threshold info deploy/Dockerfile .devcontainer/Dockerfile
check "dev container" container_is_complete
check "workflows (zizmor)" "$linters/zizmor" --offline --quiet .
check "files of the image" image_is_complete
server_sources=$target_dir/debug/server.d
if [[ -f $server_sources ]]; then check "sources of the image" sources_are_in_image; fi
check "variables and paths" node tools/deployment.mjs
if command -v systemd-analyze >/dev/null; then check "systemd unit" unit_is_closed; fi
if PATH=$PATH:/usr/sbin command -v nginx >/dev/null; then check "nginx" nginx_loads; fi
echo "$passed passed, $failed failed"
((failed == 0))
