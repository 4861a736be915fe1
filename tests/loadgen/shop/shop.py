#!/usr/bin/env python3
"""A small shop, independent of sagactl: another API, another database, another language.

    shop.py --database FILE [--port N] [--fault NAME]

POST /shop/buy takes {"buyer", "lines": [{"sku", "count", "cents"}]} with the header Request-Key. It writes the
order, reserves stock, captures the money and ships; an order for a sku with PAYMENT_FAIL, or for more than the stock,
is undone step by step. The same key gets the same receipt. GET /shop/orders/<number> returns the state of an order.
Everything is stored in the SQLite file. Faults, each in the first matching order: double (a key creates two orders),
lost (a receipt without an order), uncompensated (a failed order keeps its reserved stock); and late: orders are
committed up to half a second after their receipts, so that kill -9 loses some. Otherwise a shop that was killed and is
started again with the same file knows its orders.
"""
import argparse
import json
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SCHEMA = """
create table if not exists purchase(number text primary key, request_key text, sku text, count integer, cents integer, state text,
                      placed_us integer, ended_us integer, clerk text);
create table if not exists work(number text, what text, state text, at_us integer, clerk text);
create table if not exists shelf(sku text primary key, began integer, free integer, held integer, gone integer);
create table if not exists till(number text, kind text, cents integer);
"""
STOCK = 1_000


def now_us():
    return time.time_ns() // 1000


class Shop:
    def __init__(self, path, fault):
        self.lock = threading.Lock()
        self.fault = fault
        self.faulted = False
        self.database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.database.execute("pragma journal_mode = wal")
        self.database.executescript(SCHEMA)
        self.receipts = {}
        self.numbers = 0
        for number, key, cents in self.database.execute("select number, request_key, cents from purchase"):
            self.receipts[key] = {"receipt": {"number": number}, "sum": cents / 100}
            self.numbers = max(self.numbers, int(number[2:]))
        if fault == "late":
            threading.Thread(target=self.commit_now_and_then, daemon=True).start()

    def commit_now_and_then(self):
        while True:
            time.sleep(0.5)
            with self.lock:
                if self.database.in_transaction:
                    self.database.execute("commit")

    def faults(self, name):
        """Whether the planted fault applies here; only once."""
        if self.fault != name or self.faulted:
            return False
        self.faulted = True
        return True

    def buy(self, key, body):
        with self.lock:
            line = body["lines"][0]
            seen = self.receipts.get(key)
            if seen and not self.faults("double"):
                return 200, dict(seen, repeated=True)
            self.numbers += 1
            number = f"R-{self.numbers:06d}"
            clerk = f"clerk-{self.numbers % 2 + 1}"
            receipt = {"receipt": {"number": number}, "sum": line["cents"] * line["count"] / 100}
            self.receipts[key] = receipt
            fails = "PAYMENT_FAIL" in line["sku"]
            if not fails and not seen and self.faults("lost"):
                return 201, receipt
            if not self.database.in_transaction:
                self.database.execute("begin immediate")
            self.work_on(number, key, line, clerk, fails)
            if self.fault != "late":
                self.database.execute("commit")
            return 201, receipt

    def work_on(self, number, key, line, clerk, payment_fails):
        sku, count = line["sku"], line["count"]
        cents = line["cents"] * count
        run = self.database.execute
        step = lambda what, state: run("insert into work values (?,?,?,?,?)", (number, what, state, now_us(), clerk))
        run("insert into purchase values (?,?,?,?,?,'placed',?,null,?)",
            (number, key, sku, count, cents, now_us(), clerk))
        run("insert or ignore into shelf values (?,?,?,0,0)", (sku, STOCK, STOCK))
        reserved = run("update shelf set free=free-?, held=held+? where sku=? and free>=?",
                       (count, count, sku, count)).rowcount == 1
        if reserved:
            step("reserve", "done")
        if reserved and not payment_fails:
            run("insert into till values (?,'capture',?)", (number, cents))
            step("pay", "done")
            run("update shelf set held=held-?, gone=gone+? where sku=?", (count, count, sku))
            step("ship", "done")
            return run("update purchase set state='shipped', ended_us=? where number=?", (now_us(), number))
        if reserved and not self.faults("uncompensated"):
            run("update shelf set free=free+?, held=held-? where sku=?", (count, count, sku))
            step("reserve", "undone")
        return run("update purchase set state='given up', ended_us=? where number=?", (now_us(), number))

    def state_of(self, number):
        with self.lock:
            row = self.database.execute("select state from purchase where number=?", (number,)).fetchone()
        return (200, {"number": number, "state": row[0]}) if row else (404, {"why": "no such order"})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path != "/shop/buy" or "Request-Key" not in self.headers:
            return self.answer(400, {"why": "POST /shop/buy with a Request-Key"})
        return self.answer(*self.server.shop.buy(self.headers["Request-Key"], json.loads(body)))

    def do_GET(self):
        return self.answer(*self.server.shop.state_of(self.path.rsplit("/", 1)[-1]))

    def log_message(self, *_):
        pass


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("--database", required=True)
    flags.add_argument("--port", type=int, default=0)
    flags.add_argument("--fault", choices=["double", "lost", "uncompensated", "late"])
    chosen = flags.parse_args()
    ThreadingHTTPServer.request_queue_size = 256
    server = ThreadingHTTPServer(("127.0.0.1", chosen.port), Handler)
    server.shop = Shop(chosen.database, chosen.fault)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
