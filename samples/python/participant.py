"""What a participant of sagas owes: a call takes effect once, however often it comes, and not at all after its undo."""
import json
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit


class Participant:
    keys_kept = 30 * 86400  # seconds; longer than any call is repeated
    tables = ""  # of the participant's own, in the same database: one transaction holds the key and the effect

    def __init__(self, file):
        self.moved = 0  # seconds by which a rehearsal has moved the clock
        self.lock = threading.Lock()  # one request at a time: all share this connection
        self.database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self.sql = self.database.execute
        self.database.executescript("""PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS calls (key TEXT PRIMARY KEY, status INTEGER, answer TEXT, at REAL);
            CREATE INDEX IF NOT EXISTS calls_by_age ON calls (at);""" + self.tables)

    def once(self, key, act):
        """Acts and stores the answer, in one transaction. Called again with the same key it gives the stored answer."""
        if not key:
            return 400, {"reason": "the header Idempotency-Key is missing"}
        with self.database:
            self.sql("BEGIN IMMEDIATE")
            self.sql("DELETE FROM calls WHERE at < ?", (self.now() - self.keys_kept,))
            if stored := self.answer_to(key):
                return stored
            answer = act()
            self.store(key, *answer)
            return answer

    def undo(self, key, act):
        """Undoes the call with that key, and from then on refuses it: also when it has not come yet."""
        with self.database:
            self.sql("BEGIN IMMEDIATE")
            self.store(key, 409, {"reason": "this call was undone"})
            act()
            return 200, {}

    def answer_to(self, key):
        row = self.sql("SELECT status, answer FROM calls WHERE key = ?", (key,)).fetchone()
        return row and (row[0], json.loads(row[1]))

    def store(self, key, status, answer):
        self.sql("INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?)", (key, status, json.dumps(answer), self.now()))

    def now(self):
        return time.time() + self.moved

    def handle(self, request):
        match request.method, *request.path:
            case "POST", "clock":  # for rehearsals alone: leave it out of a service that others can reach
                self.moved += float(request.body["seconds"])
                return 200, {}
        return 400, {"reason": "no such path"}  # not 404: to an undo that means that there was nothing to undo

    def serve(self, port):
        """Answers requests on the loopback address until the process ends."""
        participant = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body leave together

            def answer(self):
                text = self.rfile.read(int(self.headers["Content-Length"] or 0))
                try:
                    url = urlsplit(self.path)
                    self.method, self.query = self.command, dict(parse_qsl(url.query))
                    self.path = [unquote(part) for part in url.path.split("/")[1:]]
                    self.key = (self.headers["Idempotency-Key"] or "").strip('"')
                    self.saga = self.headers["Saga-Id"]
                    self.body = json.loads(text or "{}")
                    with participant.lock:
                        status, answer = participant.handle(self)
                except (KeyError, TypeError, ValueError) as wrong:
                    status, answer = 400, {"reason": f"the request is not understood: {wrong!r}"}
                except sqlite3.Error as failed:  # rolled back, so nothing happened: the saga tries again
                    status, answer = 503, {"reason": str(failed)}
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_DELETE = answer

        ThreadingHTTPServer.request_queue_size = 128
        ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
