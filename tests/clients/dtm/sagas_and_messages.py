"""Runs sagas and messages with DTM's client for Python, unchanged, against the node at $DTM. The participants are in
this process, and keep their barrier in SQLite behind a cursor of the kind that the client expects."""
import contextlib
import io
import json
import os
import sqlite3
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import requests
from dtmcli import barrier, msg, saga, utils

DTM = os.environ["DTM"]  # http://host:port/api/dtmsvr
calls = []  # (path, op, branch_id, body)
answers = {}  # path: (status, body)
database = os.path.join(tempfile.mkdtemp(), "barrier.db")


class Cursor:
    """MySQL's cursor, as far as the client needs it."""

    def __init__(self):
        self.connection = sqlite3.connect(database, timeout=30)
        self.cursor = self.connection.cursor()

    def execute(self, sql):
        sql = sql.replace("insert ignore", "insert or ignore").replace("dtm_barrier.barrier", "barrier")
        return self.cursor.execute(sql.replace('"', "'")).rowcount

    def fetchone(self):
        return self.cursor.fetchone()


with contextlib.closing(sqlite3.connect(database)) as connection:
    connection.execute(
        "create table barrier(trans_type, gid, branch_id, op, barrier_id, reason,"
        " unique(gid, branch_id, op, barrier_id))"
    )
    connection.execute("create table balance(amount)")
    connection.execute("insert into balance values(100)")
    connection.commit()


def balance():
    with contextlib.closing(sqlite3.connect(database)) as reader:
        return reader.execute("select amount from balance").fetchone()[0]


def pay(amount):
    return lambda cursor: cursor.execute(f"update balance set amount = amount - {amount}")


