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
