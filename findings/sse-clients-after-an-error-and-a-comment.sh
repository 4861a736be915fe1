#!/usr/bin/env bash
# Six clients of server-sent events read one stream, seen on 2026-11-30 with Node.js 20 and Python 3.11: eventsource
# 4.1.1 (npm), and sseclient 0.0.27, sseclient-py 1.9.0, httpx-sse 0.4.3, requests-sse 0.5.3 and aiohttp-sse-client2
# 0.3.0 (PyPI). The server sends event 1, a comment, a bare "id: 2", and breaks off within the data of event 3; then it
# is restarted, and a proxy answers 503 once. By the standard of HTML (9.2.6) event 3 is discarded, and nothing without
# data is dispatched.
# - None of them reads on after the 503: each ends or raises. What follows on the stream is lost until somebody connects
#   again. eventsource is right to (a browser's ends, too), and its readyState is 2 then, without an exception.
# - sseclient-py gives the half of event 3 as a whole event, and ends without an error; it never connects again. JSON in
#   it does not parse, and a number in it is another number.
# - httpx-sse and sseclient give an event "message" without data for every comment and bare id after the first id,
#   though comments only keep a stream alive; JSON is not in it. httpx-sse never connects again either.
# - After the bare id eventsource asks again from 1, the others that ask again from 2, as is right.
# What to do: connect again oneself, with the last id, after an error and after the end; take no event without data.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund eventsource@4.1.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check sseclient-py==1.9.0 httpx==0.28.1 httpx-sse==0.4.3 \
  requests==2.34.2 requests-sse==0.5.3 aiohttp==3.14.5 aiohttp-sse-client2==0.3.0
# sseclient and sseclient-py are modules of one name.
python/bin/pip install --quiet --disable-pip-version-check --no-deps --target other sseclient==0.0.27 six==1.17.0
cat >eventsource.mjs <<'END'
import { EventSource } from 'eventsource';
const source = new EventSource(process.argv[2]);
for (const type of ['message', 'Placed']) {
  source.addEventListener(type, (event) => console.log(`${type} ${event.lastEventId} ${event.data}`));
}
source.addEventListener('error', (event) => {
  if (source.readyState !== EventSource.CLOSED) return;
  console.log(`readyState 2 by ${event.code}`);
});
END
cat >read.py <<'END'
import asyncio, sys

client, url = sys.argv[1:]

def show(event):
    print(event.event, event.id, event.data.strip() or "(no data)")

async def with_aiohttp():
    from aiohttp_sse_client2.client import EventSource
    async with EventSource(url) as events:
        async for event in events:
            print(event.type, event.last_event_id, event.data)

try:
    if client == "sseclient":
        sys.path.insert(0, "other")
        from sseclient import SSEClient
        for event in SSEClient(url):
            show(event)
    elif client == "sseclient-py":
        import requests
        from sseclient import SSEClient
        for event in SSEClient(requests.get(url, stream=True)).events():
            show(event)
    elif client == "httpx-sse":
        import httpx, httpx_sse
        with httpx.Client() as http, httpx_sse.connect_sse(http, "GET", url) as events:
            for event in events.iter_sse():
                show(event)
    elif client == "requests-sse":
        from requests_sse import EventSource
        with EventSource(url) as events:
            for event in events:
                print(event.type, event.last_event_id, event.data)
    else:
        asyncio.run(with_aiohttp())
    print("ends")
except Exception as error:
    print("raises", type(error).__name__)
END
cat >serve.py <<'END'
import socketserver, subprocess, sys, threading

class Node(socketserver.StreamRequestHandler):
    def handle(self):
        last = "none"
        while line := self.rfile.readline().decode().strip():
            if line.lower().startswith("last-event-id:"):
                last = line.split(":")[1].strip()
        self.server.asked.append(last)
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\nretry: 50\n\n"
        placed = "event: Placed\ndata: 19."
        answers = [head + f"id: 1\n{placed}50\n\n: nothing new\n\nid: 2\n\nid: 3\n{placed}",
                   "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                   head + "id: 4\nevent: Placed\ndata: the end\n\n"]
        self.wfile.write(answers[min(len(self.server.asked), 3) - 1].encode())

class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

with Server(("127.0.0.1", 0), Node) as server:
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = sys.argv[1:] + [f"http://127.0.0.1:{server.server_address[1]}/events"]
    read = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=60).stdout
    name = sys.argv[-1].removesuffix(".mjs")
    print(f"{name}: {'; '.join(filter(None, read.splitlines()))}; asked from {', '.join(server.asked)}")
    server.shutdown()
END
{
  python3 serve.py node eventsource.mjs
  for client in sseclient sseclient-py httpx-sse requests-sse aiohttp-sse-client2; do
    python3 serve.py python/bin/python read.py $client
  done
} | tee seen
diff seen - <<'END'
eventsource: Placed 1 19.50; readyState 2 by 503; asked from none, 1
sseclient: message None (no data); Placed 1 19.50; message None (no data); message 2 (no data); raises HTTPError; asked from none, 2
sseclient-py: Placed 1 19.50; Placed 3 19.; ends; asked from none
httpx-sse: message  (no data); Placed 1 19.50; message 1 (no data); message 2 (no data); ends; asked from none
requests-sse: Placed 1 19.50; raises InvalidStatusCodeError; asked from none, 2
aiohttp-sse-client2: Placed 1 19.50; raises ConnectionError; asked from none, 2
END
echo "as described"
