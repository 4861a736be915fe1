#!/usr/bin/env bash
# hiredis 0.14.1 (libhiredis-dev 0.14.1-3) beside Redis 7.0.15, both of Debian 12, seen on 2026-11-29: the client
# library of this release cannot read the protocol that the server of the same release offers. HELLO 3 is answered in
# RESP3, whose map is a protocol error for this hiredis, and the connection is of no use from then on: the server goes
# on in RESP3, and the next command fails as well. A program that asks for RESP3 and would be content without it has
# to look at the version that it was linked with (HIREDIS_MAJOR), not at the server's answer.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download libhiredis-dev=0.14.1-3 libhiredis0.14=0.14.1-3 redis-tools >/dev/null
for package in *.deb; do dpkg -x "$package" debian; done
library=$(echo debian/usr/lib/*-linux-gnu)
cp debian/usr/bin/redis-check-rdb server   # the same program: it is the server when its name does not say otherwise
./server --version | grep -o 'v=[0-9.]*' | tee version
./server --port 0 --unixsocket "$folder/redis.sock" --save '' --dir "$folder" >server.log 2>&1 &
server=$!
until [[ -S redis.sock ]]; do sleep 0.05; done
cat >hello.cpp <<'END'
#include <hiredis/hiredis.h>
#include <cstdio>
#include <initializer_list>
void ask(redisContext* connection, const char* command) {
  auto* reply = static_cast<redisReply*>(redisCommand(connection, command));
  if (reply == nullptr)
    std::printf("%s: %s\n", command, connection->errstr);
  else
    std::printf("%s: a reply of type %d\n", command, reply->type);
  if (reply != nullptr) freeReplyObject(reply);
}
int main() {
  redisContext* connection = redisConnectUnix("redis.sock");
  for (const char* command : {"PING", "HELLO 2", "HELLO 3", "PING"}) ask(connection, command);
  redisFree(connection);
}
END
g++ -std=c++17 -Idebian/usr/include hello.cpp -L"$library" -lhiredis -Wl,-rpath,"$PWD/$library" -o hello
./hello | tee seen
diff seen - <<'END'
PING: a reply of type 5
HELLO 2: a reply of type 2
HELLO 3: Protocol error, got "%" as reply type byte
PING: Protocol error, got "%" as reply type byte
END
echo "as described"
