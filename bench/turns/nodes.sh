# What the scripts that compare two builds by turns share: nodes on an empty database, and the processor time that they
# use. `shape` is embedded, or cluster: three nodes over PostgreSQL, Redis and Kafka.
source bench/median.sh
base=${BENCH_PORT:-26100}
directory=$(mktemp -d "${TMPDIR:-/tmp}/sagactl-turns.XXXXXX")
chmod 0711 "$directory"  # PostgreSQL, which runs as another user, passes through
export SAGACTL_SERVICES_DIR=$directory/services
pids=() databases=0 nodes=1

stop_nodes() {
  ((${#pids[@]})) || return 0
  kill "${pids[@]}" 2>/dev/null || true
  wait "${pids[@]}" 2>/dev/null || true
  pids=()
}
finish() {
  stop_nodes
  [[ $shape == embedded ]] || tools/services wipe >/dev/null 2>&1 || true
  rm -rf "$directory"
}
trap finish EXIT
trap 'exit 130' INT TERM

if [[ $shape == cluster ]]; then
  nodes=3
  tools/services start postgres redis kafka --ports-from "$base" >"$directory/services.log" 2>&1 ||
    { cat "$directory/services.log" >&2; exit 1; }
  eval "$(tools/services env postgres redis kafka)"
  JWT_SECRET=$(head -c 32 /dev/urandom | base64) JWT_REFRESH_SECRET=$(head -c 32 /dev/urandom | base64)
  export JWT_SECRET JWT_REFRESH_SECRET
fi

# start BINARY: its nodes, on an empty database.
start() {
  local number
  databases=$((databases + 1))
  if [[ $shape == cluster ]]; then
    export DATABASE_NAME=turn_$databases
    PGPASSWORD=$DATABASE_PASSWORD psql -q -h 127.0.0.1 -p "$DATABASE_PORT" -U "$DATABASE_USER" -d postgres \
      -c "CREATE DATABASE $DATABASE_NAME"
  fi
  for ((number = 1; number <= nodes; number++)); do start_node "$1" "$number"; done
  for ((number = 1; number <= nodes; number++)); do await_node "$number"; done
}
# start_node BINARY NUMBER: its port and its directory are those of that number.
start_node() {
  NODE_ID=node-$2 "$1" serve --port $((base + 30 + $2)) --data "$directory/$databases-$2" \
    --payment-delay 0ms --payment-success 0.9 >"$directory/node-$2.log" 2>&1 &
  pids+=($!)
}
# await_node NUMBER: returns when it accepts requests.
await_node() {
  until curl -sf -o /dev/null "http://127.0.0.1:$((base + 30 + $1))/readyz"; do
    kill -0 "${pids[$(($1 - 1))]}" 2>/dev/null || { cat "$directory/node-$1.log" >&2; exit 1; }
    sleep 0.02
  done
}
# ticks_of PIDS...: the processor time that those processes, and their children that have ended, have used.
ticks_of() {
  local pid
  for pid in "$@"; do sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null || true; done |
    awk '{ sum += $12 + $13 + $14 + $15 } END { print sum + 0 }'
}
# The processes of the database server; none when the database is a file.
postgres_pids() {
  [[ $shape == cluster ]] || return 0
  local server
  server=$(head -n 1 "$SAGACTL_SERVICES_DIR/postgres/data/postmaster.pid")
  echo "$server"
  pgrep -P "$server"
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a ? b / a : 0 }'; }
