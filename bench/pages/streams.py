"""What event streams cost a node: bench/pages/streams.py URL TOKEN-FILE PID COUNT PATH

Opens COUNT streams of PATH, and prints how much memory of the node each takes: when it waits, and after every one was
sent a burst of events.
"""
import json
import re
import selectors
import socket
import sys
import time
import urllib.request

url, token_file, pid, count, path = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]
token = open(token_file).read().strip()
host, port = re.match(r"http://([^:/]+):(\d+)", url).groups()


def memory():
    with open("/proc/%s/status" % pid) as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


def place(product):
    body = {"items": [{"productId": product, "productName": product, "quantity": 1, "price": 1000}],
            "shippingAddress": "somewhere"}
    request = urllib.request.Request(url + "/orders", json.dumps(body).encode(),
                                     {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
    urllib.request.urlopen(request).read()


def drain(streams, seconds):
    received, until = 0, time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, selectors.EVENT_READ)
        while time.monotonic() < until:
            for key, _ in selector.select(timeout=0.2):
                received += len(key.fileobj.recv(1 << 16))
    return received


before = memory()
request = "GET %s HTTP/1.1\r\nHost: %s:%s\r\nAuthorization: Bearer %s\r\n\r\n" % (path, host, port, token)
streams = []
for _ in range(count):
    stream = socket.create_connection((host, int(port)))
    stream.sendall(request.encode())
    streams.append(stream)
drain(streams, 3)
waiting = memory()
for i in range(100):
    place("burst-%d-%d" % (time.time_ns(), i))
received = drain(streams, 10)
after = memory()
print("%d streams of %s: %.1f MB while they wait (%.1f kB each), %.1f MB after %.1f MB of events"
      % (count, path, (waiting - before) / 1024, (waiting - before) / count, (after - before) / 1024, received / 2**20))
