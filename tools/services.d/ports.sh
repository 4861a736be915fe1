# Who listens where. A service keeps its port over a stop and a start, since nodes are configured with it.

declare -A default_port=([postgres]=5432 [redis]=6379 [kafka]=9092 [controller]=9093 [nginx]=8090)
declare -A port_offset=([postgres]=0 [redis]=1 [kafka]=2 [controller]=3 [nginx]=4)

port_of() { cat "$dir/$1/port" 2>/dev/null; }

# Any socket at this port, listening or not, except those whose process is gone and which only wait for the last packets
# (FIN_WAIT, TIME_WAIT, CLOSE, LAST_ACK, CLOSING): a server that was killed leaves them, and can have its port again.
is_taken() {
  local hex
  printf -v hex '%04X' "$1"
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v port="$hex" '{ n = split($2, local, ":"); if (n == 2 && local[2] == port && $4 !~ /^0[45679B]$/) found = 1 }
                        END { exit !found }'
}

# choose_port NAME FOLDER: the port that is wished for, or the next one that is free. Says when it is another.
choose_port() {
  local name=$1 folder=$dir/$2 wanted port
  if [[ -n $ports_from ]]; then
    wanted=$((ports_from + port_offset[$name]))
  else
    wanted=$(cat "$folder/port${3:-}" 2>/dev/null) || wanted=${default_port[$name]}
  fi
  port=$wanted
  while is_taken "$port" || grep -qsxF "$port" "$dir"/*/port.chosen; do
    port=$((port + 1))
    ((port < wanted + 200)) || fail "no port is free for $name from $wanted on"
  done
  ((port == wanted)) || say "$name: port $wanted is taken, uses $port" >&2
  printf '%s\n' "$port" >"$folder/port${3:-}"
  printf '%s\n' "$port" >>"$folder/port.chosen"
}

# answers_at PORT: whether something accepts connections there.
answers_at() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
