"""A payment service that takes part in sagas: python3 payment.py PORT FILE"""
import sys

from participant import Participant


class Payment(Participant):
    tables = """CREATE TABLE IF NOT EXISTS charges (
            id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT, saga TEXT, amount REAL, refunded INTEGER DEFAULT 0);
        CREATE TABLE IF NOT EXISTS receipts (
            id INTEGER PRIMARY KEY AUTOINCREMENT, saga TEXT, guest TEXT, charge INTEGER);"""

    def handle(self, request):
        match request.method, *request.path:
            case "POST", "charges":
                return self.once(request.key, lambda: self.charge(request.key, request.saga, **request.body))
            case "POST", "charges", key, "refund":
                return self.undo(key, lambda: self.sql("UPDATE charges SET refunded = 1 WHERE key = ?", (key,)))
            case "GET", "charges", key:
                return self.answer_to(key) or (404, {"reason": "there was no such call"})
            case "GET", "charges":
                return 200, {"total": self.total("charges WHERE NOT refunded AND saga = ?", request.query["saga"])}
            case "POST", "receipts":
                return self.once(request.key, lambda: self.send_receipt(request.saga, **request.body))
            case "GET", "receipts":
                return 200, {"total": self.total("receipts WHERE saga = ?", request.query["saga"])}
        return super().handle(request)

    def charge(self, key, saga, amount):
        if amount > 1000:
            return 402, {"reason": "the card was declined"}
        charged = self.sql("INSERT INTO charges (key, saga, amount) VALUES (?, ?, ?)", (key, saga, amount))
        return 201, {"id": charged.lastrowid}

    def send_receipt(self, saga, guest, charge):
        sent = self.sql("INSERT INTO receipts (saga, guest, charge) VALUES (?, ?, ?)", (saga, guest, charge))
        return 201, {"id": sent.lastrowid}

    def total(self, rows, saga):
        return self.sql(f"SELECT count(*) FROM {rows}", (saga,)).fetchone()[0]


if __name__ == "__main__":
    Payment(sys.argv[2]).serve(int(sys.argv[1]))
