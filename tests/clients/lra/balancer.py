"""For tests: one address before several nodes. A connection goes to the next node that takes it, and ends when the node is
killed."""
import itertools
import socket
import threading


class Balancer:
    def __init__(self):
        self.next = itertools.count()
        self.ports = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        first = next(self.next)
        for offset in range(len(self.ports)):
            try:
                node = socket.create_connection(("127.0.0.1", self.ports[(first + offset) % len(self.ports)]))
                break
            except OSError:
                continue
        else:
            return client.close()
        for one, other in (client, node), (node, client):
            threading.Thread(target=self.copy, args=(one, other), daemon=True).start()

    @staticmethod
    def copy(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        for end in one, other:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
