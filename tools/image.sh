#!/usr/bin/env bash
# image.sh [release]: builds deploy/Dockerfile with Debian's buildah and tries the image. No
# registry is asked: the two base images are made here, out of Debian's packages and the toolchain
# of this machine. With `release` it builds only the last stage, around the release of `make build`,
# which takes two minutes. It needs root, the packages buildah and debootstrap, and 10 GB in
# /var/tmp. GATEHOUSE_IMAGE_DIR names a folder that keeps the finished steps for the next run.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tools/checks.sh
. "$(dirname "$0")/checks.sh"
cd "$root"

((EUID == 0)) || die "image.sh makes file systems with debootstrap: run it as root"
for tool in buildah debootstrap; do
  command -v "$tool" >/dev/null || die "$tool is missing: install Debian's package $tool"
done
scratch=$(mktemp -d /var/tmp/gatehouse-image.XXXXXX)
kept=${GATEHOUSE_IMAGE_DIR:-$scratch}
export BUILDAH_ISOLATION=chroot
buildah() { command buildah --root "$kept/storage" --runroot "$kept/run" "$@"; }
server=
cleanup() {
  if [[ -n $server ]]; then kill -KILL "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; fi
  umount "$scratch"/root/{proc,data} "$scratch/root" 2>/dev/null || true
  buildah rm --all >/dev/null 2>&1 || true
  umount "$kept/storage/overlay" 2>/dev/null || true
  rm -rf "$scratch"
}
trap cleanup EXIT

# The names of the base images, as the Dockerfile has them.
mapfile -t bases < <(sed -nE 's/^FROM ([^ ]*[:.][^ ]*).*/\1/p' deploy/Dockerfile)

