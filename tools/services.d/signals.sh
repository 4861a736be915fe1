# tools/services stop, wipe, kill, freeze, thaw: only ever the processes that start began.

# Asks a service to end, and ends it when it does not within 20 s.
stop_one() {
  local service=$1 pid family
  pid=$(pid_of "$service") || return 0
  family=$(family_of "$pid")
  signal_family CONT "$pid"
  kill -s "$("${service}_stop_signal")" "$pid" 2>/dev/null || true
  # shellcheck disable=SC2086  # several process ids
  if ! await 20 all_gone $family; then
    say "$service: did not end within 20 s; killed" >&2
    signal_family KILL "$pid"
    await 60 is_gone "$pid" || return 1
  fi
  rm -f "$dir/$service/pid"
  printf '%-9s stopped\n' "$service"
}

# What nodes are configured with stays: its port, its password.
wipe_one() {
  stop_one "$1" || return 1
  [[ -d $dir/$1 ]] || return 0
  find "${dir:?}/$1" -mindepth 1 -maxdepth 1 ! -name 'port*' ! -name password ! -name nodes -exec rm -rf {} +
}

kill_one() {
  local pid family
  pid=$(pid_of "$1") || { say "$1 does not run" >&2 && return 1; }
  family=$(family_of "$pid")
  # shellcheck disable=SC2086  # several process ids
  kill -s KILL $family 2>/dev/null || true
  # shellcheck disable=SC2086
  await 60 all_gone $family || return 1
  rm -f "$dir/$1/pid"
  printf '%-9s killed\n' "$1"
}

freeze_one() {
  local pid
  pid=$(pid_of "$1") || { say "$1 does not run" >&2 && return 1; }
  signal_family STOP "$pid"
  await 60 is_frozen "$pid" || return 1
  printf '%-9s frozen\n' "$1"
}

thaw_one() {
  local pid
  pid=$(pid_of "$1") || { say "$1 does not run" >&2 && return 1; }
  signal_family CONT "$pid"
  printf '%-9s goes on\n' "$1"
}

declare -A signalled=()
for service in "${chosen[@]}"; do
  "${verb}_one" "$service" &
  signalled[$service]=$!
done
code=0
for service in "${chosen[@]}"; do wait "${signalled[$service]}" || code=1; done
[[ $verb != wipe || ${#words[@]} -gt 1 || $code != 0 ]] || rm -rf "${dir:?}"
exit "$code"
