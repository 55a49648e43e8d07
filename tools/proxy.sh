#!/usr/bin/env bash
# Tries the server of the debug build behind Debian's nginx with deploy/nginx/gatehouse.conf, on the
# loopback and with a certificate of its own: the redirect to https, the host, the address of the
# client, the two lines of docs/operations.md that make the application read-only, and the restart
# of two servers, one after the other, without a lost request. The servers have the variables of the
# systemd unit, and their secrets in a folder of credentials.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tools/checks.sh
. "$(dirname "$0")/checks.sh"
cd "$root"

scratch=$(mktemp -d)
cleanup() {
  for file in "$scratch"/*.pid; do kill "$(cat "$file")" 2>/dev/null || true; done
  rm -rf "$scratch"
}
trap cleanup EXIT
server=$target_dir/debug/server
[[ -x $server ]] || die "$server is missing: build it first"

# The files of a release, with a site of empty files.
mkdir -p "$scratch/site/pkg" "$scratch/secrets" "$scratch/state"
for file in pkg/app.{js,wasm,css} $(cd assets && ls); do
  echo "/**/" >"$scratch/site/$file"
done
echo sk_test_0123456789abcdefghijklmnopqrstuvwxyzABCD >"$scratch/secrets/clerk_secret_key"
echo whsec_cHJveHktdGVzdC1wcm94eS10ZXN0LXByb3h5LXRlc3Q= >"$scratch/secrets/clerk_webhook_signing_secret"
plain=$(free_port) tls=$(free_port) ports=("$(free_port)" "$(free_port)")

# start <number>: starts that server, each with a database of its own.
start() {
  (
    cd "$scratch"
    exec env -i CLERK_PUBLISHABLE_KEY="pk_test_$(printf 'tidy-owl-1.clerk.accounts.dev$' | base64)" \
      PUBLIC_ORIGIN=https://admin.example.com LEPTOS_SITE_ROOT=site TRUSTED_PROXY_HOPS=1 METRICS_ADDR= \
      LEPTOS_SITE_ADDR="127.0.0.1:${ports[$1]}" DATABASE_URL="sqlite://$scratch/state/$1.db" \
      CREDENTIALS_DIRECTORY="$scratch/secrets" "$server" >>"$scratch/log" 2>&1
  ) &
  echo $! >"$scratch/$1.pid"
}
# is_up <number>: waits until that server answers.
is_up() {
  local tries=300
  until curl --silent --fail --output /dev/null "http://127.0.0.1:${ports[$1]}/healthz"; do
    ((tries-- > 0)) || die "the server does not answer: $(tail -5 "$scratch/log")"
    sleep 0.1
  done
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=admin.example.com \
  -addext subjectAltName=DNS:admin.example.com -keyout "$scratch/privkey.pem" -out "$scratch/fullchain.pem" 2>/dev/null
read_only=$(sed -n '/^```nginx$/,/^```$/p' docs/operations.md | sed '1d;$d')
# Other ports and paths, and no IPv6, which a container may lack.
sed -e "s:/etc/letsencrypt/live/admin.example.com:$scratch:" -e "s/listen 80;/listen 127.0.0.1:$plain;/" \
  -e "s/listen 443/listen 127.0.0.1:$tls/" -e '/listen \[/d' \
  -e "s/^\( *server 127.0.0.1:\)3000\(.*\)/\1${ports[0]}\2 \1${ports[1]}\2/" \
  deploy/nginx/gatehouse.conf |
  READ_ONLY=$read_only perl -pe 's{^(    location / \{\n)}{$ENV{READ_ONLY}\n$1}' >"$scratch/site.conf"
printf 'pid %s/nginx.pid; error_log %s/error.log; events {} http { access_log off; include %s/site.conf; }\n' \
  "$scratch" "$scratch" "$scratch" >"$scratch/nginx.conf"
start 0
start 1
is_up 0
is_up 1
PATH=$PATH:/usr/sbin nginx -c "$scratch/nginx.conf"

ask() { curl --silent --max-time 20 --cacert "$scratch/fullchain.pem" --connect-to "::127.0.0.1:$tls" "$@"; }
status() { ask --output /dev/null --write-out '%{http_code}' "$@"; }
site=https://admin.example.com

is "plain http leads to https" "308 $site/a?b" \
  "$(curl --silent --output /dev/null --write-out '%{http_code} %{redirect_url}' --header 'Host: admin.example.com' \
    "http://127.0.0.1:$plain/a?b")"
is "a page" 200 "$(status $site/)"
is "HSTS" 1 "$(ask --head $site/ | grep -ci '^strict-transport-security: max-age=63072000')"
is "a page of another host" 421 "$(status --insecure https://other.example.com/)"
is "a read in read-only mode" 401 "$(status --request POST --header "Origin: $site" $site/api/list_members)"
is "a change in read-only mode" 503 "$(status --data name=x --header "Origin: $site" $site/api/rename_organization)"
is "a webhook in read-only mode" 400 "$(status --data '{}' $site/api/webhooks/clerk)"
# The limit of reports is 60 a minute for each address at each server. Clients that name other
# addresses share it.
refused=0
for number in {1..125}; do
  code=$(status --data '[]' --header 'Content-Type: application/reports+json' \
    --header "X-Forwarded-For: 192.0.2.$number" $site/reports)
  if [[ $code == 429 ]]; then refused=1; fi
done
is "a client cannot choose its address" 1 "$refused"
# The second server stops within the ten seconds for which nginx avoids a server by default.
lost=0 asked=0
for number in 0 1; do
  pid=$(cat "$scratch/$number.pid")
  kill -TERM "$pid"
  while kill -0 "$pid" 2>/dev/null; do
    asked=$((asked + 1))
    [[ $(status $site/) == 200 ]] || lost=$((lost + 1))
  done
  for _ in {1..10}; do [[ $(status $site/) == 200 ]] || lost=$((lost + 1)); done
  start "$number"
  is_up "$number"
done
is "requests that two restarts lose" 0 "$lost"
is "the servers stop after their pause" 1 "$((asked > 20))"
echo "$passed passed, $failed failed"
((failed == 0))
