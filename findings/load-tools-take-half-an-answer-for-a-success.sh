#!/usr/bin/env bash
# A server announces an answer of 30 bytes, sends nine, `{"order":`, and dies, twenty times: nine load tools, seen on
# 2026-11-30 with Node.js 20, Python 3.11 and Go. RFC 9112 (6.3, 8) wants such a message to be taken for incomplete.
# - ab of Apache 2.4 (Debian 12) reports 20 complete requests and 0 failed: it compares
#   the lengths of answers with that of the first one only.
# - hey 0.1.5 (Go module) reports 20 responses [201] and no error.
# - autocannon 9.0.0 (npm) reports ten of the twenty, as 2xx, and no error, timeout or other answer.
# - wrk 4.1.0 and h2load of nghttp2 1.52.0 (Debian), loadtest 8.2.1 (npm), bombardier 1.2.6, vegeta 12.13.0 (Go modules)
#   and Locust 2.47.0 (PyPI) report each of them as an error.
# So a run in which servers are killed passes with the first three though no client could have read its order.
# What to do: compare the bytes that the tool has read with what they should be; or a tool that reads each to its end.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download apache2-utils libapr1 libaprutil1 wrk nghttp2-client >/dev/null 2>apt.log
for package in *.deb; do dpkg -x "$package" debian; done
LD_LIBRARY_PATH=$folder/debian/usr/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH
npm install --silent --no-audit --no-fund autocannon@9.0.0 loadtest@8.2.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check locust==2.47.0
mkdir go-tools
cat >go-tools/go.mod <<'END'
module finding

go 1.24
END
(
  cd go-tools
  export GOPATH=$folder/go
  go get github.com/rakyll/hey@v0.1.5 github.com/tsenart/vegeta/v12@v12.13.0 github.com/codesenberg/bombardier@v1.2.6 \
    2>go.log
  go build -o . github.com/rakyll/hey github.com/tsenart/vegeta/v12 github.com/codesenberg/bombardier 2>>go.log
)
# Answers every order with a head that announces 30 bytes, nine of them, and the end of the connection.
cat >server.py <<'END'
import asyncio

async def serve(reader, writer):
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].split(b"\r\n")[0]
        await reader.readexactly(int(length or 0))
        writer.write(b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n{"order":')
        await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    with open("port", "w") as file:
        print(server.sockets[0].getsockname()[1], file=file)
    await server.serve_forever()

asyncio.run(main())
END
cat >order.lua <<'END'
wrk.method = "POST"
wrk.body = "{}"
END
cat >locustfile.py <<'END'
from locust import FastHttpUser, task
from locust.exception import StopUser

class Buyer(FastHttpUser):
    @task
    def order(self):
        self.client.post("/orders", json={})
        self.client.post("/orders", json={})
        raise StopUser()
END
echo '{}' >order
cat >vegeta.sh <<'END'
echo "POST $1" | go-tools/vegeta attack -rate 20 -duration 1s -body order | go-tools/vegeta report
END
# load NAME PATTERN COMMAND...: sends twenty orders, wrk and Locust for some seconds; PATTERN finds what the report says
load() {
  local name=$1 pattern=$2
  shift 2
  "${@//URL/$url}" >output 2>&1 || true
  echo "$name: $(grep -oE "$pattern" output | tr -s ' \t' ' ' | sed 's/^ //' | paste -sd';')"
}
python3 server.py &
server=$!
until [[ -s port ]]; do sleep 0.05; done
url=http://127.0.0.1:$(<port)/orders
{
  load ab '^(Complete|Failed|Non-2xx).*' debian/usr/bin/ab -k -c 10 -n 20 -p order -T application/json URL
  load hey '\[201\].*' go-tools/hey -c 10 -n 20 -m POST -d '{}' URL
  load autocannon '"(errors|timeouts|non2xx|2xx)":[0-9]+' \
    node_modules/.bin/autocannon -c 10 -a 20 -m POST -b '{}' --json URL
  load wrk '([0-9]+ requests in|Socket errors:.*read)' debian/usr/bin/wrk -t1 -c10 -d1 -s order.lua URL
  load h2load '[0-9]+ (succeeded|failed|errored)' debian/usr/bin/h2load --h1 -c 10 -n 20 -d order URL
  load loadtest '(Completed requests|Total errors): *[0-9]+' \
    node_modules/.bin/loadtest -c 10 -n 20 -m POST --data '{}' -T application/json URL
  load bombardier '(2xx|others) - [0-9]+' go-tools/bombardier -c 10 -n 20 -m POST -b '{}' URL
  load vegeta '(^Success.*|unexpected EOF)' bash vegeta.sh URL
  load locust '"num_(requests|failures)": [0-9]+' python/bin/locust --headless -u 10 -r 10 -t 5 --host URL --json
} | tee seen
diff seen - <<'END'
ab: Complete requests: 20;Failed requests: 0
hey: [201] 20 responses
autocannon: "errors":0;"timeouts":0;"non2xx":0;"2xx":10
wrk: 0 requests in;Socket errors: connect 0, read
h2load: 0 succeeded;20 failed;20 errored
loadtest: Completed requests: 20;Total errors: 20
bombardier: 2xx - 0;others - 20
vegeta: Success [ratio] 0.00%;unexpected EOF
locust: "num_requests": 20;"num_failures": 20
END
echo "as described"
