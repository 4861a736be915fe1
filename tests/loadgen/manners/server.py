"""Correct servers that differ in their manners, and each with one fault when it is told to.

    Server(manner, fault, folder, seed) starts one in this process; `url`, `profile` and `database` say how it is tested.

Manners:
  escaped   ids and names are written with JSON escapes
  respelled UUIDs in capitals in the answers, without hyphens in the database
  padded    UUIDs in braces, and char(n) columns that are filled up with blanks
  late      the answer comes at once, the row later, the payment later still
  single    one connection is served at a time, and closed after its answer
  declined  an order that fails is answered 402 and kept as a cancelled row
  bodyless  an answer is a Location and no body
  bighead   12 KB of cookies in each head, and ids of 130 bytes
  seconds   times are whole seconds, rows come in no order
  queue     one order at a time, so that clients give up on requests that are still done
  blob      UUIDs are kept as bytes
  rough     heads have no reason and lines that end with LF alone, and an empty line follows the body
  addressed an answer is a Location whose id has escapes of an address
Faults, each in the first order (or group) that it fits:
  double        a key makes two orders
  lost          an order that was accepted is not kept
  stuck         an order never ends
  uncompensated an order that failed keeps a step in effect
  twice         a payment is captured twice
  error         an order is done, and answered 500 (nothing is wrong, and it must be shown)
"""
import http.server
import json
import random
import socketserver
import sqlite3
import threading
import time
import urllib.parse
import uuid

MANNERS = ["escaped", "respelled", "padded", "late", "single", "declined", "bodyless", "bighead", "seconds", "queue", "blob",
           "rough", "addressed"]
FAULTS = ["double", "lost", "stuck", "uncompensated", "twice", "error"]

SCHEMA = """
pragma journal_mode = wal; pragma synchronous = off;
create table sale(id, request_key, state, placed_us integer, ended_us integer, amount);
create table step(sale, name, state, at_us integer);
create table payment(sale, kind, amount);
"""


def now_us():
    return time.time_ns() // 1000


