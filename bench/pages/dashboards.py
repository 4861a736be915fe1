"""Open dashboards as a node sees them: bench/pages/dashboards.py URL TOKEN-FILE COUNT

Each holds a stream of /events and, as the page does while something happens, asks once a second for its list of 50 and
every two seconds for the statistics. Until it is ended by a signal.
"""
import sys
import threading
import time
import urllib.request

url, token_file, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
headers = {"Authorization": "Bearer " + open(token_file).read().strip()}


def get(path):
    return urllib.request.urlopen(urllib.request.Request(url + path, headers=headers), timeout=30)


def follow():
    with get("/events") as stream:
        while stream.read1(1 << 16):
            pass


def look(first):
    time.sleep(first)
    for second in range(10**9):
        started = time.monotonic()
        get("/sagas?limit=50").read()
        if second % 2 == 0:
            get("/statistics").read()
        time.sleep(max(0, 1 - (time.monotonic() - started)))


for number in range(count):
    threading.Thread(target=follow, daemon=True).start()
    threading.Thread(target=look, args=(number / count,), daemon=True).start()
threading.Event().wait()
