# Redis or Valkey, from Redis 7 on, with an append-only file.

# Fedora has Valkey in Redis' place.
redis_program() { command -v redis-server || command -v valkey-server; }
redis_is_installed() { redis_program >/dev/null; }
redis_install() { fail "Redis is missing; on Debian and Ubuntu it is the package redis-server, on Fedora valkey"; }

redis_begin() {
  mkdir -p "$dir/redis/data"
  begin redis "$(redis_program)" --bind 127.0.0.1 --port "$(port_of redis)" --dir "$dir/redis/data" \
    --save "" --appendonly yes --daemonize no
}

# Answers PING: a Redis that still reads its file accepts connections before.
redis_answers() {
  local answer
  exec 3<>"/dev/tcp/127.0.0.1/$(port_of redis)" || return 1
  printf 'PING\r\n' >&3
  read -r -t 2 answer <&3 || answer=
  exec 3>&-
  [[ $answer == +PONG* ]]
}

redis_stop_signal() { echo TERM; }

redis_env() {
  cat <<END
export REDIS_HOST=127.0.0.1
export REDIS_PORT=$(port_of redis)
END
}
