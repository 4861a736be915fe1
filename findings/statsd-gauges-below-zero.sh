#!/usr/bin/env bash
# Gauges below zero by clients of StatsD, seen on 2026-11-29 with Node.js 20 and Python 3.11: hot-shots 17.1.1 and
# statsd-client 0.4.7 (npm) and statsd 4.0.1 (PyPI), sent to statsd 0.9.0 (npm), the original server. In its format a
# sign changes a gauge instead of setting it, and its documents say that a negative one has to be set to zero first.
# - hot-shots and statsd-client send gauge(-5) as "-5", so that 10 and then -5 are shown as 5. gaugeDelta(-5) of
#   statsd-client sends the very same packet.
# - The client of Python sends 0 and then -5, and -5 is shown.
# So what is left of a budget, a balance, or how far a load generator is ahead of its schedule is wrong once it is
# negative, and stays wrong until it is positive. Servers that know no changes, such as DogStatsD's, show -5 of all.
# What to do: gauge(0) before it with these two clients, or two counters. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund hot-shots@17.1.1 statsd-client@0.4.7 statsd@0.9.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check statsd==4.0.1
read -r port admin < <(python3 -c 'import socket
udp, tcp = socket.socket(type=socket.SOCK_DGRAM), socket.socket()
for one in udp, tcp: one.bind(("127.0.0.1", 0))
print(udp.getsockname()[1], tcp.getsockname()[1])')
cat >config.js <<END
{ port: $port, address: '127.0.0.1', mgmt_port: $admin, mgmt_address: '127.0.0.1', backends: [], flushInterval: 3600000 }
END
node node_modules/statsd/stats.js config.js >server.log 2>&1 &
server=$!
until (: >"/dev/tcp/127.0.0.1/$admin") 2>/dev/null; do sleep 0.1; done
cat >gauge.js <<'END'
const HotShots = require('hot-shots');
const StatsdClient = require('statsd-client');
const [, , name, port] = process.argv;
const Client = name === 'hotshots' ? HotShots : StatsdClient;
const client = new Client({ host: '127.0.0.1', port: Number(port) });
client.gauge(name, 10);
client.gauge(name, -5);
client.close();
END
cat >gauge.py <<'END'
import sys, statsd

client = statsd.StatsClient("127.0.0.1", int(sys.argv[1]))
client.gauge("python", 10)
client.gauge("python", -5)
END
cat >shown.py <<'END'
import re, socket, sys, time

name, port = sys.argv[1], int(sys.argv[2])
with socket.create_connection(("127.0.0.1", port)) as server:
    answers = server.makefile("r")
    for _ in range(300):
        server.sendall(b"gauges\n")
        text = "".join(iter(answers.readline, "END\n"))
        value = re.search(rf"\b{name}: (-?\d+)", text)
        if value and value[1] not in ("0", "10"):  # both have come
            break
        time.sleep(0.1)
    print(f"{name}: 10 and then -5 is shown as {value[1] if value else 'nothing'}")
END
{
  for name in hotshots statsdclient; do
    node gauge.js "$name" "$port"
    python3 shown.py "$name" "$admin"
  done
  python/bin/python gauge.py "$port"
  python3 shown.py python "$admin"
} | tee seen
diff seen - <<'END'
hotshots: 10 and then -5 is shown as 5
statsdclient: 10 and then -5 is shown as 5
python: 10 and then -5 is shown as -5
END
echo "as described"
