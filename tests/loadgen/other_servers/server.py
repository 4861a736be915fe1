"""Correct servers of different kinds, each optionally with one planted fault.

    Server(kind, fault, folder, seed) starts one in this process; `url`, `profile` and `database` are what a test needs.

Kinds:
  escaped   ids and names are written with JSON escapes
  respelled UUIDs in capitals in the answers, without hyphens in the database
  padded    UUIDs in braces, and char(n) columns that are padded with spaces
  late      the answer is immediate, the row follows later, the payment even later
  single    one connection is served at a time, and closed after its answer
  declined  an order that fails is answered with 402 and stored as a cancelled row
  bodyless  an answer is a Location and no body
  bighead   12 KB of cookies in each head, and ids of 130 bytes
  seconds   times are whole seconds, rows are unordered
  queue     one order at a time, so that requests time out at clients and take effect later
  blob      UUIDs are stored as bytes
  rough     answer heads have no reason and end lines with LF alone, and an empty line follows the body
  addressed an answer is a Location whose id is percent-encoded
  page      no database can be read, but each order has a page with its status
  list      no database can be read, but the server lists its orders, some on each page
  enveloped every answer is 200, and its body says what came of it: a number, a duplicate, or a refusal that stores nothing
  replaying a repeated request gets the first answer again, with its status
  snowflake ids are numbers that no double holds, and the server lists its orders
Faults, each in the first order (or group) that it fits:
  double        a key creates two orders
  lost          an order that was accepted is not stored
  stuck         an order never ends
  uncompensated a failed order keeps a step in effect
  twice         a payment is captured twice
  error         an order takes effect, but is answered with 500
  kept          an order that is meant to fail is completed
  reused        an order is answered with the id of another one
  unreturned    a failed order keeps its units, although its step is undone
  taken         the units of an order are taken twice
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

KINDS = ["escaped", "respelled", "padded", "late", "single", "declined", "bodyless", "bighead", "seconds", "queue", "blob",
           "rough", "addressed", "page", "list", "enveloped", "replaying", "snowflake"]
FAULTS = ["double", "lost", "stuck", "uncompensated", "twice", "error", "kept", "reused", "unreturned", "taken"]

SCHEMA = """
pragma journal_mode = wal; pragma synchronous = off;
create table sale(id, request_key, state, placed_us integer, ended_us integer, amount);
create table step(sale, name, state, at_us integer);
create table payment(sale, kind, amount);
create table stock(sku primary key, began integer, free integer, held integer, gone integer);
"""


def now_us():
    return time.time_ns() // 1000


class Server:
    def __init__(self, kind, fault, folder, seed):
        self.kind, self.fault, self.faulted = kind, fault, False
        self.fault_answer = self.first = None
        self.random = random.Random(seed)
        self.database = f"{folder}/sale.db"
        self.db = sqlite3.connect(self.database, check_same_thread=False, isolation_level=None)
        self.db.executescript(SCHEMA)
        self.lock, self.seen, self.count = threading.Lock(), {}, 0
        self.lines = {}  # what each sale is of: the sku and how many
        threaded = kind != "single"
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
        order = {"bodyless": '{ header = "Location" }', "addressed": '{ header = "Location" }', "escaped": '"/bestätigt/nr"'}.get(self.kind, '"/receipt/id"')
        shuffled = "order by random()" if self.kind == "seconds" else ""
        listed = """
[list]
path = "/sales?of={prefix}&after={next}"
orders = "/sales"
next = "/next"
order_id = "/id"
created_at = "/placed"
ended_at = "/ended"
status = "/state"
key = "/key"
""" if self.kind in ("list", "snowflake") else ""
        outcome = """accepted = [200]
duplicate = [200]
duplicate_if = { pointer = "/error/code", values = ["REPEATED"] }
rejected_if = { pointer = "/error" }""" if self.kind == "enveloped" else """accepted = [201]
duplicate = [200]"""
        readable = self.kind not in ("page", "list", "snowflake")
        return f"""
