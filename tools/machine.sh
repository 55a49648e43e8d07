#!/usr/bin/env bash
# machine.sh: follows docs/operations.md on an empty Debian 12 with systemd as process 1, and says
# how long each step took. The commands are read out of the page, so a step of the page that fails
# fails here. The machine is a folder (debootstrap) that systemd-nspawn boots, without a network.
# Three things are not real: Clerk is the local Clerk, Let's Encrypt is Debian's test server
# `pebble`, and the packages come before the boot. It needs root, the release of `make build`, the
# local Clerk of the debug build, 2 GB in /var/tmp and five to ten minutes.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tools/checks.sh
. "$(dirname "$0")/checks.sh"
cd "$root"

((EUID == 0)) || die "machine.sh boots a machine: run it as root"
for tool in debootstrap systemd-nspawn; do
  command -v "$tool" >/dev/null || die "$tool is missing: install Debian's packages debootstrap and systemd-container"
done
release=${GATEHOUSE_RELEASE:-$target_dir/release} site=${GATEHOUSE_SITE:-target/site}
clerk=${GATEHOUSE_LOCAL_CLERK:-$target_dir/debug/local_clerk}
for file in "$release"/{server,hash.txt} "$site" "$clerk"; do
  [[ -e $file ]] || die "$file is missing: run make build and
cargo build --locked --workspace --bins --features server/local-clerk"
done

scratch=$(mktemp -d /var/tmp/gatehouse-machine.XXXXXX)
tree=$scratch/tree
machine=
cleanup() {
  # systemd-nspawn answers the first signal with a shutdown of the machine, and ends it at the
  # second one.
  if [[ -n $machine ]] && kill "$machine" 2>/dev/null; then
    for _ in {1..60}; do kill -0 "$machine" 2>/dev/null && sleep 1 || break; done
    kill "$machine" 2>/dev/null || true
  fi
  rm -rf --one-file-system "$scratch"
}
trap cleanup EXIT

