# PostgreSQL, the newest that is installed, from 14 on: user saga, database nestjs_cqrs, a password that is made with the data. It does not run as root.

postgres_folder() {
  local folder
  # Data of an earlier start is of one version: that one goes on with it.
  local kept
  kept=$(cat "$dir/postgres/data/PG_VERSION" 2>/dev/null) || kept=
  while read -r folder; do
    if [[ -x $folder/postgres && -x $folder/initdb ]]; then
      printf '%s' "$folder"
      return
    fi
  done < <(
    [[ -z $kept ]] || printf '%s\n' "/usr/lib/postgresql/$kept/bin"
    printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV
    dirname "$(command -v postgres || echo /none)"
  )
  return 1
}

postgres_is_installed() { postgres_folder >/dev/null; }
postgres_install() { fail "PostgreSQL is missing; on Debian and Ubuntu it is the package postgresql, on Fedora postgresql-server"; }

# Runs a command as the user of the database.
as_postgres() {
  if ((EUID == 0)); then
    setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  else
    "$@"
  fi
}

# A data folder gets its name when it is complete.
postgres_make_data() {
  local folder=$dir/postgres
  rm -rf "$folder/data.new"
  install -d -m 0700 "$folder/data.new" || return 1
  [[ -s $folder/password ]] || (umask 077 && head -c 18 /dev/urandom | base64 | tr '+/' '-_' >"$folder/password") || return 1
  cp "$folder/password" "$folder/data.new.password" || return 1
  if ((EUID == 0)); then
    chown postgres "$folder/data.new" "$folder/data.new.password" || return 1
    as_postgres test -x "$folder" || fail "the user postgres cannot enter $folder; choose another with --dir"
  fi
  as_postgres "$(postgres_folder)/initdb" -D "$folder/data.new" -U saga -A scram-sha-256 \
    --pwfile="$folder/data.new.password" -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions \
    >"$folder/log" 2>&1 || return 1
  rm -f "$folder/data.new.password"
  mv -T "$folder/data.new" "$folder/data"
}

# All its processes work in its data folder.
postgres_is_over() {
  [[ -z $(find /proc -maxdepth 2 -path '/proc/[0-9]*/cwd' -lname "$dir/postgres/data" 2>/dev/null) ]]
}

# After kill -9 the id in postmaster.pid may still be that of a zombie, for which PostgreSQL would take a running
# server. It is only deleted when nobody is left in the data folder.
postgres_forget_the_dead() {
  [[ -e $dir/postgres/data/postmaster.pid ]] || return 0
  await 20 postgres_is_over && rm -f "$dir/postgres/data/postmaster.pid"
}

postgres_begin() {
  local folder=$dir/postgres run=()
  [[ -d $folder/data ]] || postgres_make_data || return 1
  postgres_forget_the_dead || { say "processes of an earlier PostgreSQL are left" >"$folder/log"; return 1; }
  ((EUID != 0)) || run=(setpriv --reuid=postgres --regid=postgres --init-groups)
  begin postgres "${run[@]}" "$(postgres_folder)/postgres" -D "$folder/data" -p "$(port_of postgres)" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on -c shared_buffers=256MB \
    -c max_connections=200 -c log_line_prefix='%m [%p] %a '
}

postgres_answers() {
  "$(postgres_folder)/pg_isready" -q -h 127.0.0.1 -p "$(port_of postgres)"
}

# The database is made when it is not there: also after a start that was interrupted.
postgres_set_up() {
  local bin to=(-h 127.0.0.1 -p "$(port_of postgres)" -U saga)
  bin=$(postgres_folder)
  local -x PGPASSWORD
  PGPASSWORD=$(cat "$dir/postgres/password")
  [[ $("$bin/psql" "${to[@]}" -d postgres -Atc "select 1 from pg_database where datname = 'nestjs_cqrs'") == 1 ]] ||
    "$bin/createdb" "${to[@]}" nestjs_cqrs
}

postgres_stop_signal() { echo INT; }  # its fast shutdown: clients are sent away, everything is written

postgres_env() {
  cat <<END
export DATABASE_HOST=127.0.0.1
export DATABASE_PORT=$(port_of postgres)
export DATABASE_NAME=nestjs_cqrs
export DATABASE_USER=saga
export DATABASE_PASSWORD=$(cat "$dir/postgres/password")
END
}
