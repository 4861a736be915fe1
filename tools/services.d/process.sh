# The processes of services: each is a session of its own, known by its id and the time of its start, so that
# an id that the system gave to somebody else is never signalled.

# The time of a process's start, in clock ticks since boot; fails when there is none or it is a zombie.
birth_of() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # shellcheck disable=SC2086  # the words of the line
  set -- ${stat##*) }
  [[ $1 != Z && $1 != X ]] || return 1
  printf '%s' "${20}"
}

# The id of a service's process; fails when it does not run.
pid_of() {
  local pid birth now
  read -r pid birth 2>/dev/null <"$dir/$1/pid" || return 1
  now=$(birth_of "$pid") && [[ $now == "$birth" ]] || return 1
  printf '%s' "$pid"
}

# The process and all that descend from it. PostgreSQL's children are sessions of their own, so that its
# process group does not name them. (cat goes on when a process ends under its hands; not every awk does.)
family_of() {
  { cat /proc/[0-9]*/status 2>/dev/null || true; } | awk -v pids="$1" '
    /^Pid:/ { pid = $2 }
    /^PPid:/ { children[$2] = children[$2] " " pid }
    END {
      count = split(pids, queue)
      for (i = 1; i <= count; ++i) {
        print queue[i]
        more = split(children[queue[i]], found)
        for (j = 1; j <= more; ++j) queue[++count] = found[j]
      }
    }'
}

signal_family() {
  local pid
  [[ $2 =~ ^[0-9]+$ && $2 -gt 1 ]] || return 0
  for pid in $(family_of "$2"); do kill -s "$1" "$pid" 2>/dev/null || true; done
}

is_frozen() {
  [[ $(cat "/proc/$1/stat" 2>/dev/null) == *') T '* ]]
}

# begin SERVICE COMMAND...: runs it with its output in its log.
begin() {
  local service=$1 log=$dir/$1/log
  shift
  [[ ! -e $log ]] || mv "$log" "$log.1"
  setsid "$@" >"$log" 2>&1 </dev/null 9>&- &
  printf '%s %s\n' "$!" "$(birth_of $! || echo ended)" >"$dir/$service/pid"
}

# Waits until a command succeeds: await SECONDS COMMAND...
await() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}

# Waits until a service that was begun answers; fails at once when its process has ended. On a crowded machine Kafka
# takes minutes.
await_service() {
  local service=$1 deadline=$((SECONDS + 300))
  until "${service}_answers" >/dev/null 2>&1; do
    pid_of "$service" >/dev/null || return 1
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}

# Until the last thread has ended a process that was killed keeps its ports, although its first thread is a zombie.
is_gone() {
  ! birth_of "$1" >/dev/null && (($(find "/proc/$1/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l) <= 1))
}
all_gone() {
  local pid
  for pid in "$@"; do is_gone "$pid" || return 1; done
}
