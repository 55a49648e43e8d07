#!/usr/bin/env bash
# Mutation tests of the guards: removes or weakens one check at a time, and shows what catches it:
# the compiler, the start of the server or a test. The script works on a copy in a scratch folder
# and leaves the tree alone. It exits non-zero when a mutant survives. With an argument it runs only
# the mutants whose name contains the argument, and prints their whole output. With --check it only
# looks whether each mutant still fits the tree. Without an argument, the mutants that need a build
# of their own run beside those that share one, because a build of one crate after the other leaves
# a processor idle.
set -uo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
only=${1:-}
half=${2:-}
if [[ $only == --check ]]; then only="" half=none; fi
if [[ -z $only$half ]]; then
  logs=$(mktemp -d)
  trap 'rm -rf "$logs"' EXIT
  halves=()
  for half in first second; do
    "$0" "" "$half" >"$logs/$half" 2>&1 &
    halves+=($!)
  done
  # shellcheck disable=SC2064 # A half that goes on alone would hold its target folder.
  trap "kill ${halves[*]} 2>/dev/null; exit 130" INT TERM
  status=0
  for pid in "${halves[@]}"; do wait "$pid" || status=1; done
  cat "$logs/first" "$logs/second"
  exit "$status"
fi
case $half in
  none) ;;
  second) use_target_of_copies copies-2 ;;
  *) use_target_of_copies copies ;;
esac
copy=$(mktemp -d) kept=$(mktemp -d)
trap 'rm -rf "$copy" "$kept"' EXIT
git ls-files --cached --others --exclude-standard --deduplicate | while IFS= read -r file; do
  [[ ! -e $file ]] || { mkdir -p "$copy/$(dirname "$file")" && cp "$file" "$copy/$file"; }
done
# Undoes a mutation. The other files keep their modification time, and cargo does not build them
# again.
mutated=()
restore() {
  local file
  for file in "${mutated[@]}"; do cp "$kept/${file//\//:}" "$copy/$file"; done
  mutated=()
}
# mutate FILE: the next `restore` brings the file back as it is now.
mutate() {
  if [[ " ${mutated[*]} " != *" $1 "* ]]; then cp "$copy/$1" "$kept/${1//\//:}"; fi
  mutated+=("$1")
}
passed=0
failed=0
# The features of all crates together, as in the tree: with those of one crate, cargo would build
# the dependencies again.
everything=(--offline --workspace --features server/local-clerk)
check() { (cd "$copy" && cargo build -q "${everything[@]}" --bins --test every_operation 2>&1); }
test_of() { (cd "$copy" && cargo test -q "${everything[@]}" "$@" 2>&1); }
# The domain has few dependencies, and all crates would follow its change.
test_of_domain() { (cd "$copy" && cargo test -q --offline -p domain "$@" 2>&1); }

