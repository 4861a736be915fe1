# What the benchmark scripts share: a node in a directory of its own, started and stopped, and load tests on it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
sagactl=${SAGACTL:-$PWD/build/release/sagactl}
[ -x "$sagactl" ] || { echo "$sagactl is not built: tools/build" >&2; exit 2; }
port=${BENCH_PORT:-39470}
export SAGACTL_URL=http://127.0.0.1:$port
directory=$(mktemp -d "${TMPDIR:-/tmp}/sagactl-bench.XXXXXX")
node=

now_ms() { date +%s%3N; }
# start_node: returns when it accepts requests, and says in `started_ms` how long that took.
start_node() {
  local begin
  rm -f "$directory/node.out"  # what the node before has printed
  begin=$(now_ms)
  "$sagactl" serve --port "$port" --data "$directory/data" --payment-delay 0ms --payment-success 0.9 \
    >"$directory/node.out" 2>"$directory/node.err" &
  node=$!
  until grep -qs accepts "$directory/node.out"; do
    kill -0 "$node" 2>/dev/null || { cat "$directory/node.err" >&2; exit 1; }
    sleep 0.002
  done
  started_ms=$(($(now_ms) - begin))
}
stop_node() {
  [ -z "$node" ] || { kill "$node" 2>/dev/null && wait "$node" || true; }
  node=
}
trap 'stop_node; rm -rf "$directory"' EXIT
rss_mb() { awk '/^VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$node/status"; }
# load ARGUMENTS...: one load test; its result as JSON in $directory/result.json.
load() { "$sagactl" loadtest individual --data "$directory/data" -o json -q "$@" >"$directory/result.json" 2>"$directory/load.err" || { cat "$directory/load.err" >&2; }; }
result() { jq -r "$1" "$directory/result.json"; }
