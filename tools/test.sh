#!/usr/bin/env bash
# Runs all checks and tests, one step after the other, and ends with one line "N passed, N failed"
# over all steps. A failing step does not stop the next ones. Each test counts one; a step without
# tests (formatting, clippy, a build) counts as one. It needs no input, and works from an empty
# clone with an empty cache.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

passed=0 failed=0 failures=()
scratch=$(mktemp -d "${TMPDIR:-/tmp}/gatehouse-test.XXXXXX")
chmod 755 "$scratch" # PostgreSQL runs as another user and must be able to reach its folder in here
cleanup() {
  [[ -z $(jobs -p) ]] || kill $(jobs -p) 2>/dev/null || true
  tools/services.sh stop "$scratch/services" || true
  rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# causes <log>: prints the most useful lines of a failed step, few enough to stand above the totals.
causes() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" >"$1.plain"
  grep -E '^(test .* FAILED|failed: |error(\[|:)|Diff in )|SURVIVED|failed for another reason|does not fit' \
    "$1.plain" | head -12 || tail -5 "$1.plain"
}

# step <headline> <command…>: runs the command, adds its results to the totals, prints its duration.
step() {
  local title=$1 started=$SECONDS status=0 p=0 f=0 log
  log=$(mktemp -p "$scratch")
  shift
  headline "$title"
  "$@" 2>&1 </dev/null | tee "$log" || status=$?
  read -r p f < <(totals "$log")
  if ((p + f == 0 && status == 0)); then p=1; fi
  # A runner that fails without a failed test did not reach its tests.
  if ((f == 0 && status != 0)); then f=1; fi
  passed=$((passed + p)) failed=$((failed + f))
  if ((f)); then failures+=("$title:" "$(causes "$log")"); fi
  printf -- '-- %s: %d passed, %d failed, %d s\n' "$title" "$p" "$f" "$((SECONDS - started))"
}

# beside <function>: runs its steps at the same time as the following ones. `end_beside` waits for
# them, shows their output and adds their totals.
beside() {
  (
    passed=0 failed=0 failures=()
    "$1"
    printf '%d %d\n' "$passed" "$failed" >"$scratch/beside.totals"
    if ((failed)); then printf '%s\n' "${failures[@]}" >"$scratch/beside.failures"; fi
  ) >"$scratch/beside" 2>&1 &
  steps_beside=$!
}
end_beside() {
  local p=0 f=1
  wait "$steps_beside" || true
  cat "$scratch/beside"
  if [[ -f $scratch/beside.totals ]]; then read -r p f <"$scratch/beside.totals"; fi
  passed=$((passed + p)) failed=$((failed + f))
  if [[ -f $scratch/beside.failures ]]; then failures+=("$(<"$scratch/beside.failures")"); fi
}

# Packages come from the network, while the tools are built.
install() {
  local packages
  tools/packages.sh &
  packages=$!
  tools/install.sh && wait $packages && tools/install.sh clerk-js && npm ci --prefix end2end --no-audit --no-fund
}

# The same features as in `cargo leptos watch`, so that nothing is built twice.
features=(--features server/local-clerk)

build() { linted cargo build --locked --workspace --all-targets "${features[@]}"; }

build_browser() { linted cargo leptos build --frontend-only --cargo-locked; }

rust_tests() {
  # shellcheck source=/dev/null
  . "$scratch/services/env"
  GATEHOUSE_TEST_SERVICES=required linted cargo test --locked --workspace --no-fail-fast "${features[@]}"
}

# The browser files of a release. They have a folder of their own and no hashes in their names,
# because a release server must never find files of another build.
sizes() (
  tools/install.sh wasm-opt && set_release_flags &&
    LEPTOS_SITE_ROOT=target/test-site LEPTOS_HASH_FILES=false \
      cargo leptos build --release --frontend-only --precompress --cargo-locked &&
    tools/sizes.sh target/test-site
)

# The browser files of the release load faster than those of a development build, which are sixteen
# times as large. The tests of the console take the latter.
browser_tests() {
  local report=$scratch/playwright.json status=0
  export GATEHOUSE_SERVER=$target_dir/debug/server GATEHOUSE_SITE=$root/target/test-site
  export GATEHOUSE_CLERK_JS=$clerk_js_dir
  (cd end2end && CI=true PLAYWRIGHT_JSON_OUTPUT_FILE=$report npx --no-install playwright test) || status=$?
  if [[ -s $report ]]; then
    # shellcheck disable=SC2016
    node -e 'const { suites, stats } = JSON.parse(require("fs").readFileSync(process.argv[1]));
      const specs = (suite) => [...suite.specs, ...(suite.suites ?? []).flatMap(specs)];
      for (const spec of suites.flatMap(specs).filter((spec) => !spec.ok))
        for (const { projectName, results } of spec.tests.filter(({ status }) => status === "unexpected")) {
          const errors = results.flatMap(({ errors }) => errors);
          const texts = errors.map(({ message }) => message.split("\n").slice(0, 6).join(" ")).join(" | ");
          console.log(`failed: ${projectName} › ${spec.file}:${spec.line} › ${spec.title}: ${texts.slice(0, 600)}`);
        }
      console.log(`${stats.expected + stats.flaky} passed, ${stats.unexpected} failed`)' "$report"
  fi
  return "$status"
}

# They need one processor most of the time, as the browser files of a release do.
copies() {
  step "Recipe" tools/recipe.sh --fast
  step "Rename and strip" tools/test-template.sh --fast
  step "Upgrade" tools/test-upgrade.sh
}

# A machine of CI compiles each crate once, and nobody debugs there.
if [[ -n ${CI:-} ]]; then export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=false; fi

step "Packages and tools" install
step "Formatting" cargo fmt --all --check
step "Structure" node tools/structure.mjs
step "Prose" tools/prose.sh
step "Claims" node tools/claims.mjs
step "Doctor" tools/test-doctor.sh
step "Places of the mutations" tools/mutants.sh --check
step "Types of the browser tests" npx --no-install --prefix end2end tsc -p end2end
step "Build with Clippy" build
step "Build of the browser side with Clippy" build_browser
step "PostgreSQL, PgBouncer and Redis" tools/services.sh start "$scratch/services"
step "Rust tests" rust_tests
step "Deployment files" tools/deployment.sh
step "Server behind nginx" tools/proxy.sh
beside copies
step "Sizes of the browser files" sizes
end_beside
step "Site in the binary" linted tools/embedded.sh
step "Browser tests" browser_tests
step "Mutation tests" tools/mutants.sh

headline "Totals after $((SECONDS / 60)) min $((SECONDS % 60)) s"
if ((failed)); then printf '%s\n' "${failures[@]}"; fi
echo "$passed passed, $failed failed"
((failed == 0))