# replace FILE OLD NEW: makes exactly one change. When OLD is not in FILE, the script itself is out
# of date, and the mutant counts as a failure. Where NEW contains MUTATED, the change stays in the
# copy, and the mutation happens only while the file `mutant` names it.
fits=true
switch=
replace() {
  local new=$3
  # perl takes a missing file for an empty one.
  [[ -e $copy/$1 ]] || { echo "there is no $1" && fits=false && return; }
  if [[ $new != *MUTATED* ]]; then
    mutate "$1"
  else
    switch=${switch:-$((${#switched[@]} + 1))}
    [[ $half != first ]] || return
    new=${new//MUTATED/"std::fs::read(\"$copy/mutant\").is_ok_and(|on| on == b\"$switch\")"}
  fi
  OLD="$2" NEW="$new" perl -0777 -i -pe \
    's/\Q$ENV{OLD}\E/$ENV{NEW}/ or die "$ARGV no longer contains: $ENV{OLD}\n"' "$copy/$1" || fits=false
}

# replace_sql FILE OLD NEW: changes each statement that contains OLD, while the mutant is on. FILE
# is the source of the statement.
replace_sql() {
  grep -qF -- "$2" "$copy/$1" || { echo "$1 no longer contains: $2" && fits=false; }
  replace src/db/statement.rs 'let sql = query.sql();' "let sql = query.sql();
        let sql = if !MUTATED { sql } else {
            sqlx::SqlSafeStr::into_sql_str(sqlx::AssertSqlSafe(sql.as_str().replace(\"$2\", \"$3\")))
        };"
}

# append FILE: adds standard input to the end.
append() {
  mutate "$1"
  cat >>"$copy/$1"
}

# break_it NAME CAUGHT_BY PATTERN COMMAND…: after the replacement, COMMAND must fail and print
# PATTERN. Mutants with a switch wait until the end of the script, because one build serves them
# all.
switched=()
break_it() {
  local name=$1 does_fit=$fits number=$switch part=${switch:+second}
  fits=true switch=
  if [[ $half != none && ($name != *"$only"* || (-n $half && $half != "${part:-first}")) ]]; then
    : # Another run tries it.
  elif ! $does_fit; then
    printf '  %-52s does not fit the tree\n' "$name"
    failed=$((failed + 1))
  elif [[ $half == none ]]; then
    passed=$((passed + 1))
  elif [[ -n $number ]]; then
    switched[number]=$(printf '%q ' "$@")
  else
    try "$@"
  fi
  # The number is taken, whether the mutant is tried or not.
  [[ -z $number ]] || switched[number]=${switched[number]:-}
  restore
}

# try NAME CAUGHT_BY PATTERN COMMAND…: runs a mutant.
try() {
  local name=$1 caught_by=$2 pattern=$3 output
  shift 3
  if output=$("$@"); then
    printf '  %-52s SURVIVED\n' "$name"
    failed=$((failed + 1))
  elif grep -qE "$pattern" <<<"$output"; then
    printf '  %-52s %s\n' "$name" "$caught_by"
    passed=$((passed + 1))
  else
    printf '  %-52s failed for another reason:\n%s\n' "$name" \
      "$(grep -E '^error|panicked|^assertion|FAILED' <<<"$output" | head -5)"
    failed=$((failed + 1))
  fi
  [[ -z $only ]] || printf '%s\n' "$output"
}

# try_switched: the same command succeeds while no mutant is on, and fails for each that it tries.
try_switched() {
  local number mutant command output
  declare -A succeeded=()
  for number in "${!switched[@]}"; do
    eval "mutant=(${switched[number]})"
    ((${#mutant[@]})) || continue
    command="${mutant[*]:3}"
    rm -f "$copy/mutant"
    if [[ -z ${succeeded[$command]:-} ]]; then
      if output=$("${mutant[@]:3}"); then
        succeeded[$command]=yes
      else
        printf '  %s fails without a mutant:\n%s\n' "$command" "$(grep -E '^error|FAILED' <<<"$output" | head -5)"
        failed=$((failed + 1))
        continue
      fi
    fi
    printf '%s' "$number" >"$copy/mutant"
    try "${mutant[@]}"
  done
}

operations=(--test every_operation)
overload=(--test overload)
documents=(--test public_documents)
lookups=(--test lookup_limits)
tenancy=(--test tenancy in_sqlite)
administration=(--test administration)
core=(--lib)
tokens=(--lib verified_tokens)
api=app/src/api.rs
remembered=clerk/src/verified_tokens.rs

# Undoing a mutant makes cargo build its crate again, together with all crates that use it. Those
# without a switch are therefore few. Those of the domain, which every crate uses, come last.

# The test of the dependencies catches this. It reads the manifests when it runs, so it is built
# before they change.
name="server linked into the browser build"
wasm_dependencies() { (cd "$copy/server" && "${built:-missing}"); }
if [[ $name == *"$only"* && $half != none && $half != second ]]; then
  built=$(cd "$copy" && cargo test "${everything[@]}" --no-run --test wasm_dependencies 2>&1 |
    sed -n 's/.*(\(.*wasm_dependencies-[^)]*\))$/\1/p')
  wasm_dependencies >/dev/null || built=
fi
replace app/Cargo.toml '"dep:gatehouse"' '"leptos/ssr"'
replace app/Cargo.toml 'gatehouse = { workspace = true, optional = true }' 'gatehouse.workspace = true'
break_it "$name" test 'FAILED|panicked' wasm_dependencies

# The start of the server or one of its tests catches these.
append $api <<'RS'
/// Forgotten.
#[server(endpoint = "forgotten", prefix = "/api")]
pub async fn forgotten() -> Result<(), CallError> { Ok(()) }
RS
break_it "server function without a declaration" "start, test" 'has no declaration' \
  test_of "${operations[@]}" declarations

replace $api 'prefix = "/api")]' 'prefix = "/api", input = server_fn::codec::GetUrl)]'
break_it "server function that answers GET" "start, test" 'answer POST only' test_of "${operations[@]}" declarations

replace app/src/pages.rs 'at(Page::SignOut)' 'StaticSegment("forgotten")'
break_it "page without a row in the table" "start, test" 'has no page in the table' \
  test_of "${operations[@]}" declarations

# The compiler catches these.
replace $api '    let granted = require(operation::RenameOrganization { name, seen }).await?;
' ''
break_it "guard removed from a server function" compiler 'E0425' check

# The home page shows this error as a picture, so the compiler has to print every line of it.
error_of_the_home_page() {
  local output missing
  output=$(check) && return
  missing=$(without_numbers <app/src/pages/forgotten_check.txt | grep -vxF -f <(without_numbers <<<"$output"))
  if [[ -n $missing ]]; then echo "error: not printed: ${missing//E0308/}"; else echo "$output"; fi
  return 1
}
without_numbers() { sed -E 's/^[0-9 ]+/ /; s/:[0-9]+:[0-9]+$//'; }
replace $api '    let granted = require(operation::RenameOrganization { name, seen }).await?;
    store::organizations::rename(&granted)' '    let input = operation::RenameOrganization { name, seen };
    store::organizations::rename(&input)'
break_it "input in place of a grant" compiler 'E0308' error_of_the_home_page

replace $api 'require(operation::RenameOrganization { name, seen })' 'require(operation::ShowDashboard {})'
break_it "wrong permission requested" compiler 'E0308' check

replace $api 'store::organizations::rename' 'let _ = granted.database(); store::organizations::rename'
break_it "database used from app" compiler 'E0624' check

replace $api 'store::organizations::rename(&granted)' \
  'store::organizations::rename(&gatehouse::access::Granted { input: todo!() })'
break_it "grant forged" compiler 'private fields|E0451' check

replace src/commands/execute.rs 'clerk.api.commands(intent)' 'clerk.api.commands(&())'
break_it "command without an intent" compiler 'E0277' check

replace domain/src/permission.rs '    AdminAccess = ' '    /// Undecided.
    Another,
    AdminAccess = '
break_it "permission without a key" compiler 'no rules expected' check

replace domain/src/permission.rs '    AdminAccess = ' '    /// Undecided.
    Another = "org:another:thing",
    AdminAccess = '
break_it "permission without a decided scope" compiler 'E0004' check

replace domain/src/closed_set.rs '[$(Self::$value),+]' '{ let [_, rest @ ..] = [$(Self::$value),+]; rest }'
break_it "permission missing from the list of all" compiler 'E0308' check

# The start of the server and a test of the domain catch these.
replace domain/src/operation.rs 'ListAudit, ShowAuditEntry,' 'ShowAuditEntry,'
break_it "declaration missing from the list" "start, test" 'has no declaration' test_of "${operations[@]}" declarations

replace domain/src/operation/declaration.rs \
  'reverification: Some(Reverification { level: FactorLevel::SecondFactor, within_minutes: 5 }),' \
  'reverification: None,'
break_it "reverification dropped" test 'FAILED|panicked' test_of_domain operation

# example:begin users
replace domain/src/operation/users.rs 'managing("ban_user")' 'Declaration::sensitive_change("ban_user", 30)'
break_it "ban allowed to every administrator" test 'FAILED|panicked' test_of_domain operation
# example:end users

# Tests catch the others, which have a switch.
replace server/src/router.rs '.layer(from_fn_with_state(app.clone(), authenticate::authenticate))' \
  '.option_layer((!MUTATED).then(|| from_fn_with_state(app.clone(), authenticate::authenticate)))'
break_it "authenticate layer forgotten" test 'every_operation_refuses_anonymous_callers|panicked' \
  test_of "${operations[@]}" anonymous_callers

replace server/src/router.rs '.layer(from_fn_with_state(app.clone(), authorize::authorize))' \
  '.option_layer((!MUTATED).then(|| from_fn_with_state(app.clone(), authorize::authorize)))'
break_it "authorize layer forgotten" test 'panicked' test_of "${operations[@]}"

replace server/src/router.rs 'Capacity::new("requests", limits.requests)' \
  'Capacity::new("requests", if MUTATED { usize::MAX >> 4 } else { limits.requests })'
break_it "limit of requests forgotten" test 'requests_beyond_the_limit' test_of "${overload[@]}" requests_beyond

replace server/src/form_body.rs 'if !self.is_short {' 'if !MUTATED && !self.is_short {'
break_it "body of a refused caller is read" test 'the_body_of_a_refused' test_of "${overload[@]}" refused_caller

replace server/src/router.rs '.layer(from_fn(cross_site::check_origin))' \
  '.layer(tower::util::option_layer((!MUTATED).then(|| from_fn(cross_site::check_origin))))'
break_it "cross-site layer forgotten" test 'refuses_cross_site_requests' test_of "${operations[@]}" cross_site_requests

replace server/src/public_documents.rs 'SignInState::Pending => &self.pending_home' \
  'SignInState::Pending => if MUTATED { &self.signed_out_home } else { &self.pending_home }'
break_it "page kept for visitors in another state" test 'FAILED|panicked' test_of "${documents[@]}" a_document_has

replace server/src/public_documents.rs 'kept.get_or_render(appearance, || render(REQUEST_ID))' \
  'kept.get_or_render(appearance, || render(if MUTATED { request_id } else { REQUEST_ID }))'
break_it "error page with the id of another request" test 'FAILED|panicked' test_of "${documents[@]}" of_an_error

replace src/access.rs '= self.take_budget(&actor, declaration).await?;' \
  '= if MUTATED { None } else { self.take_budget(&actor, declaration).await? };'
break_it "rate limit not taken" test 'FAILED|panicked' test_of "${operations[@]}" every_rate_limit

replace src/gate/lookups.rs 'self.take(HANDSHAKES, request.requester, request.now_ms).await?;' \
  'if !MUTATED { self.take(HANDSHAKES, request.requester, request.now_ms).await?; }'
break_it "handshakes of a requester not limited" test 'FAILED|panicked' \
  test_of "${lookups[@]}"

replace src/gate.rs 'Some(failure) if !matches!' 'Some(failure) if !MUTATED && !matches!'
break_it "refused lookup taken for a sign-out" test 'FAILED|panicked' \
  test_of "${lookups[@]}"

replace_sql src/store/members.rs 'where m.organization_id = $1 and m.deleted_at is null' \
  'where $1 = $1 and m.deleted_at is null'
break_it "organization dropped from listing members" test 'list_members reads another' test_of "${tenancy[@]}"

replace src/store/organizations.rs '"update organizations set display_name = $2 where id = $1"' \
  'if MUTATED { "update organizations set display_name = $2 where $1 = $1" }
    else { "update organizations set display_name = $2 where id = $1" }'
break_it "organization dropped from renaming" test 'rename_organization changes another' test_of "${tenancy[@]}"

replace_sql src/store/dashboard.rs 'on c.organization_id = asked.id' 'on $1 = $1'
break_it "organization dropped from counting members" test 'shows in another|FAILED|panicked' test_of "${tenancy[@]}"

replace src/store/counts.rs 'difference.sessions -= sessions;' 'if !MUTATED { difference.sessions -= sessions; }'
break_it "ended session still counted" test 'FAILED|panicked' test_of --lib contract::counts

replace src/store/member_words.rs 'erase(connection, &id).await?;' 'if !MUTATED { erase(connection, &id).await?; }'
break_it "member found by an earlier name" test 'FAILED|panicked' test_of --lib contract::member_words

replace src/store/tombstones.rs 'member_words::update(connection, id).await?;' \
  'if !MUTATED { member_words::update(connection, id).await?; }'
break_it "words of a deleted user kept" test 'FAILED|panicked' test_of --lib contract::personal_data

replace src/store/tombstones.rs 'counts::delete(connection, id).await?;' \
  'if !MUTATED { counts::delete(connection, id).await?; }'
break_it "deleted organization still counted" test 'FAILED|panicked' test_of --lib contract::counts

replace src/store/command_outcomes.rs 'audit_entry::insert_once(connection' \
  'if MUTATED { return Ok(()); } audit_entry::insert_once(connection'
break_it "change without an audit entry" test 'FAILED|panicked' \
  test_of --test audit every_change

replace src/commands/assignable_roles.rs 'if missing.iter().any(grants)' \
  'if !MUTATED && missing.iter().any(grants)'
break_it "role assigned that grants more than the actor has" test 'FAILED|panicked' \
  test_of "${administration[@]}" a_role_beyond

replace src/db/backup.rs '0o600' 'if MUTATED { 0o644 } else { 0o600 }'
break_it "backup that others can read" test 'FAILED|panicked' \
  test_of --test commands a_backup_during_writes

replace domain/src/permission.rs 'Self::ManageUsers => true' 'Self::ManageUsers => !MUTATED'
break_it "instance managed from a customer's organization" test 'FAILED|panicked' \
  test_of "${administration[@]}" operations_on_the_instance

# A test of the core catches these.
replace_sql src/store/sessions.rs 'm.user_id = s.user_id and m.organization_id = $1' 'm.user_id = s.user_id and $1 = $1'
break_it "organization dropped from finding a session" test 'FAILED|panicked' \
  test_of "${core[@]}" one_organization

# example:begin invitations
replace src/store/invitations.rs \
  "\"select email, role from invitations where organization_id = \$1 and id = \$2 and status = 'pending'\"" \
  "if MUTATED { \"select email, role from invitations where \$1 = \$1 and id = \$2 and status = 'pending'\" } else {
    \"select email, role from invitations where organization_id = \$1 and id = \$2 and status = 'pending'\"
  }"
break_it "another organization's invitation revoked" test 'FAILED|panicked' \
  test_of "${core[@]}" an_ended_invitation
# example:end invitations

replace src/headers.rs 'style-src '"'self'"'{styles}")' \
  'style-src '"'self'"'{styles}{}", if MUTATED { " '"'unsafe-inline'"'" } else { "" })'
break_it "inline styles allowed" test 'FAILED|panicked' test_of "${core[@]}" observatory

replace src/db/group_commit.rs 'Ok(Some(Order::Commit(answer))) => return Some(answer)' \
  'Ok(Some(Order::Commit(answer))) if MUTATED => {
      let _ = answer.send(Ok(()));
      return Some(oneshot::channel().0);
    }
    Ok(Some(Order::Commit(answer))) => return Some(answer)'
break_it "answered before the group is committed" test 'FAILED|panicked' \
  test_of "${core[@]}" a_commit_that_fails

replace src/db/sqlite.rs 'execute_batch(PRAGMAS)' \
  'execute_batch(&PRAGMAS.replace("= full", if MUTATED { "= normal" } else { "= full" }))'
break_it "commit that does not wait for the disk" test 'FAILED|panicked' \
  test_of "${core[@]}" the_writer_waits

replace_sql src/store/jobs.rs 'and (lease_until <= $2 or lease_until > $3)' ''
break_it "job taken from a server that runs it" test 'FAILED|panicked' \
  test_of "${core[@]}" contract::jobs

replace_sql src/store/erasure.rs "where user_id = \$1 and payload <> ''" "where user_id = \$1 and payload = ''"
break_it "payloads of a deleted user kept" test 'FAILED|panicked' \
  test_of "${core[@]}" contract::personal_data

replace src/config/variables.rs 'usize::from(value.is_some()) > 1' \
  'usize::from(value.is_some()) > (if MUTATED { 9 } else { 1 })'
break_it "secret in two places accepted" test 'FAILED|panicked' \
  test_of "${core[@]}" every_secret_can_come_from_a_file

replace src/revoked_sessions.rs 'now_ms.saturating_add(CLOCK_DIFFERENCE_MS), now_ms' \
  'now_ms.saturating_add(if MUTATED { 0 } else { CLOCK_DIFFERENCE_MS }), now_ms'
replace src/revoked_sessions.rs 'now_ms.saturating_add(CLOCK_DIFFERENCE_MS);' \
  'now_ms.saturating_add(if MUTATED { 0 } else { CLOCK_DIFFERENCE_MS });'
break_it "removed member with a token of a clock ahead" test 'FAILED|panicked' \
  test_of "${core[@]}" a_removal_by_this_server

# A test of Clerk's protocol catches these.
replace clerk/src/backend_api/lists.rs 'Some(_) => Err(BackendApiError::Unavailable(' \
  'Some(_) if MUTATED => Ok(None), Some(_) => Err(BackendApiError::Unavailable('
break_it "object of a cut search taken for absent" test 'FAILED|panicked' \
  test_of --lib a_search_that_is_cut

replace $remembered 'verified.key.is_same(key)' '(MUTATED || verified.key.is_same(key))'
break_it "remembered token accepted without its key" test 'FAILED|panicked' test_of "${tokens[@]}"

replace $remembered 'token::check_session(token, expected, now_ms)?;' \
  'if !MUTATED { token::check_session(token, expected, now_ms)?; }'
break_it "remembered token accepted after its expiry" test 'FAILED|panicked' test_of "${tokens[@]}"

replace $remembered 'let claims = token::verify_session(token, key, expected, now_ms)?;
' 'if MUTATED {
            let claims = token::verify_session(token, key, expected, now_ms);
            let known = crate::claims::SessionClaims::of(token).ok_or(TokenError::Invalid)?;
            self.remember(token, Verified { key: key.clone(), claims: known }, now_ms);
            return claims;
        }
        let claims = token::verify_session(token, key, expected, now_ms)?;
'
replace clerk/src/claims.rs 'impl SessionClaims {' 'impl SessionClaims {
    pub(crate) fn of(token: &crate::token::UnverifiedToken) -> Option<Self> {
        assert!(MUTATED);
        Self::from_claims(token.payload())
    }
'
replace clerk/src/token.rs 'impl UnverifiedToken {' 'impl UnverifiedToken {
    pub(crate) fn payload(&self) -> &Map<String, Value> {
        assert!(MUTATED);
        &self.payload
    }
'
break_it "refused token remembered as a verified one" test 'FAILED|panicked' test_of "${tokens[@]}"

replace $remembered '!expired && self.tokens.len() < CAPACITY / SHARDS' \
  '!expired && (MUTATED || self.tokens.len() < CAPACITY / SHARDS)'
break_it "remembered tokens without a bound" test 'FAILED|panicked' test_of "${tokens[@]}"

try_switched
if [[ $half == none && $failed == 0 ]]; then
  echo "all $passed mutants fit the tree"
  exit 0
fi
printf '%s\n' "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
