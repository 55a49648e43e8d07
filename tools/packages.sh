#!/usr/bin/env bash
# Installs the missing Debian packages that the tests need; with `redis`, only that one. With `list`
# it only prints their names. It starts no service: the tests start their own on free ports
# (services.sh).
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"

missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
if [[ ${1:-} != redis ]]; then
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
  PATH=$PATH:/usr/sbin command -v pgbouncer >/dev/null || missing+=(pgbouncer)
  [[ -x ${CHROMIUM:-/usr/bin/chromium-headless-shell} ]] || missing+=(chromium-headless-shell)
  [[ -x ${CHROMIUM:-/usr/bin/chromium} ]] || missing+=(chromium)
  [[ -x ${FIREFOX:-/usr/bin/firefox-esr} ]] || missing+=(firefox-esr)
  # The checks of deploy/ and .github/.
  python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
  PATH=$PATH:/usr/sbin command -v nginx >/dev/null || missing+=(nginx)
  command -v curl >/dev/null || missing+=(curl)
  command -v openssl >/dev/null || missing+=(openssl)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
fi

if [[ ${1:-} == list ]]; then
  echo "${missing[*]:-}"
  exit 0
fi
# Debian 12 has Node 18. Without this line, minutes of packages would come before the same error.
if [[ " ${missing[*]:-} " == *" nodejs "* ]] && node=$(package_of_node) && ((${node:-20} < 20)); then
  die "the browser tests need Node.js 20 or newer, and the package of this system is $node: see https://nodejs.org"
fi
if ((${#missing[@]})); then
  command -v apt-get >/dev/null || die "install these with your package manager: ${missing[*]}"
  as_root=()
  if ((EUID != 0)); then as_root=(sudo -n); fi
  echo "Installing for the tests, a minute or two: ${missing[*]}"

  # Debian asks this file whether a newly installed service may start.
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    # shellcheck disable=SC2016
    "${as_root[@]}" sh -c 'printf "#!/bin/sh\nexit 101\n" > "$1" && chmod 755 "$1"' sh "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

if [[ ${1:-} == redis ]]; then exit 0; fi
node_major=$(node -p 'process.versions.node.split(".")[0]')
((node_major >= 20)) || die "the browser tests need Node.js 20 or newer, not $(node --version): see https://nodejs.org"
