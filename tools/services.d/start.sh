# tools/services start: all at the same time, each waited for until it answers.

missing=()
for service in "${chosen[@]}"; do
  "${service}_is_installed" || missing+=("$service")
done
if ((${#missing[@]})); then
  tools/deps --services
  for service in "${missing[@]}"; do "${service}_is_installed" || "${service}_install"; done
fi

# Folders that only their owner can read, and others pass through: PostgreSQL and nginx's workers are not root.
for folder in "$root_of_sets" "$dir"; do
  if [[ ! -d $folder ]]; then
    mkdir -p "$(dirname "$folder")"
    mkdir -m 0711 "$folder" 2>/dev/null || [[ -d $folder ]] || fail "cannot make the folder $folder"
  fi
  [[ -O $folder && ! -L $folder ]] || fail "$folder belongs to somebody else; choose another with --dir"
done

# What nodes of one cluster have in common: a token of one is good at all.
if [[ ! -s $dir/secrets ]]; then
  (
    umask 077
    for name in JWT_SECRET JWT_REFRESH_SECRET; do
      printf 'export %s=%s\n' "$name" "$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')"
    done >"$dir/secrets"
  )
fi

# One start at a time, so that two sets never choose the same port.
exec 9>"$root_of_sets/lock"
flock -w 600 9 || fail "another tools/services start has held $root_of_sets/lock for ten minutes"

# What the service is doing afterwards, or why it is not.
start_one() {
  local service=$1 pid state=started
  if pid=$(pid_of "$service"); then
    state="runs already"
    if is_frozen "$pid"; then
      signal_family CONT "$pid"
      state="was frozen, goes on"
    fi
    ! declare -F "${service}_refresh" >/dev/null || "${service}_refresh" "$pid"
  elif ! "${service}_begin"; then
    explain "$service"
    return 1
  fi
  if ! await_service "$service" || ! { ! declare -F "${service}_set_up" >/dev/null || "${service}_set_up"; }; then
    explain "$service"
    return 1
  fi
  printf '%-9s %-12s 127.0.0.1:%s\n' "$service" "$state" "$(port_of "$service")"
}

explain() {
  {
    say "$1 did not start. The end of $dir/$1/log:"
    tail -n 15 "$dir/$1/log" 2>/dev/null | sed 's/^/    /'
    say "What to do: correct what it says and start it again; 'tools/services wipe $1' begins with no data."
    signal_family KILL "$(pid_of "$1")"
  } >&2
}

rm -f "$dir"/*/port.chosen
for service in "${chosen[@]}"; do
  mkdir -p "$dir"
  [[ -d $dir/$service ]] || mkdir -m 0711 "$dir/$service"
  pid_of "$service" >/dev/null && continue
  choose_port "$service" "$service"
  [[ $service != kafka ]] || choose_port controller kafka .controller
done

declare -A starting=()
for service in "${chosen[@]}"; do
  start_one "$service" &
  starting[$service]=$!
done
code=0
for service in "${chosen[@]}"; do wait "${starting[$service]}" || code=1; done
exit "$code"