# as_image <name> <folder> [setting…]: makes an image out of a folder.
as_image() {
  local name=$1 folder=$2 container
  shift 2
  container=$(buildah from scratch)
  buildah copy --quiet "$container" "$folder" / >/dev/null
  (($# == 0)) || buildah config "$@" "$container"
  buildah commit --quiet "$container" "$name" >/dev/null
  buildah rm "$container" >/dev/null
}

# The image of Rust: Debian, a C compiler, and the toolchain of this machine.
make_compiler() {
  local folder=$scratch/compiler packages=$1
  debootstrap --variant=minbase --include="$packages" "${bases[0]##*-}" "$folder" >"$scratch/log" ||
    die "$(tail -3 "$scratch/log")"
  # This machine may reach the network by an authority of its own.
  cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
  mkdir -p "$folder/usr/local/cargo/bin" "$folder/usr/local/rustup/toolchains"
  cp -a "${CARGO_HOME:-$HOME/.cargo}"/bin/{cargo,rustc,rustup} "$folder/usr/local/cargo/bin/"
  cp -a "$(rustc --print sysroot)" "$folder/usr/local/rustup/toolchains/"
  as_image "${bases[0]}" "$folder" --env RUSTUP_HOME=/usr/local/rustup --env CARGO_HOME=/usr/local/cargo \
    --env PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  rm -rf "$folder"
}

# The image without a shell: glibc, the library of the compiler, certificates and a user.
make_runtime() {
  local folder=$scratch/runtime mirror=$scratch/packages package
  mkdir -p "$folder"/{etc/ssl/certs,usr/{bin,sbin,lib,lib64},tmp}
  ln -s usr/bin usr/sbin usr/lib usr/lib64 "$folder/"
  chmod 1777 "$folder/tmp"
  debootstrap --variant=minbase --download-only --include=ca-certificates "${bases[0]##*-}" "$mirror" \
    >"$scratch/log" || die "$(tail -3 "$scratch/log")"
  for package in libc6 libgcc-s1; do
    dpkg-deb -x "$mirror"/var/cache/apt/archives/"$package"_*.deb "$folder"
  done
  cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
  echo 'nonroot:x:65532:65532::/home/nonroot:/sbin/nologin' >"$folder/etc/passwd"
  echo 'nonroot:x:65532:' >"$folder/etc/group"
  as_image "${bases[1]}" "$folder"
  rm -rf "$folder" "$mirror"
}

# The stage `build` of the Dockerfile, with the release of this machine.
use_release() {
  mkdir -p "$scratch"/stage/image/{app,data}
  cp -r "${GATEHOUSE_RELEASE:-$target_dir/release}"/{server,hash.txt} "$scratch/stage/image/app/"
  cp -r "${GATEHOUSE_SITE:-target/site}" "$scratch/stage/image/app/site"
  as_image localhost/build "$scratch/stage"
  { echo 'FROM localhost/build AS build' && sed -n "\|^FROM ${bases[1]}|,\$p" deploy/Dockerfile; } \
    >"$scratch/Dockerfile"
}

# Debian's buildah cannot run a step without a network, so unshare takes it away there.
use_all_stages() {
  sed -E 's/^RUN --network=none (([A-Z_]+=("[^"]*"|[^ ]*) )*)/RUN \1unshare --net /' deploy/Dockerfile \
    >"$scratch/Dockerfile"
  grep -q 'unshare --net tools/build.sh' "$scratch/Dockerfile" || die "the build in deploy/Dockerfile has a network"
}

has_image() { buildah inspect --type image "$1" >/dev/null 2>&1; }

headline "Base images of Debian ${bases[0]##*-}"
has_image "${bases[1]}" || make_runtime
if [[ ${1:-} == release ]]; then
  use_release
else
  has_image "${bases[0]}" || make_compiler ca-certificates,curl,gcc,g++,git,libc6-dev,make,xz-utils
  use_all_stages
fi
headline "The image of deploy/Dockerfile"
# With --layers a finished step of the Dockerfile is kept.
buildah bud --quiet --pull-never --layers --cap-add=CAP_SYS_ADMIN --file "$scratch/Dockerfile" \
  --tag gatehouse . \
  >"$scratch/log" 2>&1 || die "$(tail -20 "$scratch/log")"

headline "The image, tried"
container=$(buildah from --pull-never gatehouse)
files=$(buildah mount "$container")
is "its user" 65532:65532 "$(buildah inspect --format '{{.OCIv1.Config.User}}' "$container")"
is "its command" '[/app/server]' "$(buildah inspect --format '{{.OCIv1.Config.Entrypoint}}' "$container")"
is "shells" 0 "$(find "$files" \( -name sh -o -name bash -o -name dash \) | wc -l)"
if [[ ${1:-} != release ]]; then
  is "the list of crates in the binary" 1 "$(objdump -h "$files/app/server" | grep -c '\.dep-v0')"
fi

# The view of `docker run --read-only`: the root is read-only, the volume is not, /proc is there.
port=$(free_port)
mkdir -p "$scratch/root" "$files/proc"
mount --bind "$files" "$scratch/root"
mount --bind -o remount,ro "$scratch/root"
install -d -o 65532 -g 65532 "$scratch/volume"
mount --bind "$scratch/volume" "$scratch/root/data"
mount -t proc proc "$scratch/root/proc"
variables=(PUBLIC_ORIGIN=https://admin.example.com METRICS_ADDR=
  CLERK_PUBLISHABLE_KEY="pk_test_$(printf 'tidy-owl-1.clerk.accounts.dev$' | base64)"
  CLERK_SECRET_KEY=sk_test_0123456789abcdefghijklmnopqrstuvwxyzABCD
  CLERK_WEBHOOK_SIGNING_SECRET=whsec_cHJveHktdGVzdC1wcm94eS10ZXN0LXByb3h5LXRlc3Q=)
mapfile -t own < <(buildah inspect --format '{{range .OCIv1.Config.Env}}{{println .}}{{end}}' "$container" | grep .)
run=(env -i "${own[@]}" LEPTOS_SITE_ADDR="127.0.0.1:$port" "${variables[@]}"
  chroot --userspec=65532:65532 "$scratch/root" /app/server)
"${run[@]}" >"$scratch/log" 2>&1 &
server=$!
for _ in {1..300}; do
  ! curl --silent --fail --output /dev/null "http://127.0.0.1:$port/healthz" || break
  sleep 0.1
done
is "the health check" 0 "$("${run[@]}" healthy >/dev/null 2>&1 && echo 0 || echo 1)"
ask() { curl --silent --header 'Host: admin.example.com' "http://127.0.0.1:$port$1" "${@:2}"; }
page=$(ask /) || die "$(tail -5 "$scratch/log")"
is "the home page" 1 "$(grep -c '<h1' <<<"$page")"
style=$(grep -oE '/pkg/app\.[^"]*\.css' <<<"$page" | head -1)
is "its style" 200 "$(ask "$style" --output /dev/null --write-out '%{http_code}')"
is "the database in the volume" 1 "$(find "$scratch/volume" -name gatehouse.db | wc -l)"
((failed == 0)) || tail -5 "$scratch/log"
du -sh "$files" | sed 's/\t.*/ is the size of the image/'
echo "$passed passed, $failed failed"
((failed == 0))
