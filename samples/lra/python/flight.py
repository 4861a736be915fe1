"""A flight that takes part in LRAs, with nothing but Python: python3 flight.py PORT COORDINATOR FILE"""
import sqlite3
import sys
import threading
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, coordinator, file = int(sys.argv[1]), sys.argv[2], sys.argv[3]
own_url = f"http://127.0.0.1:{port}"
lock = threading.Lock()  # one request at a time: all share this connection
database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
database.executescript("""PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS seats (id TEXT PRIMARY KEY, lra TEXT, passenger TEXT, state TEXT);
    CREATE TABLE IF NOT EXISTS told (seat TEXT, lra TEXT, word TEXT);""")
no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(Exception):
    pass


def join(lra, seat):
    """From then on the coordinator tells this seat how the LRA ends."""
    if not lra.startswith(coordinator + "/lra-coordinator/"):  # nobody else's: it is called
        raise Refused("the header Long-Running-Action names no LRA of this coordinator")
    rels = ("compensate", "complete", "after")
    link = ",".join(f'<{own_url}/seats/{seat}/{rel}>; rel="{rel}"' for rel in rels)
    request = urllib.request.Request(lra, b"", {"Link": link, "Content-Type": "text/plain"}, method="PUT")
    try:
        no_proxy.open(request, timeout=10).close()
    except urllib.error.HTTPError as error:  # it has ended, or is ending
        raise Refused(error.read().decode()) from None


def reserve(lra, passenger):
    """Joins before it acts. So the seat hears of the end in any case, also when this process dies in between."""
    seat = uuid.uuid4().hex
    join(lra, seat)
    with lock, database:
        database.execute("BEGIN IMMEDIATE")
        if database.execute("SELECT 1 FROM told WHERE seat = ?", (seat,)).fetchone():
            raise Refused("the LRA has ended")  # its time limit was over before this transaction began
        database.execute("INSERT INTO seats VALUES (?, ?, ?, 'reserved')", (seat, lra, passenger))
    return seat


def tell(lra, seat, word, body):
    """May be repeated. Without a reservation it changes no row."""
    with lock, database:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO told VALUES (?, ?, ?)", (seat, lra, body if word == "after" else word))
        if word == "complete":
            database.execute("UPDATE seats SET state = 'sold' WHERE id = ?", (seat,))
        if word == "compensate":
            database.execute("UPDATE seats SET state = 'released' WHERE id = ?", (seat,))
    return {"complete": "Completed", "compensate": "Compensated", "after": ""}[word]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together

    def answer(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        lra = self.headers["Long-Running-Action"] or self.headers["Long-Running-Action-Ended"] or ""
        try:
            match self.command, *self.path.split("/")[1:]:
                case "POST", "seats":
                    status, text = 201, reserve(lra, passenger=body)
                case "PUT", "seats", seat, ("complete" | "compensate" | "after") as word:
                    status, text = 200, tell(lra, seat, word, body)
                case _:
                    status, text = 404, "no such path"
        except Refused as refused:
            status, text = 409, str(refused)
        except (OSError, sqlite3.Error) as failed:  # the coordinator calls again; a passenger has to
            status, text = 503, str(failed)
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_PUT = answer


ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