class Participant(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def respond(self):
        url = urlsplit(self.path)
        given = dict(parse_qsl(url.query))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        calls.append((url.path, given["op"], given["branch_id"], body))
        status, text = answers.get(url.path, (200, '{"dtm_result":"SUCCESS"}'))
        guard = barrier.BranchBarrier(given["trans_type"], given["gid"], given["branch_id"], given["op"])
        if url.path == "/asked":
            try:
                guard.query_prepared(Cursor())
            except utils.DTMFailureError:
                status = 409
        elif url.path in ("/pay", "/pay-back") and status == 200:
            guard.call(Cursor(), pay(30 if url.path == "/pay" else -30))
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = respond


server = ThreadingHTTPServer(("127.0.0.1", 0), Participant)
threading.Thread(target=server.serve_forever, daemon=True).start()
BUSI = f"http://127.0.0.1:{server.server_port}"


def query(gid):
    return requests.get(DTM + "/query", params={"gid": gid}, timeout=90).json()


def await_status(gid, status):
    until = time.monotonic() + 90
    while query(gid)["transaction"]["status"] != status:
        assert time.monotonic() < until, query(gid)
        time.sleep(0.02)
    return [branch["status"] for branch in query(gid)["branches"]]


def paths():
    return [f"{path} {op}" for path, op, _, _ in calls]


def new_saga(second="/in"):
    calls.clear()
    answers.clear()
    it = saga.Saga(DTM, utils.gen_gid(DTM))
    it.add({"amount": 30}, BUSI + "/pay", BUSI + "/pay-back")
    return it.add({"amount": 30}, BUSI + second, BUSI + second + "-back")


def raises(kind, action):
    try:
        action()
    except kind as error:
        return type(error) is kind
    return False


def a_saga_succeeds():
    it = new_saga()
    it.submit()
    assert await_status(it.trans_base.gid, "succeed") == ["prepared", "succeed", "prepared", "succeed"]
    assert paths() == ["/pay action", "/in action"], calls
    assert calls[0][2:] == ("01", '{"amount": 30}'), calls
    assert balance() == 70


def a_saga_that_fails_is_undone():
    it = new_saga()
    answers["/in"] = (409, "no money")
    it.submit()
    assert await_status(it.trans_base.gid, "failed") == ["succeed", "succeed", "succeed", "failed"]
    assert paths() == ["/pay action", "/in action", "/in-back compensate", "/pay-back compensate"], calls
    assert "no money" in query(it.trans_base.gid)["transaction"]["rollback_reason"]
    assert balance() == 70


def wait_result_gives_the_result():
    it = new_saga()
    it.trans_base.wait_result = True
    it.submit()
    assert query(it.trans_base.gid)["transaction"]["status"] == "succeed"
    it = new_saga()
    it.trans_base.wait_result = True
    answers["/in"] = (200, '{"dtm_result":"FAILURE"}')
    assert raises(utils.DTMFailureError, it.submit)
    assert query(it.trans_base.gid)["transaction"]["status"] == "failed"


def wait_result_answers_before_the_client_gives_up():
    it = new_saga()
    it.trans_base.wait_result = True
    answers["/in"] = (425, "")
    assert raises(utils.DTMFailureError, it.submit), "an answer, and no time-out"
    assert query(it.trans_base.gid)["transaction"]["status"] == "submitted"
    requests.post(DTM + "/forceStop", json={"gid": it.trans_base.gid}, timeout=90)


def concurrent_steps_are_set_by_hand():
    it = new_saga()
    it.trans_base.custom_data = json.dumps({"concurrent": True, "orders": {"0": [1]}})
    it.submit()
    await_status(it.trans_base.gid, "succeed")
    assert paths() == ["/in action", "/pay action"], calls


def new_msg():
    calls.clear()
    answers.clear()
    it = msg.Msg(DTM, utils.gen_gid(DTM))
    it.trans_base.timeout_to_fail = 1
    return it.add({"amount": 30}, BUSI + "/in")


def a_message_is_sent_when_its_transaction_commits():
    before = balance()
    it = new_msg()
    it.do_and_submit_db(BUSI + "/asked", Cursor(), pay(10))
    assert await_status(it.trans_base.gid, "succeed") == ["succeed"]
    assert paths() == ["/in action"], calls
    assert balance() == before - 10


def a_message_is_dropped_when_its_business_refuses():
    def refuse(_):
        raise utils.DTMFailureError("no")

    it = new_msg()
    assert raises(utils.DTMFailureError, lambda: it.do_and_submit_db(BUSI + "/asked", Cursor(), refuse))
    assert await_status(it.trans_base.gid, "failed") == ["prepared"]
    assert paths() == [], calls


def a_client_that_died_after_its_commit_is_asked_and_the_message_is_sent():
    it = new_msg()
    it.prepare(BUSI + "/asked")
    barrier.BranchBarrier("msg", it.trans_base.gid, "00", "msg").call(Cursor(), pay(10))
    assert await_status(it.trans_base.gid, "succeed") == ["succeed"]
    assert paths() == ["/asked msg", "/in action"], calls


def a_client_that_died_before_its_commit_is_asked_and_the_message_is_dropped():
    it = new_msg()
    it.prepare(BUSI + "/asked")
    assert await_status(it.trans_base.gid, "failed") == ["prepared"]
    assert paths() == ["/asked msg"], calls
    late = barrier.BranchBarrier("msg", it.trans_base.gid, "00", "msg")
    assert raises(Exception, lambda: late.call(Cursor(), pay(10))), "the late commit is refused by the barrier"


RULES = [
    a_saga_succeeds,
    a_saga_that_fails_is_undone,
    wait_result_gives_the_result,
    wait_result_answers_before_the_client_gives_up,
    concurrent_steps_are_set_by_hand,
    a_message_is_sent_when_its_transaction_commits,
    a_message_is_dropped_when_its_business_refuses,
    a_client_that_died_after_its_commit_is_asked_and_the_message_is_sent,
    a_client_that_died_before_its_commit_is_asked_and_the_message_is_dropped,
]
for rule in RULES:
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):  # the client prints its statements
            rule()
    except BaseException:
        print("BROKEN:", rule.__name__.replace("_", " "), file=sys.stderr)
        raise
    print("-", rule.__name__.replace("_", " "))
