"""Open dashboards as a node sees them: bench/pages/dashboards.py URL TOKEN-FILE COUNT

Each follows the first page: a list of 25, and the statistics. Until it is ended by a signal, which prints what came.
"""
import signal
import socket
import sys
import re
import selectors

url, token_file, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
token = open(token_file).read().strip()
host, port = re.match(r"http://([^:/]+):(\d+)", url).groups()
request = ("GET /ui/live?limit=25&statistics=true HTTP/1.1\r\nHost: %s:%s\r\nAuthorization: Bearer %s\r\n\r\n"
           % (host, port, token)).encode()
received = events = 0


def end(*_):
    print("%d dashboards received %d events, %.1f MB" % (count, events, received / 2**20), file=sys.stderr)
    sys.exit(0)


signal.signal(signal.SIGTERM, end)
selector = selectors.DefaultSelector()
for _ in range(count):
    stream = socket.create_connection((host, int(port)))
    stream.sendall(request)
    selector.register(stream, selectors.EVENT_READ)
while True:
    for key, _ in selector.select():
        piece = key.fileobj.recv(1 << 18)
        received += len(piece)
        events += piece.count(b"event: ")
