# nginx, round robin over the nodes, by the same rules as in compose/: compose/nginx/proxy.conf.

nginx_program() { PATH=$PATH:/usr/sbin command -v nginx; }
nginx_is_installed() { nginx_program >/dev/null; }
nginx_install() { fail "nginx is missing; it is the package nginx, on Debian nginx-light does"; }

nginx_write() {
  local folder=$dir/nginx files port
  [[ -z $nodes ]] || printf '%s\n' "$nodes" >"$folder/nodes"
  [[ -e $folder/nodes ]] || printf '3000,3001,3002\n' >"$folder/nodes"
  files=$(ulimit -n -H)
  [[ $files != unlimited && $files -lt 65536 ]] || files=65536
  {
    cat <<END
daemon off;
worker_processes auto;
worker_rlimit_nofile $files;
pid $folder/nginx.pid;
error_log $folder/log warn;
events {
  worker_connections $((files / 2));
}
http {
  client_body_temp_path $folder/body;
  proxy_temp_path $folder/proxy;
  fastcgi_temp_path $folder/fastcgi;
  uwsgi_temp_path $folder/uwsgi;
  scgi_temp_path $folder/scgi;
  upstream nodes {
END
    for port in $(tr ',' ' ' <"$folder/nodes"); do
      say "    server 127.0.0.1:$port max_fails=0;"
    done
    cat <<END
  }
  server {
    listen 127.0.0.1:$(port_of nginx) backlog=4096;
    include $PWD/compose/nginx/proxy.conf;
  }
}
END
  } >"$folder/nginx.conf"
}

nginx_begin() {
  nginx_write
  begin nginx "$(nginx_program)" -p "$dir/nginx" -c "$dir/nginx/nginx.conf" -e "$dir/nginx/log"
}

# It runs already; with --nodes it goes over to other nodes, without a request lost.
nginx_refresh() {
  [[ -n $nodes ]] || return 0
  nginx_write
  kill -s HUP "$1"
}

nginx_answers() { answers_at "$(port_of nginx)"; }

nginx_stop_signal() { echo TERM; }

nginx_env() {
  say "# nginx: http://127.0.0.1:$(port_of nginx), round robin over the ports $(cat "$dir/nginx/nodes")"
  say "# Nodes take its word for whom it asks. Through it everybody on this machine is a guest, and may use /redis-test."
  say "export SAGACTL_SERVE_TRUSTED_PROXY=127.0.0.1 SAGACTL_SERVE_ALLOW_ANONYMOUS=true SAGACTL_SERVE_TEST_ROUTES=true"
}
