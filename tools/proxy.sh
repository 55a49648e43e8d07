#!/usr/bin/env bash
# Tries the server of the debug build behind Debian's nginx with deploy/nginx/gatehouse.conf, on the
# loopback and with a certificate of its own: the redirect to https, the host, the address of the
# client, and the two lines of docs/operations.md that make the application read-only. The server
# has the variables of the systemd unit, and its secrets in a folder of credentials.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
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
for file in pkg/gatehouse.js pkg/gatehouse.wasm pkg/gatehouse.css boot.js clerk.js favicon.svg; do
  echo "/**/" >"$scratch/site/$file"
done
echo sk_test_0123456789abcdefghijklmnopqrstuvwxyzABCD >"$scratch/secrets/clerk_secret_key"
echo whsec_cHJveHktdGVzdC1wcm94eS10ZXN0LXByb3h5LXRlc3Q= >"$scratch/secrets/clerk_webhook_signing_secret"
upstream=$(free_port) plain=$(free_port) tls=$(free_port)
(
  cd "$scratch"
  env -i CLERK_PUBLISHABLE_KEY="pk_test_$(printf 'tidy-owl-1.clerk.accounts.dev$' | base64)" \
    PUBLIC_ORIGIN=https://admin.example.com LEPTOS_SITE_ROOT=site TRUSTED_PROXY_HOPS=1 METRICS_ADDR= \
    LEPTOS_SITE_ADDR="127.0.0.1:$upstream" DATABASE_URL="sqlite://$scratch/state/gatehouse.db" \
    CREDENTIALS_DIRECTORY="$scratch/secrets" "$server" >"$scratch/log" 2>&1 &
  echo $! >"$scratch/server.pid"
)

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=admin.example.com \
  -addext subjectAltName=DNS:admin.example.com -keyout "$scratch/privkey.pem" -out "$scratch/fullchain.pem" 2>/dev/null
read_only=$(sed -n '/^```nginx$/,/^```$/p' docs/operations.md | sed '1d;$d')
# Other ports and paths, and no IPv6, which a container may lack.
sed -e "s:/etc/letsencrypt/live/admin.example.com:$scratch:" -e "s/listen 80;/listen 127.0.0.1:$plain;/" \
  -e "s/listen 443/listen 127.0.0.1:$tls/" -e '/listen \[/d' -e "s/127.0.0.1:3000/127.0.0.1:$upstream/" \
  deploy/nginx/gatehouse.conf |
  READ_ONLY=$read_only perl -pe 's{^(    location / \{\n)}{$ENV{READ_ONLY}\n$1}' >"$scratch/site.conf"
printf 'pid %s/nginx.pid; error_log %s/error.log; events {} http { access_log off; include %s/site.conf; }\n' \
  "$scratch" "$scratch" "$scratch" >"$scratch/nginx.conf"
PATH=$PATH:/usr/sbin nginx -c "$scratch/nginx.conf"

ask() { curl --silent --max-time 20 --cacert "$scratch/fullchain.pem" --connect-to "::127.0.0.1:$tls" "$@"; }
status() { ask --output /dev/null --write-out '%{http_code}' "$@"; }
site=https://admin.example.com

tries=300
until [[ $(status $site/healthz) == 200 ]]; do
  ((tries-- > 0)) || die "the server does not answer: $(tail -5 "$scratch/log")"
  sleep 0.1
done

passed=0 failed=0
# is <what> <expected> <found>
is() {
  if [[ $2 == "$3" ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$1: expected $2, found $3"
  fi
}

is "plain http leads to https" "308 $site/a?b" \
  "$(curl --silent --output /dev/null --write-out '%{http_code} %{redirect_url}' --header 'Host: admin.example.com' \
    "http://127.0.0.1:$plain/a?b")"
is "a page" 200 "$(status $site/)"
is "HSTS" 1 "$(ask --head $site/ | grep -ci '^strict-transport-security: max-age=63072000')"
is "a page of another host" 421 "$(status --insecure https://other.example.com/)"
is "a read in read-only mode" 401 "$(status --request POST --header "Origin: $site" $site/api/list_members)"
is "a change in read-only mode" 503 "$(status --data name=x --header "Origin: $site" $site/api/rename_organization)"
is "a webhook in read-only mode" 400 "$(status --data '{}' $site/api/webhooks/clerk)"
# The limit of reports is 60 a minute for each address; clients that name other addresses share it.
refused=0
for number in {1..65}; do
  code=$(status --data '[]' --header 'Content-Type: application/reports+json' \
    --header "X-Forwarded-For: 192.0.2.$number" $site/reports)
  if [[ $code == 429 ]]; then refused=1; fi
done
is "a client cannot choose its address" 1 "$refused"
echo "$passed passed, $failed failed"
((failed == 0))
