# What the demos share: headings, commands shown before they run, waiting, and free ports. `sagactl` is the program's path.
step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
# Waits until the node at a URL has published what it wrote: for a moment after a change some of it waits, which
# `verify` would say.
await_published() {
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    [[ $(curl -s "$1/metrics" | awk '$1 == "sagactl_unpublished_events" { print $2 }') != 0 ]] || return 0
    sleep 0.1
  done
}

show() {
  printf '$ sagactl %s\n' "$*"
  "$sagactl" "$@"
}

# The ports of the reference, or the next three that are free: the first of them into $port.
find_ports() {
  port=3000
  while (exec 3<>"/dev/tcp/127.0.0.1/$port" || exec 3<>"/dev/tcp/127.0.0.1/$((port + 1))" ||
    exec 3<>"/dev/tcp/127.0.0.1/$((port + 2))") 2>/dev/null; do
    port=$((port + 10))
    ((port < 4000)) || fail "no three ports are free from 3000 to 4000"
  done
}
