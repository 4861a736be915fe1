# What the tests of the deployment share. Sourced; needs bash. Moves to the root of the source tree and makes a
# folder, $work, that is gone at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d "${TMPDIR:-/tmp}/sagactl-deploy.XXXXXX")
chmod 0711 "$work"  # other users pass through
started=()          # ids of processes that a test began
at_end() { :; }     # a test may say what else is to be cleaned up
finish() {
  local pid
  for pid in "${started[@]}"; do kill -s KILL "$pid" 2>/dev/null || true; done
  at_end >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT

rule=
# rule NAME: what the next checks are about.
rule() {
  rule=$1
  printf '%s\n' "- $rule"
}
broken() {
  printf 'BROKEN: %s\n  %s\n' "$rule" "$*" >&2
  exit 1
}
# A test that cannot run here: seen as skipped; with CI set it is a failure.
skip() {
  [[ -z ${CI:-} ]] || broken "$*"
  printf 'skipped: %s\n' "$*"
  exit 77
}

# expect TEXT PATTERN: the text matches the regular expression.
expect() { grep -qE -- "$2" <<<"$1" || broken "expected /$2/ in: $1"; }
expect_not() { ! grep -qE -- "$2" <<<"$1" || broken "did not expect /$2/ in: $1"; }
# fails COMMAND...: it must end with another code than 0; its output is in $output.
fails() {
  if output=$("$@" 2>&1); then broken "'$*' should have failed, and said: $output"; fi
}

# find_go_tools: $tools is the folder of helm and the others of tools/go-tools, and Helm keeps its files in $work.
find_go_tools() {
  local code=0
  tools=$(tools/go-tools 2>"$work/why") || code=$?
  export HELM_CACHE_HOME=$work/helm HELM_CONFIG_HOME=$work/helm HELM_DATA_HOME=$work/helm
  ((code != 0)) || return 0
  # A machine without a Go that is new enough cannot be asked for this, not even in CI.
  [[ $code != 77 ]] || CI=
  skip "$(cat "$work/why")"
}

# until_ok SECONDS COMMAND...: waits until it succeeds.
until_ok() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# A port that nobody uses, from $1 on; ten in a row. Below 32768 the system gives none to connections that go out.
free_ports() {
  local base=$1 port
  source "$(dirname "${BASH_SOURCE[0]}")/../../tools/services.d/ports.sh"
  while :; do
    for ((port = base; port < base + 10; ++port)); do
      is_taken "$port" && break
    done
    ((port < base + 10)) || break
    base=$((port + 1))
    ((base < 64000)) || broken "no ten ports in a row are free from $1 on"
  done
  printf '%s' "$base"
}