class Server:
    def __init__(self, manner, fault, folder, seed):
        self.manner, self.fault, self.faulted = manner, fault, False
        self.told_of_fault = None
        self.random = random.Random(seed)
        self.database = f"{folder}/sale.db"
        self.db = sqlite3.connect(self.database, check_same_thread=False, isolation_level=None)
        self.db.executescript(SCHEMA)
        self.lock, self.seen, self.count = threading.Lock(), {}, 0
        threaded = manner != "single"
        kind = http.server.ThreadingHTTPServer if threaded else http.server.HTTPServer
        server = type("Listening", (kind,), {"request_queue_size": 256, "handle_error": lambda *_: None})
        self.http = server(("127.0.0.1", 0), type("Bound", (Handler,), {"shop": self}))
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.profile = f"{folder}/sale.toml"
        with open(self.profile, "w", encoding="utf-8") as file:
            file.write(self.profile_text())
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        time.sleep(0.01)
        with self.lock:
            self.db.close()

    def profile_text(self):
        order = {"bodyless": '{ header = "Location" }', "addressed": '{ header = "Location" }', "escaped": '"/bestätigt/nr"'}.get(self.manner, '"/receipt/id"')
        shuffled = "order by random()" if self.manner == "seconds" else ""
        return f"""
[create]
path = "/buy"
headers = {{ "request-key" = "{{key}}", "content-type" = "application/vnd.shop+json" }}
body = '{{"sku":"{{product}}","count":{{quantity}}}}'
[answer]
order = {order}
[outcome]
accepted = [201]
duplicate = [200]
[status]
path = "/sales/{{order}}"
pointer = "/state"
completed = ["done"]
undone = ["cancelled"]
[sql]
orders = "select id as order_id, placed_us as created_us, ended_us, state as status, request_key as key, amount from sale where request_key like '{{prefix}}%' {shuffled}"
steps = "select sale as order_id, name as step, step.state as state, at_us from step join sale on sale.id = step.sale where request_key like '{{prefix}}%' {shuffled}"
payments = "select sale as order_id, kind, payment.amount as amount from payment join sale on sale.id = payment.sale where request_key like '{{prefix}}%'"
"""

    # Whether this is the moment of the planted fault.
    def faults(self, name):
        if self.fault != name or self.faulted:
            return False
        self.faulted = True
        return True

    # The same id: for the answer, and as the database has it.
    def new_id(self):
        self.count += 1
        one = uuid.UUID(int=self.random.getrandbits(128), version=4)
        spelled = str(one)
        return {"escaped": (f"2026/ä{self.count:06d}",) * 2,
                "respelled": (spelled.upper(), spelled.replace("-", "")),
                "padded": ("{" + spelled + "}", spelled + " " * 12),
                "blob": (spelled, one.bytes),
                "addressed": (f"2026/ä {self.count}",) * 2,
                "bighead": (f"order-{spelled}-" + "x" * 86,) * 2,
                "seconds": (self.count,) * 2,
                "late": (self.count, f"{self.count}.0"),
                "queue": (f"S{self.count:08d}",) * 2}.get(self.manner, (spelled,) * 2)

    def at(self):
        us = now_us()
        return us // 1_000_000 * 1_000_000 if self.manner == "seconds" else us

    def buy(self, key, fails):
        with self.lock:
            if self.manner == "queue":
                time.sleep(0.03)
            again = self.seen.get(key)
            if again and not (not fails and self.faults("double")):
                return again[0], again[1]
            told, kept = self.new_id()
            status = 402 if fails and self.manner == "declined" else 201
            self.seen[key] = (200 if status == 201 else status, told)
            if not fails and not again and self.faults("lost"):
                self.told_of_fault = told
                return status, told
            if self.manner == "late":
                threading.Timer(0.2 + self.random.random() * 0.5, self.keep_later, (kept, key, fails)).start()
            else:
                self.keep(kept, key, fails)
                self.finish(kept, fails)
            if not fails and self.faults("error"):
                self.told_of_fault = told
                return 500, told
            return status, told

    def keep_later(self, kept, key, fails):
        with self.lock:
            try:
                self.keep(kept, key, fails)
                self.finish(kept, fails, pays=False)
            except sqlite3.ProgrammingError:
                return
        if not fails:
            threading.Timer(0.1 + self.random.random() * 0.3, self.pay_later, (kept,)).start()

    def pay_later(self, kept):
        with self.lock:
            try:
                self.pay(kept)
            except sqlite3.ProgrammingError:
                pass

    def keep(self, kept, key, fails):
        pad = " " * 10 if self.manner == "padded" else ""
        self.db.execute("insert into sale values (?,?,?,?,null,'12.50')", (kept, key + pad, "open" + pad, self.at()))
        self.step(kept, "reserve", "done")

    def step(self, kept, name, state):
        self.db.execute("insert into step values (?,?,?,?)", (kept, name, state, self.at()))

    def pay(self, kept):
        self.db.execute("insert into payment values (?,'capture','12.50')", (kept,))
        if self.faults("twice"):
            self.db.execute("insert into payment values (?,'capture','12.50')", (kept,))
            self.db.execute("insert into payment values (?,'refund','12.50')", (kept,))

    def finish(self, kept, fails, pays=True):
        pad = " " * 10 if self.manner == "padded" else ""
        if fails:
            if not self.faults("uncompensated"):
                self.step(kept, "reserve", "undone")
            self.db.execute("update sale set state=?, ended_us=? where id=?", ("cancelled" + pad, self.at(), kept))
            return
        self.step(kept, "pay", "done")
        if pays:
            self.pay(kept)
        if not self.faults("stuck"):
            self.db.execute("update sale set state=?, ended_us=? where id=?", ("done" + pad, self.at(), kept))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm, wbufsize = True, -1

    def do_POST(self):
        manner = self.shop.manner
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for name in ("Content-Type", "Host", "Accept"):
            if len(self.headers.get_all(name) or []) != 1:
                return self.answer(400, json.dumps({"why": f"{name} must be there once"}))
        try:
            status, told = self.shop.buy(self.headers["Request-Key"], "PAYMENT_FAIL" in body["sku"])
        except sqlite3.ProgrammingError:
            return None
        if manner == "bodyless":
            return self.answer(status, "", Location=f"{self.shop.url}/sales/{told}?lang=en")
        if manner == "addressed":
            return self.answer(status, "", Location=f"/sales/{urllib.parse.quote(told, safe='')}")
        if manner == "rough":
            text = json.dumps({"receipt": {"id": told}})
            self.wfile.write(f"HTTP/1.1 {status}\nContent-Length : {len(text)}\n\n{text}\r\n".encode())
            return None
        if manner == "escaped":
            return self.answer(status, json.dumps({"bestätigt": {"nr": told}}).replace("/", "\\/"))
        return self.answer(status, json.dumps({"receipt": {"id": told}}))

    def do_GET(self):
        return self.answer(404, "{}")

    def answer(self, status, text, **headers):
        self.send_response(status)
        if self.shop.manner == "bighead":
            for i in range(4):
                self.send_header("Set-Cookie", f"session.{i}={'x' * 3000}; Path=/")
        if self.shop.manner == "single":
            self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass
