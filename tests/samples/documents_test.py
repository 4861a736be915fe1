"""documents_test.py [--write]: the code in docs/your-own-saga.md is that of samples/, and the code in
docs/participants.md runs. --write puts the samples into the page. The SQL runs in SQLite, and in PostgreSQL where
DATABASE_HOST names one."""
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest
from pathlib import Path

root = Path(__file__).resolve().parents[2]
page = root / "docs/your-own-saga.md"
shown = re.compile(r"\[[\w.]+\]\(\.\./(samples/[\w./]+)\):\n\n((?:    .*\n|\n(?=\n*    ))+|\{[\w.]+\}\n)", re.M)
key = "0193-aa/hotel/do/1"
booking = {"key": key, "id": "b-1", "guest": "kim", "nights": 2, "answer": '{"id": "b-1"}'}


def indented(path):
    return "".join("    " + line if line.strip() else line for line in (root / path).read_text().splitlines(True))


def snippet(name):
    """The indented code in participants.md that begins with the comment `name`."""
    blocks = re.findall(r"(?:^    .*\n|^\n(?=\n*    ))+", (root / "docs/participants.md").read_text(), re.M)
    found = [block for block in blocks if block.lstrip("\n").splitlines()[0].strip() in (f"-- {name}", f"# {name}")]
    assert len(found) == 1, f"docs/participants.md has {len(found)} blocks '{name}'"
    return "".join(line[4:] if line.startswith("    ") else line for line in found[0].splitlines(True))


class Shown(unittest.TestCase):
    def test_the_page_shows_the_samples_as_they_are(self):
        pieces = shown.findall(page.read_text())
        self.assertEqual([path for path, _ in pieces], [
            "samples/python/participant.py", "samples/python/hotel.py", "samples/python/payment.py",
            "samples/trip.yaml"])
        for path, text in pieces:
            self.assertEqual(text, indented(path), f"{path} differs: tests/samples/documents_test.py --write")


class Signature(unittest.TestCase):
    """With the example of https://docs.svix.com/receiving/verifying-payloads/how-manual."""

    def setUp(self):
        names = {}
        exec(snippet("verify"), names)
        self.is_signed = names["is_signed"]
        self.headers = {"webhook-id": "msg_loFOjxBNrRLzqYUf", "webhook-timestamp": "1731705121",
                        "webhook-signature": "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="}

    def verify(self, body=b'{"event_type":"ping","data":{"success":true}}', now=1731705121, **headers):
        headers = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.is_signed(headers, body, "whsec_plJ3nmyCDGBKInavdOK15jsl", lambda: now)

    def test_the_code_accepts_what_is_signed_and_nothing_else(self):
        self.assertTrue(self.verify())
        self.assertTrue(self.verify(webhook_signature="v1,AAAA " + self.headers["webhook-signature"]))
        self.assertFalse(self.verify(body=b"{}"))
        self.assertFalse(self.verify(webhook_id="msg_other"))
        self.assertFalse(self.verify(webhook_signature="v1,AAAA"))
        self.assertFalse(self.verify(now=1731705121 + 301))


class InSqlite(unittest.TestCase):
    def setUp(self):
        self.database = sqlite3.connect(":memory:", isolation_level=None)
        self.database.executescript(snippet("tables"))

    def run_all(self, text):
        """The result of each statement: how many rows it changed, or those that it found."""
        results = []
        for statement in text.replace("BEGIN;", "BEGIN IMMEDIATE;").split(";\n"):
            if statement.strip():
                cursor = self.database.execute(statement, booking)
                results.append(cursor.fetchall() if cursor.description else cursor.rowcount)
        return results

    def do(self):
        """What the participant answers."""
        is_first = self.run_all(snippet("do"))[-1] == 1
        if is_first:
            self.run_all(snippet("do: the first time"))
            return (201, booking["answer"])
        return self.run_all(snippet("do: again"))[0][0]

    def undo(self):
        self.run_all(snippet("undo"))

    def total(self):
        return self.database.execute("SELECT count(*) FROM bookings").fetchone()[0]

    def test_a_repeat_gets_the_first_answer(self):
        self.assertEqual(self.do(), (201, '{"id": "b-1"}'))
        self.assertEqual(self.do(), (201, '{"id": "b-1"}'))
        self.assertEqual(self.total(), 1)

    def test_an_undo_may_be_repeated_and_before_its_call_blocks_it(self):
        for first in (self.undo, self.do):
            self.setUp()
            first()
            for _ in range(2):
                self.undo()
                self.assertEqual(self.total(), 0)
            self.assertEqual(self.do(), (409, '{"reason": "undone"}'))
            self.assertEqual(self.total(), 0)


class Psql:
    """A session of psql. `end()` gives what it printed."""

    def __init__(self, schema):
        environment = {**os.environ, "PGHOST": os.environ["DATABASE_HOST"], "PGPORT": os.environ["DATABASE_PORT"],
                       "PGDATABASE": os.environ["DATABASE_NAME"], "PGUSER": os.environ["DATABASE_USER"],
                       "PGAPPNAME": schema, "PGPASSWORD": os.environ.get("DATABASE_PASSWORD", ""),
                       "PGOPTIONS": f"-c search_path={schema} -c client_min_messages=warning"}
        variables = [f"--set={name}={value}" for name, value in booking.items()]
        self.process = subprocess.Popen(["psql", "-XqtA", "--set=ON_ERROR_STOP=1", *variables], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        env=environment, bufsize=1)

    def send(self, text):
        self.process.stdin.write(re.sub(r"(?<=[ (]):([a-z]+)", r":'\1'", text))
        self.process.stdin.flush()

    def end(self, text=""):
        output = self.process.communicate(re.sub(r"(?<=[ (]):([a-z]+)", r":'\1'", text), timeout=60)[0]
        assert self.process.returncode == 0, output
        return output.split("\n")[:-1]


class InPostgres(unittest.TestCase):
    schema = f"samples_{os.getpid()}"

    @classmethod
    def setUpClass(cls):
        if not os.environ.get("DATABASE_HOST") or not shutil.which("psql"):
            if os.environ.get("CI"):
                raise AssertionError("CI needs PostgreSQL and psql: tools/services start postgres")
            raise unittest.SkipTest("no PostgreSQL: tools/services start postgres; eval \"$(tools/services env)\"")

    def setUp(self):
        self.psql(f"CREATE SCHEMA {self.schema};" + snippet("tables"))
        self.addCleanup(self.psql, f"DROP SCHEMA {self.schema} CASCADE;")

    def psql(self, text):
        return Psql(self.schema).end(text)

    def do_first(self):
        return self.psql(snippet("do") + "\\echo :ROW_COUNT\n" + snippet("do: the first time"))

    def do_again(self):
        return self.psql(snippet("do") + "\\echo :ROW_COUNT\n" + snippet("do: again"))

    def total(self):
        return self.psql("SELECT count(*) FROM bookings;")

    def wait_until_blocked(self):
        blocked = ("SELECT count(*) FROM pg_stat_activity "
                   f"WHERE application_name = '{self.schema}' AND wait_event_type = 'Lock';")
        deadline = time.monotonic() + 60
        while self.psql(blocked) == ["0"]:
            self.assertLess(time.monotonic(), deadline, "nobody waits")
            time.sleep(0.02)

    def test_a_repeat_gets_the_first_answer(self):
        self.assertEqual(self.do_first(), ["1"])
        self.assertEqual(self.do_again(), ["0", '201|{"id": "b-1"}'])
        self.assertEqual(self.total(), ["1"])

    def test_an_undo_may_be_repeated_and_before_its_call_blocks_it(self):
        for _ in range(2):
            self.psql(snippet("undo"))
        self.assertEqual(self.do_again(), ["0", '409|{"reason": "undone"}'])
        self.assertEqual(self.total(), ["0"])

    def test_a_call_after_its_undo_is_refused(self):
        self.do_first()
        self.psql(snippet("undo"))
        self.assertEqual(self.do_again(), ["0", '409|{"reason": "undone"}'])
        self.assertEqual(self.total(), ["0"])

    def test_a_repeat_waits_for_the_call_that_is_running(self):
        first, second = Psql(self.schema), Psql(self.schema)
        text = snippet("do: the first time").replace("COMMIT;\n", "")
        first.send(snippet("do") + text + "\\echo done\n")
        self.assertEqual(first.process.stdout.readline(), "done\n")
        second.send(snippet("do"))
        self.wait_until_blocked()
        first.end("COMMIT;\n")
        self.assertEqual(second.end("\\echo :ROW_COUNT\n" + snippet("do: again")), ["0", '201|{"id": "b-1"}'])
        self.assertEqual(self.total(), ["1"])

    def undo_while_the_call_runs(self, text):
        """How many bookings are left."""
        call, undo = Psql(self.schema), Psql(self.schema)
        doing = snippet("do") + snippet("do: the first time").replace("COMMIT;\n", "")
        call.send(doing + "\\echo done\n")
        self.assertEqual(call.process.stdout.readline(), "done\n")
        undo.send(text)
        self.wait_until_blocked()
        call.end("COMMIT;\n")
        undo.end()
        return self.total()

    def test_an_undo_waits_for_the_call_that_is_running_and_undoes_it(self):
        self.assertEqual(self.undo_while_the_call_runs(snippet("undo")), ["0"])

    def test_an_undo_in_the_other_order_leaves_a_booking(self):
        begin, insert, delete, commit = re.fullmatch(
            r"(.*BEGIN;\n)(.*;\n)(DELETE.*;\n)(COMMIT;\n)", snippet("undo"), re.S).groups()
        self.assertEqual(self.undo_while_the_call_runs(begin + delete + insert + commit), ["1"])


if sys.argv[1:] == ["--write"]:
    page.write_text(shown.sub(lambda it: it[0].removesuffix(it[2]) + indented(it[1]), page.read_text()))
else:
    unittest.main(verbosity=2)
