# What the demos share: headings, commands shown before they run, and waiting. `sagactl` is the program's path.
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