nspawn=(systemd-nspawn --quiet --directory="$tree" --machine="gatehouse-$$" --hostname=admin)
nspawn+=(--keep-unit --register=no)
# inside <command…>: runs it in the machine.
inside() {
  if [[ -z $machine ]]; then
    "${nspawn[@]}" --pipe --resolv-conf=bind-host "$@"
  else
    nsenter --target "$(pgrep --parent "$machine")" --all env --chdir=/root -i HOME=/root LANG=C.UTF-8 \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
  fi
}
# page <words>: prints the first block of shell commands after the line that begins with the words.
page() {
  awk -v words="$1" 'index($0, words) == 1 { found = 1 } /^```$/ { if (block) exit } block
    found && /^```sh$/ { block = 1 }' docs/operations.md
}
# follow <words> [sed script]: runs that block in the machine. The script does what a person would.
follow() {
  local started=$EPOCHREALTIME
  page "$1" | sed -E "${2:-}" >"$tree/root/commands"
  [[ -s $tree/root/commands ]] || die "docs/operations.md has no commands after: $1"
  inside bash -euo pipefail /root/commands </dev/null >"$scratch/log" 2>&1 ||
    die "the commands after “$1” failed: $(tail -20 "$scratch/log")"
  passed=$((passed + 1))
  awk -v words="$1" -v from="$started" -v to="$EPOCHREALTIME" \
    'BEGIN { printf "  %s: %.1f s\n", words, to - from }'
}
# edit <file of the machine> <sed script>
edit() { sed -E -i "$2" "$tree/$1"; }
# status <path>: what nginx answers.
status() { inside curl --silent --output /dev/null --write-out '%{http_code}' "https://admin.example.com$1"; }
# answers <what> <status> <path>: waits up to 30 seconds for this status.
answers() {
  local tries=150
  until [[ $(status "$3") == "$2" ]] || ((tries-- == 0)); do sleep 0.2; done
  is "$1" "$2" "$(status "$3")"
}
# asking <what> <command…>: asks for a page all the time while the command runs. `lost` is the
# number of answers that are not 200.
asking() {
  local what=$1 asker
  shift
  # shellcheck disable=SC2016
  inside bash -c 'while [[ ! -e /run/asked ]]; do
    curl --silent --output /dev/null --write-out "%{http_code}\n" https://admin.example.com/; done >/run/answers' &
  asker=$!
  "$@"
  inside touch /run/asked
  wait "$asker"
  inside rm /run/asked
  lost=$(inside grep -vc '^200$' /run/answers || true)
  echo "  $what: $(inside grep -c . /run/answers) requests, $lost lost"
}
rows() { inside sqlite3 -readonly /var/lib/private/gatehouse/gatehouse.db "$1"; }

build_machine() {
  debootstrap --include=ca-certificates,dbus,systemd,systemd-sysv bookworm "$tree" >"$scratch/log" ||
    die "$(tail -3 "$scratch/log")"
  echo '127.0.0.1 localhost admin admin.example.com' >"$tree/etc/hosts"
  mkdir "$scratch/gatehouse"
  cp -r "$release/server" "$release/hash.txt" "$site" "$scratch/gatehouse/"
  tar -czf "$tree/root/gatehouse-1.tar.gz" -C "$scratch" gatehouse
  cp "$tree/root/gatehouse-1.tar.gz" "$tree/root/gatehouse-2.tar.gz"
  cp deploy/systemd/gatehouse.service deploy/nginx/gatehouse.conf "$tree/root/"
  cp deploy/production.env.example "$tree/root/"
}

# An ACME server and Clerk, on the loopback of the machine.
build_stand_ins() {
  local folder=$tree/srv
  inside apt-get install --yes --no-install-recommends pebble postgresql redis-server sqlite3 >"$scratch/log" 2>&1 ||
    die "$(tail -3 "$scratch/log")"
  for name in ca acme; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$name" \
      -addext subjectAltName=DNS:localhost -keyout "$folder/$name.key" -out "$folder/$name.pem" 2>/dev/null
  done
  cp "$folder/acme.pem" "$tree/usr/local/share/ca-certificates/acme.crt"
  inside update-ca-certificates >/dev/null 2>&1
  cat >"$folder/pebble.json" <<JSON
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000", "httpPort": 80,
 "tlsPort": 443, "certificate": "/srv/acme.pem", "privateKey": "/srv/acme.key"}}
JSON
  # The answers of a person to certbot's questions.
  printf 'server = https://localhost:14000/dir\nagree-tos = true\nemail = admin@example.com\nno-eff-email = true\n' \
    >>"$tree/etc/letsencrypt/cli.ini"
  cp "$clerk" "$folder/local_clerk"
  unit acme '/usr/bin/pebble -config /srv/pebble.json'
  unit clerk '/srv/local_clerk --origin http://localhost:3000 --instance production --data /srv/clerk'
  inside systemctl enable acme clerk 2>/dev/null
}
unit() {
  printf '[Service]\nExecStart=%s\nEnvironment=PEBBLE_VA_NOSLEEP=1\n[Install]\nWantedBy=multi-user.target\n' "$2" \
    >"$tree/etc/systemd/system/$1.service"
}

boot() {
  "${nspawn[@]}" --boot --private-network </dev/null >"$scratch/boot" 2>&1 &
  machine=$!
  local tries=120
  until [[ $(inside systemctl is-system-running 2>/dev/null) == running ]]; do
    ((tries-- > 0)) || die "the machine does not boot: $(tail -5 "$scratch/boot")"
    sleep 0.5
  done
  # Browsers know the root of a real authority.
  inside curl --silent --fail --retry 5 --retry-connrefused --output /usr/local/share/ca-certificates/root.crt \
    https://localhost:15000/roots/0
  inside update-ca-certificates >/dev/null 2>&1
  # The keys of the instance, as a person copies them out of Clerk's dashboard.
  inside journalctl --unit clerk --output cat >"$scratch/keys"
  mkdir "$tree/root/pasted"
  key CLERK_SECRET_KEY >"$tree/root/pasted/clerk_secret_key"
  key CLERK_WEBHOOK_SIGNING_SECRET >"$tree/root/pasted/clerk_webhook_signing_secret"
}
key() { sed -n "s/^$1=//p" "$scratch/keys"; }

install_server() {
  follow '**3. The files.**'
  sed -E "s/^(CLERK_PUBLISHABLE_KEY=).*/\1$(key CLERK_PUBLISHABLE_KEY)/" deploy/production.env.example \
    >"$tree/root/edited"
  printf '%s\n' PUBLIC_ORIGIN=https://admin.example.com CLERK_API_URL=http://127.0.0.1:4400 >>"$tree/root/edited"
  follow '**4. The configuration.**' \
    's:^nano ([^ ]*).*:cp /root/edited \1:; s:cat > ([^ ]*/)([a-z_]+)\):cp /root/pasted/\2 \1):'
  is "readers of the secrets" 600 "$(inside stat --format %a /etc/gatehouse/secrets/clerk_secret_key)"
  follow '**5. The service.**'
  # Without a terminal, certbot waits up to 8 minutes before it renews.
  follow '**6. nginx.**' 's/YOUR\.NAME/admin.example.com/; s/renew/& --no-random-sleep-on-renew/'
  follow '**7. The check.**'
  is "warnings and failures of the check" 0 "$(grep -cE '^(warning|failure)' "$scratch/log" || true)"
  answers "the home page" 200 /
  answers "readiness" 200 /readyz
  users=$(rows 'select count(*) from users')
  is "users of the instance in the copy" 1 "$((users > 0))"
  is "failed units" 0 "$(inside systemctl --failed --quiet | wc -l)"
  is "the rating of the running service" 0 \
    "$(inside systemd-analyze security --threshold=12 gatehouse >"$scratch/log" && echo 0 ||
      tail -1 "$scratch/log")"
}

# runs <release>: the service runs the server of this release.
runs() {
  local process
  process=$(inside systemctl show --property MainPID --value gatehouse)
  is "the server that runs" "/opt/gatehouse/$1/server" "$(inside readlink "/proc/$process/exe")"
}

operate_one_server() {
  asking "the update" follow '**One server with SQLite**'
  runs 2
  asking "the way back" inside \
    sh -c 'ln -sfn /opt/gatehouse/1 /opt/gatehouse/current && systemctl restart gatehouse'
  runs 1
  follow 'Under the systemd unit' "s/2026-01-31/$(date +%F)/"
  answers "the restored server" 200 /readyz
  is "users in the restored database" "$users" "$(rows 'select count(*) from users')"
  is "files of the database before" 1 \
    "$(inside ls -R /var/lib/private/gatehouse/before | grep -c 'gatehouse.db$')"
}

# The commands for what the page and the comments of the unit say about two servers.
install_two_servers() {
  inside bash -euo pipefail -c '
    systemctl start postgresql redis-server
    runuser -u postgres -- psql --quiet --command "create role gatehouse login password \$\$first\$\$"
    runuser -u postgres -- createdb --owner gatehouse gatehouse
    redis-cli acl setuser gatehouse on \>first \~\* +@all
    umask 077
    echo postgres://gatehouse:first@127.0.0.1:5432/gatehouse >/etc/gatehouse/secrets/database_url
    echo redis://gatehouse:first@127.0.0.1:6379/ >/etc/gatehouse/secrets/redis_url
    cd /etc/systemd/system
    sed -i -e "/^Environment=DATABASE_URL/d" -e "s/^#LoadCredential/LoadCredential/" gatehouse.service
    cp gatehouse.service gatehouse-b.service
    sed -i -e s/127.0.0.1:3000/127.0.0.1:3001/ \
      -e "/^Environment=LEPTOS_SITE_ADDR/a Environment=METRICS_ADDR=127.0.0.1:9465" gatehouse-b.service
    sed -i "/server 127.0.0.1:3000/a server 127.0.0.1:3001 max_fails=0;" \
      /etc/nginx/sites-available/gatehouse.conf
    systemctl daemon-reload
    systemctl restart gatehouse gatehouse-b
    nginx -t && systemctl reload nginx' >"$scratch/log" 2>&1 || die "$(tail -5 "$scratch/log")"
  answers "two servers with PostgreSQL" 200 /readyz
}

operate_two_servers() {
  asking "the update" follow '**Two servers with PostgreSQL**'
  is "requests that it lost" 0 "$lost"
  runs 2
  follow '**PostgreSQL.**' "s/2026-01-31/$(date +%F)/"
  secret database_url 's/gatehouse$/gatehouse_restored/'
  answers "the restored database" 200 /readyz
}

# secret <name> <sed script> [command…]: changes a secret as the table "Rotate a secret" says.
secret() {
  edit "etc/gatehouse/secrets/$1" "$2"
  inside systemctl restart gatehouse gatehouse-b
  answers "a new $1" 200 /readyz
}

rotate_secrets() {
  inside runuser -u postgres -- psql --quiet --command "alter role gatehouse password 'second'"
  secret database_url 's/first/second/'
  inside redis-cli acl setuser gatehouse '>second' >/dev/null
  secret redis_url 's/first/second/'
  inside redis-cli acl setuser gatehouse '<first' >/dev/null
  secret clerk_webhook_signing_secret 's/.*/whsec_bmV3IHNlY3JldCBuZXcgc2VjcmV0IG5ldyBzZWM=,&/'
  inside certbot renew --no-random-sleep-on-renew --force-renewal --cert-name admin.example.com >"$scratch/log" 2>&1 ||
    die "$(tail -5 "$scratch/log")"
  answers "a new certificate" 200 /
}

# A server that cannot start says why, and systemd gives it up.
break_and_mend() {
  edit etc/gatehouse/production.env 's:^(PUBLIC_ORIGIN=).*:\1nowhere:'
  inside systemctl restart gatehouse
  local tries=150
  until [[ $(inside systemctl show --property Result --value gatehouse) == start-limit-hit ]] ||
    ((tries-- == 0)); do
    sleep 0.2
  done
  is "a server that cannot start" failed "$(inside systemctl is-active gatehouse || true)"
  inside journalctl --unit gatehouse --output cat >"$scratch/log"
  is "the log names the variable" 0 "$(grep -q PUBLIC_ORIGIN "$scratch/log" && echo 0 || tail -3 "$scratch/log")"
  edit etc/gatehouse/production.env 's|^(PUBLIC_ORIGIN=).*|\1https://admin.example.com|'
  inside systemctl reset-failed gatehouse
  inside systemctl start gatehouse
  answers "the mended server" 200 /readyz
}

headline "An empty Debian 12"
build_machine
follow '**2. The packages**'
build_stand_ins
boot
headline "From an empty machine to https"
install_server
headline "One server with SQLite"
operate_one_server
headline "Two servers with PostgreSQL"
install_two_servers
operate_two_servers
rotate_secrets
break_and_mend
echo "$passed passed, $failed failed"
((failed == 0))
