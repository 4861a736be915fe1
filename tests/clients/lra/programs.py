"""For tests in Python: the programs in samples/lra as processes on free ports, and what they were told."""
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

root = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(root / "tests/e2e"))
from trips import free_port

JAVA = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # the machine's proxy is not for these


def built_programs():
    """The folder that tools/lra-clients builds them in; ends with 77 on a machine that cannot."""
    built = subprocess.run([root / "tools/lra-clients"], capture_output=True, text=True)
    if built.returncode == 77:
        print(f"- skipped: {built.stderr.strip()}")
        sys.exit(77)
    assert built.returncode == 0, built.stdout + built.stderr
    return Path(built.stdout.strip())


def request(method, url, body=None, **headers):
    """Status and text of the answer."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = urllib.request.Request(url, body, {"Content-Type": "text/plain", **headers}, method=method)
    try:
        with opener.open(sent, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def eventually(expected, look):
    """Until that is seen: who listens for the end of an LRA hears of it after it has ended."""
    until = time.monotonic() + 60
    while (seen := look()) != expected:
        assert time.monotonic() < until, (seen, expected)
        time.sleep(0.05)


class Program:
    """On `self.port`, which it keeps when it is started again."""

    def __init__(self, directory, name):
        self.port, self.name = free_port(), name
        self.url = f"http://127.0.0.1:{self.port}"
        self.table = Path(directory, name + ".table")
        self.log = Path(directory, name + ".log")

    def launch(self, command, **options):
        """Does not wait, so that several start at once."""
        self.command, self.options = [*map(str, command)], options
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, **options)

    def await_start(self):
        until = time.monotonic() + 240
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"{self.name} did not start: {self.log.read_text()}")
                time.sleep(0.02)

    def start(self):
        """After it was killed."""
        self.launch(self.command, **self.options)
        self.await_start()

    def post(self, path, body=b"", **headers):
        return request("POST", self.url + path, body, **headers)

    def told(self):
        """The lines of its table by LRA: (word, what else stands there)."""
        found = defaultdict(list)
        for line in self.table.read_text().splitlines() if self.table.exists() else ():
            lra, *words = line.split("\t")
            found[lra].append(tuple(words))
        return found

    def rows(self, statement):
        """Of a program that keeps a database."""
        with closing(sqlite3.connect(self.table)) as database:
            return database.execute(statement).fetchall()

    def words(self):
        """How often each word was written for each LRA."""
        return {lra: Counter(word for word, *_ in lines) for lra, lines in self.told().items()}

    def kill(self):
        self.process.kill()
        self.process.wait()


def launch_shop(directory, built, coordinator):
    shop = Program(directory, "shop")
    shop.launch([*JAVA, "-cp", f"{built}/camel/*:{built}/camel", "Shop", shop.port, coordinator, shop.table])
    return shop


def launch_flight(directory, coordinator):
    flight = Program(directory, "flight")
    flight.launch([sys.executable, root / "samples/lra/python/flight.py", flight.port, coordinator, flight.table])
    return flight


class Coordinator:
    """`sagactl serve`, or what stands before several of them."""

    def __init__(self, url):
        self.url = url + "/lra-coordinator"

    def start(self, milliseconds=60_000, parent=None):
        nested = f"&ParentLRA={quote(parent, safe='')}" if parent else ""
        status, lra = request("POST", f"{self.url}/start?TimeLimit={milliseconds}{nested}")
        assert status == 201, (status, lra)
        return lra

    def states(self, status=None):
        """Of all LRAs, or of those in one state."""
        code, text = request("GET", self.url + (f"?Status={status}" if status else ""), Accept="application/json")
        assert code == 200, (code, text)
        return {lra["lraId"]: lra["status"] for lra in json.loads(text)}

    def await_ends(self, of=None):
        """The state of every LRA, when all have ended, or those that are named."""
        open_states = {"Active", "Closing", "Cancelling"}
        until = time.monotonic() + 120
        while True:
            try:
                states = self.states()
                if not open_states & {state for lra, state in states.items() if of is None or lra in of}:
                    return states
            except OSError as failed:
                states = failed
            assert time.monotonic() < until, states
            time.sleep(0.1)
