"""Shops that say over a connection of their own what becomes of an order, like those of server.py.

Kinds:
  events     server-sent events: of all orders of a buyer, for whoever listens before the order; and of one order from its
             beginning. Every connection ends after an event, and the next one goes on after Last-Event-ID
  websocket  a subscription that is confirmed, events, and a question with its answer; messages in pieces, with pings
  secured    a question and an event over TLS
Faults, each once:
  silent     the event of an order never comes
  astray     it names another order
  late       it comes after the time of its step
  closed     the connection is closed by the server (websocket), the stream is refused (events)
"""
import base64
import contextlib
import hashlib
import json
import ssl
import struct
import subprocess
import threading

from server import FAULTS, PROFILES, Handler, Server

WITHIN = {"": "60s", "silent": "1s", "astray": "1s", "late": "1s", "closed": "60s"}
TOO_LATE = 1.5  # seconds

FAULTS["secured"] = []
FAULTS |= {kind: ["silent", "astray", "late", "closed"] for kind in ("events", "websocket")}

ORDER = """
users = ["ann", "ben", "eve"]
[create]
path = "/orders"
body = '{"key":"{key}","buyer":"{user}"}'
[answer]
order = "/id"
[outcome]
accepted = [201]
duplicate = [200]
"""

PROFILES["events"] = ORDER + """
[[before]]
name = "listen"
path = "/events?buyer={user}"
events = { stays_open = true }
[[after]]
name = "shipped"
events = { from = "listen", event = "shipped", where = { "/order/id" = "{order}" }, within = "WITHIN" }
keep = { parcel = "/order/parcel" }
[[after]]
name = "invoice"
path = "/orders/{order}/events?parcel={parcel}"
events = { event = "invoice", within = "60s" }
"""

PROFILES["websocket"] = ORDER + """
[[before]]
name = "subscribe"
path = "/socket"
headers = { "Sec-WebSocket-Protocol" = "shop.v1" }
websocket = { send = ['{"subscribe":"{user}"}'], where = { "/type" = "subscribed" }, stays_open = true }
[[after]]
name = "shipped"
websocket = { from = "subscribe", where = { "/type" = "shipped", "/order/id" = "{order}" }, within = "WITHIN" }
keep = { parcel = "/order/parcel" }
[[after]]
name = "track"
pause = "1ms"
websocket = { from = "subscribe", send = ['{"track":"{parcel}"}'], where = { "/parcel" = "{parcel}", "/at" = "home" }, within = "60s" }
"""


PROFILES["secured"] = ORDER + """
[[after]]
name = "track"
path = "/socket"
websocket = { send = ['{"subscribe":"{user}"}', '{"track":"{order}"}'], where = { "/parcel" = "{order}", "/at" = "home" }, within = "60s" }
[[after]]
name = "invoice"
path = "/orders/{order}/events?parcel=P%20{order}"
events = { event = "invoice", within = "60s" }
"""


class StreamServer(Server):
    def __init__(self, kind, fault, folder, seed):
        self.events, self.changed, self.stopping = [], threading.Condition(), False
        super().__init__(kind, fault, folder, seed)
        if kind == "secured":
            self.secure(folder)

    def secure(self, folder):
        self.certificate, key = f"{folder}/certificate.pem", f"{folder}/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", self.certificate, "-days", "1", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, key)
        self.http.socket = tls.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = self.url.replace("http:", "https:")

    def profile_text(self):
        return super().profile_text().replace("WITHIN", WITHIN[self.fault])

    def stop(self):
        with self.changed:
            self.stopping = True
            self.changed.notify_all()
        super().stop()

    def publish(self, buyer, name, order):
        with self.changed:
            self.events.append((buyer, name, order))
            self.changed.notify_all()

    def await_events(self, after):
        """Those from this number on, at least one; or none when the server stops."""
        with self.changed:
            self.changed.wait_for(lambda: self.stopping or len(self.events) > after)
            return [] if self.stopping else self.events[after:]

    def ship(self, buyer, order):
        event = {"id": order, "parcel": f"P {order}"}
        if self.plant("silent"):
            return
        if self.plant("astray"):
            event["id"] = -1
        if self.plant("late"):
            threading.Timer(TOO_LATE, self.publish, (buyer, "shipped", event)).start()
        elif self.random.random() < 0.5:  # before the order is answered
            self.publish(buyer, "shipped", event)
        else:
            threading.Timer(self.random.random() / 50, self.publish, (buyer, "shipped", event)).start()


