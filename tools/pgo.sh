#!/usr/bin/env bash
# pgo.sh: builds the release server once more, optimized for the work that `make bench` measures
# (profile-guided optimization). An instrumented server counts how often each branch is taken, and
# the compiler reads the counts. Take the result instead of target/release/server, beside the
# hash.txt and the site of `make build`. docs/performance.md says what it brings.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

(($(nproc) >= 2)) || die "the server and the load need a processor each"
command -v rustup >/dev/null || die "llvm-profdata comes with rustup: see https://rustup.rs"
rustup component add llvm-tools
profdata=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/llvm-profdata
folder=$target_dir/pgo profile=$target_dir/pgo/profile
# Counts of another build do not fit.
rm -rf "$profile"

# release <flag> <argument…>: only the server gets the flag. The site of `make build` stays as it
# is.
release() (
  GATEHOUSE_RELEASE_RUSTFLAGS=$1
  shift
  set_release_flags
  CARGO_TARGET_DIR=$folder cargo build --locked --release -p server --bin server "$@"
)

headline "An instrumented server, and a minute of work"
release "-Cprofile-generate=$profile" --example bench
for arguments in "--members 1000 --audit 10000 --sessions 1000" "--members 20 --audit 20"; do
  # The driver starts the server with an environment of its own, so only its own counts are dropped.
  # shellcheck disable=SC2086
  LLVM_PROFILE_FILE=/dev/null timeout 1200 taskset -c 1 "$folder/release/examples/bench" run \
    --server "$folder/release/server" --rounds 1 --seconds 2 $arguments >/dev/null
done
"$profdata" merge --output "$profile/merged" "$profile"/*.profraw

headline "The server"
release "-Cprofile-use=$profile/merged"
echo "Server: $folder/release/server"
