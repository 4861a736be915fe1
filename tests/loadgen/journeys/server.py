"""Shops whose orders take several requests, each optionally with one planted fault.

    Server(kind, fault, folder, seed) starts one in this process; `url`, `profile` and `database` are what a test needs.

Kinds:
  location  log-in for a bearer token that expires soon; the order's address is in Location; asked until it is ready, then
            paid, cancelled or left alone
  cookies   log-in sets a session cookie; a cart is a cookie of its own; the order is made of the cart
  csrf      a page with a form whose token belongs to a cookie; the order redirects to a page with a receipt to pay
  graphql   the order and its payment are mutations, every answer is 200, and errors are in it
Faults, each once:
  double     a key creates two orders
  lost       an order that was accepted is not stored
  other      an order's answer names another one
  stuck      an order is never ready (location)
  refused    a valid request is refused: the payment (location, graphql), the cart (cookies), the receipt's page (csrf)
  valueless  a value is missing in an answer (csrf, graphql)
"""
import email
import email.policy
import http.server
import json
import random
import sqlite3
import threading
import time
import urllib.parse

FAULTS = {
    "location": ["double", "lost", "other", "stuck", "refused"],
    "cookies": ["double", "lost", "other", "refused"],
    "csrf": ["double", "lost", "refused", "valueless"],
    "graphql": ["double", "lost", "refused", "valueless"],
}

SCHEMA = """
pragma journal_mode = wal; pragma synchronous = off;
create table sale(id integer primary key autoincrement, request_key, buyer, state, placed_us integer);
create table mail(id, address);
"""

PROFILES = {
    "location": """
users = ["ann", "ben", "eve"]
branches = { pays = 8, cancels = 1, leaves = 1 }
[[set_up]]
name = "season"
path = "/season"
keep = { season = "/name" }
[[data]]
file = "mail.csv"
order = "once"
[log_in]
path = "/token"
body = '{"user":"{user}","password":"{env:SHOP_PASSWORD}"}'
bearer = "/access_token"
expires_in = "/expires_in"
[create]
path = "/orders"
headers = { "Idempotency-Key" = "{key}", "X-Season" = "{season}" }
body = '{"sku":"{product}","mail":"{data:mail}","at":"{now:iso}","note":"{random:hex8}"}'
keep = { link = { header = "Location" } }
[answer]
order = { header = "Location" }
[outcome]
accepted = [201]
duplicate = [200]
[status]
path = "/orders/{order}"
pointer = "/state"
completed = ["ready", "paid"]
undone = ["cancelled"]
[[after]]
name = "wait"
path = "{link}"
until = { pointer = "/state", values = ["ready", "paid", "cancelled"], every = "20ms", at_most = "AT_MOST" }
[[after]]
name = "pay"
branch = "pays"
pause = ["1ms", "5ms"]
method = "POST"
path = "/orders/{order}/payment"
body = '{"id":"{uuid}"}'
keep = { receipt = "/receipt/number" }
[[after]]
name = "look at the receipt"
branch = "pays"
path = "/receipts/{receipt}"
[[after]]
name = "cancel"
branch = "cancels"
method = "DELETE"
path = "{link}"
expect = [204]
[[tear_down]]
name = "season ends"
method = "POST"
path = "/season/{season}/end"
""",
    "cookies": """
cookies = "journey"
[[data]]
name = "account"
file = "accounts.jsonl"
order = "user"
[log_in]
path = "/login"
form = { user = "{account:name}", password = "{account:password}" }
expect = [302]
[[before]]
name = "cart"
path = "/cart?sku={product}"
method = "POST"
keep = { cart = { cookie = "cart" } }
[create]
path = "/checkout"
body = '{"key":"{key}","cart":"{cart}"}'
[answer]
order = "/order/number"
[outcome]
accepted = [201]
duplicate = [409]
[[after]]
name = "my orders"
path = "/orders?number={order}"
expect = [200]
""",
    "csrf": """
cookies = "user"
[log_in]
path = "/order/new"
[[before]]
name = "form"
path = "/order/new"
headers = { Accept = "text/html" }
keep = { token = { field = "csrf_token" } }
[create]
path = "/order"
form = { csrf_token = "{token}", key = "{key}", sku = "{product}", remark = "50% off & free" }
keep = { page = { header = "Location" } }
[answer]
order = { header = "Location", after = "/order/", before = "/done" }
[outcome]
accepted = [303]
duplicate = [303]
duplicate_if = { header = "X-Existing", values = ["yes"] }
[[after]]
name = "receipt"
path = "{page}"
headers = { Accept = "text/html" }
expect = [200]
keep = { receipt = { match = "Receipt <b>([A-Z0-9-]+)</b>" } }
[[after]]
name = "pay"
path = "/pay"
form = { receipt = "{receipt}", csrf_token = "{token}" }
""",
    "graphql": """
[create]
path = "/graphql"
graphql = "mutation Place($in: OrderInput!) { place(in: $in) {id} }"
operation = "Place"
variables = '{"in":{"key":"{key}","sku":"{product}","quantity":{quantity}}}'
[answer]
order = "/place/id"
[outcome]
accepted = [200]
duplicate = [200]
duplicate_if = { pointer = "/errors/0/extensions/code", values = ["KEY_IS_TAKEN"] }
[[after]]
name = "pay"
path = "/graphql"
graphql = "@pay.graphql"
variables = '{"id":"{order}"}'
keep = { receipt = "/pay/receipt" }
[[after]]
name = "photo"
path = "/photos"
multipart = { receipt = "{receipt}", photo = { file = "photo.png", type = "image/png" } }
""",
}

