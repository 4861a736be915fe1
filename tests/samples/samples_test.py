"""samples_test.py LANGUAGE: the participants in samples/ keep what docs/participants.md asks of them, and each of those
in samples/faulty breaks one rule. Ends with 77 when the machine lacks what runs them."""
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

samples = Path(__file__).resolve().parents[2] / "samples"
sys.path.insert(0, str(samples.parent / "tests/e2e"))
from trips import free_port

work = tempfile.TemporaryDirectory(prefix="sagactl-samples.")
folder = Path(work.name)
commands = {
    "python": [sys.executable, samples / "python/hotel.py"],
    "node": ["node", samples / "node/hotel.mjs"],
    "java": ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", folder, "Hotel"],
    "go": [folder / "hotel"],
}
faulty = {
    "python": [sys.executable, samples / "faulty/hotel.py"],
    "node": ["node", samples / "faulty/hotel.mjs"],
}
language = "python"
do = "0193-aa/hotel/do/1"
booking = {"guest": "kim", "nights": 2}


class Service:
    """A running participant. Its file outlives it."""

    def __init__(self, command, file, arguments=()):
        self.port = free_port()
        self.log = open(folder / "log", "w+")
        self.process = subprocess.Popen(
            [*map(str, command), str(self.port), str(file), *arguments], stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"it did not start: {(folder / 'log').read_text()}") from None
                time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def call(self, method, path, body=None, key=None, saga="0193-aa"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        headers = {"Saga-Id": saga, "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = f'"{key}"'
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text)


class Case(unittest.TestCase):
    def start(self, command, file=None, *arguments):
        service = Service(command, file or folder / f"{self.id()}-{time.monotonic_ns()}", arguments)
        self.addCleanup(service.kill)
        return service


class Hotel(Case):
    def setUp(self):
        self.file = folder / self.id()
        self.hotel = self.start(commands[language], self.file)

    def book(self, key=do, **body):
        return self.hotel.call("POST", "/bookings", {**booking, **body}, key)

    def undo(self, key=do):
        return self.hotel.call("DELETE", "/bookings/" + quote(key, safe=""))

    def total(self, saga="0193-aa"):
        return self.hotel.call("GET", "/bookings?saga=" + saga)[1]["total"]

    def restart(self):
        self.hotel.kill()
        self.hotel = self.start(commands[language], self.file)

    def test_a_repeat_has_one_effect_and_gets_the_first_answer(self):
        first = self.book()
        self.assertEqual(first[0], 201)
        self.assertEqual(self.book(), first)
        self.assertEqual(self.total(), 1)
        self.assertNotEqual(self.book(key="0193-aa/hotel/do/2"), first)
        self.assertEqual(self.total(), 2)

    def test_repeats_at_once_have_one_effect_and_get_one_answer(self):
        with ThreadPoolExecutor(16) as threads:
            answers = list(threads.map(lambda _: self.book(), range(64)))
        self.assertEqual(answers, answers[:1] * 64)
        self.assertEqual(self.total(), 1)

    def test_a_refusal_is_repeated_too_and_has_no_effect(self):
        refused = self.book(nights=31)
        self.assertEqual(refused[0], 422)
        self.assertEqual(self.book(), refused)
        self.assertEqual(self.total(), 0)

    def test_an_undo_finds_its_call_by_the_key_and_may_be_repeated(self):
        self.book()
        self.book(key="0193-bb/hotel/do/1")
        for _ in range(2):
            self.assertEqual(self.undo()[0], 200)
            self.assertEqual(self.total(), 1)

    def test_an_undo_before_its_call_blocks_the_call(self):
        self.assertEqual(self.undo()[0], 200)
        self.assertEqual(self.total(), 0)
        self.assertEqual(self.book()[0], 409)
        self.assertEqual(self.total(), 0)

    def test_a_call_after_its_undo_is_refused(self):
        self.book()
        self.undo()
        self.assertEqual(self.book()[0], 409)
        self.assertEqual(self.total(), 0)

    def test_a_call_and_its_undo_at_once_leave_nothing(self):
        with ThreadPoolExecutor(16) as threads:
            for key in [f"0193-aa/hotel/do/{n}" for n in range(20)]:
                pair = [threads.submit(self.book, key), threads.submit(self.undo, key)]
                self.assertIn(pair[0].result()[0], (201, 409))
                self.assertEqual(pair[1].result()[0], 200)
        self.assertEqual(self.total(), 0)

    def test_what_was_answered_survives_kill_9(self):
        first = self.book()
        other = self.book(key="0193-aa/two words/do/1")
        self.undo("0193-aa/hotel/do/2")
        self.restart()
        self.assertEqual(self.book(), first)
        self.assertEqual(self.book(key="0193-aa/two words/do/1"), other)
        self.assertEqual(self.book(key="0193-aa/hotel/do/2")[0], 409)
        self.assertEqual(self.total(), 2)
        self.undo()
        self.restart()
        self.assertEqual(self.total(), 1)

    def test_a_line_cut_short_by_a_crash_is_no_call(self):
        if language == "python":
            self.skipTest("SQLite's own tests show that")
        first = self.book()
        self.book(key="0193-aa/hotel/do/2")
        self.hotel.kill()
        whole = self.file.read_bytes()
        self.file.write_bytes(whole[:-5])
        self.restart()
        self.assertEqual(self.total(), 1)
        self.assertEqual(self.book(key="0193-aa/hotel/do/2")[0], 201)
        self.restart()
        self.assertEqual(self.book(), first)
        self.assertEqual(self.total(), 2)

    def test_a_key_is_kept_for_days(self):
        first = self.book()
        self.assertEqual(self.hotel.call("POST", "/clock", {"seconds": 29 * 86_400})[0], 200)
        self.assertEqual(self.book(), first)
        self.hotel.call("POST", "/clock", {"seconds": 2 * 86_400})
        self.book()
        self.assertEqual(self.total(), 2)  # so the clock was moved

    def test_the_probe_counts_what_one_saga_has_in_effect(self):
        self.book()
        self.hotel.call("POST", "/bookings", booking, "0193-bb/hotel/do/1", saga="0193-bb")
        self.assertEqual((self.total(), self.total("0193-bb"), self.total("0193-cc")), (1, 1, 0))

    def test_what_is_no_request_of_a_saga_is_refused_and_never_404(self):
        self.assertEqual(self.hotel.call("POST", "/bookings", booking)[0], 400)
        self.assertEqual(self.hotel.call("POST", "/bookings", {"guest": "kim"}, do)[0], 400)
        self.assertEqual(self.hotel.call("DELETE", "/booking/x")[0], 400)
        self.assertEqual(self.book()[0], 201)


class Payment(Case):
    def setUp(self):
        self.file = folder / self.id()
        self.payment = self.start([sys.executable, samples / "python/payment.py"], self.file)
        self.path = "/charges/" + quote(do, safe="")

    def charge(self, amount=200):
        return self.payment.call("POST", "/charges", {"amount": amount}, do)

    def total(self):
        return self.payment.call("GET", "/charges?saga=0193-aa")[1]["total"]

    def test_who_asks_gets_the_answer_that_the_call_got(self):
        self.assertEqual(self.payment.call("GET", self.path)[0], 404)
        charged = self.charge()
        self.assertEqual(charged[0], 201)
        self.assertEqual(self.charge(), charged)
        self.payment.kill()
        self.payment = self.start([sys.executable, samples / "python/payment.py"], self.file)
        self.assertEqual(self.payment.call("GET", self.path), charged)
        self.assertEqual(self.total(), 1)

    def test_a_refund_counts_once_and_blocks_the_charge(self):
        self.charge()
        for _ in range(2):
            self.assertEqual(self.payment.call("POST", self.path + "/refund")[0], 200)
            self.assertEqual(self.total(), 0)
        self.assertEqual(self.payment.call("GET", self.path)[0], 409)
        self.assertEqual(self.charge()[0], 409)
        self.assertEqual(self.total(), 0)

    def test_a_declined_card_is_refused(self):
        self.assertEqual(self.charge(2000)[0], 402)
        self.assertEqual(self.payment.call("GET", self.path)[0], 402)
        self.assertEqual(self.total(), 0)

    def test_a_receipt_is_sent_once(self):
        for _ in range(2):
            sent = self.payment.call("POST", "/receipts", {"guest": "kim", "charge": 1}, "0193-aa/receipt/do/1")
            self.assertEqual(sent[0], 201)
        self.assertEqual(self.payment.call("GET", "/receipts?saga=0193-aa")[1]["total"], 1)


class Faults(Case):
    """What a hotel does, as the four numbers and answers in which the faults show."""

    def shown_by(self, command, *arguments):
        def start():
            self.hotel = self.start(command, None, *arguments)

        def book():
            return self.hotel.call("POST", "/bookings", booking, do)[0]

        def undo():
            return self.hotel.call("DELETE", "/bookings/" + quote(do, safe=""))[0]

        def total():
            return self.hotel.call("GET", "/bookings?saga=0193-aa")[1]["total"]

        shown = {}
        start()
        book(), book()
        shown["total after a repeat"] = total()
        start()
        book(), undo()
        shown["second undo"] = undo()
        shown["total after an undo"] = total()
        start()
        undo()
        shown["total after an undo alone"] = total()
        shown["a late call"] = book()
        start()
        book()
        self.hotel.call("POST", "/clock", {"seconds": 3600})
        book()
        shown["total after a repeat an hour later"] = total()
        return shown

    def test_each_fault_shows_in_its_own_place_alone(self):
        right = self.shown_by(commands[language])
        self.assertEqual(right, {
            "total after a repeat": 1, "second undo": 200, "total after an undo": 0, "total after an undo alone": 0,
            "a late call": 409, "total after a repeat an hour later": 1})
        expected = {
            "books-twice": {"total after a repeat": 2, "total after a repeat an hour later": 2},
            "cannot-undo-twice": {"second undo": 409},
            "undoes-what-was-never-done": {"total after an undo alone": -1},
            "does-after-undo": {"a late call": 201},
            "forgets-its-key": {"total after a repeat an hour later": 2},
        }
        for fault, differences in expected.items():
            with self.subTest(fault):
                shown = self.shown_by(faulty[language], "--fault", fault)
                self.assertEqual({name: value for name, value in shown.items() if value != right[name]}, differences)


def main():
    global language
    language = sys.argv.pop(1)
    if language == "python" and sys.version_info < (3, 10):
        print("skipped: the samples need Python 3.10")
        sys.exit(77)
    program = {"python": sys.executable, "java": "javac"}.get(language, language)
    if not shutil.which(program):
        print(f"skipped: this machine has no {program}")
        sys.exit(77)
    if language == "java":
        subprocess.run(["javac", "-d", folder, samples / "java/Hotel.java"], check=True)
    if language == "go":
        cache = os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME") or "/var/tmp") / ".cache"
        subprocess.run(["go", "build", "-o", folder / "hotel", samples / "go/hotel.go"], check=True,
                       env={"GOCACHE": str(Path(cache) / "go-build"), **os.environ, "GOFLAGS": ""})
    suite = unittest.TestSuite()
    cases = [Hotel] + [Payment] * (language == "python") + [Faults] * (language in faulty)
    for case in cases:
        suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    sys.exit(not result.wasSuccessful())


main()
