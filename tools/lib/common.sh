# shellcheck shell=bash
# What the scripts beside this folder share. Source it; it runs nothing by itself but this:
# the shell stops at the first error, and `root` is the package's folder, wherever we are called from.

set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
readonly root

# The oldest Swift whose package format (swift-tools-version) ours is.
readonly swift_minimum=6.2

# What a build and the tests take on the disk, in MiB. The build's own database is the first to break
# where there is less, and says nothing of the disk.
readonly room_minimum=1500

# Exit codes that scripts can tell apart (sysexits.h): usage, and something that is not there.
readonly exit_usage=64
readonly exit_unavailable=69

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }

usage_error() {
  complain "$(basename -- "$0"): $1"
  complain "Try: $(basename -- "$0") --help"
  exit "$exit_usage"
}

# The comment at the top of the script that was called is its help.
print_help() {
  sed -n '2,/^[^#]/ { /^#/ s/^# \{0,1\}//p; }' "$0"
}

# The commands that are used, each from the Debian package of the same name. A script adds its own.
needed_commands=(git gzip)

# Installs what the build needs and this machine lacks, and nothing else.
need_packages() {
  local missing=() command
  has_lmdb || missing+=(liblmdb-dev)
  for command in "${needed_commands[@]}"; do
    command -v "$command" > /dev/null || missing+=("$command")
  done
  if ((${#missing[@]} > 0)); then install_packages "${missing[@]}"; fi
  need_swift
  need_room
}

need_room() {
  local free
  free=$(df -Pk -- "$root" | awk 'NR == 2 { print int($4 / 1024) }')
  if ((free < room_minimum)); then
    complain "There are $free MiB free where $root lies; building and testing needs $room_minimum MiB."
    complain "Make room, such as by removing .build-* there, and run this again."
    exit "$exit_unavailable"
  fi
}

has_lmdb() {
  [[ -e /usr/include/lmdb.h ]] || pkg-config --exists lmdb 2> /dev/null
}

install_packages() {
  local -a as_root=()
  if ((EUID != 0)); then
    if sudo -n true 2> /dev/null; then as_root=(sudo -n); else as_root=(no); fi
  fi
  if ! command -v apt-get > /dev/null; then
    complain "Missing on this machine: $*"
    complain "These are Debian's names. There is no apt-get here: install them in this system's way"
    complain "(on macOS: brew install lmdb), then run this again."
    exit "$exit_unavailable"
  fi
  if [[ ${as_root[*]-} == no ]]; then
    complain "Missing on this machine: $*"
    complain "Installing needs root, and this user is not root and has no sudo without a password. Run"
    complain ""
    complain "    sudo apt-get update && sudo apt-get install --yes $*"
    complain ""
    complain "and then this again."
    exit "$exit_unavailable"
  fi

  say "Installing what is missing: $*"
  # Package lists may be missing (a fresh container) or stale: only then they are fetched.
  local log
  log=$(mktemp)
  apt_get "$log" install --yes --no-install-recommends "$@" ||
    { apt_get "$log" update && apt_get "$log" install --yes --no-install-recommends "$@"; } ||
    {
      cat -- "$log" >&2
      rm -f -- "$log"
      complain ""
      complain "apt-get could not install $*: its own words are above. Mend that, or install by hand:"
      complain "    sudo apt-get update && sudo apt-get install --yes $*"
      exit "$exit_unavailable"
    }
  rm -f -- "$log"
}

# apt_get LOG ARGUMENT…: as root, asking nothing; reads `as_root` of its caller.
apt_get() {
  local log=$1
  shift
  ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
    apt-get --quiet "$@" >> "$log" 2>&1 < /dev/null
}

need_swift() {
  local remedy="Get it from https://www.swift.org/install/ (or use the container image swift:6.3)."
  if ! command -v swift > /dev/null; then
    complain "There is no swift on the PATH; ipledger needs Swift $swift_minimum or later."
    complain "$remedy"
    exit "$exit_unavailable"
  fi
  local said version
  said=$(swift --version 2>&1) || {
    complain "swift --version failed: $said"
    complain "$remedy"
    exit "$exit_unavailable"
  }
  version=$(sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' <<< "$said" | head -n 1)
  if [[ -z $version || $(printf '%s\n' "$swift_minimum" "$version" | sort -V | head -n 1) != "$swift_minimum" ]]; then
    complain "ipledger needs Swift $swift_minimum or later; $(command -v swift) is ${version:-of a version it does not tell}."
    complain "$remedy"
    exit "$exit_unavailable"
  fi
}

# Whether a program can be linked that needs no other file: it starts in half the time.
has_static_libraries() {
  local swift_root
  swift_root=$(dirname -- "$(dirname -- "$(readlink -f -- "$(command -v swift)")")")
  [[ $(uname -s) == Linux && -d $swift_root/lib/swift_static/linux ]] &&
    compgen -G '/usr/lib/*/liblmdb.a' > /dev/null
}

# build_release: builds the command and sets `ipledger` to its path. Quiet; all of the build's
# words if it fails.
build_release() {
  local log=$root/.build/release-build.log began=$SECONDS
  local -a form=()
  if has_static_libraries; then form=(-Xswiftc -static-executable -Xlinker -s); fi
  mkdir -p -- "$root/.build"
  say "Building ipledger for release (some minutes the first time, seconds after that) …"
  if ! swift build --package-path "$root" -c release --product ipledger "${form[@]}" > "$log" 2>&1 < /dev/null; then
    cat -- "$log" >&2
    complain ""
    complain "The build failed; what it said is above, and in $log"
    exit 1
  fi
  say "Built in $((SECONDS - began)) s."
  # shellcheck disable=SC2034  # for the caller
  ipledger=$root/.build/release/ipledger
}