SQL = """
[sql]
orders = "select id as order_id, placed_us as created_us, request_key as key, state as status from sale where request_key like '{prefix}%'"
"""


class Server:
    handler = None  # its class
    certificate = None  # of one that speaks TLS

    def __init__(self, kind, fault, folder, seed):
        self.kind, self.fault, self.faulted = kind, fault, False
        self.random = random.Random(seed)
        self.database = f"{folder}/sale.db"
        self.db = sqlite3.connect(self.database, check_same_thread=False, isolation_level=None)
        self.db.executescript(SCHEMA)
        self.lock, self.sessions, self.carts, self.asked = threading.Lock(), {}, {}, {}
        self.tokens, self.log_ins, self.seasons_ended, self.wrong = {}, 0, 0, []
        listening = type("Listening", (http.server.ThreadingHTTPServer,), {"request_queue_size": 256})
        self.http = listening(("127.0.0.1", 0), type("Bound", (self.handler,), {"shop": self}))
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/shop"
        self.profile = f"{folder}/sale.toml"
        states = '[status]\ncompleted = ["ready", "paid"]\n' if kind != "location" else ""
        with open(self.profile, "w", encoding="utf-8") as file:
            file.write(self.profile_text() + SQL)
            if states:
                file.write(states + 'path = "/orders/{order}"\npointer = "/state"\n')
        with open(f"{folder}/mail.csv", "w", encoding="utf-8") as file:
            file.write("id,mail\r\n" + "".join(f'{n},"buyer ""{n}"" <{n}@example.com>"\r\n' for n in range(1000)))
        with open(f"{folder}/pay.graphql", "w", encoding="utf-8") as file:
            file.write('mutation { pay(id: "{order}", note: "by card") {receipt} } # variables would be better\n')
        with open(f"{folder}/photo.png", "w", encoding="utf-8") as file:
            file.write("\x89PNG {not a field}\r\n")
        with open(f"{folder}/accounts.jsonl", "w", encoding="utf-8") as file:
            for name in ("ann & co", "bén", "eve"):
                file.write(json.dumps({"name": name, "password": f"{name}=secret+1"}) + "\n")
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def profile_text(self):
        # However busy this machine is, a correct shop is in time.
        return PROFILES[self.kind].replace("AT_MOST", "1s" if self.fault == "stuck" else "60s")

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        with self.lock:
            self.db.close()

    def plant(self, fault):
        """Whether this is the one time for the fault."""
        if self.fault != fault or self.faulted:
            return False
        self.faulted = True
        return True

    def place(self, key, buyer):
        """The id of the order with this key, whether it is new, and the id to name in the answer."""
        row = self.db.execute("select id from sale where request_key = ?", (key,)).fetchone()
        if row and not (self.fault == "double" and self.plant("double")):
            return row[0], False, row[0]
        # Of single orders, so that nothing else follows from a fault; the other one is another buyer's.
        is_single = "-S-" in key
        before = is_single and self.db.execute("select min(id) from sale where buyer <> ?", (buyer,)).fetchone()[0]
        state = "ready" if self.kind != "location" else "open"
        order = self.db.execute("insert into sale(request_key, buyer, state, placed_us) values (?, ?, ?, ?)",
                                (key, buyer, state, time.time_ns() // 1000)).lastrowid
        if before and self.plant("lost"):
            self.db.execute("update sale set id = -id, request_key = 'gone' where id = ?", (order,))
        return order, True, before if before and self.plant("other") else order

    def find(self, order):
        row = self.db.execute("select state from sale where id = ?", (order,)).fetchone()
        return row and row[0]

    def set_state(self, order, state):
        self.db.execute("update sale set state = ? where id = ?", (state, order))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in headers.items():
            for one in value if isinstance(value, list) else [value]:
                self.send_header(name.replace("_", "-"), one)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def json(self, status, value, **headers):
        self.answer(status, json.dumps(value), Content_Type="application/json", **headers)

    def cookie(self, name):
        for part in self.headers.get("Cookie", "").split("; "):
            key, _, value = part.partition("=")
            if key == name:
                return value
        return None

    def handle_one(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        path, _, query = self.path.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query))
        if not path.startswith("/shop/"):
            return self.json(404, {"message": f"nothing at {path}"})
        with self.shop.lock:
            return getattr(self, "take_" + self.shop.kind)(self.command, path[len("/shop"):].split("/")[1:])

    do_GET = do_POST = do_DELETE = handle_one

    # log-in for a token, Location, asking until it is ready, branches
    def take_location(self, method, path):
        shop = self.shop
        if path == ["token"]:
            asked = json.loads(self.body)
            if asked["password"] != 'open "sesame"':
                return self.json(401, {"message": "wrong password"})
            shop.log_ins += 1
            token = f"t{shop.log_ins}"
            shop.tokens[token] = asked["user"]
            return self.json(200, {"access_token": token, "expires_in": 1})
        if path == ["season"]:
            return self.json(200, {"name": "winter 27/28"})
        if path[0] == "season":
            shop.seasons_ended += path == ["season", "winter%2027%2F28", "end"]
            return self.json(200, {})
        buyer = shop.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if buyer is None:
            return self.json(401, {"message": "no token"})
        if path == ["orders"]:
            asked = json.loads(self.body)
            if self.headers["X-Season"] != "winter 27/28" or not asked["mail"].endswith("@example.com>"):
                return self.json(400, {"message": "wrong field"})
            order, is_new, named = shop.place(self.headers["Idempotency-Key"], buyer)
            if is_new:
                shop.db.execute("insert into mail values (?, ?)", (order, asked["mail"]))
            return self.answer(201 if is_new else 200, Location=f"{shop.url}/orders/{named}")
        if path[0] == "receipts":
            return self.json(200 if path[1] == "R/1 2".replace("/", "%2F").replace(" ", "%20") else 404, {})
        return self.take_order_of_location(method, int(path[1]), path[2:])

    def take_order_of_location(self, method, order, rest):
        shop = self.shop
        state = shop.find(order)
        if state is None:
            return self.json(404, {"message": "no such order"})
        if rest == ["payment"]:
            if shop.plant("refused"):
                return self.json(402, {"message": "card declined"})
            shop.set_state(order, "paid")
            return self.json(200, {"receipt": {"number": "R/1 2"}})
        if method == "DELETE":
            shop.set_state(order, "cancelled")
            return self.answer(204)
        shop.asked[order] = shop.asked.get(order, 0) + 1
        if shop.fault == "stuck" and shop.faulted in (False, order):
            shop.faulted = order
        elif state == "open" and shop.asked[order] >= 3:
            shop.set_state(order, "ready")
        return self.json(200, {"state": shop.find(order)})

    # a session and a cart, both cookies
    def take_cookies(self, method, path):
        shop = self.shop
        if path == ["login"]:
            form = dict(urllib.parse.parse_qsl(self.body))
            if form.get("password") != form.get("user", "") + "=secret+1":
                return self.answer(200, "wrong password")
            session = f"s{len(shop.sessions)}"
            shop.sessions[session] = form["user"]
            return self.answer(302, Location="/shop/", Set_Cookie=[f"session={session}; Path=/shop; HttpOnly", "old=; Max-Age=0"])
        if path[0] == "orders" and not self.query:
            return self.json(200, {"state": shop.find(path[1])})
        buyer = shop.sessions.get(self.cookie("session"))
        if buyer is None or self.cookie("old") is not None:
            return self.json(401, {"message": "log in first"})
        if path == ["cart"]:
            if shop.carts and shop.plant("refused"):
                return self.json(403, {"message": "no cart for you"})
            cart = f"c{len(shop.carts)}"
            shop.carts[cart] = buyer
            return self.json(200, {}, Set_Cookie=f"cart={cart}; Path=/shop/checkout")
        if path == ["checkout"]:
            asked = json.loads(self.body)
            if shop.carts.get(self.cookie("cart")) != buyer or asked["cart"] != self.cookie("cart"):
                return self.json(400, {"message": "not your cart"})
            order, is_new, named = shop.place(asked["key"], buyer)
            return self.json(201 if is_new else 409, {"order": {"number": named}})
        if self.cookie("cart") is not None:  # it is only for the checkout
            return self.json(400, {"message": "a cookie too many"})
        row = shop.db.execute("select buyer from sale where id = ?", (self.query["number"],)).fetchone()
        return self.json(200 if row == (buyer,) else 404, {})

    # a form with a token that belongs to a cookie
    def take_csrf(self, method, path):
        shop = self.shop
        if path == ["order", "new"]:
            visitor = self.cookie("visitor") or f"v{len(shop.sessions)}"
            token = shop.sessions.setdefault(visitor, f'+/=&"{visitor}\'<')
            escaped = token.replace("&", "&amp;").replace('"', "&quot;").replace("'", "&#39;").replace("<", "&#x3c;")
            page = f'<!-- <input name=csrf_token value=old> --><form><input type="hidden" value="{escaped}" name="csrf_token"></form>'
            return self.answer(200, page, Content_Type="text/html", Set_Cookie=f"visitor={visitor}; Path=/")
        if path[0] == "orders":
            return self.json(200, {"state": shop.find(path[1])})
        form = dict(urllib.parse.parse_qsl(self.body))
        if method == "POST" and form.get("csrf_token") != shop.sessions.get(self.cookie("visitor"), ""):
            return self.answer(403, "wrong token")
        if path == ["order"]:
            if form["remark"] != "50% off & free":
                return self.answer(400, "wrong remark")
            order, is_new, named = shop.place(form["key"], self.cookie("visitor"))
            more = {} if is_new else {"X_Existing": "yes"}
            return self.answer(303, Location=f"/shop/order/{named}/done?from=new", **more)
        if path == ["pay"]:
            return self.answer(200 if form["receipt"] == "R-17" else 404)
        if shop.plant("refused"):
            return self.answer(500, "out of paper")
        return self.answer(200, "thanks" if shop.plant("valueless") else "Receipt <b>R-17</b>", Content_Type="text/html")

    # mutations, and a photo as a part of a form
    def take_graphql(self, method, path):
        shop = self.shop
        if path == ["photos"]:
            parts = email.message_from_string(f"Content-Type: {self.headers['Content-Type']}\r\n\r\n{self.body}",
                                              policy=email.policy.HTTP).get_payload()
            sent = {part.get_param("name", header="Content-Disposition"): part for part in parts}
            photo = sent["photo"]
            is_right = (sent["receipt"].get_payload() == 'R "1"' and photo.get_filename() == "photo.png"
                        and photo.get_content_type() == "image/png" and "{not a field}" in photo.get_payload())
            return self.json(200 if is_right else 400, {})
        if path[0] == "orders":
            return self.json(200, {"state": shop.find(path[1])})
        asked = json.loads(self.body)
        if asked.get("operationName") == "Place" and asked["query"].endswith("{ place(in: $in) {id} }"):
            order = asked["variables"]["in"]
            number, is_new, named = shop.place(order["key"], order["sku"])
            if not is_new or order["quantity"] < 1:
                return self.refuse("the key is taken", "KEY_IS_TAKEN")
            return self.json(200, {"data": {"place": {"id": str(named)}}})
        if 'pay(id: "{order}", note: "by card") {receipt}' not in asked["query"]:
            return self.refuse("Syntax Error", "GRAPHQL_PARSE_FAILED")
        if shop.plant("refused"):
            return self.refuse("the card is declined", "DECLINED")
        shop.set_state(asked["variables"]["id"], "paid")
        return self.json(200, {"data": {"pay": {} if shop.plant("valueless") else {"receipt": 'R "1"'}}})

    def refuse(self, message, code):
        return self.json(200, {"data": None, "errors": [{"message": message, "extensions": {"code": code}}]})


Server.handler = Handler
