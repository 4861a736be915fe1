# What the demos share: headings, and commands shown before they run. `sagactl` is the program's path.
step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() {
  printf '$ sagactl %s\n' "$*"
  "$sagactl" "$@"
}
