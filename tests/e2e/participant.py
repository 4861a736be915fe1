# A participant of sagas, as its author would write it: it keeps what it has done under the Idempotency-Key of the call,
# in a file, and answers a repeated call with the same answer. Its first call of each kind is slow.
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FILE = sys.argv[1]
lock = threading.Lock()
done = {}  # by key: {"what", "answer", "calls"}


def save():
    with open(FILE + ".new", "w") as file:
        json.dump(done, file)
    os.replace(FILE + ".new", FILE)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def handle_call(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        key = self.headers["Idempotency-Key"]
        with lock:
            entry = done.setdefault(key, {"what": f"{self.command} {self.path}", "calls": 0})
            entry["calls"] += 1
            is_first = entry["calls"] == 1
            save()
        if is_first and self.command == "POST":
            time.sleep(0.4)
        body = json.dumps({"id": f"n-{len(key)}"}).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # the node was killed

    do_POST = do_DELETE = handle_call


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