class StreamHandler(Handler):
    def handle(self):
        with contextlib.suppress(OSError):  # the client has closed it
            super().handle()

    def finish(self):
        with contextlib.suppress(OSError):
            super().finish()

    def do_GET(self):
        path, _, query = self.path.partition("?")
        is_stream = path.endswith("/events") or path.endswith("/socket")
        if not is_stream:
            return self.handle_one()
        self.close_connection = True
        return self.follow_socket() if path.endswith("/socket") else self.follow_events(path, query)

    def do_POST(self):
        return self.handle_one()

    def take_order(self, _method, path):
        shop = self.shop
        if len(path) == 2:
            return self.json(200, {"state": shop.find(path[1])})
        asked = json.loads(self.body)
        order, is_new, _ = shop.place(asked["key"], asked["buyer"])
        if is_new:
            shop.ship(asked["buyer"], order)
        return self.json(201 if is_new else 200, {"id": order})

    take_events = take_websocket = take_secured = take_order

    # server-sent events

    def follow_events(self, path, query):
        shop = self.shop
        if self.headers["Accept"] != "text/event-stream" or shop.plant("closed"):
            return self.json(403, {"message": "nothing for you"})
        after = self.headers["Last-Event-ID"]
        number = int(after) + 1 if after else len(shop.events)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        if path.startswith("/shop/orders/"):
            order = path.split("/")[3]
            is_right = query == f"parcel=P%20{order}"
            return self.send_event("invoice" if is_right else "wrong", "0", {"of": order})
        self.wfile.write("\ufeff: welcome\nretry: 5\n\n".encode())
        self.wfile.flush()
        buyer = query.removeprefix("buyer=")
        while events := shop.await_events(number):
            for to, name, order in events:
                if to == buyer:
                    return self.send_event(name, str(number), {"order": order})
                number += 1

    def send_event(self, name, number, data):
        lines = json.dumps(data, indent=1).split("\n")
        self.wfile.write((f"event: {name}\r\nid: {number}\r\n" + "".join(f"data: {line}\r\n" for line in lines) + "\r\n").encode())
        self.wfile.flush()

    # RFC 6455

    def follow_socket(self):
        shop = self.shop
        accept = hashlib.sha1((self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Protocol", "shop.v1"),
                            ("Sec-WebSocket-Accept", base64.b64encode(accept).decode())):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
        self.sending = threading.Lock()
        buyer = self.read_text()["subscribe"]
        number = len(shop.events)
        self.send_text({"type": "subscribed"})
        if not shop.certificate:  # a connection with TLS is for one thread
            threading.Thread(target=self.forward, args=(buyer, number), daemon=True).start()
        while (asked := self.read_text()) is not None:
            if shop.plant("closed"):
                return self.send_frame(0x88, struct.pack(">H", 1011) + b"no more")
            self.send_text({"parcel": asked["track"], "at": "post office"})
            self.send_text({"parcel": asked["track"], "at": "home"})

    def forward(self, buyer, number):
        with contextlib.suppress(OSError, ValueError):  # the client has closed it, or this server
            while events := self.shop.await_events(number):
                number += len(events)
                for to, name, order in events:
                    if to == buyer:
                        self.send_text({"type": name, "order": order})

    def send_frame(self, first, payload):
        with self.sending:
            self.send_bytes(first, payload)

    def send_bytes(self, first, payload):
        size = bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + struct.pack(">H", len(payload))
        self.wfile.write(bytes([first]) + size + payload)
        self.wfile.flush()

    def send_text(self, message):
        payload = json.dumps(message).encode()
        with self.sending:
            self.send_bytes(0x01, payload[:5])
            self.send_bytes(0x89, b"are you there?")
            self.send_bytes(0x80, payload[5:])

    def read_text(self):
        """The next message as JSON; None at the end. Pongs are skipped."""
        while True:
            head = self.rfile.read(2)
            if len(head) < 2 or head[0] & 0x0F == 8:
                return None
            size = head[1] & 0x7F
            if size == 126:
                size = struct.unpack(">H", self.rfile.read(2))[0]
            mask, payload = self.rfile.read(4), self.rfile.read(size)
            text = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
            if head[0] & 0x0F == 1:
                return json.loads(text)


StreamServer.handler = StreamHandler


def start(kind, fault, folder, seed):
    return (StreamServer if kind in ("events", "websocket", "secured") else Server)(kind, fault, folder, seed)
