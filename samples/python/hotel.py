"""A hotel that takes part in sagas: python3 hotel.py PORT FILE"""
import sys

from participant import Participant


class Hotel(Participant):
    tables = """CREATE TABLE IF NOT EXISTS bookings (
        id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT, saga TEXT, guest TEXT, nights INTEGER);"""

    def handle(self, request):
        match request.method, *request.path:
            case "POST", "bookings":
                return self.once(request.key, lambda: self.book(request.key, request.saga, **request.body))
            case "DELETE", "bookings", key:
                return self.undo(key, lambda: self.sql("DELETE FROM bookings WHERE key = ?", (key,)))
            case "GET", "bookings":
                return 200, {"total": self.total(request.query["saga"])}
        return super().handle(request)

    def book(self, key, saga, guest, nights):
        if nights > 30:
            return 422, {"reason": "at most 30 nights"}
        row = (key, saga, guest, nights)
        booked = self.sql("INSERT INTO bookings (key, saga, guest, nights) VALUES (?, ?, ?, ?)", row)
        return 201, {"id": booked.lastrowid}

    def total(self, saga):
        return self.sql("SELECT count(*) FROM bookings WHERE saga = ?", (saga,)).fetchone()[0]


if __name__ == "__main__":
    Hotel(sys.argv[2]).serve(int(sys.argv[1]))
