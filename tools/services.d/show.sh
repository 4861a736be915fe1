# tools/services status, env, logs, dir.

status() {
  local service pid state code=0
  for service in "${chosen[@]}"; do
    state=stopped
    if pid=$(pid_of "$service"); then
      state=running
      ! is_frozen "$pid" || state=frozen
    fi
    [[ $state == running ]] || code=1
    if [[ $state == stopped ]]; then
      printf '%-9s %s\n' "$service" "$state"
    else
      printf '%-9s %-9s 127.0.0.1:%-6s pid %s\n' "$service" "$state" "$(port_of "$service")" "$pid"
    fi
  done
  say "in $dir"
  return "$code"
}

environment() {
  local service code=0
  for service in "${chosen[@]}"; do
    if pid_of "$service" >/dev/null; then
      "${service}_env"
    else
      say "# $service does not run; tools/services start $service"
      code=1
    fi
  done
  cat "$dir/secrets" 2>/dev/null || true
  return "$code"
}

logs() {
  local service files=()
  for service in "${chosen[@]}"; do
    [[ ! -e $dir/$service/log ]] || files+=("$dir/$service/log")
  done
  ((${#files[@]})) || fail "there is no log yet; tools/services start"
  tail -n 50 ${follow:+-f} -- "${files[@]}"
}

case $verb in
  status) status ;;
  env) environment ;;
  logs) logs ;;
  dir) say "$dir" ;;
esac
