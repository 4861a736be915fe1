"""For tests in Python: the participants of samples/trip.yaml as processes on free ports, nodes, and a PostgreSQL server."""
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

if sys.version_info < (3, 10):
    print("- skipped: the samples need Python 3.10")
    sys.exit(77)
samples = Path(__file__).resolve().parents[2] / "samples"


first_free_port, free_ports = 10_000, 10_000
reservations = []


def free_port():
    """A port that no other test is given while this process lives, and that is still free after a restart of its server:
    tests/services/free_port.hpp says how."""
    for number in range(os.getpid() * 7, os.getpid() * 7 + free_ports):
        port = first_free_port + number % free_ports
        reservation = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                reservation.bind(f"\0sagactl-test-port-{port}")
                tried.bind(("", port))
            except OSError:
                reservation.close()
                continue
        reservations.append(reservation)
        return port
    sys.exit("no port is free for a server of the tests")


def sagactl_environment(directory, **more):
    return {"HOME": str(directory), "PATH": os.environ["PATH"], "SAGACTL_DATA": os.path.join(directory, "data"), **more}


class Participant:
    def __init__(self, command, file, arguments=()):
        self.port, self.file = free_port(), str(file)
        self.command = [*map(str, command), str(self.port), self.file, *arguments]
        self.start()

    def start(self):
        with open(self.file + ".log", "a") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"a participant did not start: {Path(self.file + '.log').read_text()}")
                time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def rows(self, statement):
        with sqlite3.connect(self.file) as database:
            return database.execute(statement).fetchall()


class Participants:
    """A hotel and a payment service. `definition` is trip.yaml with their addresses."""

    def __init__(self, directory, hotel=(sys.executable, samples / "python/hotel.py"), hotel_arguments=()):
        directory = Path(directory)
        self.hotel = Participant(hotel, directory / "hotel.db", hotel_arguments)
        self.payment = Participant((sys.executable, samples / "python/payment.py"), directory / "payment.db")
        text = (samples / "trip.yaml").read_text()
        self.definition = directory / "trip.yaml"
        self.definition.write_text(text.replace("127.0.0.1:8081", f"127.0.0.1:{self.hotel.port}")
                                   .replace("127.0.0.1:8082", f"127.0.0.1:{self.payment.port}"))

    def end(self):
        self.hotel.kill()
        self.payment.kill()


class Postgres:
    """A server of the test's own. None when it is not installed."""

    @staticmethod
    def programs():
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        return found[-1].parent if found else None

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="sagactl-postgres-", dir="/tmp")
        os.chmod(self.directory, 0o777)
        self.port = free_port()
        password = Path(self.directory, "password")
        password.write_text("trips")
        self.run("initdb", "-A", "scram-sha-256", "-U", "saga", f"--pwfile={password}", "--no-sync", "-D", self.directory + "/data")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.directory} -c fsync=off"
        self.run("pg_ctl", "-D", self.directory + "/data", "-l", self.directory + "/log", "-w", "-o", options, "start")

    def url(self, database):
        return f"postgres://saga:trips@127.0.0.1:{self.port}/{database}"

    def run(self, program, *arguments):
        # The server does not run as root.
        user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*user, str(self.programs() / program), *arguments], check=True, cwd=self.directory,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self):
        self.run("pg_ctl", "-D", self.directory + "/data", "-m", "immediate", "stop")
        shutil.rmtree(self.directory, ignore_errors=True)


class Node:
    """`sagactl serve` on a port of its own, which it keeps when it is started again."""

    def __init__(self, sagactl, directory, name, *flags, **variables):
        self.directory, self.port = directory, free_port()
        self.log = Path(directory, name + ".log")
        self.command = [sagactl, "serve", "--port", str(self.port), "--node-id", name, "--lease", "200ms",
                        "--data", str(Path(directory, "data-" + name)), *flags]
        self.token = Path(directory, "data-" + name, "operator.token")
        self.environment = sagactl_environment(directory, JWT_SECRET="a secret of a test, and long enough for one",
                                               JWT_REFRESH_SECRET="another secret of a test, also long enough", **variables)
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, env=self.environment)
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(self.url + "/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"a node did not start: {self.log.read_text()}")
            time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        assert self.process.wait(60) == 0, self.log.read_text()

    def request(self, method, path, body=None, **headers):
        """The answer's JSON; an OSError when there is none, or it is an error."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + self.token.read_text().strip(),
                   **{name.replace("_", "-"): value for name, value in headers.items()}}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=90) as answer:
            return json.load(answer)


def start_saga(nodes, name, saga_input, number):
    """Until a node has acknowledged it; the key makes it one saga. Its id."""
    for attempt in range(600):
        try:
            node = nodes[(hash(number) + attempt) % len(nodes)]
            return node.request("POST", f"/sagas/definitions/{name}/sagas", saga_input, Idempotency_Key=f"{name}-{number}")["id"]
        except urllib.error.HTTPError as refused:
            assert refused.code in (429, 503, 504), (refused.code, refused.read())
        except OSError:
            pass  # the node was killed
        time.sleep(0.05)
    raise AssertionError(f"no node has taken saga {number}")


def await_end(node):
    """The status of every saga, by its id."""
    deadline = time.monotonic() + 120
    while node.request("GET", "/sagas?status=started,compensating&limit=1")["total"] > 0:
        assert time.monotonic() < deadline, node.request("GET", "/sagas?status=started,compensating&limit=5")
        time.sleep(0.1)
    status, cursor = {}, "page=1"
    while cursor:
        page = node.request("GET", f"/sagas?limit=100&{cursor}")
        status.update((saga["id"], saga["status"]) for saga in page["sagas"])
        cursor = page["nextCursor"] and "cursor=" + page["nextCursor"]
    return status
