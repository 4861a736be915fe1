# What the tools share. Sourced; needs bash. Moves to the root of the source tree.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

say() { printf '%s\n' "$*"; }
fail() {
  printf 'tools/%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Runs a command with its output kept in a file, which is shown only when it fails.
quietly() {
  local what=$1 log
  shift
  log=$(mktemp "${TMPDIR:-/tmp}/sagactl-build.XXXXXX")
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    fail "$what failed; all of its output is in $log"
  fi
  rm -f "$log"
}

# The project's own files, without what is built or written beside them.
source_files() {
  find . \( -path ./.git -o -path ./build -o -path ./dist -o -path ./sagactl-data -o -name node_modules \) -prune -o -type f -print |
    sed 's#^\./##' | sort
}

# Waits until no other script makes this folder of the cache; holds it until this one ends.
lock_folder() {
  mkdir -p "${1%/*}"
  exec 9>"$1.lock"
  flock 9
}

install_go_program() { env GOBIN="$1" GOFLAGS= go install "$2"; }

# Installs programs of Go modules, pinned, into a folder of the user's cache whose name begins with NAME, and prints the
# folder. Needs Go 1.26; without one it says so and ends with 77.
#   install_go_programs NAME MODULE@VERSION...
install_go_programs() {
  local name=$1 version folder fresh module
  shift
  folder=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/sagactl/$name-$(cksum <<<"$*" | cut -d' ' -f1)
  if [[ ! -d $folder ]]; then
    version=$(go env GOVERSION 2>/dev/null || go version 2>/dev/null | awk '{ print $3 }') || version=
    if [[ ! $version =~ ^go1\.([0-9]+) || ${BASH_REMATCH[1]} -lt 26 ]]; then
      say "needs Go 1.26 or newer to install $*; there is ${version:-none}" >&2
      exit 77
    fi
    # Two tests want them at once, and building them takes minutes: the second waits for the first.
    lock_folder "$folder"
  fi
  if [[ ! -d $folder ]]; then
    say "installing $*" >&2
    fresh=$folder.$$
    mkdir -p "$fresh"
    # shellcheck disable=SC2064  # the folder of now
    trap "rm -rf '$fresh'" EXIT
    for module in "$@"; do quietly "installing $module" install_go_program "$fresh" "$module"; done
    mv -T "$fresh" "$folder"
  fi
  say "$folder"
}