[create]
path = "/buy"
headers = {{ "request-key" = "{{key}}", "content-type" = "application/vnd.shop+json" }}
body = '{{"sku":"{{product}}","count":{{quantity}}}}'
[answer]
order = {order}
[outcome]
{outcome}
[status]
path = "/sales/{{order}}"
pointer = "/state"
completed = ["done"]
undone = ["cancelled"]
{listed}
""" + (f"""
[sql]
orders = "select id as order_id, placed_us as created_us, ended_us, state as status, request_key as key, amount from sale where request_key like '{{prefix}}%' {shuffled}"
steps = "select sale as order_id, name as step, step.state as state, at_us from step join sale on sale.id = step.sale where request_key like '{{prefix}}%' {shuffled}"
payments = "select sale as order_id, kind, payment.amount as amount from payment join sale on sale.id = payment.sale where request_key like '{{prefix}}%'"
stock = "select sku as product, began as initial, free as available, held as reserved, gone as sold from stock"
""" if readable else "")

    # Whether the planted fault applies here; only once.
    def faults(self, name):
        if self.fault != name or self.faulted:
            return False
        self.faulted = True
        return True

    # The same id as the answer and as the database spell it.
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
                "snowflake": (2**53 + 2 * self.count + 1,) * 2,
                "late": (self.count, f"{self.count}.0"),
                "queue": (f"S{self.count:08d}",) * 2}.get(self.kind, (spelled,) * 2)

    def at(self):
        us = now_us()
        return us // 1_000_000 * 1_000_000 if self.kind == "seconds" else us

    def buy(self, key, fails, line):
        with self.lock:
            if self.kind == "queue":
                time.sleep(0.03)
            again = self.seen.get(key)
            if again and not (not fails and self.faults("double")):
                return again[0], again[1]
            answered, stored = self.new_id()
            if fails and self.kind == "enveloped" and not self.fault:
                return 402, ""
            status = 402 if fails and self.kind == "declined" else 201
            self.lines[stored] = line
            self.seen[key] = (200 if status == 201 and self.kind != "replaying" else status, answered)
            if not fails and not again and self.faults("lost"):
                self.fault_answer = answered
                return status, answered
            if self.kind == "late":
                threading.Timer(0.2 + self.random.random() * 0.5, self.keep_later, (stored, key, fails)).start()
            else:
                self.keep(stored, key, fails)
                self.finish(stored, fails)
            # Other requests of a group that time out, or that are accepted too, might have created its order instead.
            is_sure = self.kind not in ("queue", "replaying") or "-S-" in key
            if not fails and is_sure and self.faults("error"):
                self.fault_answer = answered
                return 500, answered
            if not fails and status == 201:
                if self.first and is_sure and self.kind != "queue" and self.faults("reused"):
                    return status, self.first
                self.first = self.first or answered
            return status, answered

    def state_of(self, order):
        with self.lock:
            row = self.db.execute("select state from sale where id=?", (order,)).fetchone()
        return row and row[0]

    def listed(self, prefix, after):
        with self.lock:
            rows = self.db.execute("select rowid, id, request_key, state, placed_us, ended_us from sale "
                                   "where request_key like ? and rowid > ? order by rowid limit 7",
                                   (prefix + "%", after)).fetchall()
        sales = [{"id": i, "key": k, "state": s, "placed": p / 1e6, "ended": e and e // 1000} for _, i, k, s, p, e in rows]
        return {"sales": sales, "next": rows[-1][0] if len(rows) == 7 else None}

    def keep_later(self, stored, key, fails):
        with self.lock:
            try:
                self.keep(stored, key, fails)
                self.finish(stored, fails, pays=False)
            except sqlite3.ProgrammingError:
                return
        if not fails:
            threading.Timer(0.1 + self.random.random() * 0.3, self.pay_later, (stored,)).start()

    def pay_later(self, stored):
        with self.lock:
            try:
                self.pay(stored)
            except sqlite3.ProgrammingError:
                pass

    def keep(self, stored, key, fails):
        pad = " " * 10 if self.kind == "padded" else ""
        self.db.execute("insert into sale values (?,?,?,?,null,'12.50')", (stored, key + pad, "open" + pad, self.at()))
        sku, _ = self.lines[stored]
        self.db.execute("insert or ignore into stock values (?,1000,1000,0,0)", (sku,))
        self.move(stored, "free", "held")
        # Where a request of its group got no answer, that one might have taken the units instead.
        if not fails and (self.kind != "queue" or "-S-" in key) and self.faults("taken"):
            self.move(stored, "free", "gone")
        self.step(stored, "reserve", "done")

    def move(self, stored, source, target):
        sku, units = self.lines[stored]
        self.db.execute(f"update stock set {source}={source}-?, {target}={target}+? where sku=?", (units, units, sku))

    def step(self, stored, name, state):
        self.db.execute("insert into step values (?,?,?,?)", (stored, name, state, self.at()))

    def pay(self, stored):
        self.db.execute("insert into payment values (?,'capture','12.50')", (stored,))
        if self.faults("twice"):
            self.db.execute("insert into payment values (?,'capture','12.50')", (stored,))
            self.db.execute("insert into payment values (?,'refund','12.50')", (stored,))

    def finish(self, stored, fails, pays=True):
        pad = " " * 10 if self.kind == "padded" else ""
        if fails and not self.faults("kept"):
            if not self.faults("uncompensated"):
                self.step(stored, "reserve", "undone")
            if not self.faults("unreturned"):
                self.move(stored, "held", "free")
            self.db.execute("update sale set state=?, ended_us=? where id=?", ("cancelled" + pad, self.at(), stored))
            return
        self.step(stored, "pay", "done")
        self.move(stored, "held", "gone")
        if pays or fails:
            self.pay(stored)
        if not self.faults("stuck"):
            self.db.execute("update sale set state=?, ended_us=? where id=?", ("done" + pad, self.at(), stored))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm, wbufsize = True, -1

    def do_POST(self):
        kind = self.shop.kind
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for name in ("Content-Type", "Host", "Accept"):
            if len(self.headers.get_all(name) or []) != 1:
                return self.answer(400, json.dumps({"why": f"{name} must be there once"}))
        try:
            status, answered = self.shop.buy(self.headers["Request-Key"], "PAYMENT_FAIL" in body["sku"],
                                                (body["sku"], body["count"]))
        except sqlite3.ProgrammingError:
            return None
        if kind == "bodyless":
            return self.answer(status, "", Location=f"{self.shop.url}/sales/{answered}?lang=en")
        if kind == "addressed":
            return self.answer(status, "", Location=f"/sales/{urllib.parse.quote(answered, safe='')}")
        if kind == "enveloped" and status < 500:
            refusal = {200: {"code": "REPEATED"}, 402: {"code": "DECLINED"}}.get(status)
            return self.answer(200, json.dumps({"error": refusal, "receipt": {"id": answered} if answered else None}))
        if kind == "rough":
            text = json.dumps({"receipt": {"id": answered}})
            self.wfile.write(f"HTTP/1.1 {status}\nContent-Length : {len(text)}\n\n{text}\r\n".encode())
            return None
        if kind == "escaped":
            return self.answer(status, json.dumps({"bestätigt": {"nr": answered}}).replace("/", "\\/"))
        return self.answer(status, json.dumps({"receipt": {"id": answered}}))

    def do_GET(self):
        at = urllib.parse.urlsplit(self.path)
        if self.shop.kind == "page" and at.path.startswith("/sales/"):
            state = self.shop.state_of(at.path.rsplit("/", 1)[-1])
            return self.answer(200, json.dumps({"state": state})) if state else self.answer(404, "{}")
        if self.shop.kind in ("list", "snowflake") and at.path == "/sales":
            asked = urllib.parse.parse_qs(at.query)
            return self.answer(200, json.dumps(self.shop.listed(asked["of"][0], int(asked.get("after", ["0"])[0]))))
        return self.answer(404, "{}")

    def answer(self, status, text, **headers):
        self.send_response(status)
        if self.shop.kind == "bighead":
            for i in range(4):
                self.send_header("Set-Cookie", f"session.{i}={'x' * 3000}; Path=/")
        if self.shop.kind == "single":
            self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass
