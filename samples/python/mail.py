"""A mail service that takes part in sagas by message: python3 mail.py BROKERS TOPIC FILE"""
import sys

from messages import answer_messages
from participant import Participant


class Mail(Participant):
    tables = "CREATE TABLE IF NOT EXISTS mails (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT, saga TEXT, guest TEXT);"

    def command(self, type, key, saga, body):
        match type:
            case "send-tickets":
                return self.once(key, lambda: self.send(key, saga, **body))
            case "recall-tickets":
                return self.undo(body["key"], lambda: self.sql("DELETE FROM mails WHERE key = ?", (body["key"],)))
            case "find-tickets":
                return self.answer_to(body["key"]) or (404, {"reason": "there was no such call"})
        return 400, {"reason": f"there is no command {type}"}

    def send(self, key, saga, guest):
        sent = self.sql("INSERT INTO mails (key, saga, guest) VALUES (?, ?, ?)", (key, saga, guest))
        return 201, {"id": sent.lastrowid}


if __name__ == "__main__":
    answer_messages(Mail(sys.argv[3]), sys.argv[1], sys.argv[2])
