#!/usr/bin/env bash
# dtmcli 1.7.7.0 (PyPI, DTM's client for Python), seen on 2026-11-29 with Python 3.11: a saga cannot be made concurrent.
# Saga.set_concurrent() sets the flag of the transaction, and submit() then reads attributes that the class never sets,
# `orders` and `concurrent`, so that it ends in AttributeError before anything is sent; add_branch_order() does the
# same at once. What to do: set saga.trans_base.custom_data by hand, to the text
# {"concurrent": true, "orders": {"1": [0]}}, which submit() sends as it is, and which is what a server reads.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check dtmcli==1.7.7.0
cat >submit.py <<'END'
import json, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from dtmcli import saga

received = []

class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        answer = b'{"dtm_result": "SUCCESS"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()

def two_steps():
    transaction = saga.Saga(f"http://127.0.0.1:{server.server_port}", "g-1")
    for name in "ab":
        transaction.add({"amount": 30}, f"http://127.0.0.1/{name}", f"http://127.0.0.1/undo-{name}")
    return transaction

def outcome(act):
    received.clear()
    try:
        act(two_steps())
    except AttributeError as error:
        return f"AttributeError for {error.name}, {len(received)} requests"
    return f"custom_data {received[0]['custom_data']}"

print("set_concurrent:", outcome(lambda transaction: transaction.set_concurrent().submit()))
print("add_branch_order:", outcome(lambda transaction: transaction.add_branch_order(1, [0])))

def by_hand(transaction):
    transaction.trans_base.custom_data = json.dumps({"concurrent": True, "orders": {"1": [0]}})
    transaction.submit()

print("by hand:", outcome(by_hand))
END
python/bin/python submit.py | tee seen
diff seen - <<'END'
set_concurrent: AttributeError for orders, 0 requests
add_branch_order: AttributeError for orders, 0 requests
by hand: custom_data {"concurrent": true, "orders": {"1": [0]}}
END
echo "as described"
